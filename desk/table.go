package desk

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xuanping/campaign"
)

// ReadTable reads the first sheet of an .xlsx file, or a .csv file in UTF-8
// (with or without BOM) or GB18030, into rows of cells.
func ReadTable(name string, data []byte) ([][]string, error) {
	if len(data) > 16<<20 {
		return nil, campaign.Fail(campaign.Invalid, "文件超过 16 MB，请拆分后导入")
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx":
		return readExcel(data)
	case ".csv":
		if !utf8.Valid(data) {
			decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
			if err != nil {
				return nil, campaign.Fail(campaign.Invalid, "文件编码无法识别，请另存为 UTF-8 或 GB18030 编码的 CSV")
			}
			data = decoded
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.Line
			}
			return nil, &campaign.Error{Kind: campaign.Invalid, Say: fmt.Sprintf("CSV 第 %d 行格式有误，请检查该行的引号是否成对", line), Err: err}
		}
		return rows, nil
	}
	return nil, campaign.Fail(campaign.Invalid, "只支持 .xlsx 和 .csv 文件")
}
