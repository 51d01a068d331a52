package web

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/store/storetest"
)

var updateForms = flag.Bool("update-forms", false, "write the golden forms of the registers")

// pngDot is a picture of one dot, from its size to its end.
var pngDot = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x00IEND\xae\x42\x60\x82")

func registerPath(id string) string { return own1("registers/" + id) }

// signed adds the declaration and who acts.
func signed(fields ...string) []string {
	return append(fields, "declared", "1", "name", "王经办", "post", "主任", "do", "submit")
}

// fieldsOf names a register's fields on its form.
func fieldsOf(id string, pairs ...string) []string {
	var all []string
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, id+"."+pairs[i], pairs[i+1])
	}
	return signed(all...)
}

var okAccount = []string{"platform", "微信公众号", "account", "示例认证", "owner", "李责任", "opened", "2025-01-01", "last_post", "2025-11-01", "security.0", "1", "security.2", "1"}

// The form of every register is drawn from the schema; what it looks like is read here.
func TestGoldenFormOfEveryRegister(t *testing.T) {
	v, by := atPlanning(t)
	for _, reg := range campaign.KnownRegisters().All {
		a := v.get(registerPath(reg.ID), by)
		want(t, a, 200, reg.Title, reg.Article)
		from, to := strings.Index(a.body, `<h2 id="form">`), strings.Index(a.body, "</main>")
		if from < 0 || to < from {
			t.Errorf("%s: no form", reg.ID)
			continue
		}
		got := []byte(strings.TrimSpace(a.body[from:to]) + "\n")
		path := filepath.Join("testdata", "registers", reg.ID+".html")
		if *updateForms {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		wanted, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, wanted) {
			t.Errorf("%s differs; got:\n%s", path, got)
		}
		for _, f := range reg.Fields {
			if !strings.Contains(string(got), `name="`+reg.ID+"."+f.Key) {
				t.Errorf("%s: %s is not on the form", reg.ID, f.Key)
			}
		}
	}
}

// GL-17, GL-5: a save is receipted; what was typed stays when something is
// wrong, with 422.
func TestRegisterIsSavedAndTypedWordsStay(t *testing.T) {
	v, by := atPlanning(t)
	a := v.post(registerPath("accounts"), by, fieldsOf("accounts", okAccount[:4]...)...)
	want(t, a, 422, "请填写责任人", "示例认证", "有 2 处需要修改")
	a = v.post(registerPath("accounts"), by, "accounts.account", "示例认证", "name", "王", "post", "主任")
	want(t, a, 422, "保密声明", "示例认证")
	a = v.post(registerPath("accounts"), by, fieldsOf("accounts", okAccount...)...)
	if a.code != 303 || a.head.Get("Location") != registerPath("accounts")+"?receipt=1" {
		t.Fatalf("%d %s", a.code, a.head.Get("Location"))
	}
	want(t, v.get(a.head.Get("Location"), by), 200, "宣传平台账号已收到", "/register/accounts/1", "李责任", "等级保护备案、定期改密", "超过 30 天没有更新", "没有备岗管理员")
	want(t, v.get(registerPath("accounts")+"?row=1", by), 200, "修改第 1 行", `value="李责任"`)
	want(t, v.get(own1(""), by), 200, "/register/accounts/1", "保存“宣传平台账号”（第 1 版，1 行）")
	want(t, v.get(registerPath("nothing"), by), 404)
}

// GL-10: the register of activities counts the departments that took part.
func TestGL10DepartmentsAreCounted(t *testing.T) {
	b := newBureau(t)
	b.filedBy("activities", campaign.Record{"event": "世界认可日", "title": "甲", "departments": "技术部、市场部"}, campaign.Record{"event": "其他", "title": "乙", "departments": "市场部"})
	b.shows(b.as("o1").get(entryPath(storetest.Ref(testYear, 2), "registers", "activities")), 200, "参与部门 2 个：市场部 2 项、技术部 1 项（第十条）")
}

