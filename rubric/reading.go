package rubric

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Reading chooses between readings of ambiguous rules (口径). The zero value is
// the default of every one: the reading that takes the fewest liberties. Each
// field is one option of one row of Readings, and one function below asks it.
type Reading struct {
	WideCaps       bool // R-02 twenty
	Clamp          bool // R-03 clamp
	CapPerItem     bool // R-04 item
	BroadMatter    bool // R-05 broad
	YearlyMatter   bool // R-06 yearly
	PerDay         bool // R-07 day
	NoDoubleUse    bool // R-08 once
	HalfDeductions bool // R-12 half
	EachDeduction  bool // R-15 each
	NoDeductionCap bool // R-16 uncapped
	DenseRanks     bool // R-34 dense
}

// optionSwitch ties an option of the data to its field.
type optionSwitch struct {
	reading, option string
	field           func(*Reading) *bool
}

// switches are sorted by reading; a test holds them against the data.
var switches = []optionSwitch{
	{"R-02", "twenty", func(r *Reading) *bool { return &r.WideCaps }},
	{"R-03", "clamp", func(r *Reading) *bool { return &r.Clamp }},
	{"R-04", "item", func(r *Reading) *bool { return &r.CapPerItem }},
	{"R-05", "broad", func(r *Reading) *bool { return &r.BroadMatter }},
	{"R-06", "yearly", func(r *Reading) *bool { return &r.YearlyMatter }},
	{"R-07", "day", func(r *Reading) *bool { return &r.PerDay }},
	{"R-08", "once", func(r *Reading) *bool { return &r.NoDoubleUse }},
	{"R-12", "half", func(r *Reading) *bool { return &r.HalfDeductions }},
	{"R-15", "each", func(r *Reading) *bool { return &r.EachDeduction }},
	{"R-16", "uncapped", func(r *Reading) *bool { return &r.NoDeductionCap }},
	{"R-34", "dense", func(r *Reading) *bool { return &r.DenseRanks }},
}

// Choice is the option taken of one reading, and the interpretation (解释, 指引
// 第三十五条) that took it.
type Choice struct {
	Reading        string `json:"reading"`
	Option         string `json:"option"`
	Interpretation string `json:"interpretation,omitempty"`
}

// Choices are the readings in use, sorted by id. A reading that is not named
// stands at its default, so none at all means all defaults.
type Choices []Choice

// Choices names the options that differ from the default.
func (r Reading) Choices() Choices {
	var all Choices
	for _, s := range switches {
		if *s.field(&r) {
			all = append(all, Choice{Reading: s.reading, Option: s.option})
		}
	}
	return all
}

// Alternatives are all options that differ from a default, one Choice each.
func Alternatives() Choices {
	var all Choices
	for _, s := range switches {
		all = append(all, Choice{Reading: s.reading, Option: s.option})
	}
	return all
}

// Reading turns the choices into what the scoring asks. Unknown ones change
// nothing: Check is what refuses them.
func (c Choices) Reading() Reading {
	var r Reading
	for _, one := range c {
		for _, s := range switches {
			if s.reading == one.Reading {
				*s.field(&r) = s.option == one.Option
			}
		}
	}
	return r
}

// Sorted is a copy in the order that Check wants.
func (c Choices) Sorted() Choices {
	return slices.SortedStableFunc(slices.Values(c), func(a, b Choice) int { return cmp.Compare(a.Reading, b.Reading) })
}

// Check refuses unknown readings and options, a reading chosen twice, and
// another order than by id: equal choices must be equal bytes.
func (c Choices) Check() error {
	var all []error
	for i, one := range c {
		row, ok := ReadingByID(one.Reading)
		switch {
		case !ok:
			all = append(all, fmt.Errorf("没有口径 %q，编号应为 R-01 至 R-43", clip(one.Reading)))
		case !row.Switchable():
			all = append(all, fmt.Errorf("口径 %s 不可切换：它不影响计分，或只有一种可以计算的理解", row.ID))
		case !row.has(one.Option):
			all = append(all, fmt.Errorf("口径 %s 没有选项 %q，可选：%s", row.ID, clip(one.Option), row.optionKeys()))
		case i > 0 && c[i-1].Reading == one.Reading:
			all = append(all, fmt.Errorf("口径 %s 选择了两次，请只保留一个", row.ID))
		case i > 0 && c[i-1].Reading > one.Reading:
			all = append(all, fmt.Errorf("口径 %s 次序不对，应按编号排列", row.ID))
		}
	}
	return errors.Join(all...)
}

