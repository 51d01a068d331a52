package web

import (
	"fmt"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/store"
)

func (t teller) sentence(kind string, r record) (text, tone string) {
	if text, tone, ok := t.year(kind, r); ok {
		return text, tone
	}
	if text, tone, ok := t.judged(kind, r); ok {
		return text, tone
	}
	if text, tone, ok := t.matters(kind, r); ok {
		return text, tone
	}
	if text, tone, ok := t.console(kind, r); ok {
		return text, tone
	}
	if text, ok := t.office(kind, r); ok {
		return text, ""
	}
	if text, ok := t.honours(kind, r); ok {
		return text, ""
	}
	if text, ok := t.guides(kind, r); ok {
		return text, ""
	}
	return "记录：" + kind, ""
}

// year tells what an institution passes and hands in.
func (t teller) year(kind string, r record) (text, tone string, ok bool) {
	b := r.Body
	switch kind {
	case "entry":
		text = "列入本年度评价名单（" + b.Joined.Chinese() + "）"
	case "stage":
		text = "进入“" + b.Stage.Chinese() + "”阶段"
		if b.Due != "" {
			text += "，截止 " + b.Due.Chinese()
		}
	case "left":
		text, tone = "退出本年度评价（"+campaign.WayOut(b.How).Chinese()+"）", "bad"
	case "outcome":
		text = "年度收尾：" + outcomeWord(b.Outcome)
	case "extension":
		text = fmt.Sprintf("%s准予“%s”延期至 %s", t.by(b.By), b.Task.Chinese(), b.Day.Chinese())
	case "service":
		if text = fmt.Sprintf("%s重新送达《%s》，期限至 %s", t.by(b.By), letterWord(b.Key), b.Day.Chinese()); b.How == store.ByPaper {
			text = fmt.Sprintf("%s登记书面送达《%s》，期限至 %s", t.by(b.By), letterWord(b.Key), b.Day.Chinese())
		}
	case "suspension":
		text, tone = t.by(b.By)+"登记暂停：不催办，不计期限", "bad"
	case "suspension-end":
		text, tone = t.by(b.By)+"登记恢复", "good"
	case "extension-request":
		text = fmt.Sprintf("申请将“%s”延期至 %s", b.Task.Chinese(), b.Day.Chinese())
	case "extension-answer":
		if text = fmt.Sprintf("%s批准“%s”的延期申请", t.by(b.By), b.Task.Chinese()); !b.Accepted {
			text, tone = fmt.Sprintf("%s不予批准“%s”的延期申请", t.by(b.By), b.Task.Chinese()), "bad"
		}
	case "plan":
		text = fmt.Sprintf("报送年度宣传工作计划（第 %d 版）", b.Version)
		if b.Late {
			text, tone = text+"，逾期", "bad"
		}
	case "plan-review":
		text, tone = fmt.Sprintf("%s审阅计划第 %d 版：退回修改", t.by(b.By), b.Version), "bad"
		if b.Accepted {
			text, tone = fmt.Sprintf("%s审阅计划第 %d 版：通过", t.by(b.By), b.Version), "good"
		}
	case "evidence":
		text = fmt.Sprintf("提交第 %d 项证据材料（%s）", b.Row, sizeText(b.Size))
	case "register":
		text = registerSentence(b.Register, b.Version, b.Lines, b.Carried)
	case "quarantine":
		text, tone = t.by(b.By)+"隔离泄密文件一份，内容已移除", "bad"
	case "self-score":
		text = fmt.Sprintf("提交自评（第 %d 版）", b.Version)
	case "appeal":
		text = fmt.Sprintf("对第 %d 项申请评价复核", b.Row)
	case "tickets-revoked":
		text = fmt.Sprintf("%s停用访问链接 %d 个", t.by(b.By), b.N)
	case "file-scan":
		if text, tone = "一份文件没有通过安全检查，不提供查看", "bad"; b.Confirmed {
			text, tone = "一份文件通过安全检查", ""
		}
	case "links-replaced":
		text = fmt.Sprintf("首次用新链接办理，停用同一事项的其他链接 %d 个", b.N)
	case "act-code":
		text = "申请办理重要事项的邮件确认码"
	case "act-code-try":
		text, tone = "填写的邮件确认码不正确", "bad"
		if b.Confirmed {
			text, tone = "邮件确认码核对正确", ""
		}
	case "retell":
		text = fmt.Sprintf("%s向流程重新送达消息 %d 条", t.by(b.By), b.N)
	case "requeue":
		text = fmt.Sprintf("%s重新发送失败的邮件 %d 件", t.by(b.By), b.N)
	case "export":
		text = t.by(b.By) + exported(b.How, b.Accepted)
	default:
		return "", "", false
	}
	return text, tone, true
}

