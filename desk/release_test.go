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

// judged gives an institution a result of the points below the full ones.
func (h *house) judged(i int, less rubric.Points) campaign.Ref {
	h.t.Helper()
	ref := h.to(i, campaign.Final)
	marks := fullMarks()
	for k := range marks {
		row, _ := rubric.Annex2().Row(marks[k].Row)
		marks[k].Points = row.Max - less
	}
	card, err := rubric.Annex2().Score(testYear, marks, nil)
	must(h.t, err)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.AddPlan(ctx, ref, planForm(), "张", false, real); err != nil {
			return err
		}
		return tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: true, Total: card.Total, Card: card, At: real})
	})
	return ref
}

// take is a step by a person that passes.
func take(n int, step campaign.ReleaseStep) ReleaseForm {
	return ReleaseForm{Draft: n, Step: step, Pass: true}
}

// PL-4: with two of three reviews publication is refused, and the step that is
// missing is named; what changes after the review voids it; all six let it go.
func TestPL4PublishNeedsThreeReviews(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.judged(1, 0)
	h.judged(2, 200)
	h.at(h.rules.Calendar.Publication.Morning())
	h.unchanged(func() {
		_, err := h.LayDraft(ctx, officer, testYear, "")
		want(t, err, campaign.Conflict) // 3 is outstanding
	})
	h.to(3, campaign.Left)
	names := func(err error, words ...string) {
		t.Helper()
		want(t, err, campaign.Conflict)
		for _, w := range words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("no %q in %v", w, err)
			}
		}
	}
	h.unchanged(func() { names(h.Publish(ctx, officer, testYear), "尚未送审", "一审", "三校") })
	n, err := h.LayDraft(ctx, officer, testYear, "请审校")
	must(t, err)
	h.unchanged(func() {
		_, err := h.LayDraft(ctx, officer, testYear, "") // nothing changed
		want(t, err, campaign.Conflict)
		want(t, h.StepRelease(ctx, officer, testYear, take(n, campaign.Review1)), campaign.Forbidden) // his own
		want(t, h.StepRelease(ctx, person("a1"), testYear, take(n, campaign.Review3)), campaign.Conflict)
		want(t, h.StepRelease(ctx, person("r1"), testYear, take(n, campaign.Review1)), campaign.Forbidden)
		want(t, h.StepRelease(ctx, person("o2"), testYear, ReleaseForm{Draft: n, Step: campaign.Review1}), campaign.Invalid, "reason")
	})
	must(t, h.StepRelease(ctx, person("o2"), testYear, take(n, campaign.Review1)))
	must(t, h.StepRelease(ctx, person("g1"), testYear, take(n, campaign.Review2)))
	h.unchanged(func() {
		names(h.Publish(ctx, officer, testYear), "三审（终审）、一校、二校、三校")
		want(t, h.StepRelease(ctx, person("o2"), testYear, take(n, campaign.Review3)), campaign.Forbidden)
	})
	must(t, h.StepRelease(ctx, person("a1"), testYear, take(n, campaign.Review3)))
	must(t, h.StepRelease(ctx, officer, testYear, take(n, campaign.Proof1)))
	must(t, h.StepRelease(ctx, person("a2"), testYear, take(n, campaign.Proof2)))
	h.unchanged(func() {
		names(h.Publish(ctx, officer, testYear), "还缺三校")
		want(t, h.StepRelease(ctx, person("g1"), testYear, take(n, campaign.Proof3)), campaign.Invalid, "alone")
	})
	alone := take(n, campaign.Proof3)
	alone.Alone = "校对人员出差"
	must(t, h.StepRelease(ctx, person("g1"), testYear, alone))
	h.write(func(ctx context.Context, tx *store.Tx) error { // a name on the list changes
		i := storetest.Institution(1)
		i.Name = "改名后的机构"
		_, _, err := tx.PutInstitutions(ctx, []campaign.Institution{i}, "o1", real)
		return err
	})
	h.unchanged(func() { names(h.Publish(ctx, officer, testYear), "作废", "一审") })
	n, err = h.LayDraft(ctx, officer, testYear, "改名")
	must(t, err)
	must(t, h.StepRelease(ctx, person("o2"), testYear, ReleaseForm{Draft: n, Step: campaign.Review1, Reason: "名称有误"}))
	h.unchanged(func() {
		names(h.Publish(ctx, officer, testYear), "退回")
		want(t, h.StepRelease(ctx, person("g1"), testYear, take(n, campaign.Review2)), campaign.Conflict)
	})
	h.reviewed(1)
	if left := h.left(func() { must(t, h.Publish(ctx, officer, testYear)) }); len(left) != 1 {
		t.Errorf("%v", left)
	}
}

