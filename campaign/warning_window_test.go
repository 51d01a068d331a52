package campaign

import "testing"

// RW-4: while the window is open nobody of the staff moves a case on, an
// administrator as little as an approver; only the calendar does, or the
// institution that waives in writing. A statement is taken and moves nothing
// (in the editions before, it ended the window).
func TestRW4WindowEndsByInstitutionOrCalendarOnly(t *testing.T) {
	roles := []string{"", clock, byOfficer, byApprover, byLegal, string(Reviewer), string(Auditor), string(Admin), string(Local), string(Association)}
	for _, l := range []Ladder{ShortLadder, FullLadder, OpenLadder} {
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
				to := Replied
				if !may || act == ActReply && l == OpenLadder {
					to = Noticed
				}
				if (err == nil) != may || got != to {
					t.Errorf("%v: %s by %q in the window: %s, %v", l, act, role, got, err)
				}
				if got == Replied {
					moved++
				}
			}
		}
		if want := map[Ladder]int{ShortLadder: 3, FullLadder: 3, OpenLadder: 2}[l]; moved != want {
			t.Errorf("%v: %d ways out of the window, want %d", l, moved, want)
		}
	}
}
