package activities

import (
	"bytes"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

// ML-5: an institution without mail gets its link on paper; the link opens like
// one of a mail, is the same when it is printed again, and another when links
// were ended meanwhile.
func TestML5LinkLetter(t *testing.T) {
	o := newOffice(t, true, 2)
	ref := o.to(1, campaign.Planning)
	issued := map[string][]byte{}
	link := o.Room.Link
	o.Room.Link = func(intent string) (string, []byte) {
		token, id := link(intent)
		issued[intent] = id
		return token, id
	}
	first, err := o.LinkLetter(t.Context(), ref, "o1")
	must(t, err)
	again, err := o.LinkLetter(t.Context(), ref, "o1")
	must(t, err)
	if !bytes.Equal(first, again) || !bytes.HasPrefix(first, []byte("%PDF-")) || len(issued) != 1 {
		t.Errorf("two printings differ, or two links: %v", issued)
	}
	for intent, id := range issued {
		k, err := o.Store.Ticket(t.Context(), id)
		if must(t, err); k.Scope != "act" || k.Code != ref.Code || !strings.HasPrefix(intent, ref.ID()+"/link-letter/") || k.RevokedAt != nil {
			t.Errorf("%s: %+v", intent, k)
		}
	}
	must(t, exec(o, `update ticket set revoked_at = now()`))
	other, err := o.LinkLetter(t.Context(), ref, "o1")
	if must(t, err); len(issued) != 2 || bytes.Equal(first, other) {
		t.Errorf("the ended link was printed: %v", issued)
	}
	_, err = o.LinkLetter(t.Context(), storetest.Ref(testYear, 9), "o1")
	wantKind(t, err, campaign.NotFound)
}
