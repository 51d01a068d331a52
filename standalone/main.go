// Everything on one machine: a private PostgreSQL, the Temporal server and its
// Web UI, the site and the workers, in one command.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"xuanping/app"
)

type common struct {
	Data   string `help:"数据文件夹；demo 默认使用临时文件夹，run 默认 data"`
	Listen string `default:"127.0.0.1:8080" help:"网站地址，只应监听本机"`
	UI     int    `default:"8233" help:"Temporal Web UI 端口，0 为不启用"`
	Log    string `enum:"debug,info,warn,error" default:"error" help:"日志级别"`
}

type demoCmd struct {
	common
	Once         bool   `help:"演练结束即退出；结果不符合预期时退出状态非 0"`
	Institutions int    `default:"24" help:"机构数"`
	Seed         uint64 `default:"1" help:"随机种子"`
	Year         int    `help:"评价年度，默认下一年度"`
	Seal         string `help:"演练后把这一年度封存为卷宗文件，并离线查验"`
}

type runCmd struct{ common }

type cli struct {
	Demo demoCmd `cmd:"" help:"演示：虚构机构走完一年，之后网站可随意点看"`
	Run  runCmd  `cmd:"" help:"正式单机运行，数据保留"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&cli{}, kong.Name("xuanping"), kong.Description("宣评单机版：数据库、Temporal 引擎、网站和流程在一个程序里。"), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "xuanping:", err)
		os.Exit(1)
	}
}

// Run plays the year and then keeps the site up until it is interrupted.
func (d demoCmd) Run(ctx context.Context) error {
	h, err := build(ctx, d.common, true)
	if err != nil {
		return err
	}
	defer h.close()
	played := make(chan error, 1)
	err = h.serve(ctx, func(ctx context.Context) error {
		h.addresses("网站已启动，演练进行中")
		r, err := h.app.Rehearse(ctx, app.RehearseOptions{Year: d.Year, Institutions: d.Institutions, Seed: d.Seed, Progress: app.Plain(os.Stderr)})
		fmt.Println()
		fmt.Println(r.Table())
		for _, f := range r.Failures {
			fmt.Println("  不符：", f)
		}
		if err == nil && d.Seal != "" {
			err = h.seal(ctx, r.Year, d.Seal)
		}
		played <- err
		if d.Once {
			fmt.Println(r.Line())
			return errDone
		}
		h.addresses("演练结束，网站可随意点看；按 Ctrl-C 退出")
		fmt.Println(r.Line())
		<-ctx.Done()
		return nil
	})
	select {
	case e := <-played:
		if e != nil {
			return e
		}
	default:
	}
	return err
}

// Run serves real use on one machine; a restart continues where it was.
func (r runCmd) Run(ctx context.Context) error {
	h, err := build(ctx, r.common, false)
	if err != nil {
		return err
	}
	defer h.close()
	return h.serve(ctx, func(ctx context.Context) error {
		if err := h.firstOfficer(ctx); err != nil {
			return err
		}
		h.addresses("宣评已启动；按 Ctrl-C 退出，数据保留在 " + h.dir)
		<-ctx.Done()
		return nil
	})
}

// seal archives the year twice, once for people who may read names, and
// verifies both as an auditor elsewhere would.
func (h *house) seal(ctx context.Context, year int, file string) error {
	for _, names := range []bool{true, false} { // the archive that stays names nobody
		if err := h.app.Seal(ctx, year, names, file, os.Stdout); err != nil {
			return err
		}
		if err := app.VerifyArchive(file, []string{h.app.LogKey.Public()}, nil, os.Stdout); err != nil {
			return err
		}
	}
	return h.app.Replay(ctx, year, nil, os.Stdout)
}

// stopWithin bounds how long an orderly end may take.
const stopWithin = 20 * time.Second

// retention keeps closed workflows in the engine for ten years of audits.
const retention = 10 * 365 * 24 * time.Hour
