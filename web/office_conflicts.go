package web

import (
	"cmp"
	"net/http"
	"net/url"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// conflictLine is a conflict as the office reads it.
type conflictLine struct {
	store.Conflict
	Name, Who, Source, State, Href string
	FirstName                      string
}

func (s *Server) conflictsPage(w http.ResponseWriter, r ask) error {
	p, err := s.conflictsForm(r, newForm("code", "reviewer", "kind", "text"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "office-conflicts", p)
}

func (s *Server) conflictsForm(r ask, f *form) (page, error) {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return page{}, err
	}
	all, err := s.store.Conflicts(r.Context(), c.Year)
	if err != nil {
		return page{}, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return page{}, err
	}
	entries, err := s.store.Entries(r.Context(), c.Year)
	if err != nil {
		return page{}, err
	}
	people, err := s.store.StaffOf(r.Context(), campaign.Reviewer)
	if err != nil {
		return page{}, err
	}
	var institutions, reviewers []option
	called := map[string]string{}
	for _, e := range entries {
		called[e.Code] = e.Name
		institutions = append(institutions, option{Value: e.Code, Text: e.Name + "　" + e.Code})
	}
	for _, p := range people {
		reviewers = append(reviewers, option{Value: p.ID, Text: p.Name})
	}
	lines := make([]conflictLine, len(all))
	for i, x := range all {
		lines[i] = lineOf(c.Year, x, called, names)
	}
	return page{Title: "利益冲突", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Form: f, Data: map[string]any{
		"C": c, "All": lines, "Officer": r.Staff.Role == campaign.Officer, "Done": doneWord(r), "Action": yearPath(c.Year, "conflicts"),
		"Code": chooseField(f, "code", "机构", "", institutions), "Reviewer": chooseField(f, "reviewer", "评审专家", "", reviewers),
		"Kind": chooseField(f, "kind", "类型", "", conflictKinds()), "Text": areaField(f, "text", "依据", "", 3)}}, nil
}

func lineOf(year int, x store.Conflict, called, names map[string]string) conflictLine {
	l := conflictLine{Conflict: x, Name: called[x.Code], Who: cmp.Or(names[x.Reviewer], x.Reviewer), Source: "名册比对", State: "有效"}
	if x.By != nil {
		if l.Source = "本人申报"; *x.By != x.Reviewer {
			l.Source = cmp.Or(names[*x.By], *x.By) + "登记"
		}
	}
	if x.FirstBy != nil {
		l.FirstName, l.State = cmp.Or(names[*x.FirstBy], *x.FirstBy), "撤销待第二人签署"
	}
	if !x.Open() {
		l.State = "已撤销"
	} else {
		l.Href = yearPath(year, "conflicts", "withdraw") + "?" + url.Values{"code": {x.Code}, "reviewer": {x.Reviewer}, "key": {x.Key}}.Encode()
	}
	return l
}

// addConflict registers a conflict that the office knows of.
func (s *Server) addConflict(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "code", "reviewer", "kind", "text")
	if err != nil {
		return err
	}
	year, err := r.year()
	if err != nil {
		return err
	}
	err = wanting(f, map[string]string{"code": "请选择机构", "reviewer": "请选择评审专家", "kind": "请选择类型", "text": "请写明依据"})
	if err == nil {
		_, err = s.Desk.AddConflict(r.Context(), r.Staff, contract.Ref{Year: year, Code: f.Get("code")}, f.Get("reviewer"), desk.Said{Kind: campaign.ConflictKind(f.Get("kind")), Text: f.Get("text")})
	}
	if err == nil {
		return seeOther(w, r, yearPath(year, "conflicts")+"?done=conflict")
	}
	f.Faults = faultsOf(err)
	p, bad := s.conflictsForm(r, f)
	if bad != nil {
		return bad
	}
	return s.again(w, r, "office-conflicts", p, err)
}

// withdrawal finds the conflict that a form or an address names.
func (s *Server) withdrawal(r ask, get func(string) string) (conflictLine, error) {
	year, err := r.year()
	if err != nil {
		return conflictLine{}, err
	}
	ref := contract.Ref{Year: year, Code: get("code")}
	x, err := s.store.ConflictOf(r.Context(), ref, get("reviewer"), get("key"))
	if err != nil {
		return conflictLine{}, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return conflictLine{}, err
	}
	e, err := s.store.Entry(r.Context(), ref)
	return lineOf(year, x, map[string]string{e.Code: e.Name}, names), err
}

func withdrawForm(year int, l conflictLine, f *form) page {
	fp := formPage{Action: yearPath(year, "conflicts", "withdraw"), Lead: "撤销须由两位经办人员分别签署并写明理由。第二人签署后，该专家重新可以参与这家机构此后的评审和复核；已经作废的打分不恢复。",
		Facts:   [][2]string{{"机构", l.Name}, {"评审专家", l.Who}, {"类型", l.Kind.Chinese()}, {"来源", l.Source}, {"第一人签署", l.FirstName}},
		Carried: [][2]string{{"code", l.Code}, {"reviewer", l.Reviewer}, {"key", l.Key}}}
	if l.FirstWhy != nil {
		fp.Texts = [][2]string{{"第一人的理由", *l.FirstWhy}}
	}
	if l.Open() {
		fp.Sections, fp.Button = []section{{Fields: []field{areaField(f, "reason", "撤销的理由", "", 3)}}}, "检查并签署"
	}
	return page{Title: "撤销利益冲突", Crumbs: officeCrumbs(yearCrumb(year), link{Href: yearPath(year, "conflicts"), Text: "利益冲突"}), Form: f, Data: fp}
}

func (s *Server) withdrawPage(w http.ResponseWriter, r ask) error {
	l, err := s.withdrawal(r, r.URL.Query().Get)
	if err != nil {
		return err
	}
	year, err := r.year()
	if err != nil {
		return err
	}
	p := withdrawForm(year, l, newForm("reason"))
	return s.showForm(w, r, http.StatusOK, p, p.Form)
}

func (s *Server) withdraw(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "reason")
	if err != nil {
		return err
	}
	l, err := s.withdrawal(r, f.Get)
	if err != nil {
		return err
	}
	year, err := r.year()
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return withdrawForm(year, l, f) }),
		look: func() error { return wanting(f, map[string]string{"reason": "请写明撤销的理由"}) },
		rows: func() [][2]string {
			return [][2]string{{"机构", l.Name}, {"评审专家", l.Who}, {"理由", f.Get("reason")}}
		},
		title: "请核对撤销签署", lead: "签署记入账本。两位经办人员均签署后生效。", word: "确认签署", red: true,
		act: func() error {
			_, err := s.Desk.WithdrawConflict(r.Context(), r.Staff, contract.Ref{Year: year, Code: l.Code}, l.Reviewer, l.Key, f.Get("reason"))
			return err
		},
		done: yearPath(year, "conflicts") + "?done=withdrawn",
	})
}
