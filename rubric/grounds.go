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

// Criteria are the regulator's settings for Article 32, fixed before launch
// (RW-1). The source names no threshold; a zero value switches that criterion off.
type Criteria struct {
	Version           string `json:"version"`
	InForce           string `json:"in_force,omitempty"` // 2026-12-01: the day from which they hold, before the launch
	All               bool   `json:"all,omitempty"`      // reading R-30: 和 joins all three, instead of each alone
	MinTotal          Points `json:"min_total"`          // 不力: below it, or nothing submitted
	UncappedDeduction Points `json:"uncapped_deduction"` // 负面影响: from it on
	LateReports       int    `json:"late_reports"`       // 重大风险: from it on
}

// Criterion is one numbered item of the criteria.
type Criterion struct {
	No   int    `json:"no"`
	Code string `json:"code"` // the ground of Article 32 that it stands for
	Text string `json:"text"`
}

// Items lists the criteria that are in use. A number belongs to its ground: an
// item that is switched off leaves a gap.
func (c Criteria) Items() []Criterion {
	var all []Criterion
	if c.MinTotal > 0 {
		all = append(all, Criterion{1, GroundPoor, fmt.Sprintf("宣传工作不力：年度评价总分低于 %s 分，或者全年未提交任何宣传工作材料", c.MinTotal)})
	}
	if c.LateReports > 0 {
		all = append(all, Criterion{2, GroundRisk, fmt.Sprintf("造成重大风险：突发事件逾期报告达到 %d 次", c.LateReports)})
	}
	if c.UncappedDeduction > 0 {
		all = append(all, Criterion{3, GroundImpact, fmt.Sprintf("造成负面影响：经认定的扣分事项未封顶合计达到 %s 分", c.UncappedDeduction)})
	}
	return all
}

// The two readings of R-30, as editors and pages show them: the text of the
// article joins its grounds by 、 and 和 and says neither 或者 nor 同时.
const (
	ReadingAny = "任一即可：宣传工作不力、造成重大风险、造成负面影响各自独立，符合其中一项即可提请立案"
	ReadingAll = "同时具备：启用的各项情形须全部符合，才可提请立案"
)

// Reading is the reading of R-30 that the criteria follow, in words.
func (c Criteria) Reading() string {
	if c.All {
		return ReadingAll
	}
	return ReadingAny
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

// Met tells of one numbered criterion whether the facts meet it, and how.
type Met struct {
	Criterion
	Met bool
	Why string // of a criterion that is met
}

// Meets goes through the criteria in use, one after the other (RW-8).
func (c Criteria) Meets(f Facts) []Met {
	var all []Met
	reached := c.reaches(f)
	for _, item := range c.Items() {
		m := Met{Criterion: item, Met: reached[item.No-1]}
		switch {
		case !m.Met:
		case item.Code == GroundPoor:
			m.Why = poor(c, f)
		case item.Code == GroundRisk:
			m.Why = fmt.Sprintf("突发事件逾期报告 %d 次，达到事先公布的标准（%d 次）", f.LateReports, c.LateReports)
		default:
			m.Why = fmt.Sprintf("未封顶扣分 %s 分，达到事先公布的标准（%s 分）%s", f.UncappedDeduction, c.UncappedDeduction, eventList(f.Events))
		}
		all = append(all, m)
	}
	return all
}

// inUse tells which criteria are in use, by their numbers.
func (c Criteria) inUse() [3]bool {
	return [3]bool{c.MinTotal > 0, c.LateReports > 0, c.UncappedDeduction > 0}
}

// reaches tells which criteria the facts reach, by their numbers.
func (c Criteria) reaches(f Facts) [3]bool {
	return [3]bool{c.MinTotal > 0 && (!f.Submitted || f.Scored && belowLine(c.MinTotal, f.Total)),
		c.LateReports > 0 && f.LateReports >= c.LateReports, atLine(c.UncappedDeduction, f.UncappedDeduction)}
}

// proposes is Grounds without the words: which grounds a case would be proposed
// on, under the reading of R-30.
func (c Criteria) proposes(f Facts) [3]bool {
	reached := c.reaches(f)
	if c.All && reached != c.inUse() {
		return [3]bool{}
	}
	return reached
}

// Grounds lists the criteria the facts meet (指引第三十二条: 对宣传工作不力、造成重大风险和
// 负面影响的，实施风险警示), under the reading that was recorded before the launch
// each stands alone, or all in use together. None of them issues anything.
func Grounds(c Criteria, f Facts) []Ground {
	var all []Ground
	for _, m := range c.Meets(f) {
		if m.Met {
			all = append(all, Ground{Code: m.Code, Text: m.Why, Clause: article32})
		} else if c.All {
			return nil
		}
	}
	return all
}

func poor(c Criteria, f Facts) string {
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

// HandGround is a ground that an officer names, with his own reasons, where
// the criteria propose nothing.
func HandGround(code, text string) (Ground, bool) {
	known := slices.Contains([]string{GroundPoor, GroundRisk, GroundImpact}, code)
	return Ground{Code: code, Text: text, Clause: article32}, known
}

func eventList(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b string) int { // 3 before 10
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return "，涉及事件：" + strings.Join(sorted, "、")
}
