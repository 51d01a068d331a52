package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// interpreted writes an interpretation for a year to come.
func (b *bureau) interpreted(reading, option string) string {
	b.t.Helper()
	id, err := b.desk.MakeInterpretation(b.t.Context(), b.member("o1"), desk.InterpretationForm{Reading: reading, Option: option, Clause: "附件2 第15项第3点", Body: "同一事项按整项计，以最高分计一次。", FromYear: 2090})
	b.ok(err)
	return id
}

func (b *bureau) member(id string) store.Staff {
	b.t.Helper()
	p, err := b.store.Staff(b.t.Context(), id)
	b.ok(err)
	return p
}

// matters gives the third institution two confirmed events of one matter, which
// the broad reading counts once.
func (b *bureau) matters(ctx context.Context, tx *store.Tx) {
	ref := storetest.Ref(testYear, 3)
	for _, e := range []store.Event{{Clause: "15.2a", Points: 300, Title: "承办世界认可日"}, {Clause: "15.3a", Points: 200, Title: "新华社报道世界认可日"}} {
		e.Year, e.Code, e.Matter, e.Source, e.OccurredOn, e.By, e.At = testYear, ref.Code, "世界认可日", "简报", b.day.AddDate(-1, 2, 0), "o1", b.day
		id, err := tx.AddEvent(ctx, e)
		b.ok(err)
		b.ok(tx.AddEventRuling(ctx, ref, id, true, "属实", "a1", b.day))
	}
}

// judgedShots are the pages about readings, receipts and results as a whole.
func (b *bureau) judgedShots() []shot {
	id := b.interpreted("R-05", "broad")
	b.write(b.matters)
	signHead(b.t, b.site)
	y := yearPath(testYear)
	return []shot{
		{"u1", "proof", y + "/i/" + storetest.Code(3) + "/proof"}, {"r2", "proof-sheet", "/review" + strings.TrimPrefix(y, "/office") + "/" + storetest.Code(2) + "/proof"},
		{"o1", "readings", "/office/readings"}, {"o1", "reading", "/office/reading?id=R-05"}, {"o1", "reading-words", "/office/reading?id=R-11"},
		{"o1", "interpret", "/office/interpret?id=R-05"}, {"a1", "interpretation", "/office/interpretation?id=" + url.QueryEscape(id)},
		{"o1", "receipt", y + "/i/" + storetest.Code(3) + "/receipt"}, {"o1", "whatif", y + "/whatif?reading=R-05"}, {"o1", "robust", y + "/robust"}, {"u1", "versions", y + "/versions"},
		{"u1", "timeline", y + "/i/" + storetest.Code(3) + "/timeline"}, {"o1", "timeline-early", y + "/i/" + storetest.Code(2) + "/timeline?events=all"},
	}
}

// GL-35: from the form to the register, by two persons; the public page names it
// only for years launched under it.
func TestGL35RegisterOnPages(t *testing.T) {
	b := newBureau(t)
	page := b.as("u1").get("/office/readings").Body.String()
	for _, row := range rubric.Readings() {
		if !strings.Contains(page, "id="+row.ID+`"`) {
			t.Errorf("%s is missing from the register", row.ID)
		}
	}
	fields := []string{"reading", "R-05", "option", "broad", "clause", "附件2 第15项", "body", "按整项计一次", "from_year", "2090"}
	for _, bad := range [][2]string{{"option", "f-option"}, {"body", "f-body"}, {"from_year", "f-from_year"}} {
		typed := append([]string{}, fields...)
		for i := 0; i < len(typed); i += 2 {
			if typed[i] == bad[0] {
				typed[i+1] = ""
			}
		}
		before := b.head()
		w := b.as("o1").post("/office/interpret", append(typed, "do", "submit")...)
		if w.Code != http.StatusUnprocessableEntity && bad[0] != "from_year" {
			t.Errorf("%s: %d", bad[0], w.Code)
		}
		if body := w.Body.String(); bad[0] != "from_year" && (!strings.Contains(body, `href="#`+bad[1]+`"`) || b.head() != before) {
			t.Errorf("%s: no fault named, or something was recorded", bad[0])
		}
	}
	b.acts("o1", "/office/interpret", fields...)
	all, err := b.store.Interpretations(t.Context())
	b.ok(err)
	id := all[len(all)-1].ID
	if w := b.as("o1").post("/office/interpretation", "id", id, "do", "submit"); w.Code != http.StatusForbidden {
		t.Errorf("an officer approves: %d", w.Code)
	}
	b.acts("a1", "/office/interpretation", "id", id, "do", "submit")
	if page := b.as("o1").get("/office/reading?id=R-05").Body.String(); !strings.Contains(page, "已生效") || !strings.Contains(page, id) {
		t.Error("the register does not tell that it is in force")
	}
	if page := b.as("o1").get("/office/launch?year=2091").Body.String(); !strings.Contains(page, "R-05") || !strings.Contains(page, id) {
		t.Error("the launch page does not show what is frozen")
	}
	rules := b.as("").get("/rules").Body.String()
	if strings.Contains(rules, id) || !strings.Contains(rules, "R-43") {
		t.Error("the public page shows an interpretation for a year that was launched before it, or not all readings")
	}
}

// Feature 1: numbers before names in the register; names on the trial for the office.
func TestFeature1WhatIfPages(t *testing.T) {
	b := newBureau(t)
	b.write(b.matters)
	name := storetest.Institution(3).Name
	if page := b.as("o1").get("/office/reading?id=R-05").Body.String(); strings.Contains(page, name) || !strings.Contains(page, "逐家查看") {
		t.Error("the rule is not decided before names are seen")
	}
	page := b.as("o1").get(yearPath(testYear, "whatif") + "?reading=R-05").Body.String()
	for _, want := range []string{name, "87.5", "85.5", "正式总分不变", "年度尚未走完", "<svg"} {
		if !strings.Contains(page, want) {
			t.Errorf("the trial does not say %q", want)
		}
	}
	for path, code := range map[string]int{"?reading=R-01": 422, "?reading=R-99": 404, "?reading=R-05&option=x": 422} {
		if w := b.as("o1").get(yearPath(testYear, "whatif") + path); w.Code != code {
			t.Errorf("%s: %d, want %d", path, w.Code, code)
		}
	}
}

