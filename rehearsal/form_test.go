package rehearsal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const sampleForm = `<!DOCTYPE html><title>t</title><main><h1>填报</h1>
<form method="post" action="/other"><input name="goals"></form>
<form method="post" action="/do/plan">
<input type="hidden" name="version" value="2">
<input name="lead" value="旧"><input type="date" name="on" value="2027-01-01">
<textarea name="goals">
原文</textarea>
<select name="task"><option value="">请选择</option><option value="plan">计划</option><option>evidence</option></select>
<select name="points"><option>7</option><option selected>7.5</option></select>
<input type="radio" name="decision" value="accept"><input type="radio" name="decision" value="return" checked>
<input type="checkbox" name="declared" value="1"><input type="checkbox" name="kept" checked>
<input name="gone" disabled>
<button name="do" value="save">保存</button><button name="do" value="check">下一步</button></form></main>`

// serve shows a site; every test site ends with its test.
func serve(t *testing.T, h http.HandlerFunc) *browser {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	b, err := newBrowser(s.URL, wires(4))
	if err != nil {
		t.Fatal(err)
	}
	b.patience = 5 * time.Second
	return b
}

func show(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestFillIsWhatABrowserSends(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) { show(w, 200, sampleForm) })
	p, err := b.get(t.Context(), "/page")
	if err != nil {
		t.Fatal(err)
	}
	f, ok := p.find("/do/plan", fields{"decision": "accept"})
	if !ok {
		t.Fatal("form not found")
	}
	if f.button() != "check" || f.value("version") != "2" {
		t.Errorf("button %q, version %q", f.button(), f.value("version"))
	}
	sent, err := f.fill(fields{"lead": "新", "task": "evidence", "points": "7.0", "decision": "accept", "declared": "1", "do": "check"})
	if err != nil {
		t.Fatal(err)
	}
	got := url.Values{}
	for _, s := range sent {
		got.Add(s[0], s[1])
	}
	want := url.Values{"version": {"2"}, "lead": {"新"}, "on": {"2027-01-01"}, "goals": {"原文"}, "task": {"evidence"}, "points": {"7"},
		"decision": {"accept"}, "declared": {"1"}, "kept": {"on"}, "do": {"check"}}
	if got.Encode() != want.Encode() {
		t.Errorf("sent\n%v\nwant\n%v", got, want)
	}
}

func TestFormThatCannotTakeIt(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) { show(w, 200, sampleForm) })
	p, err := b.get(t.Context(), "/page")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fields{
		"no such field": {"nothing": "1"}, "no such option": {"task": "appeal"}, "no such radio": {"decision": "maybe"},
		"a hidden value is not for people to change": {"version": "3"}, "disabled": {"gone": "1"},
	} {
		if _, ok := p.find("/do/plan", want); ok {
			t.Errorf("%s: the form was taken", name)
		}
		f, _ := p.find("/do/plan", nil)
		if _, err := f.fill(want); err == nil {
			t.Errorf("%s: the form was filled in", name)
		}
	}
	if _, ok := p.find("/page", nil); ok {
		t.Error("a form was found that posts elsewhere")
	}
}

// desk is a small site with one form, a check page, a receipt and, when told,
// an answer that gets lost on its way.
type desk struct {
	mu     sync.Mutex
	kept   []url.Values
	lose   int  // so many answers to POST are lost after the act
	stays  bool // the form is shown also when the act was done
	refuse bool
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	form := `<form method="post" action="/own"><input name="text"><button name="do" value="check">核对</button></form>`
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/home":
		show(w, 200, `<main><a href="/own">办理</a></main>`)
	case r.Method == http.MethodGet && (len(d.kept) == 0 || d.stays):
		show(w, 200, `<main>`+form+fmt.Sprint(d.kept)+`</main>`)
	case r.Method == http.MethodGet:
		show(w, 200, `<main><h1>已提交</h1></main>`)
	case d.refuse:
		show(w, 422, `<main><section class="errors" role="alert"><h2>请修改以下内容</h2><p>有 1 处需要修改</p></section>`+form+`</main>`)
	case r.PostFormValue("do") == "check":
		show(w, 200, `<form method="post" action="/own"><input type="hidden" name="text" value="`+html.EscapeString(r.PostFormValue("text"))+`"><button name="do" value="submit">确认</button><button name="do" value="edit">返回</button></form>`)
	case len(d.kept) > 0 && !d.stays:
		show(w, 409, `<main><h1>已经提交过</h1></main>`)
	default:
		d.kept = append(d.kept, r.PostForm)
		if d.lose--; d.lose >= 0 {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		show(w, 200, `<main><b id="receipt-number">R-1</b></main>`)
	}
}

