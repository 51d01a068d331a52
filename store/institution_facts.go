package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Plan is one version of an institution's yearly plan (Art. 11).
type Plan struct {
	Version  int
	Body     json.RawMessage
	Digest   string
	ByName   string
	Late     bool
	At       time.Time
	Accepted *bool   // nil: not reviewed yet
	Note     *string // the officer's
}

// State is "" for none, or submitted, returned, accepted.
func (p Plan) State() string {
	switch {
	case p.Version == 0:
		return ""
	case p.Accepted == nil:
		return "submitted"
	case *p.Accepted:
		return "accepted"
	}
	return "returned"
}

// AcceptedPlan is the newest plan that was accepted; nil when none was.
func AcceptedPlan(all []Plan) *Plan {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].State() == "accepted" {
			return &all[i]
		}
	}
	return nil
}

// AddPlan writes the next version of a plan.
func (tx *Tx) AddPlan(ctx context.Context, ref campaign.Ref, body any, byName string, late bool, at time.Time) (Plan, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Body: b, Digest: Digest(json.RawMessage(b)), ByName: byName, Late: late, At: at}
	p.Version, err = scalar[int](ctx, tx.Reader, `insert into plan (year, code, version, body, digest, by_name, late, at)
		select $1::int, $2::text, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7 from plan where year = $1 and code = $2 returning version`,
		ref.Year, ref.Code, b, p.Digest, byName, late, at)
	if err == nil {
		tx.record("plan", ref, at, map[string]any{"version": p.Version, "digest": p.Digest, "late": late})
	}
	return p, err
}

// Plans lists the versions of a plan with their reviews, oldest first.
func (r Reader) Plans(ctx context.Context, ref campaign.Ref) ([]Plan, error) {
	return collect[Plan](ctx, r, `select p.version, p.body, p.digest, p.by_name, p.late, p.at, v.accepted, v.note
		from plan p left join plan_review v using (year, code, version) where p.year = $1 and p.code = $2 order by p.version`, ref.Year, ref.Code)
}

