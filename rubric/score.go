package rubric

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// quarter is the smallest step of a row after reviewers' half points were averaged.
const quarter = Half / 2

// Reading chooses between readings of an ambiguous rule; the zero value is the
// literal one, which takes the fewest liberties.
type Reading struct {
	// BroadMatter extends 同一事项按最高分只计1次 from item 3 (media) to all of row 15.
	BroadMatter bool
}

// Score computes the year by the literal reading.
//
// Total = base + min(bonus, 10) - min(deduction, 10), not clamped (附件2 第15、16行
// 累计不超过10分). Rows without a mark are worth 0. Events of other years may be passed in,
// so that a matter counts once over the years; their order never matters.
func (t *Table) Score(year int, base []Mark, events []Event) (Scorecard, error) {
	return t.ScoreAs(Reading{}, year, base, events)
}

// ScoreAs computes the year by a chosen reading, for what-if columns.
func (t *Table) ScoreAs(r Reading, year int, base []Mark, events []Event) (Scorecard, error) {
	if err := t.refuse(base, events); err != nil {
		return Scorecard{}, err
	}
	s := Scorecard{Table: t.Version, TableSHA256: t.SHA256, Year: year, BroadMatter: r.BroadMatter}
	s.addBase(t, base)
	ruled := t.rule(r, year, events)
	s.BonusUncapped, s.Bonus = s.addEvents(t, bonusRow, ruled)
	s.DeductionUncapped, s.Deduction = s.addEvents(t, deductionRow, ruled)
	s.Total = s.Base + s.Bonus - s.Deduction
	return s, nil
}

// refuse lists every fault of the input rather than score a part of it.
func (t *Table) refuse(base []Mark, events []Event) error {
	var all []error
	if faults := t.markFaults(base, quarter); len(faults) > 0 {
		all = append(all, faults)
	}
	ids := make([]string, 0, len(events))
	for _, e := range events {
		if err := t.ValidateEvent(e); err != nil {
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

// ruledEvent is an event with the rule that counts or drops it.
type ruledEvent struct {
	Event
	clause Clause
	in     int // the year it happened
	rule   string
}

// rule sorts the events canonically (day, then id) and decides each one.
func (t *Table) rule(r Reading, year int, events []Event) []ruledEvent {
	all := make([]ruledEvent, len(events))
	for i, e := range events {
		c, _ := t.Clause(e.Clause)
		all[i] = ruledEvent{Event: e, clause: c, in: e.year(), rule: ownRule(e, year)}
	}
	slices.SortFunc(all, func(a, b ruledEvent) int {
		return cmp.Or(cmp.Compare(a.OccurredOn, b.OccurredOn), cmp.Compare(a.ID, b.ID))
	})
	for i := range all {
		if all[i].rule == RuleCounted && r.once(all[i]) {
			all[i].rule = matterRule(r, all, i)
		}
	}
	return all
}

// ownRule is what can be said of an event without looking at the others.
func ownRule(e Event, year int) string {
	switch {
	case e.year() != year:
		return RuleOtherYear
	case e.State == Pending:
		return RulePending
	case e.State == Rejected:
		return RuleRejected
	}
	return RuleCounted
}

// once says whether the same-matter rule holds for an event: 附件2 第15行 puts
// 同一事项按最高分只计1次 at the end of item 3, so literally only for media.
func (r Reading) once(e ruledEvent) bool {
	return e.Matter != "" && (e.clause.Media || (r.BroadMatter && e.clause.Row == bonusRow))
}

// matterRule decides a confirmed event of the year against the others of its
// matter: an earlier year takes the whole matter, within the year the highest
// counts once. Equal points go to the first in canonical order.
func matterRule(r Reading, all []ruledEvent, i int) string {
	me := all[i]
	best := i
	for k, other := range all {
		if other.State != Confirmed || other.Matter != me.Matter || !r.once(other) {
			continue
		}
		if other.in < me.in { // sorted by day, so this is the first publication
			return fmt.Sprintf("%s%d", RuleCountedIn, other.in)
		}
		ahead := other.Points > all[best].Points || (other.Points == all[best].Points && k < best)
		if other.in == me.in && ahead {
			best = k
		}
	}
	if best != i {
		return RuleSameMatter
	}
	return RuleCounted
}

// addEvents adds one of the rows 15 and 16 with its cap (累计不超过10分).
func (s *Scorecard) addEvents(t *Table, no int, all []ruledEvent) (uncapped, counted Points) {
	row, _ := t.Row(no)
	sign := Points(1)
	if row.Kind() == Deduction {
		sign = -1
	}
	in, out := 0, 0
	for _, e := range all {
		if e.clause.Row != no {
			continue
		}
		line := Line{Row: no, Clause: e.Clause, Event: e.ID, Matter: e.Matter, Rule: e.rule, Points: sign * e.Points}
		if e.rule == RuleCounted {
			line.Counted = line.Points
			uncapped += e.Points
			in++
		} else {
			out++
		}
		s.Trace = append(s.Trace, line)
	}
	counted = min(uncapped, row.Max)
	if over := uncapped - counted; over > 0 {
		s.Trace = append(s.Trace, Line{Row: no, Rule: RuleCap, Counted: -sign * over})
	}
	s.Rows = append(s.Rows, RowScore{Row: no, Points: counted, Max: row.Max, Reason: eventReason(in, out, uncapped, counted)})
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
