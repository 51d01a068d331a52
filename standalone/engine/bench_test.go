package engine

import (
	"context"
	"fmt"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"sync"
	"testing"
	"time"
	"xuanping/app"
)

func TestZBench(t *testing.T) {
	_, c := open(t, options())
	work(t, c)
	m := app.NewMover(c, namespace)
	for _, n := range []int{24, 200} {
		began := time.Now()
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() { launch(t, c, fmt.Sprintf("b%d/%d", n, i), Year, 12, 30*day) })
		}
		wg.Wait()
		t.Logf("%d started in %v", n, time.Since(began))
		for _, d := range []int{10, 45, 80, 81} {
			s := time.Now()
			if err := m.To(t.Context(), fmt.Sprintf("WorkflowId STARTS_WITH 'b%d/'", n), began.Add(time.Duration(d)*day), nil); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d to day %d (timers due: %v): %v", n, d, d, time.Since(s).Round(time.Millisecond))
		}
	}
	it := c.GetWorkflowHistory(context.Background(), "b24/0", "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(e.EventId, e.EventTime.AsTime().Format(time.DateTime), e.EventType)
	}
	// updates while under way
	launch(t, c, "u/1", Year, 200, day)
	s := time.Now()
	done := make(chan error, 1)
	go func() { done <- m.To(t.Context(), "WorkflowId = 'u/1'", s.Add(180*day), nil) }()
	for k := 0; ; k++ {
		select {
		case err := <-done:
			fmt.Println("moved 180 timers", time.Since(s), err)
			return
		default:
			u := time.Now()
			h, err := c.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{WorkflowID: "u/1", UpdateName: "now", WaitForStage: client.WorkflowUpdateStageCompleted})
			var now time.Time
			if err == nil {
				err = h.Get(t.Context(), &now)
			}
			if k%20 == 0 {
				fmt.Println("update took", time.Since(u), "virtual day", int(now.Sub(s)/day), err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
