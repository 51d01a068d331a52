package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"xuanping/campaign"
)

// Paper is a document that was issued.
type Paper struct {
	Key    string
	Year   int
	Code   string
	Kind   campaign.Paper
	Number string
	Verify string
	Digest string
	PDF    []byte
	At     time.Time

	// What it carries of the ledger, so that it can be made again from the same
	// input; nil on one made before papers carried that.
	Substance *string // digest of the paper without it and without its signature
	Head      *int64  // size of the signed head at its foot
	Leaf      *int64  // index of its order, which it proves to be in that head
}

// Numbers gives a series to institutions in the order of their codes, gap-free
// and after those given before. Who has a number keeps it; the answer maps
// every code to its number.
func (tx *Tx) Numbers(ctx context.Context, series string, year int, codes []string) (map[string]int, error) {
	if _, err := tx.exec(ctx, `select pg_advisory_xact_lock(hashtext($1), $2)`, series, year); err != nil {
		return nil, err
	}
	if _, err := tx.exec(ctx, `insert into number (series, year, n, code)
		select $1::text, $2::int, (select coalesce(max(n), 0) from number where series = $1 and year = $2) + row_number() over (order by c collate "C"), c
		from (select distinct unnest($3::text[]) c) d where not exists (select from number where series = $1 and year = $2 and code = c)`, series, year, codes); err != nil {
		return nil, err
	}
	type numbered struct {
		Code string
		N    int
	}
	all, err := collect[numbered](ctx, tx.Reader, `select code, n from number where series = $1 and year = $2`, series, year)
	out := make(map[string]int, len(all))
	for _, a := range all {
		out[a.Code] = a.N
	}
	return out, err
}

// AddPaper keeps a rendered paper under the key of its intent; the same paper
// again changes nothing.
func (tx *Tx) AddPaper(ctx context.Context, p Paper) error {
	sum := sha256.Sum256(p.PDF)
	p.Digest = hex.EncodeToString(sum[:])
	n, err := tx.exec(ctx, `insert into paper (key, year, code, kind, number, verify, digest, pdf, at, substance, head, leaf) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) on conflict (key) do nothing`,
		p.Key, p.Year, p.Code, string(p.Kind), p.Number, p.Verify, p.Digest, p.PDF, p.At, p.Substance, p.Head, p.Leaf)
	if err == nil && n == 1 {
		tx.record("paper", campaign.Ref{Year: p.Year, Code: p.Code}, p.At, map[string]any{"key": p.Key, "digest": p.Digest})
	}
	return err
}

const paperColumns = `key, year, code, kind, number, verify, digest, at, substance, head, leaf`

// PaperByKey reads a paper with its bytes.
func (r Reader) PaperByKey(ctx context.Context, key string) (Paper, error) {
	return one[Paper](ctx, r, `select `+paperColumns+`, pdf from paper where key = $1`, key)
}

// PaperByVerify finds the paper of a verify code, without its bytes.
func (r Reader) PaperByVerify(ctx context.Context, code string) (Paper, error) {
	return one[Paper](ctx, r, `select `+paperColumns+`, ''::bytea pdf from paper where verify = $1`, code)
}

// Papers lists an institution's papers, without their bytes; with code "" the campaign's own.
func (r Reader) Papers(ctx context.Context, ref campaign.Ref) ([]Paper, error) {
	return collect[Paper](ctx, r, `select `+paperColumns+`, ''::bytea pdf from paper where year = $1 and code = $2 order by at, key`, ref.Year, ref.Code)
}

// PaperCounts counts a campaign's papers by kind.
func (r Reader) PaperCounts(ctx context.Context, year int) (map[string]int, error) {
	type row struct {
		Kind string
		N    int
	}
	all, err := collect[row](ctx, r, `select kind, count(*)::int n from paper where year = $1 group by kind`, year)
	out := map[string]int{}
	for _, a := range all {
		out[a.Kind] = a.N
	}
	return out, err
}

// NumberOf reads the number that an institution has in a series.
func (r Reader) NumberOf(ctx context.Context, series string, ref campaign.Ref) (int, error) {
	return scalar[int](ctx, r, `select n from number where series = $1 and year = $2 and code = $3`, series, ref.Year, ref.Code)
}

// Honoured lists who got a certificate at publication, by code.
func (r Reader) Honoured(ctx context.Context, year int) (map[string]bool, error) {
	codes, err := list[string](ctx, r, `select code from number where series = $1 and year = $2`, campaign.CertificatePaper.Series(), year)
	out := make(map[string]bool, len(codes))
	for _, c := range codes {
		out[c] = true
	}
	return out, err
}
