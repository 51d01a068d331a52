package campaign

import (
	"slices"
	"testing"

	"xuanping/rubric"
)

// RV-1: one sheet, or two that differ by more than the threshold, is no basis of
// itself; any two of the three seats are two.
func TestRV1Basis(t *testing.T) {
	sheet := func(p rubric.Points) []rubric.Mark { return []rubric.Mark{{Row: 1, Points: 500}, {Row: 2, Points: p}} }
	for _, k := range []struct {
		sheets [][]rubric.Mark
		have   []int
		want   Basis
		wanted []int
	}{
		{nil, nil, FullBasis, nil},
		{[][]rubric.Mark{sheet(500)}, []int{2}, SingleSheet, []int{1}},
		{[][]rubric.Mark{sheet(500), sheet(350)}, []int{1, 2}, FullBasis, nil},
		{[][]rubric.Mark{sheet(500), sheet(349)}, []int{1, 2}, OpenDifference, []int{3}},
		{[][]rubric.Mark{sheet(300), sheet(500)}, []int{1, 3}, OpenDifference, []int{2}},
		{[][]rubric.Mark{sheet(500), sheet(300), sheet(0)}, []int{1, 2, 3}, FullBasis, nil},
	} {
		got := BasisOf(k.sheets, 150)
		if wanted := got.Wanted(k.have); got != k.want || !slices.Equal(wanted, k.wanted) {
			t.Errorf("%v: %q wants %v", k.sheets, got, wanted)
		}
	}
}
