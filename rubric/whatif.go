package rubric

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ReviewerSheet is one reviewer's marks.
type ReviewerSheet struct {
	Reviewer string
	Marks    []Mark
}

// Case is all that was recorded about one institution, as Judge reads it.
type Case struct {
	Code, Category string
	Ranked         bool // takes part in the ranking
	Silent         bool // submitted nothing all year
	LateReports    int  // incidents whose lateness counts
	Sheets         []ReviewerSheet
	Rulings        []Ruling
	Events         []Event
}

// Lines are the regulator's settings that a result may cross: the total of the
// excellent, and the criteria of Article 32 with their reading of R-30.
type Lines struct {
	Excellent Points
	Criteria  Criteria
}

// Standing is where an institution stands under one reading.
type Standing struct {
	Scored             bool
	Total              Points
	UncappedDeduction  Points
	Rank, CategoryRank int  // 0: not ranked
	Excellent          bool // reaches the line of the excellent
	Poor, Risk, Impact bool // Art. 32: the grounds of 不力, 重大风险, 负面影响 that a case would be proposed on
}

// Change is an institution that stands elsewhere under the other reading.
type Change struct {
	Code, Category string
	Now, Then      Standing
}

// TotalChanged and the others tell what differs.
func (c Change) TotalChanged() bool { return c.Now.Total != c.Then.Total }

// RankChanged compares the places among all.
func (c Change) RankChanged() bool { return c.Now.Rank != c.Then.Rank }

// CategoryRankChanged compares the places within the category.
func (c Change) CategoryRankChanged() bool { return c.Now.CategoryRank != c.Then.CategoryRank }

// ExcellentChanged tells whether the line of the excellent was crossed.
func (c Change) ExcellentChanged() bool { return c.Now.Excellent != c.Then.Excellent }

// GroundsChanged tells whether a ground of Art. 32 appeared or fell away.
func (c Change) GroundsChanged() bool { return c.Now.warned() != c.Then.warned() }

// warned are the grounds of Art. 32.
func (s Standing) warned() [3]bool { return [3]bool{s.Poor, s.Risk, s.Impact} }

// Effect is what another reading would change. It decides nothing: the total
// by the readings in force stays the official one.
type Effect struct {
	Now, Then                                        Choices
	Institutions                                     int
	Changes                                          []Change // by code
	Totals, Ranks, CategoryRanks, Excellent, Grounds int      // how many of them changed in that
}

// WhatIf compares two readings over a year (口径台账, requirements §3 feature 1).
func WhatIf(t *Table, year int, cases []Case, now, then Reading, lines Lines) (Effect, error) {
	if err := checkCases(t, cases); err != nil {
		return Effect{}, err
	}
	book := newBook(cases)
	was, err := book.standings(t, year, now, lines)
	if err != nil {
		return Effect{}, err
	}
	is, err := book.standings(t, year, then, lines)
	return book.effect(now, then, was, is), err
}

// WhatIfEach compares the readings in use with each single switch of them, by
// id: an alternative not in use is taken, one in use is put back to its default.
func WhatIfEach(t *Table, year int, cases []Case, now Reading, lines Lines) ([]Effect, error) {
	if err := checkCases(t, cases); err != nil {
		return nil, err
	}
	book := newBook(cases)
	was, err := book.standings(t, year, now, lines)
	if err != nil {
		return nil, err
	}
	var all []Effect
	for _, s := range switches {
		then := now
		*s.field(&then) = !*s.field(&then)
		is, err := book.standings(t, year, then, lines)
		if err != nil {
			return nil, err
		}
		all = append(all, book.effect(now, then, was, is))
	}
	return all, nil
}

// Standings places every institution of a year, in the order of the cases.
func Standings(t *Table, year int, cases []Case, r Reading, lines Lines) ([]Standing, error) {
	if err := checkCases(t, cases); err != nil {
		return nil, err
	}
	return newBook(cases).standings(t, year, r, lines)
}

