package audit

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"

	commonpb "go.temporal.io/api/common/v1"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// askedFor is an event by which a workflow asked for a step.
func askedFor(t *testing.T, id int64, step string, in any) *historypb.HistoryEvent {
	t.Helper()
	return &historypb.HistoryEvent{EventId: id, EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
		Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{
			ActivityType: &commonpb.ActivityType{Name: step}, Input: payloads(t, in)}}}
}

// keyed gives a message the key under which it was sent.
func keyed(e *historypb.HistoryEvent, key string) *historypb.HistoryEvent {
	e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().Meta = &updatepb.Meta{UpdateId: key}
	return e
}

// Timeline of the auditor's room: appeals, decisions, warnings and letters stand
// beside the event that told or asked for them; a decision names its reading.
func TestTimelinePairs(t *testing.T) {
	ref, day := contract.Ref{Year: 2027, Code: "CNCA-R-2002-001"}, time.Date(2028, 3, 20, 9, 0, 0, 123456789, campaign.Beijing)
	stored, later := day.Truncate(time.Microsecond), day.Add(48*time.Hour)
	id := ref.ID()
	var in contract.YearInput
	in.Rules.Settings.Readings = rubric.Choices{{Reading: "R-05", Option: "broad"}}
	began := &historypb.HistoryEvent{EventId: 1, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
		WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{Input: payloads(t, in)}}}
	year := History{WorkflowID: id, RunID: "y", Type: contract.YearType, Events: []*historypb.HistoryEvent{began,
		askedFor(t, 5, contract.Serve.Name, contract.AtIn{Ref: ref, At: day}),
		askedFor(t, 8, contract.Remind.Name, contract.RemindIn{Ref: ref, Task: campaign.DecideTask, Step: 1, At: later}),
		keyed(accepted(t, 11, contract.AppealInMsg.Name, contract.AppealIn{Rows: []int{3, 7}, Digest: "aa"}), id+"/appeal/1"),
		keyed(accepted(t, 14, contract.AppealDecidedMsg.Name, contract.AppealDecided{Rows: []int{3, 9}, Digest: "bb"}), id+"/appeal-decided/3"),
	}}
	warning := History{WorkflowID: ref.WarningID(), RunID: "w", Type: contract.WarningType, Events: []*historypb.HistoryEvent{
		askedFor(t, 5, contract.Warn.Name, contract.WarnIn{Ref: ref, Case: 7, State: campaign.Noticed, At: day}),
		keyed(accepted(t, 9, contract.WarningDoneMsg.Name, contract.WarningDone{Act: campaign.ActReply, Digest: "cc"}), id+"/warning/2"),
		keyed(accepted(t, 12, contract.WarningDoneMsg.Name, contract.WarningDone{Act: campaign.ActPass, Digest: "dd"}), id+"/warning/3"),
	}}
	leaves := []store.Leaf{
		leaf(20, "result", stored, map[string]any{"version": 1, "scored": true, "total": 8750}),
		leaf(21, "mail", stored, map[string]any{"key": id + "/result"}),
		leaf(22, "appeal", stored, map[string]any{"row": 3}),
		leaf(23, "appeal", stored, map[string]any{"row": 7}),
		leaf(24, "mail", stored, map[string]any{"key": id + "/appeal/1/receipt"}),
		leaf(25, "mail", later, map[string]any{"key": id + "/decide/remind/2028-03-25/1"}),
		leaf(26, "appeal-ruling", later, map[string]any{"row": 3, "by": "r4", "before": 300, "after": 350}),
		leaf(27, "warning-state", stored, map[string]any{"state": "noticed"}),
		leaf(28, "mail", stored, map[string]any{"key": id + "/warning/noticed/2"}),
		leaf(29, "warning-act", stored, map[string]any{"n": 2, "act": "reply", "text": "cc"}),
		leaf(30, "warning-act", stored, map[string]any{"n": 3, "act": "pass", "text": "other"}),
		leaf(31, "warning-act", stored, map[string]any{"n": 4, "act": "expire", "role": "clock"}),
		leaf(32, "appeal", stored, map[string]any{"row": 5}),
		leaf(33, "mail", later, map[string]any{"key": id + "/result"}), // another day's letter
	}
	got := map[string]Line{}
	for _, l := range Timeline([]History{year, warning}, leaves) {
		got[l.Source] = l
	}
	for source, want := range map[string]string{
		"年度流程 事件 5": "账本 20、21", "年度流程 事件 8": "账本 25", "年度流程 事件 11": "账本 22、23、24", "年度流程 事件 14": "账本 26", "警示流程 事件 5": "账本 27、28", "警示流程 事件 9": "账本 29", "警示流程 事件 12": "账本 30",
		"账本 20": "年度流程 事件 5", "账本 21": "年度流程 事件 5", "账本 23": "年度流程 事件 11", "账本 24": "年度流程 事件 11", "账本 25": "年度流程 事件 8", "账本 26": "年度流程 事件 14",
		"账本 27": "警示流程 事件 5", "账本 28": "警示流程 事件 5", "账本 29": "警示流程 事件 9", "账本 30": "警示流程 事件 12", "账本 31": "", "账本 32": "", "账本 33": "",
	} {
		if l, told := got[source]; !told || l.Beside != want {
			t.Errorf("%s ＝ %q, want %q (told %v)", source, l.Beside, want, told)
		}
	}
	for source, want := range map[string]string{
		"账本 20": "形成结果第 1 版：总分 87.5（口径：R-05 broad）", "账本 26": "r4 复核第 3 项：由 3.0 分到 3.5 分（口径：R-05 broad）",
		"账本 30": "风险警示：" + campaign.ActPass.Chinese() + "〔不一致：与流程历史所载的内容摘要不同〕", "账本 31": "风险警示：" + campaign.WarningAct("expire").Chinese(),
		"账本 32": "对第 5 项申请评价复核〔不一致：流程历史没有相应消息：尚未送达，或流程当时已不接收〕",
	} {
		if got[source].Text != want {
			t.Errorf("%s: %q, want %q", source, got[source].Text, want)
		}
	}
	if text := got["年度流程 事件 14"].Text; text != "接收消息：复核已决定（第 3、9 项）〔不一致：账本没有相应记录〕" {
		t.Error(text) // of row 9 the ledger knows nothing
	}
}
