package desk

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// AccountForm is what is proposed for an account.
type AccountForm struct {
	Account string
	Act     campaign.AccountAct
	store.AccountBody
	Reason string
}

var accountName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)

// ProposeAccount records what whoever keeps the accounts wants changed. Nothing
// changes until another person has confirmed it (S6).
func (d *Desk) ProposeAccount(ctx context.Context, p store.Staff, f AccountForm) (int, error) {
	if err := f.admit(p); err != nil {
		return 0, err
	}
	if f.Act != campaign.AccountAdd && f.Act != campaign.AccountChange {
		f.AccountBody = store.AccountBody{}
	}
	n := 0
	err := d.commit(ctx, func(tx *store.Tx) error {
		if err := fitsAccount(ctx, tx.Reader, f); err != nil {
			return err
		}
		all, err := tx.AccountChanges(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(c store.AccountChange) bool { return c.Open() && c.Account == f.Account }) {
			return campaign.Fail(campaign.Conflict, "该账号已有一项变更等待确认，请先由审批人员确认或者退回")
		}
		n, err = tx.AddAccountChange(ctx, store.AccountChange{Account: f.Account, Act: f.Act, Body: f.AccountBody, Reason: f.Reason, By: p.ID, At: d.Clock()})
		return err
	})
	return n, err
}

// CheckAccount says what is wrong with a proposal before it is made.
func (d *Desk) CheckAccount(ctx context.Context, p store.Staff, f AccountForm) error {
	if err := f.admit(p); err != nil {
		return err
	}
	return fitsAccount(ctx, d.Store.Reader, f)
}

// admit refuses whoever may not propose and what could not become an account.
func (f *AccountForm) admit(p store.Staff) error {
	if err := need(p, campaign.Admin); err != nil {
		return err
	}
	f.Account, f.Reason = strings.ToLower(strings.TrimSpace(f.Account)), strings.TrimSpace(f.Reason)
	if err := f.check(); err != nil {
		return err
	}
	if f.Account == p.ID {
		return faulty(map[string]string{"account": "不能为自己的账号提出变更，请由其他系统管理人员提出"})
	}
	return nil
}

// check refuses a form that could not become an account.
func (f *AccountForm) check() error {
	bad := map[string]string{}
	if !accountName.MatchString(f.Account) {
		bad["account"] = "账号为 2 至 32 位小写字母、数字或连字符，以字母开头；请用工号（如 p1024），不用姓名或拼音，账号记入账本后不能删除"
	}
	if !slices.Contains(campaign.AccountActs(), f.Act) {
		bad["act"] = "请选择变更内容"
	}
	if n := len([]rune(f.Reason)); n == 0 || n > 500 {
		bad["reason"] = "请写明理由（不超过 500 字）"
	}
	if f.Act == campaign.AccountAdd || f.Act == campaign.AccountChange {
		f.Name, f.Email, f.Subject = strings.TrimSpace(f.Name), strings.TrimSpace(f.Email), strings.TrimSpace(f.Subject)
		if n := len([]rune(f.Name)); n == 0 || n > 60 {
			bad["name"] = "请填写姓名"
		}
		if at := strings.LastIndex(f.Email, "@"); at < 1 || at == len(f.Email)-1 || len(f.Email) > 254 || strings.ContainsAny(f.Email, " \t\r\n,;<>") {
			bad["email"] = "请填写完整的邮件地址"
		}
		if !slices.Contains(campaign.Roles(), f.Role) {
			bad["role"] = "请选择角色"
		}
		if (f.Role == campaign.Local) != (f.Province != "") {
			bad["province"] = "地方监管人员须写明省份，其他人员不写省份"
		}
		if f.Employer != "" && (f.Role != campaign.Reviewer || !campaign.ValidUSCC(f.Employer)) {
			bad["employer"] = "只有评审专家填写；应为 18 位且校验码正确的统一社会信用代码"
		}
		if f.Limit < 0 || f.Limit > 999 || f.Limit > 0 && f.Role != campaign.Reviewer {
			bad["limit"] = "只有评审专家填写；0 至 999 的整数，0 为不限"
		}
	}
	return faulty(bad)
}

