package activities

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

const testYear = 2025

var printer = sync.OnceValues(func() (*pdf.Printer, error) {
	f, err := pdf.FindFonts(nil)
	if err != nil {
		return nil, err
	}
	return f.Printer(nil)
})

// engine hears what would be told to Temporal. What it does not override is
// not called: it would panic.
type engine struct {
	client.Client
	mu      sync.Mutex
	started []string // workflow ids
	told    []string // workflow id, message name and update id
	answer  error    // to the next messages and starts
	years   []contract.YearInput
}

type handle struct {
	client.WorkflowUpdateHandle
	err error
}

func (h handle) Get(context.Context, any) error { return h.err }

func (e *engine) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.answer != nil {
		return nil, e.answer
	}
	if slices.Contains(e.started, o.ID) {
		return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("started", "", "")
	}
	e.started = append(e.started, o.ID)
	if y, ok := args[0].(contract.YearInput); ok {
		e.years = append(e.years, y)
	}
	return nil, nil
}

func (e *engine) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.answer != nil {
		return nil, e.answer
	}
	e.told = append(e.told, o.WorkflowID+" "+o.UpdateName+" "+o.UpdateID)
	return handle{}, nil
}

// office is a room over a campaign, with a mailbox that keeps letters.
type office struct {
	*Room
	t       testing.TB
	conn    *pgx.Conn
	engine  *engine
	rules   campaign.Rules
	mu      sync.Mutex
	letters map[string]mail.Letter
	sent    int
	fail    error // of the next letters
	log     bytes.Buffer
	outputs bytes.Buffer // of the steps, as the engine would keep them
}

// provenBy signs nothing: what heads and proofs are worth is tested where they are made, in audit and app.
func provenBy(s *store.Store) func(context.Context, int64, int64) (store.Head, []byte, error) {
	return func(ctx context.Context, index, size int64) (store.Head, []byte, error) {
		if size > 0 {
			c, err := s.CheckpointAt(ctx, size)
			return c.Head(), fmt.Appendf(nil, `{"index":%d}`, index), err
		}
		h, err := s.Head(ctx)
		if err == nil {
			err = s.AddCheckpoint(ctx, store.Checkpoint{Size: h.Size, Root: h.Root[:], Note: "unsigned", At: time.Now()})
		}
		return h, fmt.Appendf(nil, `{"index":%d}`, index), err
	}
}

