package campaign

// Ladder is an edition of the ladder of Article 32. A case keeps the edition
// that it began with, so that its history explains itself for ever.
type Ladder int

// The editions.
const (
	ShortLadder Ladder = 0 // of the first release: no legal check, no plan, no term
	FullLadder  Ladder = 1 // a statement ended the window
	OpenLadder  Ladder = 2 // RW-4: the window stays open after a statement; only a waiver ends it early

	CurrentLadder = OpenLadder // of the cases that begin now
)

// WarningStep is a line of the ladder: in a state an act of somebody leads to
// a state. An act that leads where the case is already is only noted.
type WarningStep struct {
	From  WarningState
	Act   WarningAct
	Actor string // a role; "" the institution, "clock" the calendar
	To    WarningState
}

const clock = "clock" // the role of the calendar

var (
	byOfficer  = string(Officer)
	byApprover = string(Approver)
	byLegal    = string(Legal)
)

// ladders32 is the ladder of each edition as data.
var ladders32 = map[Ladder][]WarningStep{
	ShortLadder: {
		{Proposed, ActNotice, byOfficer, Noticed}, {Proposed, ActDismiss, byApprover, Dismissed},
		{Noticed, ActReply, "", Replied}, {Noticed, ActWaive, "", Replied}, {Noticed, ActWindow, clock, Replied},
		{Replied, ActSign, byApprover, Signed}, {Replied, ActDismiss, byApprover, Dismissed},
		{Signed, ActSign, byApprover, Issued}, {Signed, ActDismiss, byApprover, Dismissed},
		{Issued, ActAck, "", Received}, {Issued, ActDeemed, clock, Received},
		{Received, ActRectify, "", Rectified}, {Received, ActLapse, clock, Unrectified},
		{Rectified, ActReturn, byOfficer, Received}, {Rectified, ActLift, byOfficer, Lifted},
		{Unrectified, ActRectify, "", Rectified},
	},
	FullLadder: checkedLadder(Replied),
	OpenLadder: checkedLadder(Noticed),
}

// checkedLadder is the ladder with a legal check, a plan and a term; heard is
// where the case is after a statement of the institution.
func checkedLadder(heard WarningState) []WarningStep {
	return append([]WarningStep{
		{Proposed, ActPropose, byOfficer, Proposed}, {Proposed, ActNotice, byOfficer, Noticed}, {Proposed, ActDismiss, byApprover, Dismissed},
		{Noticed, ActReply, "", heard}, {Noticed, ActWaive, "", Replied}, {Noticed, ActWindow, clock, Replied},
		{Replied, ActPass, byLegal, Cleared}, {Replied, ActRemand, byLegal, Remanded}, {Replied, ActWithdraw, byOfficer, Dismissed},
		{Remanded, ActSupplement, byOfficer, Replied}, {Remanded, ActWithdraw, byOfficer, Dismissed},
		{Cleared, ActSign, byApprover, Signed}, {Cleared, ActTalk, byApprover, Lesser}, {Cleared, ActRemind, byApprover, Lesser}, {Cleared, ActDismiss, byApprover, Dismissed},
		{Signed, ActSign, byApprover, Issued}, {Signed, ActTalk, byApprover, Lesser}, {Signed, ActRemind, byApprover, Lesser}, {Signed, ActDismiss, byApprover, Dismissed},
		{Issued, ActAck, "", Received}, {Issued, ActDeemed, clock, Received},
		{Received, ActPlan, "", Planned}, {Received, ActLapse, clock, Unrectified},
		{Planned, ActRectify, "", Rectified}, {Planned, ActLapse, clock, Unrectified},
		{Rectified, ActReturn, byOfficer, Planned}, {Rectified, ActLift, byOfficer, Lifted},
		{Unrectified, ActRectify, "", Rectified},
	}, standing()...)
}

// standing is what may happen to a warning as long as it stands.
func standing() (all []WarningStep) {
	for _, w := range stateWords {
		if s := w.state; s.InForce() {
			all = append(all, WarningStep{s, ActExpire, clock, Expired}, WarningStep{s, ActError, byApprover, s},
				WarningStep{s, ActRevoke, byApprover, Revoked}, WarningStep{s, ActOpen, byApprover, s}, WarningStep{s, ActPublish, byApprover, s})
		}
	}
	return all
}

// apart names the acts whose doer may not do an act (RW-3): a signatory has
// neither proposed nor noticed nor checked nor signed before.
var apart = map[WarningAct][]WarningAct{
	ActPass: {ActPropose, ActNotice, ActSupplement}, ActRemand: {ActPropose, ActNotice, ActSupplement},
	ActSign:   {ActPropose, ActNotice, ActSupplement, ActPass, ActRemand, ActSign},
	ActTalk:   {ActPropose, ActNotice, ActSupplement, ActPass, ActRemand},
	ActRemind: {ActPropose, ActNotice, ActSupplement, ActPass, ActRemand},
	ActRevoke: {ActError}, ActPublish: {ActOpen},
}

// second names the act by one person that another person's act completes.
var second = map[WarningAct]WarningAct{ActRevoke: ActError, ActPublish: ActOpen}

// impartial are the acts that nobody does who scored the institution or
// decided its 评价复核: he judged the facts already.
var impartial = map[WarningAct]bool{ActPass: true, ActRemand: true, ActSign: true, ActTalk: true, ActRemind: true}

