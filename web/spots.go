package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// spotRoutes registers the spot checks: what was committed, what was drawn and
// what was found (requirements §3 no. 5; GL-13, GL-21).
func (s *Server) spotRoutes() {
	const of, review = " /office/{year}", " /review/{year}/{code}"
	s.handle("GET /spots/{year}", s.publicSpots)
	s.handle("GET /i/{year}/{code}/spots", s.ownSpots)
	s.handle("GET /office/{year}/spots", s.spotsPage)
	s.handle("POST"+of+"/spots", s.drawAll)
	s.handle("GET"+of+"/i/{code}/spots", s.spotList)
	s.handle("POST"+of+"/i/{code}/spots", s.drawOne)
	s.handle("GET"+of+"/i/{code}/spots/{kind}/{n}", s.spotCheckPage)
	s.handle("POST"+of+"/i/{code}/spots/{kind}/{n}", s.spotCheck)
	s.handle("GET"+review+"/spots", s.spotList)
	s.handle("POST"+review+"/spots", s.drawOne)
	s.handle("GET"+review+"/spots/{kind}/{n}", s.spotCheckPage)
	s.handle("POST"+review+"/spots/{kind}/{n}", s.spotCheck)
}

// spotGroup is one list of an institution: what was drawn of it.
type spotGroup struct {
	Kind   campaign.SpotKind
	Drawn  bool
	Total  int
	At     string
	Lines  []spotLine
	Filed  int // items that could be drawn, while nothing is
	Ticked int // of the lines, looked at
}

// spotLine is a drawn line with what was found.
type spotLine struct {
	Line  int
	Name  string
	URL   string
	Facts [][2]string
	Check *store.SpotCheck
	Who   string
	Looks int
	Href  string
}

// spotGroups are the lists of an institution's year, with drawn lines as they
// stood in the version that was drawn from.
func (s *Server) spotGroups(r ask, ref contract.Ref, base string) ([]spotGroup, error) {
	draws, err := s.store.SpotDraws(r.Context(), ref)
	if err != nil {
		return nil, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return nil, err
	}
	filed, err := s.store.RegistersOf(r.Context(), ref)
	if err != nil {
		return nil, err
	}
	var all []spotGroup
	for _, k := range campaign.SpotKinds() {
		g := spotGroup{Kind: k}
		for _, v := range filed {
			if v.Register == k.Register() {
				g.Filed = len(k.Items(v.Body.Rows))
			}
		}
		if i := slices.IndexFunc(draws, func(d store.SpotDraw) bool { return d.Kind == k }); i >= 0 {
			d := draws[i]
			v, err := s.store.RegisterAt(r.Context(), ref, k.Register(), d.Version)
			if err != nil {
				return nil, err
			}
			g.Drawn, g.Total, g.At, g.Ticked = true, d.Total, stamp(d.At), len(d.Lines)-d.Open()
			for _, n := range d.Lines {
				g.Lines = append(g.Lines, spotLineOf(k, v.Body.Rows[n-1], n, d, names, base))
			}
		}
		all = append(all, g)
	}
	return all, nil
}

func spotLineOf(k campaign.SpotKind, row campaign.Record, n int, d store.SpotDraw, names map[string]string, base string) spotLine {
	l := spotLine{Line: n, Name: cmp.Or(k.Name(row), "第 "+itoa(n)+" 行"), URL: row["url"], Check: d.Check(n)}
	reg, _ := campaign.KnownRegisters().Get(k.Register())
	for _, f := range reg.Visible(campaign.SeerReviewer) {
		if v := row[f.Key]; v != "" && f.Type != "file" && f.Type != "url" && v != l.Name {
			l.Facts = append(l.Facts, [2]string{f.Label, v})
		}
	}
	for _, c := range d.Checks {
		if c.Line == n {
			l.Looks++
		}
	}
	if l.Check != nil {
		l.Who = cmp.Or(names[l.Check.By], l.Check.By)
	}
	if base != "" {
		l.Href = base + "/spots/" + string(k) + "/" + itoa(n)
	}
	return l
}

// spotYearLine is an institution on the office's page.
type spotYearLine struct {
	Code, Name, State, Href string
	Drawn, Ticked, Odd      int
}

