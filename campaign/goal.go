package campaign

import (
	"fmt"
	"strconv"
	"strings"
)

// Goal is one of the six goals of the three-year plan (方案二) with the number
// that stands behind it. The source gives no indicator for any of them: which
// number is watched is the regulator's setting and is printed as such (PL-1).
type Goal struct {
	No     int
	Mark   string // （一）
	Text   string // as the source has it
	Watch  string // what is counted
	Unit   string
	Points bool // the number is in hundredths of a point
	Least  bool // the less the better: drawn in seal red above zero
}

// Goals are the six, in their order.
func Goals() []Goal {
	return []Goal{
		{1, "（一）", "政府积极引导、机构主动参与、社会广泛响应的质量认证大宣传工作格局基本形成，多渠道、立体化的宣传工作机制平台初步建成。", "报送年度宣传工作计划的机构", "家", false, false},
		{2, "（二）", "正面宣传卓有成效，舆情引导及时有力，主动发声能力显著增强，打造一批质量认证宣传核心阵地和知名品牌。", "经认定的加分事项（附件2第15项）", "项", false, false},
		{3, "（三）", "质量认证理论、学科、文化等基础建设扎实有效，形成理论、事例、数据“三位一体”的科学宣传模式，说服力和感染力显著提升，质量认证价值得到充分彰显。", "授予的典型案例、科普基地和精品课程", "件", false, false},
		{4, "（四）", "认证从业机构宣传主体责任有效落实，品牌形象意识明显增强，宣传推广和投入保障力度持续加大，形成一批具有较高知名度和美誉度的机构品牌。", "主体责任、机制、制度（第2项）平均得分", "分", true, false},
		{5, "（五）", "党的宣传纪律和意识形态责任制得到严格遵行，杜绝发生严重负面舆情事件和违纪失责问题。", "经认定的扣分事项（附件2第16项）", "项", false, true},
		{6, "（六）", "宣传工作绩效显著，质量认证的应用范围逐步扩大，采信机制趋于健全，社会认知度持续提升，形成一批有较高知名度和美誉度的认证制度品牌和机构品牌，认证行业形象显著改善。", "年度优秀单位", "家", false, false},
	}
}

// NoData is what stands where nothing is known; it is not zero.
const NoData = "no data"

// ParsePlan reads the years of a plan, as 2024-2026.
func ParsePlan(s string) (from, to int, err error) {
	a, b, two := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	from, err1 := strconv.Atoi(strings.TrimSpace(a))
	to, err2 := strconv.Atoi(strings.TrimSpace(b))
	if !two || err1 != nil || err2 != nil || from < 2000 || to < from || to > 2100 || to-from > 9 {
		return 0, 0, Fail(Invalid, "“%s”不是起止年度，应形如 2024-2026", s)
	}
	return from, to, nil
}

// FrameOf is the three-year frame that a year belongs to, counted on from the
// plan's own 2024–2026.
func FrameOf(year int) (from, to int) {
	from = 2024 + ((year-2024)/3)*3
	if year < 2024 {
		return 2024, 2026
	}
	return from, from + 2
}

// PlanWord names a frame.
func PlanWord(from, to int) string { return fmt.Sprintf("%d-%d", from, to) }
