package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// Broken access control, one test for each of the seven holes of assurance S7:
// refused, and nothing in the ledger. Open redirects and sessions after a change
// of password stand in session_test.go.

// untouched runs an attempt that must leave no record.
func (b *bureau) untouched(name string, want int, do func() *httptest.ResponseRecorder) {
	b.t.Helper()
	before := b.head()
	w := do()
	if w.Code != want {
		b.t.Errorf("%s: %d, want %d", name, w.Code, want)
	}
	if b.head() != before {
		b.t.Errorf("%s: it is in the ledger", name)
	}
}

// First: a field that only others may set goes with a create call. An officer
// creates no account, and what an admin adds to his own proposal confirms nothing.
func TestS7PrivilegedFieldInCreate(t *testing.T) {
	b := newBureau(t)
	fields := []string{"account", "eve", "act", "add", "name", "伊", "email", "eve@staff.example", "role", "approver", "reason", "入职", "do", "submit"}
	for _, id := range []string{"o1", "a1", "u1", "r1", "l2", "h1"} {
		b.untouched(id, http.StatusForbidden, func() *httptest.ResponseRecorder { return b.as(id).post("/accounts/new", fields...) })
	}
	extra := append(fields, "confirmed", "true", "decision", "confirm", "by", "a1", "decided_by", "a1", "active", "true", "password", "$argon2id$x", "once", "false")
	if w := b.as("m1").post("/accounts/new", extra...); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	c, err := b.store.AccountChange(t.Context(), 1)
	b.ok(err)
	if !c.Open() || c.By != "m1" {
		t.Errorf("%+v", c)
	}
	if _, err := b.store.Staff(t.Context(), "eve"); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("the account is there: %v", err)
	}
}

// Second: a number that names something of another institution.
func TestS7ObjectOfAnother(t *testing.T) {
	b := newBureau(t)
	for who, p := range map[string]*person{"1": b.ticket(1), "3": b.ticket(3)} {
		i := map[string]int{"1": 1, "3": 3}[who]
		own := "/i/" + storetest.Ref(testYear, i).ID()
		b.untouched("evidence of 2 under "+who, http.StatusNotFound, func() *httptest.ResponseRecorder { return p.get(fmt.Sprintf("%s/evidence/%d", own, b.file)) })
		b.untouched("page of 2", http.StatusNotFound, func() *httptest.ResponseRecorder {
			return p.get(fmt.Sprintf("/i/%s/evidence/%d", storetest.Ref(testYear, 2).ID(), b.file))
		})
	}
	b.untouched("evidence of 2 in 3, as its reviewer", http.StatusNotFound, func() *httptest.ResponseRecorder {
		return b.as("r3").get(fmt.Sprintf("/review/%d/%s/evidence/%d", testYear, storetest.Code(3), b.file))
	})
	b.untouched("ruling on the event of 5 under 2", http.StatusNotFound, func() *httptest.ResponseRecorder {
		return b.as("a1").post(yearPath(testYear, "i", storetest.Code(2), "event", fmt.Sprint(b.event)), "decision", "confirm", "reason", "属实", "do", "submit")
	})
}

// Third: a signature in the name that the client sends.
func TestS7SignatureBySomebodyElse(t *testing.T) {
	b := newBureau(t)
	path := yearPath(testYear, "warnings", storetest.Code(4))
	for _, id := range []string{"o1", "u1", "g1"} {
		before := b.head()
		w := b.as(id).post(path, "act", string(campaign.ActSign), "text", "同意", "by", "a1", "role", "approver", "staff", "a1", "do", "submit")
		if w.Code < 400 || b.head() != before {
			t.Errorf("%s signed as a1: %d", id, w.Code)
		}
	}
	b.as("m1").post("/accounts/new", "account", "eve", "act", "add", "name", "伊", "email", "eve@staff.example", "role", "officer", "reason", "入职", "do", "submit")
	for _, id := range []string{"m1", "o1", "u1"} {
		b.untouched(id, http.StatusForbidden, func() *httptest.ResponseRecorder {
			return b.as(id).post("/accounts/changes/1", "decision", "confirm", "by", "a1", "do", "submit")
		})
	}
	if w := b.as("a1").post("/accounts/changes/1", "decision", "confirm", "by", "a2", "do", "submit"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `id="once"`) {
		t.Fatalf("%d", w.Code)
	}
	c, err := b.store.AccountChange(t.Context(), 1)
	b.ok(err)
	if c.Open() || *c.DecidedBy != "a1" {
		t.Errorf("decided by %v", c.DecidedBy)
	}
}

