package web

import (
	"archive/zip"
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

var pdfBytes = []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")

// atPlanning is a site whose first institution fills in its plan.
func atPlanning(t *testing.T) (*visitedSite, who) {
	v := openSite(t, false, 2)
	v.stage(1, "2026-03-12", campaign.Planning)
	return v, v.bearer(1)
}

func want(t *testing.T, a answer, code int, parts ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("状态 %d，应为 %d\n%.1500s", a.code, code, a.body)
	}
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			t.Errorf("页面没有 %q", p)
		}
	}
}

func TestPlanIsCheckedThenReceived(t *testing.T) {
	v, by := atPlanning(t)
	want(t, v.get(own1("plan"), by), 200, "年度目标与任务", "未开始", `name="approval_no"`)
	a := v.post(own1("plan"), by, append(planFields, "do", "check")...)
	want(t, a, 200, "确认提交", `value="submit"`, "董〔2026〕1号", `name="goals"`)
	if plans, _ := v.st.Plans(context.Background(), storetest.Ref(siteYear, 1)); len(plans) != 0 {
		t.Fatal("核对页不应留下记录")
	}
	want(t, v.post(own1("plan"), by, append(planFields, "do", "edit")...), 200, `value="董〔2026〕1号"`, "质量月讲座")
	a = v.post(own1("plan"), by, append(planFields, "do", "submit")...)
	plans, err := v.st.Plans(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(plans) != 1 {
		t.Fatalf("应有一版计划：%v %v", plans, err)
	}
	want(t, a, 200, `class="receipt"`, `id="receipt-number">2026/CNCA-R-2002-001/plan/1<`, plans[0].Digest, "回执同时发往登记的邮箱")
	again := v.post(own1("plan"), by, append(planFields, "do", "submit")...)
	want(t, again, 200, "plan/1<", "回执同时发往登记的邮箱")
	if plans, _ = v.st.Plans(context.Background(), storetest.Ref(siteYear, 1)); len(plans) != 1 {
		t.Errorf("重复提交留下 %d 条记录", len(plans))
	}
	want(t, v.get(own1(""), by), 200, "已提交", "plan/1", plans[0].Digest[:12])
}

func TestPlanKeepsWhatWasTyped(t *testing.T) {
	v, by := atPlanning(t)
	for _, do := range []string{"check", "submit"} {
		a := v.post(own1("plan"), by, "do", do, "goals", "只写了目标<b>", "approved_on", "2027-09-09", "name", "王经办")
		want(t, a, 422, "请修改以下内容", "只写了目标&lt;b&gt;", `value="王经办"`, `href="#f-activities"`, `href="#f-approved_on"`, "批准日期不能晚于今天", `aria-invalid="true"`, "<title>错误：")
	}
	want(t, v.post(own1("plan"), by, "do", "save", "goals", "草稿里的目标"), 303)
	want(t, v.get(own1("plan"), by), 200, "草稿里的目标", "草稿已于")
	want(t, v.get(own1(""), by), 200, "填写中")
	v.now = campaign.Day("2026-05-01").Morning()
	want(t, v.post(own1("plan"), by, append(planFields, "do", "submit")...), 410, "截止报送", "请联系经办人员")
}

func TestEvidenceIsTakenAndGivenBack(t *testing.T) {
	v, by := atPlanning(t)
	fields := []string{"row", "5", "note", "开放日", "declared", "1", "name", "王经办", "post", "主任"}
	a := v.upload(own1("evidence"), by, "../../报道.pdf", pdfBytes, fields...)
	want(t, a, 303)
	first := a.head.Get("Location")
	a = v.get(first, by)
	want(t, a, 200, `id="receipt-number"`, "报道.pdf", "开放日")
	if strings.Contains(a.body, "../") {
		t.Error("文件名含路径")
	}
	if a := v.upload(own1("evidence"), by, "报道.pdf", pdfBytes, fields...); a.code != 303 || a.head.Get("Location") != first {
		t.Errorf("再次点击上传没有回到原回执：%d %s", a.code, a.head.Get("Location"))
	}
	all, err := v.st.EvidenceOf(context.Background(), storetest.Ref(siteYear, 1))
	if err != nil || len(all) != 1 {
		t.Fatalf("应有一份材料：%v %v", all, err)
	}
	a = v.get(own1("evidence/1"), by)
	want(t, a, 200)
	if a.body != string(pdfBytes) || !strings.HasPrefix(a.head.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(a.head.Get("Content-Security-Policy"), "sandbox") || a.head.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("下载不安全：%v", a.head)
	}
	want(t, v.get("/i/"+storetest.Ref(siteYear, 2).ID()+"/evidence/1", v.bearer(2)), 404)
}

func TestEvidenceRefusals(t *testing.T) {
	v, by := atPlanning(t)
	var macro bytes.Buffer
	z := zip.NewWriter(&macro)
	for _, n := range []string{"word/document.xml", "word/vbaProject.bin"} {
		f, _ := z.Create(n)
		f.Write([]byte("x"))
	}
	z.Close()
	good := []string{"row", "5", "declared", "1", "note", "保留这句说明", "name", "王经办", "post", "主任"}
	for _, c := range []struct {
		what, name string
		data       []byte
		fields     []string
		say        string
	}{
		{"程序改名", "报道.pdf", []byte("MZ\x90\x00 not a pdf"), good, "文件内容与扩展名"},
		{"不收的扩展名", "run.exe", []byte("MZ"), good, "只接受"},
		{"宏文档", "a.docx", macro.Bytes(), good, "含有宏"},
		{"空文件", "a.pdf", nil, good, "文件是空的"},
		{"没有声明", "a.pdf", pdfBytes, []string{"row", "5", "note", "保留这句说明", "name", "王", "post", "主任"}, "保密声明"},
		{"没有指标", "a.pdf", pdfBytes, []string{"declared", "1", "note", "保留这句说明", "name", "王", "post", "主任"}, "请选择对应的指标"},
		{"没有文件", "", nil, good, "请选择要上传的文件"},
	} {
		t.Run(c.what, func(t *testing.T) {
			want(t, v.upload(own1("evidence"), by, c.name, c.data, c.fields...), 422, c.say, "保留这句说明")
		})
	}
	huge := append([]byte("%PDF-1.4\n"), make([]byte, 50<<20)...)
	want(t, v.upload(own1("evidence"), by, "大.pdf", huge, good...), 422, "超过 50 MB", "保留这句说明")
	if all, _ := v.st.EvidenceOf(context.Background(), storetest.Ref(siteYear, 1)); len(all) != 0 {
		t.Errorf("被拒绝的文件留下了 %d 条记录", len(all))
	}
}

// endless is a body that counts what is read of it.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read += int64(len(b))
	return len(b), nil
}

