package workflows

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
)

func (p *play) clearanceSteps(state func() campaign.ClearanceState) {
	contract.ClearanceCall.Serve(p, func(_ context.Context, in contract.ClearanceAt) (contract.ClearanceOut, error) {
		p.line(in.At, "ClearanceCall %d", in.Step)
		return contract.ClearanceOut{State: state()}, nil
	})
}

func (p *play) clears(at string, act campaign.ClearanceAct, role string, override bool) {
	tell(p, at, contract.ClearanceDoneMsg, contract.ClearanceDone{Act: act, Role: role, Override: override, At: instant(at)})
}

// GL-14: unanswered for 30 virtual days a request is still 待批; the officers
// were told on each working day, and only a person decides.
func TestClearance(t *testing.T) {
	for _, c := range []struct {
		name string
		kind campaign.ClearanceKind
		play func(p *play)
		want campaign.ClearanceState
	}{
		{"silence-is-never-consent", campaign.PriorApproval, func(p *play) {
			p.clears("2027-04-07 10:00", campaign.ClearanceApprove, "officer", false) // not an officer's act
			p.clears("2027-04-07 10:01", campaign.ClearanceApprove, "", true)         // nor the institution's own
			p.clears("2027-04-08 10:00", campaign.ClearanceApprove, "approver", false)
		}, campaign.ClearanceApproved},
		{"refused-next-day", campaign.PriorApproval, func(p *play) {
			p.clears("2027-03-09 15:00", campaign.ClearanceRefuse, "approver", false)
		}, campaign.ClearanceRefused},
		{"withdrawn", campaign.PriorApproval, func(p *play) {
			p.clears("2027-03-08 15:00", campaign.ClearanceWithdraw, "", false)
		}, campaign.ClearanceWithdrawn},
		{"press-in-order", campaign.PressConference, func(p *play) {
			p.clears("2027-03-09 10:00", campaign.PressHold, "", false) // GL-16: out of order
			p.clears("2027-03-10 10:00", campaign.PressSettle, "", false)
			p.clears("2027-03-12 10:00", campaign.PressHold, "", false)
			p.clears("2027-03-15 10:00", campaign.PressArticle, "", false)
		}, campaign.PressReviewed},
		{"press-overridden", campaign.PressConference, func(p *play) {
			p.clears("2027-03-09 10:00", campaign.PressHold, "", true)
			p.clears("2027-03-10 10:00", campaign.PressSettle, "", true) // what lies behind is not taken again
			p.clears("2027-03-12 10:00", campaign.PressArticle, "", false)
		}, campaign.PressReviewed},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, "2027-03-08 10:00")
			p.clearanceSteps(func() campaign.ClearanceState { return campaign.ClearancePending })
			c.play(p)
			var got contract.ClearanceOutcome
			p.live(contract.ClearanceType, contract.ClearanceInput{Ref: ref, N: 1, Kind: c.kind, Holidays: rules.Holidays, From: p.start}, &got)
			if got.State != c.want {
				t.Errorf("ended %s, want %s", got.State, c.want)
			}
			if c.name == "silence-is-never-consent" {
				if n := strings.Count(strings.Join(p.lines, "\n"), "ClearanceCall"); n != 22 {
					t.Errorf("%d calls in 31 days", n)
				}
			}
		})
	}
}

// The score book decides when a message is late.
func TestClearanceToldByTheBook(t *testing.T) {
	p := newPlay(t, "2027-03-08 10:00")
	p.clearanceSteps(func() campaign.ClearanceState { return campaign.ClearanceApproved })
	var got contract.ClearanceOutcome
	p.live(contract.ClearanceType, contract.ClearanceInput{Ref: ref, N: 1, Kind: campaign.PriorApproval, Holidays: rules.Holidays, From: p.start}, &got)
	if fmt.Sprint(got) != "{approved}" {
		t.Errorf("%+v", got)
	}
}
