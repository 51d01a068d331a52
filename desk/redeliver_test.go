package desk

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
)

// issued brings a case to its decision, whose letter was accepted.
func (h *house) issued(ref campaign.Ref) (letter string) {
	h.t.Helper()
	letter = key(ref, "warning", "issued", "6")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, a := range []store.WarningAct{{Act: campaign.ActNotice, Role: "officer", By: "o1"}, {Act: campaign.ActWaive}, {Act: campaign.ActPass, Role: "legal", By: "g1"},
			{Act: campaign.ActSign, Role: "approver", By: "a1"}, {Act: campaign.ActSign, Role: "approver", By: "a2"}} {
			a.At, a.Text = h.now(), "意见"
			if _, err := tx.AddWarningAct(ctx, ref, a); err != nil {
				return err
			}
		}
		tx.Queue(store.Intent{Key: letter, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "warning-decision", To: "institution", Scope: "act", Date: h.now(), Papers: []string{"decision"}, Lines: h.rules.Settings.DecisionLines("2020-01-01")}})
		return tx.SetWarningState(ctx, ref, campaign.Issued, h.ackBy(campaign.DayOf(h.now())), h.now())
	})
	h.accepted(letter)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetWarningServed(ctx, ref, campaign.DayOf(h.now()), h.now())
	})
	return letter
}

func (h *house) ackBy(served campaign.Day) campaign.Day {
	return h.rules.Settings.ServedDue(h.rules.Holidays, campaign.Issued, served)
}

func (h *house) caseOf(ref campaign.Ref) store.Warning {
	h.t.Helper()
	w, err := h.Store.Warning(h.t.Context(), ref)
	must(h.t, err)
	return w
}

// AP-2, RW-5: a decision that bounced stops its clock; served again by mail or on
// paper it opens its full days anew, which letter and case name; it is not made public
// meanwhile. Who signed for it has it.
func TestRW5DecisionComesBack(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, signed := h.accused(1), h.accused(2)
	day := h.rules.Calendar.Publication.Add(9)
	h.at(day.Morning())
	k, other := h.issued(ref), h.issued(signed)
	if w := h.caseOf(ref); w.ServedDay() != day || w.DueDay() != h.ackBy(day) {
		t.Fatalf("served %s, due %s", w.ServedDay(), w.DueDay())
	}
	calls := h.left(func() { h.events(told("1", k, store.Bounced)) })
	if c := calls[key(ref, "alert", "missed", "warning/issued/6", "o1")].Mail; c.Data["title"] != "风险警示决定书未送达" || !strings.Contains(c.Data["what"], "签收期限和整改期限自重新送达之日起算") {
		t.Errorf("%+v", calls)
	}
	if w := h.caseOf(ref); w.ServedDay() != "" || w.DueDay() != "" {
		t.Errorf("its clock runs: served %s, due %s", w.ServedDay(), w.DueDay())
	}
	later := day.Add(h.rules.Settings.ReviewDays + 30)
	h.at(later.Morning())
	h.unchanged(func() {
		_, err := h.WarnByStaff(ctx, person("a1"), ref, campaign.ActOpen, "提请公开")
		if want(t, err, campaign.Conflict); !strings.Contains(err.Error(), "尚未送达") {
			t.Error(err)
		}
	})
	again := h.left(func() {
		must(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: k, Email: "new@institution.example", Reason: "电话核实"}))
	})
	only(t, again, "", k+"/again/1") // the decision names no day: it is not printed anew
	m := again[k+"/again/1"].Mail
	if m.Until != later.Add(h.rules.Settings.RectifyDays) || !strings.Contains(m.Lines[0][1], h.ackBy(later).Chinese()) || len(m.Papers) != 1 || m.Papers[0] != "decision" {
		t.Errorf("%+v", m)
	}
	if w := h.caseOf(ref); w.ServedDay() != "" || w.DueDay() != h.ackBy(later) {
		t.Errorf("served %s, due %s", w.ServedDay(), w.DueDay())
	}
	h.accepted(k + "/again/1")
	h.events(told("2", k+"/again/1", store.Bounced))
	only(t, h.left(func() {
		must(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: k + "/again/1", Paper: true, Reason: "当面交付"}))
	}), "")
	w := h.caseOf(ref)
	acts, err := h.Store.WarningActs(ctx, ref)
	must(t, err)
	v, err := h.Store.CaseServiceOf(ctx, w, acts)
	must(t, err)
	if v.Letter != campaign.Issued || v.Waits() || v.Day(true) != later || v.Opens(true, nil) != h.ackBy(later) || w.DueDay() != h.ackBy(later) {
		t.Errorf("%+v, due %s", v, w.DueDay())
	}

	_, err = h.WarnByInstitution(ctx, h.visitor(signed, "act"), campaign.ActAck, "", signer)
	must(t, err)
	calls = h.left(func() { h.events(told("3", other, store.Bounced)) })
	if c := calls[key(signed, "alert", "missed", "warning/issued/6", "o1")].Mail; c.Data["title"] != "邮件未送达" || h.caseOf(signed).ServedDay() != day {
		t.Errorf("%+v, served %s", c, h.caseOf(signed).ServedDay())
	}
	h.unchanged(func() {
		want(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: other, Paper: true, Reason: "当面交付"}), campaign.Conflict)
	})
}

