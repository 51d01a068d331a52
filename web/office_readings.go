package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// readingRoutes registers 口径台账: every place where the text leaves a choice,
// the reading in force, and who decided it (GL-35).
func (s *Server) readingRoutes() {
	s.handle("GET /office/readings", s.readingsPage)
	s.handle("GET /office/reading", s.readingPage)
	s.handle("GET /office/interpret", s.interpretPage)
	s.handle("POST /office/interpret", s.interpret)
	s.handle("GET /office/interpretation", s.interpretationPage)
	s.handle("POST /office/interpretation", s.forceInterpretation)
	s.handle("GET /office/interpret/defaults", s.defaultsPage)
	s.handle("POST /office/interpret/defaults", s.interpretDefaults)
	s.handle("GET /office/interpretations", s.waitingPage)
	s.handle("POST /office/interpretations", s.forceInterpretations)
}

// readingLine is a reading as the register shows it.
type readingLine struct {
	rubric.ReadingRow
	Now    string // the reading in words, for a year launched next
	Option string
	By     string // id of the interpretation it follows
	Trials []trial
	Open   int // interpretations that wait for approval
}

// trial is what another option would do, in numbers alone: a rule is decided
// before anybody sees names.
type trial struct {
	Option rubric.Option
	Effect rubric.Effect
	Href   string
}

// nextYear is the year that will be launched next.
func nextYear(all []store.Campaign, today campaign.Day) int {
	year := today.Year()
	for _, c := range all {
		year = max(year, c.Year+1)
	}
	return year
}

// register gathers the readings with what is in force and what waits.
func (s *Server) register(r ask) (lines []readingLine, all []store.Interpretation, next int, err error) {
	campaigns, err := s.store.Campaigns(r.Context())
	if err != nil {
		return nil, nil, 0, err
	}
	next = nextYear(campaigns, campaign.DayOf(s.Desk.Clock()))
	if all, err = s.store.Interpretations(r.Context()); err != nil {
		return nil, nil, next, err
	}
	force, err := s.store.InForce(r.Context(), next)
	if err != nil {
		return nil, nil, next, err
	}
	for _, row := range rubric.Readings() {
		l := readingLine{ReadingRow: row, Option: row.DefaultKey, Now: row.Default}
		for _, i := range force {
			if i.Reading == row.ID {
				l.By, l.Option, l.Now = i.ID, i.Option, cmp.Or(optionText(row, i.Option), i.Body)
			}
		}
		for _, i := range all {
			if i.Reading == row.ID && i.ForceAt == nil {
				l.Open++
			}
		}
		lines = append(lines, l)
	}
	return lines, all, next, nil
}

func optionText(row rubric.ReadingRow, key string) string {
	for _, o := range row.Options {
		if o.Key == key {
			return o.Text
		}
	}
	return ""
}

// tried adds what each other option would do to the newest campaign.
func (s *Server) tried(r ask, lines []readingLine) (year int, err error) {
	campaigns, err := s.store.Campaigns(r.Context())
	if err != nil || len(campaigns) == 0 {
		return 0, err
	}
	c := campaigns[0]
	effects, err := audit.Previews(r.Context(), s.store.Reader, s.Desk.Table, c.Year)
	if err != nil {
		return 0, err
	}
	for i := range lines {
		used := usedOption(c.Rules.Settings.Readings, lines[i].ReadingRow)
		for _, o := range lines[i].Options {
			if o.Key != used && len(effects) > 0 {
				href := yearPath(c.Year, "whatif") + "?reading=" + lines[i].ID + "&option=" + url.QueryEscape(o.Key)
				lines[i].Trials = append(lines[i].Trials, trial{o, effects[0], href})
				effects = effects[1:] // they stand in the order of the register
			}
		}
	}
	return c.Year, nil
}

func usedOption(used rubric.Choices, row rubric.ReadingRow) string {
	for _, c := range used {
		if c.Reading == row.ID {
			return c.Option
		}
	}
	return row.DefaultKey
}

func (s *Server) readingsPage(w http.ResponseWriter, r ask) error {
	lines, all, next, err := s.register(r)
	if err != nil {
		return err
	}
	year, err := s.tried(r, lines)
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	waiting, err := s.store.WaitingInterpretations(r.Context())
	if err != nil {
		return err
	}
	slices.Reverse(all) // the newest first
	return s.render(w, r, http.StatusOK, "office-readings", page{Title: "口径台账", Crumbs: officeCrumbs(), Wide: true, Data: map[string]any{
		"Lines": lines, "All": all, "Next": next, "Year": year, "Names": names, "Approver": r.Staff.Role == campaign.Approver, "Done": interpretationDone(r),
		"Way": wayOn(lines, len(waiting), next, r.Staff.Role)}})
}

func interpretationDone(r ask) string {
	return map[string]string{"made": "解释已记入台账，等待审批人员批准生效。", "force": "解释已经生效，适用于此后启动的年度。",
		"many": "各项解释已分别编号记入台账，等待审批人员批准生效。", "forced": "所选解释已经分别生效，适用于此后启动的年度。"}[r.URL.Query().Get("done")]
}

