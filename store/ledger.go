package store

import (
	"xuanping/campaign"

	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

	// Rows are the rows that the act wrote, as the database has them: table, key
	// and keyed digest. They stand in the act's last leaf.
	Rows []json.RawMessage `json:"rows,omitempty"`
}

// record notes that a fact was written; the leaf follows at the end of the act.
func (tx *Tx) record(kind string, ref campaign.Ref, at time.Time, body any) {
	tx.leaves = append(tx.leaves, leaf{Kind: kind, Year: ref.Year, Code: ref.Code, At: at.UTC().Truncate(time.Microsecond), Body: body})
}

// ledgerLock serializes appends; it is taken last and held briefly.
const ledgerLock = 0x1ed9e4

// putLeaves appends the act's leaves in three turns to the server, however
// many they are, because the next act waits for the lock meanwhile.
func (tx *Tx) putLeaves(ctx context.Context) error {
	if tx.silent {
		return nil
	}
	if len(tx.leaves) == 0 { // most often nothing was written at all
		if wrote, err := scalar[bool](ctx, tx.Reader, `select coalesce(current_setting('xuanping.rows', true), '') <> ''`); err != nil || !wrote {
			return err
		}
	}
	first, wrote, err := tx.lockLedger(ctx)
	if err != nil {
		return err
	}
	tx.addRows(wrote)
	grown, err := tx.edge(ctx, first)
	if err != nil {
		return err
	}
	var rows leafRows
	for i, l := range tx.leaves {
		text, err := json.Marshal(l) // struct order and encoding/json make it canonical
		if err != nil {
			return err
		}
		n, h := first+int64(i), tlog.RecordHash(text)
		hashes, err := tlog.StoredHashesForRecordHash(n, h, grown)
		if err != nil {
			return err
		}
		rows.add(n, l, string(text), h)
		for k, h := range hashes {
			grown.at[tlog.StoredHashIndex(0, n)+int64(k)] = h
			rows.pos, rows.hashes = append(rows.pos, tlog.StoredHashIndex(0, n)+int64(k)), append(rows.hashes, h[:])
		}
	}
	return rows.insert(ctx, tx.tx)
}

// RowsPerLeaf keeps a record below the 64 KiB that a log's entry may have.
const RowsPerLeaf = 200

// RowsLeaf is the kind of a leaf that only carries rows: of an act that has no
// leaf of its own, or more rows than one leaf has room for.
const RowsLeaf = "rows"

// addRows puts the rows that the act wrote, a line each, into its last leaf; an
// act that has none, such as a moved day, gets one for them.
func (tx *Tx) addRows(text string) {
	if text == "" {
		return
	}
	var lines []json.RawMessage
	for l := range strings.SplitSeq(text, "\n") {
		lines = append(lines, json.RawMessage(l))
	}
	for i, part := range slices.Collect(slices.Chunk(lines, RowsPerLeaf)) {
		if i > 0 || len(tx.leaves) == 0 {
			tx.record(RowsLeaf, campaign.Ref{}, time.Now(), struct {
				Of int `json:"of,omitempty"` // the year of rows whose keys do not tell it
			}{tx.rowsOf})
		}
		tx.leaves[len(tx.leaves)-1].Rows = part
	}
}

// lockLedger takes the lock and then reads how long the ledger is, and which
// rows the act wrote; all is sent together, and what is read after the lock is
// what its last holder committed.
func (tx *Tx) lockLedger(ctx context.Context) (n int64, rows string, err error) {
	var b pgx.Batch
	b.Queue(`select pg_advisory_xact_lock($1)`, ledgerLock)
	b.Queue(`select coalesce(max(idx) + 1, 0), coalesce(current_setting('xuanping.rows', true), '') from leaf`).QueryRow(func(row pgx.Row) error { return row.Scan(&n, &rows) })
	return n, rows, translateKeep(tx.tx.SendBatch(ctx, &b).Close())
}

// edge is the right edge of a tree: the roots of its complete subtrees, which
// are all that appending to it reads, and what was appended since.
type edge struct{ at map[int64]tlog.Hash }

// ReadHashes implements tlog.HashReader.
func (e edge) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, pos := range at {
		h, ok := e.at[pos]
		if !ok {
			return nil, fmt.Errorf("ledger: the hash at %d is missing", pos)
		}
		out[i] = h
	}
	return out, nil
}

// edge reads the right edge of the tree of the first n records.
func (tx *Tx) edge(ctx context.Context, n int64) (edge, error) {
	e := edge{map[int64]tlog.Hash{}}
	var at []int64
	for level := 0; n>>level > 0; level++ {
		if n>>level&1 == 1 {
			at = append(at, tlog.StoredHashIndex(level, n>>level-1))
		}
	}
	if len(at) == 0 {
		return e, nil
	}
	hashes, err := tx.hashes(ctx).ReadHashes(at)
	for i := range hashes {
		e.at[at[i]] = hashes[i]
	}
	return e, translateKeep(err)
}

// leafRows are the columns of what an act appends.
type leafRows struct {
	idx        []int64
	year       []int
	code, kind []string
	record     []string
	hash       [][]byte
	at         []time.Time
	pos        []int64
	hashes     [][]byte
}

func (r *leafRows) add(n int64, l leaf, record string, h tlog.Hash) {
	r.idx, r.year, r.code, r.kind = append(r.idx, n), append(r.year, l.Year), append(r.code, l.Code), append(r.kind, l.Kind)
	r.record, r.hash, r.at = append(r.record, record), append(r.hash, h[:]), append(r.at, l.At)
}

func (r *leafRows) insert(ctx context.Context, tx pgx.Tx) error {
	var b pgx.Batch
	b.Queue(`insert into leaf (idx, year, code, kind, record, hash, at)
		select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::timestamptz[])`,
		r.idx, r.year, r.code, r.kind, r.record, r.hash, r.at)
	b.Queue(`insert into leaf_hash (pos, hash) select * from unnest($1::bigint[], $2::bytea[])`, r.pos, r.hashes)
	return translateKeep(tx.SendBatch(ctx, &b).Close())
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

// HashesAt reads stored hashes of the tree, as far as they are there.
func (r Reader) HashesAt(ctx context.Context, at []int64) (map[int64]tlog.Hash, error) {
	type row struct {
		Pos  int64
		Hash []byte
	}
	all, err := collect[row](ctx, r, `select pos, hash from leaf_hash where pos = any ($1)`, at)
	found := make(map[int64]tlog.Hash, len(all))
	for _, h := range all {
		found[h.Pos] = tlog.Hash(h.Hash)
	}
	return found, err
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

// YearLeaves lists the leaves of a campaign itself, without those of its
// institutions, in the order of the ledger.
func (r Reader) YearLeaves(ctx context.Context, year int) ([]Leaf, error) {
	return collect[Leaf](ctx, r, `select idx, year, code, kind, record, hash, at from leaf where year = $1 and code = '' order by idx`, year)
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