// WarningMoves lists the current ladder for pages and tests.
func WarningMoves() []WarningStep { return CurrentLadder.Steps() }

// Steps lists an edition of the ladder in its order.
func (l Ladder) Steps() []WarningStep { return append([]WarningStep(nil), ladders32[l]...) }

// step finds the line for an act in a state.
func (l Ladder) step(s WarningState, act WarningAct) (WarningStep, bool) {
	for _, m := range ladders32[l] {
		if m.From == s && m.Act == act {
			return m, true
		}
	}
	return WarningStep{}, false
}

// WarningBy is an act of a case: what is done, by whom.
type WarningBy struct {
	Act     WarningAct
	Role    string // role of staff; "" the institution, "clock" the calendar
	By      string // id of the person; "" for the institution and the calendar
	Partial bool   // he scored the institution or decided its 评价复核
}

// Replay gives the state that the acts of a case lead to. An act that does not
// fit, such as a window ending after a waiver, changes nothing.
func (l Ladder) Replay(acts []WarningBy) WarningState {
	state, _ := l.replay(acts)
	return state
}

// Moves gives of the acts of a case those that led to another state, in order.
func (l Ladder) Moves(acts []WarningBy) []WarningBy {
	_, moves := l.replay(acts)
	return moves
}

func (l Ladder) replay(acts []WarningBy) (state WarningState, moves []WarningBy) {
	state = Proposed
	var past []WarningBy
	for _, a := range acts {
		next, err := l.Move(state, a, past)
		if err != nil {
			continue
		}
		if next != state {
			moves = append(moves, a)
		}
		state, past = next, append(past, a)
	}
	return state, moves
}

// Move is the one transition function of a case (RW-2, RW-3, RW-4): who does
// what, given the acts so far.
func (l Ladder) Move(s WarningState, a WarningBy, past []WarningBy) (WarningState, error) {
	m, ok := l.step(s, a.Act)
	switch {
	case !ok:
		return s, Fail(Conflict, "案件处于“%s”，不能执行该操作", s.Chinese())
	case m.Actor != a.Role:
		return s, Fail(Forbidden, "该操作不属于您的职责")
	case m.Actor != "" && m.Actor != clock && a.By == "":
		return s, Fail(Forbidden, "请先登录，再执行该操作")
	case l == ShortLadder:
		if a.Act == ActSign && did(past, a.By, WarningActs()...) {
			return s, Fail(Forbidden, "签批人不得与告知人或另一签批人为同一人")
		}
		return m.To, nil
	}
	if err := barred(a, past); err != nil {
		return s, err
	}
	return m.To, nil
}

// barred refuses whom the ladder keeps apart from an act; nil lets him.
func barred(a WarningBy, past []WarningBy) error {
	first, needs := second[a.Act]
	switch {
	case did(past, a.By, apart[a.Act]...):
		if needs {
			return Fail(Forbidden, "“%s”须由提请人以外的另一名审批人员办理", a.Act.Chinese())
		}
		return Fail(Forbidden, "“%s”须由未经办本案、未作法制审核、也未签批的人员办理", a.Act.Chinese())
	case a.Partial && impartial[a.Act]:
		return Fail(Forbidden, "您参加过该机构的评分或评价复核，应当回避")
	case needs && !has(past, first):
		return Fail(Conflict, "须先由一名审批人员“%s”", first.Chinese())
	case a.Act == ActPropose && len(past) > 0:
		return Fail(Conflict, "案件已经提请立案")
	case (a.Act == ActOpen || a.Act == ActPublish) && has(past, ActPublish):
		return Fail(Conflict, "该警示已经公开")
	}
	return nil
}

// did tells whether a person did one of some acts.
func did(past []WarningBy, by string, acts ...WarningAct) bool {
	if by == "" {
		return false
	}
	for _, p := range past {
		for _, a := range acts {
			if p.By == by && p.Act == a {
				return true
			}
		}
	}
	return false
}

func has(past []WarningBy, act WarningAct) bool {
	for _, p := range past {
		if p.Act == act {
			return true
		}
	}
	return false
}

// Public tells whether a warning is shown to everybody (RW-7): two persons
// chose so, and it still stands.
func (l Ladder) Public(s WarningState, past []WarningBy) bool {
	return l != ShortLadder && s.InForce() && has(past, ActPublish)
}

// MayPublish refuses to make a warning public before the days in which the
// institution may seek review have ended (RW-7); served is the day of service.
func MayPublish(served Day, reviewDays int, today Day) error {
	switch last := served.Add(reviewDays); {
	case served == "":
		return Fail(Conflict, "决定书尚未送达，不能公开")
	case today <= last:
		return Fail(Conflict, "复核期至 %s 届满，届满前不能公开", last.Chinese())
	}
	return nil
}

// TermEnds is the last day of a warning served on a day; "" when it has no
// term (RW-6). A month that is too short ends the term on its last day.
func (s Settings) TermEnds(served Day) Day {
	if s.WarnMonths == 0 || served == "" {
		return ""
	}
	at := served.Start()
	first := NewDay(at.Year(), at.Month(), 1).Start().AddDate(0, s.WarnMonths, 0)
	last := first.AddDate(0, 1, -1).Day()
	return NewDay(first.Year(), first.Month(), min(at.Day(), last))
}
