package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xuanping/rubric"
)

// Said is a piece of a sentence of the special report: words, or a number with
// the id of the figure that it is (PL-13).
type Said struct{ Text, Figure string }

// Sentence is a sentence of the special report whose numbers are anchored.
type Sentence []Said

// String is the sentence as the report prints it.
func (s Sentence) String() string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Values gives a number of the report by the id of its figure, as it is printed;
// "" where there is none.
type Values func(id string) string

// ValuesOf are the values of figures.
func ValuesOf(all []Figure) Values {
	by := map[string]string{}
	for _, f := range all {
		by[f.ID] = f.String()
	}
	return func(id string) string { return by[id] }
}

// Sentence fills the {id}s of a form with their values.
func (v Values) Sentence(form string) (s Sentence) {
	for form != "" {
		words, rest, more := strings.Cut(form, "{")
		if words != "" {
			s = append(s, Said{Text: words})
		}
		if !more {
			break
		}
		id, after, _ := strings.Cut(rest, "}")
		s, form = append(s, Said{v(id), id}), after
	}
	return s
}

// Summary are the sentences that open the report; they leave out a mean that is
// kept back.
func (v Values) Summary(year int) []Sentence {
	mean := "平均得分{mean}分，"
	if v("mean") == "" {
		mean = ""
	}
	all := []Sentence{v.Sentence(fmt.Sprintf("%d年度认证机构宣传工作评价共有{institutions}家机构参加，{scored}家完成评审，%s{excellent}家列入优秀单位名单（总分{threshold}分及以上）。", year, mean))}
	if n := v("before-scored"); n == "" || n == "0" || v("before-mean") == "" {
		return all
	}
	if mean == "" {
		return append(all, v.Sentence(fmt.Sprintf("上年度（%d年度）{before-scored}家完成评审，平均得分{before-mean}分。", year-1)))
	}
	change := "持平"
	if v("mean-up") != "" {
		change = "提高{mean-up}分"
	} else if v("mean-down") != "" {
		change = "下降{mean-down}分"
	}
	return append(all, v.Sentence(fmt.Sprintf("上年度（%d年度）{before-scored}家完成评审，平均得分{before-mean}分，本年度较上年度%s。", year-1, change)))
}

// Robustness says how far the places hold (§3 feature 10).
func (v Values) Robustness() Sentence {
	untested := ""
	if v("robust-single") != "" {
		untested = "{robust-single}家机构只有一份评分，无法检验。"
	}
	return v.Sentence("结果稳健性：在逐一去掉一名评审专家、扣分取幅度两端、待认定事项予以认定等{robust-scenarios}种情形下重新计算，{robust-ranks}家机构的名次会有变化，其中{robust-excellent}家的优秀单位资格、{robust-warnings}家的风险警示提请会有变化。" + untested + "名次相近的机构不宜作精细比较。")
}

// Problems name in aggregate what went least well; no institution is named.
// means are the mean points of the rows 1 to 14.
func (v Values) Problems(t *rubric.Table, means map[int]rubric.Points) []Sentence {
	rows := slices.DeleteFunc(slices.Clone(t.Rows), func(r rubric.Row) bool { return r.No > 14 })
	slices.SortStableFunc(rows, func(a, b rubric.Row) int { return cmp.Compare(means[a.No]*b.Max, means[b.No]*a.Max) })
	var names []string
	for _, r := range rows[:3] {
		names = append(names, fmt.Sprintf("第%d项“%s”（平均得分率{rate-%d}%%）", r.No, r.Title, r.No))
	}
	var all []Sentence
	if v("rate-1") != "" { // kept back otherwise
		all = append(all, v.Sentence("平均得分率较低的指标："+strings.Join(names, "、")+"。"))
	}
	if n := v("without-plan"); n != "" && n != "0" {
		all = append(all, v.Sentence("{without-plan}家机构未报送年度宣传工作计划。"))
	}
	if n := v("late-plans"); n != "" && n != "0" {
		all = append(all, v.Sentence("{late-plans}家机构逾期报送年度宣传工作计划。"))
	}
	return all
}

// ReportNotes stand at the end of every report.
func ReportNotes() []string {
	return []string{"附件2各权重合计140%，与分值不一致，本评价以分值为准（W-01）。", "优秀标准、复核程序和风险警示标准为组织单位的设定，于启动前确定。"}
}

// Derived are the figures that sentences print beside those of the score book:
// each follows from the answers of the query that it names, or from the rules. What
// would follow from a figure that is kept back is not derived.
func Derived(all []Figure, t *rubric.Table, excellent rubric.Points) []Figure {
	by := map[string]int64{}
	for _, f := range all {
		by[f.ID] = f.Value
	}
	has := func(ids ...string) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { _, there := by[id]; return !there })
	}
	both := has("mean", "before-mean") && by["before-scored"] > 0
	out := []Figure{{ID: "threshold", Says: "优秀标准（设定）", Query: "settings", Value: int64(excellent), Points: true},
		{ID: "without-plan", Says: "未报送计划", Query: "participation", Value: by["institutions"] - by["plans"]}}
	if d := by["mean"] - by["before-mean"]; both && d > 0 {
		out = append(out, Figure{ID: "mean-up", Says: "平均得分较上年度提高", Query: "totals", Value: d, Points: true})
	} else if both && d < 0 {
		out = append(out, Figure{ID: "mean-down", Says: "平均得分较上年度下降", Query: "totals", Value: -d, Points: true})
	}
	for _, r := range t.Rows {
		if r.No <= 14 && has(fmt.Sprintf("row-%d", r.No)) {
			out = append(out, Figure{ID: fmt.Sprintf("rate-%d", r.No), Says: fmt.Sprintf("第%d项平均得分率（%%）", r.No), Query: "rows", Value: by[fmt.Sprintf("row-%d", r.No)] * 100 / int64(r.Max)})
		}
	}
	return out
}
