package store

import (
	"context"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Amendment is an edition of what 评价复核 decided on one event; of an event the
// last counts (AP-3). The determination stays as it is.
type Amendment struct {
	Event    int64
	N        int
	Row      int
	Reviewer string
	Outcome  campaign.Amend
	Clause   string // of an event that counts otherwise
	Points   *rubric.Points
	InBase   bool
	Reason   string
	At       time.Time
}

// Decision is the amendment as the rules read it.
func (a Amendment) Decision() campaign.Amendment {
	d := campaign.Amendment{Outcome: a.Outcome, Clause: a.Clause, InBase: a.InBase, Reason: a.Reason}
	if a.Points != nil {
		d.Points = *a.Points
	}
	return d
}

// AmendmentOf makes an edition of a decision on an event.
func AmendmentOf(event int64, row int, reviewer string, d campaign.Amendment, at time.Time) Amendment {
	a := Amendment{Event: event, Row: row, Reviewer: reviewer, Outcome: d.Outcome, Clause: d.Clause, InBase: d.InBase, Reason: d.Reason, At: at}
	if d.Clause != "" {
		a.Points = &d.Points
	}
	return a
}

// EventAmended is what 评价复核 made of an event, and the event as it was
// determined; without an amendment that stands all is as determined.
type EventAmended struct {
	Amended       campaign.Amend // "" none stands
	AmendedBy     string
	AmendedWhy    string
	AmendedAt     *time.Time
	AmendedClause string
	AmendedPoints *rubric.Points
	AmendedInBase bool

	found *found
}

// found is what of an event its determination decided.
type found struct {
	Confirmed *bool
	Reason    *string
	RuledBy   *string
	RuledAt   *time.Time
	Clause    string
	Points    rubric.Points
	InBase    bool
}

const amendedColumns = `coalesce(a.outcome, '') amended, coalesce(a.reviewer, '') amended_by, coalesce(a.reason, '') amended_why, a.at amended_at,
	coalesce(a.clause, '') amended_clause, a.points amended_points, coalesce(a.in_base, false) amended_in_base`

// events reads events as they count: with the amendments that stand.
func (r Reader) events(ctx context.Context, sql string, args ...any) ([]Event, error) {
	all, err := collect[Event](ctx, r, sql, args...)
	for i, e := range all {
		if e.Amended != "" {
			all[i] = e.Amend(Amendment{Event: e.ID, Reviewer: e.AmendedBy, Outcome: e.Amended, Clause: e.AmendedClause, Points: e.AmendedPoints, InBase: e.AmendedInBase, Reason: e.AmendedWhy, At: *e.AmendedAt})
		}
	}
	return all, err
}

// Amend is the event as an edition makes it count: the one place that says how.
func (e Event) Amend(a Amendment) Event {
	e = e.Unamended()
	e.found = &found{e.Confirmed, e.Reason, e.RuledBy, e.RuledAt, e.Clause, e.Points, e.InBase}
	e.Amended, e.AmendedBy, e.AmendedWhy, e.AmendedAt = a.Outcome, a.Reviewer, a.Reason, &a.At
	e.AmendedClause, e.AmendedPoints, e.AmendedInBase = a.Clause, a.Points, a.InBase
	switch a.Outcome {
	case campaign.AmendConfirm, campaign.AmendLower:
		yes := true
		e.Confirmed, e.Clause, e.Points = &yes, a.Clause, *a.Points
		e.InBase = a.InBase && a.Outcome == campaign.AmendConfirm
	case campaign.AmendDismiss, campaign.AmendUnrelate:
		no := false
		e.Confirmed = &no
	}
	if e.RuledBy == nil && e.Confirmed != nil { // nobody had ruled on it in time
		e.Reason, e.RuledBy, e.RuledAt = &a.Reason, &a.Reviewer, &a.At
	}
	return e
}

// Unamended is the event as it was determined.
func (e Event) Unamended() Event {
	if f := e.found; f != nil {
		e.Confirmed, e.Reason, e.RuledBy, e.RuledAt, e.Clause, e.Points, e.InBase = f.Confirmed, f.Reason, f.RuledBy, f.RuledAt, f.Clause, f.Points, f.InBase
	}
	e.EventAmended = EventAmended{}
	return e
}

// Ruled tells whether the event had its ruling before any 评价复核.
func (e Event) Ruled() bool { return e.Unamended().RuledBy != nil }

// Amending is the event as determined, as the rules of 评价复核 read it.
func (e Event) Amending(t *rubric.Table) campaign.Amending {
	e = e.Unamended()
	c, _ := t.Clause(e.Clause)
	return campaign.Amending{Row: c.Row, Confirmed: e.Confirmed, Withdrawn: e.Withdrawn(), Clause: c, Points: e.Points, InBase: e.InBase}
}

// AmendedWords says what was determined and what 评价复核 made of it; "" of an
// event without an amendment that stands.
func (e Event) AmendedWords(t *rubric.Table) string {
	if e.Amended == "" {
		return ""
	}
	a := campaign.Amendment{Outcome: e.Amended, Clause: e.AmendedClause, InBase: e.AmendedInBase}
	if e.AmendedPoints != nil {
		a.Points = *e.AmendedPoints
	}
	return e.Amending(t).Words(a)
}

// Amendments lists the editions of an institution's year that count, by event and
// number; with code "" all of the campaign's. Those of a decider whose ruling is
// void are as void (AP-3, S8).
func (r Reader) Amendments(ctx context.Context, ref campaign.Ref) ([]Amendment, error) {
	return collect[Amendment](ctx, r, `select event, n, row, reviewer, outcome, clause, points, in_base, reason, at from amendment
		where year = $1 and ($2 = '' or code = $2) order by event, n`, ref.Year, ref.Code)
}

// AddAmendment writes the next edition.
func (tx *Tx) AddAmendment(ctx context.Context, ref campaign.Ref, a Amendment) error {
	var points any
	body := map[string]any{"id": a.Event, "row": a.Row, "by": a.Reviewer, "outcome": a.Outcome, "reason": Digest(a.Reason)}
	if a.Points != nil {
		points, body["clause"], body["points"] = int(*a.Points), a.Clause, *a.Points
	}
	if a.InBase {
		body["in_base"] = true
	}
	n, err := scalar[int](ctx, tx.Reader, `insert into event_amendment (event, n, year, code, row, reviewer, outcome, clause, points, in_base, reason, at)
		select $1::bigint, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 from event_amendment where event = $1 returning n`,
		a.Event, ref.Year, ref.Code, a.Row, a.Reviewer, string(a.Outcome), a.Clause, points, a.InBase, a.Reason, a.At)
	if err == nil {
		body["n"] = n
		tx.record("event-amendment", ref, a.At, body)
	}
	return err
}

// Amended gives events the last of their editions, whether it stands yet or not:
// what finalizing counts, and what a decider weighs.
func Amended(events []Event, editions []Amendment) []Event {
	all := slices.Clone(events)
	for i := range all {
		for _, a := range editions {
			if a.Event == all[i].ID {
				all[i] = all[i].Amend(a)
			}
		}
	}
	return all
}

// Changing are of editions in their order those that count, the last of each event,
// and change how it counts.
func Changing(editions []Amendment) (all []Amendment) {
	last := map[int64]int{}
	for i, a := range editions {
		last[a.Event] = i
	}
	for i, a := range editions {
		if last[a.Event] == i && a.Outcome.Changes() {
			all = append(all, a)
		}
	}
	return all
}

// ScoringEventsOf is what the scoring of a version of the result looked at: the
// first knows no amendment (AP-4).
func (r Reader) ScoringEventsOf(ctx context.Context, ref campaign.Ref, version int) ([]Event, error) {
	own, err := r.Events(ctx, ref)
	if err != nil {
		return nil, err
	}
	for i := range own {
		if version == 1 {
			own[i] = own[i].Unamended()
		}
	}
	earlier, err := r.EarlierEvents(ctx, ref)
	return WithEarlier(own, earlier), err
}

// DecidedEvents lists the events on which 评价复核 decided, by the edition that
// counts, whether its version stands yet or not.
func (r Reader) DecidedEvents(ctx context.Context, ref campaign.Ref) ([]Event, error) {
	editions, err := r.Amendments(ctx, ref)
	if err != nil || len(editions) == 0 {
		return nil, err
	}
	all, err := r.Events(ctx, ref)
	return slices.DeleteFunc(Amended(all, editions), func(e Event) bool { return e.Amended == "" }), err
}

// judgedEvents is what the scoring looks at with all that 评价复核 decided, and
// what else it might decide.
func (r Reader) judgedEvents(ctx context.Context, ref campaign.Ref, might []Amendment) ([]Event, error) {
	own, err := r.Events(ctx, ref)
	if err != nil {
		return nil, err
	}
	editions, err := r.Amendments(ctx, ref)
	if err != nil {
		return nil, err
	}
	earlier, err := r.EarlierEvents(ctx, ref)
	return WithEarlier(Amended(Amended(own, editions), might), earlier), err
}
