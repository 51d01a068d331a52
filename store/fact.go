package store

import (
	"context"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// EventFact is what stands behind an event: what it names, how far its
// determination is, and what it was registered as where that has moved on.
type EventFact struct {
	URL       string
	Activity  string // key in the catalogue
	Role      campaign.Part
	Medium    string // as named
	Adoption  campaign.Adoption
	ByName    string // the institution's clerk who claimed it; "" when staff registered it
	RuledName string // the clerk who took the claim back
	RuledAt   *time.Time
	InBase    bool                // the same work stands in a base row too (§2 no. 8)
	State     campaign.EventState // of a negative event; "" of others
	RegClause string              // clause, points and matter as registered
	RegPoints rubric.Points
	RegMatter string
}

const eventColumns = `e.id, e.year, e.code, coalesce(r.clause, e.clause) clause, coalesce(r.points, e.points) points,
	coalesce((select p.matter from matter_place p where p.event = e.id order by p.act desc limit 1), e.matter) matter,
	e.title, e.source, e.occurred_on, coalesce(e.by, '') "by", e.at, r.confirmed, r.reason, case when r.event is not null then coalesce(r.by, '') end ruled_by,
	e.url, e.activity, e.role, e.medium, e.adoption, e.by_name, coalesce(r.by_name, '') ruled_name, r.at ruled_at, coalesce(r.in_base, false) in_base,
	coalesce((select m.state from event_move m where m.event = e.id order by m.n desc limit 1), case when e.clause like '16.%' then 'lead' else '' end) state,
	e.clause reg_clause, e.points reg_points, e.matter reg_matter, ` + amendedColumns

const eventTables = `event e left join event_ruling r on r.event = e.id left join event_amended a on a.event = e.id`

// Unruled is the event as it stood before its ruling.
func (e Event) Unruled() Event {
	e = e.Unamended()
	e.Confirmed, e.Reason, e.RuledBy, e.RuledAt, e.RuledName, e.InBase = nil, nil, nil, nil, "", false
	if e.RegClause != "" {
		e.Clause, e.Points = e.RegClause, e.RegPoints
	}
	return e
}

// Claimed tells whether the institution claimed the event itself (机构申报).
func (e Event) Claimed() bool { return e.By == "" }

// Withdrawn tells whether the institution took its claim back.
func (e Event) Withdrawn() bool { return e.RuledBy != nil && *e.RuledBy == "" }

// words is what the leaf of an event has the digest of. Events of before there
// were facts behind them keep the digest they had.
func (e Event) words() []string {
	all := []string{e.Title, e.Source, e.Matter}
	if e.URL+e.Activity+string(e.Role)+e.Medium+string(e.Adoption) != "" {
		all = append(all, e.URL, e.Activity, string(e.Role), e.Medium, string(e.Adoption))
	}
	return all
}

// ClaimDigest is the digest of what was claimed, as the ledger has it.
func (e Event) ClaimDigest() string {
	if e.RegClause != "" {
		e.Matter = e.RegMatter
	}
	return Digest(e.words())
}

// Claim is the event as the search for one matter reads it.
func (e Event) Claim() campaign.Claim {
	address := e.URL
	if address == "" {
		address = campaign.FirstURL(e.Source)
	}
	return campaign.Claim{ID: e.ID, Code: e.Code, URL: address, Title: e.Title, On: campaign.Day(e.OccurredOn.Format("2006-01-02")), Matter: e.Matter}
}

// KindredEvents lists the events of all years of the same kind as one: a
// rehearsal's and a real year's never meet.
func (r Reader) KindredEvents(ctx context.Context, year int) ([]Event, error) {
	return r.events(ctx, `select `+eventColumns+` from `+eventTables+` join campaign was on was.year = e.year join campaign me on me.year = $1 and me.rehearsal = was.rehearsal
		order by e.id`, year)
}

// RivalEvents lists the events of other institutions, of all years of the same
// kind, that have one of the matters or speak of one of the hosts: whoever asks
// looks closer at them.
func (r Reader) RivalEvents(ctx context.Context, ref campaign.Ref, matters, hosts []string) ([]Event, error) {
	return r.events(ctx, `select `+eventColumns+` from `+eventTables+` join campaign was on was.year = e.year join campaign me on me.year = $1 and me.rehearsal = was.rehearsal
		where e.code <> $2 and (e.matter = any($3::text[]) or e.id in (select p.event from matter_place p where p.matter = any($3::text[]))
			or exists (select from unnest($4::text[]) h where strpos(lower(e.url || ' ' || e.source), h) > 0)) order by e.id`, ref.Year, ref.Code, matters, hosts)
}

// EventPage lists a part of a year's events, what waits for an approver first,
// and how many there are.
func (r Reader) EventPage(ctx context.Context, year, from, n int) (all []Event, total int, err error) {
	if total, err = scalar[int](ctx, r, `select count(*)::int from event where year = $1`, year); err != nil {
		return nil, 0, err
	}
	all, err = r.events(ctx, `select `+eventColumns+` from (select e.* from `+eventTables+` where e.year = $1 order by r.event is not null, e.id offset $2 limit $3) e
		left join event_ruling r on r.event = e.id left join event_amended a on a.event = e.id order by r.event is not null, e.id`, year, from, n)
	return all, total, err
}

// Adopted counts the events of a year that register one kind of adoption:
// confirmed, and waiting.
func (r Reader) Adopted(ctx context.Context, year int, kind campaign.Adoption) (sure, open int, err error) {
	type two struct{ Sure, Open int }
	n, err := one[two](ctx, r, `select count(*) filter (where confirmed)::int sure, count(*) filter (where confirmed is null)::int open
		from event_counts where year = $1 and adoption = $2`, year, string(kind))
	return n.Sure, n.Open, err
}

// RuleEventAs writes a ruling that also fixes the clause and the points: the
// medium's level or the finding decides them, not the registration.
func (tx *Tx) RuleEventAs(ctx context.Context, ref campaign.Ref, event int64, clause string, points rubric.Points, reason, by string, at time.Time) error {
	return tx.addEventRuling(ctx, ref, ruling{event: event, confirmed: true, clause: clause, points: points, reason: reason, by: by, at: at})
}

// ConfirmEvent confirms a bonus event, under the clause it now falls under when
// that is another than registered (clause "" keeps it); inBase says that a base
// row uses the same work.
func (tx *Tx) ConfirmEvent(ctx context.Context, ref campaign.Ref, event int64, clause string, points rubric.Points, inBase bool, reason, by string, at time.Time) error {
	return tx.addEventRuling(ctx, ref, ruling{event: event, confirmed: true, clause: clause, points: points, inBase: inBase, reason: reason, by: by, at: at})
}

// ruling is what ends an event; by is "" for an institution that takes its claim back.
type ruling struct {
	event             int64
	confirmed         bool
	clause            string
	points            rubric.Points
	inBase            bool
	reason, by, clerk string
	at                time.Time
}

// WithdrawClaim takes a claim back in the institution's name.
func (tx *Tx) WithdrawClaim(ctx context.Context, ref campaign.Ref, event int64, reason, clerk string, at time.Time) error {
	return tx.addEventRuling(ctx, ref, ruling{event: event, reason: reason, clerk: clerk, at: at})
}

func (tx *Tx) addEventRuling(ctx context.Context, ref campaign.Ref, v ruling) error {
	body := map[string]any{"id": v.event, "confirmed": v.confirmed, "by": orNull(v.by), "reason": Digest(v.reason)}
	var as, worth any
	if v.clause != "" {
		as, worth, body["clause"], body["points"] = v.clause, int(v.points), v.clause, v.points
	}
	if v.inBase {
		body["in_base"] = true
	}
	_, err := tx.exec(ctx, `insert into event_ruling (event, confirmed, reason, by, by_name, at, clause, points, in_base) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		v.event, v.confirmed, v.reason, orNull(v.by), v.clerk, v.at, as, worth, v.inBase)
	if err == nil {
		tx.record("event-ruling", ref, v.at, body)
	}
	return err
}

// EventMove is a step in the determination of a negative event (AN-16).
type EventMove struct {
	Event      int64
	N          int
	Act        campaign.EventAct
	State      campaign.EventState // reached
	SourceKind campaign.SourceKind
	Relevance  campaign.Relevance
	Severity   string
	Points     *rubric.Points
	Notice     *int // number of the notice in the institution's year
	Due        *time.Time
	By         string // staff; "" the institution
	ByName     string
	Text       string
	At         time.Time
}

// DueDay is the last day to reply to a notice; "" when it is none.
func (m EventMove) DueDay() campaign.Day { return day(m.Due) }

// Finding is what the move states about the event.
func (m EventMove) Finding() campaign.Finding {
	f := campaign.Finding{Source: m.SourceKind, Relevance: m.Relevance, Severity: m.Severity}
	if m.Points != nil {
		f.Points = *m.Points
	}
	return f
}

const moveColumns = `m.event, m.n, m.act, m.state, m.source_kind, m.relevance, m.severity, m.points, m.notice, m.due, m.by, m.by_name, m.text, m.at`

// EventMoves lists the moves of an institution's events, by event and number;
// with code "" all of the year's.
func (r Reader) EventMoves(ctx context.Context, ref campaign.Ref) ([]EventMove, error) {
	return collect[EventMove](ctx, r, `select `+moveColumns+` from event_move m where m.year = $1 and ($2 = '' or m.code = $2) order by m.event, m.n`, ref.Year, ref.Code)
}

// AddEventMove writes a step; a step that tells the institution gets the next
// number of its notices in the year, which the move returned carries.
func (tx *Tx) AddEventMove(ctx context.Context, ref campaign.Ref, m EventMove, due campaign.Day) (EventMove, error) {
	var points any
	if m.Points != nil {
		points = int(*m.Points)
	}
	got, err := one[EventMove](ctx, tx.Reader, `with m as (insert into event_move (event, n, year, code, act, state, source_kind, relevance, severity, points, notice, due, by, by_name, text, digest, at)
		select $1::bigint, coalesce((select max(n) from event_move where event = $1), 0) + 1, $2::int, $3::text, $4::text, $5, $6, $7, $8, $9,
			case when $4::text = 'tell' then coalesce((select max(notice) from event_move where year = $2 and code = $3), 0) + 1 end, $10, $11, $12, $13, $14, $15 returning *)
		select `+moveColumns+` from m`, m.Event, ref.Year, ref.Code, string(m.Act), string(m.State), string(m.SourceKind), string(m.Relevance), m.Severity, points,
		date(due), m.By, m.ByName, m.Text, Digest(m.Text), m.At)
	if err == nil {
		body := map[string]any{"id": m.Event, "n": got.N, "act": m.Act, "state": m.State, "by": m.By, "due": due, "text": Digest([]string{m.Text, m.Severity, string(m.SourceKind), string(m.Relevance)})}
		if m.Points != nil {
			body["points"] = *m.Points
		}
		tx.record("event-move", ref, m.At, body)
	}
	return got, err
}

// Stand is how far a negative event's determination is; "" for a bonus event.
func (f EventFact) Stand() campaign.EventState { return f.State }
