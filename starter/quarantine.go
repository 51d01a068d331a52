package main

import (
	"context"
	"os"

	"xuanping/app"
)

type quarantinedCmd struct{}

func (c *quarantinedCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Quarantined(ctx, os.Stdout) })
}
