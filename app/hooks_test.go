package app

import (
	"bytes"
	"crypto/ecdsa"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/mail"
	"xuanping/mail/mailtest"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
	"xuanping/ticket"
	"xuanping/web"
)

// post is the provider's door over a score book of its own.
type post struct {
	t    *testing.T
	site http.Handler
	st   *store.Store
	hook *mailtest.Hook
	late *mailtest.Hook // the key that the present one replaces
	keys ticket.Keys
	desk *desk.Desk
	log  bytes.Buffer
	ref  campaign.Ref
}

const hookYear = 2025

func openPost(t *testing.T) *post {
	t.Helper()
	st, _ := storetest.Open(t)
	storetest.Campaign(t, st, hookYear, true, 2)
	p := &post{t: t, st: st, ref: storetest.Ref(hookYear, 1)}
	var err error
	p.hook, err = mailtest.NewHook()
	ok(t, err)
	p.keys, err = ticket.New([]byte(strings.Repeat("k", 32)))
	ok(t, err)
	key, err := mail.ParseEventKey(p.hook.Public())
	ok(t, err)
	blobs, err := store.OpenBlobs(t.TempDir())
	ok(t, err)
	p.late, err = mailtest.NewHook()
	ok(t, err)
	former, err := mail.ParseEventKey(p.late.Public())
	ok(t, err)
	c := Config{EventKeys: []*ecdsa.PublicKey{key, former}, InboundKeys: []*ecdsa.PublicKey{key}, ReplyDomain: "in.example"}
	p.desk = &desk.Desk{Store: st, Blobs: blobs, Tickets: p.keys, Table: rubric.Annex2(), Clock: time.Now}
	p.site = web.New(web.Options{Desk: p.desk, Log: slog.New(slog.NewTextHandler(&p.log, nil)), Hooks: c.hooks()})
	return p
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const stamp = "1740790802"

// call posts a body with a signature header and gives the status.
func (p *post) call(path, timestamp, signature, kind string, body []byte) int {
	p.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Twilio-Email-Event-Webhook-Timestamp", timestamp)
	r.Header.Set("X-Twilio-Email-Event-Webhook-Signature", signature)
	w := httptest.NewRecorder()
	p.site.ServeHTTP(w, r)
	return w.Code
}

func (p *post) signed(path, kind string, body []byte) int {
	p.t.Helper()
	sig, err := p.hook.Sign(stamp, body)
	ok(p.t, err)
	return p.call(path, stamp, sig, kind, body)
}

func (p *post) letter(what string) string {
	p.t.Helper()
	k := p.ref.ID() + "/" + what
	ok(p.t, p.st.Write(p.t.Context(), func(tx *store.Tx) error {
		tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: p.ref, Body: store.MailBody{Template: "launch", To: "institution", Scope: "act", Date: time.Now()}})
		return nil
	}))
	return k
}

func eventOf(id, kind, key string) string {
	return fmt.Sprintf(`{"event":%q,"sg_event_id":%q,"sg_message_id":"m","key":%q,"email":"cb1@institution.example","timestamp":1740790800,"reason":"550 5.1.1 no such mailbox <cb1@institution.example>"}`, kind, id, key)
}

// S4 through the door: what is signed counts once, whatever the order; the rest
// is 401 and changes nothing. No body reaches the log.
func TestS4EventsHook(t *testing.T) {
	p := openPost(t)
	const path = "/hooks/sendgrid/events"
	k := p.letter("launch")
	good := []byte("[" + eventOf("b", "bounce", k) + "," + eventOf("a", "delivered", k) + "," + eventOf("x", "open", k) + "," + eventOf("y", "delivered", "2099/X/launch") + "," + eventOf("z", "delivered", "") + "]")
	sig, err := p.hook.Sign(stamp, good)
	ok(t, err)
	other, err := mailtest.NewHook()
	ok(t, err)
	wrong, err := other.Sign(stamp, good)
	ok(t, err)
	for name, c := range map[string]struct {
		stamp, sig string
		body       []byte
		code       int
	}{
		"no signature": {stamp, "", good, 401}, "no timestamp": {"", sig, good, 401}, "other key": {stamp, wrong, good, 401}, "timestamp moved": {"1740790803", sig, good, 401},
		"body changed": {stamp, sig, bytes.Replace(good, []byte("bounce"), []byte("xounce"), 1), 401}, "boundary shifted": {stamp + "[", sig, good[1:], 401}, "empty": {stamp, sig, nil, 401},
		"too large": {stamp, sig, bytes.Repeat([]byte(" "), 1<<20+1), 413},
	} {
		if code := p.call(path, c.stamp, c.sig, "application/json", c.body); code != c.code {
			t.Errorf("%s: %d, want %d", name, code, c.code)
		}
	}
	if code := p.signed(path, "application/json", []byte("[1]")); code != 400 {
		t.Errorf("signed nonsense: %d", code)
	}
	m, err := p.st.MailForOffice(t.Context(), k)
	if ok(t, err); m.Delivery != store.Unreported || m.State != "queued" {
		t.Fatalf("a refused call counted: %+v", m)
	}
	for range 25 {
		if code := p.call(path, stamp, sig, "application/json", good); code != 200 {
			t.Fatal(code)
		}
	}
	if m, err = p.st.MailForOffice(t.Context(), k); err != nil || m.Delivery != store.Bounced || m.State != "accepted" {
		t.Errorf("%+v %v", m, err)
	}
	leaves, err := p.st.Leaves(t.Context(), p.ref)
	ok(t, err)
	reported := 0
	for _, l := range leaves {
		if l.Kind == "delivery" {
			reported++
		}
	}
	if reported != 2 {
		t.Errorf("%d records of 25 calls", reported)
	}
	if text := p.log.String(); strings.Contains(text, "institution.example") || strings.Contains(text, "no such mailbox") {
		t.Errorf("the log holds a body: %s", text)
	}
}

