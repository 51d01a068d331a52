package rubric

import (
	"fmt"
	"strings"
)

// Consultation is the text of a table as it is put out for comment (行动方案
// 四(一)3): rows, clauses, readings with their alternatives, errata, findings.
func Consultation(t *Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n版本 %s（%s）\n数据摘要 SHA-256：%s\n", t.Title, t.Version, t.Status.Chinese(), t.SHA256)
	consultRows(&b, t)
	consultClauses(&b, t)
	consultReadings(&b)
	b.WriteString("\n四、勘误（原文不改，显示时更正）\n")
	for _, e := range t.Errata {
		fmt.Fprintf(&b, "第%d项：%s\n", e.Row, e.line())
	}
	b.WriteString("\n五、行动方案七个方面的对应（原文没有规定，对应由本软件提出，供监管部门核定）\n")
	for _, d := range Crosswalk() {
		fmt.Fprintln(&b, d)
	}
	b.WriteString("\n注\n")
	for _, f := range t.Lint() {
		fmt.Fprintf(&b, "%s %s\n", f.Code, f.Text)
	}
	return b.String()
}

func consultRows(b *strings.Builder, t *Table) {
	b.WriteString("\n一、指标\n")
	group := ""
	for _, r := range t.Rows {
		if r.Group != group {
			group = r.Group
			fmt.Fprintf(b, "【%s】权重 %s\n", r.Group, r.Weight)
		}
		fmt.Fprintf(b, "%d. %s（分值：%s）\n   %s\n", r.No, r.Title, r.Printed, r.Clean())
	}
}

func consultClauses(b *strings.Builder, t *Table) {
	b.WriteString("\n二、加减分条款\n")
	for _, c := range t.Clauses {
		verb, points := "加", c.Min.String()
		if c.Row == deductionRow {
			verb = "扣"
		}
		if c.Max != c.Min {
			points += " 至 " + c.Max.String()
		}
		once := ""
		if c.Media {
			once = "，同一事项按最高分只计1次"
		}
		fmt.Fprintf(b, "%s 每次%s %s 分%s。%s\n", c.ID, verb, points, once, c.Clean())
	}
}

func consultReadings(b *strings.Builder) {
	b.WriteString("\n三、口径（原文可以有不同理解或没有规定之处）\n")
	for _, r := range readings {
		fmt.Fprintf(b, "%s %s\n   原文：%s\n   问题：%s\n   处理：%s\n", r.ID, r.Subject, r.Text, r.Problem, r.Default)
		if r.Also != "" {
			fmt.Fprintf(b, "   同时：%s\n", r.Also)
		}
		for _, o := range r.Options {
			mark := "可选"
			if o.Key == r.DefaultKey {
				mark = "默认"
			}
			fmt.Fprintf(b, "   %s %s：%s\n", mark, o.Key, o.Text)
		}
	}
}
