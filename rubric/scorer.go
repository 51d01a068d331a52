package rubric

import "slices"

// Figures are the sums of a scorecard without its rows, trace and reasons.
type Figures struct {
	Base, Bonus, BonusUncapped, Deduction, DeductionUncapped, Total Points
}

// Scorer computes figures only, many times over, in rooms of its own: a what-if
// scores every institution by every reading. It decides with the same functions
// as ScoreAs, on input that ScoreAs accepts; of other input it ignores what
// cannot count. It is not for two goroutines at once.
type Scorer struct {
	table   *Table
	reading Reading
	year    int
	events  []ruledEvent
	marks   []Mark
	column  []Points
}

// NewScorer makes a scorer; like ScoreAs it refuses a table not in force.
func (t *Table) NewScorer(r Reading, year int) (*Scorer, error) {
	if err := t.inForce(); err != nil {
		return nil, err
	}
	return &Scorer{table: t, reading: r, year: year}, nil
}

// Figures are those of ScoreAs.
func (s *Scorer) Figures(base []Mark, events []Event) Figures {
	var f Figures
	for _, m := range base {
		f.Base += m.Points
	}
	s.events = s.reading.rule(s.table, s.year, events, s.events)
	f.BonusUncapped, f.Bonus = s.reading.capped(s.table, s.table.row(bonusRow), s.events, nil)
	f.DeductionUncapped, f.Deduction = s.reading.capped(s.table, s.table.row(deductionRow), s.events, nil)
	f.Total = s.reading.clamped(f.Base + f.Bonus - f.Deduction)
	return f
}

// Judge are the figures of Table.Judge.
func (s *Scorer) Judge(sheets [][]Mark, rulings []Ruling, events []Event) Figures {
	s.combine(sheets)
	for _, ruling := range rulings {
		for i := range s.marks {
			if s.marks[i].Row == ruling.Row {
				s.marks[i].Points = ruling.Points
			}
		}
	}
	return s.Figures(s.marks, events)
}

// combine is Combine without the reasons.
func (s *Scorer) combine(sheets [][]Mark) {
	s.marks = s.marks[:0]
	for no := 1; no <= baseRows; no++ {
		s.column = s.column[:0]
		for _, sheet := range sheets {
			if m, ok := markOf(sheet, no); ok {
				s.column = append(s.column, m.Points)
			}
		}
		if n := len(s.column); n > 0 {
			slices.Sort(s.column)
			s.marks = append(s.marks, Mark{Row: no, Points: (s.column[(n-1)/2] + s.column[n/2]) / 2})
		}
	}
}
