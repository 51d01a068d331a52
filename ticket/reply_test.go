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
