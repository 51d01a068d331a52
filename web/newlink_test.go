package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

const askButton = "把新链接发送到登记的邮箱"

var tokenField = regexp.MustCompile(`<input type="hidden" name="token" value="([^"]+)">`)

// newLinks counts the letters with a new link that were asked for.
func (v *visitedSite) newLinks() int {
	v.t.Helper()
	n := 0
	for i := 1; i <= 4; i++ {
		all, err := v.st.Parcels(context.Background(), storetest.Ref(siteYear, i))
		if err != nil {
			v.t.Fatal(err)
		}
		for _, p := range all {
			if strings.Contains(p.Key, "/new-link/asked/") {
				n++
			}
		}
	}
	return n
}

// from posts as another computer: each has a gate of its own.
func (v *visitedSite) from(address, path string, fields ...string) answer {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values(fields).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = address + ":1"
	return v.send(r, who{})
}

// S1: whatever it finds, asking for a new link gets one answer, after the same time.
func TestS1AskingForALinkIsAnsweredAlike(t *testing.T) {
	v := openSite(t, true, 4)
	for i := 1; i <= 4; i++ {
		v.stage(i, "2026-03-31", campaign.Planning)
		v.link(i, "act", v.farAway())
	}
	expired := v.link(1, "act", v.now.Add(-time.Minute))
	left := v.link(2, "act", v.now.Add(-time.Minute))
	v.write(func(tx *store.Tx) error {
		return tx.SetLeft(t.Context(), storetest.Ref(siteYear, 2), "withdrawn", v.now)
	})
	revoked := v.link(3, "act", v.now.AddDate(1, 0, 0))
	v.exec(`update ticket set revoked_at = now() where code = $1 and expires_at < $2`, storetest.Code(3), v.farAway())
	unknown, _ := v.srv.Desk.Tickets.Issue("never sent")
	mail := storetest.Institution(4).Email
	var first answer
	for i, c := range []struct {
		name    string
		fields  []string
		letters int
	}{
		{"expired", []string{"token", expired}, 1},
		{"asked again", []string{"token", expired}, 0},
		{"revoked", []string{"token", revoked}, 1},
		{"of who left", []string{"token", left}, 0},
		{"unknown id with the right MAC", []string{"token", unknown}, 0},
		{"bad MAC", []string{"token", unknown[:len(unknown)-4] + "AAAA"}, 0},
		{"garbage", []string{"token", "<script>"}, 0},
		{"nothing", []string{"token", ""}, 0},
		{"a program", []string{"token", v.link(4, "act", v.now.Add(-time.Hour)), trap, "x"}, 0},
		{"another's address", []string{"code", storetest.Code(4), "email", "someone@else.example"}, 0},
		{"an unknown code", []string{"code", "CNCA-R-2099-999", "email", mail}, 0},
		{"the registered address", []string{"code", strings.ToLower(storetest.Code(4)), "email", mail}, 1},
	} {
		before, book, began := v.newLinks(), v.book(), time.Now()
		a := v.from("10.0.0."+itoa(i+1), linkPath, c.fields...)
		took := time.Since(began)
		if i == 0 {
			first = a
			want(t, a, 200, "申请已收到")
		}
		if a.code != first.code || a.body != first.body {
			t.Errorf("%s: answered otherwise: %d %.600s", c.name, a.code, a.body)
		}
		if took < answerAfter {
			t.Errorf("%s: answered after %s", c.name, took)
		}
		if n := v.newLinks() - before; n != c.letters {
			t.Errorf("%s: %d letters, want %d", c.name, n, c.letters)
		}
		if after := v.book(); c.letters == 0 && !sameBook(book, after) {
			t.Errorf("%s: something was written", c.name)
		}
	}
	for _, secret := range []string{expired, unknown, mail, "someone@else.example"} {
		if strings.Contains(v.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

func sameBook(a, b map[string]string) bool {
	for table, sum := range a {
		if b[table] != sum {
			return false
		}
	}
	return true
}

// A forged link is answered while the score book is away: it is never asked.
func TestS1ForgedLinksAskNothing(t *testing.T) {
	v, by := atPlanning(t)
	v.st.Close()
	forged := by.ticket[:len(by.ticket)-4] + "AAAA"
	want(t, v.post(linkPath, who{}, "token", forged), 200, "申请已收到")
	if a := v.post(linkPath, who{}, "token", by.ticket); a.code != 503 {
		t.Errorf("a genuine one: %d", a.code)
	}
}

func TestS1AskingForLinksIsSlowedDown(t *testing.T) {
	v, _ := atPlanning(t)
	var codes []int
	for range gateTries {
		codes = append(codes, v.from("10.1.1.1", linkPath, "token", "x.y").code)
	}
	if slices.ContainsFunc(codes, func(c int) bool { return c != 200 }) {
		t.Errorf("%v", codes)
	}
	a := v.from("10.1.1.1", linkPath, "token", "x.y")
	want(t, a, 429, "申请过于频繁")
	if a.head.Get("Retry-After") == "" {
		t.Error("nobody is told how long to wait")
	}
	want(t, v.from("10.1.1.2", linkPath, "token", "x.y"), 200, "申请已收到")
	want(t, v.from("10.1.1.3", linkPath, "code", "甲", "email", ""), 422, "机构批准号", "登记的邮箱")
	r := httptest.NewRequest(http.MethodPost, linkPath, strings.NewReader("token=x.y"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	want(t, v.send(r, who{}), 403, "来自其他网站")
}

// The door stands on every page of a link that opens nothing, with the contact;
// the link goes along in the form and in no address.
func TestS1DeadLinksOfferANewOne(t *testing.T) {
	v, by := atPlanning(t)
	v.srv.Contact = "评价工作组　010-0000 0000"
	expired := v.link(1, "act", v.now.Add(-time.Minute))
	for _, a := range []answer{v.get("/t/"+expired, who{}), v.get(own1("plan"), who{ticket: expired})} {
		want(t, a, 410, askButton, "010-0000 0000", "48小时", "电话报告", `action="/link"`)
		if m := tokenField.FindStringSubmatch(a.body); m == nil || m[1] != expired {
			t.Error("the form does not carry the link")
		}
	}
	for _, a := range []answer{v.get(own1("plan"), who{}), v.get("/t/x.y", who{}), v.get("/t/"+expired[:len(expired)-3], who{})} {
		want(t, a, a.code, askButton, `name="code"`, `name="email"`)
		if a.code != 403 && a.code != 404 || tokenField.MatchString(a.body) {
			t.Errorf("%d", a.code)
		}
	}
	want(t, v.get(own1("plan"), who{}), 403, `value="`+storetest.Code(1)+`"`)
	typed := v.post(own1("plan"), who{ticket: expired}, append(planFields, "do", "save")...)
	want(t, typed, 410, askButton, `id="kept"`, `<form method="post" action="/link" target="_blank" rel="noopener"`, "质量月讲座")
	for _, a := range []answer{v.get("/", who{}), v.get("/rules", who{}), v.get(own1(""), by), v.get("/nothing", who{}), v.get(own1("incidents/new"), by)} {
		want(t, a, a.code, "010-0000 0000")
	}
	want(t, v.get(linkPath, who{}), 200, askButton, "010-0000 0000")
	for _, path := range []string{"/nothing", own1("evidence/99999")} {
		if a := v.get(path, by); strings.Contains(a.body, askButton) {
			t.Errorf("%s offers a link to who has one", path)
		}
	}
}

// A page of failure leads back to the institution's desk, and to the page before.
func TestFailuresKeepTheWayBack(t *testing.T) {
	v, by := atPlanning(t)
	home, back := `<a href="`+own1("")+`">办理首页</a>`, `<a href="`+own1("plan")+`">返回上一页</a>`
	v.srv.mux.HandleFunc("GET /i/{year}/{code}/conflict", func(w http.ResponseWriter, r *http.Request) {
		q, err := v.srv.admit(r, v.srv.rights["GET /i/{year}/{code}"])
		if err == nil {
			err = campaign.Fail(campaign.Conflict, "情况已有变化")
		}
		v.srv.fail(w, q, err)
	})
	ask := func(r *http.Request, from string) answer {
		r.Header.Set("Referer", from)
		return v.send(r, by)
	}
	get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }
	large := httptest.NewRequest(http.MethodPost, own1("plan"), strings.NewReader("x"))
	large.ContentLength = formSize + 1
	for code, r := range map[int]*http.Request{404: get(own1("evidence/99999")), 405: get(own1("registers/accounts/import")), 409: get(own1("conflict")), 413: large} {
		if a := ask(r, "http://xp.example"+own1("plan")); code != 405 {
			want(t, a, code, home, back)
		} else {
			want(t, a, http.StatusMethodNotAllowed, home, back)
		}
	}
	want(t, ask(get("/i/"+storetest.Ref(siteYear, 2).ID()), "http://xp.example"+own1("plan")), 404, home, back)
	for _, from := range []string{"", "https://evil.example" + own1("plan"), "http://xp.example/t/" + by.ticket, "http://xp.example//evil.example/", "http://xp.example/no/such", "javascript:alert(1)", "http://xp.example" + own1("evidence/99999"), `http://xp.example/\evil`} {
		if a := ask(get(own1("evidence/99999")), from); strings.Contains(a.body, "返回上一页") || !strings.Contains(a.body, home) {
			t.Errorf("from %q: %s", from, a.body)
		}
	}
	v.st.Close()
	want(t, ask(get("/nothing"), "http://xp.example/rules"), 404, `<a href="/">返回首页</a>`)
}

// What an institution's pages link to and knows no way back opens beside them.
func TestPublicPagesOpenBesideTheDesk(t *testing.T) {
	v := openSite(t, false, 2)
	served(v)
	by := v.bearer(1)
	beside := func(a answer, href string) {
		t.Helper()
		want(t, a, 200)
		for _, m := range regexp.MustCompile(`<a href="`+regexp.QuoteMeta(href)+`"[^>]*>[^\n]*?</a>`).FindAllString(a.body, -1) {
			if !strings.Contains(m, `target="_blank" rel="noopener"`) || !strings.Contains(m, "新窗口") {
				t.Errorf("%s", m)
			}
		}
		if !strings.Contains(a.body, `href="`+href+`"`) {
			t.Errorf("no link to %s", href)
		}
	}
	beside(v.get(own1(""), by), "/rules")
	beside(v.get(own1(""), by), "/v")
	beside(v.get(own1(""), by), "/self-evaluation")
	beside(v.get(own1("result"), by), "/rules")
	want(t, v.get(own1(""), by), 200, `<a class="brand" href="`+own1("")+`">`)
	if a := v.get("/rules", who{}); strings.Contains(a.body, "新窗口") || !strings.Contains(a.body, `<a class="brand" href="/">`) {
		t.Error("public pages open beside themselves")
	}
}

func bodyOf(all ...io.Reader) io.ReadCloser { return io.NopCloser(io.MultiReader(all...)) }

// exec changes the score book past the store.
func (v *visitedSite) exec(sql string, args ...any) {
	v.t.Helper()
	conn, err := pgx.Connect(v.t.Context(), v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(v.t.Context(), sql, args...); err != nil {
		v.t.Fatal(err)
	}
}

// zeros is a file without content, as long as it is read.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	clear(p)
	n := min(int64(len(p)), z.left)
	if z.left -= n; n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

// A file that is too large costs nothing of what was typed before it, whether its
// length was told or not.
func TestTooLargeFilesKeepWhatWasTyped(t *testing.T) {
	v, by := atPlanning(t)
	for _, told := range []bool{true, false} {
		for _, c := range []struct {
			path, field string
			fields      []string
			say         string
		}{
			{own1("evidence"), "file", evidenceFields, "50 MB"},
			{own1("registers/goals"), "goals.file", []string{"goals.title", "现场照片", "declared", "1", "name", "王经办", "post", "主任"}, "50 MB"},
			{own1("registers/accounts/import"), "table", []string{"declared", "1", "name", "王经办", "post", "主任", "note", "现场照片"}, "16 MB"},
		} {
			var b bytes.Buffer
			kind := newMultipart(&b, c.fields, c.field, "会议录像.mp4", nil)
			head, _, _ := strings.Cut(b.String(), "filename=")
			head += `filename="会议录像.mp4"` + "\r\nContent-Type: video/mp4\r\n\r\n\x00\x00\x00\x18ftypisom"
			file := &zeros{60 << 20}
			r := httptest.NewRequest(http.MethodPost, c.path, nil)
			r.Body = bodyOf(strings.NewReader(head), file)
			r.ContentLength = -1
			if told {
				r.ContentLength = int64(len(head)) + file.left
			}
			r.Header.Set("Content-Type", kind)
			a, code := v.send(r, by), 413
			if !told {
				code = 422 // the file alone is too large before its form is
			}
			want(t, a, code, c.say, "王经办", "错误：")
			if told && !strings.Contains(a.body, `aria-invalid="true"`) {
				t.Errorf("%s: the file has no fault", c.path)
			}
			if c.field != "table" && !strings.Contains(a.body, "现场照片") {
				t.Errorf("%s: the note is lost", c.path)
			}
			if file.left > 0 {
				t.Errorf("%s: %d bytes are left to be sent", c.path, file.left)
			}
		}
	}
	if n, err := v.srv.Desk.Blobs.Digests(); err != nil || len(n) != 0 {
		t.Errorf("%d files lie in the store, %v", len(n), err)
	}
}

// The fields of an attachment stand before its file: they are read as they come.
func TestFilesStandLastInTheirForms(t *testing.T) {
	v, by := atPlanning(t)
	v.write(func(tx *store.Tx) error {
		return cannedMatters(t.Context(), tx, storetest.Ref(siteYear, 1), v.now.AddDate(0, 0, -1))
	})
	for _, path := range []string{"evidence", "clearances/1?act=attach"} {
		body := v.get(own1(path), by).body
		if name, file := strings.Index(body, `name="post"`), strings.Index(body, `type="file"`); name < 0 || file < name {
			t.Errorf("%s: the file stands before who acts", path)
		}
	}
}

// A browser that is still sending reads the answer, with what was typed.
func TestTooLargeFilesAreAnsweredOverTheWire(t *testing.T) {
	v, by := atPlanning(t)
	srv := httptest.NewServer(v.srv)
	defer srv.Close()
	var b bytes.Buffer
	kind := newMultipart(&b, evidenceFields, "file", "会议录像.mp4", nil)
	head, tail := b.Bytes()[:b.Len()-40], "\r\n"
	size := int64(120 << 20)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+own1("evidence"), bodyOf(bytes.NewReader(head), &zeros{size}, strings.NewReader(tail)))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(len(head)) + size + int64(len(tail))
	r.Header.Set("Content-Type", kind)
	r.AddCookie(&http.Cookie{Name: ticketCookie, Value: by.ticket})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 413 || !strings.Contains(string(page), "现场照片") || !res.Close {
		t.Errorf("%d, close %v, %v", res.StatusCode, res.Close, err)
	}
}
