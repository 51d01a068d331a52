package desk

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
)

// active are the names by which a PDF runs something or carries other files.
var active = regexp.MustCompile(`/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)[\s(<\[/>]`)

var (
	pdfCount   = regexp.MustCompile(`/Count\s+(\d{1,12})`)
	pdfEscape  = regexp.MustCompile(`#[0-9a-fA-F]{2}`)
	pageMarks  = regexp.MustCompile(`(?i)<(script|html|svg|!doctype|iframe)`)
	objectsIn  = regexp.MustCompile(`/Type\s*/ObjStm`)
	streamEnds = []byte("endstream")
)

const (
	activePDF = "PDF 含有脚本、可运行的动作或内嵌的其他文件，请另存为普通 PDF 后上传"
	longPDF   = "PDF 的页数过多（最多 20000 页），请拆分后上传"

	pdfWindow  = 64 << 10 // what is looked at in one piece
	pdfObjects = 8 << 20  // of compressed objects, in all
)

// pdfFault looks at a document's objects for what runs or carries; the content
// of streams is passed over, but for those that hold objects.
func pdfFault(f io.ReaderAt, size int64) string {
	first := head(f, 1024)
	if !bytes.HasPrefix(first, []byte("%PDF-")) || !endsLate(f, size, max(0, size-2048), []byte("%%EOF")) {
		return notSo
	}
	if pageMarks.Match(first) {
		return "文件既像 PDF 又像网页，请重新生成 PDF 后上传"
	}
	s := pdfScan{f: f, size: size, left: pdfObjects}
	for at := int64(0); at < size; {
		next, fault := s.window(at)
		if fault != "" {
			return fault
		}
		at = next
	}
	return ""
}

type pdfScan struct {
	f    io.ReaderAt
	size int64
	left int64 // bytes of compressed objects that may still be opened
	buf  [pdfWindow]byte
}

// window looks at the objects from a place up to a stream or the window's end,
// and tells where to go on.
func (s *pdfScan) window(at int64) (next int64, fault string) {
	n, _ := s.f.ReadAt(s.buf[:], at)
	b := s.buf[:n]
	// "endstream" contains "stream": only what follows a dictionary opens one
	open := bytes.Index(b, []byte(">>stream"))
	for _, mark := range []string{">>\rstream", ">>\nstream", ">>\r\nstream", ">> stream"} {
		if i := bytes.Index(b, []byte(mark)); i >= 0 && (open < 0 || i < open) {
			open = i
		}
	}
	text := b
	if open >= 0 {
		text = b[:open+2]
	}
	if fault := objectsFault(text); fault != "" {
		return 0, fault
	}
	if open < 0 {
		return at + int64(max(n-64, 1)), "" // a name may lie across two windows
	}
	body := at + int64(open) + int64(bytes.Index(b[open:], []byte("stream"))) + 6
	end := s.find(body, streamEnds)
	if objectsIn.Match(tail(text, 512)) {
		if fault := s.compressed(body, end); fault != "" {
			return 0, fault
		}
	}
	return end, ""
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

// find is the place of a mark from a place on, or the file's end.
func (s *pdfScan) find(from int64, mark []byte) int64 {
	buf := make([]byte, pdfWindow)
	for at := from; at < s.size; {
		n, _ := s.f.ReadAt(buf, at)
		if i := bytes.Index(buf[:n], mark); i >= 0 {
			return at + int64(i)
		}
		if n < len(buf) {
			break
		}
		at += int64(n - len(mark))
	}
	return s.size
}

// compressed looks at objects that stand compressed in a stream.
func (s *pdfScan) compressed(from, to int64) string {
	var one [2]byte // the line end after the word stream
	_, _ = s.f.ReadAt(one[:], from)
	for _, c := range one {
		if c == '\r' || c == '\n' {
			from++
		}
	}
	z, err := zlib.NewReader(io.NewSectionReader(s.f, from, max(0, to-from)))
	if err != nil {
		return "" // another filter: nothing to look at
	}
	defer z.Close()
	buf, keep := make([]byte, pdfWindow), 0
	for {
		n, err := io.ReadFull(z, buf[keep:])
		if s.left -= int64(n); s.left < 0 {
			return "PDF 的压缩内容过大，请另存为普通 PDF 后上传"
		}
		if fault := objectsFault(buf[:keep+n]); fault != "" {
			return fault
		}
		if err != nil {
			return ""
		}
		keep = copy(buf, buf[keep+n-64:keep+n])
	}
}

func objectsFault(text []byte) string {
	if bytes.IndexByte(text, '#') >= 0 { // /J#61vaScript is a name too
		text = pdfEscape.ReplaceAllFunc(text, func(x []byte) []byte {
			n, _ := strconv.ParseUint(string(x[1:]), 16, 8)
			return []byte{byte(n)}
		})
	}
	if active.Match(text) {
		return activePDF
	}
	for _, m := range pdfCount.FindAllSubmatch(text, -1) {
		if n, err := strconv.Atoi(string(m[1])); err == nil && n > maxPDFPage {
			return longPDF
		}
	}
	return ""
}
