package desk

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

// zipped makes an archive of the names; a name with "=" has the content after it.
func zipped(t testing.TB, names ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		name, text, _ := strings.Cut(n, "=")
		w, err := z.Create(name)
		must(t, err)
		io.WriteString(w, text)
	}
	must(t, z.Close())
	return b.String()
}

const (
	pngBytes = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x00IEND\xae\x42\x60\x82"
	jpgBytes = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xd9"
	mp4Bytes = "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\x00\x08moov"
	pdfBytes = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

func (h *house) upload(v Visitor, name, data string) (Receipt, error) {
	return h.AddEvidence(h.t.Context(), v, Upload{Row: 5, Name: name, NoState: true, File: strings.NewReader(data)}, signer)
}

func TestEvidenceKinds(t *testing.T) {
	h := newHouse(t)
	v := h.visitor(h.to(1, campaign.Collecting), "act")
	docx := zipped(t, "[Content_Types].xml=<Types/>", "word/document.xml=<w/>")
	good := map[string]string{
		"材料.pdf": pdfBytes, "截图.png": pngBytes, "照片.jpg": jpgBytes, "照片.JPEG": jpgBytes + " ", "视频.mp4": mp4Bytes, "报告.docx": docx,
		"表.xlsx": zipped(t, "xl/workbook.xml=<x/>"), "演示.pptx": zipped(t, "ppt/presentation.xml=<p/>"), "../../etc/passwd.pdf": pdfBytes + " ", `C:\文档\a.pdf`: pdfBytes + "  ",
	}
	for name, data := range good {
		rec, err := h.upload(v, name, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f, err := h.Blobs.Open(rec.Digest)
		must(t, err)
		kept, _ := io.ReadAll(f)
		f.Close()
		if string(kept) != data {
			t.Errorf("%s: other bytes were kept", name)
		}
	}
	all, err := h.Store.EvidenceOf(t.Context(), v.Ref)
	must(t, err)
	for _, e := range all {
		if strings.ContainsAny(e.Name, `/\`) || e.Media != media[strings.ToLower(filepath.Ext(e.Name))] || e.ByName != "王经办（宣传部主任）" {
			t.Errorf("%+v", e)
		}
	}
	if len(all) != len(good) {
		t.Errorf("%d of %d kept", len(all), len(good))
	}
	bomb := zipped(t, "word/document.xml="+strings.Repeat("0", 4<<20))
	for name, data := range map[string]string{
		"程序.pdf": "MZ\x90\x00" + pdfBytes, "断.pdf": "%PDF-1.4\n", "程序.exe": "MZ", "无后缀": pdfBytes, ".": pdfBytes, "": pdfBytes, "网页.html": "<script>", "a.pdf.html": pdfBytes,
		"图.png": jpgBytes, "图.jpg": pngBytes, "视.mp4": "ftyp", "空.pdf": "", "大.pdf": "%PDF-", "包.docx": "PK\x03\x04not an archive",
		"炸弹.docx": bomb, "宏.docx": zipped(t, "word/document.xml=<w/>", "word/vbaProject.bin=x"), "上级.docx": zipped(t, "word/document.xml=<w/>", "../../x=y"),
		"绝对.docx": zipped(t, "word/document.xml=<w/>", "/etc/x=y"), "套娃.docx": zipped(t, "word/document.xml=<w/>", "inner.ZIP=x"), "错.docx": zipped(t, "xl/workbook.xml=<x/>"),
		"附.xlsx": docx, "反斜.docx": zipped(t, "word/document.xml=<w/>", `a\b=y`),
	} {
		h.unchanged(func() {
			_, err := h.upload(v, name, data)
			if err == nil {
				t.Fatalf("%s was taken", name)
			}
			want(t, err, campaign.Invalid)
		})
	}
}

func TestEvidenceRefusals(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	v, view := h.visitor(ref, "act"), h.visitor(ref, "view")
	_, err := h.upload(v, "a.pdf", pdfBytes) // evidence comes in from the first day on
	must(t, err)
	must(t, exec(h, `insert into evidence (year, code, row, name, media, size, digest, note, by_name, at) values ($1,$2,1,'x','x',$3,repeat('a',64),'','x',now())`, testYear, storetest.Code(2), YearLimit-10))
	full := h.visitor(h.to(2, campaign.Collecting), "act")
	h.unchanged(func() {
		_, err := h.upload(v, "b.pdf", pdfBytes)
		want(t, err, campaign.Conflict) // the same bytes for the same row
		_, err = h.upload(view, "b.pdf", pdfBytes+"1")
		want(t, err, campaign.Forbidden)
		_, err = h.AddEvidence(ctx, v, Upload{Row: 15, Name: "x.exe", Note: strings.Repeat("长", 301)}, Signer{})
		want(t, err, campaign.Invalid, "row", "declared", "note", "file", "name", "post")
		_, err = h.upload(full, "a.pdf", pdfBytes)
		want(t, err, campaign.Invalid)
		_, err = h.AddEvidence(ctx, v, Upload{Row: 1, Name: "大.pdf", NoState: true, File: io.MultiReader(strings.NewReader("%PDF-"), io.LimitReader(zeros{}, 51<<20))}, signer)
		want(t, err, campaign.Invalid)
		_, err = h.AddEvidence(ctx, v, Upload{Row: 1, Name: "断线.pdf", NoState: true, File: io.MultiReader(strings.NewReader("%PDF-"), broken{})}, signer)
		if err == nil {
			t.Error("half a file was taken")
		}
	})
	h.to(1, campaign.Collecting)
	end := h.rules.Calendar.EvidenceClose.End()
	h.at(end.Add(-time.Second))
	_, err = h.upload(v, "c.pdf", pdfBytes+"2")
	must(t, err)
	h.at(end)
	h.unchanged(func() {
		_, err := h.upload(v, "d.pdf", pdfBytes+"3")
		want(t, err, campaign.TooLate)
	})
	h.to(1, campaign.SelfScore)
	h.at(end.Add(-time.Second))
	_, err = h.upload(v, "d.pdf", pdfBytes+"3")
	want(t, err, campaign.Conflict)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func FuzzFilename(f *testing.F) {
	for _, s := range []string{"a.pdf", "../../a.pdf", `C:\x\a.PDF`, "a.pdf\x00.exe", "\u202efdp.exe", "  a .pdf  ", strings.Repeat("长", 300) + ".docx", "e\u200d\u0301.pdf", "\xff\xfe.pdf", "...", strings.Repeat("a ", 90), "a\u2028b.pdf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := cleanName(s)
		bad := func(r rune) bool {
			return r == '/' || r == '\\' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
		}
		if !utf8.ValidString(got) || strings.ContainsFunc(got, bad) || utf8.RuneCountInString(got) > 120 || strings.TrimSpace(got) != got {
			t.Fatalf("%q became %q", s, got)
		}
		if again := cleanName(got); again != got {
			t.Fatalf("%q became %q, and that %q", s, got, again)
		}
	})
}

func TestLongNameKeepsItsKind(t *testing.T) {
	for in, want := range map[string]string{
		strings.Repeat("长", 300) + ".docx": strings.Repeat("长", 115) + ".docx",
		strings.Repeat("长", 300) + ".pdf ": strings.Repeat("长", 116) + ".pdf",
		"\u202efdp.exe":                    "fdp.exe",
		"a.pdf\x00.exe":                    "a.pdf.exe",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func FuzzOOXMLWalk(f *testing.F) {
	f.Add([]byte(zipped(f, "word/document.xml=<w/>")), 0)
	f.Add([]byte(zipped(f, "xl/workbook.xml=<x/>", "../x=1")), 1)
	f.Add([]byte("PK\x03\x04"), 2)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, kind int) {
		file, err := os.CreateTemp(dir, "")
		must(t, err)
		defer os.Remove(file.Name())
		defer file.Close()
		file.Write(data)
		exts := []string{".docx", ".xlsx", ".pptx"}
		if officeFault(file, int64(len(data)), exts[uint(kind)%3]) != "" {
			return
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		must(t, err)
		for _, e := range z.File {
			if strings.Contains(e.Name, "..") || strings.HasPrefix(e.Name, "/") || e.UncompressedSize64 > 256<<20 {
				t.Fatalf("taken with %q of %d bytes", e.Name, e.UncompressedSize64)
			}
		}
	})
}
