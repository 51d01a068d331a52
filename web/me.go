package web

import (
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"

	"rsc.io/qr"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// meRoutes registers what everybody of the staff does for himself.
func (s *Server) meRoutes() {
	s.handle("GET /me", s.mePage)
	s.handle("GET /me/password", s.passwordPage)
	s.handle("POST /me/password", s.passwordPost)
	s.handle("GET /me/factor", s.factorPage)
	s.handle("POST /me/factor", s.factorPost)
}

// codePage asks for the one-time code of a login whose password was right.
func (s *Server) codePage(w http.ResponseWriter, r ask) error {
	if r.Session.Level != store.CodeSession {
		return seeOther(w, r, "/login")
	}
	return s.showCode(w, r, http.StatusOK, newForm("code").Set("next", r.URL.Query().Get("next")))
}

func (s *Server) showCode(w http.ResponseWriter, r ask, status int, f *form) error {
	x := textField(f, "code", "动态验证码", "打开手机上的验证器，输入当前显示的六位数字；手机不在身边的，输入一个恢复码")
	x.Auto = "one-time-code"
	return s.render(w, r, status, "code", page{Title: "请输入动态验证码", Form: f, Data: map[string]any{"Field": x, "Next": f.Get("next")}})
}

func (s *Server) codePost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "code")
	if err != nil {
		return err
	}
	token, err := sessionToken(r.Request)
	if err != nil || r.Session.Level != store.CodeSession {
		return seeOther(w, r, "/login")
	}
	code := f.Get("code")
	f.Set("code", "")
	if !s.codes.pass(r.Request, r.Session.ID) {
		w.Header().Set("Retry-After", "60")
		f.Say = "尝试次数过多，请一分钟后再试"
		return s.showCode(w, r, http.StatusTooManyRequests, f)
	}
	next, x, err := s.Desk.LoginCode(r.Context(), r.Session, token, code)
	if fields := faultsOf(err); fields != nil {
		_, _, f.Say = failure(err)
		f.Faults = fields
		return s.showCode(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	s.codes.forget(r.Request, r.Session.ID)
	return s.signIn(w, r, next, x, f.Get("next"))
}

// mePage tells a person what his account is.
func (s *Server) mePage(w http.ResponseWriter, r ask) error {
	has, err := s.Desk.HasFactor(r.Context(), r.Staff.ID)
	if err != nil {
		return err
	}
	facts := [][2]string{{"账号", r.Staff.ID}, {"姓名", r.Staff.Name}, {"角色", r.Staff.Role.Chinese()}, {"邮箱", r.Staff.Email}}
	if r.Staff.Province != "" {
		facts = append(facts, [2]string{"省份", r.Staff.Province})
	}
	return s.render(w, r, http.StatusOK, "me", page{Title: "我的账号", Data: map[string]any{
		"Facts": facts, "Factor": has, "Password": strings.HasPrefix(r.Staff.Password, "$"), "Need": s.Desk.NeedFactor,
		"Done": map[string]string{"password": "密码已更换，您在其他地方的登录已全部退出。"}[r.URL.Query().Get("done")]}})
}

func (s *Server) passwordPage(w http.ResponseWriter, r ask) error {
	return s.showPassword(w, r, http.StatusOK, newForm("was", "fresh", "repeat").Set("next", r.URL.Query().Get("next")))
}

func (s *Server) showPassword(w http.ResponseWriter, r ask, status int, f *form) error {
	lead := "更换后，您在所有地方的登录都会退出，本页除外。"
	if r.Session.Level == store.ChangeSession {
		lead = "您使用的是一次性密码。请先换成自己的密码，再继续使用系统。"
	}
	fresh, repeat := secretField(f, "fresh", "新密码", "至少 10 位，建议用几个不相关的词组成"), secretField(f, "repeat", "再输入一次新密码", "")
	fresh.Auto, repeat.Auto = "new-password", "new-password"
	return s.render(w, r, status, "ask", page{Title: "更换密码", Form: f, Data: asking{Action: "/me/password", Lead: lead, Button: "更换密码",
		Hidden: [][2]string{{"next", f.Get("next")}}, Fields: []field{secretField(f, "was", "现在的密码", ""), fresh, repeat}}})
}

// asking is a small form of one's own account.
type asking struct {
	Action, Lead, Button string
	Hidden               [][2]string
	Fields               []field
}

func (s *Server) passwordPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "was", "fresh", "repeat")
	if err != nil {
		return err
	}
	token, err := sessionToken(r.Request)
	if err != nil {
		return err
	}
	was, fresh := f.Get("was"), f.Get("fresh")
	if fresh != f.Get("repeat") {
		err = wrong(map[string]string{"repeat": "两次输入的新密码不一致"})
	}
	for _, name := range []string{"was", "fresh", "repeat"} { // none of them goes back to a page
		f.Set(name, "")
	}
	var next []byte
	var x store.Session
	if err == nil {
		next, x, err = s.Desk.ChangePassword(r.Context(), r.Session, token, was, fresh)
	}
	if fields := faultsOf(err); fields != nil {
		_, _, f.Say = failure(err)
		f.Faults = fields
		return s.showPassword(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	if r.Session.Level == store.FullSession {
		s.setSession(w, next)
		return seeOther(w, r, "/me?done=password")
	}
	return s.signIn(w, r, next, x, f.Get("next"))
}

// factorView is the page of the second factor: how to begin, what to scan, or
// the recovery codes, which are shown once.
type factorView struct {
	Has, Need bool
	Enrol     desk.Enrolment
	Picture   template.URL
	Field     field
	Codes     []string
	Next      string
}

func (s *Server) factorPage(w http.ResponseWriter, r ask) error {
	has, err := s.Desk.HasFactor(r.Context(), r.Session.ID)
	if err != nil {
		return err
	}
	v := factorView{Has: has, Need: r.Session.Level == store.EnrolSession, Next: staffNext(r.URL.Query().Get("next"), r.Session.Staff)}
	return s.render(w, r, http.StatusOK, "factor", page{Title: "动态验证码", Data: v})
}

func (s *Server) factorPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "code")
	if err != nil {
		return err
	}
	token, err := sessionToken(r.Request)
	if err != nil {
		return err
	}
	v := factorView{Next: staffNext(f.Get("next"), r.Session.Staff), Need: r.Session.Level == store.EnrolSession}
	status := http.StatusOK
	switch f.Get("do") {
	case "begin":
		v.Enrol, err = s.Desk.BeginFactor(r.Context(), r.Session.Staff, s.issuer())
	case "confirm":
		code := f.Get("code")
		f.Set("code", "")
		var next []byte
		v.Codes, next, _, err = s.Desk.ConfirmFactor(r.Context(), r.Session, token, code)
		if err == nil {
			s.setSession(w, next)
			break
		}
		if f.Faults = faultsOf(err); f.Faults != nil {
			_, _, f.Say = failure(err)
			status = http.StatusUnprocessableEntity
			v.Enrol, err = s.Desk.Enrolling(r.Context(), r.Session.Staff, s.issuer())
		}
	default:
		err = campaign.Fail(campaign.Invalid, "请从“动态验证码”页面上操作")
	}
	if err != nil {
		return err
	}
	if v.Enrol.URI != "" {
		if v.Picture, err = qrPicture(v.Enrol.URI); err != nil {
			return err
		}
		v.Field = textField(f, "code", "验证器当前显示的六位数字", "")
		v.Field.Auto = "one-time-code"
	}
	return s.render(w, r, status, "factor", page{Title: "动态验证码", Form: f, Data: v})
}

func (s *Server) issuer() string { return "宣评 " + s.Issuer }

// qrPicture draws what a telephone scans.
func qrPicture(text string) (template.URL, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(c.PNG())), nil
}
