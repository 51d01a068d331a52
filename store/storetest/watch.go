package storetest

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"xuanping/store"
)

// Watch hears every statement that a store sends, and how PostgreSQL carried it out.
type Watch struct {
	mu    sync.Mutex
	said  []string
	plans []string
}

// Watched opens the score book at url once more, and hears what goes through it.
// With plans, PostgreSQL tells the plan of every statement, which takes its time.
func Watched(t testing.TB, url string, plans bool) (*store.Store, *Watch) {
	t.Helper()
	w := &Watch{}
	s, err := store.OpenWatched(context.Background(), url, func(c *pgx.ConnConfig) {
		c.Tracer = w
		if plans {
			c.OnNotice = w.notice
			for k, v := range map[string]string{"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_level": "notice", "client_min_messages": "notice"} {
				c.RuntimeParams[k] = v
			}
		}
	})
	if err != nil {
		t.Fatalf("打开测试数据库：%v", err)
	}
	t.Cleanup(s.Close)
	return s, w
}

// Take gives the statements and plans since the last time.
func (w *Watch) Take() (said, plans []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	said, plans = w.said, w.plans
	w.said, w.plans = nil, nil
	return said, plans
}

func (w *Watch) hear(sql string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, sql)
}

func (w *Watch) notice(_ *pgconn.PgConn, n *pgconn.Notice) {
	if strings.Contains(n.Message, "plan:") {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.plans = append(w.plans, n.Message)
	}
}

// TraceQueryStart is pgx's call before a statement; what opens a connection is no part of a page.
func (w *Watch) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	if !strings.HasPrefix(d.SQL, "set role") {
		w.hear(d.SQL)
	}
	return ctx
}

// TraceQueryEnd is pgx's call after it.
func (w *Watch) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart, TraceBatchQuery and TraceBatchEnd are the same for batches.
func (w *Watch) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery hears one statement of a batch.
func (w *Watch) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	w.hear(d.SQL)
}

// TraceBatchEnd is the end of a batch.
func (w *Watch) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

var seqScan = regexp.MustCompile(`Seq Scan on (\w+)`)

// Scanned lists the tables that a plan reads from end to end.
func Scanned(plan string) []string {
	var all []string
	for _, m := range seqScan.FindAllStringSubmatch(plan, -1) {
		all = append(all, m[1])
	}
	return all
}
