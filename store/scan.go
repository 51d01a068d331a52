package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// FileScan is what the scanner said of a file.
type FileScan struct {
	Digest    string
	Clean     bool
	Signature string
	At        time.Time
}

// FileScan finds the verdict on a file; NotFound while it waits for one.
func (r Reader) FileScan(ctx context.Context, digest string) (FileScan, error) {
	return one[FileScan](ctx, r, `select digest, clean, signature, at from file_scan where digest = $1`, digest)
}

// FileScans finds the verdicts on an institution's files of a year.
func (r Reader) FileScans(ctx context.Context, ref campaign.Ref) (map[string]FileScan, error) {
	all, err := collect[FileScan](ctx, r, `select s.digest, s.clean, s.signature, s.at from file_scan s
		where s.digest in (select f.digest from (`+heldFiles+`) f where f.year = $1 and f.code = $2)`, ref.Year, ref.Code)
	out := map[string]FileScan{}
	for _, x := range all {
		out[x.Digest] = x
	}
	return out, err
}

// heldFiles are the files that institutions brought, wherever they stand, and
// those that were sent to them.
const heldFiles = `select year, code, digest, at from evidence union all select year, code, digest, at from register_file
	union all select year, code, digest, at from case_file union all select year, code, digest, at from clearance_file
	union all select f.year, t.code, f.digest, f.at from guidance_file f join guidance_to t using (year, n)`

// Unscanned is a file without a verdict.
type Unscanned struct {
	Digest string
	Year   int
	Code   string
}

// Unscanned lists files that wait for the scanner, the longest first.
func (r Reader) Unscanned(ctx context.Context, most int) ([]Unscanned, error) {
	return collect[Unscanned](ctx, r, `select digest::text, year, code::text from (
			select distinct on (f.digest) f.digest, f.year, f.code, f.at from (`+heldFiles+`) f order by f.digest, f.at) w
		where not exists (select from file_scan s where s.digest = w.digest) and not exists (select from quarantine q where q.digest = w.digest)
		order by at, digest limit $1`, most)
}

// AddFileScan writes a verdict; the first one stands.
func (s *Store) AddFileScan(ctx context.Context, f Unscanned, clean bool, signature string, at time.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `insert into file_scan (digest, year, code, clean, signature, at) values ($1,$2,$3,$4,$5,$6) on conflict do nothing`, f.Digest, f.Year, f.Code, clean, signature, at)
		if err == nil && n == 1 {
			tx.record("file-scan", campaign.Ref{Year: f.Year, Code: f.Code}, at, map[string]any{"digest": f.Digest, "confirmed": clean})
		}
		return err
	})
}
