package store

import (
	"context"
	"fmt"
	"time"

	"xuanping/campaign"
)

// Guidance is a letter of the regulator's unit to the units of institutions
// (业务指导函, 第十二条).
type Guidance struct {
	Year     int
	N        int
	Title    string
	Text     string
	Numbered bool
	Serial   *int // of the series, once it was sent
	Digest   string
	By       string
	At       time.Time

	Files []GuidanceFile `db:"-"`
	To    []GuidanceTo   `db:"-"`
}

// Number is the letter's 文号; "" for one without.
func (g Guidance) Number() string {
	if g.Serial == nil {
		return ""
	}
	return campaign.GuidanceNumber(g.Year, *g.Serial)
}

// Received counts those who received the letter.
func (g Guidance) Received() int {
	n := 0
	for _, t := range g.To {
		if t.ReceivedAt != nil {
			n++
		}
	}
	return n
}

// GuidanceFile is an attachment of a letter.
type GuidanceFile struct {
	Year   int
	N      int
	K      int
	Name   string
	Media  string
	Size   int64
	Digest string
	By     string
	At     time.Time
}

// GuidanceTo is an institution that a letter was sent to, and who received it.
type GuidanceTo struct {
	Year       int
	N          int
	Code       string
	Name       string // of the institution
	By         string
	At         time.Time
	ByName     *string
	Digest     *string
	ReceivedAt *time.Time
}

const guidanceColumns = `g.year, g.n, g.title, g.text, g.numbered, (select x.n from number x where x.series = '` + campaign.GuidanceSeries + `' and x.year = g.year and x.code = lpad(g.n::text, 4, '0')) serial, g.digest, g.by, g.at`

// GuidanceLetters lists a year's letters, newest first, with attachments and
// addressees; with a code those that were sent to this institution, and it alone.
func (r Reader) GuidanceLetters(ctx context.Context, ref campaign.Ref) ([]Guidance, error) {
	all, err := collect[Guidance](ctx, r, `select `+guidanceColumns+` from guidance g where g.year = $1
		and ($2 = '' or exists (select from guidance_to t where t.year = g.year and t.n = g.n and t.code = $2)) order by g.n desc`, ref.Year, ref.Code)
	if err != nil || len(all) == 0 {
		return all, err
	}
	at := map[int]int{}
	for i, g := range all {
		at[g.N] = i
	}
	files, err := collect[GuidanceFile](ctx, r, `select year, n, k, name, media, size, digest, by, at from guidance_file where year = $1 order by n, k`, ref.Year)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if i, ok := at[f.N]; ok {
			all[i].Files = append(all[i].Files, f)
		}
	}
	to, err := collect[GuidanceTo](ctx, r, `select t.year, t.n, t.code, i.name, t.by, t.at, c.by_name, c.digest::text digest, c.at received_at
		from guidance_to t join institution i using (code) left join guidance_receipt c using (year, n, code) where t.year = $1 and ($2 = '' or t.code = $2) order by t.n, t.code`, ref.Year, ref.Code)
	for _, t := range to {
		if i, ok := at[t.N]; ok {
			all[i].To = append(all[i].To, t)
		}
	}
	return all, err
}

// OpenGuidance lists the letters that an institution has not signed for, by the
// instant at which each was sent to it, which is their At.
func (r Reader) OpenGuidance(ctx context.Context, ref campaign.Ref) ([]Guidance, error) {
	return collect[Guidance](ctx, r, `select g.year, g.n, g.title, g.text, g.numbered, null::int serial, g.digest, t.by, t.at from guidance g join guidance_to t using (year, n)
		where g.year = $1 and t.code = $2 and not exists (select from guidance_receipt c where c.year = t.year and c.n = t.n and c.code = t.code) order by t.at, g.n`, ref.Year, ref.Code)
}

// Guidance reads one letter; with a code only if it was sent to this institution.
func (r Reader) Guidance(ctx context.Context, ref campaign.Ref, n int) (Guidance, error) {
	all, err := r.GuidanceLetters(ctx, ref)
	for _, g := range all {
		if g.N == n {
			return g, err
		}
	}
	if err == nil {
		err = campaign.Fail(campaign.NotFound, "没有找到这份业务指导函")
	}
	return Guidance{}, err
}

// AddGuidance writes a letter and returns its number in the year.
func (tx *Tx) AddGuidance(ctx context.Context, g Guidance) (int, error) {
	g.Digest = Digest([]any{g.Title, g.Text})
	n, err := scalar[int](ctx, tx.Reader, `insert into guidance (year, n, title, text, numbered, digest, by, at)
		select $1::int, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7 from guidance where year = $1 returning n`, g.Year, g.Title, g.Text, g.Numbered, g.Digest, g.By, g.At)
	if err == nil {
		tx.record("guidance", campaign.Ref{Year: g.Year}, g.At, map[string]any{"n": n, "by": g.By, "digest": g.Digest})
	}
	return n, err
}

// AddGuidanceFile notes an attachment; its bytes are in Blobs already.
func (tx *Tx) AddGuidanceFile(ctx context.Context, f GuidanceFile) error {
	k, err := scalar[int](ctx, tx.Reader, `insert into guidance_file (year, n, k, name, media, size, digest, by, at)
		select $1::int, $2::int, coalesce(max(k), 0) + 1, $3, $4, $5, $6, $7, $8 from guidance_file where year = $1 and n = $2 returning k`, f.Year, f.N, f.Name, f.Media, f.Size, f.Digest, f.By, f.At)
	if err == nil {
		tx.record("guidance-file", campaign.Ref{Year: f.Year}, f.At, map[string]any{"n": f.N, "number": k, "by": f.By, "digest": f.Digest})
	}
	return err
}

// SendGuidance notes that a letter goes to an institution, once; the first
// sending of a numbered letter takes its 文号.
func (tx *Tx) SendGuidance(ctx context.Context, g Guidance, ref campaign.Ref, by string, at time.Time) (bool, error) {
	if g.Numbered {
		if _, err := tx.Numbers(ctx, campaign.GuidanceSeries, g.Year, []string{fmt.Sprintf("%04d", g.N)}); err != nil {
			return false, err
		}
	}
	n, err := tx.exec(ctx, `insert into guidance_to (year, n, code, by, at) values ($1,$2,$3,$4,$5) on conflict do nothing`, g.Year, g.N, ref.Code, by, at)
	if err == nil && n > 0 {
		tx.record("guidance-sent", ref, at, map[string]any{"n": g.N, "by": by, "digest": g.Digest})
	}
	return n > 0, err
}

// AddGuidanceReceipt writes who received a letter; the first receipt stands.
func (tx *Tx) AddGuidanceReceipt(ctx context.Context, g Guidance, ref campaign.Ref, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into guidance_receipt (year, n, code, by_name, digest, at) values ($1,$2,$3,$4,$5,$6)`, g.Year, g.N, ref.Code, by, g.Digest, at)
	if err == nil {
		tx.record("guidance-receipt", ref, at, map[string]any{"n": g.N, "digest": g.Digest})
	}
	return err
}
