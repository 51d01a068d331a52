package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xuanping/mail"

	"xuanping/audit"
)

const (
	testSecret = "0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210"
	testURL    = "postgres://xp:pg-password@127.0.0.1:5432/xuanping"
)

// given is an environment with the two settings that have no default, changed
// by pairs of name and value.
func given(pairs ...string) func(string) (string, bool) {
	m := map[string]string{"DATABASE_URL": testURL, "XUANPING_SECRET": testSecret}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}

// formerLedger is the public key of a ledger before its key was changed.
func formerLedger(t *testing.T) string {
	t.Helper()
	k, err := audit.NewLogKey("xp.example/ledger", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k.Public()
}

func TestEverySettingIsExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range settings {
		if seen[s.name] {
			t.Errorf("%s stands twice", s.name)
		}
		seen[s.name] = true
		if !strings.ContainsFunc(s.means, func(r rune) bool { return r >= '一' && r <= '龥' }) {
			t.Errorf("%s: meaning %q is not for its reader", s.name, s.means)
		}
		if s.secret && s.value != "" {
			t.Errorf("%s: a secret has a default", s.name)
		}
		if s.value == "" {
			continue
		}
		if err := s.set(new(Config), s.value); err != nil {
			t.Errorf("%s: its own default is refused: %v", s.name, err)
		}
	}
}

