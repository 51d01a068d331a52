package web

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/store/storetest"
)

// GL-11: at the end of the year both pages show each item of the accepted plan
// as done, late, dropped or open, with its day and a link to the evidence. An
// item that a returned version named is none of them.
func TestGL11PlannedOnBothPages(t *testing.T) {
	v, by := atPlanning(t)
	ref, officer := storetest.Ref(siteYear, 1), v.signIn("o1")
	dossier := "/office/" + ref.ID()[:4] + "/i/" + ref.Code
	want(t, v.get(own1(""), by), 200, "没有审阅通过的计划事项")
	v.write(func(tx *store.Tx) error {
		ctx := context.Background()
		for i, activities := range []string{"被退回的旧事项", "1. 世界认可日主题活动\n2. 质量认证进企业\n3. 社会责任报告发布\n4. 公众开放日\n5. 新媒体矩阵建设"} {
			if _, err := tx.AddPlan(ctx, ref, desk.PlanForm{Goals: "目标", Activities: activities}, "王经办（主任）", false, v.now); err != nil {
				return err
			}
			if err := tx.AddPlanReview(ctx, ref, i+1, i == 1, "意见", "o1", v.now); err != nil {
				return err
			}
		}
		_, err := tx.AddRegister(ctx, ref, store.RegisterVersion{Register: campaign.PlannedRegister, Schema: campaign.KnownRegisters().Digest, ByName: "王经办（主任）", At: v.now, Body: campaign.Filing{Rows: []campaign.Record{
			{"title": "世界认可日主题活动", "due": "2026-01-20", "owner": "品牌部", "outcome": "按期完成", "done_on": "2026-01-19", "url": "https://example.cn/recognition"},
			{"title": "社会责任报告发布", "due": "2026-03-31", "owner": "品牌部", "outcome": "未实施", "reason": "改在下一年度"},
			{"title": "公众开放日", "due": "2026-01-01", "owner": "品牌部"},
		}}})
		return err
	})
	var b bytes.Buffer
	a := v.uploadAs(&b, "planned.file", registerPath("planned"), by, "合影.png", pngDot, fieldsOf("planned", "title", "质量认证进企业", "due", "2026-01-02", "owner", "品牌部", "outcome", "延期完成", "done_on", "2026-01-05", "reason", "场地调整")...)
	if a.code != 303 {
		t.Fatalf("%d %s", a.code, a.body)
	}
	own := v.get(own1(""), by)
	want(t, own, 200, "审阅通过的第 2 版计划共 5 项：按期完成 1 项、延期完成 1 项、未实施 1 项、待完成 1 项、逾期 1 项", "https://example.cn/recognition", ">合影.png</a>", "场地调整", "改在下一年度",
		registerPath("planned")+"?row=3#form", "?title="+url.QueryEscape("新媒体矩阵建设")+"#form", "<svg")
	want(t, v.get(registerPath("planned")+"?title="+url.QueryEscape("新媒体矩阵建设"), by), 200, `name="planned.title" value="新媒体矩阵建设"`)
	office := v.get(dossier, officer)
	want(t, office, 200, "审阅通过的第 2 版计划共 5 项", "https://example.cn/recognition", dossier+"/register-files/", "没有登记", "2026年1月19日", "2026年1月5日")
	for name, body := range map[string]string{"own": own.body, "office": office.body} {
		_, part, found := strings.Cut(body, `aria-label="计划事项完成情况"`)
		part, _, _ = strings.Cut(part, "</table>")
		if !found || strings.Contains(part, "被退回的旧事项") || strings.Count(part, "<tr>") != 6 {
			t.Errorf("%s: %s", name, part)
		}
	}
	if strings.Contains(office.body, "#form") {
		t.Error("the office is led to the institution's form")
	}
	digest := office.body[strings.Index(office.body, "/register-files/")+len("/register-files/"):][:64]
	want(t, v.get(dossier+"/register-files/"+digest, officer), 200, "PNG")
}
