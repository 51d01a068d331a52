package store

import (
	"context"
	"fmt"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Interpretation is what the regulator decided about a reading (第三十五条, GL-35).
// It binds the years from FromYear on that are launched after it came into force.
type Interpretation struct {
	ID       string
	Reading  string
	Option   string // "" where the reading has no options
	Clause   string
	Body     string
	FromYear int
	By       string
	At       time.Time
	ForceBy  *string // nil: not in force yet
	ForceAt  *time.Time
}

// HoldInterpretations makes others who write into the register in that year wait
// for the end of the transaction.
func (tx *Tx) HoldInterpretations(ctx context.Context, at time.Time) error {
	_, err := tx.exec(ctx, `select pg_advisory_xact_lock(hashtext('interpretation'), $1)`, at.In(campaign.Beijing).Year())
	return err
}

// AddInterpretation writes an interpretation under the next number of its year,
// as in 释-2027-03.
func (tx *Tx) AddInterpretation(ctx context.Context, i Interpretation) (string, error) {
	year := i.At.In(campaign.Beijing).Year()
	if err := tx.HoldInterpretations(ctx, i.At); err != nil {
		return "", err
	}
	n, err := scalar[int](ctx, tx.Reader, `select coalesce(max(n), 0) + 1 from interpretation where year = $1`, year)
	if err != nil {
		return "", err
	}
	i.ID = fmt.Sprintf("释-%d-%02d", year, n)
	_, err = tx.exec(ctx, `insert into interpretation (id, year, n, reading, option, clause, body, from_year, by, at) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		i.ID, year, n, i.Reading, i.Option, i.Clause, i.Body, i.FromYear, i.By, i.At)
	if err == nil {
		tx.record("interpretation", campaign.Ref{}, i.At, map[string]any{"id": i.ID, "reading": i.Reading, "option": i.Option, "from_year": i.FromYear, "by": i.By, "digest": Digest([]string{i.Clause, i.Body})})
	}
	return i.ID, err
}

// ForceInterpretation puts an interpretation in force, by another person than made it.
func (tx *Tx) ForceInterpretation(ctx context.Context, id, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into interpretation_force (id, by, at) values ($1,$2,$3)`, id, by, at)
	if err == nil {
		tx.record("interpretation-force", campaign.Ref{}, at, map[string]any{"id": id, "by": by})
	}
	return err
}

const fromInterpretation = `select i.id, i.reading, i.option, i.clause, i.body, i.from_year, i.by, i.at, f.by force_by, f.at force_at
	from interpretation i left join interpretation_force f using (id) `

// Interpretations lists the whole register in the order of the numbers.
func (r Reader) Interpretations(ctx context.Context) ([]Interpretation, error) {
	return collect[Interpretation](ctx, r, fromInterpretation+`order by i.year, i.n`)
}

// WaitingInterpretations lists those that can still come into force: a year that was
// launched takes none.
func (r Reader) WaitingInterpretations(ctx context.Context) ([]Interpretation, error) {
	return collect[Interpretation](ctx, r, fromInterpretation+`where f.id is null and not exists (select from campaign c where c.year = i.from_year) order by i.year, i.n`)
}

// Interpretation reads one.
func (r Reader) Interpretation(ctx context.Context, id string) (Interpretation, error) {
	return one[Interpretation](ctx, r, fromInterpretation+`where i.id = $1`, id)
}

// InForce lists for each reading the interpretation that a year launched now
// follows: of those in force for the year the one that came into force last.
func (r Reader) InForce(ctx context.Context, year int) ([]Interpretation, error) {
	return collect[Interpretation](ctx, r, `select id, reading, option, clause, body, from_year, by, at, force_by, force_at from (
		select distinct on (i.reading) i.id, i.reading, i.option, i.clause, i.body, i.from_year, i.by, i.at, f.by force_by, f.at force_at
		from interpretation i join interpretation_force f using (id) where i.from_year <= $1 order by i.reading, f.n desc) newest order by reading`, year)
}

// ChoicesFor are the readings that a year launched now is frozen with, each by
// the interpretation in force for it.
func (r Reader) ChoicesFor(ctx context.Context, year int) (rubric.Choices, error) {
	all, err := r.InForce(ctx, year)
	var choices rubric.Choices
	for _, i := range all {
		if row, ok := rubric.ReadingByID(i.Reading); ok && row.Switchable() {
			choices = append(choices, rubric.Choice{Reading: i.Reading, Option: i.Option, Interpretation: i.ID})
		}
	}
	return choices, err
}
