package campaign

// Role is what a person of the regulator's side may do (S6).
type Role string

// The roles of this build.
const (
	Officer  Role = "officer"  // 经办人员: launches, reviews plans, registers events, proposes
	Reviewer Role = "reviewer" // 评审专家: scores and decides appeals on rows he did not score
	Approver Role = "approver" // 审批人员: confirms deductions, signs warnings
	Auditor  Role = "auditor"  // 审计人员: reads everything, changes nothing
	Legal    Role = "legal"    // 法制审核人员: checks the drafts of warnings (RW-3)
	Local    Role = "local"    // 地方监管人员: his province only: observes, submits cases (PL-11)
	Admin    Role = "admin"    // 系统管理人员: accounts only, sees no evidence and scores nothing (S6)

	Association Role = "association" // 行业协会人员: totals of published years and self-evaluation (PL-19)
)

// Roles lists the roles.
func Roles() []Role {
	return []Role{Officer, Reviewer, Approver, Auditor, Legal, Local, Admin, Association}
}

// Chinese is the one word for the role on every page.
func (r Role) Chinese() string {
	switch r {
	case Officer:
		return "经办人员"
	case Reviewer:
		return "评审专家"
	case Approver:
		return "审批人员"
	case Auditor:
		return "审计人员"
	case Legal:
		return "法制审核人员"
	case Local:
		return "地方监管人员"
	case Admin:
		return "系统管理人员"
	case Association:
		return "行业协会人员"
	}
	return string(r)
}
