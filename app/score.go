package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"xuanping/rubric"
)

// Score prints the scorecard of a score sheet file; it needs no database.
func Score(file string, asJSON bool, out io.Writer) error {
	b, err := readFile("打分表", file)
	if err != nil {
		return err
	}
	s, err := rubric.ReadSheet(b)
	if err != nil {
		return fmt.Errorf("%s：%w", file, err)
	}
	card, err := rubric.Annex2().Score(s.Year, s.Marks, s.Events)
	if err != nil {
		return fmt.Errorf("%s：打分不合规则，请更正（序号指附件2 的项）：%w", file, err)
	}
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(card)
	}
	return printCard(out, s.Institution, card)
}

// readFile reads what a person named on the command line.
func readFile(what, file string) ([]byte, error) {
	b, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("没有%s %s，请检查路径", what, file)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("没有权限读取%s %s，请检查文件权限", what, file)
	case err != nil:
		return nil, fmt.Errorf("无法读取%s %s，请检查它是不是一个文件：%w", what, file, err)
	}
	return b, nil
}

func printCard(out io.Writer, who string, c rubric.Scorecard) error {
	fmt.Fprintf(out, "%s\n", who)
	for _, r := range c.Rows {
		row, _ := rubric.Annex2().Row(r.Row)
		p := r.Points
		if r.Row == 16 {
			p = -p
		}
		fmt.Fprintf(out, "%3d  %6s / %-5s %s\n", r.Row, p, r.Max, row.Title)
	}
	for _, l := range c.Trace {
		if l.Event != "" {
			fmt.Fprintf(out, "     %s %s：%s 分，计 %s 分（%s）\n", l.Clause, l.Event, l.Points, l.Counted, rubric.RuleText(l.Rule))
		}
	}
	_, err := fmt.Fprintf(out, "基础 %s + 加分 %s（未封顶 %s）− 扣分 %s（未封顶 %s）= 总分 %s\n", c.Base, c.Bonus, c.BonusUncapped, c.Deduction, c.DeductionUncapped, c.Total)
	return err
}

// Vectors runs the golden vectors of the scoring rules, then the further worked cases.
func Vectors(out io.Writer) error {
	ok := 0
	var failed []error
	for _, v := range rubric.Vectors() {
		if err := v.Check(); err != nil {
			failed = append(failed, fmt.Errorf("%d %s：%w", v.No, v.Name, err))
			continue
		}
		ok++
	}
	fmt.Fprintf(out, "%d ok\n", ok)
	examples, err := rubric.Examples()
	if err != nil {
		return fmt.Errorf("算例文件无法读取：%w", err)
	}
	ok = 0
	for _, e := range examples {
		if err := e.Check(); err != nil {
			failed = append(failed, fmt.Errorf("%s %s：%w", e.ID, e.Tests, err))
			continue
		}
		ok++
	}
	fmt.Fprintf(out, "另有算例 %d ok\n", ok)
	return errors.Join(failed...)
}

// Lint prints what is noteworthy about the indicator table; an error when
// something about it is wrong rather than merely to be known.
func Lint(out io.Writer) error { return LintTable(rubric.Annex2().Version, out) }

// LintTable is Lint for a version by name or a file.
func LintTable(name string, out io.Writer) error {
	t, err := Table(name)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s sha256:%s\n", t.Version, t.SHA256)
	bad := 0
	for _, f := range t.Lint() {
		fmt.Fprintf(out, "%s %s\n", f.Code, f.Text)
		if strings.HasPrefix(f.Code, "E") {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("指标表有 %d 处错误，请先更正再使用", bad)
	}
	return nil
}
