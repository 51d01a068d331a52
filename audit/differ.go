package audit

import (
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// telling is a message of which the ledger must hold the fact, and a fact of
// which the year's workflow is told.
type telling struct {
	id     string // kind/version or kind/reviewer
	digest string
}

// toldBy are the facts that an institution's year is told of one by one.
var toldBy = map[string]string{
	contract.PlanInMsg.Name: "plan", contract.PlanDecidedMsg.Name: "plan-review", contract.SelfScoreInMsg.Name: "self-score", contract.SheetInMsg.Name: "sheet",
}

// toldByRow are those of which one message tells several rows.
var toldByRow = map[string]string{contract.AppealInMsg.Name: "appeal", contract.AppealDecidedMsg.Name: "appeal-ruling"}

// notes are what a timeline says of the differences between histories and
// ledger: by history and event, and by index.
type notes struct {
	events map[string]map[int64]string // by run
	leaves map[int64]string
}

// mayBeUntold tells of a fact of which a workflow need not be told: what its own
// clock did, the act with which it began, what is done when it is over. An
// extension or an end of a seat is told only to a year that still waits for it.
func mayBeUntold(l store.Leaf, runs map[string]bool) bool {
	b, ref := bodyOf(l), campaign.Ref{Year: l.Year, Code: l.Code}
	switch l.Kind {
	case "warning-act", "extension", "seat-end":
		return true
	case "incident-act":
		return b.Role == "clock" || b.Number == 1 || alone[aloneWord(l)] != "" || !runs[ref.IncidentID(b.N)]
	case "clearance-act":
		return alone[aloneWord(l)] != "" || !runs[ref.ClearanceID(b.N)]
	}
	return false
}

// differences compares what a year's histories were told with what its ledger
// holds, both ways. Without a history of the year there is nothing to compare.
func differences(histories []History, leaves []store.Leaf) notes {
	out := notes{map[string]map[int64]string{}, map[int64]string{}}
	heard, began := heardIn(histories)
	if !began {
		return out
	}
	known, runs := map[string]string{}, map[string]bool{}
	for _, h := range histories {
		runs[h.WorkflowID] = true
	}
	for _, l := range leaves {
		t, ok := factOf(l)
		if !ok {
			continue
		}
		known[t.id] = t.digest
		if at, ok := heard[t.id]; !ok {
			if mayBeUntold(l, runs) {
				continue
			}
			out.leaves[l.Idx] = "流程历史没有相应消息：尚未送达，或流程当时已不接收"
		} else if at.digest != t.digest {
			out.leaves[l.Idx] = "与流程历史所载的内容摘要不同"
		}
	}
	for id, at := range heard {
		if digest, ok := known[id]; !ok {
			out.event(at.run, at.event, "账本没有相应记录")
		} else if digest != at.digest {
			out.event(at.run, at.event, "与账本所载的内容摘要不同")
		}
	}
	out.unwritten(histories, leaves)
	return out
}

// heardAt is where a history heard a fact.
type heardAt struct {
	telling
	run   string
	event int64
}

func heardIn(histories []History) (heard map[string]heardAt, began bool) {
	heard = map[string]heardAt{}
	for _, h := range histories {
		began = began || h.Type == contract.YearType
		for _, e := range h.Events {
			for _, t := range tellingsIn(e) {
				heard[t.id] = heardAt{t, h.RunID, e.GetEventId()}
			}
		}
	}
	return heard, began
}

// tellingsIn are the facts that an event tells a workflow; an appeal and its
// decision tell of several rows.
func tellingsIn(e *historypb.HistoryEvent) (all []telling) {
	if e.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED {
		return nil
	}
	request := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest()
	name, args := request.GetInput().GetName(), request.GetInput().GetArgs().GetPayloads()
	var in struct {
		Version, Seat    int
		Rows             []int
		Reviewer, Digest string
		Accepted         bool
		Task             campaign.Task
		Day              campaign.Day
		At               time.Time
	}
	if len(args) == 0 || !read(args[0], &in) {
		return nil
	}
	if kind := toldBy[name]; kind != "" {
		return []telling{sameFact(kind, in.Version, in.Reviewer, in.Digest, in.Accepted)}
	}
	rest, n, _ := cutLast(request.GetMeta().GetUpdateId()) // its key names the number of the act
	_, of, _ := cutLast(rest)
	switch name {
	case contract.WarningDoneMsg.Name:
		return []telling{{"warning-act/" + n, in.Digest}}
	case contract.IncidentDoneMsg.Name:
		return []telling{{"incident-act/" + of + "/" + n, in.Digest}}
	case contract.ClearanceDoneMsg.Name:
		return []telling{{"clearance-act/" + of + "/" + n, in.Digest}}
	case contract.ExtendMsg.Name:
		return []telling{{fmt.Sprintf("extension/%s/%s", in.Task, in.Day), ""}}
	case contract.SuspendMsg.Name:
		return []telling{{"suspension/" + n, ""}}
	case contract.ResumeMsg.Name: // its key ends in the number of the suspension and "end"; an extension comes along
		all = []telling{{"suspension-end/" + of, ""}}
		if in.Day != "" {
			all = append(all, telling{fmt.Sprintf("extension/%s/%s", in.Task, in.Day), ""})
		}
		return all
	case contract.SeatVacatedMsg.Name:
		return []telling{{fmt.Sprintf("seat-end/%d/%d", in.Seat, in.At.Unix()), ""}}
	}
	for _, row := range in.Rows {
		if kind := toldByRow[name]; kind != "" {
			all = append(all, telling{id: fmt.Sprintf("%s/%d", kind, row)})
		}
	}
	return all
}

func cutLast(key string) (before, after string, ok bool) {
	i := strings.LastIndexByte(key, '/')
	return key[:max(i, 0)], key[i+1:], i >= 0
}

func factOf(l store.Leaf) (telling, bool) {
	b := bodyOf(l)
	switch l.Kind {
	case "plan", "plan-review", "self-score", "sheet":
		return sameFact(l.Kind, b.Version, b.Reviewer, b.Digest, b.Accepted), true
	case "appeal", "appeal-ruling":
		return telling{id: fmt.Sprintf("%s/%d", l.Kind, b.Row)}, true
	case "warning-act":
		return telling{fmt.Sprintf("%s/%d", l.Kind, b.N), b.Text}, true
	case "incident-act", "clearance-act":
		return telling{fmt.Sprintf("%s/%d/%d", l.Kind, b.N, b.Number), b.Digest}, true
	case "extension":
		return telling{fmt.Sprintf("%s/%s/%s", l.Kind, b.Task, b.Day), ""}, true
	case "suspension", "suspension-end":
		return telling{fmt.Sprintf("%s/%d", l.Kind, b.N), ""}, true
	case "seat-end":
		return telling{fmt.Sprintf("%s/%d/%d", l.Kind, b.Seat, l.At.Unix()), ""}, true
	}
	return telling{}, false
}

// sameFact names a fact the same on both sides; a decision on a plan is its own content.
func sameFact(kind string, version int, reviewer, digest string, accepted bool) telling {
	if kind == "plan-review" {
		digest = fmt.Sprint(accepted)
	}
	return telling{fmt.Sprintf("%s/%d%s", kind, version, reviewer), digest}
}

// marked is a line's text with what differs.
func marked(text, difference string) string {
	if difference == "" {
		return text
	}
	return text + "〔不一致：" + difference + "〕"
}

// askedStep is a step that a history asked for.
type askedStep struct {
	name  string
	in    stepIn
	event int64
	done  bool
}

func stepsOf(h History) (all []askedStep) {
	at := map[int64]int{}
	for _, e := range h.Events {
		if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
			at[e.GetEventId()] = len(all)
			all = append(all, askedStep{a.GetActivityType().GetName(), stepInput(a), e.GetEventId(), false})
		}
		if i, ok := at[e.GetActivityTaskCompletedEventAttributes().GetScheduledEventId()]; ok {
			all[i].done = true
		}
	}
	return all
}

