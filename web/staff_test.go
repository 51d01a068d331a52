package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
)

const goodPassword = "correct horse 电池"

func (b *bureau) hire(id string, role campaign.Role) {
	b.t.Helper()
	b.ok(b.desk.AddStaff(b.t.Context(), store.Staff{ID: id, Name: "人员" + id, Email: id + "@login.example", Role: role}, goodPassword, "setup"))
}

func TestLogin(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	nobody := b.as("")
	w := nobody.post("/login", "account", " ZHOU ", "password", goodPassword, "next", "/office/2025/mails?state=queued")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/office/2025/mails?state=queued" {
		t.Fatalf("login: %d to %q", w.Code, w.Header().Get("Location"))
	}
	c := w.Result().Cookies()
	if len(c) != 1 || c[0].Name != sessionCookie || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].Secure || c[0].Path != "/" || c[0].MaxAge != 0 {
		t.Fatalf("cookies %+v", c)
	}
	b.site.BaseURL = "https://xp.example"
	w = nobody.post("/login", "account", "zhou", "password", goodPassword)
	if c := w.Result().Cookies(); len(c) != 1 || !c[0].Secure {
		t.Errorf("over https: %+v", c)
	}
	b.site.BaseURL = ""
	in := &person{b: b, cookies: c}
	if w := in.get("/office"); w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("signed in: %d %q", w.Code, w.Header().Get("Cache-Control"))
	}
	if w := in.post("/logout"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login" || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("logout: %d %+v", w.Code, w.Result().Cookies())
	}
	if w := in.get("/office"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/login") {
		t.Errorf("the session lives on: %d", w.Code)
	}
}

// A wrong account and a wrong password look alike, and the password never comes back.
func TestLoginTellsNothing(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	bodies := map[string]bool{}
	for _, account := range []string{"zhou", "nobody", "r1"} {
		w := b.as("").post("/login", "account", account, "password", "secret-guess-1")
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: %d %v", account, w.Code, w.Result().Cookies())
		}
		if strings.Contains(body, "secret-guess-1") || !strings.Contains(body, `value="`+account+`"`) {
			t.Errorf("%s: the form keeps the wrong things", account)
		}
		bodies[strings.ReplaceAll(body, `value="`+account+`"`, "")] = true
	}
	if len(bodies) != 1 {
		t.Errorf("%d different answers", len(bodies))
	}
}

func TestLoginNext(t *testing.T) {
	officer := store.Staff{Role: campaign.Officer}
	for next, want := range map[string]string{
		"": "/office", "/office/2025": "/office/2025", "/office/2025?x=1": "/office/2025?x=1", "/review": "/office", "/officer": "/office",
		"//evil.example/office": "/office", "https://evil.example/office/": "/office", `/\evil.example`: "/office", "/office/\r\nX: y": "/office", "%zz": "/office",
	} {
		if got := staffNext(next, officer); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestGate(t *testing.T) {
	g := newGate()
	from := func(ip string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/login", nil)
		r.RemoteAddr = ip + ":4711"
		return r
	}
	count := func(ip, account string) (n int) {
		for range 2 * gateTries {
			if g.pass(from(ip), account) {
				n++
			}
		}
		return n
	}
	if n := count("192.0.2.1", "a"); n != gateTries {
		t.Errorf("%d attempts taken, want %d", n, gateTries)
	}
	if n := count("192.0.2.2", "a"); n != gateTries {
		t.Errorf("another address has %d attempts, want its own %d", n, gateTries)
	}
	g.forget(from("192.0.2.1"), "a")
	if !g.pass(from("192.0.2.1"), "a") {
		t.Error("who signed in has no attempts again")
	}
	taken := 0
	for i := range 10 * gateWide {
		if g.pass(from("192.0.2.3"), fmt.Sprint("guess", i)) {
			taken++
		}
	}
	if taken != gateWide {
		t.Errorf("one address tried %d accounts, want %d", taken, gateWide)
	}
	for i := range 2 * gateSize {
		g.pass(from(fmt.Sprintf("198.51.%d.%d", i/256, i%256)), "a")
	}
	if n := len(g.all); n > gateSize+1 {
		t.Errorf("the gate remembers %d", n)
	}
}

func TestLoginIsSlowedDown(t *testing.T) {
	b := newBureau(t)
	codes := map[int]int{}
	for range gateTries + 2 {
		codes[b.as("").post("/login", "account", "o1", "password", "wrong").Code]++
	}
	if codes[http.StatusUnprocessableEntity] != gateTries || codes[http.StatusTooManyRequests] != 2 {
		t.Errorf("answers %v", codes)
	}
}
