package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"xuanping/store"
	"xuanping/store/storetest"
)

// proof hands a file in for the institution that r1 scores.
func (b *bureau) proof(name, media string, data []byte) int64 {
	b.t.Helper()
	digest, size, err := b.desk.Blobs.Put(bytes.NewReader(data), 1<<20, nil)
	b.ok(err)
	var id int64
	b.write(func(ctx context.Context, tx *store.Tx) {
		id, err = tx.AddEvidence(ctx, storetest.Ref(testYear, 2), store.Evidence{Row: 3, Name: name, Media: media, Size: size, Digest: digest, ByName: "郑示例（主任）", At: b.day})
		b.ok(err)
	})
	return id
}

func onePixel(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 320, 200))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// RV-2: pictures and PDFs are read beside the mark, and only what its own bytes
// say it is. Nothing in a file can run, and no other site can frame it.
func TestRV2EvidenceIsPreviewedSafely(t *testing.T) {
	b := newBureau(t)
	r1 := b.as("r1")
	picture := b.proof("照片.png", "image/png", onePixel(t))
	lying := b.proof("其实是网页.png", "image/png", []byte("<html><script>alert(1)</script></html>"))
	table := b.proof("台账.xlsx", xlsxType, []byte("PK\x03\x04"))
	view := func(id int64) string { return reviewPath(2, "evidence", fmt.Sprint(id), "view") }
	for _, c := range []struct {
		id    int64
		media string
		code  int
	}{{b.file, pdfType, 200}, {picture, "image/png", 200}, {lying, "", 404}, {table, "", 404}, {999, "", 404}} {
		w := r1.get(view(c.id))
		if w.Code != c.code {
			t.Errorf("%d: %d, want %d", c.id, w.Code, c.code)
			continue
		}
		if w.Code != http.StatusOK {
			continue
		}
		h := w.Header()
		rule := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'none'", "frame-ancestors 'self'", "form-action 'none'"} {
			if !strings.Contains(rule, part) {
				t.Errorf("%s: the policy %q lacks %q", c.media, rule, part)
			}
		}
		if sandboxed := strings.Contains(rule, "sandbox"); sandboxed != (c.media != pdfType) {
			t.Errorf("%s: sandbox %v", c.media, sandboxed)
		}
		if h.Get("Content-Type") != c.media || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Disposition"), "inline") || h.Get("X-Frame-Options") != "SAMEORIGIN" {
			t.Errorf("%s: %v", c.media, h)
		}
	}
	sheet := r1.get(reviewPath(2))
	for _, want := range []string{fmt.Sprintf(`data-view=%q data-as="img"`, view(picture)), fmt.Sprintf(`data-view=%q data-as="iframe"`, view(b.file)), "台账.xlsx"} {
		if !strings.Contains(sheet.Body.String(), want) {
			t.Errorf("the sheet does not hold %s", want)
		}
	}
	if strings.Contains(sheet.Body.String(), view(table)) {
		t.Error("a workbook is offered for preview")
	}
	if p := sheet.Header().Get("Content-Security-Policy"); !strings.Contains(p, "frame-src 'self'") || strings.Contains(p, "object-src") || strings.Contains(p, "unsafe") {
		t.Errorf("the policy of the sheet is %q", p)
	}
	for _, other := range []string{"r3", "r4"} {
		if w := b.as(other).get(view(picture)); w.Code != http.StatusNotFound {
			t.Errorf("%s reads the evidence: %d", other, w.Code)
		}
	}
	if p := b.as("o1").get("/office").Header().Get("Content-Security-Policy"); strings.Contains(p, "frame-src") || strings.Contains(p, "script-src") {
		t.Errorf("other pages may frame or run something: %q", p)
	}
}

// The sheet and the queue say how far a reviewer has come, without a script too.
func TestRV2ProgressIsDrawn(t *testing.T) {
	b := newBureau(t)
	r1 := b.as("r1")
	if w := r1.post(reviewPath(2), "points-1", "8", "reason-1", "一处不足", "points-2", "4.5", "reason-3", "先写理由", "do", "save"); w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d", w.Code)
	}
	sheet := r1.get(reviewPath(2)).Body.String()
	for _, want := range []string{`<span id="given">2</span> / 14 项`, `id="given-sum" class="num">12.5</b> / 100.0`, `aria-label="第 2 项，已打分"`, `aria-label="第 3 项"`, `aria-label="已打分的指标：2 / 14"`} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet does not say %s", want)
		}
	}
	queue := r1.get("/review").Body.String()
	for _, want := range []string{"草稿已打 2 / 14 项", "已提交 1 / 2 家"} {
		if !strings.Contains(queue, want) {
			t.Errorf("the queue does not say %s", want)
		}
	}
}
