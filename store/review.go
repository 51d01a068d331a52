package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Seat is a reviewer's place at an institution; the newest n of a seat holds it.
type Seat struct {
	Year     int
	Code     string
	Seat     int
	N        int
	Reviewer string
	Due      time.Time
	At       time.Time
	SheetAt  *time.Time
}

// Seats lists who holds the seats of an institution's year; a vacant seat is not there.
func (r Reader) Seats(ctx context.Context, ref campaign.Ref) ([]Seat, error) {
	return collect[Seat](ctx, r, `select s.year, s.code, s.seat, s.n, s.reviewer, s.due, s.at, t.at sheet_at
		from held s left join sheet t using (year, code, reviewer) where s.year = $1 and s.code = $2 order by s.seat`, ref.Year, ref.Code)
}

// SeatsOf lists the seats that a reviewer holds in a campaign, and of them
// those that no conflict keeps from him (S8).
func (r Reader) SeatsOf(ctx context.Context, year int, reviewer string) ([]Seat, error) {
	return collect[Seat](ctx, r, `select s.year, s.code, s.seat, s.n, s.reviewer, s.due, s.at, t.at sheet_at
		from held s left join sheet t using (year, code, reviewer)
		where s.year = $1 and s.reviewer = $2
		and not exists (select from conflicted c where c.year = s.year and c.code = s.code and c.reviewer = s.reviewer)
		order by s.code`, year, reviewer)
}

// AddSeat gives a seat to a reviewer.
func (tx *Tx) AddSeat(ctx context.Context, ref campaign.Ref, seat int, reviewer string, due campaign.Day, at time.Time) error {
	_, err := tx.exec(ctx, `insert into seat (year, code, seat, n, reviewer, due, at)
		select $1::int, $2::text, $3::int, coalesce(max(n), 0) + 1, $4, $5, $6 from seat where year = $1 and code = $2 and seat = $3`, ref.Year, ref.Code, seat, reviewer, string(due), at)
	if err == nil {
		tx.record("seat", ref, at, map[string]any{"seat": seat, "reviewer": reviewer, "due": due})
	}
	return err
}

// FreeReviewers lists by id the reviewers who may take a seat at an institution
// or decide its appeal: active, without a conflict, never seated or deciding
// there and without a hand in its year in another role (AP-3), and for a seat with room below their limit. The order does not depend
// on what happens at other institutions meanwhile.
func (r Reader) FreeReviewers(ctx context.Context, ref campaign.Ref, seat bool) ([]string, error) {
	return list[string](ctx, r, `select p.id::text from staff p where p.role = 'reviewer' and p.active
	and not exists (select from seat s where s.year = $1 and s.code = $2 and s.reviewer = p.id)
	and not exists (select from decider d where d.year = $1 and d.code = $2 and d.reviewer = p.id)
	and not exists (select from event e left join event_ruling g on g.event = e.id where e.year = $1 and e.code = $2 and (e.by = p.id or g.by = p.id))
	and not exists (select from plan_review v where v.year = $1 and v.code = $2 and v.by = p.id)
	and not exists (select from extension x where x.year = $1 and x.code = $2 and x.by = p.id)
	and not exists (select from suspension x where x.year = $1 and x.code = $2 and x.by = p.id)
	and not exists (select from basis_decision x where x.year = $1 and x.code = $2 and x.by = p.id)
	and not exists (select from suspension_end x where x.year = $1 and x.code = $2 and x.by = p.id)
	and not exists (select from extension_answer x where x.year = $1 and x.code = $2 and x.by = p.id)
	and not exists (select from conflicted c where c.year = $1 and c.code = $2 and c.reviewer = p.id)
	and (not $3 or p.load_limit is null or p.load_limit > (select count(*) from held h where h.year = $1 and h.reviewer = p.id))
	order by p.id`, ref.Year, ref.Code, seat)
}

// Sheet is a reviewer's marks.
type Sheet struct {
	Reviewer string
	Seat     int
	Marks    []rubric.Mark
	Digest   string
	At       time.Time
}

// AddSheet writes a reviewer's marks, once.
func (tx *Tx) AddSheet(ctx context.Context, ref campaign.Ref, reviewer string, marks []rubric.Mark, at time.Time) (string, error) {
	d := Digest(marks)
	_, err := tx.exec(ctx, `insert into sheet (year, code, reviewer, marks, digest, at) values ($1,$2,$3,$4,$5,$6)`, ref.Year, ref.Code, reviewer, marks, d, at)
	if err == nil {
		tx.record("sheet", ref, at, map[string]any{"reviewer": reviewer, "digest": d})
	}
	return d, err
}

