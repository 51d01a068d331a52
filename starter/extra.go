package main

import (
	"context"
	"os"

	"xuanping/app"
)

type selfEvaluateCmd struct {
	Sheet string `arg:"" help:"打分表文件（JSON），示例见 testdata/score-sheet.json"`
	Out   string `short:"o" help:"另存为 PDF，每页标明“自评 · 非官方”"`
}

func (c selfEvaluateCmd) Run() error {
	return app.SelfEvaluate(c.Sheet, c.Out, app.Environment, os.Stdout)
}

type localCmd struct {
	Rank localRankCmd `cmd:"" help:"按已录入的指标集排序；没有指标集时不执行"`
	Set  localSetCmd  `cmd:"" help:"录入指标集（JSON）"`
}

type localRankCmd struct {
	Year int `arg:"" help:"评价年度"`
}

func (c localRankCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.LocalRank(ctx, c.Year, os.Stdout) })
}

type localSetCmd struct {
	Year int    `arg:"" help:"评价年度"`
	File string `arg:"" help:"指标集文件：name、top、indicators（name、weight、source）"`
	By   string `required:"" help:"经办人员账号"`
}

func (c localSetCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.LocalSet(ctx, c.By, c.Year, c.File, os.Stdout) })
}

type traceCmd struct {
	Check bool `help:"缺少任何一条、一行、一栏时报错；未建的列出"`
	Year  int  `help:"连同该年度每项影响得分的口径所依据的解释：编号、条款、办理人、时间（需要数据库）"`
}

func (c traceCmd) Run(ctx context.Context) error {
	if c.Year == 0 {
		return app.Trace(c.Check, os.Stdout)
	}
	return open(ctx, func(a *app.App) error { return a.TraceYear(ctx, c.Year, c.Check, os.Stdout) })
}
