package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// SpotCommit is what was committed at launch for a year's spot checks.
type SpotCommit struct {
	Year       int
	Commitment string // sha256 of the sealed seed
	Items      int    // drawn of each list
	By         string
	At         time.Time
	Seed       *string // once it is revealed
	RevealedAt *time.Time
}

// SpotDraw is what was drawn of one list of an institution.
type SpotDraw struct {
	Year    int
	Code    string
	Kind    campaign.SpotKind
	Version int // of the register
	Total   int // that could have been drawn
	Lines   []int
	By      string
	At      time.Time

	Checks []SpotCheck `db:"-"`
}

// Ref names the institution's year.
func (d SpotDraw) Ref() campaign.Ref { return campaign.Ref{Year: d.Year, Code: d.Code} }

// Check is the newest look at a drawn line; nil when nobody looked yet.
func (d SpotDraw) Check(line int) *SpotCheck {
	var last *SpotCheck
	for i := range d.Checks {
		if d.Checks[i].Line == line {
			last = &d.Checks[i]
		}
	}
	return last
}

// Open counts the drawn lines that nobody looked at yet.
func (d SpotDraw) Open() int {
	n := 0
	for _, l := range d.Lines {
		if d.Check(l) == nil {
			n++
		}
	}
	return n
}

// SpotCheck is what somebody found when he looked at a drawn line.
type SpotCheck struct {
	Year    int
	Code    string
	Kind    campaign.SpotKind
	Line    int
	N       int
	Finding campaign.SpotFinding
	Note    string
	By      string
	At      time.Time
}

// CommitSpot seals the seed of a year and publishes what it commits to.
func (tx *Tx) CommitSpot(ctx context.Context, year, items int, seed campaign.SpotSeed, by string, at time.Time) error {
	if _, err := tx.exec(ctx, `insert into spot_commit (year, commitment, items, by, at) values ($1,$2,$3,$4,$5)`, year, seed.Commitment(), items, by, at); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `insert into sealed.spot_seed (year, seed) values ($1,$2)`, year, seed[:]); err != nil {
		return err
	}
	tx.record("spot-commit", campaign.Ref{Year: year}, at, map[string]any{"by": by, "digest": seed.Commitment(), "n": items})
	return nil
}

// SpotCommit reads what was committed; NotFound for a year without.
func (r Reader) SpotCommit(ctx context.Context, year int) (SpotCommit, error) {
	return one[SpotCommit](ctx, r, `select c.year, c.commitment, c.items, c.by, c.at, o.seed::text seed, o.at revealed_at
		from spot_commit c left join spot_reveal o using (year) where c.year = $1`, year)
}

// SpotKey is the key of one list of an institution, from the sealed seed.
func (r Reader) SpotKey(ctx context.Context, ref campaign.Ref, k campaign.SpotKind) (key campaign.SpotKey, err error) {
	b, err := scalar[[]byte](ctx, r, `select spot_key($1, $2)`, ref.Year, campaign.SpotPlace(ref, k))
	if err == nil && len(b) != len(key) {
		err = campaign.Fail(campaign.NotFound, "%d 年度没有封存的抽查种子", ref.Year)
	}
	copy(key[:], b)
	return key, err
}

// SpotSound tells whether the sealed seed is the one that was committed; also
// true of a year that committed none.
func (r Reader) SpotSound(ctx context.Context, year int) (bool, error) {
	return scalar[bool](ctx, r, `select coalesce(spot_sound($1), true)`, year)
}

// RevealSpot opens the seed together with the results; a year that committed
// none has nothing to open.
func (tx *Tx) RevealSpot(ctx context.Context, year int, at time.Time) error {
	n, err := tx.exec(ctx, `insert into spot_reveal (year, seed, at) select $1, coalesce(spot_open($1), ''), $2 from spot_commit where year = $1`, year, at)
	if err == nil && n > 0 {
		tx.record("spot-reveal", campaign.Ref{Year: year}, at, map[string]any{})
	}
	return err
}

// AddSpotDraw writes what was drawn, once for a list.
func (tx *Tx) AddSpotDraw(ctx context.Context, d SpotDraw) error {
	if _, err := tx.exec(ctx, `insert into spot_draw (year, code, kind, version, total, lines, by, at) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		d.Year, d.Code, string(d.Kind), d.Version, d.Total, d.Lines, d.By, d.At); err != nil {
		return err
	}
	tx.record("spot-draw", d.Ref(), d.At, map[string]any{"by": d.By, "register": d.Kind, "version": d.Version, "n": d.Total, "digest": Digest(d.Lines), "lines": len(d.Lines)})
	return nil
}

// SpotDraws lists the draws of an institution's year, or with code "" of the
// whole year, with all that was found.
func (r Reader) SpotDraws(ctx context.Context, ref campaign.Ref) ([]SpotDraw, error) {
	all, err := collect[SpotDraw](ctx, r, `select year, code, kind, version, total, lines, by, at from spot_draw where year = $1 and ($2 = '' or code = $2) order by code, kind`, ref.Year, ref.Code)
	if err != nil || len(all) == 0 {
		return all, err
	}
	checks, err := collect[SpotCheck](ctx, r, `select year, code, kind, line, n, finding, note, by, at from spot_check where year = $1 and ($2 = '' or code = $2) order by code, kind, line, n`, ref.Year, ref.Code)
	at := map[string]int{}
	for i, d := range all {
		at[d.Code+string(d.Kind)] = i
	}
	for _, c := range checks {
		d := &all[at[c.Code+string(c.Kind)]]
		d.Checks = append(d.Checks, c)
	}
	return all, err
}

// AddSpotCheck writes what was found of a drawn line; an earlier look stays.
func (tx *Tx) AddSpotCheck(ctx context.Context, c SpotCheck) error {
	n, err := scalar[int](ctx, tx.Reader, `insert into spot_check (year, code, kind, line, n, finding, note, by, at)
		select $1::int, $2::text, $3::text, $4::int, coalesce(max(n), 0) + 1, $5, $6, $7, $8 from spot_check where year = $1 and code = $2 and kind = $3 and line = $4 returning n`,
		c.Year, c.Code, string(c.Kind), c.Line, string(c.Finding), c.Note, c.By, c.At)
	if err == nil {
		tx.record("spot-check", campaign.Ref{Year: c.Year, Code: c.Code}, c.At, map[string]any{"by": c.By, "register": c.Kind, "row": c.Line, "n": n, "how": c.Finding, "digest": Digest(c.Note)})
	}
	return err
}

// RegisterAt reads one version of a register.
func (r Reader) RegisterAt(ctx context.Context, ref campaign.Ref, register string, version int) (RegisterVersion, error) {
	return one[RegisterVersion](ctx, r, `select `+registerColumns+` from register_version where year = $1 and code = $2 and register = $3 and version = $4`, ref.Year, ref.Code, register, version)
}
