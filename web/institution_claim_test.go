package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/store/storetest"
)

// claimFields are a claim of a report as it is typed.
func claimFields(url string, but ...string) []string {
	all := []string{"medium", "新华社", "first", "1", "url", url, "title", "绿色认证进社区", "occurred_on", "2026-03-02", "source", "首发报道", "declared", "1", "name", "王经办", "post", "主任"}
	for i := 0; i < len(but); i += 2 {
		all[slices.Index(all, but[i])+1] = but[i+1]
	}
	return all
}

// AN-15.3, feature 6: an institution claims on its own pages; nothing typed is
// lost on a fault; two that claim one address read of each other without a
// name; the regulator decides from its queue and the claimant reads why.
func TestAN15ClaimOnPages(t *testing.T) {
	v := openSite(t, false, 2)
	v.now = campaign.Day("2026-03-10").Morning()
	for i := 1; i <= 2; i++ {
		v.stage(i, "2026-03-31", campaign.Planning)
	}
	one, two := v.bearer(1), v.bearer(2)
	own2 := "/i/" + storetest.Ref(siteYear, 2).ID() + "/"
	want(t, v.get(own1("events"), one), 200, "申报加分事项")
	bad := v.post(own1("claims/new"), one, append(claimFields("https://www.xinhuanet.com/a.htm", "title", "", "source", "不能丢失的依据"), "do", "check")...)
	want(t, bad, http.StatusUnprocessableEntity, "请填写事项名称", "不能丢失的依据", "https://www.xinhuanet.com/a.htm")
	want(t, v.post(own1("claims/new"), one, append(claimFields("https://www.xinhuanet.com/a.htm"), "do", "check")...), 200, "请核对申报", "15.3a", "2.0 分，目前计 0 分", "新华社")
	want(t, v.post(own1("claims/new"), one, append(claimFields("https://www.xinhuanet.com/a.htm"), "do", "submit")...), 200, storetest.Ref(siteYear, 1).ID()+"/claim/1", "上传截图或证明文件")
	want(t, v.post(own2+"claims/new", two, append(claimFields("http://xinhuanet.com/a.htm#top"), "do", "submit")...), 200, "/claim/1")
	want(t, v.upload(own1("claims/evidence"), one, "截图.pdf", pdfBytes, "row", "1", "declared", "1", "name", "王", "post", "主任"), 200, "第 1 件加分申报的证明材料")
	for i, by := range []who{one, two} {
		page := v.get([]string{own1(""), strings.TrimSuffix(own2, "/")}[i]+"/events", by)
		want(t, page, 200, "机构申报第 1 件", "目前计 0 分", "另有其他机构登记了同一事项或同一网址", "待确认")
		if other := 2 - i; strings.Contains(page.body, storetest.Institution(other).Name) || strings.Contains(page.body, storetest.Code(other)) {
			t.Errorf("institution %d reads who the other is", i+1)
		}
	}
	o, a := v.signIn("o1"), v.signIn("a1")
	queue := v.get(yearPath(siteYear, "claims"), o)
	want(t, queue, 200, storetest.Institution(1).Name, storetest.Institution(2).Name, "证明材料 1 件", "其他机构也有登记")
	if strings.Contains(queue.body, ">认定<") {
		t.Error("an officer is offered the ruling")
	}
	want(t, v.get(yearPath(siteYear, "claims"), a), 200, ">认定<")
	all, err := v.st.Events(t.Context(), storetest.Ref(siteYear, 1))
	if err != nil {
		t.Fatal(err)
	}
	ruling := entryPath(storetest.Ref(siteYear, 1), "event", itoa(int(all[0].ID)))
	want(t, v.get(ruling, a), 200, "证明材料：截图.pdf", "机构申报")
	want(t, v.get(entryPath(storetest.Ref(siteYear, 1), "files", "1"), a), 200)
	if got := v.post(ruling, a, "decision", "reject", "reason", "不是首发", "do", "submit"); got.code != http.StatusSeeOther {
		t.Fatalf("ruling: %d %.300s", got.code, got.body)
	}
	want(t, v.get(own1("events"), one), 200, "不予认定", "认定理由：不是首发")
	want(t, v.get(own1("claims/1/withdraw"), one), 200, "不予认定")
	for _, path := range []string{own2 + "claims/new", own2 + "claims/1/withdraw", own2 + "extensions"} { // S1a
		want(t, v.get(path, two), 200, `name="website"`)
	}
	want(t, v.post(own2+"claims/1/withdraw", two, "reason", "网址填错", "name", "王", "post", "主任", "website", "x", "do", "submit"), http.StatusUnprocessableEntity, desk.ByRobot)
	want(t, v.post(own2+"claims/1/withdraw", two, "reason", "网址填错", "name", "王", "post", "主任", "do", "check"), 200, "确认撤回", `name="website"`)
	want(t, v.post(own2+"claims/1/withdraw", two, "do", "check", "name", "王", "post", "主任"), http.StatusUnprocessableEntity, "请填写撤回的理由")
	want(t, v.post(own2+"claims/1/withdraw", two, "reason", "网址填错", "name", "王", "post", "主任", "do", "submit"), 200, "撤回加分事项申报")
	want(t, v.get(own2+"events", two), 200, "已撤回", "撤回的理由：网址填错")
	want(t, v.get(yearPath(siteYear, "claims"), o), 200, "没有待确认的申报", "已撤回")
	want(t, v.get(own1("claims/9/withdraw"), one), 404)
}

// A form that comes when claims are taken no more is read back, not lost.
func TestAN15ClaimAfterTheEnd(t *testing.T) {
	v := openSite(t, false, 1)
	v.stage(1, "2026-03-31", campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring)
	one := v.bearer(1)
	want(t, v.get(own1("claims/new"), one), 200, "当前不接收申报", "评审打分")
	want(t, v.post(own1("claims/new"), one, append(claimFields("https://www.xinhuanet.com/a.htm"), "do", "submit")...), http.StatusConflict, "不接收加分事项的申报", "绿色认证进社区")
	if err := v.srv.Desk.MayClaim(t.Context(), desk.Visitor{Ref: storetest.Ref(siteYear, 1)}); campaign.KindOf(err) != campaign.Forbidden {
		t.Errorf("a link that only looks may claim: %v", err)
	}
}

// cannedClaim puts a claim into the book, past the desk.
func cannedClaim(tx *store.Tx, ref campaign.Ref, at time.Time) error {
	e := store.Event{Year: ref.Year, Code: ref.Code, Clause: "15.3a", Points: 200, Title: "绿色产品认证走进社区", Source: "新华社客户端首发报道，截图见附件", OccurredOn: at, At: at}
	e.ByName, e.URL, e.Medium = "王经办（宣传部主任）", "https://www.xinhuanet.com/green.htm", "新华社"
	_, err := tx.AddEvent(context.Background(), e)
	return err
}
