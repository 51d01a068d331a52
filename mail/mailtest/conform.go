package mailtest

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/mail"
)

// Rig is one Sender with the far end it talks to.
type Rig struct {
	Sender     mail.Sender
	Set        func(Mode)
	Delivered  func() []Delivered
	Modes      []Mode // those the far end knows, besides OK
	Idempotent bool   // the far end drops a second letter with the same key
}

// Conform runs the rules every Sender keeps; open makes a fresh rig.
func Conform(t *testing.T, open func(t *testing.T) Rig) {
	t.Run("whole letter arrives", func(t *testing.T) { arrives(t, open(t)) })
	t.Run("resend keeps the Message-ID", func(t *testing.T) { resends(t, open(t)) })
	t.Run("unsafe letters refused", func(t *testing.T) { refusesUnsafe(t, open(t)) })
	t.Run("ended context", func(t *testing.T) { ended(t, open(t)) })
	for _, mode := range open(t).Modes {
		t.Run(names[mode], func(t *testing.T) { survives(t, open(t), mode) })
	}
}

var names = map[Mode]string{Broken: "broken", Busy: "busy", Refuse: "refuse", BadJSON: "bad JSON",
	Hang: "hang", LostAnswer: "lost answer", LateDrop: "late drop", TooLarge: "too large"}

func arrives(t *testing.T, r Rig) {
	l := Letter("2025/CB-A/launch/1/liaison")
	receipt, err := r.Sender.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if receipt.ProviderID == "" || receipt.Withheld {
		t.Errorf("receipt %+v: want a provider id and nothing withheld", receipt)
	}
	got := r.Delivered()
	if len(got) != 1 {
		t.Fatalf("%d letters arrived, want 1", len(got))
	}
	d := got[0]
	for _, c := range []struct{ what, got, want string }{
		{"To", d.To, l.To}, {"name", d.ToName, l.ToName}, {"Cc", strings.Join(d.Cc, " "), "desk@regulator.example"},
		{"Reply-To", d.ReplyTo, l.ReplyTo}, {"Subject", d.Subject, l.Subject}, {"text", d.Text, l.Text}, {"HTML", d.HTML, l.HTML},
		{"Auto-Submitted", d.Auto, "auto-generated"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	if len(d.Attachments) != 1 || d.Attachments[0].Name != l.Attachments[0].Name ||
		d.Attachments[0].MediaType != "application/pdf" || !bytes.Equal(d.Attachments[0].Bytes, l.Attachments[0].Bytes) {
		t.Errorf("attachment changed on the way: %q", d.Attachments)
	}
}

func resends(t *testing.T, r Rig) {
	a, b := Letter("2025/CB-A/x/1/r"), Letter("2025/CB-A/x/2/r")
	for _, l := range []mail.Letter{a, a, b} {
		if _, err := r.Sender.Send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	count := map[string]int{}
	for _, d := range r.Delivered() {
		id, domain, _ := strings.Cut(d.MessageID, "@")
		if len(id) != 64 || domain == "" {
			t.Errorf("Message-ID %q: want sha256@domain", d.MessageID)
		}
		count[d.MessageID]++
	}
	if len(count) != 2 {
		t.Errorf("Message-IDs %v: want one per key", count)
	}
}

func refusesUnsafe(t *testing.T, r Rig) {
	for what, spoil := range Unsafe {
		l := Letter("2025/CB-A/unsafe")
		spoil(&l)
		_, err := r.Sender.Send(t.Context(), l)
		if err == nil || mail.Temporary(err) {
			t.Errorf("%s: got %v, want a final refusal", what, err)
		}
	}
	if n := len(r.Delivered()); n != 0 {
		t.Errorf("%d unsafe letters arrived", n)
	}
}

// Unsafe spoils a letter in the ways every Sender must refuse.
var Unsafe = map[string]func(*mail.Letter){
	"CRLF in subject":         func(l *mail.Letter) { l.Subject = "通知\r\nBcc: all@evil.example" },
	"LF in name":              func(l *mail.Letter) { l.ToName = "张\nBcc: all@evil.example" },
	"CR in copy name":         func(l *mail.Letter) { l.Cc[0].Name = "李\rX: y" },
	"CRLF in address":         func(l *mail.Letter) { l.To = "a@b.example\r\nBcc: all@evil.example" },
	"CRLF in key":             func(l *mail.Letter) { l.Key = "k\r\nX: y" },
	"CRLF in reply address":   func(l *mail.Letter) { l.ReplyTo = "a@b.example\r\nX: y" },
	"CRLF in file name":       func(l *mail.Letter) { l.Attachments[0].Name = "a.pdf\r\nX: y" },
	"CRLF in media type":      func(l *mail.Letter) { l.Attachments[0].MediaType = "application/pdf\r\nX: y" },
	"line separator":          func(l *mail.Letter) { l.Subject = "通知\u2028Bcc" },
	"direction mark":          func(l *mail.Letter) { l.Attachments[0].Name = "告知书\u202efdp.exe" },
	"two addresses":           func(l *mail.Letter) { l.To = "a@b.example, all@evil.example" },
	"name inside the address": func(l *mail.Letter) { l.To = "张 <a@b.example>" },
	"no address":              func(l *mail.Letter) { l.To = "" },
	"broken copy":             func(l *mail.Letter) { l.Cc[0].Addr = "desk" },
	"no text":                 func(l *mail.Letter) { l.Text = "" },
	"no key":                  func(l *mail.Letter) { l.Key = "" },
	"path as file name":       func(l *mail.Letter) { l.Attachments[0].Name = "../a.pdf" },
	"too large":               func(l *mail.Letter) { l.Attachments[0].Bytes = make([]byte, mail.MaxBytes) },
}

func ended(t *testing.T, r Rig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Sender.Send(ctx, Letter("2025/CB-A/ended"))
	if err == nil || !mail.Temporary(err) {
		t.Errorf("got %v, want a temporary error", err)
	}
	if n := len(r.Delivered()); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

func survives(t *testing.T, r Rig, mode Mode) {
	r.Set(mode)
	l := Letter("2025/CB-A/fault")
	limit := 20 * time.Second
	if mode == Hang { // the others answer
		limit = 300 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	start := time.Now()
	_, err := r.Sender.Send(ctx, l)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("gave up after %v, want the deadline", took)
	}
	switch mode {
	case LateDrop:
		if err != nil {
			t.Errorf("got %v: the letter was accepted", err)
		}
		return
	case Refuse, BadJSON, TooLarge:
		if err == nil || mail.Temporary(err) {
			t.Errorf("got %v, want a final error", err)
		}
		return
	}
	if err == nil || !mail.Temporary(err) {
		t.Fatalf("got %v, want a temporary error", err)
	}
	if unclear := mode == Hang || mode == LostAnswer; mail.Uncertain(err) != unclear && !r.Idempotent {
		t.Errorf("Uncertain is %v", !unclear)
	}
	if strings.Contains(err.Error(), "核对") {
		t.Errorf("promises what nobody does: %v", err)
	}
	before := len(r.Delivered())
	r.Set(OK)
	if _, err := r.Sender.Send(t.Context(), l); err != nil {
		t.Fatalf("second attempt: %v", err)
	}
	got := r.Delivered()
	if want := before + 1; len(got) != want && !(r.Idempotent && len(got) == 1) {
		t.Fatalf("%d letters arrived, want %d", len(got), want)
	}
	for _, d := range got {
		if d.MessageID != got[0].MessageID {
			t.Error("a resend changed the Message-ID")
		}
	}
}
