package web

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// UX-1 without a mouse: every act of substance is done with Tab, Space, Enter
// and typing alone, and the focus is always to be seen.

// withoutScripts leaves the pages their HTML alone, as an old or strict browser does.
func (b *tab) withoutScripts() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.t.Fatal(err)
	}
}

// enter presses Enter on a control that leads to another page.
func (b *tab) enter(js string, status int) {
	b.t.Helper()
	b.tabTo(js)
	b.leads(status, chromedp.KeyEvent(kb.Enter))
}

// typeInto tabs to a named field and types.
func (b *tab) typeInto(name, text string) {
	b.t.Helper()
	b.tabTo(fmt.Sprintf("e.name === %q", name))
	b.key(text)
}

// TestBrowserKeyboardEvidence hands in a piece of evidence. The one thing that
// no key can do here is the file dialog, which is the system's.
func TestBrowserKeyboardEvidence(t *testing.T) {
	v, by := atPlanning(t)
	b := openTab(t, v.srv, 1280, 900)
	b.open("/t/"+by.ticket+"?next=evidence", 200)
	path := filepath.Join(t.TempDir(), "报道.pdf")
	if err := os.WriteFile(path, pdfBytes, 0o644); err != nil {
		t.Fatal(err)
	}
	b.tabTo(`e.name === "row"`)
	b.key("5") // a select goes to what is typed
	b.holds("row", "5")
	b.typeInto("note", "世界认可日开放活动")
	b.tabTo(`e.name === "declared"`)
	b.key(" ")
	if !evaluate[bool](b, `document.querySelector('[name="declared"]').checked`) {
		t.Fatal("空格键没有勾选声明")
	}
	b.typeInto("name", "王经办")
	b.typeInto("post", "主任")
	b.tabTo(`e.name === "file"`)
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`[name="file"]`), []string{path}))
	b.enter(`e.matches("form[enctype] button")`, 200)
	all, err := v.st.EvidenceOf(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(all) != 1 {
		t.Fatalf("应有一份材料：%v %v", all, err)
	}
	b.receipt(fmt.Sprintf("%s/evidence/%d", storetest.Ref(siteYear, 1).ID(), all[0].ID), all[0].Digest, "2026年")
}

// TestBrowserKeyboardAppeal asks for a review of one row.
func TestBrowserKeyboardAppeal(t *testing.T) {
	v, by := atPlanning(t)
	v.now = campaign.Day("2027-03-26").Morning()
	v.stage(1, "2027-04-09", campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served)
	v.scoredOnce()
	b := openTab(t, v.srv, 1280, 900)
	b.withoutScripts()
	b.open("/t/"+by.ticket+"?next=appeal", 200)
	b.tabTo(`e.name === "row-7"`)
	b.key(" ")
	b.typeInto("text-7", "稿件数量统计有误")
	b.typeInto("name", "王经办")
	b.typeInto("post", "主任")
	b.enter(`e.value === "check"`, 200)
	b.says("稿件数量统计有误")
	b.tabTo(`e.name === "agree"`)
	b.key(" ")
	b.enter(`e.value === "submit"`, 200)
	all, err := v.st.Appeals(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(all) != 1 || all[0].Row != 7 {
		t.Fatalf("应只有第 7 项的申请：%v %v", all, err)
	}
	b.receipt(storetest.Ref(siteYear, 1).ID()+"/appeal/1", store.Digest([]desk.AppealRow{{Row: 7, Text: all[0].Text}}), "2027年")
}

// seatedTab is a browser in which r1 has signed in, with a picture among the evidence.
func seatedTab(t *testing.T) (*bureau, *tab) {
	o := newBureau(t)
	person := storetest.People()[2]
	person.Password = desk.HashPassword("correct horse battery")
	o.write(func(ctx context.Context, tx *store.Tx) { o.ok(tx.PutStaff(ctx, person, "o1", time.Now())) })
	o.proof("照片.png", "image/png", onePixel(t))
	return o, openTab(t, o.site, 1280, 900)
}

// TestBrowserKeyboardScoring signs in, reads a picture beside the mark, scores
// all rows and hands in, without a script and without a mouse.
func TestBrowserKeyboardScoring(t *testing.T) {
	o, b := seatedTab(t)
	b.withoutScripts()
	b.open(reviewPath(2), 200)
	b.typeInto("account", "r1")
	b.tabTo(`e.name === "password"`)
	b.leads(200, chromedp.KeyEvent("correct horse battery"+kb.Enter))
	b.at(reviewPath(2))
	b.tabTo(`e.id === "jump-3"`)
	b.key(kb.Enter) // to the third row, and on from there
	b.tabTo(`e.matches("details.preview summary")`)
	b.key(kb.Enter)
	b.tabTo(`e.matches("details.preview a") && e.innerText.includes("照片.png")`)
	b.open(reviewPath(2), 200)
	for _, row := range rubric.Annex2().Rows[:14] {
		b.typeInto("points-"+itoa(row.No), (row.Max - 100).String())
		b.typeInto("reason-"+itoa(row.No), fmt.Sprintf("第%d项材料不全", row.No))
	}
	b.enter(`e.value === "check"`, 200)
	b.says("基础分合计", "86.0")
	b.enter(`e.value === "submit"`, 200)
	sheets, err := o.store.SheetsOf(context.Background(), storetest.Ref(testYear, 2))
	if err != nil || len(sheets) != 2 {
		t.Fatalf("应有两张打分表：%v %v", sheets, err)
	}
	b.says("评审打分已收到")
}

// TestRV2BrowserShortcuts tries the keys that the sheet documents, and that
// evidence is drawn in it: a picture, and a PDF in the browser's viewer.
func TestRV2BrowserShortcuts(t *testing.T) {
	_, b := seatedTab(t)
	b.open(reviewPath(2), 200)
	b.signIn("r1", "correct horse battery", 200)
	alt := func(letter string) {
		b.t.Helper()
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Modifiers: 1, Code: "Key" + strings.ToUpper(letter), Key: letter}); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	for _, want := range []string{"points-1", "points-2", "points-3"} {
		if alt("j"); b.focused() != want {
			t.Fatalf("Alt+J 之后焦点在 %q，应为 %q", b.focused(), want)
		}
	}
	if alt("k"); b.focused() != "points-2" {
		t.Errorf("Alt+K 之后焦点在 %q", b.focused())
	}
	b.key("4.5")
	if got := evaluate[string](b, `document.querySelector(".gauge").innerText`); !strings.Contains(got, "1 / 14") || !strings.Contains(got, "4.5") {
		t.Errorf("进度没有随输入变化：%s", got)
	}
	alt("j")
	alt("p")
	b.until(`!!(i => i && i.complete && i.naturalWidth === 320)(document.querySelector("details[open] img"))`)
	for range 2 {
		alt("j")
	}
	alt("p")
	b.until(`!!document.querySelector("details[open].preview iframe")`)
	if node := evaluate[string](b, `document.querySelector("details[open].preview iframe").src`); !strings.HasSuffix(node, "/view") {
		t.Errorf("预览的是 %s", node)
	}
	b.picture("sheet-preview")
}

// until waits for a condition of the page.
func (b *tab) until(js string) {
	b.t.Helper()
	for end := time.Now().Add(pageLimit); !evaluate[bool](b, js); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("没有等到 %s", js)
		}
	}
}
