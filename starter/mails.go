package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"xuanping/app"
)

type mailsCmd struct {
	Plan      planCmd      `cmd:"" help:"列出一年的全部邮件（CSV），启动前后均可"`
	Hold      holdCmd      `cmd:"" help:"暂停发信"`
	Reconcile reconcileCmd `cmd:"" help:"导入邮件服务商的回执，已发出的不再发送"`
	Bounces   bouncesCmd   `cmd:"" help:"读取退信（RFC 3464 报告，.eml 文件），供以 SMTP 发信时使用"`
	Release   releaseCmd   `cmd:"" help:"恢复发信"`
	Retell    retellCmd    `cmd:"" help:"引擎由备份恢复之后，向流程重新送达转储以来的消息"`
}

type planCmd struct {
	Year int `required:"" help:"评价年度"`
}

func (c planCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.MailPlan(ctx, c.Year, os.Stdout) })
}

type holdCmd struct {
	Year   string `arg:"" help:"评价年度，或 all"`
	By     string `required:"" help:"经办人员账号"`
	Reason string `required:"" help:"理由"`
}

func (c holdCmd) Run(ctx context.Context) error {
	return setHold(ctx, c.By, true, c.Year, c.Reason)
}

type releaseCmd struct {
	Year   string `arg:"" help:"评价年度，或 all"`
	By     string `required:"" help:"经办人员账号"`
	Reason string `required:"" help:"核对情况"`
}

func (c releaseCmd) Run(ctx context.Context) error {
	return setHold(ctx, c.By, false, c.Year, c.Reason)
}

func setHold(ctx context.Context, by string, hold bool, of, reason string) error {
	year := 0
	if of != "all" {
		var err error
		if year, err = strconv.Atoi(of); err != nil || year < 2000 || year > 9999 {
			return fmt.Errorf("年度“%s”无法识别，请写四位年度或 all", of)
		}
	}
	return open(ctx, func(a *app.App) error { return a.HoldMail(ctx, by, hold, year, reason, os.Stdout) })
}

type reconcileCmd struct {
	File string `arg:"" help:"回执文件：SendGrid 事件的 JSON 数组"`
	By   string `required:"" help:"经办人员账号"`
}

func (c reconcileCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.ReconcileMail(ctx, c.By, c.File, os.Stdout) })
}

type retellCmd struct {
	Since string `required:"" help:"引擎的转储开始的时刻，如 \"2027-03-01 08:00\"（北京时间），宁早勿晚"`
	By    string `required:"" help:"经办人员账号"`
}

func (c retellCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Retell(ctx, c.By, c.Since, os.Stdout) })
}

type bouncesCmd struct {
	Paths []string `arg:"" help:"文件夹（读取其中的 .eml 文件）或邮件文件"`
	By    string   `required:"" help:"经办人员账号"`
}

func (c bouncesCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.ReadBounces(ctx, c.By, c.Paths, os.Stdout) })
}

type lettersCmd struct {
	QR    int      `required:"" name:"qr" help:"评价年度：为邮件无法送达的机构打印带二维码的通知"`
	Codes []string `name:"code" help:"改为这些机构（批准号）"`
	Dir   string   `default:"." help:"存放文件夹"`
	By    string   `required:"" help:"经办人员账号"`
}

func (c lettersCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.LinkLetters(ctx, c.By, c.QR, c.Codes, c.Dir, os.Stdout) })
}
