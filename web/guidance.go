package web

import (
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// guidanceRoutes registers 业务指导函 for both sides (第十二条, GL-12).
func (s *Server) guidanceRoutes() {
	const own = " /i/{year}/{code}/guidance"
	s.handle("GET"+own, s.ownGuidances)
	s.handle("GET"+own+"/{n}", s.ownGuidance)
	s.handle("POST"+own+"/{n}", s.receiveGuidance)
	s.handle("GET"+own+"/{n}/files/{k}", s.guidanceFile)
	s.handle("GET /office/{year}/guidance", s.guidances)
	s.handle("GET /office/{year}/guidance/new", s.writeGuidancePage)
	s.handle("POST /office/{year}/guidance/new", s.writeGuidance)
	s.handle("GET /office/{year}/guidance/{n}", s.guidance)
	s.handle("POST /office/{year}/guidance/{n}/files", s.attachGuidance)
	s.handle("GET /office/{year}/guidance/{n}/files/{k}", s.guidanceFile)
	s.handle("GET /office/{year}/guidance/{n}/send", s.sendGuidancePage)
	s.handle("POST /office/{year}/guidance/{n}/send", s.sendGuidance)
	s.handle("POST /office/{year}/guidance/{n}/remind", s.remindGuidance)
}

func guidanceState(g store.Guidance) string {
	switch n := g.Received(); {
	case len(g.To) == 0:
		return "未发出"
	case n == len(g.To):
		return "全部签收"
	default:
		return "待签收"
	}
}

func (s *Server) guidances(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.GuidanceLetters(r.Context(), contract.Ref{Year: c.Year})
	if err != nil {
		return err
	}
	v := mattersView{Lead: "主管部门宣传分管部门对机构宣传工作归口管理部门的业务指导（第十二条）。机构由具名人员签收，签收时间写入台账。", Heads: []string{"函件", "状态", "文号", "签收"}, Empty: "还没有业务指导函"}
	if r.Staff.Role == campaign.Officer {
		v.Buttons = []link{{Href: yearPath(c.Year, "guidance", "new"), Text: "起草业务指导函"}}
	}
	for _, g := range all {
		v.Rows = append(v.Rows, matterRow{Href: yearPath(c.Year, "guidance", itoa(g.N)), Title: g.Title, Note: stamp(g.At), Tags: []string{guidanceState(g)}, Cells: []string{g.Number(), itoa(g.Received()) + " / " + itoa(len(g.To))}})
	}
	return s.render(w, r, http.StatusOK, "matters", page{Title: "业务指导函", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: v})
}

func guidanceCrumbs(year int) []link {
	return officeCrumbs(yearCrumb(year), link{Href: yearPath(year, "guidance"), Text: "业务指导函"})
}

func guidanceForm(year int, f *form) page {
	return page{Title: "起草业务指导函", Crumbs: guidanceCrumbs(year), Data: formPage{Action: yearPath(year, "guidance", "new"), Lead: "保存后可以增加附件，再选择收函机构发出。",
		Sections: []section{{Fields: []field{textField(f, "title", "标题", "不超过 60 字"), areaField(f, "text", "正文", "不超过 8000 字", 12), tickField(f, "numbered", "编列文号", "首次发出时自动取号，不断号")}}}, Button: "下一步：核对"}}
}

func (s *Server) writeGuidancePage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm("title", "text")
	return s.showForm(w, r, http.StatusOK, guidanceForm(c.Year, f), f)
}

func (s *Server) writeGuidance(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "title", "text")
	if err != nil {
		return err
	}
	in := desk.GuidanceForm{Title: f.Get("title"), Text: f.Get("text"), Numbered: f.Get("numbered") == "1"}
	n := 0
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return guidanceForm(c.Year, f) }),
		look: func() error {
			return wanting(f, map[string]string{"title": "请填写标题（不超过 60 字）", "text": "请填写正文（不超过 8000 字）"})
		},
		rows: func() [][2]string {
			return [][2]string{{"标题", in.Title}, {"正文", in.Text}, {"文号", map[bool]string{true: "首次发出时取号", false: "不编号"}[in.Numbered]}}
		},
		title: "请核对业务指导函", lead: "保存后正文不再改变。此时尚未发出。", word: "保存",
		act: func() (err error) {
			n, err = s.Desk.WriteGuidance(r.Context(), r.Staff, c.Year, in)
			return err
		},
		then: func() string { return yearPath(c.Year, "guidance", itoa(n)) + "?done=written" },
	})
}

