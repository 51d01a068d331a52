package rubric

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ReceiptFault is a place of a receipt that does not hold.
type ReceiptFault struct {
	Path  string // e.g. rows[6].marks[1]
	Where string // the same in words: 第7项 专家二
	Say   string
}

// Error names the place first.
func (f ReceiptFault) Error() string {
	where := f.Path
	if where == "" {
		where = "回执"
	}
	if f.Where != "" {
		where += "（" + f.Where + "）"
	}
	return where + "：" + f.Say
}

// ReceiptFaults are all altered places of a receipt, the first of the file first.
type ReceiptFaults []ReceiptFault

// Error lists them one a line.
func (fs ReceiptFaults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// CheckReceipt reads a receipt strictly, recomputes every digest and, from the
// leaves alone, the whole score. What does not agree is named by its path.
func CheckReceipt(data []byte) (Receipt, error) {
	r, given, err := readReceipt(data)
	if err != nil {
		return r, err
	}
	if faults := given.sealFaults("", ""); len(faults) > 0 {
		return r, ReceiptFaults(faults)
	}
	t, ok := Version(r.Table.Version)
	if !ok || t.SHA256 != r.Table.SHA256 {
		return r, fmt.Errorf("这份回执按指标版本 %s（%.12s…）制作，本程序没有该版本，不能复算；请使用当年的程序", clip(r.Table.Version), r.Table.SHA256)
	}
	facts, err := r.facts()
	if err != nil {
		return r, err
	}
	again, err := t.Receipt(facts)
	if err != nil {
		return r, fmt.Errorf("回执中的评分或事项不合规则，不能复算：%w", err)
	}
	if f, found := differ(given, mustTree(again), "", ""); found {
		return r, ReceiptFaults{f}
	}
	return r, nil
}

// readReceipt reads the form: size, depth, encoding, doubled and unknown fields,
// and that it is a receipt of the form this build knows.
func readReceipt(data []byte) (r Receipt, given *node, err error) {
	walk, err := open(data)
	if err != nil {
		return r, nil, err
	}
	given = walk.read("", 0)
	if walk.err != nil {
		return r, nil, walk.err
	}
	if s := given.field("schema"); given.kind != '{' || s == nil || s.value != ReceiptSchema {
		return r, nil, fmt.Errorf("这不是得分回执，或者是另一种格式的回执（应为 %s）", ReceiptSchema)
	}
	if walk.decimals(given); walk.err != nil {
		return r, nil, walk.err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, nil, receiptForm(given, err)
	}
	if f, found := shape(given, mustTree(r), "", ""); found {
		return r, nil, ReceiptFaults{f}
	}
	return r, given, nil
}

// decimalFields are points, written as text.
var decimalFields = []string{"points", "max", "counted", "base", "bonus", "bonus_uncapped", "deduction", "deduction_uncapped", "total"}

// decimals reads all points of a receipt, so that a wrong one is told with its place.
func (r *reader) decimals(n *node) {
	for _, f := range n.fields {
		// a matter has a list of that name
		if slices.Contains(decimalFields, f.name) && f.node.kind == 'v' {
			r.points(n, f.name)
		}
		r.decimals(f.node)
	}
	for _, item := range n.items {
		r.decimals(item)
	}
}

// receiptForm says where a value is of another kind.
func receiptForm(given *node, err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return ReceiptFault{Path: given.before(int(wrong.Offset)).path, Say: "内容的类型不对"}
	}
	return fmt.Errorf("回执无法读取：%w", err)
}

// before is the last value that begins before an offset of the file.
func (n *node) before(offset int) *node {
	found := n
	for _, f := range n.fields {
		if f.node.at < offset {
			found = f.node.before(offset)
		}
	}
	for _, item := range n.items {
		if item.at < offset {
			found = item.before(offset)
		}
	}
	return found
}

// shape finds the first field that this form does not have or that is missing.
func shape(given, want *node, path, where string) (ReceiptFault, bool) {
	if given.kind != want.kind {
		return ReceiptFault{path, where, "内容的类型不对"}, true
	}
	for _, f := range given.fields {
		if want.field(f.name) == nil {
			return ReceiptFault{join(path, clip(f.name)), where, "回执中不应有这个字段"}, true
		}
	}
	for _, f := range want.fields {
		own := given.field(f.name)
		if own == nil {
			return ReceiptFault{join(path, f.name), where, "缺少这个字段"}, true
		}
		if fault, found := shape(own, f.node, join(path, f.name), label(where, own)); found {
			return fault, true
		}
	}
	for i, item := range given.items {
		if i >= len(want.items) {
			return ReceiptFault{place(path, i), where, "内容的类型不对"}, true
		}
		if fault, found := shape(item, want.items[i], place(path, i), label(where, item)); found {
			return fault, true
		}
	}
	return ReceiptFault{}, false
}

