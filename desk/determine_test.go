package desk

import (
	"context"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

func finding(p rubric.Points) campaign.Finding {
	return campaign.Finding{Source: campaign.SourcePenalty, Relevance: campaign.Relevant, Points: p, Severity: "影响范围较广"}
}

func does(act campaign.EventAct) EventMoveForm {
	return EventMoveForm{Act: act, Text: "依据案卷材料"}
}

func tells(f campaign.Finding) EventMoveForm {
	return EventMoveForm{Act: campaign.EventTell, Text: "经核查属实", Finding: f}
}

// AN-16: lead, inquiry, notice, reply, determination: what each step leaves, and
// that nothing is taken off before the last.
func TestAN16Determination(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	id, err := h.RegisterEvent(ctx, officer, ref, event(h))
	must(t, err)
	h.unchanged(func() {
		want(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)), campaign.Conflict)
		want(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(300))), campaign.Conflict)
		want(t, h.MoveEvent(ctx, auditor, ref, id, does(campaign.EventInquire)), campaign.Forbidden)
		want(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventInquire)), campaign.Forbidden)
		want(t, h.MoveEvent(ctx, officer, ref, id+1, does(campaign.EventInquire)), campaign.NotFound)
		want(t, h.MoveEvent(ctx, officer, ref, id, EventMoveForm{Act: campaign.EventInquire}), campaign.Invalid, "text")
	})
	must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventInquire)))
	h.unchanged(func() {
		want(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)), campaign.Conflict) // not told yet
		want(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(200))), campaign.Invalid, "points")
		want(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(350))), campaign.Invalid, "points")
		want(t, h.MoveEvent(ctx, officer, ref, id, tells(campaign.Finding{})), campaign.Invalid, "source_kind", "relevance", "points", "severity")
	})
	due := h.rules.Holidays.AddWorkdays(campaign.DayOf(h.now()), h.rules.Settings.EventReply())
	left := h.left(func() { must(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(400)))) })
	only(t, left, "", ref.ID()+"/event-notice/1/mail")
	if m := left[ref.ID()+"/event-notice/1/mail"].Mail; m.Template != "event-notice" || m.Until != due || m.Scope != "act" || m.Path != "/i/"+ref.ID()+"/events" {
		t.Errorf("notice %+v", m)
	}
	if got := h.deduction(ref); got != 0 {
		t.Errorf("while 调查中: %s", got)
	}
	view := h.visitor(ref, "view")
	h.unchanged(func() {
		want(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)), campaign.Conflict) // the window runs
		want(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventEstablish)), campaign.Forbidden)
		_, err := h.ReplyEvent(ctx, view, 1, "说明", signer)
		want(t, err, campaign.Forbidden)
	})
	v := h.visitor(ref, "act")
	_, err = h.ReplyEvent(ctx, v, 2, "说明", signer)
	want(t, err, campaign.NotFound)
	_, err = h.ReplyEvent(ctx, v, 1, " ", Signer{})
	want(t, err, campaign.Invalid, "text", "name", "post")
	left = h.left(func() {
		for range 2 { // the same form twice is one reply
			rec, err := h.ReplyEvent(ctx, v, 1, "已经更正", signer)
			must(t, err)
			if rec.Number != ref.ID()+"/event-notice/1/reply/1" || rec.Digest != store.Digest("已经更正") {
				t.Errorf("receipt %+v", rec)
			}
		}
	})
	only(t, left, "", ref.ID()+"/event-notice/1/reply/1/receipt")
	promoted := officer // he registered and told
	promoted.Role = campaign.Approver
	h.unchanged(func() {
		want(t, h.MoveEvent(ctx, promoted, ref, id, does(campaign.EventEstablish)), campaign.Forbidden)
	})
	must(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)))
	if got := h.deduction(ref); got != 400 { // what was told, though 3 were registered
		t.Errorf("established: %s", got)
	}
	h.unchanged(func() {
		want(t, h.MoveEvent(ctx, person("a2"), ref, id, does(campaign.EventDismiss)), campaign.Conflict)
		_, err := h.ReplyEvent(ctx, v, 1, "再说明", signer)
		want(t, err, campaign.Conflict)
	})
}

