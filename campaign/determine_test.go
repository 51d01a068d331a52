package campaign

import (
	"fmt"
	"strings"
	"testing"

	"xuanping/rubric"
)

// AN-16: every state, act and role: what the table does not name is refused,
// and an ending is nobody's who had a hand in it before.
func TestAN16EveryMove(t *testing.T) {
	allowed := map[string]bool{}
	for _, m := range EventMoves() {
		allowed[m[0]+"/"+m[1]] = true
	}
	if len(allowed) != 17 {
		t.Errorf("%d moves, the table was read as 17", len(allowed))
	}
	for _, s := range EventStates() {
		for _, a := range EventActs() {
			for _, r := range append(Roles(), "") {
				next, err := MoveEvent(s, a, r, "p1", "o1", nil)
				should := allowed[string(s)+"/"+string(a)] && eventActors[a] == r
				if (err == nil) != should {
					t.Errorf("%s %s %q: %v", s, a, r, err)
				}
				if err != nil && next != s {
					t.Errorf("%s %s %q: refused, yet moves to %s", s, a, r, next)
				}
			}
			if s.Chinese() == "" || a.Chinese() == "" {
				t.Errorf("%s %s has no word", s, a)
			}
			if a.Ends() && allowed[string(s)+"/"+string(a)] {
				for name, c := range map[string]struct {
					registrar string
					past      []EventBy
				}{"registrar": {"p1", nil}, "inquirer": {"o1", []EventBy{{EventInquire, "p1"}}}, "teller": {"o1", []EventBy{{EventTell, "p1"}}}} {
					if _, err := MoveEvent(s, a, Approver, "p1", c.registrar, c.past); KindOf(err) != Forbidden {
						t.Errorf("%s by the %s: %v", a, name, err)
					}
				}
				if _, err := MoveEvent(s, a, Approver, "p1", "o1", []EventBy{{EventReturn, "p1"}, {EventReply, ""}}); err != nil {
					t.Errorf("%s by who returned it: %v", a, err)
				}
				if _, err := MoveEvent(s, a, Approver, "", "o1", nil); err == nil {
					t.Errorf("%s by nobody", a)
				}
			}
		}
	}
}

// AN-16: over all sequences of acts, nothing is established that was not told
// before, and nothing leaves an end but a hand-over, which moves nothing (GL-25).
func TestAN16NothingEstablishedUntold(t *testing.T) {
	ends := 0
	var walk func(s EventState, told bool, depth int)
	walk = func(s EventState, told bool, depth int) {
		if s == EventEstablished {
			if ends++; !told {
				t.Fatal("established without having been told")
			}
		}
		if depth == 7 {
			return
		}
		for _, a := range EventActs() {
			next, err := MoveEvent(s, a, eventActors[a], "p", "o1", nil)
			if err != nil {
				continue
			}
			if a == EventRefer && next != s {
				t.Fatalf("a hand-over moves %s to %s", s, next)
			}
			if (s == EventEstablished || s == EventDismissed || s == EventUnrelated) && a != EventRefer {
				t.Fatalf("%s leaves %s", a, s)
			}
			walk(next, told && a != EventReturn || a == EventTell, depth+1)
		}
	}
	walk(EventLead, false, 0)
	if ends == 0 {
		t.Error("nothing was ever established")
	}
}

// AN-16, GL-36, §2 no. 12 to 14: what bears a determination.
func TestAN16MayEstablish(t *testing.T) {
	c, _ := rubric.Annex2().Clause("16.1")
	good := Finding{SourcePenalty, Relevant, 3 * rubric.Point, "影响较大"}
	with := func(change func(*Finding)) Finding { f := good; change(&f); return f }
	silent := Hearing{Due: "2026-06-10", Today: "2026-06-11"}
	for name, k := range map[string]struct {
		f        Finding
		happened Day
		h        Hearing
		kind     Kind
	}{
		"all well, days over":   {good, "2026-05-01", silent, ""},
		"all well, replied":     {good, "2026-05-01", Hearing{Replied: true, Due: "2026-06-10", Today: "2026-06-05"}, ""},
		"partly relevant":       {with(func(f *Finding) { f.Relevance = PartlySo }), "2026-05-01", silent, ""},
		"first day in force":    {good, "2024-01-01", silent, ""},
		"day before":            {good, "2023-12-31", silent, Conflict}, // GL-36
		"last day of the reply": {good, "2026-05-01", Hearing{Due: "2026-06-10", Today: "2026-06-10"}, Conflict},
		"media alone":           {with(func(f *Finding) { f.Source = SourceMedia }), "2026-05-01", silent, Conflict},
		"irrelevant":            {with(func(f *Finding) { f.Relevance = Irrelevant }), "2026-05-01", silent, Conflict},
		"relevance open":        {with(func(f *Finding) { f.Relevance = Undecided }), "2026-05-01", silent, Conflict},
		"nothing told":          {Finding{}, "2026-05-01", Hearing{Today: "2026-06-11"}, Conflict},
		"half a point":          {with(func(f *Finding) { f.Points = 350 }), "2026-05-01", silent, Invalid},
		"below the range":       {with(func(f *Finding) { f.Points = 200 }), "2026-05-01", silent, Invalid},
		"above the range":       {with(func(f *Finding) { f.Points = 600 }), "2026-05-01", silent, Invalid},
		"no severity":           {with(func(f *Finding) { f.Severity = " " }), "2026-05-01", silent, Invalid},
	} {
		err := MayEstablish(c, rubric.Reading{}, k.f, k.happened, DefaultSettings(2026).Effective(), k.h)
		if (err == nil) != (k.kind == "") || err != nil && KindOf(err) != k.kind {
			t.Errorf("%s: %v, want %q", name, err, k.kind)
		}
	}
}

// R-12: halves are refused unless the year reads 扣3-5分 so.
func TestR12HalvesByReading(t *testing.T) {
	c, _ := rubric.Annex2().Clause("16.1")
	f := Finding{Source: SourceInspection, Relevance: Relevant, Points: 350, Severity: "后果较重"}
	if bad := f.Faults(c, rubric.Reading{}); !strings.Contains(bad["points"], "须为整分") {
		t.Errorf("by default: %v", bad)
	}
	if bad := f.Faults(c, rubric.Reading{HalfDeductions: true}); len(bad) > 0 {
		t.Errorf("in halves: %v", bad)
	}
	f.Points = 325
	if bad := f.Faults(c, rubric.Reading{HalfDeductions: true}); !strings.Contains(bad["points"], "0.5 分为一档") {
		t.Errorf("a quarter: %v", bad)
	}
}

func TestEventSettings(t *testing.T) {
	if s := (Settings{}); s.EventReply() != 5 || s.Effective() != "2024-01-01" {
		t.Errorf("of a year launched before: %d, %s", s.EventReply(), s.Effective())
	}
	for _, change := range []func(*Settings){func(s *Settings) { s.EventReplyDays = -1 }, func(s *Settings) { s.EventReplyDays = 400 }, func(s *Settings) { s.EffectiveOn = "2024-13-01" }} {
		s := DefaultSettings(2026)
		if change(&s); s.Check() == nil {
			t.Errorf("%+v was taken", s)
		}
	}
}

func ExampleEventMoves() {
	for _, m := range EventMoves()[:3] {
		fmt.Println(EventState(m[0]).Chinese(), EventAct(m[1]).Chinese(), EventState(m[2]).Chinese())
	}
	// Output:
	// 线索 立项调查 调查
	// 线索 不予认定 不予认定
	// 线索 与认证活动无关 无关
}
