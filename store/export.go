package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// Column is a column of a table as exports document it.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Columns lists a table's columns in their order.
func (r Reader) Columns(ctx context.Context, table string) ([]Column, error) {
	return collect[Column](ctx, r, `select attname::text name, format_type(coalesce(nullif(y.typbasetype, 0), a.atttypid), null) type
		from pg_attribute a join pg_type y on y.oid = a.atttypid where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`, table)
}

// AddExport notes that somebody took a year's data out of the house.
func (tx *Tx) AddExport(year int, by, what string, names bool, at time.Time) {
	tx.record("export", campaign.Ref{Year: year}, at, map[string]any{"by": by, "how": what, "accepted": names})
}
