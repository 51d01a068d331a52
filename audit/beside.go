package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// moments tie the two records of one moment: by run and event the indexes in the
// ledger, by index the event.
type moments struct {
	events map[string]map[int64][]int64
	leaves map[int64]string
}

// wrote are the records that a step leaves at the instant that it is asked for,
// letters by the first word of their keys.
var wrote = map[string][]string{
	contract.Enter.Name:    {"stage", "mail:launch", "mail:self-score"},
	contract.Remind.Name:   {"mail:remind", "mail:alert"},
	contract.Quarter.Name:  {"mail:quarter"},
	contract.Seat.Name:     {"seat", "mail:seat"},
	contract.Serve.Name:    {"result", "mail:result"},
	contract.Decider.Name:  {"decider", "mail:decider"},
	contract.Finalize.Name: {"result", "mail:final", "mail:appeal-decision"},
	contract.Conclude.Name: {"outcome", "mail:report", "mail:certificate", "mail:published"},
	contract.Alert.Name:    {"mail:alert"},
	contract.Warn.Name:     {"warning-state", "mail:warning"},

	contract.IncidentRemind.Name: {"mail:incident"}, contract.IncidentBreach.Name: {"mail:alert"}, contract.ClearanceCall.Name: {"mail:clearance"},
}

// marksOf are the words by which the ledger would know an event again: the fact
// that it tells, the message whose letter is a receipt, what its step writes.
func marksOf(e *historypb.HistoryEvent) (all []string) {
	for _, t := range tellingsIn(e) {
		all = append(all, t.id)
	}
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		if id := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetMeta().GetUpdateId(); id != "" {
			all = append(all, "message:"+id)
		}
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		a := e.GetActivityTaskScheduledEventAttributes()
		var in struct {
			At           time.Time
			Stage, State string
		}
		if args := a.GetInput().GetPayloads(); len(args) == 0 || !read(args[0], &in) {
			return all
		}
		for _, what := range wrote[a.GetActivityType().GetName()] {
			all = append(all, instant(what, in.Stage, in.State, in.At))
		}
	}
	return all
}

// instant names what a step wrote by its second: the store keeps less of a time
// than a history does. A stage is entered once, so its name is enough.
func instant(what, stage, state string, at time.Time) string {
	switch what {
	case "stage":
		return what + ":" + stage
	case "warning-state":
		what += ":" + state
	}
	return fmt.Sprintf("%s@%d", what, at.Unix())
}

// marksOfLeaf are the same words, as the ledger has them.
func marksOfLeaf(l store.Leaf) (all []string) {
	if t, ok := factOf(l); ok {
		all = append(all, t.id)
	}
	b := bodyOf(l)
	if l.Kind != "mail" {
		return append(all, instant(l.Kind, string(b.Stage), string(b.State), l.At))
	}
	if of, ok := strings.CutSuffix(b.Key, "/receipt"); ok {
		all = append(all, "message:"+of)
	}
	parts := strings.Split(b.Key, "/")
	if len(parts) < 3 {
		return all
	}
	word := parts[2]
	if slices.Contains(parts[3:], "remind") {
		word = "remind"
	}
	return append(all, instant("mail:"+word, "", "", l.At))
}

// sameMoments finds what both records hold: the facts that a workflow was told
// of, what its steps wrote, and the letters that they asked for.
func sameMoments(histories []History, leaves []store.Leaf) moments {
	out := moments{map[string]map[int64][]int64{}, map[int64]string{}}
	type place struct {
		name, run string
		event     int64
	}
	places, runs := map[string]place{}, map[string]int{}
	for _, h := range histories {
		runs[h.WorkflowID]++
		name := newTeller(h, runs[h.WorkflowID]).name
		for _, e := range h.Events {
			for _, mark := range marksOf(e) {
				if _, known := places[mark]; !known {
					places[mark] = place{name, h.RunID, e.GetEventId()}
				}
			}
		}
	}
	for _, l := range leaves {
		for _, mark := range marksOfLeaf(l) {
			p, ok := places[mark]
			if !ok {
				continue
			}
			if out.events[p.run] == nil {
				out.events[p.run] = map[int64][]int64{}
			}
			out.events[p.run][p.event] = append(out.events[p.run][p.event], l.Idx)
			out.leaves[l.Idx] = fmt.Sprintf("%s 事件 %d", p.name, p.event)
			break
		}
	}
	return out
}

// ledgerPlace is where the ledger has an event's moment; "" nowhere.
func ledgerPlace(by map[int64][]int64, event int64) string {
	all := by[event]
	if len(all) == 0 {
		return ""
	}
	return "账本 " + strings.ReplaceAll(strings.Trim(fmt.Sprint(all), "[]"), " ", "、")
}

// frozen are the readings that a year was begun with, from its own history.
func frozen(histories []History) (c rubric.Choices, known bool) {
	for _, h := range histories {
		if h.Type != contract.YearType || len(h.Events) == 0 {
			continue
		}
		var in contract.YearInput
		if args := h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads(); len(args) > 0 && read(args[0], &in) {
			return in.Rules.Settings.Readings, true
		}
	}
	return nil, false
}

// readBy is a leaf's text, of a decision on points with the readings it was made by.
func readBy(text, kind string, c rubric.Choices, known bool) string {
	if !known || kind != "result" && kind != "event-ruling" && kind != "appeal-ruling" {
		return text
	}
	return text + "（口径：" + c.String() + "）"
}
