package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Encryption of the SMTP connection.
const (
	StartTLS = "starttls" // default; refuses to go on without
	TLS      = "tls"      // from the first byte, usually port 465
	Plain    = "none"     // only for a mail catcher on this machine or network, without password
)

// SMTPConfig is what an SMTP server needs; Password is secret.
type SMTPConfig struct {
	Host       string
	Port       int // 0: 465 for TLS, else 587
	Username   string
	Password   string
	Encryption string        // StartTLS, TLS or Plain; "" is StartTLS
	Trust      *tls.Config   // nil is the system's roots
	From       Address       // also the envelope sender
	Domain     string        // right side of the Message-ID
	Timeout    time.Duration // for one attempt; 0 is 30 s
}

// SMTP sends letters through one SMTP server, one connection per letter.
type SMTP struct {
	cfg     SMTPConfig
	options []gomail.Option
}

// NewSMTP checks the configuration and makes the sender.
func NewSMTP(cfg SMTPConfig) (*SMTP, error) {
	if cfg.Encryption == "" {
		cfg.Encryption = StartTLS
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Port == 0 {
		cfg.Port = map[bool]int{true: 465, false: 587}[cfg.Encryption == TLS]
	}
	if cfg.Trust == nil {
		cfg.Trust = &tls.Config{}
	}
	cfg.Trust = cfg.Trust.Clone()
	cfg.Trust.MinVersion = max(cfg.Trust.MinVersion, tls.VersionTLS12)
	if cfg.Trust.ServerName == "" {
		cfg.Trust.ServerName = cfg.Host
	}
	if err := checkSource(cfg.From, cfg.Domain); err != nil {
		return nil, err
	}
	if cfg.Encryption == Plain && cfg.Username != "" {
		return nil, errors.New("未加密的邮件连接不得使用密码，请改用 starttls 或 tls")
	}
	s := &SMTP{cfg: cfg, options: []gomail.Option{
		gomail.WithPort(cfg.Port), gomail.WithTimeout(cfg.Timeout), gomail.WithTLSConfig(cfg.Trust), gomail.WithHELO(cfg.Domain),
	}}
	switch cfg.Encryption {
	case StartTLS:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		s.options = append(s.options, gomail.WithSSL())
	case Plain:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("邮件加密方式 %q 无效，请填写 starttls、tls 或 none", cfg.Encryption)
	}
	if cfg.Username != "" {
		// The connection is always encrypted here (Plain refuses a password above).
		s.options = append(s.options, gomail.WithUsername(cfg.Username), gomail.WithPassword(cfg.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	if _, err := gomail.NewClient(cfg.Host, s.options...); err != nil {
		return nil, fmt.Errorf("邮件服务器设置无效，请检查主机和端口：%w", err)
	}
	return s, nil
}

// Send delivers the letter to the server once.
func (s *SMTP) Send(ctx context.Context, l Letter) (Receipt, error) {
	msg, err := message(l, s.cfg.From, s.cfg.Domain)
	if err != nil {
		return Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	// A fresh slice: options are shared by concurrent sends.
	options := append(append([]gomail.Option{}, s.options...), gomail.WithDialContextFunc(s.dial(ctx)))
	client, err := gomail.NewClient(s.cfg.Host, options...)
	if err != nil {
		return Receipt{}, final(0, "邮件服务器设置无效，请检查主机和端口。", err)
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() {
		// A fault after the server's 250 (RSET, QUIT) is not a fault of the letter.
		return Receipt{ProviderID: l.messageID(s.cfg.Domain)}, nil
	}
	return Receipt{}, smtpError(err)
}

// dial opens the connection and closes it when ctx ends, because go-mail
// watches the context only while dialing.
func (s *SMTP) dial(watch context.Context) gomail.DialContextFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(watch, func() { conn.Close() })
		if s.cfg.Encryption == TLS {
			return tls.Client(conn, s.cfg.Trust), nil
		}
		return conn, nil
	}
}

func smtpError(err error) *Error {
	var send *gomail.SendError
	var reply *textproto.Error
	found := errors.As(err, &send)
	refused := errors.As(err, &reply) && reply.Code >= 500
	err = withoutAddresses(err)
	if !found {
		if refused {
			return final(reply.Code, "邮件服务器拒绝登录或连接，请管理员检查账号和密码。", err)
		}
		return again(0, "无法连接邮件服务器，稍后将自动重试；持续出现时请检查网络和加密设置。", err)
	}
	code := send.ErrorCode()
	switch {
	case code >= 500:
		return final(code, fmt.Sprintf("邮件服务器拒绝了这封邮件（%d），请核对收件地址或联系邮件管理员。", code), err)
	case code >= 400:
		return again(code, "邮件服务器暂时不接收邮件，稍后将自动重试。", err)
	case send.Reason == gomail.ErrSMTPDataClose:
		// The whole letter went out and no answer came back.
		return unclear("未收到邮件服务器的答复，邮件可能已经送出，稍后将自动重试。", err)
	}
	return again(0, "与邮件服务器的连接中断，稍后将自动重试。", err)
}

// EML is the letter as a message file, for the archive and the built-in
// mailbox's download.
func EML(l Letter, from Address, domain string) ([]byte, error) {
	msg, err := message(l, from, domain)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return nil, final(0, "邮件内容无法编码，请检查附件和正文。", err)
	}
	return out.Bytes(), nil
}

// message builds the MIME message all SMTP letters and files share.
func message(l Letter, from Address, domain string) (*gomail.Msg, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	errs := []error{m.FromFormat(from.Name, from.Addr), m.AddToFormat(l.ToName, l.To)}
	for _, c := range l.copies() {
		errs = append(errs, m.AddCcFormat(c.Name, c.Addr))
	}
	if l.ReplyTo != "" {
		errs = append(errs, m.ReplyTo(l.ReplyTo))
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(l.Date)
	m.SetMessageIDWithValue(l.messageID(domain))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Loop", domain)
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	for _, a := range l.Attachments {
		errs = append(errs, m.AttachReader(a.Name, bytes.NewReader(a.Bytes), named(a)))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, final(0, "邮件地址或附件无法写入，请更正收件人姓名和地址。", err)
	}
	return m, nil
}

// named writes the file name both ways: RFC 2231 where the standard wants it,
// and an encoded word in Content-Type for older Chinese clients.
func named(a Attachment) gomail.FileOption {
	return func(f *gomail.File) {
		f.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
		f.Header.Set("Content-Type", a.MediaType+`; name="`+mime.BEncoding.Encode("UTF-8", a.Name)+`"`)
	}
}
