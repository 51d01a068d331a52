package app

import (
	"crypto/ecdsa"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xuanping/audit"
	"xuanping/mail"
	"xuanping/store"
)

// Config is the effective configuration. Temporal's own variables
// (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS…) are read by its SDK.
type Config struct {
	DatabaseURL  string
	Listen       string
	BaseURL      string
	Secret       []byte
	LedgerKey    []byte
	LedgerFormer []string
	Retention    int
	Proxies      []netip.Prefix
	Mail         string
	Mailbox      string
	OpenMail     string
	MailFrom     string
	SMTPAddr     string
	SMTPUser     string
	SMTPPassword string
	SMTPSecurity string
	SendGridKey  string
	SendGridURL  string
	Guests       string
	Sandbox      string
	MailRate     int
	EventKeys    []*ecdsa.PublicKey
	InboundKeys  []*ecdsa.PublicKey
	ReplyDomain  string
	Clamd        *store.Clamd // nil: files are not scanned
	Issuer       string
	Contact      string
	Fonts        string
	Evidence     string
	TemporalUI   string
	SealImage    string
	SignKey      string
	SignCert     string
	SignFormer   string
	SecondFactor string
	Again        int // minutes
	OIDCIssuer   string
	OIDCClient   string
	OIDCSecret   string
	OIDCName     string
}

// setting is one row of the configuration: name, default, meaning, secret.
type setting struct {
	name, value, means string
	secret             bool
	set                func(*Config, string) error
}

func text(to func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error { *to(c) = v; return nil }
}

// noContact is what letters say when nobody was named.
const noContact = "宣传工作评价经办人员"

