package desk

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// hostile is a file of the corpus with the verdict it must get: "" it is taken.
type hostile struct {
	name, data, verdict string
}

const taken = ""

// docxWith is a whole document with more entries.
func docxWith(t testing.TB, more ...string) string {
	return zipped(t, append([]string{"[Content_Types].xml=<Types/>", "_rels/.rels=<Relationships/>", "word/document.xml=<w/>"}, more...)...)
}

// packed makes an archive whose entries the caller shapes.
func packed(t testing.TB, shape func(z *zip.Writer)) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("word/document.xml")
	must(t, err)
	io.WriteString(w, "<w/>")
	shape(z)
	must(t, z.Close())
	return b.String()
}

func rawEntry(z *zip.Writer, h zip.FileHeader, data string) {
	w, err := z.CreateRaw(&h)
	if err == nil {
		io.WriteString(w, data)
	}
}

func pngOf(w, h uint32, more string) string {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind, data string) {
		binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.WriteString(kind + data)
		binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE([]byte(kind+data)))
	}
	var size [8]byte
	binary.BigEndian.PutUint32(size[:4], w)
	binary.BigEndian.PutUint32(size[4:], h)
	chunk("IHDR", string(size[:])+"\x08\x02\x00\x00\x00")
	chunk("IEND", "")
	return b.String() + more
}

func jpgOf(w, h uint16) string {
	return "\xff\xd8\xff\xc0\x00\x0b\x08" + string([]byte{byte(h >> 8), byte(h), byte(w >> 8), byte(w)}) + "\x01\x01\x11\x00\xff\xd9"
}

func pdfOf(objects string) string {
	return "%PDF-1.7\n" + objects + "\ntrailer<</Root 1 0 R>>\n%%EOF\n"
}

func pdfPacked(objects string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	io.WriteString(z, objects)
	z.Close()
	return pdfOf(fmt.Sprintf("5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream endobj", b.Len(), b.String()))
}

// overlapped is an archive of two directory entries over the same bytes.
func overlapped(t testing.TB) string {
	s := docxWith(t, "word/a.xml=<a/>")
	end := strings.LastIndex(s, "PK\x05\x06")
	start := strings.Index(s, "PK\x01\x02")
	directory := s[start:end]
	last := directory[strings.LastIndex(directory, "PK\x01\x02"):]
	twin := strings.Replace(last, "word/a.xml", "word/b.xml", 1)
	records := binary.LittleEndian.Uint16([]byte(s[end+10:])) + 1
	size := uint32(len(directory) + len(twin))
	e := []byte(s[end:])
	binary.LittleEndian.PutUint16(e[8:], records)
	binary.LittleEndian.PutUint16(e[10:], records)
	binary.LittleEndian.PutUint32(e[12:], size)
	return s[:end] + twin + string(e)
}

// crowded claims few entries and has a directory of very many.
func crowded(t testing.TB, n int) string {
	s := docxWith(t)
	end := strings.LastIndex(s, "PK\x05\x06")
	start := strings.Index(s, "PK\x01\x02")
	more := strings.Repeat("PK\x01\x02"+strings.Repeat("\x00", 42), n)
	e := []byte(s[end:])
	binary.LittleEndian.PutUint32(e[12:], uint32(end-start+len(more)))
	return s[:end] + more + string(e)
}

// zip64Wrap claims an unpacked size of 2^63 in its Zip64 field.
func zip64Wrap(t testing.TB, size uint64) string {
	return packed(t, func(z *zip.Writer) {
		rawEntry(z, zip.FileHeader{Name: "word/x.xml", Method: zip.Deflate, UncompressedSize64: size, CompressedSize64: 2}, "\x03\x00")
	})
}

func deflated(n int) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	io.CopyN(w, zeros{}, int64(n))
	w.Close()
	return b.String()
}

func utf16(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range s {
		b.WriteString(string([]byte{byte(r), byte(r >> 8)}))
	}
	return b.String()
}

