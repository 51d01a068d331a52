package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// HistoryNote is the digest of what the engine recorded of a run that ended.
type HistoryNote struct {
	Year     int
	Workflow string
	Run      string
	Code     string
	Events   int
	Digest   string
	At       time.Time
}

// AddHistory notes a run that ended; the first note of a run stays.
func (tx *Tx) AddHistory(ctx context.Context, n HistoryNote) error {
	rows, err := tx.exec(ctx, `insert into history (year, workflow, run, code, events, digest, at) values ($1,$2,$3,$4,$5,$6,$7) on conflict do nothing`,
		n.Year, n.Workflow, n.Run, n.Code, n.Events, n.Digest, n.At)
	if err == nil && rows > 0 {
		tx.record("history", campaign.Ref{Year: n.Year, Code: n.Code}, n.At, map[string]any{"workflow": n.Workflow, "run": n.Run, "n": n.Events, "digest": n.Digest})
	}
	return err
}

// HistoryNotes lists the notes of a year's runs by workflow and run.
func (r Reader) HistoryNotes(ctx context.Context, year int) ([]HistoryNote, error) {
	return collect[HistoryNote](ctx, r, `select year, workflow, run, code, events, digest::text digest, at from history where year = $1 order by workflow, run`, year)
}
