package campaign

import (
	"fmt"
	"slices"
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

// tells is what a paper says besides codes, points and days.
type tells int

const (
	tellsWords   tells = iota // what people wrote: reasons, statements, names of files; what nobody thought about is taken for this
	tellsNothing              // nothing, or only what was published
	tellsPersons              // who somebody is, by name and post
)

// papers names each kind and the character of its number series, and what it
// tells; a kind without a series carries no 文号.
var papers = map[Paper]struct {
	name, series string
	tells        tells
}{
	ResultPaper:      {"得分告知书", "宣评告", tellsWords},
	FinalPaper:       {"最终结果告知书", "宣评终", tellsWords},
	CertificatePaper: {"优秀单位证书", "宣评证", tellsNothing},
	YearReportPaper:  {"机构年度评价报告", "", tellsWords},
	PriorPaper:       {"风险警示事先告知书", "宣评警告", tellsWords},
	WarningPaper:     {"风险警示决定书", "宣评警", tellsWords},
	DismissPaper:     {"不予风险警示决定书", "宣评警", tellsWords},
	LiftPaper:        {"风险警示解除通知书", "宣评解", tellsWords},
	ReportPaper:      {"宣传工作评价专题报告", "宣评报", tellsNothing},
	LesserPaper:      {"约谈提醒通知书", "宣评约", tellsWords},
	RevokePaper:      {"撤销风险警示决定书", "宣评撤", tellsWords},
	ExpirePaper:      {"风险警示期满通知书", "宣评满", tellsWords},
	AppealPaper:      {"评价复核决定书", "宣评复", tellsWords},
	HonourPaper:      {"荣誉证书", "宣评誉", tellsPersons},

	NoticePaper:       {"评价通知书", "宣评通", tellsNothing},
	ReceiptPaper:      {"提交回执", "", tellsWords},
	AnnouncementPaper: {"评价结果公告", "宣评公", tellsNothing},

	IncidentReceiptPaper: {"48小时报告回执", "", tellsNothing},
	ClearancePaper:       {"事前审批批复", "宣评批", tellsWords},
	PressRecordPaper:     {"新闻发布会记录", "", tellsPersons},
}

// Chinese is the paper's title.
func (p Paper) Chinese() string { return papers[p].name }

// NamesPersons tells that the paper is about persons, who are gone from it when
// the names of its year are erased.
func (p Paper) NamesPersons() bool { return papers[p].tells == tellsPersons }

// Withheld tells that the paper leaves the house with names only: it names
// persons, or quotes what somebody wrote.
func (p Paper) Withheld() bool { return papers[p].tells != tellsNothing }

// PersonalPapers lists the kinds that name persons.
func PersonalPapers() (all []Paper) {
	for p := range papers {
		if p.NamesPersons() {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return all
}

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
