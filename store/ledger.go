package store

import (
	"xuanping/campaign"

	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// leaf is a record on its way into the ledger. Its body holds codes, ids,
// digests, points and days: never a name, an address or a text (S11).
type leaf struct {
	Kind string    `json:"kind"`
	Year int       `json:"year"`
	Code string    `json:"code,omitempty"`
	At   time.Time `json:"at"`
	Body any       `json:"body"`
}

// record notes that a fact was written; the leaf follows at the end of the act.
func (tx *Tx) record(kind string, ref campaign.Ref, at time.Time, body any) {
	tx.leaves = append(tx.leaves, leaf{kind, ref.Year, ref.Code, at.UTC().Truncate(time.Microsecond), body})
}

// ledgerLock serializes appends; it is taken last and held briefly.
const ledgerLock = 0x1ed9e4

func (tx *Tx) putLeaves(ctx context.Context) error {
	if len(tx.leaves) == 0 {
		return nil
	}
	if _, err := tx.exec(ctx, `select pg_advisory_xact_lock($1)`, ledgerLock); err != nil {
		return err
	}
	n, err := scalar[int64](ctx, tx.Reader, `select coalesce(max(idx) + 1, 0) from leaf`)
	if err != nil {
		return err
	}
	for _, l := range tx.leaves {
		text, err := json.Marshal(l) // struct order and encoding/json make it canonical
		if err != nil {
			return err
		}
		h := tlog.RecordHash(text)
		if _, err := tx.exec(ctx, `insert into leaf (idx, year, code, kind, record, hash, at) values ($1,$2,$3,$4,$5,$6,$7)`,
			n, l.Year, l.Code, l.Kind, string(text), h[:], l.At); err != nil {
			return err
		}
		hashes, err := tlog.StoredHashesForRecordHash(n, h, tx.hashes(ctx))
		if err != nil {
			return err
		}
		for i, h := range hashes {
			if _, err := tx.exec(ctx, `insert into leaf_hash (pos, hash) values ($1,$2)`, tlog.StoredHashIndex(0, n)+int64(i), h[:]); err != nil {
				return err
			}
		}
		n++
	}
	return nil
}

func (r Reader) hashes(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		rows, err := r.db.Query(ctx, `select h.hash from unnest($1::bigint[]) with ordinality w(pos, n) join leaf_hash h using (pos) order by w.n`, at)
		if err != nil {
			return nil, err
		}
		raw, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
		if err != nil {
			return nil, err
		}
		if len(raw) != len(at) {
			return nil, fmt.Errorf("ledger: %d of %d hashes found", len(raw), len(at))
		}
		out := make([]tlog.Hash, len(raw))
		for i, b := range raw {
			copy(out[i][:], b)
		}
		return out, nil
	})
}

// Head is the state of the ledger: its size and root.
type Head struct {
	Size int64
	Root tlog.Hash
}

// Line is the head as letters carry it.
func (h Head) Line() string { return fmt.Sprintf("账本 %d · %s", h.Size, h.Root) }

// Head reads the ledger's head.
func (r Reader) Head(ctx context.Context) (Head, error) {
	n, err := scalar[int64](ctx, r, `select coalesce(max(idx) + 1, 0) from leaf`)
	if err != nil || n == 0 {
		return Head{}, err
	}
	root, err := tlog.TreeHash(n, r.hashes(ctx))
	return Head{n, root}, err
}

// Leaf is one record of the ledger.
type Leaf struct {
	Idx    int64
	Year   int
	Code   string
	Kind   string
	Record string
	Hash   []byte
	At     time.Time
}

// Leaves lists the records of an institution's year, oldest first; with code
// "" all of the campaign's.
func (r Reader) Leaves(ctx context.Context, ref campaign.Ref) ([]Leaf, error) {
	return collect[Leaf](ctx, r, `select idx, year, code, kind, record, hash, at from leaf where year = $1 and ($2 = '' or code = $2) order by idx`, ref.Year, ref.Code)
}

// Tree reads every stored hash of the ledger's tree by its position, for an audit.
func (r Reader) Tree(ctx context.Context) (map[int64]tlog.Hash, error) {
	type row struct {
		Pos  int64
		Hash []byte
	}
	all, err := collect[row](ctx, r, `select pos, hash from leaf_hash`)
	tree := make(map[int64]tlog.Hash, len(all))
	for _, h := range all {
		tree[h.Pos] = tlog.Hash(h.Hash)
	}
	return tree, err
}
