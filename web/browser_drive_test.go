package web

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var shots = flag.String("shots", "", "folder for pictures of the pages as the browser test sees them")

// browserLimit is the longest that one browser lives, pageLimit the longest that it waits for a page.
const (
	browserLimit = 12 * time.Minute
	pageLimit    = 30 * time.Second
)

// pdfViewer is the part of Chromium that draws a PDF.
const pdfViewer = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/"

// tab is one window of a browser of its own, and what went wrong in it.
type tab struct {
	t       *testing.T
	ctx     context.Context
	root    string
	width   int
	secrets []string // must be in no page that is seen here

	mu     sync.Mutex
	faults []string
}

// openTab starts Chromium with an empty profile on a site.
func openTab(t *testing.T, site http.Handler, width, height int64) *tab {
	t.Helper()
	return openTabFor(t, site, width, height, browserLimit)
}

func openTabFor(t *testing.T, site http.Handler, width, height int64, limit time.Duration) *tab {
	t.Helper()
	srv := httptest.NewServer(site)
	t.Cleanup(srv.Close)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("force-prefers-reduced-motion", true), // a page that still scrolls is hard to hit
		chromedp.Flag("lang", "en-US"))...)                  // decides how a date is typed
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, limit)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, root: srv.URL}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium 没有启动：%v", err)
	}
	if err := chromedp.Listen(ctx, b.heard); err != nil {
		t.Fatal(err)
	}
	b.size(width, height)
	t.Cleanup(b.noFaults)
	return b
}

// chromium finds the browser; a machine without it fails the test.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("浏览器测试需要本机安装 Chromium：apt-get install chromium")
	return ""
}

// heard keeps what a quiet site of one origin never does: errors in the
// console, refusals of the security policy, requests to somebody else.
func (b *tab) heard(ev any) {
	fault := ""
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; !strings.HasPrefix(u, b.root+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, pdfViewer) && u != "about:blank" {
			fault = "请求了其他网站：" + u
		}
	case *network.EventResponseReceived:
		if ev.Response.Status >= 400 && ev.Type != network.ResourceTypeDocument {
			fault = fmt.Sprintf("资源 %s 返回 %d", ev.Response.URL, ev.Response.Status)
		}
	case *runtime.EventExceptionThrown:
		fault = "页面脚本出错：" + ev.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		fault = fmt.Sprintf("控制台 %s", ev.Type)
	case *log.EventEntryAdded:
		if ev.Entry.Source != log.EntrySourceNetwork { // a refused form is a page of status 422
			fault = fmt.Sprintf("控制台 %s：%s（%s）", ev.Entry.Level, ev.Entry.Text, ev.Entry.URL)
		}
	}
	if fault != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = append(b.faults, fault)
	}
}

// noFaults reports what was heard since it was last asked.
func (b *tab) noFaults() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		b.t.Error(f)
	}
	b.faults = nil
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// size makes the window a phone's, or a desk's.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.width = int(width)
	if width < zoomedWidth {
		b.do(chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch))
		return
	}
	b.do(chromedp.EmulateViewport(width, height))
}

// open goes to a path of the site, and leads goes where the steps lead; both
// wait for the page and check its status.
func (b *tab) open(path string, status int) {
	b.t.Helper()
	b.leads(status, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[chromedp.Void](fmt.Sprintf("location.href = %q", b.root+path))(ctx, t)
		return err
	}))
}

func (b *tab) leads(status int, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageLimit)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		b.t.Fatalf("没有到达下一页：%v\n%.600s", err, b.text())
	}
	if int(res.Status) != status {
		b.t.Fatalf("%s 返回 %d，应为 %d\n%.1200s", res.URL, res.Status, status, b.text())
	}
	page := b.html()
	for _, s := range b.secrets {
		if strings.Contains(page, s) {
			b.t.Errorf("%s 的页面中有不应出现的 %q", res.URL, s)
		}
	}
}

// press clicks what leads to another page.
func (b *tab) press(sel string, status int) {
	b.t.Helper()
	b.leads(status, chromedp.Click(chromedp.CSS(sel)))
}

func pressed(do string) string { return fmt.Sprintf(`main button[name="do"][value=%q]`, do) }

// fill puts text over what fields hold, as an input method does: pairs of name and text.
func (b *tab) fill(pairs ...string) {
	b.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		evaluate[chromedp.Void](b, fmt.Sprintf(`(e => { e.focus(); e.select() })(document.querySelector('[name=%q]'))`, pairs[i]))
		if _, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: pairs[i+1]}); err != nil {
			b.t.Fatal(err)
		}
	}
}

// holds checks that fields still hold what was typed.
func (b *tab) holds(pairs ...string) {
	b.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if got := evaluate[string](b, fmt.Sprintf(`document.querySelector('[name=%q]').value`, pairs[i])); got != pairs[i+1] {
			b.t.Errorf("字段 %s 为 %q，应为 %q", pairs[i], got, pairs[i+1])
		}
	}
}

// says checks that the page shows the texts to a reader.
func (b *tab) says(parts ...string) {
	b.t.Helper()
	seen := b.text()
	for _, p := range parts {
		if !strings.Contains(seen, p) {
			b.t.Errorf("页面上没有 %q：\n%.1200s", p, seen)
		}
	}
}

// at checks the path in the address bar.
func (b *tab) at(path string) {
	b.t.Helper()
	where, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		b.t.Fatal(err)
	}
	if u, err := url.Parse(where); err != nil || u.Path != path {
		b.t.Errorf("地址栏是 %s，应为 %s", where, path)
	}
}

func (b *tab) text() string { return evaluate[string](b, `document.body.innerText`) }
func (b *tab) html() string { return evaluate[string](b, `document.documentElement.outerHTML`) }
func (b *tab) focused() string {
	return evaluate[string](b, `document.activeElement.name || document.activeElement.id`)
}

// evaluate asks the page for the value of an expression.
func evaluate[T any](b *tab, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		b.t.Fatalf("%s：%v", js, err)
	}
	return v
}

// key sends keys to whatever has the focus.
func (b *tab) key(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// tabTo presses Tab until the named control has the focus, the way somebody
// without a mouse gets there.
func (b *tab) tabTo(js string) {
	b.t.Helper()
	for range 60 {
		if b.key(kb.Tab); evaluate[bool](b, `(e => `+js+`)(document.activeElement)`) {
			if !evaluate[bool](b, `document.activeElement.matches(":focus-visible") && getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
				b.t.Errorf("%s 得到焦点时看不出来", js)
			}
			return
		}
	}
	b.t.Fatalf("用 Tab 键到不了 %s", js)
}

// picture keeps the whole page for a human to look at.
func (b *tab) picture(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%d.png", name, b.width)), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// setClock gives a site a clock that the test moves while the site serves.
func setClock(s *Server, at time.Time) func(time.Time) {
	var now atomic.Int64
	now.Store(at.UnixNano())
	s.Desk.Clock = func() time.Time { return time.Unix(0, now.Load()) }
	return func(at time.Time) { now.Store(at.UnixNano()) }
}
