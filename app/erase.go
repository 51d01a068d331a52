package app

import (
	"context"
	"fmt"
	"io"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// EraseOptions say what a person does about the names in a year.
type EraseOptions struct {
	Year     int
	By       string
	Reason   string
	Force    bool // propose before the retention has ended
	Confirm  bool
	Withdraw bool
}

// Erase proposes, confirms or withdraws the erasure of a year's names. Two
// persons take part; what is confirmed cannot be undone.
func (a *App) Erase(ctx context.Context, o EraseOptions, out io.Writer) error {
	p, err := a.Store.Staff(ctx, o.By)
	if err != nil {
		return err
	}
	switch {
	case o.Withdraw:
		if err := a.Desk.WithdrawErasure(ctx, p, o.Year, o.Reason); err != nil {
			return err
		}
		fmt.Fprintf(out, "已撤回删除 %d 年度个人信息的提议\n", o.Year)
		return nil
	case !o.Confirm:
		until := campaign.Day(fmt.Sprintf("%d-01-01", o.Year+1+a.Config.Retention))
		if err := a.Desk.ProposeErasure(ctx, p, desk.ErasureForm{Year: o.Year, Force: o.Force, Reason: o.Reason}, until); err != nil {
			return err
		}
		fmt.Fprintf(out, "已提议删除 %d 年度的个人信息，待审批人员确认：starter erase %d --confirm --by 账号 --reason 理由\n", o.Year, o.Year)
		fmt.Fprintln(out, "确认之后不能恢复；请先封存卷宗（starter seal），并处理含有原文的备份和卷宗")
		return nil
	}
	owner, err := store.OpenOwner(ctx, a.Config.DatabaseURL)
	if err != nil {
		return err
	}
	defer owner.Close()
	e, err := a.Desk.ConfirmErasure(ctx, owner, p, o.Year, o.Reason)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "已删除 %d 年度的个人信息：数据 %d 行，文件 %d 份；该年度的行密钥已销毁，账本仍可核对\n", o.Year, e.Rows, e.Files)
	return nil
}
