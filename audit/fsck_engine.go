package audit

import (
	"context"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// Run is the newest run of a workflow, as the engine's list has it.
type Run struct {
	ID     string
	Status enumspb.WorkflowExecutionStatus
}

// Open tells whether the run goes on.
func (r Run) Open() bool {
	return r.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || r.Status == enumspb.WORKFLOW_EXECUTION_STATUS_PAUSED
}

// broken tells whether the run ended otherwise than by its own story.
func (r Run) broken() bool {
	return !r.Open() && r.Status != enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED && r.Status != enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW
}

// Runs lists the newest run of every workflow of a year.
func Runs(ctx context.Context, c contract.Client, namespace string, year int) ([]Run, error) {
	ask := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, PageSize: 500, Query: fmt.Sprintf("%s = %d", contract.YearKey.GetName(), year),
	}
	var all []Run
	seen := map[string]bool{}
	for {
		page, err := c.ListWorkflow(ctx, ask)
		if err != nil {
			return nil, fmt.Errorf("引擎未能列出 %d 年度的流程，请确认引擎可用后重试：%w", year, err)
		}
		for _, e := range page.GetExecutions() { // newest first
			if id := e.GetExecution().GetWorkflowId(); !seen[id] {
				seen[id] = true
				all = append(all, Run{id, e.GetStatus()})
			}
		}
		if ask.NextPageToken = page.GetNextPageToken(); len(ask.NextPageToken) == 0 {
			return all, nil
		}
	}
}

// engineChecks compare the score book with the engine.
var engineChecks = []invariant{
	{store.Invariant{ID: "F-84", Says: "进行中的机构年度都有运行中的流程", Rule: "R9、WF-1", Grave: true}, openYearsRun},
	{store.Invariant{ID: "F-85", Says: "已归档、已退出的机构年度的流程都已办结", Rule: "WF-1", Grave: true}, closedYearsEnded},
	{store.Invariant{ID: "F-86", Says: "未办结的风险警示案件都有运行中的流程，办结的流程都已办结", Rule: "第三十二条、RW-2", Grave: true}, casesRun},
	{store.Invariant{ID: "F-87", Says: "没有异常终止的流程", Rule: "WF-2", Grave: true}, nothingBroken},
	{store.Invariant{ID: "F-88", Says: "每个流程都有其机构年度或案件", Rule: "OP-1", Grave: true}, runsHaveRows},
}

// openYearsRun leaves out who still waits for the launch: the campaign starts it.
func openYearsRun(ctx context.Context, in *inspection) error {
	return in.entries(ctx, func(c store.Campaign, e store.Entry) error {
		runs, err := in.runsOf(ctx, c.Year)
		if err != nil || e.Stage == campaign.Invited || e.Stage == campaign.Closed || e.Stage == campaign.Left {
			return err
		}
		if r, ok := runs[e.Ref().ID()]; !ok || !r.Open() {
			in.say(place(e.Ref()), "处于“%s”，流程%s", e.Stage.Chinese(), r.word(ok))
		}
		return nil
	})
}

// closedYearsEnded lets the engine have forgotten what ended long ago.
func closedYearsEnded(ctx context.Context, in *inspection) error {
	return in.entries(ctx, func(c store.Campaign, e store.Entry) error {
		runs, err := in.runsOf(ctx, c.Year)
		if err != nil || e.Stage != campaign.Closed && e.Stage != campaign.Left {
			return err
		}
		if r, ok := runs[e.Ref().ID()]; ok && r.Open() {
			in.say(place(e.Ref()), "处于“%s”，流程仍在运行", e.Stage.Chinese())
		}
		return nil
	})
}

// casesRun leaves out a proposal: its workflow is started when the year closes.
func casesRun(ctx context.Context, in *inspection) error {
	for _, c := range in.years {
		runs, err := in.runsOf(ctx, c.Year)
		if err != nil {
			return err
		}
		all, err := in.Book.Warnings(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, w := range all {
			r, ok := runs[w.Ref().WarningID()]
			switch {
			case w.State.Ended() && ok && r.Open(), !w.State.Ended() && w.State != campaign.Proposed && (!ok || !r.Open()):
				in.say(place(w.Ref()), "案件处于“%s”，流程%s", w.State.Chinese(), r.word(ok))
			}
		}
	}
	return nil
}

func nothingBroken(ctx context.Context, in *inspection) error {
	for _, c := range in.years {
		runs, err := in.runsOf(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, r := range in.runs[c.Year] {
			if runs[r.ID].broken() {
				in.say(r.ID, "流程%s", r.word(true))
			}
		}
	}
	return nil
}

func runsHaveRows(ctx context.Context, in *inspection) error {
	for _, c := range in.years {
		known := map[string]bool{contract.CampaignID(c.Year): true}
		entries, err := in.Book.Entries(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, e := range entries {
			known[e.Ref().ID()] = true
		}
		cases, err := in.Book.Warnings(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, w := range cases {
			known[w.Ref().WarningID()] = true
		}
		incidents, err := in.Book.Incidents(ctx, campaign.Ref{Year: c.Year})
		if err != nil {
			return err
		}
		for _, i := range incidents {
			known[i.Ref().IncidentID(i.N)] = true
		}
		clearances, err := in.Book.Clearances(ctx, campaign.Ref{Year: c.Year})
		if err != nil {
			return err
		}
		for _, m := range clearances {
			known[m.Ref().ClearanceID(m.N)] = true
		}
		if _, err := in.runsOf(ctx, c.Year); err != nil {
			return err
		}
		for _, r := range in.runs[c.Year] {
			if !known[r.ID] && strings.HasPrefix(r.ID, fmt.Sprint(c.Year)) {
				in.say(r.ID, "数据库中没有它的机构年度或案件")
			}
		}
	}
	return nil
}

// word says how a run stands; ok is whether the engine knows it.
func (r Run) word(ok bool) string {
	switch {
	case !ok:
		return "不存在"
	case r.Open():
		return "仍在运行"
	case r.Status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		return "已办结"
	case r.Status == enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		return "被人为终止"
	case r.Status == enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return "被取消"
	}
	return "异常结束（" + r.Status.String() + "）"
}
