package store

import (
	"context"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
)

// Checkpoint is a signed head of the ledger, a note as C2SP tlog-checkpoint
// describes it.
type Checkpoint struct {
	Size int64
	Root []byte
	Note string
	At   time.Time
}

// Head is the head that the checkpoint signs.
func (c Checkpoint) Head() Head { return Head{c.Size, tlog.Hash(c.Root)} }

// Line is the signed head in one line, as letters and papers carry it: whoever
// keeps one holds a head with the ledger's signature, which nobody can disown.
func (c Checkpoint) Line() string {
	body, signature, ok := strings.Cut(c.Note, "\n\n")
	parts := strings.Split(body, "\n")
	signature, _, _ = strings.Cut(signature, "\n")
	if !ok || len(parts) != 3 {
		return ""
	}
	return "签署 " + strings.Join(parts, " ") + " " + signature
}

// Stamp is what letters and papers carry of the ledger: its head now, and the
// newest signed one.
func (r Reader) Stamp(ctx context.Context) (string, error) {
	h, err := r.Head(ctx)
	if err != nil {
		return "", err
	}
	c, err := r.LastCheckpoint(ctx)
	if campaign.KindOf(err) == campaign.NotFound {
		return h.Line(), nil
	}
	if line := c.Line(); err == nil && line != "" {
		return h.Line() + " " + line, nil
	}
	return h.Line(), err
}

// AddCheckpoint keeps a signed head; the first one of a size stays.
func (s *Store) AddCheckpoint(ctx context.Context, c Checkpoint) error {
	_, err := s.pool.Exec(ctx, `insert into checkpoint (size, root, note, at) values ($1,$2,$3,$4) on conflict do nothing`, c.Size, c.Root, c.Note, c.At)
	return translate(err)
}

// Checkpoints lists all signed heads, smallest first.
func (r Reader) Checkpoints(ctx context.Context) ([]Checkpoint, error) {
	return collect[Checkpoint](ctx, r, `select size, root, note, at from checkpoint order by size`)
}

// LastCheckpoint is the newest signed head; NotFound before the first.
func (r Reader) LastCheckpoint(ctx context.Context) (Checkpoint, error) {
	return one[Checkpoint](ctx, r, `select size, root, note, at from checkpoint order by size desc limit 1`)
}

// CheckpointAt is the signed head of a size.
func (r Reader) CheckpointAt(ctx context.Context, size int64) (Checkpoint, error) {
	return one[Checkpoint](ctx, r, `select size, root, note, at from checkpoint where size = $1`, size)
}

// CheckpointDue tells whether a new head should be signed: something was
// appended, and since the last one an hour has passed or a paper was issued or
// results were made public.
func (r Reader) CheckpointDue(ctx context.Context, now time.Time) (bool, error) {
	return scalar[bool](ctx, r, `with last as (select coalesce(max(size), 0) size, max(at) at from checkpoint)
		select exists (select from leaf, last where idx >= last.size)
			and (last.at is null or last.at <= $1 or exists (select from leaf where idx >= last.size and kind in ('paper', 'publication')))
		from last`, now.Add(-time.Hour))
}

// Hashes reads stored hashes of the ledger's tree, as proofs and tiles need them.
func (r Reader) Hashes(ctx context.Context) tlog.HashReader { return r.hashes(ctx) }

// LeavesFrom lists n records of the ledger from an index on, of every year.
func (r Reader) LeavesFrom(ctx context.Context, from int64, n int) ([]Leaf, error) {
	return collect[Leaf](ctx, r, `select idx, year, code, kind, record, hash, at from leaf where idx >= $1 order by idx limit $2`, from, n)
}

// OrderOf finds the record by which a paper was ordered; NotFound for one ordered
// before the ledger had such records.
func (r Reader) OrderOf(ctx context.Context, ref campaign.Ref, key string) (Leaf, error) {
	return one[Leaf](ctx, r, `select idx, year, code, kind, record, hash, at from leaf where year = $1 and code = $2 and kind = 'paper-order' and record::jsonb #>> '{body,key}' = $3`, ref.Year, ref.Code, key)
}

// LeafOf finds the newest record of a kind whose key is given: a letter's or a
// paper's.
func (r Reader) LeafOf(ctx context.Context, kind, key string) (Leaf, error) {
	return one[Leaf](ctx, r, `select idx, year, code, kind, record, hash, at from leaf where kind = $1 and record::jsonb #>> '{body,key}' = $2 order by idx desc limit 1`, kind, key)
}
