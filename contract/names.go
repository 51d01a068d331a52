package contract

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"xuanping/campaign"
)

// TaskQueue is where the workflows and steps of the year are worked on.
const TaskQueue = "xuanping"

// Names of the workflow types, as histories show them.
const (
	CampaignType = "Campaign"
	YearType     = "Year"
	WarningType  = "Warning"
)

// Search attributes by which staff find workflows in the engine.
var (
	YearKey  = temporal.NewSearchAttributeKeyInt64("XuanpingYear")
	CodeKey  = temporal.NewSearchAttributeKeyKeyword("XuanpingCode")
	StageKey = temporal.NewSearchAttributeKeyKeyword("XuanpingStage")
)

// SearchAttributes lists them for the set-up of an engine.
func SearchAttributes() map[string]enums.IndexedValueType {
	return map[string]enums.IndexedValueType{
		YearKey.GetName():  enums.INDEXED_VALUE_TYPE_INT,
		CodeKey.GetName():  enums.INDEXED_VALUE_TYPE_KEYWORD,
		StageKey.GetName(): enums.INDEXED_VALUE_TYPE_KEYWORD,
	}
}

// The nouns that steps and messages speak of.
type (
	Ref   = campaign.Ref
	Rules = campaign.Rules
	Have  = campaign.Have
)

// CampaignID is the workflow id of a campaign: 2027/campaign.
func CampaignID(year int) string { return strconv.Itoa(year) + "/campaign" }

// ReportKey is the key of the special report of a version of a year's results.
func ReportKey(year, version int) string {
	return fmt.Sprintf("%s/paper/%s/%d", CampaignID(year), campaign.ReportPaper, version)
}

// StartCampaign starts the campaign's workflow; starting it again is no error.
func StartCampaign(ctx context.Context, c client.Client, in CampaignInput) error {
	return start(ctx, c, CampaignID(in.Rules.Calendar.Year), CampaignType,
		fmt.Sprintf("%d 年度宣传工作评价", in.Rules.Calendar.Year), in,
		temporal.NewSearchAttributes(YearKey.ValueSet(int64(in.Rules.Calendar.Year))))
}

// StartYear starts an institution's year; starting it again is no error.
func StartYear(ctx context.Context, c client.Client, in YearInput) error {
	return start(ctx, c, in.Ref.ID(), YearType, fmt.Sprintf("%d 年度 %s", in.Ref.Year, in.Ref.Code), in,
		temporal.NewSearchAttributes(YearKey.ValueSet(int64(in.Ref.Year)), CodeKey.ValueSet(in.Ref.Code),
			StageKey.ValueSet(string(campaign.Invited))))
}

// StartWarning opens a case of Article 32; opening it again is no error.
func StartWarning(ctx context.Context, c client.Client, in WarningInput) error {
	return start(ctx, c, in.Ref.WarningID(), WarningType, fmt.Sprintf("风险警示 %d 年第 %d 号 %s", in.Ref.Year, in.Case, in.Ref.Code), in,
		temporal.NewSearchAttributes(YearKey.ValueSet(int64(in.Ref.Year)), CodeKey.ValueSet(in.Ref.Code)))
}

func start(ctx context.Context, c client.Client, id, kind, summary string, in any, sa temporal.SearchAttributes) error {
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: TaskQueue, StaticSummary: summary, TypedSearchAttributes: sa,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, kind, in)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &already) {
		return nil
	}
	return err
}

// Client is the Temporal client, named here so that the rooms that deliver
// need not know where it comes from.
type Client = client.Client
