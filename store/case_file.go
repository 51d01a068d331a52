package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// What a case file is about.
const (
	AboutRectification = "rectification" // evidence with a rectification (RW-6)
	AboutReply         = "reply"         // evidence with a statement on a prior notice (RW-4)
	AboutAppeal        = "appeal"        // new evidence with one row of an appeal (AP-1)
	AboutClaim         = "claim"         // a capture or proof with a claimed bonus item (AN-15.1 to 15.3)
)

// CaseFile is a file that an institution handed in with its rectification or its
// statement, with one row of its 评价复核 or with a bonus item that it claims.
type CaseFile struct {
	N      int
	About  string
	Row    int   // of an appeal; 0 else
	Event  int64 // of a claim; 0 else
	Name   string
	Media  string
	Size   int64
	Digest string
	Note   string
	ByName string
	At     time.Time
}

// AddCaseFile writes a file's fact and returns its number in the institution's year.
func (tx *Tx) AddCaseFile(ctx context.Context, ref campaign.Ref, f CaseFile) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into case_file (year, code, n, about, row, name, media, size, digest, note, by_name, at, event)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12::bigint, 0) from case_file where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, f.About, f.Row, f.Name, f.Media, f.Size, f.Digest, f.Note, f.ByName, f.At, f.Event)
	if err == nil {
		tx.record("case-file", ref, f.At, map[string]any{"n": n, "how": f.About, "row": f.Row, "size": f.Size, "digest": f.Digest, "text": Digest([]string{f.Name, f.Note})})
	}
	return n, err
}

const caseFileColumns = `n, about, row, coalesce(event, 0) event, name, media, size, digest, note, by_name, at`

// CaseFiles lists an institution's files of a kind, oldest first.
func (r Reader) CaseFiles(ctx context.Context, ref campaign.Ref, about string) ([]CaseFile, error) {
	return collect[CaseFile](ctx, r, `select `+caseFileColumns+` from case_file where year = $1 and code = $2 and about = $3 order by n`, ref.Year, ref.Code, about)
}

// CaseFile finds one file of an institution's year.
func (r Reader) CaseFile(ctx context.Context, ref campaign.Ref, n int) (CaseFile, error) {
	return one[CaseFile](ctx, r, `select `+caseFileColumns+` from case_file where year = $1 and code = $2 and n = $3`, ref.Year, ref.Code, n)
}

// CaseFileSize adds up the bytes of an institution's case files.
func (r Reader) CaseFileSize(ctx context.Context, ref campaign.Ref) (int64, error) {
	return scalar[int64](ctx, r, `select coalesce(sum(size), 0)::bigint from case_file where year = $1 and code = $2`, ref.Year, ref.Code)
}

// Appealing lists the institutions of a campaign that asked for 评价复核, by code.
func (r Reader) Appealing(ctx context.Context, year int) ([]string, error) {
	return list[string](ctx, r, `select distinct code::text from appeal where year = $1 order by 1`, year)
}