// AN-2, GL-31: the desk page names what is missing; nothing of it stops a self-score.
func TestDeskNamesWhatIsMissing(t *testing.T) {
	v, by := atPlanning(t)
	want(t, v.get(own1(""), by), 200, "还缺少", "宣传工作目标文件", "意识形态责任制文件", "社会责任报告（名称和页码）")
	want(t, v.get(own1("registers"), by), 200, "不影响提交自评", "宣传管理实施细则")
	a := v.post(registerPath("reports"), by, fieldsOf("reports", "annual_title", "2025 年度报告", "annual_page", "12")...)
	want(t, v.get(a.head.Get("Location"), by), 200, "还缺少：社会责任报告（名称和页码）、社会责任报告在认监委网站的网址")
	want(t, v.get(own1("evidence"), by), 200, `registers/goals">宣传工作目标文件`)
}

// GL-21, GL-5: a capture is kept with its row; in quarantine it is gone for
// everybody while the row and the ledger stand.
func TestQuarantinedFileIsGone(t *testing.T) {
	v, by := atPlanning(t)
	var b bytes.Buffer
	a := v.uploadAs(&b, "disclosure.file", registerPath("disclosure"), by, "页面.png", pngDot, fieldsOf("disclosure", "item", "认证规则", "url", "https://example.cn/rules", "captured", "2026-01-02")...)
	if a.code != 303 {
		t.Fatalf("%d %s", a.code, a.body)
	}
	page := v.get(registerPath("disclosure"), by)
	at := strings.Index(page.body, "/register-files/")
	if at < 0 {
		t.Fatal("no link to the capture")
	}
	digest := page.body[at+len("/register-files/"):][:64]
	want(t, v.get(own1("register-files/"+digest), by), 200, "PNG")
	officer := v.signIn("o1")
	office := "/office/" + storetest.Ref(siteYear, 1).ID()
	office = strings.Replace(office, "/CNCA", "/i/CNCA", 1)
	want(t, v.get(office+"/registers/disclosure", officer), 200, "隔离“页面.png”")
	want(t, v.post(office+"/quarantine/"+digest, officer, "do", "submit"), 422, "请填写隔离理由")
	if a := v.post(office+"/quarantine/"+digest, officer, "reason", "误传工作秘密", "do", "submit"); a.code != 303 {
		t.Fatalf("%d %s", a.code, a.body)
	}
	want(t, v.get(own1("register-files/"+digest), by), 410, "已于", "隔离")
	want(t, v.get(office+"/register-files/"+digest, officer), 410)
	want(t, v.get(registerPath("disclosure"), by), 200, "已隔离（摘要")
	want(t, v.get(own1(""), by), 200, "隔离泄密文件一份")
	want(t, v.get(office+"/quarantine/"+strings.Repeat("0", 64), officer), 404)
}

