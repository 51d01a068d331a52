package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"xuanping/store"
)

// waitsAt is where a login that is not finished waits: its one open page.
var waitsAt = map[store.Level]string{
	store.CodeSession:   "/login/code",
	store.ChangeSession: "/me/password",
	store.EnrolSession:  "/me/factor",
}

// unfinished refuses whoever has not finished signing in, and leads him there.
type unfinished struct{ to string }

func (e *unfinished) Error() string { return "login not finished, waits at " + e.to }

func withNext(to, next string) string {
	if next == "" {
		return to
	}
	return to + "?next=" + url.QueryEscape(next)
}

// askAgain refuses an act until the person has shown once more who he is.
type askAgain struct{ err error }

func (e *askAgain) Error() string { return "has to show again who he is" }

// againField is what answers the question; it never reaches the act.
const againField = "again"

// shownAgain asks who acts when that was shown too long ago (S5): a browser
// left open signs nothing. Looking once more before the act (do=check) and
// going back to the form (do=edit) act on nothing.
func (s *Server) shownAgain(q *ask) error {
	if s.Again <= 0 || s.Desk.Fresh(q.Session, s.Again) {
		return nil
	}
	f, err := readForm(*q)
	if err != nil {
		return err
	}
	answer, answered := f.value(againField)
	switch do := f.Get("do"); {
	case do == "check" || do == "edit":
		return nil
	case !answered:
		return &askAgain{}
	}
	q.PostForm.Del(againField)
	q.Form.Del(againField)
	token, err := sessionToken(q.Request)
	if err == nil {
		err = s.Desk.Recheck(q.Context(), q.Session, token, answer)
	}
	if faultsOf(err) != nil {
		return &askAgain{err}
	}
	return err
}

// againView is the page that asks: the act's own fields go along.
type againView struct {
	Action string
	Fields [][2]string
	Field  field
	OIDC   link
}

// showAgain asks for the password or a one-time code; what was typed for the
// act is carried along.
func (s *Server) showAgain(w http.ResponseWriter, r ask, e *askAgain) error {
	f := newForm(againField)
	status := http.StatusOK
	if e.err != nil {
		status = http.StatusUnprocessableEntity
		_, _, f.Say = failure(e.err)
		f.Faults = faultsOf(e.err)
	}
	has, err := s.Desk.HasFactor(r.Context(), r.Session.ID)
	if err != nil {
		return err
	}
	label, hint := "密码", ""
	if has {
		label, hint = "密码或者动态验证码", "输入密码，或者验证器当前显示的六位数字"
	}
	v := againView{Action: r.URL.RequestURI(), Field: secretField(f, againField, label, hint)}
	if r.Session.Via == store.ViaOIDC && s.OIDC != nil {
		v.OIDC = link{Href: "/login/oidc?again=1&next=" + url.QueryEscape(homeOf(r.Staff.Role)), Text: "通过" + s.OIDC.name() + "再次验证"}
	}
	for _, k := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, x := range r.PostForm[k] {
			if k != againField {
				v.Fields = append(v.Fields, [2]string{k, plain(x)})
			}
		}
	}
	return s.render(w, ask{Request: r.Request, Staff: r.Session.Staff, Session: r.Session}, status, "again", page{Title: "请再次确认身份", Form: f, Data: v})
}
