package rehearsal

import (
	"encoding/csv"
	"os"
	"slices"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
)

func count(all []Temperament) map[Temperament]int {
	n := map[Temperament]int{}
	for _, t := range all {
		n[t]++
	}
	return n
}

func TestTemperaments(t *testing.T) {
	six := Temperaments(6, 1)
	if want := []Temperament{Excellent, Average, Late, Silent, Appealing, Incident}; !slices.Equal(six, want) {
		t.Errorf("six: %v", six)
	}
	if n := count(Temperaments(24, 1)); n[Excellent] != 5 || n[Average] != 6 || n[Late] != 3 || n[Silent] != 2 || n[Appealing] != 3 || n[Incident] != 3 || n[Leaving] != 1 || n[Midyear] != 1 {
		t.Errorf("twenty-four: %v", n)
	}
	for n := 6; n <= 300; n++ {
		all := Temperaments(n, uint64(n))
		have := count(all)
		for _, k := range fromStart {
			if have[k] == 0 {
				t.Errorf("%d institutions: nobody is %s", n, k)
			}
		}
		if (have[Midyear] > 0) != (n >= 7) || n >= 7 && all[n-1] != Midyear {
			t.Errorf("%d institutions: %d join mid-year, the last is %s", n, have[Midyear], all[n-1])
		}
	}
}

// sampleCast is a cast of n, with the totals that pairs and triples of
// reviewers lead to.
func sampleCast(n int) []role { return cast(Fictional(n), latecomers(n)) }

func sum(t *testing.T, r role, seed uint64, reviewers []int, rulings []rubric.Ruling) rubric.Points {
	t.Helper()
	var sheets [][]rubric.Mark
	for _, v := range reviewers {
		sheet := r.sheet(seed, v)
		if err := rubric.Annex2().ValidateSheet(sheet, true); err != nil {
			t.Fatalf("%s %s reviewer %d: %v", r.Code, r.kind, v, err)
		}
		sheets = append(sheets, sheet)
	}
	var events []rubric.Event
	for i, m := range r.matters(2027) {
		if m.refused {
			continue
		}
		events = append(events, rubric.Event{ID: string(rune('a' + i)), Clause: m.clause, Matter: m.matter, Points: m.points, OccurredOn: "2027-05-10", State: rubric.Confirmed})
	}
	card, err := rubric.Annex2().Judge(rubric.Reading{}, 2027, sheets, rulings, events)
	if err != nil {
		t.Fatal(err)
	}
	return card.Total
}

// Whoever scores, the marks must lead to the end that the temperament promises.
func TestMarksLeadToTheEnd(t *testing.T) {
	s := campaign.DefaultSettings(2027)
	for seed := uint64(1); seed <= 3; seed++ {
		for _, r := range sampleCast(72) {
			if r.kind == Silent || r.kind == Leaving {
				continue
			}
			for a := range 7 {
				for b := a + 1; b < 8; b++ {
					x, y := r.sheet(seed, a), r.sheet(seed, b)
					if far := len(rubric.Differ(x, y, s.Threshold)) > 0; far != r.disputed() {
						t.Fatalf("%s %s: reviewers %d and %d differ %v, want %v", r.Code, r.kind, a, b, far, r.disputed())
					}
					who := []int{a, b}
					if r.disputed() {
						who = append(who, (b+1)%8)
					}
					total := sum(t, r, seed, who, nil)
					if honoured := total >= s.Excellent; honoured != (r.kind == Excellent) || total < s.Criteria.MinTotal {
						t.Errorf("%s %s: total %s by reviewers %v", r.Code, r.kind, total, who)
					}
					if r.kind == Appealing {
						raised := sum(t, r, seed, who, []rubric.Ruling{{Row: lowRow, Points: raisedMark, Reason: "补计"}})
						if raised != total+raisedMark-lowMark || raised >= s.Excellent {
							t.Errorf("%s: the ruling raises %s to %s", r.Code, total, raised)
						}
					}
				}
			}
		}
	}
}

func TestIncidentsReachTheCriterion(t *testing.T) {
	s, found := campaign.DefaultSettings(2027), 0
	for _, r := range sampleCast(48) {
		if r.kind != Incident {
			continue
		}
		off := rubric.Points(0)
		for _, m := range r.matters(2027) {
			off += m.points
		}
		if found++; off < s.Criteria.UncappedDeduction {
			t.Errorf("%s: only %s is deducted", r.Code, off)
		}
	}
	if found < 2 {
		t.Errorf("%d incidents, both kinds should appear", found)
	}
}

func TestRowsOfEvidence(t *testing.T) {
	for _, r := range sampleCast(72) {
		rows := r.rows(7)
		least, most := 9, 12
		switch r.kind {
		case Silent:
			least, most = 0, 0
		case Excellent:
			least, most = 14, 14
		}
		if len(rows) < least || len(rows) > most || !slices.IsSorted(rows) || len(slices.Compact(slices.Clone(rows))) != len(rows) {
			t.Errorf("%s %s: rows %v", r.Code, r.kind, rows)
		}
		var parts []int
		for q := range 4 {
			parts = append(parts, batch(rows, q, 4)...)
		}
		if !slices.Equal(parts, rows) {
			t.Errorf("%s: the quarters hand in %v of %v", r.Code, parts, rows)
		}
	}
}

func TestFictionalRoster(t *testing.T) {
	for _, n := range []int{6, 24, 99, 100, 400} {
		rows := [][]string{campaign.RosterColumns()}
		all := Fictional(n)
		for _, i := range all {
			rows = append(rows, []string{i.Code, i.Name, i.USCC, i.Province, i.Category, i.Head, i.Contact, i.Email, i.Mobile})
		}
		if back, faults := campaign.ReadRoster(rows); len(faults) > 0 || !slices.Equal(back, all) {
			t.Errorf("%d: faults %v", n, faults)
		}
		if !slices.IsSortedFunc(all, func(a, b campaign.Institution) int { return slices.Compare([]byte(a.Code), []byte(b.Code)) }) {
			t.Errorf("%d: not in the order of codes", n)
		}
		names := map[string]bool{}
		for _, i := range all {
			names[i.Name] = true
		}
		if len(names) != n {
			t.Errorf("%d institutions have %d names", n, len(names))
		}
	}
}

// The sample roster in the repository is the same fiction.
func TestFictionalIsTheSampleRoster(t *testing.T) {
	var all []campaign.Institution
	for _, file := range []string{"../testdata/roster.csv", "../testdata/roster-late.csv"} {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		some, _ := campaign.ReadRoster(rows)
		all = append(all, some...)
	}
	for i, want := range Fictional(24) {
		if all[i] != want {
			t.Errorf("%d: %v, want %v", i, want, all[i])
		}
	}
}
