package rubric

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ReceiptSchema names the form of a score receipt; a changed form is a new name.
const ReceiptSchema = "xuanping/score-receipt/1"

// Decimal is points in a receipt: a text, so that no program rounds them.
type Decimal Points

// String prints the points.
func (d Decimal) String() string { return Points(d).String() }

// MarshalText writes the points as in "7.5".
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads points exactly.
func (d *Decimal) UnmarshalText(text []byte) error {
	p, err := ParsePoints(string(text))
	*d = Decimal(p)
	return err
}

// Receipt is a total opened into a tree (得分回执): total, row, rule, reading,
// evidence, mark, event, matter, ruling. It can be recomputed without the house:
// every node carries a digest of its content and of its children's digests.
// Reviewers are 专家一 to 专家三, events are named by day, clause and count.
type Receipt struct {
	Schema      string           `json:"schema"`
	Institution string           `json:"institution"`
	Year        int              `json:"year"`
	Version     int              `json:"version"` // of the result
	Scored      bool             `json:"scored"`
	Card        string           `json:"card"` // digest of the scorecard as the ledger holds it, "" when unknown
	Table       ReceiptTable     `json:"table"`
	Readings    []ReceiptReading `json:"readings"`
	Sum         ReceiptSum       `json:"sum"`
	Basis       []string         `json:"basis,omitempty"` // of a result that does not rest on the full double review: what on, and who decided so
	Rows        []ReceiptRow     `json:"rows"`
	Matters     []ReceiptMatter  `json:"matters"`
	Digest      string           `json:"digest"`
}

// ReceiptTable is the version of Annex 2 that the receipt was made by.
type ReceiptTable struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	Digest  string `json:"digest"`
}

// ReceiptReading is a reading that bears on points, as used; Interpretation is
// the id of the interpretation it follows (第三十五条), "" for the default without one.
type ReceiptReading struct {
	ID             string `json:"id"`
	Subject        string `json:"subject"`
	Option         string `json:"option"`
	Text           string `json:"text"`
	Interpretation string `json:"interpretation"`
	Digest         string `json:"digest"`
}

// ReceiptSum is how the total comes about.
type ReceiptSum struct {
	Base              Decimal `json:"base"`
	Bonus             Decimal `json:"bonus"`
	BonusUncapped     Decimal `json:"bonus_uncapped"`
	Deduction         Decimal `json:"deduction"`
	DeductionUncapped Decimal `json:"deduction_uncapped"`
	Total             Decimal `json:"total"`
	Digest            string  `json:"digest"`
}

// ReceiptRow is one of the 16 rows with all that its points come from.
type ReceiptRow struct {
	Row      int               `json:"row"`
	Title    string            `json:"title"`
	Points   Decimal           `json:"points"`
	Max      Decimal           `json:"max"`
	Rule     string            `json:"rule"`
	Readings []string          `json:"readings"`
	Evidence []ReceiptEvidence `json:"evidence"`
	Marks    []ReceiptMark     `json:"marks"`
	Ruling   *ReceiptRuling    `json:"ruling"`
	Events   []ReceiptEvent    `json:"events"`
	Digest   string            `json:"digest"`
}

// ReceiptEvidence is a file handed in for a row, by its digest alone.
type ReceiptEvidence struct {
	SHA256 string `json:"sha256"`
	Digest string `json:"digest"`
}

// ReceiptMark is what one reviewer gave a row, and why.
type ReceiptMark struct {
	Reviewer   string   `json:"reviewer"`
	Points     Decimal  `json:"points"`
	Reason     string   `json:"reason"`
	Lowered    *Decimal `json:"lowered,omitempty"`    // the outcome part, for the event
	Event      string   `json:"event,omitempty"`      // its key
	Considered bool     `json:"considered,omitempty"` // row 12: late 48-hour reports
	Digest     string   `json:"digest"`
}

// ReceiptRuling is the decision of 评价复核 on a row.
type ReceiptRuling struct {
	Points Decimal `json:"points"`
	Reason string  `json:"reason"`
	Digest string  `json:"digest"`
}

// ReceiptEvent is an event of row 15 or 16: what was found, and what it counts.
// Source is the digest of the record it rests on.
type ReceiptEvent struct {
	Key        string  `json:"key"`
	Clause     string  `json:"clause"`
	Title      string  `json:"title"`
	On         string  `json:"on"`
	Points     Decimal `json:"points"`
	State      State   `json:"state"`
	Matter     string  `json:"matter"`
	AlsoInBase bool    `json:"also_in_base"`
	Reason     string  `json:"reason"` // of the determination
	Source     string  `json:"source"`
	Rule       string  `json:"rule"`
	Counted    Decimal `json:"counted"`

	Amendment *ReceiptAmendment `json:"amendment,omitempty"`
	Digest    string            `json:"digest"`
}