// always is the one record that a step never ends without, as the ledger would
// name it; "" when it may have had nothing to write.
func (s askedStep) always() string {
	switch s.name {
	case contract.Enter.Name:
		return "stage:" + s.in.Stage
	case contract.Serve.Name:
		return "result:1"
	case contract.Conclude.Name:
		return "outcome"
	}
	return ""
}

// unwritten marks steps that ended without their record, and records that only a
// step writes but none was asked for.
func (n notes) unwritten(histories []History, leaves []store.Leaf) {
	written, same, cases := map[string]bool{}, sameMoments(histories, leaves), false
	for _, l := range leaves {
		for _, mark := range marksOfLeaf(l) {
			written[mark] = true
		}
	}
	for _, h := range histories {
		cases = cases || h.Type == contract.WarningType
		for _, s := range stepsOf(h) {
			if mark := s.always(); s.done && mark != "" && !written[mark] {
				n.event(h.RunID, s.event, "账本没有相应记录")
			}
		}
	}
	for _, l := range leaves {
		_, paired := same.leaves[l.Idx]
		switch l.Kind {
		case "stage", "result", "outcome", "left":
		case "warning-state":
			paired = paired || !cases
		default:
			continue
		}
		if !paired && n.leaves[l.Idx] == "" {
			n.leaves[l.Idx] = "流程历史没有相应步骤"
		}
	}
}

func (n notes) event(run string, id int64, say string) {
	if n.events[run] == nil {
		n.events[run] = map[int64]string{}
	}
	n.events[run][id] = say
}

// lastStages are the stages that the score book may stand at: the one that the
// year's own history entered last, and any that it has asked for since.
func lastStages(histories []History) (all []campaign.Stage, at Event) {
	for _, h := range histories {
		if h.Type != contract.YearType {
			continue
		}
		for _, s := range stepsOf(h) {
			stage := campaign.Stage(s.in.Stage)
			switch s.name {
			case contract.Enter.Name:
			case contract.Departing.Name:
				stage = campaign.Left
			default:
				continue
			}
			if at = (Event{h.WorkflowID, h.RunID, s.event}); s.done {
				all = nil
			}
			all = append(all, stage)
		}
	}
	return all, at
}
