package web

import (
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// honourRoutes registers nominations and cases: the office's side, the
// institution's and what everybody reads (PL-15, PL-16, PL-20).
func (s *Server) honourRoutes() {
	s.handle("GET /honours/{year}", s.publicHonours)
	s.handle("GET /i/{year}/{code}/honours", s.ownHonours)
	s.handle("POST /i/{year}/{code}/honours", s.nominateOwn)
	s.handle("GET /office/{year}/honours", s.honoursPage)
	s.handle("GET /office/{year}/honours/new", s.nominatePage)
	s.handle("POST /office/{year}/honours/new", s.nominate)
	s.handle("GET /office/{year}/honours/{id}", s.honourPage)
	s.handle("GET /office/{year}/honours/{id}/act", s.honourActPage)
	s.handle("POST /office/{year}/honours/{id}/act", s.honourAct)
	s.handle("GET /office/{year}/honours/{id}/objection", s.objectionPage)
	s.handle("POST /office/{year}/honours/{id}/objection", s.objection)
}

// honourLine is a nomination in a list, with what its reader may see of it.
type honourLine struct {
	store.Honour
	Who         string // holder as this reader may read him
	Words       string // the text as this reader may read it
	Head        string
	Starts      campaign.Day
	Ends        campaign.Day
	AwardedOn   campaign.Day
	Certificate string // verify code
	Open        int    // objections not resolved
}

// Word is the state; a case that warns is published, not awarded.
func (l honourLine) Word() string { return honourWord(l.Honour) }

func honourWord(h store.Honour) string {
	if h.State() == campaign.Awarded && h.Kind == campaign.WarningCase {
		return "已发布"
	}
	return h.State().Chinese()
}

// publicLine is a nomination as everybody may read it: a person's name is
// masked until the award, a case without names has none.
func publicLine(h store.Honour) honourLine {
	l := honourLine{Honour: h, Who: h.Holder, Words: h.ShownText, Head: h.ShownTitle}
	switch {
	case !h.Named:
		l.Who = ""
	case h.Kind == campaign.PersonHonour && h.State() != campaign.Awarded:
		masked := campaign.MaskName(h.Holder)
		l.Who, l.Words, l.Head = masked, strings.ReplaceAll(l.Words, h.Holder, masked), strings.ReplaceAll(l.Head, h.Holder, masked)
	}
	return l.dated()
}

func (l honourLine) dated() honourLine {
	if m := l.Shown(); m != nil {
		l.Starts, l.Ends = m.StartDay(), m.EndDay()
	}
	if m := l.Awarded(); m != nil {
		l.AwardedOn = campaign.DayOf(m.At)
	}
	l.Open = l.Facts("").Open
	return l
}

// publicHonours lists what is shown for objections and what was awarded.
func (s *Server) publicHonours(w http.ResponseWriter, r ask) error {
	y, err := r.year()
	if err != nil {
		return err
	}
	c, err := s.campaign(r.Context(), y)
	if campaign.KindOf(err) == campaign.NotFound && err != nil {
		return errNoPage
	} else if err != nil {
		return err
	}
	all, err := s.store.Honours(r.Context(), y)
	if err != nil {
		return err
	}
	today := campaign.DayOf(c.Now(s.Desk.Clock()))
	shown, awarded := []honourLine{}, map[campaign.HonourKind][]honourLine{}
	for _, h := range all {
		switch l := publicLine(h); {
		case h.State() == campaign.Shown && l.Starts <= today:
			shown = append(shown, l)
		case h.State() == campaign.Awarded:
			awarded[h.Kind] = append(awarded[h.Kind], l)
		}
	}
	var groups []honourGroup
	for _, k := range campaign.HonourKinds() {
		if len(awarded[k]) > 0 {
			groups = append(groups, honourGroup{k, awarded[k]})
		}
	}
	return s.render(w, r, http.StatusOK, "honours", page{Title: itoa(y) + " 年度荣誉与案例", Wide: true,
		Data: map[string]any{"Shown": shown, "Groups": groups, "Year": y, "Days": c.Rules.Settings.HonourPeriod()}})
}

type honourGroup struct {
	Kind campaign.HonourKind
	All  []honourLine
}

// officeLines are a year's nominations as the office reads them.
func (s *Server) officeLines(r ask, c store.Campaign, keep func(store.Honour) bool) ([]honourLine, error) {
	all, err := s.store.Honours(r.Context(), c.Year)
	if err != nil {
		return nil, err
	}
	var out []honourLine
	for _, h := range all {
		if !keep(h) {
			continue
		}
		l := honourLine{Honour: h, Who: h.Holder, Words: h.Text, Head: h.Title}.dated()
		if h.Awarded() != nil && h.Kind.Certified() {
			p, err := s.store.PaperByKey(r.Context(), desk.HonourKey(h))
			if err != nil && campaign.KindOf(err) != campaign.NotFound {
				return nil, err
			}
			l.Certificate = p.Verify
		}
		out = append(out, l)
	}
	return out, nil
}

func (s *Server) honoursPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.officeLines(r, c, func(store.Honour) bool { return true })
	if err != nil {
		return err
	}
	marks := make([]mark, 0, 6)
	for _, k := range campaign.HonourKinds() {
		m := mark{Label: k.Chinese()}
		for _, l := range all {
			if l.Kind == k {
				m.N++
			}
		}
		marks = append(marks, m)
	}
	return s.render(w, r, http.StatusOK, "office-honours", page{Title: "荣誉与案例", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true,
		Data: map[string]any{"C": c, "All": all, "Chart": bars("kinds", "各类提名数", marks), "Officer": r.Staff.Role == campaign.Officer, "Done": honourDone(r)}})
}

