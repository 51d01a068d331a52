package store

import (
	"context"
	"crypto/sha256"
	"time"

	"xuanping/campaign"
)

// ActCode is a code that was mailed for an act with legal effect (S1). What it
// was stands nowhere.
type ActCode struct {
	N         int
	Act       string
	Digest    string
	AskedAt   time.Time // real time
	ExpiresAt time.Time
	Wrong     int  // tries that failed
	Good      bool // it was typed correctly
}

const actCodeColumns = `n, act, digest, asked_at, expires_at,
	(select count(*)::int from act_code_try y where (y.year, y.code, y.n) = (c.year, c.code, c.n) and not good) wrong,
	exists (select from act_code_try y where (y.year, y.code, y.n) = (c.year, c.code, c.n) and good) good`

// LastActCode is the newest code for an act of this content by this link.
func (r Reader) LastActCode(ctx context.Context, ref campaign.Ref, link []byte, act, digest string) (ActCode, error) {
	h := sha256.Sum256(link)
	return one[ActCode](ctx, r, `select `+actCodeColumns+` from act_code c where year = $1 and code = $2 and link = $3 and act = $4 and digest = $5 order by n desc limit 1`,
		ref.Year, ref.Code, h[:], act, digest)
}

// ActCodesSince counts the codes asked for by a link, and for the institution's
// year in all, since a moment of real time.
func (r Reader) ActCodesSince(ctx context.Context, ref campaign.Ref, link []byte, since time.Time) (byLink, all int, err error) {
	h := sha256.Sum256(link)
	err = r.db.QueryRow(ctx, `select count(*) filter (where link = $3), count(*) from act_code where year = $1 and code = $2 and asked_at > $4`,
		ref.Year, ref.Code, h[:], since).Scan(&byLink, &all)
	return byLink, all, translate(err)
}

// AddActCode writes that a code was asked for, and returns its number.
func (tx *Tx) AddActCode(ctx context.Context, ref campaign.Ref, link []byte, c ActCode, at time.Time) (int, error) {
	h := sha256.Sum256(link)
	n, err := scalar[int](ctx, tx.Reader, `insert into act_code (year, code, n, act, link, digest, at, asked_at, expires_at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8 from act_code where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, c.Act, h[:], c.Digest, at, c.AskedAt, c.ExpiresAt)
	if err == nil {
		tx.record("act-code", ref, at, map[string]any{"n": n, "task": c.Act})
	}
	return n, err
}

// AddCodeTry writes a try of a code.
func (tx *Tx) AddCodeTry(ctx context.Context, ref campaign.Ref, n int, good bool, at time.Time) error {
	_, err := tx.exec(ctx, `insert into act_code_try (year, code, n, try, good, at)
		select $1::int, $2::text, $3::int, coalesce(max(try), 0) + 1, $4, $5 from act_code_try where year = $1 and code = $2 and n = $3`, ref.Year, ref.Code, n, good, at)
	if err == nil {
		tx.record("act-code-try", ref, at, map[string]any{"n": n, "confirmed": good})
	}
	return err
}
