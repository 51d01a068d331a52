package app

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"xuanping/pdf"
	"xuanping/rubric"
)

// SelfEvaluate scores a sheet by the same engine and prints it, as 自评 and
// 非官方 in every line that matters; file names a PDF to write, "" none (PL-19).
func SelfEvaluate(sheetFile, file string, env func(string) (string, bool), out io.Writer) error {
	b, err := readFile("打分表", sheetFile)
	if err != nil {
		return err
	}
	s, err := rubric.ReadSheet(b)
	if err != nil {
		return fmt.Errorf("%s：%w", sheetFile, err)
	}
	card, err := rubric.Annex2().Score(s.Year, s.Marks, s.Events)
	if err != nil {
		return fmt.Errorf("%s：打分不合规则，请更正（序号指附件2 的项）：%w", sheetFile, err)
	}
	fmt.Fprintln(out, "自评 · 非官方：不是主管部门的评价结果，没有文号和验真码")
	if err := printCard(out, s.Institution, card); err != nil || file == "" {
		return err
	}
	dirs, _ := env("XUANPING_FONTS")
	fonts, err := pdf.FindFonts(fontDirs(dirs))
	if err != nil {
		return err
	}
	p, err := fonts.Printer(nil)
	if err != nil {
		return err
	}
	paper, err := selfPaper(p, s, card, time.Now())
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, paper, 0o644); err != nil {
		return fmt.Errorf("无法写入 %s：%w", file, err)
	}
	_, err = fmt.Fprintln(out, "已写入", file)
	return err
}

// selfPaper turns a scored sheet into its paper.
func selfPaper(p *pdf.Printer, s rubric.Sheet, c rubric.Scorecard, day time.Time) ([]byte, error) {
	in := pdf.SelfEvaluation{Name: s.Institution, Year: s.Year, Date: day, Score: pdf.Score{Total: int(c.Total), Base: int(c.Base), Bonus: int(c.Bonus), Deduction: -int(c.Deduction),
		BonusUncapped: int(c.BonusUncapped), DeductionUncapped: -int(c.DeductionUncapped)}}
	for _, x := range c.Rows {
		row, _ := rubric.Annex2().Row(x.Row)
		r := pdf.ScoreRow{No: x.Row, Group: row.Group, Title: row.Title, Max: int(x.Max), Points: int(x.Points), Reason: x.Reason}
		if row.Kind() != rubric.Base {
			r.MaxText = "≤" + x.Max.String()
		}
		if row.Kind() == rubric.Deduction {
			r.Points = -r.Points
		}
		in.Rows = append(in.Rows, r)
	}
	titles := map[string]string{}
	for _, e := range s.Events {
		titles[e.ID] = e.Title
	}
	for _, l := range c.Trace {
		if l.Event == "" {
			continue
		}
		n, item, _ := strings.Cut(l.Clause, ".")
		i := pdf.ScoreItem{Title: titles[l.Event], Rule: "附件2 第" + n + "项第" + item[:1] + "点", Points: int(l.Counted), Note: rubric.RuleText(l.Rule)}
		if l.Points < 0 {
			in.DeductionItems = append(in.DeductionItems, i)
		} else {
			in.BonusItems = append(in.BonusItems, i)
		}
	}
	return p.SelfEvaluation(in)
}
