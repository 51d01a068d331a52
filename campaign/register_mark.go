package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Remark is something a reader should look at in a register: it is shown
// beside the row, and changes no score.
type Remark struct {
	Row  int // from 0; −1 for the register as a whole
	Tone string
	Say  string
}

// Book is what marks may look at beside the row: the day and the other registers.
type Book struct {
	Today Day
	Of    func(register string) []Record
}

func (b Book) rows(id string) []Record {
	if b.Of == nil || id == "" {
		return nil
	}
	return b.Of(id)
}

// markRules tell of a row whether a mark stands.
var markRules = map[string]func(Rule, Record, Book) bool{
	// nothing was posted for some days (GL-17)
	"stale": func(c Rule, row Record, b Book) bool {
		d := Day(row[c.Fields[0]])
		return d == "" || b.Today != "" && d.Add(c.Days) < b.Today
	},
	// a day has passed (GL-9: a mandate that ended)
	"past": func(c Rule, row Record, b Book) bool {
		d := Day(row[c.Fields[0]])
		return d != "" && b.Today != "" && d < b.Today
	},
	// a planned day has passed and nobody said what came of it (GL-11)
	"open-past": func(c Rule, row Record, b Book) bool {
		d := Day(row[c.Fields[0]])
		return d != "" && b.Today != "" && d < b.Today && row[c.Fields[len(c.Fields)-1]] == ""
	},
	// one of the fields is empty
	"empty": func(c Rule, row Record, _ Book) bool { return !needed(c, row) },
	// the declared exception (GL-13) or another value that is worth a look
	"ticked": func(c Rule, _ Record, _ Book) bool { return true }, // when and is say it all
	// a person spoke without a mandate on that day (GL-9, GL-16)
	"mandate": func(c Rule, row Record, b Book) bool {
		person := row[c.Fields[0]]
		return person != "" && !Mandated(b.rows(c.With), person, Day(row[c.Fields[1]]))
	},
	// the same thing stands in another register too (AN-6)
	"also-in": func(c Rule, row Record, b Book) bool {
		v := alike(row[c.Fields[0]])
		return v != "" && slices.ContainsFunc(b.rows(c.With), func(o Record) bool { return alike(o[c.Fields[0]]) == v })
	},
}

// Mandated tells whether a person could speak for the institution on a day
// (第九条 新闻发言人, GL-9).
func Mandated(spokespersons []Record, person string, on Day) bool {
	return slices.ContainsFunc(spokespersons, func(s Record) bool {
		return alike(s["person"]) == alike(person) && Day(s["from"]) <= on && (s["to"] == "" || on <= Day(s["to"]))
	})
}

// Marks are the remarks on a version of a register.
func (r Register) Marks(f Filing, b Book) []Remark {
	var all []Remark
	for i, row := range f.Rows {
		told := map[string]bool{} // of one check the first that stands is enough: the worst is written first
		for _, c := range r.Signs {
			if at := c.Check + c.Fields[0]; !told[at] && c.holds(row) && markRules[c.Check](c, row, b) {
				told[at] = true
				all = append(all, Remark{i, cmp.Or(c.Tone, "amber"), c.Say})
			}
		}
	}
	for _, d := range r.Repeated(f.Rows) {
		all = append(all, Remark{d.Row, "amber", fmt.Sprintf("与第 %d 行%s相同，只计一次", d.Of+1, r.Label(d.Field))})
	}
	slices.SortStableFunc(all, func(a, b Remark) int { return a.Row - b.Row })
	return all
}

// Repeat is a row that is like an earlier one in a field.
type Repeat struct {
	Row, Of int
	Field   string
}

// Repeated finds rows that are like an earlier one: by address, title or
// event, whatever stands between the signs (AN-5, AN-7, §2 no. 41).
func (r Register) Repeated(rows []Record) []Repeat {
	var all []Repeat
	first := map[[2]string]int{}
	for i, row := range rows {
		found := false
		for _, k := range r.Same {
			v := alike(row[k])
			if v == "" || v == "其他" {
				continue
			}
			at := [2]string{k, v}
			if of, seen := first[at]; seen && !found {
				all, found = append(all, Repeat{i, of, k}), true
			} else if !seen {
				first[at] = i
			}
		}
	}
	return all
}