func TestTooLargeIsSaidAtOnce(t *testing.T) {
	v, by := atPlanning(t)
	e := &endless{}
	r := httptest.NewRequest(http.MethodPost, own1("plan"), e)
	r.ContentLength = 200 << 20
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	want(t, v.send(r, by), 413, "文件太大", "50 MB")
	if e.read > 0 {
		t.Errorf("读了 %d 字节才拒绝", e.read)
	}
	r = httptest.NewRequest(http.MethodPost, own1("evidence"), e)
	r.ContentLength = 1 << 40
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	want(t, v.send(r, by), 413, "50 MB", "上传一份材料") // its form again, and no more read than is taken
	if e.read > 53<<20 {
		t.Errorf("读了 %d 字节才拒绝", e.read)
	}
	e.read = 0
	r = httptest.NewRequest(http.MethodPost, own1("plan"), e)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	want(t, v.send(r, by), 413)
	if e.read > 4<<20 {
		t.Errorf("未声明长度的表单读了 %d 字节", e.read)
	}
}

func scoreFields(points, reason string) []string {
	var f []string
	for n := 1; n <= 14; n++ {
		f = append(f, "points-"+itoa(n), points, "reason-"+itoa(n), reason)
	}
	return append(f, "name", "负责人1", "post", "宣传主管负责人") // he certifies (Art. 8)
}

func TestSelfScore(t *testing.T) {
	v := openSite(t, false, 1)
	v.now = campaign.Day("2027-01-20").Morning()
	v.stage(1, "2027-02-01", campaign.Planning, campaign.Collecting, campaign.SelfScore)
	by := v.bearer(1)
	want(t, v.post(own1("self-score"), by, "do", "check", "points-1", "十分", "reason-1", "写了很多", "points-2", "11", "name", "王", "post", "主任"), 422,
		`href="#f-row-1"`, `href="#f-row-14"`, "写了很多", `value="十分"`, "不是数字")
	want(t, v.post(own1("self-score"), by, append(scoreFields("4.5", "如实自评"), "do", "check")...), 200, "63.0 分", "确认提交")
	a := v.post(own1("self-score"), by, append(scoreFields("4.5", "如实自评"), "do", "submit")...)
	want(t, a, 200, `id="receipt-number"`, "self-score/1")
	want(t, v.post(own1("self-score"), by, append(scoreFields("4.5", "如实自评"), "do", "submit")...), 200, "self-score/1")
	if all, _ := v.st.SelfScores(context.Background(), storetest.Ref(siteYear, 1)); len(all) != 1 {
		t.Errorf("自评有 %d 版，应为 1", len(all))
	}
}