// The days over in silence bear a determination; a new finding is told anew and
// opens the days again, and an old notice cannot be answered any more.
func TestAN16WindowAndReturn(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	id, err := h.RegisterEvent(ctx, officer, ref, event(h))
	must(t, err)
	must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventInquire)))
	must(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(500))))
	must(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventReturn)))
	must(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(300))))
	_, err = h.ReplyEvent(ctx, h.visitor(ref, "act"), 1, "说明", signer)
	want(t, err, campaign.Conflict)
	due := h.rules.Holidays.AddWorkdays(campaign.DayOf(h.now()), h.rules.Settings.EventReply())
	h.at(due.End().Add(-1))
	h.unchanged(func() { want(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)), campaign.Conflict) })
	h.at(due.End())
	must(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)))
	if got := h.deduction(ref); got != 300 {
		t.Errorf("deducted %s", got)
	}
}

// §2 no. 13, 14, GL-36, GL-25: what ends without points.
func TestAN16NothingDeducted(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	told := func(on campaign.Day, f campaign.Finding) int64 {
		form := event(h)
		form.OccurredOn = on
		var id int64
		var err error
		if on.Year() == testYear {
			id, err = h.RegisterEvent(ctx, officer, ref, form)
		} else { // refused now, and registered by an earlier release
			h.write(func(ctx context.Context, tx *store.Tx) error {
				id, err = tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: form.Clause, Points: form.Points, Title: form.Title, Source: form.Source, OccurredOn: on.Start(), By: officer.ID, At: h.now()})
				return err
			})
		}
		must(t, err)
		must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventInquire)))
		must(t, h.MoveEvent(ctx, officer, ref, id, tells(f)))
		return id
	}
	media, apart := finding(300), finding(300)
	media.Source, apart.Relevance = campaign.SourceMedia, campaign.Undecided
	ids := []int64{told(today, media), told(today, apart), told("2023-12-31", finding(300))}
	h.at(today.Add(60).Start())
	h.unchanged(func() {
		for _, id := range ids {
			want(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)), campaign.Conflict)
		}
	})
	must(t, h.MoveEvent(ctx, officer, ref, ids[0], does(campaign.EventRefer)))
	must(t, h.MoveEvent(ctx, approver, ref, ids[0], does(campaign.EventDismiss)))
	must(t, h.MoveEvent(ctx, approver, ref, ids[1], does(campaign.EventUnrelate)))
	must(t, h.MoveEvent(ctx, officer, ref, ids[1], does(campaign.EventRefer)))
	if got := h.deduction(ref); got != 0 {
		t.Errorf("deducted %s", got)
	}
	all, err := h.Store.Events(ctx, ref)
	must(t, err)
	if all[0].Stand() != campaign.EventDismissed || all[1].Stand() != campaign.EventUnrelated || all[2].Confirmed != nil {
		t.Errorf("events stand at %s, %s", all[0].Stand(), all[1].Stand())
	}
	h.to(1, campaign.Served)
	h.unchanged(func() {
		want(t, h.MoveEvent(ctx, approver, ref, ids[2], does(campaign.EventDismiss)), campaign.Conflict)
	})
	must(t, h.MoveEvent(ctx, officer, ref, ids[2], does(campaign.EventRefer))) // a hand-over changes no score
}

// §2 no. 15: the panel sums up what one happening costs.
func TestAN16CostOfOneHappening(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	form := event(h)
	_, err := h.RegisterEvent(ctx, officer, ref, form)
	must(t, err)
	form.Clause, form.Points = "16.3", 500
	_, err = h.RegisterEvent(ctx, officer, ref, form)
	must(t, err)
	all, err := h.Store.Events(ctx, ref)
	must(t, err)
	cost, err := h.CostOf(ctx, h.Store.Reader, campaign.Planning, all[0])
	must(t, err)
	if len(cost.Others) != 1 || cost.Most != 500 || cost.Known || len(cost.Rows) != 4 || cost.Rows[0].Row.No != 3 {
		t.Errorf("%+v", cost)
	}
}
