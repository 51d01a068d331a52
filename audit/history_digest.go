package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"

	"xuanping/contract"
	"xuanping/store"
)

// Plain is a history in the form that is digested and sealed: the engine's JSON
// without spaces, which its printer varies on purpose.
func (h History) Plain() ([]byte, error) {
	var b, plain bytes.Buffer
	if err := Save(h, &b); err != nil {
		return nil, err
	}
	if err := json.Compact(&plain, b.Bytes()); err != nil {
		return nil, err
	}
	plain.WriteByte('\n')
	return plain.Bytes(), nil
}

// Digest is the sha256 of the plain form, which a sealed archive lists too.
func (h History) Digest() (string, error) {
	b, err := h.Plain()
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// Ended tells whether the run is over: nothing is added to its history any more.
func (h History) Ended() bool {
	if len(h.Events) == 0 {
		return false
	}
	switch h.Events[len(h.Events)-1].GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		return true
	}
	return false
}

// EndedSince fetches the histories of the runs that ended and are not noted yet.
func EndedSince(ctx context.Context, c contract.Client, namespace string, year int, noted []store.HistoryNote) ([]History, error) {
	found, err := executions(ctx, c, namespace, fmt.Sprintf(`%s = %d and ExecutionStatus != "Running"`, contract.YearKey.GetName(), year), 0)
	if err != nil {
		return nil, err
	}
	var all []History
	for _, e := range found {
		if slices.ContainsFunc(noted, func(n store.HistoryNote) bool { return n.Workflow == e.GetWorkflowId() && n.Run == e.GetRunId() }) {
			continue
		}
		h, err := fetch(ctx, c, e, 0)
		if err != nil {
			return nil, err
		}
		if h.Ended() {
			all = append(all, h)
		}
	}
	return all, nil
}

// HistoryFault is a history that is not the one that was noted when its run ended.
type HistoryFault struct{ Workflow, Run, Say string }

// String is the fault as a line of a report.
func (f HistoryFault) String() string {
	return fmt.Sprintf("%s（%s）：%s", f.Workflow, f.Run, f.Say)
}

// CompareHistories holds histories against what the ledger noted of them when
// their runs ended; same are those that did not change. A history that the engine
// no longer keeps is not a fault of its own: an archive holds it.
func CompareHistories(histories []History, noted []store.HistoryNote) (same int, faults []HistoryFault, err error) {
	by := map[[2]string]store.HistoryNote{}
	for _, n := range noted {
		by[[2]string{n.Workflow, n.Run}] = n
	}
	for _, h := range histories {
		n, ok := by[[2]string{h.WorkflowID, h.RunID}]
		if !ok {
			continue
		}
		digest, err := h.Digest()
		switch {
		case err != nil:
			return same, faults, err
		case len(h.Events) != n.Events:
			faults = append(faults, HistoryFault{h.WorkflowID, h.RunID, fmt.Sprintf("历史有 %d 个事件，办结时入账为 %d 个", len(h.Events), n.Events)})
		case digest != n.Digest:
			faults = append(faults, HistoryFault{h.WorkflowID, h.RunID, "历史的内容与办结时入账的摘要不一致，事件被改动"})
		default:
			same++
		}
	}
	return same, faults, nil
}
