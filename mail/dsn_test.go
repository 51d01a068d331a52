package mail_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xuanping/mail"
)

// oursID is the Message-ID of the letter that the reports in testdata/dsn are about.
const oursID = "ab2cdefghijklmnopqrstuvwxy@xuanping.example"

func report(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "dsn", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// RFC 3464 as five servers write it, with Chinese in GB18030 where they do so.
func TestAP2ReportsOfDelivery(t *testing.T) {
	for name, want := range map[string]mail.Bounce{
		"postfix-failed.eml":     {To: []string{"cb1@institution.example"}, State: mail.Bounced, Status: "5.1.1", Reason: "5.1.1 smtp; 550 5.1.1 <（地址略）>: Recipient address rejected: User unknown"},
		"postfix-delayed.eml":    {To: []string{"cb1@institution.example"}, State: mail.Deferred, Status: "4.4.1", Reason: "4.4.1 X-Postfix; connect to mx.institution.example[192.0.2.7]:25: Connection timed out"},
		"exchange-failed.eml":    {To: []string{"cb1@institution.example", "zhang.san@ad.institution.example"}, State: mail.Bounced, Status: "5.2.2", Reason: "5.2.2 smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException"},
		"qq-failed.eml":          {To: []string{"cb1@institution.example"}, State: mail.Bounced, Status: "5.1.1", Reason: "5.1.1 smtp; 收件人地址不存在"},
		"163-failed-gb18030.eml": {To: []string{"cb1@institution.example"}, State: mail.Bounced, Status: "5.2.1", Reason: "5.2.1 smtp;550 用户被锁定（（地址略））"},
	} {
		for _, lines := range []string{"\r\n", "\n"} {
			all, err := mail.ReadReport([]byte(strings.ReplaceAll(report(t, name), "\r\n", lines)))
			if err != nil || len(all) != 1 {
				t.Errorf("%s: %+v %v", name, all, err)
				continue
			}
			got := all[0]
			if got.MessageID != oursID || !slices.Equal(got.To, want.To) || got.State != want.State || got.Status != want.Status || got.Reason != want.Reason || got.At.IsZero() {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// What is not exactly one report about one letter is none.
func TestStrictReports(t *testing.T) {
	good := report(t, "postfix-failed.eml")
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q", old)
		}
		return strings.ReplaceAll(good, old, new)
	}
	for name, letter := range map[string]string{
		"no Action":             swap("Action: failed\r\n", ""),
		"unknown action":        swap("Action: failed", "Action: lost"),
		"two Actions":           swap("Action: failed", "Action: failed\r\nAction: delayed"),
		"no Status":             swap("Status: 5.1.1\r\n", ""),
		"status of success":     swap("Status: 5.1.1", "Status: 2.1.1"),
		"a status that is none": swap("Status: 5.1.1", "Status: 550"),
		"delayed for good":      swap("Action: failed", "Action: delayed"),
		"two Final-Recipients":  swap("Final-Recipient: rfc822; cb1", "Final-Recipient: rfc822; cb2@institution.example\r\nFinal-Recipient: rfc822; cb1"),
		"recipient that is none": swap("Final-Recipient: rfc822; cb1@institution.example",
			"Final-Recipient: rfc822; cb1@institution.example, cb2@institution.example"),
		"recipient of another kind": swap("Final-Recipient: rfc822;", "Final-Recipient: x400;"),
		"no Reporting-MTA":          swap("Reporting-MTA: dns; relay.example\r\n", ""),
		"no Message-ID":             swap("Message-ID: <"+oursID+">\r\n", ""),
		"two Message-IDs":           swap("Message-ID: <"+oursID+">", "Message-ID: <"+oursID+">\r\nMessage-ID: <x@y.example>"),
		"Message-ID without <>":     swap("<"+oursID+">", oursID),
		"no letter":                 swap("Content-Type: text/rfc822-headers", "Content-Type: text/plain"),
		"two letters":               swap("Content-Type: text/plain; charset=us-ascii", "Content-Type: message/rfc822"),
		"no status part":            swap("Content-Type: message/delivery-status", "Content-Type: text/plain"),
		"two Content-Types":         swap("Auto-Submitted: auto-replied", "Content-Type: text/plain\r\nAuto-Submitted: auto-replied"),
		"cut off":                   good[:strings.Index(good, "Status:")],
		"receipt of reading":        swap("report-type=delivery-status", "report-type=disposition-notification"),
		"an ordinary letter":        plainLetter,
		"nothing":                   "",
	} {
		if all, err := mail.ReadReport([]byte(letter)); err == nil || len(all) != 0 {
			t.Errorf("%s was read: %+v", name, all)
		}
	}
	if _, err := mail.ReadReport([]byte(plainLetter)); !errors.Is(err, mail.ErrNoReport) {
		t.Error(err)
	}
	if all, err := mail.ReadReport([]byte(strings.Replace(swap("Action: failed", "Action: delivered"), "Status: 5.1.1", "Status: 2.0.0", 1))); err != nil || len(all) != 0 {
		t.Errorf("a report of success: %+v %v", all, err)
	}
}

// A report that comes by the door for answers is a report; of whatever kind, it
// is a machine's and never an answer.
func TestReportsAreNoAnswers(t *testing.T) {
	kind, body := call(map[string]string{"email": report(t, "exchange-failed.eml"), "envelope": `{"to":["bounce@in.example"],"from":""}`})
	in, err := mail.ReadInbound(inDomain, kind, body)
	if err != nil || !in.Auto || len(in.Bounces) != 1 || in.Text != "" || len(in.Files) != 0 {
		t.Errorf("%+v %v", in, err)
	}
	const read = "From: x@y.example\nMessage-ID: <m@y.example>\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: text/plain\n\n已读\n--b--\n"
	kind, body = call(raw(read))
	if in, err = mail.ReadInbound(inDomain, kind, body); err != nil || !in.Auto || in.Bounces != nil {
		t.Errorf("%+v %v", in, err)
	}
	head, _, _ := strings.Cut(report(t, "postfix-failed.eml"), "\r\n\r\n")
	kind, body = call(map[string]string{"headers": head, "envelope": `{"to":["bounce@in.example"]}`, "text": "undeliverable"})
	if in, err = mail.ReadInbound(inDomain, kind, body); err != nil || !in.Auto || in.Bounces != nil {
		t.Errorf("a report that SendGrid took apart: %+v %v", in, err)
	}
}

// FuzzReport: any letter is read as a report or refused, and what is read can be kept.
func FuzzReport(f *testing.F) {
	for _, name := range []string{"postfix-failed.eml", "postfix-delayed.eml", "exchange-failed.eml", "qq-failed.eml", "163-failed-gb18030.eml"} {
		f.Add([]byte(report(f, name)))
	}
	f.Add([]byte(plainLetter))
	f.Fuzz(func(t *testing.T, letter []byte) {
		all, err := mail.ReadReport(letter)
		if err != nil {
			return
		}
		for _, b := range all {
			if !mail.ValidAddress(b.MessageID) || len(b.To) == 0 || len(b.To) > 2 || b.State != mail.Bounced && b.State != mail.Deferred || address.MatchString(b.Reason) ||
				strings.ContainsAny(b.Reason+b.Status, "\x00\r\n") || strings.ToValidUTF8(b.Reason, "") != b.Reason || len([]rune(b.Reason)) > 301 {
				t.Fatalf("%+v", b)
			}
		}
	})
}
