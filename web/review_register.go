package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
)

// registerReaderRoutes registers how the regulator's side reads registers, and
// how an officer takes a leaked file out of everybody's hands.
func (s *Server) registerReaderRoutes() {
	const office1, review1 = " /office/{year}/i/{code}", " /review/{year}/{code}"
	s.handle("GET"+office1+"/registers", s.officeRegisters)
	s.handle("GET"+office1+"/registers/{register}", s.officeRegister)
	s.handle("GET"+office1+"/registers/{register}/table", s.officeRegisterTable)
	s.handle("GET"+office1+"/register-files/{digest}", s.officeRegisterFile)
	s.handle("GET"+office1+"/quarantine/{digest}", s.quarantinePage)
	s.handle("POST"+office1+"/quarantine/{digest}", s.quarantine)
	s.handle("GET"+review1+"/registers/{register}", s.reviewRegister)
	s.handle("GET"+review1+"/register-files/{digest}", s.reviewRegisterFile)
}

// readBook reads the registers of the institution's year that the path names.
func (s *Server) readBook(r ask) (registerBook, string, error) {
	ref, err := r.ref()
	if err != nil {
		return registerBook{}, "", err
	}
	e, err := s.store.Entry(r.Context(), ref)
	if err != nil {
		return registerBook{}, "", err
	}
	c, err := s.campaign(r.Context(), ref.Year)
	if err != nil {
		return registerBook{}, "", err
	}
	b, err := s.registerBook(r.Context(), ref, campaign.DayOf(c.Now(s.Desk.Clock())), c.Rules.Calendar)
	return b, e.Name, err
}

func officeBase(ref contract.Ref) string { return yearPath(ref.Year, "i", ref.Code) }

func registerCrumbs(ref contract.Ref, name string) []link {
	return officeCrumbs(yearCrumb(ref.Year), link{Href: yearPath(ref.Year, "institutions"), Text: "参评机构"}, link{Href: officeBase(ref), Text: name})
}

func (s *Server) officeRegisters(w http.ResponseWriter, r ask) error {
	b, name, err := s.readBook(r)
	if err != nil {
		return err
	}
	files, err := s.store.EvidenceOf(r.Context(), b.ref)
	if err != nil {
		return err
	}
	lines := checkLines(b.checklist(), officeBase(b.ref))
	heads := s.heads(lines, files, func(int) string { return officeBase(b.ref) + "#evidence" })
	return s.render(w, r, http.StatusOK, "registers", page{Title: fileTitle, Crumbs: registerCrumbs(b.ref, name), Data: map[string]any{"Heads": heads, "Lacking": lacking(lines), "Spots": officeBase(b.ref) + "/spots"}})
}

func (s *Server) officeRegister(w http.ResponseWriter, r ask) error {
	b, name, err := s.readBook(r)
	if err != nil {
		return err
	}
	reg, ok := campaign.KnownRegisters().Get(r.PathValue("register"))
	if !ok {
		return errNoPage
	}
	crumbs := append(registerCrumbs(b.ref, name), link{Href: officeBase(b.ref) + "/registers", Text: fileTitle})
	versions, err := s.store.RegisterVersions(r.Context(), b.ref, reg.ID)
	if err != nil {
		return err
	}
	v := map[string]any{"View": b.view(reg, campaign.SeerRegulator, officeBase(b.ref)), "Tables": true, "Versions": versions}
	if r.Staff.Role == campaign.Officer {
		v["Quarantine"] = officeBase(b.ref) + "/quarantine/"
		v["Files"] = b.openFiles(reg)
	}
	return s.render(w, r, http.StatusOK, "register-view", page{Title: reg.Title, Crumbs: crumbs, Wide: true, Data: v})
}

// namedFile is a file of a register that an officer may take into quarantine.
type namedFile struct{ Digest, Name string }

