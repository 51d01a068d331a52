package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
	"xuanping/ticket"
)

// visitedSite is the whole site over a score book of its own, at a time that the test sets.
type visitedSite struct {
	t   *testing.T
	srv *Server
	st  *store.Store
	url string
	now time.Time
	log *bytes.Buffer
}

const siteYear = 2026

var siteKey = []byte("0123456789abcdef0123456789abcdef")

func openSite(t *testing.T, rehearsal bool, n int) *visitedSite {
	t.Helper()
	st, url := storetest.Open(t)
	c := storetest.Campaign(t, st, siteYear, rehearsal, n)
	keys, err := ticket.New(siteKey)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := store.OpenBlobs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	v := &visitedSite{t: t, st: st, url: url, now: c.Rules.Calendar.Launch.Morning().Add(time.Hour), log: &bytes.Buffer{}}
	d := &desk.Desk{Store: st, Blobs: blobs, Tickets: keys, Table: rubric.Annex2(), Clock: func() time.Time { return v.now }}
	v.srv = New(Options{Desk: d, Log: slog.New(slog.NewTextHandler(&locked{w: v.log}, nil)), BaseURL: "http://xp.example", Issuer: "示例主管部门", Mailbox: cannedMail{}, OpenMail: true, TemporalUI: "http://127.0.0.1:8233/namespaces/default",
		Demo: []DemoAccount{{ID: "o1", Password: "demo-demo-1", Role: "经办人员"}}})
	return v
}

type locked struct {
	sync.Mutex
	w io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.w.Write(b)
}

// cannedMail is a built-in mailbox with one letter.
type cannedMail struct{}

func (cannedMail) List(match string, from, n int) ([]MailHead, int, error) {
	m, _ := cannedMail{}.Read("m1")
	if from > 0 || !strings.Contains(m.Subject+m.To, match) {
		return nil, 0, nil
	}
	return []MailHead{m.MailHead}, 1, nil
}

func (cannedMail) Read(id string) (Mail, error) {
	if id != "m1" {
		return Mail{}, fs.ErrNotExist
	}
	return Mail{MailHead: MailHead{ID: "m1", To: "cb1@institution.example", Subject: "2026 年度宣传工作计划报送提醒", Date: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)},
		Text: "请于 3 月 12 日前报送。\nhttp://xp.example/t/abc", HTML: `<html><head></head><body style="color:#333"><p>请于 3 月 12 日前报送。</p></body></html>`,
		Attachments: []MailFile{{Name: "告知书.pdf", Media: "application/pdf", Bytes: []byte("%PDF-1.4\n%%EOF")}}}, nil
}

// write runs facts into the score book.
func (v *visitedSite) write(do func(tx *store.Tx) error) {
	v.t.Helper()
	if err := v.st.Write(context.Background(), do); err != nil {
		v.t.Fatal(err)
	}
}

// stage moves the i-th institution along the stages named.
func (v *visitedSite) stage(i int, due campaign.Day, all ...campaign.Stage) {
	v.t.Helper()
	v.write(func(tx *store.Tx) error {
		for _, s := range all {
			if err := tx.SetStage(context.Background(), storetest.Ref(siteYear, i), s, due, v.now); err != nil {
				return err
			}
		}
		return nil
	})
}

// link makes a link for the i-th institution and returns its token.
func (v *visitedSite) link(i int, scope string, expires time.Time) string {
	v.t.Helper()
	token, id := v.srv.Desk.Tickets.Issue(fmt.Sprintf("%s/test/%s/%d", storetest.Ref(siteYear, i).ID(), scope, expires.Unix()))
	if err := v.st.AddTicket(context.Background(), id, store.Ticket{Year: siteYear, Code: storetest.Code(i), Scope: scope, Intent: "test", IssuedAt: expires.Add(-24 * time.Hour), ExpiresAt: expires}); err != nil {
		v.t.Fatal(err)
	}
	return token
}

func (v *visitedSite) farAway() time.Time { return v.now.AddDate(2, 0, 0) }

// who is a browser: nobody, a link's bearer or somebody signed in.
type who struct{ ticket, session string }

func (v *visitedSite) bearer(i int) who { return who{ticket: v.link(i, "act", v.farAway())} }

func (v *visitedSite) signIn(id string) who {
	v.t.Helper()
	token := bytes.Repeat([]byte{byte(len(id)), id[0], id[1], 7}, 8)
	if err := v.st.AddSession(context.Background(), token, id, v.now); err != nil && campaign.KindOf(err) != campaign.Conflict {
		v.t.Fatal(err)
	}
	return who{session: base64.RawURLEncoding.EncodeToString(token)}
}

// answer is what came back.
type answer struct {
	code int
	head http.Header
	body string
}

func (v *visitedSite) send(r *http.Request, by who) answer {
	if by.ticket != "" {
		r.AddCookie(&http.Cookie{Name: ticketCookie, Value: by.ticket})
	}
	if by.session != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: by.session})
	}
	w := httptest.NewRecorder()
	v.srv.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func (v *visitedSite) get(path string, by who) answer {
	return v.send(httptest.NewRequest(http.MethodGet, path, nil), by)
}

func (v *visitedSite) post(path string, by who, fields ...string) answer {
	if do := values(fields).Get("do"); strings.HasPrefix(path, "/i/") && do == "submit" && !values(fields).Has("agree") {
		fields = append(fields, "agree", "1") // the box of a check page
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values(fields).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r, by)
}

func values(pairs []string) url.Values {
	out := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// upload posts a file the way a browser does: its fields first.
func (v *visitedSite) upload(path string, by who, name string, data []byte, fields ...string) answer {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		m.WriteField(fields[i], fields[i+1])
	}
	f, _ := m.CreateFormFile("file", name)
	f.Write(data)
	m.Close()
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return v.send(r, by)
}

// book is a digest of every table but the sessions and the log of readings.
func (v *visitedSite) book() map[string]string {
	v.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `select tablename::text from pg_tables where schemaname = 'public' and tablename not in ('session', 'reading')`)
	if err != nil {
		v.t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		v.t.Fatal(err)
	}
	all := map[string]string{}
	for _, n := range names {
		var sum string
		if err := conn.QueryRow(ctx, fmt.Sprintf(`select coalesce(md5(string_agg(x::text, '|' order by x::text)), '') from %q x`, n)).Scan(&sum); err != nil {
			v.t.Fatal(err)
		}
		all[n] = sum
	}
	return all
}

func own1(page string) string {
	p := "/i/" + storetest.Ref(siteYear, 1).ID()
	if page != "" {
		p += "/" + page
	}
	return p
}

var planFields = []string{"goals", "宣传“传递信任，服务发展”", "activities", "世界认可日开放活动\n质量月讲座", "resources", "专职 2 人，预算 30 万元", "lead", "李主管", "department", "品牌部",
	"approved_by", "董事会", "approved_on", "2026-01-05", "approval_no", "董〔2026〕1号", "name", "王经办", "post", "主任"}

// newMultipart writes a form with a file after its fields and gives its media type.
func newMultipart(b *bytes.Buffer, fields []string, field, name string, data []byte) string {
	m := multipart.NewWriter(b)
	for i := 0; i+1 < len(fields); i += 2 {
		m.WriteField(fields[i], fields[i+1])
	}
	f, _ := m.CreateFormFile(field, name)
	f.Write(data)
	m.Close()
	return m.FormDataContentType()
}
