package web

import (
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// claimRoutes registers how an institution claims bonus items (附件2 第15项).
func (s *Server) claimRoutes() {
	const own = "/i/{year}/{code}/claims"
	s.handle("GET "+own+"/new", s.claimPage)
	s.handle("POST "+own+"/new", s.claimPost)
	s.handle("GET "+own+"/{n}/withdraw", s.takeBackPage)
	s.handle("POST "+own+"/{n}/withdraw", s.takeBack)
	s.handle("GET "+own+"/evidence", s.ownFiles(store.AboutClaim))
	s.handle("POST "+own+"/evidence", s.attach(store.AboutClaim))
}

var claimOrder = []string{"activity", "role", "medium", "url", "first", "clause", "title", "occurred_on", "source", "declared", "name", "post"}

// claimOf reads a claim from its form.
func claimOf(f *form) desk.ClaimForm {
	c := desk.ClaimForm{Clause: f.Get("clause"), Title: f.Get("title"), Source: f.Get("source"), OccurredOn: dayTyped(f, "occurred_on"), Names: namesOf(f), NoState: f.Get("declared") == "1"}
	c.Names.Reprint = c.Names.Medium != "" && c.Names.Reprint
	return c
}

// claimShow is the form; when claims are not taken it says why and has no button.
func (s *Server) claimShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	names, err := s.nameFields(r, f)
	if err != nil {
		return page{}, o, err
	}
	fp := formPage{Trap: true, Action: o.Path + "/claims/new", Lead: "申报的事项状态为“待确认”，计 0 分；主管部门核实并予以认定以后加分（附件2第15项）。政务信息、网站和公众号采用由主管部门登记，无需申报。"}
	if err := s.Desk.MayClaim(r.Context(), r.Visitor); err != nil {
		if campaign.KindOf(err) == campaign.Internal {
			return page{}, o, err
		}
		fp.Texts = [][2]string{{"当前不接收申报", err.Error()}}
	} else {
		fp.Button = "下一步：核对"
		fp.Sections = s.claimSections(f, names)
	}
	return page{Title: "申报加分事项", Crumbs: append(o.crumbs(), link{Href: o.Path + "/events", Text: "加分与扣分事项"}), Form: f, Data: fp}, o, nil
}

// claimSections are the parts of the form; names are the fields of the office's
// form for the same facts: activity, role, medium, address, first publication.
func (s *Server) claimSections(f *form, names []field) []section {
	activity, role, medium, url, first := names[0], names[1], names[2], names[3], names[4]
	activity.Options, role.Options = activity.Options[1:], role.Options[1:]
	activity.Hint = "从活动目录中选择；目录中没有的，请联系经办人员列入"
	role.Hint = "主办、承办、参与并有突出成果、参加；揭榜招标承担的为承办"
	medium.Hint, url.Hint = "例如 新华社、人民日报；级别由媒体目录确定", "媒体报道必填；活动有公开报道的也请填写"
	clauses := []option{}
	for _, c := range s.Desk.Claimable() {
		text := c.ID + "　" + c.Clean()
		if points, fixed := campaign.PointsOf(s.Desk.Table, c.ID); fixed {
			text = c.ID + "（+" + points.String() + " 分）　" + c.Clean()
		}
		clauses = append(clauses, option{Value: c.ID, Text: text})
	}
	return []section{
		{Title: "活动或奖项", Hint: "申报活动、奖项的填写；申报媒体报道的不填", Fields: []field{activity, role}},
		{Title: "媒体报道", Hint: "申报媒体报道的填写", Fields: []field{medium, first}},
		{Title: "事项", Fields: []field{
			textField(f, "title", "事项名称", "活动、奖项或报道的标题"), dayField(f, "occurred_on", "发生日期", "活动举办、奖项公布或报道首发的日期"), url,
			chooseField(f, "clause", "条款", "可以不选，由活动目录或媒体目录确定；目录中没有的媒体须选择", clauses)}},
		{Fields: []field{areaField(f, "source", "依据", "写明文件名称、文号或者证明内容，不超过 500 字。截图和证明文件在提交后上传", 3),
			tickField(f, "declared", "声明：申报内容不含国家秘密、工作秘密、商业秘密和他人隐私（第五条）", "")}},
		{Title: "经办人", Fields: []field{textField(f, "name", "姓名", ""), textField(f, "post", "职务", "")}},
	}
}

