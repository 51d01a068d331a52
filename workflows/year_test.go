package workflows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
)

// What an institution and the regulator's people do in a year: the score book
// changes first, then the workflow is told.

func (p *play) plan(at string, version int) {
	p.on(at, func() { p.book(func() { p.have.Plan, p.have.PlanState = version, planSubmitted }) })
	tell(p, at, contract.PlanInMsg, contract.PlanIn{Version: version, At: instant(at)})
}

func (p *play) review(at string, version int, accepted bool) {
	state := planReturned
	if accepted {
		state = planAccepted
	}
	p.on(at, func() { p.book(func() { p.have.PlanState = state }) })
	tell(p, at, contract.PlanDecidedMsg, contract.PlanDecided{Version: version, Accepted: accepted, At: instant(at)})
}

func (p *play) evidence(at string, rows int) {
	p.on(at, func() { p.book(func() { p.have.Evidence = rows }) })
}

func (p *play) selfScore(at string) {
	p.on(at, func() { p.book(func() { p.have.SelfScore = 1 }) })
	tell(p, at, contract.SelfScoreInMsg, contract.SelfScoreIn{Version: 1, At: instant(at)})
}

func (p *play) sheet(at string, seat int) {
	p.on(at, func() { p.book(func() { p.seats = append(p.seats, seat); p.have.Sheets++ }) })
	tell(p, at, contract.SheetInMsg, contract.SheetIn{Reviewer: "r-1", Seat: seat, At: instant(at)})
}

func (p *play) appeal(at string, rows ...int) {
	p.on(at, func() { p.book(func() { p.have.Appeal, p.have.Undecided = rows, rows }) })
	tell(p, at, contract.AppealInMsg, contract.AppealIn{Rows: rows, At: instant(at)})
}

func (p *play) decide(at string, rows ...int) {
	p.on(at, func() { p.book(func() { p.have.Undecided = without(p.have.Undecided, rows) }) })
	tell(p, at, contract.AppealDecidedMsg, contract.AppealDecided{Rows: rows, At: instant(at)})
}

// diligent is a year in which everybody does the expected in time.
func (p *play) diligent() {
	p.plan("2027-03-01 15:20", 1)
	p.review("2027-03-04 10:00", 1, true)
	p.evidence("2027-06-01 10:00", 9)
	p.selfScore("2028-01-20 16:00")
	p.sheet("2028-02-10 11:00", 1)
	p.sheet("2028-02-15 11:00", 2)
}

func (p *play) publish(at string) {
	tell(p, at, contract.PublishedMsg, contract.PublishedNow{At: instant(at)})
}

