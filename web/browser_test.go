package web

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

const phoneWidth, phoneHeight = 375, 812

// TestBrowserInstitution lives the year of an institution on a phone: mail, link,
// plan, evidence, self-score, result, appeal, certificate.
func TestBrowserInstitution(t *testing.T) {
	v := openSite(t, false, 2)
	v.stage(1, "2026-03-12", campaign.Planning)
	clock := setClock(v.srv, v.now)
	at := func(day campaign.Day) { v.now = day.Morning(); clock(v.now) }
	b := openTab(t, v.srv, phoneWidth, phoneHeight)

	b.openMail(v, v.link(1, "act", v.farAway()))
	b.cameByLink()
	b.planOnPhone(v)
	b.evidenceOnPhone(v)

	at("2027-01-20")
	v.stage(1, "2027-02-01", campaign.Collecting, campaign.SelfScore)
	b.selfScoreOnPhone(v)

	at("2027-03-26")
	v.stage(1, "2027-04-09", campaign.Scoring, campaign.Served)
	v.scoredOnce()
	b.appealOnPhone(v)

	at("2027-05-12")
	v.stage(1, "2027-05-12", campaign.Final, campaign.Closed)
	v.certified()
	b.certificateOnPhone()
}

// letterBox is a mailbox with one letter that leads to the site.
type letterBox struct {
	cannedMail
	href string
}

func (l letterBox) Read(id string) (Mail, error) {
	m, err := l.cannedMail.Read(id)
	m.HTML = `<html><head></head><body><p>请于 3 月 12 日前报送。</p><p><a id="act" href="` + l.href + `">报送计划</a></p></body></html>`
	return m, err
}

// openMail finds the letter in the mailbox and presses its one button.
func (b *tab) openMail(v *visitedSite, token string) {
	b.t.Helper()
	v.srv.Mailbox = letterBox{href: b.root + "/t/" + token}
	b.open("/", 200)
	b.press(`.menu a[href="/mailbox"]`, 200)
	b.press(`main a[href="/mailbox/m1"]`, 200)
	b.picture("path-0-mail")
	b.open("/mailbox/m1/html", 200) // what the page of the letter has in its frame
	b.press("#act", 200)
}

// certified prints a certificate as the publication does.
func (v *visitedSite) certified() {
	v.t.Helper()
	ref := storetest.Ref(siteYear, 1)
	key := ref.ID() + "/certificate"
	v.write(func(tx *store.Tx) error {
		tx.Queue(store.Intent{Key: key, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.CertificatePaper, N: 1, Version: 1, Date: "2027-05-12"}})
		return nil
	})
	v.write(func(tx *store.Tx) error {
		return tx.AddPaper(context.Background(), store.Paper{Key: key, Year: siteYear, Code: ref.Code, Kind: campaign.CertificatePaper, Number: campaign.CertificatePaper.Number(2027, 1), Verify: "XP26-CERT01", PDF: pdfBytes, At: v.now})
	})
}

// certificateOnPhone finds the certificate among the papers, and looks it up as
// anybody can who holds it.
func (b *tab) certificateOnPhone() {
	b.t.Helper()
	b.open(own1(""), 200)
	b.says("已归档", campaign.CertificatePaper.Chinese(), "XP26-CERT01")
	if !evaluate[bool](b, `!!document.querySelector('.task-main a[href$="/papers/XP26-CERT01"]')`) {
		b.t.Error("办理首页没有证书的链接")
	}
	b.picture("path-10-certificate")
	if !evaluate[bool](b, `document.querySelector('.menu a[href="/v"]').target == "_blank"`) { // the desk stays where it is
		b.t.Error("文书查验没有另开窗口")
	}
	b.open("/v", 200)
	b.fill("code", "xp26-cert01")
	b.press(`main form button`, 200)
	b.says(campaign.CertificatePaper.Chinese(), "示例认证机构1号", "有效")
}

func (b *tab) cameByLink() {
	b.t.Helper()
	b.at(own1(""))
	if evaluate[string](b, `location.href + document.cookie + document.referrer`) != b.root+own1("") {
		b.t.Errorf("地址、脚本或来源中能看到链接的内容")
	}
	jar, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	if len(jar.Cookies) != 1 {
		b.t.Fatalf("应只有一个 Cookie：%d", len(jar.Cookies))
	}
	if c := jar.Cookies[0]; c.Name != ticketCookie || !c.HTTPOnly || c.SameSite != network.CookieSameSiteLax || c.Path != "/i/" || strings.Contains(b.html(), c.Value) {
		b.t.Errorf("Cookie 不符合约定：%+v", c)
	}
	b.says("要办的事", "年度宣传工作计划", "未开始", "2026年3月12日", "未开放")
	b.picture("path-1-desk")
}

