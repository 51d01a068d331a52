package contract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
)

// A Message is something the world tells a running workflow: a Temporal
// Update with a validator. The same update id twice is one telling.
type Message[In, Out any] struct{ Name string }

// Envelope is a message on its way: what desk commits beside the fact and a
// relay delivers, as often as it takes.
type Envelope struct {
	Workflow string          `json:"workflow"`
	Name     string          `json:"name"`
	UpdateID string          `json:"update_id"`
	In       json.RawMessage `json:"in"`
}

// To addresses the message; updateID is the key of the intent behind it.
func (m Message[In, Out]) To(workflowID, updateID string, in In) (Envelope, error) {
	b, err := json.Marshal(in)
	return Envelope{workflowID, m.Name, updateID, b}, err
}

// Hear answers the message in workflow code. What refuse returns leaves no
// trace in the history; what answer does is recorded.
func (m Message[In, Out]) Hear(ctx workflow.Context, refuse func(In) error, answer func(workflow.Context, In) (Out, error)) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, m.Name, answer, workflow.UpdateHandlerOptions{
		Validator: func(ctx workflow.Context, in In) error {
			if err := refuse(in); err != nil {
				return temporal.NewNonRetryableApplicationError(err.Error(), Refused, err)
			}
			return nil
		},
	})
}

// startName marks the envelope that starts a campaign's workflow.
const startName = "start"

// StartEnvelope is the envelope that starts a campaign, so that launching
// works while the engine is away.
func StartEnvelope(key string, in CampaignInput) (Envelope, error) {
	b, err := json.Marshal(in)
	return Envelope{CampaignID(in.Rules.Calendar.Year), startName, key, b}, err
}

// Refused is the error type of a message that the workflow turned down.
const Refused = "Refused"

// Deliver tells the workflow and waits until it has heard. It returns a
// campaign.Conflict when the workflow refused, campaign.NotFound when there is
// no such open workflow, and any other error when it is worth another try.
func Deliver(ctx context.Context, c client.Client, e Envelope) error {
	switch e.Name {
	case startName:
		return startWith(ctx, c, e, StartCampaign)
	case startIncident:
		return startWith(ctx, c, e, StartIncident)
	case startClearance:
		return startWith(ctx, c, e, StartClearance)
	}
	if e.Name == startCase {
		var in WarningInput
		if err := json.Unmarshal(e.In, &in); err != nil {
			return campaign.Fail(campaign.Conflict, "立案消息无法读取")
		}
		return StartWarning(ctx, c, in)
	}
	h, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: e.Workflow, UpdateID: e.UpdateID, UpdateName: e.Name,
		Args: []any{e.In}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = h.Get(ctx, nil)
	}
	var gone *serviceerror.NotFound
	var app *temporal.ApplicationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &gone):
		return &campaign.Error{Kind: campaign.NotFound, Say: "流程不存在或已结束", Err: err}
	case errors.As(err, &app) && app.Type() == Refused:
		return &campaign.Error{Kind: campaign.Conflict, Say: app.Message(), Err: err}
	}
	return fmt.Errorf("deliver %s to %s: %w", e.Name, e.Workflow, err)
}

func startWith[In any](ctx context.Context, c client.Client, e Envelope, begin func(context.Context, client.Client, In) error) error {
	var in In
	if err := json.Unmarshal(e.In, &in); err != nil {
		return campaign.Fail(campaign.Conflict, "启动消息无法读取")
	}
	return begin(ctx, c, in)
}