// SheetsOf lists the sheets of those who hold a seat, by seat: the marks of one
// whose holding has ended count no more.
func (r Reader) SheetsOf(ctx context.Context, ref campaign.Ref) ([]Sheet, error) {
	return collect[Sheet](ctx, r, `select t.reviewer, s.seat, t.marks, t.digest, t.at from sheet t
		join held s using (year, code, reviewer) where t.year = $1 and t.code = $2 order by s.seat`, ref.Year, ref.Code)
}

// SeatSheet is a seat with the sheet of its holder, once it is in.
type SeatSheet struct {
	Seat
	Marks  []rubric.Mark
	Digest string
}

// SeatSheets lists the seats of an institution's year with their sheets.
func (r Reader) SeatSheets(ctx context.Context, ref campaign.Ref) ([]SeatSheet, error) {
	return collect[SeatSheet](ctx, r, `select s.year, s.code, s.seat, s.n, s.reviewer, s.due, s.at, t.at sheet_at, coalesce(t.marks, '[]') marks, coalesce(t.digest, '') digest
		from held s left join sheet t using (year, code, reviewer) where s.year = $1 and s.code = $2 order by s.seat`, ref.Year, ref.Code)
}

// Event is something that earns or costs points (rows 15 and 16).
type Event struct {
	ID         int64
	Year       int
	Code       string
	Clause     string
	Points     rubric.Points
	Matter     string
	Title      string
	Source     string
	OccurredOn time.Time
	By         string
	At         time.Time
	Confirmed  *bool
	Reason     *string
	RuledBy    *string
	EventFact
	EventAmended
}

// Rubric is the event as the scoring rules read it.
func (e Event) Rubric() rubric.Event {
	state := rubric.Pending
	if e.Confirmed != nil {
		if state = rubric.Rejected; *e.Confirmed {
			state = rubric.Confirmed
		}
	}
	return rubric.Event{ID: strconv.FormatInt(e.ID, 10), Clause: e.Clause, Matter: e.Matter, Title: e.Title, Points: e.Points, OccurredOn: e.OccurredOn.Format("2006-01-02"), State: state, AlsoInBase: e.InBase}
}

// Events lists an institution's events; with code "" all of the campaign's.
func (r Reader) Events(ctx context.Context, ref campaign.Ref) ([]Event, error) {
	return r.events(ctx, `select `+eventColumns+` from `+eventTables+` where e.year = $1 and ($2 = '' or e.code = $2) order by e.id`, ref.Year, ref.Code)
}

// EarlierEvents lists what an institution's earlier years of the same kind
// hold and counted there: a rehearsal's events are not a real year's.
func (r Reader) EarlierEvents(ctx context.Context, ref campaign.Ref) ([]Event, error) {
	return r.events(ctx, `select `+eventColumns+` from `+eventTables+` join campaign was on was.year = e.year join campaign me on me.year = $1 and me.rehearsal = was.rehearsal
		where e.year < $1 and e.code = $2 and extract(year from e.occurred_on) = e.year order by e.id`, ref.Year, ref.Code)
}

// WithEarlier adds to a year's events those confirmed in earlier years whose
// matter the year has again: 同一事项 counts in the year of its first publication
// (附件2 第15项第3点). What has no matter in common is not this year's concern.
func WithEarlier(own, earlier []Event) []Event {
	all := slices.Clone(own)
	for _, e := range earlier {
		again := func(o Event) bool { return o.confirmed() && o.Matter == e.Matter }
		if e.Matter != "" && e.confirmed() && slices.ContainsFunc(own, again) {
			all = append(all, e)
		}
	}
	return all
}

func (e Event) confirmed() bool { return e.Confirmed != nil && *e.Confirmed }

// ScoringEvents lists what the scoring of an institution's year looks at.
func (r Reader) ScoringEvents(ctx context.Context, ref campaign.Ref) ([]Event, error) {
	own, err := r.Events(ctx, ref)
	if err != nil {
		return nil, err
	}
	earlier, err := r.EarlierEvents(ctx, ref)
	return WithEarlier(own, earlier), err
}

