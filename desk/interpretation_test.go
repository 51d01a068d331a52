package desk

import (
	"context"
	"slices"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

var broad = InterpretationForm{Reading: "R-05", Option: "broad", Clause: "附件2 第15项第3点", Body: "同一事项按整项计一次", FromYear: testYear + 1}

// GL-35: an officer makes, an approver puts in force, nobody else does either.
func TestGL35MakeAndForce(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for _, p := range []store.Staff{approver, auditor, person("r1")} {
		h.unchanged(func() {
			_, err := h.MakeInterpretation(ctx, p, broad)
			want(t, err, campaign.Forbidden)
		})
	}
	id, err := h.MakeInterpretation(ctx, officer, broad)
	must(t, err)
	for _, p := range []store.Staff{officer, person("o2"), auditor} {
		h.unchanged(func() { want(t, h.ForceInterpretation(ctx, p, id), campaign.Forbidden) })
	}
	h.unchanged(func() { want(t, h.ForceInterpretation(ctx, approver, "释-2025-99"), campaign.NotFound) })
	must(t, h.ForceInterpretation(ctx, approver, id))
	h.unchanged(func() { want(t, h.ForceInterpretation(ctx, person("a2"), id), campaign.Conflict) })
}

func TestGL35FieldsOfAnInterpretation(t *testing.T) {
	h := newHouse(t)
	with := func(change func(*InterpretationForm)) InterpretationForm {
		f := broad
		change(&f)
		return f
	}
	for _, c := range []struct {
		form  InterpretationForm
		field string
	}{
		{with(func(f *InterpretationForm) { f.Option = "" }), "option"},
		{with(func(f *InterpretationForm) { f.Option = "nonsense" }), "option"},
		{with(func(f *InterpretationForm) { f.Reading = "R-11" }), "option"}, // has no options
		{with(func(f *InterpretationForm) { f.Body = " \n" }), "body"},
		{with(func(f *InterpretationForm) { f.Clause = "" }), "clause"},
		{with(func(f *InterpretationForm) { f.FromYear = 27 }), "from_year"},
		{with(func(f *InterpretationForm) { f.FromYear = testYear }), "from_year"}, // launched already
	} {
		h.unchanged(func() {
			_, err := h.MakeInterpretation(t.Context(), officer, c.form)
			want(t, err, campaign.Invalid, c.field)
		})
	}
	_, err := h.MakeInterpretation(t.Context(), officer, with(func(f *InterpretationForm) { f.Reading = "R-99" }))
	want(t, err, campaign.NotFound)
}

// GL-35: launch freezes what is in force; what comes later never changes it.
func TestGL35LaunchFreezes(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	id, err := h.MakeInterpretation(ctx, officer, broad)
	must(t, err)
	must(t, h.ForceInterpretation(ctx, approver, id))
	other := broad
	other.Option = "media"
	late, err := h.MakeInterpretation(ctx, officer, other)
	must(t, err)
	launched := launchNext(t, h)
	got := launched.Rules.Settings.Readings
	if !slices.Contains(got, rubric.Choice{Reading: "R-05", Option: "broad", Interpretation: id}) || len(got.Unbound()) > 0 {
		t.Fatalf("frozen %+v", got)
	}
	if !got.Reading().BroadMatter {
		t.Error("the frozen reading does not reach the scoring")
	}
	want(t, h.ForceInterpretation(ctx, approver, late), campaign.Conflict) // for a year that runs
	c, err := h.Store.Campaign(ctx, testYear+1)
	must(t, err)
	if !c.Rules.Settings.Readings.Reading().BroadMatter {
		t.Error("a launched year changed its reading")
	}
	first, err := h.Store.Campaign(ctx, testYear)
	must(t, err)
	if first.Rules.Settings.Readings.Reading() != (rubric.Reading{}) || slices.ContainsFunc(first.Rules.Settings.Readings, func(c rubric.Choice) bool { return c.Interpretation == id }) {
		t.Error("an earlier year was reinterpreted")
	}
}

// launchNext launches the year after the test year as a rehearsal.
func launchNext(t *testing.T, h *house) store.Campaign {
	t.Helper()
	rules := storetest.Rules(t, testYear+1)
	h.Clock = func() time.Time { return rules.Calendar.Launch.Morning().AddDate(0, 0, -7) }
	c, err := h.Launch(context.Background(), officer, LaunchForm{Year: testYear + 1, Rehearsal: true, Calendar: rules.Calendar, Settings: rules.Settings})
	must(t, err)
	kept, err := h.Store.Campaign(t.Context(), testYear+1)
	must(t, err)
	if len(kept.Rules.Settings.Readings) != len(c.Rules.Settings.Readings) {
		t.Errorf("returned %v, kept %v", c.Rules.Settings.Readings, kept.Rules.Settings.Readings)
	}
	return kept
}
