package store_test

import (
	"context"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestViews(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	ctx := t.Context()
	all, err := s.Standings(ctx, year)
	ok(t, err)
	entries, err := s.Entries(ctx, year)
	ok(t, err)
	if len(all) != len(entries) {
		t.Fatalf("%d standings of %d entries", len(all), len(entries))
	}
	for i, e := range all {
		if e.Entry.Ref() != entries[i].Ref() || e.Stage != entries[i].Stage {
			t.Errorf("standing %d is of %v", i, e.Ref())
		}
		checkStanding(t, s, e)
	}
	names, err := s.StaffNames(ctx)
	ok(t, err)
	if len(names) != len(storetest.People()) || names["r1"] != "评审甲" {
		t.Errorf("names %v", names)
	}
	if _, err := s.TicketUses(ctx, l.ref); err != nil {
		t.Error(err)
	}
}

// checkStanding compares a row of the table with what the single readers say.
func checkStanding(t *testing.T, s *store.Store, e store.Standing) {
	t.Helper()
	ctx, ref := t.Context(), e.Ref()
	have, err := s.Have(ctx, ref)
	ok(t, err)
	if e.PlanState != have.PlanState || e.Evidence != have.Evidence || e.SelfScore != have.SelfScore || e.Sheets != have.Sheets || e.OpenAppeal != len(have.Undecided) {
		t.Errorf("%s stands at %+v, has %+v", e.Code, e, have)
	}
	seats, err := s.Seats(ctx, ref)
	ok(t, err)
	events, err := s.Events(ctx, ref)
	ok(t, err)
	open := 0
	for _, v := range events {
		if v.Confirmed == nil {
			open++
		}
	}
	if e.Seats != len(seats) || e.OpenEvents != open {
		t.Errorf("%s: %d seats of %d, %d open events of %d", e.Code, e.Seats, len(seats), e.OpenEvents, open)
	}
	results, err := s.Results(ctx, ref)
	ok(t, err)
	want := (*rubric.Points)(nil)
	if n := len(results); n > 0 {
		want = &results[n-1].Total
	}
	if (want == nil) != (e.Total == nil) || want != nil && *want != *e.Total {
		t.Errorf("%s: total %v, want %v", e.Code, e.Total, want)
	}
}

func TestOpenSeatsAndLetters(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, true, 2)
	ref := storetest.Ref(year, 1)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, next := range []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring} {
			ok(t, tx.SetStage(ctx, ref, next, "", at))
		}
		ok(t, tx.AddSeat(ctx, ref, 1, "r1", "2026-03-01", at))
		ok(t, tx.AddSeat(ctx, ref, 2, "r2", "2026-02-01", at))
		ok(t, tx.AddSeat(ctx, ref, 2, "r3", "2026-03-05", at)) // replaces r2
		_, err := tx.AddSheet(ctx, ref, "r1", []rubric.Mark{{Row: 1, Points: 500}}, at)
		tx.Queue(store.Intent{Key: "a/receipt", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "receipt", To: "institution", Date: at}},
			store.Intent{Key: "b", Kind: store.MessageIntent, Ref: ref, Body: contract.Envelope{Name: "PlanIn"}},
			store.Intent{Key: "c", Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{}})
		return err
	})
	seats, err := s.OpenSeats(t.Context(), year)
	ok(t, err)
	if len(seats) != 1 || seats[0].Reviewer != "r3" || seats[0].Seat != 2 {
		t.Errorf("open seats %+v", seats)
	}
	letters, err := s.Letters(t.Context(), ref, "", 0, 10)
	ok(t, err)
	if len(letters) != 2 || letters[0].Template != "PlanIn" || letters[1].Template != "receipt" || letters[1].To != "institution" || letters[1].Code != ref.Code {
		t.Errorf("letters %+v", letters)
	}
	if one, err := s.Letters(t.Context(), contract.Ref{Year: year}, "queued", 1, 10); err != nil || len(one) != 1 || one[0].Key != "a/receipt" {
		t.Errorf("second page %+v %v", one, err)
	}
	if none, err := s.Letters(t.Context(), ref, "failed", 0, 10); err != nil || len(none) != 0 {
		t.Errorf("failed %+v %v", none, err)
	}
}