// guidanceAt reads the letter that the address names: for an institution only
// one that was sent to it.
func (s *Server) guidanceAt(r ask) (contract.Ref, store.Guidance, error) {
	n, err := r.numberIn()
	if err != nil {
		return contract.Ref{}, store.Guidance{}, err
	}
	ref := r.Visitor.Ref
	if r.Visitor.Ref.Code == "" {
		if ref.Year, err = r.year(); err != nil {
			return ref, store.Guidance{}, err
		}
	}
	g, err := s.store.Guidance(r.Context(), ref, n)
	if err != nil {
		err = missingPage(err)
	}
	return ref, g, err
}

func (s *Server) guidance(w http.ResponseWriter, r ask) error {
	return s.guidanceShow(w, r, http.StatusOK, newForm("file", "declared"))
}

func (s *Server) guidanceShow(w http.ResponseWriter, r ask, status int, f *form) error {
	ref, g, err := s.guidanceAt(r)
	if err != nil {
		return err
	}
	unread := slices.DeleteFunc(slices.Clone(g.To), func(t store.GuidanceTo) bool { return t.ReceivedAt != nil })
	read := slices.DeleteFunc(slices.Clone(g.To), func(t store.GuidanceTo) bool { return t.ReceivedAt == nil })
	d := map[string]any{"Letter": g, "State": guidanceState(g), "Path": yearPath(ref.Year, "guidance", itoa(g.N)), "Own": false, "May": r.Staff.Role == campaign.Officer, "Unread": unread, "Read": read,
		"Kinds": "可以上传 " + desk.Kinds, "Done": guidanceDone(r)}
	if len(g.To) > 0 {
		d["Chart"] = bars("guidance", "签收情况（家）", []mark{{Label: "已签收", N: len(read)}, {Label: "未签收", N: len(unread), Hot: len(unread) > 0}})
	}
	return s.render(w, r, status, "guidance", page{Title: g.Title, Crumbs: guidanceCrumbs(ref.Year), Form: f, Data: d})
}

func guidanceDone(r ask) string {
	q := r.URL.Query()
	n, _ := strconv.Atoi(q.Get("n"))
	return map[string]string{"written": "已保存，尚未发出。", "file": "附件已上传。", "sent": "已发给 " + itoa(n) + " 家机构。", "remind": "已提醒 " + itoa(n) + " 家机构。", "received": "已签收。"}[q.Get("done")]
}

func (s *Server) attachGuidance(w http.ResponseWriter, r ask) error {
	ref, g, err := s.guidanceAt(r)
	if err != nil {
		return err
	}
	f := newForm("file", "declared")
	_, err = takeFile(r, f, func(r ask, f *form, part *multipart.Part) (desk.Receipt, error) {
		return desk.Receipt{}, s.Desk.AttachGuidance(r.Context(), r.Staff, ref.Year, g.N, desk.Upload{Name: part.FileName(), NoState: f.Get("declared") == "1", File: part})
	}, func(f *form) error {
		faults := map[string]string{"file": "请选择要上传的文件"}
		if f.Get("declared") != "1" {
			faults["declared"] = "请先勾选保密声明（第五条）"
		}
		return wrong(faults)
	})
	switch {
	case err == nil:
		return seeOther(w, r, yearPath(ref.Year, "guidance", itoa(g.N))+"?done=file")
	case isTooLarge(err):
		w.Header().Set("Connection", "close")
		return errTooLarge
	case campaign.KindOf(err) == campaign.Invalid:
		f.Faults, f.Say = faultsOf(err), err.Error()
		return s.guidanceShow(w, r, http.StatusUnprocessableEntity, f)
	}
	return err
}

// guidanceFile sends an attachment to who may read the letter.
func (s *Server) guidanceFile(w http.ResponseWriter, r ask) error {
	_, g, err := s.guidanceAt(r)
	if err != nil {
		return err
	}
	for _, file := range g.Files {
		if itoa(file.K) != r.PathValue("k") {
			continue
		}
		f, err := s.Desk.Given(r.Context(), file.Digest)
		if err != nil {
			return err
		}
		defer f.Close()
		w.Header().Set("Content-Type", file.Media)
		fileHeaders(w.Header(), file.Name, false)
		http.ServeContent(w, r.Request, "", file.At, f)
		return nil
	}
	return errNoPage
}

