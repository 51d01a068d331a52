package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
)

// RowLine is a row as the ledger knows it: its table, its key as a JSON list,
// and its digest keyed by year; "" when there is no key of its year.
type RowLine struct {
	Table, Key, Digest string

	Year int // whose key it is, 0 for what belongs to no year; not in a leaf
}

// UnmarshalJSON reads the list of three that a leaf holds.
func (l *RowLine) UnmarshalJSON(b []byte) error {
	var parts [3]json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	l.Key = string(parts[1])
	var digest *string
	if err := json.Unmarshal(parts[2], &digest); err != nil {
		return err
	}
	if digest != nil {
		l.Digest = *digest
	}
	return json.Unmarshal(parts[0], &l.Table)
}

// RowRule says of a table that its rows are in the ledger, without the columns
// to skip: those tell how far a letter or a link has come, not what it is.
type RowRule struct {
	Table string
	Skip  []string
}

// RowRules lists the tables whose rows are in the ledger.
func (r Reader) RowRules(ctx context.Context) ([]RowRule, error) {
	return collect[RowRule](ctx, r, `select tbl "table", skip from row_rule order by tbl`)
}

// Uncovered lists the tables of which the ledger knows nothing, though they are
// neither working memory nor the ledger itself.
func (r Reader) Uncovered(ctx context.Context) ([]string, error) {
	return list[string](ctx, r, `select relname::text from pg_class where relkind = 'r' and relnamespace = current_schema::regnamespace
		and relname not in ('goose_db_version', 'row_key', 'row_rule', 'session', 'draft', 'factor', 'recovery', 'oidc_login', 'reading', 'leaf', 'leaf_hash', 'checkpoint')
		and relname::text not in (select tbl from row_rule) order by 1`)
}

// RowLines computes the lines of a table's rows as they are now.
func (r Reader) RowLines(ctx context.Context, table string) ([]RowLine, error) {
	type rule struct{ Pk, Skip []string }
	w, err := one[rule](ctx, r, `select pk, skip from row_rule where tbl = $1`, table)
	if err != nil {
		return nil, err
	}
	return r.rowLines(ctx, fmt.Sprintf(`select row_line($1, $2, k.key, r) line, y from (select r, coalesce((r ->> 'year')::int, 0) y from (select to_jsonb(whole_row) - $3::text[] r from %s whole_row) w) x
		left join row_key k on k.year = y`, pgx.Identifier{table}.Sanitize()), table, w.Pk, w.Skip)
}

func (r Reader) rowLines(ctx context.Context, sql string, args ...any) ([]RowLine, error) {
	type row struct {
		Line json.RawMessage
		Y    int
	}
	all, err := collect[row](ctx, r, sql, args...)
	if err != nil {
		return nil, err
	}
	lines := make([]RowLine, len(all))
	for i, b := range all {
		if err := lines[i].UnmarshalJSON(b.Line); err != nil {
			return nil, err
		}
		lines[i].Year = b.Y
	}
	return lines, nil
}

// ErasedByLedger lists the years of which the ledger says that their names were
// erased. A year without a row key is one of them, or its key was stolen: the
// keys themselves are no part of the ledger.
func (r Reader) ErasedByLedger(ctx context.Context) ([]int, error) {
	return list[int](ctx, r, `select distinct l.year from `+erasedByLedger+` order by 1`)
}

// erasedByLedger are the leaves l that confirm an erasure.
const erasedByLedger = `(select year from leaf where kind = 'erasure' and record::jsonb #>> '{body,act}' = 'confirm') l`

// RowLinesOf computes the lines of one institution's year as its rows are now.
func (r Reader) RowLinesOf(ctx context.Context, ref campaign.Ref) ([]RowLine, error) {
	type rule struct {
		Tbl      string
		Pk, Skip []string
	}
	rules, err := collect[rule](ctx, r, `select w.tbl, w.pk, w.skip from row_rule w join pg_class c on c.relname = w.tbl and c.relnamespace = current_schema::regnamespace
		where w.tbl = 'event_ruling' or 2 = (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname in ('year', 'code')) order by w.tbl`)
	if err != nil || len(rules) == 0 {
		return nil, err
	}
	var parts []string
	args := []any{ref.Year, ref.Code}
	for _, w := range rules {
		name, year, where := pgx.Identifier{w.Tbl}.Sanitize(), `w.year`, `w.year = $1 and w.code = $2`
		if w.Tbl == "event_ruling" { // it names its event; its own year is none
			year, where = `0`, `w.event in (select id from event where year = $1 and code = $2)`
		}
		n := len(args)
		parts = append(parts, fmt.Sprintf(`select row_line($%d, $%d, k.key, to_jsonb(w) - $%d::text[]) line, %s y from %s w left join row_key k on k.year = %s where %s`, n+1, n+2, n+3, year, name, year, where))
		args = append(args, w.Tbl, w.Pk, w.Skip)
	}
	return r.rowLines(ctx, strings.Join(parts, ` union all `), args...)
}

// LeavesOfRows lists the leaves that may hold rows of one institution's year:
// its own, the next one with rows after each of them, for an act's rows stand
// in its last leaf, and those of the campaign or of nobody that name it.
func (r Reader) LeavesOfRows(ctx context.Context, ref campaign.Ref) ([]Leaf, error) {
	return collect[Leaf](ctx, r, `with own as (select idx from leaf where year = $1 and code = $2),
			acts as (select (select l.idx from leaf l where l.idx >= own.idx and position('"rows":[' in l.record) > 0 order by l.idx limit 1) idx from own
				union select idx from leaf where year in ($1, 0) and code = '' and position($2 in record) > 0)
		select l.idx, l.year, l.code, l.kind, l.record, l.hash, l.at from leaf l where l.idx in (select idx from acts) order by l.idx`, ref.Year, ref.Code)
}

// LeavesNaming lists the leaves of a year, or of nobody, in whose record one of
// the texts stands; it reads all of them.
func (r Reader) LeavesNaming(ctx context.Context, year int, texts []string) ([]Leaf, error) {
	return collect[Leaf](ctx, r, `select idx, year, code, kind, record, hash, at from leaf where year in ($1, 0)
		and exists (select from unnest($2::text[]) t where position(t in record) > 0) order by idx`, year, texts)
}
