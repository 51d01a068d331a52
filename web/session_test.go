package web

import (
	"io"
	"log/slog"
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

// enter signs somebody in by the login page.
func (b *bureau) enter(account, password string, cookies ...*http.Cookie) (*person, *httptest.ResponseRecorder) {
	b.t.Helper()
	p := &person{b: b, cookies: cookies}
	w := p.post("/login", "account", account, "password", password)
	for _, c := range w.Result().Cookies() {
		if c.Name == sessionCookie {
			p.cookies = []*http.Cookie{c}
		}
	}
	return p, w
}

func (p *person) inside() bool {
	w := p.get("/office")
	return w.Code == http.StatusOK
}

// S5, fixation: a session that somebody was given before he signed in is worth
// nothing afterwards, and each login is a session of its own.
func TestS5LoginRotates(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	planted := &http.Cookie{Name: sessionCookie, Value: strings.Repeat("A", 43)}
	p, w := b.enter("zhou", goodPassword, planted)
	if w.Code != http.StatusSeeOther || p.cookies[0].Value == planted.Value || !p.inside() {
		t.Fatalf("%d %+v", w.Code, p.cookies)
	}
	if (&person{b: b, cookies: []*http.Cookie{planted}}).inside() {
		t.Error("the planted session is open")
	}
	old := p.cookies[0]
	again, _ := b.enter("zhou", goodPassword, old)
	if again.cookies[0].Value == old.Value || !again.inside() {
		t.Error("the second login goes on with the first session")
	}
	if (&person{b: b, cookies: []*http.Cookie{old}}).inside() {
		t.Error("the session before the login is open")
	}
}

// S5: whoever logs out is out everywhere at once, also at another server.
func TestS5LogoutReachesEveryServer(t *testing.T) {
	b := newBureau(t)
	p := b.as("o1")
	other, err := store.Open(t.Context(), b.url)
	b.ok(err)
	t.Cleanup(other.Close)
	d := *b.desk
	d.Store = other
	second := New(Options{Desk: &d, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	there := func() int {
		r := httptest.NewRequest(http.MethodGet, "/office", nil)
		r.AddCookie(p.cookies[0])
		w := httptest.NewRecorder()
		second.ServeHTTP(w, r)
		return w.Code
	}
	if there() != http.StatusOK {
		t.Fatal("not in at the second server")
	}
	p.post("/logout")
	began := time.Now()
	if code := there(); code != http.StatusSeeOther {
		t.Errorf("in at the second server %v after the logout: %d", time.Since(began), code)
	}
}

// S5, the seventh of S7: a new password ends all sessions but the one it was chosen in.
func TestS7SessionsAfterPasswordChange(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	here, _ := b.enter("zhou", goodPassword)
	there, _ := b.enter("zhou", goodPassword)
	before := here.cookies[0]
	w := here.post("/me/password", "was", goodPassword, "fresh", "another horse 电池", "repeat", "another horse 电池", "role", "approver")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/me?done=password" {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	if there.inside() || here.inside() {
		t.Error("a session from before the change is open")
	}
	here.cookies = w.Result().Cookies()
	if here.cookies[0].Value == before.Value || !here.inside() {
		t.Error("the browser he is at was signed out")
	}
	if p, err := b.store.Staff(t.Context(), "zhou"); err != nil || p.Role != campaign.Officer {
		t.Errorf("the role came along: %v %v", p.Role, err)
	}
	for fields, want := range map[string]string{
		"was=wrong&fresh=a+long+password&repeat=a+long+password":            "现在的密码不正确",
		"was=another+horse+电池&fresh=short&repeat=short":                     "至少 10 位",
		"was=another+horse+电池&fresh=a+long+password&repeat=b+long+password": "两次输入的新密码不一致",
	} {
		v, _ := url.ParseQuery(fields)
		w := here.post("/me/password", "was", v.Get("was"), "fresh", v.Get("fresh"), "repeat", v.Get("repeat"))
		if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, want) || strings.Contains(body, v.Get("fresh")) {
			t.Errorf("%s: %d", fields, w.Code)
		}
	}
}

// S5: guessing from one address slows that address; the person himself, from
// his own, is not locked out.
func TestS5TheVictimIsNotLockedOut(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	attack := func() int {
		r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader("account=zhou&password=guess"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = "203.0.113.9:4711"
		w := httptest.NewRecorder()
		b.site.ServeHTTP(w, r)
		return w.Code
	}
	last := 0
	for range gateTries + 1 {
		last = attack()
	}
	if last != http.StatusTooManyRequests {
		t.Fatalf("guessing is not slowed down: %d", last)
	}
	if _, w := b.enter("zhou", goodPassword); w.Code != http.StatusSeeOther {
		t.Errorf("the person himself: %d", w.Code)
	}
}

// S5, S7: no address of another site is ever led to.
func TestS7OpenRedirects(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	for _, next := range []string{"//evil.example", `/\evil.example`, "https:evil.example", "https://evil.example/office", "/office//evil.example/..//", "///evil.example", `\\evil.example`, "/office\t//evil", "/%2f%2fevil.example",
		"／／evil.example", "/office@evil.example", "javascript:alert(1)", "http:///evil.example", "/office/../../evil", "/.evil.example", "\x00//evil.example", "/office\r\nSet-Cookie: a=b", "https://xp.example@evil.example/office"} {
		for _, path := range []string{"/login", "/login/code"} {
			p := b.as("")
			if path == "/login/code" {
				p = b.session("o1", store.CodeSession, time.Now())
			}
			w := p.post(path, "account", "zhou", "password", goodPassword, "next", next)
			to := w.Header().Get("Location")
			if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) || to != "" && !strings.HasPrefix(to, "/office") {
				t.Errorf("%s with %q leads to %q", path, next, to)
			}
		}
		w := b.session("o1", store.FullSession, time.Now()).get("/login?next=" + url.QueryEscape(next))
		if to := w.Header().Get("Location"); to != "/office" {
			t.Errorf("signed in already, %q leads to %q", next, to)
		}
	}
}

// A login whose password was right and whose code is to come opens one page.
func TestS5CodePage(t *testing.T) {
	b := newBureau(t)
	p := b.session("o1", store.CodeSession, time.Now())
	if w := p.get("/office"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login/code" {
		t.Errorf("%d %q", w.Code, w.Header().Get("Location"))
	}
	if w := p.get("/rules"); strings.Contains(w.Body.String(), "经办甲") {
		t.Error("a public page knows him already")
	}
	if w := p.get("/login/code"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `autocomplete="one-time-code"`) {
		t.Errorf("%d", w.Code)
	}
	if w := p.post("/login/code", "code", "123456"); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "123456") {
		t.Errorf("%d", w.Code)
	}
	if w := b.session("o1", store.CodeSession, time.Now().Add(-11*time.Minute)).get("/login/code"); w.Code != http.StatusSeeOther {
		t.Errorf("it waits for ever: %d", w.Code)
	}
	if w := b.as("o1").get("/login/code"); w.Header().Get("Location") != "/login" {
		t.Errorf("signed in: %q", w.Header().Get("Location"))
	}
}

