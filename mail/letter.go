package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxBytes bounds a whole letter (texts and attachments); SendGrid refuses
// above 30 MB and base64 adds a third.
const MaxBytes = 20 << 20

// Address is one mailbox with an optional display name.
type Address struct{ Name, Addr string }

// Attachment is one file carried by a letter.
type Attachment struct {
	Name      string // as the reader sees it, e.g. 得分告知书.pdf
	MediaType string // e.g. application/pdf
	Bytes     []byte
}

// Letter is one mail to one person, complete and ready to go.
type Letter struct {
	Key         string // intent key; the same key gives the same Message-ID
	To, ToName  string
	Cc          []Address
	ReplyTo     string // optional
	Subject     string
	Text, HTML  string
	Attachments []Attachment
	Date        time.Time
	Template    string // name@version, as Compose returns it
	Stamp       string // left side of the Message-ID, which a report of delivery has to name; "" derives it from Key
}

// MessageID is the Message-ID without angle brackets of a letter without a stamp: sha256(key)@domain, so a
// resend after an unclear answer is recognised as the same letter.
func MessageID(key, domain string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:]) + "@" + domain
}

// messageID is the letter's own: with a stamp one that nobody can name who has not seen the letter.
func (l Letter) messageID(domain string) string {
	if l.Stamp == "" {
		return MessageID(l.Key, domain)
	}
	return l.Stamp + "@" + domain
}

// Check refuses a letter that must not go out: broken or ambiguous addresses,
// control characters in anything that becomes a header, missing texts, too
// many bytes. Every Sender calls it first; the errors are final.
func (l Letter) Check() error {
	if l.Key == "" || l.Text == "" || l.HTML == "" || l.Subject == "" || l.Date.IsZero() {
		return final(0, "邮件不完整：编号、主题、日期、文本和网页正文缺一不可，请检查邮件模板。", nil)
	}
	heads := []string{l.Key, l.To, l.ToName, l.ReplyTo, l.Subject, l.Template, l.Stamp}
	size := len(l.Text) + len(l.HTML)
	for _, c := range l.Cc {
		heads = append(heads, c.Name, c.Addr)
	}
	for _, a := range l.Attachments {
		heads = append(heads, a.Name, a.MediaType)
		size += len(a.Bytes)
	}
	for _, h := range heads {
		if !oneLine(h) {
			return final(0, "邮件抬头含有换行或控制字符，已拒绝发送，请更正姓名、地址或主题。", nil)
		}
	}
	if size > MaxBytes {
		return final(0, "邮件超过20 MB，请减小附件后重新发送。", nil)
	}
	if err := l.checkAddresses(); err != nil {
		return err
	}
	return l.checkAttachments()
}

func (l Letter) checkAddresses() error {
	all := []string{l.To}
	if l.ReplyTo != "" {
		all = append(all, l.ReplyTo)
	}
	for _, c := range l.Cc {
		all = append(all, c.Addr)
	}
	for _, a := range all {
		if !ValidAddress(a) {
			return final(0, "收件地址无效，请在名册中更正电子邮箱后重新发送。", nil)
		}
	}
	return nil
}

func (l Letter) checkAttachments() error {
	for _, a := range l.Attachments {
		kind, _, err := mime.ParseMediaType(a.MediaType)
		if err != nil || !strings.Contains(kind, "/") || a.Name == "" || strings.ContainsAny(a.Name, `/\"`) || len(a.Bytes) == 0 {
			return final(0, "附件无效：名称、类型和内容缺一不可，名称不得含路径或引号。", err)
		}
	}
	return nil
}

// ValidAddress says whether s is exactly one bare ASCII address, so that the
// same reading holds for every provider.
func ValidAddress(s string) bool {
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > 254 {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>[\]`, r) {
			return false
		}
	}
	return true
}

// oneLine keeps header injection out: no CR, LF, other control characters,
// Unicode line breaks or invisible direction marks.
func oneLine(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return false
		}
	}
	return true
}

// copies are the Cc addresses without the recipient and without doubles;
// SendGrid refuses a personalization that names an address twice.
func (l Letter) copies() []Address {
	seen := map[string]bool{strings.ToLower(l.To): true}
	var out []Address
	for _, c := range l.Cc {
		low := strings.ToLower(c.Addr)
		if !seen[low] {
			seen[low] = true
			out = append(out, c)
		}
	}
	return out
}
