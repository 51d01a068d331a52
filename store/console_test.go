package store_test

import (
	"context"
	"slices"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// consoleFacts writes one of everything that the regulator's console keeps.
func consoleFacts(t *testing.T, s *store.Store, ref campaign.Ref) {
	t.Helper()
	storetest.Reviewed(t, s, ref.Year, at)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.LastDraft(ctx, ref.Year)
		if err != nil {
			return err
		}
		return first(
			func() error { return tx.AddRelease(ctx, d, "o1", at) },
			func() error {
				_, err := tx.AddCorrection(ctx, store.Correction{Year: ref.Year, Kind: "text", Reason: "名称有误", Basis: "来函", By: "o1", At: at})
				return err
			},
			func() error {
				_, err := tx.AddOfficePlan(ctx, ref.Year, []campaign.PlanItem{{No: 1, Day: "2025-03-15", Title: "启动", Lead: "宣传处"}}, "首次制定", "o1", at)
				return err
			},
			func() error {
				return tx.AddPlanMark(ctx, ref.Year, 1, store.PlanMark{Item: 1, Done: true, By: "o1", At: at})
			},
			func() error { return tx.AddNudge(ctx, ref, "", campaign.PlanTask, "2025-03-20", "o1", at) },
			func() error {
				_, err := tx.AddLocalMeasure(ctx, store.LocalMeasure{Year: ref.Year, Province: "上海市", Title: "实施办法", Text: "全文", By: "l1", At: at}, "2025-02-01")
				return err
			},
		)
	})
}

// The database itself holds 三审三校: whoever writes, whatever the code says (PL-4).
func TestPL4SchemaHoldsTheSteps(t *testing.T) {
	s, _ := storetest.Open(t)
	c := storetest.Campaign(t, s, year, false, 2)
	step := func(n, k int, by, alone string, pass bool) error {
		return s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.AddReleaseStep(t.Context(), year, store.ReleaseStep{N: n, K: k, Step: campaign.ReleaseSteps()[k-1], Pass: pass, Reason: "意见", Alone: alone, By: by, At: at})
		})
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.Manuscript(ctx, rubric.Annex2(), c, at)
		if err == nil {
			_, err = tx.AddReleaseDraft(ctx, m, "", "o1", at)
		}
		return err
	})
	release := func() error {
		return s.Write(t.Context(), func(tx *store.Tx) error {
			d, err := tx.LastDraft(t.Context(), year)
			if err != nil {
				return err
			}
			return tx.AddRelease(t.Context(), d, "o1", at)
		})
	}
	refuse := func(what string, err error, say string) {
		t.Helper()
		if e, is := err.(*campaign.Error); !is || e.Kind != campaign.Conflict || e.Say != say {
			t.Errorf("%s: %v, want %q", what, err, say)
		}
	}
	const order, own, persons, alone, whole = "三审三校须按顺序进行，请刷新页面查看", "送审人不能审核自己送审的公布稿", "三次审核须由三个人、三次校对须由三个人承担，请由另一人办理", "审核和校对应由不同的人承担；确因人员不足的，请写明原因", "公布稿尚未完成三审三校，不能公布"
	refuse("second before first", step(1, 2, "o2", "", true), order)
	refuse("his own", step(1, 1, "o1", "", true), own)
	ok(t, step(1, 1, "o2", "", true))
	refuse("two reviews", step(1, 2, "o2", "", true), persons)
	ok(t, step(1, 2, "g1", "", true))
	ok(t, step(1, 3, "a1", "", true))
	refuse("reviewed and proofreads", step(1, 4, "a1", "", true), alone)
	ok(t, step(1, 4, "a1", "只有四人", true))
	ok(t, step(1, 5, "o1", "", true))
	refuse("not whole", release(), whole)
	ok(t, step(1, 6, "a2", "", false))
	refuse("returned at last", release(), whole)
}

// PL-1: the goals count what is determined and public, of one kind of year only.
func TestPL1Goals(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	lines, err := s.GoalLines(t.Context(), year-1, year+1, false)
	ok(t, err)
	if len(lines) != 6 {
		t.Fatalf("%d goals", len(lines))
	}
	events, err := s.Events(t.Context(), campaign.Ref{Year: year})
	ok(t, err)
	determined := int64(0)
	for _, e := range events {
		if e.Clause[:2] == "16" && e.Confirmed != nil && *e.Confirmed {
			determined++
		}
	}
	if five := lines[4]; five.No != 5 || five.Value == nil || *five.Value != determined {
		t.Errorf("（五） %s, want the %d determined events", five.Word(), determined)
	}
	none, err := s.GoalLines(t.Context(), year-1, year+1, true) // there is no rehearsal among these years
	ok(t, err)
	for _, g := range none {
		if g.Word() != campaign.NoData {
			t.Errorf("%s %s", g.Mark, g.Word())
		}
	}
	_ = l
}

// The plan's numbers stay with their items over all versions, dropped ones too (PL-6).
func TestPL6OfficePlanKeepsNumbers(t *testing.T) {
	items := campaign.CalendarItems(campaign.DefaultCalendar(year, campaign.KnownHolidays()), "宣传处")
	items = campaign.WithItem(items, campaign.PlanItem{Day: "2025-01-02", Title: "动员会", Lead: "宣传处"})
	last := items[0]
	if last.Title != "动员会" || last.No != len(items) || !slices.IsSortedFunc(items, func(a, b campaign.PlanItem) int { return int(a.Day.Start().Sub(b.Day.Start())) }) {
		t.Errorf("%+v", items)
	}
	last.Off = true
	again := campaign.WithItem(items, last)
	if len(again) != len(items) || !again[0].Off || items[0].Off {
		t.Errorf("%+v", again)
	}
}
