package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// RW-8: the list names every institution with each criterion; one that meets
// the criteria without a case is open until an officer says why, who may also
// propose it.
func TestRW8ConsistencyPage(t *testing.T) {
	b := newBureau(t)
	at := yearPath(testYear, "consistency")
	closed := func(i int, total rubric.Points) {
		ref := storetest.Ref(testYear, i)
		b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error {
			b.to(t.Context(), tx, i, append(toScoring, campaign.Served, campaign.Final, campaign.Closed)...)
			return tx.AddResult(t.Context(), ref, store.Result{Version: 1, Scored: true, Total: total, At: b.day})
		}))
	}
	closed(6, 40*rubric.Point)
	page := b.as("u1").get(at).Body.String()
	for i := 1; i <= 6; i++ {
		if !strings.Contains(page, storetest.Institution(i).Name) {
			t.Errorf("institution %d is not listed", i)
		}
	}
	if !strings.Contains(page, "有 1 家机构符合标准而未提请") || !strings.Contains(page, "缺少理由") || strings.Contains(page, "/propose") {
		t.Errorf("%s", summaryOf(page))
	}
	form := entryPath(storetest.Ref(testYear, 6), "propose")
	if !strings.Contains(b.as("o1").get(at).Body.String(), form) {
		t.Error("the officer is offered no way to explain")
	}
	for _, bad := range [][]string{{"act", "", "text", "理由"}, {"act", "skip", "text", " "}, {"act", "propose", "text", "隐瞒不报", "do", "submit"}} {
		before := b.head()
		if w := b.as("o1").post(form, bad...); w.Code != http.StatusUnprocessableEntity || b.head() != before {
			t.Errorf("%v: %d", bad, w.Code)
		}
	}
	b.acts("o1", form, "act", "skip", "text", "同一事实已由地方处理", "do", "submit")
	page = b.as("u1").get(at).Body.String()
	if strings.Contains(page, "缺少理由") || !strings.Contains(page, "同一事实已由地方处理") {
		t.Error("the reason is not listed")
	}
	b.acts("o1", form, "act", "propose", "ground-risk", "1", "text", "=隐瞒不报", "do", "submit")
	w, err := b.store.Warning(t.Context(), storetest.Ref(testYear, 6))
	b.ok(err)
	if !w.Hand || w.Grounds[0].Code != rubric.GroundRisk {
		t.Errorf("%+v", w)
	}
}

// RW-3: the legal checker reads the case and acts only in his turn.
func TestRW3LegalCheckerOnThePage(t *testing.T) {
	b := newBureau(t)
	ref := storetest.Ref(testYear, 4)
	at := yearPath(testYear, "warnings", ref.Code)
	if page := b.as("g1").get(at).Body.String(); !strings.Contains(page, "没有需要您办理的事项") || strings.Contains(page, "<form method=\"post\" action=\""+at) {
		t.Error("the legal checker is offered an act before his turn")
	}
	if w := b.as("g1").post(at, "act", "notice", "text", "事由"); w.Code != http.StatusForbidden {
		t.Errorf("a notice by the legal checker: %d", w.Code)
	}
	b.acts("o1", at, "act", "notice", "text", "拟实施风险警示")
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.AddWarningAct(t.Context(), ref, store.WarningAct{Act: campaign.ActWaive, At: b.day})
		return err
	}))
	if page := b.as("g1").get(at).Body.String(); !strings.Contains(page, `value="pass"`) || !strings.Contains(page, `value="remand"`) || strings.Contains(page, `value="sign"`) {
		t.Error("the legal checker is not offered his acts alone")
	}
	b.acts("g1", at, "act", "pass", "text", "程序合法")
	if page := b.as("a1").get(at).Body.String(); !strings.Contains(page, `value="sign"`) || !strings.Contains(page, `value="talk"`) {
		t.Error("the approver is not offered his acts")
	}
}

// issued brings institution 4's case to a warning that was served, by record.
func (b *bureau) issued(more ...store.WarningAct) {
	b.t.Helper()
	ref := storetest.Ref(testYear, 4)
	acts := append([]store.WarningAct{{Act: campaign.ActNotice, Role: "officer", By: "o1"}, {Act: campaign.ActWindow, Role: "clock"}, {Act: campaign.ActPass, Role: "legal", By: "g1"},
		{Act: campaign.ActSign, Role: "approver", By: "a1"}, {Act: campaign.ActSign, Role: "approver", By: "a2"}, {Act: campaign.ActAck}}, more...)
	b.ok(b.store.Write(b.t.Context(), func(tx *store.Tx) error {
		for _, a := range acts {
			a.At, a.Text = b.day, "意见"
			if _, err := tx.AddWarningAct(b.t.Context(), ref, a); err != nil {
				return err
			}
		}
		b.ok(tx.SetWarningServed(b.t.Context(), ref, "2026-04-01", b.day))
		return tx.SetWarningState(b.t.Context(), ref, campaign.Received, "2026-06-01", b.day)
	}))
}

