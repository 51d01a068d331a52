// Package ticket vouches for the links in letters: it makes them, and tells a
// genuine one from garbage before anybody asks the database.
// It may use cryptography and nothing else; what a link allows, until when and
// whether it was revoked is a row that store keeps under the hash of the id.
// It never stores, logs or formats a token for anything but a link.
package ticket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// IDSize is the length of a ticket's id in bytes.
const IDSize = 16

// Keys signs with its first key and accepts all of them, so that keys rotate
// while old letters still work (S1g).
type Keys struct{ keys [][]byte }

// New makes Keys; each key needs at least 32 bytes.
func New(keys ...[]byte) (Keys, error) {
	if len(keys) == 0 {
		return Keys{}, errors.New("缺少链接签名密钥（XUANPING_SECRET）")
	}
	for _, k := range keys {
		if len(k) < 32 {
			return Keys{}, errors.New("链接签名密钥（XUANPING_SECRET）过短，至少需要 32 字节")
		}
	}
	return Keys{keys}, nil
}

// Issue makes the token for a letter's intent. The id is derived from the
// intent, so that a letter sent again carries the same link and a dump of the
// database, which holds only the id's hash, gives no usable one.
func (k Keys) Issue(intent string) (token string, id []byte) {
	id = sum(k.keys[0], "ticket-id-v1", []byte(intent))[:IDSize]
	return encode(id) + "." + encode(mac(k.keys[0], id)), id
}

// Open checks a token and returns its id; anything that was not issued here
// is refused without telling why.
func (k Keys) Open(token string) (id []byte, err error) {
	left, right, ok := strings.Cut(token, ".")
	id, bad := decode(left)
	got, bad2 := decode(right)
	if !ok || bad != nil || bad2 != nil || len(id) != IDSize || len(got) != IDSize {
		return nil, ErrForged
	}
	for _, key := range k.keys {
		if hmac.Equal(got, mac(key, id)) {
			return id, nil
		}
	}
	return nil, ErrForged
}

// Reply makes the local part of the address under which answers to a letter with
// this ticket come back: reply+ID.MAC in small letters and digits only, because
// mail servers may fold the case. It opens no page, and no link can be made of it.
func (k Keys) Reply(id []byte) string {
	return replyMark + small.EncodeToString(id) + "." + small.EncodeToString(replyMac(k.keys[0], id))
}

// OpenReply checks such a local part and returns the ticket's id.
func (k Keys) OpenReply(local string) (id []byte, err error) {
	rest, ours := strings.CutPrefix(local, replyMark)
	left, right, ok := strings.Cut(rest, ".")
	id, bad := small.DecodeString(left)
	got, bad2 := small.DecodeString(right)
	if !ours || !ok || bad != nil || bad2 != nil || len(id) != IDSize || small.EncodeToString(id) != left || small.EncodeToString(got) != right {
		return nil, ErrForged
	}
	for _, key := range k.keys {
		if hmac.Equal(got, replyMac(key, id)) {
			return id, nil
		}
	}
	return nil, ErrForged
}

const replyMark = "reply+"

// Stamp makes the left side of the Message-ID of a letter's copy to an address:
// nobody who has not seen the letter can name it, so that a report that it did
// not arrive is believed only with it.
func (k Keys) Stamp(intent, to string) string { return stamp(k.keys[0], intent, to) }

// Stamped tells whether a letter's copy to that address bore the stamp.
func (k Keys) Stamped(s, intent, to string) bool {
	for _, key := range k.keys {
		if hmac.Equal([]byte(s), []byte(stamp(key, intent, to))) {
			return true
		}
	}
	return false
}

func stamp(key []byte, intent, to string) string {
	return small.EncodeToString(sum(key, "letter-v1", []byte(intent+"\x00"+strings.ToLower(to)))[:IDSize])
}

var small = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func replyMac(key, id []byte) []byte { return sum(key, "reply-v1", id)[:IDSize] }

// ErrForged is the one answer to every bad token.
var ErrForged = errors.New("链接无效")

func mac(key, id []byte) []byte { return sum(key, "task-v1", id)[:IDSize] }

func sum(key []byte, purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(data)
	return h.Sum(nil)
}

// The encoding is strict: a token has one spelling only.
var strict = base64.RawURLEncoding.Strict()

func encode(b []byte) string          { return strict.EncodeToString(b) }
func decode(s string) ([]byte, error) { return strict.DecodeString(s) }

// Sign makes a short authenticator for another purpose, such as a verify code
// or a form's proof of origin; purposes never mix.
func (k Keys) Sign(purpose, text string) []byte {
	return sum(k.keys[0], "sign-v1|"+purpose, []byte(text))
}

// Code makes the six digits that the letter of an intent brings. Like a link it
// follows from the secret and the intent alone, so that it stands in no database.
func (k Keys) Code(intent string) string { return code(k.keys[0], intent) }

// Codes are those that the keys in use give, the present one first.
func (k Keys) Codes(intent string) []string {
	all := make([]string, len(k.keys))
	for i, key := range k.keys {
		all[i] = code(key, intent)
	}
	return all
}

func code(key []byte, intent string) string {
	n := binary.BigEndian.Uint64(sum(key, "act-code-v1", []byte(intent)))
	return fmt.Sprintf("%06d", n%1_000_000) // 2^64 is so much larger that the rest favours none
}
