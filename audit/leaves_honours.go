package audit

import (
	"fmt"

	"xuanping/campaign"
)

// honourLeaf tells of nominations, the survey and local regulators.
func honourLeaf(kind string, b body) string {
	switch kind {
	case "honour":
		return fmt.Sprintf("%s提名%s第 %d 号%s", word(b.By != "", b.By+" ", "机构"), b.Honour.Chinese(), b.N, digest(b.Digest))
	case "honour-move":
		return fmt.Sprintf("%s 对第 %d 号提名：%s%s", b.By, b.N, campaign.HonourAct(b.Act).Chinese(), word(b.Day != "", fmt.Sprintf("（%s 至 %s）", b.Day, b.Due), ""))
	case "objection":
		return fmt.Sprintf("%s 登记对第 %d 号提名的异议 %d%s", b.By, b.N, b.Number, digest(b.Digest))
	case "objection-ruling":
		return fmt.Sprintf("%s 处理第 %d 号提名的异议 %d：%s", b.By, b.N, b.Number, word(b.Accepted, "成立", "不成立"))
	case "survey":
		return fmt.Sprintf("%s 设置调研问题第 %d 版%s", b.By, b.Version, digest(b.Digest))
	case "survey-answer":
		return fmt.Sprintf("提交调研答案，第 %d 版问题%s", b.Version, digest(b.Digest))
	case "observation":
		return b.By + " 记录地方监管观察" + digest(b.Digest)
	case "local-set":
		return fmt.Sprintf("%s 录入地方指标集第 %d 版%s", b.By, b.Version, digest(b.Digest))
	case "local-value":
		return fmt.Sprintf("%s 录入地方数据第 %d 版%s", b.By, b.Version, digest(b.Digest))
	}
	return ""
}
