package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// leaf is a record as the ledger keeps it.
func leaf(idx int64, kind string, at time.Time, body map[string]any) store.Leaf {
	record, err := json.Marshal(map[string]any{"kind": kind, "year": 2027, "code": "CNCA-R-2002-001", "at": at, "body": body})
	if err != nil {
		panic(err)
	}
	return store.Leaf{Idx: idx, Year: 2027, Code: "CNCA-R-2002-001", Kind: kind, Record: string(record), At: at}
}

// The recorded year, with what its ledger would have held.
func TestTimelineRecorded(t *testing.T) {
	year, warning := load(t, "testdata/year.json"), load(t, "testdata/warning.json")
	began := year.start()
	leaves := []store.Leaf{
		leaf(3, "entry", began.Add(-time.Hour), map[string]any{"joined": "2026-11-22", "ranked": true}),
		leaf(8, "stage", began.Add(time.Second), map[string]any{"stage": "planning", "due": "2026-12-22"}),
		leaf(21, "plan", began.Add(31*24*time.Hour-time.Minute), map[string]any{"version": 1, "digest": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", "late": true}),
		leaf(22, "warning-state", began.Add(32*24*time.Hour), map[string]any{"state": "proposed", "due": ""}),
	}
	var b strings.Builder
	for _, l := range Timeline([]History{year, warning}, leaves) {
		fmt.Fprintln(&b, l)
	}
	golden(t, "timeline.txt", []byte(b.String()))
}

// Both runs of a continued workflow are told apart.
func TestTimelineOfTwoRuns(t *testing.T) {
	lines := Timeline([]History{load(t, "testdata/campaign-1.json"), load(t, "testdata/campaign-2.json")}, nil)
	text := fmt.Sprint(lines)
	for _, want := range []string{"总流程 事件 22  本段历史已满，流程另起一段继续", "总流程（第 2 段） 事件 1  流程接续上一段", "完成步骤：分页启动机构年度流程（已处理 1 家）"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told in\n%s", want, text)
		}
	}
}

// What a skipped clock wrote out of step keeps the engine's order.
func TestTimelineKeepsTheEnginesOrder(t *testing.T) {
	at := func(id int64, second int) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{EventId: id, EventTime: timestamppb.New(time.Unix(int64(second), 0)), EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED}
	}
	lines := Timeline([]History{{WorkflowID: "w", Type: contract.YearType, Events: []*historypb.HistoryEvent{at(1, 10), at(2, 9), at(3, 11)}}},
		[]store.Leaf{leaf(0, "left", time.Unix(10, 500), map[string]any{"how": "merged"})})
	var order []string
	for _, l := range lines {
		order = append(order, l.Source)
	}
	if got := strings.Join(order, "、"); got != "年度流程 事件 1、年度流程 事件 2、账本 0、年度流程 事件 3" {
		t.Error(got)
	}
}

func payloads(t *testing.T, v any) *commonpb.Payloads {
	t.Helper()
	b, err := json.Marshal(v)
	ok(t, err)
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: b}}}
}

