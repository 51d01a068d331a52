package rubric

import (
	"slices"
	"strings"
)

// Unshown finds the marks that stand on nothing: points for a row in which the
// institution has shown no evidence, without the reviewer's reason (附件2 第1至14项
// are judged by what is shown; AN-1).
func (t *Table) Unshown(marks []Mark, shown []int) SheetErrors {
	var faults SheetErrors
	for _, m := range marks {
		row, ok := t.Row(m.Row)
		if ok && row.Kind() == Base && m.Points > 0 && strings.TrimSpace(m.Reason) == "" && !slices.Contains(shown, m.Row) {
			faults = append(faults, SheetError{m.Row, "本项没有证据材料，给分须填写理由"})
		}
	}
	return faults
}
