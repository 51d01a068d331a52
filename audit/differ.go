package audit

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

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
			if e.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED {
				continue
			}
			in := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput()
			if t, ok := tellingOf(toldBy[in.GetName()], in.GetArgs()); ok {
				heard[t.id] = heardAt{t, h.RunID, e.GetEventId()}
			}
		}
	}
	return heard, began
}

func tellingOf(kind string, args *commonpb.Payloads) (telling, bool) {
	var in struct {
		Version          int
		Reviewer, Digest string
		Accepted         bool
	}
	if kind == "" || len(args.GetPayloads()) == 0 || !read(args.GetPayloads()[0], &in) {
		return telling{}, false
	}
	return sameFact(kind, in.Version, in.Reviewer, in.Digest, in.Accepted), true
}

func factOf(l store.Leaf) (telling, bool) {
	for _, kind := range toldBy {
		if kind == l.Kind {
			b := bodyOf(l)
			return sameFact(kind, b.Version, b.Reviewer, b.Digest, b.Accepted), true
		}
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
