package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// decided is a year whose results are all final on the day of publication.
func (b *bureau) decided() {
	b.t.Helper()
	three := storetest.Code(3)
	b.exec("update entry set stage = 'left', left_how = 'withdrawn', due = null where code <> $1 and stage <> 'closed'", three)
	b.exec("update entry set stage = 'final', due = null where code = $1", three)
	c, err := b.store.Campaign(b.t.Context(), testYear)
	b.ok(err)
	b.day = c.Rules.Calendar.Publication.Morning()
	b.ok(b.store.SetClock(b.t.Context(), testYear, b.day, time.Now()))
}

// refusedForm posts a form that is to be shown again with faults at the fields
// named, and with what was typed.
func (b *bureau) refusedForm(p *person, path string, faults []string, typed string, fields ...string) {
	b.t.Helper()
	before := b.head()
	w := p.post(path, append(fields, "do", "submit")...)
	body := w.Body.String()
	if w.Code != http.StatusUnprocessableEntity || b.head() != before {
		b.t.Errorf("%s %v: %d %s", path, fields, w.Code, summaryOf(body))
	}
	for _, name := range faults {
		if !strings.Contains(body, `href="#f-`+name+`"`) {
			b.t.Errorf("%s %v: no fault at %s: %s", path, fields, name, summaryOf(body))
		}
	}
	if !strings.Contains(body, typed) {
		b.t.Errorf("%s: %q is gone", path, typed)
	}
}

func (b *bureau) goesTo(w interface {
	Header() http.Header
}, want string) {
	b.t.Helper()
	if got := w.Header().Get("Location"); got != want {
		b.t.Errorf("leads to %q, want %q", got, want)
	}
}

var stepOn = regexp.MustCompile(`name="step" value="([^"]+)"`)

// PL-4 through the pages: a draft is laid, six persons' steps are taken in order,
// and only then the year is published.
func TestPL4ReviewThroughThePages(t *testing.T) {
	b := newBureau(t)
	b.decided()
	o1, lay, step := b.as("o1"), releasePath(testYear, "lay"), releasePath(testYear, "step")
	for _, who := range []string{"a1", "g1", "u1", "r1", "l1", "m1", "h1"} {
		b.untouchedForm(who, lay, "note", "送审")
	}
	b.untouchedForm("u1", step, "draft", "1", "step", "review-1", "verdict", "pass")
	if w := o1.post(yearPath(testYear, "publish"), "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("published without a review: %d", w.Code)
	}
	before := b.head()
	if w := o1.post(lay, "note", "请审校全文", "do", "check"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "请审校全文") || b.head() != before {
		t.Errorf("check: %d", w.Code)
	}
	b.goesTo(o1.post(lay, "note", "请审校全文", "do", "submit"), releasePath(testYear)+"?done=laid")
	b.untouchedForm("o1", step, "draft", "1", "step", "review-1", "verdict", "pass") // his own draft
	o2 := b.as("o2")
	b.refusedForm(o2, step, []string{"verdict"}, "名单与得分一致", "draft", "1", "step", "review-1", "reason", "名单与得分一致")
	b.refusedForm(o2, step, []string{"reason"}, `value="return" checked`, "draft", "1", "step", "review-1", "verdict", "return")
	if w := o2.post(step, "draft", "1", "step", "proof-1", "verdict", "pass", "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("out of turn: %d", w.Code)
	}
	for i, who := range []string{"o2", "g1", "a1", "o1", "a2", "g1"} {
		p := b.as(who)
		m := stepOn.FindStringSubmatch(p.get(step).Body.String())
		if want := string(campaign.ReleaseSteps()[i]); m == nil || m[1] != want {
			t.Fatalf("the page of %s offers %v, want %s", who, m, want)
		}
		fields := []string{"draft", "1", "step", m[1], "verdict", "pass", "reason", "无误"}
		if i == 5 {
			b.refusedForm(p, step, []string{"alone"}, "无误", fields...)
			fields = append(fields, "alone", "校对人员出差")
		}
		if w := p.post(step, append(fields, "do", "check")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), campaign.ReleaseSteps()[i].Chinese()) {
			t.Errorf("check of %s: %d", m[1], w.Code)
		}
		b.goesTo(p.post(step, append(fields, "do", "submit")...), releasePath(testYear)+"?done=stepped")
	}
	page := o1.get(releasePath(testYear)).Body.String()
	for _, word := range []string{"审校完成", "经办乙", "法制甲", "校对人员出差"} {
		if !strings.Contains(page, word) {
			t.Errorf("the record does not show %s", word)
		}
	}
	b.goesTo(o1.post(yearPath(testYear, "publish"), "do", "submit"), yearPath(testYear)+"?done=publish")
}

// untouchedForm posts what the person may not do.
func (b *bureau) untouchedForm(who, path string, fields ...string) {
	b.t.Helper()
	before := b.head()
	if w := b.as(who).post(path, append(fields, "do", "submit")...); w.Code != http.StatusForbidden || b.head() != before {
		b.t.Errorf("%s posts to %s: %d", who, path, w.Code)
	}
}

