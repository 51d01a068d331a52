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

// moments tie the two records of one moment: by run and event the indexes in the
// ledger, by index the event and what it is called.
type moments struct {
	events map[string]map[int64][]int64
	leaves map[int64]Event
	names  map[int64]string
}

// marksOf are the words by which the ledger would know an event again: the fact
// that it tells, the message whose letter is a receipt, what its step writes, the
// matter with which a workflow begins, the run that it ends.
func marksOf(h History, e *historypb.HistoryEvent) (all []string) {
	for _, t := range tellingsIn(e) {
		all = append(all, t.id)
	}
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		return []string{"start:" + h.WorkflowID}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return []string{"end:" + h.RunID}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		if id := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetMeta().GetUpdateId(); id != "" {
			all = append(all, "message:"+id)
		}
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		a := e.GetActivityTaskScheduledEventAttributes()
		in, name := stepInput(a), a.GetActivityType().GetName()
		for _, what := range wrote[name] {
			all = append(all, instant(what, in))
		}
		for _, kind := range printed[name] {
			all = append(all, paperMark(kind, in.At))
		}
	}
	return all
}

func paperMark(kind campaign.Paper, at time.Time) string {
	return fmt.Sprintf("paper:%s@%s", kind, campaign.DayOf(at))
}

// stepIn is what steps are asked, as far as their records repeat it.
type stepIn struct {
	At                time.Time
	Stage, State, Act string
}

func stepInput(a *historypb.ActivityTaskScheduledEventAttributes) (in stepIn) {
	if args := a.GetInput().GetPayloads(); len(args) > 0 {
		read(args[0], &in)
	}
	return in
}

// instant names what a step wrote by its second: the store keeps less of a time
// than a history does. What happens once in a year is named by itself.
func instant(what string, in stepIn) string {
	switch what {
	case "stage":
		return what + ":" + in.Stage
	case "outcome", "result:1", "result:2":
		return what
	case "warning-state":
		what += ":" + in.State
	case "warning-act":
		what += ":" + in.Act
	}
	return fmt.Sprintf("%s@%d", what, in.At.Unix())
}

// marksOfLeaf are the same words, as the ledger has them.
func marksOfLeaf(l store.Leaf) (all []string) {
	if t, ok := factOf(l); ok {
		all = append(all, t.id)
	}
	b, ref := bodyOf(l), campaign.Ref{Year: l.Year, Code: l.Code}
	switch l.Kind {
	case "mail":
		return append(all, letterMarks(b.Key, l.At)...)
	case "paper", "paper-order":
		parts := strings.Split(b.Key, "/") // 2027/CNCA-R-2002-001/paper/result/1
		if len(parts) > 3 && parts[2] == "paper" {
			all = append(all, paperMark(campaign.Paper(parts[3]), l.At))
		}
		return all
	case "history":
		return append(all, "end:"+b.Run)
	case "entry":
		all = append(all, "start:"+ref.ID())
	case "warning":
		all = append(all, "start:"+ref.WarningID())
	case "incident":
		all = append(all, "start:"+ref.IncidentID(b.N))
	case "incident-act":
		if all = append([]string{instant(l.Kind, stepIn{At: l.At})}, all...); b.Number == 1 { // with which the workflow begins
			all = append(all, "start:"+ref.IncidentID(b.N))
		}
		return all
	case "clearance":
		all = append(all, "start:"+ref.ClearanceID(b.N))
	}
	kind := l.Kind
	if kind == "result" {
		kind = fmt.Sprintf("result:%d", b.Version)
	}
	if kind == "warning-act" && b.Role != "clock" { // a person's act is told to the workflow
		return all
	}
	return append(all, instant(kind, stepIn{l.At, string(b.Stage), string(b.State), string(b.Act)}))
}

// letterMarks are those of a letter: a receipt and an answer have the key of the
// message that was sent with them, all others are known by their moment.
func letterMarks(key string, at time.Time) (all []string) {
	of, last, _ := cutLast(key)
	if last == "receipt" || last == "mail" || last == "decider" {
		all = append(all, "message:"+of)
	}
	parts := strings.Split(key, "/")
	if len(parts) < 3 {
		return all
	}
	if of := strings.TrimSuffix(key, "/0/receipt"); of != key { // of the filing with which a workflow begins
		all = append(all, "start:"+of)
	}
	word := parts[2]
	if slices.Contains(parts[3:], "remind") {
		word = "remind"
	}
	return append(all, instant("mail:"+word, stepIn{At: at}))
}

// sameMoments finds what both records hold: the facts that a workflow was told
// of, what its steps wrote, and the letters that they asked for.
func sameMoments(histories []History, leaves []store.Leaf) moments {
	out := moments{map[string]map[int64][]int64{}, map[int64]Event{}, map[int64]string{}}
	type place struct {
		Event
		name string
	}
	places, runs := map[string]place{}, map[string]int{}
	for _, h := range histories {
		runs[h.WorkflowID]++
		name := newTeller(h, runs[h.WorkflowID]).name
		for _, e := range h.Events {
			for _, mark := range marksOf(h, e) {
				if _, known := places[mark]; !known {
					places[mark] = place{Event{h.WorkflowID, h.RunID, e.GetEventId()}, name}
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
			if out.events[p.Run] == nil {
				out.events[p.Run] = map[int64][]int64{}
			}
			out.events[p.Run][p.ID] = append(out.events[p.Run][p.ID], l.Idx)
			out.leaves[l.Idx], out.names[l.Idx] = p.Event, fmt.Sprintf("%s 事件 %d", p.name, p.ID)
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

// readBy are the readings by which a decision on points was made; "" of anything else.
func readBy(kind string, c rubric.Choices, known bool) string {
	if !known || kind != "result" && kind != "event-ruling" && kind != "event-amendment" && kind != "appeal-ruling" {
		return ""
	}
	return c.Words()
}

// lettersOf gives each leaf the key of the letter that its moment sent, or that it is.
func lettersOf(leaves []store.Leaf, same moments) map[int64]string {
	of, sent := map[int64]string{}, map[Event]string{}
	for _, l := range leaves {
		switch key := bodyOf(l).Key; l.Kind {
		case "mail":
			of[l.Idx] = key
			if at, paired := same.leaves[l.Idx]; paired && sent[at] == "" {
				sent[at] = key
			}
		case "delivery", "reply":
			of[l.Idx] = key
		}
	}
	for _, l := range leaves {
		if at, paired := same.leaves[l.Idx]; paired && of[l.Idx] == "" && sent[at] != "" {
			of[l.Idx] = sent[at]
		}
	}
	return of
}
