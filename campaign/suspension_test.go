package campaign

import (
	"testing"

	"pgregory.net/rapid"
)

// WF-4: the working days that were left when it was suspended are left when it
// goes on, at least one and at most ResumeDays; what was over stays over.
func TestWF4ResumedGivesBackWhatWasLeft(t *testing.T) {
	left := func(from, last Day) (n int) {
		for d := from.Add(1); d <= last; d = d.Add(1) {
			if known.Workday(d) {
				n++
			}
		}
		return n
	}
	rapid.Check(t, func(t *rapid.T) {
		from := NewDay(2026, 1, 5).Add(rapid.IntRange(0, 300).Draw(t, "from"))
		last := from.Add(rapid.IntRange(-10, 60).Draw(t, "last"))
		today := from.Add(rapid.IntRange(0, 200).Draw(t, "today"))
		got := known.Resumed(last, from, today)
		switch {
		case last < from:
			if got != last {
				t.Fatalf("%s was over on %s, and is given until %s", last, from, got)
			}
		case got < last || got == last && today > last:
			t.Fatalf("%s from %s today %s: %s", last, from, today, got)
		case got > last && left(today, got) != min(max(left(from, last), 1), ResumeDays):
			t.Fatalf("%d working days were left, %d are given", left(from, last), left(today, got))
		}
	})
}

// A suspension of no length gives nothing, and Spring Festival is not counted.
func TestWF4ResumedByHand(t *testing.T) {
	for _, c := range []struct{ last, from, today, want Day }{
		{"2026-03-10", "2026-03-02", "2026-03-02", "2026-03-10"},
		{"2026-03-10", "2026-03-02", "2026-03-05", "2026-03-13"}, // 6 working days, across a weekend
		{"2026-03-10", "2026-03-10", "2026-04-01", "2026-04-02"}, // the last day itself: one
		{"2026-02-12", "2026-02-10", "2026-02-13", "2026-02-24"}, // Spring Festival 15–23 February; the 14th is worked
		{"2026-03-31", "2026-03-02", "2026-03-20", "2026-04-03"}, // 21 were left: ten, and 3 April is the last of them
		{"2026-12-31", "2026-03-02", "2026-05-06", "2026-12-31"}, // far off: nothing is lost
		{"2026-02-28", "2026-03-02", "2026-05-01", "2026-02-28"}, // over before
	} {
		if got := known.Resumed(c.last, c.from, c.today); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestWF4ResumptionStaysInTheCalendar(t *testing.T) {
	c := DefaultCalendar(2026, known)
	for _, task := range []Task{PlanTask, EvidenceTask, SelfScoreTask} {
		due := map[Task]Day{PlanTask: c.PlanDue, EvidenceTask: c.EvidenceClose, SelfScoreTask: c.SelfScoreDue}[task]
		next, from := c.next(task), due.Add(-15)
		day, err := c.Resumption(known, task, due, from, from)
		if err != nil || day != due {
			t.Errorf("%s resumed at once: %s %v", task, day, err)
		}
		day, err = c.Resumption(known, task, due, from, next.Add(-2))
		if err != nil || day != next.Add(-1) {
			t.Errorf("%s resumed two days before %s: %s %v", task, next, day, err)
		}
		if day, err = c.Resumption(known, task, due, from, next.Add(-1)); KindOf(err) != Conflict {
			t.Errorf("%s resumed the day before %s: %s %v", task, next, day, err)
		}
		if day, err = c.Resumption(known, task, due, due.Add(1), next); err != nil || day != due {
			t.Errorf("%s was over: %s %v", task, day, err)
		}
	}
}

func TestWF4StagesThatCanBeSuspended(t *testing.T) {
	got := ""
	for _, s := range Stages() {
		if s.Suspendable() {
			got += string(s) + " "
		}
	}
	if got != "planning collecting self-score scoring " {
		t.Error(got)
	}
}
