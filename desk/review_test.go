package desk

import (
	"context"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// seated gives institution i its seats: 1 to r1, 2 to r2.
func (h *house) seated(i int) campaign.Ref {
	ref := h.to(i, campaign.Scoring)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for n, who := range []string{"r1", "r2"} {
			if err := tx.AddSeat(ctx, ref, n+1, who, h.rules.Calendar.ScoringDue, real); err != nil {
				return err
			}
		}
		return nil
	})
	return ref
}

func (h *house) frozen(ref campaign.Ref) {
	h.write(func(ctx context.Context, tx *store.Tx) error {
		card, scored, err := tx.Judge(ctx, h.Table, ref)
		if err != nil {
			return err
		}
		return tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: scored, Total: card.Total, Card: card, At: real})
	})
}

func TestHandInSheet(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.seated(1)
	h.at(h.rules.Calendar.ScoringDue.End().Add(-time.Second))
	short := fullMarks()[1:]
	short[0].Reason = ""
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, officer, ref, fullMarks())
		want(t, err, campaign.Forbidden)
		_, err = h.HandInSheet(ctx, person("r3"), ref, fullMarks()) // sees not even that it is there
		want(t, err, campaign.NotFound)
		gone := person("r1")
		gone.Active = false
		_, err = h.HandInSheet(ctx, gone, ref, fullMarks())
		want(t, err, campaign.Forbidden)
		_, err = h.HandInSheet(ctx, person("r1"), ref, short)
		want(t, err, campaign.Invalid, "row-1", "row-2")
		want(t, h.SaveSheet(ctx, person("r3"), ref, short), campaign.NotFound)
	})
	must(t, h.SaveSheet(ctx, person("r1"), ref, short))
	var rec Receipt
	var err error
	left := h.left(func() { rec, err = h.HandInSheet(ctx, person("r1"), ref, fullMarks()) })
	must(t, err)
	only(t, left, ref.ID(), ref.ID()+"/sheet/r1")
	if rec.Late || h.count("draft") != 0 {
		t.Errorf("%+v, %d drafts", rec, h.count("draft"))
	}
	other := fullMarks()
	other[0].Reason = "另一理由"
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, person("r1"), ref, other)
		want(t, err, campaign.Conflict)
	})
	h.at(h.rules.Calendar.ScoringDue.End())
	rec, err = h.HandInSheet(ctx, person("r2"), ref, fullMarks())
	must(t, err)
	if !rec.Late {
		t.Error("the second after the day is not late")
	}
	h.to(1, campaign.Served)
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, person("r1"), ref, other)
		want(t, err, campaign.Conflict)
	})
}

// While a result is on its way to the institution nothing may change its grounds.
func TestNothingChangesAFormedResult(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.seated(1)
	id, err := h.RegisterEvent(ctx, officer, ref, event(h))
	must(t, err)
	_, err = h.HandInSheet(ctx, person("r1"), ref, fullMarks())
	must(t, err)
	h.frozen(ref)
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, person("r2"), ref, fullMarks())
		want(t, err, campaign.Conflict)
		_, err = h.RegisterEvent(ctx, officer, ref, event(h))
		want(t, err, campaign.Conflict)
		want(t, h.RuleEvent(ctx, approver, ref, id, true, "属实"), campaign.Conflict)
	})
}

// A reviewer whose seat went to another cannot hand in for it.
func TestReplacedReviewer(t *testing.T) {
	h := newHouse(t)
	ref := h.seated(1)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddSeat(ctx, ref, 1, "r3", h.rules.Calendar.ScoringClose, real)
	})
	h.unchanged(func() {
		_, err := h.HandInSheet(t.Context(), person("r1"), ref, fullMarks())
		want(t, err, campaign.NotFound)
	})
	_, err := h.HandInSheet(t.Context(), person("r3"), ref, fullMarks())
	must(t, err)
}

