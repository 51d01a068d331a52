package audit

import (
	"fmt"
	"strings"
	"sync"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
)

// Failure is a history that this build's workflow code does not tell again.
type Failure struct {
	WorkflowID string
	RunID      string
	Err        error
}

// String names the workflow and the first line of what went wrong.
func (f Failure) String() string {
	why, _, _ := strings.Cut(f.Err.Error(), "\n")
	return fmt.Sprintf("%s（%s）：重放不一致：%s", f.WorkflowID, f.RunID, why)
}

// Error is String: a failure is what a replay has for an error.
func (f Failure) Error() string { return f.String() }

// ReplayEach runs n histories through the workflow code that register makes known
// (WF-3). Each is loaded when its turn comes: so reading them is spread over the
// cores too, and memory holds as many as run at once. It returns for each nil, the
// error of loading it, or its Failure; progress may be nil.
//
// Replay compares the names and ids of steps and the ids of timers. It notices neither
// a changed input nor a moved day; Recount and CheckLedger look at those.
func ReplayEach(n int, load func(i int) (History, error), register func(worker.WorkflowRegistry), parallel int, progress func(done, total int)) []error {
	errs := make([]error, n)
	work := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range max(1, min(parallel, n)) {
		wg.Go(func() {
			r := worker.NewWorkflowReplayer()
			register(r)
			for i := range work {
				h, err := load(i)
				if err == nil {
					if err = replay(r, h); err != nil {
						err = Failure{h.WorkflowID, h.RunID, err}
					}
				}
				errs[i] = err
				mu.Lock()
				if done++; progress != nil {
					progress(done, n)
				}
				mu.Unlock()
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	return errs
}

// BareReplay is how long the SDK's own replayer takes for the same histories, one
// after the other: what the parallel replay is measured against.
func BareReplay(n int, load func(i int) (History, error), register func(worker.WorkflowRegistry)) time.Duration {
	began := time.Now()
	r := worker.NewWorkflowReplayer()
	register(r)
	for i := range n {
		if h, err := load(i); err == nil {
			_ = r.ReplayWorkflowHistory(quiet{}, &historypb.History{Events: h.Events}) // ReplayEach tells what fails
		}
	}
	return time.Since(began)
}

// replay turns a panic of a mangled history into its failure: one bad file
// must not end the audit of all others.
func replay(r worker.WorkflowReplayer, h History) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("历史无法重放：%v", p)
		}
	}()
	var o worker.ReplayWorkflowHistoryOptions
	o.OriginalExecution.ID, o.OriginalExecution.RunID = h.WorkflowID, h.RunID
	return r.ReplayWorkflowHistoryWithOptions(quiet{}, &historypb.History{Events: h.Events}, o)
}

// quiet drops what the replayer logs: its findings come back as errors.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
