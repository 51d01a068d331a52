package app

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"xuanping/rubric"
)

// Table finds an indicator table by the name of its version, or reads it from a file.
func Table(name string) (*rubric.Table, error) {
	if t, ok := rubric.Version(name); ok {
		return t, nil
	}
	if !strings.ContainsAny(name, "./\\") {
		var known []string
		for _, t := range rubric.Versions() {
			known = append(known, t.Version)
		}
		return nil, fmt.Errorf("没有指标版本 %q，已有：%s；也可以给出 .json 文件", name, strings.Join(known, "、"))
	}
	b, err := readFile("指标文件", name)
	if err != nil {
		return nil, err
	}
	t, err := rubric.ReadTable(b)
	if err != nil {
		return nil, fmt.Errorf("%s：%w", name, err)
	}
	return t, nil
}

// RubricDiff prints what table b changes of table a (PL-6).
func RubricDiff(a, b string, out io.Writer) error {
	was, err := Table(a)
	if err != nil {
		return err
	}
	now, err := Table(b)
	if err != nil {
		return err
	}
	changes := rubric.Diff(was, now)
	for _, c := range changes {
		fmt.Fprintf(out, "%s %s\n  原：%s\n  新：%s\n", c.Where, c.Field, orNone(c.Was), orNone(c.Now))
	}
	_, err = fmt.Fprintf(out, "%s 与 %s：%d 处不同\n", was.Version, now.Version, len(changes))
	return err
}

// IsYear tells whether a word names an evaluation year.
func IsYear(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && len(s) == 4 && n >= 2000
}

// RubricDiffYears is RubricDiff where years stand for the versions they were
// frozen with at launch.
func (a *App) RubricDiffYears(ctx context.Context, was, now string, out io.Writer) error {
	for _, name := range []*string{&was, &now} {
		if !IsYear(*name) {
			continue
		}
		year, _ := strconv.Atoi(*name)
		c, err := a.campaign(ctx, year)
		if err != nil {
			return err
		}
		if t, ok := rubric.Version(c.Rubric); ok && t.SHA256 != c.RubricSHA256 {
			return fmt.Errorf("%d 年度冻结的指标数据（摘要 %.12s…）与本程序所带的 %s（摘要 %.12s…）不同，请用当年的程序或指标文件比较", year, c.RubricSHA256, t.Version, t.SHA256)
		}
		*name = c.Rubric
	}
	return RubricDiff(was, now, out)
}

func orNone(s string) string {
	if s == "" {
		return "（无）"
	}
	return s
}

// Crosswalk prints the seven aspects of the action plan and the rows that speak to them (PL-8).
func Crosswalk(out io.Writer) error {
	for _, d := range rubric.Crosswalk() {
		if _, err := fmt.Fprintln(out, d); err != nil {
			return err
		}
	}
	return nil
}

// Consult prints a table as it is put out for comment (PL-4).
func Consult(name string, out io.Writer) error {
	t, err := Table(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, rubric.Consultation(t))
	return err
}
