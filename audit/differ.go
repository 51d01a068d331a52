package audit

import (
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

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

// differences compares what a year's histories were told with what its ledger
// holds, both ways. Without a history of the year there is nothing to compare.
func differences(histories []History, leaves []store.Leaf) notes {
	out := notes{map[string]map[int64]string{}, map[int64]string{}}
	heard, began := heardIn(histories)
	if !began {
		return out
	}
	known := map[string]string{}
	for _, l := range leaves {
		t, ok := factOf(l)
		if !ok {
			continue
		}
		known[t.id] = t.digest
		if at, ok := heard[t.id]; !ok {
			if l.Kind == "warning-act" {
				continue // what the clock did, and what was done when the case's flow was over, is told to nobody
			}
			out.leaves[l.Idx] = "流程历史没有相应消息：尚未送达，或流程当时已不接收"
		} else if at.digest != t.digest {
			out.leaves[l.Idx] = "与流程历史所载的内容摘要不同"
		}
	}
	for id, at := range heard {
		if out.events[at.run] == nil {
			out.events[at.run] = map[int64]string{}
		}
		if digest, ok := known[id]; !ok {
			out.events[at.run][at.event] = "账本没有相应记录"
		} else if digest != at.digest {
			out.events[at.run][at.event] = "与账本所载的内容摘要不同"
		}
	}
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
		Version          int
		Rows             []int
		Reviewer, Digest string
		Accepted         bool
	}
	if len(args) == 0 || !read(args[0], &in) {
		return nil
	}
	if kind := toldBy[name]; kind != "" {
		return []telling{sameFact(kind, in.Version, in.Reviewer, in.Digest, in.Accepted)}
	}
	if name == contract.WarningDoneMsg.Name { // its key names the number of the act
		_, n, _ := cutLast(request.GetMeta().GetUpdateId())
		return []telling{{"warning-act/" + n, in.Digest}}
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
