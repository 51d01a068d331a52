package rubric

import (
	"strings"
	"testing"
)

// Sentences follow the readings: every option that changes a figure which a
// sentence names changes that sentence.
func TestGL35WordsFollowReadings(t *testing.T) {
	table := Annex2()
	all := func(r Reading) string {
		return strings.Join([]string{r.CapWords(table), r.LimitWords(table, 15), r.LimitWords(table, 16), r.RangeWords(), r.MatterWords(), r.HappeningWords(), r.RankWords(), r.UseWords(), r.WeightNote(table)}, "\n")
	}
	usual := all(Reading{})
	for _, want := range []string{"加分和扣分各累计不超过 10.0 分", "按最高分计 1 次", "第15项第3点", "累计不超过10分”的文字为准", "空出名次"} {
		if !strings.Contains(usual, want) {
			t.Errorf("by default they do not say %q:\n%s", want, usual)
		}
	}
	for reading, c := range map[string]struct {
		r    Reading
		says string
	}{
		"R-02": {Reading{WideCaps: true}, "加分和扣分各累计不超过 20.0 分"},
		"R-03": {Reading{Clamp: true}, "0 至 100"},
		"R-04": {Reading{CapPerItem: true}, "每一点累计不超过 10.0"},
		"R-05": {Reading{BroadMatter: true}, "整个第15项"},
		"R-06": {Reading{YearlyMatter: true}, "各年度分别计"},
		"R-08": {Reading{NoDoubleUse: true}, "不再加分"},
		"R-15": {Reading{EachDeduction: true}, "每一项分别扣"},
		"R-16": {Reading{NoDeductionCap: true}, "加分累计不超过 10.0 分，扣分不设上限"},
		"R-34": {Reading{DenseRanks: true}, "不空名次"},
	} {
		if got := all(c.r); got == usual || !strings.Contains(got, c.says) {
			t.Errorf("%s: they do not say %q:\n%s", reading, c.says, got)
		}
	}
	if table := (Reading{}).LimitWords(table, 3); table != "" {
		t.Errorf("a base row has a limit: %s", table)
	}
	c, _ := table.Clause("16.1")
	if (Reading{}).Step(c) != Point || (Reading{HalfDeductions: true}).Step(c) != Half {
		t.Error("R-12: steps of a deduction")
	}
}
