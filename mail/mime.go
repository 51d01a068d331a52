package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// reader walks the parts of a letter.
type reader struct {
	b          *bounds
	text, html string
	files      []InboundFile
}

// part reads one part and what lies in it.
func (r *reader) part(h textproto.MIMEHeader, body io.Reader, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w：层次过深", errInbound)
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind, params = "text/plain", nil // as RFC 2045 reads a part that says nothing
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		return r.parts(params["boundary"], body, depth)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return errInbound
	}
	data, err := transfer(h.Get("Content-Transfer-Encoding"), raw)
	if err != nil {
		return errInbound
	}
	name := fileName(h, params)
	switch {
	case name != "":
		r.files = append(r.files, InboundFile{name, data})
	case kind == "text/plain" && r.text == "":
		r.text = decode(params["charset"], cut(data))
	case kind == "text/html" && r.html == "":
		r.html = decode(params["charset"], cut(data))
	case kind != "text/plain" && kind != "text/html":
		r.files = append(r.files, InboundFile{"未命名", data}) // the upload checks refuse it by name
	}
	return nil
}

func (r *reader) parts(boundary string, body io.Reader, depth int) error {
	all := multipart.NewReader(body, boundary)
	for {
		p, err := all.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errInbound
		}
		if err := r.b.part(p.Header); err != nil {
			return err
		}
		if err := r.part(p.Header, p, depth+1); err != nil {
			return err
		}
	}
}

// fileName is the name of an attachment; "" for a part that is none.
func fileName(h textproto.MIMEHeader, params map[string]string) string {
	how, more, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := more["filename"]
	if name == "" {
		name = params["name"]
	}
	if name = heading(name); name == "" && err == nil && how == "attachment" {
		name = "未命名"
	}
	return name
}

// transfer undoes a transfer encoding. Base64 may have any line breaks in it.
func transfer(how string, body []byte) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(how)) {
	case "base64":
		clean := bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' || r == ' ' || r == '\t' {
				return -1
			}
			return r
		}, body)
		out := make([]byte, base64.StdEncoding.DecodedLen(len(clean)))
		n, err := base64.StdEncoding.Decode(out, clean)
		return out[:n], err
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	case "", "7bit", "8bit", "binary":
		return body, nil
	}
	return nil, errInbound
}

// charsets are those that Chinese mail programs write; GB18030 holds GBK and GB2312.
var charsets = map[string]encoding.Encoding{
	"gb18030": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030, "gb2312": simplifiedchinese.GB18030, "cp936": simplifiedchinese.GB18030, "gb_2312-80": simplifiedchinese.GB18030,
	"hz-gb-2312": simplifiedchinese.HZGB2312, "big5": traditionalchinese.Big5,
	"iso-8859-1": charmap.Windows1252, "windows-1252": charmap.Windows1252, "latin1": charmap.Windows1252,
}

// decode turns text into UTF-8; what has no meaning there is a mark of it.
func decode(charset string, b []byte) string {
	charset = strings.ToLower(strings.TrimSpace(charset))
	if e, known := charsets[charset]; known {
		if out, err := e.NewDecoder().Bytes(b); err == nil {
			b = out
		}
	} else if charset == "" && !utf8.Valid(b) { // unmarked and not UTF-8: in China most likely GB
		if out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b); err == nil {
			b = out
		}
	}
	return strings.ToValidUTF8(strings.ReplaceAll(string(b), "\r\n", "\n"), "\ufffd")
}

// charsetWords reads encoded words in those charsets.
var charsetWords = mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(io.LimitReader(in, maxComment))
	return strings.NewReader(decode(charset, b)), err
}}

// heading decodes a header; one that cannot be decoded stays as it is.
func heading(s string) string {
	out, err := charsetWords.DecodeHeader(s)
	if err != nil {
		out = s
	}
	if !utf8.ValidString(out) {
		out = decode("", []byte(out))
	}
	return out
}

var (
	unread = regexp.MustCompile(`(?is)<(script|style|head|title)\b.*?</(script|style|head|title)\s*>|<!--.*?-->`)
	breaks = regexp.MustCompile(`(?i)<br\s*/?>|</(p|div|tr|li|h[1-6])\s*>`)
	tags   = regexp.MustCompile(`(?s)<[^>]*>`)
)

// fromHTML takes the words out of a letter that has only a web page; they are
// shown as plain text, so what it leaves in cannot do anything.
func fromHTML(s string) string {
	s = unread.ReplaceAllString(s, "")
	s = breaks.ReplaceAllString(s, "\n")
	return html.UnescapeString(tags.ReplaceAllString(s, ""))
}
