package rubric

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// GL-35: choices are checked, sorted and turn into the reading and back.
func TestGL35Choices(t *testing.T) {
	for name, c := range map[string]struct {
		choices Choices
		say     string
	}{
		"none":                  {nil, ""},
		"a default with its id": {Choices{{"R-05", "media", "释-2027-01"}}, ""},
		"two":                   {Choices{{"R-05", "broad", "释-2027-01"}, {"R-15", "each", ""}}, ""},
		"unknown":               {Choices{{"R-44", "x", ""}}, "没有口径"},
		"not switchable":        {Choices{{"R-09", "x", ""}}, "不可切换"},
		"unknown option":        {Choices{{"R-05", "wide", ""}}, "可选：media、broad"},
		"twice":                 {Choices{{"R-05", "broad", ""}, {"R-05", "media", ""}}, "选择了两次"},
		"unsorted":              {Choices{{"R-15", "each", ""}, {"R-05", "broad", ""}}, "次序不对"},
	} {
		err := c.choices.Check()
		if (c.say == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), c.say)) {
			t.Errorf("%s: %v, want %q", name, err, c.say)
		}
	}
	mixed := Choices{{"R-15", "each", ""}, {"R-05", "broad", "释-2027-01"}}
	if err := mixed.Sorted().Check(); err != nil || mixed[0].Reading != "R-15" {
		t.Errorf("sorted: %v, the original became %v", err, mixed)
	}
	if got := (Choices{{"R-05", "media", ""}, {"R-15", "each", ""}}).Reading(); got != (Reading{EachDeduction: true}) {
		t.Errorf("%+v", got)
	}
	data, err := json.Marshal(Choices{{"R-05", "broad", ""}})
	if err != nil || string(data) != `[{"reading":"R-05","option":"broad"}]` {
		t.Errorf("%s, %v", data, err)
	}
}

// GL-35: a switch without an interpretation is named; a year whose defaults were
// all interpreted is not said to stand on what nobody decided.
func TestGL35UnboundReadings(t *testing.T) {
	var all Choices
	for _, row := range Readings() {
		if row.Switchable() {
			all = append(all, Choice{row.ID, row.DefaultKey, "释-2027-01"})
		}
		if row.Clause() == "" || strings.HasPrefix(row.Clause(), "（") && row.Switchable() || len([]rune(row.Clause())) > 200 {
			t.Errorf("%s cites %q", row.ID, row.Clause())
		}
	}
	broad := slices.Clone(all)
	broad[3].Option = "broad"
	partly := slices.Clone(all)
	partly[3].Interpretation = ""
	for name, c := range map[string]struct {
		choices Choices
		unbound int
		words   string
	}{
		"none":                       {nil, 11, "默认口径"},
		"all":                        {all, 0, "各项默认读法，均有解释"},
		"all, one not":               {partly, 1, "默认口径"},
		"all, one of another option": {broad, 0, "R-05 broad，其余为默认读法，均有解释"},
		"one":                        {broad[3:4], 10, "R-05 broad"},
	} {
		open := c.choices.Unbound()
		if got := c.choices.Words(); len(open) != c.unbound || got != c.words {
			t.Errorf("%s: %d unbound, %q", name, len(open), got)
		}
	}
	if open := partly.Unbound(); open[0].ID != "R-05" {
		t.Errorf("unbound %s", open[0].ID)
	}
}

func TestReadingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := aReading(t)
		c := r.Choices()
		if err := c.Check(); err != nil || c.Reading() != r {
			t.Fatalf("%+v became %v and %+v, %v", r, c, c.Reading(), err)
		}
	})
	fields := reflect.TypeFor[Reading]().NumField()
	if fields != len(switches) || len(Alternatives()) != fields {
		t.Errorf("%d fields, %d switches", fields, len(switches))
	}
	var all Reading
	for _, s := range switches {
		if on := s.field(&all); *on {
			t.Errorf("%s shares a field", s.reading)
		} else {
			*on = true
		}
	}
}

// A reading is asked in one small function each, never in the midst of a rule:
// the fields of Reading are named in reading.go, and in say.go that tells of them.
func TestReadingsAreAskedInOnePlace(t *testing.T) {
	names := map[string]int{}
	for i := range reflect.TypeFor[Reading]().NumField() {
		names[reflect.TypeFor[Reading]().Field(i).Name] = 0
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if _, known := names[s.Sel.Name]; known && name != "reading.go" && name != "say.go" {
					t.Errorf("%s asks %s", name, s.Sel.Name)
				} else if known && name == "reading.go" {
					names[s.Sel.Name]++
				}
			}
			return true
		})
	}
	for name, n := range names {
		if n != 2 { // its switch and its function
			t.Errorf("%s is named %d times in reading.go, want 2", name, n)
		}
	}
}

