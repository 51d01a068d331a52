package web

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

var (
	keptForm  = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)" id="kept">(.*?)</form>`)
	keptField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// keptOf reads the form that a page of failure offers to post again.
func keptOf(t *testing.T, body string) (action string, fields []string) {
	t.Helper()
	m := keptForm.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("填写的内容没有保留：%.1200s", body)
	}
	for _, x := range keptField.FindAllStringSubmatch(m[2], -1) {
		fields = append(fields, x[1], html.UnescapeString(x[2]))
	}
	return html.UnescapeString(m[1]), fields
}

// A post after the session ended is answered with what was typed, and is taken
// when it is posted again after signing in.
func TestStaffPostOutlivesItsSession(t *testing.T) {
	b := newBureau(t)
	path := entryPath(storetest.Ref(testYear, 4), "event")
	typed := []string{"do", "check", "clause", "15.2a", "points", "3", "activity", "世界认可日", "role", "organise", "title", `“主场”<b>活动`, "source", "市监认函〔2025〕9号", "occurred_on", "2025-06-09"}
	w := b.as("").post(path, typed...)
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `href="/login?next=`) || !strings.Contains(w.Body.String(), `target="_blank"`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	action, fields := keptOf(t, w.Body.String())
	if action != path {
		t.Errorf("posts to %s", action)
	}
	got := valuesMap(fields)
	for k, v := range valuesMap(typed) {
		if got[k] != v {
			t.Errorf("field %s is %q, want %q", k, got[k], v)
		}
	}
	if w := b.as("o1").post(action, fields...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "请核对登记内容") {
		t.Errorf("posted again: %d %s", w.Code, w.Body)
	}
	if w := b.as("").post(path, "do", "check"); w.Code != http.StatusSeeOther {
		t.Errorf("with nothing typed: %d", w.Code)
	}
}

func TestInstitutionPostOutlivesItsLink(t *testing.T) {
	v, by := atPlanning(t)
	expired := who{ticket: v.link(1, "act", v.now.Add(-time.Minute))}
	for _, c := range []struct {
		by   who
		code int
	}{{who{}, 403}, {expired, 410}, {v.bearer(2), 404}} {
		a := v.post(own1("plan"), c.by, append(planFields, "do", "submit")...)
		want(t, a, c.code, "在新窗口打开邮件中的有效链接", "您填写的内容", "质量月讲座")
		action, fields := keptOf(t, a.body)
		want(t, v.post(action, by, fields...), 200, "plan/1<")
	}
}

func TestPostOutlivesTheDatabase(t *testing.T) {
	v, by := atPlanning(t)
	v.st.Close()
	a := v.post(own1("plan"), by, append(planFields, "do", "submit")...)
	want(t, a, 503, "错误编号")
	if _, fields := keptOf(t, a.body); valuesMap(fields)["approval_no"] != "董〔2026〕1号" || valuesMap(fields)["do"] != "submit" {
		t.Errorf("保留了 %v", fields)
	}
	for _, a := range []answer{v.post("/login", who{}, "account", "o1", "password", "secret-guess-1")} {
		want(t, a, 503)
		if strings.Contains(a.body, "secret-guess-1") || strings.Contains(a.body, `id="kept"`) {
			t.Error("密码回到了页面上")
		}
	}
}

