package campaign

import (
	"fmt"
	"regexp"
	"testing"

	"xuanping/rubric"
)

// PL-13: every number of a sentence is a figure with an id; beside the year and
// the numbers of rows nothing that counts stands in the words.
func TestPL13SentencesAreAnchored(t *testing.T) {
	table := rubric.Annex2()
	figures := []Figure{{ID: "institutions", Value: 9}, {ID: "plans", Value: 7}, {ID: "late-plans", Value: 2}, {ID: "scored", Value: 8}, {ID: "mean", Value: 8350, Points: true}, {ID: "excellent", Value: 3},
		{ID: "before-scored", Value: 6}, {ID: "before-mean", Value: 8500, Points: true}}
	means := map[int]rubric.Points{}
	for _, r := range table.Rows[:14] {
		means[r.No] = r.Max * 9 / 10
		if r.No == 12 {
			means[r.No] = r.Max / 4
		}
		figures = append(figures, Figure{ID: fmt.Sprintf("row-%d", r.No), Value: int64(means[r.No]), Points: true})
	}
	figures = append(figures, Derived(figures, table, 9000)...)
	figures = append(figures, Figure{ID: "robust-scenarios", Value: 11}, Figure{ID: "robust-ranks", Value: 2}, Figure{ID: "robust-excellent", Value: 1}, Figure{ID: "robust-warnings", Value: 0})
	v := ValuesOf(figures)
	all := append(append(v.Summary(2025), v.Robustness()), v.Problems(table, means)...)
	plain := regexp.MustCompile(`20\d\d年度|第\d+项`)
	for _, s := range all {
		for _, p := range s {
			if p.Figure == "" && regexp.MustCompile(`\d`).MatchString(plain.ReplaceAllString(p.Text, "")) || p.Figure != "" && p.Text == "" {
				t.Errorf("%q of %s is not anchored", p.Text, s)
			}
		}
	}
	if alone := ValuesOf(append(figures, Figure{ID: "robust-single", Value: 3})).Robustness().String(); !regexp.MustCompile(`变化。3家机构只有一份评分，无法检验。名次`).MatchString(alone) || regexp.MustCompile(`无法检验`).MatchString(v.Robustness().String()) {
		t.Error(alone)
	}
	for i, want := range []string{"2025年度认证机构宣传工作评价共有9家机构参加，8家完成评审，平均得分83.5分，3家列入优秀单位名单（总分90.0分及以上）。", "上年度（2024年度）6家完成评审，平均得分85.0分，本年度较上年度下降1.5分。"} {
		if got := all[i].String(); got != want {
			t.Errorf("%s\nwanted %s", got, want)
		}
	}
	if got := all[3].String(); !regexp.MustCompile(`^平均得分率较低的指标：第12项“.*”（平均得分率25%）、第`).MatchString(got) || all[4].String() != "2家机构未报送年度宣传工作计划。" || len(all) != 6 {
		t.Errorf("%v", all[3:])
	}
	first := append([]Figure{{ID: "institutions", Value: 1}, {ID: "plans", Value: 1}}, figures[8:22]...)
	if v := ValuesOf(append(first, Derived(first, table, 9000)...)); len(v.Summary(2025)) != 1 || len(v.Problems(table, means)) != 1 {
		t.Error("a first year has no year before, and nobody without a plan")
	}
	up := append([]Figure{}, figures[:8]...)
	up[7].Value = 8350
	if got := ValuesOf(append(up, Derived(up, table, 9000)...)).Summary(2025)[1].String(); !regexp.MustCompile(`持平。$`).MatchString(got) {
		t.Error(got)
	}
}
