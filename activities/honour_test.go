package activities

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// awarded writes a nomination that was awarded, with its intents.
func (o *office) awarded(kind campaign.HonourKind, code, holder string, n int) string {
	o.t.Helper()
	day := o.rules.Calendar.Launch.Add(20)
	ref := campaign.Ref{Year: testYear, Code: code}
	key := fmt.Sprintf("%d/campaign/honours/%d/honour", testYear, n)
	if code != "" {
		key = fmt.Sprintf("%s/honours/%d/honour", ref.ID(), n)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		h := store.Honour{Year: testYear, Code: code, Kind: kind, Holder: holder, Title: "认证惠民生", Text: "事迹", Named: true, ShownTitle: "认证惠民生", ShownText: "事迹",
			Source: "officer", By: "o1", ByName: "经办甲", Digest: store.Digest("x"), At: day.Morning()}
		var err error
		if h.N, err = tx.AddHonour(ctx, h); err != nil {
			return err
		}
		if err = tx.AddHonourMove(ctx, h, store.HonourMove{Act: campaign.HonourAward, Role: "approver", By: "a1", Reason: "同意", At: day.Morning()}, "", ""); err != nil {
			return err
		}
		tx.Queue(store.Intent{Key: key, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.HonourPaper, N: n, Honour: h.N, Date: day}})
		if code != "" {
			tx.Queue(store.Intent{Key: key + "/mail", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "honour", To: "institution", Scope: "view", Path: "honours", Date: day.Morning(), Papers: []string{key},
				Data: map[string]string{"title": kind.Chinese()}, Lines: [][2]string{{"证书编号", campaign.HonourPaper.Number(testYear, n)}}}})
		}
		return nil
	})
	o.drain()
	return key
}

// PL-16: the certificate says kind, holder, number and code; the letter carries it.
func TestPL16HonourCertificate(t *testing.T) {
	o := newOffice(t, false, 1)
	key := o.awarded(campaign.CaseHonour, storetest.Code(1), "示例认证机构1号", 1)
	o.noFailure()
	text := o.read(storetest.Ref(testYear, 1), campaign.HonourPaper)
	o.says(text, "荣誉证书", "示例认证机构1号", "典型案例", "认证惠民生", "宣评誉〔2025〕1号", o.Verify(key))
	l := o.letter(key + "/mail")
	if l.Subject != "典型案例证书已颁发" || len(l.Attachments) != 1 || !strings.Contains(l.Text, "宣评誉〔2025〕1号") {
		t.Errorf("%s, %d attachments\n%s", l.Subject, len(l.Attachments), l.Text)
	}
}

// A base or a person that belongs to no institution has a certificate and no letter;
// one of a rehearsal is marked (UX-2).
func TestPL16HonourWithoutInstitution(t *testing.T) {
	o := newOffice(t, true, 1)
	o.awarded(campaign.PersonHonour, "", "赵优秀", 1)
	o.noFailure()
	o.says(o.read(campaign.Ref{Year: testYear}, campaign.HonourPaper), "赵优秀", "优秀人员", "示例")
	if o.sent != 0 {
		t.Errorf("%d letters", o.sent)
	}
}
