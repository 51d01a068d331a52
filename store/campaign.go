package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// Campaign is one evaluation year.
type Campaign struct {
	Year         int
	Rehearsal    bool
	Rubric       string
	RubricSHA256 string
	CreatedBy    string
	CreatedAt    time.Time
	ClockAt      *time.Time
	ClockSet     *time.Time
	PublishedAt  *time.Time
	Rules        campaign.Rules
	RulesVersion int
}

// Now is the campaign's time: the real one, but for a rehearsal that has a
// clock of its own.
func (c Campaign) Now(real time.Time) time.Time {
	if c.ClockAt == nil {
		return real
	}
	return c.ClockAt.Add(max(real.Sub(*c.ClockSet), 0))
}

// MailTime is the first instant from now on at which an ordinary letter may go
// out (ML-4). A rehearsal's clock is virtual: its letters go at once.
func (c Campaign) MailTime(now time.Time) time.Time {
	if c.Rehearsal {
		return now
	}
	return c.Rules.Holidays.MailTime(now)
}

const campaignColumns = `c.year, c.rehearsal, c.rubric, c.rubric_sha256, c.created_by, c.created_at, c.clock_at, c.clock_set,
	(select at from publication p where p.year = c.year) published_at, r.body rules, r.version rules_version`

const fromCampaign = ` from campaign c join lateral (select body, version from rules where year = c.year order by version desc limit 1) r on true `

// Campaign reads a year; NotFound when there is none.
func (r Reader) Campaign(ctx context.Context, year int) (Campaign, error) {
	c, err := one[Campaign](ctx, r, `select `+campaignColumns+fromCampaign+`where c.year = $1`, year)
	if campaign.KindOf(err) == campaign.NotFound && err != nil {
		return c, campaign.Fail(campaign.NotFound, "没有 %d 年度的评价，请核对年度", year)
	}
	return c, err
}

// Campaigns lists all years, newest first.
func (r Reader) Campaigns(ctx context.Context) ([]Campaign, error) {
	return collect[Campaign](ctx, r, `select `+campaignColumns+fromCampaign+`order by c.year desc`)
}

// AddCampaign opens a year with its rules and enters every institution of the
// list; the workflow that starts it is the caller's intent.
func (tx *Tx) AddCampaign(ctx context.Context, c Campaign, codes []string) error {
	if _, err := tx.exec(ctx, `insert into campaign (year, rehearsal, rubric, rubric_sha256, created_by, created_at, clock_at, clock_set) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		c.Year, c.Rehearsal, c.Rubric, c.RubricSHA256, c.CreatedBy, c.CreatedAt, c.ClockAt, c.ClockSet); err != nil {
		return err
	}
	if err := tx.AddRules(ctx, c.Year, c.Rules, c.CreatedBy, c.CreatedAt); err != nil {
		return err
	}
	for _, code := range codes {
		if err := tx.AddEntry(ctx, campaign.Ref{Year: c.Year, Code: code}, c.Rules.Calendar.Launch, true, c.CreatedAt); err != nil {
			return err
		}
	}
	tx.record("campaign", campaign.Ref{Year: c.Year}, c.CreatedAt, map[string]any{"rubric": c.RubricSHA256, "by": c.CreatedBy, "rehearsal": c.Rehearsal, "institutions": len(codes)})
	return nil
}

// AddRules writes a new version of the campaign's rules.
func (tx *Tx) AddRules(ctx context.Context, year int, rules campaign.Rules, by string, at time.Time) error {
	if _, err := tx.exec(ctx, `insert into rules (year, version, body, by, at)
		select $1, coalesce(max(version), 0) + 1, $2, $3, $4 from rules where year = $1`, year, rules, by, at); err != nil {
		return err
	}
	tx.record("rules", campaign.Ref{Year: year}, at, map[string]any{"by": by, "digest": Digest(rules)})
	return nil
}

// SetClock moves a rehearsal's clock; a real campaign has none.
func (s *Store) SetClock(ctx context.Context, year int, at, real time.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `update campaign set clock_at = $2, clock_set = $3 where year = $1 and rehearsal`, year, at, real)
		if err == nil && n == 0 {
			return campaign.Fail(campaign.Conflict, "%d 年度不是演练，不能拨动时钟", year)
		}
		return err
	})
}

// AddPublication writes that the results are public, with the totals at that moment.
func (tx *Tx) AddPublication(ctx context.Context, year int, by string, at time.Time, totals any) error {
	b, err := json.Marshal(totals)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `insert into publication (year, by, at, totals) values ($1,$2,$3,$4)`, year, by, at, b); err != nil {
		return err
	}
	tx.record("publication", campaign.Ref{Year: year}, at, map[string]any{"by": by, "digest": Digest(json.RawMessage(b))})
	return nil
}

// FirstLaunch is the launch day under which a campaign's first institutions were entered.
func (r Reader) FirstLaunch(ctx context.Context, year int) (campaign.Day, error) {
	first, err := one[struct{ Body campaign.Rules }](ctx, r, `select body from rules where year = $1 order by version limit 1`, year)
	return first.Body.Calendar.Launch, err
}

// RulesBefore reads the calendar that a campaign had before the given one.
func (r Reader) RulesBefore(ctx context.Context, year int, now campaign.Calendar) (campaign.Calendar, error) {
	all, err := list[campaign.Rules](ctx, r, `select body from rules where year = $1 order by version desc`, year)
	if err != nil {
		return campaign.Calendar{}, err
	}
	for i, rules := range all {
		if rules.Calendar == now && i+1 < len(all) {
			return all[i+1].Calendar, nil
		}
	}
	return now, nil
}
