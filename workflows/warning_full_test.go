package workflows

import (
	"strings"
	"testing"

	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// pass brings a case of the full ladder through notice, reply and legal check.
func (p *play) pass() {
	p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
	p.act("2028-06-05 10:00", campaign.ActReply, "")
	p.act("2028-06-06 10:00", campaign.ActPass, "g-1")
}

// sign brings a case of the full ladder to its warning.
func (p *play) sign() {
	p.pass()
	p.act("2028-06-07 10:00", campaign.ActSign, "a-1")
	p.act("2028-06-08 10:00", campaign.ActSign, "a-2")
}

// warn brings a case of the full ladder to its warning, acknowledged.
func (p *play) warn() {
	p.sign()
	p.act("2028-06-09 10:00", campaign.ActAck, "")
}

// RW-2…RW-7: the full ladder as stories, one file each.
func TestFullLadder(t *testing.T) {
	for _, c := range []struct {
		name   string
		months int
		play   func(p *play)
		want   campaign.WarningState
	}{
		{"lifted", 12, func(p *play) {
			p.warn()
			p.act("2028-06-12 09:30", campaign.ActRectify, "") // no report before a plan (RW-6)
			p.act("2028-06-12 10:00", campaign.ActPlan, "")
			p.act("2028-06-26 10:00", campaign.ActRectify, "")
			p.act("2028-06-28 10:00", campaign.ActReturn, "o-1")
			p.act("2028-07-05 10:00", campaign.ActRectify, "")
			p.act("2028-07-07 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"withdrawn-after-reply", 12, func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-03 10:00", campaign.ActWithdraw, "o-1") // the institution has not been heard
			p.act("2028-06-05 10:00", campaign.ActReply, "")
			p.act("2028-06-06 10:00", campaign.ActSign, "a-1") // no signature before the legal check (RW-3)
			p.act("2028-06-07 10:00", campaign.ActWithdraw, "o-1")
		}, campaign.Dismissed},

		{"legal-return", 12, func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-05 10:00", campaign.ActWaive, "")
			p.act("2028-06-20 10:00", campaign.ActRemand, "g-1") // after alerts to the legal checkers
			p.act("2028-06-30 10:00", campaign.ActSupplement, "o-1")
			p.act("2028-07-03 10:00", campaign.ActPass, "o-1") // not his office
			p.act("2028-07-03 11:00", campaign.ActPass, "g-1")
			p.act("2028-07-04 10:00", campaign.ActDismiss, "a-1")
		}, campaign.Dismissed},

		{"legal-return-withdrawn", 12, func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-20 10:00", campaign.ActRemand, "g-1") // the window ended by itself
			p.act("2028-06-21 10:00", campaign.ActWithdraw, "o-1")
		}, campaign.Dismissed},

		{"notice-came-back", 12, func(p *play) { // AP-2: its window stands until it is served, then runs anew
			p.unserved = []campaign.Day{"2028-06-26", "2028-07-12"}
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-20 10:00", campaign.ActPass, "g-1") // the window has not ended
			p.act("2028-07-14 10:00", campaign.ActPass, "g-1")
			p.act("2028-07-17 10:00", campaign.ActDismiss, "a-1")
		}, campaign.Dismissed},

		{"notice-came-back-replied", 12, func(p *play) {
			p.unserved = []campaign.Day{"2028-06-26"}
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-20 10:00", campaign.ActWaive, "")
			p.act("2028-06-21 10:00", campaign.ActPass, "g-1")
			p.act("2028-06-22 10:00", campaign.ActDismiss, "a-1")
		}, campaign.Dismissed},

		{"decision-came-back", 12, func(p *play) { // AP-2, RW-5: it counts as received its full days after its service, and its term runs from then
			p.sign()
			p.unserved = []campaign.Day{"2028-06-26", "2028-07-14"}
			p.on("2028-07-07 10:00", func() { p.book(func() { p.served = "2028-07-07" }) })
		}, campaign.Expired},

		{"decision-came-back-signed", 12, func(p *play) { // who signs on his page has received it, whatever the mail did
			p.sign()
			p.unserved = []campaign.Day{"2028-06-26"}
			p.on("2028-06-20 09:59", func() { p.book(func() { p.served = "2028-06-20" }) })
			p.act("2028-06-20 10:00", campaign.ActAck, "")
			p.act("2028-07-03 10:00", campaign.ActPlan, "")
		}, campaign.Expired},

		{"decision-came-back-late", 12, func(p *play) { // it had counted as received before it was known to have come back
			p.sign()
			p.unserved = []campaign.Day{"", "2028-08-21", "2028-09-18"}
			p.on("2028-08-01 10:00", func() { p.book(func() { p.served = "2028-08-11" }) })
			p.act("2028-09-15 10:00", campaign.ActPlan, "")
			p.act("2028-09-18 10:00", campaign.ActRectify, "")
			p.act("2028-09-20 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"decision-came-back-planned", 12, func(p *play) { // RW-6: a plan takes nothing from the days of what was served once more
			p.sign()
			p.planDue = "2028-08-25"
			p.act("2028-07-10 10:00", campaign.ActPlan, "")
			p.act("2028-08-24 10:00", campaign.ActRectify, "")
			p.act("2028-08-25 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"return-came-back", 12, func(p *play) { // RW-6: nor does a rectification lapse of whose return nobody knows
			p.warn()
			p.act("2028-06-12 10:00", campaign.ActPlan, "")
			p.act("2028-06-26 10:00", campaign.ActRectify, "")
			p.act("2028-06-28 10:00", campaign.ActReturn, "o-1")
			p.unserved = []campaign.Day{"2028-08-01"}
			p.act("2028-07-28 10:00", campaign.ActRectify, "")
			p.act("2028-07-31 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"return-came-back-expired", 2, func(p *play) { // its term ends all the same
			p.warn()
			p.act("2028-06-12 10:00", campaign.ActPlan, "")
			p.act("2028-07-20 10:00", campaign.ActRectify, "")
			p.act("2028-07-31 10:00", campaign.ActReturn, "o-1")
			p.served = "2028-06-08"
			p.on("2028-07-31 10:00", func() { p.book(func() { p.unserved = []campaign.Day{"2028-08-31"} }) })
		}, campaign.Expired},

		{"lesser", 12, func(p *play) {
			p.pass()
			p.act("2028-06-07 10:00", campaign.ActTalk, "o-1")
			p.act("2028-06-07 11:00", campaign.ActTalk, "a-1")
		}, campaign.Lesser},

		{"lesser-after-one-signature", 12, func(p *play) {
			p.pass()
			p.act("2028-06-07 10:00", campaign.ActSign, "a-1")
			p.act("2028-06-07 11:00", campaign.ActRemind, "a-2")
		}, campaign.Lesser},

		{"expired-unrectified", 6, func(p *play) { p.warn() }, campaign.Expired},

		{"expired-before-recheck", 2, func(p *play) {
			p.warn()
			p.act("2028-06-12 10:00", campaign.ActPlan, "")
			p.act("2028-07-03 10:00", campaign.ActRectify, "")
		}, campaign.Expired},

		{"expired-within-rectification", 1, func(p *play) { // the term is shorter than the days for rectification
			p.pass()
			p.act("2028-06-07 10:00", campaign.ActSign, "a-1")
			p.act("2028-06-08 10:00", campaign.ActSign, "a-2")
		}, campaign.Expired},

		{"unrectified-without-term", 0, func(p *play) {
			p.warn()
			p.act("2030-01-07 10:00", campaign.ActRectify, "")
			p.act("2030-01-09 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},

		{"revoked", 12, func(p *play) {
			p.warn()
			p.act("2028-06-13 10:00", campaign.ActRevoke, "a-2") // nobody asked for it
			p.act("2028-06-14 10:00", campaign.ActError, "a-1")
			p.act("2028-06-14 11:00", campaign.ActRevoke, "a-1") // alone
			p.act("2028-06-15 10:00", campaign.ActPlan, "")      // it stands meanwhile
			p.act("2028-06-16 10:00", campaign.ActRevoke, "a-2")
		}, campaign.Revoked},

		{"made-public", 12, func(p *play) { // noted, nothing else: the days for rectification go on
			p.warn()
			p.act("2028-06-12 10:00", campaign.ActPlan, "")
			p.act("2028-06-13 10:00", campaign.ActOpen, "a-1")
			p.act("2028-06-14 10:00", campaign.ActPublish, "a-2")
			p.act("2028-07-03 10:00", campaign.ActRectify, "")
			p.act("2028-07-05 10:00", campaign.ActLift, "o-1")
		}, campaign.Lifted},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, "2028-06-01 10:00")
			c.play(p)
			p.ladder(campaign.FullLadder, c.months, c.want)
		})
	}
}

// R5: a case that was asked before its decision waited for service goes on without,
// though the score book of today answers with a day.
func TestRW5OldCaseGoesOnWithout(t *testing.T) {
	p := newPlay(t, "2028-06-01 10:00")
	p.OnGetVersion("waits-for-decision", workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
	for _, asked := range []string{"reminds-to-sign", "asks-before-lapsing", "waits-for-service", "reminds-on-the-day"} {
		p.OnGetVersion(asked, workflow.DefaultVersion, workflow.Version(1)).Maybe().Return(workflow.Version(1))
	}
	p.sign()
	p.unserved = []campaign.Day{"2028-06-26", "2028-08-21"}
	p.ladder(campaign.FullLadder, 2, campaign.Expired)
}

// ladder lives a case of an edition to its end.
func (p *play) ladder(l campaign.Ladder, months int, want campaign.WarningState) {
	p.t.Helper()
	in := contract.WarningInput{Ref: ref, Case: 3, Settings: rules.Settings, Holidays: rules.Holidays, Ladder: l}
	in.Settings.WarnMonths = months
	var got contract.WarningOutcome
	p.live(contract.WarningType, in, &got)
	if got.State != want {
		p.t.Errorf("ended %s, want %s", got.State, want)
	}
}

// RW-4: a statement leaves the window open, one more is taken, and nobody goes
// on before the calendar ends it or the institution waives the rest.
func TestOpenLadder(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(p *play)
		want campaign.WarningState
	}{
		{"statement-then-window", func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-05 10:00", campaign.ActReply, "")
			p.act("2028-06-06 10:00", campaign.ActPass, "g-1")     // the window is open
			p.act("2028-06-06 11:00", campaign.ActWithdraw, "o-1") // for everybody
			p.act("2028-06-07 10:00", campaign.ActReply, "")
			p.act("2028-06-20 10:00", campaign.ActReply, "") // it has ended
			p.act("2028-06-21 10:00", campaign.ActPass, "g-1")
			p.act("2028-06-22 10:00", campaign.ActSign, "a-1")
			p.act("2028-06-23 10:00", campaign.ActTalk, "a-2")
		}, campaign.Lesser},
		{"statement-then-waived", func(p *play) {
			p.act("2028-06-02 10:00", campaign.ActNotice, "o-1")
			p.act("2028-06-05 10:00", campaign.ActReply, "")
			p.act("2028-06-05 11:00", campaign.ActWaive, "")
			p.act("2028-06-06 10:00", campaign.ActPass, "g-1")
			p.act("2028-06-07 10:00", campaign.ActDismiss, "a-1")
		}, campaign.Dismissed},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, "2028-06-01 10:00")
			c.play(p)
			p.ladder(campaign.OpenLadder, 12, c.want)
		})
	}
}

