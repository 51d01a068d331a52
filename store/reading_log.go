package store

import (
	"context"
	"fmt"
	"time"

	"xuanping/campaign"
)

// What a reading was of.
const (
	ReadFile        = "file"
	ReadPaper       = "paper"
	ReadExport      = "export"
	ReadInstitution = "institution"
	ReadPerson      = "person"
)

// Reading is one line of the log of who read what (SE-2).
type Reading struct {
	ID    int64
	Staff string
	Kind  string
	Year  int    // 0: of no year
	Code  string // "" when it is about no institution or many
	Item  string
	Page  string // the route, or the command
	At    time.Time
}

// AddReading notes that somebody reads something: one append, committed at once.
func (s *Store) AddReading(ctx context.Context, x Reading) error {
	_, err := s.pool.Exec(ctx, `insert into reading (staff, kind, year, code, item, page, at) values ($1,$2,$3,$4,$5,$6,$7)`, x.Staff, x.Kind, x.Year, x.Code, x.Item, x.Page, x.At)
	return translate(err)
}

// ReadingFilter picks lines of the log; what is empty picks all.
type ReadingFilter struct {
	Staff, Kind, Code string
	Year              int
	From, Until       time.Time // Until is not included
}

const readingWhere = ` from reading where ($1 = '' or staff = $1) and ($2 = '' or kind = $2) and ($3 = '' or code = $3) and ($4 = 0 or year = $4)
	and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)`

func (f ReadingFilter) args() []any {
	return []any{f.Staff, f.Kind, f.Code, f.Year, instant(f.From), instant(f.Until)}
}

func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// Readings lists lines of the log, the newest first.
func (r Reader) Readings(ctx context.Context, f ReadingFilter, from, n int) ([]Reading, error) {
	return collect[Reading](ctx, r, `select id, staff, kind, year, code, item, page, at`+readingWhere+fmt.Sprintf(` order by id desc offset %d limit %d`, from, n), f.args()...)
}

// CountReadings counts the lines that a filter picks.
func (r Reader) CountReadings(ctx context.Context, f ReadingFilter) (int, error) {
	return scalar[int](ctx, r, `select count(*)::int`+readingWhere, f.args()...)
}

// ReadingSeal is a digest over lines of the log, whose leaf is in the ledger.
type ReadingSeal struct {
	Upto   int64 // all lines after the seal before it, up to this one
	N      int
	Digest string
	At     time.Time
}

// settled is how long a line rests before it is sealed, so that none with a
// smaller number is still on its way.
const settled = time.Minute

const sealedLines = `select count(*)::int n, coalesce(max(id), 0) upto, encode(sha256(convert_to(coalesce(string_agg(
	concat_ws(E'\x1f', id, staff, kind, year, code, item, page, extract(epoch from at)::numeric::text), E'\x1e' order by id), ''), 'UTF8')), 'hex') digest from reading where id > $1 and `

// SealReadings seals the lines since the last seal; it tells how many there were.
func (s *Store) SealReadings(ctx context.Context, now time.Time) (int, error) {
	n := 0
	err := s.Write(ctx, func(tx *Tx) error {
		last, err := scalar[int64](ctx, tx.Reader, `select coalesce(max(upto), 0) from reading_seal`)
		if err != nil {
			return err
		}
		x, err := one[struct {
			N      int
			Upto   int64
			Digest string
		}](ctx, tx.Reader, sealedLines+`at < $2`, last, now.Add(-settled))
		if n = x.N; err != nil || n == 0 {
			return err
		}
		if _, err := tx.exec(ctx, `insert into reading_seal (upto, n, digest, at) values ($1,$2,$3,$4)`, x.Upto, x.N, x.Digest, now); err != nil {
			return err
		}
		tx.record("readings", campaign.Ref{}, now, map[string]any{"n": x.N, "upto": x.Upto, "digest": x.Digest})
		return nil
	})
	return n, err
}

// BrokenSeals lists the seals that no longer fit the lines they are over.
func (r Reader) BrokenSeals(ctx context.Context) ([]int64, error) {
	all, err := collect[ReadingSeal](ctx, r, `select upto, n, digest, at from reading_seal order by upto`)
	if err != nil {
		return nil, err
	}
	var bad []int64
	last := int64(0)
	for _, seal := range all {
		x, err := one[struct {
			N      int
			Upto   int64
			Digest string
		}](ctx, r, sealedLines+`id <= $2`, last, seal.Upto)
		if err != nil {
			return nil, err
		}
		if x.N != seal.N || x.Digest != seal.Digest {
			bad = append(bad, seal.Upto)
		}
		last = seal.Upto
	}
	return bad, nil
}