// Each setting reaches its own field: a value written twice or nowhere would show.
func TestEverySettingArrives(t *testing.T) {
	key, cert := pair(t)
	_, former := pair(t)
	values := []string{
		"DATABASE_URL", "postgres://h/d", "XUANPING_LISTEN", ":9", "XUANPING_BASE_URL", "https://xp.example/", "XUANPING_SECRET", testSecret, "XUANPING_LEDGER_KEY", strings.Repeat("a7", 32), "XUANPING_LEDGER_FORMER", formerLedger(t), "XUANPING_RETENTION_YEARS", "6", "XUANPING_PROXIES", "10.0.0.0/8, 192.0.2.1", "XUANPING_SEAL_IMAGE", "seal.png",
		"XUANPING_MAIL", "smtp", "XUANPING_MAILBOX", "box", "XUANPING_MAILBOX_OPEN", "yes", "XUANPING_MAIL_FROM", "from@xp.example", "XUANPING_SMTP_ADDR", "smtp.example:465",
		"XUANPING_SMTP_USER", "user", "XUANPING_SMTP_PASSWORD", "pass", "XUANPING_SMTP_SECURITY", "tls", "SENDGRID_API_KEY", "SG.key",
		"SENDGRID_BASE_URL", "http://127.0.0.1:1/", "XUANPING_MAIL_GUESTS", "@xp.example", "XUANPING_ISSUER", "示例机关", "XUANPING_CONTACT", "示例联系人",
		"XUANPING_FONTS", "/f", "XUANPING_EVIDENCE", "files", "XUANPING_TEMPORAL_UI", "http://127.0.0.1:8233/namespaces/default",
		"XUANPING_SIGN_KEY", key, "XUANPING_SIGN_CERT", cert, "XUANPING_SIGN_FORMER", former,
		"SENDGRID_SANDBOX", "yes", "XUANPING_MAIL_RATE", "7", "SENDGRID_EVENT_KEYS", hook(t, "event"), "SENDGRID_INBOUND_KEYS", hook(t, "inbound") + "," + hook(t, "inbound before"), "XUANPING_REPLY_DOMAIN", "IN.xp.example", "XUANPING_CLAMD", "clamav:3310",
		"XUANPING_SECOND_FACTOR", "required", "XUANPING_REAUTH_MINUTES", "9", "XUANPING_OIDC_ISSUER", "https://login.example/", "XUANPING_OIDC_CLIENT", "xuanping", "XUANPING_OIDC_SECRET", "s3", "XUANPING_OIDC_NAME", "示例认证",
	}
	if len(values) != 2*len(settings) {
		t.Fatalf("%d settings, %d values here", len(settings), len(values)/2)
	}
	c, err := Load(given(values...))
	if err != nil {
		t.Fatal(err)
	}
	if c.Clamd == nil || c.Clamd.Address != "clamav:3310" {
		t.Errorf("clamd %+v", c.Clamd)
	}
	if got := hex.EncodeToString(c.Secret); got != testSecret {
		t.Errorf("secret %s", got)
	}
	c.Secret = nil
	want := Config{DatabaseURL: "postgres://h/d", Listen: ":9", BaseURL: "https://xp.example", Mail: "smtp", Mailbox: "box", OpenMail: "yes", MailFrom: "from@xp.example",
		SMTPAddr: "smtp.example:465", SMTPUser: "user", SMTPPassword: "pass", SMTPSecurity: "tls", SendGridKey: "SG.key", SendGridURL: "http://127.0.0.1:1",
		Guests: "@xp.example", Issuer: "示例机关", Contact: "示例联系人", Fonts: "/f", Evidence: "files", TemporalUI: "http://127.0.0.1:8233/namespaces/default",
		SignKey: strings.TrimSpace(key), SignCert: strings.TrimSpace(cert), SignFormer: strings.TrimSpace(former),
		SealImage: "seal.png", Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")},
		Retention: 6, LedgerFormer: []string{formerLedger(t)},
		LedgerKey: bytes.Repeat([]byte{0xa7}, 32),
		Sandbox:   "yes", MailRate: 7, ReplyDomain: "in.xp.example",
		SecondFactor: "required", Again: 9, OIDCIssuer: "https://login.example/", OIDCClient: "xuanping", OIDCSecret: "s3", OIDCName: "示例认证"}
	for _, k := range []struct{ word, of string }{{"event", "event"}, {"inbound", "inbound"}, {"inbound before", "inbound"}} {
		key, err := mail.ParseEventKey(hook(t, k.word))
		if err != nil {
			t.Fatal(err)
		}
		if k.of == "event" {
			want.EventKeys = append(want.EventKeys, key)
		} else {
			want.InboundKeys = append(want.InboundKeys, key)
		}
	}
	if got, want := fields(c), fields(want); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func fields(c Config) []string {
	return []string{c.DatabaseURL, c.Listen, c.BaseURL, c.Mail, c.Mailbox, c.MailFrom, c.SMTPAddr, c.SMTPUser, c.SMTPPassword, c.SMTPSecurity,
		c.SendGridKey, c.SendGridURL, c.Guests, c.Issuer, c.Contact, c.Fonts, c.Evidence, c.TemporalUI, c.SignKey, c.SignCert, c.SignFormer,
		c.SealImage, fmt.Sprint(c.Proxies), hex.EncodeToString(c.LedgerKey), c.OpenMail, c.Sandbox, strconv.Itoa(c.MailRate), c.ReplyDomain, points(c.EventKeys), points(c.InboundKeys),
		c.SecondFactor, strconv.Itoa(c.Again), c.OIDCIssuer, c.OIDCClient, c.OIDCSecret, c.OIDCName}
}

// points tells keys apart.
func points(all []*ecdsa.PublicKey) string {
	var b strings.Builder
	for _, k := range all {
		der, err := x509.MarshalPKIXPublicKey(k)
		fmt.Fprintf(&b, "%x %v ", der, err)
	}
	return b.String()
}

// hook is a public key as SendGrid shows it, one for each word.
func hook(t *testing.T, word string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(word))
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := Load(given("DATABASE_URL", "", "XUANPING_SECRET", "short", "XUANPING_BASE_URL", "xp.example", "XUANPING_MAIL", "pigeon",
		"XUANPING_LISTEN", "8080", "XUANPING_MAIL_FROM", "desk", "XUANPING_MAIL_GUESTS", "a@b.example,everybody", "XUANPING_SMTP_SECURITY", "ssl",
		"XUANPING_TEMPORAL_UI", "127.0.0.1:8233", "SENDGRID_BASE_URL", "ftp://x"))
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	if lines[0] != "配置有 10 处错误：" || len(lines) != 11 {
		t.Errorf("%s", err)
	}
	for _, name := range []string{"DATABASE_URL 必须设置", "XUANPING_SECRET 应为", "XUANPING_BASE_URL 应为完整网址", "XUANPING_MAIL 只能是 mailbox、smtp、sendgrid",
		"XUANPING_LISTEN 应为 主机:端口", "XUANPING_MAIL_FROM 应为", "XUANPING_MAIL_GUESTS 测试收件名单", "XUANPING_SMTP_SECURITY 只能是",
		"XUANPING_TEMPORAL_UI 应为", "SENDGRID_BASE_URL 应为"} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  "+name) }) {
			t.Errorf("nothing begins with %q in\n%s", name, err)
		}
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"XUANPING_BASE_URL", "https://xp.example.gov.cn", true},
		{"XUANPING_BASE_URL", "http://[::1]:8080/", true},
		{"XUANPING_BASE_URL", "https://xp.example/path", false},
		{"XUANPING_BASE_URL", "https://", false},
		{"XUANPING_BASE_URL", "https://:8080", false},
		{"XUANPING_BASE_URL", "https://xp.example/?a=1", false},
		{"XUANPING_BASE_URL", "https://user:password@xp.example", false},
		{"XUANPING_BASE_URL", "javascript:alert(1)", false},
		{"XUANPING_SECRET", testSecret[:62], false},
		{"XUANPING_SECRET", testSecret + "00", true},
		{"XUANPING_SECRET", strings.Repeat("z", 64), false},
		{"XUANPING_LISTEN", ":0", true},
		{"XUANPING_LISTEN", "127.0.0.1:70000", false},
		{"XUANPING_LISTEN", "127.0.0.1:http", false},
		{"XUANPING_SMTP_ADDR", "mail.example", false},
		{"XUANPING_SMTP_ADDR", "mail.example:0", false},
		{"XUANPING_SMTP_ADDR", "[::1]:587", true},
		{"XUANPING_MAIL_FROM", "宣评 <a@b.example>", false},
		{"XUANPING_MAIL_GUESTS", "a@b.example, @c.example", true},
		{"XUANPING_MAIL_GUESTS", "a@b.example,", false},
	} {
		if _, err := Load(given(c.name, c.value)); (err == nil) != c.ok {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
		}
	}
}

