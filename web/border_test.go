package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// timed is an answer to a connection that can be told when to stop reading.
type timed struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (c *timed) SetReadDeadline(t time.Time) error {
	c.until = t
	return nil
}

func TestPostsMustArriveInTime(t *testing.T) {
	v, _ := atPlanning(t)
	for path, limit := range map[string]time.Duration{"/login": formTime, own1("plan"): formTime, own1("evidence"): fileTime, "/office/roster": fileTime} {
		c := &timed{ResponseRecorder: httptest.NewRecorder()}
		v.srv.ServeHTTP(c, httptest.NewRequest(http.MethodPost, path, nil))
		if left := time.Until(c.until); left > limit || left < limit-5*time.Second {
			t.Errorf("%s may take %s, want %s", path, left, limit)
		}
	}
	c := &timed{ResponseRecorder: httptest.NewRecorder()}
	if v.srv.ServeHTTP(c, httptest.NewRequest(http.MethodGet, "/rules", nil)); !c.until.IsZero() {
		t.Error("a page that is only read has a deadline")
	}
}

// What an unknown client types is bounded before it is remembered.
func TestGateRemembersNoLongAccounts(t *testing.T) {
	b := newBureau(t)
	g := newGate()
	enter := func(account string) int {
		r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(url.Values{"account": {account}, "password": {"x"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		b.ok(b.site.login(g)(w, ask{Request: r}))
		return w.Code
	}
	if code := enter(strings.Repeat("a", gateName+1)); code != http.StatusUnprocessableEntity || len(g.all) != 0 {
		t.Errorf("%d, remembered %d", code, len(g.all))
	}
	if code := enter(strings.Repeat("a", gateName)); code != http.StatusUnprocessableEntity || len(g.all) != 2 {
		t.Errorf("%d, remembered %d", code, len(g.all))
	}
	if w := b.as("").post("/login", "account", strings.Repeat("a", 9<<10), "password", "x"); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a long form of login: %d", w.Code)
	}
}

func TestGateRemembersNothingMoreOfAnAddress(t *testing.T) {
	g := newGate()
	r := httptest.NewRequest(http.MethodPost, "/login", nil)
	for i := range 3 * gateWide {
		g.pass(r, fmt.Sprint("guess", i))
	}
	if len(g.all) != gateWide+1 {
		t.Errorf("one address fills %d places, want %d", len(g.all), gateWide+1)
	}
}

func TestPanicsAreLoggedAndAnswered(t *testing.T) {
	v, _ := atPlanning(t)
	var none []int
	for _, p := range []string{"GET /broken/index", "POST /broken/words", "GET /broken/off", "GET /broken/begun"} {
		v.srv.rights[p] = v.srv.rights["GET /rules"]
	}
	v.srv.handle("GET /broken/index", func(http.ResponseWriter, ask) error { none[len(none)]++; return nil })
	v.srv.handle("POST /broken/words", func(http.ResponseWriter, ask) error { panic("王经办写的内容") })
	v.srv.handle("GET /broken/off", func(http.ResponseWriter, ask) error { panic(http.ErrAbortHandler) })
	v.srv.handle("GET /broken/begun", func(w http.ResponseWriter, _ ask) error {
		w.Header().Set("Content-Type", "application/pdf")
		panic(errors.New("half a file"))
	})
	want(t, v.get("/broken/index", who{}), 500, "错误编号")
	for _, part := range []string{"level=ERROR", "handler panicked", "index out of range", "border_test.go"} {
		if !strings.Contains(v.log.String(), part) {
			t.Errorf("the log lacks %q: %s", part, v.log)
		}
	}
	a := v.post("/broken/words", who{}, "goals", "写了很久")
	want(t, a, 500, "写了很久", `id="kept"`)
	if strings.Contains(v.log.String(), "王经办") {
		t.Error("the log quotes the value of a panic")
	}
	for _, path := range []string{"/broken/off", "/broken/begun"} {
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("%s ends with %v", path, p)
				}
			}()
			v.get(path, who{})
		}()
	}
}

