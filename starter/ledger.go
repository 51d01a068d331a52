package main

import (
	"context"
	"os"

	"xuanping/app"
)

type ledgerCmd struct {
	Key         ledgerKeyCmd    `cmd:"" help:"显示账本公钥"`
	Prove       proveCmd        `cmd:"" help:"证明一条记录在账本中（JSON）"`
	CheckProof  checkProofCmd   `cmd:"" help:"离线核对证明"`
	Consistency continuationCmd `cmd:"" help:"证明两份检查点属于同一部历史（JSON）"`
	Verify      ledgerVerify    `cmd:"" help:"重算账本，并与检查点、保存的邮件核对"`
}

type ledgerKeyCmd struct{}

func (ledgerKeyCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { a.LedgerKey(os.Stdout); return nil })
}

type proveCmd struct {
	Record string `arg:"" help:"记录编号，或邮件、文书的键"`
}

func (c proveCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Prove(ctx, c.Record, os.Stdout) })
}

type checkProofCmd struct {
	File string   `arg:"" help:"证明文件"`
	Key  []string `sep:"none" help:"账本公钥，可重复给出以接受轮换前的密钥"`
}

func (c checkProofCmd) Run() error { return app.CheckProof(c.File, c.Key, os.Stdout) }

type continuationCmd struct {
	Older string   `arg:"" help:"较早的检查点文件"`
	Newer string   `arg:"" help:"较新的检查点文件"`
	Key   []string `sep:"none" help:"轮换前的账本公钥"`
}

func (c continuationCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error {
		return a.ProveConsistency(ctx, c.Older, c.Newer, c.Key, os.Stdout)
	})
}

type ledgerVerify struct {
	Kept string   `help:"文件夹：保存的邮件（.eml）、文本或检查点"`
	Key  []string `sep:"none" help:"轮换前的账本公钥"`
}

func (c ledgerVerify) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.VerifyLedger(ctx, c.Kept, c.Key, os.Stdout) })
}
