package web

import (
	"fmt"
	"strconv"
	"strings"

	"xuanping/rubric"
	"xuanping/store"
)

// markRow is one line of Annex 2 on a marking form: fields points-N and reason-N.
type markRow struct {
	rubric.Row
	Points, Reason, Fault string
	Files                 []store.Evidence
}

// rowOrder names the fields row-1 to row-N and the signer's, in the order of the form.
func rowOrder(n int) []string {
	var all []string
	for i := 1; i <= n; i++ {
		all = append(all, fmt.Sprintf("row-%d", i))
	}
	return append(all, "name", "post")
}

// markRows prepares the 14 lines from what was typed.
func markRows(t *rubric.Table, f *form, files []store.Evidence) []markRow {
	all := make([]markRow, 0, 14)
	for _, r := range t.Rows {
		if r.Kind() != rubric.Base {
			continue
		}
		n := strconv.Itoa(r.No)
		m := markRow{Row: r, Points: f.Get("points-" + n), Reason: f.Get("reason-" + n), Fault: f.Fault("row-" + n)}
		for _, e := range files {
			if e.Row == r.No {
				m.Files = append(m.Files, e)
			}
		}
		all = append(all, m)
	}
	return all
}

// readMarks turns points-N and reason-N into marks; a row without points is
// left out, one that is no number is a fault of field row-N.
func readMarks(f *form) (marks []rubric.Mark, faults map[string]string) {
	faults = map[string]string{}
	for n := 1; n <= 14; n++ {
		text := strings.TrimSpace(f.Get(fmt.Sprintf("points-%d", n)))
		if text == "" {
			continue
		}
		p, err := rubric.ParsePoints(text)
		if err != nil {
			faults[fmt.Sprintf("row-%d", n)] = fmt.Sprintf("第 %d 项：%s", n, err)
			continue
		}
		marks = append(marks, rubric.Mark{Row: n, Points: p, Reason: strings.TrimSpace(f.Get(fmt.Sprintf("reason-%d", n)))})
	}
	return marks, faults
}

// writeMarks fills points-N and reason-N from marks.
func writeMarks(f *form, marks []rubric.Mark) {
	for _, m := range marks {
		f.Set(fmt.Sprintf("points-%d", m.Row), m.Points.String())
		f.Set(fmt.Sprintf("reason-%d", m.Row), m.Reason)
	}
}

// markCheck are the lines of a check page.
func markCheck(t *rubric.Table, marks []rubric.Mark) [][2]string {
	var all [][2]string
	sum := rubric.Points(0)
	for _, m := range marks {
		r, _ := t.Row(m.Row)
		text := fmt.Sprintf("%s / %s 分", m.Points, r.Max)
		if m.Reason != "" {
			text += "\n" + m.Reason
		}
		all = append(all, [2]string{fmt.Sprintf("%d. %s", m.Row, r.Title), text})
		sum += m.Points
	}
	return append(all, [2]string{"合计", sum.String() + " 分"})
}

// sheetFaults are the rubric's faults as those of fields row-N.
func sheetFaults(err error, faults map[string]string) {
	if all, ok := err.(rubric.SheetErrors); ok {
		for _, e := range all {
			k := fmt.Sprintf("row-%d", e.Row)
			if faults[k] == "" {
				faults[k] = fmt.Sprintf("第 %d 项：%s", e.Row, strings.TrimPrefix(e.Say, fmt.Sprintf("第%d项：", e.Row)))
			}
		}
	}
}
