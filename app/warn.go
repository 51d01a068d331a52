package app

import (
	"context"
	"fmt"
	"io"

	"xuanping/audit"
)

// Consistency prints every institution of a year against the criteria of
// Article 32; it fails while the reason for one that was not proposed is missing (RW-8).
func (a *App) Consistency(ctx context.Context, year int, out io.Writer) error {
	c, err := a.campaign(ctx, year)
	if err != nil {
		return err
	}
	all, err := audit.Consistency(ctx, a.Store.Reader, c)
	if err != nil {
		return err
	}
	set := c.Rules.Settings.Criteria
	fmt.Fprintf(out, "%d 年度风险警示标准 %s，%s 起施行；%s\n", year, set.Version, set.InForce, set.Reading())
	for _, item := range set.Items() {
		fmt.Fprintf(out, "  (%d) %s\n", item.No, item.Text)
	}
	open := 0
	for _, e := range all {
		fmt.Fprintf(out, "%s  %s ", e.Code, e.Name)
		for _, m := range e.Met {
			fmt.Fprintf(out, " (%d)%s", m.No, map[bool]string{true: "是", false: "否"}[m.Met])
		}
		switch {
		case !e.Ready && e.Case == nil:
			fmt.Fprint(out, " 结果尚未形成")
		case e.Case != nil:
			fmt.Fprintf(out, "  第 %d 号案件：%s", e.Case.Number, e.Case.State.Chinese())
		case e.Open:
			open++
			fmt.Fprint(out, "  符合标准而未提请，缺少理由")
		case e.Meets && e.Reason != "":
			fmt.Fprint(out, "  未提请")
		case e.Meets:
			fmt.Fprint(out, "  符合标准，待归档后提请或说明")
		default:
			fmt.Fprint(out, "  不符合标准")
		}
		if e.Reason != "" {
			fmt.Fprintf(out, "，理由：%s", e.Reason)
		}
		fmt.Fprintln(out)
	}
	if open > 0 {
		return fmt.Errorf("有 %d 家机构符合标准而未提请，也没有理由；请经办人员提请立案或写明理由", open)
	}
	fmt.Fprintf(out, "共 %d 家，符合标准而未提请的均有理由\n", len(all))
	return nil
}
