package web

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// The two cookies: a staff session, and the link that an institution came through.
const (
	sessionCookie = "xp_session"
	ticketCookie  = "xp_ticket"
)

// policy allows our own stylesheet and pictures and nothing that runs.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP is the whole site: headers, the check for forms posted from other
// sites, the limit of what may be posted, then the page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.headers(w.Header())
	r = s.behindProxy(r)
	guard := http.NewCrossOriginProtection()
	if s.BaseURL != "" {
		_ = guard.AddTrustedOrigin(strings.TrimSuffix(s.BaseURL, "/")) // behind a proxy the Host may differ; a malformed address trusts nobody
	}
	if err := guard.Check(r); err != nil {
		s.fail(w, ask{Request: r}, campaign.Fail(campaign.Forbidden, "请求来自其他网站，已被拒绝。请在本网站的页面上操作"))
		return
	}
	if r.Method == http.MethodPost {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime(r))) // only a connection has one
		limit := bodyLimit(r)
		if r.ContentLength > limit {
			if !keepsForm(r) {
				w.Header().Set("Connection", "close") // answer before the rest arrives
				s.fail(w, ask{Request: r, Own: s.holder(r)}, errTooLarge)
				return
			}
			w.Header().Set("Connection", "close")
		}
		r.Body = &capped{http.MaxBytesReader(w, r.Body, limit), r.Body}
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		q := ask{Request: r, Own: s.holder(r)}
		if x, err := s.session(r); err == nil && x.Level == store.FullSession {
			q.Staff = x.Staff // so that the page is the one of any other missing page
		}
		s.fail(w, q, s.unknown(w, r))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// unknown tells a page that does not exist from one that is not there to be
// posted to, or only to be posted to.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) error {
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		if other.Method = m; m != r.Method {
			if _, pattern := s.mux.Handler(other); pattern != "" {
				w.Header().Set("Allow", m)
				return errMethod
			}
		}
	}
	return errNoPage
}

func (s *Server) headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
	if s.secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func (s *Server) secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }

func (s *Server) cookie(name, value, path string) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: path, HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode}
}

// setSession remembers who signed in.
func (s *Server) setSession(w http.ResponseWriter, token []byte) {
	http.SetCookie(w, s.cookie(sessionCookie, base64.RawURLEncoding.EncodeToString(token), "/"))
}

// endSession forgets who was signed in, here and in the score book.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request) error {
	c := s.cookie(sessionCookie, "", "/")
	c.MaxAge = -1
	http.SetCookie(w, c)
	token, err := sessionToken(r)
	if err != nil {
		return nil // there was none
	}
	return s.store.EndSession(r.Context(), token)
}

func sessionToken(r *http.Request) ([]byte, error) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, errNoSession
	}
	token, err := base64.RawURLEncoding.Strict().DecodeString(c.Value)
	if err != nil || len(token) != 32 {
		return nil, errNoSession
	}
	return token, nil
}

// session finds whose session a request brings, however far it has come;
// errNoSession when it brings none.
func (s *Server) session(r *http.Request) (store.Session, error) {
	token, err := sessionToken(r)
	if err != nil {
		return store.Session{}, err
	}
	p, err := s.Desk.Who(r.Context(), token)
	if err != nil && campaign.KindOf(err) == campaign.NotFound {
		return p, errNoSession
	}
	return p, err
}

// visitor finds the institution whose link the bearer holds.
func (s *Server) visitor(r *http.Request) (desk.Visitor, error) {
	c, err := r.Cookie(ticketCookie)
	if err != nil {
		return desk.Visitor{}, &noLink{err: campaign.Fail(campaign.Forbidden, "请从邮件中的链接进入办理页面。链接遗失的，可以申请新链接")}
	}
	return s.openLink(r.Context(), c.Value)
}

// holder is the institution whose link a request brings, for the way back from a
// page of failure; nobody when it brings none that opens anything.
func (s *Server) holder(r *http.Request) contract.Ref {
	if v, err := s.visitor(r); err == nil {
		return v.Ref
	}
	return contract.Ref{}
}
