package store_test

import (
	"context"
	"fmt"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// GL-35: an institution is judged by the readings fixed for its year, and by
// no other year's.
func TestGL35JudgeByTheReadingsOfTheYear(t *testing.T) {
	s, _ := storetest.Open(t)
	for _, y := range []int{year, year + 1} {
		c := storetest.Campaign(t, s, y, false, 1)
		ref := storetest.Ref(y, 1)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if y == year {
				c.Rules.Settings.Readings = rubric.Choices{{Reading: "R-05", Option: "broad", Interpretation: "释-2026-01"}}
				if err := tx.AddRules(ctx, y, c.Rules, "o1", at); err != nil {
					return err
				}
			}
			for _, e := range []store.Event{event(ref, "15.2a", 300), event(ref, "15.3a", 200)} {
				e.Matter, e.OccurredOn = fmt.Sprint("专访", y), at.AddDate(y-year, 0, 0)
				id, err := tx.AddEvent(ctx, e)
				if err != nil {
					return err
				}
				if err := tx.AddEventRuling(ctx, ref, id, true, "材料齐全", "a1", at); err != nil {
					return err
				}
			}
			return nil
		})
	}
	judged := func(y int) rubric.Scorecard {
		card, _, err := s.Judge(t.Context(), rubric.Annex2(), storetest.Ref(y, 1))
		ok(t, err)
		return card
	}
	if card := judged(year); card.Bonus != 300 || len(card.Readings) != 1 || card.Readings[0].Reading != "R-05" {
		t.Errorf("the broad year gives %s by %v", card.Bonus, card.Readings)
	}
	if card := judged(year + 1); card.Bonus != 500 || card.Readings != nil {
		t.Errorf("the next year gives %s by %v", card.Bonus, card.Readings)
	}
	if _, _, err := s.Judge(t.Context(), rubric.Annex2(), storetest.Ref(year+5, 1)); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("a year that is not: %v", err)
	}
}
