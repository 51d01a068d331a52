package desk

import (
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// struck is when the incident of these tests happened: a Friday evening (GL-20).
var struck = time.Date(2025, 2, 28, 20, 0, 0, 0, campaign.Beijing)

func reportForm() ReportForm {
	return ReportForm{What: "获证产品发生质量事件", Activity: "某省 产品认证", Occurred: "2025-02-28T20:00", Discovered: "2025-03-01T08:00", Measures: "已启动调查"}
}

func detailsForm() DetailsForm {
	x := DetailsForm{Relevance: campaign.Undecided, Steps: map[string]string{}}
	for _, s := range campaign.HandlingSteps() {
		x.Steps[s.Key] = s.Chinese + "情况"
	}
	return x
}

// GL-20: the recorded instant decides; the receipt comes at once, whatever the
// engine does, and the intents for it are left behind.
func TestGL20ReportInTime(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Collecting)
	v := h.visitor(ref, "act")
	h.at(struck.Add(48 * time.Hour))
	id := ref.IncidentID(1)
	var rec Receipt
	left := h.left(func() {
		var err error
		rec, err = h.ReportIncident(t.Context(), v, 0, reportForm(), signer)
		must(t, err)
	})
	only(t, left, id, id+"/start", id+"/1/receipt", ref.ID()+"/paper/incident-receipt/1", ref.ID()+"/alert/incident/1/report/o1", ref.ID()+"/alert/incident/1/report/o2")
	if m := left[ref.ID()+"/alert/incident/1/report/o1"].Mail; !m.AtOnce() || m.Data["consequence"] == "" {
		t.Errorf("%+v", m)
	}
	if rec.Late || !rec.At.Equal(struck.Add(48*time.Hour)) || rec.Number != id+"/1" || len(rec.Digest) != 64 {
		t.Errorf("%+v", rec)
	}
	if m := left[id+"/1/receipt"].Mail; len(m.Papers) != 1 || m.Path != "incidents/1" {
		t.Errorf("%+v", m)
	}
	h.unchanged(func() { // the same form sent twice is one report
		again, err := h.ReportIncident(t.Context(), v, 0, reportForm(), signer)
		must(t, err)
		if again.Number != rec.Number || !again.At.Equal(rec.At) {
			t.Errorf("%+v", again)
		}
	})
	other := reportForm()
	other.What = "另一事件"
	h.at(struck.Add(48*time.Hour + time.Second))
	if rec, err := h.ReportIncident(t.Context(), v, 0, other, signer); err != nil || !rec.Late {
		t.Errorf("a second later: %+v, %v", rec, err)
	}
}

func TestGL20FormIsChecked(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Collecting)
	v, view := h.visitor(ref, "act"), h.visitor(ref, "view")
	h.at(struck.Add(time.Hour))
	try := func(change func(*ReportForm), fields ...string) {
		t.Helper()
		f := reportForm()
		f.Discovered = "2025-02-28 20:30"
		change(&f)
		_, err := h.ReportIncident(t.Context(), v, 0, f, signer)
		want(t, err, campaign.Invalid, fields...)
	}
	h.unchanged(func() {
		try(func(f *ReportForm) { *f = ReportForm{} }, "what", "activity", "occurred", "discovered", "measures")
		try(func(f *ReportForm) { f.Occurred = "2025-02-28T21:01" }, "occurred")
		try(func(f *ReportForm) { f.Discovered = "2025-02-28T19:59" }, "discovered")
		try(func(f *ReportForm) { f.What = strings.Repeat("长", 1001) }, "what")
		_, err := h.ReportIncident(t.Context(), view, 0, reportForm(), signer)
		want(t, err, campaign.Forbidden)
		_, err = h.ReportIncident(t.Context(), v, 0, reportForm(), Signer{})
		want(t, err, campaign.Invalid)
		_, err = h.ReportIncident(t.Context(), v, 7, reportForm(), signer)
		want(t, err, campaign.NotFound)
	})
}

