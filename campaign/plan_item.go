package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// PlanItem is a dated item of the regulator's own yearly plan
// (年度宣传工作计划, 四(二)1). Its number stays with it over all versions.
type PlanItem struct {
	No    int    `json:"no"`
	Day   Day    `json:"day"`
	Title string `json:"title"`
	Lead  string `json:"lead"` // who is responsible: a unit, not a person
	Note  string `json:"note,omitempty"`
	Off   bool   `json:"off,omitempty"` // dropped: kept, so that its number tells what it was
}

// Check names what is wrong with an item of a year's plan.
func (i PlanItem) Check(year int) map[string]string {
	bad := map[string]string{}
	if d, err := ParseDay(string(i.Day)); err != nil || d.Year() != year && d.Year() != year+1 {
		bad["day"] = fmt.Sprintf("请填写 %d 或 %d 年的日期，格式 %d-03-15", year, year+1, year)
	}
	for k, v := range map[string][2]string{"title": {i.Title, "请填写事项（不超过 100 字）"}, "lead": {i.Lead, "请填写责任单位或处室（不超过 40 字）"}} {
		if n := len([]rune(strings.TrimSpace(v[0]))); n == 0 || n > map[string]int{"title": 100, "lead": 40}[k] {
			bad[k] = v[1]
		}
	}
	if len([]rune(i.Note)) > 500 {
		bad["note"] = "说明不超过 500 字"
	}
	return bad
}

// WithItem is the plan with an item put in, replaced, or given the next number
// when it has none; in the order of days.
func WithItem(all []PlanItem, i PlanItem) []PlanItem {
	all = slices.Clone(all)
	at := slices.IndexFunc(all, func(x PlanItem) bool { return x.No == i.No })
	if i.No == 0 {
		for _, x := range all {
			i.No = max(i.No, x.No)
		}
		i.No++
	}
	if at >= 0 {
		all[at] = i
	} else {
		all = append(all, i)
	}
	slices.SortStableFunc(all, func(a, b PlanItem) int { return cmp.Or(cmp.Compare(a.Day, b.Day), a.No-b.No) })
	return all
}

// CalendarItems proposes the days of a year's calendar as items of the plan.
func CalendarItems(c Calendar, lead string) (all []PlanItem) {
	for _, d := range c.Days() {
		all = WithItem(all, PlanItem{Day: d.Day, Title: "年度评价：" + d.Name, Lead: lead})
	}
	return all
}