func TestAppealRowByRow(t *testing.T) {
	v := openSite(t, false, 1)
	served(v)
	by := v.bearer(1)
	want(t, v.get(own1("result"), by), 200, "总分", "媒体报道一次", "各项得分", "<svg")
	want(t, v.get(own1("appeal"), by), 200, `name="row-1"`, `name="row-16"`)
	shown := v.get(own1("appeal"), by)
	want(t, shown, 200, "予以认定、按应有的条款认定", "减少扣分、改为不予认定", `aria-describedby="h-16"`)
	if n := strings.Count(shown.body, "复核人逐件决定"); n != 2 { // rows 15 and 16
		t.Errorf("%d rows say that their events are decided one by one", n)
	}
	want(t, v.post(own1("appeal"), by, "do", "check", "text-7", "有理由没勾选", "name", "王", "post", "主任"), 422, "没有勾选", "有理由没勾选", "请至少选择一项")
	fields := []string{"row-7", "1", "text-7", "稿件数量有误", "name", "王", "post", "主任"}
	want(t, v.post(own1("appeal"), by, append(fields, "do", "check")...), 200, "稿件数量有误")
	a := v.post(own1("appeal"), by, append(fields, "do", "submit")...)
	want(t, a, 200, "2026/CNCA-R-2002-001/appeal/1")
	want(t, v.post(own1("appeal"), by, append(fields, "do", "submit")...), 200, "2026/CNCA-R-2002-001/appeal/1<")
	want(t, v.post(own1("appeal"), by, "do", "submit", "row-7", "1", "text-7", "另一个理由", "name", "王", "post", "主任"), 409, "已申请过复核", "您填写的内容", "另一个理由")
	all, _ := v.st.Appeals(context.Background(), storetest.Ref(siteYear, 1))
	if len(all) != 1 || all[0].Row != 7 {
		t.Fatalf("应只有第 7 项的申请：%v", all)
	}
	digest := a.body[strings.Index(a.body, `id="receipt-digest">`)+20:][:64]
	want(t, v.get(own1(""), by), 200, "appeal/1", digest[:12])
}

func TestWarningStepsOfTheInstitution(t *testing.T) {
	v := openSite(t, false, 1)
	served(v)
	ref := storetest.Ref(siteYear, 1)
	by := v.bearer(1)
	warned(v)
	want(t, v.get(own1("warning"), by), 404)
	v.write(func(tx *store.Tx) error {
		if _, err := tx.AddWarningAct(context.Background(), ref, store.WarningAct{Act: campaign.ActNotice, Role: "officer", By: "o1", Text: "总分偏低", At: v.now}); err != nil {
			return err
		}
		return tx.SetWarningState(context.Background(), ref, campaign.Noticed, "2027-04-09", v.now)
	})
	want(t, v.get(own1("warning"), by), 200, "已告知", "陈述申辩意见", "总分偏低")
	want(t, v.post(own1("warning"), by, "act", "reply", "do", "submit", "text", "  ", "name", "王", "post", "主任"), 422, `href="#f-text"`)
	want(t, v.post(own1("warning"), by, "act", "lift", "do", "submit", "name", "王", "post", "主任"), 422)
	want(t, v.post(own1("warning"), by, "act", "reply", "do", "check", "text", "情况属实", "name", "王", "post", "主任"), 200, "情况属实", "确认提交")
	want(t, v.post(own1("warning"), by, "act", "reply", "do", "submit", "text", "情况属实", "name", "王", "post", "主任"), 200, `id="receipt-number"`)
	want(t, v.post(own1("warning"), by, "act", "reply", "do", "submit", "text", "情况属实", "name", "王", "post", "主任"), 200, "/warning/2<")
	want(t, v.get(own1("warning"), by), 200, "补充意见", "书面放弃其余期限") // RW-4: the window stays open
	want(t, v.post(own1("warning"), by, "act", "reply", "do", "submit", "text", "补充一点", "name", "王", "post", "主任"), 200, "/warning/3<")
	want(t, v.post(own1("warning"), by, "act", "waive", "do", "submit", "name", "王", "post", "主任"), 200, "/warning/4<")
	want(t, v.post(own1("warning"), by, "act", "reply", "do", "submit", "text", "另有情况说明", "name", "王", "post", "主任"), 409, "另有情况说明")
	if acts, _ := v.st.WarningActs(context.Background(), ref); len(acts) != 4 {
		t.Errorf("案件有 %d 次操作，应为 4", len(acts))
	}
}