// RW-7: nothing is public by default; what two made public is listed as long
// as it stands, and goes when it is lifted.
func TestRW7PublicPage(t *testing.T) {
	b := newBureau(t)
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AddPublication(t.Context(), testYear, "o1", b.day, []int{}) }))
	at, name, ref := fmt.Sprintf("/warnings/%d", testYear), storetest.Institution(4).Name, storetest.Ref(testYear, 4)
	shows := func() bool { return strings.Contains(b.as("").get(at).Body.String(), name) }
	b.issued()
	if shows() {
		t.Error("public by default")
	}
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error {
		for _, a := range []store.WarningAct{{Act: campaign.ActOpen, Role: "approver", By: "a1"}, {Act: campaign.ActPublish, Role: "approver", By: "a2"}} {
			a.At = b.day
			if _, err := tx.AddWarningAct(t.Context(), ref, a); err != nil {
				return err
			}
		}
		return nil
	}))
	if !shows() {
		t.Error("not listed though two made it public")
	}
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SetWarningState(t.Context(), ref, campaign.Lifted, "", b.day) }))
	if shows() {
		t.Error("listed though it was lifted")
	}
	if w := b.as("").get("/warnings/2031"); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

// requirements §2 no. 31: the export is marked as reference, reads in a
// spreadsheet and runs nothing there.
func TestWarningsExportIsReferenceOnly(t *testing.T) {
	b := newBureau(t)
	at := yearPath(testYear, "warnings.csv")
	if body := b.as("o1").get(at).Body.String(); strings.Contains(body, storetest.Code(4)) {
		t.Error("a proposal is exported")
	}
	b.issued()
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error {
		in := storetest.Institution(4)
		in.Name = "=cmd|' /C calc'!A0"
		_, _, err := tx.PutInstitutions(context.Background(), []campaign.Institution{in}, "o1", b.day)
		return err
	}))
	w := b.as("u1").get(at)
	body := w.Body.String()
	if !strings.HasPrefix(body, "\ufeff") || !strings.Contains(body, "仅供参考") || !strings.Contains(body, storetest.Code(4)) || !strings.Contains(body, ",'=cmd") || strings.Contains(body, ",=cmd") {
		t.Errorf("%s", body)
	}
	if !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Error(w.Header())
	}
}

// The page of explanation is drawn from the very table: every line of the
// ladder is on it, every state has its place.
func TestLadderPage(t *testing.T) {
	b := newBureau(t)
	page := b.as("").get("/rules/warning").Body.String()
	edges, noted := warningEdges()
	all := strings.Join(noted, "，")
	for _, e := range edges {
		all += "，" + strings.Join(e.Acts, "，")
	}
	for _, m := range campaign.WarningMoves() {
		found := false
		for _, e := range edges {
			found = found || e.To == m.To && (e.From == m.From || e.From == "" && m.From.InForce()) && strings.Contains(strings.Join(e.Acts, "，"), m.Act.Chinese())
		}
		if m.From != m.To && !found || !strings.Contains(all, actorWord(m.Actor)+"："+m.Act.Chinese()) {
			t.Errorf("%v is not drawn", m)
		}
	}
	seen := map[[2]int]campaign.WarningState{}
	for _, s := range campaign.WarningStates() {
		at, placed := places[s]
		if other, taken := seen[at]; !placed || taken {
			t.Errorf("%s stands nowhere or on %s", s, other)
		}
		seen[at] = s
		if !strings.Contains(page, ">"+s.Chinese()+"<") {
			t.Errorf("%s is not on the page", s)
		}
	}
	if n := strings.Count(page, `marker-end="url(#tip)"`); n != len(edges) {
		t.Errorf("%d arrows for %d edges", n, len(edges))
	}
}

// RW-6, AP-1: files go to those whom they concern and to nobody else.
func TestCaseFilesAreForThoseConcerned(t *testing.T) {
	b := newBureau(t)
	digest, size, err := b.desk.Blobs.Put(strings.NewReader("%PDF-1.4\nproof\n%%EOF\n"), 1<<20, nil)
	b.ok(err)
	put := func(i int, about string, row int) {
		b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddCaseFile(t.Context(), storetest.Ref(testYear, i), store.CaseFile{About: about, Row: row, Name: "证明.pdf", Media: "application/pdf", Size: size, Digest: digest, ByName: "王", At: b.day})
			return err
		}))
	}
	put(4, store.AboutRectification, 0)
	put(3, store.AboutAppeal, 3)
	office, review := yearPath(testYear, "warnings", storetest.Code(4), "files", "1"), reviewPath(3, "files", "1")
	for _, c := range []struct {
		who, path string
		code      int
	}{
		{"o1", office, 200}, {"g1", office, 200}, {"r4", office, 403}, {"r4", review, 200}, {"r1", review, 404}, {"o1", review, 403},
		{"o1", yearPath(testYear, "warnings", storetest.Code(3), "files", "1"), 404}, // of an appeal
	} {
		if w := b.as(c.who).get(c.path); w.Code != c.code {
			t.Errorf("%s as %s: %d, want %d", c.path, c.who, w.Code, c.code)
		}
	}
	own := func(i int) string { return "/i/" + storetest.Ref(testYear, i).ID() + "/files/1" }
	if w := b.ticket(4).get(own(4)); w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("its own file: %d", w.Code)
	}
	if w := b.ticket(2).get(own(4)); w.Code == 200 {
		t.Error("another institution's file")
	}
	if page := b.as("r4").get(reviewPath(3, "appeal")).Body.String(); !strings.Contains(page, review) {
		t.Error("the decider is not shown the new evidence")
	}
}

// Every state that an institution hears of says on its first page what to do.
func TestEveryStateHasItsTask(t *testing.T) {
	for _, s := range campaign.WarningStates() {
		if step := steps[s.Outside()]; s != campaign.Proposed && (step.state == "" || step.note == "") {
			t.Errorf("%s says nothing", s)
		}
	}
}
