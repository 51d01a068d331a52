package desk

import (
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// PL-11: an institution of another province does not exist for a local
// regulator; his observations are append-only facts that no score reads.
func TestPL11OwnProvinceOnly(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	own, other := h.to(1, campaign.Planning), h.to(2, campaign.Planning) // 上海市, 广东省
	_, err := h.LocalEntry(ctx, shanghai, own)
	must(t, err)
	_, err = h.LocalEntry(ctx, shanghai, other)
	want(t, err, campaign.NotFound)
	_, err = h.LocalEntry(ctx, officer, own)
	want(t, err, campaign.Forbidden)
	h.unchanged(func() {
		want(t, h.Observe(ctx, shanghai, other, 5, "现场看到"), campaign.NotFound)
		want(t, h.Observe(ctx, shanghai, storetest.Ref(testYear, 99), 5, "现场看到"), campaign.NotFound)
		want(t, h.Observe(ctx, officer, own, 5, "现场看到"), campaign.Forbidden)
		want(t, h.Observe(ctx, shanghai, own, 17, " "), campaign.Invalid, "row", "text")
	})
	before := h.dump()
	must(t, h.Observe(ctx, shanghai, own, 5, "现场看到宣传活动。"))
	must(t, h.Observe(ctx, shanghai, own, 5, "现场看到宣传活动。"))
	after := h.dump()
	all, err := h.Store.Observations(ctx, own)
	must(t, err)
	if len(all) != 1 || all[0].Province != "上海市" || all[0].Row != 5 {
		t.Errorf("%+v", all)
	}
	for _, table := range []string{"event", "sheet", "result", "evidence", "entry", "intent"} {
		if before[table] != after[table] {
			t.Errorf("an observation changed %s", table)
		}
	}
	h.to(1, campaign.Closed)
	want(t, h.Observe(ctx, shanghai, own, 0, "迟到的观察"), campaign.TooLate)
}

// PL-12: no ranking before a set with author and date is stored; ties are shared.
func TestPL12RankingNeedsASet(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, err := h.RankLocal(ctx, testYear)
	want(t, err, campaign.Conflict)
	set := campaign.LocalSet{Name: "2025 激励指标", Top: 1, Indicators: []campaign.LocalIndicator{{Name: "宣传活动场次", Weight: 50, Source: campaign.FromEntered}, {Name: "报送案例", Weight: 50, Source: campaign.FromCases}}}
	want(t, h.SetLocalSet(ctx, approver, testYear, set), campaign.Forbidden)
	want(t, h.SetLocalSet(ctx, officer, testYear, campaign.LocalSet{}), campaign.Invalid, "name", "top", "name-1")
	must(t, h.SetLocalSet(ctx, officer, testYear, set))
	tied, err := h.RankLocal(ctx, testYear)
	must(t, err)
	if len(tied.All) != 2 || tied.All[0].Rank != 1 || tied.All[1].Rank != 1 || tied.Note != "内部激励参考 · 非附件2指标" || tied.Set.By != "o1" || tied.Set.At.IsZero() {
		t.Errorf("%+v", tied)
	}
	want(t, h.EnterLocal(ctx, officer, testYear, store.LocalValues{"西藏": {"宣传活动场次": 1}}), campaign.Invalid)
	want(t, h.EnterLocal(ctx, officer, testYear, store.LocalValues{"上海市": {"宣传活动场次": -1}}), campaign.Invalid)
	must(t, h.EnterLocal(ctx, officer, testYear, store.LocalValues{"上海市": {"宣传活动场次": 4}, "广东省": {"宣传活动场次": 8}}))
	_, err = h.Nominate(ctx, shanghai, testYear, caseForm)
	must(t, err)
	r, err := h.RankLocal(ctx, testYear)
	must(t, err)
	if len(r.Top) != 1 || r.Top[0].Province != "上海市" || r.Top[0].Score != 7500 || r.All[1].Score != 5000 {
		t.Errorf("%+v", r.All)
	}
}

// A local account has a province, no other has one.
func TestPL11LocalAccountHasAProvince(t *testing.T) {
	h := newHouse(t)
	for _, p := range []store.Staff{{ID: "l9", Name: "x", Email: "l9@x.example", Role: campaign.Local}, {ID: "o9", Name: "x", Email: "o9@x.example", Role: campaign.Officer, Province: "北京市"}} {
		want(t, h.AddStaff(t.Context(), p, "long enough pw", "setup"), campaign.Invalid)
	}
	must(t, h.AddStaff(t.Context(), store.Staff{ID: "l9", Name: "x", Email: "l9@x.example", Role: campaign.Local, Province: "北京市"}, "long enough pw", "setup"))
}
