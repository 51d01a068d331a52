package campaign

import "fmt"

// ClearanceKind tells the two matters that need leave before they reach the public.
type ClearanceKind string

// The kinds of clearance.
const (
	PriorApproval   ClearanceKind = "prior" // 第十四条: “须事前报国家认监委批准”
	PressConference ClearanceKind = "press" // 第十六条: four ordered steps
)

// Chinese is the one word for the kind.
func (k ClearanceKind) Chinese() string {
	return map[ClearanceKind]string{PriorApproval: "事前审批", PressConference: "新闻发布会"}[k]
}

// ClearanceState is how far a matter has come.
type ClearanceState string

// The states of a matter. No state follows from the passing of time: silence
// is never consent (Art. 14).
const (
	ClearancePending   ClearanceState = "pending"   // 待批
	ClearanceApproved  ClearanceState = "approved"  // 已批准
	ClearanceRefused   ClearanceState = "refused"   // 不予批准
	ClearancePublished ClearanceState = "published" // 已发布
	ClearanceWithdrawn ClearanceState = "withdrawn" // 已撤回

	PressApplied  ClearanceState = "applied"  // 已申请
	PressMessage  ClearanceState = "message"  // 口径已审定
	PressHeld     ClearanceState = "held"     // 已召开
	PressReviewed ClearanceState = "reviewed" // 稿件已审核
)

// Chinese is the one word for the state on every page.
func (s ClearanceState) Chinese() string {
	switch s {
	case ClearancePending:
		return "待批"
	case ClearanceApproved:
		return "已批准"
	case ClearanceRefused:
		return "不予批准"
	case ClearancePublished:
		return "已发布"
	case ClearanceWithdrawn:
		return "已撤回"
	case PressApplied:
		return "已申请"
	case PressMessage:
		return "口径已审定"
	case PressHeld:
		return "已召开"
	case PressReviewed:
		return "稿件已审核"
	}
	return string(s)
}

// Ended tells whether nothing more is to come.
func (s ClearanceState) Ended() bool {
	return s == ClearanceRefused || s == ClearancePublished || s == ClearanceWithdrawn || s == PressReviewed
}

// ClearanceStates lists the states of both kinds.
func ClearanceStates() []ClearanceState {
	return []ClearanceState{ClearancePending, ClearanceApproved, ClearanceRefused, ClearancePublished, ClearanceWithdrawn, PressApplied, PressMessage, PressHeld, PressReviewed}
}

// ClearanceAct is something done in a matter.
type ClearanceAct string

// The acts of a matter.
const (
	ClearanceApply    ClearanceAct = "apply"    // institution asks: step 1 of a press conference too
	ClearanceApprove  ClearanceAct = "approve"  // approver consents, with conditions or without
	ClearanceRefuse   ClearanceAct = "refuse"   // approver refuses, with a reason
	ClearancePublish  ClearanceAct = "publish"  // institution tells when it published
	ClearanceWithdraw ClearanceAct = "withdraw" // institution withdraws

	PressSettle  ClearanceAct = "settle"  // step 2: the message is approved
	PressHold    ClearanceAct = "hold"    // step 3: held by a spokesperson
	PressArticle ClearanceAct = "article" // step 4: draft articles reviewed for secrecy and ideology
)

// Chinese is the one word for the act on every page.
func (a ClearanceAct) Chinese() string {
	switch a {
	case ClearanceApply:
		return "提出申请"
	case ClearanceApprove:
		return "批准"
	case ClearanceRefuse:
		return "不予批准"
	case ClearancePublish:
		return "登记发布"
	case ClearanceWithdraw:
		return "撤回"
	case PressSettle:
		return "审定发布口径"
	case PressHold:
		return "召开发布会"
	case PressArticle:
		return "审核新闻稿件"
	}
	return string(a)
}

// ClearanceActs lists the acts of both kinds.
func ClearanceActs() []ClearanceAct {
	return []ClearanceAct{ClearanceApply, ClearanceApprove, ClearanceRefuse, ClearancePublish, ClearanceWithdraw, PressSettle, PressHold, PressArticle}
}

