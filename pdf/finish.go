package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// errBase says that gofpdf wrote a file of another build than the one this room knows.
var errBase = errors.New("文书文件的结构与预期不同，未能写入标识和签名")

var (
	trailerEnd = regexp.MustCompile(`trailer\s*<<\s*/Size (\d+)\s*/Root (\d+) 0 R\s*/Info (\d+) 0 R\s*>>\s*startxref\s*(\d+)\s*%%EOF\s*$`)
)

// revision adds objects to a finished file without touching a byte of it (ISO 32000-1, 7.5.6).
type revision struct {
	out              bytes.Buffer
	base             []byte
	size, root, info int
	prev             string
	offsets          map[int]int
	changed          map[int]string // dictionaries of the base to be written anew, without their closing brackets
}

func newRevision(base []byte) (*revision, error) {
	m := trailerEnd.FindSubmatch(base)
	if m == nil {
		return nil, errBase
	}
	r := &revision{base: base, prev: string(m[4]), offsets: map[int]int{}, changed: map[int]string{}}
	r.size, _ = strconv.Atoi(string(m[1]))
	r.root, _ = strconv.Atoi(string(m[2]))
	r.info, _ = strconv.Atoi(string(m[3]))
	r.out.Write(base)
	return r, nil
}

// add takes the next free number for an object.
func (r *revision) add() int {
	r.size++
	return r.size - 1
}

func (r *revision) write(n int, text string) {
	r.offsets[n] = r.out.Len()
	fmt.Fprintf(&r.out, "%d 0 obj\n%s\nendobj\n", n, text)
}

// dictionary reads an object of the base that is a dictionary, without its closing brackets.
func (r *revision) dictionary(n int) (string, error) {
	from := bytes.LastIndex(r.base, fmt.Appendf(nil, "\n%d 0 obj\n", n))
	if from < 0 {
		return "", errBase
	}
	text, _, ok := bytes.Cut(r.base[from:], []byte("endobj"))
	a, b := bytes.Index(text, []byte("<<")), bytes.LastIndex(text, []byte(">>"))
	if !ok || a < 0 || b < a {
		return "", errBase
	}
	return string(bytes.TrimSpace(text[a:b])), nil
}

// amend changes a dictionary of the base, once more if it was changed before. change says whether it found what it knows.
func (r *revision) amend(n int, change func(string) (string, bool)) error {
	was, ok := r.changed[n]
	if !ok {
		var err error
		if was, err = r.dictionary(n); err != nil {
			return err
		}
	}
	if r.changed[n], ok = change(was); !ok {
		return errBase
	}
	return nil
}