// appealed is an institution with rows 2, 3 and 15 before the decider r3.
func (h *house) appealed(i int) campaign.Ref {
	h.t.Helper()
	ref := h.seated(i)
	for _, who := range []string{"r1", "r2"} {
		_, err := h.HandInSheet(h.t.Context(), person(who), ref, fullMarks())
		must(h.t, err)
	}
	h.frozen(ref)
	h.to(i, campaign.Served)
	_, err := h.FileAppeal(h.t.Context(), h.visitor(ref, "act"), []AppealRow{{2, "一"}, {3, "二"}, {15, "三"}}, signer)
	must(h.t, err)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddDecider(ctx, ref, "r3", h.rules.Calendar.Final, real)
	})
	return ref
}

func TestDecideAppeal(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.appealed(1) // row 2 has 9.5 of 10, row 3 has 4.5 of 5
	r3 := person("r3")
	for _, c := range []struct {
		name   string
		in     []Ruling
		fields []string
	}{
		{"none", nil, []string{"rows"}},
		{"lower", []Ruling{{2, 900, "理由"}}, []string{"row-2"}},
		{"above the row", []Ruling{{3, 550, "理由"}}, []string{"row-3"}},
		{"no step", []Ruling{{2, 975, "理由"}}, []string{"row-2"}},
		{"no reason", []Ruling{{2, 1000, " "}, {3, 500, ""}}, []string{"row-2", "row-3"}},
		{"not asked for", []Ruling{{4, 450, "理由"}}, []string{"row-4"}},
		{"no reason, no event", []Ruling{{15, 100, " "}}, []string{"row-15"}},
	} {
		h.unchanged(func() {
			_, err := h.DecideAppeal(ctx, r3, ref, c.in)
			if err == nil {
				t.Fatal(c.name)
			}
			want(t, err, campaign.Invalid, c.fields...)
		})
	}
	h.unchanged(func() {
		for _, who := range []string{"r1", "r4"} {
			_, err := h.DecideAppeal(ctx, person(who), ref, []Ruling{{2, 1000, "理由"}})
			want(t, err, campaign.NotFound)
		}
		_, err := h.DecideAppeal(ctx, approver, ref, []Ruling{{2, 1000, "理由"}})
		want(t, err, campaign.Forbidden)
		_, err = h.DecideAppeal(ctx, r3, ref, []Ruling{{2, 1000, "一"}, {2, 1000, "二"}})
		want(t, err, campaign.Conflict)
	})
	left := h.left(func() {
		_, err := h.DecideAppeal(ctx, r3, ref, []Ruling{{15, 0, "维持"}, {2, 1000, "材料属实"}})
		must(t, err)
	})
	only(t, left, ref.ID(), ref.ID()+"/appeal-decided/2")
	h.unchanged(func() {
		_, err := h.DecideAppeal(ctx, r3, ref, []Ruling{{2, 1000, "材料属实"}})
		want(t, err, campaign.Invalid, "row-2")
	})
	_, err := h.DecideAppeal(ctx, r3, ref, []Ruling{{3, 450, "维持"}})
	must(t, err)
	h.to(1, campaign.Final)
	_, err = h.DecideAppeal(ctx, r3, ref, []Ruling{{3, 500, "再议"}})
	want(t, err, campaign.Conflict)
}

// A ruling cannot give points where nobody scored: 未提交 stays 未提交 (WF-5).
func TestDecideUnscored(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Scoring)
	h.frozen(ref)
	h.to(1, campaign.Served)
	_, err := h.FileAppeal(t.Context(), h.visitor(ref, "act"), []AppealRow{{2, "材料在整理"}}, signer)
	must(t, err)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddDecider(ctx, ref, "r3", h.rules.Calendar.Final, real)
	})
	_, err = h.DecideAppeal(t.Context(), person("r3"), ref, []Ruling{{2, 500, "理由"}})
	want(t, err, campaign.Invalid, "row-2")
	_, err = h.DecideAppeal(t.Context(), person("r3"), ref, []Ruling{{2, 0, "维持"}})
	must(t, err)
}

