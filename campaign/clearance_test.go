package campaign

import (
	"fmt"
	"testing"
)

// GL-14, GL-16: every kind, state and act with every role, plain and overridden:
// what is not in the table is refused, and nobody but an approver consents.
func TestClearanceMovesExhaustively(t *testing.T) {
	allowed := map[string]ClearanceState{
		"prior  apply ": ClearancePending, "press  apply ": PressApplied,
		"prior pending approve approver": ClearanceApproved, "prior pending refuse approver": ClearanceRefused, "prior pending withdraw ": ClearanceWithdrawn,
		"prior pending publish ": ClearancePending, "prior approved publish ": ClearancePublished, "prior refused publish ": ClearanceRefused, "prior withdrawn publish ": ClearanceWithdrawn,
		"press applied settle ": PressMessage, "press applied withdraw ": ClearanceWithdrawn, "press message hold ": PressHeld, "press message withdraw ": ClearanceWithdrawn, "press held article ": PressReviewed,
	}
	overridden := map[string]ClearanceState{"press applied hold ": PressHeld, "press applied article ": PressReviewed, "press message article ": PressReviewed}
	tried := 0
	for _, k := range []ClearanceKind{PriorApproval, PressConference} {
		for _, s := range append([]ClearanceState{""}, ClearanceStates()...) {
			for _, a := range ClearanceActs() {
				for _, role := range []string{"", clock, "officer", "approver", "reviewer", "auditor"} {
					for _, override := range []bool{false, true} {
						tried++
						line := fmt.Sprintf("%s %s %s %s", k, s, a, role)
						want, ok := allowed[line]
						if more, yes := overridden[line]; yes && override {
							want, ok = more, true
						}
						got, err := MoveClearance(k, s, a, role, override)
						if ok != (err == nil) || ok && got != want || !ok && got != s {
							t.Errorf("%s override %v: %s, %v; want %s", line, override, got, err, want)
						}
						if (got == ClearanceApproved || got == ClearanceRefused) && got != s && role != string(Approver) {
							t.Errorf("%s decides", line)
						}
					}
				}
				if a.Chinese() == string(a) || s != "" && s.Chinese() == string(s) || k.Chinese() == "" {
					t.Errorf("%s, %s or %s has no word", k, s, a)
				}
			}
		}
	}
	if tried != 2*10*8*6*2 {
		t.Errorf("%d combinations tried", tried)
	}
}

// GL-16: an important message needs the principal besides the head.
func TestGL16Principal(t *testing.T) {
	for _, c := range []struct {
		important       bool
		head, principal string
		faults          int
	}{{false, "李", "", 0}, {true, "李", "", 1}, {true, "李", "王", 0}, {true, "", "", 2}, {false, "", "王", 1}} {
		if f := MaySettle(c.important, c.head, c.principal); len(f) != c.faults {
			t.Errorf("%+v: %v", c, f)
		}
	}
	if fmt.Sprint(PressSteps()) != "[apply settle hold article]" {
		t.Errorf("%v", PressSteps())
	}
}

// GL-14: told on working days 1, 2, 3, …, and without a last one.
func TestGL14CallDays(t *testing.T) {
	h := KnownHolidays()
	for n, want := range map[int]Day{1: "2027-03-09", 2: "2027-03-10", 4: "2027-03-12", 5: "2027-03-15", 22: "2027-04-08", 23: "2027-04-15", 24: "2027-04-22"} {
		if got := h.ClearanceCallDay("2027-03-08", n); got != want {
			t.Errorf("call %d on %s, want %s", n, got, want)
		}
	}
	for _, c := range []struct {
		published, decided Day
		early              bool
	}{{"2027-03-08", "2027-03-09", true}, {"2027-03-09", "2027-03-09", false}, {"2027-03-10", "2027-03-09", false}, {"2027-03-10", "", true}, {"", "", false}} {
		if PublishedEarly(c.published, c.decided) != c.early {
			t.Errorf("%+v", c)
		}
	}
}
