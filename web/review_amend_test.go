package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// contested gives institution 3, whose appeal r4 decides, an established deduction
// of 5 and a rejected claim before its result, and appeals of rows 15 and 16.
func (b *bureau) contested() (fault, claim int64) {
	ref := storetest.Ref(testYear, 3)
	b.exec(`set session_replication_role = replica; delete from result where code = '` + ref.Code + `'`)
	on := b.day.AddDate(-1, 2, 0)
	b.write(func(ctx context.Context, tx *store.Tx) {
		var err error
		fault, err = tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: "16.1", Points: 300, Title: "被处以行政处罚", Source: "行政处罚决定书", OccurredOn: on, By: "o1", At: on})
		b.ok(err)
		points := 5 * rubric.Point
		for i, m := range []store.EventMove{{Act: campaign.EventInquire, State: campaign.EventInquiry, By: "o1"}, {Act: campaign.EventTell, State: campaign.EventTold, By: "o1"},
			{Act: campaign.EventReply, State: campaign.EventTold, ByName: "王示例（主任）"}, {Act: campaign.EventEstablish, State: campaign.EventEstablished, By: "a1"}} {
			m.Event, m.Text, m.At = fault, []string{"立案", "拟认定", "处罚与认证无关", "事实清楚"}[i], on
			if m.Act == campaign.EventTell || m.Act == campaign.EventEstablish {
				m.SourceKind, m.Relevance, m.Severity, m.Points = campaign.SourcePenalty, campaign.Relevant, "影响较大", &points
			}
			_, err := tx.AddEventMove(ctx, ref, m, campaign.DayOf(on).Add(7))
			b.ok(err)
		}
		b.ok(tx.RuleEventAs(ctx, ref, fault, "16.1", points, "事实清楚", "a1", on))
		claim, err = tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: "15.2c", Points: 100, Title: "完成委托的宣传资料制作", Source: "委托函", OccurredOn: on, At: on, EventFact: store.EventFact{ByName: "王示例（主任）"}})
		b.ok(err)
		b.ok(tx.AddEventRuling(ctx, ref, claim, false, "没有委托的证明", "a1", on))
	}, b.frozenAs(ref, 1), func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.AddAppeal(ctx, ref, 15, "委托函在附件中。", "王示例（主任）", b.day))
		b.ok(tx.AddAppeal(ctx, ref, 16, "处罚与认证活动无关。", "王示例（主任）", b.day))
	})
	return fault, claim
}

func (b *bureau) frozenAs(ref campaign.Ref, version int) func(context.Context, *store.Tx) {
	return func(ctx context.Context, tx *store.Tx) {
		card, scored, err := tx.Judge(ctx, rubric.Annex2(), ref)
		b.ok(err)
		b.ok(tx.AddResult(ctx, ref, store.Result{Version: version, Scored: scored, Total: card.Total, Card: card, At: b.day}))
	}
}

// says asks a page for words, and for words that it must not have.
func says(t *testing.T, page string, want []string, never ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(page, w) {
			t.Errorf("no %q in the page", w)
		}
	}
	for _, w := range never {
		if strings.Contains(page, w) {
			t.Errorf("%q is in the page", w)
		}
	}
}

