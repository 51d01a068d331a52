package rubric

import (
	"fmt"
	"slices"
	"strings"
)

// Status is how far a table has come: put out for comment before it binds.
type Status string

// Only a table in force may be scored with (行动方案四(一)3 征求意见).
const (
	StatusDraft        Status = "draft"
	StatusConsultation Status = "consultation"
	StatusInForce      Status = "in-force"
)

// Chinese says the status in words; an unknown one is shown as it is.
func (s Status) Chinese() string {
	switch s {
	case StatusDraft:
		return "草案"
	case StatusConsultation:
		return "征求意见"
	case StatusInForce:
		return "已施行"
	}
	return string(s)
}

// Force is how binding a text is.
type Force string

// The forces a row or clause of a table can have.
const (
	Must        Force = "M" // 应、须、不得
	Conditional Force = "C" // 具备条件的、按规定
	Encouraged  Force = "E" // 鼓励、可以: may earn, never cost
)

// inForce refuses to score with a table that does not bind yet (PL-4).
func (t *Table) inForce() error {
	if t.Status == StatusInForce {
		return nil
	}
	return fmt.Errorf("评价指标 %s 的状态是“%s”，施行后才能用于计分", clip(t.Version), clip(t.Status.Chinese()))
}

// Versions are the tables this program carries, oldest first.
func Versions() []*Table { return []*Table{annex2} }

// Version finds a carried table by its name.
func Version(name string) (*Table, bool) {
	for _, t := range Versions() {
		if t.Version == name {
			return t, true
		}
	}
	return nil, false
}

// ReadTable reads the data file of a table of any status. Lint tells whether
// the table can be used.
func ReadTable(data []byte) (*Table, error) { return parseTable(data) }

// RowChange is one difference between two tables. An added place has no Was, a
// dropped one no Now.
type RowChange struct {
	Where string // 第3项, 条款 16.1, 勘误, 全表
	Field string
	Was   string
	Now   string
}

// Diff lists what b changes of a, in the order of the table: texts, points,
// forces, clauses and errata.
func Diff(a, b *Table) []RowChange {
	all := fields("全表", []pair{{"版本", a.Version, b.Version}, {"标题", a.Title, b.Title},
		{"状态", a.Status.Chinese(), b.Status.Chinese()}})
	all = append(all, diffRows(a, b)...)
	all = append(all, diffClauses(a, b)...)
	return append(all, diffErrata(a, b)...)
}

// pair is a field in both tables.
type pair struct{ field, was, now string }

func fields(where string, pairs []pair) []RowChange {
	var all []RowChange
	for _, p := range pairs {
		if p.was != p.now {
			all = append(all, RowChange{where, p.field, p.was, p.now})
		}
	}
	return all
}

func diffRows(a, b *Table) []RowChange {
	var all []RowChange
	for _, no := range union(len(a.Rows)+len(b.Rows), func(i int) int {
		if i < len(a.Rows) {
			return a.Rows[i].No
		}
		return b.Rows[i-len(a.Rows)].No
	}) {
		where := fmt.Sprintf("第%d项", no)
		was, inA := a.Row(no)
		now, inB := b.Row(no)
		switch {
		case !inB:
			all = append(all, RowChange{where, "整项", was.Title, ""})
		case !inA:
			all = append(all, RowChange{where, "整项", "", now.Title})
		default:
			all = append(all, fields(where, []pair{{"一级指标", was.Group, now.Group}, {"权重", was.Weight, now.Weight},
				{"二级指标", was.Title, now.Title}, {"评分标准", was.Standard, now.Standard}, {"分值栏", was.Printed, now.Printed},
				{"分值", was.Max.String(), now.Max.String()}, {"效力", string(was.Force), string(now.Force)}})...)
		}
	}
	return all
}

// union gives the numbers 0 to n-1 are mapped to, each once, ascending.
func union(n int, of func(int) int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = of(i)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func diffClauses(a, b *Table) []RowChange {
	var all []RowChange
	for _, was := range a.Clauses {
		where := "条款 " + was.ID
		now, ok := b.Clause(was.ID)
		if !ok {
			all = append(all, RowChange{where, "整条", was.Text, ""})
			continue
		}
		all = append(all, fields(where, []pair{{"文字", was.Text, now.Text}, {"每次最低", was.Min.String(), now.Min.String()},
			{"每次最高", was.Max.String(), now.Max.String()}, {"分档", was.Step.String(), now.Step.String()},
			{"按同一事项计1次", yes(was.Media), yes(now.Media)}, {"效力", string(was.Force), string(now.Force)}})...)
	}
	for _, now := range b.Clauses {
		if _, ok := a.Clause(now.ID); !ok {
			all = append(all, RowChange{"条款 " + now.ID, "整条", "", now.Text})
		}
	}
	return all
}

func yes(b bool) string {
	if b {
		return "是"
	}
	return "否"
}

func diffErrata(a, b *Table) []RowChange {
	var all []RowChange
	for _, e := range a.Errata {
		if !slices.Contains(b.Errata, e) {
			all = append(all, RowChange{"勘误", fmt.Sprintf("第%d项", e.Row), e.line(), ""})
		}
	}
	for _, e := range b.Errata {
		if !slices.Contains(a.Errata, e) {
			all = append(all, RowChange{"勘误", fmt.Sprintf("第%d项", e.Row), "", e.line()})
		}
	}
	return all
}

// line says a correction in words.
func (e Erratum) line() string {
	if e.Was == "" {
		return e.Why
	}
	now := e.Now
	if now == "" {
		now = "（删去）"
	}
	return fmt.Sprintf("“%s”→“%s”（%s）", strings.TrimSpace(e.Was), now, e.Why)
}
