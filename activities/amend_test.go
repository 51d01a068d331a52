package activities

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// amends asks for 评价复核 of row 16 and decides it, with the row's points before and after.
func (o *office) amends(ref campaign.Ref, event int64, before, after rubric.Points, d campaign.Amendment) {
	o.t.Helper()
	at := o.rules.Calendar.Result.Add(3).Morning()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, 16, "与认证活动无关", "王经办", at); err != nil {
			return err
		}
		if err := tx.AddDecider(ctx, ref, "r4", o.rules.Calendar.Final, at); err != nil {
			return err
		}
		return tx.AddAmendment(ctx, ref, store.AmendmentOf(event, 16, "r4", d, at))
	})
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAppealRuling(ctx, ref, 16, "r4", before, after, campaign.ByEvents, at)
	})
}

// fined registers and establishes deductions of an institution.
func (o *office) fined(ref campaign.Ref, all ...rubric.Points) (ids []int64) {
	o.t.Helper()
	at := o.rules.Calendar.Launch.Add(40).Morning()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for _, p := range all {
			id, err := tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: "16.1", Points: 300, Title: "行政处罚", Source: "决定书", OccurredOn: at, By: "o1", At: at})
			if err != nil {
				return err
			}
			if err := tx.RuleEventAs(ctx, ref, id, "16.1", p, "属实", "a1", at); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids
}

// AP-4: what 评价复核 made of an event gives a second version, also where the cap
// keeps the row as it was; a decision that only keeps gives none. The letter, the
// decision paper and the final notice tell it.
func TestAP4AmendedEventMakesTheSecondVersion(t *testing.T) {
	o := newOffice(t, true, 3)
	c := o.rules.Calendar
	lowered, capped, kept := o.scored(1, 50), o.scored(2, 50), o.scored(3, 50)
	one, three, last := o.fined(lowered, 500), o.fined(capped, 500, 500, 500), o.fined(kept, 300)
	for _, ref := range []campaign.Ref{lowered, capped, kept} {
		o.isServed(ref)
	}
	o.amends(lowered, one[0], 500, 300, campaign.Amendment{Outcome: campaign.AmendLower, Clause: "16.1", Points: 300, Reason: "情节较轻"})
	o.amends(capped, three[0], 1000, 1000, campaign.Amendment{Outcome: campaign.AmendDismiss, Reason: "经查不实"})
	o.amends(kept, last[0], 300, 300, campaign.Amendment{Outcome: campaign.AmendKeep, Reason: "认定无误"})
	for _, k := range []struct {
		ref      campaign.Ref
		version  int
		uncapped rubric.Points
		word     string
	}{
		{lowered, 2, 300, "扣分由 5.0 分调整为 3.0 分（1 件事项的认定在复核中变更）"},
		{capped, 2, 1000, "扣分维持 10.0 分（1 件事项的认定在复核中变更）"},
		{kept, 1, 300, "扣分维持 3.0 分"},
	} {
		for range 2 { // again changes nothing
			got, err := o.finalize(t.Context(), o.at(k.ref, c.Final))
			must(t, err)
			if got.Version != k.version {
				t.Errorf("%s: version %d", k.ref.Code, got.Version)
			}
		}
		results, err := o.Store.Results(t.Context(), k.ref)
		must(t, err)
		if n := len(results); n != k.version || results[n-1].Card.DeductionUncapped != k.uncapped || results[0].Card.DeductionUncapped < results[n-1].Card.DeductionUncapped {
			t.Errorf("%s: %d versions, uncapped %s", k.ref.Code, n, results[n-1].Card.DeductionUncapped)
		}
		for _, letter := range []string{"/appeal-decision", "/final"} {
			if l := o.letter(k.ref.ID() + letter); !strings.Contains(l.Text, k.word) {
				t.Errorf("no %q in\n%s", k.word, l.Text)
			}
		}
	}
	papers, err := o.Store.Papers(t.Context(), lowered)
	must(t, err)
	told := 0
	for _, p := range papers {
		if p.Kind == campaign.AppealPaper || p.Kind == campaign.FinalPaper {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d papers tell it", told)
	}
	results, err := o.Store.Results(t.Context(), capped)
	must(t, err)
	facts, err := o.Store.WarningFacts(t.Context(), capped, results[1], c.Final.Morning())
	must(t, err)
	if facts.UncappedDeduction != 1000 || len(facts.Events) != 2 {
		t.Errorf("Article 32 looks at %+v", facts)
	}
	o.noFailure()
}
