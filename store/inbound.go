package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// Reply is a letter that came back by mail: a comment on the task of the letter
// it answers. It never submits, signs or appeals.
type Reply struct {
	Year     int
	Code     string
	Message  string // sha256 of its Message-ID
	Thread   string // key of the letter it answers
	Sender   string // as it says of itself; shown, never believed
	Proof    string // what the provider found about SPF and DKIM; shown, never believed
	Subject  string
	Body     string
	Answered bool
	At       time.Time
}

// ReplyFile is a file of a reply after the upload checks.
type ReplyFile struct {
	Message string
	N       int
	Name    string
	Media   string
	Size    int64
	Digest  string // "" when it was refused
	Refused string // why; "" when it was taken
}

// ReplyKnown tells whether a message was taken already.
func (r Reader) ReplyKnown(ctx context.Context, ref campaign.Ref, message string) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from reply where year = $1 and code = $2 and message = $3)`, ref.Year, ref.Code, message)
}

// AnsweredAfter tells whether a thread was answered after an instant.
func (r Reader) AnsweredAfter(ctx context.Context, thread string, at time.Time) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from reply where thread = $1 and answered and at > $2)`, thread, at)
}

// AddReply notes a reply with its files; one that is known changes nothing.
func (tx *Tx) AddReply(ctx context.Context, p Reply, files []ReplyFile) (news bool, err error) {
	ref := campaign.Ref{Year: p.Year, Code: p.Code}
	type kept struct {
		Reply
		Files []ReplyFile
	}
	digest := Digest(kept{p, files})
	n, err := tx.exec(ctx, `insert into reply (year, code, message, thread, sender, proof, subject, body, answered, digest, at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) on conflict (year, code, message) do nothing`,
		p.Year, p.Code, p.Message, p.Thread, p.Sender, p.Proof, p.Subject, p.Body, p.Answered, digest, p.At)
	if err != nil || n == 0 {
		return false, err
	}
	for _, f := range files {
		if _, err := tx.exec(ctx, `insert into reply_file (year, code, message, n, name, media, size, digest, refused) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
			p.Year, p.Code, p.Message, f.N, f.Name, f.Media, f.Size, f.Digest, f.Refused); err != nil {
			return false, err
		}
	}
	tx.record("reply", ref, p.At, map[string]any{"key": p.Thread, "digest": digest, "n": len(files)})
	return true, nil
}

// Replies lists what came back by mail, newest first; with code "" of a whole year.
func (r Reader) Replies(ctx context.Context, ref campaign.Ref) ([]Reply, error) {
	return collect[Reply](ctx, r, `select year, code, message, thread, sender, proof, subject, body, answered, at from reply
		where year = $1 and ($2 = '' or code = $2) order by at desc, message limit 500`, ref.Year, ref.Code)
}

// ReplyFiles lists the files of an institution's replies.
func (r Reader) ReplyFiles(ctx context.Context, ref campaign.Ref) ([]ReplyFile, error) {
	return collect[ReplyFile](ctx, r, `select message, n, name, media, size, digest, refused from reply_file where year = $1 and ($2 = '' or code = $2) order by message, n`, ref.Year, ref.Code)
}

// ReplyCount counts what came back by mail in a year.
func (r Reader) ReplyCount(ctx context.Context, year int) (int, error) {
	return scalar[int](ctx, r, `select count(*) from reply where year = $1`, year)
}
