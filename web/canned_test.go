package web

import (
	"context"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// served brings every institution of the site to a served result.
func served(v *visitedSite) {
	v.t.Helper()
	ctx := context.Background()
	entries, err := v.st.Entries(ctx, siteYear)
	if err != nil {
		v.t.Fatal(err)
	}
	v.now = campaign.Day("2027-03-26").Morning()
	for i := range entries {
		v.stage(i+1, "2027-04-09", campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served)
		ref := storetest.Ref(siteYear, i+1)
		v.write(func(tx *store.Tx) error {
			tx.Queue(store.Intent{Key: ref.ID() + "/result", Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.ResultPaper, N: i + 1, Version: 1, Date: "2027-03-25"}})
			return nil
		})
		v.write(func(tx *store.Tx) error {
			marks := cannedMarks(i)
			event := store.Event{Year: siteYear, Code: ref.Code, Clause: "15.3a", Points: 200, Title: "媒体报道一次", Source: "人民日报", OccurredOn: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), By: "o1", At: v.now}
			id, err := tx.AddEvent(ctx, event)
			if err != nil {
				return err
			}
			if err := tx.AddEventRuling(ctx, ref, id, true, "属实", "a1", v.now); err != nil {
				return err
			}
			if _, err := tx.AddSelfScore(ctx, ref, cannedMarks(i+1), "王经办（主任）", v.now); err != nil {
				return err
			}
			for seat, by := range []string{"r1", "r2"} {
				if err := tx.AddSeat(ctx, ref, seat+1, by, "2027-02-26", v.now); err != nil {
					return err
				}
				if _, err := tx.AddSheet(ctx, ref, by, marks, v.now); err != nil {
					return err
				}
			}
			yes := true
			event.ID, event.Confirmed = id, &yes
			card, err := rubric.Annex2().Score(siteYear, marks, []rubric.Event{event.Rubric()})
			if err != nil {
				return err
			}
			if err := tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: true, Total: card.Total, Card: card, At: v.now}); err != nil {
				return err
			}
			return tx.AddPaper(ctx, store.Paper{Key: ref.ID() + "/result", Year: siteYear, Code: ref.Code, Kind: campaign.ResultPaper, Number: campaign.ResultPaper.Number(2027, i+1), Verify: "XP26-" + ref.Code[len(ref.Code)-3:] + "K7", PDF: []byte("%PDF-1.4\n%%EOF"), At: v.now})
		})
	}
}

// cannedMarks differ by institution, from full marks downwards.
func cannedMarks(i int) []rubric.Mark {
	var all []rubric.Mark
	for _, r := range rubric.Annex2().Rows[:14] {
		off := rubric.Points((i*(3+r.No%3))%9) * rubric.Half
		m := rubric.Mark{Row: r.No, Points: max(r.Max-off, 0)}
		if m.Points < r.Max {
			m.Reason = "材料显示部分工作没有按计划开展，缺少效果评估。"
		}
		all = append(all, m)
	}
	return all
}

// warned opens a case of Article 32 about the first institution.
func warned(v *visitedSite) {
	v.t.Helper()
	v.write(func(tx *store.Tx) error {
		return tx.AddWarning(context.Background(), store.Warning{Year: siteYear, Code: storetest.Code(1), Number: 1, Ladder: campaign.CurrentLadder, StateAt: v.now,
			Grounds: []rubric.Ground{{Code: rubric.GroundPoor, Text: "总分 52.0 分，低于事先公布的标准（60.0 分）", Clause: "第三十二条"}}, Facts: rubric.Facts{Total: 5200, Scored: true, Submitted: true}})
	})
}
