package desk

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// WF-4: an institution is suspended and resumed, each with a reason and a letter;
// meanwhile no day runs out, and the working days that were left come back.
func TestWF4SuspendAndResume(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, other := h.to(1, campaign.Planning), h.to(2, campaign.Planning)
	c, days := h.rules.Calendar, h.rules.Holidays
	began := days.OnOrBefore(c.PlanDue.Add(-7))
	h.at(began.Morning())
	h.unchanged(func() {
		want(t, h.Suspend(ctx, approver, ref, "停业整顿"), campaign.Forbidden)
		want(t, h.Suspend(ctx, officer, ref, " "), campaign.Invalid, "reason")
		want(t, h.Resume(ctx, officer, ref, ResumeForm{Reason: "恢复"}), campaign.Conflict)
	})
	left := h.left(func() { must(t, h.Suspend(ctx, officer, ref, "停业整顿三个月")) })
	only(t, left, ref.ID(), ref.ID()+"/suspension/1", ref.ID()+"/suspension/1/mail")
	if m := left[ref.ID()+"/suspension/1/mail"].Mail; m.Template != "suspended" || m.Data["what"] != "停业整顿三个月" {
		t.Errorf("%+v", m)
	}
	h.unchanged(func() {
		must(t, h.Suspend(ctx, officer, ref, "停业整顿三个月")) // the same form sent twice
		want(t, h.Suspend(ctx, officer, ref, "又一次"), campaign.Conflict)
		want(t, h.Extend(ctx, officer, ref, campaign.PlanTask, c.PlanClose.Add(5), "地震"), campaign.Conflict)
		_, err := h.Nudging(ctx, officer, ref, "")
		want(t, err, campaign.Conflict)
	})

	for key, in := range h.left(func() { must(t, h.NewLink(ctx, officer, ref)) }) {
		if m := in.Mail; m.Template != "new-link" || !strings.Contains(m.Data["consequence"], "暂停中") {
			t.Errorf("%s: %+v", key, m)
		}
	}

	// long after plans were closed to others the plan is taken from this one, in time
	h.at(c.PlanClose.Add(20).Morning())
	rec, err := h.SubmitPlan(ctx, h.visitor(ref, "act"), planForm(), signer)
	must(t, err)
	if rec.Late {
		t.Error("late while suspended")
	}
	_, err = h.SubmitPlan(ctx, h.visitor(other, "act"), planForm(), signer)
	want(t, err, campaign.TooLate)

	today := days.OnOrAfter(c.PlanClose.Add(30))
	h.at(today.Morning())
	back, err := h.Resumption(ctx, h.Store.Reader, ref)
	must(t, err)
	if back != (Resumption{campaign.PlanTask, c.PlanDue, days.Resumed(c.PlanDue, began, today)}) || back.Day <= today {
		t.Errorf("%+v", back)
	}
	h.unchanged(func() {
		want(t, h.Resume(ctx, approver, ref, ResumeForm{Day: back.Day, Reason: "恢复"}), campaign.Forbidden)
		want(t, h.Resume(ctx, officer, ref, ResumeForm{Day: back.Day, Reason: ""}), campaign.Invalid, "reason")
		want(t, h.Resume(ctx, officer, ref, ResumeForm{Reason: "恢复"}), campaign.Invalid, "day")
		want(t, h.Resume(ctx, officer, ref, ResumeForm{Day: back.Day.Add(-1), Reason: "恢复"}), campaign.Invalid, "day") // less than was left
		want(t, h.Resume(ctx, officer, ref, ResumeForm{Day: c.EvidenceClose, Reason: "恢复"}), campaign.Invalid, "day")
	})
	form := ResumeForm{Day: back.Day, Reason: "整顿期满，经核查合格"}
	left = h.left(func() { must(t, h.Resume(ctx, officer, ref, form)) })
	only(t, left, ref.ID(), ref.ID()+"/suspension/1/end", ref.ID()+"/suspension/1/end-mail")
	if m := left[ref.ID()+"/suspension/1/end-mail"].Mail; m.Template != "resumed" || m.Until != back.Day || m.Data["title"] != campaign.PlanTask.Chinese() {
		t.Errorf("%+v", m)
	}
	h.unchanged(func() { must(t, h.Resume(ctx, officer, ref, form)) }) // the same form sent twice
	s, err := h.scene(ctx, h.Store.Reader, ref)
	must(t, err)
	if due, last, err := h.open(ctx, h.Store.Reader, s, campaign.PlanTask); err != nil || due != back.Day || last != back.Day || s.Entry.DueDay() != back.Day || s.Entry.SuspendedAt != nil {
		t.Errorf("due %s last %s listed %s %v", due, last, s.Entry.DueDay(), err)
	}
	if m := left[ref.ID()+"/suspension/1/end-mail"].Mail; m.Task != "" { // the plan is in: a letter with a task would be dropped as done
		t.Errorf("the letter is for the task %s", m.Task)
	}
	left = h.left(func() { must(t, h.Suspend(ctx, officer, ref, "再次停业整顿")) })
	only(t, left, ref.ID(), ref.ID()+"/suspension/2", ref.ID()+"/suspension/2/mail")
	all, err := h.Store.Suspensions(ctx, ref)
	if err != nil || len(all) != 2 || all[0].EndAt == nil || campaign.Day(all[0].Day.Format(time.DateOnly)) != back.Day || all[1].EndAt != nil {
		t.Errorf("%+v %v", all, err)
	}
}

