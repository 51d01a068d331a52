package contract

import (
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// WarningInput opens a case of Article 32, found by the machine (RW-2).
type WarningInput struct {
	Ref      Ref               `json:"ref"`
	Case     int               `json:"case"`
	Settings campaign.Settings `json:"settings"`
	Holidays campaign.Holidays `json:"holidays"`
	From     time.Time         `json:"from"`             // when it was proposed; a rehearsal's case waits for it
	Ladder   campaign.Ladder   `json:"ladder,omitempty"` // the edition that the case began with
}

// WarningOutcome is how a case ended.
type WarningOutcome struct {
	State campaign.WarningState `json:"state"`
}

// WarnIn moves a case to a state: the state is written, the paper and the
// letter of the state are made and sent, its task is opened with its due day.
type WarnIn struct {
	Ref   Ref                   `json:"ref"`
	Case  int                   `json:"case"`
	State campaign.WarningState `json:"state"`
	Act   campaign.WarningAct   `json:"act,omitempty"` // the act that led here
	Round int                   `json:"round"`         // counts the moves of the case: part of the letters' keys
	At    time.Time             `json:"at"`
	Due   campaign.Day          `json:"due,omitempty"`
}

// WarnOut tells when the state's letter was accepted for delivery: service.
type WarnOut struct {
	At     time.Time    `json:"at"`
	Served campaign.Day `json:"served,omitempty"` // of the decision: its term runs from then (RW-6)
	Due    campaign.Day `json:"due,omitempty"`    // last day of the rectification for which a plan was handed in; the case takes the later of this and its own (RW-6)
}

// What officers, legal checkers and approvers are alerted to in a case.
const (
	AlertLegalDue = "legal-due" // the reply is in, or its window has ended: the legal check is due
	AlertRemanded = "remanded"  // the legal check sent the case back
)

// Warn is the step of a case that draws the consequences; Remind and Alert serve it too.
var Warn = Step[WarnIn, WarnOut]{Name: "Warn", Say: "风险警示程序", Try: 30 * time.Second}

// WarnPastIn asks what moved a case next after so many moves.
type WarnPastIn struct {
	Ref   Ref       `json:"ref"`
	Moves int       `json:"moves"`
	At    time.Time `json:"at"`
}

// WarnPastOut is that act by the score book; "" when nothing moved it since.
type WarnPastOut struct {
	Act  campaign.WarningAct `json:"act,omitempty"`
	Role string              `json:"role,omitempty"` // "" institution, "clock" the calendar

	// Until is the day after which to ask again: what waits for the institution may
	// not end sooner, because its letter was served late or not at all (AP-2, RW-4 to RW-6).
	Until  campaign.Day `json:"until,omitempty"`
	Served campaign.Day `json:"served,omitempty"` // of the decision, with Until; "" when it is not served
}

// WarnPast is asked before the calendar acts: who acted in time may not have been heard yet.
var WarnPast = Step[WarnPastIn, WarnPastOut]{Name: "WarnPast", Say: "核对案件办理", Try: 10 * time.Second}

// WarningDone tells a case what a person did; desk has committed it already.
type WarningDone struct {
	Act    campaign.WarningAct `json:"act"`
	Role   string              `json:"role"` // "" institution
	By     string              `json:"by"`   // id of the person; "" institution
	Digest string              `json:"digest"`
	At     time.Time           `json:"at"`
}

// WarningDoneMsg is the message that a case hears; the answer is its new state.
var WarningDoneMsg = Message[WarningDone, campaign.WarningState]{"WarningDone"}

// startCase marks the envelope that opens a case which a person proposed.
const startCase = "start-case"

// CaseEnvelope is the envelope that opens a case, so that an officer can
// propose one while the engine is away.
func CaseEnvelope(key string, in WarningInput) (Envelope, error) {
	b, err := json.Marshal(in)
	return Envelope{in.Ref.WarningID(), startCase, key, b}, err
}
