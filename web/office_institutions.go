package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// narrowOf reads how a list of institutions is narrowed, from an address.
func narrowOf(r ask) store.Narrow {
	q := r.URL.Query()
	get := func(key string) string { return strings.TrimSpace(plain(q.Get(key))) }
	return store.Narrow{Stage: get("stage"), Province: get("province"), Category: get("category"), Word: get("q"), Late: q.Get("late") == "1", Unreached: q.Get("unreached") == "1", Suspended: q.Get("suspended") == "1"}
}

// narrowQuery writes it back; what is not asked for is left out.
func narrowQuery(n store.Narrow) url.Values {
	q := url.Values{}
	for k, v := range map[string]string{"stage": n.Stage, "province": n.Province, "category": n.Category, "q": n.Word} {
		if v != "" {
			q.Set(k, v)
		}
	}
	for k, on := range map[string]bool{"late": n.Late, "unreached": n.Unreached, "suspended": n.Suspended} {
		if on {
			q.Set(k, "1")
		}
	}
	return q
}

// listPath is the list of a year's institutions, narrowed.
func listPath(year int, n store.Narrow, more ...string) string {
	path := yearPath(year, append([]string{"institutions"}, more...)...)
	if q := narrowQuery(n); len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// facet gives the choices of a filter with how many institutions each would
// show, the other filters staying as they are.
func facet(all []store.Face, rest store.Narrow, picked, every string, of func(store.Face) string, word func(string) string) []option {
	n, total := map[string]int{picked: 0}, 0
	for _, f := range all {
		if rest.Fits(f) {
			n[of(f)]++
			total++
		}
	}
	delete(n, "")
	out := []option{{Value: "", Text: every + "（" + itoa(total) + "）"}}
	for _, m := range ranked(n) {
		out = append(out, option{Value: m.Label, Text: word(m.Label) + "（" + itoa(m.N) + "）"})
	}
	return out
}

// narrowFields are the filters of the list.
func narrowFields(f *form, n store.Narrow, all []store.Face) []field {
	without := func(drop func(*store.Narrow)) store.Narrow {
		rest := n
		drop(&rest)
		return rest
	}
	same := func(s string) string { return s }
	stages := facet(all, without(func(n *store.Narrow) { n.Stage = "" }), n.Stage, "全部阶段", func(f store.Face) string { return string(f.Stage) }, func(s string) string { return campaign.Stage(s).Chinese() })
	order := campaign.Stages()
	slices.SortStableFunc(stages[1:], func(a, b option) int {
		return cmp.Compare(slices.Index(order, campaign.Stage(a.Value)), slices.Index(order, campaign.Stage(b.Value)))
	})
	return []field{
		textField(f, "q", "查找", "批准号、名称、省份或类别"),
		chooseField(f, "stage", "阶段", "", stages),
		chooseField(f, "province", "省份", "", facet(all, without(func(n *store.Narrow) { n.Province = "" }), n.Province, "全部省份", func(f store.Face) string { return f.Province }, same)),
		chooseField(f, "category", "类别", "", facet(all, without(func(n *store.Narrow) { n.Category = "" }), n.Category, "全部类别", func(f store.Face) string { return f.Category }, same)),
		tickField(f, "late", "逾期", "计划、自评或整改已过截止日仍未报送"), tickField(f, "unreached", "联系不上", "缺联系人、邮箱或手机，或最近一封邮件未送达"),
		tickField(f, "suspended", "暂停", "暂停中的机构"),
	}
}

// narrowed reads the list of a year and what is left of it; lost asks of
// everybody whether letters arrive.
func (s *Server) narrowed(r ask, lost bool) (c store.Campaign, n store.Narrow, all, left []store.Face, err error) {
	c, now, err := s.campaignOf(r)
	if err != nil {
		return
	}
	n = narrowOf(r)
	if all, err = s.store.Faces(r.Context(), c.Year, campaign.DayOf(now), lost || n.Unreached); err != nil {
		return
	}
	left = slices.DeleteFunc(slices.Clone(all), func(f store.Face) bool { return !n.Fits(f) })
	return
}

// narrowForm is the form of the filters as they are asked for.
func narrowForm(n store.Narrow) *form {
	f := newForm()
	for k, v := range narrowQuery(n) {
		f.Set(k, v[0])
	}
	return f
}

// standingFace is an institution of the list with what its face tells.
type standingFace struct {
	store.Standing
	store.Face
}

// institutions is the table of a year, narrowed by what its filters say.
func (s *Server) institutions(w http.ResponseWriter, r ask) error {
	c, n, all, left, err := s.narrowed(r, false)
	if err != nil {
		return err
	}
	at := pageOf(r)
	from := min((at-1)*pageSize, len(left))
	shown, err := s.standings(r, c.Year, left[from:min(from+pageSize, len(left))])
	if err != nil {
		return err
	}
	href := func(page int) string {
		q := narrowQuery(n)
		q.Set("page", itoa(page))
		return yearPath(c.Year, "institutions") + "?" + q.Encode()
	}
	f := narrowForm(n)
	return s.render(w, r, http.StatusOK, "office-institutions", page{Title: "参评机构", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Form: f,
		Data: map[string]any{"C": c, "All": shown, "Found": len(left), "Total": len(all), "Pager": newPager(at, pageSize, len(left), href), "Fields": narrowFields(f, n, all),
			"Narrowed": n != store.Narrow{}, "Late": countFaces(left, func(f store.Face) bool { return f.Late }), "Suspended": countFaces(left, func(f store.Face) bool { return f.Suspended }), "Unreached": countFaces(left, func(f store.Face) bool { return f.Bare || f.Lost }),
			"Table": table{listPath(c.Year, n, "table")}, "Officer": r.Staff.Role == campaign.Officer}})
}

// table is the address of a list as a file, with its filters.
type table struct{ path string }

// As is the address for a format.
func (t table) As(format string) string {
	if strings.Contains(t.path, "?") {
		return t.path + "&as=" + format
	}
	return t.path + "?as=" + format
}

func countFaces(all []store.Face, is func(store.Face) bool) (n int) {
	for _, f := range all {
		if is(f) {
			n++
		}
	}
	return n
}

// standings adds to faces what has been handed in, found and decided.
func (s *Server) standings(r ask, year int, faces []store.Face) ([]standingFace, error) {
	codes, by := make([]string, len(faces)), map[string]store.Face{}
	for i, f := range faces {
		codes[i], by[f.Code] = f.Code, f
	}
	all, err := s.store.StandingsOf(r.Context(), year, codes)
	out := make([]standingFace, len(all))
	for i, x := range all {
		out[i] = standingFace{x, by[x.Code]}
	}
	return out, err
}

// institutionsTable is the narrowed list as a file, without anybody's name.
func (s *Server) institutionsTable(w http.ResponseWriter, r ask) error {
	c, _, _, left, err := s.narrowed(r, true)
	if err != nil {
		return err
	}
	all, err := s.standings(r, c.Year, left)
	if err != nil {
		return err
	}
	word := func(on bool, yes string) string {
		if on {
			return yes
		}
		return ""
	}
	plan := map[string]string{"submitted": "已提交", "accepted": "已通过", "returned": "已退回"}
	rows := [][]string{{"批准号", "机构名称", "省份", "类别", "阶段", "截止日", "逾期", "暂停", "联系情况", "计划", "计划逾期报送", "有证据的指标数", "自评版本", "评审席位", "已交打分表", "总分", "待认定事项", "待决定的复核项", "风险警示", "参加排名"}}
	for _, x := range all {
		warning := ""
		if x.Warning != nil {
			warning = x.Warning.Chinese()
		}
		rows = append(rows, []string{x.Face.Code, x.Face.Name, x.Face.Province, x.Face.Category, x.Face.Stage.Chinese(), string(x.DueDay()), word(x.Late, "是"), word(x.Suspended, "是"),
			word(x.Bare, "缺联系人、邮箱或手机") + word(x.Lost && !x.Bare, "最近一封邮件未送达"), plan[x.PlanState], word(x.PlanLate, "是"), itoa(x.Evidence), itoa(x.SelfScore), itoa(x.Seats), itoa(x.Sheets),
			x.TotalWord(), itoa(x.OpenEvents), itoa(x.OpenAppeal), warning, word(x.Ranked, "是")})
	}
	return sendTable(w, r.URL.Query().Get("as"), itoa(c.Year)+"年度参评机构", rows)
}
