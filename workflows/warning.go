package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// warning is a case of 第三十二条, from the proposal by the machine to its end.
// Its campaign.Ladder alone says what may follow what and by whose act.
type warning struct {
	in    contract.WarningInput
	state campaign.WarningState
	past  []campaign.WarningBy
	moves []move // states reached, in order
	drawn int    // moves whose consequence was drawn
	due   campaign.Day
	late  campaign.Day // last day of the rectification that was let pass
	ends  campaign.Day // last day of its term; "" none (RW-6)
	about string       // what officers were alerted to last, and how often
	calls int
}

// move is a state that was reached, and the act that led there.
type move struct {
	state campaign.WarningState
	act   campaign.WarningAct
}

func runWarning(ctx workflow.Context, in contract.WarningInput) (contract.WarningOutcome, error) {
	w := &warning{in: in, state: campaign.Proposed, moves: []move{{state: campaign.Proposed}}}
	if err := contract.WarningDoneMsg.Hear(ctx, w.refuse, w.answer); err != nil {
		return contract.WarningOutcome{}, err
	}
	// In a rehearsal the engine starts a case on the wall clock, long before its virtual day.
	if err := until(ctx, "立案", func() time.Time { return in.From }, func() bool { return false }); err != nil {
		return contract.WarningOutcome{}, err
	}
	return w.run(ctx)
}

// run draws the consequence of each move, then waits for the next.
func (w *warning) run(ctx workflow.Context) (contract.WarningOutcome, error) {
	for {
		if err := w.draw(ctx); err != nil {
			return contract.WarningOutcome{}, err
		}
		if w.state.Ended() {
			return contract.WarningOutcome{State: w.state}, drain(ctx)
		}
		if err := w.wait(ctx); err != nil {
			return contract.WarningOutcome{}, err
		}
	}
}

// wait is the ladder: whose turn it is in a state, and what the calendar does.
func (w *warning) wait(ctx workflow.Context) error {
	switch w.state {
	case campaign.Proposed:
		return w.nag(ctx, contract.AlertNoticeDue)
	case campaign.Noticed: // RW-4: the window for the reply
		return w.clock(ctx, campaign.ReplyTask, campaign.ActWindow)
	case campaign.Replied: // RW-3: the legal check, which the first edition did not know
		if w.in.Ladder == campaign.ShortLadder {
			return w.nag(ctx, contract.AlertSignaturesDue)
		}
		return w.nag(ctx, contract.AlertLegalDue)
	case campaign.Remanded:
		return w.nag(ctx, contract.AlertRemanded)
	case campaign.Cleared, campaign.Signed: // RW-3: two signatures
		return w.nag(ctx, contract.AlertSignaturesDue)
	case campaign.Issued: // RW-5: acknowledged, or counted as received
		return w.clock(ctx, campaign.AckTask, campaign.ActDeemed)
	case campaign.Received, campaign.Planned: // RW-6
		return w.clock(ctx, campaign.RectifyTask, campaign.ActLapse)
	case campaign.Rectified:
		return w.nag(ctx, contract.AlertRecheckDue)
	}
	return w.overdue(ctx) // Unrectified: in force until something is reported or its term ends
}

// overdue reminds of a rectification after its day, then rests: what is late is
// taken as long as the warning stands (RW-6).
func (w *warning) overdue(ctx workflow.Context) error {
	if !remindsOnTheDay(ctx) {
		return w.rest(ctx)
	}
	err := w.chase(ctx, chase{
		task: campaign.RectifyTask, from: w.late.End(),
		due: func() campaign.Day { return w.late },
		end: func() time.Time { return w.sooner(noDay) },
	})
	if err != nil || w.moved() {
		return err
	}
	return w.rest(ctx)
}

// rest waits without a turn of anybody's, to the end of the term if there is one.
func (w *warning) rest(ctx workflow.Context) error {
	if w.ends == "" {
		return until(ctx, "", nil, w.moved)
	}
	if err := until(ctx, "风险警示期满", w.ends.End, w.moved); err != nil || w.moved() {
		return err
	}
	return w.calendar(ctx, campaign.ActExpire)
}

// calendar acts where nobody did in time. If by the score book somebody did, his
// message is still on its way, and the case waits for it; if the calendar did, the
// case walks again what the engine lost, and takes the same step. Days whose letter
// was not served are not over, and no term runs before it is.
func (w *warning) calendar(ctx workflow.Context, act campaign.WarningAct) error {
	if asksBeforeLapsing(ctx) {
		next, err := contract.WarnPast.Do(ctx, contract.WarnPastIn{Ref: w.in.Ref, Moves: len(w.moves) - 1, At: workflow.Now(ctx)})
		if err != nil || w.moved() {
			return err
		}
		switch {
		case next.Until != "" && w.waits(ctx):
			w.due, w.ends = next.Until, w.term(next.Served)
			if !w.over(ctx) {
				return nil // it waits anew, with the reminders of that day
			}
			act = campaign.ActExpire
		case next.Act != "" && next.Role != "clock":
			return until(ctx, "", nil, w.moved)
		case next.Act != "":
			act = next.Act
		}
	}
	_, err := w.act(act, "clock", "")
	return err
}

// waits tells whether the case is of an age that waits for the service of the
// letter that opened its days.
func (w *warning) waits(ctx workflow.Context) bool {
	if w.state == campaign.Noticed {
		return waitsForService(ctx)
	}
	return waitsForDecision(ctx)
}

