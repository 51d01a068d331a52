package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// switchable are the readings that change figures.
func switchable() []rubric.ReadingRow { return (rubric.Choices{}).Unbound() }

// defaultFields are the page of the defaults as a browser sends it untouched.
func defaultFields(year int) []string {
	fields := []string{"from_year", itoa(year)}
	for _, row := range switchable() {
		fields = append(fields, "take-"+row.ID, "1", "clause-"+row.ID, row.Clause(), "body-"+row.ID, row.Default)
	}
	return fields
}

// retyped is a form with some fields as somebody typed them; "" takes a field away.
func retyped(fields []string, other ...string) []string {
	all := slices.Clone(fields)
	for i := 0; i+1 < len(other); i += 2 {
		at := slices.Index(all, other[i])
		if all[at+1] = other[i+1]; other[i+1] == "" && strings.HasPrefix(other[i], "take-") {
			all = slices.Delete(all, at, at+2)
		}
	}
	return all
}

// GL-35: an officer sees every text, changes one, leaves one out; each becomes an
// interpretation of its own, and nothing is in force.
func TestGL35DefaultsOnPages(t *testing.T) {
	b := newOffice(t)
	year := campaign.DayOf(b.desk.Clock()).Year() + 1
	path := "/office/interpret/defaults"
	page := b.as("o1").get(desk.DefaultsPath(year)).Body.String()
	for _, row := range switchable() {
		for _, want := range []string{`name="take-` + row.ID + `" value="1" checked`, `name="clause-` + row.ID + `" value="` + row.Clause() + `"`, "\n" + row.Default + "</textarea>", row.Problem} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %q", row.ID, want)
			}
		}
	}
	if strings.Contains(page, "R-11 ") || !strings.Contains(page, "（32 项）") {
		t.Error("readings that change no figure are offered unasked, or not at all")
	}
	if all := b.as("o1").get(desk.DefaultsPath(year) + "&all=1").Body.String(); !strings.Contains(all, `name="take-R-11" value="1">`) {
		t.Error("readings that change no figure are not offered, or ticked")
	}
	fields := defaultFields(year)
	before := b.head()
	for name, c := range map[string]struct {
		fields []string
		code   int
		says   []string
	}{
		"nothing chosen": {[]string{"from_year", itoa(year)}, 422, []string{"没有勾选任何一项"}},
		"empty text":     {retyped(fields, "body-R-05", " ", "clause-R-02", "甲乙丙"), 422, []string{`href="#f-body-R-05"`, `value="甲乙丙"`}},
		"a wrong year":   {retyped(fields, "from_year", "今年", "body-R-03", "改过的文字"), 422, []string{`href="#f-from_year"`, `value="今年"`, "\n改过的文字</textarea>"}},
		"too long":       {retyped(fields, "clause-R-34", strings.Repeat("长", 201)), 422, []string{`href="#f-clause-R-34"`}},
	} {
		for _, do := range []string{"check", "submit"} {
			w := b.as("o1").post(path, append(c.fields, "do", do)...)
			if w.Code != c.code || b.head() != before {
				t.Errorf("%s: %d, or something was recorded", name, w.Code)
			}
			for _, say := range c.says {
				if !strings.Contains(w.Body.String(), say) {
					t.Errorf("%s, do=%s: no %q", name, do, say)
				}
			}
		}
	}
	fields = retyped(fields, "take-R-34", "", "body-R-05", "只就媒体报道而言。")
	w := b.as("o1").post(path, append(fields, "do", "check")...)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "只就媒体报道而言。") || strings.Contains(body, "<dt>R-34") || b.head() != before {
		t.Errorf("check: %d", w.Code)
	}
	b.acts("o1", path, append(fields, "do", "submit")...)
	all, err := b.store.Interpretations(t.Context())
	b.ok(err)
	if len(all) != 10 || all[3].Body != "只就媒体报道而言。" || all[3].ForceAt != nil {
		t.Fatalf("%d interpretations, %+v", len(all), all)
	}
	if page := b.as("a1").get("/office/readings").Body.String(); !strings.Contains(page, "批准等待的解释（10 项）") {
		t.Error("the register does not lead an approver to what waits")
	}
	if page := b.as("o1").get(desk.DefaultsPath(year)).Body.String(); strings.Contains(page, "take-R-05") || !strings.Contains(page, "R-05 同一事项规则的适用范围："+all[3].ID+" 待批准") || !strings.Contains(page, "take-R-34") {
		t.Error("what waits is offered again, or what is left is not")
	}
}

