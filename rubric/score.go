package rubric

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// quarter is the smallest step of a row after reviewers' half points were averaged.
const quarter = Half / 2

// Score computes the year by the default readings.
//
// Total = base + min(bonus, 10) - min(deduction, 10), not clamped (附件2 第15、16项
// 累计不超过10分). Rows without a mark are worth 0. Events of other years may be passed in,
// so that a matter counts once over the years; their order never matters.
func (t *Table) Score(year int, base []Mark, events []Event) (Scorecard, error) {
	return t.ScoreAs(Reading{}, year, base, events)
}

// ScoreAs computes the year by chosen readings: those in force, or others for a
// what-if column.
func (t *Table) ScoreAs(r Reading, year int, base []Mark, events []Event) (Scorecard, error) {
	if err := t.refuse(r, base, events); err != nil {
		return Scorecard{}, err
	}
	s := Scorecard{Table: t.Version, TableSHA256: t.SHA256, Year: year, Readings: r.Choices()}
	s.addBase(t, base)
	ruled := r.rule(t, year, events, nil)
	s.BonusUncapped, s.Bonus = s.addEvents(t, r, bonusRow, ruled)
	s.DeductionUncapped, s.Deduction = s.addEvents(t, r, deductionRow, ruled)
	sum := s.Base + s.Bonus - s.Deduction
	s.Total = r.clamped(sum)
	if off := s.Total - sum; off != 0 {
		s.Trace = append(s.Trace, Line{Rule: RuleClamp, Counted: off})
	}
	return s, nil
}

// refuse lists every fault of the input rather than score a part of it.
func (t *Table) refuse(r Reading, base []Mark, events []Event) error {
	if err := t.inForce(); err != nil {
		return err
	}
	var all []error
	if faults := t.markFaults(base, quarter); len(faults) > 0 {
		all = append(all, faults)
	}
	ids := make([]string, 0, len(events))
	for _, e := range events {
		if err := t.ValidateEventAs(r, e); err != nil {
			all = append(all, err)
		}
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	for i := 1; i < len(ids); i++ {
		if ids[i] == ids[i-1] {
			all = append(all, fmt.Errorf("事件 %s：编号重复，同一事件只能登记一次", clip(ids[i])))
		}
	}
	return errors.Join(all...)
}

func (s *Scorecard) addBase(t *Table, base []Mark) {
	for _, row := range t.Rows {
		if row.Kind() != Base {
			continue
		}
		line := Line{Row: row.No, Rule: RuleNoMark}
		m, ok := markOf(base, row.No)
		if ok {
			line.Rule, line.Points, line.Counted = RuleMark, m.Points, m.Points
		}
		s.Base += line.Counted
		s.Trace = append(s.Trace, line)
		s.Rows = append(s.Rows, RowScore{Row: row.No, Points: line.Counted, Max: row.Max, Reason: m.Reason})
	}
}

// addEvents adds one of the rows 15 and 16 with its cap (累计不超过10分).
func (s *Scorecard) addEvents(t *Table, r Reading, no int, all []ruledEvent) (uncapped, counted Points) {
	row := t.row(no)
	sign := Points(1)
	if row.Kind() == Deduction {
		sign = -1
	}
	in, out := 0, 0
	for i := range all {
		e := &all[i]
		if e.clause.Row != no {
			continue
		}
		line := Line{Row: no, Clause: e.Clause, Event: e.ID, Matter: e.Matter, Rule: e.code(), Points: sign * e.Points}
		if e.rule == RuleCounted {
			line.Counted = line.Points
			in++
		} else {
			out++
		}
		s.Trace = append(s.Trace, line)
	}
	limit := r.ceiling(row)
	uncapped, counted = r.capped(t, row, all, func(pool string, over Points) {
		s.Trace = append(s.Trace, Line{Row: no, Clause: pool, Rule: capRule(row.Max, limit), Counted: -sign * over})
	})
	s.Rows = append(s.Rows, RowScore{Row: no, Points: counted, Max: r.most(t, row, counted), Reason: eventReason(in, out, uncapped, counted)})
	return uncapped, counted
}

// eventReason sums rows 15 and 16 up in a line for notices.
func eventReason(in, out int, uncapped, counted Points) string {
	if in+out == 0 {
		return ""
	}
	parts := []string{fmt.Sprintf("计分 %d 项", in)}
	if out > 0 {
		parts = append(parts, fmt.Sprintf("不计分 %d 项", out))
	}
	if uncapped > counted {
		parts = append(parts, fmt.Sprintf("未封顶 %s 分，按上限计 %s 分", uncapped, counted))
	}
	return strings.Join(parts, "，")
}
