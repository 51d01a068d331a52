package store_test

import (
	"context"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// contested is an institution whose rows 15 and 16 are appealed before r4: an
// established deduction of 5, a claim rejected, one never ruled on, one withdrawn.
type contested struct {
	s                              *store.Store
	ref                            campaign.Ref
	fault, rejected, open, dropped int64
}

func contest(t *testing.T) contested {
	t.Helper()
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 2)
	c := contested{s: s, ref: storetest.Ref(year, 1)}
	claim := func(ctx context.Context, tx *store.Tx) (int64, error) {
		e := event(c.ref, "15.2a", 300)
		e.By, e.ByName = "", "张三"
		return tx.AddEvent(ctx, e)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(
			func() error { return tx.AddSeat(ctx, c.ref, 1, "r1", "2026-02-27", at) },
			func() error { _, err := tx.AddSheet(ctx, c.ref, "r1", marks(450), at); return err },
			func() (err error) { c.fault, err = tx.AddEvent(ctx, event(c.ref, "16.1", 300)); return },
			func() error { return move(ctx, tx, c.ref, c.fault, campaign.EventInquire, "o2", nil) },
			func() error { return tx.RuleEventAs(ctx, c.ref, c.fault, "16.1", 500, "属实", "a1", at) },
			func() (err error) { c.rejected, err = claim(ctx, tx); return },
			func() error { return tx.AddEventRuling(ctx, c.ref, c.rejected, false, "材料不足", "a1", at) },
			func() (err error) { c.open, err = claim(ctx, tx); return },
			func() (err error) { c.dropped, err = claim(ctx, tx); return },
			func() error { return tx.WithdrawClaim(ctx, c.ref, c.dropped, "重复", "张三", at) },
			func() error { return c.result(ctx, tx, 1) },
			func() error { return tx.AddAppeal(ctx, c.ref, 15, "应予认定", "张三", at) },
			func() error { return tx.AddAppeal(ctx, c.ref, 16, "与认证无关", "张三", at) },
			func() error { return tx.AddDecider(ctx, c.ref, "r4", "2026-04-20", at) },
			func() error { return tx.AddAppealRuling(ctx, c.ref, 15, "r4", 0, 0, campaign.ByEvents, at) },
			func() error { return tx.AddAppealRuling(ctx, c.ref, 16, "r4", 500, 0, campaign.ByEvents, at) },
		)
	})
	return c
}

func (c contested) result(ctx context.Context, tx *store.Tx, version int) error {
	card, scored, err := tx.Judge(ctx, rubric.Annex2(), c.ref)
	if err != nil {
		return err
	}
	return tx.AddResult(ctx, c.ref, store.Result{Version: version, Scored: scored, Total: card.Total, Card: card, At: at})
}

func (c contested) amend(event int64, row int, by string, d campaign.Amendment) func(context.Context, *store.Tx) error {
	if d.Reason == "" {
		d.Reason = "理由"
	}
	return func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAmendment(ctx, c.ref, store.AmendmentOf(event, row, by, d, at))
	}
}

// AP-3: the schema takes an amendment only with an appeal of that row, by the
// decider who had no hand in the event, and only in the institution's favour.
func TestAP3SchemaRefusesAmendments(t *testing.T) {
	c := contest(t)
	lower := campaign.Amendment{Outcome: campaign.AmendLower, Clause: "16.1", Points: 300}
	confirm := campaign.Amendment{Outcome: campaign.AmendConfirm, Clause: "15.2a", Points: 300}
	other := contested{s: c.s, ref: storetest.Ref(year, 2)}
	for _, x := range []refusal{
		{"by a scorer", c.amend(c.fault, 16, "r1", lower), campaign.Conflict, "复核人"},
		{"by another reviewer", c.amend(c.fault, 16, "r3", lower), campaign.Conflict, "复核人"},
		{"of another row", c.amend(c.fault, 15, "r4", confirm), campaign.Conflict, "不属于"},
		{"of another institution", other.amend(c.fault, 16, "r4", lower), campaign.Conflict, ""},
		{"raised", c.amend(c.fault, 16, "r4", campaign.Amendment{Outcome: campaign.AmendLower, Clause: "16.1", Points: 600}), campaign.Conflict, "有利于机构"},
		{"under another clause", c.amend(c.fault, 16, "r4", campaign.Amendment{Outcome: campaign.AmendLower, Clause: "16.4", Points: 300}), campaign.Conflict, "有利于机构"},
		{"a deduction confirmed", c.amend(c.fault, 16, "r4", campaign.Amendment{Outcome: campaign.AmendConfirm, Clause: "16.1", Points: 300}), campaign.Invalid, ""},
		{"a bonus dismissed", c.amend(c.rejected, 15, "r4", campaign.Amendment{Outcome: campaign.AmendDismiss}), campaign.Invalid, ""},
		{"taken back", c.amend(c.dropped, 15, "r4", confirm), campaign.Conflict, "有利于机构"},
		{"without points", c.amend(c.rejected, 15, "r4", campaign.Amendment{Outcome: campaign.AmendConfirm}), campaign.Invalid, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			if err := try(c.s, x.do); err == nil || campaign.KindOf(err) != x.kind && x.say != "" {
				t.Fatalf("%v, want %s", err, x.kind)
			}
		})
	}
	write(t, c.s, c.amend(c.fault, 16, "r4", lower))
	write(t, c.s, c.amend(c.rejected, 15, "r4", confirm))
	write(t, c.s, c.amend(c.open, 15, "r4", campaign.Amendment{Outcome: campaign.AmendKeep}))
}

