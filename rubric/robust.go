package rubric

import (
	"cmp"
	"fmt"
	"slices"
)

// Band is the range a total can take; RankBand the places it can come to.
type Band struct{ Low, High Points }

// RankBand runs from the best place to the worst; 0 means not ranked.
type RankBand struct{ Best, Worst int }

// SwingKind is one way in which a result could have come out otherwise.
type SwingKind string

// What the sheet tries, one at a time (requirements §3 feature 10).
const (
	SwingSeat     SwingKind = "seat"     // a reviewer left out at one institution
	SwingReviewer SwingKind = "reviewer" // a reviewer left out everywhere
	SwingLow      SwingKind = "low"      // a deduction with a range at its lowest
	SwingHigh     SwingKind = "high"     // and at its highest
	SwingPending  SwingKind = "pending"  // a pending item confirmed
)

// Swing is one such trial.
type Swing struct {
	Kind          SwingKind
	Code          string // the institution; "" when it is a reviewer everywhere
	Reviewer      string
	Event, Clause string
	Points        Points // the event's, in this trial
}

// Text names the trial. It names a reviewer: for the office only.
func (s Swing) Text() string {
	switch s.Kind {
	case SwingSeat:
		return fmt.Sprintf("%s 不计评审专家 %s 的评分", s.Code, s.Reviewer)
	case SwingReviewer:
		return fmt.Sprintf("全部机构不计评审专家 %s 的评分", s.Reviewer)
	case SwingPending:
		return fmt.Sprintf("%s 待确认事件 %s（%s）按 %s 分认定", s.Code, s.Event, s.Clause, s.Points)
	}
	return fmt.Sprintf("%s 事件 %s（%s）按 %s 分扣分", s.Code, s.Event, s.Clause, s.Points)
}

// Stability tells how far an institution's standing depends on single choices.
type Stability struct {
	Code, Category                             string
	Now                                        Standing
	Total                                      Band
	Rank                                       RankBand
	RankRobust, ExcellentRobust, WarningRobust bool
	SingleSheet                                bool    // one sheet only: no reviewer can be left out, so that nothing is known
	Because                                    []Swing // that change its place, its honour or a ground; its own first
	More                                       int     // further swings of other institutions
}

// Moved tells whether something that was tried changes rank, excellent place or
// warning proposal.
func (s Stability) Moved() bool { return !s.RankRobust || !s.ExcellentRobust || !s.WarningRobust }

// Robust tells that nothing that was tried moves it. Of who has a single sheet
// nobody can say so: the trial that matters could not be made.
func (s Stability) Robust() bool { return !s.SingleSheet && !s.Moved() }

// Robustness is the sheet of a year, by code.
type Robustness struct {
	Institutions                                                 []Stability
	Scenarios                                                    int
	Unstable, UnstableRanks, UnstableExcellent, UnstableWarnings int // of whom something that was tried moves
	Untestable                                                   int // with a single sheet, moved or not
}

// othersShown bounds how many swings of other institutions are named.
const othersShown = 5

// Robust tries every reviewer left out, at one institution and everywhere, every
// deduction with a range at both ends, every pending item confirmed, and tells
// who would stand elsewhere. It proposes nothing and changes nothing.
func Robust(t *Table, year int, cases []Case, r Reading, lines Lines) (Robustness, error) {
	if err := checkCases(t, cases); err != nil {
		return Robustness{}, err
	}
	sorted := slices.SortedFunc(slices.Values(cases), func(a, b Case) int { return cmp.Compare(a.Code, b.Code) })
	b := newBook(sorted)
	now, err := b.standings(t, year, r, lines)
	if err != nil {
		return Robustness{}, err
	}
	scorer, err := t.NewScorer(r, year)
	if err != nil {
		return Robustness{}, err
	}
	p := &prober{book: b, table: t, scorer: scorer, reading: r, lines: lines, now: now, others: make([][]Swing, len(now))}
	for i, c := range sorted {
		p.out.Institutions = append(p.out.Institutions, Stability{Code: c.Code, Category: c.Category, Now: now[i],
			Total: Band{now[i].Total, now[i].Total}, Rank: RankBand{now[i].Rank, now[i].Rank}, SingleSheet: len(c.Sheets) == 1,
			RankRobust: true, ExcellentRobust: true, WarningRobust: true})
	}
	p.ladder = newLadder(now)
	for i := range sorted {
		p.seats(i)
		p.events(i)
	}
	p.reviewers()
	return p.result(), nil
}

// prober runs the trials and widens the bands.
type prober struct {
	book    book
	table   *Table
	scorer  *Scorer
	reading Reading
	lines   Lines
	now     []Standing
	ladder  ladder
	out     Robustness
	others  [][]Swing
}

// without leaves one sheet out.
func without(sheets [][]Mark, k int) [][]Mark {
	return slices.Concat(sheets[:k], sheets[k+1:])
}

func (p *prober) seats(i int) {
	c, sheets := p.book.cases[i], p.book.sheets[i]
	if len(sheets) < 2 {
		return
	}
	for k, s := range c.Sheets {
		f := p.scorer.Judge(without(sheets, k), c.Rulings, c.Events)
		p.single(i, f, Swing{Kind: SwingSeat, Code: c.Code, Reviewer: s.Reviewer})
	}
}

