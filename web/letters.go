package web

import (
	"slices"
	"strings"
)

// letters names what the parts of a letter's key mean, with whom it goes to.
// A key is derived from what the letter is for, so its parts tell its matter.
var letters = []struct{ part, word, to string }{
	{"officer-alert", "提请经办人员处理", "staff"},
	{"alert", "提请经办人员处理", "staff"},
	{"reviewer-assigned", "评审任务", "staff"},
	{"reviewer-reminder", "评审提醒", "staff"},
	{"third-reviewer", "第三评审任务", "staff"},
	{"appeal-assigned", "复核任务", "staff"},
	{"seat", "评审任务", "staff"},
	{"score", "评审提醒", "staff"},
	{"decider", "复核任务", "staff"},
	{"decide", "复核提醒", "staff"},
	{"receipt", "收件回执", "institution"},
	{"launch", "启动通知", "institution"},
	{"review", "计划审阅意见", "institution"},
	{"plan-reminder", "计划报送提醒", "institution"},
	{"plan-overdue", "计划逾期提醒", "institution"},
	{"plan-accepted", "计划审阅通过", "institution"},
	{"plan-returned", "计划退回修改", "institution"},
	{"quarter", "季度提醒", "institution"},
	{"quarter-reminder", "季度提醒", "institution"},
	{"evidence-reminder", "证据提交提醒", "institution"},
	{"evidence", "证据提交提醒", "institution"},
	{"selfscore-open", "自评开始", "institution"},
	{"selfscore-reminder", "自评提醒", "institution"},
	{"selfscore-last", "自评最后提醒", "institution"},
	{"self-score", "自评通知", "institution"},
	{"calendar-moved", "日历调整", "institution"},
	{"rules", "日历调整", "institution"},
	{"extension", "延期通知", "institution"},
	{"leave", "退出告知", "institution"},
	{"withdrawn", "退出告知", "institution"},
	{"new-link", "新链接", "institution"},
	{"no-submission-result", "未提交结果告知", "institution"},
	{"result-notice", "结果告知", "institution"},
	{"result", "结果告知", "institution"},
	{"appeal-decision", "复核决定", "institution"},
	{"final-result", "最终结果告知", "institution"},
	{"final", "最终结果告知", "institution"},
	{"certificate", "优秀单位证书", "institution"},
	{"institution-report", "机构年度评价报告", "institution"},
	{"report", "评价报告", "institution"},
	{"publication", "结果公布", "institution"},
	{"rectification-reminder", "整改提醒", "institution"},
	{"warning-reply-reminder", "陈述申辩提醒", "institution"},
	{"warning-ack-reminder", "签收提醒", "institution"},
	{"reply", "陈述申辩提醒", "institution"},
	{"ack", "签收提醒", "institution"},
	{"rectify", "整改提醒", "institution"},
	{"warning", "风险警示文书", "institution"},
	{"plan", "年度计划", "institution"},
}

func letter(key string) (word, to string) {
	parts := strings.Split(key, "/")
	for _, l := range letters {
		if slices.Contains(parts, l.part) {
			return l.word, l.to
		}
	}
	return "通知", ""
}

func letterWord(key string) string { w, _ := letter(key); return w }

func letterFor(key string) string { _, to := letter(key); return to }