const (
	eicar     = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`
	laughs    = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w>&b;</w>`
	xxe       = `<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>`
	notKind   = "不符"
	odd       = "压缩结构异常"
	macro     = "含有宏"
	nested    = "内嵌了其他压缩文件"
	entity    = "内容结构异常"
	large     = "尺寸过大"
	script    = "含有脚本"
	onlyKinds = "只接受"
)

func pdfCorpus() []hostile {
	return []hostile{
		{"普通.pdf", pdfBytes, taken},
		{"脚本.pdf", pdfOf("1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj"), script},
		{"脚本短.pdf", pdfOf("1 0 obj<</JS (x)>>endobj"), script},
		{"转义脚本.pdf", pdfOf("1 0 obj<</S/J#61vaScript >>endobj"), script},
		{"启动.pdf", pdfOf("1 0 obj<</S/Launch/F(cmd.exe)>>endobj"), script},
		{"附件.pdf", pdfOf("1 0 obj<</Names<</EmbeddedFiles 2 0 R>>>>endobj"), script},
		{"富媒体.pdf", pdfOf("1 0 obj<</Subtype/RichMedia>>endobj"), script},
		{"表单.pdf", pdfOf("1 0 obj<</XFA[]>>endobj"), script},
		{"压缩对象.pdf", pdfPacked("1 0 <</S/JavaScript/JS(x)>>"), script},
		{"压缩对象无害.pdf", pdfPacked("1 0 <</Type/Page>>"), taken},
		{"压缩炸弹.pdf", pdfPacked(strings.Repeat(" ", 40<<20)), "压缩内容过大"},
		{"百万页.pdf", pdfOf("1 0 obj<</Type/Pages/Count 1000000>>endobj"), "页数过多"},
		{"流中的字样.pdf", pdfOf("4 0 obj<</Length 20>>\nstream\n/JavaScript (x)\nendstream endobj"), taken},
		{"跨窗口.pdf", pdfOf(strings.Repeat(" ", pdfWindow-20) + "<</S/JavaScript >>"), script},
		{"网页.pdf", "%PDF-1.4\n<html><script>alert(1)</script>\n%%EOF", "像网页"},
		{"网页在前.pdf", "<html></html>" + pdfBytes, notKind},
		{"程序.pdf", "MZ\x90\x00" + pdfBytes, notKind},
		{"断.pdf", "%PDF-1.4\n1 0 obj", notKind},
		{"病毒样本.pdf", eicar, notKind},
		{"无尽流.pdf", pdfOf("4 0 obj<<>>\nstream\n" + strings.Repeat("x", 1<<20)), taken}, // nothing here decodes it
		{"空.pdf", "", "空的"},
	}
}

func pictureCorpus() []hostile {
	return []hostile{
		{"点.png", pngOf(1, 1, ""), taken},
		{"五万.png", pngOf(50_000, 50_000, ""), large},
		{"扁.png", pngOf(4_000_000_000, 1, ""), large},
		{"无边.png", pngOf(0, 10, ""), notKind},
		{"矢量.png", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, notKind},
		{"断.png", pngOf(1, 1, "")[:30], notKind},
		{"长块.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xf0IDAT", notKind},
		{"无数块.png", pngOf(1, 1, "")[:33] + strings.Repeat("\x00\x00\x00\x00tEXt\x00\x00\x00\x00", maxParts+1), notKind},
		{"尾巴.png", pngOf(1, 1, strings.Repeat("PK\x03\x04", 1<<15)), notKind},
		{"图.jpg", jpgOf(800, 600), taken},
		{"巨图.jpg", jpgOf(65_000, 65_000), large},
		{"无尺寸.jpg", "\xff\xd8\xff\xda\x00\x02\xff\xd9", notKind},
		{"无尾.jpg", jpgOf(8, 8)[:15], notKind},
		{"原地.jpg", "\xff\xd8\xff\xe0\x00\x00" + strings.Repeat("\x00", 100), notKind},
		{"网页.jpg", "\xff\xd8\xff<script>alert(1)</script>", notKind},
		{"影.mp4", mp4Bytes, taken},
		{"无索引.mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", notKind},
		{"盒超长.mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x7f\xff\xff\xffmoov", notKind},
		{"盒为零字节.mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\x00\x04moov", notKind},
		{"盒六四位.mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\x00\x01moov\xff\xff\xff\xff\xff\xff\xff\xff", notKind},
		{"改名.mp4", eicar, notKind},
	}
}

