package desk

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of an Office file (S2), checked before anything parses it.
const (
	maxEntries   = 2000
	maxUnpacked  = 256 << 20
	maxRatio     = 100
	smallEntry   = 1 << 20 // below it a high ratio is harmless
	maxEmbedded  = 8 << 20 // a table inside a presentation
	maxEntryName = 240
	prolog       = 64 << 10 // of an XML part: its document begins in it
)

const (
	packedFault = "Office 文件的压缩结构异常或展开后过大，请重新另存后上传"
	macroFault  = "Office 文件含有宏、控件或可运行的内容，请另存为不含宏的格式后上传"
	nestedFault = "Office 文件内嵌了其他压缩文件，请移除后上传"
	entityFault = "Office 文件的内容结构异常，请用办公软件重新另存后上传"
	lockedFault = "Office 文件已加密，请取消密码后上传"
)

// mainPart is the part that makes a file one of its kind.
var mainPart = map[string]string{".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}

// officeFault walks an Office file: bounded entries and sizes, plain names, no
// macros, no archives inside, and XML parts without entities of their own.
func officeFault(f io.ReaderAt, size int64, ext string) string {
	switch lead := head(f, 8); {
	case bytes.Equal(lead, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return lockedFault // the envelope of an encrypted file, and of the old formats
	case !bytes.HasPrefix(lead, []byte("PK\x03\x04")):
		return notSo
	}
	z, fault := openArchive(f, size, maxEntries)
	if fault != "" {
		return fault
	}
	seen := map[string]bool{}
	total := uint64(0)
	for _, e := range z.File {
		name := strings.ToLower(e.Name)
		if total += e.UncompressedSize64; total > maxUnpacked || seen[name] {
			return packedFault
		}
		seen[name] = true
		if fault := entryFault(e, name); fault != "" {
			return fault
		}
	}
	if overlap(z.File) {
		return packedFault
	}
	if !slices.ContainsFunc(z.File, func(e *zip.File) bool { return e.Name == mainPart[ext] }) {
		return notSo
	}
	for _, e := range z.File {
		if fault := contentFault(e, strings.ToLower(e.Name)); fault != "" {
			return fault
		}
	}
	return ""
}

// openArchive counts the directory before it is read: a directory of millions
// of entries is itself a bomb. Nothing may stand before the archive or in its gaps.
func openArchive(f io.ReaderAt, size int64, most int) (*zip.Reader, string) {
	const endSize = 22
	from := max(0, size-(endSize+1<<16))
	buf := make([]byte, size-from)
	n, _ := f.ReadAt(buf, from)
	i := bytes.LastIndex(buf[:n], []byte("PK\x05\x06"))
	if i < 0 || n-i < endSize {
		return nil, notSo
	}
	end := buf[i:]
	records, length, start := int(binary.LittleEndian.Uint16(end[10:])), int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if records > most || start+length != from+int64(i) {
		return nil, packedFault
	}
	var h [46]byte
	at, counted := start, 0
	for ; at < start+length; counted++ {
		if k, _ := f.ReadAt(h[:], at); k < len(h) || string(h[:4]) != "PK\x01\x02" || counted > records {
			return nil, packedFault
		}
		at += 46 + int64(binary.LittleEndian.Uint16(h[28:])) + int64(binary.LittleEndian.Uint16(h[30:])) + int64(binary.LittleEndian.Uint16(h[32:]))
	}
	if counted != records || at != start+length {
		return nil, packedFault
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, notSo
	}
	return z, ""
}

// runs are the endings of what a machine runs.
var runs = []string{".exe", ".dll", ".com", ".scr", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".bat", ".cmd", ".ps1", ".lnk", ".hta", ".jar", ".msi", ".html", ".htm", ".svgz"}

// packs are the endings of archives.
var packs = []string{".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".cab", ".iso"}

func entryFault(e *zip.File, name string) string {
	ext := path.Ext(name)
	switch {
	case !plainEntry(e.Name), e.Mode()&fs.ModeSymlink != 0, e.Method != zip.Store && e.Method != zip.Deflate:
		return packedFault
	case e.Flags&1 != 0:
		return lockedFault
	case e.UncompressedSize64 >= 1<<32, e.CompressedSize64 >= 1<<32:
		return packedFault
	case e.UncompressedSize64 > smallEntry && e.UncompressedSize64/max(e.CompressedSize64, 1) > maxRatio:
		return packedFault
	case path.Base(name) == "vbaproject.bin", path.Base(name) == "vbadata.xml", strings.Contains(name, "/activex/"), slices.Contains(runs, ext):
		return macroFault
	case slices.Contains(packs, ext):
		return nestedFault
	}
	return ""
}

// plainEntry is true of a name that leads nowhere else and hides nothing.
func plainEntry(name string) bool {
	odd := func(r rune) bool { return r == '\\' || r == ':' || unicode.In(r, unicode.Cc, unicode.Cf) }
	return name != "" && len(name) <= maxEntryName && utf8.ValidString(name) && !strings.HasPrefix(name, "/") && !strings.ContainsFunc(name, odd) &&
		!slices.Contains(strings.Split(name, "/"), "..")
}

// overlap finds entries that share bytes: so a small file unpacks to a huge one.
func overlap(all []*zip.File) bool {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(all))
	for _, e := range all {
		at, err := e.DataOffset()
		if err != nil {
			return true
		}
		spans = append(spans, span{at - 30 - int64(len(e.Name)), at + int64(e.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return true
		}
	}
	return false
}

// contentFault opens an entry as far as it must be known.
func contentFault(e *zip.File, name string) string {
	if strings.HasSuffix(name, "/") {
		return ""
	}
	r, err := e.Open()
	if err != nil {
		return packedFault
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, prolog))
	if err != nil {
		return packedFault
	}
	switch ext := path.Ext(name); {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")) && strings.Contains(name, "/embeddings/") && mainPart[ext] != "":
		return embeddedFault(e, ext)
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("Rar!")), bytes.HasPrefix(b, []byte("7z\xbc\xaf")), bytes.HasPrefix(b, []byte("\x1f\x8b")):
		return nestedFault
	case bytes.HasPrefix(b, []byte("MZ")):
		return macroFault
	case ext == ".xml", ext == ".rels", ext == ".vml", ext == ".svg":
		return xmlFault(b, name, e.UncompressedSize64 > prolog)
	}
	return ""
}

// embeddedFault looks once into a table or document inside; no deeper.
func embeddedFault(e *zip.File, ext string) string {
	r, err := e.Open()
	if err != nil || e.UncompressedSize64 > maxEmbedded {
		return nestedFault
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxEmbedded+1))
	if err != nil || len(b) > maxEmbedded {
		return nestedFault
	}
	inner, fault := openArchive(bytes.NewReader(b), int64(len(b)), maxEntries)
	if fault != "" {
		return nestedFault
	}
	total := uint64(0)
	for _, x := range inner.File {
		name := strings.ToLower(x.Name)
		if total += x.UncompressedSize64; total > maxUnpacked/4 || strings.Contains(name, "/embeddings/") {
			return nestedFault
		}
		if fault := entryFault(x, name); fault != "" {
			return fault
		}
	}
	if overlap(inner.File) || !slices.ContainsFunc(inner.File, func(x *zip.File) bool { return x.Name == mainPart[ext] }) {
		return nestedFault
	}
	return ""
}

// xmlFault refuses document types and entities, which Office files never have,
// in any of the encodings that a parser would take, and templates from elsewhere.
func xmlFault(b []byte, name string, more bool) string {
	plain := bytes.ToLower(bytes.ReplaceAll(b, []byte{0}, nil)) // UTF-16 of Latin letters is those letters
	if bytes.Contains(plain, []byte("<!doctype")) || bytes.Contains(plain, []byte("<!entity")) || bytes.Contains(plain, []byte("<script")) {
		return entityFault
	}
	if strings.HasSuffix(name, ".rels") && bytes.Contains(plain, []byte(`targetmode="external"`)) && (bytes.Contains(plain, []byte("/attachedtemplate")) || bytes.Contains(plain, []byte("/oleobject")) || bytes.Contains(plain, []byte("/frame"))) {
		return macroFault
	}
	if name == "[content_types].xml" && bytes.Contains(plain, []byte("macroenabled")) {
		return macroFault
	}
	if more && !begun(plain) { // its document type would stand where nobody looks
		return entityFault
	}
	return ""
}

// begun tells whether the document's first element begins in the bytes.
func begun(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '<')
		if i < 0 || i+1 >= len(b) {
			return false
		}
		switch b = b[i+1:]; {
		case bytes.HasPrefix(b, []byte("!--")):
			i := bytes.Index(b, []byte("-->"))
			if i < 0 {
				return false
			}
			b = b[i+3:]
		case b[0] == '?' || b[0] == '!':
		default:
			return true
		}
	}
}
