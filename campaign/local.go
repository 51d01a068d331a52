package campaign

import (
	"fmt"
	"slices"
	"strings"
)

// LocalNote stands on every page and every file of the local ranking: the
// source asks for 激励机制 (专栏4(二)4) and gives no indicators for it.
const LocalNote = "内部激励参考 · 非附件2指标"

// Where the figure of a local indicator comes from.
const (
	FromEntered      = "entered"      // an officer enters it for every place
	FromObservations = "observations" // observations that the place recorded
	FromCases        = "cases"        // nominations that the place submitted
	FromAwarded      = "awarded"      // of them, those awarded
)

// LocalSources lists the sources in the order of forms.
func LocalSources() []string {
	return []string{FromEntered, FromObservations, FromCases, FromAwarded}
}

// LocalSourceWord is the Chinese word of a source.
func LocalSourceWord(s string) string {
	switch s {
	case FromEntered:
		return "由经办人员录入"
	case FromObservations:
		return "提交监管观察的条数"
	case FromCases:
		return "报送案例的件数"
	case FromAwarded:
		return "报送案例获选的件数"
	}
	return s
}

// LocalIndicator is one indicator of the regulator's own set; Weight is in percent.
type LocalIndicator struct {
	Name   string `json:"name"`
	Weight int    `json:"weight"`
	Source string `json:"source"`
}

// LocalSet is the indicator set of a year (PL-12): nothing is ranked without one.
type LocalSet struct {
	Name       string           `json:"name"`
	Top        int              `json:"top"` // only so many ranks are named
	Indicators []LocalIndicator `json:"indicators"`
}

// Check names what is wrong with a set by form field.
func (s LocalSet) Check() map[string]string {
	f := map[string]string{}
	if n := len([]rune(strings.TrimSpace(s.Name))); n == 0 || n > 60 {
		f["name"] = "请填写指标集名称（不超过 60 字）"
	}
	if s.Top < 1 || s.Top > 31 {
		f["top"] = "列名的名次应在 1 至 31 之间"
	}
	sum, seen := 0, map[string]bool{}
	for i, x := range s.Indicators {
		n := itoa(i + 1)
		if l := len([]rune(strings.TrimSpace(x.Name))); l == 0 || l > 40 {
			f["name-"+n] = "请填写第 " + n + " 项指标的名称（不超过 40 字）"
		} else if seen[x.Name] {
			f["name-"+n] = "第 " + n + " 项指标的名称与前面的重复"
		}
		if x.Weight < 1 || x.Weight > 100 {
			f["weight-"+n] = "第 " + n + " 项指标的权重应为 1 至 100 的整数"
		}
		if !slices.Contains(LocalSources(), x.Source) {
			f["source-"+n] = "请选择第 " + n + " 项指标的数据来源"
		}
		seen[x.Name] = true
		sum += x.Weight
	}
	if len(s.Indicators) == 0 {
		f["name-1"] = "请至少填写一项指标"
	} else if sum != 100 {
		f["weight-1"] = fmt.Sprintf("权重之和应为 100，现为 %d", sum)
	}
	return f
}

// LocalStanding is a place in the ranking. Score is in hundredths of a point, of 100 points.
type LocalStanding struct {
	Province string
	Values   []int
	Score    int
	Rank     int
}

// RankLocal compares places by a set: each indicator gives its weight to the
// highest figure and to the others in proportion. Equal scores share a rank,
// 1,1,3; nobody is placed before another by anything else.
func RankLocal(set LocalSet, figures map[string][]int) []LocalStanding {
	top := make([]int, len(set.Indicators))
	for _, v := range figures {
		for i := range top {
			top[i] = max(top[i], v[i])
		}
	}
	var all []LocalStanding
	for p, v := range figures {
		s := LocalStanding{Province: p, Values: slices.Clone(v)}
		for i, x := range set.Indicators {
			if top[i] > 0 {
				s.Score += (200*x.Weight*v[i] + top[i]) / (2 * top[i]) // rounded to the hundredth
			}
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b LocalStanding) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		return strings.Compare(a.Province, b.Province)
	})
	for i := range all {
		all[i].Rank = i + 1
		if i > 0 && all[i].Score == all[i-1].Score {
			all[i].Rank = all[i-1].Rank
		}
	}
	return all
}

// Named are the places that are named: those up to the set's rank, all who share it included.
func (s LocalSet) Named(all []LocalStanding) []LocalStanding {
	var out []LocalStanding
	for _, x := range all {
		if x.Rank <= s.Top {
			out = append(out, x)
		}
	}
	return out
}

// ScoreWord writes a local score: 87.50.
func (s LocalStanding) ScoreWord() string { return fmt.Sprintf("%d.%02d", s.Score/100, s.Score%100) }

// Question is one unscored question of a year's survey (专栏4(一)3, PL-9).
type Question struct {
	Text    string   `json:"text"`
	Kind    string   `json:"kind"` // AskOne, AskMany, AskText
	Options []string `json:"options,omitempty"`
}

// The kinds of questions.
const (
	AskOne  = "one"
	AskMany = "many"
	AskText = "text"
)

// CheckSurvey names what is wrong with questions by form field.
func CheckSurvey(all []Question) map[string]string {
	f := map[string]string{}
	if len(all) == 0 {
		f["text-1"] = "请至少填写一个问题"
	}
	for i, q := range all {
		n := itoa(i + 1)
		if l := len([]rune(q.Text)); l == 0 || l > 200 {
			f["text-"+n] = "请填写第 " + n + " 题的题目（不超过 200 字）"
		}
		switch {
		case q.Kind != AskOne && q.Kind != AskMany && q.Kind != AskText:
			f["kind-"+n] = "请选择第 " + n + " 题的题型"
		case q.Kind == AskText && len(q.Options) > 0:
			f["options-"+n] = "第 " + n + " 题为文字题，不需要选项"
		case q.Kind != AskText && (len(q.Options) < 2 || len(q.Options) > 12):
			f["options-"+n] = "第 " + n + " 题应有 2 至 12 个选项，每行一个"
		case len(slices.Compact(slices.Sorted(slices.Values(q.Options)))) != len(q.Options):
			f["options-"+n] = "第 " + n + " 题有重复的选项"
		}
	}
	return f
}

// CheckAnswers names what is wrong with answers, one list for each question, by form field.
func CheckAnswers(all []Question, answers [][]string) map[string]string {
	f := map[string]string{}
	for i, q := range all {
		var a []string
		if i < len(answers) {
			a = answers[i]
		}
		field := "a-" + itoa(i+1)
		switch q.Kind {
		case AskText:
			if len(a) > 1 || len(a) == 1 && len([]rune(a[0])) > 1000 {
				f[field] = "第 " + itoa(i+1) + " 题不超过 1000 字"
			}
		case AskOne:
			if len(a) != 1 || !slices.Contains(q.Options, a[0]) {
				f[field] = "请选择第 " + itoa(i+1) + " 题的答案"
			}
		case AskMany:
			if len(a) == 0 || slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(q.Options, x) }) {
				f[field] = "请至少选择第 " + itoa(i+1) + " 题的一项"
			}
		}
	}
	return f
}