func (s *Server) spotsPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	said, err := s.spotCommit(r, c.Year)
	if err != nil {
		return err
	}
	entries, err := s.store.Entries(r.Context(), c.Year)
	if err != nil {
		return err
	}
	draws, err := s.store.SpotDraws(r.Context(), contract.Ref{Year: c.Year})
	if err != nil {
		return err
	}
	sound, err := s.store.SpotSound(r.Context(), c.Year)
	if err != nil {
		return err
	}
	var lines []spotYearLine
	counts := map[campaign.SpotFinding]int{}
	for _, e := range entries {
		l := spotYearLine{Code: e.Code, Name: e.Name, State: "未抽取", Href: entryPath(e.Ref(), "spots")}
		for _, d := range draws {
			if d.Code != e.Code {
				continue
			}
			l.Drawn, l.Ticked, l.State = l.Drawn+len(d.Lines), l.Ticked+len(d.Lines)-d.Open(), "待核查"
			for _, n := range d.Lines {
				if x := d.Check(n); x != nil {
					counts[x.Finding]++
					if x.Finding != campaign.SpotSound {
						l.Odd++
					}
				}
			}
		}
		if l.Drawn > 0 && l.Ticked == l.Drawn {
			l.State = "已核查"
		}
		lines = append(lines, l)
	}
	var marks []mark
	for _, f := range []campaign.SpotFinding{campaign.SpotSound, campaign.SpotDeviates, campaign.SpotDead, campaign.SpotAbsent} {
		if counts[f] > 0 {
			marks = append(marks, mark{Label: f.Chinese(), N: counts[f], Hot: f != campaign.SpotSound})
		}
	}
	d := map[string]any{"C": c, "Said": said, "Sound": sound, "Lines": lines, "Action": yearPath(c.Year, "spots"),
		"May": r.Staff.Role == campaign.Officer && said != nil && c.PublishedAt == nil, "Done": spotDone(r)}
	if len(marks) > 0 {
		d["Chart"] = bars("spots", "核查结果（件）", marks)
	}
	return s.render(w, r, http.StatusOK, "office-spots", page{Title: "随机抽查", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: d})
}

func spotDone(r ask) string {
	q := r.URL.Query()
	n, _ := strconv.Atoi(q.Get("n"))
	switch q.Get("done") {
	case "drawn":
		return "本次为 " + itoa(n) + " 家机构抽取。"
	case "more":
		return "本次为 " + itoa(n) + " 家机构抽取，还有机构待抽取，请再次办理。"
	case "one":
		return "已抽取。"
	case "check":
		return "核查结果已记录。"
	}
	return ""
}

// spotCommit is what a year committed; nil when it committed nothing.
func (s *Server) spotCommit(r ask, year int) (*store.SpotCommit, error) {
	c, err := s.store.SpotCommit(r.Context(), year)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil, nil
	}
	return &c, err
}

func (s *Server) drawAll(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	n, more, err := s.Desk.DrawSpots(r.Context(), r.Staff, c.Year)
	if err != nil {
		return err
	}
	done := "drawn"
	if more {
		done = "more"
	}
	return seeOther(w, r, yearPath(c.Year, "spots")+"?done="+done+"&n="+itoa(n))
}

// spotSide is where staff stand: in the office, or a reviewer at his seat.
type spotSide struct {
	e      store.Entry
	c      store.Campaign
	base   string
	crumbs []link
	may    bool // draw and look
}

func (s *Server) spotSide(r ask) (spotSide, error) {
	c, e, err := s.about(r)
	if err != nil {
		return spotSide{}, err
	}
	v := spotSide{e, c, entryPath(e.Ref()), entryCrumbs(e), c.PublishedAt == nil && r.Staff.Role != campaign.Auditor}
	if r.Staff.Role == campaign.Reviewer {
		if _, err := s.Desk.HoldsSeat(r.Context(), r.Staff, e.Ref()); err != nil {
			return v, err
		}
		v.base = "/review/" + e.Ref().ID()
		v.crumbs = []link{{Href: "/review", Text: "评审任务"}, {Href: v.base, Text: e.Name}}
	} else {
		v.may = v.may && r.Staff.Role == campaign.Officer
	}
	return v, nil
}

func (s *Server) spotList(w http.ResponseWriter, r ask) error {
	v, err := s.spotSide(r)
	if err != nil {
		return err
	}
	base := ""
	if v.may {
		base = v.base
	}
	groups, err := s.spotGroups(r, v.e.Ref(), base)
	if err != nil {
		return err
	}
	open := v.may && slices.ContainsFunc(groups, func(g spotGroup) bool { return !g.Drawn && g.Filed > 0 })
	return s.render(w, r, http.StatusOK, "spot-list", page{Title: "随机抽查", Crumbs: v.crumbs, Wide: true,
		Data: map[string]any{"Groups": groups, "Open": open, "Action": v.base + "/spots", "Done": spotDone(r), "Staff": true}})
}

