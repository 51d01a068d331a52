package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// Conflict is a reviewer's conflict of interest with an institution: said by
// somebody, or found in the roster (By "").
type Conflict struct {
	Code      string
	Reviewer  string
	Key       string // by which it can be withdrawn
	Kind      campaign.ConflictKind
	Text      string
	By        *string
	At        *time.Time
	Withdrawn int // signatures of officers; from two on it counts no more
	FirstBy   *string
	FirstWhy  *string
}

// Open tells whether the conflict keeps the reviewer away.
func (c Conflict) Open() bool { return c.Withdrawn < 2 }

const conflictColumns = `f.code, f.reviewer, f.key, f.kind, f.text, f.by, f.at,
	(select count(*) from conflict_withdrawal w where w.year = f.year and w.code = f.code and w.reviewer = f.reviewer and w.key = f.key)::int withdrawn,
	o.by::text first_by, o.reason first_why
	from conflict_found f left join lateral (select w.by, w.reason from conflict_withdrawal w
		where w.year = f.year and w.code = f.code and w.reviewer = f.reviewer and w.key = f.key order by w.at, w.by limit 1) o on true`

// Conflicts lists the conflicts of a campaign, also the withdrawn, by institution and reviewer.
func (r Reader) Conflicts(ctx context.Context, year int) ([]Conflict, error) {
	return collect[Conflict](ctx, r, `select `+conflictColumns+` where f.year = $1 order by f.code collate "C", f.reviewer collate "C", f.key collate "C"`, year)
}

// ConflictOf finds one conflict by its key.
func (r Reader) ConflictOf(ctx context.Context, ref campaign.Ref, reviewer, key string) (Conflict, error) {
	return one[Conflict](ctx, r, `select `+conflictColumns+` where f.year = $1 and f.code = $2 and f.reviewer = $3 and f.key = $4`, ref.Year, ref.Code, reviewer, key)
}

// Conflicted tells whether a reviewer must not see an institution's year (S8).
func (r Reader) Conflicted(ctx context.Context, ref campaign.Ref, reviewer string) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from conflicted where year = $1 and code = $2 and reviewer = $3)`, ref.Year, ref.Code, reviewer)
}

// Open conflicts of a campaign as pairs, for the assignment of seats.
type pair struct{ Code, Reviewer string }

// ConflictedPairs tells of each institution's code who is kept away from it.
func (r Reader) ConflictedPairs(ctx context.Context, year int) (map[string][]string, error) {
	all, err := collect[pair](ctx, r, `select code, reviewer from conflicted where year = $1 order by code collate "C", reviewer collate "C"`, year)
	by := map[string][]string{}
	for _, p := range all {
		by[p.Code] = append(by[p.Code], p.Reviewer)
	}
	return by, err
}

// AddConflict writes a conflict and gives its number.
func (tx *Tx) AddConflict(ctx context.Context, ref campaign.Ref, reviewer string, kind campaign.ConflictKind, text, by string, at time.Time) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into conflict (year, code, reviewer, n, kind, text, by, at)
		select $1::int, $2::text, $3::text, coalesce(max(n), 0) + 1, $4, $5, $6, $7 from conflict where year = $1 and code = $2 and reviewer = $3 returning n`,
		ref.Year, ref.Code, reviewer, string(kind), text, by, at)
	if err == nil { // kind and words are a person's own affairs: the ledger has their digest
		tx.record("conflict", ref, at, map[string]any{"reviewer": reviewer, "n": n, "by": by, "text": Digest([]string{string(kind), text})})
	}
	return n, err
}

// AddConflictWithdrawal writes one officer's signature under the withdrawal of
// a conflict, and tells how many there are now.
func (tx *Tx) AddConflictWithdrawal(ctx context.Context, ref campaign.Ref, reviewer, key, reason, by string, at time.Time) (int, error) {
	if _, err := tx.exec(ctx, `insert into conflict_withdrawal (year, code, reviewer, key, by, reason, at) values ($1,$2,$3,$4,$5,$6,$7)`, ref.Year, ref.Code, reviewer, key, by, reason, at); err != nil {
		return 0, err
	}
	n, err := scalar[int](ctx, tx.Reader, `select count(*) from conflict_withdrawal where year = $1 and code = $2 and reviewer = $3 and key = $4`, ref.Year, ref.Code, reviewer, key)
	if err == nil {
		tx.record("conflict-withdrawal", ref, at, map[string]any{"reviewer": reviewer, "n": n, "by": by, "text": Digest([]string{key, reason})})
	}
	return n, err
}

// Declaration is a reviewer's word that beyond his conflicts he has none.
type Declaration struct {
	Reviewer  string
	N         int
	Conflicts int
	Digest    string
	At        time.Time
}

// Declarations lists the newest declaration of each reviewer of a campaign.
func (r Reader) Declarations(ctx context.Context, year int) ([]Declaration, error) {
	return collect[Declaration](ctx, r, `select distinct on (reviewer) reviewer, n, conflicts, digest, at from declaration where year = $1 order by reviewer, n desc`, year)
}

// DeclarationOf finds a reviewer's newest declaration; NotFound before his first.
func (r Reader) DeclarationOf(ctx context.Context, year int, reviewer string) (Declaration, error) {
	return one[Declaration](ctx, r, `select reviewer, n, conflicts, digest, at from declaration where year = $1 and reviewer = $2 order by n desc limit 1`, year, reviewer)
}

// AddDeclaration writes a reviewer's declaration over the conflicts he has said.
func (tx *Tx) AddDeclaration(ctx context.Context, year int, reviewer string, at time.Time) (Declaration, error) {
	said, err := list[string](ctx, tx.Reader, `select code || '/' || n || '/' || kind || '/' || text from conflict where year = $1 and reviewer = $2 order by code, n`, year, reviewer)
	if err != nil {
		return Declaration{}, err
	}
	d := Declaration{Reviewer: reviewer, Conflicts: len(said), Digest: Digest(said), At: at}
	d.N, err = scalar[int](ctx, tx.Reader, `insert into declaration (year, reviewer, n, conflicts, digest, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5 from declaration where year = $1 and reviewer = $2 returning n`, year, reviewer, d.Conflicts, d.Digest, at)
	if err == nil {
		tx.record("declaration", campaign.Ref{Year: year}, at, map[string]any{"reviewer": reviewer, "n": d.N, "digest": d.Digest})
	}
	return d, err
}

// ConflictedFor tells of each code of a campaign whether a reviewer is kept away from it.
func (r Reader) ConflictedFor(ctx context.Context, year int, reviewer string) (map[string]bool, error) {
	all, err := list[string](ctx, r, `select code from conflicted where year = $1 and reviewer = $2`, year, reviewer)
	away := make(map[string]bool, len(all))
	for _, c := range all {
		away[c] = true
	}
	return away, err
}
