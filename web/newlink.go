package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
)

// linkPath is where a new link is asked for; no part of a link ever stands in it.
const linkPath = "/link"

// answerAfter is how long asking for a link takes at least, so that nobody reads
// off the time whether a letter was queued.
const answerAfter = 250 * time.Millisecond

// linkSent is the one answer to everybody who asks for a link (S1).
const linkSent = "申请已收到。机构登记了邮箱且年度评价尚未归档的，新链接将在几分钟内发到登记的邮箱，六小时内只发一封。没有收到的，请查看垃圾邮件，仍没有的请联系经办人员。"

// noLink is the error of a link that opens nothing: the page of the failure offers
// a new one. Token is the link when it was one of ours.
type noLink struct {
	err   error
	token string
}

func (e *noLink) Error() string { return e.err.Error() }
func (e *noLink) Unwrap() error { return e.err }

// openLink lets the bearer of a link in, or says that he may ask for another.
func (s *Server) openLink(ctx context.Context, token string) (desk.Visitor, error) {
	v, err := s.Desk.Open(ctx, token)
	switch campaign.KindOf(err) {
	case campaign.TooLate:
		return v, &noLink{err, token}
	case campaign.NotFound:
		return v, &noLink{err: err}
	}
	return v, err
}

// renewal is the form that asks for a new link: by the old one, or by what only
// the institution knows when that is lost.
type renewal struct {
	Token   string
	Form    *form
	Apart   bool // in a window of its own: this page holds what was typed
	Contact string
}

func (s *Server) linkForm(w http.ResponseWriter, r ask) error {
	return s.showLink(w, r, http.StatusOK, newForm(), "")
}

func (s *Server) showLink(w http.ResponseWriter, r ask, status int, f *form, sent string) error {
	return s.render(w, r, status, "new-link", page{Title: "申请新的办理链接", Form: f, Data: map[string]any{"Sent": sent, "Renew": renewal{Form: f, Contact: s.Contact}}})
}

// linkPost answers the same, after the same time, whatever it finds.
func (s *Server) linkPost(g *gate) handler {
	return func(w http.ResponseWriter, r ask) error {
		began := time.Now()
		f, err := readForm(r, "code", "email")
		if err != nil {
			return err
		}
		if !g.pass(r.Request, "") {
			w.Header().Set("Retry-After", strconv.Itoa(int(gatePause/time.Second)))
			f = newForm()
			f.Say = "申请过于频繁，请一分钟后再试，或联系经办人员"
			return s.showLink(w, r, http.StatusTooManyRequests, f, "")
		}
		token, byToken := f.value("token")
		code, email := strings.ToUpper(strings.TrimSpace(f.Get("code"))), strings.TrimSpace(f.Get("email"))
		if !byToken {
			if f.Faults = linkFaults(code, email); len(f.Faults) > 0 {
				return s.showLink(w, r, http.StatusUnprocessableEntity, f, "")
			}
		}
		switch {
		case f.Get(trap) != "": // a program that fills in what it finds (S1a)
		case byToken:
			err = s.Desk.RenewLink(r.Context(), token)
		default:
			err = s.Desk.FindLink(r.Context(), code, email)
		}
		if err != nil {
			return err
		}
		select {
		case <-time.After(answerAfter - time.Since(began)):
		case <-r.Context().Done():
		}
		return s.showLink(w, r, http.StatusOK, newForm(), linkSent)
	}
}

func linkFaults(code, email string) map[string]string {
	faults := map[string]string{}
	if !campaign.ValidCode(code) {
		faults["code"] = "请填写机构批准号，形如 CNCA-R-2002-001"
	}
	if !strings.Contains(email, "@") {
		faults["email"] = "请填写登记的邮箱"
	}
	return faults
}

// renewalOf is what the page of a failure offers to who has lost the link; nil
// when that is not what is wrong.
func (s *Server) renewalOf(r ask, e *noLink, apart bool) *renewal {
	f := newForm()
	if code := r.PathValue("code"); campaign.ValidCode(code) {
		f.Set("code", code)
	}
	return &renewal{Token: e.token, Form: f, Apart: apart, Contact: s.Contact}
}

// backPage is the page of this site that a request came from, when it can be
// opened again; "" for none, and for a link itself.
func (s *Server) backPage(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host == "" || !s.ours(u, r) || u.Path == "" || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\") || strings.HasPrefix(u.Path, "/t/") {
		return ""
	}
	to := u.EscapedPath()
	if u.RawQuery != "" {
		to += "?" + u.RawQuery
	}
	if r.Method == http.MethodGet && to == r.URL.RequestURI() {
		return ""
	}
	there, err := http.NewRequestWithContext(r.Context(), http.MethodGet, to, nil)
	if err != nil {
		return ""
	}
	if _, pattern := s.mux.Handler(there); pattern == "" {
		return ""
	}
	return to
}

// ours tells whether an address is on this site: the public one, or as it was asked for.
func (s *Server) ours(u *url.URL, r *http.Request) bool {
	if u.Scheme+"://"+u.Host == strings.TrimSuffix(s.BaseURL, "/") {
		return true
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host == r.Host
}
