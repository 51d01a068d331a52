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

// ClearanceType is the workflow of a prior approval (Art. 14) or of a press
// conference (Art. 16).
const ClearanceType = "Clearance"

// ClearanceInput starts the workflow of a matter that must be cleared.
type ClearanceInput struct {
	Ref      Ref                    `json:"ref"`
	N        int                    `json:"n"`
	Kind     campaign.ClearanceKind `json:"kind"`
	Holidays campaign.Holidays      `json:"holidays"`
	From     time.Time              `json:"at"` // when it was asked for; a rehearsal's workflow waits for it
}

// ClearanceOutcome is how a matter ended.
type ClearanceOutcome struct {
	State campaign.ClearanceState `json:"state"`
}

// ClearanceAt is the n-th reminder of a request that nobody has decided.
type ClearanceAt struct {
	Ref  Ref       `json:"ref"`
	N    int       `json:"n"`
	Step int       `json:"step"`
	At   time.Time `json:"at"`
}

// ClearanceOut tells where the matter stands in the score book.
type ClearanceOut struct {
	State campaign.ClearanceState `json:"state"`
}

// ClearanceCall is the one step of a request: it never decides anything.
var ClearanceCall = Step[ClearanceAt, ClearanceOut]{Name: "ClearanceCall", Say: "提请办理事前审批", Try: 10 * time.Second}

// ClearanceDone tells a matter what a person did; desk has committed it already.
type ClearanceDone struct {
	Act      campaign.ClearanceAct `json:"act"`
	Role     string                `json:"role"` // "" institution
	Override bool                  `json:"override,omitempty"`
	Digest   string                `json:"digest"`
	At       time.Time             `json:"at"`
}

// ClearanceDoneMsg is the message that a matter hears; the answer is its new state.
var ClearanceDoneMsg = Message[ClearanceDone, campaign.ClearanceState]{"ClearanceDone"}

// StartClearance starts a matter's workflow; starting it again is no error.
func StartClearance(ctx context.Context, c client.Client, in ClearanceInput) error {
	return start(ctx, c, in.Ref.ClearanceID(in.N), ClearanceType, fmt.Sprintf("%s %d 年第 %d 号 %s", in.Kind.Chinese(), in.Ref.Year, in.N, in.Ref.Code), in,
		temporal.NewSearchAttributes(YearKey.ValueSet(int64(in.Ref.Year)), CodeKey.ValueSet(in.Ref.Code)))
}

// startClearance marks the envelope that starts a matter's workflow.
const startClearance = "start-clearance"

// StartClearanceEnvelope is the envelope that starts a matter, so that asking
// works while the engine is away.
func StartClearanceEnvelope(key string, in ClearanceInput) (Envelope, error) {
	b, err := json.Marshal(in)
	return Envelope{in.Ref.ClearanceID(in.N), startClearance, key, b}, err
}
