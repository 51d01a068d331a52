package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
	"xuanping/ticket"
)

const testYear = 2025

// real is the wall clock of these tests; a rehearsal's clock stands beside it.
var real = time.Date(2025, 1, 2, 10, 0, 0, 0, campaign.Beijing)

// house is a desk over a rehearsal of three institutions.
type house struct {
	*Desk
	t      testing.TB
	conn   *pgx.Conn // past the store, with the owner's rights
	rules  campaign.Rules
	kicked int
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := emptyHouse(t)
	h.rules = storetest.Campaign(t, h.Store, testYear, true, 3).Rules
	storetest.Declare(t, h.Store, testYear, h.rules.Calendar.Launch.Morning())
	return h
}

func emptyHouse(t testing.TB) *house {
	t.Helper()
	s, url := storetest.Open(t)
	keys, err := ticket.New([]byte(strings.Repeat("k", 32)))
	must(t, err)
	blobs, err := store.OpenBlobs(t.TempDir())
	must(t, err)
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	h := &house{t: t, conn: conn}
	h.Desk = &Desk{Store: s, Blobs: blobs, Tickets: keys, Table: rubric.Annex2(), Clock: func() time.Time { return real }, Kick: func() { h.kicked++ }}
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want fails unless the error is of the kind, and says so in Chinese.
func want(t testing.TB, err error, kind campaign.Kind, fields ...string) {
	t.Helper()
	if err == nil || campaign.KindOf(err) != kind {
		t.Fatalf("got %v, want %s", err, kind)
	}
	e := err.(*campaign.Error)
	if !strings.ContainsFunc(e.Say, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.Contains(e.Say, "%!") {
		t.Errorf("not a sentence for a person: %q", e.Say)
	}
	if got := slices.Sorted(maps.Keys(e.Fields)); len(fields) > 0 && !cmp.Equal(got, slices.Sorted(slices.Values(fields))) {
		t.Errorf("fields %v, want %v", got, fields)
	}
}

// at sets the rehearsal's clock.
func (h *house) at(when time.Time) {
	h.t.Helper()
	must(h.t, h.Store.SetClock(h.t.Context(), testYear, when, real))
}

func (h *house) write(do func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := h.t.Context()
	must(h.t, h.Store.Write(ctx, func(tx *store.Tx) error { return do(ctx, tx) }))
}

// road is the way of an institution that is scored.
var road = []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served, campaign.Final, campaign.Closed}

// to walks an institution forward to a stage, with its day.
func (h *house) to(i int, stage campaign.Stage) campaign.Ref {
	h.t.Helper()
	ref, c := storetest.Ref(testYear, i), h.rules.Calendar
	due := map[campaign.Stage]campaign.Day{campaign.Planning: c.PlanDue, campaign.Collecting: c.EvidenceClose, campaign.SelfScore: c.SelfScoreDue,
		campaign.Scoring: c.ScoringDue, campaign.Served: h.rules.Holidays.AddWorkdays(c.Result, h.rules.Settings.AppealDays)}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		e, err := tx.Entry(ctx, ref)
		if err != nil {
			return err
		}
		if stage == campaign.Left {
			return tx.SetLeft(ctx, ref, "merged", real)
		}
		for _, s := range road[slices.Index(road, e.Stage)+1 : slices.Index(road, stage)+1] {
			if err := tx.SetStage(ctx, ref, s, due[s], real); err != nil {
				return err
			}
		}
		return nil
	})
	return ref
}

// visitor opens a link of the scope as the institution's mailbox got it.
func (h *house) visitor(ref campaign.Ref, scope string) Visitor {
	h.t.Helper()
	v, err := h.Open(h.t.Context(), h.link(ref, scope, real.AddDate(9, 0, 0)))
	must(h.t, err)
	return v
}

func (h *house) link(ref campaign.Ref, scope string, expires time.Time) string {
	h.t.Helper()
	token, id := h.Tickets.Issue(fmt.Sprint(ref, scope, expires))
	must(h.t, h.Store.AddTicket(h.t.Context(), id, store.Ticket{Year: ref.Year, Code: ref.Code, Scope: scope, Intent: "k", IssuedAt: real.AddDate(-1, 0, 0), ExpiresAt: expires}))
	return token
}

