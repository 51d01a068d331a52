package campaign

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:embed registers/*.json
var registerFiles embed.FS

// Register is a list, a form or a document slot that an institution keeps
// through its year. It is data: the form, its checks, its table, its exports
// and what the reviewer sees all follow from it.
type Register struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Clause  string   `json:"clause"`  // of requirements, e.g. GL-17
	Article string   `json:"article"` // of the guideline or the row of Annex 2, as pages cite it
	Force   string   `json:"force"`   // M: the guideline says 应; C: on a condition; E: encouraged
	Rows    []int    `json:"rows"`    // of Annex 2 that it serves
	Kind    Shape    `json:"kind"`
	Lead    string   `json:"lead"` // what to fill in, above the form
	Set     string   `json:"set"`  // fields shared by several registers come first
	Fields  []Field  `json:"fields"`
	Rules   []Rule   `json:"rules"` // across the fields of a row; a broken one refuses it
	Signs   []Rule   `json:"marks"` // shown, never refused
	Needs   []Need   `json:"needs"` // parts that the checklist names when they are missing
	Same    []string `json:"same"`  // a row like another in one of these fields is shown as repeated
	Once    string   `json:"once"`  // a field whose value no two rows may share
	Count   string   `json:"count"` // a field by which rows are counted and drawn
	Compare []string `json:"compare"`
	None    string   `json:"none"` // words of the answer “we have none, because”; "" when there is no such answer
}

// Shape is how many rows a register holds.
type Shape string

// The shapes of registers.
const (
	ListShape   Shape = "list"
	SingleShape Shape = "single"
	SlotShape   Shape = "slot" // a document: one row with the fields of the set
)

// Field is one column of a register.
type Field struct {
	Key      string   `json:"key"`
	Label    string   `json:"label"`
	Hint     string   `json:"hint"`
	Type     string   `json:"type"`
	Required bool     `json:"required"`
	Max      int      `json:"max"`    // of signs
	Future   bool     `json:"future"` // a day that may lie after today
	Group    string   `json:"group"`  // heading above the field on the form
	Seen     []Seer   `json:"seen"`   // who beside the institution; nil: regulator and reviewer
	Options  []Choice `json:"options"`
}

// Choice is a value of a choice with the other words that mean it.
type Choice struct {
	Value string   `json:"value"`
	Alias []string `json:"alias"`
}

// Seer is a kind of reader of a register.
type Seer string

// The readers of registers.
const (
	SeerInstitution Seer = "institution"
	SeerRegulator   Seer = "regulator"
	SeerReviewer    Seer = "reviewer"
	SeerPublic      Seer = "public"
)

// Rule is a check over fields, by the name of a pure function in this room.
type Rule struct {
	Check  string   `json:"check"`
	Fields []string `json:"fields"`
	At     string   `json:"at"`   // the field that is faulty; "": the last
	When   string   `json:"when"` // the rule holds only where this field …
	Is     string   `json:"is"`   // … has this value (or, "!x": has not)
	Days   int      `json:"days"`
	Day    Day      `json:"day"`
	With   string   `json:"with"` // another register
	Tone   string   `json:"tone"` // of a mark: amber or red
	Say    string   `json:"say"`
}

// Need is a part of a register that is missed by name: a row whose field has a
// value, or a row with all the fields filled.
type Need struct {
	Name   string   `json:"name"`
	Field  string   `json:"field"`
	Is     string   `json:"is"`
	Fields []string `json:"fields"`
}

// Registers are the registers of one version of the schema.
type Registers struct {
	Version string
	Digest  string
	All     []Register
}

type registerFile struct {
	Version   string             `json:"version"`
	Sets      map[string][]Field `json:"sets"`
	Registers []Register         `json:"registers"`
}

// KnownRegisters reads the schema that comes with this build. A faulty one
// ends the program at its start.
func KnownRegisters() *Registers { return ownRegisters }

var ownRegisters = func() *Registers {
	r, err := ParseRegisters(registerFiles)
	if err != nil {
		panic(err)
	}
	return r
}()

// ParseRegisters reads and validates every file of a schema, in the order of
// their names.
func ParseRegisters(files fs.FS) (*Registers, error) {
	names, err := fs.Glob(files, "registers/*.json")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("registers: no schema (%v)", err)
	}
	out, sum, sets := &Registers{}, sha256.New(), map[string][]Field{}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum.Write(b)
		var f registerFile
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if out.Version == "" {
			out.Version = f.Version
		}
		if f.Version != out.Version {
			return nil, fmt.Errorf("%s: version %q, others have %q", name, f.Version, out.Version)
		}
		for k, set := range f.Sets {
			sets[k] = set
		}
		out.All = append(out.All, f.Registers...)
	}
	out.Digest = hex.EncodeToString(sum.Sum(nil))
	for i := range out.All {
		r := &out.All[i]
		if r.Set != "" {
			r.Fields = slices.Concat(sets[r.Set], r.Fields)
		}
		if err := r.validate(out); err != nil {
			return nil, fmt.Errorf("register %s: %w", r.ID, err)
		}
	}
	return out, nil
}

// Get finds a register by its id.
func (s *Registers) Get(id string) (Register, bool) {
	i := slices.IndexFunc(s.All, func(r Register) bool { return r.ID == id })
	if i < 0 {
		return Register{}, false
	}
	return s.All[i], true
}

// ForRow lists the registers that serve a row of Annex 2.
func (s *Registers) ForRow(row int) []Register {
	var all []Register
	for _, r := range s.All {
		if slices.Contains(r.Rows, row) {
			all = append(all, r)
		}
	}
	return all
}

// Field finds a field by its key.
func (r Register) Field(key string) (Field, bool) {
	i := slices.IndexFunc(r.Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return r.Fields[i], true
}

// Label is the words of a field; the key itself when there is none.
func (r Register) Label(key string) string {
	if f, ok := r.Field(key); ok {
		return f.Label
	}
	return key
}

// FileField is the key of the field that takes a file; "" when there is none.
func (r Register) FileField() string {
	for _, f := range r.Fields {
		if f.Type == "file" {
			return f.Key
		}
	}
	return ""
}

// Many tells whether a register holds more than one row.
func (r Register) Many() bool { return r.Kind == ListShape }

// Shows tells whether a reader may see a field. An institution sees its own
// file whole.
func (f Field) Shows(to Seer) bool {
	if to == SeerInstitution {
		return true
	}
	if f.Seen == nil {
		return to == SeerRegulator || to == SeerReviewer
	}
	return slices.Contains(f.Seen, to)
}

// Visible are the fields that a reader may see.
func (r Register) Visible(to Seer) []Field {
	return slices.DeleteFunc(slices.Clone(r.Fields), func(f Field) bool { return !f.Shows(to) })
}

var (
	idForm     = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)
	keyForm    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	reserved   = []string{"name", "post", "declared", "none", "confirmed", "table"} // of every form
	fieldTypes = []string{"text", "long", "day", "year-month", "time", "number", "money", "url", "choice", "multi", "person", "file", "yesno", "institution"}
	shapes     = []Shape{ListShape, SingleShape, SlotShape}
)

func (r *Register) validate(all *Registers) error {
	n := 0
	for _, o := range all.All {
		if o.ID == r.ID {
			n++
		}
	}
	switch {
	case !idForm.MatchString(r.ID):
		return fmt.Errorf("id %q", r.ID)
	case n != 1:
		return fmt.Errorf("defined %d times", n)
	case r.Title == "" || r.Clause == "" || r.Article == "":
		return fmt.Errorf("needs title, clause and article")
	case !slices.Contains([]string{"M", "C", "E"}, r.Force):
		return fmt.Errorf("force %q", r.Force)
	case !slices.Contains(shapes, r.Kind):
		return fmt.Errorf("kind %q", r.Kind)
	case len(r.Rows) == 0 || slices.ContainsFunc(r.Rows, func(n int) bool { return n < 1 || n > 14 }):
		return fmt.Errorf("rows %v", r.Rows)
	case len(r.Fields) == 0:
		return fmt.Errorf("no fields")
	}
	if err := r.validateFields(); err != nil {
		return err
	}
	for _, c := range append(slices.Clone(r.Rules), r.Signs...) {
		if err := r.validateRule(c, all); err != nil {
			return err
		}
	}
	for _, n := range r.Needs {
		if n.Name == "" || (n.Field == "") == (len(n.Fields) == 0) {
			return fmt.Errorf("need %q: one of field and fields", n.Name)
		}
		if n.Field != "" && r.Canonical(n.Field, n.Is) != n.Is {
			return fmt.Errorf("need %q: no such value", n.Name)
		}
		if err := r.has(append(n.Fields, n.Field)...); err != nil {
			return err
		}
	}
	return r.has(append(slices.Concat(r.Same, r.Compare), r.Once, r.Count)...)
}

func (r *Register) validateFields() error {
	files := 0
	for i, f := range r.Fields {
		choice := f.Type == "choice" || f.Type == "multi"
		switch {
		case !keyForm.MatchString(f.Key), slices.Contains(reserved, f.Key), slices.IndexFunc(r.Fields, func(o Field) bool { return o.Key == f.Key }) != i:
			return fmt.Errorf("field %q: its key is faulty or taken", f.Key)
		case f.Label == "", !slices.Contains(fieldTypes, f.Type):
			return fmt.Errorf("field %s: label %q, type %q", f.Key, f.Label, f.Type)
		case slices.ContainsFunc(r.Fields[:i], func(o Field) bool { return o.Label == f.Label }):
			return fmt.Errorf("field %s: label %q is taken", f.Key, f.Label) // tables are read by their labels
		case choice != (len(f.Options) > 0):
			return fmt.Errorf("field %s: %d options", f.Key, len(f.Options))
		case (f.Type == "text" || f.Type == "long") && f.Max == 0:
			return fmt.Errorf("field %s: no greatest length", f.Key)
		}
		if f.Type == "file" {
			files++
		}
		for _, o := range f.Options {
			if o.Value == "" || strings.Contains(o.Value, multiSep) {
				return fmt.Errorf("field %s: option %q", f.Key, o.Value)
			}
		}
	}
	if files > 1 {
		return fmt.Errorf("%d file fields, at most one", files)
	}
	return nil
}

func (r *Register) validateRule(c Rule, all *Registers) error {
	if _, rule := rowRules[c.Check]; !rule {
		if _, mark := markRules[c.Check]; !mark {
			return fmt.Errorf("no check %q", c.Check)
		}
	}
	if _, ok := all.Get(c.With); c.With != "" && !ok {
		return fmt.Errorf("check %s: no register %q", c.Check, c.With)
	}
	if len(c.Fields) == 0 || c.Say == "" {
		return fmt.Errorf("check %s: needs fields and words", c.Check)
	}
	return r.has(append(slices.Clone(c.Fields), c.At, c.When)...)
}

func (r *Register) has(keys ...string) error {
	for _, k := range keys {
		if _, ok := r.Field(k); k != "" && !ok {
			return fmt.Errorf("no field %q", k)
		}
	}
	return nil
}
