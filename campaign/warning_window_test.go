package campaign

import "testing"

// RW-4: while the window is open nobody of the staff moves a case on, an
// administrator as little as an approver; only the institution's word, by
// statement or by waiver, or the calendar does.
func TestRW4WindowEndsByInstitutionOrCalendarOnly(t *testing.T) {
	roles := []string{"", clock, byOfficer, byApprover, byLegal, string(Reviewer), string(Auditor), string(Admin), string(Local), string(Association)}
	for _, l := range []Ladder{ShortLadder, FullLadder} {
		past := []WarningBy{{Act: ActNotice, Role: byOfficer, By: "o1"}}
		moved := 0
		for _, act := range WarningActs() {
			for _, role := range roles {
				who := ""
				if role != "" && role != clock {
					who = "p-" + role
				}
				got, err := l.Move(Noticed, WarningBy{Act: act, Role: role, By: who}, past)
				may := role == "" && (act == ActReply || act == ActWaive) || role == clock && act == ActWindow
				if (err == nil) != may || err != nil && got != Noticed || err == nil && got != Replied {
					t.Errorf("%v: %s by %q in the window: %s, %v", l, act, role, got, err)
				}
				if err == nil {
					moved++
				}
			}
		}
		if moved != 3 {
			t.Errorf("%v: %d ways out of the window, want 3", l, moved)
		}
	}
}
