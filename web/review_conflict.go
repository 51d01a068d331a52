package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// conflictRoutes registers how a reviewer keeps away from what he must not judge.
func (s *Server) conflictRoutes() {
	s.handle("GET /review/{year}/conflicts", s.declarePage)
	s.handle("POST /review/{year}/conflicts", s.declare)
	s.handle("GET /review/{year}/{code}/decline", s.declinePage)
	s.handle("POST /review/{year}/{code}/decline", s.decline)
}

// duty is a campaign whose conflicts a reviewer declares.
type duty struct {
	Year     int
	Declared string // when, "" not yet
}

// duties lists the campaigns that run, with their declarations.
func (s *Server) duties(r ask, all []store.Campaign) ([]duty, error) {
	var out []duty
	for _, c := range all {
		if c.PublishedAt != nil {
			continue
		}
		d, err := s.store.DeclarationOf(r.Context(), c.Year, r.Staff.ID)
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return nil, err
		}
		x := duty{Year: c.Year}
		if err == nil {
			x.Declared = stamp(d.At)
		}
		out = append(out, x)
	}
	return out, nil
}

// declareView is the page on which a reviewer says what he must keep away from.
type declareView struct {
	duty
	Done   string
	Action string
	Code   field
	Kind   field
	Text   field
	Sworn  field
}

func conflictKinds() []option {
	var all []option
	for _, k := range campaign.SaidConflicts() {
		all = append(all, option{Value: string(k), Text: k.Chinese()})
	}
	return all
}

func (s *Server) declarePage(w http.ResponseWriter, r ask) error {
	p, err := s.declareForm(r, newForm("code", "kind", "text", "sworn"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "review-conflict", p)
}

// declareForm lists the institutions that no conflict hides from the reviewer
// already (S8), so that he can name those he must keep away from.
func (s *Server) declareForm(r ask, f *form) (page, error) {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return page{}, err
	}
	entries, err := s.store.Entries(r.Context(), c.Year)
	if err != nil {
		return page{}, err
	}
	hidden, err := s.store.ConflictedFor(r.Context(), c.Year, r.Staff.ID)
	if err != nil {
		return page{}, err
	}
	var names []option
	for _, e := range entries {
		if !hidden[e.Code] {
			names = append(names, option{Value: e.Code, Text: e.Name + "　" + e.Code})
		}
	}
	mine, err := s.duties(r, []store.Campaign{{Year: c.Year}})
	if err != nil {
		return page{}, err
	}
	v := declareView{duty: mine[0], Done: doneWord(r), Action: r.URL.Path,
		Code: chooseField(f, "code", "机构", "申报后，您将看不到该机构的任何材料和记录；已有的打分作废", names),
		Kind: radioField(f, "kind", "利益冲突的类型", "", conflictKinds()),
		Text: areaField(f, "text", "情况说明", "类型为“其他”的必填", 3),
		Sworn: tickField(f, "sworn", "除已申报的情况外，我与本年度其他参评机构没有利益冲突",
			"利益冲突包括：三年内任职、咨询、持股、亲属、竞争机构，以及其他可能影响公正评审的情况")}
	return page{Title: "利益冲突申报", Crumbs: []link{{Href: "/review", Text: "评审任务"}}, Form: f, Data: v}, nil
}

// declare takes one conflict, or the word that there are no others.
func (s *Server) declare(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "code", "kind", "text", "sworn")
	if err != nil {
		return err
	}
	year, err := r.year()
	if err != nil {
		return err
	}
	if f.Get("do") == "declare" {
		if err = wanting(f, map[string]string{"sworn": "请勾选后提交"}); err == nil {
			if _, err = s.Desk.Declare(r.Context(), r.Staff, year); err == nil {
				return seeOther(w, r, "/review?done=declared")
			}
		}
		return s.declareAgain(w, r, f, err)
	}
	ref := contract.Ref{Year: year, Code: f.Get("code")}
	said := desk.Said{Kind: campaign.ConflictKind(f.Get("kind")), Text: strings.TrimSpace(f.Get("text"))}
	err = wanting(f, map[string]string{"code": "请选择机构", "kind": "请选择利益冲突的类型"})
	if err == nil && f.Get("do") == "check" {
		return s.checkConflict(w, r, ref, said, f)
	}
	if err == nil && f.Get("do") == "submit" {
		if _, err = s.Desk.DeclareConflict(r.Context(), r.Staff, ref, said); err == nil {
			return seeOther(w, r, r.URL.Path+"?done=conflict")
		}
	}
	return s.declareAgain(w, r, f, err)
}

