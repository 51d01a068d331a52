package web

import (
	"testing"

	"xuanping/rubric"
	"xuanping/store"
)

// where halves may be taken off, the figures that were used stand in halves
// too, and none of them is left out.
func TestR12UsedPointsInTheStepOfTheReading(t *testing.T) {
	c, ok := rubric.Annex2().Clause("16.1")
	if !ok {
		t.Fatal("no clause 16.1")
	}
	yes := true
	all := []store.Event{{Clause: c.ID, Points: 300, Confirmed: &yes}, {Clause: c.ID, Points: 350, Confirmed: &yes}, {Clause: c.ID, Points: 450}}
	for name, x := range map[string]struct {
		reading       rubric.Reading
		figures, uses int
	}{"whole": {rubric.Reading{}, 3, 1}, "half": {rubric.Reading{HalfDeductions: true}, 5, 2}} {
		marks := usedMarks(x.reading, c, all)
		uses := 0
		for _, m := range marks {
			uses += m.N
		}
		if len(marks) != x.figures || uses != x.uses {
			t.Errorf("%s: %+v", name, marks)
		}
	}
}
