package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xuanping/store"
	"xuanping/store/storetest"
)

const oursID = "ab2cdefghijklmnopqrstuvwxy@xuanping.example"

// sentBySMTP is a letter that the relay took, and a report that it came back, as a server writes it.
func (p *post) sentBySMTP(what, server string) (key string, report []byte) {
	p.t.Helper()
	key = p.letter(what)
	id := p.keys.Stamp(key, "cb1@institution.example") + "@xuanping.example"
	jobs, err := p.st.Take(p.t.Context(), store.MailIntent, 9)
	ok(p.t, err)
	for _, j := range jobs {
		_, err := p.st.Done(p.t.Context(), j, "accepted", id, "", time.Now())
		ok(p.t, err)
	}
	raw, err := os.ReadFile(filepath.Join("..", "mail", "testdata", "dsn", server))
	ok(p.t, err)
	return key, bytes.ReplaceAll(raw, []byte(oursID), []byte(id))
}

func (p *post) delivery(key string) store.Delivery {
	p.t.Helper()
	m, err := p.st.MailForOffice(p.t.Context(), key)
	ok(p.t, err)
	return m.Delivery
}

// AP-2 through the door for answers: a report of delivery is noted as a receipt,
// never as a reply; a forged one gets the same answer and changes nothing.
func TestAP2ReportByInboundHook(t *testing.T) {
	p := openPost(t)
	const path = "/hooks/sendgrid/inbound"
	k, report := p.sentBySMTP("launch", "exchange-failed.eml")
	before, err := p.st.Head(t.Context())
	ok(t, err)
	strange, err := os.ReadFile(filepath.Join("..", "mail", "testdata", "dsn", "postfix-failed.eml"))
	ok(t, err)
	_, id := p.keys.Issue(k)
	for name, letter := range map[string][]byte{
		"no letter of ours": strange, "unknown recipient": bytes.ReplaceAll(report, []byte("cb1@"), []byte("cb2@")), "no Message-ID": bytes.ReplaceAll(report, []byte("Message-ID"), []byte("Message-IX")),
	} {
		for _, local := range []string{"xuanping", p.keys.Reply(id)} {
			kind, body := letterIn(local, strings.ReplaceAll(string(letter), "\r\n", "\n"))
			if code := p.signed(path, kind, body); code != 200 {
				t.Errorf("%s: %d", name, code)
			}
		}
		if after, err := p.st.Head(t.Context()); err != nil || after != before || p.delivery(k) != store.Unreported {
			t.Errorf("%s changed something (%v)", name, err)
		}
	}
	kind, body := letterIn(p.keys.Reply(id), strings.ReplaceAll(string(report), "\r\n", "\n"))
	if code := p.call(path, stamp, "", kind, body); code != 401 {
		t.Errorf("unsigned: %d", code)
	}
	for range 3 {
		if code := p.signed(path, kind, body); code != 200 {
			t.Fatal(code)
		}
	}
	replies, err := p.st.Replies(t.Context(), p.ref)
	if ok(t, err); p.delivery(k) != store.Bounced || len(replies) != 0 {
		t.Errorf("%s, %d replies", p.delivery(k), len(replies))
	}
	if text := p.log.String(); !strings.Contains(text, "ours=1 news=1") || strings.Contains(text, "institution.example") || strings.Contains(text, "mailbox full") {
		t.Errorf("log: %s", text)
	}
}

// A house that fetches the mailbox of its sender itself reads it from files.
func TestAP2ReportsByCommand(t *testing.T) {
	p := openPost(t)
	k, report := p.sentBySMTP("launch", "postfix-failed.eml")
	late, delayed := p.sentBySMTP("plan-reminder/1", "postfix-delayed.eml")
	dir := t.TempDir()
	for name, b := range map[string][]byte{"1.eml": report, "2.EML": delayed, "3.eml": []byte("From: x@y.example\r\n\r\nx"), "4.txt": report, "5.eml": bytes.ReplaceAll(report, []byte("cb1@"), []byte("cb2@"))} {
		ok(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	a := &App{Store: p.st, Desk: p.desk}
	var out bytes.Buffer
	ok(t, a.ReadBounces(t.Context(), storetest.People()[0].ID, []string{dir, filepath.Join(dir, "1.eml")}, &out))
	if p.delivery(k) != store.Bounced || p.delivery(late) != store.Deferred {
		t.Errorf("%s, %s", p.delivery(k), p.delivery(late))
	}
	for _, want := range []string{"3.eml：未处理，不是投递状态报告（RFC 3464）\n", "5.eml：未处理，与本系统发出的邮件和收件人对不上", "读取邮件 5 封：退信和延迟报告 3 条，其中新记录 2 条；未处理 2 封\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, out.String())
		}
	}
	for _, by := range []string{"nobody", "u1"} {
		if err := a.ReadBounces(t.Context(), by, []string{dir}, &out); err == nil {
			t.Errorf("%s reads bounces", by)
		}
	}
	if err := a.ReadBounces(t.Context(), storetest.People()[0].ID, []string{filepath.Join(dir, "none")}, &out); err == nil || !strings.Contains(err.Error(), "请检查") {
		t.Error(err)
	}
}