func (s *Server) drawOne(w http.ResponseWriter, r ask) error {
	v, err := s.spotSide(r)
	if err != nil {
		return err
	}
	groups, err := s.spotGroups(r, v.e.Ref(), "")
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.Drawn || g.Filed == 0 {
			continue
		}
		if err := s.Desk.DrawSpot(r.Context(), r.Staff, v.e.Ref(), g.Kind); err != nil {
			return err
		}
	}
	return seeOther(w, r, v.base+"/spots?done=one")
}

// spotDeed is how somebody records what he found of a drawn line.
func (s *Server) spotDeed(r ask, f *form) (deed, error) {
	v, err := s.spotSide(r)
	if err != nil {
		return deed{}, err
	}
	k, err := campaign.ParseSpotKind(r.PathValue("kind"))
	if err != nil {
		return deed{}, errNoPage
	}
	groups, err := s.spotGroups(r, v.e.Ref(), v.base)
	if err != nil {
		return deed{}, err
	}
	g := groups[slices.Index(campaign.SpotKinds(), k)]
	i := slices.IndexFunc(g.Lines, func(l spotLine) bool { return itoa(l.Line) == r.PathValue("n") })
	if i < 0 {
		return deed{}, errNoPage
	}
	l := g.Lines[i]
	var found []option
	for _, x := range k.SpotFindings() {
		found = append(found, option{Value: string(x), Text: x.Chinese()})
	}
	facts := append([][2]string{{"机构", v.e.Name}, {"清单", k.Chinese() + "（" + k.Clause() + "），第 " + itoa(l.Line) + " 行"}, {"登记内容", l.Name}}, l.Facts...)
	var more []link
	if l.URL != "" {
		facts = append(facts, [2]string{"网址", l.URL})
		more = []link{{Href: l.URL, Text: "打开网址核对"}}
	}
	in := desk.SpotForm{Kind: k, Line: l.Line, Finding: campaign.SpotFinding(f.Get("finding")), Note: f.Get("note")}
	return deed{
		page: always(func(f *form) page {
			return page{Title: "记录核查结果", Crumbs: append(slices.Clone(v.crumbs), link{Href: v.base + "/spots", Text: "随机抽查"}), Data: formPage{Action: r.URL.Path, Facts: facts, More: more,
				Lead:     "核查结果写入台账，不自动扣分。评审专家认为影响得分的，在打分理由中写明。",
				Sections: []section{{Fields: []field{radioField(f, "finding", "核查结果", "", found), areaField(f, "note", "情况说明", "结果不是“属实”的必填，不超过 500 字。不要写个人信息", 3)}}}, Button: "下一步：核对"}}
		}),
		look: func() error { return wanting(f, map[string]string{"finding": "请选择核查结果"}) },
		rows: func() [][2]string {
			return append(slices.Clone(facts), [2]string{"核查结果", in.Finding.Chinese()}, [2]string{"情况说明", f.Get("note")})
		},
		title: "请核对核查结果", lead: "再次核查的，以最后一次为准，以前的记录仍保留。", word: "确认记录",
		act:  func() error { return s.Desk.RecordSpot(r.Context(), r.Staff, v.e.Ref(), in) },
		done: v.base + "/spots?done=check",
	}, nil
}

func (s *Server) spotCheckPage(w http.ResponseWriter, r ask) error {
	f := newForm("finding", "note")
	d, err := s.spotDeed(r, f)
	if err != nil {
		return err
	}
	p, err := d.page(f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) spotCheck(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "finding", "note")
	if err != nil {
		return err
	}
	d, err := s.spotDeed(r, f)
	if err != nil {
		return err
	}
	return s.perform(w, r, f, d)
}

// ownSpots shows an institution what is committed; what was drawn of its lists
// and found it learns with the results.
func (s *Server) ownSpots(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	said, err := s.spotCommit(r, o.Ref.Year)
	if err != nil {
		return err
	}
	d := map[string]any{"Said": said, "Year": o.Ref.Year}
	if said != nil && said.Seed != nil {
		if d["Groups"], err = s.spotGroups(r, o.Ref, ""); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, "spots", page{Title: "随机抽查", Crumbs: o.crumbs(), Data: d})
}

// publicSpots lets everybody check that nobody picked.
func (s *Server) publicSpots(w http.ResponseWriter, r ask) error {
	y, err := r.year()
	if err != nil {
		return err
	}
	said, err := s.spotCommit(r, y)
	if err != nil {
		return err
	}
	if said == nil {
		return errNoPage
	}
	return s.render(w, r, http.StatusOK, "spots", page{Title: itoa(y) + " 年度随机抽查的承诺", Data: map[string]any{"Said": said, "Year": y}})
}
