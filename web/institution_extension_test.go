package web

import (
	"net/http"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

// WF-4: more time is asked for from the list of tasks; the officer finds the
// request on the board and grants it, and refuses another with a reason that
// the institution reads.
func TestWF4MoreTimeOnPages(t *testing.T) {
	v := openSite(t, false, 2)
	c := storetest.Rules(t, siteYear).Calendar
	v.now = c.PlanDue.Morning()
	for i := 1; i <= 2; i++ {
		v.stage(i, c.PlanDue, campaign.Planning)
	}
	one, two := v.bearer(1), v.bearer(2)
	own2 := "/i/" + storetest.Ref(siteYear, 2).ID() + "/extensions"
	ask := own1("extensions")
	want(t, v.get(own1(""), one), 200, "申请延期", "extensions?task=plan")
	want(t, v.get(ask+"?task=plan", one), 200, `value="plan" checked`, "现截止日 "+c.PlanDue.Chinese())
	to := c.PlanClose.Add(3)
	fields := []string{"task", "plan", "day", string(to), "reason", "决策会议改期", "name", "王经办", "post", "主任"}
	bad := v.post(ask, one, "task", "plan", "day", string(c.PlanDue), "reason", "不能丢失的理由", "name", "", "post", "主任", "do", "check")
	want(t, bad, http.StatusUnprocessableEntity, "不能丢失的理由", "应晚于", "f-name")
	want(t, v.post(ask, one, append(fields, "do", "check")...), 200, "请核对延期申请", to.Chinese(), "决策会议改期")
	want(t, v.post(ask, one, append(fields, "do", "edit")...), 200, "决策会议改期")
	want(t, v.post(ask, one, append(fields, "do", "submit")...), 200, "延期申请已收到", "/extension-request/1")
	want(t, v.post(own2, two, append(fields, "do", "submit")...), 200, "/extension-request/1")
	want(t, v.get(own1(""), one), 200, "已申请延至 "+to.Chinese()+"，待批", "/extension-request/1")

	o, a := v.signIn("o1"), v.signIn("a1")
	want(t, v.get(yearPath(siteYear), o), 200, "待批的延期申请（2）", storetest.Institution(1).Name, storetest.Institution(2).Name)
	p1, p2 := yearPath(siteYear, "i", storetest.Code(1)), yearPath(siteYear, "i", storetest.Code(2))
	want(t, v.get(p1, o), 200, "延期申请", "待批", "/extensions/1")
	want(t, v.get(p1+"/extensions/1", a), 200, "决策会议改期", "王经办")
	want(t, v.get(p1+"/extensions/2", o), 404)
	want(t, v.post(p1+"/extensions/1", a, "decision", "grant", "day", string(to), "reason", "同意", "do", "submit"), 403)
	want(t, v.post(p1+"/extensions/1", o, "decision", "", "day", string(to), "reason", "写下的话", "do", "check"), 422, "请选择答复", "写下的话")
	want(t, v.post(p1+"/extensions/1", o, "decision", "grant", "day", string(to), "reason", "同意延期", "do", "check"), 200, "批准延期", to.Chinese())
	want(t, v.post(p1+"/extensions/1", o, "decision", "grant", "day", string(to), "reason", "同意延期", "do", "submit"), 303)
	want(t, v.post(p2+"/extensions/1", o, "decision", "refuse", "day", "", "reason", "时间足够", "do", "submit"), 303)
	want(t, v.get(p1+"/extensions/1", o), 200, "已批准", "同意延期")
	if page := v.get(yearPath(siteYear), o); strings.Contains(page.body, "待批的延期申请") {
		t.Error("an answered request still waits")
	}
	want(t, v.get(ask, one), 200, "已批准，延至 "+to.Chinese()+"：同意延期")
	want(t, v.get(own1(""), one), 200, to.Chinese())
	want(t, v.get(own2, two), 200, "不予批准：时间足够", "现截止日 "+c.PlanDue.Chinese())
	want(t, v.get(strings.TrimSuffix(own2, "/extensions"), two), 200, "不予批准“年度宣传工作计划”的延期申请")
}

// A self-score that was handed in is read, and taken up again by 撤回修改 with
// what was submitted; the earlier version counts until the new one is there.
// Once reviewers score there is no way back.
func TestGL29RedoSelfScore(t *testing.T) {
	v := openSite(t, false, 1)
	c := storetest.Rules(t, siteYear).Calendar
	v.now = c.SelfScoreDue.Morning()
	v.stage(1, c.SelfScoreDue, campaign.Planning, campaign.Collecting, campaign.SelfScore)
	by, path := v.bearer(1), own1("self-score")
	want(t, v.post(path, by, append(scoreFields("4.5", "如实自评"), "do", "submit")...), 200, "self-score/1")
	want(t, v.get(own1(""), by), 200, "第 1 版；截止前可以撤回修改")
	read := v.get(path, by)
	want(t, read, 200, ">撤回修改</a>", "重新提交以前，仍以这一版为准", "如实自评")
	if strings.Contains(read.body, "<textarea") {
		t.Error("a form is shown before it was asked for")
	}
	redo := v.get(path+"?do=redo", by)
	want(t, redo, 200, "正在修改：重新提交以前，仍以第 1 版为准", "<textarea", "如实自评")
	want(t, v.post(path, by, append(scoreFields("4.0", "改低"), "do", "submit")...), 200, "self-score/2")
	v.stage(1, c.ScoringDue, campaign.Scoring)
	for _, p := range []string{path, path + "?do=redo"} {
		if page := v.get(p, by); strings.Contains(page.body, "撤回修改") || strings.Contains(page.body, "<textarea") {
			t.Errorf("%s offers the form to an institution that is scored", p)
		}
	}
	want(t, v.post(path, by, append(scoreFields("5.0", "太迟"), "do", "submit")...), http.StatusConflict)
}
