package campaign

import (
	"fmt"
	"testing"
	"time"
)

func beijing(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02T15:04:05", s, Beijing)
	if err != nil {
		panic(err)
	}
	return t
}

var struck = beijing("2025-02-28T20:00:00")

// GL-20: 48 clock hours from the occurrence, inclusive.
func TestGL20Clock(t *testing.T) {
	if due := ReportDue(struck); !due.Equal(beijing("2025-03-02T20:00:00")) {
		t.Errorf("due %s", due)
	}
	for at, late := range map[string]bool{"2025-02-28T20:00:00": false, "2025-03-02T19:59:59": false, "2025-03-02T20:00:00": false, "2025-03-02T20:00:01": true, "2025-03-05T09:00:00": true} {
		if ReportLate(struck, beijing(at)) != late {
			t.Errorf("reported at %s: late %v, want %v", at, !late, late)
		}
	}
	var hours string
	for _, r := range ReportRungs(struck) { // a night and a Sunday among them: ML-4 does not move them
		hours += fmt.Sprint(r.Hours, " ", r.At.In(Beijing).Format("02 15:04 "))
	}
	if hours != "24 01 20:00 36 02 08:00 44 02 16:00 " {
		t.Errorf("reminders %s", hours)
	}
}

// Every state with every act of every role: what is not in the table is refused.
func TestIncidentMovesExhaustively(t *testing.T) {
	allowed := map[string]IncidentState{
		" open officer": IncidentOpened, " report ": IncidentReported,
		"opened report ": IncidentReported, "opened no-report clock": IncidentOpened, "opened excuse officer": IncidentOpened, "opened relevance ": IncidentOpened, "opened relevance officer": IncidentOpened, "opened close officer": IncidentClosed,
		"reported details ": IncidentDetailed, "reported follow-up ": IncidentReported, "reported no-detail clock": IncidentReported, "reported excuse officer": IncidentReported,
		"reported relevance ": IncidentReported, "reported relevance officer": IncidentReported, "reported close officer": IncidentClosed,
		"detailed follow-up ": IncidentDetailed, "detailed relevance ": IncidentDetailed, "detailed relevance officer": IncidentDetailed, "detailed excuse officer": IncidentDetailed, "detailed close officer": IncidentClosed,
		"closed excuse officer": IncidentClosed,
	}
	tried := 0
	for _, s := range append([]IncidentState{""}, IncidentStates()...) {
		for _, a := range IncidentActs() {
			for _, role := range []string{"", clock, "officer", "approver", "reviewer", "auditor"} {
				tried++
				got, err := MoveIncident(s, a, role)
				want, ok := allowed[fmt.Sprintf("%s %s %s", s, a, role)]
				if ok != (err == nil) || ok && got != want || !ok && got != s {
					t.Errorf("%s %s by %q: %s, %v; want %s", s, a, role, got, err, want)
				}
			}
			if a.Chinese() == string(a) || s != "" && s.Chinese() == string(s) {
				t.Errorf("%s or %s has no word", s, a)
			}
		}
	}
	if tried != 5*9*6 {
		t.Errorf("%d combinations tried", tried)
	}
}

// Lateness is decided by the recorded instant, and excused by an officer alone (AN-12).
func TestGL20Lateness(t *testing.T) {
	report := func(at string) IncidentPast { return IncidentPast{Act: IncidentReport, At: beijing(at)} }
	officer := func(act IncidentAct, r Relevance) IncidentPast {
		return IncidentPast{Act: act, Role: "officer", Relevance: r, At: beijing("2025-03-04T09:00:00")}
	}
	open := officer(IncidentOpen, "")
	for _, c := range []struct {
		name         string
		past         []IncidentPast
		late, counts bool
	}{
		{"in time", []IncidentPast{report("2025-03-02T20:00:00")}, false, false},
		{"late", []IncidentPast{report("2025-03-02T20:00:01")}, true, true},
		{"never", []IncidentPast{open}, true, true},
		{"excused", []IncidentPast{report("2025-03-02T20:00:01"), officer(IncidentExcuse, "")}, true, false},
		{"irrelevant by its own word", []IncidentPast{report("2025-03-03T20:00:00"), {Act: IncidentRelate, Relevance: Irrelevant}}, true, true},
		{"irrelevant by the officer's", []IncidentPast{report("2025-03-03T20:00:00"), officer(IncidentRelate, Irrelevant)}, true, false},
		{"closed before the hours had passed", []IncidentPast{open, {Act: IncidentClose, Role: "officer", At: beijing("2025-03-01T09:00:00")}}, false, false},
	} {
		f := IncidentFacts{OccurredAt: struck, Past: c.past}
		if now := beijing("2025-04-01T00:00:00"); f.Late(now) != c.late || f.Counts(now) != c.counts {
			t.Errorf("%s: late %v, counts %v", c.name, f.Late(now), f.Counts(now))
		}
	}
	waiting := IncidentFacts{OccurredAt: struck, Past: []IncidentPast{open}}
	if waiting.Late(beijing("2025-03-02T20:00:00")) || waiting.State() != IncidentOpened || !waiting.ReportedAt().IsZero() {
		t.Error("an incident is late before its hours have passed")
	}
}

// GL-23: the officer's judgement of relevance goes before the institution's;
// what is not relevant is no matter of row 16.
func TestGL23Relevance(t *testing.T) {
	f := IncidentFacts{OccurredAt: struck, Past: []IncidentPast{{Act: IncidentReport, At: struck}, {Act: IncidentDetails, Relevance: Undecided}}}
	if f.Relevance() != Undecided || f.State() != IncidentDetailed {
		t.Errorf("%s %s", f.Relevance(), f.State())
	}
	f.Past = append(f.Past, IncidentPast{Act: IncidentRelate, Role: "officer", Relevance: PartlySo}, IncidentPast{Act: IncidentRelate, Relevance: Irrelevant})
	if f.Relevance() != PartlySo {
		t.Errorf("in force is %s", f.Relevance())
	}
	for r, costs := range map[Relevance]bool{Relevant: true, PartlySo: true, Irrelevant: false, Undecided: false, "": false} {
		if r.MayCost() != costs {
			t.Errorf("%s", r)
		}
	}
	steps := ""
	for _, s := range HandlingSteps() {
		steps += s.Chinese
	}
	if steps != "收集会商研判回应评估" || len(Relevances()) != 4 {
		t.Errorf("steps %s", steps)
	}
}
