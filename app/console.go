package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"xuanping/campaign"
)

// Goals prints the six goals of a plan, a line each, with a number or no data (PL-1).
func (a *App) Goals(ctx context.Context, plan string, out io.Writer) error {
	from, to, err := campaign.ParsePlan(plan)
	if err != nil {
		return err
	}
	rehearsal, err := a.onlyRehearsed(ctx, from, to)
	if err != nil {
		return err
	}
	lines, err := a.Store.GoalLines(ctx, from, to, rehearsal)
	for _, l := range lines {
		fmt.Fprintf(out, "%s\t%s\t%s\n", l.Mark, l.Word(), l.Watch)
	}
	return err
}

// onlyRehearsed tells whether the years of a plan were only rehearsed; real years
// are never counted with rehearsals.
func (a *App) onlyRehearsed(ctx context.Context, from, to int) (bool, error) {
	all, err := a.Store.Campaigns(ctx)
	only := false
	for _, c := range all {
		if c.Year >= from && c.Year <= to {
			if !c.Rehearsal {
				return false, err
			}
			only = true
		}
	}
	return only, err
}

// Report prints the versions of a year's special report with their corrections;
// with numbers, every number in it beside the query that answers it (PL-13).
func (a *App) Report(ctx context.Context, year int, numbers bool, out io.Writer) error {
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	if numbers {
		return a.reportNumbers(ctx, year, out)
	}
	all, err := a.Store.Releases(ctx, year)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%d 年度的结果尚未公布", year)
	}
	for i, r := range all {
		fmt.Fprintf(out, "第 %d 版  %s  摘要 %s\n", r.Version, campaign.DayOf(r.At), r.Digest)
		if i > 0 {
			old := all[i-1].Body
			for _, say := range append(r.Body.Notes[min(len(old.Notes), len(r.Body.Notes)):], r.Body.Against(old)...) {
				fmt.Fprintln(out, "  更正：", say)
			}
		}
	}
	return nil
}

func (a *App) reportNumbers(ctx context.Context, year int, out io.Writer) error {
	all, err := a.Room.ReportNumbers(ctx, year)
	if err != nil {
		return err
	}
	bad := 0
	for _, n := range all {
		mark := "一致"
		switch {
		case n.Printed == "":
			mark = "未印出"
		case !n.Holds():
			mark, bad = "不一致，报告为 "+n.Printed, bad+1
		}
		fmt.Fprintln(out, strings.Join([]string{n.ID, n.Says, n.Figure.Query, n.Figure.String(), mark}, "\t"))
	}
	if bad > 0 {
		return fmt.Errorf("%d 个数字与查询结果不一致", bad)
	}
	return nil
}

// Preflight prints what stands in the way of a launch; an error when something does.
func (a *App) Preflight(ctx context.Context, year int, rehearsal bool, out io.Writer) error {
	all, err := a.Desk.Preflight(ctx, year, campaign.DefaultSettings(year), campaign.DefaultCalendar(year, campaign.KnownHolidays()), rehearsal)
	if err != nil {
		return err
	}
	bad := 0
	for _, x := range all {
		mark := "通过"
		if !x.OK {
			mark, bad = "未通过", bad+1
		}
		fmt.Fprintf(out, "%s\t%s\t%s\n", mark, x.What, x.Say)
		for _, l := range x.Lines {
			fmt.Fprintln(out, "  ", l)
		}
		if x.At != "" {
			fmt.Fprintln(out, "  ", "办理页面", a.Config.BaseURL+x.At)
		}
	}
	if bad > 0 {
		return fmt.Errorf("启动前检查有 %d 项未通过", bad)
	}
	return nil
}
