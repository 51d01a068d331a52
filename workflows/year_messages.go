package workflows

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// The states of the newest plan version, as contract.Have tells them.
const (
	planSubmitted = "submitted"
	planReturned  = "returned"
	planAccepted  = "accepted"
)

// setup opens the ears of the year. Whether an act was in time was decided
// where it was received; here only what makes no sense in the stage is refused.
func (y *year) setup(ctx workflow.Context) error {
	return errors.Join(
		contract.PlanInMsg.Hear(ctx, func(contract.PlanIn) error { return y.during(campaign.Planning, campaign.Collecting) }, note(y.planIn)),
		contract.PlanDecidedMsg.Hear(ctx, func(contract.PlanDecided) error { return y.during(campaign.Planning, campaign.Collecting) }, note(y.planDecided)),
		contract.SelfScoreInMsg.Hear(ctx, func(contract.SelfScoreIn) error { return y.during(campaign.SelfScore, campaign.Scoring) }, note(y.selfScoreIn)),
		// Seats are filled on one day for all; an extended self-score may still be running.
		contract.SheetInMsg.Hear(ctx, func(contract.SheetIn) error { return y.during(campaign.SelfScore, campaign.Scoring) }, note(y.sheetIn)),
		contract.SeatVacatedMsg.Hear(ctx, func(contract.VacatedIn) error { return y.during(campaign.SelfScore, campaign.Scoring) }, note(y.seatVacated)),
		contract.AppealInMsg.Hear(ctx, func(contract.AppealIn) error { return y.during(campaign.Served, campaign.Served) }, note(y.appealIn)),
		contract.AppealDecidedMsg.Hear(ctx, func(contract.AppealDecided) error { return y.during(campaign.Served, campaign.Served) }, note(y.appealDecided)),
		contract.PublishedMsg.Hear(ctx, func(contract.PublishedNow) error { return y.during(campaign.Final, campaign.Closed) }, note(func(contract.PublishedNow) { y.published = true })),
		contract.ExtendMsg.Hear(ctx, func(in contract.Extension) error { return y.refuseExtension(in, workflow.Now(ctx)) }, note(y.extend)),
		// A letter may come back before the stage is entered that its acceptance opened.
		contract.UnservedMsg.Hear(ctx, func(contract.Unserved) error { return y.during(campaign.SelfScore, campaign.Served) }, note(func(contract.Unserved) { y.unserved = true })),
		contract.RulesMovedMsg.Hear(ctx, y.refuseRules, note(func(in contract.Rules) { y.rules = in })),
		contract.SuspendMsg.Hear(ctx, func(contract.Suspension) error { return y.during(campaign.Planning, campaign.Served) }, note(y.suspend)),
		contract.ResumeMsg.Hear(ctx, func(contract.Resumption) error { return nil }, note(y.resume)),
		contract.LeaveMsg.Hear(ctx, y.refuseLeave, note(func(in contract.Leaving) { y.leaving = &in })),
	)
}

// during refuses a message outside the stages from first to last.
func (y *year) during(first, last campaign.Stage) error {
	order := campaign.Stages()
	now := slices.Index(order, y.stage)
	if now < slices.Index(order, first) || now > slices.Index(order, last) {
		return campaign.Fail(campaign.Conflict, "当前阶段为“%s”，不能接收该事项，请刷新后查看", y.stage.Chinese())
	}
	return nil
}

// extendable gives the stage with which a task of the institution ends, and
// the next day of its calendar: an extension that reached it would leave no
// time for what comes then. No stage: the task cannot be extended.
func (y *year) extendable(t campaign.Task) (last campaign.Stage, next campaign.Day) {
	switch t {
	case campaign.PlanTask:
		return campaign.Planning, y.evidenceClose()
	case campaign.EvidenceTask:
		return campaign.Collecting, y.selfScoreDue()
	case campaign.SelfScoreTask:
		return campaign.SelfScore, y.scoringDue()
	case campaign.AppealTask:
		return campaign.Served, y.rules.Calendar.Final
	}
	return "", ""
}