// readingPage is one reading with its interpretations, the years it is frozen
// in and what its other options would do.
func (s *Server) readingPage(w http.ResponseWriter, r ask) error {
	lines, all, next, err := s.register(r)
	if err != nil {
		return err
	}
	id := r.URL.Query().Get("id")
	at := slices.IndexFunc(lines, func(l readingLine) bool { return l.ID == id })
	if at < 0 {
		return errNoPage
	}
	year, err := s.tried(r, lines)
	if err != nil {
		return err
	}
	campaigns, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	line := lines[at]
	own := slices.DeleteFunc(all, func(i store.Interpretation) bool { return i.Reading != id })
	var frozen [][2]string
	for _, c := range campaigns {
		if line.Switchable() {
			frozen = append(frozen, [2]string{yearTitle(c.Year), frozenWords(c.Rules.Settings.Readings, line.ReadingRow)})
		}
	}
	return s.render(w, r, http.StatusOK, "office-reading", page{Title: line.ID + " " + line.Subject, Wide: true, Crumbs: officeCrumbs(link{Href: "/office/readings", Text: "口径台账"}),
		Data: map[string]any{"L": line, "Own": own, "Frozen": frozen, "Next": next, "Year": year, "Officer": r.Staff.Role == campaign.Officer, "Approver": r.Staff.Role == campaign.Approver}})
}

func frozenWords(used rubric.Choices, row rubric.ReadingRow) string {
	words := optionText(row, usedOption(used, row))
	for _, c := range used {
		if c.Reading == row.ID && c.Interpretation != "" {
			words += "（" + c.Interpretation + "）"
		}
	}
	return words
}

// frozenReadings says, a line each, what a launch of the year freezes, and how
// many readings still lack the interpretation that it asks for.
func (s *Server) frozenReadings(r ask, year int) (words string, unbound int, err error) {
	choices, err := s.store.ChoicesFor(r.Context(), year)
	var lines []string
	for _, c := range choices {
		row, _ := rubric.ReadingByID(c.Reading)
		lines = append(lines, row.ID+" "+row.Subject+"："+frozenWords(choices, row))
	}
	for _, row := range choices.Unbound() {
		lines = append(lines, row.ID+" "+row.Subject+"：没有生效的解释")
		unbound++
	}
	return strings.Join(lines, "\n"), unbound, err
}

func (s *Server) interpretPage(w http.ResponseWriter, r ask) error {
	f := newForm().Set("reading", r.URL.Query().Get("id"))
	p, err := s.interpretForm(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) interpretForm(r ask, f *form) (page, error) {
	row, ok := rubric.ReadingByID(f.Get("reading"))
	if !ok {
		return page{}, errNoPage
	}
	if f.Get("from_year") == "" {
		campaigns, err := s.store.Campaigns(r.Context())
		if err != nil {
			return page{}, err
		}
		f.Set("from_year", itoa(nextYear(campaigns, campaign.DayOf(s.Desk.Clock()))))
	}
	var fields []field
	if row.Switchable() {
		var all []option
		for _, o := range row.Options {
			all = append(all, option{Value: o.Key, Text: o.Text})
		}
		fields = append(fields, radioField(f, "option", "读法", "影响得分；已启动的年度不受影响", all))
	}
	fields = append(fields, textField(f, "clause", "所解释的条款", "如 附件2 第15项第3点"), areaField(f, "body", "解释正文", "将在公开的评价指标页上显示", 6),
		numberField(f, "from_year", "自哪一年度起适用", "四位数字；只能是尚未启动的年度"))
	return page{Title: "制定解释：" + row.ID + " " + row.Subject, Crumbs: officeCrumbs(link{Href: "/office/readings", Text: "口径台账"}), Data: formPage{
		Action: "/office/interpret", Lead: "依据第三十五条。解释由审批人员批准后生效；制定人不能批准。", Facts: [][2]string{{"原文", row.Text}, {"问题", row.Problem}, {"默认口径", row.Default}},
		Carried: [][2]string{{"reading", row.ID}}, Sections: []section{{Fields: fields}}, Button: "检查解释"}}, nil
}

func readInterpretation(f *form) desk.InterpretationForm {
	year, err := strconv.Atoi(strings.TrimSpace(f.Get("from_year")))
	if err != nil {
		year = 0
	}
	return desk.InterpretationForm{Reading: f.Get("reading"), Option: f.Get("option"), Clause: f.Get("clause"), Body: f.Get("body"), FromYear: year}
}

// interpret writes an interpretation into the register; another person puts it in force.
func (s *Server) interpret(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "option", "clause", "body", "from_year")
	if err != nil {
		return err
	}
	in := readInterpretation(f)
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.interpretForm(r, f) },
		look: in.Check,
		rows: func() [][2]string {
			row, _ := rubric.ReadingByID(in.Reading)
			return [][2]string{{"口径", row.ID + " " + row.Subject}, {"读法", cmp.Or(optionText(row, in.Option), "（不涉及计算）")}, {"所解释的条款", in.Clause}, {"解释正文", in.Body}, {"适用", itoa(in.FromYear) + " 年度起"}}
		},
		title: "请核对解释", lead: "记入台账后不能修改；批准生效后适用于此后启动的年度。", word: "确认记入",
		act: func() error {
			_, err := s.Desk.MakeInterpretation(r.Context(), r.Staff, in)
			return err
		},
		done: "/office/readings?done=made",
	})
}

