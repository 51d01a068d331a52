package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// wayOn says what the next launch still asks for and leads whoever may to it.
func wayOn(lines []readingLine, waiting, next int, role campaign.Role) *link {
	unbound := 0
	for _, l := range lines {
		if l.Switchable() && l.By == "" {
			unbound++
		}
	}
	switch {
	case role == campaign.Officer && unbound > 0:
		return &link{Href: desk.DefaultsPath(next), Text: "一并制定 " + itoa(next) + " 年度所缺的解释（" + itoa(unbound) + " 项）"}
	case role == campaign.Approver && waiting > 0:
		return &link{Href: "/office/interpretations", Text: "批准等待的解释（" + itoa(waiting) + " 项）"}
	}
	return nil
}

// interpretationsWaiting counts for an approver what waits for him.
func (s *Server) interpretationsWaiting(r ask) (n int, err error) {
	if r.Staff.Role != campaign.Approver {
		return 0, nil
	}
	all, err := s.store.WaitingInterpretations(r.Context())
	for _, i := range all {
		if i.By != r.Staff.ID {
			n++
		}
	}
	return n, err
}

// defaultsPage offers an interpretation by the default of every reading that
// has none for a year: each with its text, to be changed or left out.
func (s *Server) defaultsPage(w http.ResponseWriter, r ask) error {
	f := newForm()
	if year := r.URL.Query().Get("year"); year != "" {
		f.Set("from_year", year)
	}
	if r.URL.Query().Get("all") == "1" {
		f.Set("all", "1")
	}
	p, err := s.defaultsForm(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

// defaultsForm keeps what was typed, also of a reading that got an
// interpretation meanwhile.
func (s *Server) defaultsForm(r ask, f *form) (page, error) {
	year, err := strconv.Atoi(strings.TrimSpace(f.Get("from_year")))
	if err != nil || year < 2000 || year > 2100 {
		campaigns, err := s.store.Campaigns(r.Context())
		if err != nil {
			return page{}, err
		}
		if year = nextYear(campaigns, campaign.DayOf(s.Desk.Clock())); f.Get("from_year") == "" {
			f.Set("from_year", itoa(year))
		}
	}
	lacking, err := desk.Lacking(r.Context(), s.store.Reader, year)
	if err != nil {
		return page{}, err
	}
	open := map[string]desk.Uninterpreted{}
	for _, u := range lacking {
		open[u.ID] = u
	}
	fp := formPage{Action: "/office/interpret/defaults", Button: "检查所选解释",
		Lead: "依据第三十五条。下列影响得分的口径在 " + itoa(year) + " 年度还没有解释，而年度启动须以生效的解释为依据。每项按默认读法拟好，可以修改文字，也可以不勾选、另行办理；勾选的各自编号记入台账，由另一位审批人员批准后生效。"}
	others := 0
	var made []string
	for _, row := range rubric.Readings() {
		u, lacks := open[row.ID]
		_, typed := f.Values["body-"+row.ID]
		free := lacks && len(u.Made) == 0
		switch {
		case typed || free && (row.Switchable() || f.Get("all") == "1"):
			fp.Sections = append(fp.Sections, defaultSection(f, row, year, typed))
		case free:
			others++
		case lacks && row.Switchable():
			made = append(made, row.ID+" "+row.Subject+"："+madeWords(u.Made))
		}
	}
	if len(made) > 0 {
		fp.Facts = [][2]string{{"已经制定、不再列出", strings.Join(made, "\n")}}
	}
	if others > 0 {
		fp.More = append(fp.More, link{Href: desk.DefaultsPath(year) + "&all=1", Text: "连同不改变计算的口径（" + itoa(others) + " 项）一并制定"})
	}
	if len(fp.Sections) == 0 {
		fp.Lead, fp.Button = itoa(year)+" 年度影响得分的口径都已制定解释。需要另定读法的，在口径台账逐项办理。", ""
		if len(made) > 0 {
			fp.Lead = itoa(year) + " 年度有 " + itoa(len(made)) + " 项口径的解释已经制定、尚未对该年度生效：待批准的，由审批人员批准；需要另定的，在口径台账逐项办理。"
		}
	} else {
		fp.Sections = append(fp.Sections, section{Title: "适用", Fields: []field{numberField(f, "from_year", "自哪一年度起适用", "四位数字；只能是尚未启动的年度")}})
	}
	if f.Get("all") == "1" {
		fp.Carried = [][2]string{{"all", "1"}}
	}
	return page{Title: "按默认读法制定解释", Crumbs: officeCrumbs(link{Href: "/office/readings", Text: "口径台账"}), Data: fp}, nil
}

func madeWords(made []store.Interpretation) string {
	var words []string
	for _, i := range made {
		say := i.ID + " 待批准"
		if i.ForceAt != nil {
			say = i.ID + " 自 " + itoa(i.FromYear) + " 年度起适用"
		}
		words = append(words, say)
	}
	return strings.Join(words, "、")
}

// defaultSection is one reading of the form, filled in with its default before
// anybody typed.
func defaultSection(f *form, row rubric.ReadingRow, year int, typed bool) section {
	if !typed {
		d := desk.ByDefault(row, year)
		f.Set("clause-"+row.ID, d.Clause).Set("body-"+row.ID, d.Body)
		if row.Switchable() && f.Get("do") == "" {
			f.Set("take-"+row.ID, "1")
		}
	}
	read := "不改变计算"
	if row.Switchable() {
		read = "读法：" + row.OptionText(row.DefaultKey)
	}
	return section{Title: row.ID + " " + row.Subject, Facts: [][2]string{{"原文", row.Text}, {"问题", row.Problem}}, Fields: []field{
		tickField(f, "take-"+row.ID, "制定这一项", read), textField(f, "clause-"+row.ID, "所解释的条款", ""), areaField(f, "body-"+row.ID, "解释正文", "", 3)}}
}

// readDefaults takes the interpretations that were ticked, in the order of the register.
func readDefaults(f *form) (all []desk.InterpretationForm) {
	year, err := strconv.Atoi(strings.TrimSpace(f.Get("from_year")))
	if err != nil {
		year = 0
	}
	for _, row := range rubric.Readings() {
		if f.Get("take-"+row.ID) != "1" {
			continue
		}
		d := desk.ByDefault(row, year)
		d.Clause, d.Body = f.Get("clause-"+row.ID), f.Get("body-"+row.ID)
		all = append(all, d)
	}
	return all
}

// interpretDefaults writes what was ticked into the register, each under its own number.
func (s *Server) interpretDefaults(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	all := readDefaults(f)
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.defaultsForm(r, f) },
		look: func() error { return s.Desk.MayInterpret(r.Context(), all) },
		rows: func() [][2]string {
			rows := [][2]string{{"适用", itoa(all[0].FromYear) + " 年度起，共 " + itoa(len(all)) + " 项"}}
			for _, in := range all {
				row, _ := rubric.ReadingByID(in.Reading)
				rows = append(rows, [2]string{row.ID + " " + row.Subject, "读法：" + cmp.Or(row.OptionText(in.Option), "（不涉及计算）") + "\n条款：" + in.Clause + "\n" + in.Body})
			}
			return rows
		},
		title: "请核对各项解释", lead: "各项分别编号记入台账，记入后不能修改；批准生效后适用于此后启动的年度。", word: "确认记入",
		act: func() error {
			_, err := s.Desk.MakeInterpretations(r.Context(), r.Staff, all)
			return err
		},
		done: "/office/readings?done=many",
	})
}

