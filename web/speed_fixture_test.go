package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
	"xuanping/ticket"
)

// The size of the busy year: every institution there may be, and what they hand in.
const (
	busyInstitutions = 1500
	busyEvidence     = 60000
)

// busySQL fills a year by sets: one statement for a table, in seconds. One in
// five institutions is still being scored, the others have their results; the
// tables that grow with every act grow as in a real year.
var busySQL = []string{
	`set session_replication_role = replica`, // rows without their digests: nobody verifies them here
	`insert into staff (id, name, email, role, password, active) select 'p' || lpad(k::text, 3, '0'), '评审' || k, 'p' || k || '@staff.example', 'reviewer', '-', true from generate_series(1, 60) k`,
	`insert into declaration (year, reviewer, n, conflicts, digest, at) select @year, id, 1, 0, repeat('0', 64), @at from staff where role = 'reviewer'`,
	`create temp table num as select code::text code, row_number() over (order by code)::int k from entry where year = @year`,
	`update entry e set stage = case when n.k % 5 = 0 then 'scoring' else 'served' end, stage_at = @at, due = '2026-04-10' from num n where n.code = e.code and e.year = @year`,
	`insert into plan (year, code, version, body, digest, by_name, late, at) select @year, code, 1, @plan::jsonb, repeat('1', 64), '王经办（主任）', k % 40 = 0, @at from num`,
	`insert into plan_review (year, code, version, accepted, note, by, at) select @year, code, 1, true, '', 'o1', @at from num where k % 3 > 0`,
	`insert into evidence (year, code, row, name, media, size, digest, note, by_name, own_date, at) select @year, code, 1 + j % 14, '材料' || j || '.pdf', 'application/pdf', 120000 + j, encode(sha256((k || '/' || j)::bytea), 'hex'), '世界认可日活动的总结和照片', '王经办（主任）', null, @at from num, generate_series(1, @each::int) j`,
	`insert into self_score (year, code, version, marks, digest, by_name, at) select @year, code, 1, @marks::jsonb, repeat('2', 64), '王经办（主任）', @at from num`,
	`insert into seat (year, code, seat, n, reviewer, due, at) select @year, code, s, 1, 'p' || lpad((1 + (k + 7 * s) % 60)::text, 3, '0'), '2026-03-12', @at from num, generate_series(1, 2) s`,
	`insert into sheet (year, code, reviewer, marks, digest, at) select s.year, s.code, s.reviewer, @marks::jsonb, repeat('3', 64), @at from seat s join num n on n.code = s.code where n.k % 5 > 0`,
	`insert into event (year, code, clause, points, matter, title, url, source, occurred_on, by, at) select @year, code, (array['15.3a','15.1','15.2a'])[1 + j % 3], 100, '', '媒体报道' || j, case j when 1 then 'https://www.example' || k % 90 || '.cn/news/' || k else '' end, '人民日报', '2025-06-01', 'o1', @at from num, generate_series(1, 4) j`,
	`insert into event_ruling (event, confirmed, reason, by, at) select id, true, '属实', 'a1', @at from event where id % 10 > 0`,
	`insert into result (year, code, version, scored, total, card, at) select @year, code, 1, true, 6000 + (k * 7919) % 4500, @card::jsonb, @at from num where k % 5 > 0`,
	`insert into intent (key, kind, year, code, body, digest, state, not_before, created_at, taken_at, done_at) select @year || '/' || code || '/letter/' || j, 'mail', @year, code, jsonb_build_object('template', 'evidence-reminder', 'to', 'institution', 'date', '2025-06-01'), repeat('4', 64), case when j = 1 and k % 50 = 0 then 'failed' else 'accepted' end, @at, @at, @at, @at from num, generate_series(1, 15) j`,
	`insert into ticket (id_hash, year, code, scope, intent, issued_at, expires_at) select sha256(('t' || k || '/' || j)::bytea), @year, code, 'act', 'letter', @at, @at + interval '1 year' from num, generate_series(1, 12) j`,
	`insert into leaf (idx, year, code, kind, record, hash, at) select (select coalesce(max(idx), -1) from leaf) + row_number() over (order by j, k), @year, code, 'evidence', jsonb_build_object('v', 1, 'kind', 'evidence', 'year', @year, 'code', code, 'at', '2025-06-01T00:00:00Z', 'body', jsonb_build_object('id', j, 'row', 1 + j % 14, 'digest', repeat('5', 64)))::text, sha256((k || '-' || j)::bytea), @at from num, generate_series(1, @each::int + 10) j`,
	`insert into warning (year, code, number, grounds, facts, state, state_at) select @year, code, k, '[]', '{}', 'proposed', @at from num where k % 100 = 1`,
	`set session_replication_role = origin`,
}

