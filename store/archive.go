package store

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Snapshot lets do read the score book as it is at one moment.
func (s *Store) Snapshot(ctx context.Context, do func(Reader) error) error {
	var failed error // do's own errors are not the database's
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		failed = do(Reader{tx})
		return failed
	})
	if failed != nil {
		return failed
	}
	return translate(err)
}

// ArchiveTable is a table whose rows an archive of a year holds.
type ArchiveTable struct {
	Table string
	PK    []string
	Skip  []string
	Whole bool // rows of all years: the table belongs to none, or later years look at it
}

// ArchiveTables lists the tables of facts in their order; people's accounts
// among them, which ArchiveRows gives without passwords.
func (r Reader) ArchiveTables(ctx context.Context) ([]ArchiveTable, error) {
	return collect[ArchiveTable](ctx, r, `select w.tbl "table", w.pk, w.skip, w.tbl = 'interpretation' or w.tbl <> 'mail_event' and
		not exists (select from pg_attribute a where a.attrelid = w.tbl::regclass and a.attname = 'year' and not a.attisdropped) whole
		from row_rule w order by w.tbl collate "C"`)
}

// Carried tells of a table whose rows of earlier years belong to a year too: a matter
// counts once over the years, as 评价复核 left its events.
func Carried(table string) bool {
	switch table {
	case "event", "event_amendment", "appeal_ruling", "ruling_void", "campaign":
		return true
	}
	return false
}

// ArchiveRows gives each row of a table that belongs to a year as the text that
// its digest in the ledger is of. What is Carried of earlier years belongs to it.
func (r Reader) ArchiveRows(ctx context.Context, t ArchiveTable, year int, each func(row string) error) error {
	where := `coalesce((x.r ->> 'year')::int, 0) in (0, $2::int)`
	switch {
	case t.Whole:
		where = `$2::int is not null`
	case Carried(t.Table):
		where = `(x.r ->> 'year')::int <= $2::int`
	case t.Table == "mail_event":
		where = `exists (select from intent i where i.key = x.r ->> 'key' and i.year = $2::int)`
	}
	drop := `'{}'::text[]`
	if t.Table == "staff" {
		drop = `'{password}'::text[]`
	}
	rows, err := r.db.Query(ctx, fmt.Sprintf(`select (x.r - %s)::text from (select to_jsonb(w) - $1::text[] r from %s w) x where %s`, drop, pgx.Identifier{t.Table}.Sanitize(), where), t.Skip, year)
	if err != nil {
		return translate(err)
	}
	var row string
	var failed error
	_, err = pgx.ForEachRow(rows, []any{&row}, func() error { failed = each(row); return failed })
	if failed != nil {
		return failed
	}
	return translate(err)
}

// RowKeys reads the keys of the row digests of a year and of what belongs to no
// year (0), in hex: whoever has them can tie the ledger's digests to rows.
func (r Reader) RowKeys(ctx context.Context, years ...int) (map[int]string, error) {
	type key struct {
		Year int
		Key  []byte
	}
	all, err := collect[key](ctx, r, `select year, key from row_key where year = any ($1)`, years)
	out := map[int]string{}
	for _, k := range all {
		out[k.Year] = hex.EncodeToString(k.Key)
	}
	return out, err
}
