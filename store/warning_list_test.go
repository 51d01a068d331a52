package store_test

import (
	"context"
	"slices"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RW-3, AP-3: the database keeps apart whom the ladder keeps apart, and nobody
// decides an appeal who had a hand in the year.
func TestRW3PersonsApartByConstraint(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	by := func(a campaign.WarningAct, role, who string) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddWarningAct(ctx, l.ref, store.WarningAct{Act: a, Role: role, By: who, Text: "意见", At: at})
			return err
		}
	}
	for _, c := range []struct {
		name string
		do   func(context.Context, *store.Tx) error
		kind campaign.Kind
	}{
		{"a scorer checks", by(campaign.ActPass, "legal", "r1"), campaign.Conflict},
		{"the decider of the appeal signs", by(campaign.ActSign, "approver", "r4"), campaign.Conflict},
		{"who noticed checks", by(campaign.ActRemand, "legal", "o1"), campaign.Conflict},
		{"who noticed decides on less", by(campaign.ActTalk, "approver", "o1"), campaign.Conflict},
		{"one alone revokes", by(campaign.ActRevoke, "approver", "a1"), campaign.Conflict},
		{"one alone makes public", by(campaign.ActPublish, "approver", "a1"), campaign.Conflict},
		{"staff without a name", by(campaign.ActPass, "legal", ""), campaign.Invalid},
		{"an institution with a name", by(campaign.ActReply, "", "o2"), campaign.Invalid},
		{"the confirmer of an event decides the appeal", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddDecider(ctx, l.ref, "a1", "2026-04-20", at)
		}, campaign.Conflict},
		{"the registrar of an event rules on a row", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppealRuling(ctx, l.ref, 4, "o1", 300, 300, "维持", at)
		}, campaign.Conflict},
		{"a file of no row with an appeal", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddCaseFile(ctx, l.ref, caseFile(store.AboutAppeal, 0))
			return err
		}, campaign.Invalid},
		{"the same file again", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddCaseFile(ctx, l.ref, caseFile(store.AboutAppeal, 3))
			return err
		}, campaign.Conflict},
		{"not proposed without a reason", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddWarningSkip(ctx, l.ref, "", "o1", at)
			return err
		}, campaign.Invalid},
	} {
		if err := try(s, c.do); campaign.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	write(t, s, by(campaign.ActPass, "legal", "g1"))
	if err := try(s, by(campaign.ActSign, "approver", "g1")); campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("the legal checker signs: %v", err)
	}
	write(t, s, by(campaign.ActError, "approver", "a1"))
	write(t, s, by(campaign.ActRevoke, "approver", "a2"))
	free, err := s.FreeReviewers(t.Context(), l.ref, false)
	ok(t, err)
	if slices.Contains(free, "r4") || slices.Contains(free, "r1") {
		t.Errorf("free: %v", free)
	}
	for who, want := range map[string]bool{"r1": true, "r4": true, "r3": false, "g1": false} {
		if got, err := s.Partial(t.Context(), l.ref, who); err != nil || got != want {
			t.Errorf("%s partial: %v, %v", who, got, err)
		}
	}
}

// RW-2, RW-5, RW-8: facts before the cap, the day of service that counts, reasons kept.
func TestRW8WarningRecords(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(
			func() error { return tx.SetWarningServed(ctx, l.ref, "2026-06-12", at) },
			func() error { return tx.StopWarning(ctx, l.ref, campaign.Issued) },
			func() error { return tx.SetWarningServed(ctx, l.ref, "2026-07-01", at) },
			func() error { _, err := tx.AddWarningSkip(ctx, l.ref, "后续补充理由", "o2", at); return err },
		)
	})
	w, err := s.Warning(t.Context(), l.ref)
	ok(t, err)
	if w.ServedDay() != "2026-07-01" || w.Ladder != campaign.ShortLadder || w.Hand {
		t.Errorf("%+v", w)
	}
	skips, err := s.WarningSkips(t.Context(), year)
	ok(t, err)
	if len(skips) != 2 || skips[0].Reason != "后续补充理由" || skips[1].N != 1 {
		t.Errorf("%+v", skips)
	}
	acts, err := s.AllWarningActs(t.Context(), year)
	ok(t, err)
	if len(acts[l.ref.Code]) != 2 {
		t.Errorf("%+v", acts)
	}
	v := store.Result{Scored: true, Total: 5000, Card: rubric.Scorecard{DeductionUncapped: 1500}}
	f, err := s.WarningFacts(t.Context(), l.ref, v, at)
	ok(t, err)
	if f.UncappedDeduction != 1500 || !f.Submitted || f.Total != 5000 {
		t.Errorf("%+v", f)
	}
	files, err := s.CaseFiles(t.Context(), l.ref, store.AboutAppeal)
	ok(t, err)
	size, err := s.CaseFileSize(t.Context(), l.ref)
	ok(t, err)
	if len(files) != 1 || files[0].Row != 3 || size != 99 {
		t.Errorf("%+v %d", files, size)
	}
}