// planOnPhone forgets a field, is led to it, looks at the answers, goes back,
// changes one and hands in.
func (b *tab) planOnPhone(v *visitedSite) {
	b.t.Helper()
	b.press(`.task-main a[href$="/plan"]`, 200)
	typed := []string{"goals", "宣传“传递信任，服务发展”<b>", "activities", "世界认可日开放活动\n质量月讲座", "resources", "专职 2 人，预算 30 万元", "lead", "李主管", "department", "品牌部", "approved_by", "董事会", "name", "王经办", "post", "主任"}
	b.fill(typed...)
	b.do(chromedp.SendKeys(chromedp.CSS(`[name="approved_on"]`), "01052026"))
	typed = append(typed, "approved_on", "2026-01-05")
	b.press(pressed("check"), 422)
	b.holds(typed...)
	b.says("请修改以下内容", "填写的内容已保留")
	b.picture("path-2-plan-wrong")
	if n := evaluate[int](b, `document.querySelectorAll(".errors a").length`); n != 1 {
		b.t.Errorf("错误摘要有 %d 条链接，应为 1", n)
	}
	b.do(chromedp.Click(chromedp.CSS(".errors a")))
	if f := b.focused(); f != "approval_no" {
		b.t.Errorf("点错误摘要后焦点在 %q", f)
	}
	b.key("董〔2026〕1号") // into the field that the link led to
	b.press(pressed("check"), 200)
	b.says("质量月讲座", "董〔2026〕1号", "<b>", "王经办（主任）")
	b.picture("path-3-plan-check")
	b.press(pressed("edit"), 200)
	b.holds(append(typed, "approval_no", "董〔2026〕1号")...)
	b.fill("department", "宣传部")
	b.press(pressed("check"), 200)
	b.says("宣传部")
	b.confirms()
	plans, err := v.st.Plans(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(plans) != 1 {
		b.t.Fatalf("应有一版计划：%v %v", plans, err)
	}
	b.receipt(storetest.Ref(siteYear, 1).ID()+"/plan/1", plans[0].Digest, "2026年")
	b.picture("path-4-receipt")
	b.press(`main a.btn`, 200)
	b.says("已提交", "plan/1", plans[0].Digest[:12])
}

// confirms ticks the box of a check page and hands in.
func (b *tab) confirms() {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(`main [name="agree"]`)))
	b.press(pressed("submit"), 200)
}

// receipt checks number, digest and time of a receipt.
func (b *tab) receipt(number, digest, year string) {
	b.t.Helper()
	for id, want := range map[string]string{"receipt-number": number, "receipt-digest": digest} {
		if got := evaluate[string](b, fmt.Sprintf(`document.getElementById(%q).innerText`, id)); got != want || want == "" {
			b.t.Errorf("%s 为 %q，应为 %q", id, got, want)
		}
	}
	if at := evaluate[string](b, `document.querySelector(".receipt time").innerText`); !strings.Contains(at, year) || !strings.Contains(at, ":") {
		b.t.Errorf("回执的时间为 %q", at)
	}
}

func (b *tab) evidenceOnPhone(v *visitedSite) {
	b.t.Helper()
	dir := b.t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			b.t.Fatal(err)
		}
		return path
	}
	b.press(`.task-main a[href$="/evidence"]`, 200)
	upload := func(note, path string, status int) {
		b.t.Helper()
		b.fill("note", note, "name", "王经办", "post", "主任")
		b.do(chromedp.SendKeys(chromedp.CSS(`[name="row"]`), "5"), chromedp.SetUploadFiles(chromedp.CSS(`[name="file"]`), []string{path}))
		b.holds("row", "5")
		if !evaluate[bool](b, `document.querySelector('[name="declared"]').checked`) {
			b.do(chromedp.Click(chromedp.CSS(`[name="declared"]`)))
		}
		b.press(`form[enctype] button`, status)
	}
	upload("世界认可日开放活动", file("报道.pdf", pdfBytes), 200)
	all, err := v.st.EvidenceOf(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(all) != 1 {
		b.t.Fatalf("应有一份材料：%v %v", all, err)
	}
	b.receipt(fmt.Sprintf("%s/evidence/%d", storetest.Ref(siteYear, 1).ID(), all[0].ID), all[0].Digest, "2026年")
	b.says("报道.pdf", "世界认可日开放活动", all[0].Digest[:12], "尚无材料的指标")
	b.picture("path-5-evidence")
	upload("改了扩展名的程序", file("setup.pdf", []byte("MZ\x90\x00\x03 this program cannot be run")), 422)
	b.says("文件内容与扩展名")
	b.holds("note", "改了扩展名的程序", "name", "王经办")
	b.picture("path-6-evidence-refused")
	upload("程序本身", file("setup.exe", []byte("MZ\x90\x00\x03 this program cannot be run")), 422)
	b.says("只接受")
	if all, _ = v.st.EvidenceOf(context.Background(), storetest.Ref(siteYear, 1)); len(all) != 1 {
		b.t.Errorf("被拒绝的文件留下了记录：%d", len(all))
	}
}