// Where the calendar leaves nothing to give back the year cannot go on: the way
// out is open then, and only to one that is suspended.
func TestWF4SuspendedToTheEnd(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, other := h.to(1, campaign.Collecting), h.to(2, campaign.Collecting)
	c := h.rules.Calendar
	h.at(c.EvidenceClose.Add(-3).Morning())
	must(t, h.Suspend(ctx, officer, ref, "暂停资格"))
	h.at(c.SelfScoreDue.Morning())
	leave := LeaveForm{How: string(campaign.WaySuspended), Reason: "至今未恢复"}
	h.unchanged(func() {
		want(t, h.Resume(ctx, officer, ref, ResumeForm{Day: c.SelfScoreDue.Add(3), Reason: "恢复"}), campaign.Conflict)
		want(t, h.Leave(ctx, officer, other, leave), campaign.Invalid, "how")
	})
	left := h.left(func() { must(t, h.Leave(ctx, officer, ref, leave)) })
	only(t, left, ref.ID(), ref.ID()+"/leave", ref.ID()+"/leave/mail")
	h.write(func(ctx context.Context, tx *store.Tx) error { // as the workflow has it done
		return tx.SetLeft(ctx, ref, string(campaign.WaySuspended), h.now())
	})
	if e, err := h.Store.Entry(ctx, ref); err != nil || e.SuspendedAt != nil || *e.LeftHow != string(campaign.WaySuspended) {
		t.Errorf("%+v %v", e, err)
	}
}

// Who is suspended is not called to sign for a guidance letter either.
func TestWF4NoCallForGuidanceWhileSuspended(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.at(real)
	one, two := h.to(1, campaign.Planning), h.to(2, campaign.Planning)
	n := h.guided(one.Code, two.Code)
	must(t, h.Suspend(ctx, officer, one, "停业整顿"))
	if reminded, err := h.RemindGuidance(ctx, officer, testYear, n); err != nil || reminded != 1 {
		t.Errorf("%d reminded, the other one should be: %v", reminded, err)
	}
	h.unchanged(func() {
		_, err := h.RemindGuidance(ctx, officer, testYear, n)
		want(t, err, campaign.Conflict)
	})
}

// During scoring nothing is the institution's to do: its result waits, and no day
// is asked for when it goes on. Before the launch and after the result there is
// nothing to suspend.
func TestWF4SuspendedWhileScored(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Scoring)
	must(t, h.Suspend(ctx, officer, ref, "暂停资格"))
	back, err := h.Resumption(ctx, h.Store.Reader, ref)
	if err != nil || back != (Resumption{}) {
		t.Errorf("%+v %v", back, err)
	}
	left := h.left(func() { must(t, h.Resume(ctx, officer, ref, ResumeForm{Reason: "恢复"})) })
	if m := left[ref.ID()+"/suspension/1/end-mail"].Mail; m.Until != "" {
		t.Errorf("%+v", m)
	}
	for _, stage := range []campaign.Stage{campaign.Invited, campaign.Served, campaign.Final} {
		at := h.to(2, stage)
		h.unchanged(func() { want(t, h.Suspend(ctx, officer, at, "暂停资格"), campaign.Conflict) })
	}
}

// A plan that was overdue when the suspension began can be handed in afterwards,
// and is late; a self-score that is in needs no day to go on.
func TestWF4WhatWasLateStaysLate(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, c := h.to(1, campaign.Planning), h.rules.Calendar
	h.at(c.PlanDue.Add(3).Morning())
	must(t, h.Suspend(ctx, officer, ref, "停业整顿"))
	h.at(c.PlanClose.Add(20).Morning())
	back, err := h.Resumption(ctx, h.Store.Reader, ref)
	must(t, err)
	must(t, h.Resume(ctx, officer, ref, ResumeForm{Day: back.Day, Reason: "期满"}))
	rec, err := h.SubmitPlan(ctx, h.visitor(ref, "act"), planForm(), signer)
	if err != nil || !rec.Late {
		t.Errorf("%+v %v", rec, err)
	}

	two := h.to(2, campaign.SelfScore)
	h.at(c.EvidenceClose.Add(5).Morning())
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSelfScore(ctx, two, fullMarks(), "王经办", h.now())
		return err
	})
	must(t, h.Suspend(ctx, officer, two, "停业整顿"))
	h.at(c.ScoringDue.Add(3).Morning())
	back, err = h.Resumption(ctx, h.Store.Reader, two)
	if err != nil || back.Day != back.Last {
		t.Errorf("%+v %v", back, err)
	}
	must(t, h.Resume(ctx, officer, two, ResumeForm{Day: back.Day, Reason: "期满"}))
}
