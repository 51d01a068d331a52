package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// Event is a place in a history.
type Event struct {
	Workflow, Run string
	ID            int64
}

// Line is one moment of an institution's year, with where it is recorded.
type Line struct {
	At     time.Time
	Source string // 年度流程 事件 12, or 账本 34
	Beside string // where the other side has the same moment; "" where only one side has it
	Text   string
	Moved  bool // only tells how a rehearsal moved the clock

	Leaf    *store.Leaf // of the ledger; nil: a line of a history
	Event   Event       // the history's own, or the one beside the leaf
	Told    string      // a sentence of a history, without what Text adds to it
	Reading string      // by which points were decided
	Mail    string      // key of the letter of this moment
	Differ  string
}

// String is the line with its Beijing time.
func (l Line) String() string {
	source := l.Source
	if l.Beside != "" {
		source += " ＝ " + l.Beside
	}
	return l.At.In(campaign.Beijing).Format("2006-01-02 15:04:05") + "  " + source + "  " + l.Text
}

// Timeline merges the histories of one institution with its ledger leaves, in
// the order of their times; what the engine wrote in an order keeps it, also where
// a skipped clock ran back. Workflow tasks that went well are left out: they only
// tell that the engine asked the code what comes next. Where history and ledger do
// not say the same, the line says so. A campaign's history among those of an
// institution is only compared: its lines are of everybody.
func Timeline(histories []History, leaves []store.Leaf) []Line {
	choices, known := frozen(histories)
	return timeline(histories, leaves, differences(histories, leaves), choices, known)
}

// placed is a line with the time by which it is ordered.
type placed struct {
	Line
	place time.Time
}

func timeline(histories []History, leaves []store.Leaf, differ notes, choices rubric.Choices, known bool) []Line {
	same := sameMoments(histories, leaves)
	all := historyLines(histories, same, differ)
	letters := lettersOf(leaves, same)
	for i, l := range leaves {
		reading := readBy(l.Kind, choices, known)
		line := Line{At: l.At, Source: fmt.Sprintf("账本 %d", l.Idx), Beside: same.names[l.Idx], Leaf: &leaves[i], Event: same.leaves[l.Idx],
			Reading: reading, Mail: letters[l.Idx], Differ: differ.leaves[l.Idx]}
		line.Text = marked(leafText(l)+word(reading != "", "（口径："+reading+"）", ""), line.Differ)
		all = append(all, placed{line, l.At})
	}
	slices.SortStableFunc(all, func(a, b placed) int { return a.place.Compare(b.place) })
	lines := make([]Line, len(all))
	for i, p := range all {
		lines[i] = p.Line
	}
	return lines
}

func historyLines(histories []History, same moments, differ notes) (all []placed) {
	runs := map[string]int{}
	for _, h := range histories {
		runs[h.WorkflowID]++
		if aside(h, histories) {
			continue
		}
		t := newTeller(h, runs[h.WorkflowID])
		var last time.Time
		for _, e := range h.Events {
			at := e.GetEventTime().AsTime()
			if at.After(last) {
				last = at
			}
			if text := t.tell(e); text != "" {
				line := Line{At: at, Source: fmt.Sprintf("%s 事件 %d", t.name, e.GetEventId()), Beside: ledgerPlace(same.events[h.RunID], e.GetEventId()), Moved: movesClock(e.GetEventType()),
					Event: Event{h.WorkflowID, h.RunID, e.GetEventId()}, Told: text, Differ: differ.events[h.RunID][e.GetEventId()]}
				line.Text = marked(text, line.Differ)
				all = append(all, placed{line, last})
			}
		}
	}
	return all
}

// aside tells whether a history is the campaign's among an institution's.
func aside(h History, all []History) bool {
	return h.Type == contract.CampaignType && slices.ContainsFunc(all, func(o History) bool { return o.Type == contract.YearType })
}

// teller remembers what later events of the same history refer to.
type teller struct {
	name     string
	timers   map[int64]string // by the event that started them
	steps    map[int64]string // by the event that scheduled them
	attempts map[int64]int32
	messages map[int64]string // by the event that accepted them
}

func newTeller(h History, run int) *teller {
	t := &teller{name: flowName(h.Type), timers: map[int64]string{}, steps: map[int64]string{}, attempts: map[int64]int32{}, messages: map[int64]string{}}
	if run > 1 {
		t.name += fmt.Sprintf("（第 %d 段）", run)
	}
	return t
}

// tell gives an event as a sentence; "" leaves it out.
func (t *teller) tell(e *historypb.HistoryEvent) string {
	for _, about := range []func(*historypb.HistoryEvent) (string, bool){t.life, t.timer, t.step, t.message, t.child, t.engine} {
		if text, ok := about(e); ok {
			return text
		}
	}
	return "引擎事件：" + e.GetEventType().String()
}

// life tells how a workflow begins and ends.
func (t *teller) life(e *historypb.HistoryEvent) (string, bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		a := e.GetWorkflowExecutionStartedEventAttributes()
		text := "流程启动"
		if a.GetContinuedExecutionRunId() != "" {
			text = "流程接续上一段"
		}
		if a.GetParentWorkflowExecution() != nil {
			text += "，由 " + a.GetParentWorkflowExecution().GetWorkflowId() + " 发起"
		}
		return text + brief(a.GetInput()), true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		return "流程结束" + brief(e.GetWorkflowExecutionCompletedEventAttributes().GetResult()), true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		return "本段历史已满，流程另起一段继续", true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return "流程失败" + why(e.GetWorkflowExecutionFailedEventAttributes().GetFailure()), true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return "流程超时结束", true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
		return "流程被人工终止", true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		return "要求取消流程", true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return "流程已取消", true
	}
	return "", false
}