// GL-35: a form that was open while somebody else decided a reading says which,
// writes nothing, and gives back what was typed; without that one it goes through.
func TestGL35StaleDefaults(t *testing.T) {
	b := newOffice(t)
	year := campaign.DayOf(b.desk.Clock()).Year() + 1
	row, _ := rubric.ReadingByID("R-05")
	other, err := b.desk.MakeInterpretation(t.Context(), b.member("o2"), desk.ByDefault(row, year))
	b.ok(err)
	fields := retyped(defaultFields(year), "body-R-05", "早先写下的文字", "body-R-12", "改过的文字")
	before := b.head()
	for _, do := range []string{"check", "submit"} {
		w := b.as("o1").post("/office/interpret/defaults", append(fields, "do", do)...)
		if body := w.Body.String(); w.Code != http.StatusConflict || b.head() != before || !strings.Contains(body, `href="#f-take-R-05"`) || !strings.Contains(body, other) ||
			!strings.Contains(body, "\n早先写下的文字</textarea>") || !strings.Contains(body, "\n改过的文字</textarea>") {
			t.Errorf("do=%s: %d %s", do, w.Code, summaryOf(body))
		}
	}
	b.acts("o1", "/office/interpret/defaults", append(retyped(fields, "take-R-05", ""), "do", "submit")...)
}

// GL-35: an approver reads each, ticks, and puts them in force at once; never his
// own, none twice, and nothing when one of them cannot.
func TestGL35ApprovesManyOnPages(t *testing.T) {
	b := newOffice(t)
	ctx := t.Context()
	year := campaign.DayOf(b.desk.Clock()).Year() + 1
	b.acts("o1", "/office/interpret/defaults", append(defaultFields(year), "do", "submit")...)
	var own string // a1 made it while still an officer
	b.write(func(ctx context.Context, tx *store.Tx) {
		var err error
		own, err = tx.AddInterpretation(ctx, store.Interpretation{Reading: "R-11", Clause: "附件2 第15项", Body: "按国家认监委理解", FromYear: year, By: "a1", At: b.desk.Clock()})
		b.ok(err)
	})
	for who, told := range map[string]bool{"a1": true, "a2": true, "o1": false, "u1": false} {
		if home := b.as(who).get("/office").Body.String(); strings.Contains(home, "项口径解释等待批准") != told {
			t.Errorf("the first page of %s: %v, want %v", who, !told, told)
		}
	}
	path := "/office/interpretations"
	page := b.as("a1").get(path).Body.String()
	all, err := b.store.Interpretations(ctx)
	b.ok(err)
	fields := []string{}
	for _, i := range all {
		if i.ID == own {
			continue
		}
		fields = append(fields, takeField(i.ID), "1")
		if !strings.Contains(page, `name="`+takeField(i.ID)+`" value="1">`) || !strings.Contains(page, i.Body) || !strings.Contains(page, i.Clause) {
			t.Errorf("%s is not offered with its text, or ticked before it was read", i.ID)
		}
	}
	if strings.Contains(page, takeField(own)) || !strings.Contains(page, own) {
		t.Error("his own is offered, or hidden")
	}
	before := b.head()
	refused := func(name string, code int, say string, fields ...string) {
		t.Helper()
		for _, do := range []string{"check", "submit"} {
			w := b.as("a1").post(path, append(fields, "do", do)...)
			if w.Code != code || b.head() != before || !strings.Contains(w.Body.String(), say) {
				t.Errorf("%s, do=%s: %d %s", name, do, w.Code, summaryOf(w.Body.String()))
			}
		}
	}
	refused("nothing chosen", 422, "没有勾选任何一项")
	refused("unknown", 422, "没有勾选任何一项", "take-2026-99", "1", "take-", "1", "take-释", "1")
	refused("his own", 403, "", append(slices.Clone(fields), takeField(own), "1")...)
	w := b.as("a1").post(path, append(slices.Clone(fields), "do", "check")...)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), all[3].Body) || b.head() != before {
		t.Errorf("check: %d", w.Code)
	}
	b.ok(b.desk.ForceInterpretation(ctx, b.member("a2"), all[2].ID))
	before = b.head()
	refused("one is in force already", 409, all[2].ID+" 已经生效", fields...)
	if w := b.as("a1").post(path, append(slices.Clone(fields), "do", "submit")...); !strings.Contains(w.Body.String(), `name="`+takeField(all[3].ID)+`" value="1" checked`) {
		t.Error("what was ticked is lost")
	}
	b.acts("a1", path, append(slices.Delete(slices.Clone(fields), 4, 6), "do", "submit")...)
	if choices, err := b.store.ChoicesFor(ctx, year); err != nil || len(choices.Unbound()) > 0 {
		t.Errorf("%v %v", choices, err)
	}
}