func TestDeedGoesByTheCheckPage(t *testing.T) {
	d := &desk{}
	b := serve(t, d.ServeHTTP)
	if err := b.do(t.Context(), deed{what: "办理", page: "/home", action: "/own", fill: fields{"text": "甲 & 乙"}, receipt: true}); err != nil {
		t.Fatal(err)
	}
	if len(d.kept) != 1 || d.kept[0].Get("text") != "甲 & 乙" || d.kept[0].Get("do") != "submit" {
		t.Errorf("kept %v", d.kept)
	}
}

func TestLostAnswerIsNotRepeated(t *testing.T) {
	for name, d := range map[string]*desk{"form gone": {lose: 1}, "form stays": {lose: 1, stays: true}} {
		b := serve(t, d.ServeHTTP)
		want := deed{what: "办理", page: "/own", action: "/own", fill: fields{"text": "唯一的话"}, receipt: true}
		if d.stays {
			want.seen = func(p *page) bool { return p.mentions("唯一的话") }
		}
		if err := b.do(t.Context(), want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(d.kept) != 1 {
			t.Errorf("%s: the act was done %d times", name, len(d.kept))
		}
	}
}

func TestRefusalIsToldInTheSitesWords(t *testing.T) {
	d := &desk{refuse: true}
	b := serve(t, d.ServeHTTP)
	err := b.do(t.Context(), deed{what: "办理", page: "/own", action: "/own", fill: fields{"text": "x"}})
	if statusOf(err) != 422 || !strings.Contains(err.Error(), "有 1 处需要修改") {
		t.Errorf("error %v", err)
	}
}

// A site that is away for a moment is waited for; a page that says no is not.
func TestGetWaitsForTheSite(t *testing.T) {
	away := 3
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/missing":
			show(w, 404, `<main>没有这个页面</main>`)
		case away > 0:
			away--
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			show(w, 200, "好")
		}
	})
	if p, err := b.get(t.Context(), "/page"); err != nil || !p.mentions("好") {
		t.Errorf("page %v, error %v", p, err)
	}
	if _, err := b.get(t.Context(), "/missing"); statusOf(err) != 404 {
		t.Errorf("error %v", err)
	}
	b.patience, away = 0, 1000
	if _, err := b.get(context.Background(), "/page"); err == nil {
		t.Error("a site that stays away was not given up")
	}
}

func TestUploadKeepsTheOrderOfThePage(t *testing.T) {
	file := exhibit("CNCA-R-2026-901", 1)
	order, digest := "", ""
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			show(w, 200, `<form method="post" enctype="multipart/form-data"><input type="file" name="file"><select name="row"><option value="1">一</option></select><button>上传</button></form>`)
			return
		}
		parts, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		for {
			part, err := parts.NextPart()
			if err != nil {
				break
			}
			data, _ := io.ReadAll(part)
			order += part.FormName() + " " + part.FileName() + ";"
			if part.FileName() != "" {
				digest = fmt.Sprintf("%x", sha256.Sum256(data))
			}
		}
		show(w, 200, "收到")
	})
	if err := b.do(t.Context(), deed{what: "上传", page: "/evidence", action: "/evidence", fill: fields{"row": "1"}, file: &file}); err != nil {
		t.Fatal(err)
	}
	if want := "file cnca-r-2026-901-01.pdf;row ;"; order != want || digest != fmt.Sprintf("%x", sha256.Sum256(file.data)) {
		t.Errorf("parts %q, want %q; digest %s", order, want, digest)
	}
}
