package rubric

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sheetsOf gives reviewers the same base or each their own.
func reviewed(pairs ...any) []ReviewerSheet {
	var all []ReviewerSheet
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, ReviewerSheet{pairs[i].(string), spread(pairs[i+1].(Points))})
	}
	return all
}

func plain(code, category string, base Points, events ...Event) Case {
	return Case{Code: code, Category: category, Ranked: true, Sheets: reviewed("R1", base, "R2", base), Events: events}
}

var someLines = Lines{85 * Point, Criteria{MinTotal: 60 * Point, UncappedDeduction: 10 * Point}}

// TestWhatIfR05 is the check of requirements §3 feature 1: the broad reading takes
// CB-A from 85 to 83, off the excellent list and behind CB-B; nothing else moves.
func TestWhatIfR05(t *testing.T) {
	cases := []Case{
		plain("CB-C", "小", 50*Point),
		plain("CB-A", "大", 80*Point, happened("1", "15.2a", "M", "2026-05-01", 3*Point), happened("2", "15.3a", "M", "2026-05-02", 2*Point)),
		plain("CB-B", "大", 84*Point),
		{Code: "CB-D", Ranked: true, Silent: true},
	}
	e, err := WhatIf(Annex2(), 2026, cases, Reading{}, Reading{BroadMatter: true}, someLines)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v %v %d", e.Now, e.Then, e.Institutions); got != "默认口径 R-05 broad 4" {
		t.Error(got)
	}
	var lines []string
	for _, c := range e.Changes {
		lines = append(lines, fmt.Sprintf("%s %s→%s 名次 %d→%d 类内 %d→%d 优秀 %v→%v", c.Code, c.Now.Total, c.Then.Total,
			c.Now.Rank, c.Then.Rank, c.Now.CategoryRank, c.Then.CategoryRank, c.Now.Excellent, c.Then.Excellent))
	}
	want := []string{
		"CB-A 85.0→83.0 名次 1→2 类内 1→2 优秀 true→false",
		"CB-B 84.0→84.0 名次 2→1 类内 2→1 优秀 false→false",
	}
	if !slices.Equal(lines, want) || e.Totals != 1 || e.Ranks != 2 || e.CategoryRanks != 2 || e.Excellent != 1 || e.Grounds != 0 {
		t.Errorf("%s\n%+v", strings.Join(lines, "\n"), e)
	}
	now, err := Standings(Annex2(), 2026, cases, Reading{}, someLines)
	if err != nil || now[1].Total != 85*Point || !now[3].Poor || now[3].Rank != 0 || !now[0].Poor {
		t.Errorf("the official standings moved: %+v, %v", now, err)
	}
}

