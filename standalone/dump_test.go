package main

import (
	"context"
	"fmt"
	"os"
"strings"

	enumspb "go.temporal.io/api/enums/v1"
)

func (g *ground) dump(id string) {
	f, _ := os.Create("/tmp/dump-" + strings.ReplaceAll(id,"/","_") + ".txt")
	defer f.Close()
	for it := g.client.GetWorkflowHistory(context.Background(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		e, err := it.Next()
		if err != nil {
			return
		}
		fmt.Fprintln(f, e.GetEventId(), e.GetEventTime().AsTime().Format("2006-01-02 15:04:05.000"), e.GetEventType(), e.GetTimerStartedEventAttributes(), e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName(), e.GetWorkflowExecutionTimeSkippingTransitionedEventAttributes(),e.GetWorkflowExecutionOptionsUpdatedEventAttributes().GetTimeSkippingConfig(), e.GetActivityTaskStartedEventAttributes().GetAttempt())
	}
}
