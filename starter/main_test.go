package main

import (
	"context"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"xuanping/store/storetest"
)

var update = flag.Bool("update", false, "write the expected outputs of the stories anew")

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"starter": main}) }

// TestStories tells what people type and what they read, see testdata/stories.
func TestStories(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	fonts := os.Getenv("XUANPING_FONTS")
	if cache, err := os.UserCacheDir(); err == nil {
		fonts += ":" + filepath.Join(cache, "xuanping", "fonts") // the scripts have no home
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/stories", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root)
			e.Setenv("XUANPING_FONTS", fonts)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"configured": configured, "database": func(ts *testscript.TestScript, neg bool, args []string) { database(t, ts, args) },
			"engine": engine, "silent": silent, "closed": closed, "within": within,
		},
	})
}

// configured sets what has no default, with nothing behind the addresses yet.
func configured(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Setenv("DATABASE_URL", "postgres://xp:pg-password@"+unused(ts)+"/xuanping")
	ts.Setenv("TEMPORAL_ADDRESS", unused(ts))
	ts.Setenv("XUANPING_SECRET", strings.Repeat("5a", 32))
}

// database gives the story a score book: empty, bare (without tables), served (with results), or with
// the people, three institutions and the year 2026.
func database(t *testing.T, ts *testscript.TestScript, args []string) {
	kind := strings.Join(args, " ")
	if kind == "bare" {
		ts.Setenv("DATABASE_URL", storetest.Bare(t))
		return
	}
	s, url := storetest.Open(t)
	ts.Setenv("DATABASE_URL", url)
	if kind == "2026" {
		storetest.Campaign(t, s, 2026, false, 3)
	}
	if kind == "served" {
		servedYear(t, s)
	}
}

// emptyEngine answers like an engine that knows no workflow.
type emptyEngine struct {
	workflowservice.UnimplementedWorkflowServiceServer
}

func (emptyEngine) ListWorkflowExecutions(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	return &workflowservice.ListWorkflowExecutionsResponse{}, nil
}

func engine(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	s, h := grpc.NewServer(), health.NewServer()
	workflowservice.RegisterWorkflowServiceServer(s, emptyEngine{})
	grpc_health_v1.RegisterHealthServer(s, h)
	h.SetServingStatus("temporal.api.workflowservice.v1.WorkflowService", grpc_health_v1.HealthCheckResponse_SERVING)
	go s.Serve(l)
	ts.Defer(s.Stop)
	ts.Setenv("TEMPORAL_ADDRESS", l.Addr().String())
}

// silent puts the address of a server into a variable that takes connections
// and never answers, as behind a broken firewall; a %s in the pattern is the address.
func silent(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			ts.Defer(func() { c.Close() })
		}
	}()
	ts.Setenv(args[0], strings.ReplaceAll(args[1], "%s", l.Addr().String()))
}

// closed is silent with an address where nobody listens.
func closed(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.ReplaceAll(args[1], "%s", unused(ts)))
}

func unused(ts *testscript.TestScript) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer l.Close()
	return l.Addr().String()
}

// within runs a program that must end in time: within 10s starter check.
func within(ts *testscript.TestScript, neg bool, args []string) {
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	start := time.Now()
	err = ts.Exec(args[1], args[2:]...)
	if took := time.Since(start); took > limit {
		ts.Fatalf("took %v, longer than %v", took, limit)
	}
	if (err != nil) != neg {
		ts.Fatalf("ended with %v", err)
	}
}
