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
	Fork        forkCmd         `cmd:"" help:"两份检查点不属于同一部历史时，写出可离线核对的证据"`
	Cosigned    cosignedCmd     `cmd:"" help:"一份检查点上有哪些见证人的签名"`
	Watch       watchCmd        `cmd:"" help:"见证人：由网站取最新检查点，与上次保存的核对后保存；不需要账号和数据库"`
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
	Key   []string `sep:"none" help:"另外信任的账本公钥"`
}

func (c continuationCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error {
		return a.ProveConsistency(ctx, c.Older, c.Newer, c.Key, "", os.Stdout)
	})
}

type ledgerVerify struct {
	Kept string   `help:"文件夹：保存的邮件（.eml）、文书（.pdf）、文本或检查点"`
	Key  []string `sep:"none" help:"另外信任的账本公钥"`

	Evidence string `help:"发现分叉时，把证据写入此文件"`
}

func (c ledgerVerify) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.VerifyLedger(ctx, c.Kept, c.Key, c.Evidence, os.Stdout) })
}

type forkCmd struct {
	Kept string   `arg:"" help:"保存的检查点文件"`
	Now  string   `arg:"" help:"现在的检查点文件"`
	Out  string   `short:"o" required:"" help:"证据文件"`
	Key  []string `sep:"none" help:"另外信任的账本公钥"`
}

func (c forkCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error {
		return a.ProveConsistency(ctx, c.Kept, c.Now, c.Key, c.Out, os.Stdout)
	})
}

type watchCmd struct {
	URL      string   `arg:"" help:"网站地址，如 https://xp.example.gov.cn"`
	Key      []string `required:"" sep:"none" help:"账本公钥，可重复给出以接受更换前的密钥"`
	Kept     string   `default:"checkpoint.txt" help:"保存检查点的文件"`
	Evidence string   `default:"fork.json" help:"发现分叉时写入的证据文件"`
	Name     string   `help:"见证人名称：在所保存的检查点上另加见证签名（C2SP cosignature）"`
	Seed     string   `help:"见证人的密钥文件，64 位十六进制"`
}

func (c watchCmd) Run(ctx context.Context) error {
	return app.Watch(ctx, app.WatchOptions{URL: c.URL, Keys: c.Key, Kept: c.Kept, Evidence: c.Evidence, Name: c.Name, Seed: c.Seed}, os.Stdout)
}

type cosignedCmd struct {
	File    string   `arg:"" help:"检查点文件"`
	Key     []string `required:"" sep:"none" help:"账本公钥"`
	Witness []string `required:"" sep:"none" help:"见证人的公钥，可重复给出"`
}

func (c cosignedCmd) Run() error { return app.Cosigned(c.File, c.Key, c.Witness, os.Stdout) }
