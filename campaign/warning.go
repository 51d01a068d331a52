package campaign

// WarningState is a step of the ladder of Article 32.
type WarningState string

// The states of a case. Nothing reaches Issued but through a prior notice, a
// window for the reply, a legal check and two signatures, by three persons
// other than who served the notice.
const (
	Proposed    WarningState = "proposed"    // 待立案: the machine or an officer found grounds (RW-2)
	Noticed     WarningState = "noticed"     // 已告知: prior notice served, the window for a reply runs (RW-4)
	Replied     WarningState = "replied"     // 待法制审核: the window has ended or its rest was waived
	Remanded    WarningState = "remanded"    // 审核退回: back to the officer, who supplements or withdraws (RW-3)
	Cleared     WarningState = "cleared"     // 待签批: the legal check is passed (RW-3)
	Signed      WarningState = "signed"      // 一人已签: one of two signatures
	Issued      WarningState = "issued"      // 已发出
	Received    WarningState = "received"    // 已签收: acknowledged, or counted as received
	Planned     WarningState = "planned"     // 整改中: the plan for the rectification is in (RW-6)
	Rectified   WarningState = "rectified"   // 已报整改: waits for the re-check
	Unrectified WarningState = "unrectified" // 逾期未整改: handed to the officer, stays in force
	Lifted      WarningState = "lifted"      // 已解除
	Expired     WarningState = "expired"     // 已期满: its term has ended (RW-6)
	Revoked     WarningState = "revoked"     // 已撤销: issued in error, taken back by two persons
	Lesser      WarningState = "lesser"      // 约谈提醒: less than a warning was decided (RW-5)
	Dismissed   WarningState = "dismissed"   // 不予警示
)

// WarningAct is what moves a case.
type WarningAct string

// The acts of the ladder.
const (
	ActPropose    WarningAct = "propose"    // officer proposes by hand what the machine did not
	ActNotice     WarningAct = "notice"     // officer serves the prior notice
	ActReply      WarningAct = "reply"      // institution states its case
	ActWaive      WarningAct = "waive"      // institution waives the window in writing
	ActWindow     WarningAct = "window"     // the window has ended
	ActPass       WarningAct = "pass"       // legal checker passes the draft
	ActRemand     WarningAct = "remand"     // legal checker sends it back
	ActSupplement WarningAct = "supplement" // officer answers the legal checker
	ActWithdraw   WarningAct = "withdraw"   // officer withdraws after the reply or the legal check
	ActSign       WarningAct = "sign"       // approver signs
	ActTalk       WarningAct = "talk"       // approver decides on 约谈 instead
	ActRemind     WarningAct = "remind"     // approver decides on 提醒 instead
	ActDismiss    WarningAct = "dismiss"    // approver decides against a warning
	ActAck        WarningAct = "ack"        // institution acknowledges
	ActDeemed     WarningAct = "deemed"     // days for the acknowledgement have ended
	ActPlan       WarningAct = "plan"       // institution hands in its plan for rectification
	ActRectify    WarningAct = "rectify"    // institution reports rectification
	ActReturn     WarningAct = "return"     // officer finds it insufficient
	ActLift       WarningAct = "lift"       // officer lifts
	ActLapse      WarningAct = "lapse"      // the day for rectification has passed in silence
	ActExpire     WarningAct = "expire"     // the term of the warning has ended
	ActError      WarningAct = "error"      // approver finds an error and asks to revoke
	ActRevoke     WarningAct = "revoke"     // a second approver revokes
	ActOpen       WarningAct = "open"       // approver asks to make the warning public
	ActPublish    WarningAct = "publish"    // a second approver makes it public (RW-7)
)

// stateWords is the one word for a state on every page, in the order of the ladder.
var stateWords = []struct {
	state WarningState
	word  string
}{
	{Proposed, "待立案"}, {Noticed, "已告知"}, {Replied, "待法制审核"}, {Remanded, "审核退回"}, {Cleared, "待签批"}, {Signed, "一人已签"},
	{Issued, "已发出"}, {Received, "已签收"}, {Planned, "整改中"}, {Rectified, "已报整改"}, {Unrectified, "逾期未整改"},
	{Lifted, "已解除"}, {Expired, "已期满"}, {Revoked, "已撤销"}, {Lesser, "约谈提醒"}, {Dismissed, "不予警示"},
}

// actWords is the one word for an act on every page, in the order of the ladder.
var actWords = []struct {
	act  WarningAct
	word string
}{
	{ActPropose, "提请立案"}, {ActNotice, "事先告知"}, {ActReply, "陈述申辩"}, {ActWaive, "放弃陈述申辩"}, {ActWindow, "陈述申辩期届满"},
	{ActPass, "法制审核通过"}, {ActRemand, "法制审核退回"}, {ActSupplement, "补充材料再送审"}, {ActWithdraw, "撤回案件"},
	{ActSign, "签批"}, {ActTalk, "改作约谈"}, {ActRemind, "改作提醒"}, {ActDismiss, "不予警示"},
	{ActAck, "签收风险警示"}, {ActDeemed, "视为签收"}, {ActPlan, "报送整改方案"}, {ActRectify, "报送整改报告"}, {ActReturn, "退回整改"}, {ActLift, "解除风险警示"},
	{ActLapse, "整改期届满未报"}, {ActExpire, "警示期满"}, {ActError, "提请撤销警示"}, {ActRevoke, "撤销风险警示"}, {ActOpen, "提请公开"}, {ActPublish, "同意公开"},
}

// WarningStates lists the states in the order of the ladder.
func WarningStates() []WarningState {
	all := make([]WarningState, len(stateWords))
	for i, w := range stateWords {
		all[i] = w.state
	}
	return all
}

// WarningActs lists the acts in the order of the ladder.
func WarningActs() []WarningAct {
	all := make([]WarningAct, len(actWords))
	for i, w := range actWords {
		all[i] = w.act
	}
	return all
}

// Chinese is the one word for the state on every page.
func (s WarningState) Chinese() string {
	for _, w := range stateWords {
		if w.state == s {
			return w.word
		}
	}
	return string(s)
}

// Chinese is the one word for the act on every page.
func (a WarningAct) Chinese() string {
	for _, w := range actWords {
		if w.act == a {
			return w.word
		}
	}
	return string(a)
}

// InForce tells whether a warning stands.
func (s WarningState) InForce() bool {
	switch s {
	case Issued, Received, Planned, Rectified, Unrectified:
		return true
	}
	return false
}

// Ended tells whether nothing follows any more.
func (s WarningState) Ended() bool {
	switch s {
	case Lifted, Expired, Revoked, Lesser, Dismissed:
		return true
	}
	return false
}

// Outside is the state as it is told outside the office, where what is still
// being weighed there is one thing.
func (s WarningState) Outside() WarningState {
	switch s {
	case Remanded, Cleared, Signed:
		return Replied
	}
	return s
}

// Inside tells whether an act is the office's own matter until it is decided:
// who proposed, checked or signed, and what is only asked for.
func (a WarningAct) Inside() bool {
	switch a {
	case ActPropose, ActPass, ActRemand, ActSupplement, ActSign, ActError, ActOpen:
		return true
	}
	return false
}
