package web

import (
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// staffRoutes registers the pages of the regulator's side. An auditor reads
// what the office reads; no route that changes anything names him but the way out.
func (s *Server) staffRoutes() {
	s.handle("GET /login", s.loginPage)
	s.handle("POST /login", s.login(newGate()))
	s.handle("GET /login/code", s.codePage)
	s.handle("POST /login/code", s.codePost)
	s.handle("GET /login/oidc", s.oidcStart)
	s.handle("GET /login/oidc/callback", s.oidcCallback)
	s.handle("POST /logout", s.logout)
	s.handle("GET /staff", staffHome)
	s.meRoutes()
	s.accountRoutes()
	s.associationRoutes()
	s.officeRoutes()
	s.institutionYearRoutes()
	s.factRoutes()
	s.reviewRoutes()
	s.receiptRoutes()
	s.readingRoutes()
	s.yearViewRoutes()
	s.reviewerRoutes()
	s.liaisonRoutes()
	s.registerReaderRoutes()
}

func homeOf(r campaign.Role) string {
	switch r {
	case campaign.Reviewer:
		return "/review"
	case campaign.Local:
		return "/local"
	case campaign.Admin:
		return "/accounts"
	case campaign.Association:
		return "/association"
	}
	return "/office"
}

func staffHome(w http.ResponseWriter, r ask) error {
	return seeOther(w, r, homeOf(r.Staff.Role))
}

func seeOther(w http.ResponseWriter, r ask, to string) error {
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

func (s *Server) loginPage(w http.ResponseWriter, r ask) error {
	if r.Staff.ID != "" {
		return seeOther(w, r, homeOf(r.Staff.Role))
	}
	return s.showLogin(w, r, http.StatusOK, newForm().Set("next", r.URL.Query().Get("next")))
}

func (s *Server) showLogin(w http.ResponseWriter, r ask, status int, f *form) error {
	return s.render(w, r, status, "login", page{Title: "工作人员登录", Form: f, Data: loginView{s.Demo, s.oidcDoor(f.Get("next"))}})
}

// loginView is what the login page offers: accounts of a demonstration, and the
// way by an identity provider.
type loginView struct {
	Demo []DemoAccount
	OIDC link
}

// login opens a session. A wrong account and a wrong password get one answer,
// and after some of them the same wait.
func (s *Server) login(g *gate) handler {
	return func(w http.ResponseWriter, r ask) error {
		f, err := readForm(r, "account", "password")
		if err != nil {
			return err
		}
		account := strings.ToLower(strings.TrimSpace(f.Get("account")))
		password := f.Get("password")
		f.Set("password", "") // it never goes back to a page
		if len(account) > gateName {
			return s.wrongLogin(w, r, f)
		}
		if !g.pass(r.Request, account) {
			w.Header().Set("Retry-After", strconv.Itoa(int(gatePause/time.Second)))
			f.Say = "尝试次数过多，请一分钟后再试"
			return s.showLogin(w, r, http.StatusTooManyRequests, f)
		}
		token, x, err := s.Desk.Login(r.Context(), account, password)
		switch {
		case err != nil && campaign.KindOf(err) == campaign.Forbidden:
			return s.wrongLogin(w, r, f)
		case err != nil:
			return err
		}
		g.forget(r.Request, account)
		return s.signIn(w, r, token, x, f.Get("next"))
	}
}

// signIn hands out a session, in place of the one before, and leads to what the
// login still waits for, or to where the person wanted to go.
func (s *Server) signIn(w http.ResponseWriter, r ask, token []byte, x store.Session, next string) error {
	if r.Session.ID != "" { // the session before this one ends here
		if err := s.endSession(w, r.Request); err != nil {
			return err
		}
		w.Header().Del("Set-Cookie")
	}
	s.setSession(w, token)
	if to, waits := waitsAt[x.Level]; waits {
		return seeOther(w, r, withNext(to, staffNext(next, x.Staff)))
	}
	return seeOther(w, r, staffNext(next, x.Staff))
}

func (s *Server) wrongLogin(w http.ResponseWriter, r ask, f *form) error {
	f.Say, f.Faults = "账号或密码不正确", map[string]string{"account": "请核对账号和密码后重新登录"}
	return s.showLogin(w, r, http.StatusUnprocessableEntity, f)
}

// loginFor is the login page that leads back to the page asked for.
func loginFor(r ask) string { return "/login?next=" + url.QueryEscape(r.URL.Path) }

// staffNext is where a person wanted to go, when it is a page of his side.
func staffNext(next string, p store.Staff) string {
	home := homeOf(p.Role)
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsAny(next, "\\\r\n") || path.Clean(u.Path) != u.Path {
		return home
	}
	if u.Path == home || strings.HasPrefix(u.Path, home+"/") {
		return u.RequestURI()
	}
	return home
}

func (s *Server) logout(w http.ResponseWriter, r ask) error {
	if err := s.endSession(w, r.Request); err != nil {
		return err
	}
	return seeOther(w, r, "/login")
}