// letterIn is an inbound call to an address with a letter.
func letterIn(local, letter string) (kind string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.WriteField("email", strings.ReplaceAll(letter, "\n", "\r\n"))
	w.WriteField("envelope", `{"to":["`+local+`@in.example"],"from":"cb1@institution.example"}`)
	w.WriteField("SPF", "pass")
	w.WriteField("dkim", "{@evil.example : pass}")
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// S3: twelve forged letters change nothing; a good one is a comment, once.
func TestS3TwelveForgedLetters(t *testing.T) {
	p := openPost(t)
	const path = "/hooks/sendgrid/inbound"
	k := p.letter("launch")
	_, id := p.keys.Issue(k)
	ok(t, p.st.AddTicket(t.Context(), id, store.Ticket{Year: p.ref.Year, Code: p.ref.Code, Scope: "act", Intent: k, IssuedAt: time.Now(), ExpiresAt: time.Now().AddDate(9, 0, 0)}))
	good := p.keys.Reply(id)
	const head = "From: cb1@institution.example\nMessage-ID: <m@institution.example>\nSubject: x\n"
	strange, err := ticket.New([]byte(strings.Repeat("z", 32)))
	ok(t, err)
	for name, c := range map[string][2]string{
		"right From, wrong mac":          {good[:len(good)-3] + "aaa", head + "\nx"},
		"right From, stranger's key":     {strange.Reply(id), head + "\nx"},
		"right From, DKIM of another":    {"reply+" + strings.Repeat("a", 26) + "." + strings.Repeat("a", 26), "DKIM-Signature: v=1; d=institution.example\n" + head + "\nx"},
		"no mac":                         {strings.Split(good, ".")[0], head + "\nx"},
		"two From":                       {good, "From: a@b.example\n" + head + "\nx"},
		"From with two addresses":        {good, "From: cb1@institution.example, evil@evil.example\nMessage-ID: <m@x.example>\n\nx"},
		"encoded word hides an address":  {good, "From: =?utf-8?q?cb1=40institution.example?= evil@evil.example\nMessage-ID: <m@x.example>\n\nx"},
		"two Message-ID":                 {good, head + "Message-ID: <n@x.example>\n\nx"},
		"two Content-Type":               {good, head + "Content-Type: text/plain\nContent-Type: text/html\n\nx"},
		"two addresses of ours":          {good + `@in.example","` + strange.Reply(id), head + "\nx"},
		"address of another domain":      {good + `@evil.example","reply+x`, head + "\nx"},
		"machine that says it is no one": {good, "Auto-Submitted: auto-replied\n" + head + "\nx"},
	} {
		before, err := p.st.Head(t.Context())
		ok(t, err)
		kind, body := letterIn(c[0], c[1])
		if code := p.signed(path, kind, body); code != 200 {
			t.Errorf("%s: %d", name, code)
		}
		if after, err := p.st.Head(t.Context()); err != nil || after != before {
			t.Errorf("%s changed something (%v)", name, err)
		}
	}
	kind, body := letterIn(good, head+"\n收到，谢谢。")
	for name, sig := range map[string]string{"unsigned": "", "wrongly signed": "MEUCIQ=="} {
		if code := p.call(path, stamp, sig, "no form at all", body); code != 401 {
			t.Errorf("%s: %d", name, code)
		}
	}
	for range 3 {
		if code := p.signed(path, kind, body); code != 200 {
			t.Fatal(code)
		}
	}
	all, err := p.st.Replies(t.Context(), p.ref)
	if ok(t, err); len(all) != 1 || all[0].Body != "收到，谢谢。" || all[0].Thread != k {
		t.Errorf("%+v", all)
	}
	if strings.Contains(p.log.String(), "收到") || strings.Contains(p.log.String(), "institution.example") {
		t.Error("the log holds a letter")
	}
}

// Without keys there is no door.
func TestNoKeysNoHooks(t *testing.T) {
	if h := (Config{ReplyDomain: "in.example"}).hooks(); h.Events != nil || h.Inbound != nil {
		t.Error("a hook without a key is open")
	}
}
