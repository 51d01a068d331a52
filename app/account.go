package app

import (
	"context"
	"fmt"
	"io"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// AccountPlan is what the command line proposes for an account.
type AccountPlan struct{ ID, Act, Name, Email, Role, Province, Employer, Subject, Reason string }

// ProposeAccount proposes a change of an account on behalf of whoever keeps them.
func (a *App) ProposeAccount(ctx context.Context, by string, c AccountPlan, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	f := desk.AccountForm{Account: c.ID, Act: campaign.AccountAct(c.Act), Reason: c.Reason, AccountBody: store.AccountBody{
		Name: c.Name, Email: c.Email, Role: campaign.Role(c.Role), Province: c.Province, Employer: c.Employer, Subject: c.Subject}}
	n, err := a.Desk.ProposeAccount(ctx, p, f)
	if err != nil {
		return explainFields(err)
	}
	_, err = fmt.Fprintf(out, "已提出第 %d 号账号变更：%s %s。请由审批人员确认：starter account confirm %d --by 审批账号\n", n, f.Act.Chinese(), c.ID, n)
	return err
}

// DecideAccount confirms a proposal or, with a note, turns it down.
func (a *App) DecideAccount(ctx context.Context, by string, n int, confirm bool, note string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	once, err := a.Desk.DecideAccount(ctx, p, n, confirm, note)
	switch {
	case err != nil:
		return explainFields(err)
	case !confirm:
		_, err = fmt.Fprintf(out, "已退回第 %d 号账号变更\n", n)
	case once != "":
		_, err = fmt.Fprintf(out, "第 %d 号账号变更已生效。一次性密码（只显示这一次，登录后须立即更换）：%s\n", n, once)
	default:
		_, err = fmt.Fprintf(out, "第 %d 号账号变更已生效\n", n)
	}
	return err
}

// AccountChanges lists what was proposed, the newest first.
func (a *App) AccountChanges(ctx context.Context, out io.Writer) error {
	all, err := a.Store.AccountChanges(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		word, decided := "待确认", ""
		if !c.Open() {
			word, decided = "已退回", *c.DecidedBy
			if *c.Confirmed {
				word = "已确认"
			}
		}
		fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", c.N, c.At.In(campaign.Beijing).Format("2006-01-02 15:04"), c.Account, c.Act.Chinese(), c.By, word, decided)
	}
	return nil
}