func (s *Server) interpretationPage(w http.ResponseWriter, r ask) error {
	p, err := s.approvalForm(r, r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, newForm())
}

func (s *Server) approvalForm(r ask, id string) (page, error) {
	i, err := s.store.Interpretation(r.Context(), id)
	if err != nil {
		return page{}, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return page{}, err
	}
	fp := formPage{Action: "/office/interpretation", Lead: "批准后，此后启动的年度按这一解释计算；已启动的年度不受影响。", Carried: [][2]string{{"id", i.ID}}, Facts: interpretationFacts(i, names)}
	if i.ForceAt == nil {
		fp.Button = "检查并批准"
	}
	return page{Title: "批准解释生效", Crumbs: officeCrumbs(link{Href: "/office/readings", Text: "口径台账"}), Data: fp}, nil
}

// interpretationFacts are what an approver has to read.
func interpretationFacts(i store.Interpretation, names map[string]string) [][2]string {
	row, _ := rubric.ReadingByID(i.Reading)
	return [][2]string{{"编号", i.ID}, {"口径", row.ID + " " + row.Subject}, {"原文", row.Text}, {"问题", row.Problem}, {"默认口径", row.Default}, {"读法", cmp.Or(optionText(row, i.Option), "（不涉及计算）")},
		{"所解释的条款", i.Clause}, {"解释正文", i.Body}, {"适用", itoa(i.FromYear) + " 年度起"}, {"制定", named(names, i.By) + "，" + stamp(i.At)}}
}

func (s *Server) forceInterpretation(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	p, err := s.approvalForm(r, f.Get("id"))
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(*form) page { return p }), rows: func() [][2]string { return p.Data.(formPage).Facts },
		title: "请最后核对", lead: "生效不能撤回；需要改变的，另行制定解释。", word: "确认批准生效",
		act:  func() error { return s.Desk.ForceInterpretation(r.Context(), r.Staff, f.Get("id")) },
		done: "/office/readings?done=force",
	})
}

// publicReading is a reading as everybody sees it: the words in use and the
// interpretation they rest on.
type publicReading struct {
	ID, Subject, Words, By, Body string
}

// readingShown are the readings that pages for everybody speak of: those frozen
// in the newest campaign, or with none the ones that the next would be launched with.
func (s *Server) readingShown(r ask) (rubric.Reading, error) {
	c, err := s.shown(r.Context(), r)
	used := c.Rules.Settings.Readings
	if err == nil && c.Year == 0 {
		used, err = s.store.ChoicesFor(r.Context(), campaign.DayOf(s.Desk.Clock()).Year())
	}
	return used.Reading(), err
}

// readingOf are the readings that a year was launched with.
func (s *Server) readingOf(r ask, year int) (rubric.Reading, error) {
	c, err := s.store.Campaign(r.Context(), year)
	return c.Rules.Settings.Readings.Reading(), err
}

// publicReadings lists the readings in use, as readingShown knows them.
func (s *Server) publicReadings(r ask) (all []publicReading, year int, err error) {
	c, err := s.shown(r.Context(), r)
	if err != nil {
		return nil, 0, err
	}
	used := c.Rules.Settings.Readings
	if year = c.Year; year == 0 {
		year = campaign.DayOf(s.Desk.Clock()).Year()
		if used, err = s.store.ChoicesFor(r.Context(), year); err != nil {
			return nil, 0, err
		}
	}
	force, err := s.store.InForce(r.Context(), year)
	if err != nil {
		return nil, 0, err
	}
	for _, row := range rubric.Readings() {
		p := publicReading{ID: row.ID, Subject: row.Subject, Words: row.Default}
		if row.Switchable() {
			if own := slices.IndexFunc(used, func(c rubric.Choice) bool { return c.Reading == row.ID }); own >= 0 {
				p.By, p.Words = used[own].Interpretation, optionText(row, used[own].Option)
			}
		} else if own := slices.IndexFunc(force, func(i store.Interpretation) bool { return i.Reading == row.ID }); own >= 0 {
			p.By = force[own].ID
		}
		if p.By != "" {
			i, err := s.store.Interpretation(r.Context(), p.By)
			if err != nil && campaign.KindOf(err) != campaign.NotFound {
				return nil, 0, errors.Join(errors.New("interpretation of a reading"), err)
			}
			p.Body = i.Body
		} else if row.Switchable() {
			p.By = rubric.ByDefault
		}
		all = append(all, p)
	}
	return all, year, nil
}
