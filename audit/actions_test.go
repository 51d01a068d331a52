package audit

import (
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

func of(kind enumspb.EventType) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: kind, EventId: 9}
}

func started(attempt int32) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED, Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
		ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{Attempt: attempt}}}
}

func upsert(names ...string) *historypb.HistoryEvent {
	fields := map[string]*commonpb.Payload{}
	for _, n := range names {
		fields[n] = &commonpb.Payload{}
	}
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, Attributes: &historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes{
		UpsertWorkflowSearchAttributesEventAttributes: &historypb.UpsertWorkflowSearchAttributesEventAttributes{SearchAttributes: &commonpb.SearchAttributes{IndexedFields: fields}}}}
}

func marker(name string, task int64) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_MARKER_RECORDED, Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{
		MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{MarkerName: name, WorkflowTaskCompletedEventId: task}}}
}

func TestActions(t *testing.T) {
	first := of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
	first.EventId = 2
	for name, c := range map[string]struct {
		want   int
		events []*historypb.HistoryEvent
	}{
		"start":             {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)}},
		"child":             {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED), of(enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)}},
		"one attempt":       {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED), started(1), of(enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)}},
		"four attempts":     {4, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED), started(4), of(enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)}},
		"attempt unset":     {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED), started(0)}},
		"timer":             {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_TIMER_STARTED), of(enumspb.EVENT_TYPE_TIMER_FIRED)}},
		"update":            {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED), of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED)}},
		"signal":            {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)}},
		"signal with start": {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED), first}},
		"signal sent":       {1, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED)}},
		"search attributes": {2, []*historypb.HistoryEvent{upsert("XuanpingStage", "XuanpingCode"), upsert("XuanpingStage", "TemporalChangeVersion"), upsert("TemporalChangeVersion")}},
		"markers":           {2, []*historypb.HistoryEvent{marker("Version", 4), marker("SideEffect", 4), marker("SideEffect", 4), marker("LocalActivity", 8)}},
		"continued as new":  {0, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)}},
		"the engine's own": {0, []*historypb.HistoryEvent{of(enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), of(enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED), of(enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
			of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED), of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)}},
	} {
		if actions, events := Actions(History{Events: c.events}); actions != c.want || events != len(c.events) {
			t.Errorf("%s: %d actions, %d events; want %d, %d", name, actions, events, c.want, len(c.events))
		}
	}
}

// The recorded year: start, two steps with three attempts, stage shown, one
// timer, one message, one child.
func TestActionsRecorded(t *testing.T) {
	for file, want := range map[string][2]int{
		"year.json": {8, 42}, "warning.json": {2, 11}, "campaign-1.json": {3, 22}, "campaign-2.json": {1, 5},
	} {
		if actions, events := Actions(load(t, "testdata/"+file)); actions != want[0] || events != want[1] {
			t.Errorf("%s: %d actions, %d events, want %v", file, actions, events, want)
		}
	}
}
