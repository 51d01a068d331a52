package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

// launchFields are what the launch page proposes for a year, as a browser sends them.
func launchFields(t *testing.T, year int) []string {
	t.Helper()
	fields := []string{"year", itoa(year), "issuer", "示例发文机关", "appeal_days", "7", "decision_days", "8", "reply_days", "5", "ack_days", "5", "rectify_days", "30", "sign_days", "5",
		"threshold", "1", "excellent", "92.5", "criteria_version", "标准-2", "min_total", "55", "uncapped_deduction", "0", "late_reports", "3"}
	for _, d := range storetest.Rules(t, year).Calendar.Days() {
		fields = append(fields, "day-"+d.Key, string(d.Day))
	}
	return fields
}

// A year is launched with the days and settings of the form, after a look at them.
func TestLaunch(t *testing.T) {
	b := newBureau(t)
	o1 := b.as("o1")
	year := campaign.DayOf(b.desk.Clock()).Year() + 1
	if year > testYear+2 {
		year = testYear + 2 // the last year with a holiday table
		b.desk.Clock = storetest.Rules(t, year).Calendar.Launch.Start
		o1 = b.as("o1")
	}
	fields := append(launchFields(t, year), "rehearsal", "1")
	page := o1.get("/office/launch?year=" + itoa(year)).Body.String()
	for _, d := range storetest.Rules(t, year).Calendar.Days() {
		if !strings.Contains(page, `name="day-`+d.Key+`" value="`+string(d.Day)+`"`) {
			t.Errorf("the page does not propose %s for %s", d.Day, d.Key)
		}
	}
	before := b.head()
	if w := o1.post("/office/launch", append(fields, "do", "check")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "编号 标准-2") || !strings.Contains(w.Body.String(), "演练（非官方）") || b.head() != before {
		t.Fatalf("check: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	w := o1.post("/office/launch", append(fields, "do", "submit")...)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != yearPath(year)+"?done=launch" {
		t.Fatalf("launch: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	c, err := b.store.Campaign(t.Context(), year)
	b.ok(err)
	x := c.Rules.Settings
	if !c.Rehearsal || x.AppealDays != 7 || x.Excellent != 9250 || x.Criteria.Version != "标准-2" || x.Criteria.MinTotal != 5500 || x.Criteria.UncappedDeduction != 0 || x.Criteria.LateReports != 3 {
		t.Errorf("launched with %+v", x)
	}
	if w := o1.post("/office/launch", append(fields, "do", "submit")...); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "已经存在") {
		t.Errorf("launching twice: %d", w.Code)
	}
}

func (p *person) upload(path, name, content string, fields ...string) *httptest.ResponseRecorder {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		p.b.ok(m.WriteField(fields[i], fields[i+1]))
	}
	f, err := m.CreateFormFile("file", name)
	p.b.ok(err)
	_, err = f.Write([]byte(content))
	p.b.ok(err)
	p.b.ok(m.Close())
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return p.do(r)
}

// A roster with a fault is refused whole, each fault with its line; a good one is taken.
func TestRosterUpload(t *testing.T) {
	b := newBureau(t)
	o1 := b.as("o1")
	head := strings.Join(campaign.RosterColumns(), ",") + "\n"
	line := func(i int) string {
		x := storetest.Institution(i)
		return strings.Join([]string{x.Code, x.Name, x.USCC, x.Province, x.Category, x.Head, x.Contact, x.Email, x.Mobile}, ",") + "\n"
	}
	for name, c := range map[string]struct{ file, content, want string }{
		"faulty line": {"r.csv", head + line(11) + strings.Replace(line(12), "@", "#", 1), "邮箱格式不正确"},
		"wrong kind":  {"r.pdf", head, "只支持 .xlsx 和 .csv 文件"},
		"no column":   {"r.csv", "批准号,机构名称\n", "缺少列"},
	} {
		w := o1.upload("/office/roster", c.file, c.content)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d, want %q in %s", name, w.Code, c.want, summaryOf(w.Body.String()))
		}
	}
	if w := o1.post("/office/roster"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "请选择名册文件") {
		t.Errorf("no file: %d", w.Code)
	}
	w := o1.upload("/office/roster", "r.csv", head+line(11)+line(12))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("good roster: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	all, err := b.store.Roster(t.Context())
	b.ok(err)
	if len(all) != 8 {
		t.Errorf("%d institutions, want 8", len(all))
	}
}

var idOf = regexp.MustCompile(` id="([^"]+)"`)

// Pages are sound: one heading, no id twice, nothing that the policy refuses,
// every control with a label.
func TestOfficePagesAreSound(t *testing.T) {
	b := newBureau(t)
	for _, x := range b.shots() {
		w := b.as(x.who).get(x.path)
		body := w.Body.String()
		if x.name == "sheet" { // the one page with a script, which comes from the site itself
			body = strings.Replace(body, `<script src="`+sheetScript.name+`" defer></script>`, "", 1)
		}
		if w.Code != http.StatusOK || strings.Count(body, "<h1") != 1 || strings.Contains(body, " style=") || strings.Contains(body, "<script") {
			t.Errorf("%s: %d, %d headings", x.path, w.Code, strings.Count(body, "<h1"))
		}
		seen := map[string]bool{}
		for _, m := range idOf.FindAllStringSubmatch(body, -1) {
			if seen[m[1]] {
				t.Errorf("%s has the id %s twice", x.path, m[1])
			}
			seen[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`<(?:input type="(?:text|password|date|file)"|textarea|select)[^>]* id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
			if !strings.Contains(body, `for="`+m[1]+`"`) {
				t.Errorf("%s: %s has no label", x.path, m[1])
			}
		}
	}
}

// A file that reaches staff cannot run in their browser.
func TestOfficeEvidence(t *testing.T) {
	b := newBureau(t)
	w := b.as("u1").get(yearPath(testYear, "i", storetest.Code(2), "evidence", itoa(int(b.file))))
	h := w.Header()
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF") || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", w.Code, h)
	}
	if w := b.as("u1").get(yearPath(testYear, "i", storetest.Code(3), "evidence", itoa(int(b.file)))); w.Code != http.StatusNotFound {
		t.Errorf("under another institution: %d", w.Code)
	}
}
