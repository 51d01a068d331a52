package workflows

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	"xuanping/contract"
)

// Histories of each release, as the engine's client writes them, lie in
// testdata/history: those of 1.0 there, of each later one in a folder. Those in
// mustfail are recorded ones with one thing altered on purpose (see mustFail), so
// that a replay that lets everything pass is noticed.
const (
	minHistories = 46 // of each release
	minMustFail  = 6
)

var releases = []string{"history", "history/1.1"}

func TestReplay(t *testing.T) {
	for _, release := range releases {
		for _, file := range histories(t, release, minHistories) {
			if err := replay(t, file); err != nil {
				t.Errorf("%s no longer replays: ask the change as a question in versions.go: %v", file, err)
			}
		}
	}
}

// WF-4: among the recorded ones is a year that was suspended and went on.
func TestWF4ReplayOfASuspendedYear(t *testing.T) {
	for _, file := range histories(t, "history/1.1", minHistories) {
		var told []string
		for _, e := range recorded(t, file).GetEvents() {
			if m := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetName(); m == contract.SuspendMsg.Name || m == contract.ResumeMsg.Name {
				told = append(told, m)
			}
		}
		if slices.Equal(told, []string{contract.SuspendMsg.Name, contract.ResumeMsg.Name}) {
			return
		}
	}
	t.Error("no recorded history of a suspended year")
}

func TestReplayNoticesAChange(t *testing.T) {
	for _, file := range histories(t, "history/mustfail", minMustFail) {
		if err := replay(t, file); err == nil {
			t.Errorf("%s replays, but was recorded from another order of steps", file)
		}
	}
}

// Beside the recorded ones, two histories made by hand show that the
// replay above tells one order of steps from another.
func TestReplayTellsOrdersApart(t *testing.T) {
	for _, c := range []struct {
		step contract.Step[contract.WarnIn, contract.WarnOut]
		same bool
	}{{contract.Warn, true}, {contract.Step[contract.WarnIn, contract.WarnOut]{Name: "Other"}, false}} {
		file := filepath.Join(t.TempDir(), "history.json")
		b, err := protojson.Marshal(begun(t, contract.WarningInput{Ref: ref, Settings: rules.Settings, Holidays: rules.Holidays}, c.step.Name))
		if err == nil {
			err = os.WriteFile(file, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := replay(t, file); (err == nil) != c.same {
			t.Errorf("a case that began with the step %s: %v", c.step.Name, err)
		}
	}
}

// begun is the history of a case whose first step was scheduled.
func begun(t *testing.T, in contract.WarningInput, step string) *history.History {
	t.Helper()
	input, err := converter.GetDefaultDataConverter().ToPayloads(in)
	if err != nil {
		t.Fatal(err)
	}
	queue, at := &taskqueue.TaskQueue{Name: contract.TaskQueue}, timestamppb.New(instant("2028-06-01"))
	events := []*history.HistoryEvent{
		{EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, Attributes: &history.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &history.WorkflowExecutionStartedEventAttributes{
				WorkflowType: &common.WorkflowType{Name: contract.WarningType}, TaskQueue: queue, Input: input, OriginalExecutionRunId: "run", Attempt: 1,
			}}},
		{EventType: enums.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, Attributes: &history.HistoryEvent_WorkflowTaskScheduledEventAttributes{
			WorkflowTaskScheduledEventAttributes: &history.WorkflowTaskScheduledEventAttributes{TaskQueue: queue}}},
		{EventType: enums.EVENT_TYPE_WORKFLOW_TASK_STARTED, Attributes: &history.HistoryEvent_WorkflowTaskStartedEventAttributes{
			WorkflowTaskStartedEventAttributes: &history.WorkflowTaskStartedEventAttributes{ScheduledEventId: 2}}},
		{EventType: enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, Attributes: &history.HistoryEvent_WorkflowTaskCompletedEventAttributes{
			WorkflowTaskCompletedEventAttributes: &history.WorkflowTaskCompletedEventAttributes{ScheduledEventId: 2, StartedEventId: 3}}},
		{EventType: enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, Attributes: &history.HistoryEvent_ActivityTaskScheduledEventAttributes{
			ActivityTaskScheduledEventAttributes: &history.ActivityTaskScheduledEventAttributes{
				ActivityId: "5", ActivityType: &common.ActivityType{Name: step}, TaskQueue: queue, WorkflowTaskCompletedEventId: 4,
			}}},
	}
	for i, e := range events {
		e.EventId, e.EventTime = int64(i+1), at
	}
	return &history.History{Events: events}
}

func histories(t *testing.T, dir string, least int) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", filepath.FromSlash(dir), "*.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < least {
		t.Fatalf("%d histories in testdata/%s, want at least %d", len(files), dir, least)
	}
	return files
}

func replay(t *testing.T, file string) error {
	t.Helper()
	r := worker.NewWorkflowReplayer()
	Register(r)
	return r.ReplayWorkflowHistory(quiet{}, recorded(t, file))
}

// recorded reads a history as the engine's client writes it, packed or not.
func recorded(t *testing.T, file string) *history.History {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if filepath.Ext(file) == ".gz" {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	h, err := client.HistoryFromJSON(in, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
