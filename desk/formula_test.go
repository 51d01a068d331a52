package desk

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// hostileNames draws names as an attacker would choose them.
var hostileNames = rapid.Custom(func(t *rapid.T) string {
	lead := rapid.SampledFrom([]string{"=", "+", "-", "@", "\t=", "\r=", " =", "＝", "＋", "－", "＠", "'=", "=cmd|'/C calc'!A0", "=HYPERLINK(\"http://evil.example\")", "-2+3", "@SUM(1)", "", "\n="}).Draw(t, "lead")
	return lead + rapid.StringOfN(rapid.RuneFrom([]rune("甲乙丙abc123=+-@'\",;\t |!()")), 0, 20, -1).Draw(t, "rest")
})

// suspicious is true of a cell that some spreadsheet takes for a formula.
func suspicious(s string) bool {
	t := strings.TrimLeft(s, " \t\r\n")
	return t != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(t)[0]) || s != "" && strings.ContainsAny(s[:1], "\t\r")
}

// TestS13ThousandNames writes a thousand hostile names with every writer of this
// house's tables and opens what comes out: no formula, and the names come back.
func TestS13ThousandNames(t *testing.T) {
	var names []string
	for i := 0; len(names) < 1000; i++ {
		if n := hostileNames.Example(i); !strings.ContainsAny(n, "\r\n") {
			names = append(names, n)
		}
	}
	var cellsOf [][]string
	for _, n := range names {
		cellsOf = append(cellsOf, []string{n, "x"})
	}
	text := WriteCSV(cellsOf)
	rest, bom := bytes.CutPrefix(text, []byte("\xef\xbb\xbf"))
	if !bom {
		t.Error("CSV without BOM")
	}
	rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	must(t, err)
	if len(rows) != len(names) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		if suspicious(row[0]) || unguarded(row[0]) != names[i] {
			t.Errorf("%q came out as %q", names[i], row[0])
		}
	}
	list, err := WriteExcel("名单", cellsOf)
	must(t, err)
	sheet, err := writeExcel(cells{name: "打分表", heads: []string{"名称", "其他"}, rows: cellsOf})
	must(t, err)
	for what, data := range map[string][]byte{"名单": list, "打分表": sheet} {
		x, err := excelize.OpenReader(bytes.NewReader(data))
		must(t, err)
		rows, err := x.GetRows(what, excelize.Options{RawCellValue: true})
		must(t, err)
		found := 0
		for r, row := range rows {
			for c, value := range row {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				must(t, err)
				f, err := x.GetCellFormula(what, at)
				must(t, err)
				kind, err := x.GetCellType(what, at)
				must(t, err)
				if f != "" || kind == excelize.CellTypeFormula || suspicious(value) {
					t.Errorf("%s %s: %q, formula %q", what, at, value, f)
				}
				if slices.Contains(names, unguarded(value)) {
					found++
				}
			}
		}
		x.Close()
		if found < 900 { // equal names and figures aside
			t.Errorf("%s: %d names came back", what, found)
		}
	}
}
