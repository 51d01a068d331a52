package store_test

import (
	"context"
	"slices"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// interpreted writes an interpretation and, unless force is "", puts it in force.
func interpreted(t *testing.T, s *store.Store, i store.Interpretation, force string) (id string) {
	t.Helper()
	i.Clause, i.Body, i.By, i.At = "附件2 第15项第3点", "解释正文", "o1", at
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		if id, err = tx.AddInterpretation(ctx, i); err != nil || force == "" {
			return err
		}
		return tx.ForceInterpretation(ctx, id, force, at)
	})
	return id
}

// GL-35: numbers are gap-free; what is in force last from its year on decides,
// what is not in force decides nothing.
func TestGL35InForce(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	first := interpreted(t, s, store.Interpretation{Reading: "R-05", Option: "broad", FromYear: 2026}, "a1")
	waits := interpreted(t, s, store.Interpretation{Reading: "R-16", Option: "uncapped", FromYear: 2026}, "")
	second := interpreted(t, s, store.Interpretation{Reading: "R-05", Option: "media", FromYear: 2028}, "a2")
	words := interpreted(t, s, store.Interpretation{Reading: "R-11", FromYear: 2026}, "a1")
	if first != "释-2025-12" || waits != "释-2025-13" || second != "释-2025-14" || words != "释-2025-15" { // after those of the year
		t.Errorf("numbers %s %s %s %s", first, waits, second, words)
	}
	bound, err := s.ChoicesFor(t.Context(), year)
	ok(t, err)
	at := slices.IndexFunc(bound, func(c rubric.Choice) bool { return c.Reading == "R-05" })
	for y, want := range map[int]rubric.Choice{
		2025: {Reading: "R-05", Option: "media", Interpretation: "释-2025-04"},
		2026: {Reading: "R-05", Option: "broad", Interpretation: first},
		2028: {Reading: "R-05", Option: "media", Interpretation: second},
	} {
		want := slices.Replace(slices.Clone(bound), at, at+1, want)
		got, err := s.ChoicesFor(t.Context(), y)
		ok(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", y, got, want)
		}
		ok(t, got.Check())
	}
	none, err := s.ChoicesFor(t.Context(), year-1)
	ok(t, err)
	all, err := s.InForce(t.Context(), 2028)
	ok(t, err)
	if len(none) != 0 || len(all) != len(bound)+1 || !slices.ContainsFunc(all, func(i store.Interpretation) bool { return i.ID == words }) {
		t.Errorf("before %v, in force %+v", none, all)
	}
}

// GL-35: who made an interpretation cannot put it in force, whatever the desk says; and only once.
func TestGL35TwoPersonsInterpret(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	id := interpreted(t, s, store.Interpretation{Reading: "R-05", Option: "broad", FromYear: 2026}, "")
	force := func(by string) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error { return tx.ForceInterpretation(ctx, id, by, at) })
	}
	if err := force("o1"); campaign.KindOf(err) != campaign.Conflict || err == nil {
		t.Errorf("the maker put it in force: %v", err)
	}
	ok(t, force("a1"))
	if err := force("a2"); campaign.KindOf(err) != campaign.Conflict || err == nil {
		t.Errorf("it came into force twice: %v", err)
	}
}

// The cases of a campaign are what Judge sees of each institution: both give the same card.
func TestCasesAgreeWithJudge(t *testing.T) {
	s, _ := storetest.Open(t)
	life(t, s)
	cases, err := s.Cases(t.Context(), year)
	ok(t, err)
	if len(cases) != 3 || len(cases[0].Sheets) == 0 || len(cases[0].Events) != 2 || len(cases[0].Rulings) != 1 || cases[0].Silent || !cases[1].Silent {
		t.Fatalf("%+v", cases)
	}
	for i, c := range cases {
		var sheets [][]rubric.Mark
		for _, x := range c.Sheets {
			sheets = append(sheets, x.Marks)
		}
		got, err := rubric.Annex2().Judge(rubric.Reading{}, year, sheets, c.Rulings, c.Events)
		ok(t, err)
		want, _, err := s.Judge(t.Context(), rubric.Annex2(), storetest.Ref(year, i+1))
		ok(t, err)
		if store.Digest(got) != store.Digest(want) {
			t.Errorf("%s: %+v, want %+v", c.Code, got, want)
		}
	}
}
