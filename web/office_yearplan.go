package web

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"xuanping/campaign"
	"xuanping/store"
)

// yearPlanRoutes registers the regulator's own yearly plan (四(二)1, PL-6), what
// local regulators laid down (PL-18), a letter to one who is late, and the
// preflight of a launch.
func (s *Server) yearPlanRoutes() {
	const here = " /office/{year}/yearplan"
	s.handle("GET"+here, s.yearPlan)
	s.handle("GET"+here+"/item", s.planItemPage)
	s.handle("POST"+here+"/item", s.planItem)
	s.handle("GET"+here+"/mark", s.planMarkPage)
	s.handle("POST"+here+"/mark", s.planMark)
	s.handle("POST"+here+"/calendar", s.planCalendar)
	s.handle("GET /office/{year}/measures", s.measuresPage)
	s.handle("GET /local/{year}/measures", s.localMeasures)
	s.handle("POST /local/{year}/measures", s.addMeasure)
	s.handle("POST /office/{year}/nudge", s.nudge)
	s.handle("GET /office/preflight", s.preflightPage)
}

func yearPlanPath(year int, more ...string) string {
	return yearPath(year, append([]string{"yearplan"}, more...)...)
}

// plannedItem is an item with whether it was done.
type plannedItem struct {
	campaign.PlanItem
	Mark  *store.PlanMark
	State string
}

// yearPlanView is a year's plan with what came of it.
type yearPlanView struct {
	C        store.Campaign
	Items    []plannedItem
	Dropped  []plannedItem
	Versions []store.OfficePlan // newest first
	Names    map[string]string
	Chart    template.HTML
	Done, Of int
	Officer  bool
	Said     string
}

func (s *Server) yearPlan(w http.ResponseWriter, r ask) error {
	c, now, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	v := yearPlanView{C: c, Officer: r.Staff.Role == campaign.Officer, Said: doneWord(r)}
	if v.Versions, err = s.store.OfficePlans(r.Context(), c.Year); err != nil {
		return err
	}
	marks, err := s.store.PlanMarks(r.Context(), c.Year)
	if err != nil {
		return err
	}
	if v.Names, err = s.store.StaffNames(r.Context()); err != nil {
		return err
	}
	v.fill(marks, campaign.DayOf(now))
	return s.render(w, r, http.StatusOK, "office-yearplan", page{Title: yearTitle(c.Year) + "宣传工作计划", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: v})
}

func (v *yearPlanView) fill(marks []store.PlanMark, today campaign.Day) {
	if len(v.Versions) == 0 {
		return
	}
	newest := map[int]*store.PlanMark{}
	for i, m := range marks {
		newest[m.Item] = &marks[i]
	}
	months := make([]mark, 12)
	for i := range months {
		months[i].Label = itoa(i+1) + "月"
	}
	for _, x := range v.Versions[len(v.Versions)-1].Body {
		p := plannedItem{PlanItem: x, Mark: newest[x.No], State: "未开始"}
		switch {
		case p.Mark != nil && p.Mark.Done:
			p.State = "已完成"
		case p.Mark != nil:
			p.State = "未完成"
		case x.Day < today:
			p.State = "逾期"
		}
		if x.Off {
			v.Dropped = append(v.Dropped, p)
			continue
		}
		if v.Items, v.Of = append(v.Items, p), v.Of+1; p.State == "已完成" {
			v.Done++
		}
		if x.Day.Year() == v.C.Year {
			m := &months[int(x.Day.Start().Month())-1]
			m.N, m.Hot = m.N+1, m.Hot || p.State == "逾期" || p.State == "未完成"
		}
	}
	v.Chart = columns("months", "各月事项数，红色为有逾期或未完成的月份", months)
	slices.Reverse(v.Versions)
}

// itemOf finds the item that an address or a form names; number 0 is a new one.
func (s *Server) itemOf(r ask, year int, no string) (campaign.PlanItem, error) {
	n, _ := strconv.Atoi(no)
	all, err := s.store.OfficePlans(r.Context(), year)
	if err != nil || n == 0 {
		return campaign.PlanItem{}, err
	}
	if len(all) > 0 {
		for _, x := range all[len(all)-1].Body {
			if x.No == n {
				return x, nil
			}
		}
	}
	return campaign.PlanItem{}, errNoPage
}

