package audit

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"xuanping/contract"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"xuanping/campaign"
)

func TestSaveAndLoad(t *testing.T) {
	for _, h := range recorded(t, "") {
		var b bytes.Buffer
		ok(t, Save(h, &b))
		again, err := Load(&b)
		ok(t, err)
		if again.WorkflowID != h.WorkflowID || again.RunID != h.RunID || again.Type != h.Type || len(h.Events) < 5 {
			t.Errorf("%s %s %s with %d events came back as %s %s %s", h.WorkflowID, h.RunID, h.Type, len(h.Events), again.WorkflowID, again.RunID, again.Type)
		}
		if !proto.Equal(&historypb.History{Events: h.Events}, &historypb.History{Events: again.Events}) {
			t.Errorf("%s came back with other events", h.WorkflowID)
		}
	}
}

func TestLoadNamesTheRun(t *testing.T) {
	h := load(t, "testdata/year.json")
	if h.WorkflowID != "2027/CNCA-R-2002-001" || h.Type != "Year" || len(h.RunID) != 36 {
		t.Errorf("%s %s %s", h.WorkflowID, h.RunID, h.Type)
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"events":[]}`, `{"events":[{"eventId":"1"}]}`, `{"events":[{"eventId":"x"}]}`} {
		if _, err := Load(strings.NewReader(text)); err == nil || campaign.KindOf(err) != campaign.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// engine answers like one that keeps the given histories, a few at a time.
type engine struct {
	workflowservice.UnimplementedWorkflowServiceServer
	all  []History
	lost string // a run whose history is gone
	asks []string
}

func (e *engine) ListWorkflowExecutions(_ context.Context, in *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	e.asks = append(e.asks, in.GetNamespace()+": "+in.GetQuery())
	from, _ := strconv.Atoi(string(in.GetNextPageToken()))
	out := &workflowservice.ListWorkflowExecutionsResponse{}
	for i := from; i < min(from+2, len(e.all)); i++ {
		out.Executions = append(out.Executions, &workflowpb.WorkflowExecutionInfo{Execution: &commonpb.WorkflowExecution{WorkflowId: e.all[i].WorkflowID, RunId: e.all[i].RunID}})
	}
	if from+2 < len(e.all) {
		out.NextPageToken = []byte(strconv.Itoa(from + 1)) // one comes twice, as when the list moves on
	}
	return out, nil
}

func (e *engine) GetWorkflowExecutionHistory(_ context.Context, in *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	i := slices.IndexFunc(e.all, func(h History) bool { return h.RunID == in.GetExecution().GetRunId() })
	if i < 0 || e.all[i].RunID == e.lost || e.all[i].WorkflowID != in.GetExecution().GetWorkflowId() {
		return nil, serviceerror.ToStatus(serviceerror.NewNotFound("no such run")).Err()
	}
	events := e.all[i].Events
	from, _ := strconv.Atoi(string(in.GetNextPageToken()))
	to := min(from+7, len(events))
	out := &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: events[from:to]}}
	if to < len(events) {
		out.NextPageToken = []byte(strconv.Itoa(to))
	}
	return out, nil
}

// open serves the engine on the loopback and dials it with the real client.
func (e *engine) open(t *testing.T) client.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	s := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(s, e)
	go s.Serve(l)
	t.Cleanup(s.Stop)
	c, err := client.Dial(client.Options{HostPort: l.Addr().String(), Namespace: "test", Logger: quiet{}})
	ok(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestHistories(t *testing.T) {
	e := &engine{all: recorded(t, "")} // campaign-1, campaign-2, warning, year
	slices.Reverse(e.all)
	got, err := Histories(t.Context(), e.open(t), "test", 2027)
	ok(t, err)
	var names []string
	for i, h := range got {
		names = append(names, h.Type+" "+h.WorkflowID)
		kept := e.all[slices.IndexFunc(e.all, func(k History) bool { return k.RunID == h.RunID })]
		if !proto.Equal(&historypb.History{Events: h.Events}, &historypb.History{Events: kept.Events}) {
			t.Errorf("history %d is not whole: %d of %d events", i, len(h.Events), len(kept.Events))
		}
	}
	want := []string{"Year 2027/CNCA-R-2002-001", "Warning 2027/CNCA-R-2002-001/warning", "Campaign 2027/campaign", "Campaign 2027/campaign"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v", names)
	}
	if got[2].start().After(got[3].start()) {
		t.Error("the second run comes first")
	}
	if e.asks[0] != "test: XuanpingYear = 2027" {
		t.Errorf("asked %q", e.asks)
	}
}

func TestHistoriesSaysWhichIsMissing(t *testing.T) {
	e := &engine{all: recorded(t, "")}
	e.lost = e.all[2].RunID
	_, err := Histories(t.Context(), e.open(t), "test", 2027)
	if err == nil || !strings.Contains(err.Error(), "流程 2027/CNCA-R-2002-001/warning 的历史未能读出") {
		t.Errorf("%v", err)
	}
}

// After a restore the lists may name a run that the engine lost: it is left out
// when its workflow was started anew, and missed when another run continues it.
func TestR10HistoriesAfterARestore(t *testing.T) {
	e := &engine{all: recorded(t, "")} // two runs of the campaign, the second continues the first
	e.lost = e.all[0].RunID
	if _, err := Histories(t.Context(), e.open(t), "test", 2027); err == nil || !strings.Contains(err.Error(), "流程 2027/campaign 的历史未能读出") {
		t.Errorf("a run that another continues is gone: %v", err)
	}
	warning := e.all[2]
	e.lost = "lost"
	e.all = append(e.all, History{WorkflowID: warning.WorkflowID, RunID: e.lost})
	got, err := Histories(t.Context(), e.open(t), "test", 2027)
	if ok(t, err); len(got) != 4 || slices.ContainsFunc(got, func(h History) bool { return h.RunID == e.lost }) {
		t.Errorf("%d histories", len(got))
	}
}

// One institution's histories are asked for alone, with the campaign's, and no
// more of them than a page can wait for.
func TestHistoriesOf(t *testing.T) {
	e := &engine{all: recorded(t, "")}
	c := e.open(t)
	all, cut, err := HistoriesOf(t.Context(), c, "test", contract.Ref{Year: 2027, Code: "CNCA-R-2002-001"})
	if err != nil || cut != "" || len(all) != 4 {
		t.Errorf("%d histories, %q, %v", len(all), cut, err)
	}
	if _, _, err := HistoriesOf(t.Context(), c, "test", contract.Ref{Year: 2027}); err != nil {
		t.Error(err)
	}
	if _, _, err := HistoriesOf(t.Context(), c, "test", contract.Ref{Year: 2027, Code: "x' OR 'a' = 'a"}); campaign.KindOf(err) != campaign.Invalid {
		t.Errorf("a code that is none: %v", err)
	}
	asks := slices.Compact(e.asks)
	if want := []string{"test: WorkflowId = '2027/campaign' OR (XuanpingYear = 2027 AND XuanpingCode = 'CNCA-R-2002-001')", "test: WorkflowId = '2027/campaign'"}; !slices.Equal(asks, want) {
		t.Errorf("asked %q", asks)
	}
	many := &engine{}
	for i := range mostRuns + 3 {
		h := e.all[0]
		h.RunID = fmt.Sprintf("run-%d", i)
		many.all = append(many.all, h)
	}
	all, cut, err = HistoriesOf(t.Context(), many.open(t), "test", contract.Ref{Year: 2027})
	if err != nil || cut == "" || len(all) != mostRuns {
		t.Errorf("of many: %d histories, %q, %v", len(all), cut, err)
	}
}