// fitsAccount refuses an act on an account in another state.
func fitsAccount(ctx context.Context, r store.Reader, f AccountForm) error {
	now, err := r.Staff(ctx, f.Account)
	missing := campaign.KindOf(err) == campaign.NotFound && err != nil
	if err != nil && !missing {
		return err
	}
	say := ""
	switch {
	case f.Act == campaign.AccountAdd && !missing:
		say = "已有这个账号，请改用“变更”或者“恢复”"
	case f.Act != campaign.AccountAdd && missing:
		say = "没有这个账号"
	case f.Act == campaign.AccountEnable && now.Active:
		say = "该账号没有停用"
	case f.Act != campaign.AccountAdd && f.Act != campaign.AccountEnable && !now.Active:
		say = "该账号已经停用，请先恢复"
	default:
		return nil
	}
	return faulty(map[string]string{"account": say})
}

// DecideAccount has an approver, who is neither the proposer nor the person,
// confirm a proposal or turn it down. A confirmed one takes effect at once and
// ends the person's sessions. A new account or a new password gives a password
// for one login: it is returned here and kept nowhere.
func (d *Desk) DecideAccount(ctx context.Context, p store.Staff, n int, confirm bool, note string) (once string, err error) {
	if err := need(p, campaign.Approver); err != nil {
		return "", err
	}
	note = strings.TrimSpace(note)
	if !confirm && note == "" {
		return "", faulty(map[string]string{"note": "退回时请写明理由"})
	}
	hash := ""
	if confirm { // before the transaction: it takes its time on purpose
		once = rand.Text()[:16]
		hash = HashPassword(once)
	}
	used := false
	err = d.commit(ctx, func(tx *store.Tx) error {
		c, err := tx.AccountChange(ctx, n)
		switch {
		case err != nil:
			return err
		case !c.Open():
			return campaign.Fail(campaign.Conflict, "这项变更已经办理")
		case c.By == p.ID || c.Account == p.ID:
			return campaign.Fail(campaign.Forbidden, "提出人和本人不能确认这项变更，请由其他审批人员确认")
		}
		if err := tx.AddAccountDecision(ctx, c, confirm, note, p.ID, d.Clock()); err != nil || !confirm {
			return err
		}
		used, err = d.applyAccount(ctx, tx, c, hash, p.ID)
		return err
	})
	if err != nil || !used {
		once = ""
	}
	if err == nil && confirm {
		err = d.EndConflicted(ctx)
	}
	return once, err
}

// applyAccount makes a confirmed change; it tells whether the password was used.
func (d *Desk) applyAccount(ctx context.Context, tx *store.Tx, c store.AccountChange, hash, by string) (used bool, err error) {
	if err := fitsAccount(ctx, tx.Reader, AccountForm{Account: c.Account, Act: c.Act}); err != nil {
		return false, campaign.Fail(campaign.Conflict, "该账号的状态已有变化，请退回后重新提出")
	}
	p := store.Staff{ID: c.Account, Active: true}
	if c.Act != campaign.AccountAdd {
		if p, err = tx.Staff(ctx, c.Account); err != nil {
			return false, err
		}
	}
	switch c.Act {
	case campaign.AccountAdd, campaign.AccountChange:
		b := c.Body
		p.Name, p.Email, p.Role, p.Province, p.Employer, p.Limit, p.Subject = b.Name, b.Email, b.Role, b.Province, b.Employer, b.Limit, b.Subject
	case campaign.AccountDisable:
		p.Active = false
	case campaign.AccountEnable:
		p.Active = true
	case campaign.AccountFactor:
		if err := tx.DropFactor(ctx, p.ID, by, d.Clock()); err != nil {
			return false, err
		}
	}
	used = c.Act == campaign.AccountAdd || c.Act == campaign.AccountPassword || c.Act == campaign.AccountEnable
	if used {
		p.Password, p.Once = hash, true
	}
	return used, tx.PutStaff(ctx, p, by, d.Clock())
}

// Bootstrap tells whether accounts may still be made by one person on the
// command line: until somebody keeps them and somebody else can confirm.
func (d *Desk) Bootstrap(ctx context.Context) error {
	admins, err := d.Store.StaffOf(ctx, campaign.Admin)
	if err != nil {
		return err
	}
	approvers, err := d.Store.StaffOf(ctx, campaign.Approver)
	if err != nil || len(admins) == 0 || len(approvers) == 0 {
		return err
	}
	return campaign.Fail(campaign.Forbidden, "已有系统管理人员（%s）和审批人员，账号变更须由两人办理：在网站“账号管理”页面，或者用 starter account propose 提出、starter account confirm 确认",
		fmt.Sprint(admins[0].ID))
}
