package audit

import (
	"encoding/json"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"

	"xuanping/contract"
	"xuanping/store"
)

// accepted is an event by which a workflow accepted a message.
func accepted(t *testing.T, id int64, name string, in any) *historypb.HistoryEvent {
	t.Helper()
	data, err := json.Marshal(in)
	ok(t, err)
	return &historypb.HistoryEvent{EventId: id, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes{WorkflowExecutionUpdateAcceptedEventAttributes: &historypb.WorkflowExecutionUpdateAcceptedEventAttributes{
			AcceptedRequest: &updatepb.Request{Input: &updatepb.Input{Name: name, Args: &commonpb.Payloads{Payloads: []*commonpb.Payload{
				{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data}}}}}}}}
}

// Feature 3 of the auditor's room: what history and ledger do not say alike is
// marked on the timeline, on both sides; what they do say alike is not.
func TestTimelineMarksDifferences(t *testing.T) {
	h := History{WorkflowID: "2027/CNCA-R-2002-001", RunID: "r", Type: contract.YearType, Events: []*historypb.HistoryEvent{
		accepted(t, 1, contract.PlanInMsg.Name, contract.PlanIn{Version: 1, Digest: "aa"}),
		accepted(t, 2, contract.PlanInMsg.Name, contract.PlanIn{Version: 2, Digest: "bb"}),
		accepted(t, 3, contract.SheetInMsg.Name, contract.SheetIn{Reviewer: "r1", Seat: 1, Digest: "cc"}),
		accepted(t, 4, contract.PlanDecidedMsg.Name, contract.PlanDecided{Version: 2, Accepted: true}),
		accepted(t, 5, contract.SelfScoreInMsg.Name, contract.SelfScoreIn{Version: 1, Digest: "dd"}),
	}}
	at := reviewed
	leaves := []store.Leaf{
		leaf(10, "plan", at, map[string]any{"version": 1, "digest": "aa"}),
		leaf(11, "sheet", at, map[string]any{"reviewer": "r1", "digest": "other"}),
		leaf(12, "sheet", at, map[string]any{"reviewer": "r2", "digest": "ee"}),
		leaf(13, "plan-review", at, map[string]any{"version": 2, "accepted": false}),
		leaf(14, "self-score", at, map[string]any{"version": 1, "digest": "dd"}),
		leaf(15, "seat", at, map[string]any{"seat": 1, "reviewer": "r1"}),
	}
	got := map[string]string{}
	for _, l := range Timeline([]History{h}, leaves) {
		_, mark, _ := strings.Cut(l.Text, "〔不一致：")
		got[l.Source] = strings.TrimSuffix(mark, "〕")
	}
	for source, want := range map[string]string{
		"年度流程 事件 1": "", "年度流程 事件 2": "账本没有相应记录", "年度流程 事件 3": "与账本所载的内容摘要不同", "年度流程 事件 4": "与账本所载的内容摘要不同", "年度流程 事件 5": "",
		"账本 10": "", "账本 11": "与流程历史所载的内容摘要不同", "账本 12": "流程历史没有相应消息：尚未送达，或流程当时已不接收", "账本 13": "与流程历史所载的内容摘要不同", "账本 14": "", "账本 15": "",
	} {
		if is, told := got[source]; !told || is != want {
			t.Errorf("%s: %q, want %q (told %v)", source, is, want, told)
		}
	}
	for _, l := range Timeline(nil, leaves) {
		if strings.Contains(l.Text, "不一致") {
			t.Errorf("marked without a history to compare: %s", l)
		}
	}
}
