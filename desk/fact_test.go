package desk

import (
	"context"
	"slices"
	"testing"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

var today = campaign.DayOf(real)

// bonus judges an institution's year as it stands.
func (h *house) bonus(ref campaign.Ref) rubric.Points {
	h.t.Helper()
	card, _, err := h.Store.Judge(h.t.Context(), h.Table, ref)
	must(h.t, err)
	return card.Bonus
}

func (h *house) deduction(ref campaign.Ref) rubric.Points {
	h.t.Helper()
	card, _, err := h.Store.Judge(h.t.Context(), h.Table, ref)
	must(h.t, err)
	return card.Deduction
}

func report(medium, clause, matter, title string) EventForm {
	return EventForm{Clause: clause, Title: title, Source: "见报", Matter: matter, OccurredOn: today, Names: EventNames{Medium: medium}}
}

func (h *house) counted(ref campaign.Ref, f EventForm) int64 {
	h.t.Helper()
	id, err := h.RegisterEvent(h.t.Context(), officer, ref, f)
	must(h.t, err)
	must(h.t, h.RuleEvent(h.t.Context(), approver, ref, id, true, "属实"))
	return id
}

func (h *house) medium(name string, level campaign.Level) {
	h.t.Helper()
	must(h.t, h.PutMedium(h.t.Context(), officer, campaign.Medium{Name: name, Level: level, ValidFrom: "2024-01-01", Source: "主管单位证明"}))
}

// AN-15.3: Xinhua, People's Daily and a provincial paper on one matter are
// exactly 2.0; merging lowers the total live, splitting and undoing restore it.
func TestAN15OneMatterCountsOnce(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	h.medium("浙江日报", campaign.LevelProvincial)
	a := h.counted(ref, report("新华社", "15.3a", "", "绿色认证进社区"))
	b := h.counted(ref, report("人民日报", "15.3a", "", "绿色认证走进社区"))
	c := h.counted(ref, report("浙江日报", "15.3c", "", "绿色认证进社区活动"))
	if got := h.bonus(ref); got != 450 {
		t.Fatalf("three matters: %s", got)
	}
	must(t, h.MergeMatters(ctx, officer, testYear, []int64{a, b}, "进社区报道", "同一活动"))
	must(t, h.MergeMatters(ctx, officer, testYear, []int64{b, c}, "进社区报道", "同一活动"))
	if got := h.bonus(ref); got != 200 {
		t.Fatalf("one matter: %s, want exactly 2.0", got)
	}
	must(t, h.SplitMatter(ctx, officer, testYear, []int64{b}, "报道的是另一场活动"))
	if got := h.bonus(ref); got != 400 {
		t.Errorf("one split off: %s", got)
	}
	m, err := h.Matters(ctx, h.Store.Reader, testYear)
	must(t, err)
	if len(m.Acts) != 3 || len(m.Groups) != 1 || len(m.Groups[0].Events) != 2 {
		t.Fatalf("%d acts, groups %+v", len(m.Acts), m.Groups)
	}
	must(t, h.UndoMatter(ctx, officer, testYear, m.Acts[0].ID, "拆分有误"))
	if got := h.bonus(ref); got != 200 {
		t.Errorf("split undone: %s", got)
	}
	other := h.counted(h.to(2, campaign.Planning), report("新华社", "15.3a", "", "社区里的绿色认证"))
	h.unchanged(func() { // feature 6: a name would tell the one of the other
		name := storetest.Institution(2).Name + "进社区"
		want(t, h.MergeMatters(ctx, officer, testYear, []int64{a, other}, name, "同一活动"), campaign.Invalid, "name")
	})
	theirs := h.counted(storetest.Ref(testYear, 2), report("新华社", "15.3a", storetest.Institution(2).Name+"报道", "专访"))
	h.unchanged(func() { // nor by joining what bears such a name already
		want(t, h.MergeMatters(ctx, officer, testYear, []int64{a, theirs}, storetest.Institution(2).Name+"报道", "同一活动"), campaign.Invalid, "name")
	})
	h.unchanged(func() {
		want(t, h.UndoMatter(ctx, officer, testYear, m.Acts[0].ID, "再恢复"), campaign.Conflict)
		want(t, h.MergeMatters(ctx, officer, testYear, []int64{a}, "名", "一项"), campaign.Invalid)
		want(t, h.MergeMatters(ctx, officer, testYear, []int64{a, b}, "进社区报道", "已经合并"), campaign.Conflict)
		want(t, h.MergeMatters(ctx, officer, testYear, []int64{a, b}, " ", " "), campaign.Invalid, "name", "reason")
		want(t, h.MergeMatters(ctx, approver, testYear, []int64{a, b}, "名", "理由"), campaign.Forbidden)
		want(t, h.SplitMatter(ctx, auditor, testYear, []int64{a}, "理由"), campaign.Forbidden)
	})
}

// A result that is being served is not changed by a decision on matters; a
// recount knows each event's matter as of the result (audit).
func TestMatterAsOfTheResult(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Scoring)
	a := h.counted(ref, report("新华社", "15.3a", "", "报道甲"))
	b := h.counted(ref, report("央视", "15.3a", "", "报道乙"))
	must(t, h.MergeMatters(ctx, officer, testYear, []int64{a, b}, "同一报道", "同一活动"))
	card, scored, err := h.Store.Judge(ctx, h.Table, ref)
	must(t, err)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: scored, Total: card.Total, Card: card, At: real})
	})
	h.unchanged(func() { want(t, h.SplitMatter(ctx, officer, testYear, []int64{a}, "再议"), campaign.Conflict) })
	h.to(1, campaign.Served)
	h.unchanged(func() { want(t, h.SplitMatter(ctx, officer, testYear, []int64{a}, "再议"), campaign.Conflict) })
	h.to(1, campaign.Final) // nothing recounts it any more; another year may need the matter
	must(t, h.SplitMatter(ctx, officer, testYear, []int64{a}, "跨年度事项"))
	if got := h.bonus(ref); got != 400 {
		t.Fatalf("now: %s", got)
	}
	r, err := audit.Recount(ctx, h.Store.Reader, h.Table, testYear)
	must(t, err)
	if r.Equal != 1 || len(r.Differences) != 0 {
		t.Errorf("recount: %+v", r)
	}
}

