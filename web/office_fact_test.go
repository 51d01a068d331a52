package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// eventIDs lists an institution's events, oldest first.
func (b *bureau) eventIDs(ref campaign.Ref) (ids []string) {
	b.t.Helper()
	all, err := b.store.Events(b.t.Context(), ref)
	b.ok(err)
	for _, e := range all {
		ids = append(ids, fmt.Sprint(e.ID))
	}
	return ids
}

// AN-16 through the pages: an officer inquires and tells, the approver sees what
// was told and is held until the days are over; what was typed is kept.
func TestAN16ThroughThePages(t *testing.T) {
	b := newBureau(t)
	five := storetest.Ref(testYear, 5)
	b.acts("o1", entryPath(five, "event"), "clause", "16.1", "points", "", "title", "产品质量事件", "source", "处罚决定书3号", "occurred_on", "2025-06-01", "do", "submit")
	id := b.eventIDs(five)[1]
	move := entryPath(five, "event", id, "move")
	b.acts("o1", move, "act", "inquire", "text", "收到处罚决定书")
	w := b.as("o1").post(move, "act", "tell", "text", "经核查属实", "source_kind", "penalty", "relevance", "relevant", "points", "3.5", "severity", "较重", "do", "check")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-points"`) || !strings.Contains(w.Body.String(), "经核查属实") {
		t.Errorf("half points: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	b.acts("o1", move, "act", "tell", "text", "经核查属实", "source_kind", "penalty", "relevance", "relevant", "points", "4", "severity", "影响较广")
	if w := b.as("a1").post(entryPath(five, "event", id), "decision", "confirm", "reason", "属实", "do", "submit"); w.Code != http.StatusConflict {
		t.Errorf("established within the days of the reply: %d", w.Code)
	}
	page := b.as("a1").get(entryPath(five, "event", id)).Body.String()
	for _, want := range []string{"处罚决定", "4.0 分", "尚未陈述", "影响较广", `value="unrelated"`, `value="return"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the approver does not read %q", want)
		}
	}
	file := b.as("u1").get(entryPath(five, "event", id, "file")).Body.String()
	for _, want := range []string{"调查（已告知）", "同一事项的全部影响", "各分值的使用次数", "第 1 号告知"} {
		if !strings.Contains(file, want) {
			t.Errorf("the file does not say %q", want)
		}
	}
	b.acts("a1", entryPath(five, "event", id), "decision", "reject", "reason", "不足以认定")
	b.acts("o1", move, "act", "refer", "text", "移交监管处室（第二十五条）")
}

// Matters through the pages: suggested with why, merged, put back.
func TestMattersThroughThePages(t *testing.T) {
	b := newBureau(t)
	five, one := storetest.Ref(testYear, 5), storetest.Ref(testYear, 1)
	for i, title := range []string{"绿色认证进社区宣传", "“绿色认证进社区”宣传"} {
		b.acts("o1", entryPath([]campaign.Ref{five, one}[i], "event"), "clause", "15.3a", "title", title, "source", "见报", "medium", "新华社", "first", "1", "occurred_on", "2025-06-01", "do", "submit")
	}
	ids := []string{b.eventIDs(five)[1], b.eventIDs(one)[0]}
	here := yearPath(testYear, "matters")
	if page := b.as("u1").get(here).Body.String(); !strings.Contains(page, "名称相近（100%），相隔 0 天") || strings.Contains(page, "kind=merge") {
		t.Error("the auditor should read the suggestion, and no way to act on it")
	}
	form := b.as("o1").get(here + "/act?kind=merge&events=" + strings.Join(ids, ",")).Body.String()
	if !strings.Contains(form, `value="绿色认证进社区宣传"`) {
		t.Error("no name is proposed")
	}
	b.acts("o1", here+"/act", "kind", "merge", "events", strings.Join(ids, ","), "name", "绿色认证进社区", "reason", "同一活动")
	for _, ref := range []campaign.Ref{five, one} {
		if page := b.as("o1").get(entryPath(ref)).Body.String(); !strings.Contains(page, "其他机构也有登记") {
			t.Errorf("%s is not marked", ref.Code)
		}
	}
	acts, err := b.store.MatterActs(t.Context(), testYear)
	b.ok(err)
	b.acts("o1", here+"/act", "kind", "undo", "act", fmt.Sprint(acts[0].ID), "reason", "并非同一活动")
	if page := b.as("o1").get(entryPath(five)).Body.String(); strings.Contains(page, "其他机构也有登记") {
		t.Error("the mark stays after undoing")
	}
	for _, bad := range []string{"", "?kind=merge", "?kind=nothing&events=1", "?kind=undo&act=x", "?kind=split&events=99999999999999999999,-1,abc"} {
		if w := b.as("o1").get(here + "/act" + bad); w.Code >= 500 {
			t.Errorf("%q: %d", bad, w.Code)
		}
	}
}

// PL-3: the counter of 政参 shows n/6; AN-15: what names nothing known is refused with its field.
func TestPL3CounterAndCatalogue(t *testing.T) {
	b := newBureau(t)
	five := storetest.Ref(testYear, 5)
	b.acts("o1", entryPath(five, "adoption"), "kind", "policy", "title", "专报", "source", "第1期", "occurred_on", "2025-06-01", "do", "submit")
	if page := b.as("o1").get(yearPath(testYear)).Body.String(); !strings.Contains(page, "0/6，另有 1 份待确认") {
		t.Error("the board does not count what waits")
	}
	b.acts("a1", entryPath(five, "event", b.eventIDs(five)[1]), "decision", "confirm", "reason", "属实")
	if page := b.as("o1").get(yearPath(testYear, "events")).Body.String(); !strings.Contains(page, "政参 1/6") {
		t.Error("the events page does not count 1/6")
	}
	for _, c := range []struct{ path, fault, keeps string }{
		{"/office/catalogue/edit", "source", "某论坛"}, {"/office/media/edit", "level", "某报社"},
	} {
		w := b.as("o1").post(c.path, "name", c.keeps, "national", "1", "reason", "来函", "do", "submit")
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-`+c.fault+`"`) || !strings.Contains(w.Body.String(), c.keeps) {
			t.Errorf("%s: %d %s", c.path, w.Code, summaryOf(w.Body.String()))
		}
	}
	b.acts("o1", "/office/catalogue/edit", "name", "某论坛", "national", "1", "source", "国办函1号", "reason", "来函")
	b.acts("o1", "/office/media/edit", "name", "某报社", "level", "provincial", "valid_from", "2025-01-01", "source", "主管单位证明")
	for path, want := range map[string]string{"/office/catalogue": "国办函1号", "/office/media": "省部级媒体"} {
		if page := b.as("u1").get(path).Body.String(); !strings.Contains(page, want) || strings.Contains(page, "/edit") {
			t.Errorf("%s for the auditor", path)
		}
	}
}

// AN-6, AN-10: the dossier flags an activity in another row, and counts 进校园 with 进学校.
func TestAN6DossierFlags(t *testing.T) {
	b := newBureau(t)
	five := storetest.Ref(testYear, 5)
	b.ok(b.store.Write(t.Context(), func(tx *store.Tx) error {
		for i, e := range []store.Evidence{{Row: 5, Name: "世界认可日主场.pdf"}, {Row: 6, Name: "交流.pdf", Note: "世界认可日交流会"}, {Row: 10, Name: "进校园.pdf"}, {Row: 10, Name: "进学校.pdf"}} {
			e.Media, e.Size, e.Digest, e.ByName, e.At = "application/pdf", 9, store.Digest(i), "王经办", b.day
			if _, err := tx.AddEvidence(context.Background(), five, e); err != nil {
				return err
			}
		}
		return nil
	}))
	page := b.as("o1").get(entryPath(five)).Body.String()
	if n := strings.Count(page, "同一活动也用于第"); n < 2 || !strings.Contains(page, "进学校 2") {
		t.Errorf("%d flags", n)
	}
	if !strings.Contains(page, "进社区 0") {
		t.Error("kinds without any are not shown")
	}
}
