package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	sg "github.com/sendgrid/sendgrid-go/helpers/mail"
)

// SendGridConfig is what SendGrid's v3 API needs; Key is secret.
type SendGridConfig struct {
	Key     string
	From    Address
	Domain  string        // right side of the Message-ID
	BaseURL string        // "" is https://api.sendgrid.com
	Timeout time.Duration // for one attempt; 0 is 30 s
	Sandbox bool          // SendGrid checks each letter and delivers none
	Rate    int           // letters a second at most; 0 is no limit of ours
}

// SendGrid sends letters through SendGrid's v3 API.
type SendGrid struct {
	cfg    SendGridConfig
	url    string
	client *http.Client
	pace   pace
}

// NewSendGrid checks the configuration and makes the sender.
func NewSendGrid(cfg SendGridConfig) (*SendGrid, error) {
	if cfg.BaseURL == "" {
		cfg.BaseURL = "https://api.sendgrid.com"
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && !(base.Scheme == "http" && loopback(base.Hostname())) {
		return nil, errors.New("SendGrid 地址无效：请填写 https 网址，http 只可用于本机")
	}
	if cfg.Key == "" || !oneLine(cfg.Key) {
		return nil, errors.New("SendGrid 密钥缺失或含有换行，请重新设置")
	}
	if err := checkSource(cfg.From, cfg.Domain); err != nil {
		return nil, err
	}
	client := &http.Client{
		Timeout: cfg.Timeout,
		// A redirect would carry the key and the letter to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &SendGrid{cfg: cfg, url: strings.TrimRight(cfg.BaseURL, "/") + "/v3/mail/send", client: client, pace: pace{every: every(cfg.Rate)}}, nil
}

// Send posts the letter once. SendGrid knows no idempotency key, so an answer
// that got lost is Uncertain; custom_args carry the intent key for the events.
func (s *SendGrid) Send(ctx context.Context, l Letter) (Receipt, error) {
	if err := l.Check(); err != nil {
		return Receipt{}, err
	}
	body, err := json.Marshal(s.body(l))
	if err != nil {
		return Receipt{}, final(0, "邮件内容无法编码，请检查邮件模板。", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return Receipt{}, final(0, "SendGrid 地址无效，请检查设置。", err)
	}
	if err := s.pace.wait(ctx); err != nil {
		return Receipt{}, again(0, "发送被中断，稍后将自动重试。", err)
	}
	req.Header.Set("Authorization", "Bearer "+s.cfg.Key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return Receipt{}, lostAnswer(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		// The status line is the acceptance; a broken body after it changes nothing.
		return Receipt{ProviderID: resp.Header.Get("X-Message-Id"), Withheld: s.cfg.Sandbox}, nil
	}
	return Receipt{}, refusal(resp)
}

func (s *SendGrid) body(l Letter) *sg.SGMailV3 {
	m := sg.NewV3Mail()
	m.SetFrom(sg.NewEmail(s.cfg.From.Name, s.cfg.From.Addr))
	if l.ReplyTo != "" {
		m.SetReplyTo(sg.NewEmail("", l.ReplyTo))
	}
	m.Subject = l.Subject
	p := sg.NewPersonalization()
	p.AddTos(sg.NewEmail(l.ToName, l.To))
	for _, c := range l.copies() {
		p.AddCCs(sg.NewEmail(c.Name, c.Addr))
	}
	m.AddPersonalizations(p)
	m.AddContent(sg.NewContent("text/plain", l.Text), sg.NewContent("text/html", l.HTML))
	for _, a := range l.Attachments {
		m.AddAttachment(sg.NewAttachment().SetFilename(a.Name).SetType(a.MediaType).
			SetDisposition("attachment").SetContent(base64.StdEncoding.EncodeToString(a.Bytes)))
	}
	m.SetHeader("Message-ID", "<"+l.messageID(s.cfg.Domain)+">")
	m.SetHeader("Auto-Submitted", "auto-generated")
	m.SetHeader("X-Loop", s.cfg.Domain)
	if s.cfg.Sandbox {
		on := true
		m.SetMailSettings(&sg.MailSettings{SandboxMode: &sg.Setting{Enable: &on}})
	}
	m.SetCustomArg("key", l.Key)
	if l.Template != "" {
		m.SetCustomArg("template", l.Template)
	}
	// Tracking would rewrite the signed links and add a remote image.
	off := false
	m.SetTrackingSettings(&sg.TrackingSettings{
		ClickTracking:        &sg.ClickTrackingSetting{Enable: &off, EnableText: &off},
		OpenTracking:         &sg.OpenTrackingSetting{Enable: &off},
		SubscriptionTracking: &sg.SubscriptionTrackingSetting{Enable: &off},
	})
	return m
}

// lostAnswer tells an attempt that never reached SendGrid from one whose
// answer was lost on the way back.
func lostAnswer(err error) *Error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return again(0, "无法连接邮件服务 SendGrid，稍后将自动重试；持续出现时请检查网络。", bare(err))
	}
	return unclear("未收到邮件服务 SendGrid 的答复，邮件可能已经送出，稍后将自动重试。", bare(err))
}

// bare drops the request address from the error, the log needs none.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// refusal reads SendGrid's answer: 408, 429 and 5xx may be tried again, any
// other status is final and keeps SendGrid's own words for the officer.
func refusal(resp *http.Response) *Error {
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	cause := fmt.Errorf("SendGrid %d: %s", resp.StatusCode, reasons(raw))
	code := resp.StatusCode
	switch {
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		e := again(code, "邮件服务 SendGrid 暂时不可用，稍后将自动重试。", cause)
		e.RetryWait = retryAfter(resp.Header, time.Now())
		return e
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return final(code, "SendGrid 拒绝了密钥或发信地址，请管理员检查密钥权限和发信人验证。", cause)
	}
	return final(code, fmt.Sprintf("SendGrid 拒绝了这封邮件：%s。请更正后重新发送。", reasons(raw)), cause)
}

// reasons takes the messages out of SendGrid's error body, or a short piece of
// whatever else stood there.
func reasons(raw []byte) string {
	var body struct {
		Errors []struct{ Message, Field string }
	}
	var out []string
	if json.Unmarshal(raw, &body) == nil {
		for _, e := range body.Errors {
			if e.Field != "" {
				e.Message += " (" + e.Field + ")"
			}
			out = append(out, e.Message)
		}
	}
	text := strings.Join(out, "; ")
	if text == "" {
		text = string(raw)
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(hideAddresses(text), "")), " ")
	if text == "" {
		return "没有说明原因"
	}
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	return text
}

// retryAfter reads Retry-After (seconds or date) or SendGrid's own
// X-RateLimit-Reset (Unix time), at most one day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	var wait time.Duration
	if v := h.Get("Retry-After"); v != "" {
		if n, err := strconv.Atoi(v); err == nil {
			wait = time.Duration(min(n, 86400)) * time.Second
		} else if t, err := http.ParseTime(v); err == nil {
			wait = t.Sub(now)
		}
	} else if n, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		wait = time.Unix(n, 0).Sub(now)
	}
	return max(0, min(wait, 24*time.Hour))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkSource refuses a sender address or Message-ID domain that cannot stand
// in a header.
func checkSource(from Address, domain string) error {
	if !ValidAddress(from.Addr) || !oneLine(from.Name) {
		return errors.New("发信地址无效，请检查发信人设置")
	}
	if !ValidAddress("x@" + domain) {
		return errors.New("邮件编号域名无效，请填写如 mail.example.cn 的域名")
	}
	return nil
}
