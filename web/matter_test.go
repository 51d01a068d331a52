package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

var reportFields = []string{"do", "submit", "act", "report", "what", "获证产品“示例”发生质量事件", "activity", "某省 产品认证", "occurred", "2026-02-28T20:00", "discovered", "2026-03-01T08:00", "measures", "已启动调查", "name", "王经办", "post", "主任"}

// GL-20: five fields from a phone are answered at once with a stamped receipt; the
// thread, both clocks and the office's ledger tell it the same way.
func TestGL20ReportFromAPhone(t *testing.T) {
	v := openSite(t, false, 2)
	v.stage(1, "2026-12-31", campaign.Planning, campaign.Collecting)
	by := v.bearer(1)
	v.now = time.Date(2026, 3, 2, 20, 0, 0, 0, campaign.Beijing)
	want(t, v.get(own1("incidents/new"), by), 200, "发生了什么", `type="datetime-local"`, "立即报告")
	missing := v.post(own1("incidents/new"), by, "do", "submit", "what", "留下的话")
	want(t, missing, 422, "留下的话", "请填写发生时间", "请填写经办人姓名")
	a := v.post(own1("incidents/new"), by, reportFields...)
	ref := storetest.Ref(siteYear, 1)
	i, err := v.st.Incident(context.Background(), ref, 1)
	if err != nil {
		t.Fatal(err)
	}
	want(t, a, 200, `class="receipt"`, ref.IncidentID(1)+"/1<", i.Acts[0].Digest, "2026年3月2日 20:00")
	want(t, v.get(own1("incidents"), by), 200, "按时", "2026年3月2日 20:00:00")
	v.now = v.now.Add(time.Hour)
	page := v.get(own1("incidents/1"), by)
	want(t, page, 200, "待补报", "自发生起", "报告 48 小时 0 分", "自发现起", "报告 36 小时 0 分", "研判", "<svg", "后续报告")
	if strings.Contains(page.body, "“示例”") == false {
		t.Error("the words are missing")
	}
	want(t, v.post(own1("incidents/1"), by, "do", "submit", "act", "details", "collect", "来源", "name", "王", "post", "主任"), 422, "请判定事件与认证活动的相关性", "请填写会商情况", "来源")
	want(t, v.post(own1("incidents/1"), by, "do", "submit", "act", "details", "relevance", "partly", "collect", "来源", "consult", "会商", "assess", "研判", "respond", "回应", "evaluate", "评估", "name", "王", "post", "主任"), 200, "补报详情已收到")
	want(t, v.post(own1("incidents/1"), by, "do", "submit", "act", "follow-up", "text", "已召回", "name", "王", "post", "主任"), 200, "后续报告已收到")
	want(t, v.get(own1(""), by), 200, "48小时报告", i.Acts[0].Digest[:12])
	office, officer := "/office/2026/incidents", v.signIn("o1")
	want(t, v.get(office, officer), 200, "示例认证机构1号", "部分相关", "48 小时 0 分", "<svg")
	at := office + "/" + ref.Code + "/1"
	want(t, v.get(at, officer), 200, "王经办", "已召回", "/office/2026/i/"+ref.Code+"/event", "处置中") // relevant: the way to a clue (GL-23)
	want(t, v.post(at, officer, "do", "check", "act", "relevance", "relevance", "irrelevant", "text", ""), 422, "请填写理由")
	want(t, v.post(at, officer, "do", "check", "act", "relevance", "relevance", "irrelevant", "text", "第三方冒用"), 200, "确认判定相关性")
	want(t, v.post(at, officer, "do", "submit", "act", "relevance", "relevance", "irrelevant", "text", "第三方冒用"), 303)
	shown := v.get(at, officer)
	want(t, shown, 200, "不相关", "第三方冒用")
	if strings.Contains(shown.body, "/i/"+ref.Code+"/event") {
		t.Error("an irrelevant incident leads to row 16 (GL-23)")
	}
	want(t, v.post(at, officer, "do", "submit", "act", "close", "text", "处置完毕"), 303)
	want(t, v.get(own1("incidents/1"), by), 200, "已办结", "没有需要贵机构办理的事项", "主管部门")
	if own := v.get(own1("incidents/1"), by); strings.Contains(own.body, "经办甲") {
		t.Error("the institution reads who in the office judged")
	}
	want(t, v.post(own1("incidents/1"), by, "do", "submit", "act", "follow-up", "text", "还有", "name", "王", "post", "主任"), 409)
	want(t, v.get(own1("incidents/9"), by), 404)
	want(t, v.get(own1("incidents/x"), by), 404)
}

