package campaign

// WarningState is a step of the ladder of Article 32.
type WarningState string

// The states of a case. Nothing reaches Issued but through a prior notice, a
// window for the reply and two signatures of persons other than the proposer.
const (
	Proposed    WarningState = "proposed"    // 待立案: the machine or an officer found grounds (RW-2)
	Noticed     WarningState = "noticed"     // 已告知: prior notice served, the window for a reply runs (RW-4)
	Replied     WarningState = "replied"     // 已陈述: replied, waived, or the window has ended
	Signed      WarningState = "signed"      // 一人已签: one of two signatures
	Issued      WarningState = "issued"      // 已发出
	Received    WarningState = "received"    // 已签收: acknowledged, or counted as received
	Rectified   WarningState = "rectified"   // 已报整改: waits for the re-check
	Lifted      WarningState = "lifted"      // 已解除
	Dismissed   WarningState = "dismissed"   // 不予警示
	Unrectified WarningState = "unrectified" // 逾期未整改: handed to the officer, stays in force
)

// WarningAct is what moves a case.
type WarningAct string

// The acts of the ladder.
const (
	ActNotice  WarningAct = "notice"  // officer serves the prior notice
	ActReply   WarningAct = "reply"   // institution states its case
	ActWaive   WarningAct = "waive"   // institution waives the window in writing
	ActWindow  WarningAct = "window"  // the window has ended
	ActSign    WarningAct = "sign"    // approver signs
	ActDismiss WarningAct = "dismiss" // approver decides against a warning
	ActAck     WarningAct = "ack"     // institution acknowledges
	ActDeemed  WarningAct = "deemed"  // days for the acknowledgement have ended
	ActRectify WarningAct = "rectify" // institution reports rectification
	ActReturn  WarningAct = "return"  // officer finds it insufficient
	ActLift    WarningAct = "lift"    // officer lifts
	ActLapse   WarningAct = "lapse"   // the day for rectification has passed in silence
)

// warningMoves is the ladder as data: state, act, next state.
var warningMoves = map[WarningState]map[WarningAct]WarningState{
	Proposed:    {ActNotice: Noticed, ActDismiss: Dismissed},
	Noticed:     {ActReply: Replied, ActWaive: Replied, ActWindow: Replied},
	Replied:     {ActSign: Signed, ActDismiss: Dismissed},
	Signed:      {ActSign: Issued, ActDismiss: Dismissed},
	Issued:      {ActAck: Received, ActDeemed: Received},
	Received:    {ActRectify: Rectified, ActLapse: Unrectified},
	Rectified:   {ActReturn: Received, ActLift: Lifted},
	Unrectified: {ActRectify: Rectified},
}

// actors says whose act it is; an empty role is the institution, "clock" the calendar.
var actors = map[WarningAct]string{
	ActNotice: string(Officer), ActSign: string(Approver), ActDismiss: string(Approver),
	ActReturn: string(Officer), ActLift: string(Officer),
	ActReply: "", ActWaive: "", ActAck: "", ActRectify: "",
	ActWindow: clock, ActDeemed: clock, ActLapse: clock,
}

const clock = "clock" // the role of the calendar

// WarningBy is a past act of a case: what was done, by whom.
type WarningBy struct {
	Act  WarningAct
	Role string // as for MoveWarning
	By   string // id of the person; "" for the institution and the calendar
}

// ReplayWarning gives the state that the acts of a case lead to. An act that
// does not fit, such as a window ending after a reply, changes nothing.
func ReplayWarning(acts []WarningBy) WarningState {
	state := Proposed
	for i, a := range acts {
		if next, err := MoveWarning(state, a.Act, a.Role, a.By, acts[:i]); err == nil {
			state = next
		}
	}
	return state
}

// MoveWarning is the one transition function of a case (RW-3, RW-4): role is
// the actor's ("" institution, "clock" calendar), by his id, past the acts so
// far. A signatory is never the person who served the notice, nor signs twice.
func MoveWarning(s WarningState, act WarningAct, role, by string, past []WarningBy) (WarningState, error) {
	next, ok := warningMoves[s][act]
	if !ok {
		return s, Fail(Conflict, "案件处于“%s”，不能执行该操作", s.Chinese())
	}
	if actors[act] != role {
		return s, Fail(Forbidden, "该操作不属于您的职责")
	}
	if actors[act] != "" && actors[act] != clock && by == "" {
		return s, Fail(Forbidden, "请先登录，再执行该操作")
	}
	if act == ActSign {
		for _, p := range past {
			if p.By != "" && p.By == by {
				return s, Fail(Forbidden, "签批人不得与告知人或另一签批人为同一人")
			}
		}
	}
	return next, nil
}

// WarningMoves lists the ladder for pages and tests: from, act, to.
func WarningMoves() [][3]string {
	var all [][3]string
	for _, s := range WarningStates() {
		for _, a := range WarningActs() {
			if n, ok := warningMoves[s][a]; ok {
				all = append(all, [3]string{string(s), string(a), string(n)})
			}
		}
	}
	return all
}

// WarningStates lists the states in the order of the ladder.
func WarningStates() []WarningState {
	return []WarningState{Proposed, Noticed, Replied, Signed, Issued, Received, Rectified, Lifted, Dismissed, Unrectified}
}

// WarningActs lists the acts in the order of the ladder.
func WarningActs() []WarningAct {
	return []WarningAct{ActNotice, ActReply, ActWaive, ActWindow, ActSign, ActDismiss, ActAck, ActDeemed, ActRectify, ActReturn, ActLift, ActLapse}
}

// Chinese is the one word for the state on every page.
func (s WarningState) Chinese() string {
	switch s {
	case Proposed:
		return "待立案"
	case Noticed:
		return "已告知"
	case Replied:
		return "待签批"
	case Signed:
		return "一人已签"
	case Issued:
		return "已发出"
	case Received:
		return "已签收"
	case Rectified:
		return "已报整改"
	case Lifted:
		return "已解除"
	case Dismissed:
		return "不予警示"
	case Unrectified:
		return "逾期未整改"
	}
	return string(s)
}

// InForce tells whether a warning stands.
func (s WarningState) InForce() bool {
	return s == Issued || s == Received || s == Rectified || s == Unrectified
}
