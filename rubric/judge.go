package rubric

// Ruling is the decision on one row in 评价复核: it replaces the row's points
// and adds its reason.
type Ruling struct {
	Row    int
	Points Points
	Reason string
}

// Judge makes an institution's scorecard from all that was recorded about it, by
// the readings in force:
// one sheet counts as it is, two are averaged row by row, three give the median
// (Combine); a ruling replaces its row; events count as Score says. Rulings on
// rows 15 and 16 change nothing here: their events are ruled on one by one.
func (t *Table) Judge(r Reading, year int, sheets [][]Mark, rulings []Ruling, events []Event) (Scorecard, error) {
	var marks []Mark
	if len(sheets) > 0 {
		marks = Combine(sheets...)
	}
	for _, ruling := range rulings {
		for i := range marks {
			if marks[i].Row == ruling.Row {
				marks[i].Points = ruling.Points
				marks[i].Reason += "；复核：" + ruling.Reason
			}
		}
	}
	return t.ScoreAs(r, year, marks, events)
}