// PL-13 through the pages: a correction is registered, and its version is public
// only after three reviews of its own.
func TestPL13CorrectionThroughThePages(t *testing.T) {
	b := newBureau(t)
	b.decided()
	o1, path, reissue := b.as("o1"), releasePath(testYear, "correct"), releasePath(testYear, "reissue")
	typed := []string{"kind", "text", "reason", "专题报告第三段的数字有误", "basis", "核查结论〔2026〕1号"}
	if w := o1.post(path, append(typed, "do", "submit")...); w.Code != http.StatusConflict {
		t.Errorf("corrected before publication: %d", w.Code)
	}
	storetest.Reviewed(t, b.store, testYear, b.day)
	b.write(func(ctx context.Context, tx *store.Tx) {
		d, err := tx.LastDraft(ctx, testYear)
		b.ok(err)
		b.ok(tx.AddRelease(ctx, d, "o1", b.day))
		b.ok(tx.AddPublication(ctx, testYear, "o1", b.day, map[string]int{}))
	})
	for _, who := range []string{"a1", "g1", "u1", "r1"} {
		b.untouchedForm(who, path, typed...)
		b.untouchedForm(who, reissue)
	}
	b.refusedForm(o1, path, []string{"kind", "basis"}, "写到一半", "reason", "写到一半")
	b.refusedForm(o1, path, []string{"code"}, "核查结论", "kind", "remove", "code", storetest.Code(1), "reason", "证书撤销", "basis", "核查结论")
	if w := o1.post(reissue, "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("a new version without a correction: %d", w.Code)
	}
	if w := o1.post(path, append(typed, "do", "check")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "专题报告第三段的数字有误") {
		t.Errorf("check: %d", w.Code)
	}
	b.goesTo(o1.post(path, append(typed, "do", "submit")...), releasePath(testYear)+"?done=corrected")
	if w := o1.post(reissue, "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("a new version without its reviews: %d", w.Code)
	}
	storetest.Reviewed(t, b.store, testYear, b.day)
	if w := o1.post(reissue, "do", "check"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "第 2 版") {
		t.Errorf("check of the new version: %d", w.Code)
	}
	b.goesTo(o1.post(reissue, "do", "submit"), releasePath(testYear)+"?done=reissued")
	all, err := b.store.Releases(t.Context(), testYear)
	b.ok(err)
	if len(all) != 2 || all[1].Version != 2 {
		t.Errorf("%d versions", len(all))
	}
	if page := b.as("").get("/results/" + itoa(testYear)).Body.String(); !strings.Contains(page, "专题报告第三段的数字有误") {
		t.Error("the public page does not tell what was corrected")
	}
}

// The year plan through its forms: who may, what is refused with what was typed,
// and what the page shows afterwards.
func TestYearPlanThroughThePages(t *testing.T) {
	b := newBureau(t)
	o1, item, done := b.as("o1"), yearPlanPath(testYear, "item"), yearPlanPath(testYear)+"?done=planned"
	fields := []string{"no", "0", "day", "2025-06-09", "title", "世界认可日主题宣传", "lead", "认证监管处", "reason", "年度部署"}
	for _, who := range []string{"a1", "g1", "u1", "r1"} {
		b.untouchedForm(who, item, fields...)
		b.untouchedForm(who, yearPlanPath(testYear, "mark"), "no", "1", "mark", "done")
		b.untouchedForm(who, yearPlanPath(testYear, "calendar"))
	}
	b.refusedForm(o1, item, []string{"day", "lead", "reason"}, "世界认可日主题宣传", "no", "0", "day", "1999-06-09", "title", "世界认可日主题宣传")
	before := b.head()
	if w := o1.post(item, append(fields, "do", "check")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "2025年6月9日") || b.head() != before {
		t.Errorf("check: %d", w.Code)
	}
	b.goesTo(o1.post(item, append(fields, "do", "submit")...), done)
	if w := o1.get(item + "?no=1"); !strings.Contains(w.Body.String(), `value="世界认可日主题宣传"`) {
		t.Errorf("the item cannot be edited: %d", w.Code)
	}
	mark := yearPlanPath(testYear, "mark")
	b.refusedForm(o1, mark, []string{"mark"}, "已举办三场", "no", "1", "note", "已举办三场")
	b.refusedForm(o1, mark, []string{"note"}, `value="undone" checked`, "no", "1", "mark", "undone")
	if w := o1.post(mark, "no", "99", "mark", "done", "do", "submit"); w.Code != http.StatusNotFound {
		t.Errorf("an item that is not there: %d", w.Code)
	}
	b.goesTo(o1.post(mark, "no", "1", "mark", "done", "note", "已举办三场", "do", "submit"), done)
	b.goesTo(o1.post(yearPlanPath(testYear, "calendar")), done)
	page := b.as("u1").get(yearPlanPath(testYear)).Body.String()
	for _, word := range []string{"世界认可日主题宣传", "已完成", "已举办三场", "年度评价："} {
		if !strings.Contains(page, word) {
			t.Errorf("the plan does not show %s", word)
		}
	}
}
