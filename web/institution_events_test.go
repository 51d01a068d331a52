package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// told1 registers a negative event and tells its institution of it.
func told1(tx *store.Tx, ref campaign.Ref, at time.Time) error {
	ctx, points := context.Background(), 3*rubric.Point
	id, err := tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: "16.2", Points: points, Title: "公众号发布信息失实", Source: "核查结论 https://www.example.cn/a?utm_source=x", OccurredOn: at, By: "o1", At: at})
	if err != nil {
		return err
	}
	if _, err = tx.AddEventMove(ctx, ref, store.EventMove{Event: id, Act: campaign.EventInquire, State: campaign.EventInquiry, By: "o1", Text: "内部线索来源", At: at}, ""); err != nil {
		return err
	}
	_, err = tx.AddEventMove(ctx, ref, store.EventMove{Event: id, Act: campaign.EventTell, State: campaign.EventTold, SourceKind: campaign.SourceInspection, Relevance: campaign.Relevant,
		Severity: "影响较广", Points: &points, By: "o1", Text: "所发布的有效性信息与事实不符。", At: at}, campaign.DayOf(at).Add(7))
	return err
}

// AN-16: the institution sees what it was told, not the lead behind it, and can
// reply; a lead that was never put to it stays inside the office.
func TestAN16InstitutionSeesAndReplies(t *testing.T) {
	v := openSite(t, false, 2)
	ref := storetest.Ref(siteYear, 1)
	at := v.now
	v.write(func(tx *store.Tx) error { return told1(tx, ref, at) })
	v.write(func(tx *store.Tx) error {
		_, err := tx.AddEvent(context.Background(), store.Event{Year: ref.Year, Code: ref.Code, Clause: "16.1", Points: 300, Title: "尚在核实的线索", Source: "举报", OccurredOn: at, By: "o1", At: at})
		return err
	})
	own := who{ticket: v.link(1, "act", v.farAway())}
	path := "/i/" + ref.ID() + "/events"
	page := v.get(path, own)
	for _, want := range []string{"公众号发布信息失实", "调查（已告知）", "所发布的有效性信息与事实不符", "拟扣 3.0 分", "核查结论"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, secret := range []string{"尚在核实的线索", "内部线索来源", "经办甲"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("the page shows %q", secret)
		}
	}
	reply := []string{"notice", "1", "text", "已经更正", "name", "王经办", "post", "主任", "do", "submit"}
	if a := v.post(path, who{ticket: v.link(1, "view", v.farAway())}, reply...); a.code != http.StatusForbidden {
		t.Errorf("a link that only looks: %d", a.code)
	}
	if a := v.post(path, own, reply...); a.code != http.StatusOK || !strings.Contains(a.body, ref.ID()+"/event-notice/1/reply/1") {
		t.Errorf("reply: %d %.300s", a.code, a.body)
	}
	if page = v.get(path, own); !strings.Contains(page.body, "已经更正") {
		t.Error("the reply is not shown")
	}
}

// Feature 6: two institutions claim one address; both pages say so, neither names the other.
func TestAlsoClaimedWithoutName(t *testing.T) {
	v := openSite(t, false, 2)
	for i, address := range []string{"https://www.xinhuanet.com/a.htm?from=wx", "http://xinhuanet.com/a.htm#top"} {
		ref := storetest.Ref(siteYear, i+1)
		v.write(func(tx *store.Tx) error {
			e := store.Event{Year: ref.Year, Code: ref.Code, Clause: "15.3a", Points: 200, Title: "报道", Source: "新华社", OccurredOn: v.now, By: "o1", At: v.now}
			e.URL, e.Medium = address, "新华社"
			_, err := tx.AddEvent(context.Background(), e)
			return err
		})
	}
	for i := 1; i <= 2; i++ {
		page := v.get("/i/"+storetest.Ref(siteYear, i).ID()+"/events", who{ticket: v.link(i, "act", v.farAway())})
		if !strings.Contains(page.body, "另有其他机构登记了同一事项或同一网址") {
			t.Errorf("institution %d is not told", i)
		}
		if other := storetest.Institution(3 - i).Name; strings.Contains(page.body, other) || strings.Contains(page.body, storetest.Code(3-i)) {
			t.Errorf("institution %d reads the name of the other", i)
		}
	}
}
