package main

import (
	"context"
	"os"

	"xuanping/app"
)

type reportCmd struct {
	Year    int  `arg:"" help:"评价年度"`
	Numbers bool `help:"列出报告中的每个数字、对应的查询和结果；不一致时报错"`
}

func (c reportCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Report(ctx, c.Year, c.Numbers, os.Stdout) })
}

type goalsCmd struct {
	Plan string `default:"2024-2026" help:"起止年度，如 2024-2026"`
}

func (c goalsCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Goals(ctx, c.Plan, os.Stdout) })
}
