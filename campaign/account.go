package campaign

// AccountAct is what is proposed for an account (S6): one person proposes,
// another confirms.
type AccountAct string

// The acts on accounts.
const (
	AccountAdd      AccountAct = "add"      // 新增
	AccountChange   AccountAct = "change"   // 变更资料或者岗位
	AccountDisable  AccountAct = "disable"  // 停用
	AccountEnable   AccountAct = "enable"   // 恢复
	AccountPassword AccountAct = "password" // 重置密码: the old one ends, a new one serves once
	AccountFactor   AccountAct = "factor"   // 解除动态验证码: the telephone was lost
)

// AccountActs lists the acts.
func AccountActs() []AccountAct {
	return []AccountAct{AccountAdd, AccountChange, AccountDisable, AccountEnable, AccountPassword, AccountFactor}
}

// Chinese is the one word for the act on every page.
func (a AccountAct) Chinese() string {
	switch a {
	case AccountAdd:
		return "新增账号"
	case AccountChange:
		return "变更资料或者角色"
	case AccountDisable:
		return "停用账号"
	case AccountEnable:
		return "恢复账号"
	case AccountPassword:
		return "重置密码"
	case AccountFactor:
		return "解除动态验证码"
	}
	return string(a)
}
