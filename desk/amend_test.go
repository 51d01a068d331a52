package desk

import (
	"context"
	"errors"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// contest is an institution with rows 15 and 16 before the decider r3: claims that
// were rejected, never ruled on, of a medium nobody listed and confirmed in full,
// and deductions of the points given.
func (h *house) contest(deductions ...rubric.Points) (ref campaign.Ref, claims, faults []int64) {
	h.t.Helper()
	ctx := h.t.Context()
	ref = h.seated(1)
	on := h.rules.Calendar.Launch.Start()
	add := func(tx *store.Tx, e store.Event) int64 {
		e.Year, e.Code, e.OccurredOn, e.At, e.Source = ref.Year, ref.Code, on, real, "文件"
		id, err := tx.AddEvent(ctx, e)
		must(h.t, err)
		return id
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, title := range []string{"论坛", "采访"} {
			claims = append(claims, add(tx, store.Event{Clause: "15.2c", Points: 100, Title: title, EventFact: store.EventFact{ByName: "张三"}}))
		}
		claims = append(claims, add(tx, store.Event{Clause: "15.3c", Points: 50, Title: "报道", EventFact: store.EventFact{Medium: "某晚报", URL: "https://w.example/1", ByName: "张三"}}),
			add(tx, store.Event{Clause: "15.2c", Points: 100, Title: "已认定", By: "o1"}))
		err := errors.Join(tx.AddEventRuling(ctx, ref, claims[0], false, "材料不足", "a1", real), tx.AddEventRuling(ctx, ref, claims[3], true, "属实", "a1", real))
		for _, p := range deductions {
			id := add(tx, store.Event{Clause: "16.1", Points: 300, Title: "处罚", By: "o1"})
			faults, err = append(faults, id), errors.Join(err, tx.RuleEventAs(ctx, ref, id, "16.1", p, "属实", "a1", real))
		}
		return err
	})
	for _, who := range []string{"r1", "r2"} {
		_, err := h.HandInSheet(ctx, person(who), ref, fullMarks())
		must(h.t, err)
	}
	h.frozen(ref)
	h.to(1, campaign.Served)
	_, err := h.FileAppeal(ctx, h.visitor(ref, "act"), []AppealRow{{15, "请予认定"}, {16, "与认证无关"}}, signer)
	must(h.t, err)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddDecider(ctx, ref, "r3", h.rules.Calendar.Final, real)
	})
	return ref, claims, faults
}

// AP-3: rows 15 and 16 are decided event by event, each with its reason; the
// points of the row follow from the scoring rules and are never typed.
func TestAP3DecidesEventByEvent(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, claims, faults := h.contest(500)
	r3 := person("r3")
	all, err := h.Contested(ctx, h.Store.Reader, ref, 15)
	must(t, err)
	if len(all) != 4 || !all[0].Found.Open() || !all[1].Found.Open() || !strings.Contains(all[2].Found.Barred, "尚未列入媒体目录") || all[3].Found.Open() {
		t.Fatalf("row 15: %+v", all)
	}
	both := []Ruling{{15, 0, ""}, {16, 900, ""}}
	good := []EventDecision{{Event: claims[0], Outcome: campaign.AmendConfirm, Reason: "材料补充属实"}, {Event: claims[1], Outcome: campaign.AmendKeep, Reason: "不予支持"},
		{Event: faults[0], Outcome: campaign.AmendLower, Points: 300, Reason: "情节较轻"}}
	but := func(i int, change func(*EventDecision)) []EventDecision {
		in := append([]EventDecision(nil), good...)
		change(&in[i])
		return in
	}
	id := func(event int64, name string) string { return EventField(event, name) }
	for name, c := range map[string]struct {
		in     []EventDecision
		kind   campaign.Kind
		fields []string
	}{
		"an event without a decision": {good[1:], campaign.Invalid, []string{id(claims[0], "outcome")}},
		"no reason":                   {but(0, func(d *EventDecision) { d.Reason = " " }), campaign.Invalid, []string{id(claims[0], "reason")}},
		"more taken off":              {but(2, func(d *EventDecision) { d.Points = 600 }), campaign.Invalid, []string{id(faults[0], "points")}},
		"below the clause":            {but(2, func(d *EventDecision) { d.Points = 200 }), campaign.Invalid, []string{id(faults[0], "points")}},
		"half points":                 {but(2, func(d *EventDecision) { d.Points = 350 }), campaign.Invalid, []string{id(faults[0], "points")}},
		"a claim dismissed":           {but(1, func(d *EventDecision) { d.Outcome = campaign.AmendDismiss }), campaign.Invalid, []string{id(claims[1], "outcome")}},
		"what only stands":            {append(good, EventDecision{Event: claims[2], Outcome: campaign.AmendConfirm, Reason: "x"}), campaign.Conflict, nil},
		"somebody else's event":       {append(good, EventDecision{Event: 9999, Outcome: campaign.AmendKeep, Reason: "x"}), campaign.Conflict, nil},
		"twice":                       {append(good, good[0]), campaign.Conflict, nil},
	} {
		h.unchanged(func() {
			_, err := h.DecideAppeal(ctx, r3, ref, both, c.in...)
			if err == nil {
				t.Fatal(name)
			}
			want(t, err, c.kind, c.fields...)
		})
	}
	h.unchanged(func() {
		_, err := h.DecideAppeal(ctx, person("r1"), ref, both, good...)
		want(t, err, campaign.NotFound)
		weighed, card, err := h.WeighAppeal(ctx, r3, ref, both, good...)
		must(t, err)
		if weighed[0].After != 200 || weighed[1].After != 300 || card.Bonus != 200 || card.Deduction != 300 {
			t.Errorf("weighed %+v", weighed)
		}
	})
	_, err = h.DecideAppeal(ctx, r3, ref, both, good...)
	must(t, err)
	appeals, err := h.Store.Appeals(ctx, ref)
	must(t, err)
	if *appeals[0].Before != 100 || *appeals[0].After != 200 || *appeals[1].Before != 500 || *appeals[1].After != 300 || *appeals[1].Reason != campaign.ByEvents {
		t.Errorf("rulings %+v %+v", *appeals[0].After, *appeals[1].After)
	}
	card, _, err := h.Store.Judge(ctx, h.Table, ref)
	must(t, err)
	if card.Bonus != 200 || card.Deduction != 300 {
		t.Errorf("judged %+v", card)
	}
}

