package web

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"xuanping/audit"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// yearViewRoutes registers what looks at the results of a year as a whole:
// another reading, robustness, versions and places.
func (s *Server) yearViewRoutes() {
	s.handle("GET /office/{year}/whatif", s.whatifPage)
	s.handle("GET /office/{year}/robust", s.robustPage)
	s.handle("GET /office/{year}/versions", s.versionsPage)
}

// whatifView is one reading tried on a year.
type whatifView struct {
	C       store.Campaign
	F       audit.Foresight
	Lines   []changeLine
	Chart   template.HTML
	Shown   int
	Choices []option // of reading and option, for the form
}

// changeLine is an institution that another reading would move.
type changeLine struct {
	rubric.Change
	Name, Crossed string
}

func (s *Server) whatifPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	reading := cmp.Or(r.URL.Query().Get("reading"), "R-05")
	f, err := audit.WhatIf(r.Context(), s.store.Reader, s.Desk.Table, c.Year, reading, r.URL.Query().Get("option"))
	if err != nil {
		return err
	}
	v := whatifView{C: c, F: f}
	for _, row := range rubric.Readings() {
		if row.Switchable() {
			v.Choices = append(v.Choices, option{Value: row.ID, Text: row.ID + " " + row.Subject, Picked: row.ID == f.Row.ID})
		}
	}
	var drawn []span
	for _, x := range f.Effect.Changes {
		v.Lines = append(v.Lines, changeLine{x, f.Names[x.Code], crossedWords(x)})
		if x.TotalChanged() {
			drawn = append(drawn, span{Label: f.Names[x.Code], At: x.Now.Total, To: x.Then.Total, Hot: x.ExcellentChanged() || x.GroundsChanged()})
		}
	}
	slices.SortStableFunc(drawn, func(a, b span) int { return cmp.Compare(apart(b), apart(a)) })
	if v.Shown = min(len(drawn), spansShown); v.Shown > 0 {
		v.Chart = spans("whatif", "换一种读法后的总分", drawn, c.Rules.Settings.Excellent)
	}
	return s.render(w, r, http.StatusOK, "office-whatif", page{Title: "口径试算：" + f.Row.ID + " " + f.Row.Subject, Wide: true, Data: v,
		Crumbs: officeCrumbs(yearCrumb(c.Year), link{Href: "/office/reading?id=" + f.Row.ID, Text: "口径台账 " + f.Row.ID})})
}

func apart(s span) rubric.Points { return max(s.At-s.To, s.To-s.At) }

// crossedWords names the lines that an institution would cross.
func crossedWords(c rubric.Change) string {
	words := ""
	add := func(now, then bool, in, out string) {
		switch {
		case !now && then:
			words += in + " "
		case now && !then:
			words += out + " "
		}
	}
	add(c.Now.Excellent, c.Then.Excellent, "达到优秀起点", "低于优秀起点")
	add(c.Now.Poor, c.Then.Poor, "落入“不力”情形", "不再属于“不力”情形")
	add(c.Now.Risk, c.Then.Risk, "落入“重大风险”情形", "不再属于“重大风险”情形")
	add(c.Now.Impact, c.Then.Impact, "落入“负面影响”情形", "不再属于“负面影响”情形")
	return words
}

// robustView is the robustness sheet of a year.
type robustView struct {
	C        store.Campaign
	R        audit.Robustness
	Unstable []robustLine
	Untested []robustLine // with a single sheet
	Chart    template.HTML
	Shown    int
	Hidden   int  // not drawn, for want of space
	Done     bool // published
}

// robustLine is an institution whose place is not robust, with what it hangs on.
type robustLine struct {
	rubric.Stability
	Name    string
	Reasons []string
}

// Places is the band of ranks in words.
func (l robustLine) Places() string {
	switch {
	case l.Rank.Best == 0:
		return "不参加排名"
	case l.Rank.Best == l.Rank.Worst:
		return strconv.Itoa(l.Rank.Best)
	}
	return strconv.Itoa(l.Rank.Best) + "–" + strconv.Itoa(l.Rank.Worst)
}

func (s *Server) robustPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	sheet, err := audit.Robust(r.Context(), s.store.Reader, s.Desk.Table, c.Year)
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	titles, err := s.eventTitles(r, c.Year)
	if err != nil {
		return err
	}
	v := robustView{C: c, R: sheet, Done: c.PublishedAt != nil}
	var drawn []span
	for _, x := range sheet.Institutions {
		if !x.Now.Scored {
			continue
		}
		if x.SingleSheet {
			v.Untested = append(v.Untested, robustLine{Stability: x, Name: sheet.Names[x.Code]})
		}
		if x.Moved() {
			v.Unstable = append(v.Unstable, robustLine{x, sheet.Names[x.Code], swings(x, sheet.Names, names, titles)})
		}
		drawn = append(drawn, span{Label: sheet.Names[x.Code], Low: x.Total.Low, High: x.Total.High, At: x.Now.Total, Hot: !x.Robust(), Interval: true})
	}
	// the unstable first, then the widest bands
	slices.SortStableFunc(drawn, func(a, b span) int {
		return cmp.Or(first(b.Hot)-first(a.Hot), cmp.Compare(b.At, a.At))
	})
	if v.Shown = min(len(drawn), spansShown); v.Shown > 0 {
		v.Hidden = len(drawn) - v.Shown
		v.Chart = spans("robust", "总分及其区间", drawn, c.Rules.Settings.Excellent)
	}
	return s.render(w, r, http.StatusOK, "office-robust", page{Title: "结果稳健性", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: v})
}

