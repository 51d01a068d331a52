package campaign

import "testing"

// AP-2, RW-4 to RW-6: which letter of a case opened the days that run, from the acts
// of all editions; what the institution did shows that it has the letter.
func TestAP2LetterThatOpenedTheDays(t *testing.T) {
	by := map[WarningAct]WarningBy{
		ActNotice: {Role: byOfficer, By: "o1"}, ActWindow: {Role: clock}, ActPass: {Role: byLegal, By: "g1"}, ActReturn: {Role: byOfficer, By: "o1"}, ActLift: {Role: byOfficer, By: "o1"},
		ActDeemed: {Role: clock}, ActLapse: {Role: clock}, ActDismiss: {Role: byApprover, By: "a1"},
	}
	signers := []string{"a1", "a2"}
	issued := []WarningAct{ActNotice, ActWindow, ActPass, ActSign, ActSign}
	after := func(all []WarningAct, more ...WarningAct) []WarningAct {
		return append(append([]WarningAct{}, all...), more...)
	}
	for _, c := range []struct {
		l    Ladder
		acts []WarningAct
		want WarningState
	}{
		{OpenLadder, nil, ""},
		{OpenLadder, []WarningAct{ActNotice}, Noticed},
		{OpenLadder, []WarningAct{ActNotice, ActReply}, Noticed}, // its window is open still
		{OpenLadder, []WarningAct{ActNotice, ActWaive}, ""},
		{OpenLadder, []WarningAct{ActNotice, ActWindow}, Noticed}, // it may come back after its window
		{OpenLadder, []WarningAct{ActNotice, ActWindow, ActPass}, Noticed},
		{OpenLadder, []WarningAct{ActNotice, ActReply, ActWindow}, ""},
		{OpenLadder, []WarningAct{ActNotice, ActWindow, ActPass, ActDismiss}, ""},
		{OpenLadder, issued, Issued},
		{OpenLadder, after(issued, ActAck), ""},
		{OpenLadder, after(issued, ActDeemed), Issued}, // it may come back after its days
		{OpenLadder, after(issued, ActDeemed, ActPlan), ""},
		{OpenLadder, after(issued, ActDeemed, ActLapse), ""},
		{OpenLadder, after(issued, ActAck, ActPlan, ActRectify), ""},
		{OpenLadder, after(issued, ActAck, ActPlan, ActRectify, ActReturn), Planned},
		{OpenLadder, after(issued, ActAck, ActPlan, ActRectify, ActReturn, ActRectify), ""},
		{OpenLadder, after(issued, ActAck, ActPlan, ActRectify, ActLift), ""},
		{ShortLadder, []WarningAct{ActNotice, ActReply, ActSign, ActSign, ActAck, ActRectify, ActReturn}, Received},
	} {
		var past []WarningBy
		signed := 0
		for _, a := range c.acts {
			do := by[a]
			if a == ActSign {
				do, signed = WarningBy{Role: byApprover, By: signers[signed]}, signed+1
			}
			do.Act = a
			if _, err := c.l.Move(c.l.Replay(past), do, past); err != nil {
				t.Fatalf("%v: %s: %v", c.acts, a, err)
			}
			past = append(past, do)
		}
		if got := c.l.Opened(past); got != c.want {
			t.Errorf("%v %v: %q, want %q", c.l, c.acts, got, c.want)
		}
	}
	for _, s := range WarningStates() {
		if want := s == Noticed || s == Issued || s == Received || s == Planned; s.Opens() != want {
			t.Errorf("%s opens days: %v", s, s.Opens())
		}
	}
}

// RW-4 to RW-6: the days of a case from the service of its letter, and of a decision
// that counts as received from the morning after its days.
func TestRW5DaysOfACase(t *testing.T) {
	s := Settings{ReplyDays: 5, AckDays: 5, RectifyDays: 30}
	for _, c := range []struct {
		state WarningState
		act   WarningAct
		want  Day
	}{
		{Noticed, ActNotice, "2026-06-10"}, {Issued, ActSign, "2026-06-10"}, // working days
		{Received, ActAck, "2026-07-03"}, {Planned, ActReturn, "2026-06-18"}, {Received, ActReturn, "2026-06-18"}, // calendar days
		{Planned, ActPlan, ""}, {Replied, ActWindow, ""}, {Lifted, ActLift, ""},
	} {
		if got := s.CaseDue(known, c.state, c.act, "2026-06-03"); got != c.want {
			t.Errorf("%s by %s: %s, want %s", c.state, c.act, got, c.want)
		}
		if got := s.ServedDue(known, c.state, "2026-06-03"); c.state.Opens() && c.act != ActAck && c.act != ActPlan && got != c.want {
			t.Errorf("%s served: %s, want %s", c.state, got, c.want)
		}
	}
	if got := (Settings{RectifyDays: 6}).ServedDue(known, Planned, "2026-06-03"); got != "2026-06-08" {
		t.Errorf("no less than %d days: %s", minReturnDays, got)
	}
	if got := s.DeemedDue(known, "2026-06-12"); got != "2026-07-15" { // a Friday: received on Monday
		t.Errorf("deemed: %s", got)
	}
	if got := s.DecisionLines("2026-06-10"); got[0][1] != "2026年6月10日（逾期视为已签收）" || got[1][1] != "自签收之日起 30 日" {
		t.Errorf("%v", got)
	}
}
