package app

import (
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/ticket"
)

// seals are the signers of papers and the certificates that papers are checked with.
type seals struct {
	official pdf.Signer // nil without a key
	trial    pdf.Signer // of rehearsals; its certificate says 示例
	trusted  []*x509.Certificate
	picture  []byte // PNG of the issuer's seal; nil without one
}

// signFaults are what is wrong with the settings of the signature.
func (c Config) signFaults() []string {
	var faults []string
	switch {
	case c.SignKey == "" && c.SignCert == "":
	case c.SignKey == "":
		faults = append(faults, "XUANPING_SIGN_KEY 设置了签名证书时必须设置；以前的证书请写在 XUANPING_SIGN_FORMER")
	case c.SignCert == "":
		faults = append(faults, "XUANPING_SIGN_CERT 设置了签名密钥时必须设置")
	default:
		if _, err := pdf.NewSigner(c.SignKey, c.SignCert); err != nil {
			faults = append(faults, "XUANPING_SIGN_KEY、XUANPING_SIGN_CERT "+err.Error())
		}
	}
	if c.SignFormer != "" {
		if _, err := pdf.ReadCertificates([]byte(c.SignFormer)); err != nil {
			faults = append(faults, "XUANPING_SIGN_FORMER "+err.Error())
		}
	}
	return faults
}

// seals makes the signers. That of rehearsals follows from the house's secret, so that
// a rehearsal repeated gives the same papers.
func (c Config) seals(keys ticket.Keys) (seals, error) {
	var s seals
	var err error
	if c.SignKey != "" {
		if s.official, err = pdf.NewSigner(c.SignKey, c.SignCert); err != nil {
			return s, err
		}
		s.trusted = append(s.trusted, s.official.Certificates()[0])
	}
	if c.SignFormer != "" {
		former, err := pdf.ReadCertificates([]byte(c.SignFormer))
		if err != nil {
			return s, err
		}
		s.trusted = append(s.trusted, former...)
	}
	if s.trial, err = pdf.RehearsalSigner(keys.Sign("paper", "rehearsal")); err != nil {
		return s, err
	}
	s.trusted = append(s.trusted, s.trial.Certificates()[0])
	if c.SealImage != "" {
		if s.picture, err = os.ReadFile(c.SealImage); err == nil {
			err = pdf.CheckSeal(s.picture)
		}
		if err != nil {
			return s, fmt.Errorf("XUANPING_SEAL_IMAGE 印章图片 %s 不能使用：%w", c.SealImage, err)
		}
	}
	return s, nil
}

// soon is how long before its end a certificate is spoken of.
const soon = 60 * 24 * time.Hour

// report says how papers are signed.
func (s seals) report(now time.Time) []string {
	if s.official == nil {
		return []string{"正式文书：未配置签名密钥，正式文书不带签名，持有人无法离线查验；请设置 XUANPING_SIGN_KEY 和 XUANPING_SIGN_CERT",
			"演练文书：由标明“示例”的证书签名，没有效力"}
	}
	c := s.official.Certificates()[0]
	lines := []string{fmt.Sprintf("正式文书：%s，%s，有效期至 %s", subject(c), s.official.Scheme().Name, chineseDay(c.NotAfter)), "证书指纹：" + pdf.Fingerprint(c)}
	switch {
	case now.After(c.NotAfter):
		lines = append(lines, "注意：签名证书已经过期，请换发证书，并把旧证书写入 XUANPING_SIGN_FORMER")
	case now.Before(c.NotBefore):
		lines = append(lines, "注意：签名证书尚未生效")
	case now.Add(soon).After(c.NotAfter):
		lines = append(lines, "注意：签名证书将在 60 日内过期，请及早换发")
	}
	return lines
}

func chineseDay(t time.Time) string { return campaign.DayOf(t).Chinese() }

// subject names whom a certificate was issued to.
func subject(c *x509.Certificate) string {
	if c.Subject.CommonName == "" {
		return c.Subject.String()
	}
	if len(c.Subject.Organization) > 0 {
		return c.Subject.CommonName + "（" + c.Subject.Organization[0] + "）"
	}
	return c.Subject.CommonName
}

