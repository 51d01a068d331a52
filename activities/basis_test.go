package activities

import (
	"context"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// halfScored brings an institution to Scoring with two seats and the sheets of
// those who gave one; less is what each took off row 3.
func (o *office) halfScored(i int, less map[string]rubric.Points) campaign.Ref {
	o.t.Helper()
	o.planned(i)
	ref, c := o.to(i, toScoring...), o.rules.Calendar
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for n, who := range []string{"r1", "r2"} {
			if err := tx.AddSeat(ctx, ref, n+1, who, c.ScoringDue, c.SelfScoreDue.Morning()); err != nil {
				return err
			}
		}
		return nil
	})
	for _, who := range []string{"r1", "r2"} {
		if off, gave := less[who]; gave {
			o.sheet(ref, who, off)
		}
	}
	return ref
}

func (o *office) sheet(ref campaign.Ref, who string, off rubric.Points) {
	o.t.Helper()
	given := marks(50)
	given[2].Points -= off
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSheet(ctx, ref, who, given, o.rules.Calendar.ScoringClose.Morning())
		return err
	})
}

// decided is an officer's decision on the sheets that are there.
func (o *office) decided(ref campaign.Ref, reason string) {
	o.t.Helper()
	b, err := o.Store.Basis(o.t.Context(), ref)
	must(o.t, err)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddBasisDecision(ctx, ref, store.BasisDecision{Kind: b.Kind, Reviewers: b.Reviewers, Reason: reason, By: "o1", At: o.rules.Calendar.Result.Morning()})
		return err
	})
}

func (o *office) waits(ref campaign.Ref, why string) {
	o.t.Helper()
	_, err := o.serve(o.t.Context(), o.at(ref, o.rules.Calendar.Result))
	wantKind(o.t, err, campaign.Conflict)
	if !strings.Contains(err.Error(), why) {
		o.t.Errorf("%v", err)
	}
	if all, err := o.Store.Results(o.t.Context(), ref); err != nil || len(all) > 0 {
		o.t.Errorf("%d results, %v", len(all), err)
	}
}

// RV-1, WF-5: on one sheet no result is formed of itself. The officers are called
// once, with both ways out; their decision is told by organ, day and reason.
func TestRV1OneSheetWaitsForADecision(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := o.halfScored(1, map[string]rubric.Points{"r1": 0})
	for range 3 {
		o.waits(ref, "收到第二评审席位的打分，或者经办人员书面决定")
	}
	o.drain()
	alerts := 0
	for k := range o.intents() {
		if strings.Contains(k, "/alert/"+contract.AlertBasis+"/") {
			alerts++
		}
	}
	l := o.letter(ref.ID() + "/alert/" + contract.AlertBasis + "/r1/o1")
	said := strings.Join(strings.Fields(l.Text), "")
	if alerts != 2 { // two officers
		t.Errorf("%d alerts", alerts)
	}
	o.says(said, "督促补交或者改派", "决定按现有打分形成结果", officePath(ref)+"/basis")
	o.decided(ref, "第二席两次改派均未取得打分")
	if out := run(o, o.serve, o.at(ref, o.rules.Calendar.Result)); !out.Scored || out.Total != 9300 {
		t.Errorf("%+v", out)
	}
	o.drain()
	text := strings.Join(strings.Fields(o.read(ref, campaign.ResultPaper)), "")
	o.says(text, "依据一名评审专家的打分形成", o.issuer(store.Campaign{})+"于"+o.rules.Calendar.Result.Chinese()+"书面决定", "第二席两次改派均未取得打分")
	if name := storetest.People()[0].Name; strings.Contains(text, name) {
		t.Errorf("the notice names %s", name)
	}
	o.noFailure()
}

// RV-1: a sheet that comes meanwhile voids the decision: what agrees is served as
// the full double review, what differs calls a third, and waits for him or for
// another decision.
func TestRV1BasisChangedAfterTheDecision(t *testing.T) {
	o := newOffice(t, true, 3)
	agrees, differs, voided := o.halfScored(1, map[string]rubric.Points{"r1": 0}), o.halfScored(2, map[string]rubric.Points{"r1": 0}), o.halfScored(3, map[string]rubric.Points{"r1": 0, "r2": 300})
	for _, ref := range []campaign.Ref{agrees, differs, voided} {
		o.decided(ref, "没有可改派的专家")
	}
	o.sheet(agrees, "r2", 0)
	run(o, o.serve, o.at(agrees, o.rules.Calendar.Result))
	if text := o.read(agrees, campaign.ResultPaper); strings.Contains(text, "一名评审专家") || strings.Contains(text, "书面决定") {
		t.Errorf("%s", text)
	}

	o.sheet(differs, "r2", 300)
	o.waits(differs, "收到第三评审席位的打分")
	third, err := o.Store.Seats(t.Context(), differs)
	must(t, err)
	if len(third) != 3 || third[2].Seat != 3 {
		t.Fatalf("%+v", third)
	}
	o.drain()
	if l := o.letter(differs.ID() + "/seat/" + third[2].Reviewer); !strings.Contains(l.Text, "评分差异较大的指标") {
		t.Errorf("%s", l.Text)
	}
	o.sheet(differs, third[2].Reviewer, 100)
	if out := run(o, o.serve, o.at(differs, o.rules.Calendar.Result)); out.Total != 9200 { // the median of 9.5, 8.5 and 6.5
		t.Errorf("%+v", out)
	}

	o.vacate(voided, 2, campaign.SeatConflict)
	o.waits(voided, "有评审席位刚刚改派") // somebody was free
	seats, err := o.Store.Seats(t.Context(), voided)
	must(t, err)
	i := slices.IndexFunc(seats, func(s store.Seat) bool { return s.Seat == 2 && s.N == 2 })
	if i < 0 {
		t.Fatalf("%+v", seats)
	}
	must(t, o.Store.SetClock(t.Context(), testYear, campaign.DayOf(seats[i].Due).Add(1).Morning(), o.Clock()))
	o.waits(voided, "仅有一份打分")
	o.drain()
	o.letter(voided.ID() + "/alert/" + contract.AlertBasis + "/r1/2/o1") // called again
	o.decided(voided, "再次改派仍无打分")
	run(o, o.serve, o.at(voided, o.rules.Calendar.Result))
	all, err := o.Store.BasisDecisions(t.Context(), voided)
	must(t, err)
	if len(all) != 2 || all[0].Kind != campaign.OpenDifference || all[1].Kind != campaign.SingleSheet {
		t.Errorf("%+v", all)
	}
}
