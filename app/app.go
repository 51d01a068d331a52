package app

import (
	"context"
	"encoding/base32"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"xuanping/activities"
	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/mail"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/ticket"
	"xuanping/web"
)

// App is the house, built.
type App struct {
	Config    Config
	Namespace string
	Store     *store.Store
	Engine    client.Client
	Desk      *desk.Desk
	Room      *activities.Room
	Mailbox   *Maildir // nil unless letters stay in the built-in mailbox
	Fonts     *pdf.Fonts
	Log       *slog.Logger
	Demo      []web.DemoAccount
	LogKey    audit.LogKey
	seals     seals
}

// Open builds the house. The engine need not answer yet: pages work without it.
func Open(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	a := &App{Config: c, Log: log}
	keys, err := ticket.New(c.Secret)
	if err != nil {
		return nil, err
	}
	if a.LogKey, err = logKey(c, keys); err != nil {
		return nil, err
	}
	if a.Fonts, err = pdf.FindFonts(fontDirs(c.Fonts)); err != nil {
		return nil, err
	}
	printer, err := a.Fonts.Printer(nil)
	if err != nil {
		return nil, err
	}
	seals, err := c.seals(keys)
	if err != nil {
		return nil, err
	}
	sender, err := a.sender()
	if err != nil {
		return nil, err
	}
	blobs, err := store.OpenBlobs(c.Evidence)
	if err != nil {
		return nil, fmt.Errorf("证据材料文件夹 %s 无法使用：%w", c.Evidence, err)
	}
	if err := a.dial(); err != nil {
		return nil, err
	}
	if a.Store, err = openStore(ctx, c.DatabaseURL); err != nil {
		a.Engine.Close()
		return nil, err
	}
	a.seals = seals
	var scanner store.Scanner = store.NoScanner{}
	if c.Clamd != nil {
		scanner = c.Clamd
	}
	a.Room = activities.Room{
		Store: a.Store, Engine: a.Engine, Sender: sender, Printer: printer, Table: rubric.Annex2(), Link: keys.Issue, Code: keys.Code, Stamp: keys.Stamp,
		Verify: func(paper string) string { return verifyCode(keys.Sign("verify", paper)) }, BaseURL: c.BaseURL,
		Issuer: c.Issuer, Contact: c.Contact, Seal: seals.official, Trial: seals.trial, SealImage: seals.picture, Clock: time.Now, Log: log,
		Prove: a.prove, LogKey: strings.Join(append([]string{a.LogKey.Public()}, c.LedgerFormer...), " "), Reply: replyAddress(keys, c.ReplyDomain), Unclear: c.unclear(),
		Files: blobs, Scanner: scanner,
	}.Open()
	a.Desk = &desk.Desk{Store: a.Store, Blobs: blobs, Tickets: keys, Table: rubric.Annex2(), Clock: time.Now, Kick: a.Room.Kick, Scanned: c.Clamd != nil,
		FactorKey: keys.Sign("factor-key", "staff"), NeedFactor: c.SecondFactor == "required"}
	return a, nil
}

// openStore says soon and plainly when the score book is away or not yet made.
func openStore(ctx context.Context, url string) (*store.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	s, err := store.Open(ctx, url)
	if campaign.KindOf(err) == campaign.Invalid {
		return nil, err
	}
	if err == nil {
		if _, err = s.Campaigns(ctx); err == nil {
			return s, nil
		}
		s.Close()
	}
	return nil, fmt.Errorf("数据库无法使用，请确认数据库已启动、DATABASE_URL 正确；首次使用请先运行 starter migrate：%w", err)
}

// Close gives back what Open took.
func (a *App) Close() {
	a.Store.Close()
	a.Engine.Close()
}

// dial reads Temporal's own variables and makes a client that connects when it is first used.
func (a *App) dial() error {
	o, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return fmt.Errorf("引擎（Temporal）的配置有误，请检查 TEMPORAL_ 开头的变量：%w", err)
	}
	o.Logger = quiet{a.Log}
	if o.Namespace == "" {
		o.Namespace = client.DefaultNamespace
	}
	a.Namespace = o.Namespace
	a.Engine, err = client.NewLazyClient(o)
	return err
}

func (a *App) sender() (mail.Sender, error) {
	c := a.Config
	_, domain, ok := strings.Cut(c.MailFrom, "@")
	if !ok || !mail.ValidAddress(c.MailFrom) {
		return nil, fmt.Errorf("XUANPING_MAIL_FROM 不是有效的邮件地址")
	}
	from := mail.Address{Name: c.Issuer, Addr: c.MailFrom}
	var s mail.Sender
	var err error
	switch c.Mail {
	case "mailbox":
		if a.Mailbox, err = OpenMaildir(c.Mailbox, from, domain); err == nil {
			s = mail.NewMailbox(a.Mailbox.Keep, domain)
		}
	case "smtp":
		host, port, e := net.SplitHostPort(c.SMTPAddr)
		n, e2 := strconv.Atoi(port)
		if e != nil || e2 != nil {
			return nil, fmt.Errorf("XUANPING_SMTP_ADDR 应为 主机:端口")
		}
		s, err = mail.NewSMTP(mail.SMTPConfig{Host: host, Port: n, Username: c.SMTPUser, Password: c.SMTPPassword, Encryption: c.SMTPSecurity, From: from, Domain: domain})
	case "sendgrid":
		s, err = mail.NewSendGrid(mail.SendGridConfig{Key: c.SendGridKey, From: from, Domain: domain, BaseURL: c.SendGridURL, Sandbox: c.Sandbox == "yes", Rate: c.MailRate})
	}
	if err == nil && c.Guests != "" {
		s, err = mail.NewGuest(s, strings.Split(c.Guests, ","))
	}
	return s, err
}

func fontDirs(list string) []string {
	var dirs []string
	for _, d := range strings.Split(list, ":") {
		if d != "" {
			dirs = append(dirs, d)
		}
	}
	if cache, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, cache+"/xuanping/fonts")
	}
	return dirs
}

// verifyCode writes 80 bits for people to type: four groups of four signs.
func verifyCode(sum []byte) string {
	s := base32.StdEncoding.EncodeToString(sum[:10])
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// Site builds the pages.
func (a *App) Site() *web.Server {
	o := web.Options{
		Desk: a.Desk, Log: a.Log, BaseURL: a.Config.BaseURL, Issuer: a.Config.Issuer, Contact: a.Config.reach(), Demo: a.Demo,
		Timeline: a.Story, TemporalUI: a.Config.TemporalUI, OpenMail: a.Config.OpenMail == "yes",
		LedgerKey: a.LogKey.Public(), FormerKeys: a.Config.LedgerFormer, Proxies: a.Config.Proxies, Certificates: pdf.WriteCertificates(a.seals.trusted),
		SelfPaper: func(s rubric.Sheet, c rubric.Scorecard, day time.Time) ([]byte, error) {
			return selfPaper(a.Room.Printer, s, c, day)
		},
	}
	o.Letters = a.Room.Preview
	if a.Mailbox != nil {
		o.Mailbox = a.Mailbox
	}
	o.Hooks = a.Config.hooks()
	o.Again = time.Duration(a.Config.Again) * time.Minute
	if a.Config.OIDCIssuer != "" {
		o.OIDC = a.Config.oidc()
	}
	return web.New(o)
}

func (c Config) oidc() *web.OIDC {
	return &web.OIDC{Issuer: c.OIDCIssuer, ClientID: c.OIDCClient, Secret: c.OIDCSecret, Name: c.OIDCName}
}
