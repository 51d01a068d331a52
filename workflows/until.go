package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// noDay is the instant of what does not come: no timer runs for it.
var noDay = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// until waits until done holds or the due instant has come; the caller asks
// done which of the two it was. due is asked again whenever something is heard,
// because a message may have moved it; without due only done ends the wait, and
// while due says noDay only done or a new day does.
func until(ctx workflow.Context, summary string, due func() time.Time, done func() bool) error {
	if due == nil {
		return workflow.Await(ctx, done)
	}
	for !done() {
		at := due()
		if at.Equal(noDay) {
			if err := workflow.Await(ctx, func() bool { return done() || !due().Equal(noDay) }); err != nil {
				return err
			}
			continue
		}
		left := at.Sub(workflow.Now(ctx))
		if left <= 0 {
			return nil
		}
		// A timer of our own: AwaitWithOptions would leave it running, to wake the
		// workflow for nothing on a day that no longer matters.
		running, cancel := workflow.WithCancel(ctx)
		timer := workflow.NewTimerWithOptions(running, left, workflow.TimerOptions{Summary: summary})
		err := workflow.Await(ctx, func() bool { return timer.IsReady() || done() || !due().Equal(at) })
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// A chase waits for a task of somebody else, with the reminders of its ladder
// on the way (ML-4), until it is done or its end has come.
type chase struct {
	ref      contract.Ref
	holidays func() campaign.Holidays
	task     campaign.Task
	due      func() campaign.Day // what the ladder is built on
	end      func() time.Time    // when waiting is over
	done     func() bool         // what was waited for is in
	idle     func() bool         // the ball is not with the other side: no reminder now
	silent   bool                // nobody is reminded, only the end is waited for
	still    func() bool         // the wait stands still: no rung and no end comes
	since    func() time.Time    // rungs of before are not taken
	learn    func(contract.Have) // takes what a reminder found in the score book
	from     time.Time           // rungs after it are asked for, though their morning be over; zero: from now on
	first    bool                // it goes by the ladders of before 1.1
}

// run takes the rungs in their order. One that fell into an absence of the
// engine is asked for late, but asked for.
func (c chase) run(ctx workflow.Context) error {
	seen := workflow.Now(ctx)
	if !c.from.IsZero() {
		seen = c.from
	}
	c.first = !c.silent && !remindsOnTheDay(ctx)
	for {
		err := until(ctx, c.task.Chinese()+"：催办或截止", func() time.Time { _, at := c.next(seen); return at }, c.done)
		rung, at := c.next(seen)
		if err != nil || c.done() || rung.Step == 0 {
			return err
		}
		seen = at
		if c.idle != nil && c.idle() {
			continue
		}
		have, err := contract.Remind.Do(ctx, contract.RemindIn{
			Ref: c.ref, Task: c.task, Step: rung.Step, After: rung.After, Last: rung.Last, First: c.first, Due: c.due(), At: workflow.Now(ctx),
		})
		if err != nil {
			return err
		}
		c.learn(have)
	}
}

// next gives the first rung after seen and its instant; no rung and the end
// when none is left before it.
func (c chase) next(seen time.Time) (campaign.Rung, time.Time) {
	end := c.end()
	if c.still != nil && c.still() {
		return campaign.Rung{}, noDay
	}
	if c.silent {
		return campaign.Rung{}, end
	}
	if c.since != nil && c.since().After(seen) {
		seen = c.since()
	}
	ladder := campaign.Holidays.Ladder
	if c.first {
		ladder = campaign.Holidays.FirstLadder
	}
	for _, r := range ladder(c.holidays(), c.task, c.due()) {
		if at := r.Day.Morning(); at.After(seen) && at.Before(end) {
			return r, at
		}
	}
	return campaign.Rung{}, end
}

// drain lets every message be answered before the workflow ends: whoever told
// it something must not be left without an answer.
func drain(ctx workflow.Context) error {
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// note makes the answer of a message that only sets state.
func note[In any](set func(In)) func(workflow.Context, In) (contract.None, error) {
	return func(_ workflow.Context, in In) (contract.None, error) {
		set(in)
		return contract.None{}, nil
	}
}

func never() bool { return false }
