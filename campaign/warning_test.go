package campaign

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ladder is Article 32 written out a second time: state, act, whose act, next.
const ladder = `
proposed    notice  officer   noticed
proposed    dismiss approver  dismissed
noticed     reply   -         replied
noticed     waive   -         replied
noticed     window  clock     replied
replied     sign    approver  signed
replied     dismiss approver  dismissed
signed      sign    approver  issued
signed      dismiss approver  dismissed
issued      ack     -         received
issued      deemed  clock     received
received    rectify -         rectified
received    lapse   clock     unrectified
rectified   return  officer   received
rectified   lift    officer   lifted
unrectified rectify -         rectified`

func roles() []string {
	all := []string{"", clock, "nobody"}
	for _, r := range Roles() {
		all = append(all, string(r))
	}
	return all
}

// Every state × act × role: what is not on the ladder is refused.
func TestEveryWarningMove(t *testing.T) {
	want := map[string]WarningState{}
	acts := map[string]bool{} // state and act alone
	for _, line := range strings.Split(strings.TrimSpace(ladder), "\n") {
		f := strings.Fields(line)
		want[f[0]+" "+f[1]+" "+strings.Trim(f[2], "-")] = WarningState(f[3])
		acts[f[0]+" "+f[1]] = true
	}
	tried, moved := 0, 0
	for _, s := range WarningStates() {
		for _, a := range append(WarningActs(), "forgive") {
			for _, role := range roles() {
				tried++
				next, on := want[fmt.Sprintf("%s %s %s", s, a, role)]
				got, err := MoveWarning(s, a, role, "p1", nil)
				switch {
				case on && (err != nil || got != next):
					t.Errorf("%s %s by %q: %s, %v; want %s", s, a, role, got, err, next)
				case !on && (err == nil || got != s):
					t.Errorf("%s %s by %q was let through to %s", s, a, role, got)
				case !on && acts[fmt.Sprintf("%s %s", s, a)] && KindOf(err) != Forbidden, !on && !acts[fmt.Sprintf("%s %s", s, a)] && KindOf(err) != Conflict:
					t.Errorf("%s %s by %q: %s", s, a, role, KindOf(err))
				}
				if err == nil {
					moved++
				}
			}
		}
	}
	if moved != len(want) || tried != len(WarningStates())*(len(WarningActs())+1)*len(roles()) {
		t.Errorf("%d moves of %d on the ladder, %d tried", moved, len(want), tried)
	}
	var listed []string
	for _, m := range WarningMoves() {
		listed = append(listed, m[0]+" "+m[1])
		if !acts[m[0]+" "+m[1]] {
			t.Errorf("pages list %v", m)
		}
	}
	if len(listed) != len(acts) {
		t.Errorf("pages list %d moves of %d", len(listed), len(acts))
	}
}

func TestSignatures(t *testing.T) {
	noticed := WarningBy{ActNotice, string(Officer), "o1"}
	signed := WarningBy{ActSign, string(Approver), "a1"}
	for _, c := range []struct {
		name  string
		state WarningState
		by    string
		past  []WarningBy
		good  bool
	}{
		{"first signature", Replied, "a1", []WarningBy{noticed, {ActReply, "", ""}}, true},
		{"by who served the notice, in his other role", Replied, "o1", []WarningBy{noticed, {ActWaive, "", ""}}, false},
		{"second, by another", Signed, "a2", []WarningBy{noticed, signed}, true},
		{"second, by the same", Signed, "a1", []WarningBy{noticed, signed}, false},
		{"second, by who served the notice", Signed, "o1", []WarningBy{noticed, signed}, false},
		{"first, by nobody", Replied, "", []WarningBy{noticed}, false},
		{"second, by nobody", Signed, "", []WarningBy{noticed, {ActSign, string(Approver), ""}}, false},
	} {
		got, err := MoveWarning(c.state, ActSign, string(Approver), c.by, c.past)
		if (err == nil) != c.good || !c.good && (KindOf(err) != Forbidden || got != c.state) {
			t.Errorf("%s: %s, %v", c.name, got, err)
		}
	}
	for a, role := range actors { // whoever has a role has a name
		if role == "" || role == clock {
			continue
		}
		for _, s := range WarningStates() {
			if _, err := MoveWarning(s, a, role, "", nil); err == nil {
				t.Errorf("%s in %s by an unnamed %s", a, s, role)
			}
		}
	}
}

