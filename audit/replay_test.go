package audit

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
)

// replayAll replays histories that are loaded, and tells how many came out the
// same; failures stand in the order of the histories.
func replayAll(histories []History, register func(worker.WorkflowRegistry), parallel int, progress func(done, total int)) (ok int, failures []Failure) {
	for _, err := range ReplayEach(len(histories), func(i int) (History, error) { return histories[i], nil }, register, parallel, progress) {
		var f Failure
		if errors.As(err, &f) {
			failures = append(failures, f)
		}
	}
	return len(histories) - len(failures), failures
}

func TestReplayRecorded(t *testing.T) {
	all := recorded(t, "")
	skips := 0
	for _, h := range all {
		for _, e := range h.Events {
			if e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED {
				skips++
			}
		}
	}
	if skips == 0 {
		t.Fatal("no recorded history has skipped time: the test would not show that skipping does not disturb")
	}
	for _, parallel := range []int{0, 1, 3, 99} {
		var last atomic.Int64
		n, failures := replayAll(all, tell, parallel, func(done, total int) {
			if total != len(all) || int64(done) != last.Add(1) {
				t.Errorf("progress %d of %d", done, total)
			}
		})
		if n != len(all) || len(failures) != 0 || int(last.Load()) != len(all) {
			t.Errorf("%d at once: %d ok, %v, progress to %d", parallel, n, failures, last.Load())
		}
	}
}

func TestReplayNothing(t *testing.T) {
	if n, failures := replayAll(nil, tell, 2, nil); n != 0 || failures != nil {
		t.Errorf("%d %v", n, failures)
	}
}

// What must fail fails, is named, and does not disturb the others.
func TestReplayNoticesAChange(t *testing.T) {
	good, bad := recorded(t, ""), recorded(t, "mustfail")
	n, failures := replayAll(slices.Concat(bad, good, bad), tell, 2, nil)
	if n != len(good) || len(failures) != 2*len(bad) {
		t.Fatalf("%d ok, %v", n, failures)
	}
	for _, f := range failures {
		if f.WorkflowID != bad[0].WorkflowID || f.RunID != bad[0].RunID || !strings.Contains(f.Err.Error(), "Nag") {
			t.Errorf("%v", f)
		}
		if strings.Contains(f.String(), "\n") || !strings.HasPrefix(f.String(), f.WorkflowID) {
			t.Errorf("not one line: %q", f.String())
		}
	}
}

func TestReplayMangled(t *testing.T) {
	year := load(t, "testdata/year.json")
	cut := year
	cut.Events = slices.Delete(slices.Clone(year.Events), 4, 5) // the first step was never scheduled
	nobody := year
	nobody.Type = "?"
	for name, c := range map[string]struct {
		h        History
		register func(worker.WorkflowRegistry)
	}{
		"empty":            {History{WorkflowID: "x"}, tell},
		"no events of use": {History{WorkflowID: "x", Events: []*historypb.HistoryEvent{{}, {}, {}}}, tell},
		"a step is gone":   {cut, tell},
		"unknown workflow": {nobody, func(worker.WorkflowRegistry) {}},
	} {
		if n, failures := replayAll([]History{c.h}, c.register, 1, nil); n != 0 || len(failures) != 1 || failures[0].WorkflowID != c.h.WorkflowID {
			t.Errorf("%s: %d ok, %v", name, n, failures)
		}
	}
}