// The regulator opens an incident; a late report is marked, and excused only with a reason.
func TestGL20OpenedByTheOffice(t *testing.T) {
	v := openSite(t, false, 2)
	v.stage(1, "2026-12-31", campaign.Planning, campaign.Collecting)
	by := v.bearer(1)
	v.now = time.Date(2026, 3, 1, 10, 0, 0, 0, campaign.Beijing)
	ref, officer := storetest.Ref(siteYear, 1), v.signIn("o1")
	open := "/office/2026/i/" + ref.Code + "/incident"
	want(t, v.get(open, officer), 200, "检查并开立")
	want(t, v.post(open, officer, "do", "check", "what", "媒体报道", "activity", "体系认证", "occurred", "2026-03-09T00:00"), 422, "发生时间不能晚于现在")
	want(t, v.post(open, officer, "do", "check", "what", "媒体报道", "activity", "体系认证", "occurred", "2026-02-28T20:00"), 200, "2026年3月2日 20:00:00", "确认开立")
	want(t, v.post(open, officer, "do", "submit", "what", "媒体报道", "activity", "体系认证", "occurred", "2026-02-28T20:00"), 303)
	page := v.get(own1("incidents/1"), by)
	want(t, page, 200, "待报告", "立即报告", "主管部门")
	if strings.Contains(page.body, `name="occurred"`) {
		t.Error("the clock that runs is asked for again")
	}
	at := "/office/2026/incidents/" + ref.Code + "/1"
	if p := v.get(at, officer); strings.Contains(p.body, "act=excuse") {
		t.Error("an excuse is offered before the hours have passed")
	}
	v.now = time.Date(2026, 3, 2, 20, 0, 1, 0, campaign.Beijing)
	late := v.signIn("o2")
	want(t, v.post(own1("incidents/1"), by, reportFields...), 200, "（逾期）")
	want(t, v.get(at, late), 200, "逾期", "act=excuse")
	want(t, v.post(at, late, "do", "submit", "act", "excuse", "text", "通信中断，有证明"), 303)
	want(t, v.get(at, late), 200, "逾期（准予不计）", "通信中断，有证明")
}

// AN-11, AN-12: the reviewer reads the 48-hour ledger beside rows 11 and 12, and only there.
func TestAN11AN12LedgerBesideTheScore(t *testing.T) {
	b := newBureau(t)
	b.write(func(ctx context.Context, tx *store.Tx) {
		ref := storetest.Ref(testYear, 2)
		for n, late := range []bool{false, true} {
			at := b.day.AddDate(0, -3, 0)
			struck := at.Add(-47 * time.Hour)
			if late {
				struck = at.Add(-49 * time.Hour)
			}
			if _, err := tx.AddIncident(ctx, store.Incident{Year: ref.Year, Code: ref.Code, What: "事件", Activity: "认证", OccurredAt: struck, At: at}); err != nil {
				b.ok(err)
			}
			_, err := tx.AddIncidentAct(ctx, ref, store.IncidentAct{N: n + 1, Act: campaign.IncidentReport, Signer: "王（主任）", Digest: store.Digest(n), At: at, Body: store.IncidentBody{DiscoveredAt: struck}}, late)
			b.ok(err)
		}
	})
	w := b.as("r1").do(request(http.MethodGet, reviewPath(2)))
	body := w.Body.String()
	if w.Code != 200 || strings.Count(body, "48小时报告台账：按时 1 / 2 件") != 2 {
		t.Fatalf("%d, %d ledgers", w.Code, strings.Count(body, "48小时报告台账"))
	}
	eleven := body[strings.Index(body, `id="row-11"`):strings.Index(body, `id="row-12"`)]
	for _, part := range []string{"第 1 号", "按时", "第 2 号", "逾期", "49 小时 0 分"} {
		if !strings.Contains(eleven, part) {
			t.Errorf("no %q beside row 11", part)
		}
	}
	if strings.Contains(body[:strings.Index(body, `id="row-11"`)], "48小时报告台账") {
		t.Error("the ledger stands beside other rows")
	}
}

