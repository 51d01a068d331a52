package rubric

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestVectors(t *testing.T) {
	all := Vectors()
	if len(all) != 14 {
		t.Fatalf("%d vectors, want 14", len(all))
	}
	for i, v := range all {
		if v.No != i+1 || v.Name == "" {
			t.Errorf("vector %d is numbered %d %q", i+1, v.No, v.Name)
		}
		t.Run(v.Name, func(t *testing.T) {
			if err := v.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestVectorChecksCanFail plants wrong expectations: a check that never fails proves nothing.
func TestVectorChecksCanFail(t *testing.T) {
	if scores(2026, 50*Point, nil, 51*Point)() == nil {
		t.Error("a wrong total passes")
	}
	one := []Event{happened("E1", "15.1", "", "2026-01-01", 5*Point)}
	if bothReadings(2026, one, 5*Point, 3*Point)() == nil || bothReadings(2026, one, 3*Point, 5*Point)() == nil {
		t.Error("a wrong reading passes")
	}
	if scores(2026, 101*Point, []Event{{}}, 0)() == nil {
		t.Error("a refused input passes")
	}
}

// rules are the trace's codes by event, and the row's sum.
func rules(s Scorecard) string {
	var out []string
	for _, line := range s.Trace {
		if line.Row >= bonusRow {
			out = append(out, line.Event+":"+line.Rule)
		}
	}
	return strings.Join(out, " ")
}

func TestScoreRules(t *testing.T) {
	state := func(e Event, s State) Event { e.State = s; return e }
	for _, c := range []struct {
		name         string
		events       []Event
		bonus, minus Points
		trace        string
	}{
		{name: "no events"},
		{"highest of a matter, first of equals", []Event{
			happened("B", "15.3a", "M", "2026-05-02", 2*Point), happened("A", "15.3a", "M", "2026-05-02", 2*Point),
			happened("C", "15.3b", "M", "2026-05-01", Point)},
			2 * Point, 0, "C:same-matter A:counted B:same-matter"},
		{"no matter is its own matter", []Event{
			happened("A", "15.3c", "", "2026-05-01", Half), happened("B", "15.3c", "", "2026-05-01", Half)},
			Point, 0, "A:counted B:counted"},
		{"literal reading spares items 1 and 2", []Event{
			happened("A", "15.1", "M", "2026-05-01", 5*Point), happened("B", "15.2d", "M", "2026-05-01", Half),
			happened("C", "15.3a", "M", "2026-05-01", 2*Point)},
			7*Point + Half, 0, "A:counted B:counted C:counted"},
		{"a pending article does not hide a confirmed one", []Event{
			state(happened("A", "15.3a", "M", "2026-05-01", 2*Point), Pending), happened("B", "15.3c", "M", "2026-05-01", Half)},
			Half, 0, "A:pending B:counted"},
		{"a rejected first publication does not take the matter", []Event{
			state(happened("A", "15.3a", "M", "2025-12-31", 2*Point), Rejected), happened("B", "15.3c", "M", "2026-01-01", Half)},
			Half, 0, "A:other-year B:counted"},
		{"the first of three years takes the matter", []Event{
			happened("A", "15.3c", "M", "2024-12-31", Half), happened("B", "15.3a", "M", "2025-06-01", 2*Point),
			happened("C", "15.3a", "M", "2026-06-01", 2*Point)},
			0, 0, "A:other-year B:other-year C:counted-in-2024"},
		{"a later year takes nothing back", []Event{
			happened("A", "15.3c", "M", "2026-12-31", Half), happened("B", "15.3a", "M", "2027-01-01", 2*Point)},
			Half, 0, "A:counted B:other-year"},
		{"one happening is deducted once, the highest (R-15)", []Event{
			happened("A", "16.4", "M", "2026-05-01", Point), happened("B", "16.1", "M", "2026-05-01", 3*Point)},
			0, 3 * Point, "A:same-happening B:counted"},
		{"two happenings are deducted twice (R-15)", []Event{
			happened("A", "16.1", "M", "2026-05-01", 3*Point), happened("B", "16.4", "", "2026-05-01", Point)},
			0, 4 * Point, "A:counted B:counted"},
		{"a happening deducted last year is not deducted again (R-15)", []Event{
			happened("A", "16.4", "M", "2025-12-31", Point), happened("B", "16.1", "M", "2026-01-05", 3*Point)},
			0, 0, "A:other-year B:counted-in-2025"},
		{"a matter praised and blamed counts on both sides", []Event{
			happened("A", "15.3a", "M", "2026-05-01", 2*Point), happened("B", "16.1", "M", "2026-05-01", 3*Point)},
			2 * Point, 3 * Point, "A:counted B:counted"},
		{"rejected and undetermined deductions are 0", []Event{
			state(happened("A", "16.1", "", "2026-05-01", 0), Pending), state(happened("B", "16.2", "", "2026-05-01", 5*Point), Rejected)},
			0, 0, "A:pending B:rejected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Annex2().Score(2026, nil, c.events)
			if err != nil {
				t.Fatal(err)
			}
			if s.Bonus != c.bonus || s.Deduction != c.minus || rules(s) != c.trace {
				t.Errorf("bonus %s minus %s trace %q\nwant  %s %s %q", s.Bonus, s.Deduction, rules(s), c.bonus, c.minus, c.trace)
			}
		})
	}
}

func TestCapsKeepTheUncappedFigure(t *testing.T) {
	events := []Event{
		happened("E1", "16.1", "", "2026-02-01", 5*Point), happened("E2", "16.2", "", "2026-02-02", 5*Point),
		happened("E3", "16.3", "", "2026-02-03", 5*Point), happened("E4", "15.1", "", "2026-02-04", 5*Point),
	}
	s, err := Annex2().Score(2026, spread(90*Point), events)
	if err != nil {
		t.Fatal(err)
	}
	if s.Deduction != 10*Point || s.DeductionUncapped != 15*Point || s.Bonus != s.BonusUncapped || s.Total != 85*Point {
		t.Errorf("%+v", s)
	}
	last := s.Trace[len(s.Trace)-1]
	if last.Rule != RuleCap || last.Counted != 5*Point || last.Row != 16 {
		t.Errorf("the cap is not traced: %+v", last)
	}
	if got := s.Rows[15].Reason; got != "计分 3 项，未封顶 15.0 分，按上限计 10.0 分" {
		t.Errorf("row 16 says %q", got)
	}
	if len(s.Rows) != 16 || s.Rows[14].Row != 15 || s.Rows[14].Points != 5*Point || s.Rows[14].Max != 10*Point {
		t.Errorf("rows %+v", s.Rows)
	}
}

func TestScoreWithoutMarks(t *testing.T) {
	s, err := Annex2().Score(2026, []Mark{{Row: 3, Points: 425, Reason: "均值"}}, nil)
	if err != nil || s.Total != 425 {
		t.Fatalf("total %s, %v", s.Total, err)
	}
	if s.Trace[2].Rule != RuleMark || s.Trace[3].Rule != RuleNoMark || s.Rows[2].Reason != "均值" || len(s.Trace) != 14 {
		t.Errorf("trace %+v", s.Trace)
	}
}

func TestScoreRefuses(t *testing.T) {
	fine := happened("E1", "15.1", "", "2026-05-01", 5*Point)
	for name, c := range map[string]struct {
		marks  []Mark
		events []Event
		say    string
	}{
		"unknown row":     {marks: []Mark{{Row: 17}}, say: "没有这一项"},
		"row 15 marked":   {marks: []Mark{{Row: 15, Points: Point}}, say: "按事件计分"},
		"twice":           {marks: []Mark{{Row: 1}, {Row: 1}}, say: "重复评分"},
		"negative":        {marks: []Mark{{Row: 1, Points: -Half}}, say: "超出范围"},
		"above full":      {marks: []Mark{{Row: 3, Points: 5*Point + Half}}, say: "超出范围"},
		"odd hundredths":  {marks: []Mark{{Row: 1, Points: 730}}, say: "整数倍"},
		"doubled event":   {events: []Event{fine, fine}, say: "编号重复"},
		"unknown clause":  {events: []Event{{ID: "E", Clause: "17.1", OccurredOn: "2026-01-01", State: Confirmed}}, say: "不在评价指标中"},
		"wrong day":       {events: []Event{{ID: "E", Clause: "15.1", Points: 500, OccurredOn: "2026-02-30", State: Confirmed}}, say: "无法识别"},
		"both are listed": {marks: []Mark{{Row: 99}}, events: []Event{{ID: "E9"}}, say: "事件 E9"},
	} {
		s, err := Annex2().Score(2026, c.marks, c.events)
		if err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want %q", name, err, c.say)
		}
		if !reflect.DeepEqual(s, Scorecard{}) {
			t.Errorf("%s: a refused input still scored %+v", name, s)
		}
	}
}

func TestYearAndDayAreBeijing(t *testing.T) {
	for in, want := range map[string]struct {
		year int
		day  string
	}{
		"2024-12-31T23:30:00+08:00": {2024, "2024-12-31"}, "2024-12-31T15:59:59Z": {2024, "2024-12-31"},
		"2024-12-31T16:00:00Z": {2025, "2025-01-01"}, "2024-12-31T23:30:00-05:00": {2025, "2025-01-01"},
	} {
		instant, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if YearOf(instant) != want.year || DayOf(instant) != want.day {
			t.Errorf("%s: %d %s, want %d %s", in, YearOf(instant), DayOf(instant), want.year, want.day)
		}
	}
}

func TestRuleText(t *testing.T) {
	for _, code := range []string{RuleMark, RuleNoMark, RuleCounted, RulePending, RuleRejected, RuleOtherYear, RuleSameMatter, RuleCap,
		RuleSameHappening, RuleAlsoInBase, RuleSameDay, RuleClamp, RuleCap + "-20.0"} {
		if RuleText(code) == code {
			t.Errorf("%s has no Chinese text", code)
		}
	}
	if got := RuleText("counted-in-2024"); got != "同一事项已在2024年度计分，本年度不再计分" {
		t.Error(got)
	}
	for _, code := range []string{"counted-in-x", "new-rule"} {
		if RuleText(code) != code {
			t.Errorf("%s is guessed at", code)
		}
	}
}

// anEvent draws a valid event of the years around 2026, matters often shared.
func anEvent(id string) *rapid.Generator[Event] {
	return rapid.Custom(func(t *rapid.T) Event {
		c := rapid.SampledFrom(Annex2().Clauses).Draw(t, "clause")
		steps := rapid.IntRange(0, int((c.Max-c.Min)/c.Step)).Draw(t, "steps")
		year := rapid.SampledFrom([]string{"2025", "2026", "2026", "2026", "2027"}).Draw(t, "year")
		day := rapid.SampledFrom([]string{"-01-01", "-06-30", "-12-31"}).Draw(t, "day")
		return Event{ID: id, Clause: c.ID, Points: c.Min + Points(steps)*c.Step, OccurredOn: year + day,
			Matter: rapid.SampledFrom([]string{"", "M1", "M2", "M3"}).Draw(t, "matter"),
			State:  rapid.SampledFrom([]State{Confirmed, Confirmed, Confirmed, Pending, Rejected}).Draw(t, "state")}
	})
}

func events(t *rapid.T) []Event {
	all := make([]Event, rapid.IntRange(0, 14).Draw(t, "events"))
	for i := range all {
		all[i] = anEvent(string(rune('A'+i))).Draw(t, "event")
	}
	return all
}

func marks(t *rapid.T, step Points) []Mark {
	var all []Mark
	for _, row := range Annex2().Rows[:baseRows] {
		if rapid.IntRange(0, 9).Draw(t, "marked") > 0 {
			p := Points(rapid.IntRange(0, int(row.Max/step)).Draw(t, "steps")) * step
			all = append(all, Mark{Row: row.No, Points: p, Reason: rapid.SampledFrom([]string{"甲。", "乙", "丙；"}).Draw(t, "reason")})
		}
	}
	return all
}

func TestScoreProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Reading{BroadMatter: rapid.Bool().Draw(t, "broad")}
		base, in := marks(t, quarter), events(t)
		before := append([]Event(nil), in...)
		s, err := Annex2().ScoreAs(r, 2026, base, in)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(in, before) && len(in) > 0 {
			t.Fatal("Score changed its input")
		}
		if s.Total < -10*Point || s.Total > 110*Point || s.Total != s.Base+min(s.BonusUncapped, 10*Point)-min(s.DeductionUncapped, 10*Point) {
			t.Fatalf("total %s of %+v", s.Total, s)
		}
		var traced, rows Points
		for _, line := range s.Trace {
			traced += line.Counted
		}
		for _, row := range s.Rows[:15] {
			rows += row.Points
		}
		if traced != s.Total || rows-s.Rows[15].Points != s.Total {
			t.Fatalf("trace %s, rows %s, total %s", traced, rows-s.Rows[15].Points, s.Total)
		}
		shuffled, err := Annex2().ScoreAs(r, 2026, base, rapid.Permutation(in).Draw(t, "order"))
		if err != nil || !reflect.DeepEqual(s, shuffled) {
			t.Fatalf("another order gives another card: %v\n%+v\n%+v", err, s, shuffled)
		}
		literal, _ := Annex2().Score(2026, base, in)
		if r.BroadMatter && s.BonusUncapped > literal.BonusUncapped {
			t.Fatalf("the broad reading gives more: %s > %s", s.BonusUncapped, literal.BonusUncapped)
		}
	})
}

