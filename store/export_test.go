package store

import (
	"context"
	"slices"
	"strings"
)

// Unrecorded drops the act's leaves: what an act costs without the ledger.
func (tx *Tx) Unrecorded() { tx.silent = true }

// SQL is what an invariant asks.
func (i Invariant) SQL() string { return i.sql }

// Words are the columns of a table that an erasure would empty, and whether it
// reaches the table's rows by their year.
func (tx *Tx) Words(ctx context.Context, table string) (words []string, reached bool, err error) {
	sets, dated, err := tx.wordColumns(ctx, table)
	for _, s := range sets {
		name, _, _ := strings.Cut(s, " = ")
		words = append(words, name)
	}
	_, child := childTables[table]
	return words, dated || child || slices.Contains(PlainTables, table), err
}