// Fourth: another institution's code or number in the body. What counts is the
// address, and that is the link's.
func TestS7ForeignKeyInBody(t *testing.T) {
	b := newBureau(t)
	other := storetest.Ref(testYear, 2)
	plans := func(i int) int {
		all, err := b.store.Plans(t.Context(), storetest.Ref(testYear, i))
		b.ok(err)
		return len(all)
	}
	was, foreign := plans(5), plans(2)
	b.ticket(5).post("/i/"+storetest.Ref(testYear, 5).ID()+"/plan", append(planFields, "code", other.Code, "year", fmt.Sprint(other.Year), "ref", other.ID(), "do", "submit")...)
	if plans(2) != foreign {
		t.Error("the plan went to the institution of the body")
	}
	_ = was
	b.untouched("a seat of another", http.StatusNotFound, func() *httptest.ResponseRecorder {
		return b.as("r4").post(reviewPath(2), "code", storetest.Code(3), "points-1", "8", "do", "submit")
	})
	b.untouched("another province", http.StatusNotFound, func() *httptest.ResponseRecorder {
		return b.as("l1").post(fmt.Sprintf("/local/%d/i/%s", testYear, storetest.Code(2)), "province", "上海市", "code", storetest.Code(1), "text", "观察", "do", "submit")
	})
}

// Fifth: one request that carries a thousand. A login takes one password of it,
// and a form is one act.
func TestS7ManyInOne(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	v := url.Values{"account": {"zhou"}}
	for i := range 100 {
		v.Add("password", fmt.Sprint("guess ", i))
		v.Add("account", "zhou")
	}
	v.Add("password", goodPassword)
	post := func(p *person, path, kind, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return p.do(r)
	}
	b.untouched("a hundred passwords", http.StatusUnprocessableEntity, func() *httptest.ResponseRecorder {
		return post(b.as(""), "/login", "application/x-www-form-urlencoded", v.Encode())
	})
	batch := "[" + strings.Repeat(`{"decision":"confirm","reason":"x"},`, 999) + `{"decision":"confirm","reason":"x"}]`
	b.untouched("a batch", http.StatusUnprocessableEntity, func() *httptest.ResponseRecorder {
		return post(b.as("a1"), yearPath(testYear, "i", storetest.Code(5), "event", fmt.Sprint(b.event)), "application/json", batch)
	})
	many := url.Values{"do": {"submit"}}
	for range 1000 {
		many.Add("decision", "confirm")
		many.Add("reason", "属实")
	}
	before := b.head()
	post(b.as("a1"), yearPath(testYear, "i", storetest.Code(5), "event", fmt.Sprint(b.event)), "application/x-www-form-urlencoded", many.Encode())
	if n := b.head().Size - before.Size; n > 1 {
		t.Errorf("one form made %d records", n)
	}
}

