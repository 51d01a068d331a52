package campaign

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Record is one row of a register: canonical values by key, empty ones left out.
type Record map[string]string

// Filing is a version of a register: its rows, or why there are none.
type Filing struct {
	None string   `json:"none,omitempty"`
	Rows []Record `json:"rows"`
}

// Empty tells whether nothing was filed.
func (f Filing) Empty() bool { return f.None == "" && len(f.Rows) == 0 }

// multiSep stands between the values of a multi field.
const multiSep = "、"

// Yes and No are the values of a yesno field.
const (
	Yes = "是"
	No  = "否"
)

// Limits of a register.
const (
	RegisterRows = 2000 // of a list
	numberMost   = 1e12
)

var dayForms = []string{dayForm, "2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}

var timeForms = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-1-2 15:04", "2006-1-2 15:04:05", "2006/1/2 15:04", "2006/1/2 15:04:05", "2006年1月2日 15:04"}

var monthForms = []string{"2006-01", "2006-1", "2006/1", "2006年1月"}

// Canonical gives the value that is kept for what a person or a table wrote;
// what cannot be read stays as it is, for Check to refuse.
func (r Register) Canonical(key, raw string) string {
	f, ok := r.Field(key)
	v := strings.TrimSpace(raw)
	if !ok || v == "" {
		return v
	}
	switch f.Type {
	case "day":
		return reformed(v, dayForm, dayForms)
	case "time":
		return reformed(v, timeForms[0], timeForms)
	case "year-month":
		return reformed(v, monthForms[0], monthForms)
	case "number", "money":
		return strings.ReplaceAll(strings.ReplaceAll(v, ",", ""), "，", "")
	case "choice":
		return f.option(v)
	case "multi":
		return f.several(v)
	case "yesno":
		return yesNo(v)
	case "institution":
		return strings.ToUpper(v)
	}
	return v
}

// Clean makes a row of what was written: unknown keys and empty values are left out.
func (r Register) Clean(raw map[string]string) Record {
	out := Record{}
	for _, f := range r.Fields {
		if v := r.Canonical(f.Key, raw[f.Key]); v != "" {
			out[f.Key] = v
		}
	}
	return out
}

func reformed(v, to string, from []string) string {
	for _, form := range from {
		if t, err := time.Parse(form, v); err == nil {
			return t.Format(to)
		}
	}
	return v
}

// option finds the value that words mean: itself or one of its aliases (§2 no. 24).
func (f Field) option(v string) string {
	for _, o := range f.Options {
		if v == o.Value || slices.Contains(o.Alias, v) {
			return o.Value
		}
	}
	return v
}

func (f Field) several(v string) string {
	var all []string
	for _, p := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune("、,，;；|", r) }) {
		if p = f.option(strings.TrimSpace(p)); p != "" && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return strings.Join(all, multiSep)
}

func yesNo(v string) string {
	switch strings.ToLower(v) {
	case "1", "y", "yes", "true", "√", "有":
		return Yes
	case "0", "n", "no", "false", "×", "无":
		return No
	}
	return v
}

// Check names every faulty field of a row in words. What is told as done may
// not lie after today.
func (r Register) Check(row Record, today Day) map[string]string {
	bad := map[string]string{}
	for _, f := range r.Fields {
		v := row[f.Key]
		if v == "" {
			if f.Required {
				bad[f.Key] = f.ask()
			}
			continue
		}
		if say := f.fault(v); say != "" {
			bad[f.Key] = say
		} else if f.ahead(v, today) {
			bad[f.Key] = f.Label + "不能晚于今天"
		}
	}
	for _, c := range r.Rules {
		if at := cmp.Or(c.At, c.Fields[len(c.Fields)-1]); bad[at] == "" && c.holds(row) && !rowRules[c.Check](c, row) {
			bad[at] = c.Say
		}
	}
	return bad
}

// ahead tells whether a day, month or time lies after today though it may not.
func (f Field) ahead(v string, today Day) bool {
	if f.Future || today == "" || (f.Type != "day" && f.Type != "time" && f.Type != "year-month") {
		return false
	}
	n := min(len(v), len(today))
	return v[:n] > string(today)[:n]
}

func (f Field) ask() string {
	switch f.Type {
	case "choice", "multi", "yesno":
		return "请选择" + f.Label
	case "file":
		return "请上传" + f.Label
	}
	return "请填写" + f.Label
}