func honourDone(r ask) string {
	return map[string]string{"nominated": "提名已记录。", "moved": "办理结果已记录。", "objection": "异议已登记。", "ruled": "异议处理结果已记录。"}[r.URL.Query().Get("done")]
}

func kindOptions(kinds []campaign.HonourKind) []option {
	var all []option
	for _, k := range kinds {
		o := option{Value: string(k), Text: k.Chinese()}
		if k == campaign.WarningCase {
			o.Hint = "以案说法，不颁发证书，与风险警示无关"
		}
		all = append(all, o)
	}
	return all
}

// nominationFields are the fields of every nomination.
func nominationFields(f *form, kinds []campaign.HonourKind) []field {
	return []field{
		radioField(f, "kind", "类别", "", kindOptions(kinds)),
		textField(f, "holder", "获誉对象", "案例所属单位、机构、基地、课程制作单位或人员姓名"),
		textField(f, "title", "名称", "案例、课程、基地的名称，或突出贡献的概括"),
		areaField(f, "text", "事迹或案情", "公示和发布时公开", 8),
	}
}

func readNomination(f *form) desk.HonourForm {
	return desk.HonourForm{Kind: campaign.HonourKind(f.Get("kind")), Code: strings.TrimSpace(f.Get("code")), Holder: f.Get("holder"), Title: f.Get("title"), Text: f.Get("text"), Named: f.Get("named") == "1", Pictures: numbersTyped(f.Get("pictures"))}
}

// numbersTyped reads numbers of evidence; what is no number is 0, which names none.
func numbersTyped(text string) (all []int64) {
	for _, p := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;； \n", r) }) {
		n, _ := strconv.ParseInt(p, 10, 64)
		all = append(all, n)
	}
	return all
}

// pictureRows names the chosen pictures on a check page.
func pictureRows(rows [][2]string, named []string) [][2]string {
	if len(named) == 0 {
		return rows
	}
	return append(rows, [2]string{"案例图片", strings.Join(named, "、")})
}

var nominationWords = map[string]string{"kind": "请选择类别", "holder": "请填写获誉对象", "title": "请填写名称", "text": "请填写事迹或案情"}

func nominationRows(in desk.HonourForm) [][2]string {
	rows := [][2]string{{"类别", in.Kind.Chinese()}, {"获誉对象", in.Holder}, {"名称", in.Title}, {"事迹或案情", in.Text}}
	if in.Code != "" {
		rows = append(rows, [2]string{"机构批准号", in.Code})
	}
	return rows
}

func (s *Server) nominatePage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	return s.showForm(w, r, http.StatusOK, nominationForm(c, f), f)
}