// ReceiptMatter joins the events of one 同一事项.
type ReceiptMatter struct {
	Matter  string   `json:"matter"`
	Events  []string `json:"events"`
	Counted []string `json:"counted"` // of them, those that count this year
	Digest  string   `json:"digest"`
}

// ReceiptFacts are what a receipt is made from. Sheets stand in the order of the seats.
type ReceiptFacts struct {
	Institution   string
	Year, Version int
	Card          string
	Choices       Choices
	Basis         []string
	Sheets        [][]Mark
	Rulings       []Ruling
	Evidence      []EvidenceFile
	Events        []Happening
}

// EvidenceFile is a file handed in for a row.
type EvidenceFile struct {
	Row    int
	SHA256 string
}

// Happening is an event with what was found about it; its ID plays no part here.
type Happening struct {
	Event
	Reason string
	Source string // digest of the record

	Amendment *ReceiptAmendment // of 评价复核; nil without one
}

// Rules of a row in a receipt.
const (
	ruleMean   = "mean"   // two reviewers
	ruleMedian = "median" // three
	ruleRuling = "ruling" // 评价复核
	ruleSum    = "sum"    // events added up
)

// Receipt computes the score from the facts and opens it into a tree.
func (t *Table) Receipt(f ReceiptFacts) (Receipt, error) {
	if err := f.Choices.Check(); err != nil {
		return Receipt{}, err
	}
	if len(f.Events) > maxSheetItems || len(f.Evidence) > maxSheetItems {
		return Receipt{}, fmt.Errorf("事项或证据材料超过 %d 项，不能制作得分回执", maxSheetItems)
	}
	happened, keys := nameEvents(f.Events)
	events := make([]Event, len(happened))
	for i, h := range happened {
		events[i] = h.Event
	}
	card, err := t.Judge(f.Choices.Reading(), f.Year, f.Sheets, f.Rulings, events)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Schema: ReceiptSchema, Institution: f.Institution, Year: f.Year, Version: f.Version, Scored: len(f.Sheets) > 0, Card: f.Card,
		Table: ReceiptTable{Version: t.Version, SHA256: t.SHA256}, Readings: receiptReadings(f.Choices),
		Sum: ReceiptSum{Base: Decimal(card.Base), Bonus: Decimal(card.Bonus), BonusUncapped: Decimal(card.BonusUncapped),
			Deduction: Decimal(card.Deduction), DeductionUncapped: Decimal(card.DeductionUncapped), Total: Decimal(card.Total)},
		Basis: f.Basis, Rows: []ReceiptRow{}, Matters: receiptMatters(happened, card.Trace)}
	for _, s := range card.Rows {
		r.Rows = append(r.Rows, t.receiptRow(s, f, happened, keys, card.Trace))
	}
	r.seal()
	return r, nil
}

// nameEvents sorts events by day and clause and names each by day, clause and
// count, so that no number of a database is needed to point at it.
func nameEvents(all []Happening) (named []Happening, keys map[string]string) {
	named, keys = slices.Clone(all), map[string]string{}
	slices.SortStableFunc(named, func(a, b Happening) int {
		return cmp.Or(cmp.Compare(a.OccurredOn, b.OccurredOn), cmp.Compare(a.Clause, b.Clause))
	})
	n := 0
	for i := range named {
		e := &named[i].Event
		if n++; i == 0 || named[i-1].OccurredOn != e.OccurredOn || named[i-1].Clause != e.Clause {
			n = 1
		}
		was := e.ID
		e.ID = fmt.Sprintf("%s/%s/%d", e.OccurredOn, e.Clause, n)
		keys[was] = e.ID
	}
	return named, keys
}

// receiptReadings lists every reading that bears on points with the option used.
func receiptReadings(used Choices) []ReceiptReading {
	all := []ReceiptReading{}
	for _, row := range Readings() {
		if !row.Switchable() {
			continue
		}
		one := ReceiptReading{ID: row.ID, Subject: row.Subject, Option: row.DefaultKey}
		for _, c := range used {
			if c.Reading == row.ID {
				one.Option, one.Interpretation = c.Option, c.Interpretation
			}
		}
		for _, o := range row.Options {
			if o.Key == one.Option {
				one.Text = o.Text
			}
		}
		all = append(all, one)
	}
	return all
}