// §2 no. 10: an unknown medium waits; decided once, it fits all and its level is the clause.
func TestAN15Point3MediumDecidesTheClause(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, two := h.to(1, campaign.Planning), h.to(2, campaign.Planning)
	h.unchanged(func() {
		_, err := h.RegisterEvent(ctx, officer, ref, report("新华社", "15.3c", "", "报道"))
		want(t, err, campaign.Invalid, "clause")
		_, err = h.RegisterEvent(ctx, officer, ref, report("", "15.3a", "", "报道"))
		want(t, err, campaign.Invalid, "medium")
		reprint := report("新华社", "15.3a", "", "报道")
		reprint.Names.Reprint = true
		_, err = h.RegisterEvent(ctx, officer, ref, reprint)
		want(t, err, campaign.Invalid, "first")
	})
	id, err := h.RegisterEvent(ctx, officer, ref, report("经济参考报", "15.3c", "", "报道"))
	must(t, err)
	h.unchanged(func() { want(t, h.RuleEvent(ctx, approver, ref, id, true, "属实"), campaign.Conflict) })
	v := h.visitor(two, "act")
	left := h.left(func() {
		rec, err := h.RequestMedium(ctx, v, MediumWish{Name: "经济参考报", Reason: "新华社主办"}, signer)
		must(t, err)
		if rec.Number != two.ID()+"/medium/1" || rec.Digest == "" {
			t.Errorf("receipt %+v", rec)
		}
	})
	only(t, left, "", two.ID()+"/medium/1/receipt")
	h.medium("经济参考报", campaign.LevelCentral)
	h.unchanged(func() {
		_, err := h.RequestMedium(ctx, v, MediumWish{Name: "经济参考报", Reason: "再申请"}, signer)
		want(t, err, campaign.Conflict)
		_, err = h.RequestMedium(ctx, h.visitor(two, "act"), MediumWish{URL: "不是网址"}, Signer{})
		want(t, err, campaign.Invalid, "medium", "reason", "url", "name", "post")
		want(t, h.PutMedium(ctx, approver, campaign.Medium{Name: "某报"}), campaign.Forbidden)
		want(t, h.PutMedium(ctx, officer, campaign.Medium{Name: "某报"}), campaign.Invalid, "level", "valid_from", "source")
	})
	must(t, h.RuleEvent(ctx, approver, ref, id, true, "级别已定"))
	if got := h.bonus(ref); got != 100 { // 15.3b, though it was registered under 15.3c
		t.Errorf("counted %s", got)
	}
	h.medium("某娱乐网", campaign.LevelNone)
	_, err = h.RegisterEvent(ctx, officer, ref, report("某娱乐网", "15.3c", "", "报道"))
	want(t, err, campaign.Invalid, "medium")
}

