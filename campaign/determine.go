package campaign

import (
	"fmt"
	"slices"
	"strings"

	"xuanping/rubric"
)

// EventState is how far the determination of a negative event has come
// (附件2 第16项; requirements §2 no. 13).
type EventState string

// The states. Only an established event takes points off.
const (
	EventLead        EventState = "lead"        // 线索
	EventInquiry     EventState = "inquiry"     // 调查
	EventTold        EventState = "told"        // 已告知: still 调查中, the institution may reply
	EventEstablished EventState = "established" // 认定
	EventDismissed   EventState = "dismissed"   // 不予认定
	EventUnrelated   EventState = "unrelated"   // 无关 (第二十三条)
)

// EventAct is what moves a negative event.
type EventAct string

// The acts of a determination.
const (
	EventInquire   EventAct = "inquire"   // officer opens the inquiry
	EventTell      EventAct = "tell"      // officer tells the institution what is meant to be found
	EventReply     EventAct = "reply"     // institution replies
	EventReturn    EventAct = "return"    // approver sends the finding back
	EventEstablish EventAct = "establish" // approver determines
	EventDismiss   EventAct = "dismiss"   // approver determines otherwise
	EventUnrelate  EventAct = "unrelated" // approver: nothing to do with certification
	EventRefer     EventAct = "refer"     // officer hands the lead to supervision (第二十五条), no effect on the score
)

// eventMoves is the way of a negative event as data: state, act, next state.
var eventMoves = map[EventState]map[EventAct]EventState{
	EventLead:        {EventInquire: EventInquiry, EventDismiss: EventDismissed, EventUnrelate: EventUnrelated, EventRefer: EventLead},
	EventInquiry:     {EventTell: EventTold, EventDismiss: EventDismissed, EventUnrelate: EventUnrelated, EventRefer: EventInquiry},
	EventTold:        {EventReply: EventTold, EventReturn: EventInquiry, EventEstablish: EventEstablished, EventDismiss: EventDismissed, EventUnrelate: EventUnrelated, EventRefer: EventTold},
	EventEstablished: {EventRefer: EventEstablished},
	EventDismissed:   {EventRefer: EventDismissed},
	EventUnrelated:   {EventRefer: EventUnrelated},
}

// eventActors says whose act it is; "" is the institution.
var eventActors = map[EventAct]Role{
	EventInquire: Officer, EventTell: Officer, EventRefer: Officer, EventReply: "",
	EventReturn: Approver, EventEstablish: Approver, EventDismiss: Approver, EventUnrelate: Approver,
}

// EventBy is a past act on an event: what was done, by whom ("" the institution).
type EventBy struct {
	Act EventAct
	By  string
}

// MoveEvent is the one transition function of a negative event. Who ends it is
// another person than those who registered, inquired and told (第16项, AN-16).
func MoveEvent(s EventState, act EventAct, role Role, by, registrar string, past []EventBy) (EventState, error) {
	next, ok := eventMoves[s][act]
	if !ok {
		return s, Fail(Conflict, "事项处于“%s”，不能办理“%s”", s.Chinese(), act.Chinese())
	}
	if eventActors[act] != role {
		return s, Fail(Forbidden, "该操作不属于您的职责")
	}
	if role != "" && by == "" {
		return s, Fail(Forbidden, "请先登录，再执行该操作")
	}
	if act.Ends() && (by == registrar || slices.ContainsFunc(past, func(p EventBy) bool {
		return p.By == by && (p.Act == EventInquire || p.Act == EventTell)
	})) {
		return s, Fail(Forbidden, "登记、调查和告知的人员不能作出认定，请由另一位人员处理")
	}
	return next, nil
}

// Ends tells whether the act closes the determination.
func (a EventAct) Ends() bool {
	return a == EventEstablish || a == EventDismiss || a == EventUnrelate
}

// EventMoves lists the way for pages and tests: from, act, to.
func EventMoves() [][3]string {
	var all [][3]string
	for _, s := range EventStates() {
		for _, a := range EventActs() {
			if n, ok := eventMoves[s][a]; ok {
				all = append(all, [3]string{string(s), string(a), string(n)})
			}
		}
	}
	return all
}

// EventStates lists the states in their order.
func EventStates() []EventState {
	return []EventState{EventLead, EventInquiry, EventTold, EventEstablished, EventDismissed, EventUnrelated}
}

// EventActs lists the acts in their order.
func EventActs() []EventAct {
	return []EventAct{EventInquire, EventTell, EventReply, EventReturn, EventEstablish, EventDismiss, EventUnrelate, EventRefer}
}

// Chinese is the one word for the state; a told event is still 调查.
func (s EventState) Chinese() string {
	return map[EventState]string{EventLead: "线索", EventInquiry: "调查", EventTold: "调查（已告知）",
		EventEstablished: "认定", EventDismissed: "不予认定", EventUnrelated: "无关"}[s]
}

