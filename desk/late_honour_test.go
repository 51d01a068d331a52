package desk

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RW-5, PL-13: who is honoured late is on the next version of the list, which goes
// through 三审三校 like any other; the one before stays as it was.
func TestRW5LateHonourIsOnTheNextVersion(t *testing.T) {
	h := newHouse(t)
	ctx, two := t.Context(), storetest.Ref(testYear, 2)
	h.judged(1, 0)
	h.to(2, campaign.Final)
	h.to(3, campaign.Left)
	h.write(func(ctx context.Context, tx *store.Tx) error { // excellent, with deductions that are a ground
		card, err := rubric.Annex2().Score(testYear, fullMarks(), nil)
		if err != nil {
			return err
		}
		card.DeductionUncapped = 10 * rubric.Point
		if _, err := tx.AddPlan(ctx, two, planForm(), "张", false, real); err != nil {
			return err
		}
		return tx.AddResult(ctx, two, store.Result{Version: 1, Scored: true, Total: card.Total, Card: card, At: real})
	})
	h.at(h.rules.Calendar.Publication.Morning())
	h.reviewed(1)
	h.write(func(ctx context.Context, tx *store.Tx) error { // as the engine does it
		d, err := tx.LastDraft(ctx, testYear)
		if err != nil {
			return err
		}
		if err := tx.AddRelease(ctx, d, "o1", real); err != nil {
			return err
		}
		if err := tx.AddWarning(ctx, store.Warning{Year: testYear, Code: two.Code, Number: 1, StateAt: real}); err != nil {
			return err
		}
		_, err = tx.Numbers(ctx, campaign.CertificatePaper.Series(), testYear, []string{storetest.Code(1)})
		return err
	})
	h.published()
	h.unchanged(func() {
		_, err := h.LayDraft(ctx, officer, testYear, "")
		want(t, err, campaign.Conflict) // nothing has changed
	})
	if earned, err := h.Store.EarnedLate(ctx, two); err != nil || !earned {
		t.Fatalf("%v, %v", earned, err)
	}
	h.at(h.rules.Calendar.Publication.Add(31).Morning())
	h.write(func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.AddLateHonour(ctx, two, h.rules.Calendar.Publication.Add(30).Morning())
		if n != 2 {
			t.Errorf("number %d", n)
		}
		return err
	})
	if earned, err := h.Store.EarnedLate(ctx, two); err != nil || earned {
		t.Errorf("%v, %v", earned, err)
	}
	h.reviewed(2)
	must(t, h.Reissue(ctx, officer, testYear))
	all, err := h.Store.Releases(ctx, testYear)
	must(t, err)
	if len(all) != 2 || len(all[0].Body.Excellent) != 1 || len(all[1].Body.Excellent) != 2 || !strings.Contains(strings.Join(all[1].Body.Notes, ""), "补列") {
		t.Errorf("%+v", all)
	}

	// It can be taken off again like any other, and the words of before stay in their order.
	must(t, h.Correct(ctx, officer, testYear, CorrectionForm{Kind: "remove", Code: two.Code, Reason: "经核查，申报材料不实", Basis: "核查结论〔2026〕1号"}))
	s, err := h.Desk.Release(ctx, h.Store.Reader, testYear)
	must(t, err)
	if n := s.Now.Notes; len(s.Now.Excellent) != 1 || len(n) != 2 || n[0] != all[1].Body.Notes[0] || !strings.Contains(n[1], "不实") {
		t.Errorf("%+v", s.Now)
	}
}
