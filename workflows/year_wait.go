package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

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
