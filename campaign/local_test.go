package campaign

import (
	"slices"
	"strings"
	"testing"
)

var testSet = LocalSet{Name: "示例", Top: 2, Indicators: []LocalIndicator{{"活动", 60, FromEntered}, {"案例", 40, FromCases}}}

// PL-12: proportion to the best, ties share a rank, only the top is named.
func TestPL12RankLocal(t *testing.T) {
	all := RankLocal(testSet, map[string][]int{"甲省": {10, 3}, "乙省": {10, 3}, "丙省": {5, 0}, "丁省": {0, 0}})
	var got []string
	for _, s := range all {
		got = append(got, s.Province+" "+itoa(s.Rank)+" "+s.ScoreWord())
	}
	if want := "乙省 1 100.00,甲省 1 100.00,丙省 3 30.00,丁省 4 0.00"; strings.Join(got, ",") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, ","), want)
	}
	if named := testSet.Named(all); len(named) != 2 || named[1].Province != "甲省" {
		t.Errorf("named: %v", named)
	}
	one := testSet
	one.Top = 1
	if named := one.Named(all); len(named) != 2 {
		t.Errorf("who shares the last named rank is named too: %v", named)
	}
	if third := RankLocal(LocalSet{Indicators: []LocalIndicator{{"x", 100, FromEntered}}}, map[string][]int{"甲": {3}, "乙": {1}}); third[1].Score != 3333 {
		t.Errorf("a third is %d", third[1].Score)
	}
}

func TestPL12LocalSetCheck(t *testing.T) {
	if f := testSet.Check(); len(f) != 0 {
		t.Fatal(f)
	}
	for field, bad := range map[string]LocalSet{
		"name":     {Top: 1, Indicators: testSet.Indicators},
		"top":      {Name: "x", Indicators: testSet.Indicators},
		"name-1":   {Name: "x", Top: 1},
		"weight-1": {Name: "x", Top: 1, Indicators: testSet.Indicators[:1]},
		"source-1": {Name: "x", Top: 1, Indicators: []LocalIndicator{{"a", 100, "guessed"}}},
		"name-2":   {Name: "x", Top: 1, Indicators: []LocalIndicator{{"a", 50, FromCases}, {"a", 50, FromCases}}},
		"weight-2": {Name: "x", Top: 1, Indicators: []LocalIndicator{{"a", 100, FromCases}, {"b", 0, FromCases}}},
	} {
		if f := bad.Check(); f[field] == "" || len(f) != 1 {
			t.Errorf("%s: %v", field, f)
		}
	}
}

// PL-9: questions and answers are checked by field.
func TestPL9SurveyCheck(t *testing.T) {
	all := []Question{{"人数", AskOne, []string{"5 人以下", "5 人以上"}}, {"渠道", AskMany, []string{"官网", "公众号"}}, {"建议", AskText, nil}}
	if f := CheckSurvey(all); len(f) != 0 {
		t.Fatal(f)
	}
	if f := CheckAnswers(all, [][]string{{"5 人以上"}, {"官网", "公众号"}, nil}); len(f) != 0 {
		t.Fatal(f)
	}
	f := CheckAnswers(all, [][]string{{"六人"}, nil, {strings.Repeat("长", 1001)}})
	for _, k := range []string{"a-1", "a-2", "a-3"} {
		if f[k] == "" {
			t.Errorf("%s is not faulty: %v", k, f)
		}
	}
	for k, q := range map[string]Question{"text-1": {"", AskText, nil}, "kind-1": {"x", "other", nil}, "options-1": {"x", AskOne, []string{"a", "a"}}} {
		if f := CheckSurvey([]Question{q}); f[k] == "" {
			t.Errorf("%s: %v", k, f)
		}
	}
	if !slices.Contains(LocalSources(), FromAwarded) || LocalSourceWord(FromAwarded) == FromAwarded {
		t.Error("a source has no word")
	}
}
