package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// sampled commits a seed and files two lists of institution 2, whose evidence is closed.
func (b *bureau) sampled() {
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.CommitSpot(ctx, testYear, 2, campaign.RehearsalSeed(testYear), "o1", b.day))
		ref := storetest.Ref(testYear, 2)
		for id, rows := range map[string][]campaign.Record{
			"three-reviews": {{"title": "稿件甲", "review1": "赵一"}, {"title": "稿件乙", "review1": "钱二"}, {"title": "稿件丙", "review1": "孙三"}},
			"disclosure":    {{"item": "认证规则", "url": "https://example.cn/rules"}},
		} {
			_, err := tx.AddRegister(ctx, ref, store.RegisterVersion{Register: id, Schema: campaign.KnownRegisters().Digest, Body: campaign.Filing{Rows: rows}, ByName: "王经办（主任）", At: b.day})
			b.ok(err)
		}
	})
}

// §3 no. 5, GL-13, GL-21: officers draw and reviewers look; the institution
// learns the commitment only, until the results and the seed are public.
func TestGL13SpotPages(t *testing.T) {
	b := newBureau(t)
	b.sampled()
	seed := campaign.RehearsalSeed(testYear)
	o, ref := b.as("o1"), storetest.Ref(testYear, 2)
	of, own := yearPath(testYear, "spots"), "/i/"+ref.ID()+"/spots"
	b.shows(o.get(of), 200, seed.Commitment(), "未抽取", "为证据已截止的机构抽取")
	if w := o.post(of); w.Code != http.StatusSeeOther || w.Header().Get("Location") != of+"?done=drawn&n=1" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	list := entryPath(ref, "spots")
	page := b.shows(o.get(list), 200, "共 3 件，抽中 2 件", "https://example.cn/rules", "待核查", "没有登记，无可抽取")
	r := b.as("r1")
	b.shows(r.get("/review/"+ref.ID()+"/spots"), 200, "抽中 2 件", "/review/"+ref.ID()+"/spots/disclosure/1")
	b.shows(r.get("/review/"+storetest.Ref(testYear, 3).ID()+"/spots"), 200)
	b.shows(r.get("/review/"+storetest.Ref(testYear, 1).ID()+"/spots"), 404)
	at := "/review/" + ref.ID() + "/spots/disclosure/1"
	b.shows(r.get(at), 200, "不自动扣分", "打开网址核对", "链接失效")
	b.shows(r.post(at, "finding", "dead"), 422, "请写明情况")
	b.shows(r.post(at, "finding", "dead", "note", "页面不存在", "do", "check"), 200, "请核对核查结果", "页面不存在")
	if w := r.post(at, "finding", "dead", "note", "页面不存在"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	b.shows(o.get(list), 200, "链接失效", "页面不存在")
	b.shows(o.get(of), 200, "待核查", "核查结果（件）")
	undrawn := "4"
	for i := 1; i <= 3; i++ {
		if !strings.Contains(page, fmt.Sprintf("/three-reviews/%d", i)) {
			undrawn = fmt.Sprint(i)
		}
	}
	b.shows(o.get(list+"/three-reviews/"+undrawn), 404)
	mine := b.ticket(2)
	for _, path := range []string{own, "/spots/" + fmt.Sprint(testYear)} {
		body := b.shows(mine.get(path), 200, seed.Commitment(), "随结果公布")
		for _, no := range []string{seed.String(), "稿件甲", "稿件乙", "抽中 2 件", "页面不存在"} {
			if strings.Contains(body, no) {
				t.Errorf("%s tells %q before the results", path, no)
			}
		}
	}
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.AddPublication(ctx, testYear, "o1", b.day, map[string]int{}))
		b.ok(tx.RevealSpot(ctx, testYear, b.day))
	})
	b.shows(mine.get(own), 200, seed.String(), "本机构抽中的内容", "链接失效")
	b.shows(b.as("").get("/spots/"+fmt.Sprint(testYear)), 200, seed.String())
	b.shows(b.as("").get("/spots/1999"), 404)
	if w := o.get(of); strings.Contains(w.Body.String(), "为证据已截止的机构抽取") {
		t.Error("after the results one may still draw")
	}
}

// shows expects a status and words, and gives the page.
func (b *bureau) shows(w *httptest.ResponseRecorder, code int, words ...string) string {
	b.t.Helper()
	body := w.Body.String()
	if w.Code != code {
		b.t.Fatalf("%d, want %d: %.600s", w.Code, code, body)
	}
	for _, word := range words {
		if !strings.Contains(body, word) {
			b.t.Errorf("%q is not on the page", word)
		}
	}
	return body
}
