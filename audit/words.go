package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
)

func flowName(kind string) string {
	switch kind {
	case contract.CampaignType:
		return "总流程"
	case contract.YearType:
		return "年度流程"
	case contract.WarningType:
		return "警示流程"
	case contract.IncidentType:
		return "48小时报告流程"
	case contract.ClearanceType:
		return "事前审批流程"
	}
	return kind
}

// says names the steps for histories whose events carry no summary.
var says = map[string]string{
	contract.Launch.Name: contract.Launch.Say, contract.Tell.Name: contract.Tell.Say, contract.Admit.Name: contract.Admit.Say,
	contract.AssignAll.Name: contract.AssignAll.Say, contract.Publish.Name: contract.Publish.Say, contract.Report.Name: contract.Report.Say,
	contract.CampaignCall.Name: contract.CampaignCall.Say, contract.Enter.Name: contract.Enter.Say, contract.Remind.Name: contract.Remind.Say,
	contract.Quarter.Name: contract.Quarter.Say, contract.Seat.Name: contract.Seat.Say, contract.Sheets.Name: contract.Sheets.Say,
	contract.Serve.Name: contract.Serve.Say, contract.Decider.Name: contract.Decider.Say, contract.Finalize.Name: contract.Finalize.Say,
	contract.Conclude.Name: contract.Conclude.Say, contract.Alert.Name: contract.Alert.Say, contract.Departing.Name: contract.Departing.Say,
	contract.Warn.Name:           contract.Warn.Say,
	contract.IncidentRemind.Name: contract.IncidentRemind.Say, contract.IncidentBreach.Name: contract.IncidentBreach.Say, contract.ClearanceCall.Name: contract.ClearanceCall.Say,
}

func stepName(name string) string { return cmp.Or(says[name], name) }

var heard = map[string]string{
	contract.PlanInMsg.Name: "计划已报送", contract.PlanDecidedMsg.Name: "计划已审阅", contract.SelfScoreInMsg.Name: "自评已提交",
	contract.SheetInMsg.Name: "打分表已提交", contract.SeatVacatedMsg.Name: "评审席位空出", contract.UnservedMsg.Name: "告知书退信，视为未送达", contract.AppealInMsg.Name: "申请评价复核", contract.AppealDecidedMsg.Name: "复核已决定",
	contract.ExtendMsg.Name: "展期", contract.SuspendMsg.Name: "暂停", contract.ResumeMsg.Name: "恢复", contract.LeaveMsg.Name: "退出本年度", contract.RulesMovedMsg.Name: "日历与设置变更",
	contract.PublishedMsg.Name: "结果已公布", contract.WarningDoneMsg.Name: "风险警示办理",
	contract.IncidentDoneMsg.Name: "48小时报告办理", contract.ClearanceDoneMsg.Name: "事前审批办理",
	contract.PublishMsg.Name: "要求公布结果", contract.AdmitMsg.Name: "纳入年中新增机构",
}

// MessageName is what a message to a workflow says, in Chinese.
func MessageName(name string) string { return cmp.Or(heard[name], name) }

// payload is what the inputs and results of steps and messages may hold that
// an auditor wants to see; everything else in them is left unsaid.
type payload struct {
	Stage     campaign.Stage
	State     campaign.WarningState
	Act       campaign.WarningAct
	Task      campaign.Task
	Due       campaign.Day
	Day       campaign.Day
	Until     campaign.Day
	Joined    campaign.Day
	Step      int
	Quarter   int
	Seat      int
	Version   int
	Case      int
	Rows      []int
	Missing   []int
	Late      []int
	Differ    []int
	Reviewer  string
	By        string
	How       string
	Kind      string
	About     string
	Digest    string
	Accepted  *bool
	Scored    *bool
	Done      int
	Total     rubric.Points
	Plan      int
	PlanState string `json:"plan_state"`
	Evidence  int
	SelfScore int `json:"self_score"`
	Sheets    int
}

