package activities

import (
	"context"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestLaunchPages(t *testing.T) {
	o := newOffice(t, true, pageSize+3)
	at := o.rules.Calendar.Launch.Morning()
	must(t, exec(o, "update entry set joined = joined + 1 where code = $1", storetest.Code(7))) // admitted by a message of its own
	page := run(o, o.launch, contract.LaunchIn{Page: contract.PageIn{Year: testYear, At: at}, Rules: o.rules})
	if page != (contract.PageOut{Last: storetest.Code(pageSize), Done: pageSize, Total: pageSize + 3}) || len(o.engine.started) != pageSize-1 {
		t.Errorf("%+v, %d started", page, len(o.engine.started))
	}
	page = run(o, o.launch, contract.LaunchIn{Page: contract.PageIn{Year: testYear, At: at, After: page.Last}, Rules: o.rules})
	if page != (contract.PageOut{Done: pageSize + 3, Total: pageSize + 3}) || len(o.engine.started) != pageSize+2 {
		t.Errorf("%+v, %d started", page, len(o.engine.started))
	}
	run(o, o.admit, contract.AdmitIn{Ref: storetest.Ref(testYear, 7), Rules: o.rules, At: at})
	if !slices.Contains(o.engine.started, storetest.Ref(testYear, 7).ID()) || len(o.engine.started) != pageSize+3 {
		t.Errorf("%d started", len(o.engine.started))
	}
	o.engine.answer = serviceerror.NewUnavailable("engine away")
	if _, err := o.launch(t.Context(), contract.LaunchIn{Page: contract.PageIn{Year: testYear, At: at}, Rules: o.rules}); err == nil {
		t.Error("launched without an engine")
	}
}

func TestTell(t *testing.T) {
	o := newOffice(t, true, 4)
	at := o.rules.Calendar.PlanDue.Morning()
	o.to(1, campaign.Planning)
	o.to(2, toScoring...)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetLeft(ctx, storetest.Ref(testYear, 3), "merged", at)
	})
	rules := o.rules
	rules.Calendar.Publication = rules.Calendar.Publication.Add(3)
	o.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRules(ctx, testYear, rules, "o1", at) })
	in := contract.TellIn{Page: contract.PageIn{Year: testYear, At: at}, Rules: &rules, Key: "rules-1"}
	if out := run(o, o.tell, in); out != (contract.PageOut{Done: 4, Total: 4}) {
		t.Errorf("%+v", out)
	}
	o.drain()
	o.noFailure()
	for _, i := range []int{1, 2, 4} { // also one that has not begun
		ref := storetest.Ref(testYear, i)
		l := o.letter(ref.ID() + "/rules-1")
		if !strings.Contains(l.Text, "公布：") || !strings.Contains(l.Text, rules.Calendar.Publication.Chinese()) {
			t.Errorf("%s", l.Text)
		}
		if !slices.Contains(o.engine.told, ref.ID()+" RulesMoved rules-1/"+ref.Code) {
			t.Errorf("%v", o.engine.told)
		}
	}
	if len(o.letters) != 3 {
		t.Errorf("%d letters: one has left", len(o.letters))
	}
	// A year that ended or does not care is no fault.
	o.engine.answer = serviceerror.NewNotFound("gone")
	run(o, o.tell, contract.TellIn{Page: contract.PageIn{Year: testYear, At: at}, Published: true, Key: "published"})
	o.engine.answer = serviceerror.NewUnavailable("engine away")
	if _, err := o.tell(t.Context(), contract.TellIn{Page: contract.PageIn{Year: testYear, At: at}, Published: true, Key: "published"}); err == nil {
		t.Error("told without an engine")
	}
}

// R10: that results are published is told also to whom the score book calls closed,
// and until the year is there: the engine may have been restored from before it.
func TestR10PublishedIsToldUntilHeard(t *testing.T) {
	o := newOffice(t, true, 2)
	at := o.rules.Calendar.Publication.Morning()
	o.to(1, append(slices.Clone(toScoring), campaign.Served, campaign.Final, campaign.Closed)...)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetLeft(ctx, storetest.Ref(testYear, 2), "merged", at)
	})
	in := contract.TellIn{Page: contract.PageIn{Year: testYear, At: at}, Published: true, Key: "published"}
	o.engine.answer = temporal.NewNonRetryableApplicationError("当前阶段为“结果告知”", contract.Refused, nil)
	_, err := o.tell(t.Context(), in)
	wantKind(t, err, campaign.Conflict)
	o.engine.answer = nil
	run(o, o.tell, in)
	ref := storetest.Ref(testYear, 1)
	if want := []string{ref.ID() + " Published published/" + ref.Code}; !slices.Equal(slices.Compact(o.engine.told), want) {
		t.Errorf("%v", o.engine.told)
	}
}

// Two campaigns whose days move for the first time each write their own letters.
func TestTellTwoYears(t *testing.T) {
	o := newOffice(t, true, 1)
	next := testYear + 1
	all := map[int]campaign.Rules{testYear: o.rules, next: storetest.Rules(t, next)}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddCampaign(ctx, store.Campaign{Year: next, Rehearsal: false, Rubric: "annex2-2024", RubricSHA256: o.Table.SHA256, CreatedBy: "o1", CreatedAt: all[next].Calendar.Launch.Morning(), Rules: all[next]}, []string{storetest.Code(1)})
	})
	for year, rules := range all {
		at := rules.Calendar.PlanDue.Morning()
		rules.Calendar.Publication = rules.Calendar.Publication.Add(3)
		o.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRules(ctx, year, rules, "o1", at) })
		run(o, o.tell, contract.TellIn{Page: contract.PageIn{Year: year, At: at}, Rules: &rules, Key: "rules-1"})
	}
	o.drain()
	o.noFailure()
	if len(o.letters) != 2 {
		t.Errorf("%d letters", len(o.letters))
	}
}
