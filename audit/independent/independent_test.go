package independent_test

import (
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xuanping/audit/independent"
	"xuanping/rubric"
)

// campaigns is how many years are drawn (assurance R8).
const campaigns = 10_000

func table(t testing.TB) independent.Table {
	t.Helper()
	data, err := os.ReadFile("../../rubric/data/annex2-2024.json")
	if err != nil {
		t.Fatal(err)
	}
	table, err := independent.ReadTable(data)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// R8: the second count knows nothing of the first.
func TestR8Imports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			p, _ := strconv.Unquote(imp.Path.Value)
			if first, _, _ := strings.Cut(p, "/"); first == "xuanping" || strings.Contains(first, ".") {
				t.Errorf("%s imports %s: the standard library only", file, p)
			}
		}
	}
}

// R8: the second count equals the house's in 10,000 campaigns: figures, rows,
// which events count, ranks; by the default readings and by all others.
func TestR8TenThousandCampaigns(t *testing.T) {
	mine, n, institutions := table(t), 0, 0
	capped, dropped := 0, 0
	for seed := 1; n < campaigns; seed++ {
		g := rapid.Custom(func(t *rapid.T) drawn { return draw(t) })
		c := g.Example(seed)
		n++
		institutions += len(c.all)
		counts := compare(t, mine, c)
		capped, dropped = capped+counts[0], dropped+counts[1]
		if t.Failed() {
			t.Fatalf("campaign %d: %+v", seed, c)
		}
	}
	if capped < campaigns/10 || dropped < campaigns/10 {
		t.Errorf("too tame: %d caps reached, %d events dropped", capped, dropped)
	}
	t.Logf("%d campaigns, %d institutions equal; %d caps reached, %d confirmed events of the year not counted", n, institutions, capped, dropped)
}

type drawn struct {
	choices rubric.Choices
	all     []file
}

// file is an institution's year.
type file struct {
	category string
	sheets   [][]rubric.Mark
	rulings  []rubric.Ruling
	events   []rubric.Event
}

const year = 2025

func draw(t *rapid.T) drawn {
	var c drawn
	for _, alt := range rubric.Alternatives() {
		if rapid.IntRange(0, 3).Draw(t, alt.Reading) == 0 {
			c.choices = append(c.choices, alt)
		}
	}
	for range rapid.IntRange(1, 4).Draw(t, "institutions") {
		c.all = append(c.all, drawFile(t))
	}
	return c
}

func drawFile(t *rapid.T) file {
	table := rubric.Annex2()
	f := file{category: rapid.SampledFrom([]string{"管理体系", "产品"}).Draw(t, "category")}
	for range rapid.IntRange(0, 3).Draw(t, "sheets") {
		var sheet []rubric.Mark
		for _, row := range table.Rows[:14] {
			if rapid.IntRange(0, 9).Draw(t, "missing") > 0 {
				sheet = append(sheet, rubric.Mark{Row: row.No, Points: rubric.Half * rubric.Points(rapid.IntRange(0, int(row.Max/rubric.Half)).Draw(t, "points"))})
			}
		}
		f.sheets = append(f.sheets, sheet)
	}
	for range rapid.IntRange(0, 2).Draw(t, "rulings") {
		row := table.Rows[rapid.IntRange(0, 13).Draw(t, "ruled")]
		f.rulings = append(f.rulings, rubric.Ruling{Row: row.No, Points: rubric.Half * rubric.Points(rapid.IntRange(0, int(row.Max/rubric.Half)).Draw(t, "after")), Reason: "复核"})
	}
	for i := range rapid.SampledFrom([]int{0, 2, 6, 12, 20}).Draw(t, "events") {
		c := rapid.SampledFrom(table.Clauses).Draw(t, "clause")
		f.events = append(f.events, rubric.Event{
			ID: strconv.Itoa(i + 5), Clause: c.ID, Matter: rapid.SampledFrom([]string{"", "甲", "乙"}).Draw(t, "matter"),
			Points:     c.Min + c.Step*rubric.Points(rapid.IntRange(0, int((c.Max-c.Min)/c.Step)).Draw(t, "steps")),
			OccurredOn: rapid.SampledFrom([]string{"2025-01-01", "2025-05-01", "2025-12-31", "2024-12-31", "2023-06-01", "2026-01-01"}).Draw(t, "day"),
			State:      rapid.SampledFrom([]rubric.State{rubric.Confirmed, rubric.Confirmed, rubric.Confirmed, rubric.Rejected, rubric.Pending}).Draw(t, "state"),
			AlsoInBase: rapid.Bool().Draw(t, "base"),
		})
	}
	return f
}

