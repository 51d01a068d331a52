package rubric

import (
	"strings"
	"testing"
)

// TestExamples works every case; each names what it holds and says its arithmetic.
func TestExamples(t *testing.T) {
	all, err := Examples()
	if err != nil || len(all) < 60 {
		t.Fatalf("%d cases, %v; want at least 60", len(all), err)
	}
	seen := map[string]bool{}
	named := ""
	for _, e := range all {
		if seen[e.ID] || e.Tests == "" || e.Words == "" {
			t.Errorf("case %q is doubled or says too little", e.ID)
		}
		seen[e.ID] = true
		named += e.Tests + "\n"
		t.Run(e.ID, func(t *testing.T) {
			if err := e.Check(); err != nil {
				t.Errorf("%s（%s）：%v", e.Tests, e.Words, err)
			}
		})
	}
	for _, c := range Alternatives() {
		if !strings.Contains(named, c.Reading+" "+c.Option) {
			t.Errorf("no case holds %s %s", c.Reading, c.Option)
		}
	}
}

// TestExamplesCanFail spoils each case: one that still passes proves nothing.
func TestExamplesCanFail(t *testing.T) {
	all, err := Examples()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		switch {
		case e.Refused != "":
			e.Refused = "不会出现的话"
		case e.Want != "":
			e.Want = "总分=109.75"
		case e.Totals != nil:
			e.Ranks = append([]int{99}, e.Ranks[1:]...)
		case e.Instant != "":
			e.Day = "2020-01-01"
		case e.Criteria != "":
			e.Grounds = []string{"别的情形"}
		case e.Self != "":
			e.Refused = "不会出现的话"
		}
		if e.Check() == nil {
			t.Errorf("%s passes with a wrong result", e.ID)
		}
	}
	for name, e := range map[string]Example{
		"no result":   {Base: "10"},
		"reading":     {Base: "10", Readings: []string{"R-05 wide"}, Want: "总分=10"},
		"not a sum":   {Base: "10", Want: "合计=10"},
		"short event": {Events: []string{"15.1 5"}, Want: "总分=5"},
		"bad mark":    {Sheets: []string{"一=5"}, Want: "总分=5"},
		"bad fact":    {Criteria: "名次=1"},
	} {
		if e.Check() == nil {
			t.Errorf("%s: passes", name)
		}
	}
}
