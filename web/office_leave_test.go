package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"xuanping/store"
	"xuanping/store/storetest"
)

// A merger asks for the successor, and keeps what was typed; the files of both,
// and the successor's own page, tell of it (WF-4).
func TestWF4MergerNamesTheSuccessor(t *testing.T) {
	b := newBureau(t)
	o1 := b.as("o1")
	path := yearPath(testYear, "i", storetest.Code(5), "leave")
	typed := []string{"how", "merged", "reason", "国认监〔2025〕9号"}
	for name, successor := range map[string]string{"none": "", "itself": storetest.Code(5), "nobody": "CNCA-R-1999-999"} {
		w := o1.post(path, append(typed, "successor", successor, "do", "submit")...)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-successor"`) || !strings.Contains(w.Body.String(), "国认监〔2025〕9号") {
			t.Errorf("%s: %d %s", name, w.Code, summaryOf(w.Body.String()))
		}
	}
	typed = append(typed, "successor", storetest.Code(1))
	if w := o1.post(path, append(typed, "do", "check")...); !strings.Contains(w.Body.String(), storetest.Institution(1).Name) {
		t.Errorf("the check page does not name the successor: %d", w.Code)
	}
	if w := o1.post(path, append(typed, "do", "submit")...); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	b.write(func(ctx context.Context, tx *store.Tx) { // as the workflow has it done
		b.ok(tx.SetSucceeded(ctx, storetest.Ref(testYear, 5), "merged", storetest.Code(1), b.day))
	})
	for who, x := range map[string][2]string{
		"merged":    {o1.get(yearPath(testYear, "i", storetest.Code(5))).Body.String(), "i/" + storetest.Code(1) + `">` + storetest.Institution(1).Name},
		"successor": {o1.get(yearPath(testYear, "i", storetest.Code(1))).Body.String(), "本机构承继"},
		"own page":  {b.ticket(1).get("/i/" + storetest.Ref(testYear, 1).ID()).Body.String(), "贵机构承继：" + storetest.Institution(5).Name},
	} {
		if !strings.Contains(x[0], x[1]) {
			t.Errorf("%s does not tell of the merger", who)
		}
	}
}
