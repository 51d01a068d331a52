package campaign

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLadder(t *testing.T) {
	for _, c := range []struct {
		name string
		task Task
		due  Day
		want []Rung
	}{
		{"all on worked days but one", PlanTask, "2025-03-12", []Rung{{"2025-02-26", 1, false, false}, {"2025-03-07", 2, false, false}, {"2025-03-12", 3, false, false}, {"2025-03-13", 4, true, false}, {"2025-03-19", 5, true, true}}},
		{"two late rungs in one festival: the first is the last", PlanTask, "2026-02-14", []Rung{{"2026-01-30", 1, false, false}, {"2026-02-11", 2, false, false}, {"2026-02-14", 3, false, false}, {"2026-02-24", 4, true, true}}},
		{"early rungs in one festival", SelfScoreTask, "2025-02-05", []Rung{{"2025-01-27", 1, false, false}, {"2025-02-05", 3, false, true}}},
		{"over New Year", EvidenceTask, "2026-01-14", []Rung{{"2025-12-31", 1, false, false}, {"2026-01-09", 2, false, false}, {"2026-01-14", 3, false, true}}},
		{"around the festival", ScoreTask, "2026-02-28", []Rung{{"2026-02-14", 1, false, false}, {"2026-02-27", 2, false, false}, {"2026-02-28", 3, false, true}}},
		{"self-score of 2025", SelfScoreTask, "2026-02-02", []Rung{{"2026-01-26", 1, false, false}, {"2026-01-30", 2, false, false}, {"2026-02-02", 3, false, true}}}, // -1 is a Sunday
		{"due on a Sunday: the day is the Friday before", DecideTask, "2026-04-19", []Rung{{"2026-04-16", 1, false, false}, {"2026-04-17", 2, false, true}}},
		{"due after two days off: one letter for both", ReplyTask, "2025-10-08", []Rung{{"2025-09-30", 1, false, true}}},
		{"decision", DecideTask, "2026-04-23", []Rung{{"2026-04-20", 1, false, false}, {"2026-04-23", 2, false, true}}},
		{"reply", ReplyTask, "2026-06-23", []Rung{{"2026-06-18", 1, false, false}, {"2026-06-23", 2, false, true}}},                                           // -2 is in the Dragon Boat days
		{"rectification", RectifyTask, "2025-09-28", []Rung{{"2025-09-19", 1, false, false}, {"2025-09-28", 2, false, false}, {"2025-10-09", 3, true, true}}}, // -7 Sunday, +3 National Day
		{"appeals are nobody's duty", AppealTask, "2026-04-09", nil},
		{"signing for a warning", AckTask, "2026-04-09", []Rung{{"2026-04-07", 1, false, false}, {"2026-04-09", 2, false, true}}},
	} {
		if diff := cmp.Diff(c.want, known.Ladder(c.task, c.due)); diff != "" {
			t.Errorf("%s (%s due %s):\n%s", c.name, c.task, c.due, diff)
		}
	}
}

// ML-4: every task is reminded of on its day, or on the last worked day before it.
func TestML4LadderHasTheDayItself(t *testing.T) {
	for task := range ladders {
		for due := Day("2026-01-01"); due < "2027-01-01"; due = due.Add(1) {
			if !slices.ContainsFunc(known.Ladder(task, due), func(r Rung) bool { return r.Day == known.OnOrBefore(due) && !r.After }) {
				t.Fatalf("%s due %s: %v", task, due, known.Ladder(task, due))
			}
		}
	}
}

// A year that began before 1.1 keeps its days.
func TestFirstLadder(t *testing.T) {
	want := []Rung{{"2025-02-26", 1, false, false}, {"2025-03-07", 2, false, false}, {"2025-03-13", 3, true, false}, {"2025-03-19", 4, true, true}}
	if diff := cmp.Diff(want, known.FirstLadder(PlanTask, "2025-03-12")); diff != "" {
		t.Error(diff)
	}
}

// ML-4: what is asked for ends with the wait, but a rectification is asked for after it.
func TestML4RemindersEndWithTheWait(t *testing.T) {
	for task, want := range map[Task]int{PlanTask: 4, EvidenceTask: 3, SelfScoreTask: 3, ScoreTask: 3, RectifyTask: 3} {
		last := Day("2026-06-10") // a Wednesday
		if task == PlanTask {
			last = last.Add(5)
		}
		all := known.Reminders(task, "2026-06-10", last)
		if len(all) != want || !all[len(all)-1].Last {
			t.Errorf("%s: %v", task, all)
		}
	}
}

// What began before 1.1 is asked for by its own ladder to the end, and the last says so.
func TestFirstReminders(t *testing.T) {
	for task, want := range map[Task]int{PlanTask: 3, EvidenceTask: 2, SelfScoreTask: 2, ScoreTask: 2, RectifyTask: 1} {
		last := Day("2026-06-10")
		if task == PlanTask {
			last = last.Add(5)
		}
		if all := known.FirstReminders(task, "2026-06-10", last); len(all) != want || !all[len(all)-1].Last {
			t.Errorf("%s: %v", task, all)
		}
	}
}

// Whatever the due day: no two letters on a day, none on a day off, the order
// of days is the order of steps, and exactly the last says that it is.
func TestLadderProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		task := rapid.SampledFrom([]Task{PlanTask, EvidenceTask, SelfScoreTask, ScoreTask, DecideTask, ReplyTask, AckTask, RectifyTask}).Draw(t, "task")
		due := Day("2025-02-01").Add(rapid.IntRange(0, 5*365).Draw(t, "due"))
		rungs := known.Ladder(task, due)
		if len(rungs) == 0 || rungs[0].Step != 1 {
			t.Fatalf("no first rung: %v", rungs)
		}
		for i, r := range rungs {
			if !known.Workday(r.Day) {
				t.Fatalf("rung on a day off: %v", r)
			}
			if r.After && r.Day <= due || !r.After && r.Day > due {
				t.Fatalf("due %s: %v stands on the wrong side", due, r)
			}
			if i > 0 && (r.Day <= rungs[i-1].Day || r.Step <= rungs[i-1].Step) {
				t.Fatalf("%v after %v", r, rungs[i-1])
			}
			if r.Last != (i == len(rungs)-1) {
				t.Fatalf("last: %v", rungs)
			}
		}
	})
}