// Verify checks a paper offline with the certificates in files and those the environment
// names, and prints what the paper says, also of the ledger, whose public keys may be
// given. It needs no database and no network.
func Verify(file string, keys, ledgerKeys []string, env func(string) (string, bool), out io.Writer) error {
	trusted, err := trust(keys, env)
	if err != nil {
		return err
	}
	data, err := readFile("文书文件", file)
	if err != nil {
		return err
	}
	s, err := pdf.Verify(data, trusted)
	if errors.Is(err, pdf.ErrUntrusted) {
		fmt.Fprintf(out, "签名证书：%s\n证书指纹：%s\n", subject(s.Certificate), pdf.Fingerprint(s.Certificate))
		if len(trusted) == 0 {
			return fmt.Errorf("拒绝：没有给出信任的证书。请向发文单位取得签名证书（网站 /v/certificates.pem），核对指纹后用 --key 指定")
		}
		return fmt.Errorf("拒绝：%w。如属更换证书之前的文书，请用 --key 加上当时的证书", err)
	}
	if err != nil {
		return fmt.Errorf("拒绝：%w", err)
	}
	tell(out, s)
	return tellLedger(out, s, ledgerKeys)
}

// CheckPaper checks a paper of this house as Verify does, with its own certificates and ledger key.
func (a *App) CheckPaper(file []byte) error {
	s, err := pdf.Verify(file, a.seals.trusted)
	if err != nil {
		return err
	}
	return tellLedger(io.Discard, s, append([]string{a.LogKey.Public()}, a.Config.LedgerFormer...))
}

// tell shows a good paper to a person.
func tell(out io.Writer, s pdf.Sealed) {
	fmt.Fprintln(out, "签名有效，文书自签名以来没有改动")
	if s.Rehearsal() {
		fmt.Fprintln(out, "注意：这是演练（示例）文书，没有效力")
	}
	if !s.InTerm() {
		fmt.Fprintln(out, "注意：文书日期不在签名证书的有效期内，请向发文单位核实")
	}
	date := s.Date
	if day, err := campaign.ParseDay(s.Date); err == nil {
		date = day.Chinese()
	}
	for _, l := range [][2]string{{"文书", s.Title}, {"文号", s.Number}, {"对象", s.For}, {"日期", date}, {"发文单位", s.Issuer}, {"验真码", s.Code},
		{"签名证书", subject(s.Certificate)}, {"证书指纹", pdf.Fingerprint(s.Certificate)}, {"签名算法", s.Scheme}} {
		if l[1] != "" {
			fmt.Fprintf(out, "%s：%s\n", l[0], l[1])
		}
	}
	if s.Code != "" {
		fmt.Fprintln(out, "离线查验不能得知文书是否已被代替或撤销，请用验真码在网站上查询")
	}
}

// trust collects the certificates of files, of the settings, and that of this house's rehearsals.
func trust(files []string, env func(string) (string, bool)) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	add := func(from, text string) error {
		certs, err := pdf.ReadCertificates([]byte(text))
		if err != nil {
			return fmt.Errorf("%s：%w", from, err)
		}
		if from == "XUANPING_SIGN_CERT" || from == "XUANPING_SIGN_CERT_FILE" {
			certs = certs[:1] // those after it led to its root and sign no papers
		}
		all = append(all, certs...)
		return nil
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("无法读取证书文件 %s，请检查路径", file)
		}
		if err := add(file, string(text)); err != nil {
			return nil, err
		}
	}
	for _, s := range settings {
		switch s.name {
		case "XUANPING_SIGN_CERT", "XUANPING_SIGN_FORMER", "XUANPING_SECRET":
		default:
			continue
		}
		v, from, err := s.read(env)
		if err != nil {
			return nil, fmt.Errorf("%s %w", from, err)
		}
		switch {
		case v == "":
		case s.name == "XUANPING_SECRET":
			if cert := rehearsalCertificate(v); cert != nil {
				all = append(all, cert)
			}
		default:
			if err := add(from, v); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// rehearsalCertificate is that of the rehearsals of a house with this secret; nil when it is none.
func rehearsalCertificate(secret string) *x509.Certificate {
	raw, err := hex.DecodeString(secret)
	if err != nil {
		return nil
	}
	keys, err := ticket.New(raw)
	if err != nil {
		return nil
	}
	s, err := Config{}.seals(keys)
	if err != nil {
		return nil
	}
	return s.trial.Certificates()[0]
}
