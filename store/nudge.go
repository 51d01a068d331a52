package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// Nudge is a letter that an officer had sent to one who is late.
type Nudge struct {
	Code     string
	Reviewer string // "" the institution
	Task     campaign.Task
	Day      time.Time
	By       string
	At       time.Time
}

// AddNudge notes a letter to one who is late; a second on the same day is a conflict.
func (tx *Tx) AddNudge(ctx context.Context, ref campaign.Ref, reviewer string, task campaign.Task, day campaign.Day, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into nudge (year, code, reviewer, day, task, by, at) values ($1,$2,$3,$4,$5,$6,$7)`, ref.Year, ref.Code, reviewer, string(day), string(task), by, at)
	if err == nil {
		tx.record("nudge", ref, at, map[string]any{"reviewer": reviewer, "task": task, "day": day, "by": by})
	}
	return err
}

// Nudges lists the letters to those who were late in a year, or to one
// institution's, newest first.
func (r Reader) Nudges(ctx context.Context, ref campaign.Ref) ([]Nudge, error) {
	return collect[Nudge](ctx, r, `select code, reviewer, task, day, by, at from nudge where year = $1 and ($2 = '' or code = $2) order by at desc, code`, ref.Year, ref.Code)
}