// clearanceMoves is the way of each kind as data. What was published before
// its decision, or against it, stays on record without changing the decision.
var clearanceMoves = map[ClearanceKind]map[ClearanceState]map[ClearanceAct]ClearanceState{
	PriorApproval: {
		"":                 {ClearanceApply: ClearancePending},
		ClearancePending:   {ClearanceApprove: ClearanceApproved, ClearanceRefuse: ClearanceRefused, ClearanceWithdraw: ClearanceWithdrawn, ClearancePublish: ClearancePending},
		ClearanceApproved:  {ClearancePublish: ClearancePublished},
		ClearanceRefused:   {ClearancePublish: ClearanceRefused},
		ClearanceWithdrawn: {ClearancePublish: ClearanceWithdrawn},
	},
	PressConference: {
		"":           {ClearanceApply: PressApplied},
		PressApplied: {PressSettle: PressMessage, ClearanceWithdraw: ClearanceWithdrawn},
		PressMessage: {PressHold: PressHeld, ClearanceWithdraw: ClearanceWithdrawn},
		PressHeld:    {PressArticle: PressReviewed},
	},
}

// pressSteps are the four of 第十六条 with the state that each leads to.
var pressSteps = []struct {
	act  ClearanceAct
	next ClearanceState
}{{ClearanceApply, PressApplied}, {PressSettle, PressMessage}, {PressHold, PressHeld}, {PressArticle, PressReviewed}}

// PressSteps lists the four acts of a press conference in their order (Art. 16).
func PressSteps() []ClearanceAct {
	all := make([]ClearanceAct, len(pressSteps))
	for i, s := range pressSteps {
		all[i] = s.act
	}
	return all
}

// clearanceActors says whose an act is; "" the institution.
var clearanceActors = map[ClearanceAct]string{
	ClearanceApprove: string(Approver), ClearanceRefuse: string(Approver),
	ClearanceApply: "", ClearancePublish: "", ClearanceWithdraw: "", PressSettle: "", PressHold: "", PressArticle: "",
}

// MoveClearance is the one transition function of a matter. override lets a
// later step of a press conference be recorded though an earlier one is
// missing, for which its form asks a reason (GL-16); it overrides nothing else.
func MoveClearance(k ClearanceKind, s ClearanceState, act ClearanceAct, role string, override bool) (ClearanceState, error) {
	next, ok := clearanceMoves[k][s][act]
	if !ok && override && k == PressConference {
		next, ok = ahead(s, act)
	}
	if !ok {
		return s, Fail(Conflict, "该事项处于“%s”，不能办理“%s”", s.Chinese(), act.Chinese())
	}
	if clearanceActors[act] != role {
		return s, Fail(Forbidden, "该操作不属于您的职责")
	}
	return next, nil
}

// ahead is the state of a later step that is taken before its turn; a step
// that lies behind is not taken again.
func ahead(s ClearanceState, act ClearanceAct) (ClearanceState, bool) {
	at := -1
	for i, step := range pressSteps {
		if step.next == s {
			at = i
		}
		if step.act == act && at >= 0 && i > at {
			return step.next, true
		}
	}
	return s, false
}

// MaySettle tells whether the persons who approved the message suffice: 第十六条
// “报本机构宣传负责人审定同意，重要内容应报本机构主要负责人审定同意”. No override
// takes the place of the principal (GL-16).
func MaySettle(important bool, head, principal string) map[string]string {
	f := map[string]string{}
	if head == "" {
		f["head"] = "请填写审定口径的宣传负责人"
	}
	if important && principal == "" {
		f["principal"] = "重要内容应报本机构主要负责人审定同意（第十六条）"
	}
	return f
}

// ClearanceCallDay is the day on which officers are told for the n-th time
// that a request waits: on each working day of the first month, then weekly.
// It has no last one: silence is never consent (Art. 14).
func (h Holidays) ClearanceCallDay(asked Day, n int) Day {
	if n <= dailyCalls {
		return h.AddWorkdays(asked, n)
	}
	return h.AddWorkdays(asked, dailyCalls+5*(n-dailyCalls))
}

const dailyCalls = 22

// PublishedEarly is the finding of 第十四条: published on a day before the one of
// the approval, or without any ("" for decided). An approval that came later
// on the same day counts as prior, because days are all that is recorded.
func PublishedEarly(published, decided Day) bool {
	return published != "" && (decided == "" || published < decided)
}

// ClearanceID is the id of a matter, and of its workflow: 2027/CODE/clearance/1.
func (r Ref) ClearanceID(n int) string { return fmt.Sprintf("%s/clearance/%d", r.ID(), n) }

// ClearancePast is an act of a matter as the rules read it.
type ClearancePast struct {
	Act      ClearanceAct
	Role     string
	Override bool
}

// ReplayClearance is where the acts of a matter lead; one that does not fit changes nothing.
func ReplayClearance(k ClearanceKind, all []ClearancePast) ClearanceState {
	var s ClearanceState
	for _, a := range all {
		if next, err := MoveClearance(k, s, a.Act, a.Role, a.Override); err == nil {
			s = next
		}
	}
	return s
}
