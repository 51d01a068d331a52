package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// OfficePlan is a version of the regulator's own yearly plan (四(二)1).
type OfficePlan struct {
	Year    int
	Version int
	Body    []campaign.PlanItem
	Reason  string
	By      string
	At      time.Time
}

// AddOfficePlan writes the next version and returns its number.
func (tx *Tx) AddOfficePlan(ctx context.Context, year int, items []campaign.PlanItem, reason, by string, at time.Time) (int, error) {
	b, err := json.Marshal(items)
	if err != nil {
		return 0, err
	}
	v, err := scalar[int](ctx, tx.Reader, `insert into office_plan (year, version, body, digest, reason, by, at)
		select $1::int, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6 from office_plan where year = $1 returning version`, year, b, Digest(items), reason, by, at)
	if err == nil {
		tx.record("office-plan", campaign.Ref{Year: year}, at, map[string]any{"version": v, "by": by, "digest": Digest(items)})
	}
	return v, err
}

// OfficePlans lists the versions of a year's plan, oldest first.
func (r Reader) OfficePlans(ctx context.Context, year int) ([]OfficePlan, error) {
	return collect[OfficePlan](ctx, r, `select year, version, body, reason, by, at from office_plan where year = $1 order by version`, year)
}

// OfficePlanYears lists the years that have a plan, newest first.
func (r Reader) OfficePlanYears(ctx context.Context) ([]int, error) {
	return list[int](ctx, r, `select distinct year from office_plan order by year desc`)
}

// PlanMark tells whether an item was done.
type PlanMark struct {
	N    int
	Item int
	Done bool
	Note string
	By   string
	At   time.Time
}

// AddPlanMark writes that an item of a version was done, or why it was not.
func (tx *Tx) AddPlanMark(ctx context.Context, year, version int, m PlanMark) error {
	n, err := scalar[int](ctx, tx.Reader, `insert into office_plan_mark (year, n, version, item, done, note, by, at)
		select $1::int, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7 from office_plan_mark where year = $1 returning n`, year, version, m.Item, m.Done, m.Note, m.By, m.At)
	if err == nil {
		tx.record("office-plan-mark", campaign.Ref{Year: year}, m.At, map[string]any{"n": m.Item, "number": n, "accepted": m.Done, "by": m.By, "digest": Digest(m.Note)})
	}
	return err
}

// PlanMarks lists a year's marks, oldest first: the newest of an item holds.
func (r Reader) PlanMarks(ctx context.Context, year int) ([]PlanMark, error) {
	return collect[PlanMark](ctx, r, `select n, item, done, note, by, at from office_plan_mark where year = $1 order by n`, year)
}
