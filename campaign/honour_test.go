package campaign

import (
	"fmt"
	"strings"
	"testing"
)

// pasts gives a past that leads to each state.
var pasts = map[HonourState][]HonourBy{
	Nominated: nil, Passed: {{HonourPass, "o2"}}, Shown: {{HonourPass, "o2"}, {HonourShow, "o1"}},
	Awarded:      {{HonourPass, "o2"}, {HonourShow, "o1"}, {HonourAward, "a1"}},
	Declined:     {{HonourDecline, "o2"}},
	HonourPulled: {{HonourPull, "o1"}},
	HonourOff:    {{HonourPass, "o2"}, {HonourShow, "o1"}, {HonourAward, "a1"}, {HonourRevoke, "a2"}},
}

// allowed is the whole table once more, by hand: state, act, role → next state.
var allowed = map[string]HonourState{
	"nominated pass officer": Passed, "nominated pass approver": Passed, "nominated decline officer": Declined, "nominated decline approver": Declined, "nominated pull officer": HonourPulled,
	"passed show officer": Shown, "passed decline officer": Declined, "passed decline approver": Declined, "passed pull officer": HonourPulled,
	"shown award approver": Awarded, "shown decline officer": Declined, "shown decline approver": Declined, "shown pull officer": HonourPulled,
	"awarded revoke approver": HonourOff,
}

// PL-20: every state × act × role, with everything else in order.
func TestPL20HonourTableIsExhaustive(t *testing.T) {
	n := 0
	for _, s := range HonourStates() {
		past, known := pasts[s]
		if !known {
			t.Fatalf("no past leads to %s", s)
		}
		f := HonourFacts{Nominator: "n1", Past: past, Ends: "2025-06-10", Today: "2025-06-11"}
		if f.State() != s {
			t.Fatalf("the past of %s leads to %s", s, f.State())
		}
		for _, a := range HonourActs() {
			for _, r := range append(Roles(), "", "clock") {
				got, err := MoveHonour(a, r, "x9", f)
				want, ok := allowed[fmt.Sprintf("%s %s %s", s, a, r)]
				if ok != (err == nil) || ok && got != want {
					t.Errorf("%s %s by %q: %s, %v; want %s", s, a, r, got, err, want)
				}
				if ok {
					n++
				}
			}
		}
	}
	if n != len(allowed) || len(HonourMoves()) != 10 {
		t.Errorf("%d of %d moves found; %d lines in the table", n, len(allowed), len(HonourMoves()))
	}
}

// PL-20: no award before the days have elapsed, with an open or an upheld
// objection, by the nominator, by the reviewer, or by nobody.
func TestPL20AwardConditions(t *testing.T) {
	good := HonourFacts{Nominator: "a2", Past: pasts[Shown], Ends: "2025-06-10", Today: "2025-06-11"}
	if _, err := MoveHonour(HonourAward, Approver, "a1", good); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by  string
		mar func(*HonourFacts)
		say string
	}{
		"last day":          {"a1", func(f *HonourFacts) { f.Today = "2025-06-10" }, "公示尚未届满"},
		"no days":           {"a1", func(f *HonourFacts) { f.Ends = "" }, "公示尚未届满"},
		"open objection":    {"a1", func(f *HonourFacts) { f.Open = 1 }, "还有 1 件异议"},
		"upheld objection":  {"a1", func(f *HonourFacts) { f.Upheld = 1 }, "1 件异议成立"},
		"nominator":         {"a2", func(*HonourFacts) {}, "提名人不能"},
		"reviewer":          {"o2", func(*HonourFacts) {}, "评审人与授予人"},
		"nobody":            {"", func(*HonourFacts) {}, "不属于您的职责"},
		"nominator reviews": {"a2", func(f *HonourFacts) { f.Past = nil }, "不能办理"},
	} {
		f := good
		c.mar(&f)
		if _, err := MoveHonour(HonourAward, Approver, c.by, f); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := MoveHonour(HonourPass, Approver, "a2", HonourFacts{Nominator: "a2"}); KindOf(err) != Forbidden {
		t.Errorf("the nominator reviews: %v", err)
	}
}

// The first day of 公示 is not counted; weekends and holidays are skipped.
func TestPL20HonourDays(t *testing.T) {
	h := KnownHolidays()
	if end := (Settings{}).HonourEnd("2026-03-02", h); end != "2026-03-09" { // Monday; five working days after it
		t.Errorf("default: %s", end)
	}
	if end := (Settings{HonourDays: 1}).HonourEnd("2026-03-06", h); end != "2026-03-09" {
		t.Errorf("one day from a Friday: %s", end)
	}
}

func TestPL20MaskName(t *testing.T) {
	for in, want := range map[string]string{"王小明": "王某某", "欧阳": "欧某", "李": "李某", "": "", "司马相如如": "司某某"} {
		if got := MaskName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// PL-15: the text that is published holds no name and no code.
func TestPL15Anonymous(t *testing.T) {
	got := Anonymous("华宇认证有限公司北京分公司（CNCA-R-2002-001）与华宇认证有限公司的张三、CNCA-RF-2003-12 未参与。",
		[]string{"华宇认证有限公司", "华宇认证有限公司北京分公司", " "}, []string{"张三", "李"})
	if want := "某认证机构（某认证机构）与某认证机构的某某、CNCA-RF-2003-12 未参与。"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
