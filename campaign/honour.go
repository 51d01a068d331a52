package campaign

import (
	"slices"
	"strings"
)

// HonourKind is what somebody or something is nominated for.
type HonourKind string

// The kinds: 五(四) 选树一批优秀案例、机构、人员 and 科普基地; 专栏6(二) 科普基地、精品微课程;
// 专栏6(三) 曝光典型违法违规案例, which is no honour and has nothing to do with 风险警示 (PL-15).
const (
	CaseHonour        HonourKind = "case"
	InstitutionHonour HonourKind = "institution"
	PersonHonour      HonourKind = "person"
	BaseHonour        HonourKind = "base"
	CourseHonour      HonourKind = "course"
	WarningCase       HonourKind = "warning-case"
)

// HonourKinds lists the kinds in the order of pages.
func HonourKinds() []HonourKind {
	return []HonourKind{CaseHonour, InstitutionHonour, PersonHonour, BaseHonour, CourseHonour, WarningCase}
}

// Chinese is the one word for the kind.
func (k HonourKind) Chinese() string {
	switch k {
	case CaseHonour:
		return "典型案例"
	case InstitutionHonour:
		return "优秀机构"
	case PersonHonour:
		return "优秀人员"
	case BaseHonour:
		return "科普基地"
	case CourseHonour:
		return "精品微课程"
	case WarningCase:
		return "警示教育案例"
	}
	return string(k)
}

// Known tells whether the kind is one of the list.
func (k HonourKind) Known() bool { return slices.Contains(HonourKinds(), k) }

// Certified tells whether the kind comes with a certificate: a case that warns is published, not awarded.
func (k HonourKind) Certified() bool { return k.Known() && k != WarningCase }

// HonourState is where a nomination stands.
type HonourState string

// The states: nomination → review → 公示 → award (五(四)).
const (
	Nominated    HonourState = "nominated"    // 已提名
	Passed       HonourState = "passed"       // 评审通过
	Shown        HonourState = "shown"        // 公示中
	Awarded      HonourState = "awarded"      // 已授予
	Declined     HonourState = "declined"     // 未入选
	HonourPulled HonourState = "pulled"       // 已撤回提名
	HonourOff    HonourState = "honour-ended" // 已撤销
)

// HonourStates lists the states in their order.
func HonourStates() []HonourState {
	return []HonourState{Nominated, Passed, Shown, Awarded, Declined, HonourPulled, HonourOff}
}

// Chinese is the one word for the state on every page.
func (s HonourState) Chinese() string {
	switch s {
	case Nominated:
		return "已提名"
	case Passed:
		return "评审通过"
	case Shown:
		return "公示中"
	case Awarded:
		return "已授予"
	case Declined:
		return "未入选"
	case HonourPulled:
		return "已撤回提名"
	case HonourOff:
		return "已撤销荣誉"
	}
	return string(s)
}

// Public tells whether everybody may see the nomination.
func (s HonourState) Public() bool { return s == Shown || s == Awarded }

// HonourAct moves a nomination.
type HonourAct string

// The acts.
const (
	HonourPass    HonourAct = "pass"    // review: in favour, with a reason
	HonourDecline HonourAct = "decline" // review, or after an objection: not in favour
	HonourShow    HonourAct = "show"    // 公示 from a day on
	HonourAward   HonourAct = "award"   // approver, after the days of 公示
	HonourPull    HonourAct = "pull"    // the office takes the nomination back before the award
	HonourRevoke  HonourAct = "revoke"  // approver ends an award
)

// HonourActs lists the acts in their order.
func HonourActs() []HonourAct {
	return []HonourAct{HonourPass, HonourDecline, HonourShow, HonourAward, HonourPull, HonourRevoke}
}

// Chinese is the one word for the act.
func (a HonourAct) Chinese() string {
	switch a {
	case HonourPass:
		return "评审通过"
	case HonourDecline:
		return "不予入选"
	case HonourShow:
		return "开始公示"
	case HonourAward:
		return "授予（发布）"
	case HonourPull:
		return "撤回提名"
	case HonourRevoke:
		return "撤销荣誉"
	}
	return string(a)
}

// honourMoves is the way of a nomination as data: state, act, next state.
var honourMoves = map[HonourState]map[HonourAct]HonourState{
	Nominated: {HonourPass: Passed, HonourDecline: Declined, HonourPull: HonourPulled},
	Passed:    {HonourShow: Shown, HonourDecline: Declined, HonourPull: HonourPulled},
	Shown:     {HonourAward: Awarded, HonourDecline: Declined, HonourPull: HonourPulled},
	Awarded:   {HonourRevoke: HonourOff},
}

