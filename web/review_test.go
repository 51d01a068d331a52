package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"xuanping/store/storetest"
)

func reviewPath(i int, more ...string) string {
	return strings.Join(append([]string{"/review/" + storetest.Ref(testYear, i).ID()}, more...), "/")
}

// marksTyped fills the sheet's fields.
func marksTyped(points string) []string {
	var fields []string
	for row := 1; row <= 14; row++ {
		fields = append(fields, fmt.Sprint("points-", row), points, fmt.Sprint("reason-", row), fmt.Sprintf("第%d项材料不全", row))
	}
	return fields
}

// A reviewer meets the institutions whose seat he holds and no others; what
// does not concern him does not exist.
func TestReviewersSeeTheirSeatsOnly(t *testing.T) {
	b := newBureau(t)
	for _, c := range []struct {
		who, path string
		want      int
	}{
		{"r1", reviewPath(2), 200}, {"r2", reviewPath(2), 200}, {"r3", reviewPath(2), 404}, {"r4", reviewPath(2), 404}, {"r1", reviewPath(1), 404},
		{"r1", reviewPath(2, "evidence", fmt.Sprint(b.file)), 200}, {"r3", reviewPath(2, "evidence", fmt.Sprint(b.file)), 404},
		{"r1", reviewPath(3, "evidence", fmt.Sprint(b.file)), 404}, {"r1", reviewPath(2, "evidence", "999"), 404}, {"r1", reviewPath(2, "evidence", "x"), 404},
		{"r4", reviewPath(3, "appeal"), 200}, {"r1", reviewPath(3, "appeal"), 404}, {"r3", reviewPath(3, "appeal"), 404}, {"r4", reviewPath(2, "appeal"), 404},
		{"r1", "/review/2025/CNCA-R-2002-99", 404}, {"r1", "/review/1999/" + storetest.Code(2), 404},
	} {
		if w := b.as(c.who).get(c.path); w.Code != c.want {
			t.Errorf("%s as %s: %d, want %d", c.path, c.who, w.Code, c.want)
		}
	}
	if w := b.as("r3").post(reviewPath(2), marksTyped("5")...); w.Code != http.StatusNotFound {
		t.Errorf("a sheet without a seat: %d", w.Code)
	}
}

var hrefs = regexp.MustCompile(`href="(/review[^"#]*)"`)

// crawl reads every page that a reviewer can reach from his queue.
func (p *person) crawl() map[string]string {
	pages, todo := map[string]string{}, []string{"/review"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if _, seen := pages[at]; seen {
			continue
		}
		pages[at] = p.get(at).Body.String()
		for _, m := range hrefs.FindAllStringSubmatch(pages[at], -1) {
			todo = append(todo, m[1])
		}
	}
	return pages
}

// Neither before nor after handing in does a reviewer find another's name,
// marks or reasons anywhere.
func TestReviewIsBlind(t *testing.T) {
	b := newBureau(t)
	r1 := b.as("r1")
	look := func(when string) {
		pages := r1.crawl()
		if len(pages) < 3 {
			t.Fatalf("%s: only %d pages", when, len(pages))
		}
		for path, body := range pages {
			for _, secret := range []string{"评审乙", "评审丙", "评审丁", "二号评审的理由", "经费 20 万元", ">8.5<", `"r2"`, "/r2", "经办甲"} {
				if strings.Contains(body, secret) {
					t.Errorf("%s %s shows %q", when, path, secret)
				}
			}
		}
	}
	look("before")
	w := r1.post(reviewPath(2), append(marksTyped("4.5"), "do", "submit")...)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `id="receipt-number"`) || !strings.Contains(w.Body.String(), "（逾期）") {
		t.Fatalf("handing in: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	look("after")
	if page := r1.get(reviewPath(2)).Body.String(); !strings.Contains(page, "不能修改") || !strings.Contains(page, "63.0") || strings.Contains(page, `name="points-1"`) {
		t.Error("the sheet that was handed in is not shown as such")
	}
	before := b.head()
	if w := r1.post(reviewPath(2), append(marksTyped("5"), "do", "submit")...); w.Code != http.StatusConflict && w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a second sheet: %d", w.Code)
	}
	if w := r1.post(reviewPath(2), append(marksTyped("5"), "do", "save")...); w.Code != http.StatusConflict {
		t.Errorf("a draft after the sheet: %d", w.Code)
	}
	if b.head() != before {
		t.Error("a second sheet left a record")
	}
}

