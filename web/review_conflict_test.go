package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// conflictOf has o2 register a conflict and gives the address at which it is withdrawn.
func (b *bureau) conflictOf(reviewer string, i int) string {
	b.t.Helper()
	b.write(func(ctx context.Context, tx *store.Tx) {
		_, err := tx.AddConflict(ctx, storetest.Ref(testYear, i), reviewer, campaign.ConflictShares, "经核查持股", "o2", b.day)
		b.ok(err)
	})
	return yearPath(testYear, "conflicts", "withdraw") + "?" + url.Values{"code": {storetest.Code(i)}, "reviewer": {reviewer}, "key": {"said/1"}}.Encode()
}

// traces counts what a page shows of an institution: name, code, digests of its evidence.
func (b *bureau) traces(body string, i int) (n int) {
	b.t.Helper()
	for _, secret := range []string{storetest.Institution(i).Name, storetest.Code(i), storetest.Institution(i).USCC, "活动总结.pdf", "%PDF", "先写理由"} {
		n += strings.Count(body, secret)
	}
	files, err := b.store.EvidenceOf(b.t.Context(), storetest.Ref(testYear, i))
	b.ok(err)
	for _, f := range files {
		n += strings.Count(body, f.Digest) + strings.Count(body, f.Digest[:12])
	}
	return n
}

