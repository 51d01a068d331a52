package store

import (
	"context"
	"encoding/json"
)

// RowLine is a row as the ledger knows it: its table, its key as a JSON list,
// and its digest keyed by year; "" when the year's key was destroyed.
type RowLine struct{ Table, Key, Digest string }

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
	all, err := list[json.RawMessage](ctx, r, `select line from row_digests($1)`, table)
	if err != nil {
		return nil, err
	}
	lines := make([]RowLine, len(all))
	for i, b := range all {
		if err := lines[i].UnmarshalJSON(b); err != nil {
			return nil, err
		}
	}
	return lines, nil
}
