package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// ReleaseDraft is what is to be published, as it was laid before the reviewers.
type ReleaseDraft struct {
	Year    int
	N       int
	Version int // that it is to become
	Body    campaign.Manuscript
	Digest  string
	Note    string // what its submitter says about it
	By      string
	At      time.Time

	Steps []ReleaseStep `db:"-"`
}

// ReleaseStep is a review or a proofreading of a draft.
type ReleaseStep struct {
	N      int
	K      int
	Step   campaign.ReleaseStep
	Pass   bool
	Reason string
	Alone  string // why the same person reviews and proofreads; "" he does not
	By     string
	At     time.Time
}

// Facts are what a step of the draft is judged by.
func (d ReleaseDraft) Facts() campaign.Release {
	r := campaign.Release{Submitter: d.By}
	for _, s := range d.Steps {
		r.Past = append(r.Past, campaign.ReleaseAct{Step: s.Step, By: s.By, Pass: s.Pass})
	}
	return r
}

// AddReleaseDraft freezes what is to be published and returns its number.
func (tx *Tx) AddReleaseDraft(ctx context.Context, m campaign.Manuscript, note, by string, at time.Time) (int, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return 0, err
	}
	n, err := scalar[int](ctx, tx.Reader, `insert into release_draft (year, n, version, body, digest, note, by, at)
		select $1::int, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7 from release_draft where year = $1 returning n`, m.Year, m.Version, b, Digest(m), note, by, at)
	if err == nil {
		tx.record("release-draft", campaign.Ref{Year: m.Year}, at, map[string]any{"n": n, "version": m.Version, "by": by, "digest": Digest(m)})
	}
	return n, err
}

// AddReleaseStep writes a step of a draft.
func (tx *Tx) AddReleaseStep(ctx context.Context, year int, s ReleaseStep) error {
	_, err := tx.exec(ctx, `insert into release_step (year, n, k, step, pass, reason, alone, by, at) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		year, s.N, s.K, string(s.Step), s.Pass, s.Reason, s.Alone, s.By, s.At)
	if err == nil {
		tx.record("release-step", campaign.Ref{Year: year}, s.At, map[string]any{"n": s.N, "how": s.Step, "accepted": s.Pass, "by": s.By, "digest": Digest([]string{s.Reason, s.Alone})})
	}
	return err
}

const draftColumns = `year, n, version, body, digest, note, by, at`

// ReleaseDrafts lists a year's drafts with their steps, oldest first.
func (r Reader) ReleaseDrafts(ctx context.Context, year int) ([]ReleaseDraft, error) {
	all, err := collect[ReleaseDraft](ctx, r, `select `+draftColumns+` from release_draft where year = $1 order by n`, year)
	if err != nil || len(all) == 0 {
		return all, err
	}
	steps, err := collect[ReleaseStep](ctx, r, `select n, k, step, pass, reason, alone, by, at from release_step where year = $1 order by n, k`, year)
	for _, s := range steps {
		all[s.N-1].Steps = append(all[s.N-1].Steps, s)
	}
	return all, err
}

// LastDraft is the newest draft of a year; N 0 when there is none.
func (r Reader) LastDraft(ctx context.Context, year int) (ReleaseDraft, error) {
	all, err := r.ReleaseDrafts(ctx, year)
	if err != nil || len(all) == 0 {
		return ReleaseDraft{}, err
	}
	return all[len(all)-1], nil
}

// Release is a version of what was published, as it stands in public.
type Release struct {
	Version int
	Draft   int
	Digest  string
	By      string
	At      time.Time
	Body    campaign.Manuscript
}

// Releases lists the published versions of a year, oldest first.
func (r Reader) Releases(ctx context.Context, year int) ([]Release, error) {
	return collect[Release](ctx, r, `select p.version, p.draft, p.digest, p.by, p.at, d.body from release p join release_draft d on d.year = p.year and d.n = p.draft where p.year = $1 order by p.version`, year)
}

// AddRelease writes that a draft is public as a version of the year's results.
func (tx *Tx) AddRelease(ctx context.Context, d ReleaseDraft, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into release (year, version, draft, digest, by, at) values ($1,$2,$3,$4,$5,$6)`, d.Year, d.Version, d.N, d.Digest, by, at)
	if err == nil {
		tx.record("release", campaign.Ref{Year: d.Year}, at, map[string]any{"version": d.Version, "n": d.N, "by": by, "digest": d.Digest})
	}
	return err
}

// Correction is what is put right in what was published, and why (PL-13).
type Correction struct {
	Year   int
	N      int
	Kind   string // "remove": an institution is no longer excellent; "text": words or names
	Code   string
	Reason string
	Basis  string
	By     string
	At     time.Time
}

// AddCorrection writes a correction and returns its number.
func (tx *Tx) AddCorrection(ctx context.Context, c Correction) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into correction (year, n, kind, code, reason, basis, by, at)
		select $1::int, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7 from correction where year = $1 returning n`, c.Year, c.Kind, c.Code, c.Reason, c.Basis, c.By, c.At)
	if err == nil {
		tx.record("correction", campaign.Ref{Year: c.Year}, c.At, map[string]any{"n": n, "how": c.Kind, "by": c.By, "digest": Digest([]string{c.Code, c.Reason, c.Basis})})
	}
	return n, err
}

// Corrections lists a year's corrections by number.
func (r Reader) Corrections(ctx context.Context, year int) ([]Correction, error) {
	return collect[Correction](ctx, r, `select year, n, kind, code, reason, basis, by, at from correction where year = $1 order by n`, year)
}