// term is the last day of the term of a warning served on a day (RW-6).
func (w *warning) term(served campaign.Day) campaign.Day {
	if w.in.Ladder == campaign.ShortLadder {
		return ""
	}
	return w.in.Settings.TermEnds(served)
}

// sooner is the earlier of an instant and the end of the term.
func (w *warning) sooner(at time.Time) time.Time {
	if end := w.ends.End(); w.ends != "" && end.Before(at) {
		return end
	}
	return at
}

// over tells whether the term has ended.
func (w *warning) over(ctx workflow.Context) bool {
	return w.ends != "" && !workflow.Now(ctx).Before(w.ends.End())
}

// nag alerts the officers every SignDays working days until somebody acts.
func (w *warning) nag(ctx workflow.Context, about string) error {
	if w.about != about {
		w.about, w.calls = about, 0
	}
	for w.calls < contract.WarningCalls {
		day := w.in.Holidays.AddWorkdays(campaign.DayOf(workflow.Now(ctx)), w.in.Settings.SignDays)
		if err := until(ctx, "等待经办或审批人员", func() time.Time { return w.sooner(day.Morning()) }, w.moved); err != nil || w.moved() {
			return err
		}
		if w.over(ctx) {
			break
		}
		w.calls++
		if err := w.alert(ctx, about); err != nil {
			return err
		}
	}
	return w.rest(ctx)
}

// clock gives the institution until the due day; then the calendar acts.
func (w *warning) clock(ctx workflow.Context, task campaign.Task, act campaign.WarningAct) error {
	w.about = "" // what comes next is another round
	err := w.chase(ctx, chase{
		task: task, silent: task == campaign.AckTask && !remindsToSign(ctx),
		due: func() campaign.Day { return w.due },
		end: func() time.Time { return w.sooner(w.in.Holidays.After(w.due)) },
	})
	if err != nil || w.moved() {
		return err
	}
	if w.over(ctx) {
		act = campaign.ActExpire
	}
	return w.calendar(ctx, act)
}

// chase runs a chase of this case; a move ends it.
func (w *warning) chase(ctx workflow.Context, c chase) error {
	c.ref, c.done, c.learn = w.in.Ref, w.moved, func(contract.Have) {}
	c.holidays = func() campaign.Holidays { return w.in.Holidays }
	return c.run(ctx)
}

// draw writes each state reached since, with its paper, letter and task. Days
// for the institution run from service, which the step tells (AP-2, RW-4).
func (w *warning) draw(ctx workflow.Context) error {
	for w.moved() {
		m := w.moves[w.drawn]
		w.drawn++
		if m.state == campaign.Unrectified {
			w.late = w.due
			if err := w.alert(ctx, contract.AlertNotRectified); err != nil {
				return err
			}
		}
		now := workflow.Now(ctx)
		out, err := contract.Warn.Do(ctx, contract.WarnIn{
			Ref: w.in.Ref, Case: w.in.Case, State: m.state, Act: m.act, Round: w.drawn, At: now, Due: w.dueOf(m, now),
		})
		if err != nil {
			return err
		}
		if out.At.IsZero() { // a state without a letter
			out.At = now
		}
		w.due = max(w.dueOf(m, out.At), out.Due)
		if m.state == campaign.Issued {
			w.ends = w.term(campaign.DayOf(out.At))
		} else if ends := w.term(out.Served); out.Served != "" && ends != w.ends && waitsForDecision(ctx) {
			w.ends = ends
		}
	}
	return nil
}

// dueOf is the last day of a state's task when its letter was served at an
// instant; "" where nothing is due from the institution.
func (w *warning) dueOf(m move, served time.Time) campaign.Day {
	if m.act == campaign.ActPlan { // the plan is made within the days for the rectification
		return w.due
	}
	return w.in.Settings.CaseDue(w.in.Holidays, m.state, m.act, campaign.DayOf(served))
}

// refuse turns down what the ladder does not allow; nobody sends the
// calendar's acts.
func (w *warning) refuse(in contract.WarningDone) error {
	if in.Role == "clock" {
		return campaign.Fail(campaign.Forbidden, "该操作只能由日程触发")
	}
	_, err := w.in.Ladder.Move(w.state, campaign.WarningBy{Act: in.Act, Role: in.Role, By: in.By}, w.past)
	return err
}

// answer moves the case. It asks again: between validator and answer another
// signature may have come.
func (w *warning) answer(_ workflow.Context, in contract.WarningDone) (campaign.WarningState, error) {
	state, err := w.act(in.Act, in.Role, in.By)
	if err != nil {
		return state, temporal.NewNonRetryableApplicationError(err.Error(), contract.Refused, err)
	}
	return state, nil
}

func (w *warning) act(act campaign.WarningAct, role, by string) (campaign.WarningState, error) {
	done := campaign.WarningBy{Act: act, Role: role, By: by}
	next, err := w.in.Ladder.Move(w.state, done, w.past)
	if err != nil {
		return w.state, err
	}
	w.past = append(w.past, done)
	if next != w.state { // else it is only noted: nothing follows from it yet
		w.state = next
		w.moves = append(w.moves, move{next, act})
	}
	return next, nil
}

func (w *warning) moved() bool { return w.drawn < len(w.moves) }

func (w *warning) alert(ctx workflow.Context, about string) error {
	_, err := contract.Alert.Do(ctx, contract.AlertIn{Ref: w.in.Ref, About: about, At: workflow.Now(ctx)})
	return err
}
