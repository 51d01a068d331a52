package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// TestS13EveryExport asks every page for a table, with a hostile name on the
// roster, and opens what comes: marked as UTF-8, and no formula in it.
func TestS13EveryExport(t *testing.T) {
	b := newBureau(t)
	b.write(func(ctx context.Context, tx *store.Tx) {
		var all []campaign.Institution
		for i := 1; i <= 6; i++ {
			in := storetest.Institution(i)
			in.Name, in.Contact, in.Head = `=HYPERLINK("http://evil.example")`, "@SUM(1)", "-2+3"
			all = append(all, in)
		}
		_, _, err := tx.PutInstitutions(ctx, all, "o1", b.day)
		b.ok(err)
	})
	tables, hostile := 0, 0
	check := func(path string, cells []string) {
		for _, c := range cells {
			if s := strings.TrimLeft(c, " \t\r\n"); s != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(s)[0]) {
				t.Errorf("%s: %q", path, c)
			}
			if strings.HasPrefix(c, "'=HYPERLINK") {
				hostile++
			}
		}
	}
	for _, route := range b.site.Routes() {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		if method != "GET" || route.Rights.Link() {
			continue
		}
		exports := strings.Contains(pattern, "csv") || strings.Contains(pattern, "xlsx") || strings.HasSuffix(pattern, "/table")
		for _, path := range b.spellings(pattern, exports) {
			for _, who := range []string{"o1", "r1"} {
				if res := b.as(who).get(path); res.Code == 200 {
					kind := res.Header().Get("Content-Type")
					n := opened(t, path, kind, res.Body.Bytes(), check)
					if tables += n; n > 0 && !exports {
						t.Errorf("%s is an export that this test does not know", path)
					}
				}
			}
		}
	}
	t.Logf("%d tables opened, the hostile name stood in %d cells", tables, hostile)
	if tables < 10 || hostile == 0 {
		t.Errorf("only %d tables; the hostile name was met %d times", tables, hostile)
	}
}

// opened reads a table as a spreadsheet would, and tells how many it read.
func opened(t *testing.T, path, kind string, data []byte, check func(string, []string)) int {
	t.Helper()
	switch {
	case strings.HasPrefix(kind, "text/csv"):
		rest, bom := bytes.CutPrefix(data, []byte("\xef\xbb\xbf"))
		if !bom {
			t.Errorf("%s has no BOM", path)
		}
		r := csv.NewReader(bytes.NewReader(rest))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			check(path, row)
		}
		return 1
	case strings.Contains(kind, "spreadsheetml"):
		x, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		for _, sheet := range x.GetSheetList() {
			rows, err := x.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for r, row := range rows {
				check(path, row)
				for c := range row {
					at, _ := excelize.CoordinatesToCellName(c+1, r+1)
					if f, _ := x.GetCellFormula(sheet, at); f != "" {
						t.Errorf("%s %s: formula %q", path, at, f)
					}
				}
			}
		}
		return 1
	}
	return 0
}

// spellings are addresses of a route: of an export, for every institution,
// register and format.
func (b *bureau) spellings(pattern string, export bool) (all []string) {
	codes, registers, formats := []int{1}, []string{"accounts"}, []string{""}
	if export {
		codes, formats = []int{1, 2, 3, 4, 5}, []string{"?as=csv", "?as=xlsx"}
		if strings.Contains(pattern, "{register}") {
			codes, registers = []int{1}, nil
			for _, r := range campaign.KnownRegisters().All {
				registers = append(registers, r.ID)
			}
		}
	}
	for _, i := range codes {
		for _, register := range registers {
			for _, format := range formats {
				all = append(all, strings.NewReplacer("{$}", "", "{year}", itoa(testYear), "{code}", storetest.Code(i), "{id}", "1", "{n}", "1", "{k}", "1", "{register}", register,
					"{row}", "1", "{event}", "1", "{verify}", "x", "{token}", "x.y", "{path...}", "x", "{reviewer}", "r1", "{digest}", strings.Repeat("0", 64)).Replace(pattern)+format)
			}
		}
	}
	return all
}
