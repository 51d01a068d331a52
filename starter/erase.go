package main

import (
	"context"
	"os"

	"xuanping/app"
)

type eraseCmd struct {
	Year     int    `arg:"" help:"评价年度"`
	By       string `required:"" help:"账号：提议由经办人员，确认由审批人员"`
	Reason   string `required:"" help:"理由或依据"`
	Confirm  bool   `help:"确认并执行；不能恢复" xor:"step"`
	Withdraw bool   `help:"撤回提议" xor:"step"`
	Force    bool   `help:"保存期未满而提议，须写明依据"`
}

func (c eraseCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error {
		return a.Erase(ctx, app.EraseOptions{Year: c.Year, By: c.By, Reason: c.Reason, Force: c.Force, Confirm: c.Confirm, Withdraw: c.Withdraw}, os.Stdout)
	})
}
