package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xuanping/store"
	"xuanping/store/storetest"
)

var evidenceFields = []string{"row", "5", "note", "现场照片", "declared", "1", "name", "王经办", "post", "主任"}

const tinyPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// With a scanner, nothing is given out before its verdict, and what it found
// something in is not given out at all.
func TestS2bWaitsForTheVerdict(t *testing.T) {
	v, by := atPlanning(t)
	v.srv.Desk.Scanned = true
	want(t, v.upload(own1("evidence"), by, "a.pdf", []byte(tinyPDF), evidenceFields...), 303)
	want(t, v.upload(own1("evidence"), by, "b.pdf", []byte(tinyPDF+" "), evidenceFields...), 303)
	all, err := v.st.EvidenceOf(t.Context(), storetest.Ref(siteYear, 1))
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	want(t, v.get(own1("evidence"), by), 200, checkWaits)
	want(t, v.get(own1("evidence/"+itoa(int(all[0].ID))), by), 409, "正在进行安全检查")
	for i, e := range all {
		f := store.Unscanned{Digest: e.Digest, Year: siteYear, Code: storetest.Code(1)}
		if err := v.st.AddFileScan(context.Background(), f, i == 0, []string{"", "Eicar"}[i], v.now); err != nil {
			t.Fatal(err)
		}
	}
	want(t, v.get(own1("evidence/"+itoa(int(all[0].ID))), by), 200, "%PDF-")
	want(t, v.get(own1("evidence/"+itoa(int(all[1].ID))), by), 410, "没有通过安全检查")
	a := v.get(own1("evidence"), by)
	if want(t, a, 200, checkBad); strings.Contains(a.body, checkWaits) {
		t.Error("still waiting")
	}
	want(t, v.get(own1(""), by), 200, "一份文件没有通过安全检查")
}

// A third file at once is refused before it was sent; when one is through,
// the next may come.
func TestS2TwoUploadsAtOnce(t *testing.T) {
	v, by := atPlanning(t)
	refused := make(chan struct{}) // the files end after the third was refused
	send := func() (*io.PipeWriter, chan answer) {
		var b bytes.Buffer
		kind := newMultipart(&b, evidenceFields, "file", "a.pdf", []byte(tinyPDF))
		from, to := io.Pipe()
		r := httptest.NewRequest(http.MethodPost, own1("evidence"), from)
		r.Header.Set("Content-Type", kind)
		done := make(chan answer, 1)
		go func() { done <- v.send(r, by) }()
		if _, err := to.Write(b.Bytes()[:100]); err != nil { // its handler is reading
			t.Fatal(err)
		}
		go func() {
			<-refused
			_, _ = to.Write(b.Bytes()[100:])
		}()
		return to, done
	}
	one, first := send()
	two, second := send()
	v.srv.uploads.mu.Lock()
	n := 0
	for _, k := range v.srv.uploads.now {
		n += k
	}
	v.srv.uploads.mu.Unlock()
	_ = n
	third := v.upload(own1("evidence"), by, "c.pdf", []byte(tinyPDF+"3"), evidenceFields...)
	if want(t, third, 409, "同时只能上传 2 个文件"); third.head.Get("Connection") != "close" {
		t.Error("the rest of the file would be waited for")
	}
	close(refused)
	<-first
	<-second
	_, _ = one.Close(), two.Close()
	want(t, v.upload(own1("evidence"), by, "c.pdf", []byte(tinyPDF+"3"), evidenceFields...), 303)
	want(t, v.get(own1(""), by), 200) // pages are no uploads
}

// A body that breaks off, has no end, or heads of megabytes leave nothing (S2a).
func TestS2aHostileBodies(t *testing.T) {
	v, by := atPlanning(t)
	before := v.book()
	post := func(kind string, body io.Reader) answer {
		r := httptest.NewRequest(http.MethodPost, own1("evidence"), body)
		r.Header.Set("Content-Type", kind)
		return v.send(r, by)
	}
	var b bytes.Buffer
	kind := newMultipart(&b, evidenceFields, "file", "a.pdf", []byte(tinyPDF))
	whole := b.String()
	for _, cut := range []int{10, 200, len(whole) / 2, len(whole) - 40, len(whole) - 5} {
		if a := post(kind, strings.NewReader(whole[:cut])); a.code < 400 && !strings.Contains(whole[:cut], "%%EOF\n\r\n--") {
			t.Errorf("cut at %d: %d", cut, a.code)
		}
	}
	bound := kind[strings.Index(kind, "boundary=")+9:]
	big := "--" + bound + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + strings.Repeat("长", 4<<20) + ".pdf\"\r\n\r\nx\r\n--" + bound + "--\r\n"
	if a := post(kind, strings.NewReader(big)); a.code < 400 {
		t.Errorf("a head of %d bytes: %d", len(big), a.code)
	}
	endless := io.MultiReader(strings.NewReader(whole[:len(whole)-60]), nothing{})
	if a := post(kind, endless); a.code != http.StatusRequestEntityTooLarge && a.code != http.StatusUnprocessableEntity {
		t.Errorf("an endless body: %d", a.code)
	}
	if a := post("multipart/form-data", strings.NewReader(whole)); a.code != 422 {
		t.Errorf("without a boundary: %d", a.code)
	}
	after := v.book()
	for table, sum := range before {
		if after[table] != sum {
			t.Errorf("%s changed", table)
		}
	}
	if n, err := v.srv.Desk.Blobs.Digests(); err != nil || len(n) != 0 {
		t.Errorf("%d files lie in the store, %v", len(n), err)
	}
}

type nothing struct{}

func (nothing) Read(p []byte) (int, error) { clear(p); return len(p), nil }
