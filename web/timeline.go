package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// line is one record of the ledger as a sentence; Idx is its place there.
type line struct {
	Idx  int64
	At   time.Time
	Kind string
	Text string
	Tone string // "good", "bad" or ""
}

// record is what the leaves hold, over all kinds.
type record struct {
	Body struct {
		Version, N, ID, Row, Seat, Number, Institutions int
		Events                                          []int
		By, Reviewer, How, Key, Clause, Outcome, Role   string
		Register, Digest                                string
		Lines, Carried                                  int
		Stage                                           campaign.Stage
		Honour                                          campaign.HonourKind
		State                                           campaign.WarningState
		Act                                             campaign.WarningAct
		Task                                            campaign.Task
		Due, Day, Joined                                campaign.Day
		Accepted, Confirmed, Late, Scored, Rehearsal    bool
		Size                                            int64
		Total, Points, Before, After                    rubric.Points
	}
}

// reached tells how much of its result an institution has been told, from its leaves.
func reached(leaves []store.Leaf) (t teller) {
	t.open, t.hidden = map[int]bool{}, map[int]bool{}
	for _, l := range leaves {
		r := parseRecord(l)
		switch l.Kind {
		case "stage":
			t.served = t.served || r.Body.Stage == campaign.Served
			t.final = t.final || r.Body.Stage == campaign.Final
		case "warning-state":
			t.noticed = t.noticed || r.Body.State == campaign.Noticed
		case "event":
			t.hidden[r.Body.ID] = strings.HasPrefix(r.Body.Clause, "16")
			t.open[r.Body.ID] = r.Body.By == "" // its own claim
		case "event-move":
			t.hidden[r.Body.ID] = t.hidden[r.Body.ID] && campaign.EventAct(r.Body.Act) != campaign.EventTell
		case "event-ruling":
			t.open[r.Body.ID] = true
			t.hidden[r.Body.ID] = t.hidden[r.Body.ID] && !r.Body.Confirmed
		}
	}
	return t
}

// hands tells whether a paper may be in the institution's hands: a notice of a
// result is printed before it is served, and waits until then.
func (t teller) hands(kind campaign.Paper) bool {
	switch kind {
	case campaign.ResultPaper:
		return t.served
	case campaign.FinalPaper, campaign.AppealPaper:
		return t.final
	}
	return true
}

// handed leaves out the papers that have not reached the institution.
func handed(papers []store.Paper, leaves []store.Leaf) []store.Paper {
	t := reached(leaves)
	return slices.DeleteFunc(papers, func(p store.Paper) bool { return !t.hands(p.Kind) })
}

// timelineLines tells an institution its own year: what it did and what
// reached it. Who scores, what is still weighed and letters between staff stay out.
func timelineLines(leaves []store.Leaf) []line {
	t := reached(leaves)
	return t.tell(slices.DeleteFunc(slices.Clone(leaves), func(l store.Leaf) bool { return !t.forInstitution(l) }))
}

// wholeTimeline tells staff everything; names turns ids into names.
func wholeTimeline(leaves []store.Leaf, names map[string]string) []line {
	return teller{staff: true, names: names}.tell(leaves)
}

// teller turns leaves into sentences for one kind of reader.
type teller struct {
	staff         bool
	names         map[string]string
	served, final bool         // what has reached the institution
	noticed       bool         // a case that it was told of (RW-4)
	open          map[int]bool // events that have been ruled on
	hidden        map[int]bool // leads that it was never told of (AN-16)
}

func parseRecord(l store.Leaf) (r record) {
	// a field of another type, as the id of a person, is left out; the rest is told
	_ = json.Unmarshal([]byte(l.Record), &r)
	return r
}

func (t teller) tell(leaves []store.Leaf) []line {
	out := make([]line, 0, len(leaves))
	for _, l := range leaves {
		r := parseRecord(l)
		text, tone := t.sentence(l.Kind, r)
		out = append(out, line{Idx: l.Idx, At: l.At, Kind: l.Kind, Text: text, Tone: tone})
	}
	return out
}

// forInstitution is the institution's right to see a leaf.
func (t teller) forInstitution(l store.Leaf) bool {
	b := parseRecord(l).Body
	switch l.Kind {
	case "entry", "extension", "extension-request", "extension-answer", "left", "stage", "tickets-revoked", "links-replaced", "act-code", "act-code-try", "plan", "plan-review", "evidence", "register", "quarantine", "self-score", "appeal", "survey-answer",
		"incident", "incident-act", "clearance", "clearance-act", "clearance-file", "guidance-sent", "guidance-receipt":
		return true
	case "file-scan":
		return !b.Confirmed
	case "paper":
		return t.hands(paperKind(b.Key))
	case "result":
		return t.served && (b.Version == 1 || t.final)
	case "appeal-ruling":
		return t.final
	case "event", "event-ruling":
		return t.open[b.ID] && !t.hidden[b.ID]
	case "event-move":
		return campaign.EventAct(b.Act) == campaign.EventTell || campaign.EventAct(b.Act) == campaign.EventReply
	case "matter":
		return !slices.ContainsFunc(b.Events, func(id int) bool { return t.hidden[id] })
	case "medium-request":
		return true
	case "outcome":
		return b.Outcome != "warning" // a proposal is weighed first; the prior notice tells it (RW-4)
	case "warning-state":
		return t.noticed && b.State != campaign.Proposed && b.State.Outside() == b.State
	case "warning-act":
		return t.noticed && !b.Act.Inside()
	case "warning-served":
		return t.noticed
	case "case-file":
		return true
	case "mail":
		return letterFor(b.Key) == "institution"
	case "delivery":
		return letterFor(b.Key) == "institution"
	case "reply", "link-letter":
		return true
	}
	return false
}