func officeCorpus(t testing.TB) []hostile {
	inner := docxWith(t)
	bomb := deflated(8 << 20)
	big := func(ratio uint64) string {
		return packed(t, func(z *zip.Writer) {
			rawEntry(z, zip.FileHeader{Name: "word/x.xml", Method: zip.Deflate, UncompressedSize64: ratio * uint64(len(bomb)), CompressedSize64: uint64(len(bomb))}, bomb)
		})
	}
	return []hostile{
		{"普通.docx", docxWith(t), taken}, {"普通.xlsx", zipped(t, "xl/workbook.xml=<x/>"), taken}, {"普通.pptx", zipped(t, "ppt/presentation.xml=<p/>"), taken},
		{"平炸弹.docx", docxWith(t, "word/x.xml="+strings.Repeat("0", 8<<20)), odd},
		{"谎报大小.docx", big(2000), odd},
		{"套娃.docx", docxWith(t, "word/embeddings/x.docx="+docxWith(t, "word/embeddings/y.docx="+inner)), nested},
		{"内嵌表.pptx", zipped(t, "ppt/presentation.xml=<p/>", "ppt/embeddings/t.xlsx="+zipped(t, "xl/workbook.xml=<x/>")), taken},
		{"内嵌宏.pptx", zipped(t, "ppt/presentation.xml=<p/>", "ppt/embeddings/t.xlsx="+zipped(t, "xl/workbook.xml=<x/>", "xl/vbaProject.bin=x")), macro},
		{"内嵌包.docx", docxWith(t, "word/media/a.bin="+inner), nested}, {"内嵌包名.docx", docxWith(t, "x.7z=x"), nested}, {"内嵌压缩.docx", docxWith(t, "word/media/a.bin=\x1f\x8b\x08"), nested},
		{"重叠.docx", overlapped(t), odd},
		{"同名.docx", docxWith(t, "word/a.xml=<a/>", "word/A.xml=<a/>"), odd},
		{"目录炸弹.docx", crowded(t, 300_000), odd},
		{"六四回绕.docx", zip64Wrap(t, 1<<63), odd}, {"六四大.docx", zip64Wrap(t, 1<<40), odd},
		{"两千零一项.docx", packed(t, func(z *zip.Writer) {
			for i := range 2001 {
				w, _ := z.Create(fmt.Sprintf("word/%d.xml", i))
				io.WriteString(w, "<a/>")
			}
		}), odd},
		{"前缀.docx", "PK\x03\x04" + docxWith(t), odd},
		{"上级.docx", docxWith(t, "../../x.xml=<a/>"), odd}, {"绝对.docx", docxWith(t, "/etc/x.xml=<a/>"), odd}, {"盘符.docx", docxWith(t, "C:/x.xml=<a/>"), odd},
		{"反斜.docx", docxWith(t, `word\x.xml=<a/>`), odd}, {"空字符.docx", docxWith(t, "word/x\x00.xml=<a/>"), odd}, {"换行.docx", docxWith(t, "word/x\r\n.xml=<a/>"), odd},
		{"方向.docx", docxWith(t, "word/\u202elmx.xml=<a/>"), odd}, {"长名.docx", docxWith(t, "word/"+strings.Repeat("x", 300)+".xml=<a/>"), odd}, {"坏码.docx", docxWith(t, "word/\xff\xfe.xml=<a/>"), odd},
		{"链接.docx", packed(t, func(z *zip.Writer) {
			h := zip.FileHeader{Name: "word/link"}
			h.SetMode(fs.ModeSymlink | 0o777)
			w, _ := z.CreateHeader(&h)
			io.WriteString(w, "/etc/passwd")
		}), odd},
		{"加密.docx", packed(t, func(z *zip.Writer) {
			rawEntry(z, zip.FileHeader{Name: "word/x.xml", Flags: 1, Method: zip.Store, UncompressedSize64: 4, CompressedSize64: 4}, "abcd")
		}), "加密"},
		{"旧加密.docx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "加密"},
		{"怪压缩.docx", packed(t, func(z *zip.Writer) {
			rawEntry(z, zip.FileHeader{Name: "word/x.xml", Method: 97, UncompressedSize64: 4, CompressedSize64: 4}, "abcd")
		}), odd},
		{"校验错.docx", packed(t, func(z *zip.Writer) {
			rawEntry(z, zip.FileHeader{Name: "word/x.xml", Method: zip.Store, CRC32: 1, UncompressedSize64: 4, CompressedSize64: 4}, "<a/>")
		}), odd},
		{"宏.docx", docxWith(t, "word/vbaProject.bin=x"), macro}, {"宏类型.docx", zipped(t, "[Content_Types].xml=<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>", "word/document.xml=<w/>"), macro},
		{"控件.docx", docxWith(t, "word/activeX/activeX1.bin=x"), macro}, {"程序.docx", docxWith(t, "word/media/a.exe=x"), macro}, {"程序图.docx", docxWith(t, "word/media/a.png=MZ\x90\x00"), macro},
		{"外部模板.docx", docxWith(t, `word/_rels/settings.xml.rels=<R><Relationship Type="http://x/attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/></R>`), macro},
		{"外链.docx", docxWith(t, `word/_rels/document.xml.rels=<R><Relationship Type="http://x/hyperlink" Target="https://www.example.cn" TargetMode="External"/></R>`), taken},
		{"笑.docx", zipped(t, "word/document.xml="+laughs), entity}, {"外部实体.docx", zipped(t, "word/document.xml="+xxe), entity}, {"外部实体双字节.docx", zipped(t, "word/document.xml="+utf16(xxe)), entity},
		{"藏实体.docx", zipped(t, "word/document.xml=<!--"+strings.Repeat("x", 80<<10)+"-->"+xxe), entity},
		{"改名表.xlsx", docxWith(t), notKind}, {"非包.docx", "PK\x03\x04not an archive", notKind}, {"断包.docx", docxWith(t)[:80], notKind},
		{"病毒样本.docx", eicar, notKind},
	}
}

func nameCorpus() []hostile {
	return []hostile{
		{"../../etc/passwd.pdf", pdfBytes + " 1", taken}, {`C:\Windows\a.pdf`, pdfBytes + " 2", taken}, {"a.pdf\x00.exe", pdfBytes, onlyKinds}, {"a\r\nSet-Cookie: x.pdf", pdfBytes + " 3", taken},
		{"\u202efdp.exe", pdfBytes, onlyKinds}, {strings.Repeat("长", 300) + ".pdf", pdfBytes + " 4", taken}, {"页.html", "<script>alert(1)</script>", onlyKinds}, {"图.svg", "<svg/>", onlyKinds},
		{"宏.docm", "x", onlyKinds}, {"旧.doc", "\xd0\xcf\x11\xe0", onlyKinds}, {"包.zip", "PK\x03\x04", onlyKinds}, {"程序.exe", "MZ", onlyKinds}, {"脚本.pdf.js", "x", onlyKinds}, {"", pdfBytes, onlyKinds}, {".pdf", pdfBytes + " 5", taken},
	}
}

// TestS2aHostileCorpus hands every file in through the desk: each gets its
// verdict in time and within its memory, and nothing lies outside the store.
func TestS2aHostileCorpus(t *testing.T) {
	h := newHouse(t)
	dir, temp := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temp) // after the database, which others use too, has started in theirs
	blobs, err := store.OpenBlobs(filepath.Join(dir, "store"))
	must(t, err)
	h.Desk.Blobs = blobs
	v := h.visitor(h.to(1, campaign.Collecting), "act")
	all := slices.Concat(pdfCorpus(), pictureCorpus(), officeCorpus(t), nameCorpus())
	var worst time.Duration
	var most uint64
	kept := map[string]bool{}
	for _, x := range all {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := cpuTime(t)
		rec, err := h.upload(v, x.name, x.data)
		took := cpuTime(t) - began
		runtime.ReadMemStats(&after)
		worst, most = max(worst, took), max(most, after.TotalAlloc-before.TotalAlloc)
		switch {
		case x.verdict == taken && err != nil:
			t.Errorf("%q was refused: %v", x.name, err)
		case x.verdict == taken:
			kept[rec.Digest] = true
		case err == nil:
			t.Errorf("%q was taken", x.name)
			kept[rec.Digest] = true
		case campaign.KindOf(err) != campaign.Invalid || !strings.Contains(fmt.Sprint(err, err.(*campaign.Error).Fields), x.verdict):
			t.Errorf("%q: %v, want %q", x.name, err, x.verdict)
		}
		if took > 2*time.Second || after.TotalAlloc-before.TotalAlloc > 64<<20 { // all that was ever asked for, more than what was held
			t.Errorf("%q took %v and %d MiB", x.name, took, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
	t.Logf("%d files, %d kept; the slowest %v, the largest %d KiB", len(all), len(kept), worst.Round(time.Millisecond), most>>10)
	if len(all) < 60 {
		t.Errorf("only %d files", len(all))
	}
	for _, path := range listing(t, dir) {
		if name := filepath.Base(path); !kept[name] || path != filepath.Join("store", name[:2], name) {
			t.Errorf("%s lies about", path)
		}
	}
	for _, path := range listing(t, temp) {
		t.Errorf("%s lies in the folder of temporary files", path)
	}
}

// cpuTime is what this process has worked so far: how long a disk or other programs kept it waiting says nothing
// about a file.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// listing names the files below a folder.
func listing(t *testing.T, dir string) (all []string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			rel, _ := filepath.Rel(dir, path)
			all = append(all, rel)
		}
		return nil
	})
	return all
}