// reviewed lays a draft and takes it through all steps.
func (h *house) reviewed(version int) {
	h.t.Helper()
	n, err := h.LayDraft(h.t.Context(), officer, testYear, "")
	must(h.t, err)
	for i, by := range []string{"o2", "g1", "a1", "o1", "a2", "g1"} {
		f := take(n, campaign.ReleaseSteps()[i])
		if i == 5 {
			f.Alone = "校对人员出差"
		}
		must(h.t, h.StepRelease(h.t.Context(), person(by), testYear, f))
	}
	s, err := h.Desk.Release(h.t.Context(), h.Store.Reader, testYear)
	must(h.t, err)
	if s.Draft.Version != version || s.Ready() != nil {
		h.t.Fatalf("version %d, %v", s.Draft.Version, s.Ready())
	}
}

// PL-13: after publication a correction makes a version of its own, reviewed
// like the first; the one before stays as it was.
func TestPL13CorrectionMakesAVersion(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.judged(1, 0)
	h.judged(2, 0)
	h.to(3, campaign.Left)
	h.at(h.rules.Calendar.Publication.Morning())
	fix := CorrectionForm{Kind: "remove", Code: storetest.Code(2), Reason: "经核查，申报材料不实", Basis: "核查结论〔2026〕1号"}
	h.unchanged(func() { want(t, h.Correct(ctx, officer, testYear, fix), campaign.Conflict) }) // nothing is public yet
	h.reviewed(1)
	h.write(func(ctx context.Context, tx *store.Tx) error { // as the engine does it
		d, err := tx.LastDraft(ctx, testYear)
		if err != nil {
			return err
		}
		if err := tx.AddRelease(ctx, d, "o1", real); err != nil {
			return err
		}
		_, err = tx.Numbers(ctx, campaign.CertificatePaper.Series(), testYear, []string{storetest.Code(1), storetest.Code(2)})
		return err
	})
	h.published()
	h.unchanged(func() {
		_, err := h.LayDraft(ctx, officer, testYear, "")
		want(t, err, campaign.Conflict)
		want(t, h.Reissue(ctx, officer, testYear), campaign.Conflict)
		want(t, h.Correct(ctx, approver, testYear, fix), campaign.Forbidden)
		want(t, h.Correct(ctx, officer, testYear, CorrectionForm{Kind: "remove", Code: storetest.Code(3)}), campaign.Invalid, "code", "reason", "basis")
	})
	must(t, h.Correct(ctx, officer, testYear, fix))
	h.unchanged(func() {
		want(t, h.Correct(ctx, officer, testYear, fix), campaign.Invalid, "code")
		want(t, h.Reissue(ctx, officer, testYear), campaign.Conflict)
	})
	h.reviewed(2)
	left := h.left(func() { must(t, h.Reissue(ctx, officer, testYear)) })
	only(t, left, "", "2025/campaign/paper/report/2")
	all, err := h.Store.Releases(ctx, testYear)
	must(t, err)
	if len(all) != 2 || len(all[0].Body.Excellent) != 2 || len(all[1].Body.Excellent) != 1 || len(all[1].Body.Against(all[0].Body)) == 0 {
		t.Errorf("%+v", all)
	}
	h.unchanged(func() { want(t, h.Reissue(ctx, officer, testYear), campaign.Conflict) })
}
