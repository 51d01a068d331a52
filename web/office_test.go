package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// address fills a pattern with things that exist for those who may see them.
func (b *bureau) address(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	code, id := storetest.Code(2), b.file
	switch {
	case strings.Contains(path, "/warnings/"):
		code = storetest.Code(4)
	case strings.HasSuffix(path, "/file"), strings.HasSuffix(path, "/move"):
		code, id = storetest.Code(5), b.event
	case strings.Contains(path, "/event/"):
		code, id = storetest.Code(5), b.event
	case strings.HasPrefix(path, "/review/") && (strings.HasSuffix(path, "/appeal") || strings.Contains(path, "/files/")):
		code = storetest.Code(3)
	}
	return method, strings.NewReplacer("{year}", strconv.Itoa(testYear), "{code}", code, "{id}", fmt.Sprint(id), "{verify}", "NOSUCHPAPER", "{n}", "1", "{k}", "1", "{seat}", "1", "{register}", "accounts", "{kind}", "disclosure", "{digest}", strings.Repeat("0", 64)).Replace(path)
}

func request(method, path string) *http.Request {
	r, _ := http.NewRequest(method, path, strings.NewReader(""))
	r.RemoteAddr = "192.0.2.1:1234"
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// ticket gives a client that came through an institution's link.
func (b *bureau) ticket(i int) *person {
	ref := storetest.Ref(testYear, i)
	token, id := b.desk.Tickets.Issue(ref.ID() + "/test")
	b.ok(b.store.AddTicket(b.t.Context(), id, store.Ticket{Year: ref.Year, Code: ref.Code, Scope: "act", Intent: ref.ID() + "/test", IssuedAt: b.day, ExpiresAt: b.day.AddDate(0, 1, 0)}))
	return &person{b: b, cookies: []*http.Cookie{{Name: ticketCookie, Value: token}}}
}

// An auditor can post nothing but what is his own: the table says so, and the site does.
func TestAuditorOnlyReads(t *testing.T) {
	b := newBureau(t)
	before := b.head()
	for _, route := range b.site.Routes() {
		if method, path := b.address(route.Pattern); method == http.MethodPost && !route.Rights.Public() && !auditorPosts[route.Pattern] {
			if w := b.as("u1").do(request(method, path)); w.Code != http.StatusForbidden {
				t.Errorf("%s: %d", route.Pattern, w.Code)
			}
		}
	}
	if after := b.head(); after != before {
		t.Errorf("ledger moved from %v to %v", before, after)
	}
}

func (b *bureau) head() store.Head {
	b.t.Helper()
	h, err := b.store.Head(b.t.Context())
	b.ok(err)
	return h
}

// Looking changes nothing: every page of every role, twice.
func TestOfficeGetsChangeNothing(t *testing.T) {
	b := newBureau(t)
	before := b.head()
	for _, route := range b.site.Routes() {
		method, path := b.address(route.Pattern)
		if method != http.MethodGet || route.Rights.Public() || route.Rights.Link() {
			continue
		}
		for _, id := range []string{"o1", "a1", "u1", "g1", "r1", "l2", "m1", "h1"} {
			if w := b.as(id).get(path); w.Code >= 500 {
				t.Errorf("%s as %s: %d", path, id, w.Code)
			}
		}
	}
	if after := b.head(); after != before {
		t.Errorf("ledger moved from %v to %v", before, after)
	}
}

func TestOfficePagesTell(t *testing.T) {
	b := newBureau(t)
	y := yearPath(testYear)
	for _, c := range []struct {
		who, path string
		want      []string
	}{
		{"o1", "/office", []string{"2025 年度评价", "参评机构 6 家", "启动年度评价"}},
		{"o1", y, []string{"各阶段机构数", "总分分布", "按省份", "按类别", "评审甲", "27 天", "计划待经办人员审阅", "namespaces/default/workflows/2025%2Fcampaign", "示例·演练"}},
		{"u1", y + "/institutions?stage=scoring", []string{"找到 1 家，共 6 家", storetest.Institution(2).Name}},
		{"u1", y + "/institutions?q=不存在", []string{"没有符合条件的机构"}},
		{"o1", y + "/i/" + storetest.Code(1), []string{"提升认证公信力", "审阅计划", "报送年度宣传工作计划（第 1 版），逾期", "workflows/2025%2FCNCA-R-2002-001"}},
		{"o1", y + "/i/" + storetest.Code(3), []string{"8.75", "82.5", "评审丙", "第三项材料齐全", "对第 3 项申请评价复核"}},
		{"o1", y + "/mails", []string{"回执：评价复核申请", "复核任务", "评审丁", "待发"}},
		{"o1", y + "/warnings", []string{"待立案", storetest.Institution(4).Name}},
		{"o1", y + "/warnings/" + storetest.Code(4), []string{"事先告知", "总分 52.0 分，低于"}},
		{"a1", y + "/events", []string{"承办世界认可日主场活动", "待确认", "认定<span"}},
		{"u1", y + "/calendar", []string{"证据提交截止", "已过"}},
	} {
		w := b.as(c.who).get(c.path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", c.path, w.Code)
		}
		for _, want := range c.want {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s does not say %q", c.path, want)
			}
		}
	}
}

