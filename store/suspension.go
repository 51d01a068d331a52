package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// Suspension is a time in which an institution's year stands still (暂停, WF-4).
type Suspension struct {
	N      int
	Reason string
	By     string
	At     time.Time

	EndReason *string // of the end; nil while it lasts
	EndBy     *string
	EndAt     *time.Time
	Day       *time.Time // what its task was given back to, where days were left
}

// suspendedAt is since when an entry e stands still, for one whose year goes on.
const suspendedAt = `(select u.at from suspended u where u.year = e.year and u.code = e.code and e.stage not in ('closed', 'left'))`

// Suspensions lists those of an institution's year, oldest first.
func (r Reader) Suspensions(ctx context.Context, ref campaign.Ref) ([]Suspension, error) {
	return collect[Suspension](ctx, r, `select u.n, u.reason, u.by, u.at, d.reason end_reason, d.by end_by, d.at end_at, x.day::timestamp at time zone 'UTC' as day
		from suspension u left join suspension_end d using (year, code, n) left join extension x on x.year = u.year and x.code = u.code and x.n = d.extension
		where u.year = $1 and u.code = $2 order by u.n`, ref.Year, ref.Code)
}

// AddSuspension writes that a year stands still from now and returns its number.
func (tx *Tx) AddSuspension(ctx context.Context, ref campaign.Ref, reason, by string, at time.Time) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into suspension (year, code, n, reason, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5 from suspension where year = $1 and code = $2 returning n`, ref.Year, ref.Code, reason, by, at)
	if err == nil {
		tx.record("suspension", ref, at, map[string]any{"n": n, "by": by, "reason": Digest(reason)})
	}
	return n, err
}

// EndSuspension writes that a year goes on, with the number of the extension
// that gives its task the days back, or with 0.
func (tx *Tx) EndSuspension(ctx context.Context, ref campaign.Ref, n, extension int, reason, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into suspension_end (year, code, n, extension, reason, by, at) values ($1,$2,$3,nullif($4, 0),$5,$6,$7)`, ref.Year, ref.Code, n, extension, reason, by, at)
	if err == nil {
		tx.record("suspension-end", ref, at, map[string]any{"n": n, "by": by, "reason": Digest(reason)})
	}
	return err
}