// judged tells what was marked, found and warned.
func (t teller) judged(kind string, r record) (text, tone string, ok bool) {
	b := r.Body
	switch kind {
	case "seat":
		text = fmt.Sprintf("第 %d 评审席由%s承担，截止 %s", b.Seat, t.by(b.Reviewer), b.Due.Chinese())
	case "seat-end":
		text, tone = fmt.Sprintf("第 %d 评审席：%s不再承担（%s）", b.Seat, t.by(b.Reviewer), campaign.SeatEnd(b.How).Chinese()), "bad"
	case "basis-decision":
		text = fmt.Sprintf("%s决定按现有打分形成结果（%s）", t.by(b.By), campaign.Basis(b.How).Chinese())
	case "conflict":
		text, tone = fmt.Sprintf("%s申报%s与该机构有利益冲突", t.by(b.By), t.by(b.Reviewer)), "bad"
	case "conflict-withdrawal":
		text = fmt.Sprintf("%s签署撤销%s的利益冲突（第 %d 人）", t.by(b.By), t.by(b.Reviewer), b.N)
	case "declaration":
		text = t.by(b.Reviewer) + "完成利益冲突申报"
	case "sheet":
		text = t.by(b.Reviewer) + "提交打分表"
	case "decider":
		text = fmt.Sprintf("%s办理复核，截止 %s", t.by(b.Reviewer), b.Due.Chinese())
	case "event":
		text = fmt.Sprintf("%s登记条款 %s 的事项（编号 %d，%s 分）", t.by(b.By), b.Clause, b.ID, b.Points)
		if b.By == "" {
			text = fmt.Sprintf("机构申报条款 %s 的事项（编号 %d，%s 分，待确认）", b.Clause, b.ID, b.Points)
		}
	case "event-ruling":
		text = fmt.Sprintf("%s对事项 %d：不予认定", t.by(b.By), b.ID)
		if b.By == "" {
			text = fmt.Sprintf("机构撤回事项 %d 的申报", b.ID)
		}
		if b.Confirmed {
			text = fmt.Sprintf("%s对事项 %d：予以认定", t.by(b.By), b.ID)
		}
	case "event-move":
		text = fmt.Sprintf("%s对事项 %d：%s", t.mover(b.By), b.ID, campaign.EventAct(b.Act).Chinese())
		if b.Due != "" {
			text += "，陈述意见截止 " + b.Due.Chinese()
		}
	case "matter":
		text = fmt.Sprintf("%s%s同一事项（%d 项登记）", t.by(b.By), matterWords[b.How], len(b.Events))
	case "medium-request":
		text = fmt.Sprintf("申请将媒体列入目录（第 %d 件）", b.N)
	case "appeal-ruling":
		text = fmt.Sprintf("%s对第 %d 项作出复核决定：维持 %s 分", t.by(b.By), b.Row, b.After)
		if b.After != b.Before {
			text, tone = fmt.Sprintf("%s对第 %d 项作出复核决定：由 %s 分改为 %s 分", t.by(b.By), b.Row, b.Before, b.After), "good"
		}
	case "late-honour":
		text, tone = fmt.Sprintf("补发优秀单位证书（第 %d 号）", b.Number), "good"
	case "ruling-void":
		text, tone = fmt.Sprintf("第 %d 项的复核决定作废（%s），由他人重新决定", b.Row, campaign.SeatEnd(b.How).Chinese()), "bad"
	case "event-amendment":
		text = fmt.Sprintf("%s复核事项 %d：%s", t.by(b.By), b.ID, campaign.Amend(b.Outcome).Chinese())
		if campaign.Amend(b.Outcome).Changes() {
			tone = "good"
		}
	case "result":
		text = fmt.Sprintf("形成结果（第 %d 版）：总分 %s", b.Version, b.Total)
		if !b.Scored {
			text, tone = fmt.Sprintf("形成结果（第 %d 版）：全年未提交，未打分", b.Version), "bad"
		}
	case "warning":
		text, tone = fmt.Sprintf("风险警示案件待立案（第 %d 号，第三十二条）", b.Number), "bad"
	case "warning-state":
		text, tone = "风险警示案件："+b.State.Chinese(), "bad"
		if b.State.Ended() && b.State != campaign.Lesser {
			tone = "good"
		}
	case "warning-served":
		text = "风险警示决定书已送达（" + b.Day.Chinese() + "）"
	case "warning-skip":
		text = t.by(b.By) + "说明不提请风险警示的理由"
	case "case-file":
		text = "提交" + audit.CaseFileWord(b.How, b.Row) + "（" + sizeText(b.Size) + "）"
	case "warning-act":
		text = t.actor(b.Role, b.By) + "：" + warningActWord(b.Act)
	default:
		return "", "", false
	}
	return text, tone, true
}
