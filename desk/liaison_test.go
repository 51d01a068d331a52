package desk

import (
	"testing"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

// PL-10: an officer names an officer as an institution's contact; the newest
// holds, and nobody else is taken.
func TestPL10Liaison(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), storetest.Ref(testYear, 1)
	h.unchanged(func() {
		want(t, h.SetLiaison(ctx, approver, ref, "o2"), campaign.Forbidden)
		want(t, h.SetLiaison(ctx, officer, ref, "r1"), campaign.Invalid, "officer")
		want(t, h.SetLiaison(ctx, officer, ref, "nobody"), campaign.Invalid, "officer")
	})
	if _, err := h.Store.Liaison(ctx, ref); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("before: %v", err)
	}
	for _, id := range []string{"o2", "o1"} {
		must(t, h.SetLiaison(ctx, officer, ref, id))
		if p, err := h.Store.Liaison(ctx, ref); err != nil || p.ID != id {
			t.Errorf("%s: %v %v", id, p.ID, err)
		}
	}
	h.unchanged(func() { must(t, h.SetLiaison(ctx, officer, ref, "o1")) })
}
