package desk

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xuanping/campaign"
)

func TestReadTable(t *testing.T) {
	rows := [][]string{{"批准号", "机构名称"}, {"CNCA-R-2002-001", "甲，乙“丙”"}}
	plain := "批准号,机构名称\r\nCNCA-R-2002-001,甲，乙“丙”\r\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	must(t, err)
	x := excelize.NewFile()
	defer x.Close()
	for i, row := range rows {
		for k, cell := range row {
			name, _ := excelize.CoordinatesToCellName(k+1, i+1)
			must(t, x.SetCellValue("Sheet1", name, cell))
		}
	}
	var book bytes.Buffer
	must(t, x.Write(&book))
	for name, data := range map[string]string{"a.csv": plain, "BOM.CSV": "\ufeff" + plain, "gb.csv": gb, "a.xlsx": book.String()} {
		got, err := ReadTable(name, []byte(data))
		if err != nil || !cmp.Equal(got, rows) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, data := range map[string]string{
		"a.xls": "x", "a": plain, "": plain, "a.xlsx": plain, "quote.csv": "甲,\"乙\n丙\n", "big.csv": strings.Repeat("a", 16<<20+1), "empty.xlsx": "",
		"zip.xlsx": zipped(t, "a=b"), "bomb.xlsx": zipped(t, "xl/workbook.xml="+strings.Repeat(" ", 65<<20)),
	} {
		_, err := ReadTable(name, []byte(data))
		if err == nil {
			t.Errorf("%s was read", name)
			continue
		}
		want(t, err, campaign.Invalid)
	}
}

// An archive that claims 2^63 bytes in a Zip64 field makes the library panic.
func TestHostileExcel(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	extra := make([]byte, 20)
	binary.LittleEndian.PutUint16(extra, 1)
	binary.LittleEndian.PutUint16(extra[2:], 16)
	binary.LittleEndian.PutUint64(extra[4:], 1<<63)
	binary.LittleEndian.PutUint64(extra[12:], 4)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/workbook.xml", Method: zip.Store, UncompressedSize64: 1 << 63, CompressedSize64: 4, Extra: extra})
	must(t, err)
	w.Write([]byte("<x/>"))
	must(t, z.Close())
	_, err = ReadTable("a.xlsx", b.Bytes())
	want(t, err, campaign.Invalid)
}

// A few bytes that stand for a great many cells are refused before they are made.
func TestWideExcel(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	for i := range 50 {
		must(t, x.SetCellValue("Sheet1", fmt.Sprintf("XFD%d", i+1), "1"))
	}
	var book bytes.Buffer
	must(t, x.Write(&book))
	_, err := ReadTable("a.xlsx", book.Bytes())
	want(t, err, campaign.Invalid)
}
