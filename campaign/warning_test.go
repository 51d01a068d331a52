package campaign

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var editions = map[string]Ladder{"short": ShortLadder, "full": FullLadder, "open": OpenLadder}

// golden reads the ladder as it was written out a second time.
func golden(t *testing.T) (want map[string]WarningState, known map[string]bool) {
	t.Helper()
	b, err := os.ReadFile("testdata/warning-ladder.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, known = map[string]WarningState{}, map[string]bool{}
	for _, line := range strings.Split(string(b), "\n") {
		if f := strings.Fields(line); len(f) == 5 && f[0] != "#" {
			want[strings.Join([]string{f[0], f[1], f[2], strings.Trim(f[3], "-")}, " ")] = WarningState(f[4])
			known[strings.Join(f[:3], " ")] = true
		}
	}
	return want, known
}

func roles() []string {
	all := []string{"", clock, "stranger"}
	for _, r := range Roles() {
		all = append(all, string(r))
	}
	return all
}

// RW-2, RW-3: every state × role × act of all editions against the golden table.
func TestRW3EveryStateRoleAndAct(t *testing.T) {
	want, known := golden(t)
	tried, moved := 0, 0
	for name, l := range editions {
		for _, s := range WarningStates() {
			for _, a := range append(WarningActs(), "forgive") {
				for _, role := range roles() {
					tried++
					next, on := want[fmt.Sprintf("%s %s %s %s", name, s, a, role)]
					var past []WarningBy
					if first, needs := second[a]; needs {
						past = []WarningBy{{Act: first, Role: role, By: "p9"}}
					}
					got, err := l.Move(s, WarningBy{Act: a, Role: role, By: "p1"}, past)
					switch {
					case on && (err != nil || got != next):
						t.Errorf("%s: %s %s by %q: %s, %v; want %s", name, s, a, role, got, err, next)
					case !on && (err == nil || got != s):
						t.Errorf("%s: %s %s by %q was let through to %s", name, s, a, role, got)
					case !on && known[fmt.Sprintf("%s %s %s", name, s, a)] && KindOf(err) != Forbidden, !on && !known[fmt.Sprintf("%s %s %s", name, s, a)] && KindOf(err) != Conflict:
						t.Errorf("%s: %s %s by %q: %s", name, s, a, role, KindOf(err))
					}
					if err == nil {
						moved++
					}
				}
			}
		}
	}
	if moved != len(want) || tried != len(editions)*len(WarningStates())*(len(WarningActs())+1)*len(roles()) {
		t.Errorf("%d moves of %d on the ladders, %d tried", moved, len(want), tried)
	}
	if n := len(WarningMoves()) + len(FullLadder.Steps()) + len(ShortLadder.Steps()); n != len(want) {
		t.Errorf("pages list %d moves of %d", n, len(want))
	}
	for _, s := range WarningStates() {
		if s.Chinese() == string(s) || s.Ended() && s.InForce() {
			t.Errorf("%s", s)
		}
	}
	for _, a := range WarningActs() {
		if a.Chinese() == string(a) {
			t.Errorf("%s has no word", a)
		}
	}
}

// RW-3: who may sign, check, decide on less, revoke and publish, given who did what.
func TestRW3DistinctPersons(t *testing.T) {
	by := func(act WarningAct, role Role, who string) WarningBy {
		return WarningBy{Act: act, Role: string(role), By: who}
	}
	noticed, passed := by(ActNotice, Officer, "o1"), by(ActPass, Legal, "g1")
	heard := []WarningBy{by(ActPropose, Officer, "o2"), noticed, {Act: ActReply}, {Act: ActWaive}}
	cleared := append(slices.Clone(heard), passed)
	signed := append(slices.Clone(cleared), by(ActSign, Approver, "a1"))
	for _, c := range []struct {
		name  string
		state WarningState
		act   WarningBy
		past  []WarningBy
		kind  Kind // "" lets it pass
	}{
		{"first signature", Cleared, by(ActSign, Approver, "a1"), cleared, ""},
		{"by who proposed, in his other role", Cleared, by(ActSign, Approver, "o2"), cleared, Forbidden},
		{"by who served the notice", Cleared, by(ActSign, Approver, "o1"), cleared, Forbidden},
		{"by the legal checker", Cleared, by(ActSign, Approver, "g1"), cleared, Forbidden},
		{"by a reviewer of the institution", Cleared, WarningBy{ActSign, byApprover, "a1", true}, cleared, Forbidden},
		{"by nobody", Cleared, by(ActSign, Approver, ""), cleared, Forbidden},
		{"second, by another", Signed, by(ActSign, Approver, "a2"), signed, ""},
		{"second, by the same", Signed, by(ActSign, Approver, "a1"), signed, Forbidden},
		{"second, by the legal checker", Signed, by(ActSign, Approver, "g1"), signed, Forbidden},
		{"legal check by who served the notice", Replied, by(ActPass, Legal, "o1"), heard, Forbidden},
		{"legal check by who proposed", Replied, by(ActRemand, Legal, "o2"), heard, Forbidden},
		{"legal check by a reviewer", Replied, WarningBy{ActPass, byLegal, "g1", true}, heard, Forbidden},
		{"legal check before the reply", Noticed, by(ActPass, Legal, "g1"), heard[:2], Conflict},
		{"signature without legal check", Replied, by(ActSign, Approver, "a1"), heard, Conflict},
		{"less, by the first signatory", Signed, by(ActTalk, Approver, "a1"), signed, ""},
		{"less, by the legal checker", Cleared, by(ActRemind, Approver, "g1"), cleared, Forbidden},
		{"dismissed by the first signatory", Signed, by(ActDismiss, Approver, "a1"), signed, ""},
		{"revoked by one alone", Received, by(ActRevoke, Approver, "a1"), signed, Conflict},
		{"revoked by who asked for it", Received, by(ActRevoke, Approver, "a1"), append(slices.Clone(signed), by(ActError, Approver, "a1")), Forbidden},
		{"revoked by a second", Received, by(ActRevoke, Approver, "a2"), append(slices.Clone(signed), by(ActError, Approver, "a1")), ""},
		{"made public by who asked for it", Planned, by(ActPublish, Approver, "a1"), append(slices.Clone(signed), by(ActOpen, Approver, "a1")), Forbidden},
		{"made public twice", Planned, by(ActPublish, Approver, "a2"), append(slices.Clone(signed), by(ActOpen, Approver, "a1"), by(ActPublish, Approver, "a2")), Conflict},
		{"proposed by hand a second time", Proposed, by(ActPropose, Officer, "o1"), heard[:1], Conflict},
	} {
		got, err := CurrentLadder.Move(c.state, c.act, c.past)
		if c.kind == "" && err != nil || c.kind != "" && (KindOf(err) != c.kind || got != c.state) {
			t.Errorf("%s: %s, %v", c.name, got, err)
		}
	}
	// of the first edition, for the cases that began with it
	past := []WarningBy{noticed, {Act: ActWaive}}
	for who, good := range map[string]bool{"o1": false, "a1": true, "": false} {
		if _, err := ShortLadder.Move(Replied, by(ActSign, Approver, who), past); (err == nil) != good {
			t.Errorf("short ladder, signature by %q: %v", who, err)
		}
	}
}

// RW-2, RW-4: no sequence of acts, by whomever in whichever roles, issues a
// warning without a prior notice, an end of the window, a legal check and
// three distinct persons besides who served the notice.
func TestRW2NoShortcutToIssued(t *testing.T) {
	issued := 0
	people := []string{"p1", "p2", "p3", "p4"} // each may hold every role
	sequence := func(t *rapid.T) {
		state, past, all := Proposed, []WarningBy(nil), []WarningBy(nil)
		if rapid.Bool().Draw(t, "heard") { // half of them begin where the institution has been heard
			past = []WarningBy{{ActNotice, byOfficer, rapid.SampledFrom(people).Draw(t, "noticed by"), false}, {Act: ActWaive}}
			all, state = slices.Clone(past), Replied
		}
		for range rapid.IntRange(0, 12).Draw(t, "length") {
			act := rapid.SampledFrom(WarningActs()).Draw(t, "act")
			if rapid.IntRange(0, 3).Draw(t, "sensible") > 0 { // mostly an act that the state knows
				var fits []WarningAct
				for _, m := range WarningMoves() {
					if m.From == state && m.To != Dismissed && m.To != Lesser {
						fits = append(fits, m.Act)
					}
				}
				if len(fits) > 0 {
					act = rapid.SampledFrom(fits).Draw(t, "fitting act")
				}
			}
			role := ""
			for _, m := range WarningMoves() {
				if m.Act == act {
					role = m.Actor
				}
			}
			if rapid.IntRange(0, 4).Draw(t, "honest") == 0 {
				role = rapid.SampledFrom(roles()).Draw(t, "role")
			}
			a := WarningBy{Act: act, Role: role, By: rapid.SampledFrom(append(people, "")).Draw(t, "by"), Partial: rapid.IntRange(0, 7).Draw(t, "partial") == 0}
			if role == "" || role == clock {
				a.By = ""
			}
			all = append(all, a)
			next, err := CurrentLadder.Move(state, a, past)
			if err != nil {
				if next != state {
					t.Fatalf("refused and moved: %s to %s", state, next)
				}
				continue
			}
			was := state
			past, state = append(past, a), next
			if state == Issued && was != Issued {
				issued++
				mustBeEarned(t, past)
			}
		}
		if replayed := CurrentLadder.Replay(past); replayed != state {
			t.Fatalf("replay of %v: %s, was %s", past, replayed, state)
		}
		if s := CurrentLadder.Replay(all); s.InForce() && !earned(all) { // the replay of a noisy record is as strict
			t.Fatalf("in force after %v", all)
		}
	}
	for round := 0; round < 40 && issued == 0; round++ { // a hundred sequences each; few get all the way
		rapid.Check(t, sequence)
	}
	if issued == 0 {
		t.Error("no sequence ever reached Issued: nothing was tried")
	}
}

// mustBeEarned walks the acts that were taken to a warning, not asking the ladder.
func mustBeEarned(t *rapid.T, acts []WarningBy) {
	at, notice, checker, signers := 0, "", "", map[string]bool{}
	for _, a := range acts {
		switch {
		case at == 0 && a.Act == ActNotice && a.By != "":
			at, notice = 1, a.By
		case at == 1 && (a.Act == ActWaive || a.Act == ActWindow):
			at = 2
		case at >= 2 && a.Act == ActPass && a.By != notice && !a.Partial && a.Role == byLegal:
			at, checker = 3, a.By
		case at == 3 && a.Act == ActSign && a.By != notice && a.By != checker && !a.Partial && a.Role == byApprover:
			signers[a.By] = true
		}
	}
	if at != 3 || len(signers) < 2 {
		t.Fatalf("issued after %v", acts)
	}
}

// earned looks among all acts, taken and refused, for those that a warning needs.
func earned(acts []WarningBy) bool {
	for i, notice := range acts {
		if notice.Act != ActNotice || notice.Role != byOfficer || notice.By == "" {
			continue
		}
		for j, end := range acts[i+1:] {
			if (end.Act != ActWaive || end.Role != "") && (end.Act != ActWindow || end.Role != clock) {
				continue
			}
			for k, pass := range acts[i+j+2:] {
				if pass.Act != ActPass || pass.Role != byLegal || pass.Partial || pass.By == "" || pass.By == notice.By {
					continue
				}
				signers := map[string]bool{}
				for _, a := range acts[i+j+k+3:] {
					if a.Act == ActSign && a.Role == byApprover && !a.Partial && a.By != "" && a.By != notice.By && a.By != pass.By {
						signers[a.By] = true
					}
				}
				if len(signers) >= 2 {
					return true
				}
			}
		}
	}
	return false
}

// RW-2: every way through the ladder from the machine's proposal to Issued is
// enumerated; on each of them people of the regulator decide at least four
// times, and the calendar alone gets nowhere.
func TestRW2NoPathToIssuedWithoutPeople(t *testing.T) {
	paths, fewest := 0, 99
	var walk func(s WarningState, seen []WarningState, human, signatures int)
	walk = func(s WarningState, seen []WarningState, human, signatures int) {
		if s == Issued {
			paths++
			if fewest = min(fewest, human); signatures != 2 {
				t.Errorf("a way with %d signatures: %v", signatures, seen)
			}
			return
		}
		if slices.Contains(seen, s) {
			return
		}
		seen = append(slices.Clone(seen), s)
		for _, m := range WarningMoves() {
			if m.From != s || m.To == s {
				continue
			}
			h, n := human, signatures
			if m.Actor != "" && m.Actor != clock {
				h++
			}
			if m.Act == ActSign {
				n++
			}
			walk(m.To, seen, h, n)
		}
	}
	walk(Proposed, nil, 0, 0)
	if paths == 0 || fewest < 4 { // notice, legal check, two signatures
		t.Errorf("%d ways, the shortest with %d human decisions", paths, fewest)
	}
	for _, m := range WarningMoves() { // no act of the calendar leads to a warning
		if m.Actor == clock && m.To.InForce() && !m.From.InForce() {
			t.Errorf("the calendar issues: %v", m)
		}
	}
}

// RW-4, RW-6: what a record of acts comes to.
func TestReplayOfCases(t *testing.T) {
	o, a, g := byOfficer, byApprover, byLegal
	issued := []WarningBy{{ActNotice, o, "o1", false}, {Act: ActReply}, {ActWindow, clock, "", false}, {ActPass, g, "g1", false}, {ActSign, a, "a1", false}, {ActSign, a, "a2", false}}
	with := func(more ...WarningBy) []WarningBy { return append(slices.Clone(issued), more...) }
	for _, c := range []struct {
		name string
		acts []WarningBy
		want WarningState
	}{
		{"nothing yet", nil, Proposed},
		{"the window ends after the reply", issued[:3], Replied},
		{"signed too early", []WarningBy{{ActNotice, o, "o1", false}, {ActSign, a, "a1", false}}, Noticed},
		{"one signs twice", append(slices.Clone(issued[:5]), WarningBy{ActSign, a, "a1", false}), Signed},
		{"dismissed stays dismissed", []WarningBy{{ActDismiss, a, "a1", false}, {ActNotice, o, "o1", false}}, Dismissed},
		{"withdrawn after the reply", append(slices.Clone(issued[:2]), WarningBy{ActWithdraw, o, "o1", false}), Dismissed},
		{"sent back, supplemented, passed by the same checker", append(slices.Clone(issued[:2]), WarningBy{ActRemand, g, "g1", false}, WarningBy{ActSupplement, o, "o1", false}, WarningBy{ActPass, g, "g1", false}), Cleared},
		{"lifted", with(WarningBy{Act: ActAck}, WarningBy{Act: ActPlan}, WarningBy{Act: ActRectify}, WarningBy{ActReturn, o, "o1", false}, WarningBy{Act: ActRectify}, WarningBy{ActLift, o, "o2", false}), Lifted},
		{"expired", with(WarningBy{ActDeemed, clock, "", false}, WarningBy{ActLapse, clock, "", false}, WarningBy{ActExpire, clock, "", false}), Expired},
		{"revoked", with(WarningBy{ActError, a, "a1", false}, WarningBy{Act: ActAck}, WarningBy{ActRevoke, a, "a3", false}), Revoked},
	} {
		if got := FullLadder.Replay(c.acts); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		acts []WarningBy
		want WarningState
	}{
		"a statement leaves the window open":      {issued[:2], Noticed},
		"a second statement as well":              {append(slices.Clone(issued[:2]), WarningBy{Act: ActReply}), Noticed},
		"a statement, then the calendar":          {issued[:3], Replied},
		"a statement, then the rest is waived":    {append(slices.Clone(issued[:2]), WarningBy{Act: ActWaive}), Replied},
		"passed and signed while it is open":      {append(slices.Clone(issued[:2]), issued[3:]...), Noticed},
		"the whole way":                           {issued, Issued},
		"a statement after the window is no move": {append(slices.Clone(issued[:3]), WarningBy{Act: ActReply}), Replied},
	} {
		if got := OpenLadder.Replay(c.acts); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	public := with(WarningBy{ActOpen, a, "a1", false}, WarningBy{ActPublish, a, "a2", false})
	if FullLadder.Public(Issued, issued) || !FullLadder.Public(Received, public) || FullLadder.Public(Lifted, public) || ShortLadder.Public(Received, public) {
		t.Error("RW-7: private by default, public by two persons, never after its end")
	}
}

// RW-7: not before the review period has ended. RW-6: the term in months.
func TestRW7DaysOfAWarning(t *testing.T) {
	for today, good := range map[Day]bool{"2028-06-09": false, "2028-08-08": false, "2028-08-09": true} {
		if err := MayPublish("2028-06-09", 60, today); (err == nil) != good {
			t.Errorf("%s: %v", today, err)
		}
	}
	if MayPublish("", 60, "2028-08-09") == nil {
		t.Error("public though never served")
	}
	for _, c := range []struct {
		served Day
		months int
		want   Day
	}{{"2028-06-09", 12, "2029-06-09"}, {"2028-08-31", 6, "2029-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2028-06-09", 0, ""}, {"", 12, ""}, {"2028-11-30", 2, "2029-01-30"}} {
		if got := (Settings{WarnMonths: c.months}).TermEnds(c.served); got != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.served, c.months, got, c.want)
		}
	}
}

// RW-1: criteria that were not in force before the launch are refused.
func TestRW1CriteriaBeforeLaunch(t *testing.T) {
	s := DefaultSettings(2027)
	if err := s.CriteriaBefore("2027-01-04"); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Settings){
		"no day": func(s *Settings) { s.Criteria.InForce = "" }, "the day of the launch": func(s *Settings) { s.Criteria.InForce = "2027-01-04" },
		"no such day": func(s *Settings) { s.Criteria.InForce = "2026-13-01" },
		"none in use": func(s *Settings) {
			s.Criteria.MinTotal, s.Criteria.LateReports, s.Criteria.UncappedDeduction = 0, 0, 0
		},
	} {
		x := s
		change(&x)
		if err := x.CriteriaBefore("2027-01-04"); KindOf(err) != Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInForce(t *testing.T) {
	want := []WarningState{Issued, Received, Planned, Rectified, Unrectified}
	for _, s := range WarningStates() {
		if s.InForce() != slices.Contains(want, s) {
			t.Errorf("%s in force: %v", s, s.InForce())
		}
		if slices.Contains([]WarningState{Remanded, Cleared, Signed}, s) != (s.Outside() != s) {
			t.Errorf("%s is %s outside", s, s.Outside())
		}
	}
}
