package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"

	"xuanping/campaign"
	"xuanping/contract"
)

// incidentSteps answers the steps of an incident from a small score book. With
// away, nobody is there to do the step of the 36th hour for so long.
func (p *play) incidentSteps(book *campaign.IncidentState, away time.Duration) {
	step := func(name string) func(context.Context, contract.IncidentAt) (contract.IncidentOut, error) {
		return func(_ context.Context, in contract.IncidentAt) (out contract.IncidentOut, _ error) {
			p.book(func() { out.State = *book })
			p.line(p.Now(), "%s %d", name, in.Hours)
			return out, nil
		}
	}
	contract.IncidentRemind.Serve(p, step("IncidentRemind"))
	contract.IncidentBreach.Serve(p, step("IncidentBreach"))
	if away > 0 {
		at36 := mock.MatchedBy(func(in contract.IncidentAt) bool { return in.Hours == 36 })
		p.OnActivity(contract.IncidentRemind.Name, mock.Anything, at36).After(away).Return(step("IncidentRemind"))
		p.OnActivity(contract.IncidentRemind.Name, mock.Anything, mock.Anything).Return(step("IncidentRemind"))
	}
}

// happens lets somebody act about the incident; the score book has it first.
func (p *play) happens(at string, act campaign.IncidentAct, role string, book *campaign.IncidentState) {
	p.on(at, func() {
		p.book(func() {
			if next, err := campaign.MoveIncident(*book, act, role); err == nil {
				*book = next
			}
		})
	})
	tell(p, at, contract.IncidentDoneMsg, contract.IncidentDone{Act: act, Role: role, At: instant(at)})
}

func TestIncident(t *testing.T) {
	const officer = "officer"
	for _, c := range []struct {
		name  string
		start campaign.IncidentState
		play  func(p *play, book *campaign.IncidentState)
		away  time.Duration
	}{
		// GL-20: occurred 2025-02-28 20:00, a Friday; reminders by night and on days off (ML-4).
		{"reported-and-detailed", campaign.IncidentReported, func(p *play, b *campaign.IncidentState) {
			p.happens("2025-03-01 08:00", campaign.IncidentDetails, "", b)
			p.happens("2025-03-05 10:00", campaign.IncidentClose, officer, b)
		}, 0},
		{"details-late", campaign.IncidentReported, func(p *play, b *campaign.IncidentState) {
			p.happens("2025-03-03 09:00", campaign.IncidentDetails, "", b)
			p.happens("2025-03-05 10:00", campaign.IncidentClose, officer, b)
		}, 0},
		{"opened-and-silent", campaign.IncidentOpened, func(p *play, b *campaign.IncidentState) {
			p.happens("2025-03-02 10:00", campaign.IncidentNoReport, "clock", b) // nobody speaks for the calendar
			p.happens("2025-03-06 10:00", campaign.IncidentDetails, "", b)       // not before the report
			p.happens("2025-03-06 11:00", campaign.IncidentReport, "", b)
			p.happens("2025-03-06 12:00", campaign.IncidentDetails, "", b)
			p.happens("2025-03-07 10:00", campaign.IncidentClose, "", b) // not the institution's act
			p.happens("2025-03-07 11:00", campaign.IncidentClose, officer, b)
		}, 0},
		{"closed-within-the-hours", campaign.IncidentOpened, func(p *play, b *campaign.IncidentState) {
			p.happens("2025-03-01 21:00", campaign.IncidentClose, officer, b)
		}, 0},
		// GL-20: the worker is gone from T+30 h to T+45 h. The reminders of T+36 and
		// T+44 come late and once each, the breach exactly at T+48.
		{"worker-away", campaign.IncidentOpened, func(p *play, b *campaign.IncidentState) {
			p.happens("2025-03-05 10:00", campaign.IncidentClose, officer, b)
		}, 9 * time.Hour},
		// The score book had the details though the message was not told yet.
		{"told-by-the-book", campaign.IncidentReported, func(p *play, b *campaign.IncidentState) {
			p.on("2025-03-01 10:00", func() { p.book(func() { *b = campaign.IncidentDetailed }) })
			tell(p, "2025-03-04 10:00", contract.IncidentDoneMsg, contract.IncidentDone{Act: campaign.IncidentDetails})
			p.happens("2025-03-05 10:00", campaign.IncidentClose, officer, b)
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, "2025-02-28 22:00")
			book := c.start
			p.incidentSteps(&book, c.away)
			c.play(p, &book)
			var got contract.IncidentOutcome
			p.live(contract.IncidentType, contract.IncidentInput{Ref: ref, N: 1, State: c.start, OccurredAt: instant("2025-02-28 20:00"), From: p.start}, &got)
			if got.State != campaign.IncidentClosed {
				t.Errorf("ended %s", got.State)
			}
		})
	}
}

// Opened late, an incident asks for nothing whose hour had passed; the breach is noted at once.
func TestIncidentOpenedLate(t *testing.T) {
	p := newPlay(t, "2025-03-02 10:00")
	book := campaign.IncidentOpened
	p.incidentSteps(&book, 0)
	p.happens("2025-03-05 10:00", campaign.IncidentClose, "officer", &book)
	var got contract.IncidentOutcome
	p.live(contract.IncidentType, contract.IncidentInput{Ref: ref, N: 2, State: book, OccurredAt: instant("2025-02-28 20:00"), From: p.start}, &got)
}
