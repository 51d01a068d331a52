package web

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xuanping/campaign"
)

// mailboxRoutes registers the built-in mailbox, which only demonstrations and
// tests have: there letters are read instead of sent.
func (s *Server) mailboxRoutes() {
	s.handle("GET /mailbox", s.mailList)
	s.handle("GET /mailbox/{id}", s.mailRead)
	s.handle("GET /mailbox/{id}/html", s.mailHTML)
	s.handle("GET /mailbox/{id}/{n}", s.mailFile)
}

// pager is a list's place among its pages: template "pager" in parts.html.
type pager struct {
	Page, Pages, Total int
	Prev, Next         string
}

// newPager counts pages of a size; href makes the address of a page.
func newPager(at, size, total int, href func(page int) string) pager {
	p := pager{Page: at, Pages: max((total+size-1)/size, 1), Total: total}
	if at > 1 {
		p.Prev = href(at - 1)
	}
	if at < p.Pages {
		p.Next = href(at + 1)
	}
	return p
}

// pageOf reads ?page=, counted from 1.
func pageOf(r ask) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1e6 {
		return 1
	}
	return n
}

func (s *Server) mailList(w http.ResponseWriter, r ask) error {
	const size = 25
	q, at := r.URL.Query().Get("q"), pageOf(r)
	all, total, err := s.Mailbox.List(q, (at-1)*size, size)
	if err != nil {
		return err
	}
	href := func(n int) string { return "/mailbox?" + url.Values{"q": {q}, "page": {strconv.Itoa(n)}}.Encode() }
	return s.render(w, r, http.StatusOK, "mailbox", page{Title: "内置邮箱", Form: newForm().Set("q", q), Data: map[string]any{"Mails": all, "Pager": newPager(at, size, total, href)}})
}

func (s *Server) mail(r ask) (Mail, error) {
	m, err := s.Mailbox.Read(r.PathValue("id"))
	if errors.Is(err, fs.ErrNotExist) || (err != nil && campaign.KindOf(err) == campaign.NotFound) {
		return m, campaign.Fail(campaign.NotFound, "没有找到这封邮件")
	}
	return m, err
}

func (s *Server) mailRead(w http.ResponseWriter, r ask) error {
	m, err := s.mail(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", policy+"; frame-src 'self'")
	return s.render(w, r, http.StatusOK, "mail", page{Title: m.Subject, Crumbs: []link{{Href: "/mailbox", Text: "内置邮箱"}}, Data: m})
}

// mailHTML gives the letter's body to the frame of its page: it may have its
// own style and open links in the whole window, and may run nothing.
func (s *Server) mailHTML(w http.ResponseWriter, r ask) error {
	m, err := s.mail(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox")
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(strings.Replace(m.HTML, "<head>", `<head><base target="_top">`, 1)))
	return nil
}

func (s *Server) mailFile(w http.ResponseWriter, r ask) error {
	m, err := s.mail(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(m.Attachments) {
		return errNoPage
	}
	a := m.Attachments[n]
	w.Header().Set("Content-Type", a.Media)
	fileHeaders(w.Header(), a.Name, a.Media == "application/pdf")
	_, _ = w.Write(a.Bytes)
	return nil
}

// fileHeaders are those of every file that leaves: shown in the window only
// when it is a paper of ours, since no browser opens a sandboxed PDF; else it is
// saved, and can run nothing.
func fileHeaders(h http.Header, name string, ours bool) {
	how, rule := "attachment", "sandbox; default-src 'none'; frame-ancestors 'none'"
	if ours {
		how, rule = "inline", "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", rule)
	h.Set("X-Content-Type-Options", "nosniff")
}