func (p *prober) events(i int) {
	c := p.book.cases[i]
	changed := slices.Clone(c.Events)
	try := func(k int, kind SwingKind, points Points) {
		e := c.Events[k]
		changed[k].Points, changed[k].State = points, Confirmed
		f := p.scorer.Judge(p.book.sheets[i], c.Rulings, changed)
		p.single(i, f, Swing{Kind: kind, Code: c.Code, Event: e.ID, Clause: e.Clause, Points: points})
		changed[k] = e
	}
	for k, e := range c.Events {
		clause := p.table.clause(e.Clause)
		switch {
		case e.year() != p.scorer.year:
		case e.State == Confirmed && clause.Min < clause.Max:
			try(k, SwingLow, clause.Min)
			try(k, SwingHigh, clause.Max)
		case e.State == Pending && e.Points != 0:
			try(k, SwingPending, e.Points)
		case e.State == Pending:
			try(k, SwingPending, clause.Min)
			if clause.Max > clause.Min {
				try(k, SwingPending, clause.Max)
			}
		}
	}
}

// reviewers leaves each reviewer out of every institution that has another sheet.
func (p *prober) reviewers() {
	var all []string
	for _, c := range p.book.cases {
		for _, s := range c.Sheets {
			all = append(all, s.Reviewer)
		}
	}
	slices.Sort(all)
	for _, who := range slices.Compact(all) {
		then := slices.Clone(p.now)
		moved := false
		for i, c := range p.book.cases {
			k := slices.IndexFunc(c.Sheets, func(s ReviewerSheet) bool { return s.Reviewer == who })
			if k >= 0 && len(c.Sheets) > 1 {
				then[i] = p.lines.stand(c, true, p.scorer.Judge(without(p.book.sheets[i], k), c.Rulings, c.Events))
				moved = moved || then[i].Total != p.now[i].Total
			}
		}
		p.out.Scenarios++
		if !moved {
			continue
		}
		p.book.rank(p.reading, then)
		for i := range then {
			p.widen(i, then[i], Swing{Kind: SwingReviewer, Reviewer: who}, true)
		}
	}
}

// single is a trial that touches one institution; the places of the others move
// by what it passes.
func (p *prober) single(i int, f Figures, swing Swing) {
	p.out.Scenarios++
	then := p.lines.stand(p.book.cases[i], p.now[i].Scored, f)
	if p.now[i].Rank == 0 {
		p.widen(i, then, swing, true)
		return
	}
	then.Rank = p.ladder.place(p.reading, p.now[i].Total, then.Total, then.Total)
	then.CategoryRank = p.now[i].CategoryRank // the sheet looks at the places among all
	p.widen(i, then, swing, true)
	if then.Total == p.now[i].Total {
		return
	}
	for k := range p.now {
		if k == i || p.now[k].Rank == 0 {
			continue
		}
		if other := p.ladder.place(p.reading, p.now[i].Total, then.Total, p.now[k].Total); other != p.now[k].Rank {
			moved := p.now[k]
			moved.Rank = other
			p.widen(k, moved, swing, false)
		}
	}
}

// widen takes a standing into the bands and keeps the swing when it matters.
func (p *prober) widen(i int, then Standing, swing Swing, own bool) {
	s := &p.out.Institutions[i]
	s.Total = Band{min(s.Total.Low, then.Total), max(s.Total.High, then.Total)}
	s.Rank = RankBand{min(s.Rank.Best, then.Rank), max(s.Rank.Worst, then.Rank)}
	rank, excellent, warned := then.Rank != s.Now.Rank, then.Excellent != s.Now.Excellent, then.warned() != s.Now.warned()
	s.RankRobust, s.ExcellentRobust, s.WarningRobust = s.RankRobust && !rank, s.ExcellentRobust && !excellent, s.WarningRobust && !warned
	switch {
	case !rank && !excellent && !warned:
	case own:
		s.Because = append(s.Because, swing)
	case len(p.others[i]) < othersShown:
		p.others[i] = append(p.others[i], swing)
	default:
		s.More++
	}
}

func (p *prober) result() Robustness {
	for i := range p.out.Institutions {
		s := &p.out.Institutions[i]
		s.Because = append(s.Because, p.others[i]...)
		count(&p.out.Unstable, s.Moved())
		count(&p.out.Untestable, s.SingleSheet)
		count(&p.out.UnstableRanks, !s.RankRobust)
		count(&p.out.UnstableExcellent, !s.ExcellentRobust)
		count(&p.out.UnstableWarnings, !s.WarningRobust)
	}
	return p.out
}

// ladder is the ranking as distinct totals, highest first, with how many hold
// each and how many are ahead: one institution's move need not sort them again.
type ladder []rung

type rung struct {
	total          Points
	holders, ahead int
}

func newLadder(all []Standing) ladder {
	var totals []Points
	for _, s := range all {
		if s.Rank > 0 {
			totals = append(totals, s.Total)
		}
	}
	slices.SortFunc(totals, func(a, b Points) int { return cmp.Compare(b, a) })
	var l ladder
	for i, total := range totals {
		if n := len(l); n == 0 || l[n-1].total != total {
			l = append(l, rung{total: total, ahead: i})
		}
		l[len(l)-1].holders++
	}
	return l
}

// find is the number of distinct totals above, and whether this one is held.
func (l ladder) find(total Points) (int, bool) {
	return slices.BinarySearchFunc(l, total, func(r rung, p Points) int { return cmp.Compare(p, r.total) })
}

// place is the rank of a total after one institution went from one total to
// another; asked for its own, the total is to.
func (l ladder) place(r Reading, from, to, total Points) int {
	groups, held := l.find(total)
	ahead := 0
	if held {
		ahead = l[groups].ahead
	} else if groups > 0 {
		ahead = l[groups-1].ahead + l[groups-1].holders
	}
	if from > total {
		ahead--
		if at, _ := l.find(from); l[at].holders == 1 {
			groups--
		}
	}
	if to > total {
		ahead++
		if at, there := l.find(to); !there || (to == from && l[at].holders == 1) {
			groups++
		}
	}
	return r.place(ahead, groups)
}
