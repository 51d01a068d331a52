package desk

import (
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// WF-4: an institution asks for more time; the request counts nothing until an
// officer grants it, and that is an extension like any other.
func TestWF4ExtensionAskedAndGranted(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	c := h.rules.Calendar
	h.at(c.PlanDue.Morning())
	v, viewer, to := h.visitor(ref, "act"), h.visitor(ref, "view"), c.PlanClose.Add(3)
	ask := ExtensionForm{Task: campaign.PlanTask, Day: to, Reason: "决策会议改期"}
	h.unchanged(func() {
		for _, f := range []struct {
			form  ExtensionForm
			field string
		}{{ExtensionForm{Task: campaign.PlanTask, Day: to}, "reason"}, {ExtensionForm{Task: campaign.PlanTask, Day: c.PlanDue, Reason: "改期"}, "day"}, {ExtensionForm{Task: campaign.PlanTask, Day: c.EvidenceClose, Reason: "改期"}, "day"},
			{ExtensionForm{Task: campaign.PlanTask, Reason: "改期"}, "day"}, {ExtensionForm{Task: campaign.ScoreTask, Day: to, Reason: "改期"}, "task"}, {ExtensionForm{Day: to, Reason: "改期"}, "task"}} {
			_, err := h.AskExtension(ctx, v, f.form, signer)
			want(t, err, campaign.Invalid, f.field)
			want(t, h.CheckExtension(ctx, v, f.form, signer), campaign.Invalid, f.field)
		}
		_, err := h.AskExtension(ctx, v, ask, Signer{})
		want(t, err, campaign.Invalid, "name", "post")
		_, err = h.AskExtension(ctx, viewer, ask, signer)
		want(t, err, campaign.Forbidden)
	})
	must(t, h.CheckExtension(ctx, v, ask, signer))
	var rec Receipt
	left := h.left(func() {
		var err error
		rec, err = h.AskExtension(ctx, v, ask, signer)
		must(t, err)
	})
	only(t, left, ref.ID(), ref.ID()+"/extension-request/1/receipt")
	h.unchanged(func() {
		again, err := h.AskExtension(ctx, v, ask, signer)
		must(t, err)
		if again != rec {
			t.Errorf("twice: %+v, %+v", again, rec)
		}
		_, err = h.AskExtension(ctx, v, ExtensionForm{Task: campaign.PlanTask, Day: to.Add(1), Reason: "再改"}, signer)
		want(t, err, campaign.Conflict)
		want(t, h.AnswerExtension(ctx, approver, ref, 1, ExtensionAnswer{Grant: true, Day: to, Reason: "同意"}), campaign.Forbidden)
		want(t, h.AnswerExtension(ctx, officer, ref, 2, ExtensionAnswer{Grant: true, Day: to, Reason: "同意"}), campaign.NotFound)
		want(t, h.AnswerExtension(ctx, officer, ref, 1, ExtensionAnswer{Grant: true, Day: c.PlanDue, Reason: "同意"}), campaign.Invalid, "day")
		want(t, h.AnswerExtension(ctx, officer, ref, 1, ExtensionAnswer{Reason: " "}), campaign.Invalid, "reason")
	})
	waits, err := h.Store.Undecided(ctx, testYear)
	must(t, err)
	if len(waits.Requests) != 1 || waits.Requests[0].Code != ref.Code || waits.Requests[0].Name == "" || waits.Requests[0].State() != "待批" {
		t.Fatalf("waiting: %+v", waits.Requests)
	}
	grant := ExtensionAnswer{Grant: true, Day: to.Add(1), Reason: "同意，延至下周"}
	left = h.left(func() { must(t, h.AnswerExtension(ctx, officer, ref, 1, grant)) })
	only(t, left, ref.ID(), ref.ID()+"/extension/1", ref.ID()+"/extension/1/mail")
	if m := left[ref.ID()+"/extension/1/mail"].Mail; m.Until != grant.Day || len(m.Lines) != 2 || m.Lines[1] != [2]string{"申请的截止日", to.Chinese()} {
		t.Errorf("the letter does not name the request: %+v", m)
	}
	h.unchanged(func() {
		must(t, h.AnswerExtension(ctx, officer, ref, 1, grant))
		want(t, h.AnswerExtension(ctx, officer, ref, 1, ExtensionAnswer{Reason: "不予批准"}), campaign.Conflict)
	})
	more, err := h.Store.MoreTime(ctx, ref)
	must(t, err)
	if q := more.Requests[0]; q.State() != "已批准" || q.Granted.Format(time.DateOnly) != string(to.Add(1)) || *q.Answer != grant.Reason || more.Open(campaign.PlanTask) != nil || len(more.Extensions) != 1 {
		t.Errorf("granted: %+v", more)
	}
	if waits, err = h.Store.Undecided(ctx, testYear); err != nil || len(waits.Requests) != 0 {
		t.Errorf("still waiting: %+v, %v", waits.Requests, err)
	}
}

// WF-4: a refusal moves no day and is told with its reason; afterwards another
// request may be made, and an officer's own extension answers it.
func TestWF4ExtensionRefused(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Collecting)
	c := h.rules.Calendar
	h.at(c.EvidenceClose.Morning())
	v, to := h.visitor(ref, "act"), c.EvidenceClose.Add(3)
	ask := func(reason string) error {
		_, err := h.AskExtension(ctx, v, ExtensionForm{Task: campaign.EvidenceTask, Day: to, Reason: reason}, signer)
		return err
	}
	must(t, ask("系统迁移"))
	left := h.left(func() { must(t, h.AnswerExtension(ctx, officer, ref, 1, ExtensionAnswer{Reason: "时间足够"})) })
	m := left[ref.ID()+"/extension-refused/1/mail"].Mail
	only(t, left, ref.ID(), ref.ID()+"/extension-refused/1/mail")
	if m.Template != "extension-refused" || m.Until != c.EvidenceClose || m.Data["what"] != "时间足够" {
		t.Errorf("%+v", m)
	}
	must(t, ask("机房停电"))
	must(t, h.Extend(ctx, officer, ref, campaign.EvidenceTask, to, "停电属实"))
	more, err := h.Store.MoreTime(ctx, ref)
	must(t, err)
	if states := more.Requests[0].State() + more.Requests[1].State(); states != "不予批准已批准" {
		t.Errorf("states %s", states)
	}
	want(t, h.AnswerExtension(ctx, approver, ref, 2, ExtensionAnswer{Reason: "x"}), campaign.Forbidden)
	h.at(to.End())
	h.unchanged(func() {
		_, err := h.AskExtension(ctx, v, ExtensionForm{Task: campaign.EvidenceTask, Day: to.Add(3), Reason: "再延"}, signer)
		want(t, err, campaign.TooLate)
	})
	v = h.visitor(h.to(1, campaign.SelfScore), "act")
	h.unchanged(func() { want(t, ask("太迟"), campaign.Conflict) })
	if err := exec(h, `update extension_request set reason = 'x'`); err == nil {
		t.Error("a request was changed")
	}
	two := `insert into extension_request (year, code, n, task, day, reason, digest, by_name, at) values ($1,$2,$3,'plan','2026-01-01','x',repeat('a',64),'x',now())`
	must(t, exec(h, two, testYear, ref.Code, 3))
	if err := exec(h, two, testYear, ref.Code, 4); err == nil {
		t.Error("two requests for a task wait at a time")
	}
}

// After it was handed in a self-score may be taken up again until its day; the
// earlier version counts until then. Once reviewers score it is refused.
func TestSelfScoreIsRedoneUntilReviewersStart(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.SelfScore)
	v := h.visitor(ref, "act")
	first, second := fullMarks(), fullMarks()
	second[0].Reason += "，另有补充"
	for _, marks := range [][]rubric.Mark{first, second} {
		_, err := h.SubmitSelfScore(ctx, v, marks, certifier(v))
		must(t, err)
	}
	all, err := h.Store.SelfScores(ctx, ref)
	must(t, err)
	if len(all) != 2 || all[1].Digest != store.Digest(second) {
		t.Fatalf("%d versions", len(all))
	}
	h.to(1, campaign.Scoring)
	h.unchanged(func() {
		_, err := h.SubmitSelfScore(ctx, v, first, certifier(v))
		want(t, err, campaign.Conflict)
	})
}
