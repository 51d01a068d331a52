package workflows

import (
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
)

// act lets somebody act in a case: o- officers, a- approvers, g- legal checkers, "" the institution.
func (p *play) act(at string, act campaign.WarningAct, by string) {
	role := ""
	switch {
	case strings.HasPrefix(by, "o-"):
		role = string(campaign.Officer)
	case strings.HasPrefix(by, "a-"):
		role = string(campaign.Approver)
	case strings.HasPrefix(by, "g-"):
		role = string(campaign.Legal)
	case by == "clock":
		role = by
	}
	tell(p, at, contract.WarningDoneMsg, contract.WarningDone{Act: act, Role: role, By: by, At: instant(at)})
}

// issue brings a case to its warning.
func (p *play) issue() {
	p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
	p.act("2028-06-05 10:00", campaign.ActReply, "")
	p.act("2028-06-06 10:00", campaign.ActSign, "a-1")
	p.act("2028-06-07 10:00", campaign.ActSign, "a-2")
}

func TestWarning(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(p *play)
		want campaign.WarningState
	}{
		{"issued-lifted", func(p *play) {
			p.issue()
			p.act("2028-06-08 10:00", campaign.ActAck, "")
			p.act("2028-07-03 10:00", campaign.ActRectify, "")
			p.act("2028-07-05 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"dismissed-at-once", func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActDismiss, "o-1") // not an officer's act
			p.act("2028-06-02 11:00", campaign.ActDismiss, "a-1")
		}, campaign.Dismissed},

		{"window-ends-dismissed", func(p *play) {
			p.bounce = 3 * 24 * time.Hour // the notice bounced first: the window is later
			p.act("2028-06-05 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-06 10:00", campaign.ActSign, "a-1")   // before the window has ended (RW-4)
			p.act("2028-06-06 10:01", campaign.ActWindow, "o-1") // nobody ends it but the calendar
			p.act("2028-06-06 10:02", campaign.ActWindow, "clock")
			p.act("2028-06-20 10:00", campaign.ActDismiss, "a-1")
		}, campaign.Dismissed},

		{"waived-same-signer", func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-02 15:00", campaign.ActWaive, "")
			p.act("2028-06-05 10:00", campaign.ActSign, "a-1")
			p.act("2028-06-05 11:00", campaign.ActSign, "a-1") // RW-3
			p.act("2028-06-05 12:00", campaign.ActDismiss, "a-2")
		}, campaign.Dismissed},

		{"both-sign-in-one-breath", func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-05 10:00", campaign.ActReply, "")
			p.act("2028-06-06 10:00", campaign.ActSign, "a-1")
			p.act("2028-06-06 10:00", campaign.ActSign, "a-2")
			p.act("2028-06-06 10:00", campaign.ActAck, "")
			p.act("2028-06-06 10:00", campaign.ActRectify, "")
			p.act("2028-06-07 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"deemed-lapsed-lifted", func(p *play) {
			p.issue()
			p.act("2028-09-01 10:00", campaign.ActRectify, "")
			p.act("2028-09-04 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"returned", func(p *play) {
			p.issue()
			p.act("2028-06-08 10:00", campaign.ActAck, "")
			p.act("2028-06-12 10:00", campaign.ActRectify, "")
			p.act("2028-06-14 10:00", campaign.ActReturn, "o-1")
			p.act("2028-06-26 10:00", campaign.ActRectify, "")
			p.act("2028-07-20 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"recheck-silent-twice", func(p *play) { // each round has alerts of its own
			p.issue()
			p.act("2028-06-08 10:00", campaign.ActAck, "")
			p.act("2028-06-12 10:00", campaign.ActRectify, "")
			p.act("2028-07-12 10:00", campaign.ActReturn, "o-1")
			p.act("2028-07-14 10:00", campaign.ActRectify, "")
			p.act("2028-10-20 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"reported-in-time-unheard", func(p *play) { // the engine was away over the day
			p.issue()
			p.act("2028-06-08 10:00", campaign.ActAck, "")
			p.on("2028-07-07 20:00", func() { p.book(func() { p.past = campaign.ActRectify }) })
			p.act("2028-07-12 10:00", campaign.ActRectify, "")
			p.act("2028-07-20 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"officers-silent", func(p *play) {
			p.act("2028-12-01 10:00", campaign.ActDismiss, "a-1")
		}, campaign.Dismissed},

		{"signatories-silent", func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-05 10:00", campaign.ActReply, "")
			p.act("2028-06-20 10:00", campaign.ActSign, "a-1")
			p.act("2028-12-01 10:00", campaign.ActDismiss, "a-2")
		}, campaign.Dismissed},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, "2028-06-01 10:00")
			c.play(p)
			p.ladder(campaign.ShortLadder, rules.Settings.WarnMonths, c.want)
		})
	}
}

// Whatever is sent, a case is issued only after notice, window and two
// signatures (RW-2…4): every order of acts up to six is tried against the
// message handler, with the same two people wherever their role allows it.
func TestNoWayAroundTheLadder(t *testing.T) {
	acts := []contract.WarningDone{
		{Act: campaign.ActNotice, Role: "officer", By: "p-1"}, {Act: campaign.ActWaive},
		{Act: campaign.ActSign, Role: "approver", By: "p-1"}, {Act: campaign.ActSign, Role: "approver", By: "p-2"},
		{Act: campaign.ActSign, Role: "approver", By: "p-3"}, {Act: campaign.ActSign, Role: "officer", By: "p-2"},
		{Act: campaign.ActWindow, Role: "clock"}, {Act: campaign.ActDeemed, Role: "clock"},
	}
	issued := 0
	var try func(w warning, depth int)
	try = func(w warning, depth int) {
		if w.state == campaign.Issued {
			issued++
			var way []string
			for _, m := range w.past {
				way = append(way, string(m.Act)+" "+m.By)
			}
			if got := strings.Join(way, ", "); got != "notice p-1, waive , sign p-2, sign p-3" && got != "notice p-1, waive , sign p-3, sign p-2" {
				t.Errorf("issued by %s", got)
			}
			return
		}
		for _, a := range acts {
			next := w
			next.past = append([]campaign.WarningBy(nil), w.past...)
			if depth > 0 && next.refuse(a) == nil {
				if _, err := next.answer(nil, a); err != nil {
					t.Errorf("%s was let in and then refused: %v", a.Act, err)
				}
				try(next, depth-1)
			} else if _, err := next.answer(nil, a); depth > 0 && err == nil && a.Role != "clock" {
				t.Errorf("%s was refused but would be answered", a.Act)
			}
		}
	}
	try(warning{state: campaign.Proposed}, 6)
	if issued != 2 {
		t.Errorf("%d ways to a warning, want 2", issued)
	}
}
