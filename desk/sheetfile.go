package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// The columns of a score sheet as a file.
var sheetHeads = []string{"项", "评价指标", "满分", "机构自评", "证据材料", "得分", "理由", "结果部分扣减", "认定事项", "逾期报告已考虑", "错误"}

const (
	sheetTitle                                             = "评审打分表"
	columnPoints, columnReason, columnLowered, columnEvent = 5, 6, 7, 8
	columnConsidered, columnSay                            = 9, 10
	yes                                                    = "是"
)

// ungiven marks a row of a draft that has a reason but no points yet.
const ungiven = rubric.Points(-1)

// sheetLine is a row of the file: what a reviewer fills in, and what is wrong with it.
type sheetLine struct{ points, reason, lowered, event, considered, fault string }

// lineOf writes a mark of a draft into a line.
func lineOf(m rubric.Mark) sheetLine {
	l := sheetLine{reason: m.Reason, event: m.Event}
	if m.Points != ungiven {
		l.points = m.Points.String()
	}
	if m.Lowered > 0 {
		l.lowered = m.Lowered.String()
	}
	if m.Considered {
		l.considered = yes
	}
	return l
}

// mark reads a line; the fault says what cannot be read.
func (l sheetLine) mark(row int) (m rubric.Mark, fault string) {
	m = rubric.Mark{Row: row, Points: ungiven, Reason: l.reason, Event: l.event, Considered: l.considered == yes}
	var err error
	switch {
	case len([]rune(l.reason)) > 2000:
		return m, "理由不超过 2000 字"
	case l.considered != "" && l.considered != yes, l.considered == yes && row != emergencyRow:
		return m, "“逾期报告已考虑”只用于第 12 项，填“是”或者不填"
	case l.lowered != "":
		if m.Lowered, err = rubric.ParsePoints(l.lowered); err != nil {
			return m, fmt.Sprintf("结果部分扣减：%v", err)
		}
	}
	if l.points != "" {
		if m.Points, err = rubric.ParsePoints(l.points); err != nil {
			m.Points = ungiven
			return m, fmt.Sprintf("得分：%v", err)
		}
	}
	return m, ""
}