// AddEvent registers an event; it counts nothing until it is confirmed.
func (tx *Tx) AddEvent(ctx context.Context, e Event) (int64, error) {
	id, err := scalar[int64](ctx, tx.Reader, `insert into event (year, code, clause, points, matter, title, source, occurred_on, by, at, url, activity, role, medium, adoption, by_name)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16) returning id`, e.Year, e.Code, e.Clause, int(e.Points), e.Matter, e.Title, e.Source, e.OccurredOn.Format("2006-01-02"), orNull(e.By), e.At,
		e.URL, e.Activity, string(e.Role), e.Medium, string(e.Adoption), e.ByName)
	if err == nil {
		tx.record("event", campaign.Ref{Year: e.Year, Code: e.Code}, e.At, map[string]any{"id": id, "clause": e.Clause, "points": e.Points, "on": e.OccurredOn.Format("2006-01-02"), "by": orNull(e.By), "text": Digest(e.words())})
	}
	return id, err
}

// AddEventRuling writes the ruling on an event, by another person than its registrar.
func (tx *Tx) AddEventRuling(ctx context.Context, ref campaign.Ref, event int64, confirmed bool, reason, by string, at time.Time) error {
	return tx.addEventRuling(ctx, ref, ruling{event: event, confirmed: confirmed, reason: reason, by: by, at: at})
}

// Result is a frozen result; a later version supersedes it.
type Result struct {
	Code    string
	Version int
	Scored  bool
	Total   rubric.Points
	Card    rubric.Scorecard
	At      time.Time
}

// AddResult freezes a result under the given version; again with the same version changes nothing.
func (tx *Tx) AddResult(ctx context.Context, ref campaign.Ref, v Result) error {
	n, err := tx.exec(ctx, `insert into result (year, code, version, scored, total, card, at) values ($1,$2,$3,$4,$5,$6,$7) on conflict do nothing`,
		ref.Year, ref.Code, v.Version, v.Scored, int(v.Total), v.Card, v.At)
	if err == nil && n == 1 {
		tx.record("result", ref, v.At, map[string]any{"version": v.Version, "scored": v.Scored, "total": v.Total, "digest": Digest(v.Card)})
	}
	return err
}

// Results lists the versions of an institution's result, oldest first.
func (r Reader) Results(ctx context.Context, ref campaign.Ref) ([]Result, error) {
	return collect[Result](ctx, r, `select code, version, scored, total, card, at from result where year = $1 and code = $2 order by version`, ref.Year, ref.Code)
}

// LatestResults lists the newest result of every institution of a campaign, by code.
func (r Reader) LatestResults(ctx context.Context, year int) ([]Result, error) {
	return collect[Result](ctx, r, `select distinct on (code) code, version, scored, total, card, at from result where year = $1 order by code, version desc`, year)
}

// AddDecider names who decides an institution's appeal.
func (tx *Tx) AddDecider(ctx context.Context, ref campaign.Ref, reviewer string, due campaign.Day, at time.Time) error {
	_, err := tx.exec(ctx, `insert into decider (year, code, n, reviewer, due, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5 from decider where year = $1 and code = $2`, ref.Year, ref.Code, reviewer, string(due), at)
	if err == nil {
		tx.record("decider", ref, at, map[string]any{"reviewer": reviewer, "due": due})
	}
	return err
}

// NameDecider gives rows of an appeal to a reviewer and queues his letter; who is
// named once more has a letter once more.
func (tx *Tx) NameDecider(ctx context.Context, ref campaign.Ref, who string, rows []int, due campaign.Day, at time.Time) error {
	letter := ref.ID() + "/decider/" + who
	if now, err := tx.DeciderOf(ctx, ref); err == nil && now.Reviewer == who {
		letter = fmt.Sprintf("%s/%d", letter, now.N+1)
	} else if err != nil && campaign.KindOf(err) != campaign.NotFound {
		return err
	}
	if err := tx.AddDecider(ctx, ref, who, due, at); err != nil {
		return err
	}
	tx.Queue(Intent{Key: letter, Kind: MailIntent, Ref: ref, Body: MailBody{Template: "appeal-assigned", To: "staff:" + who, Path: "/review/" + ref.ID() + "/appeal",
		Date: at, Until: due, Rows: rows, Task: campaign.DecideTask, Data: map[string]string{"title": "评价复核"}}})
	return nil
}

// Decider is who decides an institution's appeal.
type Decider struct {
	Year     int
	Code     string
	N        int
	Reviewer string
	Due      time.Time
}

// DeciderOf finds who decides now; NotFound when nobody was named.
func (r Reader) DeciderOf(ctx context.Context, ref campaign.Ref) (Decider, error) {
	return one[Decider](ctx, r, `select year, code, n, reviewer, due from decider where year = $1 and code = $2 order by n desc limit 1`, ref.Year, ref.Code)
}

