package campaign

import (
	"fmt"
	"time"
)

// reportWindow is the clock of 第二十条: “各机构应在48小时内向认监委报告”. It runs
// in clock hours from the occurrence, whatever the calendar (requirements §2 no. 19).
const reportWindow = 48 * time.Hour

// ReportDue is the last instant at which an incident's report is in time (Art. 20).
func ReportDue(occurred time.Time) time.Time { return occurred.Add(reportWindow) }

// ReportLate tells whether a report recorded at an instant came after the 48
// hours; the last instant itself is in time.
func ReportLate(occurred, recorded time.Time) bool { return recorded.After(ReportDue(occurred)) }

// ReportRungs are the instants of the reminders of the 48 hours, with the hours
// that have passed by then. Nights and days off do not move them (ML-4).
func ReportRungs(occurred time.Time) []ReportRung {
	var all []ReportRung
	for _, h := range []int{24, 36, 44} {
		all = append(all, ReportRung{h, occurred.Add(time.Duration(h) * time.Hour)})
	}
	return all
}

// ReportRung is one reminder of the 48 hours.
type ReportRung struct {
	Hours int // since the occurrence
	At    time.Time
}

// IncidentState is how far an incident has come.
type IncidentState string

// The states of an incident.
const (
	IncidentOpened   IncidentState = "opened"   // 待报告: the regulator opened it, the institution has not reported
	IncidentReported IncidentState = "reported" // 待补报: the five fields are in, the details are not
	IncidentDetailed IncidentState = "detailed" // 处置中: details are in, what follows may be reported any time
	IncidentClosed   IncidentState = "closed"   // 已办结
)

// Chinese is the one word for the state on every page.
func (s IncidentState) Chinese() string {
	switch s {
	case IncidentOpened:
		return "待报告"
	case IncidentReported:
		return "待补报"
	case IncidentDetailed:
		return "处置中"
	case IncidentClosed:
		return "已办结"
	}
	return string(s)
}

// IncidentStates lists the states in their order.
func IncidentStates() []IncidentState {
	return []IncidentState{IncidentOpened, IncidentReported, IncidentDetailed, IncidentClosed}
}

// IncidentAct is something done about an incident.
type IncidentAct string

// The acts about an incident.
const (
	IncidentOpen     IncidentAct = "open"      // officer opens it
	IncidentReport   IncidentAct = "report"    // institution: the five fields (Art. 20)
	IncidentDetails  IncidentAct = "details"   // institution: relevance and the five steps (Art. 23)
	IncidentFollow   IncidentAct = "follow-up" // institution: 随时报告后续情况及处置措施 (Art. 20)
	IncidentRelate   IncidentAct = "relevance" // either side judges the relevance anew (Art. 23)
	IncidentExcuse   IncidentAct = "excuse"    // officer excuses a late report, with a reason
	IncidentNoReport IncidentAct = "no-report" // the calendar: 48 hours passed without a report
	IncidentNoDetail IncidentAct = "no-detail" // the calendar: 48 hours passed without the details
	IncidentClose    IncidentAct = "close"     // officer closes it, with a reason
)

// Chinese is the one word for the act on every page.
func (a IncidentAct) Chinese() string {
	switch a {
	case IncidentOpen:
		return "要求报告"
	case IncidentReport:
		return "48小时报告"
	case IncidentDetails:
		return "补报详情"
	case IncidentFollow:
		return "后续报告"
	case IncidentRelate:
		return "判定相关性"
	case IncidentExcuse:
		return "准予不计逾期"
	case IncidentNoReport:
		return "满48小时未报告"
	case IncidentNoDetail:
		return "满48小时未补报详情"
	case IncidentClose:
		return "办结"
	}
	return string(a)
}

// IncidentActs lists the acts in the order in which they come.
func IncidentActs() []IncidentAct {
	return []IncidentAct{IncidentOpen, IncidentReport, IncidentDetails, IncidentFollow, IncidentRelate, IncidentExcuse, IncidentNoReport, IncidentNoDetail, IncidentClose}
}

// incidentMoves is the way of an incident as data: state, act, next state. ""
// is an incident that does not exist yet.
var incidentMoves = map[IncidentState]map[IncidentAct]IncidentState{
	"":               {IncidentOpen: IncidentOpened, IncidentReport: IncidentReported},
	IncidentOpened:   {IncidentReport: IncidentReported, IncidentNoReport: IncidentOpened, IncidentExcuse: IncidentOpened, IncidentRelate: IncidentOpened, IncidentClose: IncidentClosed},
	IncidentReported: {IncidentDetails: IncidentDetailed, IncidentFollow: IncidentReported, IncidentNoDetail: IncidentReported, IncidentExcuse: IncidentReported, IncidentRelate: IncidentReported, IncidentClose: IncidentClosed},
	IncidentDetailed: {IncidentFollow: IncidentDetailed, IncidentRelate: IncidentDetailed, IncidentExcuse: IncidentDetailed, IncidentClose: IncidentClosed},
	IncidentClosed:   {IncidentExcuse: IncidentClosed},
}

// incidentActors says whose an act is; "" the institution, clock the calendar.
var incidentActors = map[IncidentAct][]string{
	IncidentOpen: {string(Officer)}, IncidentReport: {""}, IncidentDetails: {""}, IncidentFollow: {""},
	IncidentRelate: {"", string(Officer)}, IncidentExcuse: {string(Officer)}, IncidentClose: {string(Officer)},
	IncidentNoReport: {clock}, IncidentNoDetail: {clock},
}

