package campaign

import "strconv"

// minReturnDays is the least time for a rectification that was sent back.
const minReturnDays = 5

// Opens tells whether the letter of a state opens days for the institution: the
// prior notice, the decision, and a rectification that was sent back, which is
// the only letter of the states in which one is awaited (AP-2, RW-4 to RW-6).
func (s WarningState) Opens() bool {
	return s == Noticed || s == Issued || s == Received || s == Planned
}

// Opened names the letter of a case from whose service the days run that the
// institution has now, by the state that it brought; "" when none does, or what it
// did since shows that it has the letter. Days that ended by themselves show nothing:
// a prior notice, or a decision, may come back after them.
func (l Ladder) Opened(acts []WarningBy) WarningState {
	state, moves := l.replay(acts)
	var last WarningAct
	if n := len(moves); n > 0 {
		last = moves[n-1].Act
	}
	switch {
	case state == Noticed, state == Issued, last == ActReturn:
		return state
	case state == Received && last == ActDeemed:
		return Issued
	case state == Proposed, state.InForce(), state.Ended(), has(acts, ActReply), has(acts, ActWaive):
		return ""
	}
	return Noticed
}

// CaseDue is the last day of what a state awaits from the institution when the
// letter of the state was served on a day, or the act that led there done; "" where
// nothing is awaited. The plan is made within the days for the rectification.
func (s Settings) CaseDue(h Holidays, state WarningState, act WarningAct, from Day) Day {
	switch {
	case state == Noticed: // RW-4
		return h.AddWorkdays(from, s.ReplyDays)
	case state == Issued: // RW-5
		return h.AddWorkdays(from, s.AckDays)
	case act == ActReturn: // RW-6
		return from.Add(max(s.RectifyDays/2, minReturnDays))
	case state == Received:
		return from.Add(s.RectifyDays)
	}
	return ""
}

// ServedDue is the last day of what a case awaits when the letter that opened it
// was served on a day.
func (s Settings) ServedDue(h Holidays, letter WarningState, served Day) Day {
	return s.CaseDue(h, letter, ActReturn, served)
}

// DeemedDue is the last day of the rectification when a decision counts as
// received because the days to acknowledge it ended on a day (RW-5, RW-6).
func (s Settings) DeemedDue(h Holidays, ack Day) Day {
	return s.CaseDue(h, Received, ActDeemed, DayOf(h.After(ack)))
}

// DecisionLines say in the letter of a decision what runs from its service.
func (s Settings) DecisionLines(ack Day) [][2]string {
	return [][2]string{{"签收截止", ack.Chinese() + "（逾期视为已签收）"}, {"整改期限", "自签收之日起 " + strconv.Itoa(s.RectifyDays) + " 日"}}
}
