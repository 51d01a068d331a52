package main

import (
	"context"
	"os"

	"xuanping/app"
)

type accountCmd struct {
	List    accountListCmd    `cmd:"" help:"列出账号变更"`
	Propose accountProposeCmd `cmd:"" help:"提出账号变更（系统管理人员）"`
	Confirm accountConfirmCmd `cmd:"" help:"确认账号变更（审批人员，与提出人不同）"`
	Return  accountReturnCmd  `cmd:"" help:"退回账号变更（审批人员）"`
}

type accountListCmd struct{}

func (accountListCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.AccountChanges(ctx, os.Stdout) })
}

type accountProposeCmd struct {
	ID       string `arg:"" help:"账号；新增的请用工号（如 p1024），不用姓名或拼音：账号记入账本，不能删除"`
	Act      string `required:"" enum:"add,change,disable,enable,password,factor" help:"add 新增、change 变更资料或角色、disable 停用、enable 恢复、password 重置密码、factor 解除动态验证码"`
	Reason   string `required:"" help:"理由"`
	By       string `required:"" help:"系统管理人员账号"`
	Name     string `help:"姓名"`
	Email    string `help:"邮箱"`
	Role     string `help:"角色，见 starter staff"`
	Province string `help:"地方监管人员的省份"`
	Employer string `help:"评审专家现任职单位的统一社会信用代码"`
	Subject  string `help:"统一身份认证的用户标识（sub）"`
}

func (c accountProposeCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error {
		return a.ProposeAccount(ctx, c.By, app.AccountPlan{ID: c.ID, Act: c.Act, Name: c.Name, Email: c.Email, Role: c.Role, Province: c.Province, Employer: c.Employer, Subject: c.Subject, Reason: c.Reason}, os.Stdout)
	})
}

type accountConfirmCmd struct {
	N  int    `arg:"" help:"变更编号"`
	By string `required:"" help:"审批人员账号"`
}

func (c accountConfirmCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.DecideAccount(ctx, c.By, c.N, true, "", os.Stdout) })
}

type accountReturnCmd struct {
	N    int    `arg:"" help:"变更编号"`
	Note string `required:"" help:"理由"`
	By   string `required:"" help:"审批人员账号"`
}

func (c accountReturnCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.DecideAccount(ctx, c.By, c.N, false, c.Note, os.Stdout) })
}