func (b *tab) selfScoreOnPhone(v *visitedSite) {
	b.t.Helper()
	b.open(own1(""), 200)
	b.press(`.task-main a[href$="/self-score"]`, 200)
	for n := 1; n <= 14; n++ {
		if n != 9 {
			b.fill("points-"+itoa(n), "4.5", "reason-"+itoa(n), fmt.Sprintf("第%d项自评", n))
		}
	}
	b.fill("name", "李主管", "post", "主任")
	b.press(pressed("save"), 200)
	b.says("草稿已于")
	b.holds("points-14", "4.5", "reason-14", "第14项自评")
	b.fill("name", "李主管", "post", "主任")
	b.press(pressed("check"), 422)
	b.do(chromedp.Click(chromedp.CSS(`.errors a[href="#f-row-9"]`)))
	b.picture("path-7-self-score-wrong")
	b.fill("points-9", "5", "reason-9", "第9项自评")
	b.press(pressed("check"), 200)
	b.says("63.5")
	b.confirms()
	all, err := v.st.SelfScores(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(all) != 1 {
		b.t.Fatalf("应有一版自评：%v %v", all, err)
	}
	b.receipt(storetest.Ref(siteYear, 1).ID()+"/self-score/1", all[0].Digest, "2027年")
}

// scoredOnce writes the result of the first institution as the year's steps would.
func (v *visitedSite) scoredOnce() {
	v.t.Helper()
	v.write(func(tx *store.Tx) error {
		card, err := rubric.Annex2().Score(siteYear, cannedMarks(3), nil)
		if err != nil {
			return err
		}
		return tx.AddResult(context.Background(), storetest.Ref(siteYear, 1), store.Result{Version: 1, Scored: true, Total: card.Total, Card: card, At: v.now})
	})
}

func (b *tab) appealOnPhone(v *visitedSite) {
	b.t.Helper()
	b.open(own1(""), 200)
	b.press(`.task-main a[href$="/result"]`, 200)
	b.says("总分", "各项得分", "缺少效果评估")
	b.picture("path-8-result")
	b.open(own1(""), 200)
	b.press(`.task-main a[href$="/appeal"]`, 200)
	b.do(chromedp.Click(chromedp.CSS(`[name="row-7"]`)))
	b.fill("text-7", "稿件数量统计有误", "name", "王经办", "post", "主任")
	b.press(pressed("check"), 200)
	b.says("稿件数量统计有误")
	b.confirms()
	all, err := v.st.Appeals(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(all) != 1 || all[0].Row != 7 {
		b.t.Fatalf("应只有第 7 项的申请：%v %v", all, err)
	}
	b.receipt(storetest.Ref(siteYear, 1).ID()+"/appeal/1", store.Digest([]desk.AppealRow{{Row: 7, Text: all[0].Text}}), "2027年")
	b.press(`main a.btn`, 200)
	b.says("已申请 1 项")
	b.picture("path-9-desk")
}

// TestBrowserReviewer scores an institution at a desk. The other reviewer's
// name, marks and reasons are in no page on the way.
func TestBrowserReviewer(t *testing.T) {
	o := newBureau(t)
	person := storetest.People()[2]
	person.Password = desk.HashPassword("correct horse battery")
	o.write(func(ctx context.Context, tx *store.Tx) { o.ok(tx.PutStaff(ctx, person, "o1", time.Now())) })
	b := openTab(t, o.site, 1280, 900)
	b.secrets = []string{"评审乙", "二号评审的理由", "r2@", "8.5", "3.5", "correct horse"}

	b.open(reviewPath(2), 200) // sent to the login page, and back afterwards
	b.at("/login")
	b.signIn(person.ID, "wrong horse battery", 422)
	b.says("账号或密码不正确")
	b.holds("account", person.ID, "password", "")
	b.signIn(person.ID, "correct horse battery", 200)
	b.at(reviewPath(2))
	b.open("/review", 200)
	b.says("待打分（1）", storetest.Institution(2).Name)
	b.picture("path-r1-queue")
	b.press(fmt.Sprintf(`.task-main a[href=%q]`, reviewPath(2)), 200)
	b.draftAndReturn(person.ID)
	b.finishSheet(o, person.ID)
}

func (b *tab) signIn(account, password string, status int) {
	b.t.Helper()
	b.fill("account", account)
	b.leads(status, chromedp.SendKeys(chromedp.CSS(`[name="password"]`), password+kb.Enter))
}

func (b *tab) draftAndReturn(account string) {
	b.t.Helper()
	b.fill("points-1", "9.0", "reason-1", "学习记录缺两次", "reason-2", "还没有看完材料")
	b.press(pressed("save"), 200)
	b.says("草稿")
	b.press(`.who button`, 200)
	b.at("/login")
	b.open("/review", 200)
	b.at("/login")
	b.signIn(account, "correct horse battery", 200)
	b.press(fmt.Sprintf(`.task-main a[href=%q]`, reviewPath(2)), 200)
	b.holds("points-1", "9.0", "reason-1", "学习记录缺两次", "points-2", "", "reason-2", "还没有看完材料")
	b.picture("path-r2-sheet")
}

func (b *tab) finishSheet(o *bureau, account string) {
	b.t.Helper()
	for _, row := range rubric.Annex2().Rows[1:14] {
		b.fill("points-"+itoa(row.No), (row.Max - 100).String())
		if row.No > 3 {
			b.fill("reason-"+itoa(row.No), fmt.Sprintf("第%d项材料不全", row.No))
		}
	}
	b.press(pressed("check"), 422) // row 3 is below full without a reason
	if links := evaluate[[]string](b, `[...document.querySelectorAll(".errors a")].map(a => a.innerText)`); len(links) != 1 || !strings.Contains(links[0], "第 3 项") {
		b.t.Errorf("错误摘要为 %q", links)
	}
	b.holds("points-14", "4.0", "reason-14", "第14项材料不全")
	b.picture("path-r3-sheet-wrong")
	b.do(chromedp.Click(chromedp.CSS(".errors a")))
	b.fill("reason-3", "缺少年度检查记录")
	b.press(pressed("check"), 200)
	b.says("基础分合计", "缺少年度检查记录")
	b.press(pressed("submit"), 200)
	sheets, err := o.store.SheetsOf(context.Background(), storetest.Ref(testYear, 2))
	if err != nil || len(sheets) != 2 {
		b.t.Fatalf("应有两张打分表：%v %v", sheets, err)
	}
	for _, s := range sheets {
		if s.Reviewer == account {
			b.says(s.Digest)
		}
	}
	b.picture("path-r4-receipt")
	b.press(`main a.btn`, 200)
	b.says("待打分（0）", "已办理（")
	b.open(reviewPath(2), 200)
	b.says("不能修改", "缺少年度检查记录")
	if evaluate[int](b, `document.querySelectorAll("main textarea, main input").length`) != 0 {
		b.t.Error("提交后的打分表仍可填写")
	}
}

// TestBrowserKeyboard reports a plan with Tab, typing and Enter alone.
func TestBrowserKeyboard(t *testing.T) {
	v, by := atPlanning(t)
	b := openTab(t, v.srv, 1280, 900)
	b.open("/t/"+by.ticket+"?next=plan", 200)
	b.at(own1("plan"))
	b.key(kb.Tab)
	if !evaluate[bool](b, `document.activeElement.matches(".skip")`) {
		t.Error("第一次按 Tab 应到“跳到主要内容”")
	}
	b.key(kb.Enter)
	for _, f := range [][2]string{{"goals", "提升公信力"}, {"activities", "开放日\n质量月讲座"}, {"resources", "专职 2 人"}, {"lead", "李主管"}, {"department", "品牌部"},
		{"approved_by", "董事会"}, {"approved_on", "01052026"}, {"approval_no", "董〔2026〕1号"}, {"name", "王经办"}, {"post", "主任"}} {
		b.tabTo(fmt.Sprintf(`e.name === %q`, f[0]))
		b.key(f[1])
	}
	b.holds("activities", "开放日\n质量月讲座", "approved_on", "2026-01-05", "post", "主任")
	b.tabTo(`e.value === "check"`)
	b.leads(200, chromedp.KeyEvent(kb.Enter))
	b.says("请核对")
	b.tabTo(`e.name === "agree"`)
	b.key(" ")
	b.tabTo(`e.value === "submit"`)
	b.leads(200, chromedp.KeyEvent(kb.Enter))
	if n := evaluate[string](b, `document.getElementById("receipt-number").innerText`); n != storetest.Ref(siteYear, 1).ID()+"/plan/1" {
		t.Errorf("回执编号为 %q", n)
	}
}