func TestYear(t *testing.T) {
	closed := func(kind string) contract.YearOutcome {
		return contract.YearOutcome{Stage: campaign.Closed, Kind: kind, Case: 3, Total: 81 * rubric.Point}
	}
	for _, c := range []struct {
		name   string
		joined campaign.Day // launch day when ""
		play   func(p *play)
		want   contract.YearOutcome
	}{
		{"normal", "", func(p *play) {
			p.diligent()
			p.kind = contract.OutcomeCertificate
		}, closed(contract.OutcomeCertificate)},

		{"plan-after-acceptance", "", func(p *play) {
			p.diligent()
			p.plan("2027-03-22 10:00", 2) // heard, and no second review is waited for
		}, closed(contract.OutcomeReport)},

		{"late-plan", "", func(p *play) {
			p.plan("2027-03-15 10:00", 1)
			p.review("2027-03-16 10:00", 1, true)
			p.selfScore("2028-01-20 16:00")
			p.sheet("2028-02-10 11:00", 2)
			p.sheet("2028-02-10 11:00", 1)
		}, closed(contract.OutcomeReport)},

		{"returned-then-accepted", "", func(p *play) {
			p.plan("2027-02-20 10:00", 1)
			p.review("2027-03-10 10:00", 1, false)
			p.plan("2027-03-18 10:00", 2)
			p.review("2027-03-20 10:00", 2, true)
			p.selfScore("2028-01-20 16:00")
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-10 12:00", 2)
		}, closed(contract.OutcomeReport)},

		{"plan-unreviewed", "", func(p *play) {
			p.plan("2027-02-20 10:00", 1)
			p.selfScore("2028-01-20 16:00")
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-10 12:00", 2)
		}, closed(contract.OutcomeReport)},

		{"silent", "", func(p *play) { p.kind = contract.OutcomeWarning }, closed(contract.OutcomeWarning)},

		// The engine was away: no message came, but the score book has it all.
		{"unheard", "", func(p *play) {
			p.on("2027-03-12 20:00", func() {
				p.book(func() { p.have = contract.Have{Plan: 1, PlanState: planAccepted, Evidence: 3} })
			})
			p.on("2028-01-23 20:00", func() { p.book(func() { p.have.SelfScore = 1 }) })
			p.on("2028-02-20 20:00", func() { p.book(func() { p.seats, p.have.Sheets = []int{1, 2}, 2 }) })
		}, closed(contract.OutcomeReport)},

		// A self-score and an appeal were received with a receipt while the engine
		// was away over the end of their time: the score book tells of them.
		{"received-but-never-told", "", func(p *play) {
			p.on("2027-03-12 20:00", func() { p.book(func() { p.have = contract.Have{} }) })
			p.on("2028-01-31 23:00", func() { p.book(func() { p.have.SelfScore = 1 }) })
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-10 12:00", 2)
			p.on("2028-04-11 23:00", func() { p.book(func() { p.have.Appeal, p.have.Undecided = []int{7}, []int{7} }) })
			p.on("2028-04-20 10:00", func() { p.book(func() { p.have.Undecided = nil }) })
			tell(p, "2028-04-20 10:00", contract.AppealDecidedMsg, contract.AppealDecided{Rows: []int{7}})
		}, closed(contract.OutcomeReport)},

		// Suspended over the close of plans, and again over two quarterly letters:
		// nothing is asked meanwhile, no day comes, and what was left is given back.
		{"suspended", "", func(p *play) {
			tell(p, "2027-03-08 10:00", contract.SuspendMsg, contract.Suspension{N: 1, By: "o1", At: instant("2027-03-08 10:00")})
			p.plan("2027-04-20 10:00", 1)
			tell(p, "2027-05-10 10:00", contract.ResumeMsg, contract.Resumption{N: 1, By: "o1", At: instant("2027-05-10 10:00"), Task: campaign.PlanTask, Day: "2027-05-18"})
			p.review("2027-05-12 10:00", 1, true)
			tell(p, "2027-06-20 10:00", contract.SuspendMsg, contract.Suspension{N: 2, By: "o1", At: instant("2027-06-20 10:00")})
			tell(p, "2027-10-20 10:00", contract.ResumeMsg, contract.Resumption{N: 2, By: "o1", At: instant("2027-10-20 10:00")})
			p.selfScore("2028-01-20 16:00")
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-10 12:00", 2)
		}, closed(contract.OutcomeReport)},

		// Suspended while the engine was away over the close of evidence: the score
		// book tells of it before the stage ends, the message comes after.
		{"suspended-unheard", "", func(p *play) {
			p.diligent()
			p.on("2028-01-14 20:00", func() { p.book(func() { p.have.Still = 1 }) })
			tell(p, "2028-01-18 10:00", contract.SuspendMsg, contract.Suspension{N: 1, By: "o1", At: instant("2028-01-14 20:00")})
			p.on("2028-01-19 10:00", func() { p.book(func() { p.have.Still = 0 }) })
			tell(p, "2028-01-19 10:00", contract.ResumeMsg, contract.Resumption{N: 1, By: "o1", At: instant("2028-01-19 10:00"), Task: campaign.EvidenceTask, Day: "2028-01-20"})
		}, closed(contract.OutcomeReport)},

		// More time was granted while the engine was away over the close of evidence.
		{"extended-unheard", "", func(p *play) {
			p.diligent()
			p.on("2028-01-14 20:00", func() {
				p.book(func() {
					p.have.Extended = []campaign.Granted{{Task: campaign.EvidenceTask, Day: "2028-01-18"}}
				})
			})
			tell(p, "2028-01-17 10:00", contract.ExtendMsg, contract.Extension{Task: campaign.EvidenceTask, Day: "2028-01-18", By: "o-1", At: instant("2028-01-14 20:00")})
		}, closed(contract.OutcomeReport)},

		// Suspended over the day of scoring: its reviewers have days of their own.
		{"suspended-over-scoring", "", func(p *play) {
			p.plan("2027-03-01 15:20", 1)
			p.review("2027-03-04 10:00", 1, true)
			p.selfScore("2028-01-20 16:00")
			tell(p, "2028-01-25 10:00", contract.SuspendMsg, contract.Suspension{N: 1, By: "o1", At: instant("2028-01-25 10:00")})
			tell(p, "2028-02-28 10:00", contract.ResumeMsg, contract.Resumption{N: 1, By: "o1", At: instant("2028-02-28 10:00")})
			p.sheet("2028-03-02 11:00", 1)
			p.sheet("2028-03-03 11:00", 2)
		}, closed(contract.OutcomeReport)},

		// Suspended while it is scored: reviewers go on, the result waits.
		{"suspended-while-scored", "", func(p *play) {
			p.diligent()
			tell(p, "2028-02-12 10:00", contract.SuspendMsg, contract.Suspension{N: 1, By: "o1", At: instant("2028-02-12 10:00")})
			tell(p, "2028-04-05 10:00", contract.ResumeMsg, contract.Resumption{N: 1, By: "o1", At: instant("2028-04-05 10:00")})
		}, closed(contract.OutcomeReport)},

		// Never resumed: it leaves, and nothing but that ends the wait.
		{"suspended-then-left", "", func(p *play) {
			tell(p, "2027-02-20 10:00", contract.SuspendMsg, contract.Suspension{N: 1, By: "o1", At: instant("2027-02-20 10:00")})
			tell(p, "2028-05-20 10:00", contract.LeaveMsg, contract.Leaving{How: "suspended", By: "o1"})
		}, contract.YearOutcome{Stage: campaign.Left}},

		{"mid-year", "2027-07-12", func(p *play) {
			p.plan("2027-08-01 10:00", 1)
			p.selfScore("2028-01-20 16:00")
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-10 12:00", 2)
		}, closed(contract.OutcomeReport)},

		{"joined-before-plans-close", "2027-03-16", func(p *play) {}, closed(contract.OutcomeReport)},

		{"differ-third", "", func(p *play) {
			p.diligent()
			p.differ = []int{4, 9}
			p.sheet("2028-03-01 10:00", 3)
		}, closed(contract.OutcomeReport)},

		{"differ-third-silent", "", func(p *play) {
			p.diligent()
			p.differ = []int{4, 9}
			p.nobody = 3
		}, closed(contract.OutcomeReport)},

		{"reviewer-late", "", func(p *play) {
			p.selfScore("2028-01-20 16:00")
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-03-10 11:00", 2)
		}, closed(contract.OutcomeReport)},

		{"reviewers-silent", "", func(p *play) {
			p.selfScore("2028-01-20 16:00")
			p.sheet("2028-02-10 11:00", 1)
		}, closed(contract.OutcomeReport)},

		{"appeal-decided", "", func(p *play) {
			p.diligent()
			p.appeal("2028-03-29 10:00", 5, 7)
			p.decide("2028-03-31 10:00", 5)
			p.decide("2028-04-05 10:00", 7)
			p.appeal("2028-04-06 10:00", 9)
			p.decide("2028-04-12 10:00", 9)
		}, closed(contract.OutcomeReport)},

		{"notice-came-back", "", func(p *play) { // AP-2: no window runs until it is served again
			p.diligent()
			tell(p, "2028-03-30 10:00", contract.UnservedMsg, contract.Unserved{At: instant("2028-03-30 10:00")})
			tell(p, "2028-04-24 10:00", contract.ExtendMsg, contract.Extension{Task: campaign.AppealTask, Day: "2028-05-09", By: "o-1", At: instant("2028-04-24 10:00")})
			p.appeal("2028-05-08 10:00", 5)
			p.decide("2028-05-12 11:00", 5)
		}, closed(contract.OutcomeReport)},

		{"appeal-silent", "", func(p *play) {
			p.diligent()
			p.appeal("2028-04-03 10:00", 5)
		}, closed(contract.OutcomeReport)},

		{"served-late", "", func(p *play) {
			p.diligent()
			p.bounce = 5 * 24 * time.Hour // AP-2: bounced, accepted days later
		}, closed(contract.OutcomeReport)},

		{"extended", "", func(p *play) {
			extend := func(at string, task campaign.Task, day campaign.Day) {
				tell(p, at, contract.ExtendMsg, contract.Extension{Task: task, Day: day, By: "o-1"})
			}
			extend("2027-03-10 10:00", campaign.PlanTask, "2027-04-09")
			p.plan("2027-04-08 10:00", 1)
			extend("2027-12-20 10:00", campaign.EvidenceTask, "2028-01-21")
			extend("2028-01-20 10:00", campaign.EvidenceTask, "2028-01-19")  // over
			extend("2028-01-25 10:00", campaign.EvidenceTask, "2028-01-28")  // its stage has passed
			extend("2028-01-28 09:30", campaign.SelfScoreTask, "2028-02-28") // reviewers are due then
			extend("2028-01-28 10:00", campaign.SelfScoreTask, "2028-02-04")
			extend("2028-01-28 11:00", campaign.ScoreTask, "2028-03-10") // not the institution's
			p.selfScore("2028-02-03 16:00")
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-10 12:00", 2)
			extend("2028-04-01 10:00", campaign.AppealTask, "2028-04-14")
			p.appeal("2028-04-13 10:00", 5)
			p.decide("2028-04-14 10:00", 5)
		}, closed(contract.OutcomeReport)},

		{"rules-moved", "", func(p *play) {
			moved := rules
			moved.Calendar.PlanClose, moved.Calendar.Quarters[1] = "2027-03-19", "2027-06-25"
			moved.Calendar.SelfScoreDue, moved.Calendar.Result = "2028-02-04", "2028-03-28"
			tell(p, "2027-03-01 10:00", contract.RulesMovedMsg, moved)
			moved.Calendar.Result = "2028-03-20" // earlier than what is waited for
			tell(p, "2028-03-16 10:00", contract.RulesMovedMsg, moved)
			other := rules
			other.Calendar.Year = 2028
			tell(p, "2027-03-01 11:00", contract.RulesMovedMsg, other)
			p.evidence("2027-06-01 10:00", 1)
			p.sheet("2028-02-10 11:00", 1)
			p.sheet("2028-02-10 12:00", 2)
		}, closed(contract.OutcomeReport)},

		{"left", "", func(p *play) {
			p.plan("2027-02-20 10:00", 1)
			tell(p, "2027-08-02 10:00", contract.LeaveMsg, contract.Leaving{How: "revoked", By: "o-1"})
		}, contract.YearOutcome{Stage: campaign.Left}},

		{"left-when-final", "", func(p *play) {
			tell(p, "2028-05-10 10:00", contract.LeaveMsg, contract.Leaving{How: "merged", By: "o-1"})
		}, contract.YearOutcome{Stage: campaign.Left}},

		{"left-unreachable", "", func(p *play) {
			p.diligent()
			p.silentMail = true
			tell(p, "2028-03-27 10:00", contract.LeaveMsg, contract.Leaving{How: "revoked", By: "o-1"})
		}, contract.YearOutcome{Stage: campaign.Left}},

		{"nonsense-refused", "", func(p *play) {
			p.selfScore("2027-02-01 10:00")
			p.sheet("2027-02-01 10:01", 1)
			p.appeal("2027-02-01 10:02", 3)
			p.decide("2027-02-01 10:03", 3)
			p.publish("2027-02-01 10:04")
			tell(p, "2027-02-01 10:05", contract.LeaveMsg, contract.Leaving{})
			p.publish("2028-06-01 10:00")
			tell(p, "2028-06-01 10:00", contract.LeaveMsg, contract.Leaving{How: "merged"}) // results are out
			tell(p, "2028-02-01 10:00", contract.PlanInMsg, contract.PlanIn{Version: 1})
			tell(p, "2028-02-01 10:01", contract.ExtendMsg, contract.Extension{Task: campaign.PlanTask, Day: "2028-02-09"})
			tell(p, "2028-02-01 10:02", contract.ExtendMsg, contract.Extension{Task: campaign.AppealTask, Day: "2028-02-30"})
			p.on("2027-02-02 10:00", func() { p.book(func() { p.have, p.seats = contract.Have{}, nil }) })
		}, closed(contract.OutcomeReport)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, "2027-01-06")
			c.play(p)
			if c.want.Stage == campaign.Closed {
				p.publish("2028-06-01 10:00")
			}
			if c.joined == "" {
				c.joined = rules.Calendar.Launch
			}
			var got contract.YearOutcome
			p.live(contract.YearType, contract.YearInput{Ref: ref, Rules: rules, Joined: c.joined}, &got)
			if got != c.want {
				t.Errorf("outcome %+v, want %+v", got, c.want)
			}
		})
	}
}