// The second factor is set up on a page: secret and picture, a first code, the
// recovery codes once.
func TestS5FactorPage(t *testing.T) {
	b := newBureau(t)
	now := time.Now()
	b.desk.Clock = func() time.Time { return now }
	p := b.as("o1")
	if w := p.get("/me"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "未启用") {
		t.Errorf("%d", w.Code)
	}
	w := p.post("/me/factor", "do", "begin")
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, `src="data:image/png;base64,`) || !strings.Contains(body, `id="factor-secret"`) {
		t.Fatalf("%d", w.Code)
	}
	wrong := wrongOneTime(t, secretOn.FindStringSubmatch(w.Body.String())[1], now)
	if w := p.post("/me/factor", "do", "confirm", "code", wrong); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "验证码不正确") {
		t.Errorf("%d", w.Code)
	}
	if w := p.get("/me/factor"); !strings.Contains(w.Body.String(), "开始设置") {
		t.Error("a factor without a first code is in use")
	}
}

// A browser left open signs nothing: the act waits for the password, with all
// that was typed, and goes on with it.
func TestS5SigningAsksAgain(t *testing.T) {
	b := newBureau(t)
	b.hire("a9", campaign.Approver)
	b.hire("o9", campaign.Officer)
	stale := b.session("o9", store.FullSession, time.Now().Add(-20*time.Minute))
	path := yearPath(testYear, "warnings", storetest.Code(4))
	before := b.head()
	w := stale.post(path, "act", string(campaign.ActNotice), "text", "依据第三十二条告知。", "do", "submit")
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(body, `name="again"`) || !strings.Contains(body, "依据第三十二条告知。") || !strings.Contains(body, `name="act" value="notice"`) {
		t.Fatalf("%d %s", w.Code, body)
	}
	if w := stale.post(path, "act", string(campaign.ActNotice), "text", "依据第三十二条告知。", "do", "submit", "again", "wrong"); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), `value="wrong"`) {
		t.Errorf("a wrong password: %d", w.Code)
	}
	if b.head() != before {
		t.Fatal("it was done before he showed who he is")
	}
	if w := stale.post(path, "act", string(campaign.ActNotice), "text", "依据第三十二条告知。", "do", "check"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), `name="again"`) {
		t.Errorf("looking asks: %d", w.Code)
	}
	w = stale.post(path, "act", string(campaign.ActNotice), "text", "依据第三十二条告知。", "do", "submit", "again", goodPassword)
	if w.Code != http.StatusSeeOther || b.head() == before {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
}