func (t *Table) receiptRow(s RowScore, f ReceiptFacts, happened []Happening, keys map[string]string, trace []Line) ReceiptRow {
	row, _ := t.Row(s.Row)
	r := ReceiptRow{Row: s.Row, Title: row.Title, Points: Decimal(s.Points), Max: Decimal(s.Max),
		Readings: readingsOfRow(s.Row), Evidence: []ReceiptEvidence{}, Marks: []ReceiptMark{}, Events: []ReceiptEvent{}}
	for _, e := range f.Evidence {
		if e.Row == s.Row {
			r.Evidence = append(r.Evidence, ReceiptEvidence{SHA256: e.SHA256})
		}
	}
	for i, sheet := range f.Sheets {
		if m, ok := markOf(sheet, s.Row); ok {
			one := ReceiptMark{Reviewer: reviewerName(i), Points: Decimal(m.Points), Reason: m.Reason, Considered: m.Considered}
			if m.Event != "" {
				one.Event = keys[m.Event]
			}
			if m.Lowered > 0 {
				by := Decimal(m.Lowered)
				one.Lowered = &by
			}
			r.Marks = append(r.Marks, one)
		}
	}
	for _, g := range f.Rulings {
		if g.Row == s.Row {
			r.Ruling = &ReceiptRuling{Points: Decimal(g.Points), Reason: g.Reason}
		}
	}
	for _, h := range happened {
		if c, ok := t.Clause(h.Clause); ok && c.Row == s.Row {
			r.Events = append(r.Events, receiptEvent(h, trace))
		}
	}
	r.Rule = rowRule(row, r, trace)
	return r
}

// readingsOfRow names the readings that bear on a row; those on all rows bear on
// the total and stand with it.
func readingsOfRow(no int) []string {
	ids := []string{}
	for _, r := range Readings() {
		if r.Switchable() && slices.Contains(r.Rows, no) && len(r.Rows) < deductionRow {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// rowRule says how the points of a row came about.
func rowRule(row Row, r ReceiptRow, trace []Line) string {
	if row.Kind() != Base {
		if slices.ContainsFunc(trace, func(l Line) bool { return l.Row == row.No && l.Rule == RuleCap }) {
			return RuleCap
		}
		return ruleSum
	}
	switch {
	case len(r.Marks) == 0:
		return RuleNoMark
	case r.Ruling != nil:
		return ruleRuling
	case len(r.Marks) == 1:
		return RuleMark
	case len(r.Marks) == 2:
		return ruleMean
	}
	return ruleMedian
}

func receiptEvent(h Happening, trace []Line) ReceiptEvent {
	e := ReceiptEvent{Key: h.ID, Clause: h.Clause, Title: h.Title, On: h.OccurredOn, Points: Decimal(h.Points), State: h.State,
		Matter: h.Matter, AlsoInBase: h.AlsoInBase, Reason: h.Reason, Source: h.Source, Amendment: h.Amendment}
	for _, l := range trace {
		if l.Event == h.ID {
			e.Rule, e.Counted = l.Rule, Decimal(l.Counted)
		}
	}
	return e
}

// receiptMatters joins the events of each matter, in the order of their names.
func receiptMatters(happened []Happening, trace []Line) []ReceiptMatter {
	all := []ReceiptMatter{}
	for _, h := range happened {
		if h.Matter == "" {
			continue
		}
		i := slices.IndexFunc(all, func(m ReceiptMatter) bool { return m.Matter == h.Matter })
		if i < 0 {
			i = len(all)
			all = append(all, ReceiptMatter{Matter: h.Matter, Events: []string{}, Counted: []string{}})
		}
		all[i].Events = append(all[i].Events, h.ID)
		if slices.ContainsFunc(trace, func(l Line) bool { return l.Event == h.ID && l.Counted != 0 }) {
			all[i].Counted = append(all[i].Counted, h.ID)
		}
	}
	slices.SortFunc(all, func(a, b ReceiptMatter) int { return strings.Compare(a.Matter, b.Matter) })
	return all
}

// reviewers are anonymous and stand in the order of the seats.
var reviewers = []string{"专家一", "专家二", "专家三"}

func reviewerName(i int) string {
	if i < len(reviewers) {
		return reviewers[i]
	}
	return fmt.Sprintf("专家%d", i+1)
}

// JSON writes the receipt: the same receipt gives the same bytes.
func (r Receipt) JSON() []byte {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		panic(err) // plain structs of our own
	}
	return append(b, '\n')
}
