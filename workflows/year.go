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
