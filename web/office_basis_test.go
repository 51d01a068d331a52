package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// formed freezes and serves the result of institution 2 as the year does.
func (b *bureau) formed(ref campaign.Ref) {
	b.t.Helper()
	b.write(func(ctx context.Context, tx *store.Tx) {
		card, scored, err := tx.Judge(ctx, rubric.Annex2(), ref)
		b.ok(err)
		b.ok(tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: scored, Total: card.Total, Card: card, At: b.day}))
		b.to(ctx, tx, 2, campaign.Served)
	})
}

// RV-1, WF-5: an institution that has one sheet is listed and says so; the page
// offers both ways, keeps what was typed, and the decision is told to everybody.
func TestRV1BasisOnThePages(t *testing.T) {
	b := newBureau(t)
	ref := storetest.Ref(testYear, 2) // scored by r2 alone; the day of r1 is over
	o1, at, progress := b.as("o1"), entryPath(ref), yearPath(testYear, "reviewers")
	says := func(who *person, path, part string, yes bool) {
		t.Helper()
		if w := who.get(path); w.Code != http.StatusOK || strings.Contains(w.Body.String(), part) != yes {
			t.Errorf("%s: %d, “%s” should be there: %v", path, w.Code, part, yes)
		}
	}
	says(o1, at, "结果暂缓告知", true)
	says(o1, progress, "结果待决定（1）", true)
	says(o1, progress, at+"/basis", true)
	says(b.as("u1"), progress, at+"/basis", false)
	says(o1, at+"/basis", at+"/seat/1", true)
	says(o1, entryPath(storetest.Ref(testYear, 5))+"/basis", "现在没有待决定的事项", true)
	before := b.head()
	if w := o1.post(at+"/basis", "reason", "", "seen", "r2", "do", "check"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-reason"`) {
		t.Errorf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	reason := "第一席两次改派均未取得打分"
	if w := o1.post(at+"/basis", "reason", reason, "seen", "r1", "do", "submit"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), reason) || b.head() != before {
		t.Errorf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := o1.post(at+"/basis", "reason", reason, "seen", "r2", "do", "check"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), reason) || !strings.Contains(w.Body.String(), `name="seen"`) {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := o1.post(at+"/basis", "reason", reason, "seen", "r2", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	says(o1, at, "结果暂缓告知", false)
	says(o1, at, reason, true)
	says(o1, progress, "结果待决定", false)
	says(o1, at+"/timeline", "决定按现有打分形成结果", true)
	b.formed(ref)
	link := b.ticket(2)
	says(link, "/i/"+ref.ID()+"/result", "依据一名评审专家的打分形成", true)
	says(link, "/i/"+ref.ID()+"/result", reason, true)
	says(link, "/i/"+ref.ID()+"/receipt", reason, true)
	says(link, "/i/"+ref.ID()+"/receipt", b.member("o1").Name, false)
	says(o1, at+"/receipt", reason, true)
}

// AP-3, S8: a void decision is shown to officers and auditors, and to nobody who
// decides again.
func TestAP3VoidDecisionOnThePages(t *testing.T) {
	b := newBureau(t)
	ref, words := storetest.Ref(testYear, 3), "材料齐全，予以提高"
	_, err := b.desk.DecideAppeal(t.Context(), b.member("r4"), ref, []desk.Ruling{{Row: 3, After: 500, Reason: words}})
	b.ok(err)
	_, err = b.desk.AddConflict(t.Context(), b.member("o1"), ref, "r4", desk.Said{Kind: campaign.ConflictShares, Text: "经核查持股"})
	b.ok(err)
	now, err := b.store.DeciderOf(t.Context(), ref)
	b.ok(err)
	if now.Reviewer != "r2" {
		t.Fatalf("%+v", now)
	}
	for _, k := range []struct {
		who, path string
		code      int
		seen      bool
	}{
		{"o1", entryPath(ref), http.StatusOK, true}, {"u1", entryPath(ref), http.StatusOK, true}, {"r2", reviewPath(3, "appeal"), http.StatusOK, false}, {"r4", reviewPath(3, "appeal"), http.StatusNotFound, false},
	} {
		w := b.as(k.who).get(k.path)
		if w.Code != k.code || strings.Contains(w.Body.String(), words) != k.seen {
			t.Errorf("%s %s: %d, the void decision should be seen: %v", k.who, k.path, w.Code, k.seen)
		}
	}
	if w := b.as("u1").get(entryPath(ref, "timeline")); !strings.Contains(w.Body.String(), "复核决定作废") {
		t.Error("the timeline does not tell of it")
	}
	if w := b.ticket(3).get("/i/" + ref.ID() + "/appeal"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), words) {
		t.Errorf("the institution: %d", w.Code)
	}
}