// A page that cannot be made is an error, not half a page.
func TestDeedWithoutItsPage(t *testing.T) {
	b := newBureau(t)
	gone := campaign.Fail(campaign.NotFound, "没有了")
	d := deed{page: func(*form) (page, error) { return page{}, gone }, rows: func() [][2]string { return nil }, act: func() error { return campaign.Fail(campaign.Conflict, "已办理") }}
	for _, do := range []string{"check", "edit", "submit"} {
		if err := b.site.perform(httptest.NewRecorder(), ask{Request: request(http.MethodPost, "/x")}, newForm().Set("do", do), d); !errors.Is(err, gone) {
			t.Errorf("%s: %v", do, err)
		}
	}
}

// A paper is marked by its own year, whatever year is the newest (UX-2).
func TestVerifyMarksRehearsals(t *testing.T) {
	for _, rehearsal := range []bool{true, false} {
		v := openSite(t, rehearsal, 1)
		served(v)
		storetest.Campaign(t, v.st, siteYear+1, !rehearsal, 1)
		a := v.get("/v/XP26-001K7", who{})
		want(t, a, 200, "宣评告〔2027〕1号")
		if strings.Contains(a.body, voidState) != rehearsal || strings.Contains(a.body, `class="rehearsal"`) != rehearsal || strings.Contains(a.body, ">有效<") == rehearsal {
			t.Errorf("a paper of a rehearsal (%v) is shown as\n%s", rehearsal, a.body)
		}
	}
}

// A notice that is printed and not served yet does not exist for the institution.
func TestPapersWaitForTheirService(t *testing.T) {
	v := openSite(t, false, 1)
	v.now = campaign.Day("2027-03-26").Morning()
	ref, by := storetest.Ref(siteYear, 1), v.bearer(1)
	add := func(kind campaign.Paper, verify string) {
		key := ref.ID() + "/paper/" + string(kind) + "/1"
		v.write(func(tx *store.Tx) error {
			tx.Queue(store.Intent{Key: key, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: kind, N: 1, Version: 1, Date: "2027-03-25"}})
			return nil
		})
		v.write(func(tx *store.Tx) error {
			return tx.AddPaper(t.Context(), store.Paper{Key: key, Year: siteYear, Code: ref.Code, Kind: kind, Number: kind.Number(2027, 1), Verify: verify, PDF: []byte("%PDF-1.4 " + verify), At: v.now})
		})
	}
	see := func(kind campaign.Paper, verify string, may bool) {
		t.Helper()
		a, home := v.get(own1("papers/"+verify), by), v.get(own1(""), by)
		listed, told := strings.Contains(home.body, verify), strings.Contains(home.body, "制作文书《"+kind.Chinese()+"》")
		if (a.code == 200) != may || listed != may || told != may {
			t.Errorf("%s: sent %d, listed %v, in the timeline %v, want %v", kind, a.code, listed, told, may)
		}
		if r := v.get(own1("result"), by); strings.Contains(r.body, verify) && !may {
			t.Errorf("%s is linked on the result page", kind)
		}
	}
	v.stage(1, "2027-04-09", campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring)
	add(campaign.ResultPaper, "RRRR-1111")
	see(campaign.ResultPaper, "RRRR-1111", false)
	v.write(func(tx *store.Tx) error {
		return tx.AddResult(t.Context(), ref, store.Result{Version: 1, Scored: true, At: v.now})
	})
	v.stage(1, "2027-04-09", campaign.Served)
	add(campaign.FinalPaper, "FFFF-2222")
	see(campaign.ResultPaper, "RRRR-1111", true)
	see(campaign.FinalPaper, "FFFF-2222", false)
	v.stage(1, "", campaign.Final)
	see(campaign.FinalPaper, "FFFF-2222", true)
}
