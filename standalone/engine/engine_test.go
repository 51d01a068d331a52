package engine

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"xuanping/app"
	"xuanping/store/localpg"
)

const namespace = "xuanping"

var pg *localpg.Server // one for the package: the engine's databases survive its restarts

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := localpg.MkdirTemp()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if pg, err = localpg.Start(context.Background(), localpg.Options{Dir: dir, Throwaway: true, Log: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer pg.Stop(context.Background())
	defer func() {
		if running != nil {
			running.Stop()
		}
	}()
	return m.Run()
}

func options() Options {
	return Options{
		Database: Database{Address: pg.Address(), User: localpg.Superuser, Password: pg.Password()},
		UIPort:   0, TimeSkipping: true, Namespace: namespace, Log: os.Stderr,
		SearchAttributes: map[string]enumspb.IndexedValueType{"XuanpingYear": enumspb.INDEXED_VALUE_TYPE_INT, "XuanpingPhase": enumspb.INDEXED_VALUE_TYPE_KEYWORD},
	}
}

// running is the engine left by the last test: two at once would fight for the databases, and a
// test that asks for the same kind takes it over.
var (
	running  *Engine
	skipping bool
)

func open(t *testing.T, o Options) (*Engine, client.Client) {
	t.Helper()
	if running == nil || skipping != o.TimeSkipping || o.Port != 0 {
		if running != nil {
			running.Stop()
		}
		began := time.Now()
		e, err := Start(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("engine started in %v", time.Since(began).Round(time.Millisecond))
		running, skipping = e, o.TimeSkipping
	}
	c, err := client.Dial(client.Options{HostPort: running.Address(), Namespace: o.Namespace, Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return running, c
}

func work(t *testing.T, c client.Client) {
	t.Helper()
	w := worker.New(c, "test", worker.Options{})
	w.RegisterWorkflow(Year)
	w.RegisterWorkflow(Parent)
	w.RegisterWorkflow(Child)
	w.RegisterWorkflow(Flaky)
	w.RegisterActivity(Fails)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func launch(t *testing.T, c client.Client, id string, wf any, args ...any) client.WorkflowRun {
	t.Helper()
	r, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "test"}, wf, args...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Year has n timers of the given length and answers "now" with its virtual date at any time.
func Year(ctx workflow.Context, n int, each time.Duration) ([]time.Time, error) {
	var woke []time.Time
	if err := workflow.SetUpdateHandler(ctx, "now", func(ctx workflow.Context) (time.Time, error) { return workflow.Now(ctx), nil }); err != nil {
		return nil, err
	}
	for range n {
		if err := workflow.Sleep(ctx, each); err != nil {
			return nil, err
		}
		woke = append(woke, workflow.Now(ctx))
	}
	return woke, nil
}

// Parent starts a child of the given length on its tenth day and waits for it.
func Parent(ctx workflow.Context, childLives time.Duration) ([]time.Time, error) {
	if err := workflow.Sleep(ctx, 10*day); err != nil {
		return nil, err
	}
	born := workflow.Now(ctx)
	var woke []time.Time
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: workflow.GetInfo(ctx).WorkflowExecution.ID + "/child"})
	if err := workflow.ExecuteChildWorkflow(ctx, Child, childLives).Get(ctx, &woke); err != nil {
		return nil, err
	}
	woke = append([]time.Time{born}, append(woke, workflow.Now(ctx))...)
	return woke, workflow.Sleep(ctx, 300*day)
}

// Child tells when it was born and when it woke.
func Child(ctx workflow.Context, lives time.Duration) ([]time.Time, error) {
	born := workflow.Now(ctx)
	err := workflow.Sleep(ctx, lives)
	return []time.Time{born, workflow.Now(ctx)}, err
}

const day = 24 * time.Hour

func asked(t *testing.T, c client.Client, id string) (now time.Time) {
	t.Helper()
	h, err := c.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{WorkflowID: id, UpdateName: "now", WaitForStage: client.WorkflowUpdateStageCompleted})
	if err == nil {
		err = h.Get(t.Context(), &now)
	}
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// A restart keeps the history, the open workflow goes on, and the interface only shows.
func TestRestartKeepsHistory(t *testing.T) {
	o := options()
	ports, err := choosePorts(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	o.Port, o.UIPort = ports[0], ports[1]
	e, c := open(t, o)
	work(t, c)
	launch(t, c, "restart", Year, 1, 400*day)
	asked(t, c, "restart")
	readOnly(t, e)
	d, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if err != nil || d.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() != 30*day {
		t.Fatal(d, err)
	}
	c.Close()
	began := time.Now()
	if err := e.Stop(); err != nil {
		t.Fatal(err)
	}
	t.Logf("engine stopped in %v", time.Since(began).Round(time.Millisecond))
	_, c = open(t, o)
	work(t, c)
	if got := asked(t, c, "restart"); time.Since(got) > time.Minute {
		t.Fatalf("virtual date %v without a move", got)
	}
	if err := app.NewMover(c, namespace).To(t.Context(), "WorkflowId = 'restart'", time.Now().Add(401*day), nil); err != nil {
		t.Fatal(err)
	}
	var woke []time.Time
	if err := c.GetWorkflow(t.Context(), "restart", "").Get(t.Context(), &woke); err != nil || len(woke) != 1 {
		t.Fatal(woke, err)
	}
}

// readOnly opens the page the operator is sent to and tries to write through the interface.
func readOnly(t *testing.T, e *Engine) {
	t.Helper()
	resp, err := http.Get(e.UIURL())
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %v %v", e.UIURL(), resp, err)
	}
	resp.Body.Close()
	base := strings.TrimSuffix(e.UIURL(), "/namespaces/"+namespace+"/workflows")
	resp, err = http.Get(base + "/api/v1/namespaces/" + namespace + "/workflows")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("listing through the interface: %v %v", resp, err)
	}
	cookies := resp.Cookies()
	resp.Body.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/v1/namespaces/"+namespace+"/workflows/restart/terminate", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for _, k := range cookies {
		req.AddCookie(k)
		if k.Name == "_csrf" {
			req.Header.Set("X-CSRF-TOKEN", k.Value)
		}
	}
	resp, err = http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Fatalf("terminate through the interface: %s", resp.Status)
	}
}