// AddPlanReview writes the officer's decision on a version.
func (tx *Tx) AddPlanReview(ctx context.Context, ref campaign.Ref, version int, accepted bool, note, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into plan_review (year, code, version, accepted, note, by, at) values ($1,$2,$3,$4,$5,$6,$7)`, ref.Year, ref.Code, version, accepted, note, by, at)
	if err == nil {
		tx.record("plan-review", ref, at, map[string]any{"version": version, "accepted": accepted, "by": by, "note": Digest(note)})
	}
	return err
}

// Evidence is a file that an institution handed in for a row.
type Evidence struct {
	ID     int64
	Row    int
	Name   string
	Media  string
	Size   int64
	Digest string
	Note   string
	Own    campaign.Day // the file's own date, apart from when it was handed in; "" when it was not said
	ByName string
	At     time.Time
}

// AddEvidence writes that a file was handed in; its bytes are in Blobs already.
func (tx *Tx) AddEvidence(ctx context.Context, ref campaign.Ref, e Evidence) (int64, error) {
	id, err := scalar[int64](ctx, tx.Reader, `insert into evidence (year, code, row, name, media, size, digest, note, by_name, at, own_date) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) returning id`,
		ref.Year, ref.Code, e.Row, e.Name, e.Media, e.Size, e.Digest, e.Note, e.ByName, e.At, date(e.Own))
	if err == nil {
		tx.record("evidence", ref, e.At, map[string]any{"row": e.Row, "digest": e.Digest, "size": e.Size})
	}
	return id, err
}

const evidenceColumns = `id, row, name, media, size, digest, note, coalesce(own_date::text, '') own, by_name, at`

// EvidenceOf lists an institution's evidence by row.
func (r Reader) EvidenceOf(ctx context.Context, ref campaign.Ref) ([]Evidence, error) {
	return collect[Evidence](ctx, r, `select `+evidenceColumns+` from evidence where year = $1 and code = $2 order by row, id`, ref.Year, ref.Code)
}

// OneEvidence reads one file's row, of this institution's year only.
func (r Reader) OneEvidence(ctx context.Context, ref campaign.Ref, id int64) (Evidence, error) {
	return one[Evidence](ctx, r, `select `+evidenceColumns+` from evidence where year = $1 and code = $2 and id = $3`, ref.Year, ref.Code, id)
}

// SelfScore is one version of an institution's own marks (Art. 29).
type SelfScore struct {
	Version int
	Marks   []rubric.Mark
	Digest  string
	ByName  string
	At      time.Time
}

// AddSelfScore writes the next version.
func (tx *Tx) AddSelfScore(ctx context.Context, ref campaign.Ref, marks []rubric.Mark, byName string, at time.Time) (SelfScore, error) {
	s := SelfScore{Marks: marks, Digest: Digest(marks), ByName: byName, At: at}
	var err error
	s.Version, err = scalar[int](ctx, tx.Reader, `insert into self_score (year, code, version, marks, digest, by_name, at)
		select $1::int, $2::text, coalesce(max(version), 0) + 1, $3, $4, $5, $6 from self_score where year = $1 and code = $2 returning version`,
		ref.Year, ref.Code, marks, s.Digest, byName, at)
	if err == nil {
		tx.record("self-score", ref, at, map[string]any{"version": s.Version, "digest": s.Digest})
	}
	return s, err
}

// SelfScores lists the versions, oldest first.
func (r Reader) SelfScores(ctx context.Context, ref campaign.Ref) ([]SelfScore, error) {
	return collect[SelfScore](ctx, r, `select version, marks, digest, by_name, at from self_score where year = $1 and code = $2 order by version`, ref.Year, ref.Code)
}

// Appeal is one row of which 评价复核 was asked, with the ruling that counts when there is one.
type Appeal struct {
	Row      int
	Text     string
	ByName   string
	At       time.Time
	Reviewer *string
	Before   *rubric.Points
	After    *rubric.Points
	Reason   *string
	RuledAt  *time.Time
}

// AddAppeal writes one row of an appeal.
func (tx *Tx) AddAppeal(ctx context.Context, ref campaign.Ref, row int, text, byName string, at time.Time) error {
	d := Digest(text)
	_, err := tx.exec(ctx, `insert into appeal (year, code, row, text, digest, by_name, at) values ($1,$2,$3,$4,$5,$6,$7)`, ref.Year, ref.Code, row, text, d, byName, at)
	if err == nil {
		tx.record("appeal", ref, at, map[string]any{"row": row, "digest": d})
	}
	return err
}

// Appeals lists an institution's appeals by row.
func (r Reader) Appeals(ctx context.Context, ref campaign.Ref) ([]Appeal, error) {
	return collect[Appeal](ctx, r, `select a.row, a.text, a.by_name, a.at, g.reviewer, g.before, g.after, g.reason, g.at ruled_at
		from appeal a left join ruling g using (year, code, row) where a.year = $1 and a.code = $2 order by a.row`, ref.Year, ref.Code)
}

// AddAppealRuling writes the decision on one row (AP-3).
func (tx *Tx) AddAppealRuling(ctx context.Context, ref campaign.Ref, row int, reviewer string, before, after rubric.Points, reason string, at time.Time) error {
	n, err := scalar[int](ctx, tx.Reader, `insert into appeal_ruling (year, code, row, n, reviewer, before, after, reason, at)
		select $1::int, $2::text, $3::int, coalesce(max(n), 0) + 1, $4, $5, $6, $7, $8 from appeal_ruling where year = $1 and code = $2 and row = $3 returning n`,
		ref.Year, ref.Code, row, reviewer, int(before), int(after), reason, at)
	if err == nil {
		tx.record("appeal-ruling", ref, at, map[string]any{"row": row, "n": n, "by": reviewer, "before": before, "after": after, "reason": Digest(reason)})
	}
	return err
}

// Have counts what the score book holds of an institution's year.
func (r Reader) Have(ctx context.Context, ref campaign.Ref) (campaign.Have, error) {
	plans, err := r.Plans(ctx, ref)
	if err != nil {
		return campaign.Have{}, err
	}
	type counts struct{ Evidence, SelfScore, Sheets, Still int }
	c, err := one[counts](ctx, r, `select
		(select count(distinct row) from evidence where year = $1 and code = $2)::int evidence,
		(select count(*) from self_score where year = $1 and code = $2)::int self_score,
		(select count(*) from sheet join held using (year, code, reviewer) where year = $1 and code = $2)::int sheets,
		coalesce((select n from suspended where year = $1 and code = $2), 0) still`, ref.Year, ref.Code)
	if err != nil {
		return campaign.Have{}, err
	}
	h := campaign.Have{Plan: len(plans), Evidence: c.Evidence, SelfScore: c.SelfScore, Sheets: c.Sheets, Still: c.Still}
	if len(plans) > 0 {
		h.PlanState = plans[len(plans)-1].State()
	}
	if h.Extended, err = collect[campaign.Granted](ctx, r, `select distinct on (task) task, day::text from extension where year = $1 and code = $2 order by task, n desc`, ref.Year, ref.Code); err != nil {
		return h, err
	}
	appeals, err := r.Appeals(ctx, ref)
	for _, a := range appeals {
		h.Appeal = append(h.Appeal, a.Row)
		if a.RuledAt == nil {
			h.Undecided = append(h.Undecided, a.Row)
		}
	}
	return h, err
}

// Missing lists the rows 1–14 without evidence.
func (r Reader) Missing(ctx context.Context, ref campaign.Ref) ([]int, error) {
	return list[int](ctx, r, `select n::int from generate_series(1, 14) n where not exists
		(select from evidence where year = $1 and code = $2 and row = n) order by n`, ref.Year, ref.Code)
}

// Draft is what somebody has typed and not handed in.
type Draft struct {
	Body json.RawMessage
	At   time.Time
}

// SaveDraft keeps what was typed; owner is "institution" or a staff id.
func (s *Store) SaveDraft(ctx context.Context, owner string, ref campaign.Ref, form string, body any, at time.Time) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `insert into draft (owner, year, code, form, body, at) values ($1,$2,$3,$4,$5,$6)
		on conflict (owner, year, code, form) do update set body = $5, at = $6`, owner, ref.Year, ref.Code, form, b, at)
	return translate(err)
}

// Draft reads what was typed; an empty Draft when nothing was.
func (r Reader) Draft(ctx context.Context, owner string, ref campaign.Ref, form string) (Draft, error) {
	d, err := one[Draft](ctx, r, `select body, at from draft where owner = $1 and year = $2 and code = $3 and form = $4`, owner, ref.Year, ref.Code, form)
	if err != nil && campaign.KindOf(err) == campaign.NotFound {
		return Draft{}, nil
	}
	return d, err
}

// DraftForms lists the forms of an institution's year that somebody has begun.
func (r Reader) DraftForms(ctx context.Context, owner string, ref campaign.Ref) ([]string, error) {
	return list[string](ctx, r, `select form::text from draft where owner = $1 and year = $2 and code = $3 order by form`, owner, ref.Year, ref.Code)
}

// DraftOf is a draft and the institution's year that it is about.
type DraftOf struct {
	Year int
	Code string
	Draft
}

// Drafts lists what a person has typed into one kind of form, for a whole list.
func (r Reader) Drafts(ctx context.Context, owner, form string) ([]DraftOf, error) {
	return collect[DraftOf](ctx, r, `select year, code, body, at from draft where owner = $1 and form = $2`, owner, form)
}

// DropDraft forgets a draft once it has been handed in.
func (tx *Tx) DropDraft(ctx context.Context, owner string, ref campaign.Ref, form string) error {
	_, err := tx.exec(ctx, `delete from draft where owner = $1 and year = $2 and code = $3 and form = $4`, owner, ref.Year, ref.Code, form)
	return err
}