// waitingPage lists the interpretations that wait for an approver, each with
// what he has to read before he ticks it.
func (s *Server) waitingPage(w http.ResponseWriter, r ask) error {
	f := newForm()
	p, _, err := s.waitingForm(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

// takeField is the tick of an interpretation: its number without the sign.
func takeField(id string) string { return "take-" + strings.TrimPrefix(id, "释-") }

func (s *Server) waitingForm(r ask, f *form) (page, []store.Interpretation, error) {
	all, err := s.store.Interpretations(r.Context())
	if err != nil {
		return page{}, nil, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return page{}, nil, err
	}
	campaigns, err := s.store.Campaigns(r.Context())
	if err != nil {
		return page{}, nil, err
	}
	launched := map[int]bool{}
	for _, c := range campaigns {
		launched[c.Year] = true
	}
	fp := formPage{Action: "/office/interpretations", Lead: "请逐项阅读，勾选要批准的解释。各项分别生效，适用于此后启动的年度；已启动的年度不受影响。"}
	var picked []store.Interpretation
	for _, i := range all {
		if f.Get(takeField(i.ID)) == "1" {
			picked = append(picked, i)
		}
		if i.ForceAt != nil {
			continue
		}
		facts := interpretationFacts(i, names)
		x := section{Title: i.ID + "　" + facts[1][1], Facts: facts[2:]}
		switch {
		case i.By == r.Staff.ID:
			x.Hint = "由您制定，须由另一位审批人员批准。"
		case launched[i.FromYear]:
			x.Hint = itoa(i.FromYear) + " 年度已经启动，不能再批准。"
		default:
			fp.Button = "检查所选解释"
			x.Fields = []field{tickField(f, takeField(i.ID), "批准 "+i.ID, "")}
		}
		fp.Sections = append(fp.Sections, x)
	}
	if len(fp.Sections) == 0 {
		fp.Lead = "没有等待批准的解释。"
	}
	return page{Title: "批准等待的解释", Crumbs: officeCrumbs(link{Href: "/office/readings", Text: "口径台账"}), Data: fp}, picked, nil
}

// forceInterpretations puts those that were ticked in force, all or none.
func (s *Server) forceInterpretations(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	_, picked, err := s.waitingForm(r, f)
	if err != nil {
		return err
	}
	var ids []string
	for _, i := range picked {
		ids = append(ids, i.ID)
	}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { p, _, err := s.waitingForm(r, f); return p, err },
		look: func() error { return s.Desk.MayForce(r.Context(), r.Staff, ids) },
		rows: func() [][2]string {
			var rows [][2]string
			for _, i := range picked {
				row, _ := rubric.ReadingByID(i.Reading)
				rows = append(rows, [2]string{i.ID, row.ID + " " + row.Subject + "\n读法：" + cmp.Or(row.OptionText(i.Option), "（不涉及计算）") + "\n条款：" + i.Clause + "\n" + i.Body + "\n" + itoa(i.FromYear) + " 年度起"})
			}
			return rows
		},
		title: "请最后核对", lead: "各项分别生效，不能撤回；需要改变的，另行制定解释。", word: "确认批准生效",
		act:  func() error { return s.Desk.ForceInterpretations(r.Context(), r.Staff, ids) },
		done: "/office/readings?done=forced",
	})
}
