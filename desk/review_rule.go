package desk

import (
	"context"
	"slices"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// ReviewRule is what a reviewer's marks of an institution are held to: the
// table, the self-score as far as he may know it (RV-2, GL-29) and the rows in
// which evidence was shown (AN-1).
type ReviewRule struct {
	table *rubric.Table
	self  []rubric.Mark
	shown []int
}

// ideologyRow is 附件2 第3行.
const ideologyRow = 3

// ReviewRule reads what marks of an institution are held to now.
func (d *Desk) ReviewRule(ctx context.Context, r store.Reader, c store.Campaign, ref contract.Ref) (ReviewRule, error) {
	self, err := d.SelfMarks(ctx, r, c, ref)
	if err != nil {
		return ReviewRule{}, err
	}
	rule := ReviewRule{table: d.Table, self: self}
	all, err := r.EvidenceOf(ctx, ref)
	if err != nil {
		return rule, err
	}
	for _, e := range all {
		rule.shown = append(rule.shown, e.Row)
	}
	filed, err := r.RegistersOf(ctx, ref)
	for _, v := range filed {
		if reg, ok := campaign.KnownRegisters().Get(v.Register); ok && !v.Body.Empty() {
			rule.shown = append(rule.shown, reg.Rows...)
		}
	}
	// That nothing went wrong is the regulator's to know, not the institution's to prove (AN-3).
	rule.shown = append(rule.shown, ideologyRow)
	return rule, err
}

// Check names every fault of a sheet, one for each row; complete also wants all rows.
func (r ReviewRule) Check(marks []rubric.Mark, complete bool) error {
	faults, _ := r.table.ValidateReview(marks, r.self, complete).(rubric.SheetErrors)
	for _, f := range r.table.Unshown(marks, r.shown) {
		if !slices.ContainsFunc(faults, func(have rubric.SheetError) bool { return have.Row == f.Row }) {
			faults = append(faults, f)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return faults
}