// Without permission the mover says so before anything moves.
func TestSkippingRefused(t *testing.T) {
	o := options()
	o.TimeSkipping = false
	_, c := open(t, o)
	if err := app.NewMover(c, namespace).Allowed(t.Context()); err == nil || !strings.Contains(err.Error(), "不允许快进") {
		t.Fatal(err)
	}
}

// Search attributes work at once after the start.
func TestSearchAttributes(t *testing.T) {
	_, c := open(t, options())
	if _, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: "XuanpingYear = 2027 AND XuanpingPhase = 'x'"}); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.SearchAttributes = map[string]enumspb.IndexedValueType{"XuanpingYear": enumspb.INDEXED_VALUE_TYPE_KEYWORD}
	if err := addAttributes(t.Context(), c, o); err == nil || !strings.Contains(err.Error(), "XuanpingYear") {
		t.Fatal(err)
	}
}

// The port of the interface is nobody else's, though the interface starts last.
func TestInterfaceKeepsItsPort(t *testing.T) {
	ports, err := choosePorts(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := freeBeside(ports[0], ports[0]); err == nil || !strings.Contains(err.Error(), "已被占用") {
		t.Errorf("%v are chosen beside an interface at %d: %v", got, ports[0], err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := freeBeside(l.Addr().(*net.TCPAddr).Port, 0); err == nil || !strings.Contains(err.Error(), "引擎界面的端口") {
		t.Errorf("a taken port: %v", err)
	}
}
