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
	Fix  bool `help:"先清除没有登记的文件（一小时以前的）；其余问题从不自动改动"`
}

func (c fsckCmd) Run(ctx context.Context) error {
	if c.List {
		app.FsckList(os.Stdout)
		return nil
	}
	return open(ctx, func(a *app.App) error {
		if c.Fix {
			if err := a.CollectOrphans(ctx, os.Stderr); err != nil {
				return err
			}
		}
		return a.Fsck(ctx, c.Year, c.JSON, os.Stdout)
	})
}
