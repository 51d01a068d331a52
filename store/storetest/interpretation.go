package storetest

import (
	"context"
	"time"

	"xuanping/rubric"
	"xuanping/store"
)

// Interpreted writes what a launch of a year asks for (第三十五条): an interpretation
// of every reading that changes figures and has none, by the default, made by o1
// and put in force by a1. It returns what the launch freezes.
func Interpreted(ctx context.Context, tx *store.Tx, year int, at time.Time) (rubric.Choices, error) {
	choices, err := tx.ChoicesFor(ctx, year)
	if err != nil {
		return nil, err
	}
	for _, row := range choices.Unbound() {
		id, err := tx.AddInterpretation(ctx, store.Interpretation{Reading: row.ID, Option: row.DefaultKey, Clause: row.Clause(), Body: row.Default, FromYear: year, By: "o1", At: at})
		if err != nil {
			return nil, err
		}
		if err := tx.ForceInterpretation(ctx, id, "a1", at); err != nil {
			return nil, err
		}
	}
	return tx.ChoicesFor(ctx, year)
}