var (
	numberForm = regexp.MustCompile(`^\d{1,12}$`)
	moneyForm  = regexp.MustCompile(`^\d{1,10}(\.\d{1,2})?$`)
	fileForm   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (f Field) fault(v string) string {
	switch f.Type {
	case "day":
		if _, err := ParseDay(v); err != nil {
			return f.Label + "无法识别，请按 2026-03-15 的格式填写"
		}
	case "time":
		if _, err := time.Parse(timeForms[0], v); err != nil {
			return f.Label + "无法识别，请按 2026-03-15 09:30 的格式填写"
		}
	case "year-month":
		if _, err := time.Parse(monthForms[0], v); err != nil {
			return f.Label + "无法识别，请按 2026-03 的格式填写"
		}
	case "number":
		if !numberForm.MatchString(v) {
			return f.Label + "请填写不带小数的数字"
		}
	case "money":
		if !moneyForm.MatchString(v) {
			return f.Label + "请填写金额（万元），最多两位小数"
		}
	case "url":
		return f.urlFault(v)
	case "choice", "yesno":
		if !slices.Contains(f.values(), v) {
			return fmt.Sprintf("%s请从“%s”中选择", f.Label, strings.Join(f.values(), "”“"))
		}
	case "multi":
		for p := range strings.SplitSeq(v, multiSep) {
			if !slices.Contains(f.values(), p) {
				return fmt.Sprintf("%s请从“%s”中选择", f.Label, strings.Join(f.values(), "”“"))
			}
		}
	case "institution":
		if !ValidCode(v) {
			return f.Label + "请填写批准号，例如 CNCA-R-2002-001"
		}
	case "file":
		if !fileForm.MatchString(v) {
			return "请上传" + f.Label
		}
	}
	return f.lengthFault(v)
}

func (f Field) urlFault(v string) string {
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || len(v) > 500 || strings.ContainsAny(v, " \t\n") {
		return f.Label + "请填写完整网址，以 http:// 或 https:// 开头"
	}
	return ""
}

func (f Field) lengthFault(v string) string {
	most := f.Max
	if f.Type == "person" && most == 0 {
		most = 40
	}
	if n := len([]rune(v)); most > 0 && n > most {
		return fmt.Sprintf("%s不能超过 %d 字，现有 %d 字", f.Label, most, n)
	}
	bad := strings.ContainsFunc(v, func(c rune) bool { return unicode.IsControl(c) && (c != '\n' || f.Type != "long") })
	if bad {
		return f.Label + "含有无法显示的字符，请重新填写"
	}
	return ""
}

// values are those that a choice may have.
func (f Field) values() []string {
	if f.Type == "yesno" {
		return []string{Yes, No}
	}
	all := make([]string, len(f.Options))
	for i, o := range f.Options {
		all[i] = o.Value
	}
	return all
}

// Values lists what a choice, multi or yesno field may have.
func (f Field) Values() []string { return f.values() }

// holds tells whether a rule asks anything of this row.
func (c Rule) holds(row Record) bool {
	if c.When == "" {
		return true
	}
	if not, ok := strings.CutPrefix(c.Is, "!"); ok {
		return row[c.When] != not
	}
	return row[c.When] == c.Is
}

// rowRules are the checks of a row across its fields; true: it holds.
var rowRules = map[string]func(Rule, Record) bool{
	"ascending": ascending, // dates or times in the order of the fields, as far as they are given
	"not-more":  notMore,   // a ≥ b ≥ c …, numbers: the later fields never exceed the first
	"distinct":  distinct,  // nobody twice
	"one-of":    oneOf,     // at least one of the fields
	"needed":    needed,    // all of the fields, where the rule holds
	"not-before": func(c Rule, row Record) bool { // the guideline's own day, GL-33
		v := row[c.Fields[0]]
		return v == "" || Day(v) >= c.Day
	},
}

func ascending(c Rule, row Record) bool {
	last := ""
	for _, k := range c.Fields {
		v := row[k]
		if n := min(len(last), len(v)); v != "" && v[:n] < last[:n] { // a day and a time compare by day
			return false
		}
		if v != "" {
			last = v
		}
	}
	return true
}

func notMore(c Rule, row Record) bool {
	first, err := strconv.ParseFloat(row[c.Fields[0]], 64)
	for _, k := range c.Fields[1:] {
		if n, bad := strconv.ParseFloat(row[k], 64); err == nil && bad == nil && n > first {
			return false
		}
	}
	return true
}

func distinct(c Rule, row Record) bool {
	seen := map[string]bool{}
	for _, k := range c.Fields {
		v := strings.Join(strings.Fields(row[k]), "")
		if v != "" && seen[v] {
			return false
		}
		seen[v] = true
	}
	return true
}

func oneOf(c Rule, row Record) bool {
	return slices.ContainsFunc(c.Fields, func(k string) bool { return row[k] != "" })
}

func needed(c Rule, row Record) bool {
	return !slices.ContainsFunc(c.Fields, func(k string) bool { return row[k] == "" })
}

// Importable tells whether a table can fill a register: a list whose rows do
// not each need a file.
func (r Register) Importable() bool {
	f, _ := r.Field(r.FileField())
	return r.Many() && !f.Required
}
