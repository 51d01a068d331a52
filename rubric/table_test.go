package rubric

import (
	"crypto/sha256"
	"encoding/hex"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// printedRows reads the annex as printed: per row the non-empty cells.
func printedRows(t *testing.T) [][]string {
	t.Helper()
	source, err := os.ReadFile("testdata/annex2-source.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(source)) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if allDigits(cells[0]) {
			rows = append(rows, slices.DeleteFunc(cells, func(c string) bool { return c == "" }))
		}
	}
	return rows
}

func TestAnnex2IsVerbatim(t *testing.T) {
	printed := printedRows(t)
	table := Annex2()
	if len(printed) != 16 || len(table.Rows) != 16 {
		t.Fatalf("printed %d rows, data %d, want 16", len(printed), len(table.Rows))
	}
	group, weight := "", ""
	named := 0
	for i, row := range table.Rows {
		cells := printed[i]
		last := cells[len(cells)-3:]
		if row.Title != last[0] || row.Standard != last[1] || row.Printed != last[2] {
			t.Errorf("row %d differs from the printed text:\n%q\n%q %q %q", row.No, last, row.Title, row.Standard, row.Printed)
		}
		if row.No == 1 { // the merged cell of rows 1 to 4 is printed beside row 2
			group, weight = printed[1][1], printed[1][2]
		}
		if len(cells) == 6 {
			group, weight = cells[1], cells[2]
			named++
		}
		if row.Group != group || row.Weight != weight {
			t.Errorf("row %d: group %q %s, printed %q %s", row.No, row.Group, row.Weight, group, weight)
		}
		if !strings.Contains(row.Printed, strings.TrimSuffix(row.Max.String(), ".0")) {
			t.Errorf("row %d: Max %s is not in %q", row.No, row.Max, row.Printed)
		}
	}
	if named != 5 {
		t.Errorf("%d groups are named, want 5", named)
	}
	source, _ := os.ReadFile("testdata/annex2-source.txt")
	if !strings.Contains(string(source), table.Title) {
		t.Errorf("title %q is not printed", table.Title)
	}
}

func TestClausesSayTheirPoints(t *testing.T) {
	figures := regexp.MustCompile(`每次[加扣] ([0-9.]+)(?:-([0-9.]+))? 分$`)
	var ids []string
	for _, c := range Annex2().Clauses {
		ids = append(ids, c.ID)
		m := figures.FindStringSubmatch(c.Text)
		if m == nil {
			t.Errorf("%s: no points in %q", c.ID, c.Text)
			continue
		}
		low, _ := ParsePoints(m[1])
		high := low
		if m[2] != "" {
			high, _ = ParsePoints(m[2])
		}
		if c.Min != low || c.Max != high {
			t.Errorf("%s: %s-%s, text says %s-%s", c.ID, c.Min, c.Max, low, high)
		}
		if c.Media != strings.Contains(c.Text, "媒体报道") {
			t.Errorf("%s: Media is %v", c.ID, c.Media)
		}
		if c.Row == 16 && c.Step != Point {
			t.Errorf("%s: deductions go in whole points, step is %s", c.ID, c.Step)
		}
	}
	want := "15.1 15.2a 15.2b 15.2c 15.2d 15.3a 15.3b 15.3c 16.1 16.2 16.3 16.4"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("clauses %s, want %s", got, want)
	}
	// No way to earn or lose points is left out.
	for no, want := range map[int]int{15: 8, 16: 4} {
		row, _ := Annex2().Row(no)
		if got := strings.Count(row.Standard, "每次"); got != want {
			t.Errorf("row %d says 每次 %d times, clauses %d", no, got, want)
		}
	}
}

func TestCleanAppliesErrataOnly(t *testing.T) {
	for _, row := range Annex2().Rows {
		want := row.Standard
		for _, e := range row.Errata() {
			if e.Was != "" {
				want = strings.ReplaceAll(want, e.Was, e.Now)
			}
		}
		if got := row.Clean(); got != strings.TrimSpace(want) {
			t.Errorf("row %d: clean text is not seed + errata:\n%s", row.No, got)
		}
	}
	row6, _ := Annex2().Row(6)
	if !strings.Contains(row6.Standard, "文化化") || strings.Contains(row6.Clean(), "文化化") {
		t.Error("row 6: 文化化 must stay in the seed and be gone from the clean text")
	}
	row15, _ := Annex2().Row(15)
	if strings.Count(row15.Standard, "国家认证委") != 3 || strings.Count(row15.Clean(), "国家认监委〔原文：国家认证委〕") != 3 {
		t.Error("row 15: the slip 国家认证委 must be mended three times and shown")
	}
	if strings.Contains(row15.Clean(), "<") {
		t.Error("row 15: markup is left in the clean text")
	}
	clause, _ := Annex2().Clause("15.2a")
	if !strings.HasPrefix(clause.Clean(), "负责承办国家认监委") || !strings.HasPrefix(clause.Text, "负责承办国家认证委") {
		t.Errorf("15.2a: text %q, clean %q", clause.Text, clause.Clean())
	}
}

func TestTableDigestAndLookups(t *testing.T) {
	data, err := os.ReadFile("data/annex2-2024.json")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if got := Annex2().SHA256; got != hex.EncodeToString(sum[:]) {
		t.Errorf("SHA256 %s is not that of the file", got)
	}
	if Annex2().Version != "annex2-2024" {
		t.Errorf("version %q", Annex2().Version)
	}
	for _, no := range []int{-1, 0, 17} {
		if _, ok := Annex2().Row(no); ok {
			t.Errorf("row %d exists", no)
		}
	}
	if _, ok := Annex2().Clause("15.4"); ok {
		t.Error("clause 15.4 exists")
	}
	for no, want := range map[int]Kind{1: Base, 14: Base, 15: Bonus, 16: Deduction} {
		if row, _ := Annex2().Row(no); row.Kind() != want {
			t.Errorf("row %d is %s, want %s", no, row.Kind(), want)
		}
	}
}

func TestParseTableRefusesDamage(t *testing.T) {
	for name, data := range map[string]string{
		"not json": `{`, "unknown field": `{"colour":1}`,
		"bad points": `{"rows":[{"no":1,"max":"ten"}]}`, "bad clause": `{"clauses":[{"id":"15.1","min":"1","max":"x","step":"1"}]}`,
	} {
		if _, err := parseTable([]byte(data)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("mustTable accepted a damaged file")
		}
	}()
	mustTable([]byte("{"))
}

// TestNoFloats keeps binary fractions out of the room: points are integers.
func TestNoFloats(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, sin := range floatsIn(file) {
			t.Errorf("%s: %s", name, sin)
		}
	}
	planted, _ := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nvar a float64 = 1.5\nvar b = 2i", 0)
	if got := floatsIn(planted); len(got) != 3 {
		t.Errorf("the check sees %v in a planted file, want 3 sins", got)
	}
}

func floatsIn(file *ast.File) []string {
	var sins []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if slices.Contains([]string{"float32", "float64", "complex64", "complex128", "Float64"}, n.Name) {
				sins = append(sins, n.Name)
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT || n.Kind == token.IMAG {
				sins = append(sins, n.Value)
			}
		}
		return true
	})
	return sins
}
