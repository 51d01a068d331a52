package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// factRoutes registers matters, catalogues and adoptions.
func (s *Server) factRoutes() {
	s.handle("GET /office/{year}/matters", s.mattersPage)
	s.handle("GET /office/{year}/matters/act", s.matterActPage)
	s.handle("POST /office/{year}/matters/act", s.matterAct)
	s.handle("GET /office/catalogue", s.cataloguePage)
	s.handle("GET /office/catalogue/edit", s.activityPage)
	s.handle("POST /office/catalogue/edit", s.putActivity)
	s.handle("GET /office/media", s.mediaPage)
	s.handle("GET /office/media/edit", s.mediumPage)
	s.handle("POST /office/media/edit", s.putMedium)
	s.handle("GET /office/{year}/i/{code}/adoption", s.adoptionPage)
	s.handle("POST /office/{year}/i/{code}/adoption", s.registerAdoption)
	s.determineRoutes()
	s.claimOfficeRoutes()
}

// matterWords say what a decision did.
var matterWords = map[string]string{store.MergeMatters: "合并", store.SplitMatter: "拆分", store.UndoMatter: "恢复"}

// mostSuggested is how many suggestions stand on the page at once.
const mostSuggested = 100

type suggestionView struct {
	A, B eventView
	Why  string
	Href string
}

type matterActView struct {
	store.MatterAct
	Word, Who string
	May       bool // it can be undone: nothing has moved its events since
}

func (s *Server) mattersPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	m, err := s.Desk.Matters(r.Context(), s.store.Reader, c.Year)
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	called, err := s.entryNames(r, c.Year)
	if err != nil {
		return err
	}
	here := yearPath(c.Year, "matters", "act")
	view := func(e store.Event) eventView {
		return viewEvents([]store.Event{e}, called, names, r.Staff, s.Desk.Table)[0]
	}
	var suggestions []suggestionView
	for _, x := range m.Suggestions[:min(len(m.Suggestions), mostSuggested)] {
		suggestions = append(suggestions, suggestionView{view(m.Events[x.A]), view(m.Events[x.B]), strings.Join(x.Why, "；"), matterHref(here, store.MergeMatters, 0, x.A, x.B)})
	}
	groups := make([]map[string]any, 0, len(m.Groups))
	for _, g := range m.Groups {
		var events []eventView
		var ids []int64
		for _, e := range g.Events {
			events, ids = append(events, view(e)), append(ids, e.ID)
		}
		groups = append(groups, map[string]any{"Name": g.Name, "Events": events, "Act": here, "Href": matterHref(here, store.SplitMatter, 0, ids...)})
	}
	acts := make([]matterActView, 0, len(m.Acts))
	for _, a := range m.Acts {
		moved := slices.ContainsFunc(a.Places, func(p store.MatterPlace) bool { return m.Events[p.Event].Matter != p.Now })
		undone := slices.ContainsFunc(m.Acts, func(o store.MatterAct) bool { return o.Undoes != nil && *o.Undoes == a.ID })
		acts = append(acts, matterActView{a, matterWords[a.Kind], named(names, a.By), !moved && !undone})
	}
	return s.render(w, r, http.StatusOK, "office-matters", page{Title: "同一事项", Crumbs: officeCrumbs(yearCrumb(c.Year), link{Href: yearPath(c.Year, "events"), Text: "加分与扣分事项"}), Wide: true,
		Data: map[string]any{"Words": c.Rules.Settings.Readings.Reading().MatterWords(), "Y": yearPath(c.Year), "Act": here, "Suggestions": suggestions, "Suggested": len(m.Suggestions), "Groups": groups, "Acts": acts, "Done": doneWord(r), "Officer": r.Staff.Role == campaign.Officer}})
}

// entryNames gives the names of a year's institutions by code.
func (s *Server) entryNames(r ask, year int) (map[string]string, error) {
	entries, err := s.store.Entries(r.Context(), year)
	out := map[string]string{}
	for _, e := range entries {
		out[e.Code] = e.Name
	}
	return out, err
}

func matterHref(path, kind string, act int64, events ...int64) string {
	v := url.Values{"kind": {kind}, "events": {idList(events)}}
	if act > 0 {
		v.Set("act", strconv.FormatInt(act, 10))
	}
	return path + "?" + v.Encode()
}

func idList(ids []int64) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(all, ",")
}

