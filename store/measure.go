package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// LocalMeasure is what a local regulator laid down for his place (五(一)).
type LocalMeasure struct {
	Year     int
	N        int
	Province string
	Title    string
	Text     string
	Number   string // 文号; "" none
	Day      time.Time
	Digest   string
	By       string
	At       time.Time
}

// On is the day of the measure.
func (m LocalMeasure) On() campaign.Day { return day(&m.Day) }

// AddLocalMeasure writes a measure and returns its number.
func (tx *Tx) AddLocalMeasure(ctx context.Context, m LocalMeasure, on campaign.Day) (int, error) {
	m.Digest = Digest([]string{m.Title, m.Text, m.Number, string(on)})
	n, err := scalar[int](ctx, tx.Reader, `insert into local_measure (year, n, province, title, text, number, day, digest, by, at)
		select $1::int, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 from local_measure where year = $1 returning n`,
		m.Year, m.Province, m.Title, m.Text, m.Number, string(on), m.Digest, m.By, m.At)
	if err == nil {
		tx.record("local-measure", campaign.Ref{Year: m.Year}, m.At, map[string]any{"n": n, "by": m.By, "digest": m.Digest})
	}
	return n, err
}

// LocalMeasures lists a year's measures, newest first; with a province only its own.
func (r Reader) LocalMeasures(ctx context.Context, year int, province string) ([]LocalMeasure, error) {
	return collect[LocalMeasure](ctx, r, `select year, n, province, title, text, number, day, digest, by, at
		from local_measure where year = $1 and ($2 = '' or province = $2) order by n desc`, year, province)
}
