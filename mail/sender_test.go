package mail_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"xuanping/mail"
	"xuanping/mail/mailtest"
)

var from = mail.Address{Name: "示例认证监督管理机关", Addr: "notice@xuanping.example"}

const domain = "mail.xuanping.example"

func sendGrid(t *testing.T, timeout time.Duration) (*mail.SendGrid, *mailtest.SendGrid) {
	t.Helper()
	far := mailtest.NewSendGrid("SG.test")
	t.Cleanup(far.Close)
	s, err := mail.NewSendGrid(mail.SendGridConfig{Key: "SG.test", From: from, Domain: domain, BaseURL: far.URL, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	return s, far
}

func smtpSender(t *testing.T, encryption string) (*mail.SMTP, *mailtest.SMTP) {
	t.Helper()
	user, password := "notice", "geheim"
	if encryption == mail.Plain {
		user, password = "", ""
	}
	far, err := mailtest.NewSMTP(user, password, encryption == mail.TLS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		far.Close()
		if f := far.Faults(); len(f) > 0 {
			t.Errorf("protocol faults: %q", f)
		}
	})
	s, err := mail.NewSMTP(mail.SMTPConfig{Host: far.Host, Port: far.Port, Username: user, Password: password,
		Encryption: encryption, Trust: far.Trust, From: from, Domain: domain})
	if err != nil {
		t.Fatal(err)
	}
	return s, far
}

func TestConformance(t *testing.T) {
	faults := []mailtest.Mode{mailtest.Broken, mailtest.Busy, mailtest.Refuse, mailtest.Hang, mailtest.LostAnswer}
	t.Run("SendGrid", func(t *testing.T) {
		mailtest.Conform(t, func(t *testing.T) mailtest.Rig {
			s, far := sendGrid(t, 0)
			return mailtest.Rig{Sender: s, Set: far.Set, Delivered: far.Delivered, Modes: append(faults, mailtest.BadJSON, mailtest.TooLarge)}
		})
	})
	for _, encryption := range []string{mail.StartTLS, mail.TLS, mail.Plain} {
		t.Run("SMTP "+encryption, func(t *testing.T) {
			mailtest.Conform(t, func(t *testing.T) mailtest.Rig {
				s, far := smtpSender(t, encryption)
				return mailtest.Rig{Sender: s, Set: far.Set, Delivered: far.Delivered, Modes: append(faults, mailtest.LateDrop)}
			})
		})
	}
	t.Run("Mailbox", func(t *testing.T) { mailtest.Conform(t, mailboxRig) })
	t.Run("Guest", func(t *testing.T) {
		mailtest.Conform(t, func(t *testing.T) mailtest.Rig {
			s, far := sendGrid(t, 0)
			g, err := mail.NewGuest(s, []string{"Liaison@cb-a.example", "@regulator.example"})
			if err != nil {
				t.Fatal(err)
			}
			return mailtest.Rig{Sender: g, Set: far.Set, Delivered: far.Delivered, Modes: append(faults, mailtest.BadJSON)}
		})
	})
}

// mailboxRig keeps letters by key in memory, through the message file, so that
// EML is held to the same rules.
func mailboxRig(t *testing.T) mailtest.Rig {
	var mu sync.Mutex
	var mode mailtest.Mode
	var got []mailtest.Delivered
	keys := map[string]bool{}
	keep := func(ctx context.Context, l mail.Letter) error {
		mu.Lock()
		defer mu.Unlock()
		if mode == mailtest.Broken {
			return errors.New("store away")
		}
		if keys[l.Key] {
			return nil
		}
		raw, err := mail.EML(l, from, domain)
		if err != nil {
			return err
		}
		d, err := mailtest.Parse(raw)
		if err != nil {
			return err
		}
		keys[l.Key] = true
		got = append(got, d)
		if mode == mailtest.LostAnswer {
			return errors.New("commit answer lost")
		}
		return nil
	}
	return mailtest.Rig{
		Sender:     mail.NewMailbox(keep, domain),
		Set:        func(m mailtest.Mode) { mu.Lock(); mode = m; mu.Unlock() },
		Delivered:  func() []mailtest.Delivered { mu.Lock(); defer mu.Unlock(); return got },
		Modes:      []mailtest.Mode{mailtest.Broken, mailtest.LostAnswer},
		Idempotent: true,
	}
}

func TestMessageIDIsStable(t *testing.T) {
	const want = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae@d.example" // sha256("foo")
	if got := mail.MessageID("foo", "d.example"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSendGridAnswers(t *testing.T) {
	for _, c := range []struct {
		name      string
		code      int
		header    [2]string
		body      string
		temporary bool
		wait      time.Duration
		say       string
	}{
		{"500", 500, [2]string{}, "", true, 0, "稍后将自动重试"},
		{"503 HTML", 503, [2]string{"Retry-After", "120"}, "<html>", true, 2 * time.Minute, "稍后将自动重试"},
		{"429", 429, [2]string{"Retry-After", "7"}, `{"errors":[]}`, true, 7 * time.Second, "稍后将自动重试"},
		{"429 absurd wait", 429, [2]string{"Retry-After", "99999999999"}, "", true, 24 * time.Hour, "稍后将自动重试"},
		{"429 negative wait", 429, [2]string{"Retry-After", "-5"}, "", true, 0, "稍后将自动重试"},
		{"400", 400, [2]string{}, `{"errors":[{"message":"Does not contain a valid address.","field":"from","help":null}]}`, false, 0, "Does not contain a valid address. (from)"},
		{"400 names a person", 400, [2]string{}, `{"errors":[{"message":"bad liaison@cb-a.example here"}]}`, false, 0, "bad （地址略） here"},
		{"413", 413, [2]string{}, ``, false, 0, "没有说明原因"},
		{"401", 401, [2]string{}, `{"errors":[{"message":"revoked"}]}`, false, 0, "密钥"},
		{"redirect", 302, [2]string{"Location", "http://127.0.0.1:1/"}, "", false, 0, "SendGrid 拒绝"},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.header[0] != "" {
					w.Header().Set(c.header[0], c.header[1])
				}
				w.WriteHeader(c.code)
				w.Write([]byte(c.body))
			}))
			defer far.Close()
			s, err := mail.NewSendGrid(mail.SendGridConfig{Key: "k", From: from, Domain: domain, BaseURL: far.URL})
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Send(t.Context(), mailtest.Letter("k"))
			var e *mail.Error
			if !errors.As(err, &e) || e.Code != c.code || mail.Temporary(err) != c.temporary || mail.Uncertain(err) {
				t.Fatalf("got %#v", err)
			}
			if mail.RetryAfter(err) != c.wait || !strings.Contains(err.Error(), c.say) {
				t.Errorf("got %v after %v, want %q after %v", err, mail.RetryAfter(err), c.say, c.wait)
			}
		})
	}
}

