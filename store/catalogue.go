package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// ActivityVersion is what the regulator decided about an entry of the
// activity catalogue; the newest version holds.
type ActivityVersion struct {
	campaign.Activity
	Version int
	Reason  string
	By      string
	At      time.Time
}

// activityRow is ActivityVersion as the table has it.
type activityRow struct {
	Key, Name             string
	Version               int
	Aliases               []string
	Award, National, Cnca bool
	Organiser, Source     string
	Starts, Ends          *time.Time
	Reason, By            string
	At                    time.Time
}

// ActivityVersions lists all versions, in the order in which keys came in and
// then by version.
func (r Reader) ActivityVersions(ctx context.Context) ([]ActivityVersion, error) {
	rows, err := collect[activityRow](ctx, r, `select key, version, name, aliases, award, national, cnca, organiser, source, starts, ends, reason, by, at from activity order by key, version`)
	var all []ActivityVersion
	for _, x := range rows {
		all = append(all, ActivityVersion{campaign.Activity{Key: x.Key, Name: x.Name, Aliases: x.Aliases, Award: x.Award, National: x.National, CNCA: x.Cnca,
			Organiser: x.Organiser, Source: x.Source, Starts: day(x.Starts), Ends: day(x.Ends)}, x.Version, x.Reason, x.By, x.At})
	}
	return all, err
}

// AddActivity writes the next version of an entry.
func (tx *Tx) AddActivity(ctx context.Context, a campaign.Activity, reason, by string, at time.Time) error {
	n, err := scalar[int](ctx, tx.Reader, `insert into activity (key, version, name, aliases, award, national, cnca, organiser, source, starts, ends, reason, by, at)
		select $1::text, coalesce(max(version), 0) + 1, $2, $3::text[], $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from activity where key = $1 returning version`,
		a.Key, a.Name, texts(a.Aliases), a.Award, a.National, a.CNCA, a.Organiser, a.Source, date(a.Starts), date(a.Ends), reason, by, at)
	if err == nil {
		tx.record("activity", campaign.Ref{}, at, map[string]any{"version": n, "by": by, "digest": Digest([]any{a.Key, a, reason})})
	}
	return err
}

// MediumVersion is what the regulator decided about a medium, valid from a day.
type MediumVersion struct {
	campaign.Medium
	Version int
	By      string
	At      time.Time
}

// MediumVersions lists all versions by key and version.
func (r Reader) MediumVersions(ctx context.Context) ([]MediumVersion, error) {
	type row struct {
		Key, Name  string
		Version    int
		Aliases    []string
		Level      campaign.Level
		ValidFrom  *time.Time
		Reason, By string
		At         time.Time
	}
	rows, err := collect[row](ctx, r, `select key, version, name, aliases, level, valid_from, reason, by, at from medium order by key, version`)
	var all []MediumVersion
	for _, x := range rows {
		all = append(all, MediumVersion{campaign.Medium{Key: x.Key, Name: x.Name, Aliases: x.Aliases, Level: x.Level, Source: x.Reason, ValidFrom: day(x.ValidFrom)}, x.Version, x.By, x.At})
	}
	return all, err
}

// AddMedium writes the next version of a medium.
func (tx *Tx) AddMedium(ctx context.Context, m campaign.Medium, by string, at time.Time) error {
	n, err := scalar[int](ctx, tx.Reader, `insert into medium (key, version, name, aliases, level, valid_from, reason, by, at)
		select $1::text, coalesce(max(version), 0) + 1, $2, $3::text[], $4, $5::date, $6, $7, $8 from medium where key = $1 returning version`,
		m.Key, m.Name, texts(m.Aliases), string(m.Level), date(m.ValidFrom), m.Source, by, at)
	if err == nil {
		tx.record("medium", campaign.Ref{}, at, map[string]any{"version": n, "by": by, "day": m.ValidFrom, "digest": Digest([]any{m.Key, m})})
	}
	return err
}

// texts keeps an empty list from becoming null.
func texts(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

// MediumRequest is an institution's wish to have a medium in the directory.
type MediumRequest struct {
	Year   int
	Code   string
	N      int
	Name   string
	URL    string
	Reason string
	ByName string
	At     time.Time
}

// AddMediumRequest writes a wish and returns its number and digest.
func (tx *Tx) AddMediumRequest(ctx context.Context, m MediumRequest) (int, string, error) {
	d := Digest([]string{m.Name, m.URL, m.Reason})
	ref := campaign.Ref{Year: m.Year, Code: m.Code}
	n, err := scalar[int](ctx, tx.Reader, `insert into medium_request (year, code, n, name, url, reason, by_name, digest, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8 from medium_request where year = $1 and code = $2 returning n`,
		m.Year, m.Code, m.Name, m.URL, m.Reason, m.ByName, d, m.At)
	if err == nil {
		tx.record("medium-request", ref, m.At, map[string]any{"n": n, "digest": d})
	}
	return n, d, err
}

// MediumRequests lists the wishes of a year, oldest first; with a code of one institution.
func (r Reader) MediumRequests(ctx context.Context, ref campaign.Ref) ([]MediumRequest, error) {
	return collect[MediumRequest](ctx, r, `select year, code, n, name, url, reason, by_name, at from medium_request where year = $1 and ($2 = '' or code = $2) order by at, code, n`, ref.Year, ref.Code)
}
