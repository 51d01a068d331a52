package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
	"xuanping/ticket"
)

const testYear = 2025

// bureau is a site with a campaign in the middle of its life: institution 1
// plans, 2 is scored by r1 and r2, 3 is served and appeals before r4 (its
// seats were r1 and r3), 4 waits in a warning case, 5 collects.
type bureau struct {
	t     testing.TB
	site  *Server
	store *store.Store
	desk  *desk.Desk
	url   string // of its database
	day   time.Time
	event int64 // registered by o1 for institution 5, not ruled on
	file  int64 // evidence of institution 2
	links int   // given out by bearer

	known map[string]*person // readers of pages that do nothing, see come
}

var officeTicketKey = []byte(strings.Repeat("k", 32))

func newBureau(t testing.TB) *bureau {
	t.Helper()
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, testYear, true, 6)
	storetest.Declare(t, s, testYear, time.Date(testYear, 2, 1, 9, 0, 0, 0, campaign.Beijing))
	b := siteOver(t, s, url)
	b.ok(s.SetClock(t.Context(), testYear, b.day, time.Now()))
	b.write(b.planned, b.scored, b.appealed, b.warned, b.honoured)
	return b
}

// newOffice is a site with its staff and its roster, before anything was decided.
func newOffice(t testing.TB) *bureau {
	t.Helper()
	s, url := storetest.Open(t)
	b := siteOver(t, s, url)
	b.desk.Clock = storetest.Rules(t, testYear).Calendar.Launch.Morning // of a year whose next has its holidays
	b.write(func(ctx context.Context, tx *store.Tx) {
		for _, p := range storetest.People() {
			b.ok(tx.PutStaff(ctx, p, "o1", b.day))
		}
		_, _, err := tx.PutInstitutions(ctx, storetest.Institutions(3), "o1", b.day)
		b.ok(err)
	})
	return b
}

func siteOver(t testing.TB, s *store.Store, url string) *bureau {
	t.Helper()
	keys, err := ticket.New(officeTicketKey)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := store.OpenBlobs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bureau{t: t, store: s, url: url, day: time.Date(testYear+1, 3, 26, 10, 0, 0, 0, campaign.Beijing)}
	b.desk = &desk.Desk{Store: s, Blobs: blobs, Tickets: keys, Table: rubric.Annex2(), Clock: time.Now, FactorKey: []byte(strings.Repeat("f", 32))}
	b.site = New(Options{Desk: b.desk, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Issuer: "示例发文机关", Again: 5 * time.Minute, TemporalUI: "http://127.0.0.1:8233/namespaces/default"})
	return b
}

func (b *bureau) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bureau) write(acts ...func(context.Context, *store.Tx)) {
	b.t.Helper()
	for _, act := range acts {
		b.ok(b.store.Write(b.t.Context(), func(tx *store.Tx) error {
			act(b.t.Context(), tx)
			return nil
		}))
	}
}

// to walks an institution through the stages of the year.
func (b *bureau) to(ctx context.Context, tx *store.Tx, i int, stages ...campaign.Stage) contract.Ref {
	ref := storetest.Ref(testYear, i)
	for _, st := range stages {
		b.ok(tx.SetStage(ctx, ref, st, "2026-03-20", b.day.AddDate(0, 0, -10)))
	}
	return ref
}

var testPlan = desk.PlanForm{Goals: "提升认证公信力，服务质量强国建设。\n全年开展宣传活动不少于六次。", Activities: "世界认可日主题活动\n质量认证宣传周进企业", Resources: "专职人员 2 名，经费 20 万元",
	Lead: "周示例", Department: "综合部", ApprovedBy: "董事会", ApprovedOn: "2025-02-20", ApprovalNo: "董字〔2025〕3号"}

func (b *bureau) planned(ctx context.Context, tx *store.Tx) {
	ref := b.to(ctx, tx, 1, campaign.Planning)
	_, err := tx.AddPlan(ctx, ref, testPlan, "吴示例（主任）", true, b.day.AddDate(-1, 0, 0))
	b.ok(err)
	ref = b.to(ctx, tx, 5, campaign.Planning, campaign.Collecting)
	b.event, err = tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: "15.1", Points: b.points("15.1"), Title: "承办世界认可日主场活动", Source: "市监认函〔2025〕8号", OccurredOn: b.day.AddDate(-1, 2, 0), By: "o1", At: b.day})
	b.ok(err)
}

func (b *bureau) points(clause string) rubric.Points {
	c, ok := rubric.Annex2().Clause(clause)
	if !ok {
		b.t.Fatalf("no clause %s", clause)
	}
	return c.Max
}

var toScoring = []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring}

// sheetOfPoints marks every row with the full points less the loss.
func sheetOfPoints(loss rubric.Points, reason string) []rubric.Mark {
	var all []rubric.Mark
	for _, row := range rubric.Annex2().Rows[:14] {
		all = append(all, rubric.Mark{Row: row.No, Points: row.Max - loss, Reason: reason})
	}
	return all
}