// RV-2: a reason is mandatory below full and above the self-score.
func TestRV2ReasonBelowFullAndAboveSelf(t *testing.T) {
	self := []Mark{{Row: 1, Points: 8 * Point}, {Row: 2, Points: 10 * Point}}
	mark := func(row int, p Points, reason string) []Mark { return []Mark{{Row: row, Points: p, Reason: reason}} }
	for name, c := range map[string]struct {
		marks []Mark
		say   string
	}{
		"full above self, no reason": {mark(1, 10*Point, " "), "第1项：高于机构自评 8.0 分须填写理由"},
		"full above self, a reason":  {mark(1, 10*Point, "补充材料"), ""},
		"full as self":               {mark(2, 10*Point, ""), ""},
		"full, not self-scored":      {mark(3, 5*Point, ""), ""},
		"below both":                 {mark(1, 7*Point, ""), "第1项：低于满分 10.0 分须填写理由"},
		"above self and below full":  {mark(1, 9*Point, ""), "第1项：低于满分 10.0 分须填写理由"},
		"with a reason":              {mark(1, 9*Point, "材料齐全"), ""},
		"row 15":                     {mark(15, 5*Point, ""), "第15项：加分项和扣分项按事件计分，不在评分表打分，请删去本项"},
	} {
		err := Annex2().ValidateReview(c.marks, self, false)
		if (c.say == "") != (err == nil) || (err != nil && err.Error() != c.say) {
			t.Errorf("%s: %v, want %q", name, err, c.say)
		}
	}
	if err := Annex2().ValidateReview(mark(3, 5*Point, ""), self, true); err == nil || strings.Count(err.Error(), "尚未评分") != 13 {
		t.Errorf("a whole sheet of one row: %v", err)
	}
}

// PL-10: ranks inside the category are the ranks of the category alone.
func TestPL10RanksWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Reading{DenseRanks: rapid.Bool().Draw(t, "dense")}
		n := rapid.IntRange(0, 12).Draw(t, "n")
		totals, categories := make([]Points, n), make([]string, n)
		for i := range n {
			totals[i] = Points(rapid.IntRange(0, 5).Draw(t, "total")) * Point
			categories[i] = rapid.SampledFrom([]string{"大", "中", ""}).Draw(t, "category")
		}
		got := r.RanksWithin(totals, categories)
		for i := range n {
			var ahead []Points
			for k := range n {
				if categories[k] == categories[i] && totals[k] > totals[i] {
					ahead = append(ahead, totals[k])
				}
			}
			slices.Sort(ahead)
			want := len(ahead) + 1
			if r.DenseRanks {
				want = len(slices.Compact(ahead)) + 1
			}
			if got[i] != want {
				t.Fatalf("%v %v: place %d of %d, want %d", totals, categories, got[i], i, want)
			}
		}
	})
}

// FuzzScore: whatever marks and events Score accepts by the default readings,
// the total lies within -10 and 110, prints and reads back, and the order of
// events does not matter.
func FuzzScore(f *testing.F) {
	f.Add([]byte{40, 40, 20, 20, 40, 20, 40, 40, 40, 20, 20, 20, 20, 20}, []byte{0, 0, 0, 1, 8, 2, 1, 1})
	f.Add([]byte{}, []byte{8, 2, 0, 1, 9, 2, 0, 1, 10, 2, 0, 1})
	f.Fuzz(func(t *testing.T, quarters, happenings []byte) {
		var base []Mark
		for i, q := range quarters {
			base = append(base, Mark{Row: i + 1, Points: Points(q) * quarter})
		}
		var in []Event
		for i := 0; i+3 < len(happenings); i += 4 {
			c := Annex2().Clauses[int(happenings[i])%len(Annex2().Clauses)]
			in = append(in, Event{ID: string(rune('一' + i)), Clause: c.ID, Points: c.Min + Points(happenings[i+1])*c.Step,
				Matter: []string{"", "甲", "乙"}[happenings[i+2]%3], State: []State{Pending, Confirmed, Rejected}[happenings[i+3]%3],
				OccurredOn: []string{"2025-12-31", "2026-01-01", "2026-12-31"}[happenings[i+2]/3%3]})
		}
		card, err := Annex2().Score(2026, base, in)
		if err != nil {
			return
		}
		if card.Total < -10*Point || card.Total > 110*Point {
			t.Fatalf("total %s", card.Total)
		}
		if back, err := ParsePoints(card.Total.String()); err != nil || back != card.Total {
			t.Fatalf("%s reads back as %s, %v", card.Total, back, err)
		}
		slices.Reverse(in)
		if again, err := Annex2().Score(2026, base, in); err != nil || !reflect.DeepEqual(again, card) {
			t.Fatalf("backwards: %+v, %v", again, err)
		}
		s, err := Annex2().NewScorer(Reading{}, 2026)
		if err != nil || s.Figures(base, in).Total != card.Total {
			t.Fatalf("the scorer disagrees with %s, %v", card.Total, err)
		}
	})
}

// what the register says of decimals is what the engine does: totals are
// ranked, compared and printed exactly, the mean over institutions has one decimal.
func TestR34SaysHowTotalsAreShown(t *testing.T) {
	row, _ := ReadingByID("R-34")
	for _, want := range []string{"不进位也不舍去", "87.25", "88.0", "差 0.25 分即分先后", "平均得分只作统计，四舍五入到一位小数"} {
		if !strings.Contains(row.Default, want) {
			t.Errorf("R-34 does not say %q: %s", want, row.Default)
		}
	}
	cases := []Case{plain("CB-A", "", 87*Point), {Code: "CB-B", Ranked: true, Sheets: reviewed("R1", 87*Point, "R2", 87*Point+Half)}}
	all, err := Standings(Annex2(), 2026, cases, Reading{}, Lines{Excellent: 8725})
	if err != nil || all[1].Total.String() != "87.25" || all[1].Rank != 1 || all[0].Rank != 2 || !all[1].Excellent || all[0].Excellent || all[0].Total.String() != "87.0" {
		t.Errorf("%+v, %v", all, err)
	}
	if got := Mean([]Points{8725, 8725}); got.String() != "87.3" {
		t.Errorf("the mean is %s", got)
	}
}
