package rubric

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var updateReceipts = flag.Bool("receipts", false, "write the golden receipts anew")

// receiptCase is a typical institution, told by its receipt.
type receiptCase struct {
	name  string
	facts ReceiptFacts
	total string
}

func sheetLess(loss Points, reason string) []Mark {
	var all []Mark
	for _, row := range Annex2().Rows {
		if row.Kind() == Base {
			all = append(all, Mark{Row: row.No, Points: max(row.Max-loss, 0), Reason: reason})
		}
	}
	return all
}

func determined(clause, title, on, matter string, p Points, s State) Happening {
	h := Happening{Event: Event{Clause: clause, Title: title, OccurredOn: on, Matter: matter, Points: p, State: s}, Source: strings.Repeat("5e", 32)}
	switch s {
	case Confirmed:
		h.Reason = "材料齐全，属实"
	case Rejected:
		h.Reason = "来源不能证实"
	}
	return h
}

func receiptFacts(version int, sheets ...[]Mark) ReceiptFacts {
	f := ReceiptFacts{Institution: "CNCA-R-2002-001", Year: 2026, Version: version, Card: strings.Repeat("ca", 32), Sheets: sheets}
	if len(sheets) > 0 {
		f.Evidence = []EvidenceFile{{1, strings.Repeat("01", 32)}, {1, strings.Repeat("02", 32)}, {7, strings.Repeat("07", 32)}}
	}
	return f
}

// receiptCases are the cases of which a golden text lies in testdata/receipts.
func receiptCases() []receiptCase {
	full := sheetLess(0, "")
	less := sheetLess(Half, "材料基本齐全")
	with := func(f ReceiptFacts, events ...Happening) ReceiptFacts {
		f.Events = events
		return f
	}
	ruled := receiptFacts(2, less, less)
	ruled.Rulings = []Ruling{{Row: 3, Points: 5 * Point, Reason: "补充材料证实已建立舆情机制"}}
	read := with(receiptFacts(1, less, less), determined("15.2a", "承办世界认可日主场活动", "2026-06-09", "世界认可日", 3*Point, Confirmed),
		determined("15.3a", "新华社报道世界认可日", "2026-06-10", "世界认可日", 2*Point, Confirmed))
	read.Choices = Choices{{Reading: "R-05", Option: "broad", Interpretation: "释-2025-01"}}
	return []receiptCase{
		{"full", receiptFacts(1, full, full), "100.0"},
		{"caps", with(receiptFacts(1, full, full), determined("15.1", "国家级重大活动", "2026-03-15", "", 5*Point, Confirmed), determined("15.1", "质量月主会场", "2026-09-01", "", 5*Point, Confirmed),
			determined("15.2a", "承办认可日活动", "2026-06-09", "", 3*Point, Confirmed)), "110.0"},
		{"same-matter", with(receiptFacts(1, less, less), determined("15.3a", "人民日报报道", "2026-05-01", "绿色认证报道", 2*Point, Confirmed),
			determined("15.3a", "新华社报道", "2026-05-02", "绿色认证报道", 2*Point, Confirmed), determined("15.3c", "地方媒体转载", "2026-05-03", "绿色认证报道", Half, Confirmed)), "95.0"},
		{"two-years", with(receiptFacts(1, less, less), determined("15.3a", "年末首发", "2025-12-30", "跨年报道", 2*Point, Confirmed), determined("15.3a", "年初转载", "2026-01-02", "跨年报道", 2*Point, Confirmed)), "93.0"},
		{"third-reviewer", receiptFacts(1, sheetLess(0, ""), sheetLess(3*Point, "证据不足"), sheetLess(Point, "部分活动没有证据")), "86.0"},
		{"appeal-raised", ruled, ""},
		{"non-submitter", receiptFacts(1), "0.0"},
		{"deductions", with(receiptFacts(1, less), determined("16.1", "质量认证行政处罚", "2026-04-01", "", 5*Point, Confirmed), determined("16.4", "未按规定使用标识", "2026-07-01", "", 3*Point, Confirmed),
			determined("16.4", "投诉线索", "2026-08-01", "", 2*Point, Pending), determined("16.3", "网传不实信息", "2026-08-02", "", 3*Point, Rejected)), "85.0"},
		{"broad-matter", read, "96.0"},
	}
}