// String lists the choices for a line of text; none are the defaults.
func (c Choices) String() string {
	if len(c) == 0 {
		return "默认口径"
	}
	parts := make([]string, len(c))
	for i, one := range c {
		parts[i] = one.Reading + " " + one.Option
	}
	return strings.Join(parts, "，")
}

// Words says in a line by what readings a year counts: those that differ from the
// default, and that every one rests on an interpretation where that is so.
func (c Choices) Words() string {
	other := slices.DeleteFunc(slices.Clone(c), func(one Choice) bool {
		row, _ := ReadingByID(one.Reading)
		return one.Option == row.DefaultKey
	})
	if len(c.Unbound()) > 0 {
		return other.String()
	}
	if len(other) == 0 {
		return "各项默认读法，均有解释"
	}
	return other.String() + "，其余为默认读法，均有解释"
}

// Unbound lists the readings that change figures and that no interpretation
// decided (第三十五条).
func (c Choices) Unbound() []ReadingRow {
	return slices.DeleteFunc(Readings(), func(row ReadingRow) bool {
		return !row.Switchable() || slices.ContainsFunc(c, func(one Choice) bool { return one.Reading == row.ID && one.Interpretation != "" })
	})
}

// Below: one small function per reading, and nowhere else a look at its field.

// cap10or20 is R-02: 累计不超过10分 rules; the label 20% could mean 20 points.
func (r Reading) cap10or20(row *Row) Points {
	if r.WideCaps {
		return row.label()
	}
	return row.Max
}

// noLimit is above any sum of a year.
const noLimit = 1_000_000 * Point

// deductionCap is R-16: the cap of row 16 holds for the score; the uncapped
// figure is for Article 32.
func (r Reading) deductionCap(row *Row, limit Points) Points {
	if r.NoDeductionCap && row.Kind() == Deduction {
		return noLimit
	}
	return limit
}

// ceiling is what a row, or by R-04 an item, may come to.
func (r Reading) ceiling(row *Row) Points { return r.deductionCap(row, r.cap10or20(row)) }

// clamped is R-03: no clamp; the total runs from -10 to 110.
func (r Reading) clamped(total Points) Points {
	if r.Clamp {
		return max(0, min(total, 100*Point))
	}
	return total
}

// pool is R-04: the cap stands in the row's 分值 cell, so the whole row is one pool.
func (r Reading) pool(c *Clause) string {
	if r.CapPerItem {
		return itemOf(c.ID)
	}
	return ""
}

// bonusOnce is R-05: 同一事项按最高分只计1次 stands at the end of item 3, so
// literally it holds only for media; broadly for all of row 15.
func (r Reading) bonusOnce(c *Clause) bool {
	return c.Row == bonusRow && (c.Media || r.BroadMatter)
}

// deductionOnce is R-15: one happening under several clauses of row 16 costs
// once, by the highest; the text knows no such rule for deductions.
func (r Reading) deductionOnce(c *Clause) bool {
	return c.Row == deductionRow && !r.EachDeduction
}

// overYears is R-06: a matter counts in the year of its first publication only.
func (r Reading) overYears() bool { return !r.YearlyMatter }

// sameDay is R-07: 每次 is each confirmed event (per matter in 15.3); it could
// be read as each day of a clause.
func (r Reading) sameDay(a, b *ruledEvent) bool {
	return r.PerDay && !a.clause.Media && a.clause == b.clause && a.OccurredOn == b.OccurredOn
}

// doubled is R-08: what rows 5, 7, 8 were marked for may earn a bonus as well.
func (r Reading) doubled(e *ruledEvent) bool {
	return r.NoDoubleUse && e.AlsoInBase && e.clause.Row == bonusRow
}

// step is R-12: 扣3-5分 in whole points; halves are the other reading.
func (r Reading) step(c *Clause) Points {
	if r.HalfDeductions && c.Row == deductionRow {
		return min(c.Step, Half)
	}
	return c.Step
}

// place is R-34: ties share a rank and the next is skipped (1,1,3); dense
// ranks skip none (1,1,2). ahead counts those ahead, groups their distinct totals.
func (r Reading) place(ahead, groups int) int {
	if r.DenseRanks {
		return groups + 1
	}
	return ahead + 1
}