// AP-4: what 评价复核 decides counts in the second version and from then on
// everywhere; the first stays as it was; of several editions the last counts, and
// the goals count as the events do.
func TestAP4AmendedEventsCountFromVersionTwo(t *testing.T) {
	c := contest(t)
	ctx := t.Context()
	byID := func() map[int64]store.Event {
		all, err := c.s.Events(ctx, c.ref)
		ok(t, err)
		out := map[int64]store.Event{}
		for _, e := range all {
			out[e.ID] = e
		}
		return out
	}
	goals := func() (bonus, faults int64) {
		all, err := c.s.Goals(ctx, year, year, false)
		ok(t, err)
		return *all[1].Value, *all[4].Value
	}
	for _, do := range []func(context.Context, *store.Tx) error{
		c.amend(c.fault, 16, "r4", campaign.Amendment{Outcome: campaign.AmendLower, Clause: "16.1", Points: 400}),
		c.amend(c.rejected, 15, "r4", campaign.Amendment{Outcome: campaign.AmendConfirm, Clause: "15.2a", Points: 300}),
		c.amend(c.open, 15, "r4", campaign.Amendment{Outcome: campaign.AmendConfirm, Clause: "15.2a", Points: 300}),
		c.amend(c.fault, 16, "r4", campaign.Amendment{Outcome: campaign.AmendDismiss}),
	} {
		write(t, c.s, do)
	}
	for id, e := range byID() {
		if e.Amended != "" || id == c.fault && (e.Points != 500 || !*e.Confirmed) {
			t.Errorf("%d counts as amended before the second version: %+v", id, e)
		}
	}
	if bonus, faults := goals(); bonus != 0 || faults != 1 {
		t.Errorf("goals %d %d before the second version", bonus, faults)
	}
	write(t, c.s, func(ctx context.Context, tx *store.Tx) error { return c.result(ctx, tx, 2) })
	got := byID()
	if e := got[c.fault]; *e.Confirmed || e.Amended != campaign.AmendDismiss || e.Points != 500 || *e.Reason != "属实" || !*e.Unamended().Confirmed {
		t.Errorf("dismissed: %+v", e)
	}
	if e := got[c.open]; !*e.Confirmed || *e.RuledBy != "r4" || *e.Reason != "理由" || e.Ruled() {
		t.Errorf("confirmed without a ruling: %+v", e)
	}
	if e := got[c.rejected]; !*e.Confirmed || *e.RuledBy != "a1" || !e.Ruled() {
		t.Errorf("confirmed against its ruling: %+v", e)
	}
	if bonus, faults := goals(); bonus != 2 || faults != 0 {
		t.Errorf("goals %d %d", bonus, faults)
	}
	results, err := c.s.Results(ctx, c.ref)
	ok(t, err)
	one, two := results[0].Card, results[1].Card
	if one.Deduction != 500 || two.Deduction != 0 || two.DeductionUncapped != 0 || one.Bonus != 0 || two.Bonus != 600 {
		t.Errorf("cards: %+v %+v", one, two)
	}
	first, err := c.s.ScoringEventsOf(ctx, c.ref, 1)
	ok(t, err)
	for _, e := range first {
		if e.Amended != "" {
			t.Errorf("the first version knows an amendment: %+v", e)
		}
	}
	cases, err := c.s.Cases(ctx, year)
	ok(t, err)
	for _, e := range cases[0].Events {
		if e.ID == got[c.fault].Rubric().ID && e.State != rubric.Rejected {
			t.Errorf("a case of the year has %+v", e)
		}
	}
	entries, err := c.s.StandingsOf(ctx, year, []string{c.ref.Code})
	ok(t, err)
	if entries[0].OpenEvents != 0 {
		t.Errorf("%d events are still open", entries[0].OpenEvents)
	}
}