// brief shows the useful part of a payload, in brackets.
func brief(all *commonpb.Payloads) string {
	var parts []string
	for _, raw := range all.GetPayloads() {
		var p payload
		if read(raw, &p) {
			parts = append(parts, p.parts()...)
			continue
		}
		var state campaign.WarningState // the answer of a case is its state alone
		if read(raw, &state) && state != "" {
			parts = append(parts, bareState(state))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "（" + strings.Join(parts, "，") + "）"
}

func (p payload) parts() (out []string) {
	add := func(show bool, form string, args ...any) {
		if show {
			out = append(out, fmt.Sprintf(form, args...))
		}
	}
	add(p.Stage != "", "阶段“%s”", p.Stage.Chinese())
	add(p.State != "", "%s", stateName(p.State))
	add(p.Act != "", "%s", actName(p.Act))
	add(p.Task != "", "%s", p.Task.Chinese())
	add(p.Step > 0, "第 %d 次", p.Step)
	add(p.Quarter > 0, "第 %d 季度", p.Quarter)
	add(p.Seat > 0, "第 %d 席", p.Seat)
	add(p.Reviewer != "", "评审 %s", p.Reviewer)
	add(p.Joined != "", "加入日 %s", p.Joined)
	add(p.Due != "", "截止 %s", p.Due)
	add(p.Day != "", "改至 %s", p.Day)
	add(p.Until != "", "可申请复核至 %s", p.Until)
	add(p.Version > 0, "第 %d 版", p.Version)
	add(p.Accepted != nil, "%s", word(p.Accepted != nil && *p.Accepted, "通过", "退回"))
	add(len(p.Rows) > 0, "%s", rows(p.Rows))
	add(len(p.Missing) > 0, "缺%s证据", rows(p.Missing))
	add(len(p.Late) > 0, "未交打分表的席位 %v", p.Late)
	add(len(p.Differ) > 0, "%s相差过大", rows(p.Differ))
	add(p.Plan > 0, "计划第 %d 版%s", p.Plan, planWord(p.PlanState))
	add(p.Evidence > 0, "证据 %d 项", p.Evidence)
	add(p.SelfScore > 0, "自评第 %d 版", p.SelfScore)
	add(p.Sheets > 0, "打分表 %d 份", p.Sheets)
	add(p.Scored != nil && *p.Scored, "总分 %s", p.Total)
	add(p.Scored != nil && !*p.Scored, "未提交")
	add(p.Done > 0, "已处理 %d 家", p.Done)
	add(p.Kind != "", "%s", outcomeName(p.Kind))
	add(p.Case > 0, "第 %d 号案件", p.Case)
	add(p.About != "", "%s", aboutName(p.About))
	add(p.How != "", "%s", leftName(p.How))
	add(p.By != "", "经办 %s", p.By)
	add(len(p.Digest) >= 12, "摘要 %.12s…", p.Digest)
	return out
}

// read decodes a payload that the engine's plain JSON encoding wrote.
func read(p *commonpb.Payload, into any) bool {
	return len(p.GetData()) > 0 && string(p.GetMetadata()["encoding"]) == "json/plain" && json.Unmarshal(p.GetData(), into) == nil
}

// summary is the Chinese note that the workflow put on an event.
func summary(e *historypb.HistoryEvent) (text string) {
	read(e.GetUserMetadata().GetSummary(), &text)
	return text
}

// why names the kind of a failure only: its message was not written for a
// history that carries nothing personal.
func why(f *failurepb.Failure) string {
	for ; f != nil; f = f.GetCause() {
		if kind := f.GetApplicationFailureInfo().GetType(); kind != "" {
			return "（" + kind + "）"
		}
	}
	return ""
}

func planWord(state string) string {
	return map[string]string{"submitted": "待审阅", "returned": "已退回", "accepted": "已通过"}[state]
}

func outcomeName(kind string) string {
	return cmp.Or(map[string]string{
		contract.OutcomeCertificate: "优秀单位证书", contract.OutcomeReport: "年度评价报告", contract.OutcomeWarning: "提请风险警示程序",
	}[kind], kind)
}

func leftName(how string) string {
	return cmp.Or(campaign.WayOut(how).Chinese(), how)
}

func aboutName(about string) string {
	return cmp.Or(map[string]string{
		contract.AlertReviewMissing: "评审席位替补后仍未打分", contract.AlertBasis: "打分不足，待决定是否按现有打分形成结果", contract.AlertAppealSilent: "复核逾期未决定，维持原得分",
		contract.AlertSignaturesDue: "案件待签批", contract.AlertLegalDue: "案件待法制审核", contract.AlertRemanded: "法制审核退回", contract.AlertRecheckDue: "整改待复查", contract.AlertNotRectified: "整改期届满未报",
		contract.AlertNoReviewer: "没有可回避后指派的人员", contract.AlertSeatsShort: "评审席位分派不足", contract.AlertLateConflict: "结果告知后出现利益冲突", contract.AlertPublishDue: "公布日已到", contract.AlertNoticeDue: "案件待事先告知",
		contract.AlertPlanUnreviewed: "计划未经审阅而备案", contract.AlertRulingVoid: "作废的复核决定待重新作出",
	}[about], about)
}

func actName(a campaign.WarningAct) string {
	return cmp.Or(map[campaign.WarningAct]string{
		campaign.WarningAct(campaign.IncidentReport): "48小时报告", campaign.WarningAct(campaign.IncidentDetails): "补报详情", campaign.WarningAct(campaign.IncidentClose): "办结",
	}[a], a.Chinese())
}