// MoveIncident is the one transition function of an incident: role is the
// actor's, "" for the institution and "clock" for the calendar.
func MoveIncident(s IncidentState, act IncidentAct, role string) (IncidentState, error) {
	next, ok := incidentMoves[s][act]
	if !ok {
		return s, Fail(Conflict, "该事件处于“%s”，不能办理“%s”", s.Chinese(), act.Chinese())
	}
	for _, who := range incidentActors[act] {
		if who == role {
			return next, nil
		}
	}
	return s, Fail(Forbidden, "该操作不属于您的职责")
}

// Relevance is the judgement of 第二十三条: “判定事件与认证活动的相关性”.
type Relevance string

// The judgements of relevance.
const (
	Relevant   Relevance = "relevant"
	PartlySo   Relevance = "partly"
	Irrelevant Relevance = "irrelevant"
	Undecided  Relevance = "undecided"
)

// Relevances lists the judgements as forms offer them.
func Relevances() []Relevance { return []Relevance{Relevant, PartlySo, Irrelevant, Undecided} }

// Chinese is the one word for the judgement.
func (r Relevance) Chinese() string {
	return map[Relevance]string{Relevant: "相关", PartlySo: "部分相关", Irrelevant: "不相关", Undecided: "待定"}[r]
}

// MayCost tells whether an event of this relevance may be looked into as a
// matter of 附件2 row 16; what is not relevant, or not judged, is not (GL-23).
func (r Relevance) MayCost() bool { return r == Relevant || r == PartlySo }

// HandlingStep is one of the five of 第二十三条: “收集、会商、研判、回应、评估机制”.
// Row 11 of 附件2 scores four of them; all five are asked for (requirements §2 no. 21).
type HandlingStep struct{ Key, Chinese, Hint string }

// HandlingSteps lists the five.
func HandlingSteps() []HandlingStep {
	return []HandlingStep{
		{"collect", "收集", "信息来源、传播情况"},
		{"consult", "会商", "参加部门和人员、会商意见"},
		{"assess", "研判", "调查结果、风险判断"},
		{"respond", "回应", "已作或者拟作的回应；尚未开展的写明安排"},
		{"evaluate", "评估", "处置效果和改进；尚未开展的写明安排"},
	}
}

// IncidentPast is an act about an incident as the rules read it.
type IncidentPast struct {
	Act       IncidentAct
	Role      string
	Relevance Relevance // of details and relevance
	At        time.Time
}

// IncidentFacts is what the rules read of an incident.
type IncidentFacts struct {
	OccurredAt time.Time
	Past       []IncidentPast // oldest first
}

// State is where the acts lead; one that does not fit changes nothing.
func (f IncidentFacts) State() IncidentState {
	var state IncidentState
	for _, p := range f.Past {
		if next, err := MoveIncident(state, p.Act, p.Role); err == nil {
			state = next
		}
	}
	return state
}

func (f IncidentFacts) first(act IncidentAct) (IncidentPast, bool) {
	for _, p := range f.Past {
		if p.Act == act {
			return p, true
		}
	}
	return IncidentPast{}, false
}

// ReportedAt is when the report was recorded; zero while there is none.
func (f IncidentFacts) ReportedAt() time.Time {
	p, _ := f.first(IncidentReport)
	return p.At
}

// Late tells whether the 48 hours of 第二十条 were missed as of now: by the
// recorded instant of the report, or because there is none. An incident that
// was closed without one is late only when they had passed before.
func (f IncidentFacts) Late(now time.Time) bool {
	if at := f.ReportedAt(); !at.IsZero() {
		now = at
	} else if p, closed := f.first(IncidentClose); closed {
		now = p.At
	}
	return ReportLate(f.OccurredAt, now)
}

// Excused tells whether an officer decided that the lateness does not count.
func (f IncidentFacts) Excused() bool { _, yes := f.first(IncidentExcuse); return yes }

// Relevance is the judgement in force: the officer's latest, else the
// institution's latest; "" while nobody judged (GL-23).
func (f IncidentFacts) Relevance() Relevance {
	var own, office Relevance
	for _, p := range f.Past {
		switch {
		case p.Relevance == "":
		case p.Role == "":
			own = p.Relevance
		default:
			office = p.Relevance
		}
	}
	if office != "" {
		return office
	}
	return own
}

// Counts tells whether the lateness counts among 逾期报告 of 第三十二条: late, not
// excused, and not an incident that an officer found irrelevant; the
// institution's own word does not suffice for that.
func (f IncidentFacts) Counts(now time.Time) bool {
	dismissed := false
	for _, p := range f.Past {
		if p.Role != "" && p.Relevance != "" {
			dismissed = p.Relevance == Irrelevant
		}
	}
	return f.Late(now) && !f.Excused() && !dismissed
}

// IncidentID is the id of an incident, and of its workflow: 2027/CODE/incident/1.
func (r Ref) IncidentID(n int) string { return fmt.Sprintf("%s/incident/%d", r.ID(), n) }

// Ago says how long after the occurrence something was: 47 小时 59 分.
func Ago(from, to time.Time) string {
	d := to.Sub(from)
	sign := ""
	if d < 0 {
		d, sign = -d, "-"
	}
	return fmt.Sprintf("%s%d 小时 %d 分", sign, int(d.Hours()), int(d.Minutes())%60)
}
