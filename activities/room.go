package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
)

// Room is what the steps work with. All fields are needed.
type Room struct {
	Store     *store.Store
	Engine    contract.Client
	Sender    mail.Sender
	Printer   *pdf.Printer
	Table     *rubric.Table
	Link      func(intent string) (token string, id []byte) // makes a letter's ticket
	Code      func(intent string) string                    // makes the code that a letter brings
	Verify    func(paper string) string                     // makes a paper's verify code
	BaseURL   string
	Issuer    string     // when the campaign's settings name none
	Contact   string     // whom to ask, in every letter
	SealImage []byte     // PNG printed where the issuer signs official papers; none when empty
	Seal      pdf.Signer // signs official papers; nil leaves them unsigned
	Trial     pdf.Signer // signs papers of rehearsals, never official ones (UX-2)
	Clock     func() time.Time
	Log       *slog.Logger

	// Prove proves that a record stands in a signed head of the ledger: in the one
	// of a size, or with 0 in the newest, signed now if need be. One of the keys in LogKey verifies it.
	Prove   func(ctx context.Context, index, size int64) (head store.Head, proof []byte, err error)
	LogKey  string
	Files   *store.Blobs  // evidence, for the scanner
	Scanner store.Scanner // nil or NoScanner: files are not scanned (S2)

	Stamp   func(intent, to string) string // makes the Message-ID that a report of delivery has to name; nil for one that follows from the intent alone
	Reply   func(id []byte) string         // address for answers to a letter with this ticket; nil for none
	Unclear time.Duration                  // how long a letter that may have arrived waits for its receipt; Open gives 0 the usual pause

	wake chan struct{} // see Kick
}

// Open readies the room for Run and Kick.
func (r Room) Open() *Room {
	r.wake = make(chan struct{}, 1)
	if r.Unclear == 0 {
		r.Unclear = unclearPause
	}
	return &r
}

// Register binds every step of the contract; production and tests use it alike.
func (r *Room) Register(reg worker.ActivityRegistry) {
	contract.Enter.Serve(reg, border(r.Log, r.enter))
	contract.Remind.Serve(reg, border(r.Log, r.remind))
	contract.Quarter.Serve(reg, border(r.Log, r.quarter))
	contract.Seat.Serve(reg, border(r.Log, r.seat))
	contract.Sheets.Serve(reg, border(r.Log, r.sheets))
	contract.Serve.Serve(reg, border(r.Log, r.serve))
	contract.Decider.Serve(reg, border(r.Log, r.decider))
	contract.Finalize.Serve(reg, border(r.Log, r.finalize))
	contract.Conclude.Serve(reg, border(r.Log, r.conclude))
	contract.Alert.Serve(reg, border(r.Log, r.alert))
	contract.Departing.Serve(reg, border(r.Log, r.depart))
	contract.Launch.Serve(reg, border(r.Log, r.launch))
	contract.Tell.Serve(reg, border(r.Log, r.tell))
	contract.Admit.Serve(reg, border(r.Log, r.admit))
	contract.AssignAll.Serve(reg, border(r.Log, r.assignAll))
	contract.Publish.Serve(reg, border(r.Log, r.publish))
	contract.Report.Serve(reg, border(r.Log, r.report))
	contract.CampaignCall.Serve(reg, border(r.Log, r.campaignCall))
	contract.Warn.Serve(reg, border(r.Log, r.warn))
	contract.WarnPast.Serve(reg, border(r.Log, r.warnPast))
	contract.IncidentRemind.Serve(reg, border(r.Log, r.incidentRemind))
	contract.IncidentBreach.Serve(reg, border(r.Log, r.incidentBreach))
	contract.ClearanceCall.Serve(reg, border(r.Log, r.clearanceCall))
}

// border turns Kinds into another try or a final no. Only Invalid is final:
// what is not there yet, taken by another or out of order may come right.
// Errors carry no personal data into the history: Say only; what lies behind
// one that is ours to mend is named in the log.
func border[In, Out any](log *slog.Logger, do func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (Out, error) {
		out, err := do(ctx, in)
		if err == nil {
			return out, nil
		}
		if q, is := errors.AsType[*quietError](err); is { // the letter that the step waits for goes in the morning
			return out, temporal.NewApplicationErrorWithOptions(q.Error(), "quiet", temporal.ApplicationErrorOptions{NextRetryDelay: q.wait})
		}
		kind := campaign.KindOf(err)
		if kind == campaign.Internal {
			log.Warn("step failed", "error", say(err), "cause", cause(err))
		}
		if kind == campaign.Invalid {
			return out, temporal.NewNonRetryableApplicationError(say(err), contract.Final, nil)
		}
		return out, temporal.NewApplicationError(say(err), string(kind))
	}
}

// scene is what every step about an institution's year looks at first.
type scene struct {
	campaign    store.Campaign
	entry       store.Entry
	institution campaign.Institution
}

func (s scene) rules() contract.Rules { return s.campaign.Rules }

func (r *Room) scene(ctx context.Context, ref contract.Ref) (s scene, err error) {
	if s.campaign, err = r.Store.Campaign(ctx, ref.Year); err != nil || ref.Code == "" {
		return s, err
	}
	if s.entry, err = r.Store.Entry(ctx, ref); err != nil {
		return s, err
	}
	s.institution, err = r.Store.Institution(ctx, ref.Code)
	return s, err
}

// served is the instant at which a result is formed and a delivery counts: now,
// but in a rehearsal the virtual instant at which the workflow asked.
func (r *Room) served(c store.Campaign, asked time.Time) time.Time {
	if c.Rehearsal {
		return asked
	}
	return r.Clock()
}

// rowTitles names rows of the indicator table for a letter.
func (r *Room) rowTitles(rows []int) []string {
	var all []string
	for _, n := range rows {
		if row, ok := r.Table.Row(n); ok {
			all = append(all, rowTitle(row))
		}
	}
	return all
}
