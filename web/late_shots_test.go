package web

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// planShots are the office's pages of its own plan, of what the provinces laid
// down, of requests for more time and of the launch to come.
func (b *bureau) planShots() []shot {
	ctx, o := b.t.Context(), b.member("o1")
	b.ok(b.desk.PlanFromCalendar(ctx, o, testYear, "宣传主管处室"))
	b.ok(b.desk.PutPlanItem(ctx, o, testYear, campaign.PlanItem{Day: "2025-06-09", Title: "世界认可日主场活动", Lead: "宣传主管处室", Note: "与地方市场监管部门合办"}, "增加主题活动"))
	b.ok(b.desk.MarkPlanItem(ctx, o, testYear, 1, true, "通知已印发"))
	b.ok(b.desk.MarkPlanItem(ctx, o, testYear, 2, false, "等待地方反馈"))
	b.ok(b.desk.AddMeasure(ctx, b.member("l2"), testYear, desk.MeasureForm{Title: "关于落实认证机构宣传工作评价的若干措施", Text: "一、建立本地机构联系人制度。\n二、每季度征集宣传选题。", Number: "粤市监认〔2025〕12号", Day: "2025-04-15"}))
	ref := storetest.Ref(testYear, 5)
	b.write(func(ctx context.Context, tx *store.Tx) {
		_, err := tx.AddExtensionRequest(ctx, ref, store.ExtensionRequest{Task: campaign.EvidenceTask, Day: campaign.Day("2026-01-20").Start(), Reason: "档案系统迁移，部分材料需要重新调取。", Digest: fmt.Sprintf("%064x", 7), ByName: "王经办（主任）", At: b.day.AddDate(0, -3, 0)})
		b.ok(err)
	})
	b.ok(b.desk.Suspend(ctx, o, ref, "批准资格暂停三个月（国认监决定〔2025〕3号）"))
	y := yearPath(testYear)
	return []shot{{"o1", "suspend", entryPath(storetest.Ref(testYear, 2), "suspend")}, {"o1", "resume", entryPath(ref, "resume")}, {"o1", "dossier-suspended", entryPath(ref)}, {"link5", "own-suspended", "/i/" + ref.ID()},
		{"o1", "institutions-suspended", y + "/institutions?suspended=1"}, {"o1", "yearplan", y + "/yearplan"}, {"o1", "plan-item", y + "/yearplan/item?no=1"}, {"o1", "plan-mark", y + "/yearplan/mark?no=3"}, {"u1", "measures", y + "/measures"}, {"l2", "local-measures", fmt.Sprintf("/local/%d/measures", testYear)},
		{"o1", "preflight", "/office/preflight?year=2027"}, {"o1", "extension-request", entryPath(ref, "extensions", "1")}, {"a1", "figures", y + "/figures"}, {"o1", "goals", "/office/goals"}}
}

// letterShots are the pages of guidance letters and spot checks, as the office,
// reviewers, an institution and the public have them.
func (b *bureau) letterShots() []shot {
	ctx, o := b.t.Context(), b.member("o1")
	text := "各有关机构：\n请结合实际组织世界认可日宣传活动，活动情况登记在“宣传活动”清单。\n联系处室：宣传主管处室。"
	for _, title := range []string{"关于做好2025年世界认可日宣传工作的指导意见", "关于规范认证机构互联网账号管理的提示"} {
		_, err := b.desk.WriteGuidance(ctx, o, testYear, desk.GuidanceForm{Title: title, Text: text, Numbered: true})
		b.ok(err)
	}
	y, own, two := yearPath(testYear, "guidance"), "/i/"+storetest.Ref(testYear, 2).ID(), storetest.Ref(testYear, 2)
	b.as("o1").upload(y+"/1/files", "宣传活动要点.pdf", string(pdfBytes))
	_, err := b.desk.SendGuidance(ctx, o, testYear, 1, desk.GuidanceTo{Codes: []string{storetest.Code(1), storetest.Code(2), storetest.Code(3)}})
	b.ok(err)
	b.sampled()
	_, _, err = b.desk.DrawSpots(ctx, o, testYear)
	b.ok(err)
	at, review := "/spots/disclosure/1", "/review/"+two.ID()
	b.as("r1").post(review+at, "finding", "dead", "note", "页面不存在")
	return []shot{{"o1", "guidances", y}, {"o1", "guidance-new", y + "/new"}, {"o1", "guidance-sent", y + "/1"}, {"o1", "guidance-draft", y + "/2"}, {"o1", "guidance-send", y + "/2/send"},
		{"link2", "own-guidances", own + "/guidance"}, {"link2", "own-guidance", own + "/guidance/1"}, {"link2", "own-spots", own + "/spots"}, {"link2", "own-extensions", own + "/extensions"},
		{"", "public-spots", fmt.Sprintf("/spots/%d", testYear)}, {"o1", "spots", yearPath(testYear, "spots")}, {"o1", "spot-list", entryPath(two, "spots")}, {"o1", "spot-check", entryPath(two) + at},
		{"r1", "review-spots", review + "/spots"}, {"r1", "review-spot", review + at}}
}

