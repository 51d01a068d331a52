package rubric

import (
	"fmt"
	"strings"
)

// ValidateReview checks a reviewer's sheet beside the institution's own (RV-2):
// ValidateSheet, and a reason also where the mark is above the self-score
// (第二十九条). Without a self-score, or when it is hidden from reviewers, self is nil.
func (t *Table) ValidateReview(marks, self []Mark, complete bool) error {
	faults, _ := t.ValidateSheet(marks, complete).(SheetErrors)
	for _, m := range marks {
		row, ok := t.Row(m.Row)
		own, known := markOf(self, m.Row)
		if ok && row.Kind() == Base && known && m.Points > own.Points && m.Points >= row.Max && strings.TrimSpace(m.Reason) == "" {
			faults = append(faults, SheetError{m.Row, fmt.Sprintf("高于机构自评 %s 分须填写理由", own.Points)})
		}
	}
	return asError(faults)
}
