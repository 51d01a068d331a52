package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/templates"
)

// page is what a template is given. A handler fills the upper part and calls
// render; render fills Site.
type page struct {
	Title  string      // of the window and usually of the h1
	Crumbs []link      // the way here; the page itself is not in it
	Form   *form       // its faults become the summary at the top
	Data   any         // the page's own
	Typed  [][2]string // what was typed into a form that is gone from the page
	Wide   bool        // tables and boards use the whole width

	Site site
}

// link is an anchor of a page.
type link struct {
	Href, Text string
	Here       bool
	Apart      bool // opens in a window of its own: it knows no way back to the page
}

// site is what every page shows around its content.
type site struct {
	Issuer    string
	Contact   string      // whom to ask
	Home      string      // where the name of the site leads: an institution's desk, else the front page
	Style     string      // address of the stylesheet, changed with its content
	Rehearsal bool        // 示例·演练（非官方） on every page (UX-2)
	Virtual   string      // the rehearsal's time, in words
	Staff     store.Staff // who is signed in; ID "" for nobody
	Nav       []link
	Year      int         // that Menu is about
	Menu      []menuGroup // the office's pages about it
	Code      string      // reference of an internal error
	Story     bool        // a page of the storybook
	Stories   bool        // the site has a storybook
}

// pages are parsed once; a broken template ends the program at its start.
var pages, styleSheet, styleName = mustPages(templates.Page)

func mustPages(files fs.FS) (map[string]*template.Template, []byte, string) {
	css, err := fs.ReadFile(files, "page/style.css")
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(css)
	base := template.Must(template.New("").Funcs(funcs).ParseFS(files, "page/layout.html", "page/parts.html"))
	names, err := fs.Glob(files, "page/*.html")
	if err != nil {
		panic(err)
	}
	all := map[string]*template.Template{}
	for _, n := range names {
		if n != "page/layout.html" && n != "page/parts.html" {
			all[strings.TrimSuffix(strings.TrimPrefix(n, "page/"), ".html")] = template.Must(template.Must(base.Clone()).ParseFS(files, n))
		}
	}
	return all, css, "/static/style.css?v=" + hex.EncodeToString(sum[:6])
}

// render writes a page: status, templates/page/NAME.html, what it shows. The
// page is complete before the first byte leaves, so a fault is a clean 500.
func (s *Server) render(w http.ResponseWriter, r ask, status int, name string, p page) error {
	t, ok := pages[name]
	if !ok {
		return errors.New("no page " + name)
	}
	if s.drawn != nil {
		s.drawn(name)
	}
	p.Site = s.site(r)
	if p.Form == nil {
		p.Form = newForm()
	}
	if r.Method == http.MethodPost && isShut(p.Data) {
		p.Typed = typedRows(p.Form)
	}
	return s.write(w, status, t, p)
}

func (s *Server) write(w http.ResponseWriter, status int, t *template.Template, p page) error {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", p); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a reader who went away is no fault of ours
	return nil
}

// bareSite is what can be said of the site while the score book is away.
func (s *Server) bareSite(r ask) site {
	return site{Issuer: s.Issuer, Contact: s.Contact, Home: homePage(r), Style: styleName, Staff: r.Staff, Nav: s.nav(r)}
}

// homePage is where an institution's link leads, or the front page.
func homePage(r ask) string {
	if v := r.Visitor.Ref; v.Code != "" && !r.Story {
		return "/i/" + v.ID()
	}
	return "/"
}

func (s *Server) site(r ask) site {
	v := s.bareSite(r)
	v.Story, v.Stories = r.Story, s.OpenMail
	c, err := s.shown(r.Context(), r)
	if err != nil || c.Year == 0 {
		return v
	}
	v.Year, v.Menu = c.Year, s.menuOf(r, c.Year)
	if c.Rehearsal {
		v.Rehearsal = true
		if c.ClockAt != nil {
			v.Virtual = stamp(c.Now(s.Desk.Clock()))
		}
	}
	return v
}

