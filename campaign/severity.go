package campaign

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"xuanping/rubric"
)

// SheetTotal is the total of rows 1–14 that a reviewer gave an institution.
type SheetTotal struct {
	Code, Reviewer string
	Total          rubric.Points
}

// Severity is how a reviewer's totals stand to those of his co-reviewers at
// the same institutions. It is shown, and no score is ever normalised by it.
type Severity struct {
	Reviewer     string
	Institutions int
	Mean         rubric.Points // of the differences to the co-reviewers' mean; negative: stricter
	Spread       rubric.Points // standard deviation of the differences
}

// Severities compares the reviewers who share an institution with another, by id.
func Severities(sheets []SheetTotal) []Severity {
	sum, count := map[string]rubric.Points{}, map[string]int{}
	for _, s := range sheets {
		sum[s.Code] += s.Total
		count[s.Code]++
	}
	gaps := map[string][]float64{}
	for _, s := range sheets {
		if others := count[s.Code] - 1; others > 0 {
			gaps[s.Reviewer] = append(gaps[s.Reviewer], float64(s.Total)-float64(sum[s.Code]-s.Total)/float64(others))
		}
	}
	var all []Severity
	for _, who := range slices.SortedFunc(maps.Keys(gaps), cmp.Compare) {
		n := float64(len(gaps[who]))
		mean, square := 0.0, 0.0
		for _, g := range gaps[who] {
			mean += g / n
		}
		for _, g := range gaps[who] {
			square += (g - mean) * (g - mean) / n
		}
		all = append(all, Severity{who, len(gaps[who]), rubric.Points(math.Round(mean)), rubric.Points(math.Round(math.Sqrt(square)))})
	}
	return all
}