// AP-3: the decider of rows 15 and 16 sees each event with what it rests on and
// decides it; nothing typed is lost; what the row comes to is computed and shown
// before he confirms; the institution reads it with the second version.
func TestAP3DecidesEventsOnItsPage(t *testing.T) {
	b := newBureau(t)
	fault, claim := b.contested()
	ref := storetest.Ref(testYear, 3)
	r4, path := b.as("r4"), reviewPath(3, "appeal")
	f := func(event int64, name string) string { return desk.EventField(event, name) }
	page := r4.get(path).Body.String()
	says(t, page, []string{"被处以行政处罚", "影响较大", "处罚与认证无关", "行政处罚决定书", "完成委托的宣传资料制作", "没有委托的证明", "附件2 第15项 15.2c，加 1.0 分", `name="` + f(fault, "outcome") + `"`, "扣 4.0 分", "原扣分 5.0，累计不超过 10.0"},
		"评审甲", `name="after-15"`, `name="after-16"`, ">o1<", ">a1<")
	typed := []string{"reason-15", "", "reason-16", "部分支持", f(fault, "outcome"), "lower", f(fault, "points"), "3.0", f(fault, "reason"), "情节较轻", f(claim, "reason"), "材料补充属实"}
	w := r4.post(path, append(typed, "do", "check")...)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a claim without a decision: %d", w.Code)
	}
	says(t, w.Body.String(), []string{`href="#f-` + f(claim, "outcome") + `"`, "情节较轻", "材料补充属实", "部分支持"})
	typed = append(typed, f(claim, "outcome"), "confirm")
	w = r4.post(path, append(typed, "do", "check")...)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	says(t, w.Body.String(), []string{"扣分由 5.0 分调整为 3.0 分（由计分规则按复核后的事项计算；封顶前由 5.0 分变为 3.0 分）", "由 0.0 分调整为 1.0 分", "原不予认定，复核后按条款 15.2c 予以认定，加 1.0 分。理由：材料补充属实", `value="材料补充属实"`})
	says(t, r4.post(path, append(typed, "do", "edit")...).Body.String(), []string{"材料补充属实", "情节较轻"})
	if w = r4.post(path, append(typed, "do", "submit")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "复核决定") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	says(t, r4.get(path).Body.String(), []string{"“被处以行政处罚”：原认定扣 5.0 分，复核后减为扣 3.0 分。理由：情节较轻", "扣分 5.0 → <b>3.0</b> 分"}, `name="reason-16"`)

	own := b.ticket(3)
	at := func(p string) string { return own.get("/i/" + ref.ID() + "/" + p).Body.String() }
	says(t, at("appeal"), []string{"已申请复核"}, "情节较轻", "5.0 → 3.0") // it is told with the final result
	says(t, at("events"), nil, "情节较轻", "复核后")
	b.write(b.frozenAs(ref, 2), func(ctx context.Context, tx *store.Tx) { b.to(ctx, tx, 3, campaign.Final) })
	own = b.ticket(3)
	says(t, at("appeal"), []string{"扣分 5.0 → 3.0 分", "情节较轻"})
	says(t, at("events"), []string{"认定，复核后减少扣分", "不予认定，复核后予以认定", "原认定扣 5.0 分，复核后减为扣 3.0 分。理由：情节较轻"})
	says(t, at("result"), []string{"扣分 5.0 → 3.0 分", "“完成委托的宣传资料制作”：原不予认定", "予以认定，计入；原认定扣 5.0 分，复核后减为扣 3.0 分"})
	says(t, at("receipt"), []string{"评价复核", "复核后减为扣 3.0 分（复核专家（未参与评分和经办）"})
	o1 := b.as("o1")
	says(t, o1.get(yearPath(testYear, "i", ref.Code)).Body.String(), []string{"认定，复核后减少扣分", "理由：情节较轻"})
	says(t, o1.get(yearPath(testYear, "i", ref.Code, "event", fmt.Sprint(fault), "file")).Body.String(), []string{"认定，复核后减少扣分", "评价复核", "情节较轻"})
	says(t, o1.get(yearPath(testYear, "events")).Body.String(), []string{"不予认定，复核后予以认定"})
}

// AP-1, AP-3: the page on which an institution appeals says that events are
// decided one by one, and nowhere that rows 15 and 16 are only kept.
func TestAP1AppealPageSaysWhatCanBeDecided(t *testing.T) {
	b := newBureau(t)
	b.exec(`set session_replication_role = replica; delete from appeal where year = 2025; update entry set due = '2026-04-20' where stage = 'served'`)
	page := b.ticket(3).get("/i/" + storetest.Ref(testYear, 3).ID() + "/appeal").Body.String()
	says(t, page, []string{"予以认定、按应有的条款认定", "减少扣分、改为不予认定", "本项得分由计分规则重新计算"}, "只会维持原得分", "复核人不改变")
}
