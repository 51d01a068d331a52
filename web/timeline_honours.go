package web

import (
	"fmt"

	"xuanping/campaign"
)

// honours tells of nominations, the survey and local regulators.
func (t teller) honours(kind string, r record) (string, bool) {
	b := r.Body
	switch kind {
	case "honour":
		who := "机构"
		if b.By != "" {
			who = t.by(b.By)
		}
		return fmt.Sprintf("%s提名%s（第 %d 号）", who, b.Honour.Chinese(), b.N), true
	case "honour-move":
		text := fmt.Sprintf("%s对第 %d 号提名办理：%s", t.by(b.By), b.N, campaign.HonourAct(b.Act).Chinese())
		if b.Day != "" {
			text += fmt.Sprintf("（%s 至 %s）", b.Day.Chinese(), b.Due.Chinese())
		}
		return text, true
	case "objection":
		return fmt.Sprintf("%s登记对第 %d 号提名的异议（第 %d 件）", t.by(b.By), b.N, b.Number), true
	case "objection-ruling":
		word := "不成立"
		if b.Accepted {
			word = "成立"
		}
		return fmt.Sprintf("%s处理对第 %d 号提名的异议（第 %d 件）：%s", t.by(b.By), b.N, b.Number, word), true
	case "survey":
		return fmt.Sprintf("%s设置专题调研问题（第 %d 版）", t.by(b.By), b.Version), true
	case "survey-answer":
		return fmt.Sprintf("提交专题调研（第 %d 版问题，不计分）", b.Version), true
	case "observation":
		return t.by(b.By) + "记录地方监管观察（不计分）", true
	case "local-set":
		return fmt.Sprintf("%s录入地方评价指标集（第 %d 版）", t.by(b.By), b.Version), true
	case "local-value":
		return fmt.Sprintf("%s录入地方数据（第 %d 版）", t.by(b.By), b.Version), true
	}
	return "", false
}
