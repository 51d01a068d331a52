package campaign

import (
	"fmt"
	"slices"
	"strings"

	"xuanping/rubric"
)

// Amend is what 评价复核 makes of one event of row 15 or 16. It may raise or keep
// (AP-3): nothing that is decided here is worse for the institution than the
// determination, which itself stays as it is.
type Amend string

// What can be decided about an event.
const (
	AmendKeep     Amend = "keep"
	AmendConfirm  Amend = "confirm"   // row 15: confirmed, or under the clause with more points
	AmendLower    Amend = "lower"     // row 16: fewer points within the clause
	AmendDismiss  Amend = "dismiss"   // row 16: 不予认定
	AmendUnrelate Amend = "unrelated" // row 16: nothing to do with certification (第二十三条)
)

// Amends lists what can be decided, in the order of the form.
func Amends() []Amend {
	return []Amend{AmendKeep, AmendConfirm, AmendLower, AmendDismiss, AmendUnrelate}
}

// Chinese is the one word for the decision.
func (a Amend) Chinese() string {
	return map[Amend]string{AmendKeep: "维持认定", AmendConfirm: "予以认定", AmendLower: "减少扣分", AmendDismiss: "不予认定", AmendUnrelate: "与认证活动无关"}[a]
}

// Changes tells whether the event counts otherwise than it was determined.
func (a Amend) Changes() bool { return a != "" && a != AmendKeep }

// After is the state of an event with what 评价复核 made of it.
func (a Amend) After(state string) string {
	if !a.Changes() {
		return state
	}
	return state + "，复核后" + map[Amend]string{AmendConfirm: "予以认定", AmendLower: "减少扣分", AmendDismiss: "改为不予认定", AmendUnrelate: "改为无关"}[a]
}

// Amending is an event as it was determined, the way 评价复核 reads it.
type Amending struct {
	Row       int
	Confirmed *bool         // nil: nobody ruled on it in time
	Withdrawn bool          // the institution took its claim back itself
	Clause    rubric.Clause // of a deduction as determined, of a bonus as the lists give it now
	Points    rubric.Points // as determined
	InBase    bool          // as determined
	Barred    string        // why the lists bear no confirmation; "" when they do
}

func (e Amending) established() bool { return e.Confirmed != nil && *e.Confirmed }

// May lists what can be decided about an event; none where there is nothing to
// decide: what was taken back, and a deduction that was never established.
func (e Amending) May() []Amend {
	switch {
	case e.Withdrawn || e.Row == 16 && !e.established():
		return nil
	case e.Row == 16 && e.Points > e.Clause.Min:
		return []Amend{AmendKeep, AmendLower, AmendDismiss, AmendUnrelate}
	case e.Row == 16:
		return []Amend{AmendKeep, AmendDismiss, AmendUnrelate}
	case e.Barred == "" && (!e.established() || e.Clause.Max > e.Points || e.InBase):
		return []Amend{AmendKeep, AmendConfirm}
	}
	return []Amend{AmendKeep}
}

// Open tells whether more than keeping can be decided.
func (e Amending) Open() bool { return len(e.May()) > 1 }

// Amendment is the decision on one event, with its reason.
type Amendment struct {
	Outcome Amend
	Clause  string        // of an event that counts otherwise
	Points  rubric.Points // likewise
	InBase  bool          // of a bonus that is confirmed
	Reason  string
}

// Settled fills in what is not for the decider to choose: the clause, and the
// points of a clause that leaves no choice about them (附件2 第15项).
func (a Amendment) Settled(e Amending) Amendment {
	a.Reason = strings.TrimSpace(a.Reason)
	switch {
	case a.Outcome == AmendConfirm && e.Clause.Min == e.Clause.Max:
		a.Clause, a.Points = e.Clause.ID, e.Clause.Min
	case a.Outcome == AmendConfirm, a.Outcome == AmendLower:
		a.Clause = e.Clause.ID
	default:
		a.Clause, a.Points = "", 0
	}
	a.InBase = a.InBase && a.Outcome == AmendConfirm
	return a
}

// Faults names what a decision cannot be taken with: only what the event's row
// and standing let be decided, within the clause's points and steps (附件2 第15、16项;
// R-12), never worse than determined (AP-3), and with its reason.
func (a Amendment) Faults(e Amending, r rubric.Reading) map[string]string {
	bad := map[string]string{}
	if !slices.Contains(e.May(), a.Outcome) {
		bad["outcome"] = "请选择对该事项的决定"
	}
	c, step := e.Clause, r.Step(e.Clause)
	switch a.Outcome {
	case AmendLower:
		if a.Points < c.Min || a.Points >= e.Points || a.Points%step != 0 {
			bad["points"] = fmt.Sprintf("减少后应为 %s 分以上、低于原认定的 %s 分，%s", c.Min, e.Points, StepWords(step))
		}
	case AmendConfirm:
		switch same := e.established() && a.Points == e.Points; {
		case a.Points < c.Min || a.Points > c.Max || a.Points%step != 0:
			bad["points"] = fmt.Sprintf("条款 %s 每次加 %s 至 %s 分，以 %s 分为一档", c.ID, c.Min, c.Max, step)
		case e.established() && (a.Points < e.Points || a.InBase && !e.InBase || same && a.InBase == e.InBase):
			bad["outcome"] = "该事项已经认定，变更须比原认定有利于机构；不变更的请选择“维持认定”"
		}
	}
	if n := len([]rune(a.Reason)); n == 0 || n > 500 {
		bad["reason"] = "请写明对该事项作出决定的理由（不超过 500 字）"
	}
	return bad
}

// Words says what was determined and what the decision makes of it.
func (e Amending) Words(a Amendment) string {
	was := "原未认定"
	switch {
	case e.Row == 16:
		was = fmt.Sprintf("原认定扣 %s 分", e.Points)
	case e.established():
		was = fmt.Sprintf("原认定加 %s 分", e.Points)
	case e.Confirmed != nil:
		was = "原不予认定"
	}
	switch a.Outcome {
	case AmendConfirm:
		was += fmt.Sprintf("，复核后按条款 %s 予以认定，加 %s 分", a.Clause, a.Points)
		if a.InBase {
			was += "（同一工作已在基础分中使用）"
		}
		return was
	case AmendLower:
		return was + fmt.Sprintf("，复核后减为扣 %s 分", a.Points)
	case AmendDismiss:
		return was + "，复核后改为不予认定，不扣分"
	case AmendUnrelate:
		return was + "，复核后改为与认证活动无关，不扣分"
	}
	return was + "，复核后维持"
}

// ByEvents stands as the reason of a row whose events were decided one by one,
// where the decider added nothing.
const ByEvents = "对本项的各事项逐一复核，决定和理由分别写明；本项得分由计分规则按复核后的事项计算。"

// RowWords says a row's decision: row 16 carries the points taken off.
func RowWords(row int, before, after rubric.Points) string {
	of := ""
	if row == 16 {
		of = "扣分"
	}
	if before == after {
		return fmt.Sprintf("%s维持 %s 分", of, after)
	}
	return fmt.Sprintf("%s由 %s 分调整为 %s 分", of, before, after)
}

// Worse tells whether a row's points are worse for the institution than before:
// what 评价复核 never makes them (AP-3).
func Worse(row int, before, after rubric.Points) bool {
	if row == 16 {
		return after > before
	}
	return after < before
}
