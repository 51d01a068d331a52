package web

import (
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

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