func newOffice(t testing.TB, rehearsal bool, n int) *office {
	t.Helper()
	s, url := storetest.Open(t)
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	p, err := printer()
	must(t, err)
	o := &office{t: t, conn: conn, engine: &engine{}, letters: map[string]mail.Letter{}}
	o.rules = storetest.Campaign(t, s, testYear, rehearsal, n).Rules
	o.Room = Room{
		Store: s, Engine: o.engine, Sender: mail.NewMailbox(o.keep, "mail.example"), Printer: p, Table: rubric.Annex2(),
		Link: func(intent string) (string, []byte) {
			return "T" + store.Digest(intent)[:20], []byte(store.Digest(intent)[:16])
		},
		Code:   func(intent string) string { return "271828" },
		Verify: func(paper string) string { return store.Digest(paper)[:16] }, BaseURL: "https://xuanping.example",
		Prove: provenBy(s), LogKey: "xuanping.example/ledger+00000000+AQ==", Issuer: "示例发文机关", Contact: "评价工作组 010-00000000", Clock: func() time.Time { return o.rules.Calendar.Result.Morning().Add(time.Hour) },
		Log: slog.New(slog.NewTextHandler(locked{&o.mu, &o.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}.Open()
	if rehearsal { // its letters are asked for on days of their own: the clock stands before all of them
		must(t, s.SetClock(t.Context(), testYear, o.rules.Calendar.Launch.Morning(), o.Clock()))
	}
	t.Cleanup(func() { o.noPersons(n) })
	return o
}

type locked struct {
	mu *sync.Mutex
	w  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func (o *office) keep(_ context.Context, l mail.Letter) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return o.fail
	}
	o.letters[l.Key] = l
	o.sent++
	return nil
}

// noPersons looks for personal data where it may not be (S11).
func (o *office) noPersons(institutions int) {
	rows, err := o.conn.Query(context.Background(), "select record from leaf")
	must(o.t, err)
	leaves, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(o.t, err)
	for place, text := range map[string]string{"ledger": strings.Join(leaves, "\n"), "outputs": o.outputs.String(), "log": o.log.String()} {
		personal := []string{"联系人", "负责人1", "@institution.example", "@staff.example", "评审甲", "经办甲", "审批甲", "示例认证机构"}
		for i := range institutions { // whole numbers: nine digits may stand in a digest
			personal = append(personal, storetest.Institution(i+1).Mobile)
		}
		for _, personal := range personal {
			if i := strings.Index(text, personal); i >= 0 {
				o.t.Errorf("%s holds %s: …%s", place, personal, text[max(0, i-80):min(len(text), i+40)])
			}
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, err error, kind campaign.Kind) {
	t.Helper()
	if err == nil || campaign.KindOf(err) != kind {
		t.Fatalf("got %v, want %s", err, kind)
	}
}

// dump is everything the database holds, but for how often things were tried.
func (o *office) dump() map[string]string {
	o.t.Helper()
	rows, err := o.conn.Query(o.t.Context(), `select table_name::text from information_schema.tables where table_schema = 'public' and table_name not like 'goose%'`)
	must(o.t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(o.t, err)
	var parts []string
	for _, table := range tables {
		parts = append(parts, fmt.Sprintf(`select '%s', (to_jsonb(t) - 'tries' - 'taken_at' - 'pdf')::text from %q t`, table, table))
	}
	if rows, err = o.conn.Query(o.t.Context(), strings.Join(parts, " union all ")+" order by 1, 2"); err != nil {
		o.t.Fatal(err)
	}
	all := map[string]string{}
	var table, row string
	_, err = pgx.ForEachRow(rows, []any{&table, &row}, func() error { all[table] += row + "\n"; return nil })
	must(o.t, err)
	return all
}

// run does a step as the engine would, twice, and checks that the second time
// changes nothing and answers the same.
func run[In, Out any](o *office, do func(context.Context, In) (Out, error), in In) Out {
	o.t.Helper()
	first, err := border(o.Log, do)(o.t.Context(), in)
	must(o.t, err)
	before := o.dump()
	second, err := border(o.Log, do)(o.t.Context(), in)
	must(o.t, err)
	if d := gocmp.Diff(before, o.dump()); d != "" {
		o.t.Fatalf("running it twice changed:\n%s", d)
	}
	if d := gocmp.Diff(first, second); d != "" {
		o.t.Fatalf("running it twice answered:\n%s", d)
	}
	must(o.t, json.NewEncoder(&o.outputs).Encode(first))
	return first
}

func (o *office) write(do func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	ctx := o.t.Context()
	must(o.t, o.Store.Write(ctx, func(tx *store.Tx) error { return do(ctx, tx) }))
}

// drain executes what is due until nothing is.
func (o *office) drain() {
	o.t.Helper()
	for n := 1; n > 0; {
		n = 0
		for _, kind := range []string{store.MessageIntent, store.PaperIntent, store.MailIntent} {
			k, err := o.round(o.t.Context(), kind)
			must(o.t, err)
			n += k
		}
	}
}

// letter gives a letter that must have been sent.
func (o *office) letter(key string) mail.Letter {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	l, ok := o.letters[key]
	if !ok {
		o.t.Fatalf("no letter %s; sent: %v", key, slices.SortedFunc(mapKeys(o.letters), cmp.Compare))
	}
	return l
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// intents gives key and state of the outbox.
func (o *office) intents() map[string]string {
	o.t.Helper()
	rows, err := o.conn.Query(o.t.Context(), "select key, state from intent")
	must(o.t, err)
	all := map[string]string{}
	var k, s string
	_, err = pgx.ForEachRow(rows, []any{&k, &s}, func() error { all[k] = s; return nil })
	must(o.t, err)
	return all
}

// noFailure checks that no intent came to a bad end: every letter composes.
func (o *office) noFailure() {
	o.t.Helper()
	for k, s := range o.intents() {
		if s != "accepted" {
			o.t.Errorf("%s is %s", k, s)
		}
	}
}

func (o *office) entry(ref campaign.Ref) store.Entry {
	o.t.Helper()
	e, err := o.Store.Entry(o.t.Context(), ref)
	must(o.t, err)
	return e
}

// to walks an institution to a stage past the steps.
func (o *office) to(i int, stages ...campaign.Stage) campaign.Ref {
	o.t.Helper()
	ref := storetest.Ref(testYear, i)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for _, s := range stages {
			if err := tx.SetStage(ctx, ref, s, o.rules.Calendar.PlanDue, o.rules.Calendar.Launch.Morning()); err != nil {
				return err
			}
		}
		return nil
	})
	return ref
}

var toScoring = []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring}

func marks(less rubric.Points) []rubric.Mark {
	var all []rubric.Mark
	for _, r := range rubric.Annex2().Rows {
		if r.Kind() == rubric.Base {
			all = append(all, rubric.Mark{Row: r.No, Points: r.Max - less, Reason: "材料较为齐全"})
		}
	}
	return all
}

func (o *office) planned(i int) campaign.Ref {
	o.t.Helper()
	ref := storetest.Ref(testYear, i)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddPlan(ctx, ref, map[string]string{"goals": "目标"}, "王经办", false, o.rules.Calendar.PlanDue.Morning())
		return err
	})
	return ref
}

// scored brings an institution to Scoring with two sheets.
func (o *office) scored(i int, less rubric.Points) campaign.Ref {
	o.t.Helper()
	o.planned(i)
	ref := o.to(i, toScoring...)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for n, who := range []string{"r1", "r2"} {
			if err := tx.AddSeat(ctx, ref, n+1, who, o.rules.Calendar.ScoringDue, o.rules.Calendar.SelfScoreDue.Morning()); err != nil {
				return err
			}
			if _, err := tx.AddSheet(ctx, ref, who, marks(less), o.rules.Calendar.ScoringDue.Morning()); err != nil {
				return err
			}
		}
		return nil
	})
	return ref
}

func (o *office) at(ref campaign.Ref, d campaign.Day) contract.AtIn {
	return contract.AtIn{Ref: ref, At: d.Morning()}
}
