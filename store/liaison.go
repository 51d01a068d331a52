package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// AddLiaison names the officer who is an institution's contact in a year; the
// newest holds (PL-10).
func (tx *Tx) AddLiaison(ctx context.Context, ref campaign.Ref, officer, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into liaison (year, code, n, officer, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5 from liaison where year = $1 and code = $2`, ref.Year, ref.Code, officer, by, at)
	if err == nil {
		tx.record("liaison", ref, at, map[string]any{"id": officer, "by": by})
	}
	return err
}

// Liaison is an institution's contact; NotFound when none was named or the
// person has left.
func (r Reader) Liaison(ctx context.Context, ref campaign.Ref) (Staff, error) {
	return one[Staff](ctx, r, `select `+staffColumns+` from liaison l join staff p on p.id = l.officer
		where l.year = $1 and l.code = $2 and p.active and not exists (select from liaison o where o.year = l.year and o.code = l.code and o.n > l.n)`, ref.Year, ref.Code)
}