func mustReceipt(t testing.TB, f ReceiptFacts) Receipt {
	t.Helper()
	r, err := Annex2().Receipt(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Feature 2: the tree of each typical case, as a regulator reads it.
func TestFeature2ReceiptTexts(t *testing.T) {
	for _, c := range receiptCases() {
		r := mustReceipt(t, c.facts)
		if c.total != "" && r.Sum.Total.String() != c.total {
			t.Errorf("%s: total %s, want %s", c.name, r.Sum.Total, c.total)
		}
		path := filepath.Join("testdata", "receipts", c.name+".txt")
		if *updateReceipts {
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(r.Text()), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if r.Text() != string(want) {
			t.Errorf("%s differs; got:\n%s", path, r.Text())
		}
	}
}

// Feature 2: what was written is read back, and gives the same total and bytes.
func TestFeature2ReceiptRoundTrip(t *testing.T) {
	for _, c := range receiptCases() {
		r := mustReceipt(t, c.facts)
		back, err := CheckReceipt(r.JSON())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !bytes.Equal(back.JSON(), r.JSON()) || back.Sum.Total != r.Sum.Total {
			t.Errorf("%s changed on the way", c.name)
		}
	}
}

// The order in which the facts were found never shows.
func TestReceiptDoesNotDependOnTheOrder(t *testing.T) {
	for _, c := range receiptCases() {
		want := mustReceipt(t, c.facts).JSON()
		slices.Reverse(c.facts.Events)
		if got := mustReceipt(t, c.facts).JSON(); !bytes.Equal(got, want) {
			t.Errorf("%s depends on the order of its events", c.name)
		}
	}
}

// leaf is one value of a receipt's JSON that can be altered.
type leaf struct {
	path  string
	value any
	set   func(any)
}

func leaves(path string, v any, set func(any), out *[]leaf) {
	switch x := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(x) {
			leaves(join(path, k), x[k], func(n any) { x[k] = n }, out)
		}
	case []any:
		for i := range x {
			leaves(place(path, i), x[i], func(n any) { x[i] = n }, out)
		}
	default:
		*out = append(*out, leaf{path, v, set})
	}
}

func sortedKeys(m map[string]any) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// altered is another value of the same kind.
func altered(v any) any {
	switch x := v.(type) {
	case string:
		if p, err := ParsePoints(x); err == nil && x != "" {
			return (p + Half).String()
		}
		return x + "改"
	case json.Number:
		return json.Number(x.String() + "0")
	case bool:
		return !x
	}
	return "有"
}

// holder is the object that a leaf lies in: the node that is named.
func holder(path string) string {
	if i := strings.LastIndex(path, "."); i >= 0 {
		return path[:i]
	}
	return ""
}

// Feature 2: alter any single leaf, and the receipt is refused and the node named.
func TestFeature2EveryAlteredLeafIsNamed(t *testing.T) {
	n := 0
	for _, c := range receiptCases() {
		data := mustReceipt(t, c.facts).JSON()
		var tree any
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if err := dec.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		var all []leaf
		leaves("", tree, nil, &all)
		for _, l := range all {
			l.set(altered(l.value))
			b, err := json.Marshal(tree)
			if err != nil {
				t.Fatal(err)
			}
			l.set(l.value)
			_, err = CheckReceipt(b)
			n++
			if err == nil {
				t.Errorf("%s: %s was altered and nobody noticed", c.name, l.path)
				continue
			}
			if l.path == "schema" {
				continue // another form is refused as a whole
			}
			if !names(err, l.path) {
				t.Errorf("%s: %s was altered, told was: %v", c.name, l.path, err)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d leaves were tried", n)
	}
}

// names tells whether an error points at the node that a leaf lies in.
func names(err error, path string) bool {
	at := holder(path)
	if faults, ok := errors.AsType[ReceiptFaults](err); ok {
		return slices.ContainsFunc(faults, func(f ReceiptFault) bool { return f.Path == at || f.Path == path })
	}
	one, ok := errors.AsType[ReceiptFault](err)
	return ok && (one.Path == path || one.Path == at)
}

// Feature 2: who alters a figure and seals everything anew is told by the sum.
func TestFeature2ResealedFiguresAreRecomputed(t *testing.T) {
	for _, c := range []struct {
		path  string
		alter func(*Receipt)
	}{
		{"sum.total", func(r *Receipt) { r.Sum.Total += 100 }},
		{"sum.base", func(r *Receipt) { r.Sum.Base += 100 }},
		{"sum.base", func(r *Receipt) { r.Rows[2].Marks[0].Points -= 200 }}, // a mark: first seen in the sums
		{"rows[2].points", func(r *Receipt) { r.Rows[2].Points -= 50 }},
		{"rows[14].events[0].counted", func(r *Receipt) { r.Rows[14].Events[0].Counted = 0 }},
		{"rows[14].events[1].rule", func(r *Receipt) { r.Rows[14].Events[1].Rule = RuleCounted }},
		{"rows[14].events[0].key", func(r *Receipt) { r.Rows[14].Events[0].Key = "2026-05-01/15.3a/2" }},
		{"readings[0].text", func(r *Receipt) { r.Readings[0].Text = "随意" }},
		{"rows[0].title", func(r *Receipt) { r.Rows[0].Title = "别的指标" }},
		{"matters[0].counted", func(r *Receipt) { r.Matters[0].Counted = []string{} }},
		{"rows", func(r *Receipt) { r.Rows = r.Rows[:15] }},
		{"scored", func(r *Receipt) { r.Scored = false }},
	} {
		r := mustReceipt(t, receiptCases()[2].facts)
		c.alter(&r)
		r.seal()
		_, err := CheckReceipt(r.JSON())
		faults, ok := errors.AsType[ReceiptFaults](err)
		if !ok || faults[0].Path != c.path {
			t.Errorf("%s: %v", c.path, err)
		}
	}
}

func TestReceiptIsReadStrictly(t *testing.T) {
	good := string(mustReceipt(t, receiptCases()[2].facts).JSON())
	for name, c := range map[string][2]string{
		"unknown field":   {strings.Replace(good, `"version": 1,`, `"version": 1, "extra": 1,`, 1), "extra"},
		"doubled field":   {strings.Replace(good, `"version": 1,`, `"version": 1, "version": 1,`, 1), "字段重复"},
		"letter case":     {strings.Replace(good, `"version": 1,`, `"Version": 1,`, 1), "Version"},
		"missing field":   {strings.Replace(good, `"version": 1,`, ``, 1), "version"},
		"number":          {strings.Replace(good, `"version": 1,`, `"version": 1.5,`, 1), "version"},
		"points":          {strings.Replace(good, `"points": "2.0"`, `"points": 2.0`, 1), "points"},
		"other schema":    {strings.Replace(good, "score-receipt/1", "score-receipt/9", 1), ReceiptSchema},
		"nothing":         {"", "中断"},
		"list":            {"[]", "不是得分回执"},
		"deep":            {strings.Repeat("[", 40) + strings.Repeat("]", 40), "层次过深"},
		"trailing":        {good + "{}", "多余"},
		"long":            {good + strings.Repeat(" ", maxSheetBytes), "过大"},
		"points too long": {strings.Replace(good, `"points": "2.0"`, `"points": "2.0000001"`, 1), "小数"},
	} {
		if _, err := CheckReceipt([]byte(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", name, err, c[1])
		}
	}
}

// A receipt of another table version is refused clearly, not recomputed wrongly.
func TestReceiptOfAnotherTable(t *testing.T) {
	for _, alter := range []func(*Receipt){func(r *Receipt) { r.Table.Version = "annex2-2031" }, func(r *Receipt) { r.Table.SHA256 = strings.Repeat("0", 64) }} {
		r := mustReceipt(t, receiptCases()[0].facts)
		alter(&r)
		r.seal()
		if _, err := CheckReceipt(r.JSON()); err == nil || !strings.Contains(err.Error(), "指标版本") {
			t.Errorf("%v", err)
		}
	}
}

func FuzzCheckReceipt(f *testing.F) {
	for _, c := range receiptCases() {
		f.Add(mustReceipt(f, c.facts).JSON())
	}
	f.Add([]byte(fmt.Sprintf(`{"schema":%q}`, ReceiptSchema)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := CheckReceipt(data)
		if err != nil {
			return
		}
		again, err := CheckReceipt(r.JSON())
		if err != nil || !bytes.Equal(again.JSON(), r.JSON()) {
			t.Errorf("a receipt that holds does not hold when written again: %v", err)
		}
	})
}
