package rubric

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestExampleCardGolden holds the whole card of the example sheet, trace included:
// receipts and ledgers keep these bytes.
func TestExampleCardGolden(t *testing.T) {
	sheet, err := ReadSheet(example(t))
	if err != nil {
		t.Fatal(err)
	}
	card, err := Annex2().Score(sheet.Year, sheet.Marks, sheet.Events)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(card, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const name = "testdata/score-card.golden.json"
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the card of the example changed; look at it, then run with -update\n%s", got)
	}
}

func TestWithoutReasons(t *testing.T) {
	card, err := Annex2().Score(2026, []Mark{{Row: 1, Points: 9 * Point, Reason: "张某未签到"}},
		[]Event{happened("E1", "15.1", "", "2026-01-01", 5*Point)})
	if err != nil {
		t.Fatal(err)
	}
	slim, err := json.Marshal(card.WithoutReasons())
	if err != nil || strings.Contains(string(slim), "张某") || strings.Contains(string(slim), "reason") {
		t.Errorf("%s, %v", slim, err)
	}
	if card.Rows[0].Reason == "" || card.WithoutReasons().Total != card.Total || len(card.WithoutReasons().Rows) != 16 {
		t.Error("the card itself changed")
	}
}

// TestBroadMatchesPlainRecount recounts the broad reading: per matter the best
// event of row 15, if no earlier year had one.
func TestBroadMatchesPlainRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := events(t)
		want := Points(0)
		best, before := map[string]Points{}, map[string]bool{}
		for i, e := range in {
			matter := e.Matter
			if matter == "" {
				matter = fmt.Sprint("own ", i)
			}
			switch {
			case e.State != Confirmed || !strings.HasPrefix(e.Clause, "15."):
			case e.OccurredOn < "2026":
				before[matter] = true
			case e.OccurredOn < "2027":
				best[matter] = max(best[matter], e.Points)
			}
		}
		for matter, p := range best {
			if !before[matter] {
				want += p
			}
		}
		s, err := Annex2().ScoreAs(Reading{BroadMatter: true}, 2026, nil, in)
		if err != nil || s.BonusUncapped != want {
			t.Fatalf("bonus %s, recount %s, %v", s.BonusUncapped, want, err)
		}
	})
}

// TestDeductionsMatchPlainRecount: each confirmed event of the year, a matter by
// its highest and only in its first year; with the option each, nothing else.
func TestDeductionsMatchPlainRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := events(t)
		each, want := Points(0), Points(0)
		best, before := map[string]Points{}, map[string]bool{}
		for i, e := range in {
			matter := e.Matter
			if matter == "" {
				matter = fmt.Sprint("own ", i)
			}
			switch {
			case e.State != Confirmed || !strings.HasPrefix(e.Clause, "16."):
			case e.OccurredOn < "2026":
				before[matter] = true
			case e.OccurredOn < "2027":
				best[matter] = max(best[matter], e.Points)
				each += e.Points
			}
		}
		for matter, p := range best {
			if !before[matter] {
				want += p
			}
		}
		for r, want := range map[Reading]Points{{}: want, {EachDeduction: true}: each} {
			s, err := Annex2().ScoreAs(r, 2026, nil, in)
			if err != nil || s.DeductionUncapped != want || s.Deduction != min(want, 10*Point) {
				t.Fatalf("%+v: deduction %s of %s, recount %s, %v", r, s.Deduction, s.DeductionUncapped, want, err)
			}
		}
	})
}

// TestYearIgnoresTheFuture: what happens later never changes a year already scored.
func TestYearIgnoresTheFuture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := events(t)
		var known []Event
		for _, e := range in {
			if e.year() <= 2026 {
				known = append(known, e)
			}
		}
		r := Reading{BroadMatter: rapid.Bool().Draw(t, "broad")}
		all, err := Annex2().ScoreAs(r, 2026, nil, in)
		if err != nil {
			t.Fatal(err)
		}
		past, err := Annex2().ScoreAs(r, 2026, nil, known)
		if err != nil || past.Total != all.Total {
			t.Fatalf("%s with the future, %s without, %v", all.Total, past.Total, err)
		}
	})
}

// TestMatterCountsInOneYearOnly adds a matter up over all years: once, no more.
func TestMatterCountsInOneYearOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := events(t)
		years := map[string]map[int]bool{}
		for year := 2025; year <= 2027; year++ {
			s, err := Annex2().Score(year, nil, in)
			if err != nil {
				t.Fatal(err)
			}
			count := map[string]int{}
			for _, line := range s.Trace {
				if line.Rule != RuleCounted || line.Matter == "" || !strings.HasPrefix(line.Clause, "15.3") {
					continue
				}
				if count[line.Matter]++; count[line.Matter] > 1 {
					t.Fatalf("%s counts twice in %d", line.Matter, year)
				}
				if years[line.Matter] == nil {
					years[line.Matter] = map[int]bool{}
				}
				years[line.Matter][year] = true
			}
		}
		for matter, in := range years {
			if len(in) > 1 {
				t.Fatalf("%s counts in %v", matter, in)
			}
		}
	})
}
