package activities

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// many is an office of 30 institutions, of which the last handed in nothing, and 7 reviewers.
func many(t *testing.T) *office {
	o := newOffice(t, true, 30)
	for i := 1; i < 30; i++ {
		o.planned(i)
		o.to(i, toScoring[:3]...)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for n := 5; n <= 7; n++ {
			id := fmt.Sprintf("r%d", n)
			if err := tx.PutStaff(ctx, store.Staff{ID: id, Name: "评审" + id, Email: id + "@staff.example", Role: campaign.Reviewer, Password: "-", Active: true}, "o1", o.rules.Calendar.Launch.Morning()); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

// seats gives who sits where.
func (o *office) seats() map[string][]string {
	all := map[string][]string{}
	for i := 1; i <= 30; i++ {
		seats, err := o.Store.Seats(o.t.Context(), storetest.Ref(testYear, i))
		must(o.t, err)
		for _, s := range seats {
			all[s.Code] = append(all[s.Code], s.Reviewer)
		}
	}
	return all
}

func TestAssignAll(t *testing.T) {
	o := many(t)
	at := o.rules.Holidays.After(o.rules.Calendar.SelfScoreDue)
	run(o, o.assignAll, contract.CampaignAt{Year: testYear, At: at, Due: o.rules.Calendar.ScoringDue})
	load, all := map[string]int{}, o.seats()
	for code, who := range all {
		if len(who) != 2 || who[0] == who[1] {
			t.Errorf("%s: %v", code, who)
		}
		for _, w := range who {
			load[w]++
		}
	}
	if len(all) != 29 || len(load) != 7 {
		t.Errorf("%d institutions have seats of %d reviewers", len(all), len(load))
	}
	least, most := 99, 0
	for _, n := range load {
		least, most = min(least, n), max(most, n)
	}
	if most-least > 1 {
		t.Errorf("uneven: %v", load)
	}

	// Whoever asks first, and however many at once, the seats are the same.
	p := many(t)
	var wait sync.WaitGroup
	for i := 29; i >= 1; i-- {
		wait.Go(func() {
			_, err := p.enter(t.Context(), contract.EnterIn{Ref: storetest.Ref(testYear, i), Stage: campaign.Scoring, At: at, Due: p.rules.Calendar.ScoringDue})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if d := cmp.Diff(all, p.seats()); d != "" {
		t.Error(d)
	}
	p.drain()
	p.noFailure()
	if len(p.letters) != 2*29 {
		t.Errorf("%d letters to reviewers", len(p.letters))
	}
}

func TestSeatsAndSheets(t *testing.T) {
	o := newOffice(t, true, 1)
	o.planned(1)
	ref, c := o.to(1, toScoring...), o.rules.Calendar
	at := c.SelfScoreDue.Add(1).Morning()
	must(t, o.assign(t.Context(), testYear, at, c.ScoringDue, ref))
	sheet := func(who string, less rubric.Points) {
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddSheet(ctx, ref, who, marks(less), at)
			return err
		})
	}
	holder := o.seats()[ref.Code]
	sheet(holder[0], 0)
	if out := run(o, o.sheets, o.at(ref, c.ScoringDue)); !cmp.Equal(out, contract.SheetsOut{Late: []int{2}}) {
		t.Errorf("%+v", out)
	}
	late := c.ScoringDue.Add(4).Morning()
	sub := run(o, o.seat, contract.SeatIn{Ref: ref, Seat: 2, At: late, Due: c.ScoringClose})
	if slices.Contains(holder, sub.Reviewer) || sub.Reviewer == "" {
		t.Errorf("%s for %v", sub.Reviewer, holder)
	}
	// Who has handed in meanwhile is late no longer and keeps the seat.
	if kept := run(o, o.seat, contract.SeatIn{Ref: ref, Seat: 1, At: late, Due: c.ScoringClose}); kept.Reviewer != holder[0] {
		t.Errorf("the seat of %s went to %s", holder[0], kept.Reviewer)
	}
	sheet(sub.Reviewer, 200)
	out := run(o, o.sheets, o.at(ref, c.ScoringDue.Add(5)))
	if len(out.Late) != 0 || len(out.Differ) == 0 || out.Third {
		t.Errorf("%+v", out)
	}
	third := run(o, o.seat, contract.SeatIn{Ref: ref, Seat: 3, At: late.AddDate(0, 0, 2), Due: c.ScoringClose})
	if third.Reviewer == "" || third.Reviewer == sub.Reviewer || slices.Contains(holder, third.Reviewer) {
		t.Errorf("third %s", third.Reviewer)
	}
	sheet(third.Reviewer, 100)
	if out = run(o, o.sheets, o.at(ref, c.ScoringClose)); !out.Third {
		t.Errorf("%+v", out)
	}
	// All four have sat here: nobody is free, neither to score nor to decide.
	if out := run(o, o.seat, contract.SeatIn{Ref: ref, Seat: 3, At: late.AddDate(0, 0, 9), Due: c.ScoringClose}); out.Reviewer != third.Reviewer {
		t.Errorf("%+v", out)
	}
	if out := run(o, o.decider, contract.SeatIn{Ref: ref, At: c.Result.Morning(), Due: c.Final}); out.Reviewer != "" {
		t.Errorf("%s decides and has scored", out.Reviewer)
	}
	o.drain()
	o.noFailure()
	if l := o.letter(ref.ID() + "/seat/" + third.Reviewer); l.To != third.Reviewer+"@staff.example" {
		t.Errorf("%+v", l)
	}
}

func TestDecider(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, c := o.scored(1, 50), o.rules.Calendar
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAppeal(ctx, ref, 2, "一", "王经办", c.Result.Morning())
	})
	first := run(o, o.decider, contract.SeatIn{Ref: ref, At: c.Result.Morning(), Due: c.Result.Add(14)})
	if first.Reviewer != "r3" && first.Reviewer != "r4" {
		t.Errorf("%s decides", first.Reviewer)
	}
	// A further filing finds the case in the hands of who is not late.
	if again := run(o, o.decider, contract.SeatIn{Ref: ref, At: c.Result.Add(3).Morning(), Due: c.Result.Add(17)}); again != first {
		t.Errorf("%s, then %s", first.Reviewer, again.Reviewer)
	}
	second := run(o, o.decider, contract.SeatIn{Ref: ref, At: c.Result.Add(15).Morning(), Due: c.Result.Add(29)})
	if second.Reviewer == first.Reviewer || second.Reviewer == "" {
		t.Errorf("%s, substitute %s", first.Reviewer, second.Reviewer)
	}
	o.drain()
	o.noFailure()
	o.letter(ref.ID() + "/decider/" + second.Reviewer)
}
