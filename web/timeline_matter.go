package web

import (
	"fmt"

	"xuanping/campaign"
)

// matters tells of incidents and of what must be cleared before it is published.
func (t teller) matters(kind string, r record) (text, tone string, ok bool) {
	b := r.Body
	switch kind {
	case "incident":
		text = fmt.Sprintf("机构报告第 %d 号事件", b.N)
		if b.By != "" {
			text = fmt.Sprintf("%s开立第 %d 号事件，要求48小时报告", t.by(b.By), b.N)
		}
	case "incident-act":
		act := campaign.IncidentAct(b.Act)
		text = fmt.Sprintf("%s：第 %d 号事件，%s", t.actor(b.Role, b.By), b.N, act.Chinese())
		if b.Late {
			tone = "bad"
			if act == campaign.IncidentReport {
				text += "（逾期）"
			}
		}
	case "clearance":
		text = fmt.Sprintf("机构提出第 %d 号申请：%s", b.N, campaign.ClearanceKind(b.How).Chinese())
	case "clearance-act":
		act := campaign.ClearanceAct(b.Act)
		text = fmt.Sprintf("%s：第 %d 号申请，%s", t.actor(b.Role, b.By), b.N, act.Chinese())
		switch act {
		case campaign.ClearanceApprove:
			tone = "good"
		case campaign.ClearanceRefuse:
			tone = "bad"
		}
	case "clearance-file":
		text = fmt.Sprintf("机构提交第 %d 号申请的附件", b.N)
	default:
		return "", "", false
	}
	return text, tone, true
}
