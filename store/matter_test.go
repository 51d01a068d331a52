package store_test

import (
	"context"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// 同一事项按最高分只计1次 (附件2 第15项第3点): what was first published last year
// counted there, and not again; another institution's, a rehearsal's or an
// unconfirmed event takes nothing away.
func TestMatterOverTwoYears(t *testing.T) {
	for name, k := range map[string]struct {
		rehearsal bool // of the first year
		code      int
		confirmed bool
		matter    string
		day       time.Time
		bonus     rubric.Points
	}{
		"counted last year":  {false, 1, true, "专访", at, 0},
		"another matter":     {false, 1, true, "别的", at, 200},
		"not confirmed":      {false, 1, false, "专访", at, 200},
		"another's":          {false, 2, true, "专访", at, 200},
		"of a rehearsal":     {true, 1, true, "专访", at, 200},
		"did not count then": {false, 1, true, "专访", at.AddDate(1, 0, -40), 200},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := storetest.Open(t)
			storetest.Campaign(t, s, year, k.rehearsal, 2)
			storetest.Campaign(t, s, year+1, false, 2)
			media := func(ref campaign.Ref, matter string, day time.Time, confirmed bool) {
				write(t, s, func(ctx context.Context, tx *store.Tx) error {
					e := event(ref, "15.3a", 200)
					e.Matter, e.OccurredOn = matter, day
					id, err := tx.AddEvent(ctx, e)
					if err != nil {
						return err
					}
					return tx.AddEventRuling(ctx, ref, id, confirmed, "材料齐全", "a1", at)
				})
			}
			media(storetest.Ref(year, k.code), k.matter, k.day, k.confirmed)
			this := storetest.Ref(year+1, 1)
			media(this, "专访", at.AddDate(1, 0, 0), true)
			card, _, err := s.Judge(t.Context(), rubric.Annex2(), this)
			ok(t, err)
			if card.Bonus != k.bonus {
				t.Errorf("bonus %s, want %s: %+v", card.Bonus, k.bonus, card.Trace)
			}
			if own, err := s.Events(t.Context(), this); err != nil || len(own) != 1 {
				t.Errorf("the year lists %d events as its own, %v", len(own), err)
			}
		})
	}
}