// refuseExtension turns down what can no longer be extended (WF-4).
func (y *year) refuseExtension(in contract.Extension, now time.Time) error {
	last, next := y.extendable(in.Task)
	if last == "" {
		return campaign.Fail(campaign.Invalid, "“%s”不能展期", in.Task.Chinese())
	}
	if err := y.during(campaign.Invited, last); err != nil {
		return err
	}
	if _, err := campaign.ParseDay(string(in.Day)); err != nil {
		return err
	}
	if !in.At.IsZero() {
		now = in.At // what was granted in time counts, however late it is told
	}
	if !in.Day.End().After(now) {
		return campaign.Fail(campaign.Invalid, "展期至 %s 已经过去，请另选日期", in.Day)
	}
	if in.Day >= next {
		return campaign.Fail(campaign.Invalid, "“%s”展期应早于下一期限 %s，请另选日期", in.Task.Chinese(), next)
	}
	return nil
}

func (y *year) refuseRules(in contract.Rules) error {
	if in.Calendar.Year != y.ref.Year {
		return campaign.Fail(campaign.Invalid, "日程属于 %d 年度，不能用于 %d 年度", in.Calendar.Year, y.ref.Year)
	}
	return nil
}

// refuseLeave turns down a departure that comes after publication: certificate,
// report or proposed warning follow within the same hour.
func (y *year) refuseLeave(in contract.Leaving) error {
	if y.published {
		return campaign.Fail(campaign.Conflict, "结果已经公布，本年度不能再退出")
	}
	if in.How == "" {
		return campaign.Fail(campaign.Invalid, "请写明退出原因：主动退出、被撤销批准或被合并")
	}
	return y.during(campaign.Invited, campaign.Final)
}

func (y *year) planIn(in contract.PlanIn) {
	y.learn(contract.Have{Plan: in.Version, PlanState: planSubmitted})
}

func (y *year) planDecided(in contract.PlanDecided) {
	state := planReturned
	if in.Accepted {
		state = planAccepted
	}
	y.learn(contract.Have{Plan: in.Version, PlanState: state})
}

func (y *year) selfScoreIn(in contract.SelfScoreIn) { y.learn(contract.Have{SelfScore: in.Version}) }

func (y *year) sheetIn(in contract.SheetIn) { y.seats = union(y.seats, []int{in.Seat}) }

// seatVacated forgets the sheet of a seat.
func (y *year) seatVacated(in contract.VacatedIn) {
	y.vacant = union(y.vacant, []int{in.Seat})
	y.seats = without(y.seats, []int{in.Seat})
	y.recounted = true
}

// extend notes more time; for 评价复核 it also says that the notice, which had
// come back, was served after all.
func (y *year) extend(in contract.Extension) {
	y.extensions = append(y.extensions, in)
	if in.Task == campaign.AppealTask {
		y.unserved = false
	}
}

func (y *year) suspend(in contract.Suspension) { y.stood, y.stoodFrom = max(y.stood, in.N), in.At }

// resume lets the year go on, with the day that its task is given back to. What
// ladders would have sent meanwhile is not sent late.
func (y *year) resume(in contract.Resumption) {
	if in.Day != "" {
		y.extend(contract.Extension{Task: in.Task, Day: in.Day, By: in.By, At: in.At})
	}
	y.went, y.resumed = max(y.went, in.N), in.At
}

func (y *year) appealIn(in contract.AppealIn) { y.file(in.Rows, campaign.DayOf(in.At)) }

func (y *year) appealDecided(in contract.AppealDecided) {
	y.appealed = union(y.appealed, in.Rows)
	y.decided = union(y.decided, in.Rows)
}

// file adds rows for 评价复核; the first of those undecided sets the day from
// which the time to decide is counted.
func (y *year) file(rows []int, day campaign.Day) {
	if len(y.undecided()) == 0 {
		y.filed = day
	}
	y.appealed = union(y.appealed, rows)
}

