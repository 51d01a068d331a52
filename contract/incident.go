package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"xuanping/campaign"
)

// IncidentType is the workflow of one incident (Art. 20, 23).
const IncidentType = "Incident"

// IncidentInput starts an incident's workflow.
type IncidentInput struct {
	Ref        Ref                    `json:"ref"`
	N          int                    `json:"n"`
	State      campaign.IncidentState `json:"state"`
	OccurredAt time.Time              `json:"occurred_at"`
	From       time.Time              `json:"at"` // when it was opened; a rehearsal's workflow waits for it
}

// IncidentOutcome is how an incident ended.
type IncidentOutcome struct {
	State campaign.IncidentState `json:"state"`
}

// IncidentAt is a step about an incident: a reminder after so many hours, or
// the breach when the 48 hours have passed.
type IncidentAt struct {
	Ref   Ref       `json:"ref"`
	N     int       `json:"n"`
	Hours int       `json:"hours"`
	At    time.Time `json:"at"`
}

// IncidentOut tells where the incident stands in the score book, so that a
// message that came late loses nothing.
type IncidentOut struct {
	State campaign.IncidentState `json:"state"`
}

// The steps of an incident.
var (
	IncidentRemind = Step[IncidentAt, IncidentOut]{Name: "IncidentRemind", Say: "48小时报告提醒", Try: 10 * time.Second}
	IncidentBreach = Step[IncidentAt, IncidentOut]{Name: "IncidentBreach", Say: "满48小时核对", Try: 10 * time.Second}
)

// IncidentDone tells an incident what a person did; desk has committed it already.
type IncidentDone struct {
	Act    campaign.IncidentAct `json:"act"`
	Role   string               `json:"role"` // "" institution
	Digest string               `json:"digest"`
	At     time.Time            `json:"at"`
}

// IncidentDoneMsg is the message that an incident hears; the answer is its new state.
var IncidentDoneMsg = Message[IncidentDone, campaign.IncidentState]{"IncidentDone"}

// StartIncident starts an incident's workflow; starting it again is no error.
func StartIncident(ctx context.Context, c client.Client, in IncidentInput) error {
	return start(ctx, c, in.Ref.IncidentID(in.N), IncidentType, fmt.Sprintf("48小时报告 %d 年第 %d 号 %s", in.Ref.Year, in.N, in.Ref.Code), in,
		temporal.NewSearchAttributes(YearKey.ValueSet(int64(in.Ref.Year)), CodeKey.ValueSet(in.Ref.Code)))
}

// startIncident marks the envelope that starts an incident's workflow.
const startIncident = "start-incident"

// StartIncidentEnvelope is the envelope that starts an incident, so that the
// receipt does not wait for the engine.
func StartIncidentEnvelope(key string, in IncidentInput) (Envelope, error) {
	b, err := json.Marshal(in)
	return Envelope{in.Ref.IncidentID(in.N), startIncident, key, b}, err
}
