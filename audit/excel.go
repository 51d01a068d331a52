package audit

import (
	"bytes"
	"strconv"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// maxCell is how many signs a cell of a workbook can hold; what is longer stands
// whole in the other formats.
const maxCell = 32_000

// workbook writes a sheet of each table. Every text is a text cell and never a
// formula: what begins like one gets an apostrophe, so that it stays text when
// the file is saved in another format (S13).
func workbook(tables []exportTable) ([]byte, error) {
	x := excelize.NewFile()
	defer x.Close()
	for i, t := range tables {
		if i == 0 {
			if err := x.SetSheetName(x.GetSheetName(0), t.Name); err != nil {
				return nil, err
			}
		} else if _, err := x.NewSheet(t.Name); err != nil {
			return nil, err
		}
		if err := sheetOf(x, t); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	_, err := x.WriteTo(&b)
	return b.Bytes(), err
}

func sheetOf(x *excelize.File, t exportTable) error {
	w, err := x.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Name
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for n, text := range t.rows {
		cells, err := t.cells(text)
		if err != nil {
			return err
		}
		line := make([]any, len(cells))
		for i, c := range cells {
			line[i] = excelValue(c)
		}
		at, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// excelValue is a number where a workbook holds it exactly, else a text.
func excelValue(c value) any {
	if n, err := strconv.ParseInt(c.text, 10, 64); c.number && err == nil && n > -1e15 && n < 1e15 {
		return n
	}
	text := harmless(c.text)
	if u := utf16.Encode([]rune(text)); len(u) > maxCell {
		return string(utf16.Decode(u[:maxCell])) + "…（过长，全文见 csv 或 json 格式）"
	}
	return text
}
