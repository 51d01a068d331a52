package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// year is one institution's year (WF-1). What messages told stands in its
// fields; year_messages.go fills them, the main line here reads them.
type year struct {
	ref    contract.Ref
	joined campaign.Day
	rules  contract.Rules
	stage  campaign.Stage
	have   contract.Have

	extensions []contract.Extension
	seats      []int        // whose sheets were handed in
	vacant     []int        // whose holder went, until they are given again
	recounted  bool         // a seat was left: a number of sheets learned before is no more true
	refilled   campaign.Day // until when the newest of those who took over has time
	served     contract.Served
	unserved   bool         // the notice came back: the window stands still until it is served again
	filed      campaign.Day // when the rows now undecided were first filed
	appealed   []int
	decided    []int
	standing   []int // nobody decided in time: the marks stand
	published  bool
	stood      int          // the number of the last suspension that began (暂停) …
	went       int          // … and that ended
	stoodFrom  time.Time    // when it began
	resumed    time.Time    // when the year last went on; zero: it never stood still
	lateSeats  campaign.Day // until when reviewers have time in a year that went on late
	leaving    *contract.Leaving
	outcome    contract.YearOutcome
}

// errLeft ends the story early; run turns it into a departure (WF-4).
var errLeft = errors.New("left")

func runYear(ctx workflow.Context, in contract.YearInput) (contract.YearOutcome, error) {
	y := &year{ref: in.Ref, joined: in.Joined, rules: in.Rules, stage: campaign.Invited}
	if err := y.setup(ctx); err != nil {
		return contract.YearOutcome{}, err
	}
	return y.run(ctx)
}

func (y *year) run(ctx workflow.Context) (contract.YearOutcome, error) {
	err := y.story(ctx)
	if errors.Is(err, errLeft) {
		err = y.depart(ctx)
	}
	if err == nil {
		err = drain(ctx)
	}
	y.outcome.Stage = y.stage
	return y.outcome, err
}