// readOnce is the key of what a GET has read of campaigns.
type readOnce struct{}

// campaign reads a campaign, once for a page.
func (s *Server) campaign(ctx context.Context, year int) (store.Campaign, error) {
	read, _ := ctx.Value(readOnce{}).(map[int]store.Campaign)
	if c, ok := read[year]; ok {
		return c, nil
	}
	c, err := s.store.Campaign(ctx, year)
	if err == nil && read != nil {
		read[year] = c
	}
	return c, err
}

// shown is the campaign that a page is about; a page about none of them takes
// the newest, so that a demonstration is marked everywhere.
func (s *Server) shown(ctx context.Context, r ask) (store.Campaign, error) {
	y, err := strconv.Atoi(r.PathValue("year"))
	if err != nil {
		y = r.Year
	}
	if y != 0 {
		if c, err := s.campaign(ctx, y); err == nil {
			return c, nil
		}
	}
	all, err := s.store.Campaigns(ctx)
	if err != nil || len(all) == 0 {
		return store.Campaign{}, err
	}
	return all[0], nil
}

func (s *Server) nav(r ask) []link {
	var all []link
	add := func(href, text string) {
		here := !r.Failed && (r.URL.Path == href || (href != "/" && strings.HasPrefix(r.URL.Path, href+"/")))
		all = append(all, link{Href: href, Text: text, Here: here, Apart: r.Visitor.Ref.Code != "" && !r.Story && !strings.HasPrefix(href, "/i/")})
	}
	switch r.Staff.Role {
	case campaign.Officer, campaign.Approver, campaign.Auditor, campaign.Legal:
		add("/office", "年度评价")
	case campaign.Reviewer:
		add("/review", "评审任务")
	case campaign.Local:
		add("/local", "本地机构")
	case campaign.Association:
		add("/association", "行业汇总")
		add("/self-evaluation", "自评")
	}
	if r.Staff.ID != "" && s.rights["GET /accounts"].May(r.Staff.Role) {
		add("/accounts", "账号管理")
	}
	if v := r.Visitor.Ref; v.Code != "" {
		add("/i/"+v.ID(), "办理首页")
	}
	add("/rules", "评价指标")
	add("/v", "文书查验")
	if s.Mailbox != nil && (s.OpenMail || r.Staff.Role == campaign.Officer) {
		add("/mailbox", "内置邮箱")
	}
	return all
}

// failed is what the page of a failure says and keeps.
type failed struct {
	Say   string
	Kept  *kept
	Renew *renewal // a new link may be asked for
	Back  string   // the page before, when there is one
}

// fail is the border between campaign.Kind and HTTP: status and a Chinese
// page; the detail goes to the log only.
func (s *Server) fail(w http.ResponseWriter, r ask, err error) {
	if e, ok := errors.AsType[*unfinished](err); ok {
		http.Redirect(w, r.Request, e.to, http.StatusSeeOther)
		return
	}
	if e, ok := errors.AsType[*askAgain](err); ok {
		if err = s.showAgain(w, r, e); err == nil {
			return
		}
	}
	signIn := errors.Is(err, errSignIn)
	var k *kept
	if !isTooLarge(err) {
		k = saved(w, r, signIn)
	}
	if signIn && k == nil {
		http.Redirect(w, r.Request, loginFor(r), http.StatusSeeOther)
		return
	}
	status, title, say := failure(err)
	if signIn {
		title, say = "请先登录", "没有登录，或者登录已经超时，提交的内容还没有记录。填写的内容保留在本页。"
	}
	if k != nil {
		k.Link = status < http.StatusInternalServerError && strings.HasPrefix(k.Action, "/i/") && r.Visitor.Ref.Code == ""
	}
	data := failed{Say: say, Kept: k}
	if e, ok := errors.AsType[*noLink](err); ok {
		data.Renew = s.renewalOf(r, e, k != nil)
	} else {
		data.Back = s.backPage(r.Request)
	}
	p := page{Title: title, Data: data}
	around := ask{Request: r.Request, Staff: r.Staff, Visitor: desk.Visitor{Ref: r.Own}, Failed: true}
	p.Site = s.bareSite(around)
	if status != http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		p.Site = s.site(around)
	} else {
		p.Site.Code = newCode()
		s.Log.Error("request failed", "code", p.Site.Code, "method", r.Method, "route", r.Pattern, "err", err)
	}
	p.Form = newForm()
	if e := s.write(w, status, pages["fail"], p); e != nil {
		s.Log.Error("no page for a failure", "err", e)
		http.Error(w, "系统暂时无法处理，请稍后再试", http.StatusInternalServerError)
	}
}

