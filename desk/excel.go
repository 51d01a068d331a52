package desk

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"

	"xuanping/campaign"
)

// readExcel reads the first sheet. The archive is walked first, because a
// hostile one can make the library panic or eat the memory (S2).
func readExcel(data []byte) (rows [][]string, err error) {
	bad := campaign.Fail(campaign.Invalid, "Excel 文件无法读取，请确认是未加密的 .xlsx 文件")
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > 500 {
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
