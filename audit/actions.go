package audit

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// Actions counts what Temporal Cloud would bill for a run, and its events.
// After docs.temporal.io/cloud/actions, as far as a history shows it:
//
//   - workflow started, 1 for each run: by a client, as a child, by continue-as-new
//     (the new run's start is that Action, so the event that ends the old run is none)
//   - child workflow initiated, 1 in the parent, besides the child's own start
//   - activity scheduled, 1, and each further attempt 1
//   - timer started, 1, those of AwaitWithOptions among them
//   - signal received, but for the one that started the run; signal sent
//   - update accepted, 1
//   - search attributes upserted, 1 for a command, unless only TemporalChangeVersion
//   - markers, 1 for a workflow task that recorded any, versions excepted
//
// Not in a history, so not counted: queries, heartbeats, updates that a validator
// refused, and attempts of an activity that has not ended.
func Actions(h History) (actions, events int) {
	marked := map[int64]bool{}
	for _, e := range h.Events {
		if m := e.GetMarkerRecordedEventAttributes(); m != nil {
			task := m.GetWorkflowTaskCompletedEventId()
			if m.GetMarkerName() != versionMarker && !marked[task] {
				marked[task] = true
				actions++
			}
			continue
		}
		actions += billed(e)
	}
	return actions, len(h.Events)
}

const versionMarker = "Version"

func billed(e *historypb.HistoryEvent) int {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
		enumspb.EVENT_TYPE_TIMER_STARTED,
		enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		return 1
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		if e.GetEventId() != 2 { // 2: signal-with-start, one Action with the start
			return 1
		}
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED: // written when the activity ends, with its last attempt
		return int(max(e.GetActivityTaskStartedEventAttributes().GetAttempt(), 1)) - 1
	case enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
		fields := e.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes().GetIndexedFields()
		if _, version := fields["TemporalChangeVersion"]; !version || len(fields) > 1 {
			return 1
		}
	}
	return 0
}
