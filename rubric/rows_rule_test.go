package rubric

import (
	"strings"
	"testing"
)

// AN-15: 累计不超过10分. What was earned stays visible beside what is counted.
func TestAN15CapBothShown(t *testing.T) {
	earned := []Event{
		happened("E1", "15.1", "", "2026-02-01", 5*Point), happened("E2", "15.1", "", "2026-02-02", 5*Point),
		happened("E3", "15.2a", "", "2026-02-03", 3*Point), happened("E4", "15.2d", "", "2026-02-04", Half),
	}
	s, err := Annex2().Score(2026, spread(80*Point), earned)
	if err != nil {
		t.Fatal(err)
	}
	if s.Bonus != 10*Point || s.BonusUncapped != 1350 || s.Total != 90*Point {
		t.Errorf("13.5 earned: counted %s of %s, total %s", s.Bonus, s.BonusUncapped, s.Total)
	}
	if say := s.Rows[14].Reason; !strings.Contains(say, "未封顶 13.5 分") || !strings.Contains(say, "上限计 10.0 分") {
		t.Errorf("row 15 says %q", say)
	}
}

// AN-16: three deductions of 5 cost 10, and Article 32 looks at the 15 that
// they come to without the cap (RW-2).
func TestAN16CapUncappedIsUsed(t *testing.T) {
	done := []Event{
		happened("E1", "16.1", "", "2026-02-01", 5*Point), happened("E2", "16.2", "", "2026-02-02", 5*Point), happened("E3", "16.3", "", "2026-02-03", 5*Point),
	}
	s, err := Annex2().Score(2026, spread(100*Point), done)
	if err != nil {
		t.Fatal(err)
	}
	if s.Deduction != 10*Point || s.DeductionUncapped != 15*Point || s.Total != 90*Point || !strings.Contains(s.Rows[15].Reason, "未封顶 15.0 分") {
		t.Errorf("%s of %s, total %s: %q", s.Deduction, s.DeductionUncapped, s.Total, s.Rows[15].Reason)
	}
	set := Criteria{Version: "2026-1", UncappedDeduction: 12 * Point}
	facts := Facts{Submitted: true, Scored: true, Total: s.Total, UncappedDeduction: s.DeductionUncapped}
	if got := Grounds(set, facts); len(got) != 1 || got[0].Code != GroundImpact {
		t.Errorf("15 of 12 uncapped: %v", got)
	}
	facts.UncappedDeduction = s.Deduction
	if got := Grounds(set, facts); len(got) != 0 {
		t.Errorf("the capped 10 must not meet 12: %v", got)
	}
}

// AN-1, AN-2, AN-4, AN-7, AN-8, AN-9, AN-11, AN-12, AN-14: each base row takes
// up to the maximum of the text, and less only with a reason.
func TestAN1EachBaseRow(t *testing.T) {
	want := []Points{10, 10, 5, 5, 10, 5, 10, 10, 10, 5, 5, 5, 5, 5}
	for i, most := range want {
		no := i + 1
		marks := spread(100 * Point)
		if marks[i].Points != most*Point || marks[i].Row != no {
			t.Errorf("row %d has the maximum %s, the text says %d", no, marks[i].Points, most)
		}
		marks[i].Points, marks[i].Reason = marks[i].Points-Half, ""
		if err := Annex2().ValidateSheet(marks, true); err == nil || !strings.Contains(err.Error(), "须填写理由") {
			t.Errorf("row %d below full without a reason: %v", no, err)
		}
		marks[i].Reason = "缺一次活动的记录"
		if err := Annex2().ValidateSheet(marks, true); err != nil {
			t.Errorf("row %d with a reason: %v", no, err)
		}
		marks[i].Points = most*Point + Half
		if err := Annex2().ValidateSheet(marks, true); err == nil {
			t.Errorf("row %d takes more than its maximum", no)
		}
	}
}

// AN-14: the row's own word is 申诉受理 of the institution; it is not our 评价复核
// (requirements §2 no. 28), so no rule text calls the row 申诉 alone.
func TestAN14IsTheInstitutionsOwnDesk(t *testing.T) {
	row, ok := Annex2().Row(14)
	if !ok || !strings.Contains(row.Clean(), "受理") || strings.Contains(row.Clean(), "评价复核") {
		t.Errorf("row 14: %q", row.Clean())
	}
}

// AN-15.2: +3, +2, +1, +0.5, and nothing until the regulator has confirmed it.
func TestAN15Point2UnconfirmedIsZero(t *testing.T) {
	for clause, points := range map[string]Points{"15.2a": 3 * Point, "15.2b": 2 * Point, "15.2c": Point, "15.2d": Half} {
		e := happened("E1", clause, "", "2026-02-01", points)
		for state, want := range map[State]Points{Confirmed: points, Pending: 0, Rejected: 0} {
			e.State = state
			s, err := Annex2().Score(2026, spread(80*Point), []Event{e})
			if err != nil || s.Bonus != want || s.Total != 80*Point+want {
				t.Errorf("%s %s: %s, total %s, %v", clause, state, s.Bonus, s.Total, err)
			}
		}
		if e.State, e.Points = Confirmed, points+Half; Annex2().ValidateEvent(e) == nil {
			t.Errorf("%s takes %s", clause, e.Points)
		}
	}
}

// AN-16.1 to 16.4: each happening costs what the clause allows, in whole
// points, and no other value.
func TestAN16Point1To4Range(t *testing.T) {
	for clause, allowed := range map[string][2]Points{"16.1": {3, 5}, "16.2": {3, 5}, "16.3": {3, 5}, "16.4": {1, 3}} {
		for p := -Point; p <= 7*Point; p += Half {
			may := p >= allowed[0]*Point && p <= allowed[1]*Point && p%Point == 0
			if err := Annex2().ValidateEvent(happened("E1", clause, "", "2026-02-01", p)); (err == nil) != may {
				t.Errorf("%s with %s: %v", clause, p, err)
			}
		}
	}
}