// GL-14: asked, looked over, received; decided by an approver alone, with conditions and a number.
func TestGL14PriorApprovalPages(t *testing.T) {
	v := openSite(t, false, 2)
	v.stage(1, "2026-12-31", campaign.Planning, campaign.Collecting)
	by := v.bearer(1)
	v.now = time.Date(2026, 3, 9, 10, 0, 0, 0, campaign.Beijing)
	officer, approver := v.signIn("o1"), v.signIn("a1")
	apply := []string{"kind", "prior", "subject", "接受采访", "content", "认证有效性", "channel", "电视台", "planned", "2026-03-20", "name", "王经办", "post", "主任"}
	want(t, v.get(own1("clearances/new?kind=prior"), by), 200, "情况紧急", "下一步：核对")
	want(t, v.post(own1("clearances/new"), by, append(apply, "do", "check", "urgent", "1")...), 422, "请填写紧急的理由", "接受采访")
	want(t, v.post(own1("clearances/new"), by, append(apply, "do", "check")...), 200, "未批复不视为同意", "确认提交")
	want(t, v.post(own1("clearances/new"), by, append(apply, "do", "submit")...), 200, `class="receipt"`, "事前审批申请已收到")
	want(t, v.upload(own1("clearances/1/files"), by, "稿件.pdf", pdfBytes, "act", "attach", "declared", "1", "name", "王经办", "post", "主任"), 200, "附件已收到")
	want(t, v.upload(own1("clearances/1/files"), by, "稿件.pdf", pdfBytes, "name", "王经办", "post", "主任"), 422, "请先勾选保密声明", `value="王经办"`)
	want(t, v.upload(own1("clearances/1/files"), by, "稿件.exe", pdfBytes, "act", "attach", "declared", "1", "name", "王经办", "post", "主任"), 422, "只接受")
	want(t, v.get(own1("clearances/1"), by), 200, "待批", "稿件.pdf", "登记发布")
	file := v.get(own1("clearances/1/files/1"), by)
	want(t, file, 200)
	if file.body != string(pdfBytes) || !strings.Contains(file.head.Get("Content-Disposition"), "attachment") {
		t.Error("the document does not come back as it was handed in")
	}
	at := "/office/2026/clearances/" + storetest.Code(1) + "/1"
	want(t, v.get("/office/2026/clearances", officer), 200, "待批", "接受采访")
	want(t, v.get(at, officer), 200, "待审批人员批复", "files/1")
	want(t, v.post(at, officer, "do", "submit", "decision", "approve"), 403)
	want(t, v.post(at, approver, "do", "check", "text", ""), 422, "请选择批准或者不予批准")
	want(t, v.post(at, approver, "do", "check", "decision", "refuse"), 422, "请填写不予批准的理由")
	want(t, v.post(at, approver, "do", "check", "decision", "approve", "conditions", "须与所报一致"), 200, "确认批复")
	want(t, v.post(at, approver, "do", "submit", "decision", "approve", "conditions", "须与所报一致"), 303)
	want(t, v.get(own1("clearances/1"), by), 200, "已批准", "宣评批〔2026〕1号", "须与所报一致")
	want(t, v.post(own1("clearances/1"), by, "do", "submit", "act", "publish", "day", "2026-03-08", "name", "王", "post", "主任"), 200, "登记发布已收到")
	want(t, v.get(at, officer), 200, "先发布后批准", "早于批准日期")
	want(t, v.get(own1("clearances/2"), by), 404)
	want(t, v.get(own1("clearances/1/files/9"), by), 404)
}