// SheetFile makes the score sheet of an institution for its reviewer to fill in
// without a connection, with his draft as far as it goes.
func (d *Desk) SheetFile(ctx context.Context, p store.Staff, ref contract.Ref) ([]byte, error) {
	if err := d.mayScore(ctx, p, ref); err != nil {
		return nil, err
	}
	marks, err := d.DraftMarks(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	lines := map[int]sheetLine{}
	for _, m := range marks {
		lines[m.Row] = lineOf(m)
	}
	return d.sheetCells(ctx, ref, lines)
}

// mayScore is HoldsSeat while the sheet can still be filled in.
func (d *Desk) mayScore(ctx context.Context, p store.Staff, ref contract.Ref) error {
	seat, err := d.HoldsSeat(ctx, p, ref)
	if err != nil {
		return err
	}
	e, err := d.Store.Entry(ctx, ref)
	if err != nil {
		return err
	}
	if seat.SheetAt != nil || e.Stage != campaign.Scoring {
		return campaign.Fail(campaign.Conflict, "打分表已经提交或不在打分阶段")
	}
	return nil
}

// DraftMarks reads a reviewer's draft; rows with a reason only have negative points.
func (d *Desk) DraftMarks(ctx context.Context, p store.Staff, ref contract.Ref) (marks []rubric.Mark, err error) {
	draft, err := d.Store.Draft(ctx, p.ID, ref, string(campaign.ScoreTask))
	if err != nil || draft.Body == nil {
		return nil, err
	}
	return marks, json.Unmarshal(draft.Body, &marks)
}

// sheetCells writes the file.
func (d *Desk) sheetCells(ctx context.Context, ref contract.Ref, lines map[int]sheetLine) ([]byte, error) {
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	e, err := d.Store.Entry(ctx, ref)
	if err != nil {
		return nil, err
	}
	self, err := d.SelfMarks(ctx, d.Store.Reader, c, ref)
	if err != nil {
		return nil, err
	}
	files, err := d.Store.EvidenceOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	rule, err := d.ReviewRule(ctx, d.Store.Reader, c, ref)
	if err != nil {
		return nil, err
	}
	out := cells{name: sheetTitle, above: []string{sheetTitle, e.Name, "", ref.ID()}, heads: sheetHeads,
		widths: []float64{5, 34, 7, 12, 36, 8, 44, 10, 10, 10, 36}, wrong: map[[2]int]bool{}}
	for _, row := range d.Table.Rows {
		if row.Kind() != rubric.Base {
			continue
		}
		own := "—"
		if i := slices.IndexFunc(self, func(m rubric.Mark) bool { return m.Row == row.No }); i >= 0 {
			own = self[i].Points.String()
		} else if c.Rules.Settings.HideSelfScore {
			own = "不显示"
		}
		var names []string
		for _, f := range files {
			if f.Row == row.No {
				names = append(names, f.Name)
			}
		}
		names = append(names, rule.notes(row)...)
		l := lines[row.No]
		if l.fault != "" {
			for _, column := range []int{columnPoints, columnReason, columnLowered, columnEvent, columnConsidered, columnSay} {
				out.wrong[[2]int{len(out.rows), column}] = true
			}
		}
		out.rows = append(out.rows, []string{strconv.Itoa(row.No), row.Title, row.Max.String(), own, strings.Join(names, "\n"), l.points, l.reason, l.lowered, l.event, l.considered, l.fault})
	}
	return writeExcel(out)
}

// TakeSheetFile reads a filled file. Good rows go into the reviewer's draft;
// when some are faulty the file is given back with everything that was filled
// in and what is wrong beside each such row. Handing in stays an act on the page.
func (d *Desk) TakeSheetFile(ctx context.Context, p store.Staff, ref contract.Ref, data []byte) (back []byte, err error) {
	if err := d.mayScore(ctx, p, ref); err != nil {
		return nil, err
	}
	rows, err := readExcel(data)
	if err != nil {
		return nil, err
	}
	lines, err := readSheetRows(rows, ref)
	if err != nil {
		return nil, err
	}
	good, err := d.judgeLines(ctx, ref, lines)
	if err != nil {
		return nil, err
	}
	draft, err := d.DraftMarks(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	for _, m := range draft { // rows that the file leaves blank or has faulty stay as they were
		if !slices.ContainsFunc(good, func(g rubric.Mark) bool { return g.Row == m.Row }) {
			good = append(good, m)
		}
	}
	slices.SortFunc(good, func(a, b rubric.Mark) int { return a.Row - b.Row })
	if err := d.SaveSheet(ctx, p, ref, good); err != nil {
		return nil, err
	}
	for _, l := range lines {
		if l.fault != "" {
			return d.sheetCells(ctx, ref, lines)
		}
	}
	return nil, nil
}

// readSheetRows finds the filled cells of a file that was made for the institution.
func readSheetRows(rows [][]string, ref contract.Ref) (map[int]sheetLine, error) {
	cell := func(row []string, column int) string {
		if column >= len(row) {
			return ""
		}
		return strings.TrimSpace(unguarded(strings.TrimSpace(row[column])))
	}
	if len(rows) < 2 || cell(rows[0], 0) != sheetTitle || cell(rows[1], columnPoints) != sheetHeads[columnPoints] || cell(rows[1], columnReason) != sheetHeads[columnReason] || cell(rows[1], columnSay) != sheetHeads[columnSay] {
		return nil, campaign.Fail(campaign.Invalid, "这不是本系统下载的打分表，或者表头已被改动，请重新下载后填写")
	}
	if cell(rows[0], 3) != ref.ID() {
		return nil, campaign.Fail(campaign.Invalid, "这份打分表属于另一家机构或另一年度，没有读入")
	}
	lines := map[int]sheetLine{}
	for _, row := range rows[2:] {
		n, err := strconv.Atoi(cell(row, 0))
		l := sheetLine{points: cell(row, columnPoints), reason: cell(row, columnReason), lowered: cell(row, columnLowered), event: cell(row, columnEvent), considered: cell(row, columnConsidered)}
		if l == (sheetLine{}) {
			continue
		}
		if _, twice := lines[n]; err != nil || twice || n < 1 || n > 14 {
			return nil, campaign.Fail(campaign.Invalid, "“项”一列应为 1 至 14 且不重复，请重新下载后填写")
		}
		lines[n] = l
	}
	return lines, nil
}

// judgeLines gives the rows that can go into a draft and notes on the others
// what is wrong.
func (d *Desk) judgeLines(ctx context.Context, ref contract.Ref, lines map[int]sheetLine) (good []rubric.Mark, err error) {
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	rule, err := d.ReviewRule(ctx, d.Store.Reader, c, ref)
	if err != nil {
		return nil, err
	}
	for n := 1; n <= 14; n++ {
		l, filled := lines[n]
		if !filled {
			continue
		}
		m, fault := l.mark(n)
		if l.fault = fault; fault == "" && m.Points != ungiven {
			if faults, ok := rule.Check([]rubric.Mark{m}, false).(rubric.SheetErrors); ok {
				l.fault = faults[0].Say
			}
		}
		if lines[n] = l; l.fault == "" {
			good = append(good, m)
		}
	}
	return good, nil
}