// by names who acted: to staff with his name, to the institution as the office.
func (t teller) by(id string) string {
	switch {
	case !t.staff:
		return "主管部门"
	case id == "":
		return "系统"
	}
	return cmp.Or(t.names[id], id)
}

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
		text, tone = "退出本年度评价（"+leftWord(b.How)+"）", "bad"
	case "outcome":
		text = "年度收尾：" + outcomeWord(b.Outcome)
	case "extension":
		text = fmt.Sprintf("%s准予“%s”延期至 %s", t.by(b.By), b.Task.Chinese(), b.Day.Chinese())
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
		text = "提交整改证明材料（" + sizeText(b.Size) + "）"
		if b.Row > 0 {
			text = fmt.Sprintf("提交第 %d 项评价复核的新证据（%s）", b.Row, sizeText(b.Size))
		}
	case "warning-act":
		text = t.actor(b.Role, b.By) + "：" + warningActWord(b.Act)
	default:
		return "", "", false
	}
	return text, tone, true
}

// office tells what concerns the campaign, its people and its letters.
func (t teller) office(kind string, r record) (string, bool) {
	b := r.Body
	switch kind {
	case "campaign":
		return fmt.Sprintf("%s启动年度评价，共 %d 家机构", t.by(b.By), b.Institutions), true
	case "rules":
		return t.by(b.By) + "确定日历与设置", true
	case "roster":
		return t.by(b.By) + "更新名册", true
	case "interpretation":
		return t.by(b.By) + "制定口径解释", true
	case "interpretation-force":
		return t.by(b.By) + "批准口径解释生效", true
	case "staff":
		return t.by(b.By) + "变更工作人员", true
	case "account-proposed":
		return t.by(b.By) + "提出账号变更", true
	case "account-decided":
		return t.by(b.By) + "办理账号变更", true
	case "readings":
		return fmt.Sprintf("封存查阅记录 %d 条", b.N), true
	case "factor":
		return t.by(b.By) + "变更动态验证码", true
	case "activity":
		return t.by(b.By) + "修订活动目录", true
	case "medium":
		return t.by(b.By) + "修订媒体目录", true
	case "publication":
		return t.by(b.By) + "公布结果", true
	case "rows":
		return "登记数据的变动", true
	case "liaison":
		return t.by(b.By) + "确定定点联络人", true
	case "paper-order":
		return "决定制发文书" + paperWord(b.Key), true
	case "erasure":
		return t.by(b.By) + map[campaign.WarningAct]string{store.EraseProposed: "提议删除本年度的个人信息", store.EraseWithdrawn: "撤回删除提议", store.EraseConfirmed: "确认并删除本年度的个人信息"}[b.Act], true
	case "history":
		return fmt.Sprintf("流程办结，历史 %d 个事件入账", b.N), true
	case "paper":
		return "制作文书" + paperWord(b.Key), true
	case "mail":
		return "发出邮件：" + letterWord(b.Key), true
	case "delivery":
		return "邮件回执（" + letterWord(b.Key) + "）：" + deliveryWords[b.How], true
	case "reply":
		return fmt.Sprintf("来信留言（答复“%s”），附件 %d 个", letterWord(b.Key), b.N), true
	case "link-letter":
		return t.by(b.By) + "打印书面办理链接", true
	case "outbox":
		return t.by(b.By) + map[bool]string{true: "暂停发信", false: "恢复发信"}[b.How == "hold"], true
	}
	return "", false
}

// mover is who took a step in a determination.
func (t teller) mover(id string) string {
	if id == "" {
		return "机构"
	}
	return t.by(id)
}

// deliveryWords are what a provider reported about a letter.
var deliveryWords = map[string]string{"delivered": "已送达", "bounced": "退信，未送达", "dropped": "被邮件服务丢弃，未送达"}

func (t teller) actor(role, id string) string {
	switch {
	case role == "":
		return "机构"
	case role == "clock":
		return "期限届满"
	}
	return t.by(id)
}

func leftWord(how string) string {
	switch how {
	case "withdrawn":
		return "自愿退出"
	case "revoked":
		return "批准被撤销"
	case "merged":
		return "合并"
	}
	return how
}

func outcomeWord(kind string) string {
	switch kind {
	case "certificate":
		return "优秀单位证书"
	case "report":
		return "机构年度评价报告"
	case "warning":
		return "提请风险警示程序"
	}
	return kind
}

func warningActWord(a campaign.WarningAct) string { return a.Chinese() }

// paperKind reads the kind of paper out of its key; "" when there is none in it.
func paperKind(key string) campaign.Paper {
	for _, part := range slices.Backward(strings.Split(key, "/")) {
		if p := campaign.Paper(part); p.Chinese() != "" {
			return p
		}
	}
	return ""
}

func paperWord(key string) string {
	if p := paperKind(key); p != "" {
		return "《" + p.Chinese() + "》"
	}
	return ""
}
