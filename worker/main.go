// The service: pages and Temporal workers in one process, or one of the two.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"xuanping/app"
)

var cli struct {
	Web  bool   `help:"只提供网站"`
	Work bool   `help:"只执行流程和发信"`
	Log  string `help:"日志级别" enum:"debug,info,warn,error" default:"info"`
}

func main() {
	k := kong.Must(&cli, kong.Name("worker"), kong.Description("宣评服务：网站与流程执行。两个选项都不写时一并运行。"))
	if _, err := k.Parse(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "worker: 命令写法有误（%v），用法见 worker --help\n", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	both := cli.Web == cli.Work
	if err := app.Run(ctx, app.Environment, cli.Web || both, cli.Work || both, app.Logger(os.Stderr, cli.Log)); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}
