package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// land waits a little for a leap under way; one that takes too long is called
// off, so that the clock stands still before it is read for the next.
func (j *journey) land(ctx context.Context, v *traveller, until time.Time) error {
	if time.Now().Before(until) {
		return sleep(ctx, 5*time.Millisecond)
	}
	err := j.options(ctx, v.id, &commonpb.TimeSkippingConfig{DisablePropagation: true, MaxSessionSkipCount: skipsPerMove})
	var gone *serviceerror.NotFound
	if err != nil && !errors.As(err, &gone) {
		return fmt.Errorf("停止快进工作流 %s:%w", v.id, err)
	}
	return nil
}

// hop fast-forwards to the next stop. An idle execution skips within the call; whoever asked reads
// the clock again anyway.
func (j *journey) hop(ctx context.Context, v *traveller, gap time.Duration) error {
	err := j.set(ctx, v.id, fmt.Sprintf("to-%d", v.next.UnixNano()), gap)
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) { // it ended meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("快进工作流 %s:%w", v.id, err)
	}
	return sleep(ctx, 5*time.Millisecond)
}

// set starts a fast-forward. Children do not inherit it: one started on the way keeps the virtual
// date it was born at and is moved by the next look; with inheritance it would run through to its end.
func (m *Mover) set(ctx context.Context, workflowID, forwardID string, by time.Duration) error {
	return m.options(ctx, workflowID, &commonpb.TimeSkippingConfig{
		Enabled: true, DisablePropagation: true, MaxSessionSkipCount: skipsPerMove,
		FastForwardConfig: &commonpb.FastForwardConfig{Id: forwardID, Duration: durationpb.New(by)},
	})
}

func (m *Mover) options(ctx context.Context, workflowID string, c *commonpb.TimeSkippingConfig) error {
	_, err := m.client.WorkflowService().UpdateWorkflowExecutionOptions(ctx, &workflowservice.UpdateWorkflowExecutionOptionsRequest{
		Namespace:                m.namespace,
		WorkflowExecution:        &commonpb.WorkflowExecution{WorkflowId: workflowID},
		WorkflowExecutionOptions: &workflowpb.WorkflowExecutionOptions{TimeSkippingConfig: c},
		UpdateMask:               &fieldmaskpb.FieldMask{Paths: []string{"time_skipping_config"}},
	})
	return err
}
