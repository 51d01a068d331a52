package campaign

import (
	"slices"
	"strings"
	"testing"
)

// stageMoves is the life of an institution-year, written out a second time:
// rows are the stage it stands in, columns the next in the order of Stages.
var stageMoves = map[Stage]string{
	//           I P C S R V F A L
	Invited:    "= x x x . . . . x", // 年中进入者从证据收集或自评开始
	Planning:   ". = x . . . . . x",
	Collecting: ". . = x . . . . x",
	SelfScore:  ". . . = x x . . x", // 未提交任何材料的不经评审 (WF-5)
	Scoring:    ". . . . = x . . x",
	Served:     ". . . . . = x . x",
	Final:      ". . . . . . = x x",
	Closed:     ". . . . . . . = .",
	Left:       ". . . . . . . . =",
}

func TestEveryStageMove(t *testing.T) {
	for _, from := range Stages() {
		for i, cell := range strings.Fields(stageMoves[from]) {
			to := Stages()[i]
			got, err := from.Follow(to)
			switch {
			case cell == "." && (err == nil || got != from || KindOf(err) != Conflict):
				t.Errorf("%s to %s: %s, %v; want it refused", from, to, got, err)
			case cell != "." && (err != nil || got != to):
				t.Errorf("%s to %s: %s, %v", from, to, got, err)
			}
			if from.Passed(to) && (err == nil || to.Passed(from)) {
				t.Errorf("%s is passed in %s, and yet may come", to, from)
			}
			if err == nil { // doing it again changes nothing
				if again, err := got.Follow(to); err != nil || again != to {
					t.Errorf("%s again: %s, %v", to, again, err)
				}
			}
		}
		for _, unknown := range []Stage{"", "archived"} {
			if _, err := from.Follow(unknown); err == nil {
				t.Errorf("%s to %q", from, unknown)
			}
			if _, err := unknown.Follow(from); err == nil {
				t.Errorf("%q to %s", unknown, from)
			}
			if from.Passed(unknown) || unknown.Passed(from) {
				t.Errorf("%q and %s pass each other", unknown, from)
			}
		}
	}
}

func TestStageRefusalNamesBoth(t *testing.T) {
	_, err := Planning.Follow(Served)
	if err == nil || err.Error() != "当前阶段“计划填报”之后不能进入“结果告知”" {
		t.Error(err)
	}
}

// Every year can end: from each stage both ends but for what is over.
func TestEveryStageReachesAnEnd(t *testing.T) {
	for _, s := range Stages() {
		reach := []Stage{s}
		for i := 0; i < len(reach); i++ {
			for _, n := range Stages() {
				if _, err := reach[i].Follow(n); err == nil && !slices.Contains(reach, n) {
					reach = append(reach, n)
				}
			}
		}
		if !slices.Contains(reach, Closed) && s != Left {
			t.Errorf("%s never closes", s)
		}
	}
}

// Pages, letters and glossary have one word for each thing, and no two share one.
func TestOneWordEach(t *testing.T) {
	var all [][2]string
	for _, s := range Stages() {
		all = append(all, [2]string{string(s), s.Chinese()})
	}
	check(t, all)
	all = nil
	for _, r := range Roles() {
		all = append(all, [2]string{string(r), r.Chinese()})
	}
	check(t, all)
	all = nil
	for _, s := range WarningStates() {
		all = append(all, [2]string{string(s), s.Chinese()})
	}
	check(t, all)
	all = nil
	for _, k := range []Task{PlanTask, EvidenceTask, SelfScoreTask, AppealTask, ScoreTask, DecideTask, ReplyTask, AckTask, RectifyTask} {
		all = append(all, [2]string{string(k), k.Chinese()})
	}
	check(t, all)
	if Stage("x").Chinese() != "x" || Role("x").Chinese() != "x" || Task("x").Chinese() != "x" || WarningState("x").Chinese() != "x" {
		t.Error("an unknown word is shown as it is")
	}
}

func check(t *testing.T, all [][2]string) {
	t.Helper()
	seen := map[string]bool{}
	for _, w := range all {
		if w[1] == "" || w[1] == w[0] || seen[w[1]] || seen[w[0]] {
			t.Errorf("%s: %q", w[0], w[1])
		}
		seen[w[0]], seen[w[1]] = true, true
	}
	if len(all) < 4 {
		t.Errorf("only %d words", len(all))
	}
}

func TestRefAndHave(t *testing.T) {
	r := Ref{2027, "CNCA-R-2002-001"}
	if r.ID() != "2027/CNCA-R-2002-001" || r.WarningID() != "2027/CNCA-R-2002-001/warning" {
		t.Errorf("%s %s", r.ID(), r.WarningID())
	}
	for _, h := range []Have{{Plan: 1}, {Evidence: 1}, {SelfScore: 1}} {
		if h.Nothing() {
			t.Errorf("%+v is something", h)
		}
	}
	if !(Have{Sheets: 2, Appeal: []int{1}}).Nothing() {
		t.Error("what reviewers did is not the institution's")
	}
}
