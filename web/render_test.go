package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"xuanping/campaign"
)

func TestABrokenTemplateEndsTheStart(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	site := fstest.MapFS{"page/style.css": file("a{}"), "page/layout.html": file(`{{define "layout"}}{{end}}`), "page/parts.html": file(""), "page/good.html": file(`{{define "main"}}x{{end}}`)}
	if all, _, name := mustPages(site); all["good"] == nil || !strings.HasPrefix(name, "/static/style.css?v=") {
		t.Errorf("模板没有读到：%v %s", all, name)
	}
	site["page/bad.html"] = file(`{{define "main"}}{{nosuch .}}{{end}}`)
	defer func() {
		if recover() == nil {
			t.Error("有错的模板没有使程序在启动时停下")
		}
	}()
	mustPages(site)
}

func TestEachKindHasItsStatus(t *testing.T) {
	for kind, code := range map[campaign.Kind]int{campaign.Invalid: 422, campaign.NotFound: 404, campaign.Forbidden: 403, campaign.Conflict: 409, campaign.TooLate: 410, campaign.Internal: 503} {
		got, title, say := failure(&campaign.Error{Kind: kind, Say: "请这样做", Err: errors.New("secret")})
		if got != code || title == "" || !strings.Contains(say, "请这样做") || strings.Contains(say, "secret") {
			t.Errorf("%s：%d %s %s", kind, got, title, say)
		}
	}
	if got, _, say := failure(errors.New("secret")); got != 500 || strings.Contains(say, "secret") {
		t.Errorf("未知错误：%d %s", got, say)
	}
}

func TestSummaryFollowsTheForm(t *testing.T) {
	f := newForm("b", "a")
	f.Faults = map[string]string{"a": "甲", "b": "乙", "row-10": "十", "row-2": "二"}
	var order []string
	for _, l := range f.Summary() {
		order = append(order, l.Text)
	}
	if got := strings.Join(order, ""); got != "乙甲二十" {
		t.Errorf("次序 %s", got)
	}
}

func TestTextIsMadeFitForTheScoreBook(t *testing.T) {
	if got := plain("一\r\n二\x00\xff"); got != "一\n二" {
		t.Errorf("%q", got)
	}
}

func TestWrongMethod(t *testing.T) {
	v := openSite(t, false, 1)
	a := v.post("/rules", who{})
	want(t, a, 405, "不支持")
	if a.head.Get("Allow") != http.MethodGet {
		t.Errorf("Allow %q", a.head.Get("Allow"))
	}
}

// TestHugeUploadOverTheWire sends without end; the answer must come all the same.
func TestHugeUploadOverTheWire(t *testing.T) {
	v, by := atPlanning(t)
	srv := httptest.NewServer(v.srv)
	defer srv.Close()
	r, _ := http.NewRequest(http.MethodPost, srv.URL+own1("evidence"), io.LimitReader(&endless{}, 200<<20))
	r.ContentLength = 200 << 20
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Expect", "100-continue")
	r.AddCookie(&http.Cookie{Name: ticketCookie, Value: by.ticket})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 413 || !strings.Contains(string(body), "50 MB") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
