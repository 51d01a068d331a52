package web

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// Feature 10: who has a single sheet is shown as 无法检验, not as robust, on the sheet
// and where the result is published.
func TestFeature10SingleSheetIsUntestable(t *testing.T) {
	b := newBureau(t)
	b.write(func(ctx context.Context, tx *store.Tx) { b.to(ctx, tx, 2, campaign.Served) }) // only r2 handed in
	sheet := b.as("o1").get(yearPath(testYear, "robust")).Body.String()
	for _, want := range []string{"无法检验的机构（1）", storetest.Institution(2).Name, "不能说结果稳健"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet does not say %q", want)
		}
	}
	if page := b.as("o1").get(yearPath(testYear, "publish")).Body.String(); !strings.Contains(page, "1 家只有一份评分，无法检验") {
		t.Error("the page that publishes does not say that one cannot be tested")
	}
}
