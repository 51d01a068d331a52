package campaign

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// PlannedRegister is where an institution says what came of its plan.
const PlannedRegister = "planned"

// PlanState is what came of an item of the yearly plan.
type PlanState string

// What came of an item; the first three are values of the register.
const (
	ItemDone    PlanState = "按期完成"
	ItemLate    PlanState = "延期完成"
	ItemDropped PlanState = "未实施"
	ItemOpen    PlanState = "待完成"
	ItemOverdue PlanState = "逾期"
)

// PlanStates are the states in the order of tables and drawings.
func PlanStates() []PlanState {
	return []PlanState{ItemDone, ItemLate, ItemDropped, ItemOpen, ItemOverdue}
}

// Bad tells whether a reader should look twice.
func (s PlanState) Bad() bool { return s == ItemDropped || s == ItemOverdue }

// PlanLine is an item of the yearly plan with what came of it (第十一条, GL-11).
type PlanLine struct {
	Title string
	Row   int    // in the register, from 0; −1: the institution has registered nothing
	Kept  Record // the row; nil when there is none
	Stray bool   // registered, but the accepted plan does not name it
	State PlanState
}

// Day is when the item was done, or is due; "" when nobody said.
func (l PlanLine) Day() Day {
	if l.State == ItemDone || l.State == ItemLate {
		return Day(l.Kept["done_on"])
	}
	return Day(l.Kept["due"])
}

// PlanLines sets each item of an accepted plan beside what was registered of
// it (GL-11): items in the order of the plan, then what the plan does not name.
// items nil: no plan is accepted, and nothing is outside it.
func PlanLines(items []string, rows []Record, today Day) []PlanLine {
	of := make([]int, len(rows))
	for i, row := range rows {
		of[i] = itemOf(items, row["title"])
	}
	var all []PlanLine
	for at, title := range items {
		n := len(all)
		for i, row := range rows {
			if of[i] == at {
				all = append(all, planLine(row, i, today))
			}
		}
		if len(all) == n {
			all = append(all, PlanLine{Title: title, Row: -1, State: ItemOpen})
		}
	}
	for i, row := range rows {
		if of[i] < 0 {
			l := planLine(row, i, today)
			l.Stray = items != nil
			all = append(all, l)
		}
	}
	return all
}

func planLine(row Record, i int, today Day) PlanLine {
	l := PlanLine{Title: row["title"], Row: i, Kept: row, State: PlanState(row["outcome"])}
	if l.State == "" {
		l.State = ItemOpen
		if due := Day(row["due"]); due != "" && today != "" && due < today {
			l.State = ItemOverdue
		}
	}
	return l
}

// itemOf finds the item that a registered title means: the same words, or one
// in the other when it is long enough to mean something; −1 for none.
func itemOf(items []string, title string) int {
	t := alike(title)
	same := func(s string) bool { return alike(s) == t }
	if i := slices.IndexFunc(items, same); i >= 0 || t == "" {
		return i
	}
	const least = 4 // signs
	return slices.IndexFunc(items, func(s string) bool {
		a, b := alike(s), t
		if len(a) < len(b) {
			a, b = b, a
		}
		return utf8.RuneCountInString(b) >= least && strings.Contains(a, b)
	})
}

// leading are the numbers and dots before an item of a list.
var leading = regexp.MustCompile(`^(?:[-•·*—]+|[（(][0-9一二三四五六七八九十]{1,3}[)）]|[0-9一二三四五六七八九十]{1,3}(?:[、)）．]|\.(?:\D|$)))`)

// PlanItems are the items of a plan's 重点活动安排, one a line, without their numbers.
func PlanItems(activities string) []string {
	items := []string{}
	for line := range strings.Lines(activities) {
		line = strings.TrimSpace(line)
		if cut := leading.FindString(line); cut != "" {
			if i := strings.IndexByte(cut, '.'); i >= 0 {
				cut = cut[:i+1] // what the dot was looked at with belongs to the item
			}
			line = strings.TrimSpace(line[len(cut):])
		}
		if line != "" && !slices.Contains(items, line) {
			items = append(items, line)
		}
	}
	return items
}

// PlanBodyItems reads the items out of a plan as it is kept.
func PlanBodyItems(body []byte) []string {
	var p struct {
		Activities string `json:"activities"`
	}
	_ = json.Unmarshal(body, &p) // a body without the box has no items
	return PlanItems(p.Activities)
}

// PlanTally counts the items by state; states without any are left out.
func PlanTally(all []PlanLine) []Tally {
	var out []Tally
	for _, s := range PlanStates() {
		n := 0
		for _, l := range all {
			if l.State == s {
				n++
			}
		}
		if n > 0 {
			out = append(out, Tally{string(s), n})
		}
	}
	return out
}
