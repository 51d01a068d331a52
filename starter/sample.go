package main

import (
	"context"
	"os"

	"xuanping/app"
)

type sampleCmd struct {
	List string `arg:"" help:"三审三校、信息公开、稿件网址"`
	Year int    `required:"" help:"评价年度"`
	Seed string `help:"抽查种子（64 位十六进制），默认用已公布的种子"`
	Code string `help:"只抽一家机构（批准号）"`
}

func (c sampleCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Sample(ctx, c.List, c.Year, c.Seed, c.Code, os.Stdout) })
}
