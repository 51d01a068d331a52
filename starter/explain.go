package main

import (
	"context"
	"os"

	"xuanping/app"
)

type explainCmd struct {
	Code    string `arg:"" help:"批准号"`
	Year    int    `required:"" help:"评价年度"`
	Version int    `help:"结果的版本，默认最新"`
	JSON    bool   `help:"输出得分回执（JSON），可交 check-receipt 核对"`
}

func (c explainCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Explain(ctx, app.Ref(c.Year, c.Code), c.Version, c.JSON, os.Stdout) })
}

type checkReceiptCmd struct {
	File string `arg:"" help:"得分回执文件；写 - 由标准输入读取"`
}

func (c checkReceiptCmd) Run() error { return app.CheckReceipt(c.File, os.Stdin, os.Stdout) }

type whatifCmd struct {
	Reading string `arg:"" help:"口径编号，如 R-05"`
	Year    int    `required:"" help:"评价年度"`
	Option  string `help:"试算的读法，默认为现用读法以外的第一种"`
}

func (c whatifCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.WhatIf(ctx, c.Year, c.Reading, c.Option, os.Stdout) })
}

type resultsCmd struct {
	Diff resultsDiffCmd `cmd:"" help:"两个版本之间哪些机构的总分和名次不同"`
}

type resultsDiffCmd struct {
	Year     int      `arg:"" help:"评价年度"`
	Versions []string `arg:"" optional:"" help:"两个版本，默认 v1 v2"`
}

func (c resultsDiffCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.ResultsDiff(ctx, c.Year, c.Versions, os.Stdout) })
}
