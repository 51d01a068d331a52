package audit

import (
	"context"
	"errors"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"xuanping/contract"
)

// present leaves out runs that the engine lists and does not have. After a restore
// from dumps that did not stop the service its lists may be younger than itself
// (decision 0017): they name runs that were lost, and whose workflows were started
// anew since. A run is left out only when another of its workflow is there and none
// continues it; else reading it fails and names it.
func present(ctx context.Context, c contract.Client, found []*commonpb.WorkflowExecution) []*commonpb.WorkflowExecution {
	runs := map[string]int{}
	for _, e := range found {
		runs[e.GetWorkflowId()]++
	}
	gone, there, continued := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range found {
		if runs[e.GetWorkflowId()] < 2 {
			continue
		}
		first, err := c.GetWorkflowHistory(ctx, e.GetWorkflowId(), e.GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT).Next()
		if _, lost := errors.AsType[*serviceerror.NotFound](err); lost {
			gone[e.GetRunId()] = true
		}
		if err == nil {
			there[e.GetWorkflowId()] = true
			continued[first.GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()] = true
		}
	}
	var all []*commonpb.WorkflowExecution
	for _, e := range found {
		if gone[e.GetRunId()] && there[e.GetWorkflowId()] && !continued[e.GetRunId()] {
			continue
		}
		all = append(all, e)
	}
	return all
}
