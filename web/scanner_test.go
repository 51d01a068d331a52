package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xuanping/store"
	"xuanping/store/storetest"
)

// sameBook compares the tables of facts; drafts and what links and letters went
// through are no facts.
func (v *visitedSite) sameBook(before map[string]string, but ...string) {
	v.t.Helper()
	for table, sum := range v.book() {
		if before[table] != sum && !slices.Contains(but, table) {
			v.t.Errorf("表 %s 被改变", table)
		}
	}
}

// TestS1aScannerLooks: mail gateways fetch links in every way that changes
// nothing; the person acts afterwards.
func TestS1aScannerLooks(t *testing.T) {
	v, by := atPlanning(t)
	srv := httptest.NewServer(v.srv)
	defer srv.Close()
	before := v.book()
	link := "/t/" + by.ticket
	agents := []string{"Mozilla/5.0 (Windows NT 10.0) SafeLinks", "Barracuda-Link-Check/1.0", "curl/8.5"}
	n := 0
	fetch := func(method, path, agent, byteRange string) {
		n++
		r, err := http.NewRequest(method, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", agent)
		if byteRange != "" {
			r.Header.Set("Range", byteRange)
		}
		res, err := http.DefaultClient.Do(r) // follows without cookies, as scanners do
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	for _, agent := range agents {
		for _, path := range []string{link, own1(""), own1("plan"), own1("evidence")} {
			fetch(http.MethodHead, path, agent, "")
			fetch(http.MethodGet, path, agent, "bytes=0-99")
			fetch(http.MethodOptions, path, agent, "")
		}
		for range 50 {
			fetch(http.MethodGet, link, agent, "")
		}
	}
	for _, path := range []string{link, own1("plan")} { // a client of the last century
		c, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET %s HTTP/1.0\r\nCookie: %s=%s\r\n\r\n", path, ticketCookie, by.ticket)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode >= 400 {
			t.Errorf("HTTP/1.0 %s: %v", path, err)
		}
		c.Close()
		n++
	}
	t.Logf("%d requests", n)
	v.sameBook(before)
	want(t, v.post(own1("plan"), by, append(slices.Clone(planFields), "do", "submit")...), 200, "提交成功")
}

// robot fills in the form that holds the page's i-th button, and presses it.
const robot = `(function(i, all) {
	const seen = e => all || !e.closest('.trap')
	const bs = [...document.querySelectorAll('form button, form input[type=submit]')]
	if (i >= bs.length) return -1
	for (const e of bs[i].form.elements) {
		if (!seen(e) || e.type === 'hidden' || e.type === 'submit' || e.type === 'file') continue
		if (e.type === 'checkbox' || e.type === 'radio') { e.checked = true; continue }
		if (e.tagName === 'SELECT') { e.selectedIndex = e.options.length - 1; continue }
		if (e.type === 'date') { e.value = '2026-03-0' + (1 + i %% 9); continue }
		if (e.type === 'datetime-local') { e.value = '2026-03-01T09:0' + i %% 10; continue }
		e.value = 'qz' + Math.random().toString(36).slice(2)
	}
	bs[i].click()
	return bs.length
})(%d, %t)`

// play lets a robot press every button of the pages that the desk page leads to.
func (b *tab) play(t *testing.T, all bool) (pages, presses int) {
	b.open(own1(""), 200)
	paths := evaluate[[]string](b, `[...new Set([...document.querySelectorAll('main a[href^="/i/"]')].map(a => a.pathname + a.search))]`)
	paths = append(paths, own1("registers/spokespersons"), own1("registers/goals"), own1("incidents/new"), own1("clearances/new?kind=prior"), own1("mail"))
	for _, path := range paths {
		pages++
		for i := range 12 {
			b.go2(path)
			if evaluate[int](b, `document.querySelectorAll('form button, form input[type=submit]').length`) <= i {
				break
			}
			b.pressRobot(i, all)
			presses++
			if evaluate[int](b, `document.querySelectorAll('form button[value=submit]').length`) > 0 { // a check page: on it goes
				b.pressRobot(0, all)
				presses++
			}
		}
	}
	return pages, presses
}

// go2 opens a page whatever its status.
func (b *tab) go2(path string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageLimit)
	defer cancel()
	_, _ = chromedp.RunResponse(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.href = %q", b.root+path))(ctx, t)
		return err
	}))
}

func (b *tab) pressRobot(i int, all bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Second)
	defer cancel()
	_, _ = chromedp.RunResponse(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[chromedp.Void](fmt.Sprintf(robot, i, all))(ctx, t)
		return err
	})) // a form that the browser itself refuses leads nowhere
}