func TestSendGridCarriesTheKey(t *testing.T) {
	s, far := sendGrid(t, 0)
	receipt, err := s.Send(t.Context(), mailtest.Letter("2025/CB-A/launch/1/liaison"))
	if err != nil {
		t.Fatal(err)
	}
	d := far.Delivered()[0]
	if d.Key != "2025/CB-A/launch/1/liaison" || d.ProviderMessageID != receipt.ProviderID || d.From != from.Addr {
		t.Errorf("got %+v with receipt %+v", d, receipt)
	}
}

// A SendGrid that cannot be reached never had the letter; one that hangs may have.
func TestSendGridUnreachable(t *testing.T) {
	s, far := sendGrid(t, 200*time.Millisecond)
	far.Set(mailtest.Hang)
	if _, err := s.Send(context.Background(), mailtest.Letter("k")); !mail.Temporary(err) || !mail.Uncertain(err) {
		t.Errorf("hang without a deadline of the caller: %v", err)
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	s, err := mail.NewSendGrid(mail.SendGridConfig{Key: "k", From: from, Domain: domain, BaseURL: gone.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), mailtest.Letter("k")); !mail.Temporary(err) || mail.Uncertain(err) {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestSMTPRefusals(t *testing.T) {
	far, err := mailtest.NewSMTP("notice", "right", false)
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	cfg := mail.SMTPConfig{Host: far.Host, Port: far.Port, Username: "notice", Password: "wrong", Trust: far.Trust, From: from, Domain: domain}
	try := func(cfg mail.SMTPConfig) error {
		t.Helper()
		s, err := mail.NewSMTP(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Send(t.Context(), mailtest.Letter("k"))
		return err
	}
	if err := try(cfg); err == nil || mail.Temporary(err) || !strings.Contains(err.Error(), "账号和密码") {
		t.Errorf("wrong password: %v", err)
	}
	cfg.Password, cfg.Trust = "right", nil
	if err := try(cfg); err == nil || !mail.Temporary(err) {
		t.Errorf("unknown certificate: %v", err)
	}
	cfg.Trust = far.Trust
	far.Set(mailtest.Refuse)
	err = try(cfg)
	if err == nil || !strings.Contains(err.Error(), "550") {
		t.Errorf("unknown user: %v", err)
	}
	if cause := errors.Unwrap(err); cause == nil || strings.Contains(cause.Error(), "cb-a.example") {
		t.Errorf("the cause names the recipient: %v", cause)
	}
	if len(far.Delivered()) != 0 {
		t.Error("a refused letter arrived")
	}
}

func TestConfigurationRefused(t *testing.T) {
	good := mail.SendGridConfig{Key: "k", From: from, Domain: domain}
	for name, spoil := range map[string]func(*mail.SendGridConfig){
		"no key":         func(c *mail.SendGridConfig) { c.Key = "" },
		"key with break": func(c *mail.SendGridConfig) { c.Key = "k\n" },
		"no sender":      func(c *mail.SendGridConfig) { c.From.Addr = "" },
		"sender break":   func(c *mail.SendGridConfig) { c.From.Name = "a\r\nb" },
		"bad domain":     func(c *mail.SendGridConfig) { c.Domain = "a b" },
		"http far away":  func(c *mail.SendGridConfig) { c.BaseURL = "http://sendgrid.example" },
	} {
		c := good
		spoil(&c)
		if _, err := mail.NewSendGrid(c); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
	if _, err := mail.NewSendGrid(good); err != nil {
		t.Errorf("good configuration: %v", err)
	}
	for _, c := range []mail.SMTPConfig{
		{Host: "h.example", From: from, Domain: domain, Encryption: "ssl3"},
		{Host: "h.example", From: from, Domain: domain, Encryption: mail.Plain, Username: "u", Password: "p"},
		{From: from, Domain: domain},
	} {
		if _, err := mail.NewSMTP(c); err == nil {
			t.Errorf("%+v accepted", c)
		}
	}
}

// ML-2: with a list of guests every other letter is withheld, and said to be.
func TestGuestWithholds(t *testing.T) {
	s, far := sendGrid(t, 0)
	g, err := mail.NewGuest(s, []string{"tester@cb-b.example"})
	if err != nil {
		t.Fatal(err)
	}
	l := mailtest.Letter("k1")
	receipt, err := g.Send(t.Context(), l)
	if err != nil || !receipt.Withheld || len(far.Delivered()) != 0 {
		t.Errorf("unlisted: %+v %v, %d arrived", receipt, err, len(far.Delivered()))
	}
	l.To = "Tester@CB-B.example"
	if receipt, err = g.Send(t.Context(), l); err != nil || receipt.Withheld {
		t.Fatalf("listed: %+v %v", receipt, err)
	}
	if got := far.Delivered(); len(got) != 1 || len(got[0].Cc) != 0 {
		t.Errorf("got %+v: want one letter without unlisted copies", got)
	}
	for _, bad := range []string{"", "nobody", "@", "a@b.example,c@d.example"} {
		if _, err := mail.NewGuest(s, []string{bad}); err == nil {
			t.Errorf("guest entry %q accepted", bad)
		}
	}
}

// In SendGrid's sandbox a letter is checked and not sent: no record may say it was.
func TestSandboxWithholds(t *testing.T) {
	far := mailtest.NewSendGrid("SG.test")
	t.Cleanup(far.Close)
	s, err := mail.NewSendGrid(mail.SendGridConfig{Key: "SG.test", From: from, Domain: domain, BaseURL: far.URL, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Send(t.Context(), mailtest.Letter("2025/CB-A/launch"))
	if err != nil || !r.Withheld || len(far.Delivered()) != 0 {
		t.Errorf("%+v %v, %d delivered", r, err, len(far.Delivered()))
	}
}

// The rate is kept by many at once, and an ended context does not wait.
func TestSendGridRate(t *testing.T) {
	far := mailtest.NewSendGrid("SG.test")
	t.Cleanup(far.Close)
	s, err := mail.NewSendGrid(mail.SendGridConfig{Key: "SG.test", From: from, Domain: domain, BaseURL: far.URL, Rate: 50})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var all sync.WaitGroup
	for i := range 11 {
		all.Go(func() {
			if _, err := s.Send(t.Context(), mailtest.Letter("2025/CB-A/x/"+string(rune('a'+i)))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if took := time.Since(start); took < 200*time.Millisecond || len(far.Delivered()) != 11 {
		t.Errorf("%d letters in %v at 50 a second", len(far.Delivered()), took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Send(ctx, mailtest.Letter("2025/CB-A/ended")); err == nil || !mail.Temporary(err) {
		t.Error(err)
	}
}
