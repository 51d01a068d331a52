package web

import (
	"slices"
	"strings"

	"xuanping/campaign"
)

// letters says, by the first part of what a letter's key names after year and
// institution, what the letter is and whom it goes to.
var letters = map[string]struct{ word, to string }{
	"alert":             {"提请办理", "staff"},
	"seat":              {"评审任务", "staff"},
	"score":             {"评审打分提醒", "staff"},
	"decider":           {"复核任务", "staff"},
	"decide":            {"复核决定提醒", "staff"},
	"launch":            {"启动通知", "institution"},
	"plan":              {"年度宣传工作计划审阅意见", "institution"},
	"quarter":           {"季度提醒", "institution"},
	"self-score":        {"自评通知", "institution"},
	"extension":         {"延期通知", "institution"},
	"extension-request": {"延期申请", "institution"},
	"extension-refused": {"延期申请答复", "institution"},
	"suspension":        {"暂停与恢复通知", "institution"},
	"leave":             {"退出告知", "institution"},
	"new-link":          {"新的访问链接", "institution"},
	"handover":          {"联系人变更", "institution"},
	"result":            {"结果告知", "institution"},
	"final":             {"最终结果告知", "institution"},
	"appeal-decision":   {"评价复核决定告知", "institution"},
	"report":            {"机构年度评价报告", "institution"},
	"certificate":       {"优秀单位证书", "institution"},
	"warning":           {"风险警示文书", "institution"},
	"honours":           {"荣誉证书", "institution"},
	"nomination":        {"提名", "institution"},
	"event-notice":      {"扣分事项告知", "institution"},
	"event-ended":       {"扣分事项认定结果", "institution"},
	"claim":             {"加分事项认定结果", "institution"},
	"medium":            {"媒体目录申请", "institution"},
	"published":         {"结果公布通知", "institution"},
	"comment":           {"来信收到通知", "institution"},
	"incident":          {"48小时报告", "institution"},
	"clearance":         {"事前审批", "institution"},
	"guidance":          {"业务指导函", "institution"},

	"guidance-reminder": {"业务指导函签收提醒", "institution"},
}

// letter reads a letter's key: 2025/CNCA-R-2002-001/plan/remind/2025-03-12/2.
// Whom an unknown key goes to is not guessed.
func letter(key string) (word, to string) {
	key, _, _ = strings.Cut(key, "/again/") // served again it is the same letter
	parts := strings.Split(key, "/")
	if len(parts) < 3 {
		return "通知", ""
	}
	if what := parts[2:]; parts[1] == "campaign" {
		return campaignLetter(what)
	} else if l, known := letters[what[0]]; known {
		switch {
		case l.to == "staff":
			return l.word, l.to
		case what[len(what)-1] == "receipt":
			return receiptWord(what[0]), l.to
		case slices.Contains(what, "remind"):
			return campaign.Task(what[0]).Chinese() + "提醒", l.to
		}
		return l.word, l.to
	} else if t := campaign.Task(what[0]); t.Chinese() != what[0] { // the other tasks are the institution's
		if what[len(what)-1] == "receipt" {
			return receiptWord(what[0]), "institution"
		}
		return t.Chinese() + "提醒", "institution"
	}
	return "通知", ""
}

func receiptWord(what string) string {
	if word := map[string]string{"warning": "风险警示程序", "event-notice": "陈述意见", "claim": "加分事项申报", "medium": "申请将媒体列入目录", "nomination": "提名", "incident": "48小时报告", "clearance": "事前审批", "guidance": "业务指导函签收", "extension-request": "延期申请"}[what]; word != "" {
		return "回执：" + word
	}
	return "回执：" + campaign.Task(what).Chinese()
}

// campaignLetter reads the rest of the key of a letter about the whole year.
func campaignLetter(what []string) (word, to string) {
	switch what[0] {
	case "rules":
		return "日历调整通知", "institution"
	case "report":
		return "专题报告", "staff"
	case "alert":
		return "提请办理", "staff"
	}
	return "通知", ""
}

func letterWord(key string) string { w, _ := letter(key); return w }

func letterFor(key string) string { _, to := letter(key); return to }
