package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// SeatHistory is a holding of a seat from its beginning to its end.
type SeatHistory struct {
	Seat
	Why     *campaign.SeatEnd
	EndedBy *string
	Reason  *string
	EndedAt *time.Time
}

// SeatsEver lists every holding of every seat of a campaign (with a code: of
// that institution), also those that have ended.
func (r Reader) SeatsEver(ctx context.Context, ref campaign.Ref) ([]SeatHistory, error) {
	return collect[SeatHistory](ctx, r, `select s.year, s.code, s.seat, s.n, s.reviewer, s.due, s.at, t.at sheet_at, x.why, x.by::text ended_by, x.reason, x.at ended_at
		from seat s left join sheet t using (year, code, reviewer) left join seat_end x using (year, code, seat, n)
		where s.year = $1 and ($2 = '' or s.code = $2) order by s.code, s.seat, s.n`, ref.Year, ref.Code)
}

// EndSeat ends a holding: its marks, if any, count no more. By "" is the clock.
func (tx *Tx) EndSeat(ctx context.Context, s Seat, why campaign.SeatEnd, reason, by string, at time.Time) error {
	var who any
	if by != "" {
		who = by
	}
	_, err := tx.exec(ctx, `insert into seat_end (year, code, seat, n, reviewer, why, reason, by, at) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		s.Year, s.Code, s.Seat, s.N, s.Reviewer, string(why), reason, who, at)
	if err == nil {
		tx.record("seat-end", campaign.Ref{Year: s.Year, Code: s.Code}, at, map[string]any{"seat": s.Seat, "n": s.N, "reviewer": s.Reviewer, "how": why, "by": by, "text": Digest(reason)})
	}
	return err
}

// SheetEver is a reviewer's marks with the holding they were made in.
type SheetEver struct {
	Sheet
	N int
}

// SheetsEver lists all sheets of an institution's year, also those that count
// no more: for a recount, which asks the ledger what counted when.
func (r Reader) SheetsEver(ctx context.Context, ref campaign.Ref) ([]SheetEver, error) {
	return collect[SheetEver](ctx, r, `select t.reviewer, s.seat, s.n, t.marks, t.digest, t.at from sheet t join seat s using (year, code, reviewer)
		where t.year = $1 and t.code = $2 order by s.seat, s.n`, ref.Year, ref.Code)
}

// Loads counts the seats that each active reviewer holds in a campaign, by id.
func (r Reader) Loads(ctx context.Context, year int) ([]campaign.Bearer, error) {
	return collect[campaign.Bearer](ctx, r, `select p.id::text id, coalesce(p.load_limit, 0) as "limit",
		(select count(*) from held h where h.year = $1 and h.reviewer = p.id)::int load
		from staff p where p.role = 'reviewer' and p.active order by p.id`, year)
}

// SheetTotals adds up the sheets that count at the institutions of a campaign
// whose result has been served: before, nobody compares reviewers.
func (r Reader) SheetTotals(ctx context.Context, year int) ([]campaign.SheetTotal, error) {
	return collect[campaign.SheetTotal](ctx, r, `select h.code, h.reviewer, (select coalesce(sum((m ->> 'points')::int), 0)::int from jsonb_array_elements(t.marks) m) total
		from held h join sheet t using (year, code, reviewer) join entry e using (year, code)
		where h.year = $1 and e.stage in ('served', 'final', 'closed') order by h.code, h.seat`, year)
}

// HeldInConflict lists the seats that are held in spite of a conflict, at
// institutions whose result is not formed: the roster or the staff has changed.
func (r Reader) HeldInConflict(ctx context.Context) ([]Seat, error) {
	return collect[Seat](ctx, r, `select h.year, h.code, h.seat, h.n, h.reviewer, h.due, h.at, null::timestamptz sheet_at
		from held h join conflicted c using (year, code, reviewer)
		where not exists (select from result t where t.year = h.year and t.code = h.code) order by h.year, h.code, h.seat`)
}
