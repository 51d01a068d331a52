package desk

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// asks runs an asking for a link and lists the letters that it left.
func (h *house) asks(ask func() error) []queued {
	h.t.Helper()
	var all []queued
	for _, q := range h.left(func() { must(h.t, ask()) }) {
		all = append(all, q)
	}
	return all
}

func (h *house) mailed(name string, n int, ask func() error) {
	h.t.Helper()
	all := h.asks(ask)
	if len(all) != n {
		h.t.Fatalf("%s: %d letters, want %d", name, len(all), n)
	}
	for _, q := range all {
		if q.Mail.Template != "new-link" || q.Mail.To != "institution" || q.Mail.Scope != "act" || q.Mail.Until == "" || !strings.Contains(q.Key, "/new-link/asked/") {
			h.t.Errorf("%s: %+v", name, q)
		}
	}
}

// S1: a link that serves no more brings a new one to the registered address, once
// in some hours for each stage, and to nobody where none is due.
func TestS1NewLinkForAnExpiredOne(t *testing.T) {
	h := newHouse(t)
	ctx, now := t.Context(), real
	h.Clock = func() time.Time { return now }
	h.at(real)
	ref := h.to(1, campaign.Planning)
	h.link(ref, "act", real.AddDate(1, 0, 0)) // one of a later letter, not at hand
	old := h.link(ref, "act", real.Add(-time.Minute))
	renew := func() error { return h.RenewLink(ctx, old) }
	h.mailed("first", 1, renew)
	h.mailed("again at once", 0, renew)
	now = real.Add(LinkPause*time.Hour - time.Minute)
	h.mailed("within the pause", 0, renew)
	now = real.Add((LinkPause + 1) * time.Hour)
	h.mailed("after the pause", 1, renew)
	h.to(1, campaign.Collecting)
	h.mailed("for the next stage", 1, renew)
	must(t, h.NewLink(ctx, officer, ref))

	now = now.AddDate(0, 0, 1)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetHold(ctx, true, testYear, "o1", "核对", real)
	})
	h.mailed("while letters are held", 0, renew)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetHold(ctx, false, testYear, "o1", "核对完毕", real)
	})
	if _, err := h.RevokeLinks(ctx, officer, ref); err != nil {
		t.Fatal(err)
	}
	h.mailed("after the office ended them all", 0, renew)
	h.link(ref, "act", real.AddDate(1, 0, 1)) // the office's new letter went out
	h.mailed("after the office sent one", 1, renew)

	now = now.AddDate(0, 0, 1)
	h.to(1, campaign.Closed)
	h.mailed("of a closed year", 0, renew)

	left := h.to(2, campaign.Planning)
	gone := h.link(left, "act", real.Add(-time.Minute))
	h.to(2, campaign.Left)
	h.mailed("of who left", 0, func() error { return h.RenewLink(ctx, gone) })
}

// A link whose siblings took its place brings a new one; a suspended year's letter
// says that no day runs.
func TestS1NewLinkForARevokedOne(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	h.link(ref, "act", real.AddDate(1, 0, 0))
	dead := h.link(ref, "act", real.AddDate(2, 0, 0))
	must(t, exec(h, `update ticket set revoked_at = $1 where expires_at = $2`, real, real.AddDate(2, 0, 0)))
	_, err := h.Open(t.Context(), dead)
	want(t, err, campaign.TooLate)
	h.mailed("revoked", 1, func() error { return h.RenewLink(t.Context(), dead) })
}

// What is not known leaves nothing, and a forged link never reaches the database.
func TestS1NewLinkForNobody(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	unknown, _ := h.Tickets.Issue("never sent")
	old := h.link(h.to(1, campaign.Planning), "act", real.Add(-time.Minute))
	h.unchanged(func() { must(t, h.RenewLink(ctx, unknown)) })
	h.Store.Close()
	for _, forged := range []string{"", "x.y", unknown[:len(unknown)-1], "A" + unknown, strings.Repeat("A", 22) + "." + strings.Repeat("A", 22)} {
		must(t, h.RenewLink(ctx, forged))
	}
	if err := h.RenewLink(ctx, old); err == nil {
		t.Error("a genuine link was not looked up")
	}
}

// Who lost the link names the address that is registered; a code alone, which is
// public, has no letter sent.
func TestS1NewLinkByRegisteredAddress(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.at(real)
	ref := h.to(1, campaign.Planning)
	mail := storetest.Institution(1).Email
	find := func(code, mail string) func() error {
		return func() error { return h.FindLink(ctx, code, mail) }
	}
	h.mailed("before any link", 0, find(ref.Code, mail))
	h.link(ref, "act", real.AddDate(1, 0, 0))
	h.mailed("another address", 0, find(ref.Code, storetest.Institution(2).Email))
	h.mailed("no address", 0, find(ref.Code, ""))
	h.mailed("no such institution", 0, find("CNCA-R-2099-999", mail))
	h.mailed("no code", 0, find("nonsense", mail))
	h.mailed("the registered one", 1, find(ref.Code, " "+strings.ToUpper(mail)+" "))
	h.mailed("again", 0, find(ref.Code, mail))
}