// No sequence of acts, by whomever, issues a warning without a prior notice,
// an end of the window, and two signatures; three persons at least took part (RW-2 to RW-4).
func TestNoShortcutToIssued(t *testing.T) {
	issued := 0
	rapid.Check(t, func(t *rapid.T) {
		state, past, all := Proposed, []WarningBy(nil), []WarningBy(nil)
		for range rapid.IntRange(0, 40).Draw(t, "length") {
			act := rapid.SampledFrom(WarningActs()).Draw(t, "act")
			if rapid.IntRange(0, 3).Draw(t, "sensible") > 0 { // mostly an act that the state knows
				var fits []WarningAct
				for a := range warningMoves[state] {
					fits = append(fits, a)
				}
				if slices.Sort(fits); len(fits) > 0 {
					act = rapid.SampledFrom(fits).Draw(t, "fitting act")
				}
			}
			role := actors[act]
			if rapid.IntRange(0, 4).Draw(t, "honest") == 0 {
				role = rapid.SampledFrom(roles()).Draw(t, "role")
			}
			by := rapid.SampledFrom([]string{"p1", "p2", "p3", "p4", ""}).Draw(t, "by")
			if role == "" || role == clock {
				by = ""
			}
			all = append(all, WarningBy{act, role, by})
			next, err := MoveWarning(state, act, role, by, past)
			if err != nil {
				if next != state {
					t.Fatalf("refused and moved: %s to %s", state, next)
				}
				continue
			}
			past, state = append(past, WarningBy{act, role, by}), next
			if state == Issued {
				issued++
				mustBeEarned(t, past)
			}
		}
		if replayed := ReplayWarning(past); replayed != state {
			t.Fatalf("replay of %v: %s, was %s", past, replayed, state)
		}
		if s := ReplayWarning(all); s.InForce() { // the replay of a noisy record is as strict
			mustBeEarned(t, all)
		}
	})
	if issued == 0 {
		t.Error("no sequence ever reached Issued: nothing was tried")
	}
}

func mustBeEarned(t *rapid.T, past []WarningBy) {
	persons, count := map[string]bool{}, map[WarningAct]int{}
	for _, p := range past {
		count[p.Act]++
		if p.By != "" && (p.Act == ActNotice || p.Act == ActSign) {
			persons[p.By] = true
		}
	}
	heard := count[ActReply] + count[ActWaive] + count[ActWindow]
	if count[ActNotice] == 0 || heard == 0 || count[ActSign] < 2 || len(persons) < 3 {
		t.Fatalf("issued after %v", past)
	}
}

func TestReplayWarning(t *testing.T) {
	officer, approver := string(Officer), string(Approver)
	for _, c := range []struct {
		name string
		acts []WarningBy
		want WarningState
	}{
		{"nothing yet", nil, Proposed},
		{"the window ends after the reply", []WarningBy{{ActNotice, officer, "o1"}, {ActReply, "", ""}, {ActWindow, clock, ""}}, Replied},
		{"signed too early", []WarningBy{{ActNotice, officer, "o1"}, {ActSign, approver, "a1"}}, Noticed},
		{"one signs twice", []WarningBy{{ActNotice, officer, "o1"}, {ActWaive, "", ""}, {ActSign, approver, "a1"}, {ActSign, approver, "a1"}}, Signed},
		{"dismissed stays dismissed", []WarningBy{{ActDismiss, approver, "a1"}, {ActNotice, officer, "o1"}}, Dismissed},
		{"a whole case", []WarningBy{{ActNotice, officer, "o1"}, {ActWindow, clock, ""}, {ActSign, approver, "a1"}, {ActSign, approver, "a2"}, {ActDeemed, clock, ""},
			{ActLapse, clock, ""}, {ActRectify, "", ""}, {ActReturn, officer, "o1"}, {ActRectify, "", ""}, {ActLift, officer, "o2"}}, Lifted},
	} {
		if got := ReplayWarning(c.acts); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestInForce(t *testing.T) {
	want := []WarningState{Issued, Received, Rectified, Unrectified}
	for _, s := range WarningStates() {
		if s.InForce() != slices.Contains(want, s) {
			t.Errorf("%s in force: %v", s, s.InForce())
		}
	}
}
