package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xuanping/pdf"
	"xuanping/ticket"
)

// pair is a key for official papers with its certificate, as PEM.
func pair(t *testing.T) (key, cert string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "宣传工作评价专用章"}, NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2027, 12, 31, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestSignatureSettings(t *testing.T) {
	key, cert := pair(t)
	_, other := pair(t)
	for _, c := range []struct{ key, cert, former, say string }{
		{"", "", "", ""}, {key, cert, other, ""}, {"", "", other, ""},
		{key, "", "", "XUANPING_SIGN_CERT 设置了签名密钥时必须设置"}, {"", cert, "", "XUANPING_SIGN_KEY 设置了签名证书时必须设置"},
		{key, other, "", "不是一对"}, {cert, cert, "", "P-256"}, {key, cert, "x", "XUANPING_SIGN_FORMER 没有找到证书"},
	} {
		_, err := Load(given("XUANPING_SIGN_KEY", c.key, "XUANPING_SIGN_CERT", c.cert, "XUANPING_SIGN_FORMER", c.former))
		if (err == nil) != (c.say == "") || err != nil && !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v, want %q", err, c.say)
		}
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(given("XUANPING_SIGN_KEY_FILE", file, "XUANPING_SIGN_CERT", cert))
	if err != nil || c.SignKey != strings.TrimSpace(key) {
		t.Errorf("from a file: %v", err)
	}
}

// What `starter check` says of the signature: nothing set, in order, near its end, past it.
func TestSignatureReport(t *testing.T) {
	key, cert := pair(t)
	for _, c := range []struct {
		config Config
		at     time.Time
		want   string
	}{
		{Config{}, time.Now(), "正式文书不带签名"},
		{Config{SignKey: key, SignCert: cert}, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), "有效期至 2027年12月31日"},
		{Config{SignKey: key, SignCert: cert}, time.Date(2027, 12, 1, 0, 0, 0, 0, time.UTC), "60 日内过期"},
		{Config{SignKey: key, SignCert: cert}, time.Date(2028, 2, 1, 0, 0, 0, 0, time.UTC), "已经过期"},
		{Config{SignKey: key, SignCert: cert}, time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC), "尚未生效"},
	} {
		s, err := c.config.seals(testKeys(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.report(c.at), "\n"); !strings.Contains(got, c.want) || strings.Contains(got, "PRIVATE") {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func testKeys(t *testing.T) ticket.Keys {
	t.Helper()
	raw, _ := hex.DecodeString(testSecret)
	keys, err := ticket.New(raw)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// S10, UX-2: the command tells a good paper, an altered one, one by an unknown key and one of a rehearsal apart.
func TestS10VerifyCommand(t *testing.T) {
	key, cert := pair(t)
	config := Config{SignKey: key, SignCert: cert}
	s, err := config.seals(testKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	fonts, err := pdf.FindFonts(fontDirs(os.Getenv("XUANPING_FONTS")))
	if err != nil {
		t.Fatal(err)
	}
	printer, err := fonts.Printer(nil)
	if err != nil {
		t.Fatal(err)
	}
	paper := func(by pdf.Signer, rehearsal bool) []byte {
		h := pdf.Head{Issuer: "示例机关", Number: "宣评证〔2026〕3号", Date: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), VerifyCode: "ABCD-EFGH-IJKL-MNOP", Rehearsal: rehearsal, Signer: by}
		data, err := printer.Certificate(pdf.Certificate{Head: h, Name: "甲认证有限公司", Year: 2026, Rating: "优秀单位"})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	good := paper(s.official, false)
	altered := bytes.Replace(good, []byte("甲认证"), []byte("乙认证"), 1)
	if bytes.Equal(good, altered) {
		t.Fatal("the name is not in the description")
	}
	pem := write("cert.pem", []byte(cert))
	none := func(string) (string, bool) { return "", false }
	for _, c := range []struct {
		name string
		data []byte
		keys []string
		env  func(string) (string, bool)
		fail string
		want []string
	}{
		{"good", good, []string{pem}, none, "", []string{"签名有效", "文号：宣评证〔2026〕3号", "对象：甲认证有限公司", "日期：2026年3月2日", "签名证书：宣传工作评价专用章", pdf.Fingerprint(s.official.Certificates()[0])}},
		{"settings", good, nil, given("XUANPING_SIGN_CERT", cert), "", []string{"签名有效"}},
		{"former", good, nil, given("XUANPING_SIGN_FORMER", cert), "", []string{"签名有效"}},
		{"altered", altered, []string{pem}, none, "拒绝：文书在签名之后被改动过", nil},
		{"appended", append(bytes.Clone(good), "\n%%EOF\n"...), []string{pem}, none, "签名之后又追加了内容", nil},
		{"unknown", good, nil, none, "没有给出信任的证书", []string{"证书指纹：" + pdf.Fingerprint(s.official.Certificates()[0])}},
		{"other", paper(s.trial, false), []string{pem}, none, "不在信任的证书之列", nil},
		{"unsigned", paper(nil, false), []string{pem}, none, "拒绝：文书没有签名", nil},
		{"rehearsal", paper(s.trial, true), nil, given(), "", []string{"演练（示例）文书，没有效力"}},
		{"trial key alone", paper(s.trial, false), nil, given(), "", []string{"演练（示例）文书，没有效力"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			err := Verify(write("paper.pdf", c.data), c.keys, nil, c.env, &out)
			if (err == nil) != (c.fail == "") || err != nil && !strings.Contains(err.Error(), c.fail) {
				t.Errorf("%v, want %q", err, c.fail)
			}
			for _, w := range c.want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("no %q in\n%s", w, out.String())
				}
			}
			if c.fail != "" && strings.Contains(out.String(), "签名有效") {
				t.Error("called good and refused")
			}
		})
	}
	if err := Verify(filepath.Join(dir, "none.pdf"), nil, nil, none, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "没有文书文件") {
		t.Errorf("%v", err)
	}
	if err := Verify(pem, []string{filepath.Join(dir, "none.pem")}, nil, none, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "无法读取证书文件") {
		t.Errorf("%v", err)
	}
}