// releaseShots close the year of a bureau of their own: published once, put right,
// the corrected version half way through 三审三校.
func (b *bureau) releaseShots() []shot {
	ctx, o := b.t.Context(), b.member("o1")
	b.concluded()
	storetest.Reviewed(b.t, b.store, testYear, b.day)
	first, err := b.desk.Release(ctx, b.store.Reader, testYear)
	b.ok(err)
	b.write(func(ctx context.Context, tx *store.Tx) { // as the workflow of the year does
		b.ok(tx.AddRelease(ctx, first.Draft, "o1", b.day))
		b.ok(tx.AddPublication(ctx, testYear, "o1", b.day, []int{}))
		var listed []string
		for _, n := range first.Now.Excellent {
			listed = append(listed, n.Code)
		}
		_, err := tx.Numbers(ctx, campaign.CertificatePaper.Series(), testYear, listed)
		b.ok(err)
	})
	b.prints(1, "REPORT-1", "%PDF-1.7")
	b.ok(b.desk.Correct(ctx, o, testYear, desk.CorrectionForm{Kind: "remove", Code: first.Now.Excellent[0].Code, Reason: "经核查，该机构报送的活动材料与事实不符，取消优秀单位资格。", Basis: "核查结论〔2026〕2号"}))
	n, err := b.desk.LayDraft(ctx, o, testYear, "按核查结论更正名单")
	b.ok(err)
	for i, by := range []string{"o2", "g1"} {
		b.ok(b.desk.StepRelease(ctx, b.member(by), testYear, desk.ReleaseForm{Draft: n, Step: campaign.ReleaseSteps()[i], Pass: true, Reason: "同意"}))
	}
	y := yearPath(testYear, "release")
	return []shot{{"o1", "release", y}, {"a1", "release-step", y + "/step"}, {"o1", "release-lay", y + "/lay"}, {"o1", "release-correct", y + "/correct"}, {"o1", "release-reissue", y + "/reissue"}, {"", "results-corrected", fmt.Sprintf("/results/%d", testYear)}, {"", "report-corrected", reportPath(testYear)}, {"", "verify-report", "/v/REPORT-1"}}
}

// concluded brings all institutions of the bureau to final results on the day of publication.
func (b *bureau) concluded() {
	b.t.Helper()
	c, err := b.store.Campaign(b.t.Context(), testYear)
	b.ok(err)
	b.day = c.Rules.Calendar.Publication.Morning().Add(time.Hour)
	b.ok(b.store.SetClock(b.t.Context(), testYear, b.day, time.Now()))
	entries, err := b.store.Entries(b.t.Context(), testYear)
	b.ok(err)
	all := append(toScoring, campaign.Served, campaign.Final, campaign.Closed)
	for i, e := range entries {
		b.write(func(ctx context.Context, tx *store.Tx) {
			b.to(ctx, tx, i+1, all[slices.Index(all, e.Stage)+1:]...) // all of them from before the start
			results, err := tx.Results(ctx, e.Ref())
			b.ok(err)
			card, err := rubric.Annex2().Score(testYear, sheetOfPoints(rubric.Points(50*i), "见材料"), nil)
			b.ok(err)
			b.ok(tx.AddResult(ctx, e.Ref(), store.Result{Version: len(results) + 1, Scored: true, Total: card.Total, Card: card, At: b.day}))
		})
	}
}
