package campaign

import (
	"fmt"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Paper is a kind of document that the regulator issues.
type Paper string

// The papers of this build.
const (
	ResultPaper      Paper = "result"      // 得分告知书
	FinalPaper       Paper = "final"       // 复核决定与最终结果告知书
	CertificatePaper Paper = "certificate" // 优秀单位证书
	YearReportPaper  Paper = "year-report" // 机构年度评价报告
	PriorPaper       Paper = "prior"       // 风险警示事先告知书
	WarningPaper     Paper = "warning"     // 风险警示决定书
	DismissPaper     Paper = "dismiss"     // 不予风险警示决定书
	LiftPaper        Paper = "lift"        // 风险警示解除通知书
	LesserPaper      Paper = "lesser"      // 约谈、提醒通知书: less than a warning (RW-5)
	RevokePaper      Paper = "revoke"      // 撤销风险警示决定书
	ExpirePaper      Paper = "expire"      // 风险警示期满通知书 (RW-6)
	AppealPaper      Paper = "appeal"      // 评价复核决定书 (AP-3)
	ReportPaper      Paper = "report"      // 专题报告与评价结果
	HonourPaper      Paper = "honour"      // 荣誉证书 (PL-16)

	NoticePaper       Paper = "notice"       // 评价通知书
	ReceiptPaper      Paper = "receipt"      // 提交回执
	AnnouncementPaper Paper = "announcement" // 结果公告

	IncidentReceiptPaper Paper = "incident-receipt" // 48小时报告回执
	ClearancePaper       Paper = "clearance"        // 事前审批批复
	PressRecordPaper     Paper = "press-record"     // 新闻发布会记录 (GL-16)
)

// papers names each kind and the character of its number series; a kind
// without a series carries no 文号.
var papers = map[Paper]struct{ name, series string }{
	ResultPaper:      {"得分告知书", "宣评告"},
	FinalPaper:       {"最终结果告知书", "宣评终"},
	CertificatePaper: {"优秀单位证书", "宣评证"},
	YearReportPaper:  {"机构年度评价报告", ""},
	PriorPaper:       {"风险警示事先告知书", "宣评警告"},
	WarningPaper:     {"风险警示决定书", "宣评警"},
	DismissPaper:     {"不予风险警示决定书", "宣评警"},
	LiftPaper:        {"风险警示解除通知书", "宣评解"},
	ReportPaper:      {"宣传工作评价专题报告", "宣评报"},
	LesserPaper:      {"约谈提醒通知书", "宣评约"},
	RevokePaper:      {"撤销风险警示决定书", "宣评撤"},
	ExpirePaper:      {"风险警示期满通知书", "宣评满"},
	AppealPaper:      {"评价复核决定书", "宣评复"},
	HonourPaper:      {"荣誉证书", "宣评誉"},

	NoticePaper:       {"评价通知书", "宣评通"},
	ReceiptPaper:      {"提交回执", ""},
	AnnouncementPaper: {"评价结果公告", "宣评公"},

	IncidentReceiptPaper: {"48小时报告回执", ""},
	ClearancePaper:       {"事前审批批复", "宣评批"},
	PressRecordPaper:     {"新闻发布会记录", ""},
}

// Chinese is the paper's title.
func (p Paper) Chinese() string { return papers[p].name }

// Number writes a 文号: 宣评告〔2027〕3号; empty for a kind without a series.
func (p Paper) Number(year, n int) string {
	s := papers[p].series
	if s == "" || n == 0 {
		return ""
	}
	return fmt.Sprintf("%s〔%d〕%d号", s, year, n)
}

// Series is the name under which the paper's numbers are counted, gap-free
// within a year; a decision to warn and one not to share one series.
func (p Paper) Series() string { return papers[p].series }