func (b registerBook) openFiles(reg campaign.Register) []namedFile {
	var all []namedFile
	for _, row := range b.filed[reg.ID].Body.Rows {
		if d := row[reg.FileField()]; d != "" && !b.files[d].Leaked {
			all = append(all, namedFile{d, b.files[d].Name})
		}
	}
	return all
}

func (s *Server) officeRegisterTable(w http.ResponseWriter, r ask) error {
	b, _, err := s.readBook(r)
	if err != nil {
		return err
	}
	return s.registerTable(w, r, b, campaign.SeerRegulator)
}

func (s *Server) officeRegisterFile(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	return s.sendRegisterFile(w, r, ref)
}

// seated refuses a reviewer who neither scores nor decides here.
func (s *Server) seated(r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	if _, err := s.Desk.HoldsSeat(r.Context(), r.Staff, ref); err != nil {
		if e := s.Desk.Decides(r.Context(), r.Staff, ref); e != nil {
			return err
		}
	}
	return nil
}

func (s *Server) reviewRegister(w http.ResponseWriter, r ask) error {
	if err := s.seated(r); err != nil {
		return err
	}
	b, name, err := s.readBook(r)
	if err != nil {
		return err
	}
	reg, ok := campaign.KnownRegisters().Get(r.PathValue("register"))
	if !ok {
		return errNoPage
	}
	base := "/review/" + b.ref.ID()
	return s.render(w, r, http.StatusOK, "register-view", page{Title: reg.Title, Crumbs: []link{{Href: "/review", Text: "评审任务"}, {Href: base, Text: name}}, Wide: true,
		Data: map[string]any{"View": b.view(reg, campaign.SeerReviewer, base)}})
}

func (s *Server) reviewRegisterFile(w http.ResponseWriter, r ask) error {
	if err := s.seated(r); err != nil {
		return err
	}
	return s.officeRegisterFile(w, r)
}

// quarantineDeed is how an officer takes a leaked file away (GL-5).
func (s *Server) quarantineDeed(r ask, f *form) (deed, error) {
	b, name, err := s.readBook(r)
	if err != nil {
		return deed{}, err
	}
	digest := r.PathValue("digest")
	if held, err := s.store.Holds(r.Context(), b.ref, digest); campaign.KindOf(err) == campaign.Invalid || err == nil && !held {
		return deed{}, errNoPage
	} else if err != nil {
		return deed{}, err
	}
	return deed{
		page: always(func(f *form) page {
			return page{Title: "隔离泄密文件", Crumbs: registerCrumbs(b.ref, name), Data: formPage{Action: r.URL.Path, Button: "下一步：核对",
				Lead:     "文件隔离后，任何人不能再下载，内容从服务器移除，只保留摘要和理由。此操作不能撤回。",
				Facts:    [][2]string{{"机构", name}, {"文件摘要（SHA-256）", digest}},
				Sections: []section{{Fields: []field{areaField(f, "reason", "隔离理由", "不超过 300 字。不要写出涉密内容", 3)}}}}}
		}),
		look: func() error { return wanting(f, map[string]string{"reason": "请填写隔离理由"}) },
		rows: func() [][2]string {
			return [][2]string{{"机构", name}, {"文件摘要", digest}, {"隔离理由", f.Get("reason")}}
		},
		title: "核对隔离", lead: "确认后立即生效，不能撤回。备份中的副本请按运维手册另行清除。", word: "确认隔离", red: true,
		act: func() error {
			return s.Desk.Quarantine(r.Context(), r.Staff, b.ref, digest, strings.TrimSpace(f.Get("reason")))
		},
		done: officeBase(b.ref) + "?done=quarantine",
	}, nil
}

func (s *Server) quarantinePage(w http.ResponseWriter, r ask) error {
	f := newForm("reason")
	d, err := s.quarantineDeed(r, f)
	if err != nil {
		return err
	}
	p, err := d.page(f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) quarantine(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "reason")
	if err != nil {
		return err
	}
	d, err := s.quarantineDeed(r, f)
	if err != nil {
		return err
	}
	return s.perform(w, r, f, d)
}
