package rubric

import (
	"fmt"
	"strings"
)

// Finding is what Lint sees: W codes are oddities of the source that are kept,
// E codes are damage to the data that must not be scored with.
type Finding struct{ Code, Text string }

// Lint checks the table against itself. Annex 2 as printed gives W-01 only: its
// weights add up to 140 % and disagree with the caps, so the points column rules.
func (t *Table) Lint() []Finding {
	var all []Finding
	all = append(all, t.lintRows()...)
	all = append(all, t.lintOutcomes()...)
	all = append(all, t.lintWeights()...)
	all = append(all, t.lintClauses()...)
	all = append(all, t.lintErrata()...)
	all = append(all, t.lintForce()...)
	all = append(all, lintCrosswalk(t)...)
	return append(all, t.lintReadings(readings)...)
}

// group is a 一级指标 with the points of its rows.
type group struct {
	name   string
	kind   Kind
	weight Points // the printed percentage read as points
	sum    Points
	ok     bool
}

func (t *Table) groups() []group {
	var all []group
	for _, r := range t.Rows {
		if n := len(all); n == 0 || all[n-1].name != r.Group {
			weight, err := ParsePoints(strings.TrimSuffix(r.Weight, "%"))
			all = append(all, group{name: r.Group, kind: r.Kind(), weight: weight, ok: err == nil})
		}
		all[len(all)-1].sum += r.Max
	}
	return all
}

func (t *Table) lintRows() []Finding {
	var all []Finding
	if want := deductionRow; len(t.Rows) != want {
		all = append(all, Finding{"E-01", fmt.Sprintf("应有 %d 项，实有 %d 项", want, len(t.Rows))})
	}
	for i, r := range t.Rows {
		if r.No != i+1 {
			all = append(all, Finding{"E-01", fmt.Sprintf("第 %d 个位置的序号是 %d", i+1, r.No)})
		}
		if r.Group == "" || r.Title == "" || r.Standard == "" || r.Max <= 0 || r.Max%Half != 0 {
			all = append(all, Finding{"E-02", fmt.Sprintf("第%d项缺少文字或分值不合规则", r.No)})
		}
	}
	return all
}

// lintWeights compares 权重 with 分值: equal for the base groups (30/50/20), not for the rest.
func (t *Table) lintWeights() []Finding {
	var all []Finding
	var labels, caps []string
	total := Points(0)
	want, base := []Points{30 * Point, 50 * Point, 20 * Point}, 0
	for _, g := range t.groups() {
		if g.kind == Base {
			if base >= len(want) || g.sum != want[base] {
				all = append(all, Finding{"E-03", fmt.Sprintf("“%s”各项共 %s 分，三组应为 30、50、20 分", g.name, g.sum)})
			}
			base++
		}
		if !g.ok {
			all = append(all, Finding{"E-03", fmt.Sprintf("“%s”的权重不是百分数", g.name)})
		}
		if g.kind == Base && g.sum != g.weight {
			all = append(all, Finding{"E-03", fmt.Sprintf("“%s”各项共 %s 分，与权重 %s%% 不符", g.name, g.sum, g.weight)})
		}
		if g.kind != Base && g.sum != g.weight {
			caps = append(caps, fmt.Sprintf("%s权重 %d%%、上限 %s 分", g.name, g.weight/Point, g.sum))
		}
		labels = append(labels, fmt.Sprint(int(g.weight/Point)))
		total += g.weight
	}
	if total != 100*Point || len(caps) > 0 {
		text := fmt.Sprintf("权重 %s 合计 %d%%；%s。以分值栏为准，权重仅作标注",
			strings.Join(labels, "/"), total/Point, strings.Join(caps, "，"))
		all = append(all, Finding{"W-01", text})
	}
	return all
}

func (t *Table) lintClauses() []Finding {
	var all []Finding
	for i, c := range t.Clauses {
		row, ok := t.Row(c.Row)
		if !ok || row.Kind() == Base || !strings.HasPrefix(c.ID, fmt.Sprintf("%d.", c.Row)) {
			all = append(all, Finding{"E-04", "条款 " + c.ID + " 不属于加分项或扣分项"})
		}
		if ok && !strings.Contains(row.Standard, c.Text) {
			all = append(all, Finding{"E-05", "条款 " + c.ID + " 的文字不在该项评分标准中"})
		}
		if c.Min <= 0 || c.Max < c.Min || c.Step <= 0 || (c.Max-c.Min)%c.Step != 0 {
			all = append(all, Finding{"E-06", "条款 " + c.ID + " 的分值范围不合规则"})
		}
		if i > 0 && t.Clauses[i-1].ID > c.ID {
			all = append(all, Finding{"E-04", "条款 " + c.ID + " 次序不对，应按编号排列"})
		}
		for _, earlier := range t.Clauses[:i] {
			if earlier.ID == c.ID {
				all = append(all, Finding{"E-04", "条款 " + c.ID + " 重复"})
			}
		}
	}
	return all
}

// lintForce holds 指引第三条 (GL-3): what is only encouraged may earn, never cost.
func (t *Table) lintForce() []Finding {
	var all []Finding
	check := func(where string, f Force, costs bool) {
		switch {
		case f != Must && f != Conditional && f != Encouraged:
			all = append(all, Finding{"E-08", fmt.Sprintf("%s的效力 %q 无效，应为 M、C 或 E", where, clip(string(f)))})
		case f == Encouraged && costs:
			all = append(all, Finding{"E-08", where + "属于鼓励（E），不得扣分"})
		}
	}
	for i := range t.Rows {
		check(fmt.Sprintf("第%d项", t.Rows[i].No), t.Rows[i].Force, t.Rows[i].Kind() == Deduction)
	}
	for _, c := range t.Clauses {
		row := t.row(c.Row)
		check("条款 "+c.ID, c.Force, row != nil && row.Kind() == Deduction)
	}
	return all
}

func (t *Table) lintErrata() []Finding {
	var all []Finding
	for _, e := range t.Errata {
		row, ok := t.Row(e.Row)
		if !ok || !strings.Contains(row.Title+"\n"+row.Standard, e.Was) || e.Why == "" {
			all = append(all, Finding{"E-07", fmt.Sprintf("第%d项勘误“%s”在原文中找不到或缺少理由", e.Row, e.Was)})
		}
	}
	return all
}