// RW-2…RW-4: whatever is sent to the current ladder, a case is issued only after
// notice, window, legal check and two signatures: every order of acts up to six
// is tried against the message handler, with the same people wherever their
// role allows it.
func TestRW2NoWayAroundTheLadder(t *testing.T) {
	acts := []contract.WarningDone{
		{Act: campaign.ActNotice, Role: "officer", By: "p-1"}, {Act: campaign.ActReply}, {Act: campaign.ActWaive}, {Act: campaign.ActWindow, Role: "clock"},
		{Act: campaign.ActPass, Role: "legal", By: "p-1"}, {Act: campaign.ActPass, Role: "legal", By: "p-2"}, {Act: campaign.ActPass, Role: "approver", By: "p-3"},
		{Act: campaign.ActSign, Role: "approver", By: "p-1"}, {Act: campaign.ActSign, Role: "approver", By: "p-2"},
		{Act: campaign.ActSign, Role: "approver", By: "p-3"}, {Act: campaign.ActSign, Role: "approver", By: "p-4"}, {Act: campaign.ActSign, Role: "officer", By: "p-3"},
	}
	issued := 0
	var try func(w warning, depth int)
	try = func(w warning, depth int) {
		if w.state == campaign.Issued {
			issued++
			var way []string
			for _, m := range w.past {
				if m.Act != campaign.ActReply { // taken, and moves nothing
					way = append(way, string(m.Act)+" "+m.By)
				}
			}
			if got := strings.Join(way, ", "); got != "notice p-1, waive , pass p-2, sign p-3, sign p-4" && got != "notice p-1, waive , pass p-2, sign p-4, sign p-3" {
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
			}
		}
	}
	try(warning{state: campaign.Proposed, in: contract.WarningInput{Ladder: campaign.CurrentLadder}}, 6)
	if issued != 4 { // two orders of signatures, with and without a statement
		t.Errorf("%d ways to a warning, want 4", issued)
	}
}

// RW-6: the term never lengthens what the calendar gives.
func TestRW6Term(t *testing.T) {
	w := &warning{ends: "2028-07-01"}
	for at, want := range map[string]string{"2028-06-30 09:00": "2028-06-30 09:00", "2028-07-03 09:00": "2028-07-02 00:00"} {
		if got := w.sooner(instant(at)); !got.Equal(instant(want)) {
			t.Errorf("%s: %s", at, got)
		}
	}
	if w.ends = ""; !w.sooner(instant("2099-01-01")).Equal(instant("2099-01-01")) {
		t.Error("a term where there is none")
	}
}
