package storetest

import (
	"context"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// Reviewed lays what would be published at an instant before the reviewers and
// takes it through 三审三校.
func Reviewed(t testing.TB, s *store.Store, year int, at time.Time) {
	t.Helper()
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		m, err := tx.Manuscript(ctx, rubric.Annex2(), c, at)
		if err != nil {
			return err
		}
		n, err := tx.AddReleaseDraft(ctx, m, "", "o1", at)
		if err != nil {
			return err
		}
		for i, by := range []string{"o2", "g1", "a1", "o1", "a2", "g1"} {
			st := store.ReleaseStep{N: n, K: i + 1, Step: campaign.ReleaseSteps()[i], Pass: true, By: by, At: at}
			if i == 5 {
				st.Alone = "校对人员出差"
			}
			if err := tx.AddReleaseStep(ctx, year, st); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("写入三审三校：%v", err)
	}
}