// TestS1aScannerPresses lets a program with JavaScript fill in every field of
// every form with random words and press every button. Nothing is recorded. One
// that leaves alone what no person sees comes further, but to no act with legal
// effect. The person can act afterwards in both cases.
func TestS1aScannerPresses(t *testing.T) {
	for _, all := range []bool{true, false} {
		t.Run(fmt.Sprintf("fills hidden %t", all), func(t *testing.T) {
			v, by := atPlanning(t)
			withCodes(v)
			b := openTabFor(t, v.srv, 1280, 900, 4*time.Minute)
			b.open("/t/"+by.ticket, 200)
			before := v.book()
			pages, presses := b.play(t, all)
			t.Logf("%d pages, %d presses", pages, presses)
			b.mu.Lock()
			b.faults = nil // refused forms are not the site's fault
			b.mu.Unlock()
			if presses < 20 {
				t.Errorf("only %d presses", presses)
			}
			if all {
				v.sameBook(before, "draft")
			}
			after := v.book()
			for _, table := range []string{"plan", "plan_review", "self_score", "appeal", "warning_act", "evidence", "extension", "act_code_try"} {
				if after[table] != before[table] {
					t.Errorf("a program changed %s", table)
				}
			}
			want(t, v.post(own1("plan"), by, append(slices.Clone(planFields), "do", "check")...), 200, "邮件确认码")
			codes := v.codes(1)
			want(t, v.post(own1("plan"), by, append(slices.Clone(planFields), "do", "submit", "code", codes[len(codes)-1])...), 200, "提交成功")
		})
	}
}

// TestS1cScope: a link opens no page of another institution, and what is there
// looks like what is not.
func TestS1cScope(t *testing.T) {
	const n = 8
	v := openSite(t, false, n)
	served(v)
	bearers := make([]who, n)
	for i := range bearers {
		bearers[i] = v.bearer(i + 1)
	}
	tries, bodies := 0, map[string]int{}
	for _, route := range v.srv.Routes() {
		if !route.Rights.Link() {
			continue
		}
		method, path := concrete(route.Pattern)
		for other := range n {
			for i, by := range bearers {
				if i == other {
					continue
				}
				at := strings.Replace(path, storetest.Code(1), storetest.Code(other+1), 1)
				a := v.get(at, by)
				if method == http.MethodPost {
					a = v.post(at, by, planFields...)
				}
				tries++
				if bodies[strings.NewReplacer(at, "…", "/i/"+storetest.Ref(siteYear, i+1).ID()+`"`, "his own desk").Replace(a.body)]++; a.code != http.StatusNotFound {
					t.Errorf("%s %s with the link of %d: %d", method, at, i+1, a.code)
				}
			}
		}
	}
	t.Logf("%d tries, %d different answers", tries, len(bodies))
	if len(bodies) > 2 || tries < 2000 { // a form that was posted is given back, for the address that was asked
		t.Errorf("%d different bodies in %d tries", len(bodies), tries)
	}
}

// TestS1fExpiryAndRevocation: a link lives up to its last instant and not in it;
// when it is ended in one process, the other refuses it at once.
func TestS1fExpiryAndRevocation(t *testing.T) {
	v, by := atPlanning(t)
	end := v.now.Add(time.Hour)
	last := who{ticket: v.link(1, "act", end)}
	now := v.now
	for off, code := range map[time.Duration]int{-time.Second: 200, 0: 410, time.Second: 410} {
		v.now = end.Add(off)
		want(t, v.get(own1("plan"), last), code)
		if code != 200 {
			want(t, v.post(own1("plan"), last, append(slices.Clone(planFields), "do", "submit")...), code)
		}
	}
	v.now = now
	other, err := store.Open(t.Context(), v.url) // another process has connections of its own
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	d := *v.srv.Desk
	d.Store = other
	second := &visitedSite{t: t, srv: New(Options{Desk: &d, Log: v.srv.Log, BaseURL: v.srv.BaseURL}), st: other, url: v.url, now: v.now}
	want(t, second.get(own1("plan"), by), 200)
	officer, err := v.st.Staff(t.Context(), "o1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.srv.Desk.RevokeLinks(t.Context(), officer, storetest.Ref(siteYear, 1)); err != nil {
		t.Fatal(err)
	}
	want(t, second.get(own1("plan"), by), 410, "链接已停用") // the first that comes after
	want(t, second.post(own1("plan"), by, append(slices.Clone(planFields), "do", "submit")...), 410, "链接已停用")
	want(t, v.get(own1("plan"), by), 410, "链接已停用")
}
