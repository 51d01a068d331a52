package rubric

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// aReading draws any combination of options.
func aReading(t *rapid.T) Reading {
	var r Reading
	for _, s := range switches {
		*s.field(&r) = rapid.IntRange(0, 3).Draw(t, s.reading) == 0
	}
	return r
}

// marked draws events some of which were marked in a base row too.
func marked(t *rapid.T) []Event {
	all := events(t)
	for i := range all {
		all[i].AlsoInBase = rapid.IntRange(0, 3).Draw(t, "also") == 0
	}
	return all
}

// TestScorerEqualsScoreAs: the hot path and the explained path are one scoring.
func TestScorerEqualsScoreAs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := aReading(t)
		s, err := Annex2().NewScorer(r, 2026)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice: nothing of one institution stays for the next
			base, in := marks(t, quarter), marked(t)
			card, err := Annex2().ScoreAs(r, 2026, base, in)
			if err != nil {
				t.Fatal(err)
			}
			want := Figures{card.Base, card.Bonus, card.BonusUncapped, card.Deduction, card.DeductionUncapped, card.Total}
			if got := s.Figures(base, in); got != want {
				t.Fatalf("%v: %+v, want %+v", r.Choices(), got, want)
			}
			sheets := make([][]Mark, rapid.IntRange(0, 4).Draw(t, "reviewers"))
			for i := range sheets {
				sheets[i] = marks(t, Half)
			}
			rulings := []Ruling{{Row: rapid.IntRange(1, 16).Draw(t, "row"), Points: 250}}
			card, err = Annex2().Judge(r, 2026, sheets, rulings, in)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Judge(sheets, rulings, in); got.Total != card.Total || got.Base != card.Base {
				t.Fatalf("%+v, want base %s total %s", got, card.Base, card.Total)
			}
		}
	})
}

// TestReadingsKeepTheTrace: under any readings the lines sum to the total and
// the order of events never matters.
func TestReadingsKeepTheTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, base, in := aReading(t), marks(t, quarter), marked(t)
		s, err := Annex2().ScoreAs(r, 2026, base, in)
		if err != nil {
			t.Fatal(err)
		}
		traced := Points(0)
		for _, line := range s.Trace {
			traced += line.Counted
			if RuleText(line.Rule) == line.Rule {
				t.Fatalf("rule %s has no words", line.Rule)
			}
		}
		if traced != s.Total {
			t.Fatalf("%v: trace %s, total %s", r.Choices(), traced, s.Total)
		}
		for _, row := range s.Rows {
			if row.Points < 0 || row.Points > row.Max {
				t.Fatalf("%v: row %d has %s of %s", r.Choices(), row.Row, row.Points, row.Max)
			}
		}
		again, err := Annex2().ScoreAs(r, 2026, base, rapid.Permutation(in).Draw(t, "order"))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(s) {
			t.Fatalf("another order gives another card: %v", err)
		}
		var items, bonus Points
		for _, i := range s.Items() {
			if i.Item < "16" {
				items += i.Uncapped
			}
		}
		bonus = s.BonusUncapped
		if items != bonus {
			t.Fatalf("items %s, bonus %s", items, bonus)
		}
	})
}

// TestScorerAllocatesNothing once its rooms have grown.
func TestScorerAllocatesNothing(t *testing.T) {
	base, in := spread(87*Point+Half), yearOfEvents()
	s, err := Annex2().NewScorer(Reading{}, 2026)
	if err != nil {
		t.Fatal(err)
	}
	sheets := [][]Mark{base, spread(90 * Point), spread(80 * Point)}
	if n := testing.AllocsPerRun(100, func() { s.Figures(base, in); s.Judge(sheets, nil, in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// yearOfEvents is a busy year: ten events, two matters, one pending.
func yearOfEvents() []Event {
	return []Event{
		happened("1", "15.1", "", "2026-02-01", 5*Point), happened("2", "15.2a", "M1", "2026-03-01", 3*Point),
		happened("3", "15.3a", "M1", "2026-03-02", 2*Point), happened("4", "15.3c", "M1", "2026-03-01", Half),
		happened("5", "15.3b", "M2", "2025-12-31", Point), happened("6", "15.3a", "M2", "2026-01-01", 2*Point),
		happened("7", "15.2d", "", "2026-04-01", Half), happened("8", "16.4", "N", "2026-08-08", 2*Point),
		happened("9", "16.1", "N", "2026-08-08", 4*Point), {ID: "10", Clause: "15.1", Points: 5 * Point, OccurredOn: "2026-09-09", State: Pending},
	}
}

// BenchmarkMillionTotals scores 1,000,000 institutions with ten events each per operation.
func BenchmarkMillionTotals(b *testing.B) {
	base, in := spread(87*Point+Half), yearOfEvents()
	s, err := Annex2().NewScorer(Reading{}, 2026)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for range 1_000_000 {
			s.Figures(base, in)
		}
	}
}

// BenchmarkScoreAs makes one whole card with trace and reasons.
func BenchmarkScoreAs(b *testing.B) {
	base, in := spread(87*Point+Half), yearOfEvents()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Annex2().Score(2026, base, in); err != nil {
			b.Fatal(err)
		}
	}
}
