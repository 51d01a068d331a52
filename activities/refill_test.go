package activities

import (
	"context"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RV-1: seats avoid conflicts, and what cannot be filled is no silent gap: the
// officers read which institution it is and why.
func TestRV1AssignAvoidsConflictsAndTellsOfAShortage(t *testing.T) {
	o := newOffice(t, true, 3)
	at := o.rules.Holidays.After(o.rules.Calendar.SelfScoreDue)
	for i := 1; i <= 3; i++ {
		o.planned(i)
		o.to(i, toScoring[:3]...)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for _, who := range []string{"r1", "r2", "r3"} { // of 2 only r4 may judge
			if _, err := tx.AddConflict(ctx, storetest.Ref(testYear, 2), who, campaign.ConflictAdvice, "咨询", who, at); err != nil {
				return err
			}
		}
		_, err := tx.AddConflict(ctx, storetest.Ref(testYear, 1), "r4", campaign.ConflictAdvice, "咨询", "r4", at)
		return err
	})
	run(o, o.assignAll, contract.CampaignAt{Year: testYear, At: at, Due: o.rules.Calendar.ScoringDue})
	run(o, o.assignAll, contract.CampaignAt{Year: testYear, At: at, Due: o.rules.Calendar.ScoringDue})
	who := map[string][]string{}
	for i := 1; i <= 3; i++ {
		seats, err := o.Store.Seats(t.Context(), storetest.Ref(testYear, i))
		must(t, err)
		for _, s := range seats {
			who[s.Code] = append(who[s.Code], s.Reviewer)
		}
	}
	if len(who[storetest.Code(1)]) != 2 || slices.Contains(who[storetest.Code(1)], "r4") || !slices.Equal(who[storetest.Code(2)], []string{"r4"}) || len(who[storetest.Code(3)]) != 2 {
		t.Errorf("%v", who)
	}
	o.drain()
	o.noFailure()
	l := o.letter("2025/campaign/alert/" + contract.AlertSeatsShort + "/" + string(campaign.DayOf(at)) + "/o1")
	if !strings.Contains(l.Text, storetest.Code(2)) || strings.Contains(l.Text, storetest.Code(1)) {
		t.Errorf("%s", l.Text)
	}
}

// vacate ends the holding of a seat.
func (o *office) vacate(ref contract.Ref, seat int, why campaign.SeatEnd) {
	o.write(func(ctx context.Context, tx *store.Tx) error {
		seats, err := tx.Seats(ctx, ref)
		if err != nil {
			return err
		}
		for _, s := range seats {
			if s.Seat == seat {
				return tx.EndSeat(ctx, s, why, "", s.Reviewer, o.rules.Calendar.ScoringDue.Morning())
			}
		}
		return nil
	})
}

// RV-1: a seat that was left goes to somebody who never sat there, once; who
// took it over is not taken for late before his own day.
func TestRV1VacatedSeatIsRefilled(t *testing.T) {
	o := newOffice(t, true, 1)
	o.planned(1)
	ref, c := o.to(1, toScoring...), o.rules.Calendar
	must(t, o.assign(t.Context(), testYear, c.SelfScoreDue.Add(1).Morning(), c.ScoringDue, ref))
	first := o.seats()[ref.Code]
	o.vacate(ref, 2, campaign.SeatConflict)
	if out := run(o, o.sheets, o.at(ref, c.ScoringDue)); !slices.Equal(out.Late, []int{1, 2}) {
		t.Errorf("%+v", out)
	}
	must(t, o.assign(t.Context(), testYear, c.ScoringDue.Morning(), c.ScoringDue, ref)) // not its concern
	at := c.ScoringDue.Add(-1).Morning()
	refill := contract.SeatIn{Ref: ref, Seat: 2, At: at, Due: c.ScoringDue.Add(5), Vacated: true}
	got := run(o, o.seat, refill)
	if got.Reviewer == "" || slices.Contains(first, got.Reviewer) {
		t.Fatalf("%q after %v", got.Reviewer, first)
	}
	if again := run(o, o.seat, refill); again != got {
		t.Errorf("tried again: %v, then %v", got, again)
	}
	refill.At = c.ScoringDue.Add(3).Morning()
	if kept := run(o, o.seat, refill); kept != got {
		t.Errorf("%v was replaced by %v before his day", got, kept)
	}
	refill.At = c.ScoringDue.Add(8).Morning()
	late := run(o, o.seat, refill)
	if late == got || late.Reviewer == "" {
		t.Errorf("%v is late and kept the seat: %v", got, late)
	}
	ever, err := o.Store.SeatsEver(t.Context(), ref)
	must(t, err)
	why := []string{}
	for _, h := range ever {
		if h.Why != nil {
			why = append(why, string(*h.Why))
		}
	}
	if !slices.Equal(why, []string{"conflict", "late"}) {
		t.Errorf("%v", why)
	}
}

// RV-1: a result is not formed on one person's marks while another is still
// within his days to give his.
func TestRV1ResultWaitsForWhoTookOver(t *testing.T) {
	o := newOffice(t, true, 1)
	o.planned(1)
	ref, c := o.to(1, toScoring...), o.rules.Calendar
	must(t, o.assign(t.Context(), testYear, c.SelfScoreDue.Add(1).Morning(), c.ScoringDue, ref))
	for _, who := range o.seats()[ref.Code] {
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddSheet(ctx, ref, who, marks(50), c.ScoringDue.Morning())
			return err
		})
	}
	o.vacate(ref, 2, campaign.SeatConflict)
	serve := func() error {
		_, err := o.serve(t.Context(), o.at(ref, c.Result))
		return err
	}
	if err := serve(); campaign.KindOf(err) != campaign.Conflict {
		t.Fatalf("served on one sheet: %v", err)
	}
	seats, err := o.Store.Seats(t.Context(), ref)
	must(t, err)
	if len(seats) != 2 || seats[1].N != 2 {
		t.Fatalf("%+v", seats)
	}
	if err := serve(); campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("served before the new sheet: %v", err)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSheet(ctx, ref, seats[1].Reviewer, marks(150), c.Result.Morning())
		return err
	})
	must(t, serve())
	r, err := o.Store.Results(t.Context(), ref)
	must(t, err)
	sheets, err := o.Store.SheetsOf(t.Context(), ref)
	must(t, err)
	if len(r) != 1 || !r[0].Scored || len(sheets) != 2 || sheets[1].Reviewer != seats[1].Reviewer {
		t.Errorf("%+v %+v", r, sheets)
	}
}

// AP-3: a decider who took over from a conflicted one has his days before the
// result is final; one whose day has passed holds nothing up.
func TestAP3FinalWaitsForWhoTookOver(t *testing.T) {
	o := newOffice(t, true, 1)
	c, ref := o.rules.Calendar, o.scored(1, 50)
	o.isServed(ref)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, 4, "理由", "王经办", c.Result.Add(1).Morning()); err != nil {
			return err
		}
		return tx.AddDecider(ctx, ref, "r4", c.Final.Add(7), c.Final.Add(-1).Morning())
	})
	_, err := o.finalize(t.Context(), o.at(ref, c.Final))
	wantKind(t, err, campaign.Conflict)
	run(o, o.finalize, o.at(ref, c.Final.Add(8)))
}
