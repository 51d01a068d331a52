package main

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"xuanping/audit"
	"xuanping/contract"
)

// kind is what a bare workflow has to do at a point of its script.
type kind string

const (
	startTimer  kind = "timer started"
	awaitTimer  kind = "timer fired"
	cancelTimer kind = "timer cancelled"
	hearUpdate  kind = "update"
	runActivity kind = "activity"
)

// line is one line of a script; timers are due at an instant.
type line struct {
	kind kind
	due  time.Time
}

// script reads off a recorded history what a workflow without any rules must
// do to have the same timers, updates and activities in the same order.
func script(h audit.History) (lines []line) {
	for _, e := range h.Events {
		switch e.GetEventType() {
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			due := e.GetEventTime().AsTime().Add(e.GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration())
			lines = append(lines, line{startTimer, due})
		case enumspb.EVENT_TYPE_TIMER_FIRED:
			lines = append(lines, line{kind: awaitTimer})
		case enumspb.EVENT_TYPE_TIMER_CANCELED:
			lines = append(lines, line{kind: cancelTimer})
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
			lines = append(lines, line{kind: hearUpdate})
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			lines = append(lines, line{kind: runActivity})
		}
	}
	return lines
}

// counts tells how often a history or its script has each kind of line.
func counts(lines []line) map[kind]int {
	n := map[kind]int{}
	for _, l := range lines {
		n[l.kind]++
	}
	return n
}

const (
	bareType     = "Bare"
	bareActivity = "Nothing"
)

var bareMsg = contract.Message[contract.None, contract.None]{Name: "Tell"}

// registerBare makes the bare workflow known; it takes the number of its script.
func registerBare(w worker.Worker, scripts func(n int) []line) {
	w.RegisterActivityWithOptions(func(context.Context) error { return nil }, activity.RegisterOptions{Name: bareActivity})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context, n int) error { return bareYear(ctx, scripts(n)) }, workflow.RegisterOptions{Name: bareType})
}

// bareYear is the least that Temporal lets a workflow do for a script: one
// counter, no rules, no stage, no answer looked at.
func bareYear(ctx workflow.Context, lines []line) error {
	told, heard := 0, 0
	if err := workflow.SetUpdateHandler(ctx, bareMsg.Name, func(workflow.Context, contract.None) (contract.None, error) {
		told++
		return contract.None{}, nil
	}); err != nil {
		return err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumInterval: time.Minute}})
	var timer workflow.Future
	var cancel workflow.CancelFunc
	for _, l := range lines {
		var err error
		switch l.kind {
		case startTimer:
			var tctx workflow.Context
			tctx, cancel = workflow.WithCancel(ctx)
			timer = workflow.NewTimer(tctx, l.due.Sub(workflow.Now(ctx)))
		case awaitTimer:
			err = timer.Get(ctx, nil)
		case cancelTimer:
			cancel()
		case hearUpdate:
			heard++
			err = workflow.Await(ctx, func() bool { return told >= heard })
		case runActivity:
			err = workflow.ExecuteActivity(ctx, bareActivity).Get(ctx, nil)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", l.kind, err)
		}
	}
	return nil
}