func nominationForm(c store.Campaign, f *form) page {
	fields := append(nominationFields(f, campaign.HonourKinds()),
		textField(f, "code", "机构批准号", "属于参评机构的填写；证书将随邮件发给该机构"),
		textField(f, "pictures", "案例图片（证据材料的编号）", "选填，只用于参评机构的典型案例。编号见机构档案“证据材料”，多个用顿号分开"),
		tickField(f, "named", "警示教育案例实名公开", "不勾选时，公开的文字自动隐去名册中的机构名称、批准号和人员姓名"))
	return page{Title: "提名", Crumbs: honourCrumbs(c.Year), Data: formPage{Action: yearPath(c.Year, "honours", "new"),
		Lead: "提名后由其他人员评审，公示期满且没有未处理的异议，才能授予或发布。", Sections: []section{{Fields: fields}}, Button: "检查并提名"}}
}

func honourCrumbs(year int) []link {
	return officeCrumbs(yearCrumb(year), link{Href: yearPath(year, "honours"), Text: "荣誉与案例"})
}

func (s *Server) nominate(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "kind", "holder", "title", "text", "code")
	if err != nil {
		return err
	}
	in := readNomination(f)
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return nominationForm(c, f) }),
		look: func() error { return wanting(f, nominationWords) },
		rows: func() [][2]string { return s.nominationCheck(r, in) }, title: "请核对提名", lead: "提名后不能修改，可以撤回。", word: "确认提名",
		act: func() error {
			_, err := s.Desk.Nominate(r.Context(), r.Staff, c.Year, in)
			return err
		},
		done: yearPath(c.Year, "honours") + "?done=nominated",
	})
}

// nominationCheck adds what the public will read of a case without names.
func (s *Server) nominationCheck(r ask, in desk.HonourForm) [][2]string {
	var numbers []string
	for _, id := range in.Pictures {
		numbers = append(numbers, "编号 "+strconv.FormatInt(id, 10))
	}
	rows := pictureRows(nominationRows(in), numbers)
	if in.Kind == campaign.WarningCase && !in.Named {
		roster, err := s.store.Roster(r.Context())
		if err == nil {
			title, text := desk.Anonymise(store.Honour{Holder: strings.TrimSpace(in.Holder), Title: in.Title, Text: in.Text}, roster)
			rows = append(rows, [2]string{"公开的文字", title + "\n" + text})
		}
	}
	return rows
}

// honourOf reads the nomination of the path.
func (s *Server) honourOf(r ask) (store.Campaign, store.Honour, error) {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return c, store.Honour{}, err
	}
	n, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return c, store.Honour{}, errNoPage
	}
	h, err := s.store.Honour(r.Context(), c.Year, n)
	return c, h, err
}

func (s *Server) honourPage(w http.ResponseWriter, r ask) error {
	c, h, err := s.honourOf(r)
	if err != nil {
		return err
	}
	lines, err := s.officeLines(r, c, func(o store.Honour) bool { return o.N == h.N })
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	p := yearPath(c.Year, "honours", itoa(h.N))
	may, hint := honourOptions(h, r.Staff, campaign.DayOf(c.Now(s.Desk.Clock())))
	return s.render(w, r, http.StatusOK, "office-honour", page{Title: h.Title, Crumbs: honourCrumbs(c.Year), Wide: true, Data: map[string]any{
		"H": lines[0], "Names": names, "Path": p, "Year": yearPath(c.Year), "May": len(may) > 0, "Hint": hint, "Done": honourDone(r),
		"Object": h.State() == campaign.Shown && r.Staff.Role != campaign.Auditor}})
}

// honourState says what a certificate is worth now, for the verify page (PL-16).
func (s *Server) honourState(r ask, p store.Paper) (name, state, note string, err error) {
	h, err := s.store.HonourOf(r.Context(), p)
	if err != nil {
		return "", "", "", err
	}
	state, note = "有效", h.Kind.Chinese()+"：“"+h.ShownTitle+"”"
	if h.State() != campaign.Awarded {
		state = h.State().Chinese()
	}
	return h.Holder, state, note, nil
}
