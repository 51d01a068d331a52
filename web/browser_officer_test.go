package web

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/store/storetest"
)

// TestUX1BrowserOfficer goes from the roster to the publication by clicks: an
// officer imports, launches, accepts a plan, registers an event; an approver
// rules on it; the officer publishes. What the year's workflow does in between
// is written as its steps would.
func TestUX1BrowserOfficer(t *testing.T) {
	o := newBureau(t)
	for _, i := range []int{0, 6} {
		p := storetest.People()[i]
		p.Password = desk.HashPassword("correct horse battery")
		o.write(func(ctx context.Context, tx *store.Tx) { o.ok(tx.PutStaff(ctx, p, "o1", o.day)) })
	}
	at := storetest.Rules(t, testYear+2).Calendar.Launch.Morning().AddDate(0, 0, -5)
	clock := setClock(o.site, at)
	o.ok(o.store.SetClock(t.Context(), testYear, o.day, at))
	b := openTab(t, o.site, 1280, 900)
	b.open("/", 200)
	b.press(`main a[href="/login"]`, 200)
	b.signIn("o1", "correct horse battery", 200)
	b.at("/office")
	b.importsRoster()
	b.launches()
	b.acceptsPlan()
	b.registersEvent()
	b.changesTo("a1")
	b.rules(o)
	b.changesTo("o1")
	o.ends()
	day := storetest.Rules(t, testYear).Calendar.Publication.Morning()
	clock(at)
	o.ok(o.store.SetClock(t.Context(), testYear, day, at))
	storetest.Reviewed(t, o.store, testYear, day) // PL-4
	b.publishes(o)
}

func (b *tab) importsRoster() {
	b.t.Helper()
	b.press(`a[href="/office/roster"]`, 200)
	lines := []string{strings.Join(campaign.RosterColumns(), ",")}
	for _, i := range []int{11, 12} {
		x := storetest.Institution(i)
		lines = append(lines, strings.Join([]string{x.Code, x.Name, x.USCC, x.Province, x.Category, x.Head, x.Contact, x.Email, x.Mobile}, ","))
	}
	path := filepath.Join(b.t.TempDir(), "名册.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`[name="file"]`), []string{path}))
	b.press(`form[enctype] button`, 200)
	b.says("名册已导入", "名册中的机构（8 家）", storetest.Institution(12).Name)
	b.picture("path-o1-roster")
}

func (b *tab) launches() {
	b.t.Helper()
	b.press(`.crumbs a[href="/office"]`, 200)
	b.press(`a[href="/office/launch"]`, 200)
	b.holds("year", itoa(testYear+2))
	b.fill("issuer", "示例发文机关")
	b.press(pressed("check"), 422) // the holidays of that year are not announced yet
	b.says("2027 年节假日表仍为暂定", "演练不受此限")
	b.do(chromedp.Click(chromedp.CSS(`[name="rehearsal"]`)))
	b.press(pressed("check"), 200)
	b.says("示例发文机关", "演练（非官方）")
	b.picture("path-o2-launch-check")
	b.press(pressed("submit"), 200)
	b.at(yearPath(testYear + 2))
	b.says("年度评价已启动", "参评机构", "8")
}

func (b *tab) toInstitution(i int) {
	b.t.Helper()
	b.press(`.menu a[href="/office"]`, 200)
	b.press(`.task-main a[href="`+yearPath(testYear)+`"]`, 200)
	b.press(`.yearnav a[href="`+yearPath(testYear, "institutions")+`"]`, 200)
	b.press(`tbody a[href="`+yearPath(testYear, "i", storetest.Code(i))+`"]`, 200)
}

func (b *tab) choose(name, value string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(`input[name="` + name + `"][value="` + value + `"]`)))
}

func (b *tab) acceptsPlan() {
	b.t.Helper()
	b.toInstitution(1)
	b.press(`main a.btn[href$="/plan"]`, 200)
	b.says("提升认证公信力")
	b.choose("decision", "accept")
	b.press(pressed("check"), 200)
	b.press(pressed("submit"), 200)
	b.says("计划审阅意见已记录", "已通过")
}

func (b *tab) registersEvent() {
	b.t.Helper()
	b.toInstitution(5)
	b.press(`aside a[href$="/event"]`, 200)
	b.do(chromedp.SendKeys(chromedp.CSS(`[name="clause"]`), "16.1"))
	b.fill("title", "产品质量事件", "source", "处罚决定书3号")
	b.do(chromedp.SendKeys(chromedp.CSS(`[name="occurred_on"]`), "09012025"))
	b.press(pressed("check"), 200)
	b.says("产品质量事件", "登记后不能修改或删除")
	b.press(pressed("submit"), 200)
	b.says("事项已登记", "产品质量事件", "线索")
}

func (b *tab) changesTo(account string) {
	b.t.Helper()
	b.press(`.who button`, 200)
	b.at("/login")
	b.signIn(account, "correct horse battery", 200)
}

func (b *tab) rules(o *bureau) {
	b.t.Helper()
	b.press(`.task-main a[href="`+yearPath(testYear)+`"]`, 200)
	b.press(`.yearnav a[href="`+yearPath(testYear, "events")+`"]`, 200)
	b.press(`tbody a.btn[href$="/event/`+itoa(int(o.event))+`"]`, 200)
	b.choose("decision", "confirm")
	b.fill("reason", "来函属实")
	b.press(pressed("check"), 200)
	b.press(pressed("submit"), 200)
	b.says("认定结论已记录")
	b.picture("path-o3-ruled")
}

// ends brings every institution to its final result, as the year's steps do.
func (o *bureau) ends() {
	o.t.Helper()
	all := []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served, campaign.Final}
	entries, err := o.store.Entries(o.t.Context(), testYear)
	o.ok(err)
	o.write(func(ctx context.Context, tx *store.Tx) {
		for _, e := range entries {
			from := -1
			for i, s := range all {
				if s == e.Stage {
					from = i
				}
			}
			if e.Stage == campaign.Closed {
				continue
			}
			for _, s := range all[from+1:] {
				o.ok(tx.SetStage(ctx, e.Ref(), s, "2026-05-11", o.day))
			}
		}
	})
}

func (b *tab) publishes(o *bureau) {
	b.t.Helper()
	b.press(`.menu a[href="/office"]`, 200)
	b.press(`.task-main a[href="`+yearPath(testYear)+`"]`, 200)
	b.press(`main a[href$="/publish"]`, 200)
	b.says("全部确定")
	b.press(pressed("check"), 200)
	b.says("不能撤回")
	b.press(pressed("submit"), 200)
	b.says("公布申请已提交")
	o.write(func(ctx context.Context, tx *store.Tx) { o.ok(tx.AddPublication(ctx, testYear, "o1", o.day, []int{})) })
	b.open(yearPath(testYear), 200)
	b.press(`main a[href="/results/`+itoa(testYear)+`"]`, 200)
	b.says(itoa(testYear) + " 年度评价结果")
	b.picture("path-o4-results")
}
