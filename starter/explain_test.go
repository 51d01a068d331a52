package main

import (
	"context"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// servedYear writes the year 2026 with two served results: the first has two
// events of one matter and a ruling of 评价复核, the second handed in nothing.
func servedYear(t *testing.T, s *store.Store) {
	storetest.Campaign(t, s, 2026, false, 2)
	at := time.Date(2027, 3, 2, 9, 0, 0, 0, campaign.Beijing)
	one := storetest.Ref(2026, 1)
	var marks []rubric.Mark
	for _, row := range rubric.Annex2().Rows[:14] {
		marks = append(marks, rubric.Mark{Row: row.No, Points: row.Max - rubric.Point, Reason: "部分工作缺少证据"})
	}
	write := func(do func(ctx context.Context, tx *store.Tx) error) {
		if err := s.Write(t.Context(), func(tx *store.Tx) error { return do(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
	}
	for i, by := range []string{"r1", "r2"} {
		write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddSeat(ctx, one, i+1, by, "2027-02-26", at); err != nil {
				return err
			}
			_, err := tx.AddSheet(ctx, one, by, marks, at)
			return err
		})
	}
	for _, e := range []store.Event{{Clause: "15.2a", Points: 300, Title: "承办世界认可日"}, {Clause: "15.3a", Points: 200, Title: "新华社报道世界认可日"}} {
		e.Year, e.Code, e.Matter, e.Source, e.OccurredOn, e.By, e.At = 2026, one.Code, "世界认可日", "简报", time.Date(2026, 6, 9, 0, 0, 0, 0, time.UTC), "o1", at
		write(func(ctx context.Context, tx *store.Tx) error {
			id, err := tx.AddEvent(ctx, e)
			if err != nil {
				return err
			}
			return tx.AddEventRuling(ctx, one, id, true, "属实", "a1", at)
		})
	}
	result := func(ref campaign.Ref, version int) func(ctx context.Context, tx *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			card, scored, err := tx.Judge(ctx, rubric.Annex2(), ref)
			if err != nil {
				return err
			}
			if err := tx.AddResult(ctx, ref, store.Result{Version: version, Scored: scored, Total: card.Total, Card: card, At: at}); err != nil || version > 1 {
				return err
			}
			for _, st := range []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served} {
				if err := tx.SetStage(ctx, ref, st, "", at); err != nil {
					return err
				}
			}
			return nil
		}
	}
	write(result(one, 1))
	write(result(storetest.Ref(2026, 2), 1))
	write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, one, 3, "请复核", "张三", at); err != nil {
			return err
		}
		return tx.AddAppealRuling(ctx, one, 3, "r4", 400, 500, "补充材料成立", at)
	})
	write(result(one, 2))
}
