package store

import "context"

// SelfScored tells which institutions of a year handed in a self-score, by code.
func (r Reader) SelfScored(ctx context.Context, year int) (map[string]bool, error) {
	codes, err := list[string](ctx, r, `select distinct code from self_score where year = $1`, year)
	out := make(map[string]bool, len(codes))
	for _, c := range codes {
		out[c] = true
	}
	return out, err
}
