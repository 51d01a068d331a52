package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

// WF-4: an officer suspends a year and lets it go on, with all typed kept where
// something is wrong; the list, the file and the institution's page say so.
func TestWF4SuspensionOnThePages(t *testing.T) {
	b := newBureau(t)
	b.day = time.Date(2025, 12, 8, 9, 0, 0, 0, campaign.Beijing) // evidence is still taken
	b.ok(b.store.SetClock(t.Context(), testYear, b.day, time.Now()))
	o1, ref := b.as("o1"), storetest.Ref(testYear, 5)
	at, list, own := entryPath(ref), yearPath(testYear, "institutions"), "/i/"+ref.ID()
	says := func(who *person, path, part string, yes bool) {
		t.Helper()
		if w := who.get(path); w.Code != http.StatusOK || strings.Contains(w.Body.String(), part) != yes {
			t.Errorf("%s: %d, “%s” should be there: %v", path, w.Code, part, yes)
		}
	}
	refused := func(path, fault, kept string, fields ...string) {
		t.Helper()
		before, w := b.head(), o1.post(path, fields...)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#`+fault+`"`) || !strings.Contains(w.Body.String(), kept) || b.head() != before {
			t.Errorf("%s %v: %d %s", path, fields, w.Code, summaryOf(w.Body.String()))
		}
	}
	says(o1, at, at+"/suspend", true)
	says(o1, at+"/resume", "该机构没有处于暂停", true)
	says(o1, list+"?suspended=1", "没有符合条件的机构", true)
	refused(at+"/suspend", "f-reason", "请填写暂停理由", "reason", "", "do", "check")
	reason := "停业整顿（国认监〔2025〕9号）"
	if w := o1.post(at+"/suspend", "reason", reason, "do", "check"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), reason) {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := o1.post(at+"/suspend", "reason", reason, "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	link := b.ticket(5)
	says(o1, at, "起暂停", true)
	says(o1, at, at+"/suspend", false)
	says(o1, list+"?suspended=1", storetest.Institution(5).Name, true)
	says(o1, at+"/timeline", "登记暂停", true)
	says(link, own, "起暂停", true)
	says(link, own, "暂停中，不计期限", true)
	says(link, own, "申请延期", false)
	says(o1, at+"/leave", string(campaign.WaySuspended), true)
	says(o1, entryPath(storetest.Ref(testYear, 2), "leave"), `value="`+string(campaign.WaySuspended)+`"`, false)

	b.day = b.day.AddDate(0, 0, 30)
	b.ok(b.store.SetClock(t.Context(), testYear, b.day, time.Now()))
	back, err := b.desk.Resumption(t.Context(), b.store.Reader, ref)
	b.ok(err)
	if back.Day <= back.Last {
		t.Fatalf("%+v", back)
	}
	says(o1, at+"/resume", `value="`+string(back.Day)+`"`, true)
	refused(at+"/resume", "f-day", "整顿期满", "day", string(back.Day.Add(-1)), "reason", "整顿期满", "do", "submit")
	refused(at+"/resume", "f-day", "2026-02-30", "day", "2026-02-30", "reason", "整顿期满", "do", "submit")
	refused(at+"/resume", "f-reason", string(back.Day), "day", string(back.Day), "reason", "", "do", "check")
	if w := o1.post(at+"/resume", "day", string(back.Day), "reason", "整顿期满", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	says(link, own, "起暂停", false)
	says(o1, at+"/timeline", "登记恢复", true)
	e, err := b.store.Entry(t.Context(), ref)
	if err != nil || e.SuspendedAt != nil || e.DueDay() != back.Day {
		t.Errorf("%+v %v", e, err)
	}
}
