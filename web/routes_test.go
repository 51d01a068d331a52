package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store/storetest"
)

func concrete(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	return method, strings.NewReplacer("{$}", "", "{year}", fmt.Sprint(siteYear), "{code}", storetest.Code(1), "{id}", "1", "{n}", "0", "{k}", "1", "{verify}", "XP26-001K7", "{token}", "x.y", "{register}", "accounts", "{digest}", strings.Repeat("0", 64)).Replace(path)
}

func (v *visitedSite) visit(pattern string, by who) answer {
	method, path := concrete(pattern)
	if method == http.MethodPost {
		return v.post(path, by)
	}
	return v.get(path, by)
}

func TestRevokedAndViewOnlyLinks(t *testing.T) {
	v, by := atPlanning(t)
	view := who{ticket: v.link(1, "view", v.farAway())}
	want(t, v.get(own1("plan"), view), 200)
	want(t, v.post(own1("plan"), view, append(planFields, "do", "submit")...), 403, "只能查看")
	want(t, v.post(own1("plan"), view, "do", "save", "goals", "x"), 403)
	want(t, v.upload(own1("evidence"), view, "a.pdf", pdfBytes, "row", "1", "declared", "1", "name", "王", "post", "主任"), 403)
	officerOne, err := v.st.Staff(t.Context(), "o1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.srv.Desk.RevokeLinks(t.Context(), officerOne, storetest.Ref(siteYear, 1)); err != nil {
		t.Fatal(err)
	}
	want(t, v.get(own1(""), by), 410, "链接已停用")
	want(t, v.get("/t/"+by.ticket, who{}), 410, "链接已停用")
}

func TestTheLinkOpensOnlyItsOwnPages(t *testing.T) {
	v, by := atPlanning(t)
	home := own1("")
	for next, to := range map[string]string{
		"": home, "plan": home + "/plan", home + "/plan": home + "/plan", "//evil.example/x": home, "https://evil.example": home,
		"/office": home, "../../office": home, home + "/../../../office": home, "/i/" + storetest.Ref(siteYear, 2).ID(): home, home + "0/plan": home, `\\evil`: home,
	} {
		r := httptest.NewRequest(http.MethodGet, "/t/"+by.ticket, nil)
		q := r.URL.Query()
		q.Set("next", next)
		r.URL.RawQuery = q.Encode()
		a := v.send(r, who{})
		if a.code != 303 || a.head.Get("Location") != to {
			t.Errorf("next=%q 转到 %q，应为 %q", next, a.head.Get("Location"), to)
		}
		c := a.head.Get("Set-Cookie")
		for _, part := range []string{ticketCookie + "=" + by.ticket, "Path=/i/", "HttpOnly", "SameSite=Lax"} {
			if !strings.Contains(c, part) {
				t.Errorf("Cookie %q 缺少 %q", c, part)
			}
		}
	}
}

func TestNothingAndAnotherInstitutionLookTheSame(t *testing.T) {
	v, by := atPlanning(t)
	other := v.get("/i/"+storetest.Ref(siteYear, 2).ID(), by)
	for _, path := range []string{"/i/2026/CNCA-R-2099-999", "/i/2026/nonsense", own1("nonsense"), "/no/such/page", own1("evidence/99999"), own1("papers/NOPE")} {
		a := v.get(path, by)
		if a.code != 404 || a.body != other.body {
			t.Errorf("%s 与其他机构的页面不同：%d", path, a.code)
		}
	}
}

// TestGetChangesNothing reads every page fifty times (ML-3).
func TestGetChangesNothing(t *testing.T) {
	v := openSite(t, true, 2)
	served(v)
	visitors := []who{{}, v.bearer(1), v.signIn("o1"), v.signIn("a1"), v.signIn("r1")}
	before := v.book()
	for _, route := range v.srv.Routes() {
		if strings.HasPrefix(route.Pattern, "GET ") {
			for i := range 50 {
				v.visit(route.Pattern, visitors[i%len(visitors)])
			}
		}
	}
	for range 50 {
		v.get("/t/"+visitors[1].ticket, who{})
	}
	for table, sum := range v.book() {
		if before[table] != sum {
			t.Errorf("只读访问改变了表 %s", table)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	v, by := atPlanning(t)
	for _, a := range []answer{v.get("/", who{}), v.get(own1(""), by), v.get("/nothing", who{}), v.get("/login", who{})} {
		for k, part := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Frame-Options": "DENY"} {
			if !strings.Contains(a.head.Get(k), part) {
				t.Errorf("%s 为 %q", k, a.head.Get(k))
			}
		}
	}
	r := httptest.NewRequest(http.MethodPost, own1("plan"), strings.NewReader("do=submit"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	want(t, v.send(r, by), 403, "来自其他网站")
	want(t, v.get("/static/style.css", who{}), 200, "--seal")
	want(t, v.get("/healthz", who{}), 200, "ok")
	v.st.Close()
	want(t, v.get("/healthz", who{}), 503)
	a := v.get(own1(""), by)
	want(t, a, 503, "请稍后再试", "错误编号")
	if strings.Contains(a.body, "pool") || !strings.Contains(v.log.String(), "closed pool") {
		t.Error("错误细节应只在日志中")
	}
}

func TestCookiesAreSecureOnHTTPS(t *testing.T) {
	s := &Server{Options: Options{BaseURL: "https://xp.example.gov.cn"}}
	if c := s.cookie(ticketCookie, "x", "/i/"); !c.Secure || !c.HttpOnly {
		t.Errorf("%+v", c)
	}
	h := http.Header{}
	if s.headers(h); h.Get("Strict-Transport-Security") == "" {
		t.Error("没有 HSTS")
	}
}

func TestVerifyTellsTheState(t *testing.T) {
	v := openSite(t, false, 2)
	served(v)
	want(t, v.get("/v/XP26-001K7", who{}), 200, "得分告知书", "宣评告〔2027〕1号", "示例认证机构1号", "有效")
	want(t, v.get("/v/xp26-001k7", who{}), 200, "宣评告〔2027〕1号")
	want(t, v.get("/v/XP26-999K7", who{}), 404, "未查询到")
	want(t, v.get("/v?code=XP26-001K7", who{}), 303)
	if campaign.Signed.Outside() != campaign.Replied {
		t.Error("一人签批不应对外显示")
	}
}

func TestReceiptOfAnActFitsTheList(t *testing.T) {
	v, by := atPlanning(t)
	rec, err := v.srv.Desk.SubmitPlan(t.Context(), desk.Visitor{Ref: storetest.Ref(siteYear, 1), Act: true, ID: []byte("x")}, planForm(&form{Values: valuesMap(planFields)}), desk.Signer{Name: "王", Post: "主任"})
	if err != nil {
		t.Fatal(err)
	}
	want(t, v.get(own1(""), by), 200, rec.Number, rec.Digest[:12])
}

func valuesMap(pairs []string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}
