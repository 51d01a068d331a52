package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/html"
)

const (
	requestLimit = 30 * time.Second
	patience     = 60 * time.Second // the site may be restarted meanwhile
	pause        = 200 * time.Millisecond
	pageLimit    = 8 << 20
)

// errLost says that no answer came: the request may or may not have had its effect.
var errLost = errors.New("没有收到网站的答复")

// browser is one person's browser: its cookies are his alone.
type browser struct {
	base     *url.URL
	client   *http.Client
	patience time.Duration
	again    func(context.Context) error           // signs in again when the site asks for it; nil: cannot
	code     func(context.Context) (string, error) // finds the code that was mailed for an act; nil: cannot
	mark     func() string                         // what is typed at the end of every free text; nil: nothing
	password string                                // shown again when the site asks; "": has none
}

const loginPath = "/login"

// wires are shared by all browsers, as one machine's network is.
func wires(parallel int) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 2 * parallel
	t.Proxy = nil // the rehearsal speaks to its own site only
	return t
}

func newBrowser(base string, t http.RoundTripper) (*browser, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("网站地址“%s”无法识别，应形如 http://127.0.0.1:8080", base)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &browser{base: u, client: &http.Client{Transport: t, Jar: jar, Timeout: requestLimit}, patience: patience}, nil
}

// page is what a browser shows: where it ended up, and what stands there.
type page struct {
	at     *url.URL
	status int
	doc    *html.Node
}

func (p *page) ok() bool { return p.status < 400 }

// refused is a page that says no: a failure with the site's own words.
type refused struct {
	status int
	path   string
	say    string
}

func (e *refused) Error() string { return fmt.Sprintf("%s 答复 %d：%s", e.path, e.status, e.say) }

func statusOf(err error) int {
	if e, ok := errors.AsType[*refused](err); ok {
		return e.status
	}
	return 0
}

// get shows a page. Nothing changes by looking, so a lost answer is asked for again.
func (b *browser) get(ctx context.Context, address string) (*page, error) {
	p, err := b.look(ctx, http.MethodGet, address)
	if err == nil && b.again != nil && p.at.Path == loginPath && !strings.HasPrefix(address, loginPath) {
		if err = b.again(ctx); err == nil {
			p, err = b.look(ctx, http.MethodGet, address)
		}
	}
	return p, err
}

func (b *browser) look(ctx context.Context, method, address string) (*page, error) {
	for until := time.Now().Add(b.patience); ; {
		p, err := b.once(ctx, method, address, "", nil)
		switch {
		case err == nil && p.ok():
			return p, nil
		case err == nil:
			return p, &refused{p.status, p.at.Path, p.complaint()}
		case !errors.Is(err, errLost) || time.Now().After(until):
			return nil, err
		}
		if err := rest(ctx); err != nil {
			return nil, err
		}
	}
}

// post sends a form once: only the person knows whether it may be sent again.
// A site that is plainly away has not heard it, so that is waited for here.
func (b *browser) post(ctx context.Context, address, kind string, body []byte) (*page, error) {
	for until := time.Now().Add(b.patience); ; {
		p, err := b.once(ctx, http.MethodPost, address, kind, body)
		switch {
		case err == nil && p.ok():
			return p, nil
		case err == nil:
			return p, &refused{p.status, p.at.Path, p.complaint()}
		case !errors.Is(err, syscall.ECONNREFUSED) || time.Now().After(until):
			return nil, err
		}
		if err := rest(ctx); err != nil {
			return nil, err
		}
	}
}

func rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}

// resolve keeps the path of an address and puts it on the site that is rehearsed:
// letters may name it by another host.
func (b *browser) resolve(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("地址“%s”无法识别", address)
	}
	to := *b.base
	to.Path, to.RawPath, to.RawQuery, to.Fragment = u.Path, u.RawPath, u.RawQuery, ""
	return to.String(), nil
}

func (b *browser) once(ctx context.Context, method, address, kind string, body []byte) (*page, error) {
	to, err := b.resolve(address)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost { // as browsers do for a form of the same site
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.GetBody = nil
	}
	res, err := b.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w（%s %s）：%w", errLost, method, req.URL.Path, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, pageLimit))
	if err != nil || res.StatusCode == http.StatusBadGateway || res.StatusCode == http.StatusServiceUnavailable {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w（%s %s，%d）", errLost, method, req.URL.Path, res.StatusCode)
	}
	p := &page{at: res.Request.URL, status: res.StatusCode, doc: &html.Node{Type: html.DocumentNode}}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		p.doc, err = html.Parse(bytes.NewReader(data))
	}
	return p, err
}

// words gives the text below a node, with single spaces.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && (d.Parent == nil || d.Parent.Data != "style" && d.Parent.Data != "script" && d.Parent.Data != "title") {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (p *page) words() string { return words(p.doc) }

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// byID finds the element with an id.
func (p *page) byID(id string) *html.Node {
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == id {
			return n
		}
	}
	return nil
}

// receipt is the reference number of a confirmation page; "" when there is none.
func (p *page) receipt() string {
	if n := p.byID("receipt-number"); n != nil {
		return words(n)
	}
	return ""
}

// complaint is what a page says is wrong: its error summary, or its heading and first words.
func (p *page) complaint() string {
	say := ""
	for n := range p.doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case attr(n, "role") == "alert" || strings.Contains(" "+attr(n, "class")+" ", " errors "):
			return clip(words(n), 300)
		case say == "" && n.Data == "main":
			say = clip(words(n), 300)
		}
	}
	if say == "" {
		say = clip(p.words(), 300)
	}
	return say
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// anchor is a link on a page, with the row of the table or list it stands in.
type anchor struct {
	path, query string
	row         *html.Node
}

// links lists the anchors whose path matches, each path once, in their order.
func (p *page) links(form *regexp.Regexp) []anchor {
	var all []anchor
	seen := map[string]bool{}
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" {
			continue
		}
		u, err := p.at.Parse(attr(n, "href"))
		if err != nil || !form.MatchString(u.Path) || seen[u.Path] {
			continue
		}
		seen[u.Path] = true
		all = append(all, anchor{u.Path, u.RawQuery, rowOf(n)})
	}
	return all
}

// rowOf climbs to the line of a table or list; the node itself when it is in none.
func rowOf(n *html.Node) *html.Node {
	for up := n; up != nil; up = up.Parent {
		if up.Data == "tr" || up.Data == "li" {
			return up
		}
	}
	return n
}

// next is the address of the list's next page; "" on the last.
func (p *page) next() string {
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" && attr(n, "rel") == "next" {
			if u, err := p.at.Parse(attr(n, "href")); err == nil {
				return u.RequestURI()
			}
		}
	}
	return ""
}
