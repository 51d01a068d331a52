package app

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"xuanping/audit"
	"xuanping/contract"
	"xuanping/rubric"
)

// Explain opens a result into its tree, as text or as the receipt in JSON;
// version 0 is the newest.
func (a *App) Explain(ctx context.Context, ref contract.Ref, version int, asJSON bool, out io.Writer) error {
	if _, err := a.campaign(ctx, ref.Year); err != nil {
		return err
	}
	r, err := audit.Explain(ctx, a.Store.Reader, a.Desk.Table, ref, version)
	if err != nil {
		return err
	}
	if asJSON {
		_, err = out.Write(r.JSON())
		return err
	}
	_, err = io.WriteString(out, r.Text())
	return err
}

// CheckReceipt recomputes a receipt from its own leaves; it needs no database
// and no network. The file "-" is what is typed or piped in.
func CheckReceipt(file string, in io.Reader, out io.Writer) error {
	var data []byte
	var err error
	if file == "-" {
		data, err = io.ReadAll(io.LimitReader(in, 4<<20))
	} else {
		data, err = readFile("得分回执", file)
	}
	if err != nil {
		return err
	}
	r, err := rubric.CheckReceipt(data)
	if err != nil {
		return fmt.Errorf("回执不成立：%w", err)
	}
	fmt.Fprintf(out, "%s　%d 年度　第 %d 版\n总分 %s\n", r.Institution, r.Year, r.Version, r.Sum.Total)
	_, err = fmt.Fprintf(out, "全部摘要一致，由评分和事项复算的结果与回执相同\n回执摘要 %s\n账本所存得分单摘要 %s\n", r.Digest, r.Card)
	return err
}

// WhatIf prints what another option of a reading would do to a year: both
// totals, who changes rank or crosses a line.
func (a *App) WhatIf(ctx context.Context, year int, reading, option string, out io.Writer) error {
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	f, err := audit.WhatIf(ctx, a.Store.Reader, a.Desk.Table, year, reading, option)
	if err != nil {
		return err
	}
	e := f.Effect
	fmt.Fprintf(out, "%s %s\n现用读法 %s：%s\n试算读法 %s：%s\n", f.Row.ID, f.Row.Subject, f.Now.Key, f.Now.Text, f.Then.Key, f.Then.Text)
	fmt.Fprintf(out, "%d 家机构：总分改变 %d 家，名次改变 %d 家，类别内名次改变 %d 家，优秀单位改变 %d 家，风险警示情形改变 %d 家\n",
		e.Institutions, e.Totals, e.Ranks, e.CategoryRanks, e.Excellent, e.Grounds)
	for _, c := range e.Changes {
		fmt.Fprintf(out, "  %s %s　总分 %s → %s，名次 %s → %s%s\n", c.Code, f.Names[c.Code], c.Now.Total, c.Then.Total, rank(c.Now.Rank), rank(c.Then.Rank), crossed(c))
	}
	_, err = io.WriteString(out, footing(f.Complete))
	return err
}

// footing says what a trial is worth.
func footing(complete bool) string {
	if !complete {
		return "年度尚未走完，按目前的记录试算；结果尚未告知的机构按未评分计。试算只供参考，正式总分不变。\n"
	}
	return "试算只供参考，正式总分不变。\n"
}

func rank(n int) string {
	if n == 0 {
		return "不参加排名"
	}
	return strconv.Itoa(n)
}

// crossed names the lines that an institution crosses.
func crossed(c rubric.Change) string {
	var all []string
	if c.ExcellentChanged() {
		all = append(all, "跨过优秀单位起点")
	}
	if c.GroundsChanged() {
		all = append(all, "跨过风险警示标准")
	}
	if len(all) == 0 {
		return ""
	}
	return "，" + strings.Join(all, "，")
}

// ResultsDiff prints who differs between two versions of a year's results (AP-4).
func (a *App) ResultsDiff(ctx context.Context, year int, versions []string, out io.Writer) error {
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	from, to := 1, 2
	switch len(versions) {
	case 0:
	case 2:
		var bad error
		if from, bad = version(versions[0]); bad != nil {
			return bad
		}
		if to, bad = version(versions[1]); bad != nil {
			return bad
		}
	default:
		return fmt.Errorf("请给出两个版本，如 v1 v2；不写即为 v1 v2")
	}
	all, err := audit.ResultsDiff(ctx, a.Store.Reader, year, from, to)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d 年度结果 v%d → v%d：%d 家不同\n", year, from, to, len(all))
	for _, m := range all {
		fmt.Fprintf(out, "  %s %s　总分 %s → %s，名次 %s → %s，类别内 %s → %s%s\n", m.Code, m.Name, m.From, m.To,
			rank(m.RankFrom), rank(m.RankTo), rank(m.CategoryFrom), rank(m.CategoryTo), ruled(m.Ruled, "改变")+ruled(m.Uncapped, "封顶前改变"))
	}
	return nil
}

func version(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(s, "v"))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("版本 %q 无法识别，应形如 v1", s)
	}
	return n, nil
}

func ruled(rows []int, how string) string {
	if len(rows) == 0 {
		return ""
	}
	names := make([]string, len(rows))
	for i, n := range rows {
		names[i] = strconv.Itoa(n)
	}
	return "（第 " + strings.Join(names, "、") + " 项" + how + "）"
}
