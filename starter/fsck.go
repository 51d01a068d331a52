package main

import (
	"context"
	"os"

	"xuanping/app"
)

type fsckCmd struct {
	Year int  `help:"评价年度，默认全部"`
	JSON bool `help:"以 JSON 输出，供监控读取"`
	List bool `help:"列出全部不变式及其依据，不查"`
}

func (c fsckCmd) Run(ctx context.Context) error {
	if c.List {
		app.FsckList(os.Stdout)
		return nil
	}
	return open(ctx, func(a *app.App) error { return a.Fsck(ctx, c.Year, c.JSON, os.Stdout) })
}
