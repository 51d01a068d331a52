package ticket_test

import (
	"bytes"
	"strings"
	"testing"
)

// S3: an answer's address survives mail servers, and only our own opens.
func TestS3ReplyAddress(t *testing.T) {
	k := keys(t, 1)
	token, id := k.Issue("2027/CNCA-R-2026-901/launch")
	local := k.Reply(id)
	if got, err := k.OpenReply(local); err != nil || !bytes.Equal(got, id) || len(local) > 64 || local != strings.ToLower(local) {
		t.Fatalf("%q of %d signs: %x, %v", local, len(local), got, err)
	}
	if got, err := keys(t, 2, 1).OpenReply(local); err != nil || !bytes.Equal(got, id) {
		t.Error("an answer to a letter from before the rotation is refused")
	}
	if _, err := k.Open(strings.TrimPrefix(local, "reply+")); err == nil {
		t.Error("an answer's address opens a page")
	}
	if _, err := k.OpenReply("reply+" + token); err == nil {
		t.Error("a link makes an answer's address")
	}
	for i := range local {
		for bit := range 8 {
			b := []byte(local)
			b[i] ^= 1 << bit
			if _, err := k.OpenReply(string(b)); err == nil {
				t.Fatalf("changed bit %d of sign %d was accepted", bit, i)
			}
		}
	}
	for _, s := range []string{"", "reply+", "reply+.", local + "a", " " + local, local[:len(local)-1], strings.ToUpper(local)} {
		if _, err := k.OpenReply(s); err == nil {
			t.Errorf("%q was accepted", s)
		}
	}
}

// AP-2: a letter's stamp is its own, its recipient's, and outlives a rotation;
// case, which mail servers fold, does not matter in the address.
func TestAP2Stamp(t *testing.T) {
	k := keys(t, 1)
	const letter, to = "2027/CNCA-R-2026-901/result/1", "Cb1@Institution.example"
	s := k.Stamp(letter, to)
	if !k.Stamped(s, letter, strings.ToLower(to)) || !keys(t, 2, 1).Stamped(s, letter, to) || len(s) != 26 {
		t.Errorf("%q is refused", s)
	}
	if k.Stamped(s, letter+"/again/1", to) || k.Stamped(s, letter, "cb2@institution.example") || keys(t, 2).Stamped(s, letter, to) || k.Stamped("", letter, to) || k.Stamped(s[:25], letter, to) {
		t.Error("a stamp of something else is taken")
	}
}