func TestBrief(t *testing.T) {
	ref := contract.Ref{Year: 2027, Code: "CNCA-R-2002-001"}
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, campaign.Beijing)
	for want, v := range map[string]any{
		"（阶段“自评”，截止 2028-01-15）":               contract.EnterIn{Ref: ref, Stage: campaign.SelfScore, At: now, Due: "2028-01-15"},
		"（评审打分，第 2 次，截止 2028-02-01）":           contract.RemindIn{Ref: ref, Task: campaign.ScoreTask, Step: 2, Due: "2028-02-01", At: now},
		"（第 3 季度）":                             contract.QuarterIn{Ref: ref, Quarter: 3, At: now},
		"（缺第 1、7 项证据）":                         contract.QuarterOut{Missing: []int{1, 7}},
		"（第 1 席，截止 2028-02-01）":                contract.SeatIn{Ref: ref, Seat: 1, At: now, Due: "2028-02-01"},
		"（评审 r1）":                              contract.SeatOut{Reviewer: "r1"},
		"（未交打分表的席位 [2]，第 4 项相差过大）":             contract.SheetsOut{Late: []int{2}, Differ: []int{4}},
		"（可申请复核至 2028-04-10，第 1 版，总分 87.5）":    contract.Served{Version: 1, Scored: true, Total: 8750, At: now, Until: "2028-04-10"},
		"（第 1 版，未提交）":                          contract.Served{Version: 1, At: now},
		"（优秀单位证书）":                             contract.Outcome{Kind: contract.OutcomeCertificate},
		"（没有可回避后指派的人员）":                        contract.AlertIn{Ref: ref, About: contract.AlertNoReviewer, At: now},
		"（批准被撤销）":                              contract.DepartIn{Ref: ref, How: "revoked", At: now},
		"（第 2 版，退回）":                           contract.PlanDecided{Version: 2, At: now},
		"（第 2 版，通过）":                           contract.PlanDecided{Version: 2, Accepted: true, At: now},
		"（证据材料，改至 2028-01-20，经办 o1）":           contract.Extension{Task: campaign.EvidenceTask, Day: "2028-01-20", By: "o1"},
		"（第 3、5 项，摘要 0123456789ab…）":           contract.AppealIn{Rows: []int{3, 5}, Digest: "0123456789abcdef", At: now},
		"（计划第 1 版已退回，证据 3 项，自评第 1 版，打分表 2 份）":  contract.Have{Plan: 1, PlanState: "returned", Evidence: 3, SelfScore: 1, Sheets: 2},
		"（案件“已告知”，事先告知，截止 2028-06-01，第 7 号案件）": contract.WarnIn{Ref: ref, Case: 7, State: campaign.Noticed, Act: campaign.ActNotice, At: now, Due: "2028-06-01"},
		"（已发出）":                                campaign.Issued,
		"（已处理 50 家）":                           contract.PageOut{Last: "x", Done: 50, Total: 300},
		"":                                     contract.None{},
	} {
		if got := brief(payloads(t, v)); got != want {
			t.Errorf("%T: %q, want %q", v, got, want)
		}
	}
	if got := brief(&commonpb.Payloads{Payloads: []*commonpb.Payload{nil, {Data: []byte("{")}, {Metadata: map[string][]byte{"encoding": []byte("binary/encrypted")}, Data: []byte(`{"stage":"final"}`)}}}); got != "" {
		t.Errorf("unreadable payloads say %q", got)
	}
}

// A failure's message is not for the timeline: its kind is.
func TestFailuresAreTold(t *testing.T) {
	deep := &failurepb.Failure{Message: "outer", Cause: &failurepb.Failure{Message: "张三 zhang@example.com", FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
		ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: contract.Final}}}}
	e := &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
		WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{Failure: deep}}}
	if got := newTeller(History{}, 1).tell(e); got != "流程失败（Final）" {
		t.Error(got)
	}
}

// Every kind of event has its sentence or is left out on purpose, also when it is empty.
func TestEveryEventIsTold(t *testing.T) {
	tl := newTeller(History{}, 1)
	for n := range enumspb.EventType_name {
		kind := enumspb.EventType(n)
		text := tl.tell(of(kind))
		quiet := kind == enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED || kind == enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED ||
			kind == enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED || kind == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
		if (text == "") != quiet {
			t.Errorf("%v: %q", kind, text)
		}
	}
}