// The same message twice, and a decision that overtakes its plan, change nothing.
func TestYearLearns(t *testing.T) {
	y := &year{}
	y.planDecided(contract.PlanDecided{Version: 2, Accepted: true})
	y.planIn(contract.PlanIn{Version: 2})
	y.planIn(contract.PlanIn{Version: 1})
	y.learn(contract.Have{Plan: 2, PlanState: planSubmitted, SelfScore: 1})
	y.learn(contract.Have{})
	if want := (contract.Have{Plan: 2, PlanState: planAccepted, SelfScore: 1}); !same(y.have, want) {
		t.Errorf("have %+v, want %+v", y.have, want)
	}
	y.appealDecided(contract.AppealDecided{Rows: []int{7}})
	y.appealIn(contract.AppealIn{Rows: []int{5, 7}, At: instant("2028-04-03")})
	y.appealIn(contract.AppealIn{Rows: []int{5, 9}, At: instant("2028-04-05")})
	y.learn(contract.Have{Appeal: []int{5, 7, 9, 11}, Undecided: []int{7, 9, 11}})
	if got, want := y.undecided(), []int{9, 11}; !slices.Equal(got, want) || y.filed != "2028-04-03" {
		t.Errorf("undecided %v since %s, want %v since 2028-04-03", got, y.filed, want)
	}
}

func same(a, b contract.Have) bool {
	return a.Plan == b.Plan && a.PlanState == b.PlanState && a.SelfScore == b.SelfScore && a.Evidence == b.Evidence
}

// Silence never leads to a score, and no reminder goes out on a day off (ML-4).
func TestSilentYearIsNotScored(t *testing.T) {
	p := newPlay(t, "2027-01-06")
	p.publish("2028-06-01 10:00")
	var got contract.YearOutcome
	p.live(contract.YearType, contract.YearInput{Ref: ref, Rules: rules, Joined: rules.Calendar.Launch}, &got)
	for _, l := range p.lines {
		if strings.Contains(l, "scoring") || strings.Contains(l, "Sheets") {
			t.Errorf("a silent year was scored: %s", l)
		}
		day := campaign.Day(l[:10])
		if !strings.Contains(l, ">") && !rules.Holidays.Workday(day) {
			t.Errorf("on a day off: %s", l)
		}
	}
}
