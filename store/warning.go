package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Warning is a case of Article 32.
type Warning struct {
	Year    int
	Code    string
	Name    string
	Number  int
	Grounds []rubric.Ground
	Facts   rubric.Facts
	State   campaign.WarningState
	StateAt time.Time
	Due     *time.Time
	Ladder  campaign.Ladder // the edition that the case began with
	Hand    bool            // proposed by an officer, not by the criteria
	Served  *time.Time      // day on which the decision was accepted for delivery (RW-5)
	Drawn   int             // moves whose consequences were drawn
}

// ServedDay is the day of service of the decision; zero before it.
func (w Warning) ServedDay() campaign.Day { return day(w.Served) }

// Ref names the institution's year.
func (w Warning) Ref() campaign.Ref { return campaign.Ref{Year: w.Year, Code: w.Code} }

// DueDay is the day of what is awaited; zero when nothing is.
func (w Warning) DueDay() campaign.Day { return day(w.Due) }

const warningColumns = `w.year, w.code, i.name, w.number, w.grounds, w.facts, w.state, w.state_at, w.due, w.ladder, w.hand, w.served, w.drawn`

// Warning reads a case; NotFound when there is none.
func (r Reader) Warning(ctx context.Context, ref campaign.Ref) (Warning, error) {
	return one[Warning](ctx, r, `select `+warningColumns+` from warning w join institution i using (code) where w.year = $1 and w.code = $2`, ref.Year, ref.Code)
}

// Warnings lists a campaign's cases by number.
func (r Reader) Warnings(ctx context.Context, year int) ([]Warning, error) {
	return collect[Warning](ctx, r, `select `+warningColumns+` from warning w join institution i using (code) where w.year = $1 order by w.number`, year)
}

// AddWarning opens a case as a proposal (RW-2).
func (tx *Tx) AddWarning(ctx context.Context, w Warning) error {
	g, _ := json.Marshal(w.Grounds)
	f, _ := json.Marshal(w.Facts)
	if _, err := tx.exec(ctx, `insert into warning (year, code, number, grounds, facts, state, state_at, ladder, hand) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		w.Year, w.Code, w.Number, g, f, string(campaign.Proposed), w.StateAt, int(w.Ladder), w.Hand); err != nil {
		return err
	}
	tx.record("warning", w.Ref(), w.StateAt, map[string]any{"number": w.Number, "grounds": Digest(w.Grounds), "facts": Digest(w.Facts), "ladder": w.Ladder, "hand": w.Hand})
	return nil
}

// SetWarningState moves a case; only its workflow's step calls it.
func (tx *Tx) SetWarningState(ctx context.Context, ref campaign.Ref, s campaign.WarningState, due campaign.Day, at time.Time) error {
	n, err := tx.exec(ctx, `update warning set state = $3, state_at = $4, due = $5 where year = $1 and code = $2 and (state, due) is distinct from ($3::text, $5::date)`,
		ref.Year, ref.Code, string(s), at, date(due))
	if err == nil && n == 1 {
		tx.record("warning-state", ref, at, map[string]any{"state": s, "due": due})
	}
	return err
}

// SetWarningDrawn notes how many moves of a case were drawn; the number never falls.
func (tx *Tx) SetWarningDrawn(ctx context.Context, ref campaign.Ref, n int) error {
	_, err := tx.exec(ctx, `update warning set drawn = $3 where year = $1 and code = $2 and drawn < $3`, ref.Year, ref.Code, n)
	return err
}

// SetWarningServed notes the day of service of a decision, which is a later one
// when it came back and was served again (RW-5).
func (tx *Tx) SetWarningServed(ctx context.Context, ref campaign.Ref, served campaign.Day, at time.Time) error {
	n, err := tx.exec(ctx, `update warning set served = $3 where year = $1 and code = $2 and served is distinct from $3::date`, ref.Year, ref.Code, date(served))
	if err == nil && n == 1 {
		tx.record("warning-served", ref, at, map[string]any{"day": served})
	}
	return err
}

// WarningAct is something done in a case.
type WarningAct struct {
	N    int
	Act  campaign.WarningAct
	Role string
	By   string
	Text string
	At   time.Time
}

// AddWarningAct writes an act and returns its number in the case.
func (tx *Tx) AddWarningAct(ctx context.Context, ref campaign.Ref, a WarningAct) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into warning_act (year, code, n, act, role, by, text, digest, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8 from warning_act where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, string(a.Act), a.Role, a.By, a.Text, Digest(a.Text), a.At)
	if err == nil {
		tx.record("warning-act", ref, a.At, map[string]any{"n": n, "act": a.Act, "role": a.Role, "by": a.By, "text": Digest(a.Text)})
	}
	return n, err
}

// WarningActs lists the acts of a case, oldest first.
func (r Reader) WarningActs(ctx context.Context, ref campaign.Ref) ([]WarningAct, error) {
	return collect[WarningAct](ctx, r, `select n, act, role, by, text, at from warning_act where year = $1 and code = $2 order by n`, ref.Year, ref.Code)
}
