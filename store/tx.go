package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"xuanping/campaign"
)

// Tx is one act: its facts, their leaves and its intents are committed
// together or not at all.
type Tx struct {
	Reader
	tx      pgx.Tx
	leaves  []leaf
	rowsOf  int  // the year of rows whose keys do not tell it, when they stand alone
	silent  bool // a measurement without the ledger
	intents []Intent
}

// Write runs do in a transaction and then appends its leaves to the ledger and
// its intents to the outbox. It is tried again when PostgreSQL could not
// serialize it, so do must have no effect of its own.
func (s *Store) Write(ctx context.Context, do func(tx *Tx) error) error {
	for try := 0; ; try++ {
		err := s.write(ctx, do)
		pg, ok := errors.AsType[*pgconn.PgError](err)
		again := ok && (pg.Code == "40001" || pg.Code == "40P01")
		if !again || try == 4 {
			return translate(err)
		}
		time.Sleep(time.Duration(10<<try) * time.Millisecond)
	}
}

func (s *Store) write(ctx context.Context, do func(tx *Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(p pgx.Tx) error {
		tx := &Tx{Reader: Reader{p}, tx: p}
		if err := do(tx); err != nil {
			return err
		}
		if err := tx.putIntents(ctx); err != nil {
			return err
		}
		began := time.Now()
		err := tx.putLeaves(ctx)
		s.ledger.spent.Add(int64(time.Since(began)))
		s.ledger.leaves.Add(int64(len(tx.leaves)))
		return err
	})
}

// exec runs one statement and tells how many rows it touched.
func (tx *Tx) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := tx.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), translateKeep(err)
}

// translateKeep leaves serialization failures to Write.
func translateKeep(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && (pg.Code == "40001" || pg.Code == "40P01") {
		return err
	}
	return translate(err)
}

// Lock holds an institution's row (or with code "" the campaign's) until the
// act is committed: two acts about the same institution do not interleave.
func (tx *Tx) Lock(ctx context.Context, ref campaign.Ref) error {
	if ref.Code == "" {
		_, err := scalar[int](ctx, tx.Reader, `select year from campaign where year = $1 for update`, ref.Year)
		return err
	}
	_, err := scalar[string](ctx, tx.Reader, `select stage from entry where year = $1 and code = $2 for update`, ref.Year, ref.Code)
	return err
}

// Digest is the sha256 in hex of the canonical JSON of v: what a receipt shows
// and a leaf holds.
func Digest(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own plain structs only
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// day turns a nullable date column into a Day.
func day(t *time.Time) campaign.Day {
	if t == nil {
		return ""
	}
	return campaign.Day(t.Format("2006-01-02"))
}

// orNull turns an empty text into a null.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// date turns a Day into a parameter for a date column.
func date(d campaign.Day) any {
	if d == "" {
		return nil
	}
	return string(d)
}
