package rubric

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Mark is what a reviewer gives one of the base rows 1 to 14.
type Mark struct {
	Row        int    `json:"row"`
	Points     Points `json:"points"`
	Reason     string `json:"reason,omitempty"`
	Lowered    Points `json:"lowered,omitempty"`    // by so much the outcome part of rows 3, 11 and 13 was lowered
	Event      string `json:"event,omitempty"`      // for this determined event
	Considered bool   `json:"considered,omitempty"` // row 12: the late 48-hour reports were considered
}

// State is how far the regulator has come with an event.
type State string

// Only a confirmed event counts (附件2 第15、16项; 待确认 and 调查中 are worth 0).
const (
	Pending   State = "pending"
	Confirmed State = "confirmed"
	Rejected  State = "rejected"
)

// Event is one happening under a clause of rows 15 or 16. Points are positive
// also for deductions. OccurredOn is the Beijing day as 2006-01-02; Matter is the
// 同一事项 it belongs to, "" meaning its own.
type Event struct {
	ID         string `json:"id"`
	Clause     string `json:"clause"`
	Matter     string `json:"matter,omitempty"`
	Title      string `json:"title,omitempty"`
	Points     Points `json:"points"`
	OccurredOn string `json:"on"`
	State      State  `json:"state"`
	AlsoInBase bool   `json:"also_in_base,omitempty"` // a base row was marked for it too (requirements §2 no. 8)
}

// beijing is fixed: the evaluation years lie after the last daylight saving of 1991.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// YearOf is the Beijing calendar year of an instant; the evaluation year is a
// calendar year there, not in UTC.
func YearOf(t time.Time) int { return t.In(beijing).Year() }

// DayOf is the Beijing day of an instant, as Event.OccurredOn wants it.
func DayOf(t time.Time) string { return t.In(beijing).Format(time.DateOnly) }

// year reads the event's year; the day was checked by ValidateEvent.
func (e *Event) year() int {
	year := 0
	for i := range min(4, len(e.OccurredOn)) {
		year = year*10 + int(e.OccurredOn[i]-'0')
	}
	return year
}

// SheetError is one fault of a score sheet, with its row.
type SheetError struct {
	Row int
	Say string
}

// SheetErrors are all faults of a score sheet, so that a reviewer mends them at once.
type SheetErrors []SheetError

// Error lists every fault on its own line.
func (es SheetErrors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = fmt.Sprintf("第%d项：%s", e.Row, e.Say)
	}
	return strings.Join(lines, "\n")
}

// ValidateSheet checks what a reviewer enters: rows 1 to 14, 0 to full, in half
// points, with a reason below full. complete also wants all 14 rows.
func (t *Table) ValidateSheet(marks []Mark, complete bool) error {
	return t.ValidateReview(marks, nil, complete)
}

// ValidateReview is ValidateSheet for a reviewer who sees the institution's
// self-score: a reason is also mandatory above it (RV-2). A row that was not
// self-scored compares with nothing.
func (t *Table) ValidateReview(marks, self []Mark, complete bool) error {
	faults := t.markFaults(marks, Half)
	for _, m := range marks {
		row, ok := t.Row(m.Row)
		if !ok || row.Kind() != Base || strings.TrimSpace(m.Reason) != "" {
			continue
		}
		own, given := markOf(self, m.Row)
		switch {
		case m.Points < row.Max:
			faults = append(faults, SheetError{m.Row, fmt.Sprintf("低于满分 %s 分须填写理由", row.Max)})
		case given && m.Points > own.Points:
			faults = append(faults, SheetError{m.Row, fmt.Sprintf("高于机构自评 %s 分须填写理由", own.Points)})
		}
	}
	if complete {
		for _, row := range t.Rows {
			if _, ok := markOf(marks, row.No); !ok && row.Kind() == Base {
				faults = append(faults, SheetError{row.No, "尚未评分，请补填"})
			}
		}
	}
	return asError(faults)
}

// markFaults checks rows, ranges and steps, in the order of the sheet.
func (t *Table) markFaults(marks []Mark, step Points) SheetErrors {
	var faults SheetErrors
	for i, m := range marks {
		say := ""
		row, ok := t.Row(m.Row)
		switch _, twice := markOf(marks[:i], m.Row); {
		case !ok:
			say = fmt.Sprintf("评价指标没有这一项，序号应为 1 至 %d", baseRows)
		case row.Kind() != Base:
			say = "加分项和扣分项按事件计分，不在评分表打分，请删去本项"
		case twice:
			say = "重复评分，请只保留一条"
		case m.Points < 0 || m.Points > row.Max:
			say = fmt.Sprintf("%s 分超出范围，应在 0 至 %s 分之间", m.Points, row.Max)
		case m.Points%step != 0:
			say = fmt.Sprintf("%s 分不合规则，应为 %s 分的整数倍", m.Points, step)
		}
		if say != "" {
			faults = append(faults, SheetError{m.Row, say})
		}
	}
	return faults
}

func markOf(marks []Mark, row int) (Mark, bool) {
	for _, m := range marks {
		if m.Row == row {
			return m, true
		}
	}
	return Mark{}, false
}

// asError avoids the non-nil interface around a nil list.
func asError(faults SheetErrors) error {
	if len(faults) == 0 {
		return nil
	}
	return faults
}

// ValidateEvent checks an event against its clause: points within range and step
// (3-5 分 in whole points), a readable day, a known state. An event not confirmed may
// leave its points at 0, because severity is decided with the confirmation.
func (t *Table) ValidateEvent(e Event) error { return t.ValidateEventAs(Reading{}, e) }

// ValidateEventAs is ValidateEvent by the readings in force.
func (t *Table) ValidateEventAs(r Reading, e Event) error {
	var faults []string
	if strings.TrimSpace(e.ID) == "" {
		faults = append(faults, "缺少事件编号")
	}
	switch e.State {
	case Pending, Confirmed, Rejected:
	default:
		faults = append(faults, fmt.Sprintf("状态 %q 无效，应为 pending、confirmed 或 rejected", clip(string(e.State))))
	}
	if _, err := time.Parse(time.DateOnly, e.OccurredOn); err != nil {
		faults = append(faults, fmt.Sprintf("日期 %q 无法识别，应写成 2026-05-01 的形式", clip(e.OccurredOn)))
	}
	if say := t.eventPoints(r, e); say != "" {
		faults = append(faults, say)
	}
	if len(faults) == 0 {
		return nil
	}
	return errors.New("事件 " + clip(e.ID) + "：" + strings.Join(faults, "；"))
}

func (t *Table) eventPoints(r Reading, e Event) string {
	c, ok := t.Clause(e.Clause)
	switch {
	case !ok:
		return fmt.Sprintf("条款 %q 不在评价指标中，应为 15.1 至 16.4", clip(e.Clause))
	case e.Points == 0 && e.State != Confirmed:
		return ""
	case c.Min == c.Max && e.Points != c.Min:
		return fmt.Sprintf("条款 %s 每次 %s 分，不能填 %s 分", c.ID, c.Min, e.Points)
	case e.Points < c.Min || e.Points > c.Max:
		return fmt.Sprintf("条款 %s 每次 %s 至 %s 分，不能填 %s 分", c.ID, c.Min, c.Max, e.Points)
	case (e.Points-c.Min)%r.step(&c) != 0:
		return fmt.Sprintf("条款 %s 以 %s 分为一档，不能填 %s 分", c.ID, r.step(&c), e.Points)
	}
	return ""
}