// learn joins what a step found in the score book, or what a message told, to
// what is known. An answer may be older than a message that overtook it, so
// nothing known is ever forgotten.
func (y *year) learn(h contract.Have) {
	if h.Plan > y.have.Plan || h.Plan == y.have.Plan && h.PlanState != planSubmitted && h.PlanState != "" {
		y.have.Plan, y.have.PlanState = h.Plan, h.PlanState
	}
	y.have.Evidence = max(y.have.Evidence, h.Evidence)
	y.have.SelfScore = max(y.have.SelfScore, h.SelfScore)
	y.have.Sheets = max(y.have.Sheets, h.Sheets)
	y.stood = max(y.stood, h.Still)
	for _, g := range h.Extended {
		if y.extended(g.Task, "") < g.Day { // only a message tells that a notice was served after all
			y.extensions = append(y.extensions, contract.Extension{Task: g.Task, Day: g.Day})
		}
	}
	if len(h.Appeal) > 0 {
		y.decided = union(y.decided, without(h.Appeal, h.Undecided))
		y.file(h.Appeal, "")
	}
}

// undecided are the rows that wait for a decision.
func (y *year) undecided() []int { return without(without(y.appealed, y.decided), y.standing) }

func (y *year) bothIn() bool {
	return slices.Contains(y.seats, 1) && slices.Contains(y.seats, 2) || y.counted(2)
}

func (y *year) thirdIn() bool { return slices.Contains(y.seats, 3) || y.counted(3) }

// counted tells that the score book knows of so many sheets. Once a seat was
// left its number may be of before, and only messages and the end of the wait count.
func (y *year) counted(n int) bool { return !y.recounted && y.have.Sheets >= n }

// planDue is for one who joined after it the close of plans.
func (y *year) planDue() campaign.Day {
	due := y.rules.Calendar.PlanDue
	if y.joined > due {
		due = y.rules.Calendar.PlanClose
	}
	return y.extended(campaign.PlanTask, due)
}

// planClose moves only when an extended due day lies beyond it.
func (y *year) planClose() campaign.Day { return max(y.rules.Calendar.PlanClose, y.planDue()) }

func (y *year) evidenceClose() campaign.Day {
	return y.extended(campaign.EvidenceTask, y.rules.Calendar.EvidenceClose)
}

func (y *year) selfScoreDue() campaign.Day {
	return y.extended(campaign.SelfScoreTask, y.rules.Calendar.SelfScoreDue)
}

// scoringDue is later for a year that went on shortly before it.
func (y *year) scoringDue() campaign.Day {
	return max(y.rules.Calendar.ScoringDue, y.lateSeats)
}

// scoringClose is later only for a seat that was left shortly before it.
func (y *year) scoringClose() campaign.Day {
	return max(y.rules.Calendar.ScoringClose, y.refilled, y.lateSeats)
}
func (y *year) windowEnd() campaign.Day { return y.extended(campaign.AppealTask, y.served.Until) }

// extended is the day of a task with its newest extension; a calendar moved
// for everybody never leaves one institution with less.
func (y *year) extended(t campaign.Task, day campaign.Day) campaign.Day {
	for _, e := range slices.Backward(y.extensions) {
		if e.Task == t {
			return max(day, e.Day)
		}
	}
	return day
}

// after is when the consequence of a day that may move is drawn.
func (y *year) after(day func() campaign.Day) func() time.Time {
	return func() time.Time { return y.rules.Holidays.After(day()) }
}

// union adds to a what of b is missing, in the order of arrival.
func union(a, b []int) []int {
	return append(slices.Clone(a), without(b, a)...)
}

// without is a less what is in b.
func without(a, b []int) (rest []int) {
	for _, n := range a {
		if !slices.Contains(b, n) {
			rest = append(rest, n)
		}
	}
	return rest
}