func TestLeafText(t *testing.T) {
	at := time.Date(2027, 3, 1, 9, 0, 0, 0, campaign.Beijing)
	d := "0123456789abcdef"
	for _, c := range []struct {
		kind string
		body map[string]any
		want string
	}{
		{"campaign", map[string]any{"by": "o1", "rehearsal": true, "institutions": 3}, "o1 启动年度评价（演练），3 家机构"},
		{"rules", map[string]any{"by": "o1", "digest": d}, "o1 确定日历与设置（摘要 0123456789ab…）"},
		{"roster", map[string]any{"by": "o1"}, "o1 更新名册"},
		{"staff", map[string]any{"id": "r1", "role": "reviewer", "by": "o1"}, "o1 变更工作人员 r1（reviewer）"},
		{"account-proposed", map[string]any{"n": 3, "id": "r9", "act": "add", "role": "reviewer", "by": "m1"}, "m1 提出账号变更第 3 号：新增账号 r9"},
		{"account-decided", map[string]any{"n": 3, "id": "r9", "act": "disable", "confirmed": true, "by": "a1"}, "a1 确认账号变更第 3 号：停用账号 r9"},
		{"account-decided", map[string]any{"n": 4, "id": "r9", "act": "password", "by": "a1"}, "a1 退回账号变更第 4 号：重置密码 r9"},
		{"readings", map[string]any{"n": 12, "upto": 40, "digest": d}, "封存查阅记录 12 条（摘要 0123456789ab…）"},
		{"factor", map[string]any{"id": "r9", "how": "on", "by": "r9"}, "r9 启用 r9 的动态验证码"},
		{"entry", map[string]any{"joined": "2027-01-04"}, "列入年度评价名单，加入日 2027-01-04"},
		{"stage", map[string]any{"stage": "served", "due": ""}, "进入阶段“结果告知”"},
		{"left", map[string]any{"how": "merged"}, "退出本年度：合并"},
		{"outcome", map[string]any{"outcome": "report"}, "年度收尾：年度评价报告"},
		{"extension", map[string]any{"by": "o1", "task": "plan", "day": "2027-04-01"}, "o1 准予“年度宣传工作计划”展期至 2027-04-01"},
		{"plan", map[string]any{"version": 2, "late": true}, "报送计划第 2 版，逾期"},
		{"plan-review", map[string]any{"version": 2, "accepted": true, "by": "o1"}, "o1 审阅计划第 2 版：通过"},
		{"evidence", map[string]any{"row": 4, "digest": d, "size": 9}, "提交第 4 项证据（摘要 0123456789ab…）"},
		{"register", map[string]any{"register": "accounts", "version": 2, "lines": 7, "digest": d}, "保存登记 accounts 第 2 版，7 行（摘要 0123456789ab…）"},
		{"register", map[string]any{"register": "accounts", "version": 1, "lines": 7, "carried": 2026}, "保存登记 accounts 第 1 版，7 行，沿用 2026 年度"},
		{"quarantine", map[string]any{"digest": d, "by": "o1"}, "o1 隔离泄密文件（摘要 0123456789ab…）"},
		{"erasure", map[string]any{"by": "a1", "act": "confirm", "n": 900}, "a1 确认并删除本年度的个人信息"},
		{"history", map[string]any{"n": 88, "digest": d}, "流程办结，历史 88 个事件入账（摘要 0123456789ab…）"},
		{"self-score", map[string]any{"version": 1}, "提交自评第 1 版"},
		{"appeal", map[string]any{"row": 7}, "对第 7 项申请评价复核"},
		{"tickets-revoked", map[string]any{"n": 2, "by": "o1"}, "o1 停用访问链接 2 个"},
		{"file-scan", map[string]any{"digest": d, "confirmed": false}, "安全检查：文件未通过（摘要 0123456789ab…）"},
		{"links-replaced", map[string]any{"n": 2}, "首次用新链接办理，停用同一事项的其他链接 2 个"},
		{"act-code", map[string]any{"n": 2, "task": "plan"}, "申请第 2 个确认码（plan）"},
		{"act-code-try", map[string]any{"n": 2, "confirmed": false}, "填写第 2 个确认码：不正确"},
		{"retell", map[string]any{"n": 3, "by": "o1"}, "o1 向流程重新送达消息 3 条"},
		{"requeue", map[string]any{"n": 2, "by": "o1"}, "o1 重新发送失败的邮件 2 件"},
		{"seat", map[string]any{"seat": 1, "reviewer": "r1", "due": "2028-02-01"}, "第 1 席指派 r1，截止 2028-02-01"},
		{"sheet", map[string]any{"reviewer": "r1"}, "r1 提交打分表"},
		{"event", map[string]any{"id": 12, "clause": "15.1", "points": 50, "by": "o1"}, "o1 登记事项 12：条款 15.1，0.5 分"},
		{"event-ruling", map[string]any{"id": 12, "confirmed": false, "by": "a1"}, "a1 对事项 12：不予认定"},
		{"event-move", map[string]any{"id": 12, "n": 2, "act": "tell", "state": "told", "by": "o1", "due": "2027-07-09"}, "o1 对事项 12：告知机构，截止 2027-07-09"},
		{"service", map[string]any{"n": 1, "key": "k", "how": "paper", "day": "2027-07-09", "by": "o1"}, "o1 将退回的 k 书面送达，期限至 2027-07-09"},
		{"event-move", map[string]any{"id": 12, "n": 3, "act": "reply", "state": "told", "by": ""}, "机构 对事项 12：机构陈述意见"},
		{"matter", map[string]any{"id": 2, "how": "undo", "by": "o1", "events": []int{12}}, "o1 恢复：同一事项处理第 2 号"},
		{"medium-request", map[string]any{"n": 1}, "申请将媒体列入目录（第 1 件）"},
		{"activity", map[string]any{"version": 2, "by": "o1"}, "o1 修订活动目录（该项第 2 版）"},
		{"medium", map[string]any{"version": 1, "by": "o1", "day": "2027-01-01"}, "o1 修订媒体目录（该项第 1 版，自 2027-01-01 起）"},
		{"result", map[string]any{"version": 1, "scored": true, "total": 8725}, "形成结果第 1 版：总分 87.25"},
		{"result", map[string]any{"version": 1, "scored": false, "total": 0}, "形成结果第 1 版：未提交"},
		{"decider", map[string]any{"reviewer": "r4", "due": "2028-04-20"}, "指派 r4 办理复核，截止 2028-04-20"},
		{"appeal-ruling", map[string]any{"row": 3, "by": "r4", "before": 300, "after": 350}, "r4 复核第 3 项：由 3.0 分到 3.5 分"},
		{"warning", map[string]any{"number": 3}, "风险警示第 3 号案件待立案"},
		{"warning-state", map[string]any{"state": "issued"}, "风险警示案件：已发出"},
		{"warning-act", map[string]any{"act": "sign", "by": "a1"}, "风险警示：签批，a1"},
		{"publication", map[string]any{"by": "o1"}, "o1 公布结果"},
		{"paper", map[string]any{"key": "2027/result"}, "制作文书 2027/result"},
		{"paper-order", map[string]any{"key": "2027/result"}, "决定制发文书 2027/result"},
		{"mail", map[string]any{"key": "2027/launch"}, "交付邮件 2027/launch"},
		{"export", map[string]any{"by": "u1", "how": "xlsx", "accepted": true}, "u1 导出年度数据（xlsx），含个人信息"},
		{"delivery", map[string]any{"key": "2027/launch", "how": "bounced"}, "邮件 2027/launch 回执：退信"},
		{"reply", map[string]any{"key": "2027/launch", "n": 2}, "来信答复邮件 2027/launch，附件 2 个"},
		{"outbox", map[string]any{"by": "o1", "how": "hold"}, "o1 暂停发信"},
		{"link-letter", map[string]any{"by": "o1"}, "o1 打印书面办理链接"},
		{"something-new", nil, "记录：something-new"},
	} {
		if got := leafText(leaf(0, c.kind, at, c.body)); got != c.want {
			t.Errorf("%s: %q, want %q", c.kind, got, c.want)
		}
	}
	if got := leafText(store.Leaf{Kind: "plan", Record: "{"}); got == "" {
		t.Error("an unreadable record is not told")
	}
}