// close writes the changed objects, the table of the added ones and the trailer.
func (r *revision) close(id string) {
	for _, n := range slices.Sorted(maps.Keys(r.changed)) {
		r.write(n, r.changed[n]+">>")
	}
	at := r.out.Len()
	r.out.WriteString("xref\n")
	numbers := slices.Sorted(maps.Keys(r.offsets))
	for i := 0; i < len(numbers); {
		n := 1
		for i+n < len(numbers) && numbers[i+n] == numbers[i]+n {
			n++
		}
		fmt.Fprintf(&r.out, "%d %d\n", numbers[i], n)
		for _, o := range numbers[i : i+n] {
			fmt.Fprintf(&r.out, "%010d 00000 n \n", r.offsets[o])
		}
		i += n
	}
	fmt.Fprintf(&r.out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/Prev %s/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n", r.size, r.root, r.info, r.prev, id, id, at)
}

// finish adds what gofpdf leaves out: file identifiers, language, metadata for
// archives, and the signature. Same paper and same signer, same bytes.
func (s *sheet) finish(base []byte) ([]byte, error) {
	r, err := newRevision(base)
	if err != nil {
		return nil, err
	}
	about := s.head.about(s.name)
	n := r.add()
	r.write(n, fmt.Sprintf("<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream", len(about), about))
	err = r.amend(r.root, func(catalog string) (string, bool) {
		return fmt.Sprintf("%s\n/Version/1.7/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>/Metadata %d 0 R", catalog, n), true
	})
	if err != nil {
		return nil, err
	}
	if err := r.addLedger(s); err != nil {
		return nil, err
	}
	var gap int
	if s.head.Signer != nil {
		if err := r.field(s.head); err != nil {
			return nil, err
		}
		gap = bytes.LastIndex(r.out.Bytes(), []byte(contentsMark)) + len(contentsMark) - 1
	}
	sum := sha256.Sum256(base)
	r.close(hex.EncodeToString(sum[:16]))
	if s.head.Signer == nil {
		return r.out.Bytes(), nil
	}
	return sign(r.out.Bytes(), gap, s.head.Signer)
}

// contentsMark ends right where the signature begins; the range before it is filled in when all is written.
const (
	rangeFormat  = "/ByteRange[0 %010d %010d %010d]"
	contentsMark = "/ByteRange[0 0000000000 0000000000 0000000000]/Contents<"
)

// field writes the signature with room for its value, and its field on the first page.
func (r *revision) field(h Head) error {
	room, err := h.Signer.Scheme().room(h.Signer)
	if err != nil {
		return err
	}
	sig, field := r.add(), r.add()
	r.write(sig, fmt.Sprintf("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:%s)/Name%s%s%s>>>",
		h.Date.UTC().Format("20060102150405Z"), wide(h.Issuer), contentsMark, strings.Repeat("0", room)))
	r.write(field, fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>", firstPage, sig))
	err = r.amend(firstPage, func(page string) (string, bool) {
		return fmt.Sprintf("%s/Annots[%d 0 R]", page, field), strings.Contains(page, "/Type /Page\n") && !strings.Contains(page, "/Annots")
	})
	if err != nil {
		return err
	}
	return r.amend(r.root, func(catalog string) (string, bool) {
		return fmt.Sprintf("%s/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 2>>>>", catalog, field), true
	})
}

// firstPage is the number gofpdf gives to the object of page 1.
const firstPage = 3

// room is how many hexadecimal digits the longest signature of a signer takes.
func (s *Scheme) room(by Signer) (int, error) {
	longest, err := s.envelope(make([]byte, s.hash().Size()), make([]byte, s.longest), by.Certificates())
	return 2 * (len(longest) + 16), err
}

// sign fills range and signature into a finished file whose signature value begins at gap.
func sign(file []byte, gap int, by Signer) ([]byte, error) {
	end := gap + bytes.IndexByte(file[gap:], '>') + 1
	at := gap + 1 - len(contentsMark)
	copy(file[at:], fmt.Sprintf(rangeFormat, gap, end, len(file)-end))
	scheme, own := by.Scheme(), by.Certificates()[0]
	digest := scheme.over(file[:gap], file[end:])
	todo, err := scheme.toSign(digest, own)
	if err != nil {
		return nil, err
	}
	signature, err := by.Sign(todo)
	if err != nil {
		return nil, fmt.Errorf("文书签名失败，请检查签名密钥或签名设备：%w", err)
	}
	if !scheme.check(own, todo, signature) {
		return nil, errors.New("文书签名与签名证书不符，请检查签名密钥与证书是否成对")
	}
	value, err := scheme.envelope(digest, signature, by.Certificates())
	if err != nil || 2*len(value) > end-gap-2 {
		return nil, cmp.Or(err, errBase)
	}
	hex.Encode(file[gap+1:], value)
	return file, nil
}

func (s *Scheme) over(parts ...[]byte) []byte {
	h := s.hash()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// wide writes a text string of PDF in any language.
func wide(text string) string {
	var out strings.Builder
	out.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(clean(text))) {
		fmt.Fprintf(&out, "%04X", u)
	}
	return out.String() + ">"
}

// about is the paper's description (XMP), read by archives and by Verify. It says nothing that the paper does not show.
func (h Head) about(title string) string {
	var out strings.Builder
	text := func(v string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(clean(v)))            // a Builder takes everything
		return strings.ReplaceAll(b.String(), "/", "&#47;") // no name can look like a part of the file
	}
	out.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xp="` + paperSpace + `">` + "\n")
	fmt.Fprintf(&out, `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>`, text(title))
	fmt.Fprintf(&out, `<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>`, text(h.Issuer))
	date := h.Date.In(beijing).Format(time.RFC3339)
	fmt.Fprintf(&out, `<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language><xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>`+"\n", date, date)
	for _, v := range [][2]string{{"title", title}, {"issuer", h.Issuer}, {"number", h.Number}, {"for", h.For}, {"date", h.Date.In(beijing).Format("2006-01-02")},
		{"code", h.VerifyCode}, {"mark", h.mark()}, {"key", h.PaperKey}, {"ledger", h.Ledger.Line}, {"ledgerKey", h.Ledger.Key}} {
		if v[1] != "" {
			fmt.Fprintf(&out, "<xp:%s>%s</xp:%s>\n", v[0], text(v[1]), v[0])
		}
	}
	out.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return out.String()
}

// paperSpace is the name space of what papers say about themselves.
const paperSpace = "urn:xuanping:paper:1"
