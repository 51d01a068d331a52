package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// heardHistory is a history of a year that says what its ledger says.
func heardHistory(t *testing.T, ref campaign.Ref, leaves []store.Leaf, readings rubric.Choices) History {
	t.Helper()
	var in contract.YearInput
	in.Rules.Settings.Readings = readings
	h := History{WorkflowID: ref.ID(), RunID: "run", Type: contract.YearType, Events: []*historypb.HistoryEvent{{EventId: 1, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{Input: payloads(t, in)}}}}}
	step := func(name string, in any) {
		id := int64(len(h.Events) + 1)
		h.Events = append(h.Events, askedFor(t, id, name, in), &historypb.HistoryEvent{EventId: id + 1, EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
			Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{ScheduledEventId: id}}})
	}
	told := func(name string, in any) { h.Events = append(h.Events, accepted(t, int64(len(h.Events)+1), name, in)) }
	for _, l := range leaves {
		b := bodyOf(l)
		switch l.Kind {
		case "stage":
			step(contract.Enter.Name, contract.EnterIn{Ref: ref, Stage: b.Stage, At: l.At})
		case "left":
			step(contract.Departing.Name, contract.DepartIn{Ref: ref, How: b.How, At: l.At})
		case "result":
			step([]string{contract.Serve.Name, contract.Finalize.Name}[b.Version-1], contract.AtIn{Ref: ref, At: l.At})
		case "outcome":
			step(contract.Conclude.Name, contract.AtIn{Ref: ref, At: l.At})
		case "plan":
			told(contract.PlanInMsg.Name, contract.PlanIn{Version: b.Version, Digest: b.Digest})
		case "plan-review":
			told(contract.PlanDecidedMsg.Name, contract.PlanDecided{Version: b.Version, Accepted: b.Accepted})
		case "self-score":
			told(contract.SelfScoreInMsg.Name, contract.SelfScoreIn{Version: b.Version, Digest: b.Digest})
		case "sheet":
			told(contract.SheetInMsg.Name, contract.SheetIn{Reviewer: b.Reviewer, Digest: b.Digest})
		case "suspension", "suspension-end":
			key, name := fmt.Sprintf("%s/suspension/%d", ref.ID(), b.N), contract.SuspendMsg.Name
			if l.Kind == "suspension-end" {
				key, name = key+"/end", contract.ResumeMsg.Name
			}
			told(name, contract.Resumption{At: l.At})
			h.Events[len(h.Events)-1].GetWorkflowExecutionUpdateAcceptedEventAttributes().AcceptedRequest.Meta = &updatepb.Meta{UpdateId: key}
		case "appeal":
			told(contract.AppealInMsg.Name, contract.AppealIn{Rows: []int{b.Row}})
		case "appeal-ruling":
			told(contract.AppealDecidedMsg.Name, contract.AppealDecided{Rows: []int{b.Row}})
		}
	}
	return h
}

// messageOf finds the events that tell a message.
func messageOf(name string) func(*historypb.HistoryEvent) bool {
	return func(e *historypb.HistoryEvent) bool {
		return e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetName() == name
	}
}