// TestScoreMatchesPlainRecount recounts the literal bonus another way: per
// matter the best media event, if no earlier year had one.
func TestScoreMatchesPlainRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := events(t)
		want := Points(0)
		best, before := map[string]Points{}, map[string]bool{}
		for _, e := range in {
			c, _ := Annex2().Clause(e.Clause)
			year := e.OccurredOn[:4]
			switch {
			case e.State != Confirmed || c.Row != 15:
			case c.Media && e.Matter != "" && year == "2025":
				before[e.Matter] = true
			case year != "2026":
			case c.Media && e.Matter != "":
				best[e.Matter] = max(best[e.Matter], e.Points)
			default:
				want += e.Points
			}
		}
		for matter, p := range best {
			if !before[matter] {
				want += p
			}
		}
		s, err := Annex2().Score(2026, nil, in)
		if err != nil || s.BonusUncapped != want {
			t.Fatalf("bonus %s, recount %s, %v", s.BonusUncapped, want, err)
		}
	})
}

func TestScorecardSurvivesJSON(t *testing.T) {
	s, err := Annex2().Score(2026, spread(90*Point), []Event{happened("E1", "15.1", "", "2026-02-01", 5*Point)})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Scorecard
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(s, back) {
		t.Errorf("%v\n%+v\n%+v", err, s, back)
	}
	if len(data) > 3000 {
		t.Errorf("a plain card takes %d bytes", len(data))
	}
}
