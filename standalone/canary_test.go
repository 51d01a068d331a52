package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"xuanping/app"
	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rehearsal"
	"xuanping/standalone/engine"
	"xuanping/store/localpg"
)

// noted is a log in memory.
type noted struct {
	mu sync.Mutex
	bytes.Buffer
}

func (n *noted) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.Buffer.Write(b)
}

func (n *noted) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.Buffer.String()
}

// canaryRoster are institutions whose personal columns are all canaries.
func canaryRoster(birds *aviary, n int) []campaign.Institution {
	all := rehearsal.Fictional(n)
	kind := func(k int) string { // the next canary of a kind
		for {
			if c := birds.next(); (len(birds.all)-1)%5 == k {
				return c
			}
		}
	}
	for i := range all {
		all[i].Head, all[i].Contact, all[i].Mobile, all[i].Email = kind(0), kind(0), kind(1), kind(2)
		all[i].Name = "示例认证机构" + kind(4)
	}
	return all
}

// S11a: whatever people type in a year, and who they are, is nowhere in the
// engine's databases with their workflow ids and search attributes, in the ledger,
// in the logs, in the engine's metrics or in the addresses of an access log, in no
// spelling. What is put there on purpose is found.
func TestS11aCanaries(t *testing.T) {
	began := time.Now()
	dir, err := localpg.MkdirTemp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	pg, err := localpg.Start(t.Context(), localpg.Options{Dir: filepath.Join(dir, "postgres"), Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pg.Stop(context.Background()) })
	if err := pg.CreateDatabase(t.Context(), "xuanping"); err != nil {
		t.Fatal(err)
	}
	var logs, engineLogs, access noted
	measured := newTags()
	eng, err := engine.Start(t.Context(), engine.Options{Database: engine.Database{Address: pg.Address(), User: localpg.Superuser, Password: pg.Password()},
		TimeSkipping: true, Namespace: "canary", Retention: retention, Log: &engineLogs, LogLevel: "info", Metrics: measured})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { eng.Stop() })
	t.Setenv("TEMPORAL_ADDRESS", eng.Address())
	t.Setenv("TEMPORAL_NAMESPACE", "canary")
	site := sync.OnceValue(func() *url.URL { // nobody comes before it listens
		m := regexp.MustCompile(`msg="site listens" address=(\S+)`).FindStringSubmatch(logs.String())
		return &url.URL{Scheme: "http", Host: m[1]}
	})
	h := &house{dir: dir, pg: pg, eng: eng, rehearse: true, env: (&machine{pg: pg, dir: dir}).env("xuanping", front(t, site, &access))}
	h.env["XUANPING_LISTEN"] = "127.0.0.1:0" // the log tells which port it became
	cfg, err := app.Load(func(name string) (string, bool) { v, ok := h.env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if h.app, err = app.Open(t.Context(), cfg, app.Logger(&logs, "debug")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.app.Close)

	var birds aviary
	roster := canaryRoster(&birds, 6)
	err = h.serve(t.Context(), func(ctx context.Context) error {
		r, err := h.app.Rehearse(ctx, app.RehearseOptions{Institutions: len(roster), Seed: 7, Roster: roster, Mark: birds.next})
		if err != nil {
			t.Errorf("%v\n%s\n%s", err, r.Table(), strings.Join(r.Failures, "\n"))
		}
		t.Log(r.Line(), r.Fsck)
		return errDone
	})
	if err != nil && !errors.Is(err, errDone) {
		t.Fatal(err)
	}
	staff, err := h.app.Store.StaffOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range staff {
		birds.keep(p.Name, p.Email)
	}
	if len(birds.all) < 200 {
		t.Errorf("only %d canaries", len(birds.all))
	}

	n := weave(birds.all)
	if text := measured.text(); len(text) < 1000 {
		t.Errorf("the engine's metrics are %d bytes", len(text))
	} else if err := n.search("metrics of the engine", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(access.String(), "\n"); lines < 500 {
		t.Errorf("the access log has only %d lines", lines)
	}
	dumped(t, n, pg, "xuanping", "leaf", "checkpoint")
	tables := dumped(t, n, pg, "temporal") + dumped(t, n, pg, "temporal_visibility")
	for name, log := range map[string]*noted{"log of site and workers": &logs, "log of the engine": &engineLogs, "access log": &access} {
		log.mu.Lock()
		text := bytes.Clone(log.Bytes())
		log.mu.Unlock()
		if len(text) == 0 {
			t.Errorf("%s is empty", name)
		}
		if err := n.search(name, bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, hit := range n.hits[:min(len(n.hits), 20)] {
		t.Error(hit)
	}
	t.Logf("%d canaries, %d hits in %d tables of the engine, the ledger, the logs, the metrics and the addresses: %.1f MB", len(birds.all), len(n.hits), tables, float64(n.seen)/(1<<20))

	caught(t, h, pg, birds.all)
	caughtOutside(t, h, birds.all, &access, measured)
	t.Logf("in %.0f s", time.Since(began).Seconds())
}

// caught is the positive control: the score book itself is full of canaries, and
// one that is put into a memo or a line of the log is found.
func caught(t *testing.T, h *house, pg *localpg.Server, all []string) {
	t.Helper()
	own := weave(all)
	dumped(t, own, pg, "xuanping")
	seen := map[string]bool{}
	for _, hit := range own.hits {
		_, what, _ := strings.Cut(hit, ": ")
		word, _, _ := strings.Cut(what, " as ")
		seen[word] = true
	}
	if len(seen) < 200 {
		t.Errorf("the score book holds only %d of the canaries: they were not planted", len(seen))
	}
	if _, err := h.app.Engine.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "canary/" + all[1], TaskQueue: "nobody", Memo: map[string]any{"note": all[4]},
		TypedSearchAttributes: temporal.NewSearchAttributes(contract.CodeKey.ValueSet(all[2]))}, "Canary", all[3]); err != nil {
		t.Fatal(err)
	}
	planted := weave(all)
	missing := func() (lost []string) {
		for i, what := range map[int]string{1: "a workflow's id", 2: "a search attribute", 3: "an input", 4: "a memo"} {
			if !strings.Contains(strings.Join(planted.hits, "\n"), all[i]+" as ") {
				lost = append(lost, what)
			}
		}
		return lost
	}
	for start := time.Now(); len(missing()) > 0 && time.Since(start) < time.Minute; time.Sleep(200 * time.Millisecond) {
		planted = weave(all)
		dumped(t, planted, pg, "temporal")
		dumped(t, planted, pg, "temporal_visibility")
	}
	if lost := missing(); len(lost) > 0 {
		t.Errorf("a canary in %v was not found: %v", lost, planted.hits)
	}
	t.Logf("positive control: %d canaries are in the score book, %d hits of the 4 put into the engine", len(seen), len(planted.hits))
}

// dumped searches the tables of a database, or only those named, as raw bytes,
// and tells how many they were.
func dumped(t *testing.T, n *net64, pg *localpg.Server, database string, only ...string) int {
	t.Helper()
	ctx := t.Context()
	c, err := pgx.Connect(ctx, pg.DSN(database))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	rows, err := c.Query(ctx, `select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema') and (coalesce(cardinality($1::text[]), 0) = 0 or tablename = any ($1)) order by 1`, only)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) == 0 {
		t.Fatalf("%s has no tables: %v", database, err)
	}
	for _, table := range tables {
		r, w := io.Pipe()
		go func() {
			_, err := c.PgConn().CopyTo(ctx, w, "copy "+table+" to stdout with (format binary)")
			w.CloseWithError(err)
		}()
		if err := n.search(database+" "+table, r); err != nil {
			t.Fatal(err)
		}
	}
	return len(tables)
}
