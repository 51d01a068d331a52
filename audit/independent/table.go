package independent

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// Table is what counting needs of 附件2: how much each row may come to, and what
// each way to earn or lose points is worth. Points are in hundredths.
type Table struct {
	most    map[int]int // 分值 of a row; of rows 15 and 16 the cap (累计不超过10分)
	label   map[int]int // 权重 of a row, read as points
	clauses map[string]clause
}

// clause is one way to earn or lose points.
type clause struct {
	row      int
	item     string // 15.1 to 16.4, without the letter
	min, max int
	once     bool // 同一事项按最高分只计1次
}

// bonus and deduction are the rows of events (附件2 第15、16项).
const bonus, deduction = 15, 16

// ReadTable reads the data file of 附件2 that an archive carries.
func ReadTable(data []byte) (Table, error) {
	t := Table{map[int]int{}, map[int]int{}, map[string]clause{}}
	var file struct {
		Rows []struct {
			No          int
			Weight, Max string
		}
		Clauses []struct {
			ID       string
			Row      int
			Min, Max string
			Media    bool
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return t, fmt.Errorf("指标表无法读取：%w", err)
	}
	var err error
	for _, r := range file.Rows {
		if t.most[r.No], err = hundredths(r.Max); err != nil {
			return t, fmt.Errorf("指标表第 %d 项：%w", r.No, err)
		}
		if w, ok := strings.CutSuffix(r.Weight, "%"); ok {
			if t.label[r.No], err = hundredths(w); err != nil {
				return t, fmt.Errorf("指标表第 %d 项：%w", r.No, err)
			}
		}
	}
	for _, c := range file.Clauses {
		x := clause{row: c.Row, item: strings.TrimRight(c.ID, "abcdefghijklmnopqrstuvwxyz"), once: c.Media}
		if x.min, err = hundredths(c.Min); err == nil {
			x.max, err = hundredths(c.Max)
		}
		if err != nil {
			return t, fmt.Errorf("条款 %s：%w", c.ID, err)
		}
		t.clauses[c.ID] = x
	}
	if len(t.most) != deduction || t.most[bonus] == 0 || t.most[deduction] == 0 {
		return t, fmt.Errorf("指标表应有 16 项，实有 %d 项", len(t.most))
	}
	return t, nil
}

// hundredths reads a printed figure exactly.
func hundredths(s string) (int, error) {
	r, ok := new(big.Rat).SetString(strings.TrimSpace(s))
	if !ok {
		return 0, fmt.Errorf("%q 不是分值", s)
	}
	r.Mul(r, big.NewRat(100, 1))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("%q 的小数超过两位", s)
	}
	return int(r.Num().Int64()), nil
}

// points prints hundredths as pages do.
func points(n int) string {
	s := new(big.Rat).SetFrac64(int64(n), 100).FloatString(2)
	return strings.TrimSuffix(s, "0")
}