// The office does not see marks before the result is served.
func TestOfficeDoesNotSeeSheetsEarly(t *testing.T) {
	b := newBureau(t)
	page := b.as("o1").get(yearPath(testYear, "i", storetest.Code(2))).Body.String()
	for _, secret := range []string{"二号评审的理由", "8.5"} {
		if strings.Contains(page, secret) {
			t.Errorf("the dossier shows %q while it is scored", secret)
		}
	}
	if !strings.Contains(page, "评审乙提交打分表") {
		t.Error("the dossier does not tell that a sheet is in")
	}
}

// A form that is refused keeps what was typed and names its faults.
func TestOfficeFormsKeepWhatWasTyped(t *testing.T) {
	b := newBureau(t)
	one, five := yearPath(testYear, "i", storetest.Code(1)), yearPath(testYear, "i", storetest.Code(5))
	for _, c := range []struct {
		who, path string
		fields    []string
		keeps     string
		fault     string
	}{
		{"o1", one + "/plan", []string{"version", "1", "decision", "return", "note", " ", "do", "submit"}, `value="return" checked`, "f-note"},
		{"o1", one + "/plan", []string{"version", "1", "note", "请补充预算", "do", "check"}, "请补充预算", "f-decision"},
		{"o1", five + "/event", []string{"clause", "15.1", "points", "99", "title", "某活动", "source", "某文", "occurred_on", "2025-05-01", "do", "submit"}, "某活动", "f-points"},
		{"o1", five + "/event", []string{"clause", "15.1", "points", "五分", "title", "某活动", "do", "check"}, "五分", "f-points"},
		{"o1", five + "/extend", []string{"task", "evidence", "day", "2025-01-01", "reason", "系统故障", "do", "submit"}, "系统故障", "f-day"},
		{"o1", five + "/leave", []string{"reason", "自愿申请", "do", "check"}, "自愿申请", "f-how"},
		{"a1", five + "/event/" + fmt.Sprint(b.event), []string{"decision", "confirm", "reason", "", "do", "submit"}, `value="confirm" checked`, "f-reason"},
		{"o1", yearPath(testYear, "warnings", storetest.Code(4)), []string{"act", "notice", "text", "", "do", "submit"}, `value="notice" checked`, "f-text"},
		{"o1", yearPath(testYear, "calendar"), []string{"day-final", "2026-03-01", "do", "check"}, "2026-03-01", "f-day-final"},
		{"o1", yearPath(testYear, "admit"), []string{"code", "CNCA-2002", "do", "check"}, "CNCA-2002", "f-code"},
		{"o1", "/office/launch", []string{"year", "2027", "issuer", "某局", "day-launch", "2027-13-40", "appeal_days", "x", "do", "submit"}, "某局", "f-appeal_days"},
		{"o1", "/office/launch", []string{"year", "2026", "rehearsal", "1", "day-launch", "2026-13-40", "criteria_version", "", "do", "check"}, "2026-13-40", "f-criteria_version"},
	} {
		before := b.head()
		w := b.as(c.who).post(c.path, c.fields...)
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s %v: %d", c.path, c.fields, w.Code)
		}
		if !strings.Contains(body, c.keeps) {
			t.Errorf("%s %v lost %q", c.path, c.fields, c.keeps)
		}
		if !strings.Contains(body, `href="#`+c.fault+`"`) || !strings.Contains(body, `id="`+c.fault+`"`) {
			t.Errorf("%s %v: no fault at %s", c.path, c.fields, c.fault)
		}
		if b.head() != before {
			t.Errorf("%s %v was recorded", c.path, c.fields)
		}
	}
}

