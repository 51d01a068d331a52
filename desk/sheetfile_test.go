package desk

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// filled changes cells of a sheet file as a reviewer would.
func filled(t *testing.T, data []byte, set map[string]any) []byte {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	defer x.Close()
	for at, v := range set {
		must(t, x.SetCellValue(sheetTitle, at, v))
	}
	var b bytes.Buffer
	must(t, x.Write(&b))
	return b.Bytes()
}

// The offline sheet: good rows land in the draft, faulty ones come back marked
// with everything that was filled in, and nothing is handed in.
func TestSheetFileThereAndBack(t *testing.T) {
	h := newHouse(t)
	ctx, ref, r1 := t.Context(), h.seated(1), person("r1")
	must(t, h.SaveSheet(ctx, r1, ref, []rubric.Mark{{Row: 2, Points: 400, Reason: "先前的草稿"}, {Row: 3, Points: 300, Reason: "第三项草稿"}}))
	out, err := h.SheetFile(ctx, r1, ref)
	must(t, err)
	rows, err := readExcel(out)
	must(t, err)
	if len(rows) != 16 || rows[0][3] != ref.ID() || rows[3][5] != "4" || rows[3][6] != "先前的草稿" {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	back, err := h.TakeSheetFile(ctx, r1, ref, filled(t, out, map[string]any{
		"F3": 4.5, "G3": "欠一次活动", // row 1: good
		"F5": "四分", "G5": "写错了", // row 3: no number
		"F6": 3.25, "G6": "步长不对", // row 4
		"F7": 3, // row 5: below full without a reason
		"G8": "只有理由",
	}))
	must(t, err)
	if back == nil {
		t.Fatal("faulty rows and no file back")
	}
	draft, err := h.DraftMarks(ctx, r1, ref)
	must(t, err)
	want := []rubric.Mark{{Row: 1, Points: 450, Reason: "欠一次活动"}, {Row: 2, Points: 400, Reason: "先前的草稿"}, {Row: 3, Points: 300, Reason: "第三项草稿"}, {Row: 6, Points: ungiven, Reason: "只有理由"}}
	if d := cmp.Diff(want, draft); d != "" {
		t.Error(d)
	}
	x, err := excelize.OpenReader(bytes.NewReader(back))
	must(t, err)
	defer x.Close()
	for cell, want := range map[string]string{"F3": "4.5", "G3": "欠一次活动", "F5": "四分", "G5": "写错了", "F6": "3.25", "G6": "步长不对", "F7": "3", "G8": "只有理由", "K3": "", "K8": ""} {
		if got, err := x.GetCellValue(sheetTitle, cell); err != nil || got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
	for cell, want := range map[string]string{"K5": "得分", "K6": "整数倍", "K7": "理由"} {
		got, err := x.GetCellValue(sheetTitle, cell)
		must(t, err)
		id, err := x.GetCellStyle(sheetTitle, cell)
		must(t, err)
		style, err := x.GetStyle(id)
		must(t, err)
		if !strings.Contains(got, want) || len(style.Fill.Color) == 0 || !strings.HasSuffix(style.Fill.Color[0], "F4B6B0") {
			t.Errorf("%s: %q, fill %v", cell, got, style.Fill.Color)
		}
	}
	if sheets, err := h.Store.SheetsOf(ctx, ref); err != nil || len(sheets) != 0 {
		t.Errorf("the file handed in by itself: %v %v", sheets, err)
	}
	// mended in the file that came back, it is read whole
	if again, err := h.TakeSheetFile(ctx, r1, ref, filled(t, back, map[string]any{"F5": 4, "F6": 3.5, "G7": "欠材料"})); err != nil || again != nil {
		t.Errorf("%d bytes, %v", len(again), err)
	}
}

func TestSheetFileIsRefused(t *testing.T) {
	h := newHouse(t)
	ctx, one, two := t.Context(), h.seated(1), h.seated(2)
	r1 := person("r1")
	other, err := h.SheetFile(ctx, r1, two)
	must(t, err)
	own, err := h.SheetFile(ctx, r1, one)
	must(t, err)
	h.unchanged(func() {
		for name, data := range map[string][]byte{
			"another institution's": other, "no workbook": []byte("PK"), "a heading moved": filled(t, own, map[string]any{"F2": "分数"}),
			"a row twice": filled(t, own, map[string]any{"A4": 1, "F3": 4, "F4": 4}), "a row 15": filled(t, own, map[string]any{"A16": 15, "F16": 4}),
		} {
			if _, err := h.TakeSheetFile(ctx, r1, one, data); campaign.KindOf(err) != campaign.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := h.SheetFile(ctx, person("r3"), one)
		want(t, err, campaign.NotFound)
		_, err = h.TakeSheetFile(ctx, person("r3"), one, own)
		want(t, err, campaign.NotFound)
	})
	_, err = h.HandInSheet(ctx, r1, one, fullMarks())
	must(t, err)
	_, err = h.TakeSheetFile(ctx, r1, one, own)
	want(t, err, campaign.Conflict)
}

// What begins like a formula stays text, on the way out and back.
func TestSheetFileHasNoFormula(t *testing.T) {
	h := newHouse(t)
	ctx, ref, r1 := t.Context(), h.seated(1), person("r1")
	evil := []string{`=HYPERLINK("http://x","y")`, "+1+1", "-2+3", "@SUM(A1)"}
	var marks []rubric.Mark
	for i, text := range evil {
		marks = append(marks, rubric.Mark{Row: i + 1, Points: 100, Reason: text})
	}
	must(t, h.SaveSheet(ctx, r1, ref, marks))
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddEvidence(ctx, ref, store.Evidence{Row: 1, Name: "=cmd|'/c calc'!A1.pdf", Media: "application/pdf", Size: 1, Digest: strings.Repeat("a", 64), ByName: "王经办", At: real})
		return err
	})
	out, err := h.SheetFile(ctx, r1, ref)
	must(t, err)
	x, err := excelize.OpenReader(bytes.NewReader(out))
	must(t, err)
	defer x.Close()
	rows, err := x.GetRows(sheetTitle)
	must(t, err)
	for i, row := range rows {
		for k, text := range row {
			at, _ := excelize.CoordinatesToCellName(k+1, i+1)
			formula, err := x.GetCellFormula(sheetTitle, at)
			must(t, err)
			if formula != "" || suspicious(text) {
				t.Errorf("%s: %q %q", at, text, formula)
			}
		}
	}
	if _, err := h.TakeSheetFile(ctx, r1, ref, out); err != nil {
		t.Fatal(err)
	}
	draft, err := h.DraftMarks(ctx, r1, ref)
	must(t, err)
	if d := cmp.Diff(marks, draft); d != "" {
		t.Errorf("the way there and back changed the words: %s", d)
	}
}
