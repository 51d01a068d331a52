package audit

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// The histories in testdata were recorded on the real engine, with time
// skipping, from the three small workflows below. The one in testdata/mustfail is
// year.json as if its second step had had another name.

// tell makes these workflows known.
func tell(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(yearStory, workflow.RegisterOptions{Name: contract.YearType})
	r.RegisterWorkflowWithOptions(warningStory, workflow.RegisterOptions{Name: contract.WarningType})
	r.RegisterWorkflowWithOptions(campaignStory, workflow.RegisterOptions{Name: contract.CampaignType})
}

func yearStory(ctx workflow.Context, in contract.YearInput) (contract.YearOutcome, error) {
	plan := 0
	err := contract.PlanInMsg.Hear(ctx, func(contract.PlanIn) error { return nil }, func(_ workflow.Context, p contract.PlanIn) (contract.None, error) {
		plan = p.Version
		return contract.None{}, nil
	})
	if err != nil {
		return contract.YearOutcome{}, err
	}
	due := in.Joined.Add(30)
	if _, err := contract.Enter.Do(ctx, contract.EnterIn{Ref: in.Ref, Stage: campaign.Planning, At: workflow.Now(ctx), Due: due}); err != nil {
		return contract.YearOutcome{}, err
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, contract.StageKey.ValueSet(string(campaign.Planning))); err != nil {
		return contract.YearOutcome{}, err
	}
	in30days := workflow.AwaitOptions{Timeout: 30 * 24 * time.Hour, TimerOptions: workflow.TimerOptions{Summary: "年度宣传工作计划：催办或截止"}}
	if _, err := workflow.AwaitWithOptions(ctx, in30days, func() bool { return plan > 0 }); err != nil {
		return contract.YearOutcome{}, err
	}
	if _, err := contract.Remind.Do(ctx, contract.RemindIn{Ref: in.Ref, Task: campaign.PlanTask, Step: 1, Due: due, At: workflow.Now(ctx)}); err != nil {
		return contract.YearOutcome{}, err
	}
	if err := workflow.Await(ctx, func() bool { return plan > 0 }); err != nil {
		return contract.YearOutcome{}, err
	}
	child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: in.Ref.WarningID(), ParentClosePolicy: 2, // abandon
		TypedSearchAttributes: temporal.NewSearchAttributes(contract.YearKey.ValueSet(int64(in.Ref.Year)), contract.CodeKey.ValueSet(in.Ref.Code)),
	})
	err = workflow.ExecuteChildWorkflow(child, contract.WarningType, contract.WarningInput{Ref: in.Ref, Case: 7}).GetChildWorkflowExecution().Get(ctx, nil)
	return contract.YearOutcome{Stage: campaign.Closed, Kind: contract.OutcomeWarning, Case: 7, Total: 5550}, err
}

func warningStory(ctx workflow.Context, in contract.WarningInput) (contract.WarningOutcome, error) {
	_, err := contract.Warn.Do(ctx, contract.WarnIn{Ref: in.Ref, Case: in.Case, State: campaign.Proposed, At: workflow.Now(ctx)})
	return contract.WarningOutcome{State: campaign.Dismissed}, err
}

func campaignStory(ctx workflow.Context, in contract.CampaignInput) (contract.CampaignOutcome, error) {
	if in.Launched {
		return contract.CampaignOutcome{Institutions: 1}, nil
	}
	page := contract.PageIn{Year: in.Rules.Calendar.Year, At: workflow.Now(ctx)}
	if _, err := contract.Launch.Do(ctx, contract.LaunchIn{Page: page}); err != nil {
		return contract.CampaignOutcome{}, err
	}
	if err := workflow.Sleep(ctx, 10*24*time.Hour); err != nil {
		return contract.CampaignOutcome{}, err
	}
	in.Launched = true
	return contract.CampaignOutcome{}, workflow.NewContinueAsNewError(ctx, contract.CampaignType, in)
}