// compare counts both ways, and tells how many caps and rules were at work.
func compare(t *testing.T, mine independent.Table, c drawn) (work [2]int) {
	t.Helper()
	options := independent.Options{}
	for _, choice := range c.choices {
		options[choice.Reading] = choice.Option
	}
	reading := c.choices.Reading()
	var totals []rubric.Points
	var plain []int
	var categories []string
	for _, f := range c.all {
		want, err := rubric.Annex2().Judge(reading, year, f.sheets, f.rulings, f.events)
		if err != nil {
			t.Fatal(err)
		}
		got, err := mine.Score(options, year, sheets(f), rulings(f), events(f))
		if err != nil {
			t.Fatal(err)
		}
		figures := [6]int{int(want.Base), int(want.Bonus), int(want.BonusUncapped), int(want.Deduction), int(want.DeductionUncapped), int(want.Total)}
		if is := [6]int{got.Base, got.Bonus, got.BonusUncapped, got.Deduction, got.DeductionUncapped, got.Total}; is != figures {
			t.Errorf("figures %v, the house has %v", is, figures)
		}
		rows, counted := map[int]int{}, map[string]int{}
		for _, r := range want.Rows {
			rows[r.Row] = int(r.Points)
		}
		confirmed := 0
		for _, l := range want.Trace {
			if l.Event != "" && l.Rule == rubric.RuleCounted {
				counted[l.Event] = max(int(l.Counted), -int(l.Counted))
			}
		}
		for _, e := range f.events {
			if e.State == rubric.Confirmed && strings.HasPrefix(e.OccurredOn, strconv.Itoa(year)) {
				confirmed++
			}
		}
		if !maps.Equal(rows, got.Rows) || !maps.Equal(counted, got.Counted) {
			t.Errorf("rows %v, counted %v; the house has %v and %v", got.Rows, got.Counted, rows, counted)
		}
		if want.Bonus != want.BonusUncapped || want.Deduction != want.DeductionUncapped {
			work[0]++
		}
		work[1] += confirmed - len(counted)
		totals, plain, categories = append(totals, want.Total), append(plain, got.Total), append(categories, f.category)
	}
	if want, got := reading.RanksWithin(totals, categories), independent.Ranks(options, plain, categories); !slices.Equal(want, got) {
		t.Errorf("ranks %v, the house has %v", got, want)
	}
	return work
}

func sheets(f file) (all [][]independent.Mark) {
	for _, s := range f.sheets {
		var sheet []independent.Mark
		for _, m := range s {
			sheet = append(sheet, independent.Mark{Row: m.Row, Points: int(m.Points)})
		}
		all = append(all, sheet)
	}
	return all
}

func rulings(f file) (all []independent.Ruling) {
	for _, r := range f.rulings {
		all = append(all, independent.Ruling{Row: r.Row, Points: int(r.Points)})
	}
	return all
}

func events(f file) (all []independent.Event) {
	for _, e := range f.events {
		all = append(all, independent.Event{ID: e.ID, Clause: e.Clause, Matter: e.Matter, Day: e.OccurredOn, Points: int(e.Points),
			Confirmed: e.State == rubric.Confirmed, InBase: e.AlsoInBase})
	}
	return all
}
