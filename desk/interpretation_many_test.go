package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// defaults are the interpretations of all readings that change figures, as the register reads them.
func defaults(year int) (all []InterpretationForm) {
	for _, row := range (rubric.Choices{}).Unbound() {
		all = append(all, ByDefault(row, year))
	}
	return all
}

// interpreted has an officer make the defaults of a year and an approver put them in force.
func (h *house) interpreted(year int) []string {
	h.t.Helper()
	ids, err := h.MakeInterpretations(h.t.Context(), officer, defaults(year))
	must(h.t, err)
	must(h.t, h.ForceInterpretations(h.t.Context(), approver, ids))
	return ids
}

// interpreting is a house with its staff, where nobody has interpreted anything.
func interpreting(t *testing.T) *house {
	t.Helper()
	h := emptyHouse(t)
	h.staffed(person("o1"), person("o2"), person("a1"), person("a2"), person("u1"), person("g1"), person("r1"), person("r2"), person("r3"), person("r4"))
	_, _, _, err := h.ImportRoster(t.Context(), officer, "名册.csv", rosterFile(3))
	must(t, err)
	return h
}

// GL-35: one act makes them all, each with a number, a row and a leaf of its own; all or none.
func TestGL35ManyAreMadeInOneAct(t *testing.T) {
	h := interpreting(t)
	ctx := t.Context()
	all := defaults(testYear)
	refused := func(p store.Staff, forms []InterpretationForm, kind campaign.Kind, fields ...string) {
		t.Helper()
		h.unchanged(func() {
			_, err := h.MakeInterpretations(ctx, p, forms)
			want(t, err, kind, fields...)
		})
	}
	changed := func(i int, change func(*InterpretationForm)) []InterpretationForm {
		forms := slices.Clone(all)
		change(&forms[i])
		return forms
	}
	for _, p := range []store.Staff{approver, auditor, person("r1")} {
		refused(p, all, campaign.Forbidden)
	}
	refused(officer, nil, campaign.Invalid)
	refused(officer, changed(0, func(f *InterpretationForm) { f.Body, f.Clause = " ", "" }), campaign.Invalid, "body-R-02", "clause-R-02")
	refused(officer, changed(3, func(f *InterpretationForm) { f.Option = "x" }), campaign.Invalid, "option-R-05")
	refused(officer, changed(3, func(f *InterpretationForm) { f.FromYear = 25 }), campaign.Invalid, "from_year")
	refused(officer, changed(3, func(f *InterpretationForm) { f.Reading = "R-99" }), campaign.NotFound)
	refused(officer, append(slices.Clone(all), all[3]), campaign.Conflict, "take-R-05")

	ids, err := h.MakeInterpretations(ctx, officer, changed(3, func(f *InterpretationForm) { f.Body = "  只就媒体报道而言。\n" }))
	must(t, err)
	for i, id := range ids {
		kept, err := h.Store.Interpretation(ctx, id)
		must(t, err)
		text := map[bool]string{false: all[i].Body, true: "只就媒体报道而言。"}[i == 3]
		if id != fmt.Sprintf("释-2025-%02d", i+1) || kept.Reading != all[i].Reading || kept.Option != all[i].Option || kept.Clause != all[i].Clause || kept.Body != text || kept.By != "o1" || kept.FromYear != testYear || kept.ForceAt != nil {
			t.Errorf("%s: %+v", id, kept)
		}
	}
	var leaves int
	must(t, h.conn.QueryRow(ctx, `select count(*) from leaf where kind = 'interpretation'`).Scan(&leaves))
	if len(ids) != 11 || leaves != 11 {
		t.Errorf("%d interpretations, %d leaves", len(ids), leaves)
	}
}

// GL-35: a reading that got an interpretation meanwhile is refused by name, and
// nothing of the act is written; without it the others are.
func TestGL35ManyRefuseWhatIsMadeMeanwhile(t *testing.T) {
	h := interpreting(t)
	ctx := t.Context()
	all := defaults(testYear)
	other := broad
	other.FromYear = testYear + 3 // from a later year on: an earlier one made now would replace it there
	waits, err := h.MakeInterpretation(ctx, officer, other)
	must(t, err)
	forced, err := h.MakeInterpretation(ctx, officer, all[0])
	must(t, err)
	must(t, h.ForceInterpretation(ctx, approver, forced))
	h.unchanged(func() {
		_, err := h.MakeInterpretations(ctx, person("o2"), all)
		want(t, err, campaign.Conflict, "take-R-02", "take-R-05")
		if say := err.(*campaign.Error).Fields["take-R-05"]; !strings.Contains(say, waits) {
			t.Errorf("%q does not name %s", say, waits)
		}
	})
	_, err = h.MakeInterpretations(ctx, person("o2"), slices.DeleteFunc(all, func(f InterpretationForm) bool { return f.Reading == "R-02" || f.Reading == "R-05" }))
	must(t, err)
	left, err := Lacking(ctx, h.Store.Reader, testYear)
	must(t, err)
	for _, u := range left {
		if u.ID == "R-02" || u.Switchable() && len(u.Made) != 1 {
			t.Errorf("%s: %d made", u.ID, len(u.Made))
		}
	}
}

