package contract

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// A Step is something a workflow asks of the world. Its name stands in
// histories: it may not change without a version flag.
type Step[In, Out any] struct {
	Name  string
	Say   string        // Chinese summary that an auditor reads in the history
	Try   time.Duration // one try may take this long
	Tries int32         // 0: until it succeeds or says that it never will
	Beat  time.Duration // long steps report progress at least this often; 0: none
}

// Do runs the step from workflow code. A step that fails for good ends the
// workflow task with an ApplicationError of type Final.
func (s Step[In, Out]) Do(ctx workflow.Context, in In) (Out, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: s.Try,
		HeartbeatTimeout:    s.Beat,
		Summary:             s.Say,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute,
			MaximumAttempts: s.Tries, NonRetryableErrorTypes: []string{Final},
		},
	})
	var out Out
	err := workflow.ExecuteActivity(ctx, s.Name, in).Get(ctx, &out)
	return out, err
}

// Serve binds the step to the function that does it; another type does not compile.
func (s Step[In, Out]) Serve(r worker.ActivityRegistry, do func(context.Context, In) (Out, error)) {
	r.RegisterActivityWithOptions(do, activity.RegisterOptions{Name: s.Name})
}

// Final is the error type of a step that will never succeed.
const Final = "Final"

// None is the answer of a step or message that has nothing to say.
type None struct{}