// sealFaults compares every digest with what it seals. A node is sealed by the
// stated digests of its children, so only the altered node is named, not those above it.
func (n *node) sealFaults(path, where string) []ReceiptFault {
	var all []ReceiptFault
	if stated := n.field(digestField); n.kind == '{' && (stated == nil || stated.value != any(n.seal())) {
		all = append(all, ReceiptFault{path, where, "内容与摘要不符，已被改动"})
	}
	for _, f := range n.fields {
		all = append(all, f.node.sealFaults(join(path, f.name), label(where, f.node))...)
	}
	for i, item := range n.items {
		all = append(all, item.sealFaults(place(path, i), label(where, item))...)
	}
	return all
}

// differ finds the first value that the recomputation does not confirm. Digests
// follow from the rest and are looked at last.
func differ(given, again *node, path, where string) (ReceiptFault, bool) {
	if given.kind != again.kind || len(given.items) != len(again.items) {
		return ReceiptFault{path, where, "与由评分和事项复算的结果不同"}, true
	}
	if given.kind == 'v' && given.value != again.value {
		return ReceiptFault{path, where, fmt.Sprintf("回执为 %s，复算为 %s", clip(string(compact(given.value))), clip(string(compact(again.value))))}, true
	}
	fields := slices.Clone(again.fields)
	slices.SortStableFunc(fields, func(a, b field) int { return last(a) - last(b) })
	for _, f := range fields {
		own := given.field(f.name)
		if own == nil {
			return ReceiptFault{join(path, f.name), where, "缺少这个字段"}, true
		}
		if fault, found := differ(own, f.node, join(path, f.name), label(where, own)); found {
			return fault, true
		}
	}
	for i := range given.items {
		if fault, found := differ(given.items[i], again.items[i], place(path, i), label(where, given.items[i])); found {
			return fault, true
		}
	}
	return ReceiptFault{}, false
}

// last puts a digest behind the fields that it follows from.
func last(f field) int {
	if f.name == digestField {
		return 1
	}
	return 0
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

func place(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// label adds to the words for a place what names a node: its row, its reviewer, its key.
func label(where string, n *node) string {
	for _, by := range [][2]string{{"row", "第%v项"}, {"reviewer", "%v"}, {"key", "事项 %v"}, {"id", "口径 %v"}, {"sha256", "摘要 %.12v…"}, {"matter", "同一事项 %v"}} {
		if f := n.field(by[0]); f != nil && f.kind == 'v' {
			return strings.TrimSpace(where + " " + fmt.Sprintf(by[1], clip(fmt.Sprint(f.value))))
		}
	}
	return where
}

// facts takes from a receipt what it was made from, and nothing that follows from it.
func (r Receipt) facts() (ReceiptFacts, error) {
	f := ReceiptFacts{Institution: r.Institution, Year: r.Year, Version: r.Version, Card: r.Card, Choices: r.choices(), Basis: r.Basis}
	for i, row := range r.Rows {
		for _, e := range row.Evidence {
			f.Evidence = append(f.Evidence, EvidenceFile{row.Row, e.SHA256})
		}
		for k, m := range row.Marks {
			seat := slices.Index(reviewers, m.Reviewer)
			if seat < 0 {
				return f, ReceiptFault{fmt.Sprintf("rows[%d].marks[%d].reviewer", i, k), "", "评审专家只能是专家一、专家二、专家三"}
			}
			for len(f.Sheets) <= seat {
				f.Sheets = append(f.Sheets, nil)
			}
			f.Sheets[seat] = append(f.Sheets[seat], m.mark(row.Row))
		}
		if g := row.Ruling; g != nil {
			f.Rulings = append(f.Rulings, Ruling{Row: row.Row, Points: Points(g.Points), Reason: g.Reason})
		}
		for _, e := range row.Events {
			f.Events = append(f.Events, e.happening())
		}
	}
	return f, nil
}

// choices are the readings that an interpretation decided or that differ from the default.
func (r Receipt) choices() Choices {
	var all Choices
	for _, one := range r.Readings {
		if row, ok := ReadingByID(one.ID); !ok || one.Option != row.DefaultKey || one.Interpretation != "" {
			all = append(all, Choice{Reading: one.ID, Option: one.Option, Interpretation: one.Interpretation})
		}
	}
	return all
}

func (e ReceiptEvent) happening() Happening {
	return Happening{Reason: e.Reason, Source: e.Source, Amendment: e.Amendment, Event: Event{ID: e.Key, Clause: e.Clause, Title: e.Title, OccurredOn: e.On,
		Points: Points(e.Points), State: e.State, Matter: e.Matter, AlsoInBase: e.AlsoInBase}}
}
