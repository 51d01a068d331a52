package rubric

import (
	"cmp"
	"slices"
)

// Ranks gives each total its place by the readings in force.
func (r Reading) Ranks(totals []Points) []int {
	return r.RanksWithin(totals, make([]string, len(totals)))
}

// RanksWithin gives each total its place among those of its category.
func (r Reading) RanksWithin(totals []Points, categories []string) []int {
	order := make([]int, len(totals))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(categories[a], categories[b]), cmp.Compare(totals[b], totals[a]))
	})
	ranks := make([]int, len(totals))
	start, groups := 0, 0 // of the category: where it begins, distinct totals so far
	for at, i := range order {
		switch {
		case at == 0 || categories[order[at-1]] != categories[i]:
			start, groups = at, 0
		case totals[order[at-1]] == totals[i]:
			ranks[i] = ranks[order[at-1]]
			continue
		default:
			groups++
		}
		ranks[i] = r.place(at-start, groups)
	}
	return ranks
}