// alike keeps letters and digits only, in one case, so that titles that differ
// in spaces and punctuation are one.
func alike(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "https://"), "http://")
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsNumber(c) {
			return c
		}
		return -1
	}, s)
}

// Twice names the value that two rows share though they may not; "" when none does.
func (r Register) Twice(rows []Record) (at int, value string) {
	seen := map[string]bool{}
	for i, row := range rows {
		if v := row[r.Once]; r.Once != "" && v != "" {
			if seen[v] {
				return i, v
			}
			seen[v] = true
		}
	}
	return -1, ""
}

// Tally is how many rows have a value.
type Tally struct {
	Value string
	N     int
}

// Tallies counts the rows by the register's counted field, in the order of its
// options; repeated rows count once (AN-5, AN-10).
func (r Register) Tallies(rows []Record) []Tally {
	f, ok := r.Field(r.Count)
	if !ok {
		return nil
	}
	again := map[int]bool{}
	for _, d := range r.Repeated(rows) {
		again[d.Row] = true
	}
	n := map[string]int{}
	for i, row := range rows {
		for v := range strings.SplitSeq(row[f.Key], multiSep) {
			if v != "" && !again[i] {
				n[v]++
			}
		}
	}
	var all []Tally
	for _, v := range f.values() {
		if n[v] > 0 {
			all = append(all, Tally{v, n[v]})
		}
	}
	return all
}

// CheckItem is a line of the checklist of an institution's year.
type CheckItem struct {
	Register Register
	Filed    bool
	Missing  []string // by name
	Marks    int
	Carry    bool // last year's stands and waits to be confirmed again
}

// Open tells whether the institution still has something to do here.
func (i CheckItem) Open() bool { return len(i.Missing) > 0 }

// Missing names what a filed version lacks (GL-4, GL-21, GL-31).
func (r Register) Missing(f Filing) []string {
	if f.None != "" {
		return nil
	}
	if len(f.Rows) == 0 {
		if len(r.Needs) > 0 {
			return r.names()
		}
		return []string{r.Title}
	}
	var all []string
	for _, n := range r.Needs {
		if !slices.ContainsFunc(f.Rows, n.met) {
			all = append(all, n.Name)
		}
	}
	return all
}

func (r Register) names() []string {
	all := make([]string, len(r.Needs))
	for i, n := range r.Needs {
		all[i] = n.Name
	}
	return all
}

func (n Need) met(row Record) bool {
	if n.Field != "" {
		return row[n.Field] == n.Is
	}
	return !slices.ContainsFunc(n.Fields, func(k string) bool { return row[k] == "" })
}

// Checklist goes through the whole schema: filed and carried say what stands
// in this year and what stood in the last.
func (s *Registers) Checklist(filed, before map[string]Filing, today Day) []CheckItem {
	book := Book{Today: today, Of: func(id string) []Record { return filed[id].Rows }}
	all := make([]CheckItem, 0, len(s.All))
	for _, r := range s.All {
		f, here := filed[r.ID]
		i := CheckItem{Register: r, Filed: here && !f.Empty(), Marks: len(r.Marks(f, book))}
		if r.Force != "E" {
			i.Missing = r.Missing(f)
		}
		i.Carry = !here && !before[r.ID].Empty()
		all = append(all, i)
	}
	return all
}

// Stands tells whether a row like this one, in all of these fields, is among
// the rows.
func (r Register) Stands(rows []Record, row Record, fields ...string) bool {
	return slices.ContainsFunc(rows, func(o Record) bool {
		return !slices.ContainsFunc(fields, func(k string) bool { return alike(o[k]) != alike(row[k]) })
	})
}
