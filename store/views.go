package store

import (
	"context"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Standing is an institution's year as a row of the office's table: its stage
// beside what has been handed in, found and decided.
type Standing struct {
	Entry
	PlanState  string // as Plan.State
	PlanLate   bool
	Evidence   int // rows 1–14 with evidence
	SelfScore  int // newest version
	Seats      int
	Sheets     int
	OpenEvents int // registered, not ruled on
	OpenAppeal int // rows asked for, not decided
	Total      *rubric.Points
	Scored     *bool
	Warning    *campaign.WarningState
}

// TotalWord is the total as a table shows it: not handing in anything is not
// zero points (WF-5).
func (s Standing) TotalWord() string {
	switch {
	case s.Total == nil:
		return "—"
	case *s.Scored:
		return s.Total.String()
	case s.PlanState == "" && s.Evidence == 0 && s.SelfScore == 0:
		return "未提交"
	}
	return "未评分"
}

const standingColumns = entryColumns + `,
	coalesce(p.state, '') plan_state, coalesce(p.late, false) plan_late,
	(select count(distinct row) from evidence x where x.year = e.year and x.code = e.code)::int evidence,
	(select count(*) from self_score x where x.year = e.year and x.code = e.code)::int self_score,
	(select count(*) from held x where x.year = e.year and x.code = e.code)::int seats,
	(select count(*) from sheet x join held h using (year, code, reviewer) where x.year = e.year and x.code = e.code)::int sheets,
	(select count(*) from event x where x.year = e.year and x.code = e.code
		and not exists (select from event_ruling g where g.event = x.id) and not exists (select from amendment m where m.event = x.id and m.outcome = 'confirm'))::int open_events,
	(select count(*) from appeal x where x.year = e.year and x.code = e.code
		and not exists (select from ruling g where g.year = x.year and g.code = x.code and g.row = x.row))::int open_appeal,
	t.total, t.scored, w.state warning`

// One row of standingTables is one institution's year: its newest plan, its
// newest result, its case.
const standingTables = `join institution i using (code)
	left join lateral (select case when v.accepted is null then 'submitted' when v.accepted then 'accepted' else 'returned' end state, l.late
		from plan l left join plan_review v using (year, code, version)
		where l.year = e.year and l.code = e.code order by l.version desc limit 1) p on true
	left join lateral (select total, scored from result x where x.year = e.year and x.code = e.code order by version desc limit 1) t on true
	left join warning w on w.year = e.year and w.code = e.code`

// Standings lists a campaign's institutions by code.
func (r Reader) Standings(ctx context.Context, year int) ([]Standing, error) {
	return collect[Standing](ctx, r, `select `+standingColumns+` from entry e `+standingTables+` where e.year = $1 order by e.code`, year)
}

// StandingsOf lists some of a campaign's institutions by code.
func (r Reader) StandingsOf(ctx context.Context, year int, codes []string) ([]Standing, error) {
	return collect[Standing](ctx, r, `select `+standingColumns+` from entry e `+standingTables+` where e.year = $1 and e.code = any($2::text[]) order by e.code collate "C"`, year, codes)
}

// Glance is an institution's year as the board counts it.
type Glance struct {
	Entry
	PlanState string // as Plan.State
	SelfScore int    // versions
	Total     *rubric.Points
	Scored    *bool
}

// Glances lists a campaign's institutions by code, with what the board draws:
// each table is read once, however many there are.
func (r Reader) Glances(ctx context.Context, year int) ([]Glance, error) {
	return collect[Glance](ctx, r, `select `+entryColumns+`, coalesce(p.state, '') plan_state, coalesce(o.n, 0) self_score, t.total, t.scored
		from entry e join institution i using (code)
		left join (select distinct on (l.code) l.code, case when v.accepted is null then 'submitted' when v.accepted then 'accepted' else 'returned' end state
			from plan l left join plan_review v using (year, code, version) where l.year = $1 order by l.code, l.version desc) p using (code)
		left join (select code, count(*)::int n from self_score where year = $1 group by code) o using (code)
		left join (select distinct on (code) code, total, scored from result where year = $1 order by code, version desc) t using (code)
		where e.year = $1 order by e.code`, year)
}

// OpenSeats lists the seats of a campaign whose holder has not handed in and
// still can: the institution is being scored.
func (r Reader) OpenSeats(ctx context.Context, year int) ([]Seat, error) {
	return collect[Seat](ctx, r, `select s.year, s.code, s.seat, s.n, s.reviewer, s.due, s.at, t.at sheet_at
		from held s join entry e using (year, code) left join sheet t using (year, code, reviewer)
		where s.year = $1 and e.stage = 'scoring' and t.at is null order by s.due, s.code, s.seat`, year)
}

// Letter is a mail or message of the outbox with what it is and for whom.
type Letter struct {
	Parcel
	Code     string
	Template string // of a mail
	To       string // "institution", "staff:ID", "role:officer"; "" for a message
	Words    string // name and digest of the template it was sent with
	Again    bool   // served again since, under a key of its own
}

// MissedState asks Letters for those that did not arrive.
const MissedState = "missed"

// Letters lists a campaign's mails and messages, newest first, from the
// given place on; with a state only those in it.
func (r Reader) Letters(ctx context.Context, ref campaign.Ref, state string, from, n int) ([]Letter, error) {
	return collect[Letter](ctx, r, `select key, kind, `+shownState+` state, error, tries, `+onItsClock+` created_at, done_at, code,
		case kind when 'mail' then coalesce(body->>'template', '') else coalesce(body->>'name', '') end template,
		case kind when 'mail' then coalesce(body->>'to', '') else '' end "to", intent.template words,
		(state = 'failed' or delivery in ('dropped','bounced')) and exists (select from intent a where a.year = intent.year and a.code = intent.code and a.kind = 'mail' and starts_with(a.key, split_part(intent.key, '/again/', 1) || '/again/') and a.created_at > intent.created_at)
		or exists (select from service v where v.letter = intent.key) again
		from intent where year = $1 and ($2 = '' or code = $2) and kind <> 'paper' and ($3 = '' or `+shownState+` = $3 or $3 = '`+MissedState+`' and delivery in ('dropped','bounced'))
		order by intent.created_at desc, key desc offset $4 limit $5`, ref.Year, ref.Code, state, from, n)
}

// StaffNames maps the ids of all people, also of those who have gone, to names.
func (r Reader) StaffNames(ctx context.Context) (map[string]string, error) {
	type person struct{ ID, Name string }
	all, err := collect[person](ctx, r, `select id::text id, name from staff`)
	names := make(map[string]string, len(all))
	for _, p := range all {
		names[p.ID] = p.Name
	}
	return names, err
}

// TicketUse is what the office sees of a link: never the link.
type TicketUse struct {
	Scope     string
	IssuedAt  time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
	LastUsed  *time.Time
}

// TicketUses lists the links of an institution's year, newest first.
func (r Reader) TicketUses(ctx context.Context, ref campaign.Ref) ([]TicketUse, error) {
	return collect[TicketUse](ctx, r, `select scope, issued_at, expires_at, revoked_at, last_used from ticket where year = $1 and code = $2 order by issued_at desc`, ref.Year, ref.Code)
}
