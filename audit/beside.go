package audit

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// moments tie the two records of one moment: by run and event the index in the
// ledger, by index the event.
type moments struct {
	events map[string]map[int64]int64
	leaves map[int64]string
}

// sameMoments finds the facts that a workflow was told of, and the stages that
// it entered, in both records.
func sameMoments(histories []History, leaves []store.Leaf) moments {
	out := moments{map[string]map[int64]int64{}, map[int64]string{}}
	type place struct {
		name, run string
		event     int64
	}
	told, entered := map[string]place{}, map[campaign.Stage][]place{}
	runs := map[string]int{}
	for _, h := range histories {
		runs[h.WorkflowID]++
		name := newTeller(h, runs[h.WorkflowID]).name
		for _, e := range h.Events {
			at := place{name, h.RunID, e.GetEventId()}
			switch e.GetEventType() {
			case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
				in := e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput()
				if t, ok := tellingOf(toldBy[in.GetName()], in.GetArgs()); ok {
					told[t.id] = at
				}
			case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
				a := e.GetActivityTaskScheduledEventAttributes()
				var in struct{ Stage campaign.Stage }
				if all := a.GetInput().GetPayloads(); a.GetActivityType().GetName() == contract.Enter.Name && len(all) > 0 && read(all[0], &in) {
					entered[in.Stage] = append(entered[in.Stage], at)
				}
			}
		}
	}
	tie := func(l store.Leaf, p place) {
		if out.events[p.run] == nil {
			out.events[p.run] = map[int64]int64{}
		}
		out.events[p.run][p.event] = l.Idx
		out.leaves[l.Idx] = fmt.Sprintf("%s 事件 %d", p.name, p.event)
	}
	for _, l := range leaves {
		if t, ok := factOf(l); ok {
			if p, heard := told[t.id]; heard {
				tie(l, p)
			}
		}
		if l.Kind != "stage" {
			continue
		}
		if s := bodyOf(l).Stage; len(entered[s]) > 0 {
			tie(l, entered[s][0])
			entered[s] = entered[s][1:]
		}
	}
	return out
}

// ledgerPlace is where the ledger has an event's moment; "" nowhere.
func ledgerPlace(by map[int64]int64, event int64) string {
	if idx, ok := by[event]; ok {
		return fmt.Sprintf("账本 %d", idx)
	}
	return ""
}
