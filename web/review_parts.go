package web

import (
	"slices"
	"strconv"
	"strings"

	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// markParts is what a mark says beside points and reason: an outcome part
// lowered for a determined event (rows 3, 11 and 13; AN-3), late reports that
// were considered (row 12; AN-12).
type markParts struct {
	Outcome    string        // how the row is split; "" when it is not
	Found      []store.Event // determined events
	Late       string        // numbers of the late reports
	Lowered    field
	Event      field
	Considered field
}

// emergencyRow is 附件2 第12项, which answers for the 48-hour reports.
const emergencyRow = 12

func (x *markParts) fill(row rubric.Row, rule desk.ReviewRule) {
	if o := row.Outcome; o.Max > 0 {
		x.Found = rule.Found()
		x.Outcome = "本项分为机制部分 " + row.Mechanism().String() + " 分和结果部分 " + o.Max.String() + " 分（“" + o.Text + "”）。"
		if len(x.Found) == 0 {
			x.Outcome += "没有认定的扣分事项，结果部分得满分，得分应为 " + o.Max.String() + " 至 " + row.Max.String() + "。"
		} else {
			x.Outcome += "结果部分只能因下列认定的事项降低；不降低的，得分应为 " + o.Max.String() + " 至 " + row.Max.String() + "。"
		}
	}
	if row.No == emergencyRow && len(rule.Late()) > 0 {
		numbers := make([]string, len(rule.Late()))
		for i, n := range rule.Late() {
			numbers[i] = itoa(n)
		}
		x.Late = strings.Join(numbers, "、")
	}
}

// fields draws what may be said beside the points.
func (x *markParts) fields(f *form, n string) {
	if len(x.Found) > 0 {
		all := make([]option, len(x.Found))
		for i, e := range x.Found {
			all[i] = option{Value: strconv.FormatInt(e.ID, 10), Text: "第 " + strconv.FormatInt(e.ID, 10) + " 号　" + e.Clause + "　" + e.Title + "（第16项已扣 " + e.Points.String() + " 分）"}
		}
		x.Event = chooseField(f, "event-"+n, "降低结果部分所依据的认定事项", "不降低的不选。同一件事已在第16项扣分的，须在理由中写明为何另行扣减", all)
		x.Lowered = numberField(f, "lowered-"+n, "结果部分扣减", "0.5 的倍数；不降低的不填")
	}
	if x.Late != "" {
		x.Considered = tickField(f, "considered-"+n, "逾期报告已考虑", "有逾期的48小时报告（第 "+x.Late+" 号）。理由中逐件写明，或者勾选本项")
	}
}

// readParts takes the same from the form; without a field nothing was said.
func (x *markParts) readParts(f *form, n string, m *rubric.Mark) (fault string) {
	m.Event, m.Considered = strings.TrimSpace(f.Get("event-"+n)), x.Late != "" && f.Get("considered-"+n) == "1"
	typed := strings.TrimSpace(f.Get("lowered-" + n))
	if typed == "" {
		return ""
	}
	p, err := rubric.ParsePoints(typed)
	if err != nil {
		return "第 " + n + " 项结果部分扣减：" + err.Error()
	}
	m.Lowered = p
	return ""
}

// writeParts puts a draft's words back into the form.
func writeParts(f *form, m rubric.Mark) {
	n := itoa(m.Row)
	f.Set("event-"+n, m.Event)
	if m.Lowered > 0 {
		f.Set("lowered-"+n, m.Lowered.String())
	}
	if m.Considered {
		f.Set("considered-"+n, "1")
	}
}

// partWords tells the same on the check page and on a sheet handed in.
func partWords(m rubric.Mark, found []store.Event) string {
	var parts []string
	if m.Event != "" {
		title := "第 " + m.Event + " 号事项"
		if i := slices.IndexFunc(found, func(e store.Event) bool { return strconv.FormatInt(e.ID, 10) == m.Event }); i >= 0 {
			title += "（" + found[i].Title + "）"
		}
		parts = append(parts, "因"+title+"，结果部分扣减 "+m.Lowered.String()+" 分")
	}
	if m.Considered {
		parts = append(parts, "逾期报告已考虑")
	}
	return strings.Join(parts, "；")
}

// found are the determined events that the sheet's marks may name.
func (v sheetView) found() []store.Event {
	for _, x := range v.Rows {
		if len(x.Found) > 0 {
			return x.Found
		}
	}
	return nil
}

// Said is what the mark of a sheet that was handed in says beside its reason.
func (x sheetRow) Said() string {
	if x.Mark == nil {
		return ""
	}
	return partWords(*x.Mark, x.Found)
}
