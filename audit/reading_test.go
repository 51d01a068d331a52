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

// GL-35: a recount follows the readings fixed for the year, to the byte, and
// notices when they are changed afterwards. R-03 takes points off the sum of
// the rows, which a recount must not take for a fault.
func TestGL35RecountByTheReadingsOfTheYear(t *testing.T) {
	s, url := storetest.Open(t)
	c := storetest.Campaign(t, s, year, false, 1)
	ref := storetest.Ref(year, 1)
	add := func(clause string, points rubric.Points) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			id, err := tx.AddEvent(ctx, store.Event{Year: year, Code: ref.Code, Clause: clause, Points: points, Matter: "某事", Title: "某事", Source: "通报",
				OccurredOn: reviewed.AddDate(-1, 0, 0), By: "o1", At: reviewed})
			if err != nil {
				return err
			}
			return tx.AddEventRuling(ctx, campaign.Ref{Year: year, Code: ref.Code}, id, true, "材料齐全", "a1", reviewed)
		}
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		c.Rules.Settings.Readings = rubric.Choices{{Reading: "R-03", Option: "clamp"}, {Reading: "R-15", Option: "each", Interpretation: "释-2025-01"}}
		if err := tx.AddRules(ctx, year, c.Rules, "o1", reviewed); err != nil {
			return err
		}
		if err := tx.AddSeat(ctx, ref, 1, "r1", "2026-02-27", reviewed); err != nil {
			return err
		}
		_, err := tx.AddSheet(ctx, ref, "r1", marks(50), reviewed)
		return err
	}, add("16.1", 500), add("16.2", 400), freeze(s, ref, 1))
	results, err := s.Results(t.Context(), ref)
	ok(t, err)
	if card := results[0].Card; card.Total != 0 || card.Base != 700 || card.Deduction != 900 || len(card.Readings) != 2 {
		t.Fatalf("7 - 9 kept at 0, both counted: %+v", card)
	}
	if got := recount(t, s); got.Equal != 1 || len(got.Differences) != 0 {
		t.Errorf("%+v", got)
	}
	tamper(t, url, `update rules set body = jsonb_set(body, '{settings,readings}', '[]')`)
	got := recount(t, s)
	var lines []string
	for _, d := range got.Differences {
		lines = append(lines, d.String())
	}
	if got.Equal != 0 || !strings.Contains(strings.Join(lines, "\n"), "总分：存档 0.0，复算 2.0") {
		t.Errorf("the readings were changed and the recount says %q", lines)
	}
}
