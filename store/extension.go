package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// ExtensionRequest is an institution's request for more time for one of its
// tasks (延期申请, WF-4), and what was answered.
type ExtensionRequest struct {
	Code       string
	Name       string // of the institution
	N          int
	Task       campaign.Task
	Day        time.Time // the wished day
	Reason     string
	Digest     string
	ByName     string
	At         time.Time
	Granted    *time.Time // the new day
	Answer     *string
	AnsweredBy *string
	AnsweredAt *time.Time
}

// State is the request's state in the word that every application has.
func (q ExtensionRequest) State() string {
	switch {
	case q.AnsweredAt == nil:
		return "待批"
	case q.Granted != nil:
		return "已批准"
	}
	return "不予批准"
}

// MoreTime is what an institution was granted and what it asked for, each oldest
// first, and whom it carries on after a merger: what moves its duties.
type MoreTime struct {
	Extensions []Extension
	Requests   []ExtensionRequest
	Merged     []campaign.Named // institutions that were merged into it, or into one of those
}

// Open is the request for a task that waits for its answer; nil when there is none.
func (m MoreTime) Open(task campaign.Task) *ExtensionRequest {
	for i, q := range m.Requests {
		if q.Task == task && q.AnsweredAt == nil {
			return &m.Requests[i]
		}
	}
	return nil
}

// Lists for a question about an entry e; a date is written as its midnight in UTC.
const (
	extensionList = `coalesce((select jsonb_agg(jsonb_build_object('task', x.task, 'day', x.day::timestamp at time zone 'UTC', 'reason', x.reason, 'by', x.by, 'at', x.at) order by x.n) from extension x where x.year = e.year and x.code = e.code), '[]')`

	mergedList = `coalesce((select jsonb_agg(jsonb_build_object('code', m.code, 'name', n.name) order by m.code) from (
			with recursive line(code) as (select code from entry where year = e.year and successor = e.code union select m.code from line join entry m on m.year = e.year and m.successor = line.code) select code from line) m
		join institution n on n.code = m.code), '[]')`

	requestFields = `jsonb_build_object('Code', q.code, 'Name', i.name, 'N', q.n, 'Task', q.task, 'Day', q.day::timestamp at time zone 'UTC', 'Reason', q.reason, 'Digest', q.digest, 'ByName', q.by_name, 'At', q.at,
		'Granted', x.day::timestamp at time zone 'UTC', 'Answer', a.reason, 'AnsweredBy', a.by, 'AnsweredAt', a.at)`
	requestTables = `extension_request q join institution i using (code) left join extension_answer a using (year, code, n) left join extension x on x.year = a.year and x.code = a.code and x.n = a.extension`

	requestList = `coalesce((select jsonb_agg(` + requestFields + ` order by q.n) from ` + requestTables + ` where q.year = e.year and q.code = e.code), '[]')`
)

// MoreTime reads an institution's extensions and requests in one question.
func (r Reader) MoreTime(ctx context.Context, ref campaign.Ref) (MoreTime, error) {
	return one[MoreTime](ctx, r, `select `+extensionList+` extensions, `+requestList+` requests, `+mergedList+` merged from entry e where e.year = $1 and e.code = $2`, ref.Year, ref.Code)
}

// Undecided is what waits for the office in a year.
type Undecided struct {
	Events     int // registered, not ruled on
	Requests   []ExtensionRequest
	Clearances []Clearance `db:"-"` // prior approvals without a decision, oldest first
	Incidents  []Incident  `db:"-"` // not closed, by occurrence
	Appeals    []Decider   `db:"-"` // with rows that are not decided, by day
}

// Undecided reads what waits; a request of an institution that left waits no more.
func (r Reader) Undecided(ctx context.Context, year int) (Undecided, error) {
	u, err := r.undecided(ctx, year)
	if err == nil {
		u.Clearances, err = collect[Clearance](ctx, r, `select `+clearanceColumns+` from clearance x join institution i using (code) where x.year = $1 and x.kind = 'prior'
			and not exists (select from clearance_act a where a.year = x.year and a.code = x.code and a.n = x.n and a.act in ('approve', 'refuse', 'withdraw')) order by x.at, x.code, x.n`, year)
	}
	if err == nil {
		u.Incidents, err = collect[Incident](ctx, r, `select `+incidentColumns+` from incident x join institution i using (code) where x.year = $1
			and not exists (select from incident_act a where a.year = x.year and a.code = x.code and a.n = x.n and a.act = 'close') order by x.occurred_at, x.code, x.n`, year)
	}
	if err == nil {
		u.Appeals, err = r.OpenDeciders(ctx, year)
	}
	return u, err
}

func (r Reader) undecided(ctx context.Context, year int) (Undecided, error) {
	return one[Undecided](ctx, r, `select (select count(*)::int from event e where e.year = $1 and not exists (select from event_ruling g where g.event = e.id)
			and not exists (select from amendment m where m.event = e.id and m.outcome = 'confirm')) events,
		coalesce((select jsonb_agg(`+requestFields+` order by q.at, q.code) from `+requestTables+` join entry e on e.year = q.year and e.code = q.code
			where q.year = $1 and a.at is null and e.stage not in ('closed', 'left')), '[]') requests`, year)
}

// AddExtensionRequest writes a request and returns its number.
func (tx *Tx) AddExtensionRequest(ctx context.Context, ref campaign.Ref, q ExtensionRequest) (int, error) {
	day := q.Day.Format(time.DateOnly)
	n, err := scalar[int](ctx, tx.Reader, `insert into extension_request (year, code, n, task, day, reason, digest, by_name, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8 from extension_request where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, string(q.Task), day, q.Reason, q.Digest, q.ByName, q.At)
	if err == nil {
		tx.record("extension-request", ref, q.At, map[string]any{"n": n, "task": q.Task, "day": day, "digest": q.Digest})
	}
	return n, err
}

// AnswerExtensionRequest answers a request with the number of an extension, or
// with 0 refuses it.
func (tx *Tx) AnswerExtensionRequest(ctx context.Context, ref campaign.Ref, q ExtensionRequest, extension int, reason, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into extension_answer (year, code, n, extension, reason, by, at) values ($1,$2,$3,nullif($4, 0),$5,$6,$7)`, ref.Year, ref.Code, q.N, extension, reason, by, at)
	if err == nil {
		tx.record("extension-answer", ref, at, map[string]any{"n": q.N, "task": q.Task, "accepted": extension > 0, "by": by, "reason": Digest(reason)})
	}
	return err
}
