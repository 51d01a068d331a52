package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"xuanping/app"
)

// Flaky runs an activity that fails three times with an hour between the tries.
func Flaky(ctx workflow.Context) (time.Duration, error) {
	began := workflow.Now(ctx)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Hour, BackoffCoefficient: 1, MaximumAttempts: 10},
	})
	err := workflow.ExecuteActivity(ctx, Fails).Get(ctx, nil)
	return workflow.Now(ctx).Sub(began), err
}

// Fails until its fourth try.
func Fails(ctx context.Context) error {
	if activity.GetInfo(ctx).Attempt < 4 {
		return errors.New("not yet")
	}
	return nil
}

// Three years of twelve months pass step by step, every one at the same date.
func TestThreeYears(t *testing.T) {
	_, c := open(t, options())
	work(t, c)
	m := app.NewMover(c, namespace)
	if err := m.Allowed(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var runs []client.WorkflowRun
	for i := range 3 {
		runs = append(runs, launch(t, c, fmt.Sprintf("2027/%d", i), Year, 12, 30*day))
	}
	for _, days := range []int{45, 200, 361} {
		to := began.Add(time.Duration(days) * day)
		step, total := time.Now(), 0
		if err := m.To(t.Context(), "WorkflowId STARTS_WITH '2027/'", to, func(_, n int) { total = n }); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d executions moved to day %d in %v", total, days, time.Since(step).Round(time.Millisecond))
		if days == 361 {
			break
		}
		for _, r := range runs {
			// From there it goes on at the pace of real time.
			if now := asked(t, c, r.GetID()); now.Before(to) || now.Sub(to) > time.Since(step)+time.Second {
				t.Errorf("%s stands at %v, want %v", r.GetID(), now, to)
			}
		}
	}
	for _, r := range runs {
		var woke []time.Time
		if err := r.Get(t.Context(), &woke); err != nil || len(woke) != 12 {
			t.Fatal(woke, err)
		}
		for i := 1; i < len(woke); i++ {
			if gap := woke[i].Sub(woke[i-1]) - 30*day; gap < 0 || gap > time.Minute {
				t.Errorf("%s: month %d took %v more than 30 days", r.GetID(), i, gap)
			}
		}
	}
	if took := time.Since(began); took > 10*time.Minute {
		t.Errorf("a year took %v", took)
	}
}

// A child is born at its parent's virtual date, lives there, and both arrive together.
func TestChildMovesWithParent(t *testing.T) {
	_, c := open(t, options())
	work(t, c)
	m := app.NewMover(c, namespace)
	start := time.Now()
	r := launch(t, c, "family", Parent, 48*time.Hour)
	step := time.Now()
	if err := m.To(t.Context(), "WorkflowId = 'family'", start.Add(20*day), nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("parent and child moved in %v", time.Since(step).Round(time.Millisecond))
	if err := m.To(t.Context(), "WorkflowId = 'family'", start.Add(400*day), nil); err != nil {
		t.Fatal(err)
	}
	var woke []time.Time
	if err := r.Get(t.Context(), &woke); err != nil {
		t.Fatal(err)
	}
	// The engine does not hand the child's time to the parent: it goes on from day 10.
	for i, days := range []int{10, 10, 12, 10} {
		if off := woke[i].Sub(start) - time.Duration(days)*day; off < 0 || off > 30*time.Second {
			t.Errorf("moment %d is %v off day %d", i, off, days)
		}
	}
}

// A child that outlives the target holds its parent's clock; the mover says so instead of waiting.
func TestLongChildHoldsParent(t *testing.T) {
	_, c := open(t, options())
	work(t, c)
	launch(t, c, "long", Parent, 100*day)
	err := app.NewMover(c, namespace).To(t.Context(), "WorkflowId = 'long'", time.Now().Add(20*day), nil)
	if !errors.Is(err, app.ErrHeld) || !strings.Contains(err.Error(), "long/child") {
		t.Fatal(err)
	}
}

// Waits between the tries of a step are skipped too, and none is lost: three failures cost three
// virtual hours, for each of thirty on their way at once.
func TestRetryWaitsAreSkipped(t *testing.T) {
	_, c := open(t, options())
	work(t, c)
	start := time.Now()
	var runs []client.WorkflowRun
	for i := range 30 {
		runs = append(runs, launch(t, c, fmt.Sprintf("flaky/%d", i), Flaky))
	}
	if err := app.NewMover(c, namespace).To(t.Context(), "WorkflowId STARTS_WITH 'flaky/'", start.Add(20*day), nil); err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		var took time.Duration
		if err := r.Get(t.Context(), &took); err != nil || took < 3*time.Hour || took > 3*time.Hour+time.Minute {
			t.Error(r.GetID(), took, err)
		}
	}
}

// A workflow started in the middle of a rehearsal, with a delay up to the virtual now, sees its
// first moment at the virtual date and none before.
func TestStartDelayMeetsTheVirtualDate(t *testing.T) {
	_, c := open(t, options())
	work(t, c)
	virtual := time.Now().Add(100 * day)
	r, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "late", TaskQueue: "test", StartDelay: time.Until(virtual)}, Child, 5*day)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.NewMover(c, namespace).To(t.Context(), "WorkflowId = 'late'", virtual.Add(10*day), nil); err != nil {
		t.Fatal(err)
	}
	var woke []time.Time
	if err := r.Get(t.Context(), &woke); err != nil {
		t.Fatal(err)
	}
	for i, want := range []time.Time{virtual, virtual.Add(5 * day)} {
		if off := woke[i].Sub(want); off < -time.Second || off > 30*time.Second {
			t.Errorf("moment %d is %v off", i, off)
		}
	}
}

// Updates that come in on the way must not make the engine jump over timers that are just due.
func TestUpdatesOnTheWay(t *testing.T) {
	_, c := open(t, options())
	work(t, c)
	start := time.Now()
	r := launch(t, c, "talk", Year, 40, day)
	moved := make(chan error, 1)
	go func() {
		moved <- app.NewMover(c, namespace).To(t.Context(), "WorkflowId = 'talk'", start.Add(39*day+time.Hour), nil)
	}()
	talks := 0
	for going := true; going; talks++ {
		select {
		case err := <-moved:
			if err != nil {
				t.Fatal(err)
			}
			going = false
		default:
			asked(t, c, "talk")
		}
	}
	t.Logf("39 timers and %d updates in %v", talks, time.Since(start).Round(time.Millisecond))
	if err := app.NewMover(c, namespace).To(t.Context(), "WorkflowId = 'talk'", start.Add(41*day), nil); err != nil {
		t.Fatal(err)
	}
	var woke []time.Time
	if err := r.Get(t.Context(), &woke); err != nil || len(woke) != 40 {
		t.Fatal(len(woke), err)
	}
	for i, at := range woke {
		if off := at.Sub(start) - time.Duration(i+1)*day; off < 0 || off > time.Minute {
			t.Fatalf("timer %d woke %v late", i+1, off)
		}
	}
}
