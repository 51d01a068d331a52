package desk

import (
	"context"
	"strings"
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
	h.accepted(store.EventNotice(ref, 2))
	left := h.left(func() { must(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish))) })
	only(t, left, "", ref.ID()+"/event-ended/2")
	if m := left[ref.ID()+"/event-ended/2"].Mail; m.Template != "event-ended" || m.To != "institution" || m.Data["what"] != "依据案卷材料" || m.Lines[0][1] != "附件2第16项 "+event(h).Clause ||
		m.Lines[1][1] != "认定" || !strings.HasPrefix(m.Lines[2][1], "3.0 分") || m.Lines[3][1] != "影响范围较广" || !strings.Contains(m.Data["consequence"], "评价复核") {
		t.Errorf("the end: %+v", m)
	}
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

// AP-2, AN-16: what was not served opens no days. A notice that is not accepted yet
// or came back lets nothing be established; served again, by mail or on paper, its
// days run their full length anew, and the letter says so.
func TestAP2EventNoticeComesBack(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	id, err := h.RegisterEvent(ctx, officer, ref, event(h))
	must(t, err)
	must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventInquire)))
	must(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(300))))
	k := store.EventNotice(ref, 1)
	days := func(from campaign.Day) campaign.Day {
		return h.rules.Holidays.AddWorkdays(from, h.rules.Settings.EventReply())
	}
	refused := func(word string) {
		t.Helper()
		h.unchanged(func() {
			err := h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish))
			if want(t, err, campaign.Conflict); !strings.Contains(err.Error(), word) {
				t.Errorf("%v, want %s", err, word)
			}
		})
	}
	first := campaign.DayOf(h.now())
	h.at(days(first).Add(9).Start())
	refused("尚未送达") // the outbox was held
	h.accepted(k)
	calls := h.left(func() { h.events(told("1", k, store.Bounced)) })
	if c := calls[key(ref, "alert", "missed", "event-notice/1/mail", "o1")].Mail; c.Data["title"] != "扣分事项告知未送达" {
		t.Errorf("%+v", calls)
	}
	refused("登记书面送达")
	now := days(first).Add(9)
	r := Redelivery{Key: k, Email: "new@institution.example", Reason: "电话核实"}
	again := h.left(func() { must(t, h.Redeliver(ctx, officer, testYear, r)) })
	only(t, again, "", k+"/again/1")
	if m := again[k+"/again/1"].Mail; m.Until != days(now) || m.Template != "event-notice" {
		t.Errorf("%+v, want until %s", m, days(now))
	}
	h.at(days(now).End())
	refused("尚未送达") // served is what was accepted
	h.accepted(k + "/again/1")
	h.at(days(now).End().Add(-1))
	refused(days(now).Chinese())
	h.events(told("2", k+"/again/1", store.Dropped))
	h.at(days(now).End())
	refused("尚未送达")
	r = Redelivery{Key: k + "/again/1", Paper: true, Reason: "邮寄签收"}
	only(t, h.left(func() { must(t, h.Redeliver(ctx, officer, testYear, r)) }), "") // no letter goes out
	paper := days(campaign.DayOf(h.now()))
	if missed, err := h.Store.Missed(ctx, testYear); err != nil || missed != 0 {
		t.Errorf("%d missed after it was handed over, %v", missed, err)
	}
	refused(paper.Chinese())
	h.at(paper.End())
	must(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)))
	h.unchanged(func() { want(t, h.Redeliver(ctx, officer, testYear, r), campaign.Conflict) }) // nobody is to answer any more
}

// Who was put on notice hears how it ended; whom no notice reached, and of whom
// nothing was ever said, is not troubled. A reply proves that the notice arrived.
func TestAN16EndIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		told, lost, replied bool
		act                 campaign.EventAct
		letter              string // its conclusion
	}{
		"never told":         {act: campaign.EventDismiss},
		"dismissed":          {told: true, act: campaign.EventDismiss, letter: "不予认定，不扣分"},
		"unrelated":          {told: true, act: campaign.EventUnrelate, letter: "与认证活动无关，不扣分"},
		"lost":               {told: true, lost: true, act: campaign.EventDismiss},
		"lost but replied":   {told: true, lost: true, replied: true, act: campaign.EventEstablish, letter: "认定"},
		"told and sent back": {told: true, act: campaign.EventReturn},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			ctx := t.Context()
			ref := h.to(1, campaign.Planning)
			id, err := h.RegisterEvent(ctx, officer, ref, event(h))
			must(t, err)
			must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventInquire)))
			if c.told {
				must(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(300))))
				h.accepted(store.EventNotice(ref, 1))
			}
			if c.lost {
				h.events(told("1", store.EventNotice(ref, 1), store.Bounced))
			}
			if c.replied {
				_, err := h.ReplyEvent(ctx, h.visitor(ref, "act"), 1, "说明", signer)
				must(t, err)
			}
			left := h.left(func() { must(t, h.MoveEvent(ctx, approver, ref, id, does(c.act))) })
			if c.letter == "" {
				only(t, left, "")
				return
			}
			only(t, left, "", ref.ID()+"/event-ended/1")
			if m := left[ref.ID()+"/event-ended/1"].Mail; m.Lines[1][1] != c.letter || m.Data["consequence"] == "" {
				t.Errorf("%+v", m)
			}
		})
	}
}
