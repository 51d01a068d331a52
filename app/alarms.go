package app

import (
	"context"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// timers brings the traveller's pending timers up to date from the events added since the last look:
// a description does not show timers. The history is read backwards, to the last event known.
func (j *journey) timers(ctx context.Context, v *traveller, run string) error {
	if v.run != run {
		v.run, v.event, v.alarms = run, 0, map[int64]time.Time{}
	}
	var fresh []*historypb.HistoryEvent
	for token := []byte(nil); ; {
		page, err := j.client.WorkflowService().GetWorkflowExecutionHistoryReverse(ctx, &workflowservice.GetWorkflowExecutionHistoryReverseRequest{
			Namespace: j.namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: v.id, RunId: run}, MaximumPageSize: 50, NextPageToken: token,
		})
		if err != nil {
			return fmt.Errorf("读取工作流 %s 的历史:%w", v.id, err)
		}
		events := page.GetHistory().GetEvents()
		fresh = append(fresh, events...)
		token = page.GetNextPageToken()
		if len(events) == 0 || len(token) == 0 || events[len(events)-1].GetEventId() <= v.event+1 {
			break
		}
	}
	for i := len(fresh) - 1; i >= 0; i-- {
		if e := fresh[i]; e.GetEventId() > v.event {
			v.note(e)
			v.event = e.GetEventId()
		}
	}
	return nil
}

// note keeps the set of pending timers; a delayed start counts as one until the first task.
func (v *traveller) note(e *historypb.HistoryEvent) {
	at := e.GetEventTime().AsTime()
	switch {
	case e.GetTimerStartedEventAttributes() != nil:
		v.alarms[e.GetEventId()] = at.Add(e.GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration())
	case e.GetTimerFiredEventAttributes() != nil:
		delete(v.alarms, e.GetTimerFiredEventAttributes().GetStartedEventId())
	case e.GetTimerCanceledEventAttributes() != nil:
		delete(v.alarms, e.GetTimerCanceledEventAttributes().GetStartedEventId())
	case e.GetWorkflowExecutionStartedEventAttributes() != nil:
		if wait := e.GetWorkflowExecutionStartedEventAttributes().GetFirstWorkflowTaskBackoff().AsDuration(); wait > 0 {
			v.alarms[0] = at.Add(wait)
		}
	case e.GetWorkflowTaskScheduledEventAttributes() != nil:
		delete(v.alarms, 0)
	}
}