// GL-16: the record lists four steps with names and times; out of order is refused, or stands there with its reason.
func TestGL16PressConferencePages(t *testing.T) {
	v := openSite(t, false, 2)
	v.stage(1, "2026-12-31", campaign.Planning, campaign.Collecting)
	by := v.bearer(1)
	v.now = time.Date(2026, 3, 9, 10, 0, 0, 0, campaign.Beijing)
	want(t, v.post(own1("clearances/new"), by, "do", "submit", "kind", "press", "subject", "成果发布", "content", "内容", "channel", "总部", "planned", "2026-03-20", "important", "1", "name", "王经办", "post", "主任"), 200, "新闻发布会申请已收到")
	signed := func(more ...string) []string {
		return append([]string{"do", "submit", "name", "王经办", "post", "主任"}, more...)
	}
	want(t, v.post(own1("clearances/1"), by, signed("act", "settle", "head", "李负责")...), 422, "主要负责人审定同意")
	want(t, v.post(own1("clearances/1"), by, signed("act", "hold", "speaker", "赵发言")...), 409, "已申请")
	want(t, v.get(own1("clearances/1?act=hold"), by), 200, "不按顺序办理的理由")
	want(t, v.post(own1("clearances/1"), by, signed("act", "hold", "speaker", "赵发言", "override", "1", "override_reason", "口径会前口头审定")...), 200, "召开发布会已收到")
	v.now = v.now.Add(26 * time.Hour)
	want(t, v.post(own1("clearances/1"), by, signed("act", "article", "head", "李负责")...), 422, "保密关", "意识形态关")
	want(t, v.post(own1("clearances/1"), by, signed("act", "article", "head", "李负责", "secrecy", "1", "ideology", "1")...), 200, "审核新闻稿件已收到")
	page := v.get("/office/2026/clearances/"+storetest.Code(1)+"/1", v.signIn("o1"))
	want(t, page, 200, "四个步骤", "王经办", "赵发言", "李负责", "越过", "口径会前口头审定", "2026年3月9日 10:00", "2026年3月10日 12:00", "稿件已审核", campaign.UnmandatedSpeaker)
	v.write(func(tx *store.Tx) error { // GL-9: with a mandate on that day the mark is gone; GL-16: the record is there for both sides
		ref := storetest.Ref(siteYear, 1)
		body := campaign.Filing{Rows: []campaign.Record{{"person": "赵发言", "position": "总监", "from": "2026-03-09"}}}
		if _, err := tx.AddRegister(context.Background(), ref, store.RegisterVersion{Register: "spokespersons", Schema: campaign.KnownRegisters().Digest, Body: body, ByName: "王经办（主任）", At: v.now}); err != nil {
			return err
		}
		return tx.AddPaper(context.Background(), store.Paper{Key: ref.ID() + "/paper/press-record/1", Year: siteYear, Code: ref.Code, Kind: campaign.PressRecordPaper, Verify: "XP26-PRESS", PDF: []byte("%PDF-1.4 record"), At: v.now})
	})
	for _, x := range []answer{v.get("/office/2026/clearances/"+storetest.Code(1)+"/1", v.signIn("o1")), v.get(own1("clearances/1"), by)} {
		if want(t, x, 200, "下载四个步骤的记录（PDF）", "/papers/XP26-PRESS"); strings.Contains(x.body, campaign.UnmandatedSpeaker) {
			t.Error("the mark stands though the speaker has a mandate")
		}
	}
	if got := v.get(own1("papers/XP26-PRESS"), by); got.code != 200 || !strings.Contains(got.body, "record") {
		t.Errorf("%d", got.code)
	}
	if n := strings.Count(page.body, `data-label="步骤"`); n != 4 {
		t.Errorf("%d steps", n)
	}
	c, err := v.st.Clearance(context.Background(), contract.Ref{Year: siteYear, Code: storetest.Code(1)}, 1)
	if err != nil || c.State() != campaign.PressReviewed {
		t.Errorf("%s, %v", c.State(), err)
	}
}

// cannedMatters writes an incident, a request and a press conference for pages to show.
func cannedMatters(ctx context.Context, tx *store.Tx, ref contract.Ref, at time.Time) error {
	struck := at.Add(-47 * time.Hour)
	_, err := tx.AddIncident(ctx, store.Incident{Year: ref.Year, Code: ref.Code, What: "获证产品被媒体报道存在质量问题", Activity: "某省 产品认证", OccurredAt: struck, At: at})
	if err == nil {
		_, err = tx.AddIncidentAct(ctx, ref, store.IncidentAct{N: 1, Act: campaign.IncidentReport, Signer: "王经办（主任）", Digest: store.Digest("report"), At: at,
			Body: store.IncidentBody{What: "获证产品被媒体报道存在质量问题", Activity: "某省 产品认证", Text: "已启动调查", DiscoveredAt: struck.Add(10 * time.Hour)}}, false)
	}
	for _, k := range []campaign.ClearanceKind{campaign.PriorApproval, campaign.PressConference} {
		if err == nil {
			_, err = tx.AddClearance(ctx, store.Clearance{Year: ref.Year, Code: ref.Code, Kind: k, Subject: "认证有效性访谈", Content: "介绍认证有效性保障措施", Channel: "电视台", Planned: at.AddDate(0, 0, 9), Important: true, Signer: "王经办（主任）", Digest: store.Digest(k), At: at})
		}
	}
	return err
}
