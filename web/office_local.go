package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// localRanking is the office's page of the comparison; without a stored set it
// shows why there is none.
func (s *Server) localRanking(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	d := map[string]any{"C": c, "Note": campaign.LocalNote, "Officer": r.Staff.Role == campaign.Officer,
		"Done": map[string]string{"set": "指标集已保存。", "values": "数据已保存。"}[r.URL.Query().Get("done")]}
	rank, err := s.Desk.RankLocal(r.Context(), c.Year)
	switch {
	case campaign.KindOf(err) == campaign.Conflict && err != nil:
		d["Why"] = err.Error()
	case err != nil:
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	var marks []mark
	for _, x := range rank.Top {
		marks = append(marks, mark{Label: itoa(x.Rank) + " " + x.Province, N: x.Score, Text: x.ScoreWord()})
	}
	if len(marks) > 0 {
		d["Chart"] = bars("local", "列名的地方", marks)
	}
	d["Rank"], d["Author"], d["Rest"] = rank, cmp.Or(names[rank.Set.By], rank.Set.By), len(rank.All)-len(rank.Top)
	d["Entered"] = slices.ContainsFunc(rank.Set.Body.Indicators, func(x campaign.LocalIndicator) bool { return x.Source == campaign.FromEntered })
	return s.render(w, r, http.StatusOK, "office-local", page{Title: "地方宣传工作激励参考", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: d})
}

// localSlots is how many indicators the form has.
const localSlots = 8

func localSetForm(c store.Campaign, f *form) page {
	var sources []option
	for _, x := range campaign.LocalSources() {
		sources = append(sources, option{Value: x, Text: campaign.LocalSourceWord(x)})
	}
	all := []section{{Fields: []field{textField(f, "name", "指标集名称", ""), numberField(f, "top", "列名的名次", "只列名到这一名次；并列的都列")}}}
	for i := 1; i <= localSlots; i++ {
		n := itoa(i)
		all = append(all, section{Title: "指标 " + n, Fields: []field{textField(f, "name-"+n, "名称", ""), numberField(f, "weight-"+n, "权重（%）", ""), chooseField(f, "source-"+n, "数据来源", "", sources)}})
	}
	return page{Title: "地方评价指标集", Crumbs: localSetCrumbs(c.Year), Data: formPage{Action: yearPath(c.Year, "local", "set"),
		Lead: "原文只要求建立地方评价激励机制，没有给出指标。指标、权重由主管部门确定，权重之和为 100；每项以最高的地方为满分，其他按比例。", Sections: all, Button: "检查并保存"}}
}

func localSetCrumbs(year int) []link {
	return officeCrumbs(yearCrumb(year), link{Href: yearPath(year, "local"), Text: "地方激励参考"})
}

func readLocalSet(f *form) (set campaign.LocalSet, slots []string) {
	whole := func(name string) int { n, _ := strconv.Atoi(strings.TrimSpace(f.Get(name))); return n }
	set = campaign.LocalSet{Name: strings.TrimSpace(f.Get("name")), Top: whole("top")}
	for i := 1; i <= localSlots; i++ {
		n := itoa(i)
		x := campaign.LocalIndicator{Name: strings.TrimSpace(f.Get("name-" + n)), Weight: whole("weight-" + n), Source: f.Get("source-" + n)}
		if x.Name != "" || strings.TrimSpace(f.Get("weight-"+n)) != "" || x.Source != "" {
			set.Indicators, slots = append(set.Indicators, x), append(slots, n)
		}
	}
	return set, slots
}

func (s *Server) localSetPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	sets, err := s.store.LocalSets(r.Context(), c.Year)
	if err != nil {
		return err
	}
	f := newForm()
	if len(sets) > 0 {
		set := sets[len(sets)-1].Body
		f.Set("name", set.Name).Set("top", itoa(set.Top))
		for i, x := range set.Indicators {
			n := itoa(i + 1)
			f.Set("name-"+n, x.Name).Set("weight-"+n, itoa(x.Weight)).Set("source-"+n, x.Source)
		}
	}
	return s.showForm(w, r, http.StatusOK, localSetForm(c, f), f)
}

