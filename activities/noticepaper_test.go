package activities

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

// 评价通知书 comes with the notice: numbered by code, with the days of the year from the institution's own first day on.
func TestNoticePaper(t *testing.T) {
	o := newOffice(t, true, 2)
	c := o.rules.Calendar
	for i := 2; i >= 1; i-- { // numbers do not follow arrival
		run(o, o.enter, contract.EnterIn{Ref: storetest.Ref(testYear, i), Stage: campaign.Planning, Due: c.PlanDue, At: c.Launch.Morning()})
	}
	o.drain()
	o.noFailure()
	for i := 1; i <= 2; i++ {
		ref, number := storetest.Ref(testYear, i), campaign.NoticePaper.Number(testYear, i)
		l := o.letter(ref.ID() + "/launch")
		if len(l.Attachments) != 1 || !strings.Contains(l.Text, number) || !strings.Contains(l.Text, "提交自评："+c.SelfScoreDue.Chinese()) {
			t.Errorf("%d attachments\n%s", len(l.Attachments), l.Text)
		}
		o.says(o.read(ref, campaign.NoticePaper), number, "传递信任，服务发展", "批准号 "+ref.Code, "报送年度宣传工作计划："+c.PlanDue.Chinese()+"前", c.EvidenceClose.Chinese(), c.SelfScoreDue.Chinese(), c.Publication.Chinese(),
			"不是《指引》条款", "特此通知", storetest.Institution(i).Name)
	}
	joined := taskSheet(c, c.PlanClose.Add(1))
	if len(joined) == 0 || strings.Contains(joined[0][0], "计划") {
		t.Errorf("who joins later is asked for a plan: %v", joined)
	}
}

// 提交回执 lists what was there when the self-score was handed in, and nothing that came later.
func TestSubmissionReceiptPaper(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, at := storetest.Ref(testYear, 1), o.rules.Calendar.SelfScoreDue.Morning()
	key := ref.ID() + "/paper/receipt/1"
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for i, name := range []string{"总结.pdf", "后来.pdf"} {
			if _, err := tx.AddEvidence(ctx, ref, store.Evidence{Row: 5, Name: name, Media: "application/pdf", Size: 1 << 20, Digest: store.Digest(name), ByName: "王经办", At: at.AddDate(0, 0, 2*i-1)}); err != nil {
				return err
			}
		}
		if _, err := tx.AddSelfScore(ctx, ref, marks(0), "王经办", at); err != nil {
			return err
		}
		tx.Queue(store.Intent{Key: key, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.ReceiptPaper, Version: 1, Date: campaign.DayOf(at)}})
		return nil
	})
	must(t, o.makePaper(t.Context(), key))
	text := o.read(ref, campaign.ReceiptPaper)
	o.says(text, "提交回执", "总结.pdf", "1.0 MB", "第5项", "2 件", store.Digest("总结.pdf")[:32], store.Digest(marks(0))[:32])
	if strings.Contains(text, "后来") || strings.Contains(text, "王经办") {
		t.Errorf("says too much:\n%s", text)
	}
	if sizeWord(999) != "999 B" || sizeWord(2048) != "2.0 KB" {
		t.Error(sizeWord(999), sizeWord(2048))
	}
}
