package rubric

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Option is one reading of an ambiguous text.
type Option struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// ReadingRow is one place where the source can be read in more than one way,
// says nothing, or contradicts itself (口径). The first option is the default;
// a row without options changes no figure.
type ReadingRow struct {
	ID         string   `json:"id"`
	Subject    string   `json:"subject"`
	Text       string   `json:"text"` // verbatim, as printed
	Rows       []int    `json:"rows,omitempty"`
	Clauses    []string `json:"clauses,omitempty"`
	Problem    string   `json:"problem"`
	Default    string   `json:"default"`
	Also       string   `json:"also,omitempty"` // what the product does besides
	DefaultKey string   `json:"default_key,omitempty"`
	Options    []Option `json:"options,omitempty"`
}

// Switchable tells whether another option can be chosen and computed.
func (r ReadingRow) Switchable() bool { return len(r.Options) > 0 }

// OptionText is the text of an option, "" for an unknown one.
func (r ReadingRow) OptionText(key string) string {
	for _, o := range r.Options {
		if o.Key == key {
			return o.Text
		}
	}
	return ""
}

// unsaid stands where the source has no words on a matter.
const unsaid = "（原文没有规定）"

// Clause is the place of the source that an interpretation of the reading cites
// (第三十五条): without the words quoted there when it is one place.
func (r ReadingRow) Clause() string {
	place, _, _ := strings.Cut(r.Text, "：")
	switch {
	case r.Text == unsaid:
		return "附件2" + unsaid
	case strings.Count(r.Text, "：") > 1:
		return r.Text
	}
	return place
}

func (r ReadingRow) has(key string) bool { return r.OptionText(key) != "" }

func (r ReadingRow) optionKeys() string {
	keys := make([]string, len(r.Options))
	for i, o := range r.Options {
		keys[i] = o.Key
	}
	return strings.Join(keys, "、")
}

//go:embed data/readings.json
var readingsFile []byte

// readings is read once at start, like the table.
var readings = mustReadings(readingsFile)

// Readings are all 43 readings, by id. Callers get their own copy.
func Readings() []ReadingRow { return slices.Clone(readings) }

// ReadingByID finds a reading.
func ReadingByID(id string) (ReadingRow, bool) {
	for _, r := range readings {
		if r.ID == id {
			return r, true
		}
	}
	return ReadingRow{}, false
}

func mustReadings(data []byte) []ReadingRow {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var all []ReadingRow
	if err := d.Decode(&all); err != nil {
		panic("rubric: embedded readings: " + err.Error())
	}
	return all
}

// readingCount is the number of rows of the register of ambiguities.
const readingCount = 43

// lintReadings checks the register against the table and against the code:
// every row and clause exists, defaults are valid, every option is computed.
func (t *Table) lintReadings(rows []ReadingRow) []Finding {
	var all []Finding
	if len(rows) != readingCount {
		all = append(all, Finding{"E-09", fmt.Sprintf("口径应有 %d 条，实有 %d 条", readingCount, len(rows))})
	}
	for i, r := range rows {
		if want := fmt.Sprintf("R-%02d", i+1); r.ID != want {
			all = append(all, Finding{"E-09", fmt.Sprintf("第 %d 条口径的编号是 %q，应为 %s", i+1, r.ID, want)})
		}
		if r.Subject == "" || r.Text == "" || r.Problem == "" || r.Default == "" {
			all = append(all, Finding{"E-09", "口径 " + r.ID + " 缺少标题、原文、问题或默认处理"})
		}
		all = append(all, t.lintPlaces(r)...)
		all = append(all, lintOptions(r)...)
	}
	return all
}

func (t *Table) lintPlaces(r ReadingRow) []Finding {
	var all []Finding
	for _, no := range r.Rows {
		if t.row(no) == nil {
			all = append(all, Finding{"E-10", fmt.Sprintf("口径 %s 所指的第%d项不存在", r.ID, no)})
		}
	}
	for _, id := range r.Clauses {
		if t.clause(id) == nil {
			all = append(all, Finding{"E-10", fmt.Sprintf("口径 %s 所指的条款 %s 不存在", r.ID, id)})
		}
	}
	return all
}

func lintOptions(r ReadingRow) []Finding {
	if !r.Switchable() {
		if r.DefaultKey != "" {
			return []Finding{{"E-11", "口径 " + r.ID + " 有默认选项而没有选项"}}
		}
		return nil
	}
	var all []Finding
	if r.DefaultKey != r.Options[0].Key || len(r.Options) < 2 {
		all = append(all, Finding{"E-11", "口径 " + r.ID + " 的默认选项应是第一个选项，且另有选项"})
	}
	for i, o := range r.Options {
		computed := slices.ContainsFunc(switches, func(s optionSwitch) bool { return s.reading == r.ID && s.option == o.Key })
		if o.Text == "" || computed != (i > 0) {
			all = append(all, Finding{"E-11", fmt.Sprintf("口径 %s 的选项 %q 没有文字，或与计分程序不一致", r.ID, o.Key)})
		}
	}
	return all
}
