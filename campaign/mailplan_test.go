package campaign

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func planRules(year int) Rules {
	return Rules{Calendar: DefaultCalendar(year, known), Settings: DefaultSettings(year), Holidays: known}
}

// ML-2: a year's letters to one institution, by day, as a person would count them.
func TestML2PlanOf2025(t *testing.T) {
	var got []string
	for _, m := range MailPlan(planRules(2025), "CNCA-R-2002-001", "") {
		if m.To == toInstitution {
			got = append(got, string(m.Day)+" "+m.Stem)
		}
	}
	want := []string{"2025-01-06 launch", "2025-02-26 plan/remind/2025-03-12/1", "2025-03-07 plan/remind/2025-03-12/2", "2025-03-12 plan/remind/2025-03-12/3",
		"2025-03-13 plan/remind/2025-03-12/4", "2025-03-19 plan/remind/2025-03-12/5",
		"2025-03-31 quarter/1", "2025-06-30 quarter/2", "2025-09-30 quarter/3", "2025-12-15 quarter/4", "2025-12-31 evidence/remind/2026-01-14/1", "2026-01-09 evidence/remind/2026-01-14/2", "2026-01-14 evidence/remind/2026-01-14/3",
		"2026-01-15 self-score/open", "2026-01-26 self-score/remind/2026-02-02/1", "2026-01-30 self-score/remind/2026-02-02/2", "2026-02-02 self-score/remind/2026-02-02/3",
		"2026-03-25 result/1", "2026-04-10 final", "2026-05-25 published", "2026-05-25 report"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// ML-2, ML-4: whoever joins when, each letter is planned once, in order, and on
// a worked day.
func TestML2PlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := planRules(rapid.SampledFrom([]int{2025, 2026}).Draw(t, "year"))
		joined := known.OnOrAfter(rules.Calendar.Launch.Add(rapid.IntRange(0, 330).Draw(t, "joined")))
		plan := MailPlan(rules, "C", joined)
		seen := map[string]bool{}
		for i, m := range plan {
			if seen[m.Stem] || !known.Workday(m.Day) || m.Day < joined || i > 0 && m.Day < plan[i-1].Day {
				t.Fatalf("joined %s: %+v in %+v", joined, m, plan)
			}
			seen[m.Stem] = true
		}
		if !seen["launch"] || !seen["result/1"] || seen["quarter/1"] && joined > rules.Calendar.Quarters[0] {
			t.Fatalf("joined %s: %+v", joined, plan)
		}
	})
}

func TestML2YearPlan(t *testing.T) {
	codes := []string{"B", "A"}
	all := YearMailPlan(planRules(2025), codes)
	if len(all) != 2*len(MailPlan(planRules(2025), "A", ""))+1 || !slices.IsSortedFunc(all, func(a, b PlannedMail) int { return strings.Compare(string(a.Day)+a.Code, string(b.Day)+b.Code) }) {
		t.Errorf("%d letters", len(all))
	}
}