// What has not been served stays covered on every page of this kind.
func TestViewsOfTheYearCoverWhatIsNotServed(t *testing.T) {
	b := newBureau(t)
	two := storetest.Institution(2).Name // scored, not served
	for _, path := range []string{"/whatif?reading=R-05", "/robust", "/versions"} {
		if page := b.as("o1").get(yearPath(testYear) + path).Body.String(); strings.Contains(page, two) {
			t.Errorf("%s shows %s", path, two)
		}
	}
	if w := b.as("o1").get(yearPath(testYear, "i", storetest.Code(2), "receipt")); w.Code != http.StatusConflict || strings.Contains(w.Body.String(), "二号评审的理由") {
		t.Errorf("a receipt before service: %d", w.Code)
	}
}

// Feature 2: the same tree for the office and, without names, for the
// institution; the file that is taken away holds by itself.
func TestFeature2ReceiptPages(t *testing.T) {
	b := newBureau(t)
	path := "/office/2025/i/" + storetest.Code(3) + "/receipt"
	page := b.as("u1").get(path).Body.String()
	for _, want := range []string{"专家一", "专家二", "两名评审专家评分的平均", "R-05", "82.5", "receipt.json?version=1"} {
		if !strings.Contains(page, want) {
			t.Errorf("the receipt does not say %q", want)
		}
	}
	if strings.Contains(page, "评审甲") {
		t.Error("the receipt names a reviewer")
	}
	v := openSite(t, false, 2)
	served(v)
	own := v.get(own1("receipt"), v.bearer(1))
	want(t, own, 200, "得分依据", "专家二", "媒体报道一次")
	for _, secret := range []string{"评审甲", "评审乙", "r1", storetest.Institution(2).Name} {
		if strings.Contains(own.body, ">"+secret) {
			t.Errorf("the institution reads %q", secret)
		}
	}
	file := v.get(own1("receipt.json"), v.bearer(1))
	r, err := rubric.CheckReceipt([]byte(file.body))
	if err != nil || r.Institution != storetest.Code(1) {
		t.Fatalf("the file does not hold: %v", err)
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(file.body), &tree); err != nil || !strings.Contains(file.head.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %v", err, file.head)
	}
	want(t, v.get(own1("receipt"), v.bearer(2)), 404)
}

// An institution that is not served yet has no receipt, and is told when.
func TestNoReceiptBeforeService(t *testing.T) {
	v, by := atPlanning(t)
	want(t, v.get(own1("receipt"), by), 409, "结果尚未告知")
	want(t, v.get(own1("receipt.json"), by), 409)
}

// AP-4, PL-10: places over all and inside the category on the office's page; the
// public page keeps to the excellent (PL-2).
func TestPL10PlacesOnPages(t *testing.T) {
	b := newBureau(t)
	page := b.as("o1").get(yearPath(testYear, "versions")).Body.String()
	for _, want := range []string{"类别内名次", storetest.Institution(3).Name, "82.5", "目前只有第 1 版结果"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of places does not say %q", want)
		}
	}
	v := openSite(t, false, 6)
	served(v)
	v.write(func(tx *store.Tx) error {
		ctx := context.Background()
		for i := 1; i <= 6; i++ {
			for _, st := range []campaign.Stage{campaign.Final, campaign.Closed} {
				if err := tx.SetStage(ctx, storetest.Ref(siteYear, i), st, "", v.now); err != nil {
					return err
				}
			}
		}
		if _, err := tx.Numbers(ctx, campaign.CertificatePaper.Series(), siteYear, []string{storetest.Code(1)}); err != nil {
			return err
		}
		return tx.AddPublication(ctx, siteYear, "o1", v.now, []int{})
	})
	public := v.get("/results/2026", who{})
	want(t, public, 200, "类别内名次", storetest.Institution(1).Name, `data-label="名次">1<`)
	if strings.Contains(public.body, storetest.Institution(2).Name) {
		t.Error("the public page names one below the excellent")
	}
}

// The page that publishes says how robust the results are and leads to the sheet.
func TestFeature10OnThePublishPage(t *testing.T) {
	b := newBureau(t)
	page := b.as("o1").get(yearPath(testYear, "publish")).Body.String()
	for _, want := range []string{"结果稳健性", yearPath(testYear, "robust")} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	sheet := b.as("a1").get(yearPath(testYear, "robust")).Body.String()
	for _, want := range []string{"不稳健", "<svg", "区间"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet does not say %q", want)
		}
	}
}

func TestSpansStayOnTheirScale(t *testing.T) {
	got := string(spans("x", "标题", []span{{Label: "甲<机构>", At: -600, To: 11000}, {Label: "乙", Low: 8000, High: 9000, At: 8500, Interval: true}}, 9000))
	for _, want := range []string{"甲&lt;机构&gt; 由 -6.0 到 110.0", "乙 85.0，区间 80.0 至 90.0", "stroke-dasharray"} {
		if !strings.Contains(got, want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
	if low, high := scale([]span{{At: -600, To: 11000}}, 9000); low != -1000 || high != 11000 {
		t.Errorf("scale %s to %s", low, high)
	}
	if low, high := scale([]span{{At: 9000, To: 9000}}, 9000); low >= high {
		t.Error("a scale without width")
	}
}
