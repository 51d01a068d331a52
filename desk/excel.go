package desk

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"xuanping/campaign"
)

// readExcel reads the first sheet. The archive is walked first, because a
// hostile one can make the library panic or eat the memory (S2).
func readExcel(data []byte) (rows [][]string, err error) {
	bad := campaign.Fail(campaign.Invalid, "Excel 文件无法读取，请确认是未加密的 .xlsx 文件")
	z, fault := openArchive(bytes.NewReader(data), int64(len(data)), 500)
	if fault != "" || overlap(z.File) {
		return nil, bad
	}
	total := uint64(0)
	for _, f := range z.File {
		if f.UncompressedSize64 >= 1<<30 {
			return nil, bad
		}
		total += f.UncompressedSize64
	}
	if total > 64<<20 {
		return nil, campaign.Fail(campaign.Invalid, "Excel 文件展开后过大，请删除无关的工作表和图片")
	}
	defer func() {
		if p := recover(); p != nil {
			rows, err = nil, &campaign.Error{Kind: campaign.Invalid, Say: bad.Say, Err: fmt.Errorf("%v", p)}
		}
	}()
	x, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 64 << 20, UnzipXMLSizeLimit: 32 << 20, ShortDatePattern: "yyyy-mm-dd"})
	if err != nil {
		return nil, bad
	}
	defer x.Close()
	names := x.GetSheetList()
	if len(names) == 0 {
		return nil, bad
	}
	cursor, err := x.Rows(names[0])
	if err != nil {
		return nil, bad
	}
	defer cursor.Close()
	for cursor.Next() {
		row, err := cursor.Columns()
		if err != nil {
			return nil, bad
		}
		if len(row) > 200 || len(rows) >= 20000 {
			return nil, campaign.Fail(campaign.Invalid, "Excel 表格过大：最多 20000 行、200 列，请删除无关内容")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// cells is a sheet to be written: a line above, headings, rows, and the cells
// that are marked as wrong, by row and column from 0.
type cells struct {
	name   string
	above  []string
	heads  []string
	widths []float64
	rows   [][]string
	wrong  map[[2]int]bool
}

// writeExcel makes a file of one sheet. Every cell is text or a plain number,
// never a formula: what begins like one gets an apostrophe before it, so that
// it stays text when the file is saved in another format.
func writeExcel(c cells) ([]byte, error) {
	x := excelize.NewFile()
	defer x.Close()
	if err := x.SetSheetName(x.GetSheetName(0), c.name); err != nil {
		return nil, err
	}
	style := func(bold bool, fill string) int {
		s := &excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, Font: &excelize.Font{Bold: bold}}
		if fill != "" {
			s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		id, err := x.NewStyle(s)
		if err != nil {
			panic(err) // our own styles only
		}
		return id
	}
	plain, head, red := style(false, ""), style(true, "EFEBE3"), style(false, "F4B6B0")
	put := func(row, column int, text string, look int) error {
		at, err := excelize.CoordinatesToCellName(column+1, row+1)
		if err != nil {
			return err
		}
		if err := x.SetCellStyle(c.name, at, at, look); err != nil {
			return err
		}
		if n, err := strconv.ParseFloat(text, 64); err == nil && strings.Trim(text, "0123456789.") == "" && len(text) < 8 {
			return x.SetCellFloat(c.name, at, n, -1, 64)
		}
		return x.SetCellStr(c.name, at, Guarded(text))
	}
	all := append([][]string{c.above, c.heads}, c.rows...)
	for row, line := range all {
		for column, text := range line {
			look := plain
			switch {
			case row < 2:
				look = head
			case c.wrong[[2]int{row - 2, column}]:
				look = red
			}
			if err := put(row, column, text, look); err != nil {
				return nil, err
			}
		}
	}
	for i, w := range c.widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		if err := x.SetColWidth(c.name, column, column, w); err != nil {
			return nil, err
		}
	}
	if err := x.SetPanes(c.name, &excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := x.Write(&b)
	return b.Bytes(), err
}

// WriteExcel writes cells as a workbook of one sheet. Every cell is text, and
// one that looks like a formula is guarded besides (S13).
func WriteExcel(title string, cells [][]string) ([]byte, error) {
	x := excelize.NewFile()
	defer x.Close()
	sheet := title
	if r := []rune(sheet); len(r) > 31 {
		sheet = string(r[:31])
	}
	if err := x.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	text, err := x.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return nil, err
	}
	w, err := x.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	for i, line := range cells {
		row := make([]any, len(line))
		for j, v := range line {
			row[j] = excelize.Cell{StyleID: text, Value: Guarded(v)}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = x.Write(&b)
	return b.Bytes(), err
}
