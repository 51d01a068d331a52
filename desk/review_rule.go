package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// ReviewRule is what a reviewer's marks of an institution are held to: the
// table, the self-score as far as he may know it (RV-2, GL-29), the rows in
// which evidence was shown (AN-1), determined events (AN-3) and late reports (AN-12).
type ReviewRule struct {
	table *rubric.Table
	self  []rubric.Mark
	shown []int
	late  []int         // 48-hour reports that came late or are overdue (AN-12)
	found []store.Event // determined events, for which an outcome part may be lowered (AN-3)
}

// ideologyRow is 附件2 第3项.
const ideologyRow = 3

// ReviewFacts are what a rule is drawn from; a page that shows them reads them once.
type ReviewFacts struct {
	Self      []rubric.Mark // newest self-score, hidden or not
	Files     []store.Evidence
	Registers []store.RegisterVersion
	Events    []store.Event
	Incidents []store.Incident
}

// ReviewRule reads what marks of an institution are held to now.
func (d *Desk) ReviewRule(ctx context.Context, r store.Reader, c store.Campaign, ref contract.Ref) (ReviewRule, error) {
	var f ReviewFacts
	self, err := r.SelfScores(ctx, ref)
	if err != nil {
		return ReviewRule{}, err
	}
	if n := len(self); n > 0 {
		f.Self = self[n-1].Marks
	}
	if f.Files, err = r.EvidenceOf(ctx, ref); err != nil {
		return ReviewRule{}, err
	}
	if f.Registers, err = r.RegistersOf(ctx, ref); err != nil {
		return ReviewRule{}, err
	}
	if f.Events, err = r.Events(ctx, ref); err != nil {
		return ReviewRule{}, err
	}
	if f.Incidents, err = r.Incidents(ctx, ref); err != nil {
		return ReviewRule{}, err
	}
	return d.RuleFrom(c, f), nil
}

// RuleFrom draws the rule from facts that were read.
func (d *Desk) RuleFrom(c store.Campaign, f ReviewFacts) ReviewRule {
	rule := ReviewRule{table: d.Table, found: determined(f.Events), late: lateReports(f.Incidents, c.Now(d.Clock()))}
	if !c.Rules.Settings.HideSelfScore {
		rule.self = f.Self
	}
	for _, e := range f.Files {
		rule.shown = append(rule.shown, e.Row)
	}
	for _, v := range f.Registers {
		if reg, ok := campaign.KnownRegisters().Get(v.Register); ok && !v.Body.Empty() {
			rule.shown = append(rule.shown, reg.Rows...)
		}
	}
	// That nothing went wrong is the regulator's to know, not the institution's to prove (AN-3).
	rule.shown = append(rule.shown, ideologyRow)
	return rule
}

// determined keeps the deductions that were determined (认定): only for one of
// them may the outcome part of rows 3, 11 and 13 be lowered.
func determined(all []store.Event) []store.Event {
	return slices.DeleteFunc(slices.Clone(all), func(e store.Event) bool { return e.State == "" || e.Confirmed == nil || !*e.Confirmed })
}

// lateReports numbers the incidents whose 48-hour report came late or is overdue.
func lateReports(all []store.Incident, now time.Time) []int {
	var late []int
	for _, i := range all {
		if i.Facts().Late(now) {
			late = append(late, i.N)
		}
	}
	return late
}

// Late are the late reports that the reason of row 12 must name.
func (r ReviewRule) Late() []int { return r.late }

// Found are the determined events that a mark may name.
func (r ReviewRule) Found() []store.Event { return r.found }

// emergencyRow is 附件2 第12项.
const emergencyRow = 12

// notes are what a row's marks are held to besides, as the file shows it.
func (r ReviewRule) notes(row rubric.Row) []string {
	var all []string
	if row.Outcome.Max > 0 {
		all = append(all, fmt.Sprintf("结果部分 %s 分：没有选定认定事项不得降低", row.Outcome.Max))
		for _, e := range r.found {
			all = append(all, fmt.Sprintf("认定事项 %d：%s %s（第16项已扣 %s 分）", e.ID, e.Clause, e.Title, e.Points))
		}
	}
	if row.No == emergencyRow && len(r.late) > 0 {
		all = append(all, fmt.Sprintf("逾期的48小时报告：%s 号", strings.Trim(fmt.Sprint(r.late), "[]")))
	}
	return all
}

// Check names every fault of a sheet, one for each row; complete also wants all rows.
func (r ReviewRule) Check(marks []rubric.Mark, complete bool) error {
	faults, _ := r.table.ValidateReview(marks, r.self, complete).(rubric.SheetErrors)
	var ids []string
	for _, e := range r.found {
		ids = append(ids, strconv.FormatInt(e.ID, 10))
	}
	more := append(r.table.OutcomeFaults(marks, ids), rubric.LateFaults(marks, r.late)...)
	for _, f := range append(more, r.table.Unshown(marks, r.shown)...) {
		if !slices.ContainsFunc(faults, func(have rubric.SheetError) bool { return have.Row == f.Row }) {
			faults = append(faults, f)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return faults
}
