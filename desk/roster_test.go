package desk

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// The roster that is exported can be imported: as Excel and as CSV, nothing is
// new and nothing changed, whatever the names look like (S13).
func TestRosterRoundTrip(t *testing.T) {
	h := newHouse(t)
	names := []string{`=HYPERLINK("http://evil.example")`, `'=1+1`, `''-2`, "@SUM(1)", "＋甲", `引号",逗号、'单引号`, "0012", "1e5", "真", "'"}
	var all []campaign.Institution
	for i, n := range names {
		x := storetest.Institution(i + 1)
		x.Name, x.Contact, x.Head = n, n, "+"+n
		all = append(all, x)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.PutInstitutions(ctx, all, "o1", real)
		return err
	})
	before, err := h.Store.Roster(t.Context())
	must(t, err)
	cells, err := h.RosterTable(t.Context())
	must(t, err)
	book, err := WriteExcel("机构名册", cells)
	must(t, err)
	for file, data := range map[string][]byte{"机构名册.xlsx": book, "机构名册.csv": WriteCSV(cells)} {
		rows, err := ReadTable(file, data)
		must(t, err)
		for _, row := range rows {
			for _, cell := range row {
				if suspicious(cell) {
					t.Errorf("%s: %q is a formula", file, cell)
				}
			}
		}
		added, changed, faults, err := h.ImportRoster(t.Context(), officer, file, data)
		if err != nil || added != 0 || changed != 0 {
			t.Errorf("%s: %d new, %d changed, %v %v", file, added, changed, faults, err)
		}
		after, err := h.Store.Roster(t.Context())
		must(t, err)
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("%s:\n%s", file, d)
		}
	}
	if len(before) < len(names) || len(cells[0]) != len(campaign.RosterColumns()) {
		t.Errorf("%d institutions, %d columns", len(before), len(cells[0]))
	}
}