func (s *Server) setLocalSet(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "name", "top")
	if err != nil {
		return err
	}
	set, slots := readLocalSet(f)
	inSlot := func(key string) string {
		part, n, found := strings.Cut(key, "-")
		if i, err := strconv.Atoi(n); found && err == nil && i <= len(slots) {
			return part + "-" + slots[i-1]
		}
		return key
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return localSetForm(c, f) }),
		look: func() error { return renamed(wrong(set.Check()), inSlot) },
		rows: func() [][2]string {
			rows := [][2]string{{"指标集", set.Name}, {"列名的名次", itoa(set.Top)}}
			for _, x := range set.Indicators {
				rows = append(rows, [2]string{x.Name, itoa(x.Weight) + "%，" + campaign.LocalSourceWord(x.Source)})
			}
			return rows
		},
		title: "请核对指标集", lead: "保存为新的版本，写明录入人和时间。" + campaign.LocalNote + "。", word: "确认保存",
		act:  func() error { return renamed(s.Desk.SetLocalSet(r.Context(), r.Staff, c.Year, set), inSlot) },
		done: yearPath(c.Year, "local") + "?done=set",
	})
}

// places are the provinces with a local regulator, by code point.
func (s *Server) places(r ask) ([]string, error) {
	all, err := s.store.StaffOf(r.Context(), campaign.Local)
	var out []string
	for _, p := range all {
		out = append(out, p.Province)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// valuesForm has a number for each place and each indicator that is entered.
func (s *Server) valuesForm(r ask, c store.Campaign, f *form) (page, []string, []string, error) {
	places, err := s.places(r)
	if err != nil {
		return page{}, nil, nil, err
	}
	sets, err := s.store.LocalSets(r.Context(), c.Year)
	if err != nil {
		return page{}, nil, nil, err
	}
	var names []string
	if len(sets) > 0 {
		for _, x := range sets[len(sets)-1].Body.Indicators {
			if x.Source == campaign.FromEntered {
				names = append(names, x.Name)
			}
		}
	}
	d := formPage{Action: yearPath(c.Year, "local", "values"), Lead: "填写整数；不填按 0 计。"}
	for i, p := range places {
		sec := section{Title: p}
		for k, name := range names {
			sec.Fields = append(sec.Fields, numberField(f, "v-"+itoa(i+1)+"-"+itoa(k+1), name, ""))
		}
		d.Sections = append(d.Sections, sec)
	}
	if len(places) > 0 && len(names) > 0 {
		d.Button = "检查并保存"
	} else {
		d.Lead, d.Sections = "没有需要录入的指标，或者还没有地方监管人员账号。", nil
	}
	return page{Title: "录入地方数据", Crumbs: localSetCrumbs(c.Year), Form: f, Data: d}, places, names, nil
}

func (s *Server) localValuesPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	old, err := s.store.LocalValues(r.Context(), c.Year)
	if err != nil {
		return err
	}
	_, places, names, err := s.valuesForm(r, c, f)
	if err != nil {
		return err
	}
	for i, p := range places {
		for k, name := range names {
			if n, known := old[p][name]; known {
				f.Set("v-"+itoa(i+1)+"-"+itoa(k+1), itoa(n))
			}
		}
	}
	p, _, _, err := s.valuesForm(r, c, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) enterLocal(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	_, places, names, err := s.valuesForm(r, c, f)
	if err != nil {
		return err
	}
	v, bad, rows := store.LocalValues{}, map[string]string{}, [][2]string{}
	for i, p := range places {
		v[p] = map[string]int{}
		for k, name := range names {
			key := "v-" + itoa(i+1) + "-" + itoa(k+1)
			n, err := strconv.Atoi(cmp.Or(strings.TrimSpace(f.Get(key)), "0"))
			if err != nil || n < 0 || n > 1_000_000 {
				bad[key] = p + "的“" + name + "”请填写 0 至 1000000 的整数"
			}
			v[p][name] = n
			rows = append(rows, [2]string{p + "　" + name, itoa(n)})
		}
	}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { p, _, _, err := s.valuesForm(r, c, f); return p, err },
		look: func() error { return wrong(bad) }, rows: func() [][2]string { return rows },
		title: "请核对数据", lead: "保存为新的版本，以前录入的仍保留在台账。", word: "确认保存",
		act:  func() error { return s.Desk.EnterLocal(r.Context(), r.Staff, c.Year, v) },
		done: yearPath(c.Year, "local") + "?done=values",
	})
}
