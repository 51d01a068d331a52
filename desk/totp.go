package desk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"xuanping/campaign"
)

// A one-time code (RFC 6238): six digits of a secret of 160 bits, new every 30
// seconds; the step before and the step after are taken, for clocks differ.
const (
	totpStep   = 30
	totpSecret = 20
	totpSkew   = 1
	recoveries = 10
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// totpAt is the code of a step (RFC 4226).
func totpAt(secret []byte, step int64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(step))
	m := hmac.New(sha1.New, secret)
	m.Write(b[:])
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// totpMatch finds the step that a code belongs to; false when it is no code of now.
func totpMatch(secret []byte, code string, now time.Time) (step int64, ok bool) {
	at := now.Unix() / totpStep
	for s := at - totpSkew; s <= at+totpSkew; s++ { // all of them, whichever fits
		if subtle.ConstantTimeCompare([]byte(totpAt(secret, s)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// Enrolment is what a person needs to set up his second factor.
type Enrolment struct {
	Secret string // in groups, to be typed
	URI    string // for the QR code
}

func enrolment(issuer, account string, secret []byte) Enrolment {
	text := base32Plain.EncodeToString(secret)
	q := url.Values{"secret": {text}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: q.Encode()}
	var groups []string
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:min(i+4, len(text))])
	}
	return Enrolment{Secret: strings.Join(groups, " "), URI: u.String()}
}

// recoveryCodes makes the codes for the day the telephone is lost, and what is kept of them.
func recoveryCodes() (codes []string, hashes [][]byte) {
	for range recoveries {
		text := strings.ToLower(rand.Text()[:16]) // 80 bits: no need to slow down guessing by the hash
		codes = append(codes, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		hashes = append(hashes, recoveryHash(text))
	}
	return codes, hashes
}

func recoveryHash(code string) []byte {
	h := sha256.Sum256([]byte(strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))))
	return h[:]
}

// seal and unseal keep secrets of second factors from whoever reads the
// database alone; a secret is bound to its account.
func (d *Desk) seal(account string, plain []byte) ([]byte, error) {
	box, err := d.box()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce)
	return box.Seal(nonce, nonce, plain, []byte(account)), nil
}

func (d *Desk) unseal(account string, sealed []byte) ([]byte, error) {
	box, err := d.box()
	if err != nil {
		return nil, err
	}
	n := box.NonceSize()
	if len(sealed) < n {
		return nil, errSealed
	}
	plain, err := box.Open(nil, sealed[:n], sealed[n:], []byte(account))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

var errSealed = campaign.Fail(campaign.Conflict, "动态验证码的密钥无法读取，请由系统管理人员提出“解除动态验证码”后重新设置")

func (d *Desk) box() (cipher.AEAD, error) {
	if len(d.FactorKey) != 32 {
		return nil, campaign.Fail(campaign.Conflict, "没有设置密钥，不能使用动态验证码")
	}
	block, err := aes.NewCipher(d.FactorKey)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