// sendForm asks for the addressees: named ones, or a filter.
func (s *Server) sendForm(r ask, f *form) (page, []store.Entry, error) {
	ref, g, err := s.guidanceAt(r)
	if err != nil {
		return page{}, nil, err
	}
	all, err := s.store.Entries(r.Context(), ref.Year)
	if err != nil {
		return page{}, nil, err
	}
	pick := func(of func(store.Entry) string) []option {
		seen := map[string]bool{}
		out := []option{{Text: "全部"}}
		for _, e := range all {
			if v := of(e); !seen[v] {
				seen[v] = true
				out = append(out, option{Value: v, Text: v})
			}
		}
		return out
	}
	return page{Title: "发出业务指导函", Crumbs: append(guidanceCrumbs(ref.Year), link{Href: yearPath(ref.Year, "guidance", itoa(g.N)), Text: g.Title}), Data: formPage{Action: r.URL.Path,
		Lead: "填写批准号的，只发给这些机构；不填的，发给符合条件的全部机构。已收到这份函的机构不会重复收到。",
		Sections: []section{{Fields: []field{areaField(f, "codes", "批准号", "每行一个，例如 CNCA-R-2002-001；发给全部或按条件的不填", 3),
			chooseField(f, "province", "省份", "", pick(func(e store.Entry) string { return e.Province })), chooseField(f, "category", "类别", "", pick(func(e store.Entry) string { return e.Category }))}}}, Button: "下一步：核对"}}, all, nil
}

func (s *Server) sendGuidancePage(w http.ResponseWriter, r ask) error {
	f := newForm("codes", "province", "category")
	p, _, err := s.sendForm(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) sendGuidance(w http.ResponseWriter, r ask) error {
	ref, g, err := s.guidanceAt(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "codes", "province", "category")
	if err != nil {
		return err
	}
	to := desk.GuidanceTo{Codes: strings.Fields(f.Get("codes")), Province: f.Get("province"), Category: f.Get("category")}
	chosen, err := s.Desk.Addressees(r.Context(), s.store.Reader, ref.Year, to)
	if err != nil && campaign.KindOf(err) != campaign.Invalid {
		return err
	}
	n := 0
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { p, _, err := s.sendForm(r, f); return p, err },
		look: func() error { return err },
		rows: func() [][2]string {
			var names []string
			for _, e := range chosen[:min(len(chosen), 10)] {
				names = append(names, e.Name)
			}
			if len(chosen) > 10 {
				names = append(names, "等")
			}
			return [][2]string{{"函件", g.Title}, {"收函机构", itoa(len(chosen)) + " 家\n" + strings.Join(names, "\n")}}
		},
		title: "请核对收函机构", lead: "确认后向各机构联系人发送邮件，请其打开链接签收。", word: "确认发出",
		mails: func() (store.MailAct, error) {
			var fresh []string // whoever has it does not get it again
			for _, e := range chosen {
				if !slices.ContainsFunc(g.To, func(t store.GuidanceTo) bool { return t.Code == e.Code }) {
					fresh = append(fresh, e.Code)
				}
			}
			return s.guidanceMails(r, g, "guidance", fresh)
		},
		act: func() (err error) {
			n, err = s.Desk.SendGuidance(r.Context(), r.Staff, ref.Year, g.N, to)
			return err
		},
		then: func() string { return yearPath(ref.Year, "guidance", itoa(g.N)) + "?done=sent&n=" + itoa(n) },
	})
}