// FuzzSniff asks what no input may do: panic, or take what is not of its kind.
func FuzzSniff(f *testing.F) {
	for i, s := range []string{pdfBytes, pngBytes, jpgBytes, mp4Bytes, pdfPacked("<</JS(x)>>"), pngOf(9, 9, "x"), jpgOf(9, 9)} {
		f.Add([]byte(s), i)
	}
	exts := []string{".pdf", ".png", ".jpg", ".mp4"}
	magic := map[string]string{".pdf": "%PDF-", ".png": "\x89PNG", ".jpg": "\xff\xd8\xff", ".mp4": ""}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, kind int) {
		file, err := os.CreateTemp(dir, "")
		must(t, err)
		defer os.Remove(file.Name())
		defer file.Close()
		file.Write(data)
		ext := exts[uint(kind)%4]
		if err := genuine(file, int64(len(data)), ext); err == nil && !strings.HasPrefix(string(data), magic[ext]) {
			t.Fatalf("%q is taken for %s", data, ext)
		}
	})
}

func FuzzExcelImport(f *testing.F) {
	good, err := WriteExcel("表", [][]string{{"标题", "日期"}, {"=1+1", "2025-01-01"}})
	must(f, err)
	f.Add(good)
	f.Add([]byte(zipped(f, "xl/workbook.xml=<x/>", "[Content_Types].xml=<Types/>")))
	f.Add([]byte(zip64Wrap(f, 1<<63)))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := ReadTable("a.xlsx", data)
		if err == nil && len(rows) > 20000 {
			t.Fatalf("%d rows", len(rows))
		}
		if err != nil && campaign.KindOf(err) != campaign.Invalid {
			t.Fatal(err)
		}
	})
}
