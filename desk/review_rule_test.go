package desk

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// shown gives an institution evidence in the rows of some marks.
func (h *house) shown(ref contract.Ref, marks []rubric.Mark) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, m := range marks {
			e := store.Evidence{Row: m.Row, Name: fmt.Sprintf("材料%d.pdf", m.Row), Media: "application/pdf", Size: 9, Digest: store.Digest(m.Row), ByName: "王经办", At: real}
			if _, err := tx.AddEvidence(ctx, ref, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// AN-1: full points for a row in which nothing was shown are refused without a
// reason; with a reason, with evidence, or as no points at all they are not.
func TestAN1PointsWithoutEvidenceNeedAReason(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	marks := fullMarks()
	for i := range marks {
		row, _ := h.Table.Row(marks[i].Row)
		marks[i].Points, marks[i].Reason = row.Max, ""
	}
	h.shown(ref, slices.Delete(slices.Clone(marks), 3, 4))
	marks[0].Reason = "材料齐全"
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, person("r1"), ref, marks)
		want(t, err, campaign.Invalid, "row-4")
		marks[3].Reason = " 　"
		_, err = h.HandInSheet(ctx, person("r1"), ref, marks)
		want(t, err, campaign.Invalid, "row-4")
	})
	rule, err := h.ReviewRule(ctx, h.Store.Reader, store.Campaign{}, ref)
	must(t, err)
	none := []rubric.Mark{{Row: 4, Points: 0}} // below full wants its reason, once
	if faults, _ := rule.Check(none, false).(rubric.SheetErrors); len(faults) != 1 || faults[0].Row != 4 {
		t.Errorf("no points, no reason: %v", faults)
	}
	marks[3].Reason = "官网已核对，公开信息完整"
	_, err = h.HandInSheet(ctx, person("r1"), ref, marks)
	must(t, err)
}
