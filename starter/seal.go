package main

import (
	"context"
	"os"

	"xuanping/app"
)

type sealCmd struct {
	Year  int    `arg:"" help:"评价年度"`
	Out   string `short:"o" required:"" help:"卷宗文件，如 2026.zip"`
	Names bool   `name:"with-names" help:"收入人员信息、个人书写的文字和行密钥；默认以代号表示"`
}

func (c sealCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Seal(ctx, c.Year, c.Names, c.Out, os.Stdout) })
}

type exportCmd struct {
	Facts    exportFactsCmd `cmd:"" default:"withargs" help:"年度全部数据：csv、xlsx 或 json"`
	Yearbook yearbookCmd    `cmd:"" help:"年鉴素材：每件已授予的典型案例一个文件夹"`
}

type exportFactsCmd struct {
	Year   int    `arg:"" help:"评价年度"`
	Format string `required:"" enum:"csv,xlsx,json" help:"格式：csv、xlsx、json"`
	Out    string `short:"o" required:"" help:"文件夹"`
	By     string `required:"" help:"经办或审计人员账号，记入账本"`
	Names  bool   `name:"with-names" help:"含人员信息和个人书写的文字；默认以代号表示"`
}

func (c exportFactsCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Export(ctx, c.By, c.Year, c.Format, c.Out, c.Names, os.Stdout) })
}

type yearbookCmd struct {
	Year int    `required:"" help:"评价年度"`
	Out  string `short:"o" required:"" help:"ZIP 文件"`
	By   string `required:"" help:"经办或审计人员账号，记入账本"`
}

func (c yearbookCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Yearbook(ctx, c.By, c.Year, c.Out, os.Stdout) })
}