// Issue 6: a year that was lived by the rules has no difference, for any of its
// institutions; each difference that is planted between history, score book and
// ledger is shown with its place.
func TestStoryShowsEveryDifference(t *testing.T) {
	l := live(t)
	c, err := l.s.Campaign(t.Context(), year)
	ok(t, err)
	readings := c.Rules.Settings.Readings
	before := map[int][]store.Leaf{}
	tell := func(t *testing.T, i int, change func(*History)) Story {
		ref := storetest.Ref(year, i)
		if before[i] == nil { // what is planted later was not heard
			leaves, err := l.s.Leaves(t.Context(), ref)
			ok(t, err)
			before[i] = leaves
		}
		h := heardHistory(t, ref, before[i], readings)
		if change != nil {
			change(&h)
		}
		s, err := TellStory(t.Context(), l.s.Reader, ref, []History{h})
		ok(t, err)
		return s
	}
	lines := 0
	for i := range 5 {
		s := tell(t, i+1, nil)
		if len(s.Mismatches) > 0 {
			t.Errorf("institution %d: %v", i+1, s.Mismatches)
		}
		lines += len(s.Lines)
	}
	tamper(t, l.url, keep)
	one := fmt.Sprintf("year = %d and code = '%s'", year, storetest.Code(1))
	same := func(*History) {}
	cut := func(n int) func(*History) { // takes the n-th message or step out
		return func(h *History) { h.Events = slices.Delete(h.Events, n, n+1) }
	}
	for name, p := range map[string]struct {
		sql                 []string
		history             func(*History)
		between, place, say string
	}{
		"a record without an event": {nil, func(h *History) { h.Events = slices.DeleteFunc(h.Events, messageOf(contract.PlanInMsg.Name)) }, HistoryLedger, "账本 ", "流程历史没有相应消息"},
		"a stage without its step":  {nil, cut(1), HistoryLedger, "账本 ", "流程历史没有相应步骤"},
		"an event without a record": {nil, func(h *History) {
			h.Events = append(h.Events, accepted(t, 900, contract.PlanInMsg.Name, contract.PlanIn{Version: 77}))
		}, HistoryLedger, "年度流程 事件 900", "账本没有相应记录"},
		"a leaf taken out":             {[]string{"delete from leaf where kind = 'plan' and " + one}, same, HistoryLedger, "年度流程 事件 ", "账本没有相应记录"},
		"its row is left":              {[]string{"delete from leaf where kind = 'plan' and " + one}, same, BookLedger, "表 plan ", "账本没有记录"},
		"a step's leaf taken out":      {[]string{"delete from leaf where kind = 'outcome' and " + one}, same, HistoryLedger, "年度流程 事件 ", "账本没有相应记录"},
		"a leaf altered":               {[]string{"update leaf set record = replace(record, '\"late\":false', '\"late\":true') where kind = 'plan' and " + one}, same, BookLedger, "账本 ", "记录与所存哈希不一致"},
		"a leaf without its hash":      {[]string{"delete from leaf_hash where pos = 2 * (select min(idx) from leaf where kind = 'plan' and " + one + ") - length(replace(((select min(idx) from leaf where kind = 'plan' and " + one + ")::bit(32))::text, '0', ''))"}, same, BookLedger, "账本 ", "记录与所存哈希不一致"},
		"a leaf says something else":   {[]string{"update leaf set record = regexp_replace(record, '\"digest\":\"....', '\"digest\":\"0000') where kind = 'plan' and " + one}, same, HistoryLedger, "账本 ", "与流程历史所载的内容摘要不同"},
		"a fact altered":               {[]string{"update plan set late = not late where " + one}, same, BookLedger, "表 plan ", "与账本所记不同"},
		"a fact taken out":             {[]string{"delete from self_score where " + one}, same, BookLedger, "表 self_score ", "数据库中已没有这一行"},
		"a ruling altered":             {[]string{"update event_ruling set reason = 'x' where event in (select id from event where " + one + ")"}, same, BookLedger, "表 event_ruling ", "与账本所记不同"},
		"a fact put in":                {[]string{fmt.Sprintf("insert into nudge values (%d, '%s', '', '2025-03-03', 'plan', 'o1', now())", year, storetest.Code(1))}, same, BookLedger, "表 nudge ", "账本没有记录"},
		"a letter altered":             {[]string{"update intent set body = body || '{\"x\":1}' where kind = 'mail' and " + one}, same, BookLedger, "表 intent ", "与账本所记不同"},
		"the stage moved past it":      {[]string{"update entry set stage = 'scoring' where " + one}, same, HistoryBook, "阶段", "数据库为“评审打分”"},
		"another reading in the rules": {[]string{`update rules set body = jsonb_set(body, '{settings,readings}', '[{"reading":"R-05","option":"other"}]') where year = ` + fmt.Sprint(year)}, same, HistoryBook, "口径", "数据库为 "},
	} {
		t.Run(name, func(t *testing.T) {
			if len(p.sql) > 0 {
				defer tamper(t, l.url, putBack)
			}
			tamper(t, l.url, p.sql...)
			s := tell(t, 1, p.history)
			if !slices.ContainsFunc(s.Mismatches, func(d Mismatch) bool {
				return d.Between == p.between && strings.HasPrefix(d.Place, p.place) && strings.Contains(d.Say, p.say)
			}) || !strings.Contains(s.Text(false), p.say) {
				t.Errorf("not shown: %v", s.Mismatches)
			}
		})
	}
	t.Logf("%d lines without a difference", lines)
}
