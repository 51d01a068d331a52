package desk

import (
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
)

func applyForm(kind campaign.ClearanceKind) ApplyForm {
	return ApplyForm{Kind: kind, Subject: "接受电视台采访", Content: "介绍认证有效性", Channel: "电视台", Planned: "2025-03-20"}
}

// GL-14: request, attachments, decision with conditions and number; silence
// changes nothing, and what is published before the approval is a finding.
func TestGL14PriorApproval(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Collecting)
	v, view := h.visitor(ref, "act"), h.visitor(ref, "view")
	day := campaign.Day("2025-03-10")
	h.at(day.Morning())
	id := ref.ClearanceID(1)
	h.unchanged(func() {
		_, _, err := h.ApplyClearance(ctx, v, ApplyForm{}, signer)
		want(t, err, campaign.Invalid, "kind", "subject", "content", "channel", "planned")
		past := applyForm(campaign.PriorApproval)
		past.Planned = "2025-03-09"
		past.Urgent = true
		_, _, err = h.ApplyClearance(ctx, v, past, signer)
		want(t, err, campaign.Invalid, "planned", "urgent_reason")
		_, _, err = h.ApplyClearance(ctx, view, applyForm(campaign.PriorApproval), signer)
		want(t, err, campaign.Forbidden)
	})
	left := h.left(func() {
		rec, n, err := h.ApplyClearance(ctx, v, applyForm(campaign.PriorApproval), signer)
		if err != nil || n != 1 || rec.Number != id+"/0" {
			t.Fatal(rec, n, err)
		}
	})
	only(t, left, id, id+"/start", id+"/0/receipt") // officers are called from the first working day on
	_, err := h.AttachClearance(ctx, v, 1, Upload{Name: "稿件.pdf", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
	must(t, err)
	h.unchanged(func() {
		if _, n, err := h.ApplyClearance(ctx, v, applyForm(campaign.PriorApproval), signer); n != 1 || err != nil {
			t.Error(n, err)
		}
		_, err := h.AttachClearance(ctx, v, 1, Upload{Name: "稿件.pdf", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
		want(t, err, campaign.Conflict)
		_, err = h.AttachClearance(ctx, v, 1, Upload{Name: "稿件.exe", File: strings.NewReader(pdfBytes)}, signer)
		want(t, err, campaign.Invalid, "declared", "file")
		_, err = h.AttachClearance(ctx, v, 1, Upload{Name: "稿件.pdf", NoState: true, File: strings.NewReader("MZ")}, signer)
		want(t, err, campaign.Invalid)
		_, err = h.DecideClearance(ctx, officer, ref, 1, true, "", "")
		want(t, err, campaign.Forbidden)
		_, err = h.DecideClearance(ctx, approver, ref, 1, false, " ", "")
		want(t, err, campaign.Invalid, "text")
		_, err = h.DecideClearance(ctx, approver, ref, 2, true, "", "")
		want(t, err, campaign.NotFound)
		_, err = h.StepClearance(ctx, v, 1, StepForm{Act: campaign.PressHold, Speaker: "李"}, signer)
		want(t, err, campaign.Conflict)
	})
	h.at(day.Add(30).Morning()) // 30 days of silence: still 待批
	if c, err := h.Store.Clearance(ctx, ref, 1); err != nil || c.State() != campaign.ClearancePending || len(c.Files) != 1 {
		t.Errorf("%s, %v", c.State(), err)
	}
	left = h.left(func() {
		_, err := h.DecideClearance(ctx, approver, ref, 1, true, "同意", "稿件须与所报一致")
		must(t, err)
	})
	only(t, left, id, id+"/1", id+"/decision", ref.ID()+"/paper/clearance/1")
	if m := left[id+"/1"].Message; m.Name != contract.ClearanceDoneMsg.Name || strings.Contains(string(m.In), "稿件") {
		t.Errorf("the engine is told %+v", m)
	}
	h.unchanged(func() {
		_, err := h.DecideClearance(ctx, approver, ref, 1, true, "同意", "稿件须与所报一致")
		must(t, err)
		_, err = h.DecideClearance(ctx, approver, ref, 1, false, "改为不批准", "")
		want(t, err, campaign.Conflict)
		_, err = h.StepClearance(ctx, v, 1, StepForm{Act: campaign.ClearancePublish, Day: day.Add(31)}, signer)
		want(t, err, campaign.Invalid, "day")
	})
	left = h.left(func() {
		_, err := h.StepClearance(ctx, v, 1, StepForm{Act: campaign.ClearancePublish, Day: day.Add(29)}, signer)
		must(t, err)
	})
	only(t, left, id, id+"/2/receipt")
	c, err := h.Store.Clearance(ctx, ref, 1)
	must(t, err)
	if !c.Early() || c.State() != campaign.ClearancePublished || c.Decision().Body.Number != 1 || c.Decision().Body.Conditions == "" {
		t.Errorf("%+v", c)
	}
}

// GL-14: the numbers of decisions have no gap over all institutions; the
// emergency line calls at once.
func TestGL14EmergencyAndNumbers(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.at(campaign.Day("2025-03-10").Morning())
	for i := range 3 {
		ref := h.to(i+1, campaign.Collecting)
		form := applyForm(campaign.PriorApproval)
		form.Urgent, form.UrgentReason = true, "媒体明日刊发"
		id := ref.ClearanceID(1)
		left := h.left(func() {
			_, _, err := h.ApplyClearance(ctx, h.visitor(ref, "act"), form, signer)
			must(t, err)
		})
		keys := []string{id + "/start", id + "/0/receipt"}
		for _, who := range []string{"o1", "o2", "a1", "a2"} {
			keys = append(keys, ref.ID()+"/alert/clearance/1/urgent/"+who)
		}
		only(t, left, id, keys...)
		_, err := h.DecideClearance(ctx, approver, ref, 1, i != 1, "意见", "")
		must(t, err)
		c, err := h.Store.Clearance(ctx, ref, 1)
		if err != nil || c.Decision().Body.Number != i+1 || !c.Urgent {
			t.Errorf("%d: %+v, %v", i, c.Decision(), err)
		}
	}
}

// GL-16: four steps in order; out of order refused, or with a reason; an
// important message never without the principal.
func TestGL16PressConference(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Collecting)
	v := h.visitor(ref, "act")
	h.at(campaign.Day("2025-03-10").Morning())
	form := applyForm(campaign.PressConference)
	form.Important = true
	for n := 1; n <= 2; n++ {
		form.Subject = strings.Repeat("新品发布", n)
		_, got, err := h.ApplyClearance(ctx, v, form, signer)
		if err != nil || got != n {
			t.Fatal(got, err)
		}
	}
	step := func(n int, x StepForm) error {
		_, err := h.StepClearance(ctx, v, n, x, signer)
		return err
	}
	hold := StepForm{Act: campaign.PressHold, Speaker: "赵发言（新闻发言人）"}
	article := StepForm{Act: campaign.PressArticle, Head: "李负责", Secrecy: true, Ideology: true}
	h.unchanged(func() {
		want(t, step(1, hold), campaign.Conflict)
		want(t, step(1, StepForm{Act: campaign.PressSettle, Head: "李负责"}), campaign.Invalid, "principal")
		want(t, step(1, StepForm{Act: campaign.PressSettle, Head: "李负责", Override: true, OverrideReason: "紧急"}), campaign.Invalid, "principal")
		want(t, step(1, StepForm{Act: campaign.PressArticle, Override: true}), campaign.Invalid, "head", "secrecy", "ideology", "override_reason")
		want(t, step(1, StepForm{}), campaign.Invalid, "act")
		_, err := h.DecideClearance(ctx, approver, ref, 1, true, "", "")
		want(t, err, campaign.Conflict) // nothing to approve here
	})
	must(t, step(1, StepForm{Act: campaign.PressSettle, Head: "李负责", Principal: "王主要"}))
	must(t, step(1, hold))
	if _, ordered := h.left(func() { must(t, step(1, article)) })[ref.ID()+"/paper/press-record/1"]; !ordered {
		t.Error("the record of the four steps was not ordered")
	}
	h.unchanged(func() { must(t, step(1, article)) })
	early := hold
	early.Override, early.OverrideReason = true, "口径会前口头审定"
	left := h.left(func() { must(t, step(2, early)) })
	if m := left[ref.ClearanceID(2)+"/1"].Message; !strings.Contains(string(m.In), `"override": true`) {
		t.Errorf("%s", m.In)
	}
	for n, want := range map[int]campaign.ClearanceState{1: campaign.PressReviewed, 2: campaign.PressHeld} {
		c, err := h.Store.Clearance(ctx, ref, n)
		if err != nil || c.State() != want {
			t.Errorf("%d: %s, %v", n, c.State(), err)
		}
	}
	c, err := h.Store.Clearance(ctx, ref, 2)
	must(t, err)
	if a := c.Find(campaign.PressHold); a.Override != "口径会前口头审定" || c.Find(campaign.PressSettle) != nil {
		t.Errorf("%+v", a)
	}
}
