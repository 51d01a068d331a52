package audit

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RV-1: a recount knows which marks counted when a result was formed: not those
// of a seat that had ended, those of who took it over, and those of a seat that
// ends only afterwards (which the house itself never writes).
func TestRV1RecountKnowsVoidMarks(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref := storetest.Ref(year, 1)
	end := func(seat int) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			seats, err := tx.Seats(ctx, ref)
			if err != nil {
				return err
			}
			return tx.EndSeat(ctx, seats[seat-1], campaign.SeatConflict, "", "o1", reviewed)
		}
	}
	sit := func(seat int, who string, points rubric.Points) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddSeat(ctx, ref, seat, who, "2026-02-27", reviewed); err != nil {
				return err
			}
			_, err := tx.AddSheet(ctx, ref, who, marks(points), reviewed)
			return err
		}
	}
	write(t, s, sit(1, "r1", 250), sit(2, "r2", 500), end(2), sit(2, "r3", 300), freeze(s, ref, 1))
	check := func(when string) {
		if out := recount(t, s); out.Equal != 1 || out.Institutions != 1 {
			t.Errorf("%s: %v", when, out.Differences)
		}
	}
	check("with a void sheet")
	if r, err := s.Results(t.Context(), ref); err != nil || r[0].Card.Rows[0].Points != 275 {
		t.Errorf("%v %v", r[0].Card.Rows[0], err)
	}
	write(t, s, end(1))
	check("after a later end")
	leaves, err := s.Leaves(t.Context(), ref)
	ok(t, err)
	told := 0
	for _, l := range leaves {
		if text := leafText(l); l.Kind == "seat-end" && strings.Contains(text, "不再承担（利益冲突）") {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d ends are told", told)
	}
}