// checkCases refuses what Judge would refuse under the most permissive reading.
func checkCases(t *Table, cases []Case) error {
	var all []error
	codes := make([]string, 0, len(cases))
	for _, c := range cases {
		codes = append(codes, c.Code)
		for _, s := range c.Sheets {
			if faults := t.markFaults(s.Marks, quarter); len(faults) > 0 {
				all = append(all, fmt.Errorf("机构 %s：%w", clip(c.Code), faults))
			}
		}
		if err := t.refuse(Reading{HalfDeductions: true}, nil, c.Events); err != nil {
			all = append(all, fmt.Errorf("机构 %s：%w", clip(c.Code), err))
		}
		for _, r := range c.Rulings {
			if row := t.row(r.Row); row == nil || r.Points < 0 || r.Points > row.Max {
				all = append(all, fmt.Errorf("机构 %s：第%d项的复核分值 %s 不合规则", clip(c.Code), r.Row, r.Points))
			}
		}
	}
	slices.Sort(codes)
	for i := 1; i < len(codes); i++ {
		if codes[i] == codes[i-1] {
			all = append(all, fmt.Errorf("机构 %s 重复", clip(codes[i])))
		}
	}
	return errors.Join(all...)
}

// book holds the cases of a year ready to be judged again and again.
type book struct {
	cases  []Case
	sheets [][][]Mark
}

func newBook(cases []Case) book {
	b := book{cases: cases, sheets: make([][][]Mark, len(cases))}
	for i, c := range cases {
		for _, s := range c.Sheets {
			b.sheets[i] = append(b.sheets[i], s.Marks)
		}
	}
	return b
}

func (b book) standings(t *Table, year int, r Reading, lines Lines) ([]Standing, error) {
	s, err := t.NewScorer(r, year)
	if err != nil {
		return nil, err
	}
	all := make([]Standing, len(b.cases))
	for i, c := range b.cases {
		all[i] = lines.stand(c, len(b.sheets[i]) > 0, s.Judge(b.sheets[i], c.Rulings, c.Events))
	}
	b.rank(r, all)
	return all, nil
}

// stand tells which lines an institution's figures reach; rank comes after.
func (l Lines) stand(c Case, scored bool, f Figures) Standing {
	on := l.Criteria.proposes(Facts{Total: f.Total, Scored: scored, Submitted: !c.Silent, UncappedDeduction: f.DeductionUncapped, LateReports: c.LateReports})
	return Standing{Scored: scored, Total: f.Total, UncappedDeduction: f.DeductionUncapped,
		Excellent: scored && c.Ranked && f.Total >= l.Excellent, Poor: on[0], Risk: on[1], Impact: on[2]}
}

// rank fills in the places of those who are scored and take part.
func (b book) rank(r Reading, all []Standing) {
	var in []int
	var totals []Points
	var categories []string
	for i, s := range all {
		if s.Scored && b.cases[i].Ranked {
			in = append(in, i)
			totals = append(totals, s.Total)
			categories = append(categories, b.cases[i].Category)
		}
	}
	ranks, within := r.Ranks(totals), r.RanksWithin(totals, categories)
	for k, i := range in {
		all[i].Rank, all[i].CategoryRank = ranks[k], within[k]
	}
}

func (b book) effect(now, then Reading, was, is []Standing) Effect {
	e := Effect{Now: now.Choices(), Then: then.Choices(), Institutions: len(b.cases)}
	for i := range is {
		if was[i] == is[i] {
			continue
		}
		c := Change{b.cases[i].Code, b.cases[i].Category, was[i], is[i]}
		e.Changes = append(e.Changes, c)
		count(&e.Totals, c.TotalChanged())
		count(&e.Ranks, c.RankChanged())
		count(&e.CategoryRanks, c.CategoryRankChanged())
		count(&e.Excellent, c.ExcellentChanged())
		count(&e.Grounds, c.GroundsChanged())
	}
	slices.SortFunc(e.Changes, func(a, b Change) int { return cmp.Compare(a.Code, b.Code) })
	return e
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}