// GL-35: the launch page says what is lacking and leads there, refuses before it
// shows any letter, and afterwards names an interpretation of every reading.
func TestGL35LaunchOnPagesIsBound(t *testing.T) {
	b := newOffice(t)
	year := campaign.DayOf(b.desk.Clock()).Year() + 1
	fields := append(launchFields(t, year), "rehearsal", "1")
	lead := `href="` + desk.DefaultsPath(year) + `"`
	for path, want := range map[string][]string{
		"/office/launch?year=" + itoa(year):    {lead, "R-02 20% 与累计不超过10分：没有生效的解释", "（11 项）"},
		"/office/preflight?year=" + itoa(year): {lead, "11 项影响得分的口径没有生效的解释", "未完成"},
		"/office/readings":                     {"未经解释确认", "一并制定"},
	} {
		page := b.as("o1").get(path).Body.String()
		for _, say := range want {
			if !strings.Contains(page, say) {
				t.Errorf("%s does not say %q", path, say)
			}
		}
	}
	before := b.head()
	for _, do := range []string{"check", "submit"} {
		w := b.as("o1").post("/office/launch", append(fields, "do", do)...)
		if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(summaryOf(body), "R-34 并列与名次") || !strings.Contains(body, lead) || !strings.Contains(body, "示例发文机关") || b.head() != before {
			t.Errorf("do=%s: %d %s", do, w.Code, summaryOf(body))
		}
	}
	b.acts("o1", "/office/interpret/defaults", append(defaultFields(year), "do", "submit")...)
	all, err := b.store.Interpretations(t.Context())
	b.ok(err)
	var takes []string
	for _, i := range all {
		takes = append(takes, takeField(i.ID), "1")
	}
	b.acts("a1", "/office/interpretations", append(takes, "do", "submit")...)
	page := b.as("o1").get("/office/launch?year=" + itoa(year)).Body.String()
	rules := b.as("").get("/rules").Body.String()
	b.acts("o1", "/office/launch", append(fields, "do", "submit")...)
	after := b.as("").get("/rules").Body.String()
	for _, i := range all {
		if !strings.Contains(page, "（"+i.ID+"）") || !strings.Contains(after, i.ID) {
			t.Errorf("%s: on the launch page %v, on the public page %v", i.ID, strings.Contains(page, i.ID), strings.Contains(after, i.ID))
		}
	}
	if strings.Contains(page, lead) || strings.Contains(after, rubric.ByDefault) || !strings.Contains(rules, rubric.ByDefault) {
		t.Error("a page speaks of defaults that nobody interpreted, or not where it must")
	}
	c, err := b.store.Campaign(t.Context(), year)
	b.ok(err)
	if len(c.Rules.Settings.Readings.Unbound()) > 0 {
		t.Errorf("launched with %v", c.Rules.Settings.Readings)
	}
}

// decidingShots are the pages of an office before its first year: some readings
// wait for an approver, the others have no interpretation.
func (b *bureau) decidingShots() []shot {
	year := campaign.DayOf(b.desk.Clock()).Year() + 1
	var all []desk.InterpretationForm
	for _, row := range switchable()[:4] {
		all = append(all, desk.ByDefault(row, year))
	}
	_, err := b.desk.MakeInterpretations(b.t.Context(), b.member("o2"), all)
	b.ok(err)
	b.write(func(ctx context.Context, tx *store.Tx) {
		_, err = tx.AddInterpretation(ctx, store.Interpretation{Reading: "R-11", Clause: "附件2 第15项", Body: "按国家认监委理解。", FromYear: year, By: "a1", At: b.desk.Clock()})
		b.ok(err)
	})
	y := "?year=" + itoa(year)
	return []shot{{"o1", "defaults", "/office/interpret/defaults" + y}, {"o1", "defaults-all", desk.DefaultsPath(year) + "&all=1"}, {"o1", "defaults-none", "/office/interpret/defaults?year=2000"}, {"a1", "approvals", "/office/interpretations"},
		{"o1", "readings-lacking", "/office/readings"}, {"a1", "readings-waiting", "/office/readings"}, {"a1", "home-waiting", "/office"}, {"o1", "preflight-unbound", "/office/preflight" + y}, {"o1", "launch-unbound", "/office/launch" + y}}
}
