package rubric

import (
	"fmt"
	"strings"
)

// Text writes the receipt as a tree that a person reads from the top: total,
// rows, and under each row what its points come from.
func (r Receipt) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s　%d 年度　评价结果第 %d 版　得分依据\n", r.Institution, r.Year, r.Version)
	s := r.Sum
	fmt.Fprintf(&b, "总分 %s ＝ 基础分 %s ＋ 加分 %s（封顶前 %s）－ 扣分 %s（封顶前 %s）\n", s.Total, s.Base, s.Bonus, s.BonusUncapped, s.Deduction, s.DeductionUncapped)
	if !r.Scored {
		b.WriteString("全年未提交宣传工作材料，未经评审打分。\n")
	}
	for _, said := range r.Basis {
		b.WriteString(said + "\n")
	}
	for _, row := range r.Rows {
		b.WriteByte('\n')
		row.text(&b)
	}
	r.textMatters(&b)
	b.WriteString("\n适用口径\n")
	for _, one := range r.Readings {
		fmt.Fprintf(&b, "  %s\n", one.Words())
	}
	fmt.Fprintf(&b, "\n指标版本 %s（%.12s…）\n回执摘要 %s\n", r.Table.Version, r.Table.SHA256, r.Digest)
	return b.String()
}

// ByDefault marks a reading that stands on the default of the register because no
// interpretation has confirmed it (第三十五条).
const ByDefault = "默认，未经解释确认"

// Words is a reading in a line: id, subject, option and the interpretation it rests on.
func (one ReceiptReading) Words() string {
	by := ByDefault
	if one.Interpretation != "" {
		by = "依据解释 " + one.Interpretation
	}
	return fmt.Sprintf("%s %s：%s（%s）", one.ID, one.Subject, one.Text, by)
}

func (row ReceiptRow) text(b *strings.Builder) {
	fmt.Fprintf(b, "第%d项 %s　%s 分（%s）\n", row.Row, row.Title, row.signed(row.Points), row.Full())
	fmt.Fprintf(b, "  规则　%s\n", row.RuleWords())
	if len(row.Readings) > 0 {
		fmt.Fprintf(b, "  口径　%s\n", strings.Join(row.Readings, "、"))
	}
	if row.Row <= baseRows {
		row.textEvidence(b)
	}
	for _, m := range row.Marks {
		fmt.Fprintf(b, "  %s　%s 分%s\n", m.Reviewer, m.Points, after("：", m.Words()))
	}
	if row.Ruling != nil {
		fmt.Fprintf(b, "  评价复核　决定为 %s 分%s\n", row.signed(row.Ruling.Points), after("：", row.Ruling.Reason))
	}
	for _, e := range row.Events {
		fmt.Fprintf(b, "  事项 %s　%s\n", e.Key, e.Title)
		fmt.Fprintf(b, "    %s 分，计入 %s 分：%s%s\n", e.face(), e.Counted, RuleText(e.Rule), after("；同一事项：", e.Matter))
		if e.Reason != "" {
			fmt.Fprintf(b, "    认定理由　%s\n", e.Reason)
		}
		e.textAmendment(b)
		if e.Source != "" {
			fmt.Fprintf(b, "    依据摘要　%.16s…\n", e.Source)
		}
	}
}

// signed is a figure of the row as it enters the total.
func (row ReceiptRow) signed(p Decimal) Decimal {
	if row.Row == deductionRow {
		return -p
	}
	return p
}

// textEvidence lists the digests of a row's files, four a line.
func (row ReceiptRow) textEvidence(b *strings.Builder) {
	if len(row.Evidence) == 0 {
		b.WriteString("  证据　没有提交材料\n")
		return
	}
	for i, e := range row.Evidence {
		switch {
		case i == 0:
			fmt.Fprintf(b, "  证据　%d 份：", len(row.Evidence))
		case i%4 == 0:
			b.WriteString("\n  　　　")
		default:
			b.WriteString("、")
		}
		fmt.Fprintf(b, "%.16s…", e.SHA256)
	}
	b.WriteByte('\n')
}

func (r Receipt) textMatters(b *strings.Builder) {
	if len(r.Matters) == 0 {
		return
	}
	b.WriteString("\n同一事项\n")
	for _, m := range r.Matters {
		counted := "本年度不计分"
		if len(m.Counted) > 0 {
			counted = "计分的是 " + strings.Join(m.Counted, "、")
		}
		fmt.Fprintf(b, "  %s　%d 项：%s；%s\n", m.Matter, len(m.Events), strings.Join(m.Events, "、"), counted)
	}
}

// face is the face value as it enters a sum: negative when it is taken off.
func (e ReceiptEvent) face() Decimal {
	if strings.HasPrefix(e.Clause, fmt.Sprintf("%d.", deductionRow)) {
		return -e.Points
	}
	return e.Points
}

// Full says what a row may come to.
func (row ReceiptRow) Full() string {
	if row.Row > baseRows {
		return fmt.Sprintf("累计不超过 %s 分", row.Max)
	}
	return fmt.Sprintf("满分 %s 分", row.Max)
}

// RuleWords says how the row's points came about.
func (row ReceiptRow) RuleWords() string {
	switch row.Rule {
	case RuleNoMark:
		return "未评分，计 0 分"
	case RuleMark:
		return "按一名评审专家的评分计"
	case ruleMean:
		return "两名评审专家评分的平均"
	case ruleMedian:
		return "三名评审专家评分的中位数"
	case ruleRuling:
		return "按评价复核的决定计，替代原评分"
	case RuleCap:
		return "各事项相加，超过上限的部分不计"
	}
	if len(row.Events) == 0 {
		return "没有登记事项"
	}
	return "各事项相加"
}

func after(sign, text string) string {
	if text == "" {
		return ""
	}
	return sign + strings.Join(strings.Fields(text), " ")
}
