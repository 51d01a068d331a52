package audit

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RW-8: every institution stands against the same criteria; what meets them
// without a case, or was dismissed before the notice, needs a reason.
func TestRW8Consistency(t *testing.T) {
	s, _ := storetest.Open(t)
	const year = 2025
	storetest.Campaign(t, s, year, true, 6)
	at := time.Date(2026, 6, 1, 10, 0, 0, 0, campaign.Beijing)
	ctx := t.Context()
	road := []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served, campaign.Final, campaign.Closed}
	err := s.Write(ctx, func(tx *store.Tx) error {
		for i, total := range []rubric.Points{9000, 5000, 5000, 5000, 9000} { // the sixth has no result yet
			ref := storetest.Ref(year, i+1)
			for _, stage := range road {
				if err := tx.SetStage(ctx, ref, stage, "", at); err != nil {
					return err
				}
			}
			if err := tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: true, Total: total, At: at}); err != nil {
				return err
			}
		}
		open := func(i int, act store.WarningAct) error {
			ref := storetest.Ref(year, i)
			w := store.Warning{Year: year, Code: ref.Code, Number: i, StateAt: at, Ladder: campaign.FullLadder, Hand: i == 5, Facts: rubric.Facts{Scored: true, Submitted: true, Total: 5000}}
			if err := tx.AddWarning(ctx, w); err != nil {
				return err
			}
			act.At = at
			_, err := tx.AddWarningAct(ctx, ref, act)
			return err
		}
		if err := open(3, store.WarningAct{Act: campaign.ActDismiss, Role: "approver", By: "a1", Text: "事实不清"}); err != nil {
			return err
		}
		if err := tx.SetWarningState(ctx, storetest.Ref(year, 3), campaign.Dismissed, "", at); err != nil {
			return err
		}
		if err := open(5, store.WarningAct{Act: campaign.ActPropose, Role: "officer", By: "o1", Text: "隐瞒不报"}); err != nil {
			return err
		}
		_, err := tx.AddWarningSkip(ctx, storetest.Ref(year, 4), "已由地方处理", "o1", at)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	list := func(change func(*rubric.Criteria)) []Equal {
		t.Helper()
		c, err := s.Campaign(ctx, year)
		if err != nil {
			t.Fatal(err)
		}
		change(&c.Rules.Settings.Criteria)
		all, err := Consistency(context.WithoutCancel(ctx), s.Reader, c)
		if err != nil || len(all) != 6 {
			t.Fatalf("%d lines, %v", len(all), err)
		}
		return all
	}
	for i, e := range list(func(*rubric.Criteria) {}) {
		// nothing was handed in by any of them, which meets the first criterion as well
		want := []struct {
			meets, open bool
			reason      string
		}{{true, true, ""}, {true, true, ""}, {true, false, "事实不清"}, {true, false, "已由地方处理"}, {true, false, "隐瞒不报"}, {false, false, ""}}[i]
		if e.Meets != want.meets || e.Open != want.open || !strings.Contains(e.Reason, want.reason) || e.Ready != (i < 5) || e.Name != storetest.Institution(i+1).Name {
			t.Errorf("%d: %+v", i+1, e)
		}
		if e.Ready && (len(e.Met) != 3 || !e.Met[0].Met || e.Met[1].Met || e.Met[2].Met) {
			t.Errorf("%d: %+v", i+1, e.Met)
		}
	}
	for i, e := range list(func(c *rubric.Criteria) { c.All = true }) { // the other reading
		if e.Meets || e.Open {
			t.Errorf("%d: %+v", i+1, e)
		}
	}
}