// AN-7: the table goes in through the page; a faulty one comes back.
func TestImportThroughThePage(t *testing.T) {
	v, by := atPlanning(t)
	var text strings.Builder
	text.WriteString("稿件标题,报送日期,类别,报送渠道或媒体,机构申报是否采用,刊发网址\r\n")
	for i := range 205 {
		fmt.Fprintf(&text, "稿件%d,2026/1/2,新闻,报,否,https://a.cn/%d\r\n", i, i/2)
	}
	send := func(data string) answer {
		var b bytes.Buffer
		return v.uploadAs(&b, "table", registerPath("manuscripts")+"/import", by, "稿件.csv", []byte(data), signed()...)
	}
	a := send(text.String() + "无类别,2026/1/2,,报,否,\r\n")
	want(t, a, 422, "第 207 行：请选择类别", "没有导入任何内容", "as=faults")
	back := v.get(registerPath("manuscripts")+"/table?as=faults", by)
	x, err := excelize.OpenReader(strings.NewReader(back.body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows(x.GetSheetName(0))
	if err != nil || len(rows) != 207 || rows[0][6] != "错误" || rows[206][6] != "请选择类别" {
		t.Fatalf("%v %d %v", err, len(rows), rows[0])
	}
	if a = send(text.String()); a.code != 303 {
		t.Fatalf("%d", a.code)
	}
	want(t, v.get(a.head.Get("Location"), by), 200, "从表格导入 205 行", "第 2 行与第 1 行刊发网址相同", "共 205 行，不重复的 103 行")
	csv := v.get(registerPath("manuscripts")+"/table?as=csv", by)
	if !strings.HasPrefix(csv.body, "\ufeff序号,稿件标题") || strings.Count(csv.body, "\r\n") != 206 {
		t.Errorf("%.80q", csv.body)
	}
}

// uploadAs is upload with the file under another field.
func (v *visitedSite) uploadAs(b *bytes.Buffer, field, path string, by who, name string, data []byte, fields ...string) answer {
	m := newMultipart(b, fields, field, name, data)
	r, _ := http.NewRequest(http.MethodPost, path, b)
	r.RemoteAddr = "192.0.2.1:1234"
	r.Header.Set("Content-Type", m)
	return v.send(r, by)
}

// AN-14: the mechanism has its whole name; “申诉” alone is 评价复核's false friend.
func TestAN14LabelIsNeverAlone(t *testing.T) {
	v, by := atPlanning(t)
	a := v.get(registerPath("complaints"), by)
	want(t, a, 200, "机构申诉受理机制")
	rest := strings.ReplaceAll(a.body, "机构申诉受理机制", "")
	if strings.Contains(rest, "申诉") {
		t.Errorf("“申诉” stands alone: …%.60q", rest[strings.Index(rest, "申诉"):])
	}
}

// GL-9, AN-9, AN-10, GL-26: the reviewer reads the registers beside the score
// box of their row, with marks and counts, and no amounts.
func TestReviewerReadsRegisters(t *testing.T) {
	b := newBureau(t)
	ref := storetest.Ref(testYear, 2)
	save := func(id string, rows ...campaign.Record) {
		b.write(func(ctx context.Context, tx *store.Tx) {
			_, err := tx.AddRegister(ctx, ref, store.RegisterVersion{Register: id, Schema: campaign.KnownRegisters().Digest, Body: campaign.Filing{Rows: rows}, ByName: "吴示例（主任）", At: b.day})
			b.ok(err)
		})
	}
	save("accounts", campaign.Record{"platform": "门户网站", "account": "官网", "owner": "赵责任", "opened": "2020-01-01", "last_post": "2025-02-01"})
	save("visits", campaign.Record{"place": "进学校", "title": "甲", "day": "2025-05-01", "where": "校园", "people": "30"}, campaign.Record{"place": "进学校", "title": "乙", "day": "2025-05-02", "where": "学校", "people": "20"})
	save("budget", campaign.Record{"budget": "87.65", "set": "是"})
	sheet := b.as("r1").get(reviewPath(2)).Body.String()
	for _, part := range []string{"宣传平台账号（1 行）", "第 1 行：超过 180 天没有更新", "缺少 1 项", "进学校"} {
		if !strings.Contains(sheet, part) {
			t.Errorf("the sheet lacks %q", part)
		}
	}
	for who, sees := range map[string]bool{"r1": false, "o1": true, "u1": true} {
		path := reviewPath(2, "registers", "budget")
		if who != "r1" {
			path = yearPath(testYear, "i", ref.Code, "registers", "budget")
		}
		w := b.as(who).get(path)
		if w.Code != 200 || strings.Contains(w.Body.String(), "87.65") != sees {
			t.Errorf("%s: %d, the amount is seen: %v", who, w.Code, !sees)
		}
	}
	if w := b.as("r4").get(reviewPath(2, "registers", "budget")); w.Code != http.StatusNotFound && w.Code != http.StatusForbidden {
		t.Errorf("a reviewer without a seat: %d", w.Code)
	}
	for _, route := range b.site.Routes() { // GL-26: no amount on a public page
		if method, path := b.address(route.Pattern); route.Rights.Public() && method == http.MethodGet {
			if w := b.as("").get(path); strings.Contains(w.Body.String(), "87.65") {
				t.Errorf("%s shows the amount", path)
			}
		}
	}
}

// AN-6: one activity of two institutions stands in both files once.
func TestAN6JointActivityStandsOnce(t *testing.T) {
	v, by := atPlanning(t)
	two := storetest.Ref(siteYear, 2)
	save := func(ref campaign.Ref, rows ...campaign.Record) {
		v.write(func(tx *store.Tx) error {
			_, err := tx.AddRegister(context.Background(), ref, store.RegisterVersion{Register: "joint", Schema: campaign.KnownRegisters().Digest, Body: campaign.Filing{Rows: rows}, ByName: "李", At: v.now})
			return err
		})
	}
	theirs := campaign.Record{"kind": "支部联建共学", "title": "“七一”联建", "day": "2026-01-02", "partner": storetest.Code(1), "role": "承办"}
	save(two, theirs)
	a := v.get(registerPath("joint"), by)
	want(t, a, 200, "其他机构登记的联合活动", "示例认证机构2号", "“七一”联建")
	save(storetest.Ref(siteYear, 1), campaign.Record{"kind": "支部联建共学", "title": "七一 联建", "day": "2026-01-02", "partner": two.Code, "role": "参加"})
	if a = v.get(registerPath("joint"), by); strings.Contains(a.body, "其他机构登记的联合活动") || !strings.Contains(a.body, "示例认证机构2号（"+two.Code+"）") {
		t.Error("the activity stands twice, or does not name the other")
	}
}

// AN-2: last year's content is offered, and taken over only when confirmed.
func TestCarryOverIsOffered(t *testing.T) {
	v, _ := atPlanning(t)
	if _, err := v.srv.Desk.SaveRegister(t.Context(), desk.Visitor{Ref: storetest.Ref(siteYear, 1), Act: true, ID: []byte("x")}, desk.RegisterEdit{Register: "carriers", Row: -1, NoState: true, Record: map[string]string{"kind": "线上", "title": "专栏", "since": "2025-01"}}, desk.Signer{Name: "王", Post: "主任"}); err != nil {
		t.Fatal(err)
	}
	storetest.Campaign(t, v.st, siteYear+1, false, 1)
	next := storetest.Ref(siteYear+1, 1)
	v.write(func(tx *store.Tx) error {
		return tx.SetStage(context.Background(), next, campaign.Planning, "2027-03-31", v.now)
	})
	v.now = campaign.Day("2027-03-01").Morning()
	token, id := v.srv.Desk.Tickets.Issue(next.ID() + "/test")
	if err := v.st.AddTicket(t.Context(), id, store.Ticket{Year: next.Year, Code: next.Code, Scope: "act", Intent: "test", IssuedAt: v.now, ExpiresAt: v.farAway()}); err != nil {
		t.Fatal(err)
	}
	by := who{ticket: token}
	path := "/i/" + next.ID() + "/registers/carriers"
	want(t, v.get(path, by), 200, "沿用上一年度的内容", "专栏", "还没有登记")
	want(t, v.post(path+"/carry", by, "declared", "1", "name", "王", "post", "主任"), 422, "请核对后勾选确认")
	a := v.post(path+"/carry", by, signed("confirmed", "1")...)
	if a.code != 303 {
		t.Fatalf("%d %s", a.code, a.body)
	}
	want(t, v.get(a.head.Get("Location"), by), 200, "专栏", "/register/carriers/1")
	want(t, v.get("/i/"+next.ID(), by), 200, "经核对沿用 2026 年度的内容")
}