func person(id string) store.Staff {
	all := storetest.People()
	return all[slices.IndexFunc(all, func(p store.Staff) bool { return p.ID == id })]
}

var officer, approver, auditor = person("o1"), person("a1"), person("u1")

var signer = Signer{Name: "王经办", Post: "宣传部主任"}

// certifier is who certifies the year of an institution without a plan (Art. 8).
func certifier(v Visitor) Signer {
	for i := 1; ; i++ {
		if in := storetest.Institution(i); in.Code == v.Ref.Code {
			return Signer{Name: in.Head, Post: "宣传主管负责人"}
		}
	}
}

// dump is everything the database holds, but for what trying again may change.
func (h *house) dump() map[string]string {
	h.t.Helper()
	rows, err := h.conn.Query(h.t.Context(), `select table_name::text from information_schema.tables where table_schema = 'public' and table_name not like 'goose%'`)
	must(h.t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(h.t, err)
	var parts []string
	for _, table := range tables {
		parts = append(parts, fmt.Sprintf(`select '%s', (to_jsonb(t) - 'tries' - 'taken_at' - 'last_used' - 'first_used')::text from %q t`, table, table))
	}
	if rows, err = h.conn.Query(h.t.Context(), strings.Join(parts, " union all ")+" order by 1, 2"); err != nil {
		h.t.Fatal(err)
	}
	all := map[string]string{}
	var table, row string
	_, err = pgx.ForEachRow(rows, []any{&table, &row}, func() error { all[table] += row + "\n"; return nil })
	must(h.t, err)
	return all
}

// unchanged runs something that must leave no trace.
func (h *house) unchanged(do func()) {
	h.t.Helper()
	before := h.dump()
	do()
	if d := cmp.Diff(before, h.dump()); d != "" {
		h.t.Fatalf("something was written:\n%s", d)
	}
}

// queued is an intent as the relay will find it.
type queued struct {
	Kind, Key string
	Mail      store.MailBody
	Message   contract.Envelope
}

// left lists what an act left in the outbox, by key.
func (h *house) left(do func()) map[string]queued {
	h.t.Helper()
	read := func() map[string]queued {
		rows, err := h.conn.Query(h.t.Context(), `select kind, key, body from intent`)
		must(h.t, err)
		all := map[string]queued{}
		var q queued
		var body []byte
		_, err = pgx.ForEachRow(rows, []any{&q.Kind, &q.Key, &body}, func() error {
			one := queued{Kind: q.Kind, Key: q.Key}
			if q.Kind == store.MailIntent {
				all[q.Key] = one
				err := json.Unmarshal(body, &one.Mail)
				all[q.Key] = one
				return err
			}
			err := json.Unmarshal(body, &one.Message)
			all[q.Key] = one
			return err
		})
		must(h.t, err)
		return all
	}
	before := read()
	do()
	after := read()
	for k := range before {
		delete(after, k)
	}
	return after
}

// only checks that exactly these keys were left, and that every message goes
// under its own key to the workflow of its institution or campaign.
func only(t testing.TB, got map[string]queued, workflow string, keys ...string) {
	t.Helper()
	if have := slices.Sorted(maps.Keys(got)); !cmp.Equal(have, slices.Sorted(slices.Values(keys))) {
		t.Fatalf("left %v, want %v", have, keys)
	}
	for k, q := range got {
		if q.Kind == store.MessageIntent && (q.Message.UpdateID != k || q.Message.Workflow != workflow) {
			t.Errorf("%s: envelope %+v", k, q.Message)
		}
	}
}

func (h *house) count(table string) (n int) {
	h.t.Helper()
	must(h.t, h.conn.QueryRow(h.t.Context(), `select count(*) from "`+table+`"`).Scan(&n))
	return n
}

func fullMarks() []rubric.Mark {
	var all []rubric.Mark
	for _, r := range rubric.Annex2().Rows {
		if r.Kind() == rubric.Base {
			all = append(all, rubric.Mark{Row: r.No, Points: r.Max - rubric.Half, Reason: "材料较为齐全"})
		}
	}
	return all
}

func planForm() PlanForm {
	return PlanForm{Goals: "目标", Activities: "活动", Resources: "保障", Lead: "李负责", Department: "宣传部", ApprovedBy: "董事会", ApprovedOn: "2025-01-05", ApprovalNo: "会纪1号"}
}
