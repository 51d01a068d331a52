package rubric

import (
	"cmp"
	"slices"
	"strings"
)

// Differ lists the rows whose marks differ by more than threshold, in order. A
// row that only one of the two has marked differs always.
func Differ(a, b []Mark, threshold Points) []int {
	var rows []int
	for _, no := range rowsOf(a, b) {
		x, inA := markOf(a, no)
		y, inB := markOf(b, no)
		if inA != inB || max(x.Points-y.Points, y.Points-x.Points) > threshold {
			rows = append(rows, no)
		}
	}
	return rows
}

// Combine makes one sheet of several: one stays as it is, two give the mean of
// each row, three or more the median, so that one lenient reviewer does not decide.
// It is exact for half-point sheets and does not depend on who handed in first.
func Combine(sheets ...[]Mark) []Mark {
	if len(sheets) == 1 {
		one := slices.Clone(sheets[0])
		for i, m := range one {
			if m.Lowered > 0 || m.Considered {
				one[i] = Mark{Row: m.Row, Points: m.Points, Reason: m.words()}
			}
		}
		return one
	}
	var out []Mark
	for _, no := range rowsOf(sheets...) {
		var marks []Mark
		for _, s := range sheets {
			if m, ok := markOf(s, no); ok {
				marks = append(marks, m)
			}
		}
		slices.SortFunc(marks, func(x, y Mark) int {
			return cmp.Or(cmp.Compare(y.Points, x.Points), cmp.Compare(x.words(), y.words()))
		})
		out = append(out, Mark{Row: no, Points: middle(marks), Reason: joinReasons(marks)})
	}
	return out
}

// middle is the median of sorted marks; for two of them that is the mean.
func middle(marks []Mark) Points {
	n := len(marks)
	return (marks[(n-1)/2].Points + marks[n/2].Points) / 2
}

// joinReasons keeps each reason once and no name.
func joinReasons(marks []Mark) string {
	var reasons []string
	for _, m := range marks {
		reason := m.words()
		if reason != "" && !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	for i := range len(reasons) - 1 {
		reasons[i] = strings.TrimRight(reasons[i], "。；;.")
	}
	return strings.Join(reasons, "；")
}

func rowsOf(sheets ...[]Mark) []int {
	var rows []int
	for _, s := range sheets {
		for _, m := range s {
			rows = append(rows, m.Row)
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// Ranks gives each total its place, highest first; ties share it and the next
// place is skipped (1,1,3). The source knows no tie-break, so there is none.
func Ranks(totals []Points) []int { return Reading{}.Ranks(totals) }

// RanksWithin is Ranks inside each category (PL-10); categories go beside totals.
func RanksWithin(totals []Points, categories []string) []int {
	return Reading{}.RanksWithin(totals, categories)
}

// Mean is the mean of totals with one decimal, halves rounded up: every page
// and paper that publishes it shows the same figure. None have the mean 0.
func Mean(totals []Points) Points {
	if len(totals) == 0 {
		return 0
	}
	const tenth = Point / 10
	sum, unit := Points(0), tenth*Points(len(totals))
	for _, p := range totals {
		sum += p
	}
	up := 2*sum + unit
	mean := up / (2 * unit)
	if up%(2*unit) < 0 { // integer division cuts towards zero
		mean--
	}
	return mean * tenth
}