func event(h *house) EventForm {
	return EventForm{Clause: "16.1", Matter: "事项一", Title: "处罚", Source: "决定书1号", Points: 3 * rubric.Point, OccurredOn: campaign.DayOf(real)}
}

func TestEvents(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	with := func(change func(*EventForm)) EventForm {
		f := event(h)
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		form   EventForm
		fields []string
	}{
		"empty":       {EventForm{}, []string{"title", "source", "occurred_on", "points"}},
		"tomorrow":    {with(func(f *EventForm) { f.OccurredOn = campaign.DayOf(h.now()).Add(1) }), []string{"occurred_on"}},
		"no such day": {with(func(f *EventForm) { f.OccurredOn = "2025-02-30" }), []string{"occurred_on"}},
		"last year":   {with(func(f *EventForm) { f.OccurredOn = "2024-12-31" }), []string{"occurred_on"}},
		"bonus last year": {with(func(f *EventForm) {
			*f = report("新华社", "15.3a", "", "报道")
			f.OccurredOn = "2024-12-31"
		}), []string{"occurred_on"}},
		"below the clause":  {with(func(f *EventForm) { f.Points = 250 }), []string{"points"}},
		"above the clause":  {with(func(f *EventForm) { f.Points = 600 }), []string{"points"}},
		"between its steps": {with(func(f *EventForm) { f.Points = 350 }), []string{"points"}},
		"no such clause":    {with(func(f *EventForm) { f.Clause = "17.1" }), []string{"points"}},
	} {
		h.unchanged(func() {
			_, err := h.RegisterEvent(ctx, officer, ref, c.form)
			if err == nil {
				t.Fatal(name)
			}
			want(t, err, campaign.Invalid, c.fields...)
		})
	}
	_, err := h.RegisterEvent(ctx, approver, ref, event(h))
	want(t, err, campaign.Forbidden)
	_, err = h.RegisterEvent(ctx, officer, ref, with(func(f *EventForm) { // where its matter counts
		*f = report("新华社", "15.3a", "跨年事项", "报道")
		f.OccurredOn = "2024-12-31"
	}))
	must(t, err)
	id, err := h.RegisterEvent(ctx, officer, ref, event(h))
	must(t, err)
	h.unchanged(func() {
		want(t, h.RuleEvent(ctx, officer, ref, id, true, "属实"), campaign.Forbidden) // by role
		want(t, h.RuleEvent(ctx, approver, ref, id, true, " "), campaign.Invalid, "reason")
		want(t, h.RuleEvent(ctx, approver, ref, id+1, true, "属实"), campaign.NotFound)
		other := ref
		other.Code = "CNCA-R-2002-002"
		want(t, h.RuleEvent(ctx, approver, other, id, true, "属实"), campaign.NotFound)
	})
	h.unchanged(func() { want(t, h.RuleEvent(ctx, approver, ref, id, true, "属实"), campaign.Conflict) }) // a lead is no finding
	task, err := h.RegisterEvent(ctx, officer, ref, EventForm{Clause: "15.2c", Title: "新闻采访", Source: "委托函", OccurredOn: campaign.DayOf(real)})
	must(t, err)
	promoted := officer
	promoted.Role = campaign.Approver
	want(t, h.RuleEvent(ctx, promoted, ref, task, true, "属实"), campaign.Conflict) // by the database
	must(t, h.RuleEvent(ctx, approver, ref, task, true, "属实"))
	h.unchanged(func() { want(t, h.RuleEvent(ctx, person("a2"), ref, task, false, "不属实"), campaign.Conflict) })
	id = task
	for _, stage := range []campaign.Stage{campaign.Served, campaign.Final, campaign.Closed} {
		h.to(1, stage)
		_, err := h.RegisterEvent(ctx, officer, ref, event(h))
		want(t, err, campaign.Conflict)
		want(t, h.RuleEvent(ctx, approver, ref, id, true, "属实"), campaign.Conflict)
	}
}

func (h *house) now() time.Time {
	now, err := h.Now(h.t.Context(), testYear)
	must(h.t, err)
	return now
}
