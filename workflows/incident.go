package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// incident is the 48 hours of 第二十条 and what follows them, from the opening to
// the close. campaign.MoveIncident alone says what may follow what.
type incident struct {
	in    contract.IncidentInput
	state campaign.IncidentState
}

func runIncident(ctx workflow.Context, in contract.IncidentInput) (contract.IncidentOutcome, error) {
	i := &incident{in: in, state: in.State}
	if err := contract.IncidentDoneMsg.Hear(ctx, i.refuse, i.answer); err != nil {
		return contract.IncidentOutcome{}, err
	}
	// In a rehearsal the engine starts an incident on the wall clock, long before its virtual hour.
	if err := until(ctx, "事件开立", func() time.Time { return in.From }, never); err != nil {
		return contract.IncidentOutcome{}, err
	}
	if err := i.hours(ctx); err != nil {
		return contract.IncidentOutcome{}, err
	}
	// No silence closes an incident: what follows may be reported any time.
	if err := until(ctx, "", nil, i.closed); err != nil {
		return contract.IncidentOutcome{}, err
	}
	return contract.IncidentOutcome{State: i.state}, drain(ctx)
}

// hours are the reminders and the end of the 48 hours. A reminder that fell
// into an absence of the worker is asked for late, but asked for; one whose
// hour had passed before the incident was opened is not.
func (i *incident) hours(ctx workflow.Context) error {
	for _, rung := range campaign.ReportRungs(i.in.OccurredAt) {
		if rung.At.Before(i.in.From) {
			continue
		}
		if err := until(ctx, "48小时报告：提醒", func() time.Time { return rung.At }, i.complete); err != nil || i.complete() {
			return err
		}
		if err := i.ask(ctx, contract.IncidentRemind, rung.Hours); err != nil || i.complete() {
			return err
		}
	}
	due := campaign.ReportDue(i.in.OccurredAt)
	if err := until(ctx, "48小时报告：届满", func() time.Time { return due }, i.complete); err != nil || i.complete() {
		return err
	}
	return i.ask(ctx, contract.IncidentBreach, 48)
}

// ask runs a step and takes what it found in the score book.
func (i *incident) ask(ctx workflow.Context, step contract.Step[contract.IncidentAt, contract.IncidentOut], hours int) error {
	out, err := step.Do(ctx, contract.IncidentAt{Ref: i.in.Ref, N: i.in.N, Hours: hours, At: workflow.Now(ctx)})
	if err == nil && later(out.State, i.state) {
		i.state = out.State
	}
	return err
}

// later tells whether an incident has come further in one state than in another.
func later(a, b campaign.IncidentState) bool {
	for _, s := range campaign.IncidentStates() {
		switch s {
		case a:
			return false
		case b:
			return a != b && a != ""
		}
	}
	return false
}

// complete tells that report and details are in: nothing is to be reminded of.
func (i *incident) complete() bool {
	return i.state == campaign.IncidentDetailed || i.closed()
}

func (i *incident) closed() bool { return i.state == campaign.IncidentClosed }

// refuse turns down what the table does not allow, and whoever speaks for the
// calendar. What the score book told already is no conflict.
func (i *incident) refuse(in contract.IncidentDone) error {
	if in.Role == "clock" {
		return campaign.Fail(campaign.Forbidden, "该操作只能由日程触发")
	}
	_, err := i.next(in)
	return err
}

func (i *incident) answer(_ workflow.Context, in contract.IncidentDone) (campaign.IncidentState, error) {
	next, err := i.next(in)
	if err != nil {
		return i.state, temporal.NewNonRetryableApplicationError(err.Error(), contract.Refused, err)
	}
	i.state = next
	return next, nil
}

// next is where a message leads. A step may have told of it before it was
// delivered: then it changes nothing.
func (i *incident) next(in contract.IncidentDone) (campaign.IncidentState, error) {
	told := map[campaign.IncidentAct]campaign.IncidentState{campaign.IncidentReport: campaign.IncidentReported,
		campaign.IncidentDetails: campaign.IncidentDetailed, campaign.IncidentClose: campaign.IncidentClosed}[in.Act]
	if told != "" && in.Act != campaign.IncidentClose && !later(told, i.state) {
		return i.state, nil
	}
	return campaign.MoveIncident(i.state, in.Act, in.Role)
}
