package independent

import (
	"cmp"
	"fmt"
	"slices"
)

// Mark is what a reviewer gave a row, in hundredths of a point.
type Mark struct {
	Row    int `json:"row"`
	Points int `json:"points"`
}

// Ruling replaces a row's points after 评价复核.
type Ruling struct{ Row, Points int }

// Event is something that earns or costs points.
type Event struct {
	ID, Clause, Matter string
	Day                string // 2026-05-01
	Points             int
	Confirmed          bool
	InBase             bool // used for a base row as well
}

// Card is a count: the figures of the house's scorecard.
type Card struct {
	Base, Bonus, BonusUncapped, Deduction, DeductionUncapped, Total int
	Rows                                                            map[int]int    // 1 to 16; row 16 positive
	Counted                                                         map[string]int // the events that count, at face value
}

// Options are the readings (口径) other than the default, by id.
type Options map[string]string

// is tells whether a reading was decided that way.
func (o Options) is(reading, option string) bool { return o[reading] == option }

// Score counts an institution's year.
func (t Table) Score(o Options, year int, sheets [][]Mark, rulings []Ruling, events []Event) (Card, error) {
	c := Card{Rows: map[int]int{}, Counted: map[string]int{}}
	if err := t.base(&c, sheets, rulings); err != nil {
		return c, err
	}
	left, err := t.eligible(o, year, events)
	if err != nil {
		return c, err
	}
	left = once(left, func(e candidate) string { // 同一事项按最高分只计1次
		if t.countsOnce(o, e.clause) && e.Matter != "" {
			return fmt.Sprint(e.clause.row, " ", e.Matter)
		}
		return ""
	})
	if o.is("R-07", "day") {
		left = once(left, func(e candidate) string {
			if e.clause.once {
				return ""
			}
			return e.Clause + " " + e.Day
		})
	}
	for _, e := range left {
		c.Counted[e.ID] = e.Points
	}
	c.BonusUncapped, c.Bonus = t.capped(o, bonus, left)
	c.DeductionUncapped, c.Deduction = t.capped(o, deduction, left)
	c.Rows[bonus], c.Rows[deduction] = c.Bonus, c.Deduction
	c.Total = c.Base + c.Bonus - c.Deduction
	if o.is("R-03", "clamp") {
		c.Total = min(max(c.Total, 0), 10000)
	}
	return c, nil
}

// base fills the rows 1 to 14: one sheet as it is, two by their mean, more by their median.
func (t Table) base(c *Card, sheets [][]Mark, rulings []Ruling) error {
	given := map[int][]int{}
	for _, s := range sheets {
		seen := map[int]bool{}
		for _, m := range s {
			switch most, known := t.most[m.Row]; {
			case !known || m.Row >= bonus || seen[m.Row]:
				return fmt.Errorf("评分表第 %d 项不成立", m.Row)
			case m.Points < 0 || m.Points > most:
				return fmt.Errorf("第 %d 项 %s 分超出范围", m.Row, points(m.Points))
			}
			seen[m.Row] = true
			given[m.Row] = append(given[m.Row], m.Points)
		}
	}
	for row := 1; row < bonus; row++ {
		all := slices.Sorted(slices.Values(given[row]))
		n := len(all)
		switch {
		case n == 0:
			c.Rows[row] = 0
			continue
		case n%2 == 1:
			c.Rows[row] = all[n/2]
		default:
			c.Rows[row] = (all[n/2-1] + all[n/2]) / 2
		}
		for _, r := range rulings {
			if r.Row == row {
				c.Rows[row] = r.Points
			}
		}
		if c.Rows[row] < 0 || c.Rows[row] > t.most[row] {
			return fmt.Errorf("第 %d 项 %s 分超出范围", row, points(c.Rows[row]))
		}
		c.Base += c.Rows[row]
	}
	return nil
}

// candidate is an event that may count.
type candidate struct {
	Event
	clause clause
}

// eligible leaves out what cannot count whatever else there is: not confirmed, of
// another year, used in a base row, of a matter that counted in an earlier year.
func (t Table) eligible(o Options, year int, events []Event) ([]candidate, error) {
	var now []candidate
	before := map[string]bool{} // row and matter
	for _, e := range events {
		c, known := t.clauses[e.Clause]
		if !known {
			return nil, fmt.Errorf("事件 %s 的条款 %q 不在指标表中", e.ID, e.Clause)
		}
		if !e.Confirmed || o.is("R-08", "once") && e.InBase && c.row == bonus {
			continue
		}
		if e.Points < c.min || e.Points > c.max {
			return nil, fmt.Errorf("事件 %s 的 %s 分不在条款 %s 的范围内", e.ID, points(e.Points), e.Clause)
		}
		var in int
		if _, err := fmt.Sscanf(e.Day, "%4d-", &in); err != nil {
			return nil, fmt.Errorf("事件 %s 的日期 %q 无法读取", e.ID, e.Day)
		}
		switch {
		case in == year:
			now = append(now, candidate{e, c})
		case in < year && e.Matter != "" && t.countsOnce(o, c):
			before[fmt.Sprint(c.row, " ", e.Matter)] = true
		}
	}
	if o.is("R-06", "yearly") {
		return now, nil
	}
	return slices.DeleteFunc(now, func(e candidate) bool {
		return e.Matter != "" && t.countsOnce(o, e.clause) && before[fmt.Sprint(e.clause.row, " ", e.Matter)]
	}), nil
}

// countsOnce tells whether 同一事项 is asked of a clause: of media, by R-05 of all of
// row 15, and of row 16 unless R-15 says each.
func (t Table) countsOnce(o Options, c clause) bool {
	if c.row == deduction {
		return !o.is("R-15", "each")
	}
	return c.once || o.is("R-05", "broad")
}

// once keeps of each group the event with the most points, of equal ones the
// first by day and id; events without a group all stay.
func once(all []candidate, group func(candidate) string) []candidate {
	best := map[string]candidate{}
	for _, e := range all {
		g := group(e)
		b, seen := best[g]
		if !seen || cmp.Or(cmp.Compare(b.Points, e.Points), cmp.Compare(e.Day, b.Day), cmp.Compare(e.ID, b.ID)) < 0 {
			best[g] = e
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(e candidate) bool {
		g := group(e)
		return g != "" && best[g].ID != e.ID
	})
}

// capped sums a row: all of it, or by R-04 each item, up to 10 points, or by R-02 20;
// row 16 by R-16 without end.
func (t Table) capped(o Options, row int, all []candidate) (uncapped, counted int) {
	limit := t.most[row]
	if o.is("R-02", "twenty") {
		limit = t.label[row]
	}
	sums := map[string]int{}
	for _, e := range all {
		if e.clause.row != row {
			continue
		}
		if o.is("R-04", "item") {
			sums[e.clause.item] += e.Points
		} else {
			sums[""] += e.Points
		}
	}
	for _, sum := range sums {
		uncapped += sum
		if row == deduction && o.is("R-16", "uncapped") {
			counted += sum
		} else {
			counted += min(sum, limit)
		}
	}
	return uncapped, counted
}

// Ranks gives each total its place among those of its group: one more than there
// are totals ahead, or by R-34 than there are different totals ahead.
func Ranks(o Options, totals []int, groups []string) []int {
	out := make([]int, len(totals))
	for i := range totals {
		ahead, different := 0, map[int]bool{}
		for k := range totals {
			if groups[k] == groups[i] && totals[k] > totals[i] {
				ahead++
				different[totals[k]] = true
			}
		}
		out[i] = ahead + 1
		if o.is("R-34", "dense") {
			out[i] = len(different) + 1
		}
	}
	return out
}
