package xuanping

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xuanping/campaign"
)

func csvRows(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The sample rosters are read by the product without a fault, and nobody in
// them can be mistaken for, or reached as, a real institution.
func TestSampleRosters(t *testing.T) {
	seen := map[string]bool{}
	for file, want := range map[string]int{"testdata/roster.csv": 23, "testdata/roster-late.csv": 1} {
		all, faults := campaign.ReadRoster(csvRows(t, file))
		if len(faults) > 0 || len(all) != want {
			t.Errorf("%s: %d institutions, faults %v", file, len(all), faults)
		}
		for _, i := range all {
			if seen[i.Code] || seen[i.USCC] || seen[i.Email] {
				t.Errorf("%s: %s appears twice", file, i.Code)
			}
			seen[i.Code], seen[i.USCC], seen[i.Email] = true, true, true
			if !strings.HasPrefix(i.Name, "示例") || !strings.HasSuffix(i.Email, ".example") || !strings.HasPrefix(i.Mobile, "1380000") {
				t.Errorf("%s: %s looks real", file, i.Code)
			}
		}
	}
}

func TestSampleWorkbookEqualsCSV(t *testing.T) {
	f, err := excelize.OpenFile("testdata/roster.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	if want := csvRows(t, "testdata/roster.csv"); !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("roster.xlsx differs from roster.csv:\n%v\n%v", rows, want)
	}
}
