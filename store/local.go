package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// Observation is what a local regulator noted about an institution; it never scores.
type Observation struct {
	Year     int
	Code     string
	N        int
	Row      int // of Annex 2; 0 none
	Text     string
	Digest   string
	By       string
	ByName   string
	Province string
	At       time.Time
}

// AddObservation writes an observation and returns its number at the institution.
func (tx *Tx) AddObservation(ctx context.Context, ref campaign.Ref, row int, text, by string, at time.Time) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into observation (year, code, n, row, text, digest, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7 from observation where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, row, text, Digest(text), by, at)
	if err == nil {
		tx.record("observation", ref, at, map[string]any{"n": n, "row": row, "by": by, "digest": Digest(text)})
	}
	return n, err
}

// Observations lists what was noted about an institution, oldest first.
func (r Reader) Observations(ctx context.Context, ref campaign.Ref) ([]Observation, error) {
	return collect[Observation](ctx, r, `select o.year, o.code, o.n, o.row, o.text, o.digest, o.by, s.name by_name, s.province, o.at
		from observation o join staff s on s.id = o.by where o.year = $1 and o.code = $2 order by o.n`, ref.Year, ref.Code)
}

// ObservationCounts counts observations by the province of those who noted them.
func (r Reader) ObservationCounts(ctx context.Context, year int) (map[string]int, error) {
	type row struct {
		Province string
		N        int
	}
	all, err := collect[row](ctx, r, `select s.province, count(*)::int n from observation o join staff s on s.id = o.by where o.year = $1 group by 1`, year)
	out := map[string]int{}
	for _, a := range all {
		out[a.Province] = a.N
	}
	return out, err
}

// EntriesIn lists the institutions of one province by code.
func (r Reader) EntriesIn(ctx context.Context, year int, province string) ([]Entry, error) {
	return collect[Entry](ctx, r, `select `+entryColumns+` from entry e join institution i using (code) where e.year = $1 and i.province = $2 order by e.code`, year, province)
}

// LocalSet is a version of the indicators by which local regulators are compared (PL-12).
type LocalSet struct {
	Year    int
	Version int
	Body    campaign.LocalSet
	Digest  string
	By      string
	At      time.Time
}

// LocalSets lists the versions, oldest first.
func (r Reader) LocalSets(ctx context.Context, year int) ([]LocalSet, error) {
	return collect[LocalSet](ctx, r, `select year, version, body, digest, by, at from local_set where year = $1 order by version`, year)
}

// AddLocalSet writes the next version.
func (tx *Tx) AddLocalSet(ctx context.Context, year int, s campaign.LocalSet, by string, at time.Time) (int, error) {
	return tx.addLocal(ctx, "local_set", "local-set", year, s, by, at)
}

// LocalValues are the entered figures: province, then indicator name.
type LocalValues map[string]map[string]int

// LocalValues reads the newest figures; none is an empty map.
func (r Reader) LocalValues(ctx context.Context, year int) (LocalValues, error) {
	type row struct{ Body LocalValues }
	v, err := one[row](ctx, r, `select body from local_value where year = $1 order by version desc limit 1`, year)
	if campaign.KindOf(err) == campaign.NotFound && err != nil {
		return LocalValues{}, nil
	}
	return v.Body, err
}

// AddLocalValues writes the next version of the entered figures.
func (tx *Tx) AddLocalValues(ctx context.Context, year int, v LocalValues, by string, at time.Time) (int, error) {
	return tx.addLocal(ctx, "local_value", "local-value", year, v, by, at)
}

func (tx *Tx) addLocal(ctx context.Context, table, kind string, year int, body any, by string, at time.Time) (int, error) {
	b, _ := json.Marshal(body)
	v, err := scalar[int](ctx, tx.Reader, `insert into `+table+` (year, version, body, digest, by, at)
		select $1::int, coalesce(max(version), 0) + 1, $2, $3, $4, $5 from `+table+` where year = $1 returning version`, year, b, Digest(body), by, at)
	if err == nil {
		tx.record(kind, campaign.Ref{Year: year}, at, map[string]any{"version": v, "by": by, "digest": Digest(body)})
	}
	return v, err
}
