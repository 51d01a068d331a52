package rubric

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Dimension is one of the seven aspects of 行动方案专栏4(一)2, with the rows of
// Annex 2 that speak to it. The source names the aspects and no rows: which
// belong together is ours. An aspect without rows is reported, never scored.
type Dimension struct {
	Name string
	Rows []int
}

// Crosswalk gives the seven aspects in the order of the source (PL-8,
// requirements §2 no. 26); a row stands under one aspect at most.
func Crosswalk() []Dimension {
	return []Dimension{
		{"领导重视", []int{1, 2, 3}},
		{"全员参与", nil},
		{"平台渠道", []int{4, 9}},
		{"宣传频次", []int{5, 6, 7, 8, 10}},
		{"投入强度", nil},
		{"品牌价值", nil},
		{"社会影响", []int{11, 12, 13, 14, 15, 16}},
	}
}

// lintCrosswalk: every row of the table is spoken for once, by an existing row.
func lintCrosswalk(t *Table) []Finding {
	var all []Finding
	var named []int
	for _, d := range Crosswalk() {
		named = append(named, d.Rows...)
	}
	slices.Sort(named)
	for i, no := range named {
		if t.row(no) == nil || (i > 0 && named[i-1] == no) {
			all = append(all, Finding{"E-12", fmt.Sprintf("七个方面所指的第%d项不存在或重复", no)})
		}
	}
	return all
}

// String is the aspect as a line: its rows, or that it has none.
func (d Dimension) String() string {
	if len(d.Rows) == 0 {
		return d.Name + "：无对应指标行（仅报告）"
	}
	nos := make([]string, len(d.Rows))
	for i, no := range d.Rows {
		nos[i] = strconv.Itoa(no)
	}
	return d.Name + "：第" + strings.Join(nos, "、") + "项"
}