// S8, RV-1: whoever has a conflict, said by himself, registered by an officer or
// derived from his employer or his address, finds no trace of the institution:
// not on a page that he can reach, not at an address that he knows.
func TestS8ConflictedReviewerFindsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		who      string
		conflict func(b *bureau)
	}{
		"said by himself": {"r1", func(b *bureau) {
			w := b.as("r1").post(fmt.Sprintf("/review/%d/conflicts", testYear), "code", storetest.Code(2), "kind", "family", "text", "配偶任职", "do", "submit")
			if w.Code != http.StatusSeeOther {
				b.t.Fatalf("declaring: %d %s", w.Code, summaryOf(w.Body.String()))
			}
		}},
		"registered by an officer, after his sheet": {"r2", func(b *bureau) {
			b.acts("o1", yearPath(testYear, "conflicts"), "code", storetest.Code(2), "reviewer", "r2", "kind", "advice", "text", "两年前提供咨询")
		}},
		"the same employer": {"r1", func(b *bureau) {
			b.ok(b.desk.AddStaff(b.t.Context(), store.Staff{ID: "r1", Name: "评审甲", Email: "r1@staff.example", Role: campaign.Reviewer, Employer: storetest.Institution(2).USCC}, "0123456789", "o1"))
		}},
		"the same domain": {"r1", func(b *bureau) {
			b.ok(b.desk.AddStaff(b.t.Context(), store.Staff{ID: "r1", Name: "评审甲", Email: "x@Institution.example", Role: campaign.Reviewer}, "0123456789", "o1"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBureau(t)
			b.write(func(_ context.Context, tx *store.Tx) { b.ok(cannedClaim(tx, storetest.Ref(testYear, 2), b.day)) })
			b.as("r1").post(reviewPath(2), "points-1", "8", "reason-1", "先写理由", "do", "save")
			if b.traces(b.as(c.who).get(reviewPath(2)).Body.String(), 2) == 0 {
				t.Fatal("nothing to hide")
			}
			c.conflict(b)
			p := b.as(c.who)
			pages := p.crawl()
			pages["declaration"] = p.get(fmt.Sprintf("/review/%d/conflicts", testYear)).Body.String()
			for path, body := range pages {
				if n := b.traces(body, 2); n != 0 {
					t.Errorf("%s shows %d traces", path, n)
				}
			}
			nowhere := p.get("/review/2025/CNCA-R-2002-998")
			for _, path := range []string{reviewPath(2), reviewPath(2, "sheet.xlsx"), reviewPath(2, "decline"), reviewPath(2, "appeal"), reviewPath(2, "evidence", fmt.Sprint(b.file))} {
				w := p.get(path)
				if w.Code != http.StatusNotFound || b.traces(w.Body.String(), 2) != 0 {
					t.Errorf("%s: %d", path, w.Code)
				}
				if path == reviewPath(2) && w.Body.String() != nowhere.Body.String() {
					t.Error("the answer differs from that to a wrong code")
				}
			}
			two := storetest.Ref(testYear, 2)
			for _, path := range []string{yearPath(testYear, "claims"), yearPath(testYear, "events"), yearPath(testYear, "matters"), entryPath(two, "files", "1"), entryPath(two, "event", b.eventIDs(two)[0], "file")} {
				if w := p.get(path); w.Code < 400 || b.traces(strings.ReplaceAll(w.Body.String(), storetest.Code(2), ""), 2) != 0 {
					t.Errorf("claims at %s: %d", path, w.Code)
				}
			}
			for _, do := range []string{"save", "submit", "check", "autosave"} {
				if w := p.post(reviewPath(2), append(marksTyped("4.5"), "do", do)...); w.Code != http.StatusNotFound || b.traces(strings.ReplaceAll(w.Body.String(), storetest.Code(2), ""), 2) != 0 { // the form that he sent is kept, with his own address
					t.Errorf("do=%s: %d", do, w.Code)
				}
			}
			sheets, err := b.store.SheetsOf(t.Context(), storetest.Ref(testYear, 2))
			b.ok(err)
			for _, s := range sheets {
				if s.Reviewer == c.who {
					t.Error("his marks still count")
				}
			}
			states, err := b.store.Parcels(t.Context(), storetest.Ref(testYear, 2))
			b.ok(err)
			told := false
			for _, x := range states {
				told = told || strings.Contains(x.Key, "/vacated/")
			}
			if !told {
				t.Error("the year is not told that the seat is vacant")
			}
		})
	}
}

// RV-1: nothing is shown or scored before a reviewer has declared his conflicts.
func TestRV1DeclarationComesFirst(t *testing.T) {
	b := newBureau(t)
	b.ok(b.desk.AddStaff(t.Context(), store.Staff{ID: "r9", Name: "评审新", Email: "r9@staff.example", Role: campaign.Reviewer}, "0123456789", "o1"))
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.AddSeat(ctx, storetest.Ref(testYear, 2), 3, "r9", "2026-04-10", b.day))
	})
	p := b.as("r9")
	at := fmt.Sprintf("/review/%d/conflicts", testYear)
	if body := p.get("/review").Body.String(); !strings.Contains(body, "请先完成") || !strings.Contains(body, at) {
		t.Error("the queue does not ask for the declaration")
	}
	if w := p.get(reviewPath(2)); w.Code != http.StatusSeeOther || w.Header().Get("Location") != at {
		t.Errorf("the sheet: %d to %s", w.Code, w.Header().Get("Location"))
	}
	for _, path := range []string{reviewPath(2, "evidence", fmt.Sprint(b.file)), reviewPath(2, "sheet.xlsx")} {
		if w := p.get(path); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	before := b.head()
	if w := p.post(reviewPath(2), append(marksTyped("4.5"), "do", "submit")...); w.Code != http.StatusForbidden || b.head() != before {
		t.Errorf("a sheet before the declaration: %d", w.Code)
	}
	if w := p.post(at, "do", "declare"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-sworn"`) {
		t.Errorf("an empty declaration: %d", w.Code)
	}
	if w := p.post(at, "do", "declare", "sworn", "1"); w.Code != http.StatusSeeOther {
		t.Fatalf("declaring: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := p.get(reviewPath(2)); w.Code != http.StatusOK {
		t.Errorf("after the declaration: %d", w.Code)
	}
	w := p.post(at, "do", "check", "code", storetest.Code(5), "kind", "other", "text", "说明文字")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), storetest.Institution(5).Name) || b.head() == before {
		t.Errorf("check: %d", w.Code)
	}
	if w := p.post(at, "do", "submit", "code", storetest.Code(5), "kind", "other", "text", ""); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-text"`) {
		t.Errorf("其他 without words: %d", w.Code)
	}
}

