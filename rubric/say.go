package rubric

import "fmt"

// The sentences by which pages and papers tell how a year counts: they follow
// the readings in use, so that no fixed words contradict a decision.

// LimitWords says what row 15 or 16 may come to.
func (r Reading) LimitWords(t *Table, no int) string {
	row, ok := t.Row(no)
	if !ok || row.Kind() == Base {
		return ""
	}
	limit := r.ceiling(&row)
	switch {
	case limit >= noLimit:
		return "不设上限"
	case r.CapPerItem:
		return "每一点累计不超过 " + limit.String()
	}
	return "累计不超过 " + limit.String()
}

// CapWords says in one sentence how bonus and deduction are limited.
func (r Reading) CapWords(t *Table) string {
	bonus, minus := r.LimitWords(t, bonusRow), r.LimitWords(t, deductionRow)
	if bonus == minus {
		return "加分和扣分各" + bonus + " 分"
	}
	if !r.NoDeductionCap {
		minus += " 分"
	}
	return "加分" + bonus + " 分，扣分" + minus
}

// RangeWords says between which figures a total lies.
func (r Reading) RangeWords() string {
	if r.Clamp {
		return "总分限定在 0 至 100 分之间"
	}
	return "总分为基础分加上加分、减去扣分，不另设上下限"
}

// MatterWords says where 同一事项按最高分只计1次 holds, and over which years.
func (r Reading) MatterWords() string {
	where, years := "同一事项的媒体报道按最高分只计 1 次（附件2第15项第3点）", "跨年度的，计入首发的年度"
	if r.BroadMatter {
		where = "同一事项在整个第15项中按最高分只计 1 次"
	}
	if r.YearlyMatter {
		years = "跨年度的，各年度分别计"
	}
	return where + "；" + years
}

// HappeningWords says what one happening under several clauses of row 16 costs.
func (r Reading) HappeningWords() string {
	if r.EachDeduction {
		return "同一事项涉及几处扣分的，每一项分别扣"
	}
	return "同一事项的扣分按最高分计 1 次"
}

// RankWords says how equal totals are ranked.
func (r Reading) RankWords() string {
	if r.DenseRanks {
		return "得分相同的名次并列，其后不空名次"
	}
	return "得分相同的名次并列，其后空出名次"
}

// UseWords says whether work of a base row may earn a bonus as well.
func (r Reading) UseWords() string {
	if r.NoDoubleUse {
		return "本年度口径：已在基础分中使用的，不再加分（R-08）"
	}
	return "本年度口径：可以同时使用，只作标明（R-08）"
}

// Step is the step of a clause's points: whole points for deductions, unless
// halves are read into 扣3-5分.
func (r Reading) Step(c Clause) Points { return r.step(&c) }

// WeightNote is the footnote W-01 of every letter: the weight column against the points column.
func (r Reading) WeightNote(t *Table) string {
	row, _ := t.Row(bonusRow)
	by := fmt.Sprintf("“分值”栏和“累计不超过%s分”的文字", short(row.Max))
	if r.WideCaps {
		by = fmt.Sprintf("“分值”栏为准，加分、扣分的上限按解释取%s分；", short(r.cap10or20(&row)))
		return "附件2“权重”栏中，加分项、扣分项所列20%与“累计不超过10分”不一致。本评价以" + by + "权重百分比不参与其他计算（释义W-01）。"
	}
	return "附件2“权重”栏中，加分项、扣分项所列20%与“累计不超过10分”不一致。本评价以" + by + "为准，权重百分比只作标注，不参与计算（释义W-01）。"
}

// short prints whole points without their decimal.
func short(p Points) string {
	if p%Point == 0 {
		return fmt.Sprint(int(p / Point))
	}
	return p.String()
}
