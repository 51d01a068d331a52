package store

import (
	"context"
	"time"
)

// Leaked is a file in quarantine with the days between which it lay in the
// store: every backup made in between still holds it (GL-5).
type Leaked struct {
	Digest string
	Year   int
	Code   string
	Reason string
	By     string
	Since  time.Time // handed in
	At     time.Time // taken into quarantine
	Places int       // where it stood
}

// Leaks lists all files in quarantine, the newest last.
func (r Reader) Leaks(ctx context.Context) ([]Leaked, error) {
	return collect[Leaked](ctx, r, `select q.digest::text, q.year, q.code::text, q.reason, q.by::text, coalesce(min(f.at), q.at) since, q.at, count(f.at)::int places
		from quarantine q left join (`+heldFiles+`) f on f.digest = q.digest group by q.digest order by q.at, q.digest`)
}
