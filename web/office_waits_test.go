package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// What waits for the office stands on the board with its link, and in the menu
// with its count: prior approvals, 48-hour reports, appeals past their day.
func TestBoardTellsWhatWaitsForTheOffice(t *testing.T) {
	b := newBureau(t)
	path := yearPath(testYear)
	before := b.as("o1").get(path).Body.String()
	for _, no := range []string{"待批）", "未办结）", "复核逾期", "待批复"} {
		if strings.Contains(before, no) {
			t.Errorf("%q before anything waits", no)
		}
	}
	ref := storetest.Ref(testYear, 1)
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(cannedMatters(ctx, tx, ref, b.day.AddDate(0, 0, -1))) // incident 1, reported in time a day ago; request 1
		_, err := tx.AddClearance(ctx, store.Clearance{Year: ref.Year, Code: storetest.Code(2), Kind: campaign.PriorApproval, Subject: "突发舆情回应", Content: "口径", Channel: "官网", Planned: b.day.AddDate(0, 0, 1), Urgent: true, UrgentReason: "舆情发酵",
			Signer: "王（主任）", Digest: store.Digest("urgent"), At: b.day})
		b.ok(err)
		_, err = tx.AddIncident(ctx, store.Incident{Year: ref.Year, Code: ref.Code, What: "媒体报道虚假认证", Activity: "体系认证", OccurredAt: b.day.Add(-50 * time.Hour), By: "o1", At: b.day})
		b.ok(err)
		_, err = tx.AddIncidentAct(ctx, ref, store.IncidentAct{N: 2, Act: campaign.IncidentOpen, Role: "officer", By: "o1", Digest: store.Digest("open"), At: b.day}, false)
		b.ok(err)
		b.ok(tx.AddDecider(ctx, storetest.Ref(testYear, 3), "r4", campaign.DayOf(b.day).Add(-2), b.day))
	})
	body := b.as("o1").get(path).Body.String()
	late := body[strings.Index(body, `id="late"`):]
	for _, says := range []string{
		`clearances">事前审批（2 待批）`, `incidents">48小时报告（2 未办结）`, `reviewers">评审进度（1 复核逾期）`,
		`">事前审批待批 2</a>`, `">48小时报告未办结 2</a>`, `">其中逾期报告 1</a>`, `reviewers#appeals">评价复核逾期 1</a>`,
		"紧急事前审批待批复：突发舆情回应", "48小时报告待报送：媒体报道虚假认证", "已逾期 2 小时 0 分", "48小时报告待补报详情：获证产品", "事前审批待批复：认证有效性访谈", "已等 1 天",
		yearPath(testYear, "clearances", storetest.Code(2), "1"), yearPath(testYear, "incidents", ref.Code, "2"), campaign.DecideTask.Chinese() + "：", "已逾期 2 天",
	} {
		if !strings.Contains(body, says) {
			t.Errorf("the board does not say %q", says)
		}
	}
	if urgent, asked := strings.Index(late, "紧急事前"), strings.Index(late, ">事前审批待批复"); urgent < 0 || urgent > asked || urgent > strings.Index(late, "待报送") {
		t.Error("the urgent request is not the first")
	}
	b.shows(b.as("o1").get(yearPath(testYear, "reviewers")), 200, `id="appeals"`, `>逾期</span>`)
	b.write(func(ctx context.Context, tx *store.Tx) {
		_, err := tx.AddClearanceAct(ctx, ref, store.ClearanceAct{N: 1, Act: campaign.ClearanceRefuse, Role: "approver", By: "a1", Digest: store.Digest("no"), At: b.day})
		b.ok(err)
		_, err = tx.AddIncidentAct(ctx, ref, store.IncidentAct{N: 2, Act: campaign.IncidentClose, Role: "officer", By: "o1", Digest: store.Digest("close"), At: b.day}, false)
		b.ok(err)
		_, err = tx.AddSuspension(ctx, storetest.Ref(testYear, 3), "停业整顿", "o1", b.day)
		b.ok(err)
	})
	body = b.as("o1").get(path).Body.String()
	for _, says := range []string{"事前审批（1 待批）", "48小时报告（1 未办结）"} {
		if !strings.Contains(body, says) {
			t.Errorf("the board does not say %q", says)
		}
	}
	for _, no := range []string{"认证有效性访谈", "媒体报道虚假认证", "复核逾期"} {
		if strings.Contains(body, no) {
			t.Errorf("the board still says %q", no)
		}
	}
}