// A way of sending mail is refused at the start, not at the first letter.
func TestMailPrerequisites(t *testing.T) {
	for _, c := range []struct {
		say string
		env []string
	}{
		{"", []string{"XUANPING_MAIL", "mailbox"}},
		{"XUANPING_SMTP_ADDR", []string{"XUANPING_MAIL", "smtp"}},
		{"", []string{"XUANPING_MAIL", "smtp", "XUANPING_SMTP_ADDR", "mail.example:587"}},
		{"XUANPING_SMTP_USER", []string{"XUANPING_MAIL", "smtp", "XUANPING_SMTP_ADDR", "mail.example:587", "XUANPING_SMTP_PASSWORD", "p"}},
		{"XUANPING_SMTP_SECURITY", []string{"XUANPING_MAIL", "smtp", "XUANPING_SMTP_ADDR", "mail.example:25", "XUANPING_SMTP_SECURITY", "none", "XUANPING_SMTP_USER", "u", "XUANPING_SMTP_PASSWORD", "p"}},
		{"SENDGRID_API_KEY", []string{"XUANPING_MAIL", "sendgrid"}},
		{"", []string{"XUANPING_MAIL", "sendgrid", "SENDGRID_API_KEY", "SG.x"}},
	} {
		_, err := Load(given(c.env...))
		if (err == nil) != (c.say == "") || (err != nil && !strings.Contains(err.Error(), "\n  "+c.say+" ")) {
			t.Errorf("%q: %v, want %q", c.env, err, c.say)
		}
	}
}

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	c, err := Load(given("DATABASE_URL", "", "DATABASE_URL_FILE", write("url", "postgres://from-file/d\n"), "XUANPING_SECRET", "",
		"XUANPING_SECRET_FILE", write("secret", testSecret+"\r\n"), "XUANPING_SMTP_PASSWORD_FILE", write("pw", "p w\n"), "SENDGRID_API_KEY_FILE", write("key", "SG.f")))
	if err != nil || c.DatabaseURL != "postgres://from-file/d" || hex.EncodeToString(c.Secret) != testSecret || c.SMTPPassword != "p w" || c.SendGridKey != "SG.f" {
		t.Errorf("%+v %v", c, err)
	}
	if c, err = Load(given("DATABASE_URL_FILE", "/none")); err != nil || c.DatabaseURL != testURL {
		t.Errorf("the variable itself goes first: %q %v", c.DatabaseURL, err)
	}
	if c, err = Load(given("XUANPING_ISSUER_FILE", write("issuer", "别的机关"))); err != nil || c.Issuer != "宣传工作评价组织单位" {
		t.Errorf("only secrets have files: %q %v", c.Issuer, err)
	}
	for _, file := range []string{filepath.Join(dir, "none"), dir, write("empty", " \n")} {
		_, err := Load(given("XUANPING_SECRET", "", "XUANPING_SECRET_FILE", file))
		if err == nil || !strings.Contains(err.Error(), "XUANPING_SECRET_FILE") || !strings.Contains(err.Error(), file) || !strings.HasPrefix(err.Error(), "配置有 1 处") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Neither the printed configuration nor a refusal repeats a secret.
func TestSecretsStaySecret(t *testing.T) {
	secrets := map[string]string{}
	var env []string
	for i, s := range settings {
		if s.secret {
			secrets[s.name] = "tell-no-one-" + strings.Repeat("x", i+1)
			env = append(env, s.name, secrets[s.name])
		}
	}
	printed := strings.Join(Describe(given(env...)), "\n")
	_, err := Load(given(env...)) // the signing key is not hexadecimal
	if err == nil {
		t.Fatal("accepted")
	}
	if strings.Contains(printed+err.Error(), "tell-no-one") {
		t.Errorf("a secret is printed:\n%s\n%v", printed, err)
	}
	if n := strings.Count(printed, "（已设置）"); n != len(secrets) || n < 4 {
		t.Errorf("%d of %d secrets are shown as set:\n%s", n, len(secrets), printed)
	}
}

func TestDescribe(t *testing.T) {
	lines := Describe(given("XUANPING_SECRET", "", "XUANPING_SECRET_FILE", "/none", "XUANPING_ISSUER", "示例机关"))
	if len(lines) != len(settings) {
		t.Fatalf("%d lines for %d settings", len(lines), len(settings))
	}
	for i, s := range settings {
		if !strings.HasPrefix(lines[i], s.name) || !strings.HasSuffix(lines[i], s.means) {
			t.Errorf("%q", lines[i])
		}
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{"示例机关", "127.0.0.1:8080", "（未设置）", "无法读取文件 /none"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
}