func (b *bureau) scored(ctx context.Context, tx *store.Tx) {
	ref := b.to(ctx, tx, 2, toScoring...)
	_, err := tx.AddPlan(ctx, ref, testPlan, "郑示例（主任）", false, b.day.AddDate(-1, 0, 0))
	b.ok(err)
	digest, size, err := b.desk.Blobs.Put(strings.NewReader("%PDF-1.4\nshown to reviewers\n%%EOF\n"), 1<<20, nil)
	b.ok(err)
	b.file, err = tx.AddEvidence(ctx, ref, store.Evidence{Row: 5, Name: "活动总结.pdf", Media: "application/pdf", Size: size, Digest: digest, Note: "世界认可日活动", ByName: "郑示例（主任）", At: b.day.AddDate(0, -4, 0)})
	b.ok(err)
	_, err = tx.AddSelfScore(ctx, ref, sheetOfPoints(0, "自评理由"), "郑示例（主任）", b.day.AddDate(0, -2, 0))
	b.ok(err)
	b.ok(tx.AddSeat(ctx, ref, 1, "r1", "2026-02-27", b.day.AddDate(0, 0, -30)))
	b.ok(tx.AddSeat(ctx, ref, 2, "r2", "2026-04-10", b.day.AddDate(0, 0, -30)))
	_, err = tx.AddSheet(ctx, ref, "r2", sheetOfPoints(150, "二号评审的理由"), b.day.AddDate(0, 0, -3))
	b.ok(err)
}

func (b *bureau) appealed(ctx context.Context, tx *store.Tx) {
	ref := b.to(ctx, tx, 3, toScoring...)
	for i, who := range []string{"r1", "r3"} {
		b.ok(tx.AddSeat(ctx, ref, i+1, who, "2026-02-27", b.day.AddDate(0, 0, -30)))
		_, err := tx.AddSheet(ctx, ref, who, sheetOfPoints(rubric.Points(100+50*i), "评审席理由"), b.day.AddDate(0, 0, -20))
		b.ok(err)
	}
	card, err := rubric.Annex2().Score(testYear, rubric.Combine(sheetOfPoints(100, "见材料"), sheetOfPoints(150, "见材料")), nil)
	b.ok(err)
	b.ok(tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: true, Total: card.Total, Card: card, At: b.day.AddDate(0, 0, -1)}))
	b.to(ctx, tx, 3, campaign.Served)
	b.ok(tx.AddAppeal(ctx, ref, 3, "第三项材料齐全，请予复核。", "王示例（主任）", b.day))
	b.ok(tx.AddDecider(ctx, ref, "r4", "2026-04-20", b.day))
	tx.Queue(store.Intent{Key: ref.ID() + "/appeal/1/receipt", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "appeal-receipt", To: "institution", Date: b.day}},
		store.Intent{Key: ref.ID() + "/decider/r4", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "appeal-assigned", To: "staff:r4", Date: b.day}})
}

func (b *bureau) warned(ctx context.Context, tx *store.Tx) {
	ref := b.to(ctx, tx, 4, append(toScoring, campaign.Served, campaign.Final, campaign.Closed)...)
	facts := rubric.Facts{Total: 5200, Scored: true, Submitted: true}
	_, err := tx.Numbers(ctx, campaign.WarningPaper.Series(), ref.Year, []string{ref.Code})
	b.ok(err)
	b.ok(tx.AddWarning(ctx, store.Warning{Year: ref.Year, Code: ref.Code, Number: 1, Grounds: rubric.Grounds(campaign.DefaultSettings(testYear).Criteria, facts), Facts: facts, StateAt: b.day, Ladder: campaign.CurrentLadder}))
}

// as gives a client with the session of a person; "" for nobody.
func (b *bureau) as(id string) *person {
	p := &person{b: b}
	if id != "" {
		token := make([]byte, 32)
		rand.Read(token)
		b.ok(b.store.AddSession(b.t.Context(), token, id, time.Now()))
		p.cookies = []*http.Cookie{{Name: sessionCookie, Value: base64.RawURLEncoding.EncodeToString(token)}}
	}
	return p
}

// session gives a client whose session has come so far, opened at a time.
func (b *bureau) session(id string, level store.Level, at time.Time) *person {
	b.t.Helper()
	token := make([]byte, 32)
	rand.Read(token)
	b.ok(b.store.OpenSession(b.t.Context(), token, id, level, store.ViaPassword, at))
	return &person{b: b, cookies: []*http.Cookie{{Name: sessionCookie, Value: base64.RawURLEncoding.EncodeToString(token)}}}
}

// person is a client of the site.
type person struct {
	b       *bureau
	cookies []*http.Cookie
}

func (p *person) do(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range p.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	p.b.site.ServeHTTP(w, r)
	return w
}

func (p *person) get(path string) *httptest.ResponseRecorder {
	return p.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (p *person) post(path string, fields ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(r)
}

// exec does what no page does, past the rules of the house.
func (b *bureau) exec(sql string, args ...any) {
	b.t.Helper()
	conn, err := pgx.Connect(b.t.Context(), b.url)
	b.ok(err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(b.t.Context(), sql, args...)
	b.ok(err)
}
