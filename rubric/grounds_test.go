package rubric

import (
	"slices"
	"strings"
	"testing"
)

func TestGrounds(t *testing.T) {
	set := Criteria{Version: "2026-1", MinTotal: 60 * Point, UncappedDeduction: 10 * Point, LateReports: 2}
	good := Facts{Total: 60 * Point, Scored: true, Submitted: true, UncappedDeduction: 9 * Point, LateReports: 1}
	with := func(change func(*Facts)) Facts { f := good; change(&f); return f }
	for name, c := range map[string]struct {
		criteria Criteria
		facts    Facts
		want     []string // code and a part of the text, by turns
	}{
		"just good enough":  {set, good, nil},
		"below the total":   {set, with(func(f *Facts) { f.Total-- }), []string{GroundPoor, "总分 59.99 分，低于事先公布的标准（60.0 分）"}},
		"no total yet":      {set, with(func(f *Facts) { f.Scored, f.Total = false, 0 }), nil},
		"nothing submitted": {set, with(func(f *Facts) { f.Submitted, f.Scored = false, false }), []string{GroundPoor, "全年未提交"}},
		"nothing and below": {set, with(func(f *Facts) { f.Submitted, f.Total = false, -600 }), []string{GroundPoor, "全年未提交任何宣传工作材料；总分 -6.0 分"}},
		"late twice":        {set, with(func(f *Facts) { f.LateReports = 2 }), []string{GroundRisk, "逾期报告 2 次"}},
		"deductions beyond the cap": {set, with(func(f *Facts) { f.UncappedDeduction, f.Events = 15*Point, []string{"E2", "E1"} }),
			[]string{GroundImpact, "未封顶扣分 15.0 分，达到事先公布的标准（10.0 分），涉及事件：E1、E2"}},
		"exactly at the line": {set, with(func(f *Facts) { f.UncappedDeduction = 10 * Point }), []string{GroundImpact, "未封顶扣分 10.0 分"}},
		"all three": {set, Facts{LateReports: 9, UncappedDeduction: 99 * Point},
			[]string{GroundPoor, "未提交", GroundRisk, "9 次", GroundImpact, "99.0"}},
		"every criterion off": {Criteria{}, Facts{Scored: true, Total: -10 * Point, LateReports: 9, UncappedDeduction: 99 * Point}, nil},
		"only one on":         {Criteria{LateReports: 1}, Facts{LateReports: 1}, []string{GroundRisk, "1 次"}},
	} {
		got := Grounds(c.criteria, c.facts)
		if len(got)*2 != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
			continue
		}
		for i, g := range got {
			if g.Code != c.want[2*i] || !strings.Contains(g.Text, c.want[2*i+1]) || g.Clause != "第三十二条" {
				t.Errorf("%s: %+v, want %v", name, g, c.want[2*i:2*i+2])
			}
		}
	}
	ids := []string{"E2", "E1"}
	Grounds(set, Facts{Submitted: true, UncappedDeduction: 10 * Point, Events: ids})
	if ids[0] != "E2" {
		t.Error("Grounds sorts the caller's list")
	}
}

func TestLintOfAnnex2(t *testing.T) {
	got := Annex2().Lint()
	want := Finding{"W-01", "权重 30/50/20/20/20 合计 140%；加分项权重 20%、上限 10.0 分，扣分项权重 20%、上限 10.0 分。以分值栏为准，权重仅作标注"}
	if len(got) != 1 || got[0] != want {
		t.Errorf("%v\nwant only %v", got, want)
	}
}

func TestLintSeesDamage(t *testing.T) {
	for name, c := range map[string]struct {
		code   string
		damage func(*Table)
	}{
		"a row is lost":            {"E-01", func(t *Table) { t.Rows = t.Rows[:15] }},
		"rows are swapped":         {"E-01", func(t *Table) { t.Rows[0].No, t.Rows[1].No = 2, 1 }},
		"a text is lost":           {"E-02", func(t *Table) { t.Rows[5].Title = "" }},
		"quarter points":           {"E-02", func(t *Table) { t.Rows[5].Max = 525 }},
		"a group's sum":            {"E-03", func(t *Table) { t.Rows[0].Max = 9 * Point }},
		"a weight is no number":    {"E-03", func(t *Table) { t.Rows[4].Weight = "一半" }},
		"a clause of a base row":   {"E-04", func(t *Table) { t.Clauses[0].Row = 3 }},
		"a clause of no row":       {"E-04", func(t *Table) { t.Clauses[0].Row = 18 }},
		"a clause twice":           {"E-04", func(t *Table) { t.Clauses[1].ID = "15.1" }},
		"a clause's words changed": {"E-05", func(t *Table) { t.Clauses[2].Text += "。" }},
		"a range upside down":      {"E-06", func(t *Table) { t.Clauses[9].Min = 6 * Point }},
		"no step":                  {"E-06", func(t *Table) { t.Clauses[9].Step = 0 }},
		"an erratum without seed":  {"E-07", func(t *Table) { t.Errata[0].Was = "没有这些字" }},
		"an erratum of no row":     {"E-07", func(t *Table) { t.Errata[0].Row = 99 }},
	} {
		damaged := *Annex2()
		damaged.Rows, damaged.Clauses, damaged.Errata = slices.Clone(damaged.Rows), slices.Clone(damaged.Clauses), slices.Clone(damaged.Errata)
		c.damage(&damaged)
		if !slices.ContainsFunc(damaged.Lint(), func(f Finding) bool { return f.Code == c.code && f.Text != "" }) {
			t.Errorf("%s: %v, want %s", name, damaged.Lint(), c.code)
		}
	}
}

// RW-1, R-30: numbered items, and both readings of 和 over the same facts.
func TestRW1ItemsAndReadings(t *testing.T) {
	set := Criteria{Version: "2026-1", MinTotal: 60 * Point, UncappedDeduction: 10 * Point}
	items := set.Items()
	if len(items) != 2 || items[0].No != 1 || items[1].No != 3 || !strings.Contains(items[1].Text, "10.0 分") {
		t.Errorf("%+v", items)
	}
	low := Facts{Scored: true, Submitted: true, Total: 50 * Point}
	both := low
	both.UncappedDeduction = 15 * Point
	all := set
	all.All = true
	for _, c := range []struct {
		criteria Criteria
		facts    Facts
		want     int
	}{{set, low, 1}, {set, both, 2}, {all, low, 0}, {all, both, 2}, {all, Facts{Scored: true, Submitted: true, Total: 90 * Point}, 0}, {Criteria{All: true}, both, 0}} {
		if got := Grounds(c.criteria, c.facts); len(got) != c.want {
			t.Errorf("all %v, %+v: %v", c.criteria.All, c.facts, got)
		}
	}
	if met := all.Meets(low); len(met) != 2 || !met[0].Met || met[1].Met || met[1].Why != "" { // RW-8 tells each by itself
		t.Errorf("%+v", met)
	}
	if set.Reading() == all.Reading() {
		t.Error("the readings have the same words")
	}
}