func planItemForm(year int, f *form) page {
	title := "增加计划事项"
	if no := f.Get("no"); no != "" && no != "0" {
		title = "修改第 " + no + " 项"
	}
	return page{Title: title, Crumbs: officeCrumbs(yearCrumb(year), link{Href: yearPlanPath(year), Text: "宣传工作计划"}), Data: formPage{Action: yearPlanPath(year, "item"),
		Lead:    "每次修订形成新的一版，原来的各版保留。",
		Carried: [][2]string{{"no", f.Get("no")}}, Button: "检查并保存",
		Sections: []section{{Fields: []field{dayField(f, "day", "日期", ""), textField(f, "title", "事项", ""), textField(f, "lead", "责任单位或处室", "不写个人"), areaField(f, "note", "说明", "可以不填", 3),
			tickField(f, "off", "取消这一项", "保留编号和内容，列在页末"), textField(f, "reason", "修订原因", "")}}}}}
}

func (s *Server) planItemPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	x, err := s.itemOf(r, c.Year, r.URL.Query().Get("no"))
	if err != nil {
		return err
	}
	f := newForm().Set("no", itoa(x.No)).Set("day", string(x.Day)).Set("title", x.Title).Set("lead", x.Lead).Set("note", x.Note)
	if x.Off {
		f.Set("off", "1")
	}
	return s.showForm(w, r, http.StatusOK, planItemForm(c.Year, f), f)
}

func (s *Server) planItem(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "day", "title", "lead", "note", "reason")
	if err != nil {
		return err
	}
	no, _ := strconv.Atoi(f.Get("no"))
	x := campaign.PlanItem{No: no, Day: dayTyped(f, "day"), Title: f.Get("title"), Lead: f.Get("lead"), Note: f.Get("note"), Off: f.Get("off") == "1"}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return planItemForm(c.Year, f) }),
		look: func() error {
			bad := x.Check(c.Year)
			if f.Get("reason") == "" {
				bad["reason"] = "请写明修订原因"
			}
			return wrong(bad)
		},
		rows: func() [][2]string {
			return [][2]string{{"日期", dayWords(x.Day)}, {"事项", x.Title}, {"责任单位", x.Lead}, {"说明", x.Note}, {"取消", map[bool]string{true: "是", false: "否"}[x.Off]}, {"修订原因", f.Get("reason")}}
		},
		title: "请核对", lead: "保存后形成新的一版。", word: "确认保存",
		act:  func() error { return s.Desk.PutPlanItem(r.Context(), r.Staff, c.Year, x, f.Get("reason")) },
		done: yearPlanPath(c.Year) + "?done=planned",
	})
}

var planMarks = []option{{Value: "done", Text: "已完成"}, {Value: "undone", Text: "未完成", Hint: "须写明原因"}}

func planMarkForm(year int, x campaign.PlanItem, f *form) page {
	return page{Title: "完成情况：" + x.Title, Crumbs: officeCrumbs(yearCrumb(year), link{Href: yearPlanPath(year), Text: "宣传工作计划"}), Data: formPage{Action: yearPlanPath(year, "mark"),
		Facts: [][2]string{{"日期", x.Day.Chinese()}, {"责任单位", x.Lead}}, Carried: [][2]string{{"no", f.Get("no")}}, Button: "检查并保存",
		Sections: []section{{Fields: []field{radioField(f, "mark", "完成情况", "", planMarks), areaField(f, "note", "说明", "成果、网址或未完成的原因", 3)}}}}}
}

func (s *Server) planMarkPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	x, err := s.itemOf(r, c.Year, r.URL.Query().Get("no"))
	if err != nil {
		return err
	}
	if x.No == 0 {
		return errNoPage
	}
	f := newForm().Set("no", itoa(x.No))
	return s.showForm(w, r, http.StatusOK, planMarkForm(c.Year, x, f), f)
}

func (s *Server) planMark(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "mark", "note")
	if err != nil {
		return err
	}
	x, err := s.itemOf(r, c.Year, f.Get("no"))
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return planMarkForm(c.Year, x, f) }),
		look: func() error { return wanting(f, map[string]string{"mark": "请选择完成情况"}) },
		rows: func() [][2]string {
			return [][2]string{{"事项", x.Title}, {"完成情况", labelled(planMarks, f.Get("mark"))}, {"说明", f.Get("note")}}
		},
		title: "请核对", lead: "记入台账，可以再次更新。", word: "确认",
		act: func() error {
			return s.Desk.MarkPlanItem(r.Context(), r.Staff, c.Year, x.No, f.Get("mark") == "done", f.Get("note"))
		},
		done: yearPlanPath(c.Year) + "?done=planned",
	})
}

// planCalendar puts the days of the year's calendar into the plan.
func (s *Server) planCalendar(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	if err := s.Desk.PlanFromCalendar(r.Context(), r.Staff, c.Year, "宣传主管处室"); err != nil {
		return err
	}
	return seeOther(w, r, yearPlanPath(c.Year)+"?done=planned")
}