var settings = []setting{
	{"DATABASE_URL", "", "PostgreSQL 地址，postgres://用户:密码@主机:5432/xuanping", true, text(func(c *Config) *string { return &c.DatabaseURL })},
	{"XUANPING_LISTEN", "127.0.0.1:8080", "网站监听地址", false, place(func(c *Config) *string { return &c.Listen }, 0)},
	{"XUANPING_BASE_URL", "http://127.0.0.1:8080", "网站的公开网址，写入邮件和文书", false, setBaseURL},
	{"XUANPING_SECRET", "", "链接签名密钥，64 位十六进制（32 字节），可用 openssl rand -hex 32 生成", true, setSecret},
	{"XUANPING_LEDGER_KEY", "", "账本检查点的签名密钥，64 位十六进制（32 字节）；不设则由链接签名密钥导出，正式使用建议由审计部门另行保管", true, setLedgerKey},
	{"XUANPING_LEDGER_FORMER", "", "账本密钥更换前的公钥，以逗号分隔；它们签署的检查点仍然可信", false, setLedgerFormer},
	{"XUANPING_RETENTION_YEARS", "5", "年度结束后，个人信息至少保存的年数；期满才能删除（starter erase）", false, setRetention},
	{"XUANPING_PROXIES", "", "网站前面的反向代理的地址或网段（逗号分隔，如 10.0.0.0/8）；只采信它们转报的访问者地址", false, setProxies},
	{"XUANPING_MAIL", "mailbox", "发信方式：mailbox（内置信箱）、smtp、sendgrid", false, oneOf(func(c *Config) *string { return &c.Mail }, "mailbox", "smtp", "sendgrid")},
	{"XUANPING_MAILBOX", "data/mailbox", "内置信箱的文件夹", false, text(func(c *Config) *string { return &c.Mailbox })},
	{"XUANPING_MAILBOX_OPEN", "no", "内置信箱是否人人可读：yes、no；邮件含办理链接，yes 只用于演练", false, oneOf(func(c *Config) *string { return &c.OpenMail }, "yes", "no")},
	{"XUANPING_MAIL_FROM", "xuanping@xuanping.example", "发件地址", false, setMailFrom},
	{"XUANPING_SMTP_ADDR", "", "SMTP 服务器，主机:端口", false, place(func(c *Config) *string { return &c.SMTPAddr }, 1)},
	{"XUANPING_SMTP_USER", "", "SMTP 用户名", false, text(func(c *Config) *string { return &c.SMTPUser })},
	{"XUANPING_SMTP_PASSWORD", "", "SMTP 密码", true, text(func(c *Config) *string { return &c.SMTPPassword })},
	{"XUANPING_SMTP_SECURITY", "starttls", "SMTP 加密：starttls、tls、none（仅限本机）", false, oneOf(func(c *Config) *string { return &c.SMTPSecurity }, mail.StartTLS, mail.TLS, mail.Plain)},
	{"SENDGRID_API_KEY", "", "SendGrid 密钥", true, text(func(c *Config) *string { return &c.SendGridKey })},
	{"SENDGRID_BASE_URL", "", "SendGrid 接口地址，默认官方地址", false, address(func(c *Config) *string { return &c.SendGridURL })},
	{"XUANPING_MAIL_GUESTS", "", "只发给这些地址（逗号分隔，可写 @域名），用于试运行；空为不限", false, setGuests},
	{"SENDGRID_SANDBOX", "no", "SendGrid 沙箱：只检查、不投递：yes、no", false, oneOf(func(c *Config) *string { return &c.Sandbox }, "yes", "no")},
	{"XUANPING_MAIL_RATE", "0", "SendGrid 每秒最多发信数；0 为不限", false, setRate},
	{"SENDGRID_EVENT_KEYS", "", "SendGrid 事件回调的验证公钥；更换期间可写两个，以逗号分隔", false, publicKeys(func(c *Config) *[]*ecdsa.PublicKey { return &c.EventKeys })},
	{"SENDGRID_INBOUND_KEYS", "", "SendGrid 来信回调的验证公钥；更换期间可写两个，以逗号分隔", false, publicKeys(func(c *Config) *[]*ecdsa.PublicKey { return &c.InboundKeys })},
	{"XUANPING_REPLY_DOMAIN", "", "接收来信的域名；设置后，机构可直接答复任务邮件留言", false, setReplyDomain},
	{"XUANPING_CLAMD", "", "查毒程序 clamd 的地址（主机:端口或套接字路径）；设置后，上传的文件通过检查才能查看；没有结论的一直等待", false, setClamd},
	{"XUANPING_ISSUER", "宣传工作评价组织单位", "发文单位；年度设置中填写的优先", false, text(func(c *Config) *string { return &c.Issuer })},
	{"XUANPING_SEAL_IMAGE", "", "印章图片（PNG，宜透明底），印在正式文书的落款处；演练文书从不加盖", false, text(func(c *Config) *string { return &c.SealImage })},
	{"XUANPING_CONTACT", noContact, "联系人和电话，写在邮件末尾和每页页脚；不设则页面不显示", false, text(func(c *Config) *string { return &c.Contact })},
	{"XUANPING_FONTS", "", "字体文件夹，以冒号分隔，先于系统字体", false, text(func(c *Config) *string { return &c.Fonts })},
	{"XUANPING_EVIDENCE", "data/evidence", "证据材料文件夹", false, text(func(c *Config) *string { return &c.Evidence })},
	{"XUANPING_TEMPORAL_UI", "", "Temporal Web UI 的命名空间地址，如 http://127.0.0.1:8233/namespaces/default", false, address(func(c *Config) *string { return &c.TemporalUI })},
	{"XUANPING_SIGN_KEY", "", "正式文书的签名密钥，PEM 格式 ECDSA P-256 私钥；演练文书另用标明示例的密钥", true, text(func(c *Config) *string { return &c.SignKey })},
	{"XUANPING_SIGN_CERT", "", "签名密钥的证书，PEM 格式；上级证书可接在其后", true, text(func(c *Config) *string { return &c.SignCert })},
	{"XUANPING_SECOND_FACTOR", "optional", "工作人员账号的动态验证码：required（必须启用）、optional（自愿）；正式使用建议 required", false, oneOf(func(c *Config) *string { return &c.SecondFactor }, "required", "optional")},
	{"XUANPING_REAUTH_MINUTES", "5", "签批、账号确认等双人事项前再次确认身份的时限（分钟）；0 为不要求，只用于演练", false, setAgain},
	{"XUANPING_OIDC_ISSUER", "", "统一身份认证（OpenID Connect）的签发地址；空为不使用", false, setOIDCIssuer},
	{"XUANPING_OIDC_CLIENT", "", "在统一身份认证登记的客户端标识；回调地址为 XUANPING_BASE_URL 加 /login/oidc/callback", false, text(func(c *Config) *string { return &c.OIDCClient })},
	{"XUANPING_OIDC_SECRET", "", "在统一身份认证登记的客户端密钥；空为公开客户端（一律使用 PKCE）", true, text(func(c *Config) *string { return &c.OIDCSecret })},
	{"XUANPING_OIDC_NAME", "统一身份认证", "登录页上的名称", false, text(func(c *Config) *string { return &c.OIDCName })},
	{"XUANPING_SIGN_FORMER", "", "以前用过的签名证书，PEM 格式，可多张；查验旧文书时仍然信任", true, text(func(c *Config) *string { return &c.SignFormer })},
}

// place is a host and a port; the port is at least low.
func place(to func(*Config) *string, low int) func(*Config, string) error {
	return func(c *Config, v string) error {
		*to(c) = v
		if v == "" {
			return nil
		}
		_, port, err := net.SplitHostPort(v)
		if n, e := strconv.Atoi(port); err != nil || e != nil || n < low || n > 65535 {
			return fmt.Errorf("应为 主机:端口，如 127.0.0.1:8080")
		}
		return nil
	}
}