// The regulator opens one: report, details, follow-ups until it is closed
// (GL-20, GL-23); every act by the right side, every judgement with a reason.
func TestGL23OpenedByTheRegulator(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Collecting)
	v := h.visitor(ref, "act")
	h.at(struck.Add(10 * time.Hour))
	open := OpenForm{What: "媒体报道涉证产品", Activity: "体系认证", Occurred: "2025-02-28T20:00"}
	h.unchanged(func() {
		_, err := h.OpenIncident(ctx, approver, ref, open)
		want(t, err, campaign.Forbidden)
		_, err = h.OpenIncident(ctx, officer, ref, OpenForm{})
		want(t, err, campaign.Invalid, "what", "activity", "occurred")
	})
	id := ref.IncidentID(1)
	left := h.left(func() {
		n, err := h.OpenIncident(ctx, officer, ref, open)
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
	})
	only(t, left, id, id+"/start", id+"/opened")
	if in := string(left[id+"/start"].Message.In); !strings.Contains(in, `"state": "opened"`) || strings.Contains(in, "媒体") {
		t.Errorf("the engine is told %s", in)
	}
	h.unchanged(func() {
		n, err := h.OpenIncident(ctx, officer, ref, open)
		if err != nil || n != 1 {
			t.Error(n, err)
		}
		_, err = h.DetailIncident(ctx, v, 1, detailsForm(), signer)
		want(t, err, campaign.Conflict) // not before the report
		_, err = h.JudgeIncident(ctx, officer, ref, 1, campaign.IncidentExcuse, "", "通信中断")
		want(t, err, campaign.Conflict) // not late yet
	})
	h.at(struck.Add(60 * time.Hour))
	form := reportForm()
	form.Occurred = "2025-03-02T20:00" // the clock that runs already does not move
	left = h.left(func() {
		rec, err := h.ReportIncident(ctx, v, 1, form, signer)
		if err != nil || !rec.Late {
			t.Fatalf("%+v, %v", rec, err)
		}
	})
	only(t, left, id, id+"/2", id+"/2/receipt", ref.ID()+"/paper/incident-receipt/1", ref.ID()+"/alert/incident/1/report/o1", ref.ID()+"/alert/incident/1/report/o2")
	h.unchanged(func() {
		x := detailsForm()
		x.Relevance, x.Steps["assess"] = "", " "
		_, err := h.DetailIncident(ctx, v, 1, x, signer)
		want(t, err, campaign.Invalid, "relevance", "assess")
		_, err = h.FollowIncident(ctx, v, 1, "", signer)
		want(t, err, campaign.Invalid, "text")
	})
	_, err := h.DetailIncident(ctx, v, 1, detailsForm(), signer)
	must(t, err)
	_, err = h.FollowIncident(ctx, v, 1, "已召回产品", signer)
	must(t, err)
	left = h.left(func() {
		_, err := h.JudgeIncident(ctx, officer, ref, 1, campaign.IncidentRelate, campaign.Irrelevant, "与认证活动无关")
		must(t, err)
	})
	only(t, left, id) // the workflow does not wait for it
	h.unchanged(func() {
		_, err := h.JudgeIncident(ctx, officer, ref, 1, campaign.IncidentClose, "", " ")
		want(t, err, campaign.Invalid, "text")
		_, err = h.JudgeIncident(ctx, approver, ref, 1, campaign.IncidentClose, "", "办结")
		want(t, err, campaign.Forbidden)
		_, err = h.JudgeIncident(ctx, officer, ref, 1, campaign.IncidentReport, "", "代报")
		want(t, err, campaign.Invalid)
	})
	left = h.left(func() {
		_, err := h.JudgeIncident(ctx, officer, ref, 1, campaign.IncidentClose, "", "处置完毕")
		must(t, err)
	})
	only(t, left, id, id+"/6")
	h.unchanged(func() {
		_, err := h.FollowIncident(ctx, v, 1, "还有情况", signer)
		want(t, err, campaign.Conflict)
	})
	i, err := h.Store.Incident(ctx, ref, 1)
	must(t, err)
	if f := i.Facts(); f.State() != campaign.IncidentClosed || f.Relevance() != campaign.Irrelevant || !f.Late(h.rules.Calendar.Result.Morning()) || f.Counts(h.rules.Calendar.Result.Morning()) || !i.OccurredAt.Equal(struck) {
		t.Errorf("%+v", f)
	}
	_, err = h.JudgeIncident(ctx, officer, ref, 1, campaign.IncidentExcuse, "", "通信中断，有证明")
	must(t, err)
}

// Everything told to the engine about an incident is a known message.
func TestIncidentMessages(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Collecting)
	v := h.visitor(ref, "act")
	h.at(struck.Add(time.Hour))
	form := reportForm()
	form.Discovered = form.Occurred
	_, err := h.ReportIncident(t.Context(), v, 0, form, signer)
	must(t, err)
	left := h.left(func() {
		_, err := h.DetailIncident(t.Context(), v, 1, detailsForm(), signer)
		must(t, err)
	})
	m := left[ref.IncidentID(1)+"/2"]
	if m.Kind != store.MessageIntent || m.Message.Name != contract.IncidentDoneMsg.Name || strings.Contains(string(m.Message.In), "王") {
		t.Errorf("%+v", m)
	}
}
