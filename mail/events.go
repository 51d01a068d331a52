package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxEvents bounds one call of SendGrid's event webhook.
const MaxEvents = 1 << 20

// ErrUnsigned refuses a webhook call that no accepted key signed.
var ErrUnsigned = errors.New("邮件回执签名无效，已拒绝；请核对 SendGrid 事件回调的公钥设置")

// State is how far a letter came. Events arrive doubled and out of order, so
// states only grow: see Further.
type State int

// The states in order; a bounce after a delivery (the far server changed its
// mind) is the truth that counts for service of a notice.
const (
	Unknown State = iota
	Sent
	Deferred
	Delivered
	Dropped
	Bounced
)

// Further is the state after both were reported, in whatever order.
func Further(a, b State) State { return max(a, b) }

var states = map[string]State{"processed": Sent, "deferred": Deferred, "delivered": Delivered, "dropped": Dropped, "bounce": Bounced}

// String is the word under which the score book keeps the state.
func (s State) String() string {
	return [...]string{"", "sent", "deferred", "delivered", "dropped", "bounced"}[s]
}

// Event is one report of SendGrid about one letter, without the address.
type Event struct {
	ID         string // sg_event_id; the caller keeps it unique, which makes a replay harmless
	Key        string // intent key, "" for a letter that is not ours
	ProviderID string // as in Receipt
	Kind       string // SendGrid's word, e.g. spamreport
	State      State  // Unknown for kinds that say nothing about delivery
	At         time.Time
	Reason     string
}

// ParseEventKey reads the verification key as SendGrid shows it.
func ParseEventKey(s string) (*ecdsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	if err != nil {
		return nil, errors.New("SendGrid 事件公钥不是有效的 Base64，请重新复制")
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errors.New("SendGrid 事件公钥无法读取，请重新复制")
	}
	ec, ok := key.(*ecdsa.PublicKey)
	if !ok || ec.Curve != elliptic.P256() {
		return nil, errors.New("SendGrid 事件公钥必须是 P-256 密钥，请重新复制")
	}
	return ec, nil
}

var tenDigits = regexp.MustCompile(`^[0-9]{10}$`)

// Events checks a webhook call (the raw body and the headers
// X-Twilio-Email-Event-Webhook-Timestamp and -Signature) and reads it. Two keys
// are accepted while one replaces the other. The fixed length of the timestamp
// and the bracket leave no room to shift bytes between timestamp and body; an
// old timestamp is allowed, since the event id already makes a replay harmless
// and SendGrid itself repeats calls for a day.
func Events(keys []*ecdsa.PublicKey, timestamp, signature string, body []byte) ([]Event, error) {
	if len(body) > MaxEvents || !bytes.HasPrefix(body, []byte("[")) || !Signed(keys, timestamp, signature, body) {
		return nil, ErrUnsigned
	}
	return ReadEvents(body)
}

// Signed tells whether one of the keys signed timestamp and body: strict
// base64, strict DER, ten digits.
func Signed(keys []*ecdsa.PublicKey, timestamp, signature string, body []byte) bool {
	sig, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil || !tenDigits.MatchString(timestamp) {
		return false
	}
	hash := sha256.New()
	hash.Write([]byte(timestamp))
	hash.Write(body)
	sum := hash.Sum(nil)
	for _, key := range keys {
		if ecdsa.VerifyASN1(key, sum, sig) {
			return true
		}
	}
	return false
}

// ReadEvents reads reports whose origin was checked already, such as an export
// that an officer brings after a restore.
func ReadEvents(body []byte) ([]Event, error) {
	var in []struct {
		Event     string `json:"event"`
		EventID   string `json:"sg_event_id"`
		MessageID string `json:"sg_message_id"`
		Key       string `json:"key"`
		Timestamp int64  `json:"timestamp"`
		Reason    string `json:"reason"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, errors.New("邮件回执内容无法读取，请检查 SendGrid 事件回调设置")
	}
	var out []Event
	for _, e := range in {
		if e.EventID == "" || e.Event == "" || !plain(e.EventID) || !plain(e.Event) || !plain(e.Key) || !plain(e.MessageID) {
			continue // not an event SendGrid documents
		}
		id, _, _ := strings.Cut(e.MessageID, ".")
		out = append(out, Event{ID: e.EventID, Key: e.Key, ProviderID: id, Kind: e.Event, State: states[e.Event],
			At: time.Unix(min(max(e.Timestamp, 0), 1<<35), 0).UTC(), Reason: brief(hideAddresses(e.Reason))})
	}
	return out, nil
}

// plain tells what can be an id.
func plain(s string) bool { return len(s) <= 500 && oneLine(s) && utf8.ValidString(s) }

// brief is a reason as a list can show it.
func brief(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