// Chinese is the one word for the act.
func (a EventAct) Chinese() string {
	return map[EventAct]string{EventInquire: "立项调查", EventTell: "告知机构", EventReply: "机构陈述意见", EventReturn: "退回补充调查",
		EventEstablish: "认定", EventDismiss: "不予认定", EventUnrelate: "与认证活动无关", EventRefer: "转监管线索"}[a]
}

// SourceKind says what a finding rests on.
type SourceKind string

// The kinds of sources; media reports alone establish nothing (§2 no. 13).
const (
	SourceJudgment   SourceKind = "judgment"
	SourcePenalty    SourceKind = "penalty"
	SourceInspection SourceKind = "inspection"
	SourceNotice     SourceKind = "notice"
	SourceMedia      SourceKind = "media"
	SourceOther      SourceKind = "other"
)

// SourceKinds lists the kinds with their words.
func SourceKinds() [][2]string {
	return [][2]string{{string(SourceJudgment), "判决书"}, {string(SourcePenalty), "处罚决定"}, {string(SourceInspection), "核查结论"},
		{string(SourceNotice), "通报"}, {string(SourceMedia), "媒体报道"}, {string(SourceOther), "其他"}}
}

// RelevanceWords lists the judgements of relevance with their words.
func RelevanceWords() [][2]string {
	var all [][2]string
	for _, r := range Relevances() {
		all = append(all, [2]string{string(r), r.Chinese()})
	}
	return all
}

// WordOf finds a value's word in a list such as SourceKinds.
func WordOf(all [][2]string, value string) string {
	for _, v := range all {
		if v[0] == value {
			return v[1]
		}
	}
	return ""
}

// Finding is what is meant to be found of a negative event.
type Finding struct {
	Source    SourceKind
	Relevance Relevance
	Points    rubric.Points // positive
	Severity  string        // why these points
}

// Faults names what a finding cannot be told with: 第16项 扣3–5分, 扣1–3分 in whole
// points, or in halves when the year reads them so, with the reason of
// severity (§2 no. 12).
func (f Finding) Faults(c rubric.Clause, r rubric.Reading) map[string]string {
	bad := map[string]string{}
	if WordOf(SourceKinds(), string(f.Source)) == "" {
		bad["source_kind"] = "请选择依据的种类"
	}
	if f.Relevance.Chinese() == "" {
		bad["relevance"] = "请选择与认证活动的相关性（第二十三条）"
	}
	if step := r.Step(c); f.Points < c.Min || f.Points > c.Max || f.Points%step != 0 {
		bad["points"] = fmt.Sprintf("条款 %s 每次扣 %s 至 %s 分，%s", c.ID, c.Min, c.Max, StepWords(step))
	}
	if n := len([]rune(strings.TrimSpace(f.Severity))); n == 0 || n > 500 {
		bad["severity"] = "请写明分值的理由（不超过 500 字）"
	}
	return bad
}

// StepWords says in which steps a deduction is meted out.
func StepWords(step rubric.Points) string {
	if step == rubric.Point {
		return "须为整分"
	}
	return "以 " + step.String() + " 分为一档"
}

// Hearing is what stands between telling and determining.
type Hearing struct {
	Replied  bool
	Unserved bool // the notice did not arrive, or was not accepted for delivery yet
	Due      Day  // last day to reply, from service
	Today    Day
}

// ServeAgain says what is done about a notice that was not served (AP-2).
const ServeAgain = "请在“邮件与消息”查看该邮件，更正地址后重新送达，或登记书面送达"

// MayEstablish refuses a determination that the rules do not bear: facts before
// the guideline (第三十六条), sources that are only reports, no relevance to
// certification (第二十三条), points out of range, a notice that
// was not served, or a reply still awaited.
func MayEstablish(c rubric.Clause, r rubric.Reading, f Finding, happened, effective Day, h Hearing) error {
	switch {
	case happened < effective:
		return Fail(Conflict, "事项发生于 %s，早于指引施行日 %s，不能扣分（第三十六条）", happened.Chinese(), effective.Chinese())
	case f.Source == SourceMedia:
		return Fail(Conflict, "仅凭媒体报道不能认定，请先取得判决书、处罚决定、核查结论、通报等依据")
	case f.Relevance != Relevant && f.Relevance != PartlySo:
		return Fail(Conflict, "未判定与认证活动相关，不能认定（第二十三条）")
	}
	if bad := f.Faults(c, r); len(bad) > 0 {
		return &Error{Kind: Invalid, Say: "告知的内容不完整，请退回补充后再认定", Fields: bad}
	}
	if !h.Replied && h.Unserved {
		return Fail(Conflict, "扣分事项告知尚未送达，陈述期限没有起算；%s", ServeAgain)
	}
	if !h.Replied && h.Today <= h.Due {
		return Fail(Conflict, "机构尚未陈述意见，陈述期限为 %s，期满后才能认定", h.Due.Chinese())
	}
	return nil
}