// TestWhatIfCrossesArticle32: R-15 option each lifts the uncapped deduction over the line.
func TestWhatIfCrossesArticle32(t *testing.T) {
	cases := []Case{plain("CB-A", "", 90*Point, happened("1", "16.1", "M", "2026-05-01", 5*Point), happened("2", "16.2", "M", "2026-05-01", 5*Point))}
	e, err := WhatIf(Annex2(), 2026, cases, Reading{}, Reading{EachDeduction: true}, someLines)
	if err != nil || e.Grounds != 1 || !e.Changes[0].Then.Impact || e.Changes[0].Now.Impact || e.Changes[0].Then.Total != 80*Point {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestR30GroundsTogether: where the grounds must be met together, a total below
// the line or a deduction over it alone proposes nothing; late reports are one of them.
func TestR30GroundsTogether(t *testing.T) {
	twice := []Event{happened("1", "16.1", "M", "2026-05-01", 5*Point), happened("2", "16.2", "M", "2026-05-01", 5*Point)}
	late := plain("CB-B", "", 65*Point, twice...)
	late.LateReports = 2
	cases := []Case{plain("CB-A", "", 65*Point, twice...), late, plain("CB-C", "", 50*Point)}
	together := Lines{85 * Point, Criteria{All: true, MinTotal: 60 * Point, LateReports: 2, UncappedDeduction: 10 * Point}}
	apart := together
	apart.Criteria.All = false
	for name, c := range map[string]struct {
		lines Lines
		want  []string // whose proposal changes when each deduction counts
	}{
		"together": {together, []string{"CB-B"}}, // 60 and 5 become 55 and 10, beside two late reports
		"apart":    {apart, []string{"CB-A", "CB-B"}},
	} {
		e, err := WhatIf(Annex2(), 2026, cases, Reading{}, Reading{EachDeduction: true}, c.lines)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range e.Changes {
			if x.GroundsChanged() {
				got = append(got, x.Code)
			}
		}
		if !slices.Equal(got, c.want) || e.Grounds != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		r, err := Robust(Annex2(), 2026, cases, Reading{EachDeduction: true}, c.lines)
		if err != nil {
			t.Fatal(err)
		}
		if a := r.Institutions[0]; a.WarningRobust != (name == "together") {
			t.Errorf("%s: %+v", name, a)
		}
		if b := r.Institutions[1]; b.WarningRobust || b.Now.warned() != [3]bool{true, true, true} { // 8 at the lower end
			t.Errorf("%s: %+v", name, b)
		}
		if c := r.Institutions[2]; c.Now.Poor == (name == "together") || !c.WarningRobust {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestR30ProposesAsGrounds: the sheet and a proposal agree on every mixture of facts and criteria.
func TestR30ProposesAsGrounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		point := func(name string, most int) Points { return Points(rapid.IntRange(0, most).Draw(t, name)) * Point }
		c := Criteria{All: rapid.Bool().Draw(t, "all"), MinTotal: point("line", 2), UncappedDeduction: point("most", 2), LateReports: rapid.IntRange(0, 2).Draw(t, "reports")}
		f := Facts{Total: point("total", 2), Scored: rapid.Bool().Draw(t, "scored"), Submitted: rapid.Bool().Draw(t, "submitted"),
			UncappedDeduction: point("deduction", 2), LateReports: rapid.IntRange(0, 2).Draw(t, "late")}
		var want [3]bool
		for _, g := range Grounds(c, f) {
			want[slices.Index([]string{GroundPoor, GroundRisk, GroundImpact}, g.Code)] = g.Text != ""
		}
		if got := c.proposes(f); got != want {
			t.Fatalf("%+v on %+v: %v, the case says %v", c, f, got, want)
		}
	})
}

func TestWhatIfRefuses(t *testing.T) {
	for name, cases := range map[string][]Case{
		"twice":    {plain("CB-A", "", 0), plain("CB-A", "", 0)},
		"mark":     {{Code: "CB-A", Sheets: []ReviewerSheet{{"R1", []Mark{{Row: 17}}}}}},
		"event":    {{Code: "CB-A", Events: []Event{{ID: "1"}}}},
		"ruling":   {{Code: "CB-A", Rulings: []Ruling{{Row: 1, Points: 11 * Point}}}},
		"no such":  {{Code: "CB-A", Rulings: []Ruling{{Row: 0}}}},
		"negative": {{Code: "CB-A", Rulings: []Ruling{{Row: 1, Points: -1}}}},
	} {
		if _, err := WhatIf(Annex2(), 2026, cases, Reading{}, Reading{}, someLines); err == nil || !strings.Contains(err.Error(), "CB-A") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Robust(Annex2(), 2026, cases, Reading{}, someLines); err == nil {
			t.Errorf("%s: the robustness sheet accepts it", name)
		}
	}
}

// aYear draws many institutions: two sheets of 40 reviewers, some events.
func aYear(n int) []Case {
	rnd := rand.New(rand.NewPCG(3, 2026))
	cases := make([]Case, n)
	for i := range cases {
		base := Points(50+rnd.IntN(45)) * Point
		a, b := rnd.IntN(40), rnd.IntN(39)
		if b >= a {
			b++
		}
		c := Case{Code: fmt.Sprintf("CB-%04d", i), Category: []string{"大", "中", "小"}[i%3], Ranked: i%50 != 0,
			Sheets: reviewed(fmt.Sprint("R", a), base, fmt.Sprint("R", b), base+Points(rnd.IntN(9)-4)*Half)}
		for k := range rnd.IntN(6) {
			clause := Annex2().Clauses[rnd.IntN(12)]
			c.Events = append(c.Events, Event{ID: fmt.Sprint(i*10 + k), Clause: clause.ID, Points: clause.Min, State: Confirmed,
				Matter: []string{"", "M1", "M2"}[rnd.IntN(3)], OccurredOn: fmt.Sprintf("202%d-05-%02d", 5+rnd.IntN(2), 1+rnd.IntN(28))})
		}
		cases[i] = c
	}
	return cases
}

// TestWhatIfEachCoversEverySwitch and compares with WhatIf one by one.
func TestWhatIfEachCoversEverySwitch(t *testing.T) {
	cases, now := aYear(60), Reading{BroadMatter: true}
	all, err := WhatIfEach(Annex2(), 2026, cases, now, someLines)
	if err != nil || len(all) != len(Alternatives()) {
		t.Fatalf("%d effects, %v", len(all), err)
	}
	for _, e := range all {
		one, err := WhatIf(Annex2(), 2026, cases, now, e.Then.Reading(), someLines)
		if err != nil || fmt.Sprint(one) != fmt.Sprint(e) {
			t.Errorf("%v: %v", e.Then, err)
		}
	}
	if e := all[3]; len(e.Then) != 0 || e.Totals == 0 {
		t.Errorf("the reading in use is not put back: %v, %d totals", e.Then, e.Totals)
	}
}

// BenchmarkWhatIfEach: 1,500 institutions, every option of every reading.
func BenchmarkWhatIfEach(b *testing.B) {
	cases := aYear(1500)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := WhatIfEach(Annex2(), 2026, cases, Reading{}, someLines); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRobustLenientReviewer is the fixture of requirements §3 feature 10: R9 is
// lenient at CB-B and stands between it and CB-E; exactly those two are not robust.
func TestRobustLenientReviewer(t *testing.T) {
	cases := []Case{
		{Code: "CB-E", Ranked: true, Sheets: reviewed("R3", 80*Point, "R4", 80*Point)},
		{Code: "CB-A", Ranked: true, Sheets: reviewed("R1", 95*Point, "R2", 95*Point)},
		{Code: "CB-B", Ranked: true, Sheets: reviewed("R1", 77*Point, "R9", 85*Point)},
		{Code: "CB-C", Ranked: true, Sheets: reviewed("R2", 66*Point, "R3", 66*Point)},
		{Code: "CB-D", Ranked: true, Silent: true},
	}
	r, err := Robust(Annex2(), 2026, cases, Reading{}, someLines)
	if err != nil {
		t.Fatal(err)
	}
	var shaky []string
	for _, s := range r.Institutions {
		if !s.Robust() {
			shaky = append(shaky, s.Code)
		}
	}
	if !slices.Equal(shaky, []string{"CB-B", "CB-E"}) || r.Unstable != 2 || r.UnstableRanks != 2 {
		t.Fatalf("not robust: %v", shaky)
	}
	b, e := r.Institutions[1], r.Institutions[4]
	if b.Total != (Band{77 * Point, 85 * Point}) || b.Rank != (RankBand{2, 3}) || e.Rank != (RankBand{2, 3}) || e.Total != (Band{80 * Point, 80 * Point}) {
		t.Errorf("bands %+v %+v", b, e)
	}
	if b.ExcellentRobust || !b.WarningRobust || !e.ExcellentRobust { // 81 now, 85 without R1
		t.Errorf("places %+v %+v", b, e)
	}
	var why []string
	for _, s := range e.Because {
		why = append(why, s.Text())
	}
	want := []string{"全部机构不计评审专家 R9 的评分", "CB-B 不计评审专家 R9 的评分"}
	if !slices.Equal(why, want) {
		t.Errorf("reasons %q", why)
	}
}

// TestRobustEvents: a deduction at 3 or 5 and a pending item can decide a warning
// and an excellent place.
func TestRobustEvents(t *testing.T) {
	pending := Event{ID: "P", Clause: "16.2", OccurredOn: "2026-06-01", State: Pending}
	bonus := Event{ID: "Q", Clause: "15.3a", Points: 2 * Point, OccurredOn: "2026-06-01", State: Pending}
	past := Event{ID: "O", Clause: "16.2", Points: 3 * Point, OccurredOn: "2025-06-01", State: Confirmed}
	cases := []Case{
		plain("CB-A", "", 64*Point, happened("1", "16.1", "", "2026-05-01", 4*Point)), // 60: 59 at 5
		plain("CB-B", "", 84*Point, bonus),                                            // 84: 86 when accepted
		plain("CB-C", "", 75*Point, pending, past),                                    // 75: 72 or 70
		{Code: "CB-D", Ranked: true, Sheets: reviewed("R1", 50*Point)},
	}
	r, err := Robust(Annex2(), 2026, cases, Reading{}, someLines)
	if err != nil {
		t.Fatal(err)
	}
	a, b, c, d := r.Institutions[0], r.Institutions[1], r.Institutions[2], r.Institutions[3]
	if a.WarningRobust || a.Total != (Band{59 * Point, 61 * Point}) || a.Because[0].Text() != "CB-A 事件 1（16.1）按 5.0 分扣分" || !a.RankRobust {
		t.Errorf("CB-A %+v", a)
	}
	if b.ExcellentRobust || b.Total.High != 86*Point || b.Because[0].Kind != SwingPending {
		t.Errorf("CB-B %+v", b)
	}
	if !c.Robust() || c.Total != (Band{70 * Point, 75 * Point}) || len(c.Because) != 0 {
		t.Errorf("CB-C %+v", c)
	}
	if !d.SingleSheet || d.Robust() || d.Moved() || r.Untestable != 1 || r.Unstable != 2 || d.Total != (Band{50 * Point, 50 * Point}) || r.Scenarios != 2*3+2+1+2+2 {
		t.Errorf("CB-D %+v, %d scenarios", d, r.Scenarios)
	}
}

// TestRobustMatchesBruteForce ranks everybody anew for each trial of one institution.
func TestRobustMatchesBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Reading{DenseRanks: rapid.Bool().Draw(t, "dense")}
		totals := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 8), func(n int) Points { return Points(n) * Point }), 1, 9).Draw(t, "totals")
		all := make([]Standing, len(totals))
		for i, rank := range r.Ranks(totals) {
			all[i] = Standing{Scored: true, Total: totals[i], Rank: rank}
		}
		l := newLadder(all)
		i := rapid.IntRange(0, len(totals)-1).Draw(t, "who")
		to := Points(rapid.IntRange(-1, 9).Draw(t, "to")) * Point
		from := totals[i]
		moved := slices.Clone(totals)
		moved[i] = to
		for k, want := range r.Ranks(moved) {
			if got := l.place(r, from, to, moved[k]); got != want {
				t.Fatalf("%v, %d goes to %s: place of %d is %d, want %d", totals, i, to, k, got, want)
			}
		}
	})
}

func BenchmarkRobust(b *testing.B) {
	cases := aYear(1500)
	for b.Loop() {
		if _, err := Robust(Annex2(), 2026, cases, Reading{}, someLines); err != nil {
			b.Fatal(err)
		}
	}
}
