package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// clearance is a matter that needs leave before it reaches the public: a prior
// approval (第十四条) or a press conference (第十六条). campaign.MoveClearance alone
// says what may follow what; no move follows from the passing of time.
type clearance struct {
	in    contract.ClearanceInput
	state campaign.ClearanceState
}

func runClearance(ctx workflow.Context, in contract.ClearanceInput) (contract.ClearanceOutcome, error) {
	c := &clearance{in: in}
	c.state, _ = campaign.MoveClearance(in.Kind, "", campaign.ClearanceApply, "", false)
	if err := contract.ClearanceDoneMsg.Hear(ctx, c.refuse, c.answer); err != nil {
		return contract.ClearanceOutcome{}, err
	}
	// In a rehearsal the engine starts a matter on the wall clock, long before its virtual day.
	if err := until(ctx, "提出申请", func() time.Time { return in.From }, never); err != nil {
		return contract.ClearanceOutcome{}, err
	}
	if err := c.wait(ctx); err != nil {
		return contract.ClearanceOutcome{}, err
	}
	return contract.ClearanceOutcome{State: c.state}, drain(ctx)
}

// wait calls the officers to a request on one working day after another, and
// waits without an end: silence is never consent. The steps of a press
// conference have no day of their own.
func (c *clearance) wait(ctx workflow.Context) error {
	if c.in.Kind == campaign.PressConference {
		return until(ctx, "", nil, c.over)
	}
	asked := campaign.DayOf(c.in.From)
	for n := 1; !c.over(); n++ {
		day := c.in.Holidays.ClearanceCallDay(asked, n)
		if err := until(ctx, "事前审批：等待批复", day.Morning, c.over); err != nil || c.over() {
			return err
		}
		out, err := contract.ClearanceCall.Do(ctx, contract.ClearanceAt{Ref: c.in.Ref, N: c.in.N, Step: n, At: workflow.Now(ctx)})
		if err != nil {
			return err
		}
		if out.State != "" && c.state == campaign.ClearancePending {
			c.state = out.State // decided, though its message is still on the way
		}
	}
	return nil
}

// over tells that the matter needs nobody any more: what an institution tells
// of its publication afterwards is a fact without a workflow.
func (c *clearance) over() bool {
	return c.state.Ended() || c.state == campaign.ClearanceApproved
}

func (c *clearance) refuse(in contract.ClearanceDone) error {
	_, err := c.next(in)
	return err
}

func (c *clearance) answer(_ workflow.Context, in contract.ClearanceDone) (campaign.ClearanceState, error) {
	next, err := c.next(in)
	if err != nil {
		return c.state, temporal.NewNonRetryableApplicationError(err.Error(), contract.Refused, err)
	}
	c.state = next
	return next, nil
}

func (c *clearance) next(in contract.ClearanceDone) (campaign.ClearanceState, error) {
	return campaign.MoveClearance(c.in.Kind, c.state, in.Act, in.Role, in.Override)
}
