package audit

import (
	"fmt"

	"xuanping/campaign"
)

// consoleLeaf tells of what the regulator reviews, plans and publishes itself.
func consoleLeaf(kind string, b body) string {
	switch kind {
	case "release-draft":
		return fmt.Sprintf("%s 将公布稿第 %d 稿送审（第 %d 版）%s", b.By, b.N, b.Version, digest(b.Digest))
	case "release-step":
		return fmt.Sprintf("%s 对第 %d 稿%s：%s%s", b.By, b.N, campaign.ReleaseStep(b.How).Chinese(), word(b.Accepted, "通过", "退回"), digest(b.Digest))
	case "release":
		return fmt.Sprintf("%s 公布第 %d 版（第 %d 稿）%s", b.By, b.Version, b.N, digest(b.Digest))
	case "correction":
		return fmt.Sprintf("%s 登记第 %d 项更正%s", b.By, b.N, digest(b.Digest))
	case "office-plan":
		return fmt.Sprintf("%s 修订年度宣传工作计划第 %d 版%s", b.By, b.Version, digest(b.Digest))
	case "office-plan-mark":
		return fmt.Sprintf("%s 标记计划事项 %d：%s%s", b.By, b.N, word(b.Accepted, "已完成", "未完成"), digest(b.Digest))
	case "nudge":
		return b.By + " 个别催办 " + word(b.Reviewer != "", "评审 "+b.Reviewer, "机构")
	case "local-measure":
		return fmt.Sprintf("%s 报送地方具体措施第 %d 项%s", b.By, b.N, digest(b.Digest))
	}
	return ""
}