func first(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// swings says what an institution's place hangs on, with names for ids.
func swings(x rubric.Stability, institutions, people map[string]string, events map[string]string) []string {
	var all []string
	for _, w := range x.Because {
		who := ""
		if w.Code != "" && w.Code != x.Code {
			who = institutions[w.Code] + "："
		}
		reviewer, title := cmp.Or(people[w.Reviewer], w.Reviewer), cmp.Or(events[w.Event], w.Event)
		switch w.Kind {
		case rubric.SwingSeat:
			all = append(all, who+"不计"+reviewer+"的评分")
		case rubric.SwingReviewer:
			all = append(all, "全部机构不计"+reviewer+"的评分")
		case rubric.SwingPending:
			all = append(all, who+"待确认事项“"+title+"”（"+w.Clause+"）按 "+w.Points.String()+" 分认定")
		default:
			all = append(all, who+"“"+title+"”（"+w.Clause+"）按 "+w.Points.String()+" 分扣分")
		}
	}
	if x.More > 0 {
		all = append(all, "另有涉及其他机构的 "+strconv.Itoa(x.More)+" 种情形")
	}
	return all
}

func (s *Server) eventTitles(r ask, year int) (map[string]string, error) {
	all, err := s.store.Events(r.Context(), contract.Ref{Year: year})
	titles := map[string]string{}
	for _, e := range all {
		titles[e.Rubric().ID] = e.Title
	}
	return titles, err
}

// robustFact is the sheet in a line, for the page that publishes.
func (s *Server) robustFact(r ask, year int) (string, error) {
	sheet, err := audit.Robust(r.Context(), s.store.Reader, s.Desk.Table, year)
	if err != nil {
		return "", err
	}
	untested := ""
	if sheet.Untestable > 0 {
		untested = "；" + itoa(sheet.Untestable) + " 家只有一份评分，无法检验"
	}
	if sheet.Unstable == 0 {
		return "试算 " + itoa(sheet.Scenarios) + " 种情形，没有机构的名次、优秀单位或警示情形随之改变" + untested, nil
	}
	return itoa(sheet.Unstable) + " 家不稳健：名次 " + itoa(sheet.UnstableRanks) + " 家，优秀单位 " + itoa(sheet.UnstableExcellent) + " 家，警示情形 " + itoa(sheet.UnstableWarnings) + " 家" + untested, nil
}

// versionsView is the results of a year as versions, and the places (PL-10, AP-4).
type versionsView struct {
	RankWords string // how equal totals are ranked, by the year's reading
	C         store.Campaign
	Last      int
	From, To  int
	Moved     []audit.Moved
	Chart     template.HTML
	Places    []audit.Place
	Grouped   []placeGroup
}

// placeGroup is a category with its institutions in the order of their places.
type placeGroup struct {
	Name   string
	Places []audit.Place
}

func (s *Server) versionsPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	v := versionsView{C: c, From: 1, To: 2, RankWords: c.Rules.Settings.Readings.Reading().RankWords()}
	if v.Last, err = s.store.ResultVersions(r.Context(), c.Year); err != nil {
		return err
	}
	all, err := audit.Places(r.Context(), s.store.Reader, c.Year)
	if err != nil {
		return err
	}
	shown, err := s.servedCodes(r, c.Year)
	if err != nil {
		return err
	}
	v.Places = slices.DeleteFunc(all, func(p audit.Place) bool { return !shown[p.Code] })
	slices.SortStableFunc(v.Places, func(a, b audit.Place) int {
		return cmp.Or(first(b.Rank > 0)-first(a.Rank > 0), cmp.Compare(a.Rank, b.Rank))
	})
	v.Grouped = grouped(v.Places)
	if v.Last > 1 {
		if v.Moved, err = audit.ResultsDiff(r.Context(), s.store.Reader, c.Year, v.From, v.To); err != nil {
			return err
		}
		var drawn []span
		for _, m := range v.Moved {
			if m.TotalChanged {
				drawn = append(drawn, span{Label: m.Name, At: m.From, To: m.To, Hot: true})
			}
		}
		if len(drawn) > 0 {
			v.Chart = spans("versions", "评价复核前后的总分", drawn, c.Rules.Settings.Excellent)
		}
	}
	return s.render(w, r, http.StatusOK, "office-versions", page{Title: "结果与名次", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: v})
}

// servedCodes are those whose result has been served.
func (s *Server) servedCodes(r ask, year int) (map[string]bool, error) {
	entries, err := s.store.Entries(r.Context(), year)
	codes := map[string]bool{}
	for _, e := range entries {
		codes[e.Code] = servedYet(e.Stage)
	}
	return codes, err
}

func grouped(all []audit.Place) []placeGroup {
	var groups []placeGroup
	for _, p := range all {
		if p.CategoryRank == 0 {
			continue
		}
		i := slices.IndexFunc(groups, func(g placeGroup) bool { return g.Name == p.Category })
		if i < 0 {
			i = len(groups)
			groups = append(groups, placeGroup{Name: p.Category})
		}
		groups[i].Places = append(groups[i].Places, p)
	}
	slices.SortFunc(groups, func(a, b placeGroup) int { return cmp.Compare(a.Name, b.Name) })
	return groups
}