// AP-2: no step waits for a letter that serves another once more, so one that fails is
// served again by mail or registered on paper, like one that came back; the first
// letter of a case is waited for, and gets another chance there.
func TestAP2SecondDeliveryFails(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, other := h.accused(1), h.accused(2)
	h.at(h.rules.Calendar.Publication.Add(9).Morning())
	fails := func(key string) {
		j, err := h.Store.TakeOne(ctx, key)
		must(t, err)
		_, err = h.Store.Done(ctx, j, "failed", "", "收件地址不存在", h.Clock())
		must(t, err)
	}
	k, first := h.issued(ref), key(other, "warning", "issued", "6")
	h.events(told("1", k, store.Bounced))
	r := Redelivery{Key: k, Email: "new@institution.example", Reason: "电话核实"}
	must(t, h.Redeliver(ctx, officer, testYear, r))
	fails(k + "/again/1")
	r.Key += "/again/1"
	only(t, h.left(func() { must(t, h.Redeliver(ctx, officer, testYear, r)) }), "", k+"/again/2")
	h.unchanged(func() { want(t, h.Redeliver(ctx, officer, testYear, r), campaign.Conflict) })
	fails(k + "/again/2")
	letters, err := h.Store.Letters(ctx, ref, "failed", 0, 9)
	must(t, err)
	if len(letters) != 2 || letters[0].Again || !letters[1].Again { // newest first
		t.Errorf("%+v", letters)
	}
	only(t, h.left(func() {
		must(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: k + "/again/2", Paper: true, Reason: "当面交付"}))
	}), "")
	if v, err := h.Store.ServiceOf(ctx, ref, store.CaseLetters(ref, campaign.Issued)); err != nil || !v.Done() {
		t.Errorf("%+v, %v", v, err)
	}
	h.write(func(_ context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: first, Kind: store.MailIntent, Ref: other, Body: store.MailBody{Template: "warning-decision", To: "institution", Scope: "act", Date: h.now()}})
		return nil
	})
	fails(first)
	h.unchanged(func() {
		want(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: first, Paper: true, Reason: "当面交付"}), campaign.Conflict)
	})
}

// AP-2, RW-5, RW-6: what is known to have come back after its days had ended, and a
// rectification sent back that did not arrive, open their days anew too.
func TestRW6LateBounceAndReturn(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, returned := h.accused(1), h.accused(2)
	day := h.rules.Calendar.Publication.Add(9)
	h.at(day.Morning())
	k := h.issued(ref)
	h.issued(returned)
	moved := func(ref campaign.Ref, to campaign.WarningState, all ...store.WarningAct) {
		t.Helper()
		h.write(func(ctx context.Context, tx *store.Tx) error {
			for _, a := range all {
				a.At, a.Text = h.now(), "意见"
				if _, err := tx.AddWarningAct(ctx, ref, a); err != nil {
					return err
				}
			}
			return tx.SetWarningState(ctx, ref, to, campaign.DayOf(h.now()).Add(30), h.now())
		})
	}
	h.at(day.Add(20).Morning())
	moved(ref, campaign.Received, store.WarningAct{Act: campaign.ActDeemed, Role: "clock"})
	moved(returned, campaign.Planned, store.WarningAct{Act: campaign.ActAck}, store.WarningAct{Act: campaign.ActPlan}, store.WarningAct{Act: campaign.ActRectify}, store.WarningAct{Act: campaign.ActReturn, Role: "officer", By: "o1"})
	r := key(returned, "warning", "planned", "10")
	h.write(func(_ context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: r, Kind: store.MailIntent, Ref: returned, Body: store.MailBody{Template: "rectification-reminder", To: "institution", Scope: "act", Date: h.now()}})
		return nil
	})
	h.accepted(r)
	h.events(told("1", k, store.Bounced), told("2", r, store.Bounced))
	later := day.Add(30)
	h.at(later.Morning())
	for letter, due := range map[string]campaign.Day{k: h.rules.Settings.DeemedDue(h.rules.Holidays, h.ackBy(later)), r: h.rules.Settings.ServedDue(h.rules.Holidays, campaign.Planned, later)} {
		ref := ref
		if letter == r {
			ref = returned
		}
		if w := h.caseOf(ref); w.DueDay() != "" || (w.ServedDay() == "") != (letter == k) {
			t.Errorf("%s: served %s, due %s", letter, w.ServedDay(), w.DueDay())
		}
		sent := h.left(func() {
			must(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: letter, Email: "new@institution.example", Reason: "电话核实"}))
		})
		if m := sent[letter+"/again/1"].Mail; h.caseOf(ref).DueDay() != due || letter == r && m.Until != due {
			t.Errorf("%s: due %s, want %s; %+v", letter, h.caseOf(ref).DueDay(), due, m)
		}
	}
	// The late report of a return that a newer one took the place of stops nothing.
	moved(returned, campaign.Planned, store.WarningAct{Act: campaign.ActRectify}, store.WarningAct{Act: campaign.ActReturn, Role: "officer", By: "o1"})
	second := key(returned, "warning", "planned", "12")
	h.write(func(_ context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: second, Kind: store.MailIntent, Ref: returned, Body: store.MailBody{Template: "rectification-reminder", To: "institution", Scope: "act", Date: h.now()}})
		return nil
	})
	h.accepted(second)
	due := h.caseOf(returned).DueDay()
	h.accepted(r + "/again/1")
	h.events(told("3", r+"/again/1", store.Bounced))
	if now := h.caseOf(returned).DueDay(); now != due || due == "" {
		t.Errorf("the report moves the last day from %s to %q", due, now)
	}
}
