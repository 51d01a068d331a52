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