func (s *Server) claimPage(w http.ResponseWriter, r ask) error {
	f := newForm(claimOrder...)
	p, _, err := s.claimShow(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

// claimPost shows the claim for checking and takes it; nothing typed is lost.
func (s *Server) claimPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, claimOrder...)
	if err != nil {
		return err
	}
	again := func(bad error) error {
		f.Faults = faultsOf(bad)
		p, _, err := s.claimShow(r, f)
		if err != nil {
			return err
		}
		if bad == nil {
			return s.showForm(w, r, http.StatusOK, p, f)
		}
		return s.again(w, r, "office-form", p, bad)
	}
	if f.Get("do") == "edit" {
		return again(nil)
	}
	o, err := s.own(r)
	if err != nil {
		return err
	}
	in := claimOf(f)
	if f.Get("do") == "check" {
		e, err := s.Desk.CheckClaim(r.Context(), r.Visitor, in, signer(f))
		if err != nil {
			return again(err)
		}
		rows := append(nameRows(in.Names), [][2]string{{"条款", e.Clause + "　" + s.clauseText(e.Clause)}, {"加分", "予以认定后 +" + e.Points.String() + " 分，目前计 0 分"},
			{"事项名称", e.Title}, {"发生日期", dayWords(in.OccurredOn)}, {"依据", e.Source}, signerRows(f)}...)
		return s.checked(w, r, o, "请核对申报", check{Lead: "提交后由主管部门核实。有结论之前可以撤回，不能修改。", Rows: rows, Hidden: f.Hidden(), Button: "确认申报"})
	}
	rec, err := s.Desk.Claim(r.Context(), r.Visitor, in, signer(f))
	if err != nil {
		return again(err)
	}
	n := rec.Number[strings.LastIndexByte(rec.Number, '/')+1:]
	return s.received(w, r, o, rec, link{Href: o.Path + "/claims/evidence?row=" + n, Text: "上传截图或证明文件"})
}

func (s *Server) clauseText(id string) string {
	c, _ := s.Desk.Table.Clause(id)
	return c.Clean()
}

// takeBackShow is the form that takes a claim back.
func (s *Server) takeBackShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	n, err := r.numberIn()
	if err != nil {
		return page{}, o, err
	}
	all, err := s.store.Events(r.Context(), o.Ref)
	if err != nil {
		return page{}, o, err
	}
	claims := viewEvents(desk.OwnClaims(all), nil, nil, store.Staff{}, s.Desk.Table)
	if n > len(claims) {
		return page{}, o, errNoPage
	}
	e := claims[n-1]
	fp := formPage{Trap: true, Action: r.URL.Path, Lead: "撤回后不再核实，也不计分；需要的可以重新申报。", Facts: [][2]string{{"事项名称", e.Title}, {"条款", e.Clause + "　" + e.ClauseText}, {"状态", e.State}}}
	if o.Act && e.Confirmed == nil {
		fp.Button = "下一步：核对"
		fp.Sections = []section{{Fields: []field{areaField(f, "reason", "撤回的理由", "", 3)}}, {Title: "经办人", Fields: []field{textField(f, "name", "姓名", ""), textField(f, "post", "职务", "")}}}
	}
	return page{Title: "撤回申报", Crumbs: append(o.crumbs(), link{Href: o.Path + "/events", Text: "加分与扣分事项"}), Form: f, Data: fp}, o, nil
}

func (s *Server) takeBackPage(w http.ResponseWriter, r ask) error {
	f := newForm("reason", "name", "post")
	p, _, err := s.takeBackShow(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) takeBack(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "reason", "name", "post")
	if err != nil {
		return err
	}
	p, o, err := s.takeBackShow(r, f)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.PathValue("n")) // read above
	var bad error
	if f.Get("do") != "edit" {
		faults := map[string]string{}
		if strings.TrimSpace(f.Get("reason")) == "" {
			faults["reason"] = "请填写撤回的理由"
		}
		signerFaults(f, faults)
		bad = wrong(faults)
	}
	switch {
	case f.Get("do") == "edit":
		return s.showForm(w, r, http.StatusOK, p, f)
	case bad == nil && f.Get("do") == "check":
		rows := append(p.Data.(formPage).Facts, [2]string{"撤回的理由", f.Get("reason")}, signerRows(f))
		return s.checked(w, r, o, "请核对", check{Lead: "撤回后不能恢复。", Rows: rows, Hidden: f.Hidden(), Button: "确认撤回"})
	case bad == nil:
		rec, err := s.Desk.WithdrawClaim(r.Context(), r.Visitor, n, f.Get("reason"), signer(f))
		if err == nil {
			return s.received(w, r, o, rec)
		}
		bad = err
	}
	f.Faults = faultsOf(bad)
	if p, _, err = s.takeBackShow(r, f); err != nil {
		return err
	}
	return s.again(w, r, "office-form", p, bad)
}

// openClaims are the claims that files may still be added to.
func (s *Server) openClaims(r ask, o own) ([]option, error) {
	all, err := s.store.Events(r.Context(), o.Ref)
	var out []option
	for i, e := range desk.OwnClaims(all) {
		if e.Confirmed == nil {
			out = append(out, option{Value: itoa(i + 1), Text: "第 " + itoa(i+1) + " 件　" + e.Title})
		}
	}
	return out, err
}
