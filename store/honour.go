package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// Honour is a nomination with all that happened to it.
type Honour struct {
	Year       int
	N          int
	Kind       campaign.HonourKind
	Code       string // of the institution it belongs to; "" none
	Province   string // of the local regulator who submitted it; "" none
	Holder     string // institution, base, course, case owner or person
	Title      string
	Text       string
	Named      bool   // the public may read who it is about; false only for a case that warns
	ShownTitle string // as the public reads it
	ShownText  string
	Pictures   []int64 // evidence of its institution that shows it
	Source     string  // "officer", "institution", "local"
	By         string  // id of the nominator; "" for an institution
	ByName     string
	Digest     string
	At         time.Time

	Moves      []HonourMove `db:"-"`
	Objections []Objection  `db:"-"`
}

// HonourMove is an act in a nomination.
type HonourMove struct {
	Year   int
	N      int
	M      int
	Act    campaign.HonourAct
	Role   string
	By     string
	Reason string
	Starts *time.Time // of 公示
	Ends   *time.Time
	At     time.Time
}

// StartDay and EndDay are the days of 公示; zero for other acts.
func (m HonourMove) StartDay() campaign.Day { return day(m.Starts) }

// EndDay is the last day of 公示.
func (m HonourMove) EndDay() campaign.Day { return day(m.Ends) }

// Objection is what somebody said against a nomination while it was shown.
type Objection struct {
	Year    int
	N       int
	K       int
	Source  string
	Text    string
	By      string
	At      time.Time
	Upheld  *bool // nil: not resolved
	Reason  *string
	RuledBy *string
	RuledAt *time.Time
}

// Right tells whether the objection was found to be right.
func (o Objection) Right() bool { return o.Upheld != nil && *o.Upheld }

// Facts are what a move of the nomination is judged by.
func (h Honour) Facts(today campaign.Day) campaign.HonourFacts {
	f := campaign.HonourFacts{Nominator: h.By, Today: today}
	for _, m := range h.Moves {
		f.Past = append(f.Past, campaign.HonourBy{Act: m.Act, By: m.By})
		if m.Act == campaign.HonourShow {
			f.Ends = m.EndDay()
		}
	}
	for _, o := range h.Objections {
		switch {
		case o.Upheld == nil:
			f.Open++
		case o.Right():
			f.Upheld++
		}
	}
	return f
}

// State is where the nomination stands.
func (h Honour) State() campaign.HonourState { return h.Facts("").State() }

// Shown is the move that began 公示; nil before.
func (h Honour) Shown() *HonourMove { return h.move(campaign.HonourShow) }

// Awarded is the move that awarded; nil before.
func (h Honour) Awarded() *HonourMove { return h.move(campaign.HonourAward) }

func (h Honour) move(a campaign.HonourAct) *HonourMove {
	for i, m := range h.Moves {
		if m.Act == a {
			return &h.Moves[i]
		}
	}
	return nil
}

// Ref names the institution's year that the nomination is about, or the campaign's.
func (h Honour) Ref() campaign.Ref { return campaign.Ref{Year: h.Year, Code: h.Code} }

const honourColumns = `year, n, kind, code, province, holder, title, text, named, shown_title, shown_text, pictures, source, by, by_name, digest, at`

// Honours lists a year's nominations by number, with their moves and objections.
func (r Reader) Honours(ctx context.Context, year int) ([]Honour, error) {
	all, err := collect[Honour](ctx, r, `select `+honourColumns+` from honour where year = $1 order by n`, year)
	if err != nil || len(all) == 0 {
		return all, err
	}
	moves, err := collect[HonourMove](ctx, r, `select year, n, m, act, role, by, reason, starts, ends, at from honour_move where year = $1 order by n, m`, year)
	if err != nil {
		return nil, err
	}
	objections, err := collect[Objection](ctx, r, `select o.year, o.n, o.k, o.source, o.text, o.by, o.at, g.upheld, g.reason, g.by::text ruled_by, g.at ruled_at
		from objection o left join objection_ruling g using (year, n, k) where o.year = $1 order by o.n, o.k`, year)
	if err != nil {
		return nil, err
	}
	for _, m := range moves { // numbers are gap-free from 1
		all[m.N-1].Moves = append(all[m.N-1].Moves, m)
	}
	for _, o := range objections {
		all[o.N-1].Objections = append(all[o.N-1].Objections, o)
	}
	return all, nil
}

