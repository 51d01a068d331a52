package rubric

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Outcome is the part of a row that asks that something did not happen (不发生,
// 杜绝: 附件2 第3、11、13项). The rest of the row is its mechanism part. That it did
// not happen is the regulator's to know, not the institution's to prove: the
// part is full unless a determined event lowers it (R-17, AN-3).
type Outcome struct {
	Max     Points
	Text    string // of the standard, verbatim
	Reading string // by which the row is split
}

// Mechanism is what is left of the row's points for its mechanism part.
func (r Row) Mechanism() Points { return r.Max - r.Outcome.Max }

// lintOutcomes checks the split of a row: in half points, of words that are
// printed, by a reading that speaks of the row.
func (t *Table) lintOutcomes() []Finding {
	var all []Finding
	for _, r := range t.Rows {
		o := r.Outcome
		if o.Max == 0 && o.Text == "" && o.Reading == "" {
			continue
		}
		reading, known := ReadingByID(o.Reading)
		if r.Kind() != Base || o.Max <= 0 || o.Max >= r.Max || o.Max%Half != 0 || o.Text == "" || !strings.Contains(r.Standard, o.Text) || !known || !slices.Contains(reading.Rows, r.No) {
			all = append(all, Finding{"E-13", fmt.Sprintf("第%d项结果部分的分值、文字或口径不合规则", r.No)})
		}
	}
	return all
}

// OutcomeFaults finds marks that lower an outcome part without naming an event
// of the institution that was determined, or by more than it has.
func (t *Table) OutcomeFaults(marks []Mark, determined []string) SheetErrors {
	var faults SheetErrors
	for _, m := range marks {
		if row, ok := t.Row(m.Row); ok {
			if say := row.outcomeFault(m, determined); say != "" {
				faults = append(faults, SheetError{m.Row, say})
			}
		}
	}
	return faults
}

func (r Row) outcomeFault(m Mark, determined []string) string {
	o := r.Outcome.Max
	switch {
	case o == 0 && (m.Lowered != 0 || m.Event != ""):
		return "本项没有结果部分，请删去结果部分的扣减和事项"
	case o == 0:
		return ""
	case m.Event == "" && m.Lowered != 0:
		return "结果部分只能因已认定的事项降低，请选择事项"
	case m.Event == "" && m.Points < o:
		return fmt.Sprintf("结果部分 %s 分，没有选定认定的事项不得降低：得分应为 %s 至 %s", o, o, r.Max)
	case m.Event == "":
		return ""
	case !slices.Contains(determined, m.Event):
		return "所选事项不是本机构已经认定的扣分事项"
	case m.Lowered <= 0 || m.Lowered > o || m.Lowered%Half != 0:
		return fmt.Sprintf("结果部分的扣减应为 0.5 至 %s 分，按 0.5 分递进", o)
	case m.Points < o-m.Lowered || m.Points > r.Max-m.Lowered:
		return fmt.Sprintf("结果部分扣减 %s 分后，得分应为 %s 至 %s", m.Lowered, o-m.Lowered, r.Max-m.Lowered)
	}
	return ""
}

// emergencyRow is 附件2 第12项 突发事件.
const emergencyRow = 12

var reportNumbers = regexp.MustCompile(`\d+(?:\s*[、，,和及至]\s*\d+)*\s*号`)
var digits = regexp.MustCompile(`\d+`)

// LateFaults holds the mark of row 12 to the late 48-hour reports: its reason
// names each by its number, or says that they were considered (AN-12).
func LateFaults(marks []Mark, late []int) SheetErrors {
	m, given := markOf(marks, emergencyRow)
	if !given || m.Considered || len(late) == 0 {
		return nil
	}
	named := map[int]bool{}
	for _, list := range reportNumbers.FindAllString(m.Reason, -1) {
		for _, d := range digits.FindAllString(list, -1) {
			n, err := strconv.Atoi(d)
			named[n] = err == nil
		}
	}
	var missing []string
	for _, n := range late {
		if !named[n] {
			missing = append(missing, strconv.Itoa(n))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return SheetErrors{{emergencyRow, fmt.Sprintf("理由须写明逾期的48小时报告（第 %s 号），或者勾选“逾期报告已考虑”", strings.Join(missing, "、"))}}
}

// words is the reason with what else the mark says, as the result tells it.
func (m Mark) words() string {
	parts := []string{strings.TrimSpace(m.Reason)}
	if m.Lowered > 0 {
		parts = append(parts, fmt.Sprintf("因认定的事项，结果部分扣减 %s 分", m.Lowered))
	}
	if m.Considered {
		parts = append(parts, "逾期报告已考虑")
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	for i := range len(parts) - 1 {
		parts[i] = strings.TrimRight(parts[i], "。；;.")
	}
	return strings.Join(parts, "；")
}

// mark is what a receipt holds of a mark.
func (m ReceiptMark) mark(row int) Mark {
	one := Mark{Row: row, Points: Points(m.Points), Reason: m.Reason, Event: m.Event, Considered: m.Considered}
	if m.Lowered != nil {
		one.Lowered = Points(*m.Lowered)
	}
	return one
}

// Words is the reason with what else the mark says, the event by its key.
func (m ReceiptMark) Words() string {
	one := m.mark(0)
	if m.Event == "" {
		return one.words()
	}
	return one.words() + "（事项 " + m.Event + "）"
}
