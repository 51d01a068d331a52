package main

import (
	"context"
	"os"

	"xuanping/app"
)

type warnCmd struct {
	Consistency consistencyCmd `cmd:"" help:"逐家列明是否符合风险警示标准，以及未提请的理由（第三十二条）"`
}

type consistencyCmd struct {
	Year int `arg:"" help:"评价年度"`
}

func (c consistencyCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Consistency(ctx, c.Year, os.Stdout) })
}