// SE-2: what the staff reads is noted before it is shown: who, what, when, on
// which page; the auditor's own export as well.
func TestSE2ReadingsAreNoted(t *testing.T) {
	b := newBureau(t)
	code := storetest.Code(2)
	file := fmt.Sprint(b.file)
	b.as("o1").get(yearPath(testYear, "i", code, "evidence", file))
	b.as("r1").get(reviewPath(2) + "/evidence/" + file)
	b.as("u1").get(yearPath(testYear, "i", code))
	b.as("o1").get(yearPath(testYear, "survey", "answers.csv"))
	b.as("o1").get(yearPath(testYear))                                             // a page of figures
	b.as("o1").get(yearPath(testYear, "i", code, "evidence", "99999"))             // is not there
	b.as("m1").get(yearPath(testYear, "i", code))                                  // may not
	b.ticket(2).get("/i/" + storetest.Ref(testYear, 2).ID() + "/evidence/" + file) // is its own
	u := b.as("u1")
	csv := u.get("/audit/readings.csv?staff=u1")
	page := u.get("/audit/readings").Body.String()
	all, err := b.store.Readings(t.Context(), store.ReadingFilter{}, 0, 100)
	b.ok(err)
	var got []string
	for i := len(all) - 1; i >= 0; i-- {
		x := all[i]
		got = append(got, fmt.Sprintf("%s %s %d %s %s %s", x.Staff, x.Kind, x.Year, x.Code, x.Item, x.Page))
		if time.Since(x.At) > time.Hour {
			t.Errorf("at %v", x.At)
		}
	}
	want := []string{
		"o1 file 2025 " + code + " " + file + " GET /office/{year}/i/{code}/evidence/{id}",
		"r1 file 2025 " + code + " " + file + " GET /review/{year}/{code}/evidence/{id}",
		"u1 institution 2025 " + code + "  GET /office/{year}/i/{code}",
		"u1 export 0   GET /audit/readings.csv",
		"u1 person 0   GET /audit/readings",
	}
	if w := b.as("o1").get(yearPath(testYear, "survey", "answers.csv")); w.Code == http.StatusOK { // only when there is a survey
		want = append(want[:3:3], append([]string{"o1 export 2025   GET /office/{year}/survey/answers.csv"}, want[3:]...)...)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("noted:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, part := range []string{"审计甲", "机构资料", "导出", "/office/{year}/i/{code}"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if body := csv.Body.String(); !strings.HasPrefix(body, "\uFEFF") || strings.Contains(body, "o1") || !strings.Contains(body, "u1") {
		t.Errorf("%q", body)
	}
	if again := u.get("/audit/readings.csv?kind=export&staff=u1").Body.String(); !strings.Contains(again, "/audit/readings.csv") {
		t.Error("the auditor does not see his own export")
	}
	for _, id := range []string{"o1", "a1", "m1", "r1", "g1"} {
		if w := b.as(id).get("/audit/readings"); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", id, w.Code)
		}
	}
}

// What cannot be noted is not shown.
func TestSE2NothingIsReadWithoutANote(t *testing.T) {
	b := newBureau(t)
	c, err := pgx.Connect(t.Context(), b.url)
	b.ok(err)
	defer c.Close(context.Background())
	if _, err := c.Exec(context.Background(), "revoke insert on reading from xuanping_app"); err != nil {
		t.Fatal(err)
	}
	w := b.as("o1").get(yearPath(testYear, "i", storetest.Code(2), "evidence", fmt.Sprint(b.file)))
	if w.Code < 500 || strings.Contains(w.Body.String(), "shown to reviewers") || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := b.as("o1").get(yearPath(testYear)); w.Code != http.StatusOK {
		t.Errorf("a page of figures: %d", w.Code)
	}
}

func TestSE2FiltersOfTheLog(t *testing.T) {
	b := newBureau(t)
	now := time.Now()
	b.desk.Clock = func() time.Time { return now } // the day of the readings is today's, at midnight too
	b.as("o1").get(yearPath(testYear, "i", storetest.Code(2)))
	b.as("a1").get(yearPath(testYear, "i", storetest.Code(3)))
	today := campaign.DayOf(now)
	for query, n := range map[string]int{
		"staff=o1": 1, "kind=institution": 2, "kind=file": 0, "code=" + storetest.Code(3): 1, "year=2024": 0, "from=" + string(today): 2, "until=" + string(today.Add(-1)): 0, "from=" + string(today.Add(1)): 0,
	} {
		v, _ := url.ParseQuery(query)
		r := httptest.NewRequest(http.MethodGet, "/audit/readings?"+v.Encode(), nil)
		x, f := readingFilter(ask{Request: r})
		got, err := b.store.CountReadings(t.Context(), x)
		b.ok(err)
		if got != n || f.Faulty() {
			t.Errorf("%s: %d lines, want %d", query, got, n)
		}
	}
	if w := b.as("u1").get("/audit/readings?from=soon&year=x"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "应为日期") || !strings.Contains(w.Body.String(), "应为四位数") {
		t.Errorf("%d", w.Code)
	}
}
