package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RV-1: the view of the database and the rule of the house name the same sheets as
// a weak basis, and a result on one is a breach unless the decision came before.
func TestRV1ResultOnAWeakBasisHasItsDecision(t *testing.T) {
	s, _ := storetest.Open(t)
	c := storetest.Campaign(t, s, year, true, 8)
	limit := c.Rules.Settings.Threshold
	sheet := func(off rubric.Points) (all []rubric.Mark) {
		for _, r := range rubric.Annex2().Rows[:14] {
			all = append(all, rubric.Mark{Row: r.No, Points: r.Max, Reason: "材料齐全"})
		}
		all[3].Points -= off
		return all
	}
	broken := func(id string) (all []string) {
		t.Helper()
		i := slices.IndexFunc(store.Invariants(), func(i store.Invariant) bool { return i.ID == id })
		found, err := s.Breaches(t.Context(), store.Invariants()[i], year)
		ok(t, err)
		for _, b := range found {
			all = append(all, b.Place)
		}
		return all
	}
	decide := func(ref campaign.Ref, at time.Time) {
		b, err := s.Basis(t.Context(), ref)
		ok(t, err)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddBasisDecision(ctx, ref, store.BasisDecision{Kind: b.Kind, Reviewers: b.Reviewers, Reason: "没有可改派的专家", By: "o1", At: at})
			return err
		})
	}
	weak := map[string]campaign.Basis{}
	for i, off := range [][]rubric.Points{{0}, {0, limit}, {0, limit + 1}, {0, limit + 1, 0}, {0}, {0, limit + 1}, {0}, {0}} {
		ref := storetest.Ref(year, i+1)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, st := range []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring} {
				if err := tx.SetStage(ctx, ref, st, "", at); err != nil {
					return err
				}
			}
			for n, o := range off {
				who := []string{"r1", "r2", "r3"}[n]
				if err := tx.AddSeat(ctx, ref, n+1, who, "2026-02-27", at); err != nil {
					return err
				}
				if _, err := tx.AddSheet(ctx, ref, who, sheet(o), at); err != nil {
					return err
				}
			}
			return nil
		})
		b, err := s.Basis(t.Context(), ref)
		ok(t, err)
		if b.Undecided() {
			weak[ref.Code] = b.Kind
		}
	}
	listed := func(want int) {
		t.Helper()
		all, err := s.WeakBases(t.Context(), year)
		ok(t, err)
		for _, w := range all {
			if weak[w.Code] != w.Kind {
				t.Errorf("%s is listed as %q, and is %q", w.Code, w.Kind, weak[w.Code])
			}
		}
		if len(all) != want || len(weak) != 6 {
			t.Fatalf("%+v, %v", all, weak)
		}
	}
	listed(6)
	for _, i := range []int{7, 8} { // a sheet comes after the decision and ends: the same sheets, and no decision on them
		ref := storetest.Ref(year, i)
		decide(ref, at)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddSeat(ctx, ref, 2, "r2", "2026-02-27", at); err != nil {
				return err
			}
			_, err := tx.AddSheet(ctx, ref, "r2", sheet(0), at.Add(time.Hour))
			return err
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.EndSeat(ctx, store.Seat{Year: ref.Year, Code: ref.Code, Seat: 2, N: 1, Reviewer: "r2"}, campaign.SeatConflict, "", "", at.Add(2*time.Hour))
		})
		if b, err := s.Basis(t.Context(), ref); err != nil || !b.Undecided() || b.Decided != 1 {
			t.Errorf("%+v, %v", b, err)
		}
	}
	listed(6)
	decide(storetest.Ref(year, 8), at.Add(3*time.Hour))
	listed(5)
	if b, err := s.Basis(t.Context(), storetest.Ref(year, 8)); err != nil || b.Undecided() || b.Decision.N != 2 {
		t.Errorf("%+v, %v", b, err)
	}
	decide(storetest.Ref(year, 5), at)
	for i := 1; i <= 8; i++ {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.AddResult(ctx, storetest.Ref(year, i), store.Result{Version: 1, Scored: true, At: at})
		})
	}
	decide(storetest.Ref(year, 6), at) // too late
	one, three, six, seven := storetest.Ref(year, 1).ID(), storetest.Ref(year, 3).ID(), storetest.Ref(year, 6).ID(), storetest.Ref(year, 7).ID()
	if got := broken("F-153"); !slices.Equal(got, []string{one, three, six, seven}) {
		t.Errorf("%v", got)
	}
	if got := broken("F-154"); len(got) > 0 {
		t.Errorf("%v", got)
	}
}