// RV-1: a reviewer declines with a reason; an officer gives the seat to
// somebody who may have it, and to nobody else.
func TestRV1DeclineAndReassign(t *testing.T) {
	b := newBureau(t)
	b.conflictOf("r3", 2)
	r1, seat := b.as("r1"), yearPath(testYear, "i", storetest.Code(2), "seat", "1")
	if w := r1.post(reviewPath(2, "decline"), "do", "submit"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-reason"`) {
		t.Errorf("without a reason: %d", w.Code)
	}
	if w := r1.post(reviewPath(2, "decline"), "reason", "长期出差", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("declining: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := r1.get(reviewPath(2)); w.Code != http.StatusNotFound {
		t.Errorf("after declining: %d", w.Code)
	}
	if w := b.as("r2").post(reviewPath(2, "decline"), "reason", "反悔", "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("declining after the sheet: %d", w.Code)
	}
	page := b.as("o1").get(yearPath(testYear, "reviewers")).Body.String()
	for _, want := range []string{"空缺", "评审甲（申请退出）：长期出差", seat, "与同席专家的平均分差"} {
		if !strings.Contains(page, want) {
			t.Errorf("the office does not read %q", want)
		}
	}
	form := b.as("o1").get(seat).Body.String()
	if strings.Contains(form, `value="r3"`) || strings.Contains(form, `value="r1"`) || strings.Contains(form, `value="r2"`) || !strings.Contains(form, `value="r4"`) {
		t.Error("the choice is not those who may sit there")
	}
	for _, who := range []string{"r1", "r2", "r3", "zz"} {
		if w := b.as("o1").post(seat, "reviewer", who, "reason", "空缺", "do", "submit"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("to %s: %d", who, w.Code)
		}
	}
	b.acts("o1", seat, "reviewer", "r4", "reason", "原专家退出", "do", "submit")
	if w := b.as("r4").get(reviewPath(2)); w.Code != http.StatusOK {
		t.Errorf("the new holder: %d", w.Code)
	}
	if w := b.as("o1").post(yearPath(testYear, "i", storetest.Code(2), "seat", "2"), "reviewer", "r4", "reason", "换人", "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("taking a sheet from its author: %d", w.Code)
	}
}

// S8: a conflict is withdrawn by two officers.
func TestS8WithdrawalOnPages(t *testing.T) {
	b := newBureau(t)
	address := b.conflictOf("r1", 2)
	u, err := url.Parse(address)
	b.ok(err)
	sign := func(who string) int {
		fields := []string{"reason", "查明不实", "do", "submit"}
		for k, v := range u.Query() {
			fields = append(fields, k, v[0])
		}
		return b.as(who).post(u.Path, fields...).Code
	}
	if got := sign("o1"); got != http.StatusSeeOther || b.as("r1").get(reviewPath(2)).Code != http.StatusNotFound {
		t.Errorf("one signature: %d", got)
	}
	if got := sign("o1"); got != http.StatusConflict {
		t.Errorf("the same officer again: %d", got)
	}
	if page := b.as("u1").get(yearPath(testYear, "conflicts")).Body.String(); !strings.Contains(page, "撤销待第二人签署") || strings.Contains(page, "登记利益冲突") {
		t.Error("the auditor's list")
	}
	if got := sign("o2"); got != http.StatusSeeOther || b.as("r1").get(reviewPath(2)).Code != http.StatusOK {
		t.Errorf("two signatures: %d", got)
	}
}

// The open sheet and a verified paper run a script of the site; no other page may run any.
func TestScriptOnTheSheetOnly(t *testing.T) {
	b := newBureau(t)
	for _, x := range append(b.shots(), b.otherShots()...) {
		w := b.as(x.who).get(x.path)
		csp := w.Header().Get("Content-Security-Policy")
		if open := x.name == "sheet"; strings.Contains(csp, "script-src 'self'") != open || strings.Contains(w.Body.String(), "<script") != open || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", x.name, csp)
		}
	}
	if w := b.as("").get(sheetScript.name); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") || !strings.Contains(w.Body.String(), "autosave") {
		t.Errorf("%s: %d", sheetScript.name, w.Code)
	}
}

