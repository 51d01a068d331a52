package campaign

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xuanping/rubric"
)

func TestDefaultCalendarOf2025(t *testing.T) {
	want := Calendar{
		Year: 2025, Launch: "2025-01-06", PlanDue: "2025-03-12", PlanClose: "2025-03-26",
		Quarters:      [4]Day{"2025-03-31", "2025-06-30", "2025-09-30", "2025-12-15"},
		EvidenceClose: "2026-01-14", SelfScoreDue: "2026-02-02", ScoringDue: "2026-02-28", // a worked Saturday
		ScoringClose: "2026-03-16", Result: "2026-03-25", Final: "2026-05-11", Publication: "2026-05-25",
	}
	if diff := cmp.Diff(want, DefaultCalendar(2025, known)); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultCalendarsWork(t *testing.T) {
	for year := 2025; year <= 2029; year++ {
		c := DefaultCalendar(year, known)
		if err := c.Check(known, DefaultSettings(year)); err != nil {
			t.Errorf("%d: %+v", year, err)
		}
		for _, d := range c.Days() {
			if !known.Workday(d.Day) {
				t.Errorf("%d: %s on %s, a day off", year, d.Name, d.Day)
			}
		}
	}
}

func TestDaysHaveNames(t *testing.T) {
	days := DefaultCalendar(2025, known).Days()
	seen := map[string]bool{}
	for _, d := range days {
		if d.Name == "" || seen[d.Key] || seen[d.Name] {
			t.Errorf("%+v", d)
		}
		seen[d.Key], seen[d.Name] = true, true
	}
	if len(days) != 14 {
		t.Errorf("%d days", len(days))
	}
}

// set changes the day with the key, so that the faults below cover every day.
func set(c *Calendar, key string, d Day) {
	fields := map[string]*Day{
		"launch": &c.Launch, "plan_due": &c.PlanDue, "plan_close": &c.PlanClose, "quarter_1": &c.Quarters[0], "quarter_2": &c.Quarters[1],
		"quarter_3": &c.Quarters[2], "quarter_4": &c.Quarters[3], "evidence_close": &c.EvidenceClose, "self_score_due": &c.SelfScoreDue,
		"scoring_due": &c.ScoringDue, "scoring_close": &c.ScoringClose, "result": &c.Result, "final": &c.Final, "publication": &c.Publication,
	}
	*fields[key] = d
}

func faults(err error) []string {
	e, is := errors.AsType[*Error](err)
	if !is || e.Kind != Invalid {
		return []string{fmt.Sprintf("not an Invalid: %v", err)}
	}
	var keys []string
	for k := range e.Fields {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestCheckFindsEveryDay(t *testing.T) {
	good := DefaultCalendar(2025, known)
	days := good.Days()
	for i, d := range days {
		for _, bad := range []Day{"", "2025-02-30", "morgen"} {
			c := good
			set(&c, d.Key, bad)
			if got := faults(c.Check(known, DefaultSettings(2025))); !slices.Equal(got, []string{d.Key}) {
				t.Errorf("%s = %q: faults %v", d.Key, bad, got)
			}
		}
		if i == 0 {
			continue
		}
		c := good
		set(&c, d.Key, days[i-1].Day) // the same day as the one before
		if got := faults(c.Check(known, DefaultSettings(2025))); !slices.Equal(got, []string{d.Key}) {
			t.Errorf("%s on the day of %s: faults %v", d.Key, days[i-1].Key, got)
		}
	}
}

func TestCheckNamesAllAtOnce(t *testing.T) {
	c := DefaultCalendar(2025, known)
	c.Launch, c.Quarters[1], c.Final = "", "2025-03-01", "2026-01-01"
	err := c.Check(known, DefaultSettings(2025))
	if got := faults(err); !slices.Equal(got, []string{"final", "launch", "quarter_2"}) {
		t.Errorf("faults %v", got)
	}
	if e, _ := errors.AsType[*Error](err); !strings.Contains(e.Fields["quarter_2"], "应晚于“一季度提醒”（2025-03-31）") {
		t.Errorf("%v", e.Fields)
	}
}

func TestCheckLeavesTimeForAppeals(t *testing.T) {
	s := DefaultSettings(2025)
	c := DefaultCalendar(2025, known)
	// 2026-03-25 + 10 + 10 working days = 2026-04-23, over Qingming
	for final, good := range map[Day]bool{"2026-04-22": false, "2026-04-23": false, "2026-04-24": true} {
		c.Final = final
		if err := c.Check(known, s); (err == nil) != good {
			t.Errorf("final on %s: %v", final, err)
		}
	}
	c = DefaultCalendar(2025, known)
	c.Year = 2026
	if got := faults(c.Check(known, s)); !slices.Equal(got, []string{"launch"}) {
		t.Errorf("launch in another year: %v", got)
	}
}

func TestMoved(t *testing.T) {
	from := DefaultCalendar(2025, known)
	to := from
	if m := from.Moved(to); m != nil {
		t.Errorf("nothing moved, but %v", m)
	}
	to.PlanDue, to.Quarters[3] = "2025-03-14", "2025-12-16"
	want := []DayMove{{"plan_due", "计划报送截止", "2025-03-12", "2025-03-14"}, {"quarter_4", "四季度提醒", "2025-12-15", "2025-12-16"}}
	if diff := cmp.Diff(want, from.Moved(to)); diff != "" {
		t.Error(diff)
	}
	for _, d := range from.Days() {
		to := from
		set(&to, d.Key, "2030-01-01")
		if m := from.Moved(to); len(m) != 1 || m[0].Key != d.Key || m[0].From != d.Day || m[0].To != "2030-01-01" {
			t.Errorf("%s: %v", d.Key, m)
		}
	}
}

func TestExtendable(t *testing.T) {
	c := DefaultCalendar(2025, known)
	for _, x := range []struct {
		task           Task
		due, to, today Day
		say            string
	}{
		{PlanTask, c.PlanDue, "2025-03-20", "2025-03-01", ""},
		{PlanTask, c.PlanDue, c.PlanDue, "2025-03-01", "晚于今天和原截止日"},
		{PlanTask, c.PlanDue, "2025-03-20", "2025-03-20", "晚于今天和原截止日"},
		{PlanTask, c.PlanDue, "2026-01-13", "2025-03-01", ""},
		{PlanTask, c.PlanDue, "2026-01-14", "2025-03-01", "早于下一阶段的 2026-01-14"},
		{EvidenceTask, c.EvidenceClose, "2026-02-01", "2026-01-10", ""},
		{EvidenceTask, c.EvidenceClose, "2026-02-02", "2026-01-10", "早于下一阶段"},
		{SelfScoreTask, c.SelfScoreDue, "2026-02-27", "2026-02-01", ""},
		{SelfScoreTask, c.SelfScoreDue, "2026-02-28", "2026-02-01", "早于下一阶段"},
		{ScoreTask, c.ScoringDue, "2026-03-02", "2026-02-01", "“评审打分”不能延期"},
		{AppealTask, c.Result, "2026-05-02", "2026-04-01", "不能延期"},
	} {
		err := c.Extendable(x.task, x.due, x.to, x.today)
		if x.say == "" && err != nil || x.say != "" && (err == nil || KindOf(err) != Invalid || !strings.Contains(err.Error(), x.say)) {
			t.Errorf("%s to %s: %v, want %q", x.task, x.to, err, x.say)
		}
	}
}

func TestSettingsCheck(t *testing.T) {
	if err := DefaultSettings(2025).Check(); err != nil {
		t.Error(err)
	}
	if DefaultSettings(2025).RankedUntil != "2025-07-01" {
		t.Error("joined after 1 July: not ranked")
	}
	for key, change := range map[string]func(*Settings){
		"appeal_days":   func(s *Settings) { s.AppealDays = 0 },
		"decision_days": func(s *Settings) { s.DecisionDays = 367 },
		"reply_days":    func(s *Settings) { s.ReplyDays = -1 },
		"ack_days":      func(s *Settings) { s.AckDays = 0 },
		"rectify_days":  func(s *Settings) { s.RectifyDays = 1000 },
		"sign_days":     func(s *Settings) { s.SignDays = 0 },
		"warn_months":   func(s *Settings) { s.WarnMonths = 61 },
		"review_days":   func(s *Settings) { s.ReviewDays = 0 },
		"threshold":     func(s *Settings) { s.Threshold = 1001 },
		"criteria":      func(s *Settings) { s.Criteria.Version = "" },
	} {
		s := DefaultSettings(2025)
		change(&s)
		if got := faults(s.Check()); !slices.Equal(got, []string{key}) {
			t.Errorf("%s: faults %v", key, got)
		}
	}
	if got := faults(Settings{Threshold: -1}.Check()); len(got) != 9 {
		t.Errorf("not all at once: %v", got)
	}
}

func TestHonours(t *testing.T) {
	s := DefaultSettings(2025)
	for _, c := range []struct {
		scored, ranked bool
		total          int
		want           bool
	}{{true, true, 9000, true}, {true, true, 8999, false}, {false, true, 9500, false}, {true, false, 9500, false}} {
		if got := s.Honours(c.scored, c.ranked, rubric.Points(c.total)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