// DecidingInConflict lists who decides an appeal that is still open, or whose
// decisions on one count while the result is not final, although a conflict keeps
// him away.
func (r Reader) DecidingInConflict(ctx context.Context) ([]Decider, error) {
	return collect[Decider](ctx, r, `select distinct on (d.year, d.code, d.reviewer) d.year, d.code, d.n, d.reviewer, d.due from decider d join conflicted c using (year, code, reviewer) join entry e using (year, code)
		where e.stage = 'served' and (`+deciding+` or exists (select from ruling g where g.year = d.year and g.code = d.code and g.reviewer = d.reviewer)) order by d.year, d.code, d.reviewer, d.n desc`)
}

// deciding: d is the decider named last, and a row of the appeal is not decided.
const deciding = `not exists (select from decider o where o.year = d.year and o.code = d.code and o.n > d.n)
		and exists (select from appeal a where a.year = d.year and a.code = d.code
			and not exists (select from ruling g where g.year = a.year and g.code = a.code and g.row = a.row))`

// DecidesFor lists the institutions whose open appeal a reviewer decides, while
// it can be decided: not of those who left or whose time is over.
func (r Reader) DecidesFor(ctx context.Context, year int, reviewer string) ([]Decider, error) {
	return collect[Decider](ctx, r, `select d.year, d.code, d.n, d.reviewer, d.due from decider d join entry e using (year, code) where d.year = $1 and d.reviewer = $2 and e.stage = 'served'
		and not exists (select from conflicted c where c.year = d.year and c.code = d.code and c.reviewer = d.reviewer)
		and `+deciding+` order by d.code`, year, reviewer)
}

// OpenDeciders lists who has yet to decide an appeal of a campaign, by day.
func (r Reader) OpenDeciders(ctx context.Context, year int) ([]Decider, error) {
	return collect[Decider](ctx, r, `select d.year, d.code, d.n, d.reviewer, d.due from decider d join entry e using (year, code) where d.year = $1 and e.stage = 'served'
		and `+deciding+` order by d.due, d.code`, year)
}

// Judge recounts an institution's scorecard from what is recorded, by the
// readings fixed at launch, and tells whether anybody scored it; might is what
// 评价复核 would amend besides.
func (r Reader) Judge(ctx context.Context, t *rubric.Table, ref campaign.Ref, might ...Amendment) (card rubric.Scorecard, scored bool, err error) {
	sheets, err := r.SheetsOf(ctx, ref)
	if err != nil {
		return card, false, err
	}
	appeals, err := r.Appeals(ctx, ref)
	if err != nil {
		return card, false, err
	}
	events, err := r.judgedEvents(ctx, ref, might)
	if err != nil {
		return card, false, err
	}
	var marks [][]rubric.Mark
	for _, s := range sheets {
		marks = append(marks, s.Marks)
	}
	var rulings []rubric.Ruling
	for _, a := range appeals {
		if a.After != nil {
			rulings = append(rulings, rubric.Ruling{Row: a.Row, Points: *a.After, Reason: *a.Reason})
		}
	}
	var happened []rubric.Event
	for _, e := range events {
		happened = append(happened, e.Rubric())
	}
	c, err := r.Campaign(ctx, ref.Year)
	if err != nil {
		return card, false, err
	}
	card, err = t.Judge(c.Rules.Settings.Readings.Reading(), ref.Year, marks, rulings, happened)
	return card, len(sheets) > 0, err
}

// FirstResults lists the first version of every institution's result, by code:
// a comparison that appeals still running elsewhere cannot change.
func (r Reader) FirstResults(ctx context.Context, year int) ([]Result, error) {
	return collect[Result](ctx, r, `select code, version, scored, total, card, at from result where year = $1 and version = 1 order by code`, year)
}

// Participation counts what the institutions of a campaign did.
type Participation struct {
	Institutions, Plans, LatePlans, SelfScores, Evidence, Appeals int
}

// Participation counts over all institutions that have not left.
func (r Reader) Participation(ctx context.Context, year int) (Participation, error) {
	return one[Participation](ctx, r, `with e as (select year, code from entry where year = $1 and stage <> 'left') select
		(select count(*) from e)::int institutions,
		(select count(distinct code) from plan join e using (year, code))::int plans,
		(select count(distinct code) from plan join e using (year, code) where version = 1 and late)::int late_plans,
		(select count(distinct code) from self_score join e using (year, code))::int self_scores,
		(select count(*) from evidence join e using (year, code))::int evidence,
		(select count(*) from appeal join e using (year, code))::int appeals`, year)
}
