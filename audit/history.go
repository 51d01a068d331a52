package audit

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"xuanping/campaign"
	"xuanping/contract"
)

// History is all that the engine recorded of one run of a workflow.
type History struct {
	WorkflowID string
	RunID      string
	Type       string
	Events     []*historypb.HistoryEvent
}

// start is when the run began.
func (h History) start() time.Time {
	if len(h.Events) == 0 {
		return time.Time{}
	}
	return h.Events[0].GetEventTime().AsTime()
}

// readers is how many histories are fetched at once.
const readers = 8

// Histories fetches every run of a campaign's workflows, open and closed, by
// workflow id and then in the order in which the runs began.
func Histories(ctx context.Context, c contract.Client, namespace string, year int) ([]History, error) {
	found, err := executions(ctx, c, namespace, fmt.Sprintf("%s = %d", contract.YearKey.GetName(), year), 0)
	if err != nil {
		return nil, fmt.Errorf("引擎未能列出 %d 年度的流程，请确认引擎可用后重试：%w", year, err)
	}
	return fetchAll(ctx, c, found, 0)
}

// What is read of one institution at most; a real year has some five workflows
// and some hundred events in each.
const (
	mostRuns   = 100
	mostEvents = 20_000
)

// HistoriesOf fetches every run of one institution's workflows and of the
// campaign's, in whose history its seats and its publication stand; with code ""
// the campaign's alone. It tells what it had to leave out.
func HistoriesOf(ctx context.Context, c contract.Client, namespace string, ref contract.Ref) (all []History, cut string, err error) {
	query := fmt.Sprintf("WorkflowId = '%s'", contract.CampaignID(ref.Year))
	if ref.Code != "" {
		if !campaign.ValidCode(ref.Code) {
			return nil, "", campaign.Fail(campaign.Invalid, "批准号 %s 的形式不对", ref.Code)
		}
		query += fmt.Sprintf(" OR (%s = %d AND %s = '%s')", contract.YearKey.GetName(), ref.Year, contract.CodeKey.GetName(), ref.Code)
	}
	found, err := executions(ctx, c, namespace, query, mostRuns+1)
	if err != nil {
		return nil, "", fmt.Errorf("引擎未能列出 %s 的流程，请确认引擎可用后重试：%w", ref.ID(), err)
	}
	if len(found) > mostRuns {
		cut = fmt.Sprintf("流程超过 %d 个，没有逐一核对", mostRuns)
		found = found[:mostRuns]
	}
	if all, err = fetchAll(ctx, c, found, mostEvents); err != nil {
		return nil, "", err
	}
	if slices.ContainsFunc(all, func(h History) bool { return len(h.Events) == mostEvents }) {
		cut = fmt.Sprintf("有流程的历史超过 %d 个事件，没有逐一核对", mostEvents)
	}
	return all, cut, nil
}

func fetchAll(ctx context.Context, c contract.Client, found []*commonpb.WorkflowExecution, most int) ([]History, error) {
	all, errs := make([]History, len(found)), make([]error, len(found))
	var wg sync.WaitGroup
	turn := make(chan struct{}, readers)
	for i, e := range found {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			all[i], errs[i] = fetch(ctx, c, e, most)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b History) int {
		return cmp.Or(cmp.Compare(a.WorkflowID, b.WorkflowID), a.start().Compare(b.start()), cmp.Compare(a.RunID, b.RunID))
	})
	return all, nil
}

// executions lists what a query finds and the engine has, as many as most; 0: all.
func executions(ctx context.Context, c contract.Client, namespace, query string, most int) ([]*commonpb.WorkflowExecution, error) {
	var all []*commonpb.WorkflowExecution
	seen := map[string]bool{} // a list that changes while it is read may repeat itself
	ask := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, PageSize: 500, Query: query,
	}
	for {
		page, err := c.ListWorkflow(ctx, ask)
		if err != nil {
			return nil, err
		}
		for _, e := range page.GetExecutions() {
			x := e.GetExecution()
			if key := x.GetWorkflowId() + " " + x.GetRunId(); !seen[key] {
				seen[key] = true
				all = append(all, x)
			}
		}
		if ask.NextPageToken = page.GetNextPageToken(); len(ask.NextPageToken) == 0 || most > 0 && len(all) >= most {
			return present(ctx, c, all), nil
		}
	}
}

// fetch reads a history, as many events as most; 0: all.
func fetch(ctx context.Context, c contract.Client, e *commonpb.WorkflowExecution, most int) (History, error) {
	h := History{WorkflowID: e.GetWorkflowId(), RunID: e.GetRunId()}
	for it := c.GetWorkflowHistory(ctx, h.WorkflowID, h.RunID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext() && (most == 0 || len(h.Events) < most); {
		event, err := it.Next()
		if err != nil {
			return h, fmt.Errorf("流程 %s 的历史未能读出，请稍后重试：%w", h.WorkflowID, err)
		}
		h.Events = append(h.Events, event)
	}
	return h.named()
}

// named takes from the first event what the history says about itself.
func (h History) named() (History, error) {
	if len(h.Events) == 0 || h.Events[0].GetWorkflowExecutionStartedEventAttributes() == nil {
		return h, campaign.Fail(campaign.Invalid, "流程 %s 的历史不完整：第一条不是启动事件，请重新导出", h.WorkflowID)
	}
	began := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
	h.WorkflowID = cmp.Or(h.WorkflowID, began.GetWorkflowId())
	h.RunID = cmp.Or(h.RunID, began.GetOriginalExecutionRunId())
	h.Type = began.GetWorkflowType().GetName()
	return h, nil
}

// Save writes a history as the engine's own client does for
// `temporal workflow show --output json`.
func Save(h History, w io.Writer) error {
	b, err := temporalproto.CustomJSONMarshalOptions{Indent: "  "}.Marshal(&historypb.History{Events: h.Events})
	if err != nil {
		return fmt.Errorf("流程 %s 的历史未能写出：%w", h.WorkflowID, err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// maxHistory bounds what a packed history may unpack to.
const maxHistory = 256 << 20

// Load reads what Save, or the engine's own client, wrote; packed with gzip too.
func Load(r io.Reader) (History, error) {
	in := bufio.NewReader(r)
	r = in
	if head, err := in.Peek(2); err == nil && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return History{}, &campaign.Error{Kind: campaign.Invalid, Say: "历史文件的压缩数据已损坏", Err: err}
		}
		r = io.LimitReader(z, maxHistory)
	}
	all, err := client.HistoryFromJSON(r, client.HistoryJSONOptions{})
	if err != nil {
		return History{}, &campaign.Error{Kind: campaign.Invalid, Say: "历史文件无法读取，应为 temporal workflow show --output json 导出的文件", Err: err}
	}
	return History{Events: all.GetEvents()}.named()
}