func (s *Server) remindGuidance(w http.ResponseWriter, r ask) error {
	ref, g, err := s.guidanceAt(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	at := yearPath(ref.Year, "guidance", itoa(g.N))
	codes, err := s.Desk.Unsigned(r.Context(), s.store.Reader, g)
	if err != nil && campaign.KindOf(err) != campaign.Conflict {
		return err
	}
	n := 0
	return s.perform(w, r, f, deed{
		page: always(func(*form) page {
			return page{Title: "提醒签收", Crumbs: append(guidanceCrumbs(ref.Year), link{Href: at, Text: g.Title}), Data: formPage{Action: r.URL.Path, Lead: "每家只提醒一次，已签收和暂停中的不提醒。", Button: "下一步：核对"}}
		}),
		look: func() error { return err },
		rows: func() [][2]string {
			return [][2]string{{"函件", g.Title}, {"未签收的机构", itoa(len(codes)) + " 家"}}
		},
		title: "请核对提醒", lead: "确认后向未签收的机构再次发送邮件，每家一次。", word: "确认提醒",
		mails: func() (store.MailAct, error) { return s.guidanceMails(r, g, "guidance-reminder", codes) },
		act: func() (err error) {
			n, err = s.Desk.RemindGuidance(r.Context(), r.Staff, ref.Year, g.N)
			return err
		},
		then: func() string { return at + "?done=remind&n=" + itoa(n) },
	})
}

// guidanceMails is what a letter or its reminder sends, for the check page.
func (s *Server) guidanceMails(r ask, g store.Guidance, template string, codes []string) (store.MailAct, error) {
	now, err := s.Desk.Now(r.Context(), g.Year)
	return store.MailAct{Kind: store.GuidanceAct, Year: g.Year, Codes: codes, Body: desk.GuidanceLetter(g, template, now)}, err
}

func (s *Server) ownGuidances(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	all, err := s.store.GuidanceLetters(r.Context(), o.Ref)
	if err != nil {
		return err
	}
	v := mattersView{Lead: "主管部门宣传分管部门发给本机构的业务指导函（第十二条）。请由具名人员签收。", Heads: []string{"函件", "状态", "文号"}, Empty: "没有收到业务指导函"}
	for _, g := range all {
		v.Rows = append(v.Rows, matterRow{Href: o.Path + "/guidance/" + itoa(g.N), Title: g.Title, Note: stamp(g.To[0].At), Tags: []string{ownGuidanceState(g)}, Cells: []string{g.Number()}})
	}
	return s.render(w, r, http.StatusOK, "matters", page{Title: "业务指导函", Crumbs: o.crumbs(), Data: v})
}

func ownGuidanceState(g store.Guidance) string {
	if g.To[0].ReceivedAt != nil {
		return "已签收"
	}
	return toSign
}

const toSign = "待签收" // a letter's state

func (s *Server) ownGuidance(w http.ResponseWriter, r ask) error {
	return s.ownGuidanceShow(w, r, http.StatusOK, newForm("name", "post"))
}

func (s *Server) ownGuidanceShow(w http.ResponseWriter, r ask, status int, f *form) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	_, g, err := s.guidanceAt(r)
	if err != nil {
		return err
	}
	path := o.Path + "/guidance"
	return s.render(w, r, status, "guidance", page{Title: g.Title, Crumbs: append(o.crumbs(), link{Href: path, Text: "业务指导函"}), Form: f,
		Data: map[string]any{"Letter": g, "State": ownGuidanceState(g), "Path": path + "/" + itoa(g.N), "Own": true, "Mine": g.To[0], "Act": o.Act, "Done": guidanceDone(r)}})
}

func (s *Server) receiveGuidance(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	_, g, err := s.guidanceAt(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "name", "post")
	if err != nil {
		return err
	}
	rec, err := s.Desk.ReceiveGuidance(r.Context(), r.Visitor, g.N, signer(f))
	switch {
	case err == nil:
		return s.received(w, r, o, rec)
	case campaign.KindOf(err) == campaign.Invalid:
		f.Faults, f.Say = faultsOf(err), err.Error()
		return s.ownGuidanceShow(w, r, http.StatusUnprocessableEntity, f)
	}
	return err
}

// cannedGuidance is the storybook's letter.
func cannedGuidance() any {
	return map[string]any{"Own": true, "Act": true, "Path": "/storybook", "State": "待签收", "Mine": store.GuidanceTo{}, "Letter": store.Guidance{Title: "关于做好世界认可日宣传工作的指导意见", At: campaign.Day("2027-05-20").Morning(),
		Text: "各机构宣传工作归口管理部门：\n请结合实际组织世界认可日宣传活动，活动情况登记在“宣传活动”清单。"}}
}
