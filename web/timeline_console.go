package web

import (
	"fmt"

	"xuanping/campaign"
)

// console tells of what the regulator reviews, plans and publishes itself.
func (t teller) console(kind string, r record) (text, tone string, ok bool) {
	b := r.Body
	switch kind {
	case "release-draft":
		text = fmt.Sprintf("%s将公布稿第 %d 稿送审", t.by(b.By), b.N)
	case "release-step":
		text = fmt.Sprintf("%s办理第 %d 稿%s：通过", t.by(b.By), b.N, campaign.ReleaseStep(b.How).Chinese())
		if !b.Accepted {
			text, tone = fmt.Sprintf("%s办理第 %d 稿%s：退回", t.by(b.By), b.N, campaign.ReleaseStep(b.How).Chinese()), "bad"
		}
	case "release":
		text, tone = fmt.Sprintf("%s公布结果第 %d 版", t.by(b.By), b.Version), "good"
	case "correction":
		text, tone = fmt.Sprintf("%s登记第 %d 项更正", t.by(b.By), b.N), "bad"
	case "office-plan":
		text = fmt.Sprintf("%s修订年度宣传工作计划（第 %d 版）", t.by(b.By), b.Version)
	case "office-plan-mark":
		text = fmt.Sprintf("%s将计划事项 %d 标为%s", t.by(b.By), b.N, map[bool]string{true: "已完成", false: "未完成"}[b.Accepted])
	case "nudge":
		text = t.by(b.By) + "个别催办该机构"
		if b.Reviewer != "" {
			text = t.by(b.By) + "催办" + t.by(b.Reviewer)
		}
	case "local-measure":
		text = fmt.Sprintf("%s报送地方具体措施（第 %d 项）", t.by(b.By), b.N)
	default:
		return "", "", false
	}
	return text, tone, true
}