// honourRoles says whose act it is.
var honourRoles = map[HonourAct][]Role{
	HonourPass: {Officer, Approver}, HonourDecline: {Officer, Approver}, HonourShow: {Officer},
	HonourAward: {Approver}, HonourPull: {Officer}, HonourRevoke: {Approver},
}

// HonourBy is a past act: what was done, by whom.
type HonourBy struct {
	Act HonourAct
	By  string
}

// HonourFacts are what a move is judged by.
type HonourFacts struct {
	Nominator string     // id of the person of the office or the place who nominated; "" an institution
	Past      []HonourBy // in their order; all of them were moves
	Ends      Day        // last day of 公示; zero before it
	Open      int        // objections not resolved
	Upheld    int        // objections found to be right
	Today     Day
}

// State replays the past.
func (f HonourFacts) State() HonourState {
	s := Nominated
	for _, p := range f.Past {
		if next, ok := honourMoves[s][p.Act]; ok {
			s = next
		}
	}
	return s
}

// MoveHonour is the one transition function of a nomination. The reviewer is
// never the nominator; who awards was neither; and nothing is awarded before
// the days of 公示 have passed or with an objection open or upheld (五(四), PL-20).
func MoveHonour(act HonourAct, role Role, by string, f HonourFacts) (HonourState, error) {
	s := f.State()
	next, ok := honourMoves[s][act]
	if !ok {
		return s, Fail(Conflict, "该提名处于“%s”，不能办理“%s”", s.Chinese(), act.Chinese())
	}
	if !slices.Contains(honourRoles[act], role) || by == "" {
		return s, Fail(Forbidden, "“%s”不属于您的职责", act.Chinese())
	}
	if act != HonourPull && act != HonourShow && by == f.Nominator {
		return s, Fail(Forbidden, "提名人不能评审或授予自己提名的事项")
	}
	if act == HonourAward {
		return next, f.mayAward(by, s)
	}
	return next, nil
}

func (f HonourFacts) mayAward(by string, s HonourState) error {
	if slices.Contains(f.Past, HonourBy{HonourPass, by}) {
		return Fail(Forbidden, "评审人与授予人不得为同一人")
	}
	switch {
	case f.Ends == "" || f.Today <= f.Ends:
		return Fail(Conflict, "公示尚未届满（公示至 %s），不能授予", f.Ends.Chinese())
	case f.Open > 0:
		return Fail(Conflict, "还有 %d 件异议没有处理，不能授予", f.Open)
	case f.Upheld > 0:
		return Fail(Conflict, "有 %d 件异议成立，不能授予；请办理不予入选", f.Upheld)
	}
	return nil
}

// HonourMoves lists the moves for pages and tests: from, act, to.
func HonourMoves() [][3]string {
	var all [][3]string
	for _, s := range HonourStates() {
		for _, a := range HonourActs() {
			if n, ok := honourMoves[s][a]; ok {
				all = append(all, [3]string{string(s), string(a), string(n)})
			}
		}
	}
	return all
}

// defaultHonourDays are the working days of 公示 when a year has not set them:
// the source names the 公示 of nobody, the days are the regulator's setting.
const defaultHonourDays = 5

// HonourPeriod is the length of 公示 in working days.
func (s Settings) HonourPeriod() int {
	if s.HonourDays == 0 { // years launched before there was the setting
		return defaultHonourDays
	}
	return s.HonourDays
}

// HonourEnd is the last day of 公示 that starts on a day: the first day is not counted.
func (s Settings) HonourEnd(start Day, h Holidays) Day { return h.AddWorkdays(start, s.HonourPeriod()) }

// MaskName hides a person's name but for its first sign: 王某某.
func MaskName(name string) string {
	r := []rune(strings.TrimSpace(name))
	if len(r) == 0 {
		return ""
	}
	return string(r[0]) + strings.Repeat("某", min(max(len(r)-1, 1), 2))
}

// Anonymous takes the names and codes of institutions and the names of persons
// out of a text (PL-15: anonymisable). Longer names go first, so that one which
// holds another is replaced as a whole.
func Anonymous(text string, institutions, persons []string) string {
	type word struct{ was, now string }
	var all []word
	for _, n := range institutions {
		all = append(all, word{strings.TrimSpace(n), "某认证机构"})
	}
	for _, n := range persons {
		all = append(all, word{strings.TrimSpace(n), "某某"})
	}
	slices.SortStableFunc(all, func(a, b word) int { return len(b.was) - len(a.was) })
	for _, w := range all {
		if len([]rune(w.was)) > 1 { // one sign is in every text
			text = strings.ReplaceAll(text, w.was, w.now)
		}
	}
	return anyCode.ReplaceAllString(text, "某认证机构")
}