func oneOf(to func(*Config) *string, words ...string) func(*Config, string) error {
	return func(c *Config, v string) error {
		*to(c) = v
		if !slices.Contains(words, v) {
			return fmt.Errorf("只能是 %s", strings.Join(words, "、"))
		}
		return nil
	}
}

// webURL reads an absolute address of the web without anything secret in it.
func webURL(v string) (*url.URL, bool) {
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, false
	}
	return u, true
}

func address(to func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if _, ok := webURL(v); v != "" && !ok {
			return fmt.Errorf("应为完整网址，以 http:// 或 https:// 开头")
		}
		*to(c) = strings.TrimRight(v, "/")
		return nil
	}
}

func setMailFrom(c *Config, v string) error {
	c.MailFrom = v
	if !mail.ValidAddress(v) {
		return fmt.Errorf("应为完整的邮件地址，如 xuanping@example.gov.cn")
	}
	return nil
}

func setGuests(c *Config, v string) error {
	c.Guests = v
	if v == "" {
		return nil
	}
	_, err := mail.NewGuest(nil, strings.Split(v, ","))
	return err
}

func setRate(c *Config, v string) (err error) {
	if c.MailRate, err = strconv.Atoi(v); err != nil || c.MailRate < 0 || c.MailRate > 10_000 {
		return fmt.Errorf("应为 0 至 10000 的整数")
	}
	return nil
}

// setOIDCIssuer keeps the address as it is: a provider's name is compared sign by sign.
func setOIDCIssuer(c *Config, v string) error {
	c.OIDCIssuer = v
	if u, ok := webURL(v); v != "" && (!ok || u.Scheme != "https" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1") {
		return fmt.Errorf("应为 https:// 开头的完整网址，与统一身份认证公布的一字不差")
	}
	return nil
}

func setAgain(c *Config, v string) (err error) {
	if c.Again, err = strconv.Atoi(v); err != nil || c.Again < 0 || c.Again > 60 {
		return fmt.Errorf("应为 0 至 60 的整数")
	}
	return nil
}

// publicKeys are at most two keys: one replaces the other.
func publicKeys(to func(*Config) *[]*ecdsa.PublicKey) func(*Config, string) error {
	return func(c *Config, v string) error {
		if v == "" {
			return nil
		}
		all := strings.Split(v, ",")
		if len(all) > 2 {
			return fmt.Errorf("最多写两个公钥")
		}
		for _, s := range all {
			key, err := mail.ParseEventKey(s)
			if err != nil {
				return err
			}
			*to(c) = append(*to(c), key)
		}
		return nil
	}
}

func setClamd(c *Config, v string) (err error) {
	if v != "" {
		c.Clamd, err = store.ParseClamd(v)
	}
	return err
}

func setReplyDomain(c *Config, v string) error {
	if c.ReplyDomain = strings.ToLower(v); v != "" && !mail.ValidAddress("x@"+v) {
		return fmt.Errorf("应为域名，如 in.example.gov.cn")
	}
	return nil
}

func setBaseURL(c *Config, v string) error {
	u, ok := webURL(v)
	if !ok || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("应为完整网址，不带路径，如 https://xp.example.gov.cn")
	}
	c.BaseURL = strings.TrimRight(v, "/")
	return nil
}

func setSecret(c *Config, v string) error {
	b, err := hex.DecodeString(v)
	if err != nil || len(b) < 32 {
		return fmt.Errorf("应为至少 64 位十六进制；可用 openssl rand -hex 32 生成")
	}
	c.Secret = b
	return nil
}

func setLedgerKey(c *Config, v string) error {
	b, err := hex.DecodeString(v)
	if v != "" && (err != nil || len(b) != 32) {
		return fmt.Errorf("应为 64 位十六进制；可用 openssl rand -hex 32 生成")
	}
	c.LedgerKey = b
	return nil
}

func setRetention(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 100 {
		return fmt.Errorf("应为 0 至 100 的整数")
	}
	c.Retention = n
	return nil
}

func setLedgerFormer(c *Config, v string) error {
	c.LedgerFormer = nil
	for key := range strings.SplitSeq(v, ",") {
		if key = strings.TrimSpace(key); key == "" {
			continue
		}
		if _, err := audit.Verifiers(key); err != nil {
			return err
		}
		c.LedgerFormer = append(c.LedgerFormer, key)
	}
	return nil
}

func setProxies(c *Config, v string) error {
	c.Proxies = nil
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			one, err := netip.ParseAddr(part)
			if err != nil {
				return fmt.Errorf("“%s”不是地址或网段，应如 10.0.0.5 或 10.0.0.0/8", part)
			}
			p = netip.PrefixFrom(one, one.BitLen())
		}
		c.Proxies = append(c.Proxies, p.Masked())
	}
	return nil
}
