package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"xuanping/audit"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

// Issue 6: a line names what, by which letter, who in which role, by which
// reading, where in the ledger with its proof and where in the history with a link
// to the event in the engine's own pages; differences are named; the text is the
// command's.
func TestInstitutionTimeline(t *testing.T) {
	b := newBureau(t)
	signHead(t, b.site)
	ref := storetest.Ref(testYear, 3)
	path := entryPath(ref, "timeline")
	leaves, err := b.store.Leaves(t.Context(), ref)
	b.ok(err)
	event := audit.Event{Workflow: ref.ID(), Run: "run-1", ID: 12}
	b.site.Timeline = func(ctx context.Context, at contract.Ref) (audit.Story, error) {
		s, err := audit.TellStory(ctx, b.store.Reader, at, nil)
		for i, l := range s.Lines {
			if l.Leaf.Kind == "result" {
				s.Lines[i].Event, s.Lines[i].Beside, s.Lines[i].Mail, s.Lines[i].Reading = event, "年度流程 事件 12", at.ID()+"/result/1", "R-05 broad"
			}
		}
		s.Lines = append(s.Lines, audit.Line{At: time.Now(), Source: "年度流程 事件 13", Told: "计时届满：复核", Text: "计时届满：复核", Event: audit.Event{Workflow: ref.ID(), Run: "run-1", ID: 13}},
			audit.Line{At: time.Now(), Source: "年度流程 事件 14", Told: "接收消息：计划已报送", Text: "接收消息：计划已报送", Differ: "账本没有相应记录", Event: audit.Event{Workflow: ref.ID(), Run: "run-1", ID: 14}})
		s.Mismatches = append(s.Mismatches, audit.Mismatch{Between: audit.HistoryLedger, Place: "年度流程 事件 14", Say: "账本没有相应记录", Leaf: -1, Event: event}, audit.Mismatch{Between: audit.BookLedger, Place: "表 plan [1]", Say: "数据库的内容与账本所记不同", Leaf: leaves[0].Idx})
		return s, err
	}
	ui := "http://127.0.0.1:8233/namespaces/default/workflows/2025%2F" + ref.Code + "/run-1/history/events/"
	page := b.shows(b.as("u1").get(path), http.StatusOK, "年度时间线", "结果告知", "机构", "系统", "R-05 broad", ui+"12", ui+"14", "共 2 处", audit.HistoryLedger, audit.BookLedger, "表 plan [1]", "不一致：账本没有相应记录", "/proof?index=", "专家")
	if strings.Contains(page, "计时届满") {
		t.Error("the engine's own events are among the records")
	}
	b.shows(b.as("o1").get(path+"?events=all"), http.StatusOK, "计时届满：复核", ui+"13")
	w := b.as("u1").get(path + ".txt")
	b.shows(w, http.StatusOK, "账本 ", "年度流程 事件 13", "不一致 2 处", audit.BookLedger+"  表 plan [1]：数据库的内容与账本所记不同")
	if head := w.Header(); !strings.HasPrefix(head.Get("Content-Type"), "text/plain") || !strings.Contains(head.Get("Content-Disposition"), "timeline-2025-"+ref.Code+".txt") {
		t.Errorf("%v", head)
	}
	proof := b.shows(b.as("u1").get(entryPath(ref, "proof")+"?index="+itoa(int(leaves[0].Idx))), http.StatusOK, "账本第 ", "签署的检查点")
	if !strings.Contains(proof, "proof.json?index=") {
		t.Error("the proof's file is another record's")
	}
	other, err := b.store.Leaves(t.Context(), storetest.Ref(testYear, 1))
	b.ok(err)
	for _, at := range []string{itoa(int(other[0].Idx)), "x", "-1"} {
		if w := b.as("u1").get(entryPath(ref, "proof") + "?index=" + at); w.Code != http.StatusNotFound {
			t.Errorf("index %s: %d", at, w.Code)
		}
	}
}

// Without the engine the page tells the year from score book and ledger and says
// so; a result that is not served stays untold, on the page, in the text and as a proof.
func TestTimelineWithoutTheEngine(t *testing.T) {
	b := newBureau(t)
	signHead(t, b.site)
	path := entryPath(storetest.Ref(testYear, 3), "timeline")
	b.shows(b.as("o1").get(path), http.StatusOK, "没有连接流程引擎", "没有与流程历史核对", "数据库与账本之间没有不一致", "形成结果")
	b.site.Timeline = func(ctx context.Context, at contract.Ref) (audit.Story, error) {
		s, err := audit.TellStory(ctx, b.store.Reader, at, nil)
		s.Cut = "流程超过 100 个，没有逐一核对"
		return s, err
	}
	b.shows(b.as("o1").get(path), http.StatusOK, "流程超过 100 个")
	b.site.Timeline = func(context.Context, contract.Ref) (audit.Story, error) { return audit.Story{}, errors.New("down") }
	b.shows(b.as("o1").get(path), http.StatusInternalServerError)
	b.site.Timeline = nil
	early := storetest.Ref(testYear, 2)
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.AddResult(ctx, early, store.Result{Version: 1, Scored: true, Total: 8000, At: b.day}))
	})
	leaves, err := b.store.Leaves(t.Context(), early)
	b.ok(err)
	for _, at := range []string{entryPath(early, "timeline"), entryPath(early, "timeline") + "?events=all", entryPath(early, "timeline.txt")} {
		if page := b.shows(b.as("o1").get(at), http.StatusOK, "打分表"); strings.Contains(page, "形成结果") {
			t.Errorf("%s tells a result that is not served", at)
		}
	}
	if w := b.as("o1").get(entryPath(early, "proof") + "?index=" + itoa(int(leaves[len(leaves)-1].Idx))); w.Code != http.StatusNotFound {
		t.Errorf("the proof of a result that is not served: %d", w.Code)
	}
	for who, want := range map[string]int{"a1": http.StatusOK, "g1": http.StatusOK, "u1": http.StatusOK, "r1": http.StatusForbidden, "l1": http.StatusForbidden, "m1": http.StatusForbidden} {
		if w := b.as(who).get(path); w.Code != want {
			t.Errorf("%s: %d, want %d", who, w.Code, want)
		}
	}
}
