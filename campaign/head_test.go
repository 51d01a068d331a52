package campaign

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// The heads are the source's, in its order; every register and every base row
// stands under exactly one.
func TestPL7EightHeads(t *testing.T) {
	var names []string
	registers, rows := map[string]int{}, map[int]int{}
	for _, h := range Heads() {
		names = append(names, h.Name)
		for _, r := range h.Registers {
			registers[r]++
			if _, known := KnownRegisters().Get(r); !known || !h.Has(r) {
				t.Errorf("no register %s", r)
			}
		}
		for _, n := range h.Rows {
			rows[n]++
		}
	}
	if want := strings.Split("组织架构 管理体系 社会责任 公共关系 信息发布 年度报告 申投诉处理 投入保障", " "); !slices.Equal(names, want) {
		t.Errorf("heads %v", names)
	}
	for _, r := range KnownRegisters().All {
		if registers[r.ID] != 1 {
			t.Errorf("register %s stands under %d heads", r.ID, registers[r.ID])
		}
	}
	for n := 1; n <= 14; n++ {
		if rows[n] != 1 {
			t.Errorf("row %d stands under %d heads", n, rows[n])
		}
	}
	if source, err := os.ReadFile("../rubric/testdata/source.txt"); err == nil && !strings.Contains(string(source), strings.Join(names, "、")) {
		t.Error("the source says otherwise")
	}
}