// What another site posted is refused and not offered to be posted again.
func TestForeignPostsAreNotKept(t *testing.T) {
	v, by := atPlanning(t)
	r := httptest.NewRequest(http.MethodPost, own1("plan"), strings.NewReader("do=submit&goals=forged"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	for _, a := range []answer{v.send(r, by), v.post("/no/such/page", by, "goals", "forged"), v.post("/rules", by, "goals", "forged")} {
		if a.code < 400 || strings.Contains(a.body, "forged") {
			t.Errorf("%d %s", a.code, a.body)
		}
	}
}

// A form that closed while it was filled in gives back what was typed.
func TestClosedFormsListWhatWasTyped(t *testing.T) {
	v, by := atPlanning(t)
	v.now = campaign.Day("2026-05-01").Morning()
	for do, code := range map[string]int{"submit": 410, "save": 410, "edit": 200} {
		want(t, v.post(own1("plan"), by, append(planFields, "do", do)...), code, "您填写的内容", "质量月讲座", "<dt>批准文号</dt>", "王经办")
	}
	if d, err := v.st.Draft(t.Context(), "institution", storetest.Ref(siteYear, 1), string(campaign.PlanTask)); err != nil || d.Body != nil {
		t.Errorf("截止后留下草稿：%s %v", d.Body, err)
	}
	v.stage(1, "2027-02-01", campaign.Collecting, campaign.SelfScore)
	v.now = campaign.Day("2027-03-01").Morning()
	for _, do := range []string{"submit", "save"} {
		want(t, v.post(own1("self-score"), by, append(scoreFields("4.5", "如实自评"), "do", do)...), 410, "您填写的内容", "<dt>第 14 项理由</dt>", "如实自评")
	}
	if a := v.get(own1("plan"), by); strings.Contains(a.body, "您填写的内容") {
		t.Error("没有提交也列出了填写的内容")
	}

	// the office closed the incident, ruled on the notice, approved what was to be withdrawn
	ref := storetest.Ref(siteYear, 1)
	by = v.bearer(1)
	v.write(func(tx *store.Tx) error {
		if err := told1(tx, ref, v.now); err != nil {
			return err
		}
		return cannedMatters(t.Context(), tx, ref, v.now)
	})
	follow := []string{"do", "submit", "act", "follow-up", "text", "已经召回全部产品", "name", "王经办", "post", "主任"}
	details := []string{"do", "submit", "act", "details", "relevance", "partly", "collect", "来自媒体", "name", "王经办"}
	reply := []string{"notice", "1", "text", "所述与事实不符", "name", "王经办", "post", "主任"}
	withdraw := []string{"do", "submit", "act", "withdraw", "text", "采访取消", "name", "王经办", "post", "主任"}
	want(t, v.get(own1("events"), by), 200, `name="text"`)
	v.write(func(tx *store.Tx) error {
		ctx := t.Context()
		if _, err := tx.AddIncidentAct(ctx, ref, store.IncidentAct{N: 1, Act: campaign.IncidentClose, Role: "officer", By: "o1", Digest: store.Digest("close"), At: v.now}, false); err != nil {
			return err
		}
		if _, err := tx.AddClearanceAct(ctx, ref, store.ClearanceAct{N: 1, Act: campaign.ClearanceApprove, Role: "approver", By: "a1", Digest: store.Digest("yes"), At: v.now}); err != nil {
			return err
		}
		all, err := tx.Events(ctx, ref)
		if err != nil {
			return err
		}
		if _, err := tx.AddEventMove(ctx, ref, store.EventMove{Event: all[0].ID, Act: campaign.EventDismiss, State: campaign.EventDismissed, By: "a1", Text: "查无此事", At: v.now}, ""); err != nil {
			return err
		}
		return told1(tx, ref, v.now) // another notice is open
	})
	want(t, v.post(own1("incidents/1"), by, follow...), 409, "您填写的内容", "已经召回全部产品", "王经办")
	want(t, v.post(own1("incidents/1"), by, details...), 409, "不能再办理填写的这一步", "您填写的内容", "<dt>收集</dt>", "来自媒体", "<dt>与认证活动的相关性</dt><dd><p>部分相关</p>")
	again := v.post(own1("incidents/1"), by, reportFields...)
	if want(t, again, 409, "<dt>发生时间</dt><dd><p>2026-02-28 20:00</p>"); strings.Index(again.body, "<dt>事件概况") > strings.Index(again.body, "<dt>地点和涉及的认证活动") {
		t.Error("填写的内容没有按表单的顺序列出")
	}
	moved := v.post(own1("clearances/1"), by, withdraw...)
	if want(t, moved, 409, "您填写的内容", "采访取消", "登记发布"); strings.Contains(moved.body, "采访取消</textarea>") {
		t.Error("撤回的理由填进了另一事项的表单")
	}
	for do, code := range map[string]int{"check": 409, "submit": 409, "edit": 200} {
		a := v.post(own1("events"), by, append(reply, "do", do)...)
		if want(t, a, code, "您填写的内容", "所述与事实不符", "对第 2 号告知陈述意见"); strings.Contains(a.body, "所述与事实不符</textarea>") {
			t.Error("意见填进了另一告知的表单")
		}
	}
	if a := v.get(own1("events"), by); strings.Contains(a.body, "您填写的内容") {
		t.Error("没有提交也列出了填写的内容")
	}

	b := newBureau(t)
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.SetStage(t.Context(), storetest.Ref(testYear, 2), campaign.Served, "2026-04-09", b.day)
	}))
	w := b.as("r1").post(reviewPath(2), append(marksTyped("5"), "do", "submit")...)
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "您填写的内容") || !strings.Contains(w.Body.String(), "第7项材料不全") {
		t.Errorf("a sheet after its time: %d %s", w.Code, w.Body)
	}
}

// A register's form carries a file, which is not kept; what was typed beside it is.
func TestRegisterWithAFileOutlivesItsLink(t *testing.T) {
	v, by := atPlanning(t)
	typed := fieldsOf("accounts", append(okAccount, "note", "")...)
	typed = append(fieldsOf("disclosure", "item", "认证规则", "url", "https://example.cn/rules", "captured", "2026-01-02"), typed...)
	send := func(who who) answer {
		var b bytes.Buffer
		return v.uploadAs(&b, "disclosure.file", registerPath("disclosure"), who, "页面.png", bytes.Repeat(pngDot, 9000), typed...)
	}
	expired := who{ticket: v.link(1, "act", v.now.Add(-time.Minute))}
	for _, c := range []struct {
		by   who
		code int
	}{{who{}, 403}, {expired, 410}, {v.bearer(2), 404}} {
		a := send(c.by)
		want(t, a, c.code, "您填写的内容", "https://example.cn/rules", "<p>等级保护备案</p>", "所选的文件没有保留", "在新窗口打开邮件中的有效链接")
		action, fields := keptOf(t, a.body)
		want(t, v.post(action, by, fields...), 422, `value="https://example.cn/rules"`, "<a href=\"#f-disclosure.file\">") // the file alone is missing
	}
	r := httptest.NewRequest(http.MethodPost, own1("evidence"), strings.NewReader(values([]string{"note", "现场照片说明", "row", "5"}).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	want(t, v.send(r, by), 422, "现场照片说明", "请选择要上传的文件") // any other form with a file comes back whole
	v.st.Close()
	want(t, send(by), 503, "您填写的内容", "https://example.cn/rules")
}

func TestTypedRowsFollowTheForm(t *testing.T) {
	f := newForm()
	f.Values = map[string]string{"name": "王", "reason-10": "十", "points-2": "3", "reason-2": "二", "goals": "目标", "activities": " ", "version": "1", "do": "submit"}
	var order []string
	for _, x := range typedRows(f) {
		order = append(order, x[0])
	}
	if wanted := []string{"年度目标与任务", "第 2 项得分", "第 2 项理由", "第 10 项理由", "姓名"}; !slices.Equal(order, wanted) {
		t.Errorf("%q", order)
	}
}
