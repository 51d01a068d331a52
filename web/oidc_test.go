package web

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

const oidcBase = "https://xp.example"

// oidcSite is a bureau whose o1 is sub-1 at a provider.
func oidcSite(t *testing.T) (*bureau, *provider) {
	b, p := newBureau(t), newProvider(t)
	b.site.BaseURL = oidcBase
	b.site.OIDC = &OIDC{Issuer: p.URL, ClientID: "xuanping", Secret: "s", Name: "示例认证"}
	o1, err := b.store.Staff(t.Context(), "o1")
	b.ok(err)
	o1.Subject = "sub-1"
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error { return tx.PutStaff(t.Context(), o1, "setup", time.Now()) }))
	return b, p
}

// begin goes to the provider and gives the browser with its cookie.
func (b *bureau) begin(query string) (*person, string) {
	b.t.Helper()
	who := b.as("")
	w := who.get("/login/oidc" + query)
	if w.Code != http.StatusSeeOther {
		b.t.Fatalf("%d %s", w.Code, w.Body)
	}
	who.cookies = w.Result().Cookies()
	return who, w.Header().Get("Location")
}

func TestS5OIDCLogin(t *testing.T) {
	b, p := oidcSite(t)
	if body := b.as("").get("/login").Body.String(); !strings.Contains(body, "通过示例认证登录") {
		t.Error("the login page does not offer it")
	}
	who, to := b.begin("?next=" + url.QueryEscape("/office/2025"))
	c := who.cookies[0]
	if c.Name != oidcCookie || !c.HttpOnly || !c.Secure || c.Path != "/login/oidc" || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("%+v", c)
	}
	back := p.login(to)
	if p.sent.Get("redirect_uri") != oidcBase+"/login/oidc/callback" || p.sent.Get("response_type") != "code" || p.sent.Get("scope") != "openid" || len(p.sent.Get("nonce")) < 20 || len(p.sent.Get("code_challenge")) != 43 {
		t.Errorf("asked with %v", p.sent)
	}
	w := who.get("/login/oidc/callback?" + back.Encode())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/office/2025" {
		t.Fatalf("%d to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	for _, c := range w.Result().Cookies() {
		if c.Name == sessionCookie {
			if in := (&person{b: b, cookies: []*http.Cookie{c}}).get("/office"); in.Code != http.StatusOK {
				t.Errorf("signed in: %d", in.Code)
			}
			return
		}
	}
	t.Error("no session")
}

// S5: what does not fit is refused, and no session comes of it.
func TestS5OIDCRefuses(t *testing.T) {
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(k string, v any) func(*provider) {
		return func(p *provider) { p.claims = func(c map[string]any) { c[k] = v } }
	}
	for name, bad := range map[string]func(p *provider){
		"alg none":              func(p *provider) { p.alg = "none" },
		"signed by a stranger":  func(p *provider) { p.key = stranger },
		"nonce of another":      claim("nonce", "replayed"),
		"no nonce":              claim("nonce", nil),
		"for another client":    claim("aud", "other"),
		"of another issuer":     claim("iss", "https://evil.example"),
		"expired":               claim("exp", time.Now().Add(-2*time.Minute).Unix()),
		"from the future":       claim("iat", time.Now().Add(10*time.Minute).Unix()),
		"not valid yet":         claim("nbf", time.Now().Add(time.Hour).Unix()),
		"nobody":                claim("sub", ""),
		"somebody unknown here": claim("sub", "sub-9"),
		"keys swapped":          func(p *provider) { p.shown = stranger },
	} {
		t.Run(name, func(t *testing.T) {
			b, p := oidcSite(t)
			who, to := b.begin("")
			back := p.login(to)
			bad(p)
			b.refused(t, who.get("/login/oidc/callback?"+back.Encode()).Result())
		})
	}
}

func (b *bureau) refused(t *testing.T, r *http.Response) {
	t.Helper()
	if r.StatusCode < 400 {
		t.Errorf("%d to %q", r.StatusCode, r.Header.Get("Location"))
	}
	for _, c := range r.Cookies() {
		if c.Name == sessionCookie && c.MaxAge >= 0 {
			t.Error("a session was given")
		}
	}
}

// Clocks differ: a token whose time ended just now is taken within the minute.
func TestS5OIDCClockSkew(t *testing.T) {
	b, p := oidcSite(t)
	who, to := b.begin("")
	back := p.login(to)
	p.claims = func(c map[string]any) {
		c["exp"], c["iat"] = time.Now().Add(-30*time.Second).Unix(), time.Now().Add(30*time.Second).Unix()
	}
	if w := who.get("/login/oidc/callback?" + back.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
}

// An answer belongs to the browser that asked, and serves once.
func TestS5OIDCStateServesOnce(t *testing.T) {
	b, p := oidcSite(t)
	victim, _ := b.begin("")
	attacker, to := b.begin("")
	back := p.login(to).Encode()
	b.refused(t, victim.get("/login/oidc/callback?"+back).Result())   // login CSRF: the attacker's answer in the victim's browser
	b.refused(t, b.as("").get("/login/oidc/callback?"+back).Result()) // without the cookie
	b.refused(t, attacker.get("/login/oidc/callback?error=denied&state="+url.QueryEscape(p.sent.Get("state"))).Result())
	b.refused(t, attacker.get("/login/oidc/callback?"+back).Result()) // the state is used up
	who, to := b.begin("")
	back = p.login(to).Encode()
	if w := who.get("/login/oidc/callback?" + back); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	b.refused(t, who.get("/login/oidc/callback?"+back).Result()) // replayed whole
	who, to = b.begin("")
	b.refused(t, who.get("/login/oidc/callback?"+p.login(to).Encode()+"&iss="+url.QueryEscape("https://evil.example")).Result())
}

// Metadata that names another issuer are not those of the provider.
func TestS5OIDCMetadataSwapped(t *testing.T) {
	b, p := oidcSite(t)
	p.issuer = "https://evil.example"
	if w := b.as("").get("/login/oidc"); w.Code < 500 || len(w.Result().Cookies()) != 0 {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	p.issuer = p.URL // back again: the refusal was not kept
	b.begin("")
}

// Asked again who he is, the provider must have asked him now.
func TestS5OIDCAgain(t *testing.T) {
	b, p := oidcSite(t)
	for at, fine := range map[int64]bool{time.Now().Unix(): true, time.Now().Add(-time.Hour).Unix(): false, 0: false} {
		who, to := b.begin("?again=1")
		back := p.login(to)
		if p.sent.Get("prompt") != "login" || p.sent.Get("max_age") != "0" {
			t.Errorf("asked with %v", p.sent)
		}
		p.claims = func(c map[string]any) { c["auth_time"] = at }
		if w := who.get("/login/oidc/callback?" + back.Encode()); (w.Code == http.StatusSeeOther) != fine {
			t.Errorf("asked at %d: %d", at, w.Code)
		}
	}
}

func TestS5OIDCIsNotThereUnlessSet(t *testing.T) {
	b := newBureau(t)
	for _, path := range []string{"/login/oidc", "/login/oidc/callback?code=x&state=y"} {
		if w := b.as("").get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if strings.Contains(b.as("").get("/login").Body.String(), "/login/oidc") {
		t.Error("the login page offers it")
	}
	if _, _, err := b.desk.LoginSubject(t.Context(), ""); campaign.KindOf(err) != campaign.Forbidden {
		t.Errorf("nobody's name opens a session: %v", err)
	}
}
