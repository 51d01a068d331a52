package store_test

import (
	"context"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// honoured writes one of everything of honours, survey and local regulators.
func (l *told) honoured(ctx context.Context, tx *store.Tx) error {
	h := store.Honour{Year: year, Code: l.ref.Code, Kind: campaign.CaseHonour, Holder: "某单位", Title: "案例", Text: "事迹", Named: true, ShownTitle: "案例", ShownText: "事迹",
		Source: "officer", By: "o1", ByName: "经办甲", Digest: digest, At: at}
	n, err := tx.AddHonour(ctx, h)
	if err != nil {
		return err
	}
	h.N = n
	return first(
		func() error {
			return tx.AddHonourMove(ctx, h, store.HonourMove{Act: campaign.HonourPass, Role: "officer", By: "o2", Reason: "同意", At: at}, "", "")
		},
		func() error {
			return tx.AddHonourMove(ctx, h, store.HonourMove{Act: campaign.HonourShow, Role: "officer", By: "o1", Reason: "公示", At: at}, "2025-06-03", "2025-06-10")
		},
		func() error {
			_, err := tx.AddObjection(ctx, h, store.Objection{Source: "来信", Text: "不实", By: "o1", At: at})
			return err
		},
		func() error { return tx.AddObjectionRuling(ctx, h, 1, false, "不成立", "a1", at) },
		func() error {
			_, err := tx.AddSurvey(ctx, year, []campaign.Question{{Text: "人数", Kind: campaign.AskText}}, "o1", at)
			return err
		},
		func() error { _, err := tx.AddAnswers(ctx, l.ref, 1, [][]string{{"三"}}, "张三", at); return err },
		func() error { _, err := tx.AddObservation(ctx, l.ref, 5, "现场看到", "l1", at); return err },
		func() error {
			_, err := tx.AddLocalSet(ctx, year, campaign.LocalSet{Name: "示例", Top: 1}, "o1", at)
			return err
		},
		func() error {
			_, err := tx.AddLocalValues(ctx, year, store.LocalValues{"上海市": {"活动": 3}}, "o1", at)
			return err
		},
	)
}

func TestHonourComesBack(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	h, err := s.Honour(t.Context(), year, 1)
	ok(t, err)
	f := h.Facts("2025-06-11")
	if h.State() != campaign.Shown || f.Ends != "2025-06-10" || f.Open != 0 || f.Upheld != 0 || f.Nominator != "o1" || *h.Objections[0].RuledBy != "a1" || h.Ref() != l.ref {
		t.Errorf("%+v, %+v", h, f)
	}
	if _, err := s.Honour(t.Context(), year, 2); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("no second nomination: %v", err)
	}
	v, err := s.LocalValues(t.Context(), year)
	ok(t, err)
	own, err := s.OwnAnswers(t.Context(), l.ref)
	ok(t, err)
	in, err := s.EntriesIn(t.Context(), year, "上海市")
	ok(t, err)
	counts, err := s.ObservationCounts(t.Context(), year)
	ok(t, err)
	if v["上海市"]["活动"] != 3 || own.Answers[0][0] != "三" || len(in) != 1 || in[0].Code != l.ref.Code || counts["上海市"] != 1 {
		t.Errorf("%v, %+v, %+v, %v", v, own, in, counts)
	}
}