// story is the year from notice to archive, one chapter after the other.
func (y *year) story(ctx workflow.Context) error {
	for _, chapter := range []func(workflow.Context) error{
		y.begin, y.plan, y.collect, y.selfScore, y.score, y.serve, y.hear, y.finalize, y.close,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

// begin waits for the launch, or for the day a mid-year entrant joined.
func (y *year) begin(ctx workflow.Context) error {
	return y.until(ctx, "等待年度启动", y.joined.Morning, never)
}

// plan asks for the yearly plan (第十一条). One who joined when plans were
// closed has none to hand in; a plan nobody reviewed is noted and goes on.
func (y *year) plan(ctx workflow.Context) error {
	if y.joined > y.rules.Calendar.PlanClose {
		return nil
	}
	if err := y.enter(ctx, campaign.Planning, y.planDue()); err != nil {
		return err
	}
	err := y.wait(ctx, chase{
		task: campaign.PlanTask, due: y.planDue, end: y.after(y.planClose),
		done: func() bool { return y.have.PlanState == planAccepted },
		idle: func() bool { return y.have.PlanState == planSubmitted },
	})
	if err != nil || y.have.PlanState != planSubmitted {
		return err
	}
	return y.alert(ctx, contract.AlertPlanUnreviewed)
}

// collect spans the year: evidence comes in, four quarterly letters name the
// rows that still have none, and a ladder leads to the close.
func (y *year) collect(ctx workflow.Context) error {
	if err := y.enter(ctx, campaign.Collecting, y.evidenceClose()); err != nil {
		return err
	}
	for q := range y.rules.Calendar.Quarters {
		if err := y.quarter(ctx, q); err != nil {
			return err
		}
	}
	return y.wait(ctx, chase{
		task: campaign.EvidenceTask, due: y.evidenceClose, end: y.after(y.evidenceClose), done: never,
	})
}

// quarter sends one quarterly letter; who joined later does not get it, and who
// was still at an extended plan gets it late.
func (y *year) quarter(ctx workflow.Context, q int) error {
	morning := func() time.Time { return y.rules.Calendar.Quarters[q].Morning() }
	if morning().Before(y.joined.Morning()) {
		return nil
	}
	if err := y.until(ctx, "等待季度提醒", morning, never); err != nil {
		return err
	}
	if m := morning(); m.Before(y.resumed) && !m.Before(y.stoodFrom) { // the letter that ended the suspension named the rows
		return nil
	}
	_, err := contract.Quarter.Do(ctx, contract.QuarterIn{Ref: y.ref, Quarter: q + 1, At: workflow.Now(ctx), Due: y.evidenceClose()})
	return err
}

// selfScore asks for the institution's own evaluation (第二十九条). Until its
// day it may be handed in again, so the stage lasts to its end. One that was
// received but never told, because the engine was away, is found at the end.
func (y *year) selfScore(ctx workflow.Context) error {
	if err := y.enter(ctx, campaign.SelfScore, y.selfScoreDue()); err != nil {
		return err
	}
	err := y.wait(ctx, chase{
		task: campaign.SelfScoreTask, due: y.selfScoreDue, end: y.after(y.selfScoreDue), done: never,
		idle: func() bool { return y.have.SelfScore > 0 },
	})
	if err != nil || y.have.SelfScore > 0 || asksBeforeClosing(ctx) {
		return err
	}
	return y.ask(ctx, y.selfScoreDue())
}

// serve tells the institution its result. The stage is entered when the mail
// transport has accepted the letter: the window runs from service (AP-2).
func (y *year) serve(ctx workflow.Context) error {
	for {
		err := y.until(ctx, "等待结果告知", func() time.Time { return y.rules.Calendar.Result.Morning() }, y.vacated)
		if err != nil {
			return err
		}
		if !y.vacated() {
			break
		}
		if err := y.review(ctx); err != nil {
			return err
		}
	}
	if err := y.deliver(ctx); err != nil {
		return err
	}
	return y.enter(ctx, campaign.Served, y.windowEnd())
}

// deliver runs Serve, which tries until the letter is accepted.
func (y *year) deliver(ctx workflow.Context) error {
	return y.whileStaying(ctx, func(ctx workflow.Context) (err error) {
		y.served, err = contract.Serve.Do(ctx, y.at(ctx))
		return err
	})
}

// whileStaying runs a step that may take as long as a mailbox is out of order.
// An institution that leaves meanwhile, revoked and unreachable, is not waited for.
func (y *year) whileStaying(ctx workflow.Context, do func(workflow.Context) error) error {
	var failed error
	over := false
	sctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	workflow.Go(sctx, func(ctx workflow.Context) {
		failed = do(ctx)
		over = true
	})
	if err := y.until(ctx, "", nil, func() bool { return over }); err != nil {
		return err
	}
	return failed
}

// hear keeps the window for 评价复核 open to its end and sees that what was
// filed gets decided, be it after the end. Before the window closes for good the
// score book is asked for what was filed while the engine was away. While the
// notice counts as not served no window runs, and no silence ends it.
func (y *year) hear(ctx workflow.Context) error {
	filed := func() bool { return len(y.undecided()) > 0 }
	for {
		if err := y.until(ctx, "评价复核申请期限", y.after(y.windowEnd), func() bool { return filed() || y.unserved }); err != nil {
			return err
		}
		if y.unserved && !filed() {
			if err := y.until(ctx, "", nil, func() bool { return filed() || !y.unserved }); err != nil {
				return err
			}
			continue
		}
		if !filed() {
			end := y.windowEnd()
			if err := y.ask(ctx, end); err != nil || !filed() && y.windowEnd() == end {
				return err
			}
			if !filed() {
				continue
			}
		}
		if err := y.decide(ctx); err != nil {
			return err
		}
	}
}

// decide gives the filed rows to a decider and, after silence, to a substitute.
// When he is silent too the marks stand and the officers are told (AP-3).
func (y *year) decide(ctx workflow.Context) error {
	decided := func() bool { return len(y.undecided()) == 0 }
	from := y.filed
	if from == "" { // the score book knew of it before any message told
		from = campaign.DayOf(workflow.Now(ctx))
	}
	for range 2 {
		day := y.rules.Holidays.AddWorkdays(from, y.rules.Settings.DecisionDays)
		if err := y.seat(ctx, contract.Decider, 0, day); err != nil {
			return err
		}
		due := func() campaign.Day { return day }
		err := y.chase(ctx, chase{task: campaign.DecideTask, due: due, end: y.after(due), done: decided})
		if err != nil || decided() {
			return err
		}
		from = campaign.DayOf(workflow.Now(ctx))
	}
	y.standing = append(y.standing, y.undecided()...)
	return y.alert(ctx, contract.AlertAppealSilent)
}

// finalize fixes the result when the window is over and all is decided.
func (y *year) finalize(ctx workflow.Context) error {
	err := y.whileStaying(ctx, func(ctx workflow.Context) error {
		final, err := contract.Finalize.Do(ctx, y.at(ctx))
		y.outcome.Total = final.Total
		return err
	})
	if err != nil {
		return err
	}
	return y.enter(ctx, campaign.Final, "")
}

// close waits for publication, which has no timer here: the campaign is the
// one that calls the officers. Then certificate, report or a proposed warning,
// whose case the step starts as a workflow of its own: it outlives the year.
func (y *year) close(ctx workflow.Context) error {
	if err := y.until(ctx, "", nil, func() bool { return y.published }); err != nil {
		return err
	}
	out, err := contract.Conclude.Do(ctx, y.at(ctx))
	if err != nil {
		return err
	}
	y.outcome.Kind, y.outcome.Case = out.Kind, out.Case
	return y.enter(ctx, campaign.Closed, "")
}

// depart ends the year early: withdrawn, revoked or merged (WF-4).
func (y *year) depart(ctx workflow.Context) error {
	y.outcome = contract.YearOutcome{}
	if err := y.move(ctx, campaign.Left); err != nil {
		return err
	}
	_, err := contract.Departing.Do(ctx, contract.DepartIn{Ref: y.ref, How: y.leaving.How, Successor: y.leaving.Successor, At: workflow.Now(ctx)})
	return err
}

// enter moves to a stage. The workflow moves first: the step writes the stage
// before it answers, and a message for the new stage may come in between.
func (y *year) enter(ctx workflow.Context, stage campaign.Stage, due campaign.Day) error {
	if y.leaving != nil {
		return errLeft
	}
	if err := y.move(ctx, stage); err != nil {
		return err
	}
	return y.ask(ctx, due)
}

// ask enters the stage at hand, once more when it was entered before, and
// learns what the score book holds; a day that it did not know of stands there then.
func (y *year) ask(ctx workflow.Context, due campaign.Day) error {
	have, err := contract.Enter.Do(ctx, contract.EnterIn{Ref: y.ref, Stage: y.stage, At: workflow.Now(ctx), Due: due})
	if err != nil {
		return err
	}
	y.learn(have)
	later := due
	for _, g := range have.Extended {
		if last, _ := y.extendable(g.Task); last == y.stage {
			later = max(later, g.Day)
		}
	}
	if later == due {
		return nil
	}
	return y.ask(ctx, later)
}

// move asks the transition function and shows the stage to the engine's lists.
func (y *year) move(ctx workflow.Context, stage campaign.Stage) error {
	next, err := y.stage.Follow(stage)
	if err != nil {
		return err
	}
	y.stage = next
	return workflow.UpsertTypedSearchAttributes(ctx, contract.StageKey.ValueSet(string(next)))
}

// seat fills a reviewer's or decider's seat, and alerts when nobody is free.
func (y *year) seat(ctx workflow.Context, step contract.Step[contract.SeatIn, contract.SeatOut], seat int, due campaign.Day) error {
	out, err := step.Do(ctx, contract.SeatIn{Ref: y.ref, Seat: seat, At: workflow.Now(ctx), Due: due, Vacated: y.refilled != ""})
	if err != nil || out.Reviewer != "" {
		return err
	}
	return y.alert(ctx, contract.AlertNoReviewer)
}

func (y *year) alert(ctx workflow.Context, about string) error {
	_, err := contract.Alert.Do(ctx, contract.AlertIn{Ref: y.ref, About: about, At: workflow.Now(ctx)})
	return err
}

// chase runs a chase of this year; leaving ends it.
func (y *year) chase(ctx workflow.Context, c chase) error {
	done := c.done
	c.ref, c.learn = y.ref, y.learn
	c.holidays = func() campaign.Holidays { return y.rules.Holidays }
	c.done = func() bool { return y.leaving != nil || done() }
	c.still, c.since = y.still(c.task), func() time.Time { return y.resumed }
	return y.unlessLeft(c.run(ctx))
}

// wait is the chase of an institution's own stage. Before the stage ends the
// score book is asked whether the year was suspended, or the task extended, while
// the engine was away: then its day has not come.
func (y *year) wait(ctx workflow.Context, c chase) error {
	for {
		if err := y.chase(ctx, c); err != nil || c.done() || !asksBeforeClosing(ctx) {
			return err
		}
		due := c.due()
		if err := y.ask(ctx, due); err != nil || !y.suspended() && c.due() == due {
			return err
		}
	}
}

// suspended tells whether the year stands still (暂停, WF-4). Numbers are
// compared, because an answer of the score book may be older than a message.
func (y *year) suspended() bool { return y.stood > y.went }

// still tells whether a task waits for the end of a suspension; what reviewers
// do goes on.
func (y *year) still(t campaign.Task) func() bool {
	return func() bool { return y.suspended() && t != campaign.ScoreTask && t != campaign.DecideTask }
}

// until is the package's until; leaving ends it, and while the year is suspended
// no day comes (WF-4).
func (y *year) until(ctx workflow.Context, summary string, due func() time.Time, done func() bool) error {
	if come := due; come != nil {
		due = func() time.Time {
			if y.suspended() {
				return noDay
			}
			return come()
		}
	}
	return y.unlessLeft(until(ctx, summary, due, func() bool { return y.leaving != nil || done() }))
}

func (y *year) unlessLeft(err error) error {
	if err == nil && y.leaving != nil {
		return errLeft
	}
	return err
}

func (y *year) at(ctx workflow.Context) contract.AtIn {
	return contract.AtIn{Ref: y.ref, At: workflow.Now(ctx)}
}