// failure gives status, title and sentence of an error.
func failure(err error) (status int, title, say string) {
	if errors.Is(err, errTooLarge) || isTooLarge(err) {
		return http.StatusRequestEntityTooLarge, "文件太大", errTooLarge.Say
	}
	if errors.Is(err, errMethod) {
		return http.StatusMethodNotAllowed, "不支持这种访问", errMethod.Say
	}
	e, ok := errors.AsType[*campaign.Error](err)
	if !ok {
		return http.StatusInternalServerError, "暂时无法处理", "系统暂时无法处理您的请求，请稍后再试。"
	}
	switch e.Kind {
	case campaign.Invalid:
		return http.StatusUnprocessableEntity, "内容需要修改", e.Say
	case campaign.NotFound:
		return http.StatusNotFound, "没有找到", e.Say
	case campaign.Forbidden:
		return http.StatusForbidden, "不能使用此页面", e.Say
	case campaign.Conflict:
		return http.StatusConflict, "情况已有变化", e.Say
	case campaign.TooLate:
		return http.StatusGone, "已经截止或停用", e.Say
	}
	return http.StatusServiceUnavailable, "暂时无法处理", e.Say + "。请稍后再试，已提交的内容不受影响。"
}

var (
	errNoPage   = campaign.Fail(campaign.NotFound, "没有找到这个页面。请核对网址，或从邮件中的链接重新进入")
	errMethod   = campaign.Fail(campaign.Invalid, "这个地址不支持这种访问方式，请从网站的页面上操作")
	errTooLarge = campaign.Fail(campaign.Invalid, "上传的内容超过上限：单个文件不超过 50 MB。请压缩或拆分后再上传")
)

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// again shows a form once more after an error, with everything that was typed;
// an error that no typing can mend is handed on to fail.
func (s *Server) again(w http.ResponseWriter, r ask, name string, p page, err error) error {
	e, ok := errors.AsType[*campaign.Error](err)
	if !ok || e.Kind == campaign.NotFound || e.Kind == campaign.Forbidden || isTooLarge(err) {
		return err
	}
	status, _, say := failure(err)
	if e.Kind == campaign.Internal {
		s.Log.Error("act failed", "method", r.Method, "route", r.Pattern, "err", err)
	}
	p.Form.Say, p.Form.Faults = say, e.Fields
	return s.render(w, r, status, name, p)
}

// year reads the year of the path.
func (a ask) year() (int, error) {
	y, err := strconv.Atoi(a.PathValue("year"))
	if err != nil || y < 2000 || y > 2100 {
		return 0, errNoPage
	}
	return y, nil
}

// ref reads year and code of the path.
func (a ask) ref() (contract.Ref, error) {
	y, err := a.year()
	code := a.PathValue("code")
	if err != nil || !campaign.ValidCode(code) {
		return contract.Ref{}, errNoPage
	}
	return contract.Ref{Year: y, Code: code}, nil
}

// stamp writes an instant in Beijing time: 2026年3月1日 09:05.
func stamp(t time.Time) string { return t.In(campaign.Beijing).Format("2006年1月2日 15:04") }