func (t *teller) timer(e *historypb.HistoryEvent) (string, bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_TIMER_STARTED:
		until := e.GetEventTime().AsTime().Add(e.GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration())
		name := summary(e)
		if name == "" {
			name = "等待"
		}
		t.timers[e.GetEventId()] = name
		return "开始计时：" + name + "，至 " + moment(until), true
	case enumspb.EVENT_TYPE_TIMER_FIRED:
		return "计时届满：" + t.timers[e.GetTimerFiredEventAttributes().GetStartedEventId()], true
	case enumspb.EVENT_TYPE_TIMER_CANCELED:
		return "停止计时：" + t.timers[e.GetTimerCanceledEventAttributes().GetStartedEventId()], true
	}
	return "", false
}

// step tells of the activities; a start is kept for its number of attempts.
func (t *teller) step(e *historypb.HistoryEvent) (string, bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		a := e.GetActivityTaskScheduledEventAttributes()
		name := summary(e)
		if name == "" {
			name = stepName(a.GetActivityType().GetName())
		}
		t.steps[e.GetEventId()] = name
		return "安排步骤：" + name + brief(a.GetInput()), true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
		a := e.GetActivityTaskStartedEventAttributes()
		t.attempts[a.GetScheduledEventId()] = a.GetAttempt()
		return "", true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		a := e.GetActivityTaskCompletedEventAttributes()
		return "完成步骤：" + t.tried(a.GetScheduledEventId()) + brief(a.GetResult()), true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		a := e.GetActivityTaskFailedEventAttributes()
		return "步骤失败：" + t.tried(a.GetScheduledEventId()) + why(a.GetFailure()), true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		a := e.GetActivityTaskTimedOutEventAttributes()
		return "步骤超时：" + t.tried(a.GetScheduledEventId()), true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		return "步骤取消：" + t.tried(e.GetActivityTaskCanceledEventAttributes().GetScheduledEventId()), true
	}
	return "", false
}

// tried is a step's name with its attempts, when it took more than one.
func (t *teller) tried(scheduled int64) string {
	if n := t.attempts[scheduled]; n > 1 {
		return fmt.Sprintf("%s（第 %d 次尝试）", t.steps[scheduled], n)
	}
	return t.steps[scheduled]
}

func (t *teller) message(e *historypb.HistoryEvent) (string, bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		in := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput()
		name := MessageName(in.GetName())
		t.messages[e.GetEventId()] = name
		return "接收消息：" + name + brief(in.GetArgs()), true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
		a := e.GetWorkflowExecutionUpdateCompletedEventAttributes()
		name := t.messages[a.GetAcceptedEventId()]
		if f := a.GetOutcome().GetFailure(); f != nil {
			return "消息未能办结：" + name + why(f), true
		}
		return "消息办结：" + name + brief(a.GetOutcome().GetSuccess()), true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		return "收到信号：" + e.GetWorkflowExecutionSignaledEventAttributes().GetSignalName(), true
	}
	return "", false
}

func (t *teller) child(e *historypb.HistoryEvent) (string, bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
		a := e.GetStartChildWorkflowExecutionInitiatedEventAttributes()
		return fmt.Sprintf("发起%s %s", flowName(a.GetWorkflowType().GetName()), a.GetWorkflowId()), true
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
		return "未能发起 " + e.GetStartChildWorkflowExecutionFailedEventAttributes().GetWorkflowId() + "：该流程已存在", true
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
		return e.GetChildWorkflowExecutionStartedEventAttributes().GetWorkflowExecution().GetWorkflowId() + " 已启动", true
	case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
		a := e.GetChildWorkflowExecutionCompletedEventAttributes()
		return a.GetWorkflowExecution().GetWorkflowId() + " 已结束" + brief(a.GetResult()), true
	}
	return "", false
}

// engine tells what the engine itself notes; its ordinary work is left out.
func (t *teller) engine(e *historypb.HistoryEvent) (string, bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
		return "", true
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		cause := e.GetWorkflowTaskFailedEventAttributes().GetCause()
		if cause == enumspb.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND {
			return "推进时恰有新事件到达，引擎要求重新推进", true
		}
		return "流程代码未能推进，等待重试：" + cause.String(), true
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		return "流程代码未及时应答，等待重试", true
	case enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
		fields := e.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes().GetIndexedFields()
		var stage campaign.Stage
		if read(fields[contract.StageKey.GetName()], &stage) {
			return "检索标记：" + stage.Chinese(), true
		}
		return "更新检索标记", true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
		return "调整运行选项（演练快进）", true
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED:
		a := e.GetWorkflowExecutionTimeSkippingTransitionedEventAttributes()
		if a.GetDisabledAfterFastForward() {
			return "演练快进到位", true
		}
		return "演练时间快进至 " + moment(a.GetTargetTime().AsTime()), true
	}
	return "", false
}

// movesClock tells the events by which a rehearsal moves an execution's clock.
func movesClock(t enumspb.EventType) bool {
	return t == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED || t == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED
}

// moment is a Beijing time to the minute.
func moment(t time.Time) string { return t.In(campaign.Beijing).Format("2006-01-02 15:04") }

// rows writes 第 3、7 项.
func rows(all []int) string {
	if len(all) == 0 {
		return ""
	}
	return "第 " + strings.ReplaceAll(strings.Trim(fmt.Sprint(all), "[]"), " ", "、") + " 项"
}