// Checking shows the answers and changes nothing; submitting acts.
func TestOfficeActs(t *testing.T) {
	b := newBureau(t)
	ctx, one, five := t.Context(), storetest.Ref(testYear, 1), storetest.Ref(testYear, 5)
	before := b.head()
	fields := []string{"version", "1", "decision", "accept", "note", "通过"}
	w := b.as("o1").post(entryPath(one, "plan"), append(slices.Clone(fields), "do", "check")...)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `name="decision" value="accept"`) || !strings.Contains(w.Body.String(), `value="submit"`) || b.head() != before {
		t.Fatalf("check: %d, ledger %v to %v", w.Code, before, b.head())
	}
	w = b.as("o1").post(entryPath(one, "plan"), append(slices.Clone(fields), "do", "edit")...)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="accept" checked`) {
		t.Errorf("edit: %d", w.Code)
	}
	b.acts("o1", entryPath(one, "plan"), fields...)
	plans, err := b.store.Plans(ctx, one)
	b.ok(err)
	if plans[0].State() != "accepted" {
		t.Errorf("plan is %s", plans[0].State())
	}
	b.acts("o1", entryPath(five, "event"), "clause", "16.1", "points", points("16.1"), "title", "某负面事项", "source", "某通报", "occurred_on", "2025-06-01", "do", "submit")
	b.acts("a1", entryPath(five, "event", fmt.Sprint(b.event)), "decision", "confirm", "reason", "属实")
	b.acts("o1", yearPath(testYear, "warnings", storetest.Code(4)), "act", "notice", "text", "拟对你机构实施风险警示")
	b.acts("o1", entryPath(five, "links"), "do", "new")
	b.acts("o1", yearPath(testYear, "calendar"), "day-final", "2026-05-12")
	events, err := b.store.Events(ctx, five)
	b.ok(err)
	if len(events) != 2 || events[0].Confirmed == nil || !*events[0].Confirmed || events[1].Confirmed != nil {
		t.Errorf("events %+v", events)
	}
	c, err := b.store.Campaign(ctx, testYear)
	b.ok(err)
	if c.Rules.Calendar.Final != "2026-05-12" || c.Rules.Calendar.Publication != storetest.Rules(t, testYear).Calendar.Publication {
		t.Errorf("calendar %+v", c.Rules.Calendar)
	}
	if w := b.as("o1").post(yearPath(testYear, "publish"), "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("publishing early: %d", w.Code)
	}
}

func points(clause string) string {
	c, _ := rubric.Annex2().Clause(clause)
	return c.Min.String()
}

// acts posts and expects to be sent on.
func (b *bureau) acts(who, path string, fields ...string) {
	b.t.Helper()
	before := b.head()
	w := b.as(who).post(path, fields...)
	if w.Code != http.StatusSeeOther {
		b.t.Errorf("%s %v as %s: %d %s", path, fields, who, w.Code, summaryOf(w.Body.String()))
		return
	}
	if next := b.as(who).get(w.Header().Get("Location")); next.Code != http.StatusOK || !strings.Contains(next.Body.String(), "notice-green") {
		b.t.Errorf("%s leads to %s: %d without a word", path, w.Header().Get("Location"), next.Code)
	}
	if b.head() == before {
		b.t.Errorf("%s as %s left no record", path, who)
	}
}

// summaryOf cuts the error summary out of a page.
func summaryOf(page string) string {
	_, s, _ := strings.Cut(page, `class="errors"`)
	s, _, _ = strings.Cut(s, "</section>")
	return s
}

// The registrar of an event is offered no ruling, and approvers alone rule.
func TestRegistrarDoesNotRule(t *testing.T) {
	b := newBureau(t)
	page := b.as("o1").get(yearPath(testYear, "events")).Body.String()
	if strings.Contains(page, "认定<span") {
		t.Error("an officer is offered a ruling")
	}
	w := b.as("o1").post(entryPath(contract.Ref{Year: testYear, Code: storetest.Code(5)}, "event", fmt.Sprint(b.event)), "decision", "confirm", "reason", "属实")
	if w.Code != http.StatusForbidden {
		t.Errorf("an officer's ruling: %d", w.Code)
	}
}