// Honour reads one nomination.
func (r Reader) Honour(ctx context.Context, year, n int) (Honour, error) {
	all, err := r.Honours(ctx, year)
	if err == nil && (n < 1 || n > len(all)) {
		err = campaign.Fail(campaign.NotFound, "没有找到该提名")
	}
	if err != nil {
		return Honour{}, err
	}
	return all[n-1], nil
}

// LockHonours holds the nominations of a year until the act is committed:
// moves are judged by all earlier ones, and numbers have no gaps.
func (tx *Tx) LockHonours(ctx context.Context, year int) error {
	_, err := tx.exec(ctx, `select pg_advisory_xact_lock(hashtext('honour'), $1)`, year)
	return err
}

// AddHonour writes a nomination and returns its number in the year.
func (tx *Tx) AddHonour(ctx context.Context, h Honour) (int, error) {
	if err := tx.LockHonours(ctx, h.Year); err != nil {
		return 0, err
	}
	n, err := scalar[int](ctx, tx.Reader, `insert into honour (year, n, kind, code, province, holder, title, text, named, shown_title, shown_text, source, by, by_name, digest, at, pictures)
		select $1::int, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, coalesce($16::bigint[], '{}') from honour where year = $1 returning n`,
		h.Year, string(h.Kind), h.Code, h.Province, h.Holder, h.Title, h.Text, h.Named, h.ShownTitle, h.ShownText, h.Source, h.By, h.ByName, h.Digest, h.At, h.Pictures)
	if err == nil {
		tx.record("honour", h.Ref(), h.At, map[string]any{"n": n, "honour": h.Kind, "source": h.Source, "by": h.By, "digest": h.Digest})
	}
	return n, err
}

// AddHonourMove writes an act in a nomination; starts and ends are the days of 公示.
func (tx *Tx) AddHonourMove(ctx context.Context, h Honour, m HonourMove, starts, ends campaign.Day) error {
	if _, err := tx.exec(ctx, `insert into honour_move (year, n, m, act, role, by, reason, starts, ends, digest, at)
		select $1::int, $2::int, coalesce(max(m), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10 from honour_move where year = $1 and n = $2`,
		h.Year, h.N, string(m.Act), m.Role, m.By, m.Reason, date(starts), date(ends), Digest(m.Reason), m.At); err != nil {
		return err
	}
	tx.record("honour-move", h.Ref(), m.At, map[string]any{"n": h.N, "act": m.Act, "by": m.By, "day": starts, "due": ends, "reason": Digest(m.Reason)})
	return nil
}

// AddObjection writes what was said against a nomination and returns its number.
func (tx *Tx) AddObjection(ctx context.Context, h Honour, o Objection) (int, error) {
	k, err := scalar[int](ctx, tx.Reader, `insert into objection (year, n, k, source, text, by, digest, at)
		select $1::int, $2::int, coalesce(max(k), 0) + 1, $3, $4, $5, $6, $7 from objection where year = $1 and n = $2 returning k`,
		h.Year, h.N, o.Source, o.Text, o.By, Digest([]string{o.Source, o.Text}), o.At)
	if err == nil {
		tx.record("objection", h.Ref(), o.At, map[string]any{"n": h.N, "number": k, "by": o.By, "digest": Digest([]string{o.Source, o.Text})})
	}
	return k, err
}

// AddObjectionRuling resolves an objection, once.
func (tx *Tx) AddObjectionRuling(ctx context.Context, h Honour, k int, upheld bool, reason, by string, at time.Time) error {
	if _, err := tx.exec(ctx, `insert into objection_ruling (year, n, k, upheld, reason, by, at) values ($1,$2,$3,$4,$5,$6,$7)`, h.Year, h.N, k, upheld, reason, by, at); err != nil {
		return err
	}
	tx.record("objection-ruling", h.Ref(), at, map[string]any{"n": h.N, "number": k, "accepted": upheld, "by": by, "reason": Digest(reason)})
	return nil
}

// HonourOf finds the nomination that a certificate was made for.
func (r Reader) HonourOf(ctx context.Context, paper Paper) (Honour, error) {
	n, err := scalar[int](ctx, r, `select (body->>'honour')::int from intent where key = $1`, paper.Key)
	if err != nil {
		return Honour{}, err
	}
	return r.Honour(ctx, paper.Year, n)
}
