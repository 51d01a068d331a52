package rubric

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The three grounds of Article 32.
const (
	GroundPoor   = "不力"
	GroundRisk   = "重大风险"
	GroundImpact = "负面影响"
	article32    = "第三十二条"
)

// Criteria are the regulator's settings for Article 32, fixed before launch.
// The source names no threshold; a zero value switches that criterion off.
type Criteria struct {
	Version           string `json:"version"`
	MinTotal          Points `json:"min_total"`          // 不力: below it, or nothing submitted
	UncappedDeduction Points `json:"uncapped_deduction"` // 负面影响: from it on
	LateReports       int    `json:"late_reports"`       // 重大风险: from it on
}

// Facts are what the year established about one institution.
type Facts struct {
	Total             Points   `json:"total"`
	Scored            bool     `json:"scored"`
	Submitted         bool     `json:"submitted"`
	UncappedDeduction Points   `json:"uncapped_deduction"`
	LateReports       int      `json:"late_reports"`
	Events            []string `json:"events,omitempty"`
}

// Ground is a reason to propose a risk warning; people decide whether to issue one.
type Ground struct {
	Code   string `json:"code"`
	Text   string `json:"text"`
	Clause string `json:"clause"`
}

// Grounds lists the criteria the facts meet (指引第三十二条: 对宣传工作不力、造成重大风险和
// 负面影响的，实施风险警示). Each ground stands alone; none of them issues anything.
func Grounds(c Criteria, f Facts) []Ground {
	var all []Ground
	add := func(code, text string) {
		all = append(all, Ground{Code: code, Text: text, Clause: article32})
	}
	if text := poor(c, f); text != "" {
		add(GroundPoor, text)
	}
	if c.LateReports > 0 && f.LateReports >= c.LateReports {
		add(GroundRisk, fmt.Sprintf("突发事件逾期报告 %d 次，达到事先公布的标准（%d 次）", f.LateReports, c.LateReports))
	}
	if atLine(c.UncappedDeduction, f.UncappedDeduction) {
		add(GroundImpact, fmt.Sprintf("未封顶扣分 %s 分，达到事先公布的标准（%s 分）%s",
			f.UncappedDeduction, c.UncappedDeduction, eventList(f.Events)))
	}
	return all
}

func poor(c Criteria, f Facts) string {
	if c.MinTotal == 0 {
		return ""
	}
	var parts []string
	if !f.Submitted {
		parts = append(parts, "全年未提交任何宣传工作材料")
	}
	if f.Scored && belowLine(c.MinTotal, f.Total) {
		parts = append(parts, fmt.Sprintf("总分 %s 分，低于事先公布的标准（%s 分）", f.Total, c.MinTotal))
	}
	return strings.Join(parts, "；")
}

// belowLine and atLine are the two comparisons of Article 32; a line of 0 is off.
func belowLine(line, total Points) bool { return line != 0 && total < line }

func atLine(line, deduction Points) bool { return line > 0 && deduction >= line }

func eventList(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b string) int { // 3 before 10
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return "，涉及事件：" + strings.Join(sorted, "、")
}
