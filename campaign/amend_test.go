package campaign

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xuanping/rubric"
)

func clauseNo(t interface{ Fatalf(string, ...any) }, id string) rubric.Clause {
	c, ok := rubric.Annex2().Clause(id)
	if !ok {
		t.Fatalf("no clause %s", id)
	}
	return c
}

// AP-3: what can be decided about an event of rows 15 and 16, by its standing.
func TestAP3MayAmend(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		e    Amending
		want string
	}{
		"claim rejected":        {Amending{Row: 15, Confirmed: &no, Clause: clauseNo(t, "15.2a"), Points: 300}, "keep confirm"},
		"claim never ruled":     {Amending{Row: 15, Clause: clauseNo(t, "15.2a"), Points: 300}, "keep confirm"},
		"claim taken back":      {Amending{Row: 15, Withdrawn: true, Confirmed: &no, Clause: clauseNo(t, "15.2a"), Points: 300}, ""},
		"medium not listed":     {Amending{Row: 15, Clause: clauseNo(t, "15.3a"), Points: 200, Barred: "尚未列入媒体目录"}, "keep"},
		"confirmed in full":     {Amending{Row: 15, Confirmed: &yes, Clause: clauseNo(t, "15.2a"), Points: 300}, "keep"},
		"medium listed higher":  {Amending{Row: 15, Confirmed: &yes, Clause: clauseNo(t, "15.3a"), Points: 50}, "keep confirm"},
		"said to be in base":    {Amending{Row: 15, Confirmed: &yes, Clause: clauseNo(t, "15.2a"), Points: 300, InBase: true}, "keep confirm"},
		"established, 5":        {Amending{Row: 16, Confirmed: &yes, Clause: clauseNo(t, "16.1"), Points: 500}, "keep lower dismiss unrelated"},
		"established, least":    {Amending{Row: 16, Confirmed: &yes, Clause: clauseNo(t, "16.1"), Points: 300}, "keep dismiss unrelated"},
		"lead":                  {Amending{Row: 16, Clause: clauseNo(t, "16.1"), Points: 300}, ""},
		"dismissed by its body": {Amending{Row: 16, Confirmed: &no, Clause: clauseNo(t, "16.1"), Points: 300}, ""},
	} {
		var got []string
		for _, a := range c.e.May() {
			got = append(got, string(a))
		}
		if strings.Join(got, " ") != c.want || c.e.Open() != (len(got) > 1) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// AP-3, R-12: the faults of a decision on an event, each at its field.
func TestAP3AmendFaults(t *testing.T) {
	yes, no := true, false
	told := Amending{Row: 16, Confirmed: &yes, Clause: clauseNo(t, "16.1"), Points: 500}
	claim := Amending{Row: 15, Confirmed: &no, Clause: clauseNo(t, "15.3b"), Points: 100}
	half := Amending{Row: 15, Confirmed: &yes, Clause: clauseNo(t, "15.3b"), Points: 50}
	for name, c := range map[string]struct {
		e    Amending
		a    Amendment
		r    rubric.Reading
		want string
	}{
		"lowered":                  {told, Amendment{Outcome: AmendLower, Points: 300, Reason: "x"}, rubric.Reading{}, ""},
		"lowered below the clause": {told, Amendment{Outcome: AmendLower, Points: 200, Reason: "x"}, rubric.Reading{}, "points"},
		"not lowered":              {told, Amendment{Outcome: AmendLower, Points: 500, Reason: "x"}, rubric.Reading{}, "points"},
		"raised":                   {told, Amendment{Outcome: AmendLower, Points: 600, Reason: "x"}, rubric.Reading{}, "points"},
		"in halves":                {told, Amendment{Outcome: AmendLower, Points: 350, Reason: "x"}, rubric.Reading{}, "points"},
		"in halves, so read":       {told, Amendment{Outcome: AmendLower, Points: 350, Reason: "x"}, rubric.Reading{HalfDeductions: true}, ""},
		"dismissed":                {told, Amendment{Outcome: AmendDismiss, Reason: "x"}, rubric.Reading{}, ""},
		"without a reason":         {told, Amendment{Outcome: AmendDismiss, Reason: "  "}, rubric.Reading{}, "reason"},
		"a long reason":            {told, Amendment{Outcome: AmendDismiss, Reason: strings.Repeat("长", 501)}, rubric.Reading{}, "reason"},
		"nothing chosen":           {told, Amendment{Reason: "x"}, rubric.Reading{}, "outcome"},
		"confirmed a deduction":    {told, Amendment{Outcome: AmendConfirm, Points: 500, Reason: "x"}, rubric.Reading{}, "outcome"},
		"claim confirmed":          {claim, Amendment{Outcome: AmendConfirm, Reason: "x"}, rubric.Reading{}, ""},
		"claim dismissed":          {claim, Amendment{Outcome: AmendDismiss, Reason: "x"}, rubric.Reading{}, "outcome"},
		"another level":            {half, Amendment{Outcome: AmendConfirm, Reason: "x"}, rubric.Reading{}, ""},
		"another level, in base":   {half, Amendment{Outcome: AmendConfirm, InBase: true, Reason: "x"}, rubric.Reading{}, "outcome"},
	} {
		var got []string
		for k := range c.a.Settled(c.e).Faults(c.e, c.r) {
			got = append(got, k)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: faults %v, want %q", name, got, c.want)
		}
	}
}

// AP-3: the words of every outcome say what was and what is.
func TestAP3AmendWords(t *testing.T) {
	yes, no := true, false
	told, claim := Amending{Row: 16, Confirmed: &yes, Clause: clauseNo(t, "16.1"), Points: 500}, Amending{Row: 15, Confirmed: &no, Clause: clauseNo(t, "15.2a")}
	for want, got := range map[string]string{
		"原认定扣 5.0 分，复核后减为扣 3.0 分":         told.Words(Amendment{Outcome: AmendLower, Points: 300}),
		"原认定扣 5.0 分，复核后改为不予认定，不扣分":        told.Words(Amendment{Outcome: AmendDismiss}),
		"原认定扣 5.0 分，复核后维持":                told.Words(Amendment{Outcome: AmendKeep}),
		"原不予认定，复核后按条款 15.2a 予以认定，加 3.0 分": claim.Words(Amendment{Outcome: AmendConfirm}.Settled(claim)),
		"认定，复核后改为不予认定":                    AmendDismiss.After("认定"),
		"认定，复核后减少扣分":                      AmendLower.After("认定"),
		"认定":                              AmendKeep.After("认定"),
		"扣分由 5.0 分调整为 3.0 分":              RowWords(16, 500, 300),
		"维持 3.0 分":                        RowWords(15, 300, 300),
		"维持认定 予以认定 减少扣分 不予认定 与认证活动无关 ": func() (s string) {
			for _, a := range Amends() {
				s += a.Chinese() + " "
			}
			return s
		}(),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// AP-3: whatever the rules let be decided about the events of a year, under every
// reading but that of a day (where what was dropped beside a lowered event comes
// back, so that the desk asks Worse), row 15 is never less and row 16 never more.
func TestAP3NeverWorse(t *testing.T) {
	table := rubric.Annex2()
	rapid.Check(t, func(t *rapid.T) {
		var chosen rubric.Choices
		for _, c := range rubric.Alternatives() {
			if c.Reading != "R-07" && rapid.Bool().Draw(t, c.Reading) {
				chosen = append(chosen, c)
			}
		}
		r := chosen.Reading()
		var was, is []rubric.Event
		for i := range rapid.IntRange(1, 8).Draw(t, "events") {
			before, after := drawAmended(t, r, fmt.Sprint(i))
			was, is = append(was, before), append(is, after)
		}
		before, err := table.ScoreAs(r, 2025, nil, was)
		if err != nil {
			t.Fatal(err)
		}
		after, err := table.ScoreAs(r, 2025, nil, is)
		if err != nil {
			t.Fatal(err)
		}
		if Worse(15, before.Bonus, after.Bonus) || Worse(16, before.Deduction, after.Deduction) || Worse(16, before.DeductionUncapped, after.DeductionUncapped) || Worse(15, before.BonusUncapped, after.BonusUncapped) {
			t.Fatalf("worse: %+v, was %+v", after, before)
		}
	})
}

// drawAmended draws an event and what a decision without faults makes of it.
func drawAmended(t *rapid.T, r rubric.Reading, id string) (was, is rubric.Event) {
	clauses := rubric.Annex2().Clauses
	c := rapid.SampledFrom(clauses).Draw(t, "clause")
	e := Amending{Row: c.Row, Clause: c, Points: c.Min}
	if rapid.Bool().Draw(t, "ruled") {
		v := rapid.Bool().Draw(t, "confirmed")
		e.Confirmed = &v
	}
	was = rubric.Event{ID: id, Clause: c.ID, Title: "事项", OccurredOn: fmt.Sprintf("2025-03-0%d", rapid.IntRange(1, 3).Draw(t, "day")),
		Matter: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "matter"), State: rubric.Pending}
	switch {
	case c.Row == 16:
		e.Points += r.Step(c) * rubric.Points(rapid.IntRange(0, int((c.Max-c.Min)/r.Step(c))).Draw(t, "steps"))
	case e.established():
		e.InBase = rapid.Bool().Draw(t, "in base")
		if c.Media { // the list may give it a higher level now
			e.Clause = rapid.SampledFrom(clauses).Filter(func(o rubric.Clause) bool { return o.Media }).Draw(t, "level")
		}
	}
	was.Points, was.AlsoInBase = e.Points, e.InBase
	if e.Confirmed != nil {
		was.State = rubric.Rejected
		if *e.Confirmed {
			was.State = rubric.Confirmed
		}
	}
	is = was
	may := e.May()
	if len(may) == 0 {
		return was, is
	}
	a := Amendment{Outcome: rapid.SampledFrom(may).Draw(t, "outcome"), InBase: rapid.Bool().Draw(t, "still in base"), Reason: "理由"}
	if e.Row == 16 && e.Points > e.Clause.Min {
		a.Points = e.Clause.Min + r.Step(c)*rubric.Points(rapid.IntRange(0, int((e.Points-e.Clause.Min)/r.Step(c))-1).Draw(t, "lower"))
	}
	if a = a.Settled(e); len(a.Faults(e, r)) > 0 {
		return was, is
	}
	switch a.Outcome {
	case AmendConfirm, AmendLower:
		is.Clause, is.Points, is.AlsoInBase, is.State = a.Clause, a.Points, a.InBase, rubric.Confirmed
	case AmendDismiss, AmendUnrelate:
		is.State = rubric.Rejected
	}
	return was, is
}