func readIDs(s string) []int64 {
	var all []int64
	for part := range strings.SplitSeq(s, ",") {
		if id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64); err == nil && id > 0 && !slices.Contains(all, id) && len(all) < 200 {
			all = append(all, id)
		}
	}
	return all
}

func (s *Server) matterActPage(w http.ResponseWriter, r ask) error {
	q := r.URL.Query()
	f := newForm().Set("kind", plain(q.Get("kind"))).Set("events", idList(readIDs(strings.Join(q["events"], ",")))).Set("act", plain(q.Get("act")))
	p, err := s.matterForm(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) matterForm(r ask, f *form) (page, error) {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return page{}, err
	}
	kind := f.Get("kind")
	if matterWords[kind] == "" {
		return page{}, campaign.Fail(campaign.Invalid, "请从同一事项页面选择合并、拆分或恢复")
	}
	m, err := s.Desk.Matters(r.Context(), s.store.Reader, c.Year)
	if err != nil {
		return page{}, err
	}
	called, err := s.entryNames(r, c.Year)
	if err != nil {
		return page{}, err
	}
	fp := formPage{Action: yearPath(c.Year, "matters", "act"), Carried: [][2]string{{"kind", kind}, {"events", f.Get("events")}, {"act", f.Get("act")}}, Button: "检查并提交",
		Lead: map[string]string{store.MergeMatters: "合并后，" + c.Rules.Settings.Readings.Reading().MatterWords() + "。合并可以恢复。", store.SplitMatter: "拆分后，各项分别计分；可以恢复。", store.UndoMatter: "事项回到这次处理之前的归属。"}[kind]}
	for _, id := range readIDs(f.Get("events")) {
		if e, ok := m.Events[id]; ok {
			fp.Facts = append(fp.Facts, [2]string{called[e.Code], e.Title + "（条款 " + e.Clause + "，" + campaign.DayOf(e.OccurredOn).Chinese() + "）"})
			if f.Get("name") == "" {
				f.Set("name", e.Matter)
			}
		}
	}
	fields := []field{areaField(f, "reason", "理由", "写明判断的依据", 3)}
	if kind == store.MergeMatters {
		if ids := readIDs(f.Get("events")); f.Get("name") == "" && len(ids) > 0 {
			f.Set("name", m.Events[ids[0]].Title)
		}
		fields = append([]field{textField(f, "name", "事项名称", "相同名称的事项即为同一事项；涉及多家机构的，名称中不要写机构名称")}, fields...)
	}
	fp.Sections = []section{{Fields: fields}}
	return page{Title: matterWords[kind] + "同一事项", Crumbs: officeCrumbs(yearCrumb(c.Year), link{Href: yearPath(c.Year, "matters"), Text: "同一事项"}), Data: fp}, nil
}

// matterAct merges, splits or puts back; each is recorded with its reason.
func (s *Server) matterAct(w http.ResponseWriter, r ask) error {
	year, err := r.year()
	if err != nil {
		return err
	}
	f, err := readForm(r, "name", "reason")
	if err != nil {
		return err
	}
	kind, ids := f.Get("kind"), readIDs(f.Get("events"))
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.matterForm(r, f) },
		look: func() error {
			want := map[string]string{"reason": "请填写理由"}
			if kind == store.MergeMatters {
				want["name"] = "请填写事项名称"
			}
			return wanting(f, want)
		},
		rows: func() [][2]string {
			return [][2]string{{"处理", matterWords[kind]}, {"事项名称", f.Get("name")}, {"涉及登记", itoa(len(ids)) + " 项及其同一事项"}, {"理由", f.Get("reason")}}
		},
		title: "请核对", lead: "确认后记入台账，有关机构的页面上会显示。", word: "确认",
		act: func() error {
			switch kind {
			case store.MergeMatters:
				return s.Desk.MergeMatters(r.Context(), r.Staff, year, ids, f.Get("name"), f.Get("reason"))
			case store.SplitMatter:
				return s.Desk.SplitMatter(r.Context(), r.Staff, year, ids, f.Get("reason"))
			case store.UndoMatter:
				act, _ := strconv.ParseInt(f.Get("act"), 10, 64) // desk finds no act 0
				return s.Desk.UndoMatter(r.Context(), r.Staff, year, act, f.Get("reason"))
			}
			return campaign.Fail(campaign.Invalid, "请从同一事项页面选择合并、拆分或恢复")
		},
		done: yearPath(year, "matters") + "?done=matter",
	})
}
