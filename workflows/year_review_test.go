package workflows

import (
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
)

// vacate lets the holder of a seat go; his sheet counts no more.
func (p *play) vacate(at string, seat int, how campaign.SeatEnd) {
	p.on(at, func() {
		p.book(func() {
			if in := len(p.seats); in != len(without(p.seats, []int{seat})) {
				p.have.Sheets--
			}
			p.seats = without(p.seats, []int{seat})
		})
	})
	tell(p, at, contract.SeatVacatedMsg, contract.VacatedIn{Seat: seat, How: string(how), At: instant(at)})
}

// RV-1: a seat that is left is given to another, and his sheet is waited for.
// The days of 2028: scoring due 28 February, closed 14 March, result 27 March.
func TestYearRV1SeatsVacated(t *testing.T) {
	for name, act := range map[string]func(p *play){
		"declined": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.vacate("2028-02-11 09:30", 2, campaign.SeatDeclined)
			p.sheet("2028-02-20 11:00", 2)
		},
		// Both sheets are in and the year waits for the day of the result.
		"late-conflict": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-12 11:00", 2)
			p.vacate("2028-02-20 15:00", 1, campaign.SeatConflict)
			p.sheet("2028-02-25 11:00", 1)
		},
		"vacated-twice": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.vacate("2028-02-11 09:30", 2, campaign.SeatDeclined)
			p.vacate("2028-02-14 09:30", 2, campaign.SeatConflict)
			p.vacate("2028-02-14 09:31", 1, campaign.SeatConflict)
			p.sheet("2028-02-20 11:00", 2)
			p.sheet("2028-02-21 11:00", 1)
		},
		"third-conflicted": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-12 11:00", 2)
			p.differ = []int{4}
			p.vacate("2028-02-15 09:30", 3, campaign.SeatConflict)
			p.sheet("2028-02-22 11:00", 3)
		},
		// The third has scored when the first turns out to be conflicted: with the
		// new sheet the two no longer differ by much, or the third's is there.
		"first-conflicted-after-third": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-12 11:00", 2)
			p.differ = []int{4}
			p.sheet("2028-02-18 11:00", 3)
			p.vacate("2028-02-22 09:30", 1, campaign.SeatConflict)
			p.sheet("2028-02-24 11:00", 1)
		},
		// Reviewers were given their seats while an extended self-score still ran.
		"declined-in-self-score": func(p *play) {
			tell(p, "2028-01-28 10:00", contract.ExtendMsg, contract.Extension{Task: campaign.SelfScoreTask, Day: "2028-02-10", By: "o-1"})
			p.vacate("2028-02-08 10:00", 1, campaign.SeatDeclined)
			p.sheet("2028-02-16 11:00", 1)
			p.sheet("2028-02-17 11:00", 2)
		},
		// One working day before the result, scoring is closed: whoever takes over still has his days.
		"vacated-after-the-close": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-12 11:00", 2)
			p.vacate("2028-03-24 10:00", 2, campaign.SeatConflict)
			p.sheet("2028-03-30 11:00", 2)
		},
		"vacated-and-silent": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.vacate("2028-02-28 10:00", 2, campaign.SeatDeclined)
		},
		"vacated-and-nobody-free": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.vacate("2028-02-11 10:00", 2, campaign.SeatDeclined)
			p.nobody = 2
		},
		// After service nothing is vacated: the desk does not tell, and the year refuses.
		"after-service": func(p *play) {
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-12 11:00", 2)
			p.vacate("2028-03-29 10:00", 1, campaign.SeatConflict)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay(t, "2027-01-06")
			p.plan("2027-03-01 15:20", 1)
			p.review("2027-03-04 10:00", 1, true)
			p.selfScore("2028-01-20 16:00")
			act(p)
			p.publish("2028-06-01 10:00")
			var out contract.YearOutcome
			p.live(contract.YearType, contract.YearInput{Ref: ref, Rules: rules, Joined: rules.Calendar.Launch}, &out)
			if want := (contract.YearOutcome{Stage: campaign.Closed, Kind: contract.OutcomeReport, Case: 3, Total: 81 * rubric.Point}); out != want {
				t.Errorf("%+v", out)
			}
		})
	}
}