// busySite is the site over a year of that size. Its store is watched.
type busySite struct {
	site  *Server
	watch *storetest.Watch
	by    map[string]who
}

func newBusySite(t testing.TB, plans bool) *busySite {
	t.Helper()
	url := storetest.Database(t)
	st, watch := storetest.Watched(t, url, plans)
	storetest.Campaign(t, st, testYear, true, busyInstitutions)
	day := time.Date(testYear+1, 3, 6, 10, 0, 0, 0, campaign.Beijing)
	if err := st.SetClock(t.Context(), testYear, day, time.Now()); err != nil {
		t.Fatal(err)
	}
	keys, err := ticket.New(officeTicketKey)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := store.OpenBlobs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk.Desk{Store: st, Blobs: blobs, Tickets: keys, Table: rubric.Annex2(), Clock: time.Now}
	b := &busySite{watch: watch, site: New(Options{Desk: d, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Issuer: "示例发文机关"}), by: map[string]who{"": {}}}
	v := &visitedSite{t: &testing.T{}, st: st, srv: b.site, now: time.Now()}
	token, id := keys.Issue("busy")
	if err := st.AddTicket(t.Context(), id, store.Ticket{Year: testYear, Code: storetest.Code(2), Scope: "act", Intent: "busy", IssuedAt: day, ExpiresAt: day.AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	b.by["institution"] = who{ticket: token}
	fillBusy(t, url, day) // after the acts: what it puts into the ledger has no tree
	for _, id := range []string{"o1", "a1", "p009"} {
		b.by[id] = v.signIn(id)
	}
	return b
}

func fillBusy(t testing.TB, url string, at time.Time) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	card, err := rubric.Annex2().Score(testYear, cannedMarks(3), nil)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{"year": testYear, "at": at.AddDate(0, -1, 0), "each": busyEvidence / busyInstitutions, "plan": asJSON(t, testPlan), "marks": asJSON(t, cannedMarks(3)), "card": asJSON(t, card)}
	for _, sql := range busySQL {
		args := pgx.NamedArgs{}
		for k, v := range values {
			if strings.Contains(sql, "@"+k) {
				args[k] = v
			}
		}
		for _, k := range []string{"@year", "@at"} { // of known types in every place
			sql = strings.ReplaceAll(sql, k, map[string]string{"@year": fmt.Sprint(testYear), "@at": "'" + at.AddDate(0, -1, 0).Format(time.RFC3339) + "'::timestamptz"}[k])
			delete(args, k[1:])
		}
		if _, err := conn.Exec(ctx, sql, args); err != nil {
			t.Fatalf("%.90s：%v", sql, err)
		}
	}
	if _, err := conn.Exec(ctx, "vacuum analyze"); err != nil {
		t.Fatal(err)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (b *busySite) get(t testing.TB, p busyPage) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, p.path, nil)
	if by := b.by[p.by]; by.ticket != "" {
		r.AddCookie(&http.Cookie{Name: ticketCookie, Value: by.ticket})
	} else if by.session != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: by.session})
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s 返回 %d %s：%.300s", p.path, w.Code, w.Header().Get("Location"), w.Body)
	}
}
