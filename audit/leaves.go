package audit

import (
	"encoding/json"
	"fmt"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// body is what the records of the ledger hold, over all kinds.
type body struct {
	ID                                           any // a number for events, a word for people
	Version, N, Row, Seat, Number                int
	Institutions                                 int
	By, Reviewer, How, Key, Clause, Outcome      string
	Digest, Text, Role, Register, Run            string
	Lines, Carried                               int
	Honour                                       campaign.HonourKind
	Stage                                        campaign.Stage
	State                                        campaign.WarningState
	Act                                          campaign.WarningAct
	Task                                         campaign.Task
	Due, Day, Joined                             campaign.Day
	Accepted, Confirmed, Late, Scored, Rehearsal bool
	Total, Points, Before, After                 rubric.Points
}

// bodyOf reads a leaf; what cannot be read is empty, and CheckLedger reports it.
func bodyOf(l store.Leaf) body {
	var r struct{ Body body }
	_ = json.Unmarshal([]byte(l.Record), &r)
	return r.Body
}

// id is the number of an event.
func (b body) id() int64 {
	n, _ := b.ID.(float64)
	return int64(n)
}

// leafText tells a leaf in a sentence, with ids where pages show names.
func leafText(l store.Leaf) string {
	b := bodyOf(l)
	for _, about := range []func(string, body) string{handedIn, judgedLeaf, officeLeaf, honourLeaf, matterLeaf, guideLeaf, consoleLeaf} {
		if text := about(l.Kind, b); text != "" {
			return text
		}
	}
	return "记录：" + l.Kind
}

// handedIn tells what an institution passes and hands in.
func handedIn(kind string, b body) string {
	switch kind {
	case "entry":
		return "列入年度评价名单，加入日 " + string(b.Joined)
	case "stage":
		return "进入阶段“" + b.Stage.Chinese() + "”" + due(b.Due)
	case "left":
		return "退出本年度：" + leftName(b.How)
	case "outcome":
		return "年度收尾：" + outcomeName(b.Outcome)
	case "suspension":
		return fmt.Sprintf("%s 登记第 %d 次暂停", b.By, b.N)
	case "suspension-end":
		return fmt.Sprintf("%s 登记第 %d 次暂停结束", b.By, b.N)
	case "extension":
		return fmt.Sprintf("%s 准予“%s”展期至 %s", b.By, b.Task.Chinese(), b.Day)
	case "extension-request":
		return fmt.Sprintf("申请“%s”展期至 %s（第 %d 件）%s", b.Task.Chinese(), b.Day, b.N, digest(b.Digest))
	case "extension-answer":
		return fmt.Sprintf("%s %s“%s”的展期申请（第 %d 件）", b.By, word(b.Accepted, "批准", "不予批准"), b.Task.Chinese(), b.N)
	case "plan":
		return fmt.Sprintf("报送计划第 %d 版%s%s", b.Version, word(b.Late, "，逾期", ""), digest(b.Digest))
	case "plan-review":
		return fmt.Sprintf("%s 审阅计划第 %d 版：%s", b.By, b.Version, word(b.Accepted, "通过", "退回"))
	case "evidence":
		return fmt.Sprintf("提交第 %d 项证据%s", b.Row, digest(b.Digest))
	case "register":
		return fmt.Sprintf("保存登记 %s 第 %d 版，%d 行%s%s", b.Register, b.Version, b.Lines, word(b.Carried > 0, fmt.Sprintf("，沿用 %d 年度", b.Carried), ""), digest(b.Digest))
	case "quarantine":
		return b.By + " 隔离泄密文件" + digest(b.Digest)
	case "self-score":
		return fmt.Sprintf("提交自评第 %d 版%s", b.Version, digest(b.Digest))
	case "appeal":
		return fmt.Sprintf("对第 %d 项申请评价复核%s", b.Row, digest(b.Digest))
	case "tickets-revoked":
		return fmt.Sprintf("%s 停用访问链接 %d 个", b.By, b.N)
	case "file-scan":
		return "安全检查：文件" + word(b.Confirmed, "通过", "未通过") + digest(b.Digest)
	case "links-replaced":
		return fmt.Sprintf("首次用新链接办理，停用同一事项的其他链接 %d 个", b.N)
	case "act-code":
		return fmt.Sprintf("申请第 %d 个确认码（%s）", b.N, b.Task)
	case "act-code-try":
		return fmt.Sprintf("填写第 %d 个确认码：%s", b.N, word(b.Confirmed, "正确", "不正确"))
	case "retell":
		return fmt.Sprintf("%s 向流程重新送达消息 %d 条", b.By, b.N)
	case "requeue":
		return fmt.Sprintf("%s 重新发送失败的邮件 %d 件", b.By, b.N)
	case "export":
		return fmt.Sprintf("%s 导出年度数据（%s）%s", b.By, b.How, withNames(b.Accepted))
	}
	return ""
}

// judgedLeaf tells what was marked, found, decided and warned.
func judgedLeaf(kind string, b body) string {
	switch kind {
	case "seat":
		return fmt.Sprintf("第 %d 席指派 %s%s", b.Seat, b.Reviewer, due(b.Due))
	case "seat-end":
		return fmt.Sprintf("第 %d 席 %s 不再承担（%s）%s", b.Seat, b.Reviewer, campaign.SeatEnd(b.How).Chinese(), word(b.By != "", "，"+b.By+" 办理", ""))
	case "basis-decision":
		return fmt.Sprintf("%s 决定按现有打分形成结果（%s，第 %d 次决定）", b.By, campaign.Basis(b.How).Chinese(), b.N)
	case "conflict":
		return fmt.Sprintf("%s 申报 %s 的利益冲突", b.By, b.Reviewer)
	case "conflict-withdrawal":
		return fmt.Sprintf("%s 签署撤销 %s 的利益冲突（第 %d 人）", b.By, b.Reviewer, b.N)
	case "declaration":
		return fmt.Sprintf("%s 完成利益冲突申报第 %d 次%s", b.Reviewer, b.N, digest(b.Digest))
	case "sheet":
		return b.Reviewer + " 提交打分表" + digest(b.Digest)
	case "event":
		return fmt.Sprintf("%s事项 %d：条款 %s，%s 分", word(b.By != "", b.By+" 登记", "机构申报"), b.id(), b.Clause, b.Points)
	case "event-move":
		return fmt.Sprintf("%s 对事项 %d：%s%s", word(b.By != "", b.By, "机构"), b.id(), campaign.EventAct(b.Act).Chinese(), due(b.Due))
	case "matter":
		return fmt.Sprintf("%s %s：同一事项处理第 %d 号", b.By, matterHow(b.How), b.id())
	case "medium-request":
		return fmt.Sprintf("申请将媒体列入目录（第 %d 件）%s", b.N, digest(b.Digest))
	case "event-ruling":
		if b.By == "" {
			return fmt.Sprintf("机构撤回事项 %d 的申报", b.id())
		}
		return fmt.Sprintf("%s 对事项 %d：%s", b.By, b.id(), word(b.Confirmed, "予以认定", "不予认定"))
	case "event-amendment":
		return fmt.Sprintf("%s 复核事项 %d（第 %d 项）：%s%s", b.By, b.id(), b.Row, campaign.Amend(b.Outcome).Chinese(), word(b.Points > 0, fmt.Sprintf("，条款 %s，%s 分", b.Clause, b.Points), ""))
	case "result":
		if !b.Scored {
			return fmt.Sprintf("形成结果第 %d 版：未提交%s", b.Version, digest(b.Digest))
		}
		return fmt.Sprintf("形成结果第 %d 版：总分 %s%s", b.Version, b.Total, digest(b.Digest))
	case "decider":
		return "指派 " + b.Reviewer + " 办理复核" + due(b.Due)
	case "appeal-ruling":
		return fmt.Sprintf("%s 复核第 %d 项：由 %s 分到 %s 分", b.By, b.Row, b.Before, b.After)
	case "ruling-void":
		return fmt.Sprintf("第 %d 项的复核决定作废（%s），由他人重新决定", b.Row, campaign.SeatEnd(b.How).Chinese())
	case "warning":
		return fmt.Sprintf("风险警示第 %d 号案件待立案", b.Number)
	case "warning-state":
		return "风险警示案件：" + b.State.Chinese() + due(b.Due)
	case "warning-act":
		return "风险警示：" + b.Act.Chinese() + word(b.By != "", "，"+b.By, "")
	case "warning-served":
		return "风险警示决定书送达，" + string(b.Day)
	case "late-honour":
		return fmt.Sprintf("案件终止，补发优秀单位证书第 %d 号", b.Number)
	case "warning-skip":
		return b.By + " 说明不提请风险警示的理由"
	case "case-file":
		return "提交" + CaseFileWord(b.How, b.Row) + digest(b.Digest)
	}
	return ""
}

// CaseFileWord says what a file was handed in with; row is that of an appeal.
func CaseFileWord(about string, row int) string {
	if row > 0 {
		return fmt.Sprintf("第 %d 项评价复核的新证据", row)
	}
	return map[string]string{store.AboutReply: "陈述申辩的证据", store.AboutRectification: "整改证明材料", store.AboutClaim: "加分申报的证明材料"}[about]
}

// officeLeaf tells what concerns the campaign, its people, letters and papers.
func officeLeaf(kind string, b body) string {
	switch kind {
	case "campaign":
		return fmt.Sprintf("%s 启动年度评价%s，%d 家机构", b.By, word(b.Rehearsal, "（演练）", ""), b.Institutions)
	case "rules":
		return b.By + " 确定日历与设置" + digest(b.Digest)
	case "roster":
		return b.By + " 更新名册"
	case "interpretation":
		return fmt.Sprintf("%s 制定口径解释 %v%s", b.By, b.ID, digest(b.Digest))
	case "interpretation-force":
		return fmt.Sprintf("%s 批准口径解释 %v 生效", b.By, b.ID)
	case "staff":
		return fmt.Sprintf("%s 变更工作人员 %v（%s）", b.By, b.ID, b.Role)
	case "account-proposed":
		return fmt.Sprintf("%s 提出账号变更第 %d 号：%s %v", b.By, b.N, campaign.AccountAct(b.Act).Chinese(), b.ID)
	case "account-decided":
		return fmt.Sprintf("%s %s账号变更第 %d 号：%s %v", b.By, word(b.Confirmed, "确认", "退回"), b.N, campaign.AccountAct(b.Act).Chinese(), b.ID)
	case "readings":
		return fmt.Sprintf("封存查阅记录 %d 条%s", b.N, digest(b.Digest))
	case "factor":
		return fmt.Sprintf("%s %s %v 的动态验证码", b.By, word(b.How == "on", "启用", "解除"), b.ID)
	case "activity":
		return fmt.Sprintf("%s 修订活动目录（该项第 %d 版）%s", b.By, b.Version, digest(b.Digest))
	case "medium":
		return fmt.Sprintf("%s 修订媒体目录（该项第 %d 版，自 %s 起）%s", b.By, b.Version, b.Day, digest(b.Digest))
	case "publication":
		return b.By + " 公布结果" + digest(b.Digest)
	case "rows":
		return "登记数据的变动"
	case "liaison":
		return fmt.Sprintf("%s 确定定点联络人 %v", b.By, b.ID)
	case "paper-order":
		return "决定制发文书 " + b.Key + digest(b.Digest)
	case "erasure":
		return b.By + map[campaign.WarningAct]string{store.EraseProposed: " 提议删除本年度的个人信息", store.EraseWithdrawn: " 撤回删除提议", store.EraseConfirmed: " 确认并删除本年度的个人信息"}[b.Act]
	case "history":
		return fmt.Sprintf("流程办结，历史 %d 个事件入账%s", b.N, digest(b.Digest))
	case "paper":
		return "制作文书 " + b.Key + digest(b.Digest)
	case "mail":
		return "交付邮件 " + b.Key + digest(b.Digest)
	case "service":
		return fmt.Sprintf("%s 将退回的 %s %s，期限至 %s", b.By, b.Key, word(b.How == store.ByPaper, "书面送达", "重新送达"), b.Day)
	case "delivery":
		return "邮件 " + b.Key + " 回执：" + map[string]string{"delivered": "已送达", "bounced": "退信", "dropped": "被丢弃"}[b.How]
	case "reply":
		return fmt.Sprintf("来信答复邮件 %s，附件 %d 个%s", b.Key, b.N, digest(b.Digest))
	case "link-letter":
		return b.By + " 打印书面办理链接"
	case "outbox":
		return b.By + word(b.How == "hold", " 暂停发信", " 恢复发信")
	}
	return ""
}

// matterHow is the word for a decision on matters.
func matterHow(how string) string {
	return map[string]string{store.MergeMatters: "合并", store.SplitMatter: "拆分", store.UndoMatter: "恢复"}[how]
}

func due(d campaign.Day) string { return word(d != "", "，截止 "+string(d), "") }

// digest shows enough of a digest to compare it with a receipt.
func digest(d string) string { return word(len(d) >= 12, fmt.Sprintf("（摘要 %.12s…）", d), "") }

func word(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func withNames(yes bool) string {
	if yes {
		return "，含个人信息"
	}
	return ""
}
