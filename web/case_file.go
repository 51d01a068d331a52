package web

import (
	"cmp"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// filesView is the page on which an institution uploads to a case or an appeal.
type filesView struct {
	own
	Lead, Shut, Action, Back, Kinds string
	Files                           []store.CaseFile
	All                             []option // rows or claims to choose from
	What                            string   // what is chosen among
}

// ownFiles shows what came with a statement (RW-4), with a rectification (RW-6)
// or with the rows of an appeal (AP-1), and the form for more while it is taken.
func (s *Server) ownFiles(about string) handler {
	return func(w http.ResponseWriter, r ask) error {
		p, err := s.filesShow(r, about, newForm("row", "note", "declared", "name", "post", "file").Set("row", r.URL.Query().Get("row")))
		if err != nil {
			return err
		}
		return s.render(w, r, http.StatusOK, "case-file", p)
	}
}

func (s *Server) filesShow(r ask, about string, f *form) (page, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, err
	}
	v := filesView{own: o, Kinds: desk.Kinds, Back: o.Path + "/warning", Lead: "整改的证明材料，一次一件；报送整改报告前至少上传一件。"}
	title := "整改证明材料"
	switch about {
	case store.AboutClaim:
		title, v.Back, v.Lead, v.What = "加分申报的证明材料", o.Path+"/events", "截图、文件等证明材料，一次一件，在申报有结论之前提交。", "对应的申报"
		if v.All, err = s.openClaims(r, o); err != nil {
			return page{}, err
		}
	case store.AboutAppeal:
		v.What = "对应的项目"
		title, v.Back, v.Lead = "评价复核的新证据", o.Path+"/appeal", "为申请复核的项目补充新证据，一次一件，在申请期内、该项作出决定前提交。没有申请复核的项目，证据不予审查。"
		if v.All, err = s.openRows(r, o); err != nil {
			return page{}, err
		}
	default:
		if about == store.AboutReply {
			title, v.Lead = "陈述申辩的证据", "与陈述申辩意见一并审阅的证据，一次一件，在陈述申辩期内提交。"
		}
		if c, _, err := s.ownCase(r.Context(), o); err != nil || c == nil {
			return page{}, cmp.Or(err, error(errNoPage))
		}
	}
	v.Action = r.URL.Path
	if v.Files, err = s.store.CaseFiles(r.Context(), o.Ref, about); err != nil {
		return page{}, err
	}
	if err := s.Desk.MayAttach(r.Context(), r.Visitor, about); err != nil {
		if campaign.KindOf(err) == campaign.Internal {
			return page{}, err
		}
		v.Shut = err.Error()
	}
	return page{Title: title, Crumbs: append(o.crumbs(), link{Href: v.Back, Text: map[string]string{store.AboutAppeal: "评价复核申请", store.AboutClaim: "加分与扣分事项", store.AboutRectification: "风险警示案件", store.AboutReply: "风险警示案件"}[about]}), Form: f, Data: v}, nil
}

// openRows are the rows whose appeal is not decided yet.
func (s *Server) openRows(r ask, o own) ([]option, error) {
	appeals, err := s.store.Appeals(r.Context(), o.Ref)
	var all []option
	for _, row := range s.Desk.Table.Rows {
		if !slices.ContainsFunc(appeals, func(a store.Appeal) bool { return a.Row == row.No && a.RuledAt != nil }) {
			all = append(all, option{Value: strconv.Itoa(row.No), Text: strconv.Itoa(row.No) + ". " + row.Title})
		}
	}
	return all, err
}

// attach reads an upload as it arrives; the page shows what was typed when the
// file could not be taken.
func (s *Server) attach(about string) handler {
	return func(w http.ResponseWriter, r ask) error {
		f := newForm("row", "note", "declared", "name", "post", "file")
		rec, err := s.takeCaseFile(r, f, about)
		if err == nil {
			o, err := s.own(r)
			if err != nil {
				return err
			}
			return s.received(w, r, o, rec)
		}
		drain(w, r)
		err = again413(r, err, "file", errTooLarge.Say)
		p, e := s.filesShow(r, about, f)
		if e != nil {
			return e
		}
		return s.again(w, r, "case-file", p, err)
	}
}

func (s *Server) takeCaseFile(r ask, f *form, about string) (desk.Receipt, error) {
	add := func(r ask, f *form, part *multipart.Part) (desk.Receipt, error) {
		row, _ := strconv.Atoi(f.Get("row")) // desk refuses 0 where a row is needed
		u := desk.Upload{Row: row, Claim: row, Name: part.FileName(), Note: f.Get("note"), NoState: f.Get("declared") == "1", File: part}
		return s.Desk.AddCaseFile(r.Context(), r.Visitor, about, u, signer(f))
	}
	none := func(f *form) error {
		faults := map[string]string{"file": "请选择要上传的文件"}
		if f.Get("declared") != "1" {
			faults["declared"] = "请先勾选保密声明（第五条）"
		}
		signerFaults(f, faults)
		return wrong(faults)
	}
	return takeFile(r, f, add, none)
}

func (s *Server) ownFile(w http.ResponseWriter, r ask) error {
	return s.sendFile(w, r, r.Visitor.Ref, store.AboutReply, store.AboutRectification, store.AboutAppeal, store.AboutClaim)
}

// officeFile shows the office what came with a statement, a rectification or a claim.
func (s *Server) officeFile(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	return s.sendFile(w, r, ref, store.AboutReply, store.AboutRectification, store.AboutClaim)
}

// appealFile shows the decider what came with an appeal, and the proofs of the
// claims whose row is appealed.
func (s *Server) appealFile(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	if err := s.Desk.Decides(r.Context(), r.Staff, ref); err != nil {
		return err
	}
	kinds := []string{store.AboutAppeal}
	asked, err := s.store.Appeals(r.Context(), ref)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(asked, func(a store.Appeal) bool { return a.Row == 15 }) {
		kinds = append(kinds, store.AboutClaim)
	}
	return s.sendFile(w, r, ref, kinds...)
}

// sendFile sends a case file of an institution, of one of the kinds.
func (s *Server) sendFile(w http.ResponseWriter, r ask, ref contract.Ref, kinds ...string) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return errNoPage
	}
	c, err := s.store.CaseFile(r.Context(), ref, n)
	if campaign.KindOf(err) == campaign.NotFound && err != nil || err == nil && !slices.Contains(kinds, c.About) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	f, err := s.Desk.Given(r.Context(), c.Digest)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", c.Media)
	fileHeaders(w.Header(), c.Name, false)
	http.ServeContent(w, r.Request, "", c.At, f)
	return nil
}
