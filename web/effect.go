package web

import (
	"errors"
	"net/http"

	"xuanping/campaign"
	"xuanping/desk"
)

// effect is an act with legal effect (S1): its answers are looked over, a box
// is ticked, and a code is typed that was mailed at that moment.
type effect struct {
	act     string // of desk
	content any    // what the code is bound to
	title   string // of the check page
	page    check
	do      func(desk.Signer) (desk.Receipt, error)
	again   func(error) error // shows the form once more
}

// confirm takes a form of such an act to its check page, and from there to its
// receipt. What is wrong with box or code is said on the check page.
func (s *Server) confirm(w http.ResponseWriter, r ask, o own, f *form, e effect) error {
	if do := f.Get("do"); do == "check" || do == "resend" {
		asked, err := s.Desk.AskCode(r.Context(), r.Visitor, e.act, e.content, signer(f), do == "resend")
		if err != nil {
			return e.again(err)
		}
		f.Set("code", "").Set("agree", "")
		return s.overlooked(w, r, o, f, e, asked, nil)
	}
	if f.Get("agree") != "1" {
		return s.unconfirmed(w, r, o, f, e, &campaign.Error{Kind: campaign.Invalid, Say: "请先勾选确认", Fields: map[string]string{"agree": "请先勾选确认"}})
	}
	by := signer(f)
	by.Code = f.Get("code")
	rec, err := e.do(by)
	if bad, ok := errors.AsType[*campaign.Error](err); ok && bad.Fields["code"] != "" {
		return s.unconfirmed(w, r, o, f, e, err)
	}
	if err != nil {
		return e.again(err)
	}
	return s.received(w, r, o, rec)
}

// unconfirmed shows the check page once more; it mails nothing.
func (s *Server) unconfirmed(w http.ResponseWriter, r ask, o own, f *form, e effect, why error) error {
	asked, err := s.Desk.CodeWanted(r.Context(), r.Visitor)
	if err != nil {
		return err
	}
	return s.overlooked(w, r, o, f, e, asked, why)
}

func (s *Server) overlooked(w http.ResponseWriter, r ask, o own, f *form, e effect, asked desk.CodeAsked, why error) error {
	c := e.page
	c.Action, c.Hidden, c.Resend = r.URL.Path, f.Hidden("code", "agree"), asked.Needed
	p := page{Title: e.title, Crumbs: o.crumbs(), Form: f}
	if bad, ok := errors.AsType[*campaign.Error](why); ok {
		f.Faults = bad.Fields
	}
	if c.Button == "" {
		c.Button = "确认提交"
	}
	if asked.Needed {
		hint := "6 位数字，10 分钟内有效，已发送至登记邮箱 " + asked.To + "。没有收到的，请查看垃圾邮件，一分钟后可以重新发送"
		x := textField(f, "code", "邮件确认码", hint)
		x.Kind, x.Auto = "code", "one-time-code"
		c.Fields = append(c.Fields, x)
	}
	c.Fields = append(c.Fields, tickField(f, "agree", "我已核对以上内容，确认真实、准确，并经本机构授权办理", ""))
	p.Data = c
	status := http.StatusOK
	if why != nil {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, "check", p)
}