// What was typed comes back: from a refused form, from the check page, from a draft.
func TestSheetKeepsWhatWasTyped(t *testing.T) {
	b := newBureau(t)
	r1 := b.as("r1")
	typed := append(marksTyped("4.5"), "points-1", "十分", "points-2", "4.25", "points-3", "", "points-4", "99")
	for _, do := range []string{"submit", "check"} {
		w := r1.post(reviewPath(2), append(typed, "do", do)...)
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `value="十分"`) || !strings.Contains(body, "第14项材料不全") || !strings.Contains(body, `href="#f-points-1"`) {
			t.Errorf("%s: %d %s", do, w.Code, summaryOf(body))
		}
	}
	typed = append(marksTyped("4.5"), "points-2", "4.25", "points-3", "", "points-4", "99")
	for _, do := range []string{"submit", "check"} {
		w := r1.post(reviewPath(2), append(typed, "do", do)...)
		for _, row := range []string{"2", "3", "4"} {
			if !strings.Contains(w.Body.String(), `href="#f-points-`+row+`"`) {
				t.Errorf("%s: no fault for row %s: %s", do, row, summaryOf(w.Body.String()))
			}
		}
	}
	w := r1.post(reviewPath(2), "points-1", "8", "reason-1", "一处不足", "reason-2", "先写理由", "do", "save")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	page := r1.get(w.Header().Get("Location")).Body.String()
	for _, want := range []string{`name="points-1" value="8.0"`, "一处不足", "先写理由", "草稿已保存", `name="points-2" value=""`} {
		if !strings.Contains(page, want) {
			t.Errorf("the draft does not show %q", want)
		}
	}
	if page := b.as("r2").get(reviewPath(2)).Body.String(); strings.Contains(page, "先写理由") {
		t.Error("another reviewer reads the draft")
	}
	before := b.head()
	w = r1.post(reviewPath(2), append(marksTyped("4.5"), "do", "check")...)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `name="points-14" value="4.5"`) || b.head() != before {
		t.Errorf("check: %d", w.Code)
	}
}

func TestAppealIsDecided(t *testing.T) {
	b := newBureau(t)
	r4 := b.as("r4")
	page := r4.get(reviewPath(3, "appeal")).Body.String()
	for _, want := range []string{"第三项材料齐全", "原得分 3.75，满分 5.0", `name="after-3" value="3.75"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the appeal does not show %q", want)
		}
	}
	if strings.Contains(page, "评审甲") || strings.Contains(page, "评审丙") {
		t.Error("the decider reads who scored")
	}
	if w := r4.post(reviewPath(3, "appeal"), "after-3", "2", "reason-3", "降低", "do", "submit"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-after-3"`) || !strings.Contains(w.Body.String(), "降低") {
		t.Errorf("lowering: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := r4.post(reviewPath(3, "appeal"), "after-3", "4.5", "reason-3", "材料补充属实", "do", "check"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "4.5 分") {
		t.Errorf("check: %d", w.Code)
	}
	w := r4.post(reviewPath(3, "appeal"), "after-3", "4.5", "reason-3", "材料补充属实", "do", "submit")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `id="receipt-number"`) {
		t.Fatalf("deciding: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	if page := r4.get(reviewPath(3, "appeal")).Body.String(); !strings.Contains(page, "材料补充属实") || strings.Contains(page, `name="after-3"`) {
		t.Error("the decision is not shown as done")
	}
}
