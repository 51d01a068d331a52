package main

import (
	"context"
	"os"

	"xuanping/app"
)

type readingsCmd struct {
	List  readingsListCmd  `cmd:"" help:"年度现在启动的话，影响得分的每项口径依据哪一解释，还缺哪些"`
	Make  readingsMakeCmd  `cmd:"" help:"经办：所缺的按默认读法一并制定，各自编号；改动文字或另选读法请在网页口径台账办理"`
	Force readingsForceCmd `cmd:"" help:"审批：批准解释生效，制定人不能批准"`
}

type readingsListCmd struct {
	Year int `arg:"" help:"评价年度"`
}

func (c readingsListCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Readings(ctx, c.Year, os.Stdout) })
}

type readingsMakeCmd struct {
	Year int    `arg:"" help:"自哪一年度起适用"`
	By   string `required:"" help:"经办人员账号"`
}

func (c readingsMakeCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.MakeReadings(ctx, c.By, c.Year, os.Stdout) })
}

type readingsForceCmd struct {
	IDs []string `arg:"" name:"id" help:"解释的编号，如 释-2026-01，可写多个"`
	By  string   `required:"" help:"审批人员账号"`
}

func (c readingsForceCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.ForceReadings(ctx, c.By, c.IDs, os.Stdout) })
}
