package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"xuanping/campaign"
	"xuanping/store"
)

// OIDC is the identity provider that staff may sign in with. Who somebody is
// there (sub) stands in his account; a second factor is the provider's matter.
type OIDC struct {
	Issuer   string // e.g. https://login.example.gov.cn/realms/staff
	ClientID string
	Secret   string // "" for a public client; PKCE is used in any case
	Name     string // on the button, e.g. 统一身份认证

	Client *http.Client // nil: with a time limit

	mu    sync.Mutex
	known *oidc.Provider
}

const (
	oidcCookie = "xp_oidc"
	oidcPath   = "/login/oidc"
	oidcWait   = 15 * time.Second
	oidcSkew   = time.Minute // clocks differ
)

// Reach asks the provider how it is to be spoken to, and whether it is the one
// that is configured.
func (o *OIDC) Reach(ctx context.Context) error {
	_, err := o.provider(ctx)
	return err
}

func (o *OIDC) name() string {
	if o.Name == "" {
		return "统一身份认证"
	}
	return o.Name
}

// context carries the client that speaks to the provider.
func (o *OIDC) context(ctx context.Context) context.Context {
	c := o.Client
	if c == nil {
		c = &http.Client{Timeout: oidcWait}
	}
	return oidc.ClientContext(ctx, c)
}

// provider asks the provider where its doors are, once; one that names itself
// otherwise than we do is refused.
func (o *OIDC) provider(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil {
		p, err := oidc.NewProvider(o.context(context.WithoutCancel(ctx)), o.Issuer)
		if err != nil {
			return nil, &campaign.Error{Kind: campaign.Internal, Say: "统一身份认证暂时无法连接", Err: err}
		}
		o.known = p
	}
	return o.known, nil
}

func (o *OIDC) config(p *oidc.Provider, baseURL string) *oauth2.Config {
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret, Endpoint: p.Endpoint(),
		RedirectURL: strings.TrimSuffix(baseURL, "/") + oidcPath + "/callback", Scopes: []string{oidc.ScopeOpenID}}
}

// oidcDoor is the way to the provider on the login page; empty without one.
func (s *Server) oidcDoor(next string) link {
	if s.OIDC == nil {
		return link{}
	}
	return link{Href: withNext(oidcPath, next), Text: "通过" + s.OIDC.name() + "登录"}
}

// oidcStart sends a person to the provider. What he brings back must fit what
// this browser took along: state, nonce and the secret of PKCE are of this login
// alone and serve once. Only a login that waits is written, nothing of the score book.
func (s *Server) oidcStart(w http.ResponseWriter, r ask) error {
	if s.OIDC == nil {
		return errNoPage
	}
	p, err := s.OIDC.provider(r.Context())
	if err != nil {
		return err
	}
	state := make([]byte, 32)
	rand.Read(state)
	again := r.URL.Query().Get("again") != ""
	l := store.OIDCLogin{Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: r.URL.Query().Get("next"), Again: again, At: s.Desk.Clock()}
	if len(l.Next) > 500 {
		l.Next = ""
	}
	if err := s.store.AddOIDCLogin(r.Context(), state, l); err != nil {
		return err
	}
	text := base64.RawURLEncoding.EncodeToString(state)
	c := s.cookie(oidcCookie, text, oidcPath)
	c.MaxAge = 600
	http.SetCookie(w, c)
	more := []oauth2.AuthCodeOption{oidc.Nonce(l.Nonce), oauth2.S256ChallengeOption(l.Verifier)}
	if again { // the provider asks once more, whatever it remembers
		more = append(more, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	http.Redirect(w, r.Request, s.OIDC.config(p, s.BaseURL).AuthCodeURL(text, more...), http.StatusSeeOther)
	return nil
}

var errOIDC = campaign.Fail(campaign.Forbidden, "统一身份认证登录没有完成，请回到登录页重新开始")

// oidcCallback takes what the provider sent back.
func (s *Server) oidcCallback(w http.ResponseWriter, r ask) error {
	if s.OIDC == nil {
		return errNoPage
	}
	gone := s.cookie(oidcCookie, "", oidcPath)
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	q := r.URL.Query()
	c, err := r.Cookie(oidcCookie)
	if err != nil || subtle.ConstantTimeCompare([]byte(c.Value), []byte(q.Get("state"))) != 1 {
		return errOIDC
	}
	state, err := base64.RawURLEncoding.Strict().DecodeString(c.Value)
	if err != nil {
		return errOIDC
	}
	l, err := s.store.TakeOIDCLogin(r.Context(), state, s.Desk.Clock())
	if err != nil {
		if campaign.KindOf(err) == campaign.NotFound {
			return errOIDC
		}
		return err
	}
	subject, err := s.subjectOf(r.Context(), l, q)
	if err != nil {
		return err
	}
	token, x, err := s.Desk.LoginSubject(r.Context(), subject)
	if err != nil {
		return err
	}
	return s.signIn(w, r, token, x, l.Next)
}

// subjectOf exchanges the code and reads who it is from the signed token: the
// signature (never alg none), issuer, audience, times and nonce must all fit.
func (s *Server) subjectOf(ctx context.Context, l store.OIDCLogin, q url.Values) (string, error) {
	refuse := func(why string, err error) (string, error) {
		s.Log.Warn("identity provider's answer refused", "why", why, "err", err)
		return "", errOIDC
	}
	if q.Get("error") != "" || q.Get("code") == "" {
		return refuse("no code", nil)
	}
	if iss := q.Get("iss"); iss != "" && iss != s.OIDC.Issuer { // RFC 9207: another provider's answer
		return refuse("answer of another issuer", nil)
	}
	p, err := s.OIDC.provider(ctx)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(s.OIDC.context(ctx), oidcWait)
	defer cancel()
	t, err := s.OIDC.config(p, s.BaseURL).Exchange(ctx, q.Get("code"), oauth2.VerifierOption(l.Verifier))
	if err != nil {
		return refuse("code not exchanged", err)
	}
	raw, _ := t.Extra("id_token").(string)
	now := s.Desk.Clock
	id, err := p.Verifier(&oidc.Config{ClientID: s.OIDC.ClientID, Now: func() time.Time { return now().Add(-oidcSkew) }}).Verify(ctx, raw)
	if err != nil {
		return refuse("token not verified", err)
	}
	var claims struct {
		AuthTime int64 `json:"auth_time"`
	}
	switch err := id.Claims(&claims); {
	case err != nil:
		return refuse("claims not read", err)
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(l.Nonce)) != 1:
		return refuse("nonce of another login", nil)
	case id.IssuedAt.After(now().Add(oidcSkew)):
		return refuse("issued in the future", nil)
	case id.Subject == "":
		return refuse("nobody named", nil)
	case l.Again && (claims.AuthTime == 0 || time.Unix(claims.AuthTime, 0).Before(l.At.Add(-oidcSkew))):
		return refuse("not asked again", nil)
	}
	return id.Subject, nil
}
