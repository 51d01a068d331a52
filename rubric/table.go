// Package rubric decides: it holds Annex 2 (认证机构宣传工作评价指标) as data and
// turns marks and events into points, ranks and grounds for a warning.
// It may compute with the standard library only, on what it is handed, in integers.
// It never reads a clock, a file or a network, never rounds a person's figure, and never issues anything.
package rubric

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Kind tells how a row enters the total.
type Kind string

// A row adds to the base of 100, adds on top of it, or is taken off.
const (
	Base      Kind = "base"
	Bonus     Kind = "bonus"
	Deduction Kind = "deduction"
)

// The two rows of Annex 2 that are fed by events instead of marks.
const (
	bonusRow     = 15
	deductionRow = 16
	baseRows     = 14
)

// Row is one line of Annex 2. Texts are verbatim as printed; a merged cell
// (group, weight) is repeated in each row it spans. Max of rows 15 and 16 is the cap.
type Row struct {
	No       int
	Group    string // 一级指标
	Weight   string // 权重, as printed: a label, the points column rules
	Title    string // 二级指标
	Standard string // 评分标准
	Printed  string // 分值, as printed
	Max      Points
	Force    Force
	Outcome  Outcome // of rows 3, 11 and 13; its Max is 0 in others
	errata   []Erratum
}

// Kind says how the row counts.
func (r Row) Kind() Kind {
	switch r.No {
	case bonusRow:
		return Bonus
	case deductionRow:
		return Deduction
	}
	return Base
}

// label is the printed percentage read as points of 100; 0 when it is none.
func (r Row) label() Points {
	p, err := ParsePoints(strings.TrimSuffix(r.Weight, "%"))
	if err != nil {
		return 0
	}
	return p
}

// Clean is the standard with the errata applied, for display.
func (r Row) Clean() string { return clean(r.Standard, r.errata) }

// Errata lists what Clean changes in this row.
func (r Row) Errata() []Erratum { return slices.Clone(r.errata) }

// Clause is one way to earn or lose points in rows 15 and 16. Min and Max are
// positive also for deductions; Media marks 15.3, where 同一事项按最高分只计1次 holds.
type Clause struct {
	ID       string
	Row      int
	Text     string
	Min, Max Points
	Media    bool
	Step     Points
	Force    Force
	errata   []Erratum
}

// Clean is the clause's text with the errata of its row applied.
func (c Clause) Clean() string { return clean(c.Text, c.errata) }

// Erratum is a known slip of the printed text: seed kept, correction beside it.
// An empty Was notes a slip of layout that left the words untouched.
type Erratum struct {
	Row int    `json:"row"`
	Was string `json:"was"`
	Now string `json:"now"`
	Why string `json:"why"`
}

// Table is one version of the annex.
type Table struct {
	Version, Title string
	Status         Status
	Rows           []Row
	Clauses        []Clause
	Errata         []Erratum
	SHA256         string // of the data file
}

//go:embed data/annex2-2024.json
var annex2File []byte

// annex2 is read once at start so that workflow code only follows a pointer.
var annex2 = mustTable(annex2File)

// Annex2 is the table in force (附件2). It is shared: do not change it.
func Annex2() *Table { return annex2 }

// Row finds a row by its number (序号).
func (t *Table) Row(no int) (Row, bool) {
	for _, r := range t.Rows {
		if r.No == no {
			return r, true
		}
	}
	return Row{}, false
}

// row and clause find what is known to exist, without a copy; nil else.
func (t *Table) row(no int) *Row {
	for i := range t.Rows {
		if t.Rows[i].No == no {
			return &t.Rows[i]
		}
	}
	return nil
}

func (t *Table) clause(id string) *Clause {
	for i := range t.Clauses {
		if t.Clauses[i].ID == id {
			return &t.Clauses[i]
		}
	}
	return nil
}

// Clause finds a clause by its id, e.g. "15.2a".
func (t *Table) Clause(id string) (Clause, bool) {
	for _, c := range t.Clauses {
		if c.ID == id {
			return c, true
		}
	}
	return Clause{}, false
}

func clean(text string, errata []Erratum) string {
	for _, e := range errata {
		if e.Was != "" {
			text = strings.ReplaceAll(text, e.Was, e.Now)
		}
	}
	return strings.TrimSpace(text)
}

// tableFile is the shape of the data file; points are texts there.
type tableFile struct {
	Version, Title string
	Status         Status
	Rows           []struct {
		No                                           int
		Group, Weight, Title, Standard, Printed, Max string
		Force                                        Force
		Outcome                                      struct{ Max, Text, Reading string }
	}
	Clauses []struct {
		ID                   string
		Row                  int
		Text, Min, Max, Step string
		Media                bool
		Force                Force
	}
	Errata []Erratum
}

func mustTable(data []byte) *Table {
	t, err := parseTable(data)
	if err != nil {
		panic("rubric: embedded table: " + err.Error())
	}
	return t
}

func parseTable(data []byte) (*Table, error) {
	var f tableFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("指标数据文件无法读取：%w", err)
	}
	sum := sha256.Sum256(data)
	t := &Table{Version: f.Version, Title: f.Title, Status: f.Status, Errata: f.Errata, SHA256: hex.EncodeToString(sum[:])}
	var bad error
	points := func(where, s string) Points {
		p, err := ParsePoints(s)
		if err != nil && bad == nil {
			bad = fmt.Errorf("%s：%w", where, err)
		}
		return p
	}
	for _, r := range f.Rows {
		outcome := Outcome{Text: r.Outcome.Text, Reading: r.Outcome.Reading}
		if r.Outcome.Max != "" {
			outcome.Max = points(fmt.Sprintf("第%d项结果部分", r.No), r.Outcome.Max)
		}
		t.Rows = append(t.Rows, Row{Outcome: outcome, No: r.No, Group: r.Group, Weight: r.Weight, Title: r.Title, Standard: r.Standard,
			Printed: r.Printed, Force: r.Force, Max: points(fmt.Sprintf("第%d项", r.No), r.Max), errata: errataOf(f.Errata, r.No)})
	}
	for _, c := range f.Clauses {
		where := "条款 " + c.ID
		t.Clauses = append(t.Clauses, Clause{ID: c.ID, Row: c.Row, Text: c.Text, Media: c.Media, Force: c.Force,
			Min: points(where, c.Min), Max: points(where, c.Max), Step: points(where, c.Step), errata: errataOf(f.Errata, c.Row)})
	}
	return t, bad
}

func errataOf(all []Erratum, row int) []Erratum {
	var own []Erratum
	for _, e := range all {
		if e.Row == row {
			own = append(own, e)
		}
	}
	return own
}
