package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RW-5: who is honoured after publication is named in public with the day and the
// number of the certificate until the next version lists it; nothing tells of the case.
func TestRW5LateHonourIsPublic(t *testing.T) {
	b := newBureau(t)
	b.totalled(0, 0, 0, 300, 0, 0)
	ref, day := storetest.Ref(testYear, 4), campaign.Day("2026-07-01") // the one with a case
	key := ref.ID() + "/paper/certificate/1"
	b.write(func(ctx context.Context, tx *store.Tx) {
		n, err := tx.AddLateHonour(ctx, ref, day.Morning())
		b.ok(err)
		tx.Queue(store.Intent{Key: key, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.CertificatePaper, N: n, Version: 1, Date: day}})
	})
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.AddPaper(ctx, store.Paper{Key: key, Year: testYear, Code: ref.Code, Kind: campaign.CertificatePaper, Number: campaign.CertificatePaper.Number(testYear, 9), Verify: "LATE-1", PDF: []byte("%PDF-1.7"), At: day.Morning()}))
	})
	name, public := storetest.Institution(4).Name, b.as("")
	for _, path := range []string{fmt.Sprintf("/results/%d", testYear), reportPath(testYear)} {
		w := public.get(path)
		if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "补列的优秀单位") || !strings.Contains(body, day.Chinese()) || !strings.Contains(body, name) || strings.Contains(body, "警示案件") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if body := public.get("/v/LATE-1").Body.String(); !strings.Contains(body, name) || !strings.Contains(body, campaign.CertificatePaper.Chinese()) || strings.Contains(body, "已撤销") {
		t.Errorf("the certificate does not stand")
	}
	if body := b.as("u1").get(entryPath(ref, "timeline")).Body.String(); !strings.Contains(body, "补发优秀单位证书") {
		t.Error("the timeline does not tell of it")
	}
}
