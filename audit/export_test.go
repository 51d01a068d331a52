package audit

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

func export(t testing.TB, s *store.Store, format string, names bool) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	n, err := Export(t.Context(), s, ExportOptions{Year: year, Format: format, WithNames: names, Write: func(name string, data []byte) error {
		files[name] = bytes.Clone(data)
		return nil
	}})
	ok(t, err)
	if n.Tables < 40 || n.Rows < 40 || n.Papers == 0 {
		t.Errorf("%s: %+v", format, n)
	}
	return files
}

// hostile are texts that a spreadsheet would take for a formula.
var hostile = []string{"=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", `=HYPERLINK("http://x","y")`}

func withHostile(t testing.TB) *store.Store {
	t.Helper()
	s, _ := fullBook(t)
	for i, text := range hostile {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddExtension(ctx, storetest.Ref(year, 1), campaign.Task("plan"), "2025-04-01", text, "o1", reviewed.AddDate(0, 0, i))
			return err
		})
	}
	return s
}

// SE-3, S13: CSV begins with a BOM, and no cell begins like a formula.
func TestSE3ExportAsCSV(t *testing.T) {
	files := export(t, withHostile(t), "csv", true)
	seen := 0
	for name, data := range files {
		if !strings.HasSuffix(name, ".csv") {
			continue
		}
		rest, bom := bytes.CutPrefix(data, []byte{0xEF, 0xBB, 0xBF})
		if !bom {
			t.Errorf("%s begins without a BOM", name)
		}
		rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
		ok(t, err)
		for _, row := range rows {
			for _, c := range row {
				if c != "" && strings.ContainsAny(c[:1], "=+@\t\r") || strings.HasPrefix(c, "＝") || strings.HasPrefix(c, "-") && !plainNumber.MatchString(c) {
					t.Errorf("%s: %q", name, c)
				}
				if slices.Contains(hostile, strings.TrimPrefix(c, "'")) && strings.HasPrefix(c, "'") {
					seen++
				}
			}
		}
	}
	if seen < len(hostile)-1 { // a CSV reader makes \r\n of one of them
		t.Errorf("only %d of %d hostile texts came out, with an apostrophe", seen, len(hostile))
	}
}

var plainNumber = regexp.MustCompile(`^-?\d+$`)

// S13: a workbook holds no formula.
func TestS13ExportAsWorkbook(t *testing.T) {
	files := export(t, withHostile(t), "xlsx", true)
	data := files["2025.xlsx"]
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	ok(t, err)
	sheets, texts := 0, ""
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/") {
			continue
		}
		r, err := f.Open()
		ok(t, err)
		xml, err := io.ReadAll(r)
		ok(t, err)
		sheets++
		texts += string(xml)
		if bytes.Contains(xml, []byte("<f>")) || bytes.Contains(xml, []byte("<f ")) {
			t.Errorf("%s holds a formula", f.Name)
		}
	}
	if sheets < 40 || !strings.Contains(texts, "&#39;=1+1") && !strings.Contains(texts, "'=1+1") {
		t.Errorf("%d sheets; the hostile text is not there as text", sheets)
	}
}

// Every table and column of an export is documented, and JSON holds each row.
func TestExportSchemaIsDocumented(t *testing.T) {
	s, _ := fullBook(t)
	files := export(t, s, "json", false)
	doc, err := os.ReadFile("../docs/export.md")
	ok(t, err)
	var schema []exportTable
	ok(t, json.Unmarshal(files["schema.json"], &schema))
	for _, table := range schema {
		line := regexp.MustCompile("(?m)^\\| `" + table.Name + "` \\|.*$").FindString(string(doc))
		if line == "" {
			t.Errorf("docs/export.md does not know the table %s", table.Name)
		}
		var rows []map[string]any
		ok(t, json.Unmarshal(files[table.Name+".json"], &rows))
		if len(rows) != table.Rows {
			t.Errorf("%s: %d rows, the schema says %d", table.Name, len(rows), table.Rows)
		}
		for _, c := range table.Columns {
			if !strings.Contains(line, "`"+c.Name+"`") {
				t.Errorf("docs/export.md: %s lacks the column %s (%s)", table.Name, c.Name, c.Type)
			}
			if marked := strings.Contains(line, "`"+c.Name+"`†"); marked != hidden(table, c) {
				t.Errorf("docs/export.md: %s.%s is hidden without --with-names: %v, marked †: %v", table.Name, c.Name, !marked, marked)
			}
			for _, row := range rows {
				if _, has := row[c.Name]; !has {
					t.Errorf("%s has no %s", table.Name, c.Name)
				}
			}
		}
	}
	if *update {
		ok(t, os.WriteFile("../docs/export.md", mark(doc, schema), 0o644))
	}
	for name, data := range files {
		for _, word := range []string{"张三", "证据成立", "cb1@institution.example", "13800000001", "评审甲", "password"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s holds %q without --with-names", name, word)
			}
		}
	}
}

// mark writes the marks of the hidden columns into the table.
func mark(doc []byte, schema []exportTable) []byte {
	lines := strings.Split(strings.ReplaceAll(string(doc), "`†", "`"), "\n")
	for i, line := range lines {
		for _, table := range schema {
			if !strings.HasPrefix(line, "| `"+table.Name+"` |") {
				continue
			}
			head, columns := line[:strings.LastIndex(line, "| `")], line[strings.LastIndex(line, "| `"):]
			for _, c := range table.Columns {
				if hidden(table, c) {
					columns = strings.ReplaceAll(columns, "`"+c.Name+"`", "`"+c.Name+"`†")
				}
			}
			lines[i] = head + columns
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// hidden tells whether the words of a column are written as pseudonyms unless
// names are asked for: its class of privacy, as docs/export.md marks it.
func hidden(table exportTable, c store.Column) bool {
	words := c.Type == "text" || c.Type == "text[]" || c.Type == "jsonb"
	plain := slices.Contains(store.PlainTables, table.Name) || slices.Contains(table.PK, c.Name) || store.PlainColumn(table.Name, c.Name)
	named := slices.Contains(plainNames, table.Name) && (c.Name == "name" || c.Name == "uscc")
	return words && !plain && !named
}