// GL-35: an approver puts several in force in one act, never his own; all or none.
func TestGL35ManyComeInForce(t *testing.T) {
	h := interpreting(t)
	ctx := t.Context()
	ids, err := h.MakeInterpretations(ctx, officer, defaults(testYear))
	must(t, err)
	again, err := h.MakeInterpretation(ctx, officer, defaults(testYear)[0])
	must(t, err)
	both := officer
	both.Role = campaign.Approver // an officer who became an approver
	for name, c := range map[string]struct {
		by   store.Staff
		ids  []string
		kind campaign.Kind
	}{
		"an officer":          {officer, ids, campaign.Forbidden},
		"an auditor":          {auditor, ids, campaign.Forbidden},
		"who made them":       {both, ids, campaign.Forbidden},
		"none":                {approver, nil, campaign.Invalid},
		"one unknown":         {approver, append(slices.Clone(ids), "释-2025-99"), campaign.NotFound},
		"two for one reading": {approver, append(slices.Clone(ids), again), campaign.Invalid},
		"one twice":           {approver, append(slices.Clone(ids), ids[0]), campaign.Invalid},
	} {
		h.unchanged(func() {
			if err := h.ForceInterpretations(ctx, c.by, c.ids); campaign.KindOf(err) != c.kind || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	must(t, h.ForceInterpretations(ctx, approver, ids))
	h.unchanged(func() { want(t, h.ForceInterpretations(ctx, person("a2"), ids[3:5]), campaign.Conflict) })
	var leaves int
	must(t, h.conn.QueryRow(ctx, `select count(*) from leaf where kind = 'interpretation-force'`).Scan(&leaves))
	if choices, err := h.Store.ChoicesFor(ctx, testYear); err != nil || len(choices.Unbound()) > 0 || leaves != 11 {
		t.Errorf("%v, %d leaves: %v", choices, leaves, err)
	}
}

// GL-35: no year is launched while a reading that changes figures waits for its
// interpretation; a launched one names an interpretation for each.
func TestGL35LaunchIsBound(t *testing.T) {
	h := interpreting(t)
	ctx := t.Context()
	form := launchForm(t, testYear, true)
	refused := func(n int, which string) {
		t.Helper()
		h.unchanged(func() {
			_, err := h.Launch(ctx, officer, form)
			want(t, err, campaign.Conflict)
			for _, say := range []string{fmt.Sprintf("%d 项", n), which, "口径台账"} {
				if !strings.Contains(err.Error(), say) {
					t.Errorf("%q does not say %q", err, say)
				}
			}
		})
	}
	refused(11, "R-02 20% 与累计不超过10分、R-03 总分范围与等次")
	ids, err := h.MakeInterpretations(ctx, officer, defaults(testYear))
	must(t, err)
	refused(11, "R-34 并列与名次")
	must(t, h.ForceInterpretations(ctx, approver, ids[:10]))
	refused(1, "：R-34 并列与名次。")
	must(t, h.ForceInterpretation(ctx, approver, ids[10]))
	c, err := h.Launch(ctx, officer, form)
	must(t, err)
	var frozen []string
	for _, one := range c.Rules.Settings.Readings {
		frozen = append(frozen, one.Interpretation)
	}
	if !slices.Equal(frozen, ids) || c.Rules.Settings.Readings.Reading() != (rubric.Reading{}) {
		t.Errorf("frozen %v", c.Rules.Settings.Readings)
	}
}

// GL-35: what can come into force no more, because its year was launched without it,
// waits for nobody and stands in nobody's way.
func TestGL35NeverApprovedIsNotInTheWay(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	row, _ := rubric.ReadingByID("R-01")
	left := func(year int) {
		f := ByDefault(row, year)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddInterpretation(ctx, store.Interpretation{Reading: f.Reading, Option: f.Option, Clause: f.Clause, Body: f.Body, FromYear: year, By: "o1", At: real})
			return err
		})
	}
	waiting := func() int {
		all, err := h.Store.WaitingInterpretations(ctx)
		must(t, err)
		return len(all)
	}
	left(testYear)
	if n := waiting(); n != 0 {
		t.Errorf("%d wait", n)
	}
	must(t, h.MayInterpret(ctx, []InterpretationForm{ByDefault(row, testYear+1)}))
	left(testYear + 1)
	if n := waiting(); n != 1 {
		t.Errorf("%d wait", n)
	}
	want(t, h.MayInterpret(ctx, []InterpretationForm{ByDefault(row, testYear+1)}), campaign.Conflict, "take-R-01")
}