// PL-14, AN-5, AN-15.1: 承办 is pending until confirmed, then +3; the same
// activity under an alias counts once; 国家级 only from the list.
func TestPL14RoleInActivity(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	in := func(clause, activity string, p campaign.Part) EventForm {
		return EventForm{Clause: clause, Title: "活动", Source: "通知", OccurredOn: today, Names: EventNames{Activity: activity, Role: p}}
	}
	h.unchanged(func() {
		for _, f := range []EventForm{in("15.1", "世界认可日", campaign.PartJoin), in("15.2b", "世界认可日", campaign.PartOrganise), in("15.2a", "质量月", campaign.PartOrganise)} {
			_, err := h.RegisterEvent(ctx, officer, ref, f)
			want(t, err, campaign.Invalid, "clause")
		}
		_, err := h.RegisterEvent(ctx, officer, ref, in("15.2a", "无此活动", campaign.PartOrganise))
		want(t, err, campaign.Invalid, "activity")
		_, err = h.RegisterEvent(ctx, officer, ref, in("15.2a", "世界认可日", ""))
		want(t, err, campaign.Invalid, "role")
		want(t, h.PutActivity(ctx, officer, campaign.Activity{Name: "新论坛", National: true}, "来函"), campaign.Invalid, "source")
		want(t, h.PutActivity(ctx, officer, campaign.Activity{Name: "绿色产品认证宣传周"}, "重名"), campaign.Invalid, "name")
		want(t, h.PutActivity(ctx, approver, campaign.Activity{Name: "新论坛"}, "来函"), campaign.Forbidden)
	})
	id, err := h.RegisterEvent(ctx, officer, ref, in("15.2a", "绿色产品认证宣传周", campaign.PartOrganise))
	must(t, err)
	if got := h.bonus(ref); got != 0 {
		t.Errorf("unconfirmed: %s", got)
	}
	_, err = h.RegisterEvent(ctx, officer, ref, in("15.2b", "绿色产品认证与标识宣传周", campaign.PartOutstanding))
	want(t, err, campaign.Invalid, "activity")
	must(t, h.RuleEvent(ctx, approver, ref, id, true, "招标文件属实"))
	if got := h.bonus(ref); got != 300 {
		t.Errorf("confirmed: %s, want 3.0", got)
	}
	must(t, h.PutActivity(ctx, officer, campaign.Activity{Key: "质量月", Name: "质量月", Aliases: []string{"全国质量月"}, National: true, Source: "国务院文件"}, "按文件列为国家级"))
	h.counted(ref, in("15.1", "全国质量月", campaign.PartJoin))
	if got := h.bonus(ref); got != 800 {
		t.Errorf("with the national one: %s", got)
	}
	all, err := h.Catalogue(ctx, h.Store.Reader)
	must(t, err)
	if n := len(slices.DeleteFunc(slices.Clone(all), func(a campaign.Activity) bool { return a.Key != "质量月" })); n != 1 {
		t.Errorf("质量月 stands %d times", n)
	}
}

// PL-3: an adoption registered by the regulator needs no claim, but a second person.
func TestPL3Adoption(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	form := AdoptionForm{Kind: campaign.AdoptedPolicy, Title: "“三性”问题分析", Source: "专报第3期", AdoptedOn: today}
	h.unchanged(func() {
		_, err := h.RegisterAdoption(ctx, officer, ref, AdoptionForm{Title: "无种类"})
		want(t, err, campaign.Invalid, "kind")
		_, err = h.RegisterAdoption(ctx, approver, ref, form)
		want(t, err, campaign.Forbidden)
	})
	for kind, points := range map[campaign.Adoption]rubric.Points{campaign.AdoptedPolicy: 100, campaign.AdoptedSite: 50} {
		form.Kind = kind
		before := h.bonus(ref)
		id, err := h.RegisterAdoption(ctx, officer, ref, form)
		must(t, err)
		if h.bonus(ref) != before {
			t.Errorf("%s counts unconfirmed", kind)
		}
		must(t, h.RuleEvent(ctx, approver, ref, id, true, "属实"))
		if got := h.bonus(ref) - before; got != points {
			t.Errorf("%s: %s", kind, got)
		}
	}
}