// AP-3: an amendment that the cap swallows is taken and stands; the row is kept.
func TestAP3AmendmentUnderTheCap(t *testing.T) {
	h := newHouse(t)
	ref, _, faults := h.contest(500, 500, 500)
	in := []EventDecision{{Event: faults[0], Outcome: campaign.AmendDismiss, Reason: "经查不实"}}
	for _, id := range faults[1:] {
		in = append(in, EventDecision{Event: id, Outcome: campaign.AmendKeep, Reason: "维持"})
	}
	weighed, card, err := h.WeighAppeal(t.Context(), person("r3"), ref, []Ruling{{Row: 16}}, in...)
	must(t, err)
	if weighed[0].After != 1000 || card.DeductionUncapped != 1000 {
		t.Errorf("%+v %+v", weighed, card)
	}
	_, err = h.DecideAppeal(t.Context(), person("r3"), ref, []Ruling{{Row: 16, Reason: "部分支持"}}, in...)
	must(t, err)
	events, err := h.Store.DecidedEvents(t.Context(), ref)
	must(t, err)
	if len(events) != 3 || *events[0].Confirmed || !*events[1].Confirmed {
		t.Errorf("%+v", events)
	}
}

// AP-3: without an event there is nothing to amend: the row is kept, with a reason.
func TestAP3NoEventIsKept(t *testing.T) {
	h := newHouse(t)
	ref, _, _ := h.contest()
	h.unchanged(func() {
		_, err := h.DecideAppeal(t.Context(), person("r3"), ref, []Ruling{{Row: 16}})
		want(t, err, campaign.Invalid, "row-16")
	})
	_, err := h.DecideAppeal(t.Context(), person("r3"), ref, []Ruling{{Row: 16, Reason: "本项没有扣分"}})
	must(t, err)
}

// WF-5, AP-3: where nobody scored there is no result to raise.
func TestAP3UnscoredEventsAreKept(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Scoring)
	var id int64
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: "16.1", Points: 300, Title: "处罚", Source: "文件", OccurredOn: h.rules.Calendar.Launch.Start(), By: "o1", At: real})
		return errors.Join(err, tx.RuleEventAs(ctx, ref, id, "16.1", 300, "属实", "a1", real))
	})
	h.frozen(ref)
	h.to(1, campaign.Served)
	_, err := h.FileAppeal(t.Context(), h.visitor(ref, "act"), []AppealRow{{16, "不实"}}, signer)
	must(t, err)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddDecider(ctx, ref, "r3", h.rules.Calendar.Final, real)
	})
	decide := func(o campaign.Amend) error {
		_, err := h.DecideAppeal(t.Context(), person("r3"), ref, []Ruling{{Row: 16}}, EventDecision{Event: id, Outcome: o, Reason: "理由"})
		return err
	}
	h.unchanged(func() { want(t, decide(campaign.AmendDismiss), campaign.Invalid, EventField(id, "outcome")) })
	must(t, decide(campaign.AmendKeep))
}

// AP-3, S8: what a decider who turns out to be conflicted made of events is as void
// as his rulings: it counts nowhere, his successor does not see it, and decides anew.
func TestAP3ConflictVoidsAmendments(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, claims, faults := h.contest(500)
	rule := func(who string, claim, fault campaign.Amend) {
		t.Helper()
		_, err := h.DecideAppeal(ctx, person(who), ref, []Ruling{{Row: 15}, {Row: 16}}, EventDecision{Event: claims[0], Outcome: claim, Reason: "理由"},
			EventDecision{Event: claims[1], Outcome: campaign.AmendKeep, Reason: "理由"}, EventDecision{Event: faults[0], Outcome: fault, Reason: "理由"})
		must(t, err)
	}
	counts := func(bonus, deduction rubric.Points) {
		t.Helper()
		card, _, err := h.Store.Judge(ctx, h.Table, ref)
		must(t, err)
		if card.Bonus != bonus || card.Deduction != deduction {
			t.Errorf("%s and %s, want %s and %s", card.Bonus, card.Deduction, bonus, deduction)
		}
	}
	rule("r3", campaign.AmendConfirm, campaign.AmendDismiss)
	counts(200, 0)
	_, err := h.AddConflict(ctx, officer, ref, "r3", Said{Kind: campaign.ConflictShares, Text: "经核查持股"})
	must(t, err)
	counts(100, 500)
	next, err := h.Store.DeciderOf(ctx, ref)
	must(t, err)
	all, err := h.Contested(ctx, h.Store.Reader, ref, 16)
	must(t, err)
	if decided, err := h.Store.DecidedEvents(ctx, ref); err != nil || len(decided) > 0 || len(all) != 1 || all[0].Amended != "" {
		t.Errorf("%+v %+v %v", decided, all, err)
	}
	rule(next.Reviewer, campaign.AmendKeep, campaign.AmendUnrelate)
	counts(100, 0)
}