// RV-2: the draft saves itself, as far as it can be read, and says when.
func TestAutosave(t *testing.T) {
	b := newBureau(t)
	r1 := b.as("r1")
	w := r1.post(reviewPath(2), "points-1", "8", "reason-1", "一处不足", "points-2", "八分", "reason-3", "先写理由", "do", "autosave")
	if w.Code != http.StatusOK || w.Body.String() != "10:00" && !strings.HasPrefix(w.Body.String(), "10:") {
		t.Errorf("%d %q", w.Code, w.Body.String())
	}
	page := r1.get(reviewPath(2)).Body.String()
	for _, want := range []string{`name="points-1" value="8.0"`, "一处不足", "先写理由"} {
		if !strings.Contains(page, want) {
			t.Errorf("the draft does not hold %q", want)
		}
	}
	if w := b.as("r2").post(reviewPath(2), "points-1", "8", "do", "autosave"); w.Code != http.StatusConflict {
		t.Errorf("a draft after the sheet: %d", w.Code)
	}
}

// GL-29: the setting hides the self-score until the sheet is handed in.
func TestGL29SelfScoreHiddenWhenSet(t *testing.T) {
	b := newBureau(t)
	if !strings.Contains(b.as("r1").get(reviewPath(2)).Body.String(), "自评理由") {
		t.Error("the self-score is not shown without the setting")
	}
	rules := storetest.Rules(t, testYear)
	rules.Settings.HideSelfScore = true
	b.write(func(ctx context.Context, tx *store.Tx) { b.ok(tx.AddRules(ctx, testYear, rules, "o1", b.day)) })
	for _, path := range []string{reviewPath(2), reviewPath(2, "sheet.xlsx")} {
		if body := b.as("r1").get(path).Body.String(); strings.Contains(body, "自评理由") || strings.Contains(body, "机构自评 <b>") {
			t.Errorf("%s shows the self-score", path)
		}
	}
}

// The offline sheet goes out and comes back over HTTP.
func TestOfflineSheetOnPages(t *testing.T) {
	b := newBureau(t)
	r1 := b.as("r1")
	out := r1.get(reviewPath(2, "sheet.xlsx"))
	if out.Code != http.StatusOK || out.Header().Get("Content-Type") != xlsxType || !bytes.HasPrefix(out.Body.Bytes(), []byte("PK")) {
		t.Fatalf("%d %s", out.Code, out.Header().Get("Content-Type"))
	}
	if w := r1.upload(reviewPath(2, "sheet"), "打分表.xlsx", out.Body.String()); w.Code != http.StatusSeeOther {
		t.Errorf("the file as it came: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := r1.upload(reviewPath(2, "sheet"), "x.xlsx", "no zip"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-file"`) {
		t.Errorf("no workbook: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	x, err := excelize.OpenReader(bytes.NewReader(out.Body.Bytes()))
	b.ok(err)
	b.ok(x.SetCellValue(x.GetSheetName(0), "F5", "九"))
	written, err := x.WriteToBuffer()
	b.ok(err)
	faulty := written.String()
	if w := r1.upload(reviewPath(2, "sheet"), "打分表.xlsx", faulty); w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "-faults.xlsx") || !bytes.HasPrefix(w.Body.Bytes(), []byte("PK")) {
		t.Errorf("a browser saves no file of status %d: %s", w.Code, w.Header())
	}
	if w := b.as("r3").upload(reviewPath(2, "sheet"), "x.xlsx", out.Body.String()); w.Code != http.StatusNotFound {
		t.Errorf("without a seat: %d", w.Code)
	}
}
