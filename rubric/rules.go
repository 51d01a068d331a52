package rubric

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// ruledEvent is an event with the rule that counts or drops it.
type ruledEvent struct {
	*Event
	clause *Clause
	in     int    // the year it happened
	rule   string // one of the Rule codes
	since  int    // with RuleCountedIn, that year
}

// code is the rule as the trace keeps it.
func (e *ruledEvent) code() string {
	if e.rule == RuleCountedIn {
		return RuleCountedIn + strconv.Itoa(e.since)
	}
	return e.rule
}

// rule sorts the events canonically (day, then id) and decides each one. It
// writes into room, so that a loop over many institutions allocates nothing.
func (r Reading) rule(t *Table, year int, events []Event, room []ruledEvent) []ruledEvent {
	all := room[:0]
	for i := range events {
		e := ruledEvent{Event: &events[i], clause: t.clause(events[i].Clause), in: events[i].year()}
		if e.clause == nil { // refused before; a Scorer is not asked to
			continue
		}
		e.rule = r.ownRule(&e, year)
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b ruledEvent) int {
		return cmp.Or(cmp.Compare(a.OccurredOn, b.OccurredOn), cmp.Compare(a.ID, b.ID))
	})
	for i := range all {
		if all[i].rule == RuleCounted && r.once(&all[i]) {
			r.matterRule(all, i)
		}
	}
	for i := range all {
		if all[i].rule == RuleCounted {
			r.dayRule(all, i)
		}
	}
	return all
}

// ownRule is what can be said of an event without looking at the others.
func (r Reading) ownRule(e *ruledEvent, year int) string {
	switch {
	case e.in != year:
		return RuleOtherYear
	case e.State == Pending:
		return RulePending
	case e.State == Rejected:
		return RuleRejected
	case r.doubled(e):
		return RuleAlsoInBase
	}
	return RuleCounted
}

// once says whether the highest-once rule holds for an event.
func (r Reading) once(e *ruledEvent) bool {
	return e.Matter != "" && (r.bonusOnce(e.clause) || r.deductionOnce(e.clause))
}

// matterRule decides a confirmed event of the year against the others of its
// matter in its row: an earlier year takes the whole matter, within the year the
// highest counts once. Equal points go to the first in canonical order.
func (r Reading) matterRule(all []ruledEvent, i int) {
	me := &all[i]
	best := i
	for k := range all {
		other := &all[k]
		if other.State != Confirmed || other.Matter != me.Matter || other.clause.Row != me.clause.Row || !r.once(other) || r.doubled(other) {
			continue
		}
		if other.in < me.in && r.overYears() { // sorted by day, so this is the first publication
			me.rule, me.since = RuleCountedIn, other.in
			return
		}
		if other.in == me.in && ahead(all, k, best) {
			best = k
		}
	}
	if best != i && me.clause.Row == deductionRow {
		me.rule = RuleSameHappening
	} else if best != i {
		me.rule = RuleSameMatter
	}
}

// dayRule drops what the reading counts once a day, but for the highest.
func (r Reading) dayRule(all []ruledEvent, i int) {
	for k := range all {
		in := all[k].rule == RuleCounted || all[k].rule == RuleSameDay
		if k != i && in && r.sameDay(&all[i], &all[k]) && ahead(all, k, i) {
			all[i].rule = RuleSameDay
			return
		}
	}
}

// ahead orders events that exclude each other: more points, then the first.
func ahead(all []ruledEvent, k, i int) bool {
	a, b := all[k].Points, all[i].Points
	return a > b || (a == b && k < i)
}

// capped sums what counts in a row and cuts it at the ceiling, for the whole row
// or each item; over hears of every cut and may be nil.
func (r Reading) capped(t *Table, row *Row, all []ruledEvent, over func(pool string, by Points)) (uncapped, counted Points) {
	limit, last := r.ceiling(row), "none yet"
	for i := range t.Clauses {
		c := &t.Clauses[i]
		pool := r.pool(c)
		if c.Row != row.No || pool == last {
			continue
		}
		last = pool
		sum := Points(0)
		for k := range all {
			if e := &all[k]; e.rule == RuleCounted && e.clause.Row == row.No && r.pool(e.clause) == pool {
				sum += e.Points
			}
		}
		uncapped += sum
		counted += min(sum, limit)
		if sum > limit && over != nil {
			over(pool, sum-limit)
		}
	}
	return uncapped, counted
}

// most is the maximum printed beside a row: its cap, that of all its pools, or
// what it came to where nothing bounds it.
func (r Reading) most(t *Table, row *Row, counted Points) Points {
	sum, last := Points(0), "none yet"
	for i := range t.Clauses {
		if pool := r.pool(&t.Clauses[i]); t.Clauses[i].Row == row.No && pool != last {
			sum, last = sum+r.ceiling(row), pool
		}
	}
	if sum >= noLimit {
		return max(row.Max, counted)
	}
	return sum
}

// capRule is the code of a cut; the printed cap keeps its plain name.
func capRule(printed, limit Points) string {
	if limit == printed {
		return RuleCap
	}
	return RuleCap + "-" + limit.String()
}

// itemOf is the numbered item (1., 2., 3.) of a clause: 15.2a stands in 15.2.
func itemOf(clause string) string {
	return strings.TrimRight(clause, "abcdefghijklmnopqrstuvwxyz")
}