// declareAgain shows the form once more; without an error for going on typing.
func (s *Server) declareAgain(w http.ResponseWriter, r ask, f *form, err error) error {
	f.Faults = faultsOf(err)
	p, bad := s.declareForm(r, f)
	if bad != nil {
		return bad
	}
	if err == nil {
		return s.render(w, r, http.StatusOK, "review-conflict", p)
	}
	return s.again(w, r, "review-conflict", p, err)
}

func (s *Server) checkConflict(w http.ResponseWriter, r ask, ref contract.Ref, said desk.Said, f *form) error {
	hidden, err := s.store.ConflictedFor(r.Context(), ref.Year, r.Staff.ID)
	if err != nil {
		return err
	}
	e, err := s.store.Entry(r.Context(), ref)
	if err != nil || hidden[ref.Code] {
		return campaign.Fail(campaign.NotFound, "没有找到对应的记录")
	}
	return s.render(w, r, http.StatusOK, "check", page{Title: "请核对利益冲突申报", Crumbs: []link{{Href: "/review", Text: "评审任务"}}, Data: check{
		Action: r.URL.Path, Lead: "申报立即生效，撤销须由两位经办人员签署。", Rows: [][2]string{{"机构", e.Name}, {"类型", said.Kind.Chinese()}, {"情况说明", said.Text}},
		Hidden: f.Hidden("sworn"), Button: "确认申报", Danger: true}})
}

func (s *Server) declinePage(w http.ResponseWriter, r ask) error {
	v, err := s.sheetOf(r)
	if err != nil {
		return err
	}
	p := declineForm(v, newForm("reason"))
	return s.showForm(w, r, http.StatusOK, p, p.Form)
}

func declineForm(v sheetView, f *form) page {
	fp := formPage{Action: v.Action + "/decline", Lead: "退出后，该席位改由其他评审专家承担，您不再看到这家机构的材料。与该机构有利益冲突的，请改用利益冲突申报。",
		Facts: [][2]string{{"机构", v.E.Name}, {"截止", v.Due.Chinese()}}}
	if v.Own == nil {
		fp.Sections = []section{{Fields: []field{areaField(f, "reason", "不能承担的理由", "供经办人员查阅", 3)}}}
		fp.Button = "检查并退出"
	} else {
		fp.Lead = "打分表已经提交，不能再退出。与该机构有利益冲突的，请改用利益冲突申报。"
	}
	return page{Title: "退出评审任务", Crumbs: []link{{Href: "/review", Text: "评审任务"}, {Href: v.Action, Text: v.E.Name}}, Form: f, Data: fp}
}

func (s *Server) decline(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "reason")
	if err != nil {
		return err
	}
	v, err := s.sheetOf(r)
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page:  always(func(f *form) page { return declineForm(v, f) }),
		look:  func() error { return wanting(f, map[string]string{"reason": "请写明不能承担的理由"}) },
		rows:  func() [][2]string { return [][2]string{{"机构", v.E.Name}, {"理由", f.Get("reason")}} },
		title: "请核对退出申请", lead: "退出立即生效，不能恢复。", word: "确认退出", red: true,
		act:  func() error { return s.Desk.Decline(r.Context(), r.Staff, v.E.Ref(), f.Get("reason")) },
		done: "/review?done=declined",
	})
}
