package desk

import (
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

const mailDomain = "xuanping.example"

// bySMTP puts a letter in the outbox as one that a relay took for an address.
func (h *house) bySMTP(ref campaign.Ref, what, to string) (key string, r Returned) {
	h.t.Helper()
	key = h.sent(ref, what, "result-notice")
	r = Returned{Message: h.Tickets.Stamp(key, to) + "@" + mailDomain, To: []string{to}, State: store.Bounced, Status: "5.1.1", Reason: "5.1.1 no such user", At: real}
	jobs, err := h.Store.Take(h.t.Context(), store.MailIntent, 9)
	must(h.t, err)
	for _, j := range jobs {
		_, err := h.Store.Done(h.t.Context(), j, "accepted", r.Message, "", real)
		must(h.t, err)
	}
	if len(jobs) != 1 {
		h.t.Fatalf("%d letters", len(jobs))
	}
	return key, r
}

func (h *house) returned(all ...Returned) Fate {
	h.t.Helper()
	f, err := h.TakeReturned(h.t.Context(), all)
	must(h.t, err)
	return f
}

// AP-2: a report of delivery that comes back by SMTP does what a provider's
// receipt does: red for the officers, and the window stands still. It counts
// once, by whatever way it comes.
func TestAP2ReturnedBySMTP(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Served)
	k, r := h.bySMTP(ref, "result/1", "CB1@institution.example")
	delayed := r
	delayed.State, delayed.Status, delayed.To = store.Deferred, "4.4.1", []string{"cb1@INSTITUTION.example"}
	if f := h.returned(delayed); f != (Fate{1, 1}) {
		t.Errorf("%+v", f)
	}
	if missed, err := h.Store.Missed(t.Context(), testYear); err != nil || missed != 0 {
		t.Errorf("a delay counts as lost: %d %v", missed, err)
	}
	calls := h.left(func() {
		if f := h.returned(r); f != (Fate{1, 1}) {
			t.Errorf("%+v", f)
		}
	})
	only(t, calls, ref.ID(), key(ref, "alert", "missed", "result/1", "o1"), key(ref, "alert", "missed", "result/1", "o2"), key(ref, "unserved", "result/1"))
	h.unchanged(func() {
		if f := h.returned(r, delayed, r); f != (Fate{3, 0}) {
			t.Errorf("again: %+v", f)
		}
	})
	m, err := h.Store.MailForOffice(t.Context(), k)
	if must(t, err); m.Delivery != store.Bounced || m.State != "accepted" {
		t.Errorf("%+v", m)
	}
	if missed, err := h.Store.Missed(t.Context(), testYear); err != nil || missed != 1 {
		t.Errorf("%d missed, %v", missed, err)
	}
}

// A report that cannot name the Message-ID of a letter that went to its
// recipient is a stranger's, and changes nothing.
func TestForgedReportsChangeNothing(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Served)
	k, r := h.bySMTP(ref, "result/1", "cb1@institution.example")
	forged := map[string]func(*Returned){
		"a Message-ID that is derived from the key": func(r *Returned) { r.Message = store.Digest(k) + "@" + mailDomain },
		"of another letter":                         func(r *Returned) { r.Message = h.Tickets.Stamp(k+"/again/1", r.To[0]) + "@" + mailDomain },
		"another domain":                            func(r *Returned) { r.Message = h.Tickets.Stamp(k, r.To[0]) + "@evil.example" },
		"empty":                                     func(r *Returned) { r.Message = "" },
		"unknown recipient":                         func(r *Returned) { r.To = []string{"cb2@institution.example"} },
		"no recipient":                              func(r *Returned) { r.To = nil },
		"another institution's address, registered": func(r *Returned) { r.To = []string{storetest.Code(2) + "@institution.example"} },
	}
	for name, change := range forged {
		f := r
		change(&f)
		h.unchanged(func() {
			if got := h.returned(f); got != (Fate{}) {
				t.Errorf("%s: %+v", name, got)
			}
		})
	}
	if h.reply(Incoming{Local: h.answerable(ref, real.AddDate(9, 0, 0)), Message: "<m@x.example>", Text: "x", Returned: []Returned{r}}) {
		t.Error("a report became a reply")
	}
}
