package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
)

// known is what the score book holds about one institution.
type known struct {
	have   contract.Have
	seats  []int // whose sheets are in
	differ []int // rows in which the two sheets differ
}

// book answers the steps of many years as the score book would, from memory.
type book struct {
	rules contract.Rules
	mu    sync.Mutex
	by    map[contract.Ref]*known
}

// with reads or changes what is known about an institution.
func (b *book) with(ref contract.Ref, do func(*known)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by[ref] == nil {
		b.by[ref] = &known{}
	}
	do(b.by[ref])
}

func (b *book) have(ref contract.Ref) (h contract.Have) {
	b.with(ref, func(k *known) { h = k.have })
	return h
}

func (b *book) register(r worker.ActivityRegistry) {
	contract.Enter.Serve(r, func(_ context.Context, in contract.EnterIn) (contract.Have, error) { return b.have(in.Ref), nil })
	contract.Remind.Serve(r, func(_ context.Context, in contract.RemindIn) (contract.Have, error) { return b.have(in.Ref), nil })
	contract.Quarter.Serve(r, func(context.Context, contract.QuarterIn) (contract.QuarterOut, error) {
		return contract.QuarterOut{}, nil
	})
	contract.Alert.Serve(r, func(context.Context, contract.AlertIn) (contract.None, error) { return contract.None{}, nil })
	contract.Departing.Serve(r, func(context.Context, contract.DepartIn) (contract.None, error) { return contract.None{}, nil })
	contract.Conclude.Serve(r, func(context.Context, contract.AtIn) (contract.Outcome, error) {
		return contract.Outcome{Kind: contract.OutcomeReport}, nil
	})
	seat := func(context.Context, contract.SeatIn) (contract.SeatOut, error) {
		return contract.SeatOut{Reviewer: "r7"}, nil
	}
	contract.Seat.Serve(r, seat)
	contract.Decider.Serve(r, seat)
	contract.Sheets.Serve(r, b.sheets)
	contract.Serve.Serve(r, b.result)
	contract.Finalize.Serve(r, b.result)
}

func (b *book) sheets(_ context.Context, in contract.AtIn) (out contract.SheetsOut, _ error) {
	b.with(in.Ref, func(k *known) {
		for _, seat := range []int{1, 2} {
			if !slices.Contains(k.seats, seat) {
				out.Late = append(out.Late, seat)
			}
		}
		if out.Third = slices.Contains(k.seats, 3); len(out.Late) == 0 {
			out.Differ = k.differ
		}
	})
	return out, nil
}

func (b *book) result(_ context.Context, in contract.AtIn) (contract.Served, error) {
	return contract.Served{
		Version: 1, Scored: !b.have(in.Ref).Nothing(), Total: 81 * rubric.Point, At: in.At,
		Until: b.rules.Holidays.AddWorkdays(campaign.DayOf(in.At), b.rules.Settings.AppealDays),
	}, nil
}

// act is what a person does at an instant: the score book learns it, then the
// workflow is told.
type act struct {
	at    time.Time
	learn func(*known)
	tell  func(workflowID string) (contract.Envelope, error)
}

// does makes an act of the afternoon of a day; timers fire in the morning.
func does[In any](day campaign.Day, m contract.Message[In, contract.None], in func(at time.Time) In, learn func(*known)) act {
	at := day.Start().Add(15 * time.Hour)
	return act{at, learn, func(id string) (contract.Envelope, error) { return m.To(id, m.Name+"/"+string(day), in(at)) }}
}

func handsInPlan(day campaign.Day, version int) act {
	return does(day, contract.PlanInMsg, func(at time.Time) contract.PlanIn { return contract.PlanIn{Version: version, At: at} },
		func(k *known) { k.have.Plan, k.have.PlanState = version, "submitted" })
}

func reviewsPlan(day campaign.Day, version int, accepted bool) act {
	return does(day, contract.PlanDecidedMsg, func(at time.Time) contract.PlanDecided {
		return contract.PlanDecided{Version: version, Accepted: accepted, At: at}
	}, func(k *known) {
		if k.have.PlanState = "returned"; accepted {
			k.have.PlanState = "accepted"
		}
	})
}

func scoresItself(day campaign.Day) act {
	return does(day, contract.SelfScoreInMsg, func(at time.Time) contract.SelfScoreIn { return contract.SelfScoreIn{Version: 1, At: at} },
		func(k *known) { k.have.Evidence, k.have.SelfScore = 9, 1 })
}

func handsInSheet(day campaign.Day, seat int, differ ...int) act {
	return does(day, contract.SheetInMsg, func(at time.Time) contract.SheetIn { return contract.SheetIn{Reviewer: "r7", Seat: seat, At: at} },
		func(k *known) { k.have.Sheets, k.seats, k.differ = k.have.Sheets+1, append(k.seats, seat), differ })
}

func appeals(day campaign.Day, rows ...int) act {
	return does(day, contract.AppealInMsg, func(at time.Time) contract.AppealIn { return contract.AppealIn{Rows: rows, At: at} },
		func(k *known) { k.have.Appeal, k.have.Undecided = rows, rows })
}

func decides(day campaign.Day, rows ...int) act {
	return does(day, contract.AppealDecidedMsg, func(at time.Time) contract.AppealDecided { return contract.AppealDecided{Rows: rows, At: at} },
		func(k *known) { k.have.Undecided = nil })
}

// stories are the kinds of years that the benchmark mixes, each in the order of time.
func stories(c campaign.Calendar) [][]act {
	published := does(c.Publication.Add(3), contract.PublishedMsg, func(at time.Time) contract.PublishedNow { return contract.PublishedNow{At: at} }, func(*known) {})
	diligent := []act{
		handsInPlan(c.PlanDue.Add(-11), 1), reviewsPlan(c.PlanDue.Add(-8), 1, true), scoresItself(c.SelfScoreDue.Add(-11)),
		handsInSheet(c.ScoringDue.Add(-18), 1), handsInSheet(c.ScoringDue.Add(-13), 2),
	}
	appellant := []act{appeals(c.Result.Add(4), 3, 7), decides(c.Result.Add(11), 3, 7)}
	disputed := []act{
		handsInPlan(c.PlanDue.Add(-4), 1), reviewsPlan(c.PlanDue.Add(-1), 1, false), handsInPlan(c.PlanDue.Add(5), 2), reviewsPlan(c.PlanDue.Add(8), 2, true),
		scoresItself(c.SelfScoreDue.Add(-1)), handsInSheet(c.ScoringDue.Add(-5), 1), handsInSheet(c.ScoringDue.Add(-2), 2, 4, 9), handsInSheet(c.ScoringDue.Add(3), 3),
	}
	year := func(parts ...[]act) []act { return append(slices.Concat(parts...), published) }
	return [][]act{year(diligent), year(diligent, appellant), year(diligent), year(disputed), year(diligent, appellant), year()}
}
