package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// S10: at a verified paper a file is hashed in the browser, under the policy that the site sends, and nothing of it
// leaves; the page without its script says how to check offline.
func TestBrowserS10HashesAFile(t *testing.T) {
	v := openSite(t, false, 1)
	ref, paper := storetest.Ref(siteYear, 1), []byte("%PDF-1.4\n%%EOF")
	v.write(func(tx *store.Tx) error {
		tx.Queue(store.Intent{Key: "p", Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.ResultPaper}})
		return nil
	})
	v.write(func(tx *store.Tx) error {
		return tx.AddPaper(t.Context(), store.Paper{Key: "p", Year: siteYear, Code: ref.Code, Kind: campaign.ResultPaper, Number: "宣评告〔2027〕1号", Verify: "AAAA-BBBB", PDF: paper, At: v.now})
	})
	if a := v.get("/v/AAAA-BBBB", who{}); !strings.Contains(a.body, `id="compare" data-digest`) || !strings.Contains(a.body, " hidden>") || !strings.Contains(a.body, "starter verify") {
		t.Errorf("without a script: %s", a.body)
	}
	b := openTab(t, v.srv, phoneWidth, phoneHeight)
	b.open("/v/AAAA-BBBB", 200)
	choose := func(data []byte, want, picture string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "notice.pdf")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.SetUploadFiles(chromedp.CSS("#compare-file"), []string{file}))
		for end := time.Now().Add(pageLimit); !strings.Contains(b.text(), want); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("no %q in\n%s", want, b.text())
			}
		}
		b.picture(picture)
	}
	choose(paper, "一致：这个文件就是系统登记的那一份", "verify-file-same")
	choose(append(paper, '\n'), "不一致：这个文件不是系统登记的那一份", "verify-file-other")
}
