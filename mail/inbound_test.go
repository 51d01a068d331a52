package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xuanping/mail"
)

const inDomain = "in.example"

// call builds an inbound call as SendGrid posts it.
func call(fields map[string]string, files ...mail.InboundFile) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.SetBoundary("xYzZY")
	for _, k := range []string{"headers", "email", "envelope", "to", "from", "subject", "text", "html", "charsets", "SPF", "dkim"} {
		if v, given := fields[k]; given {
			w.WriteField(k, v)
		}
	}
	for i, f := range files {
		part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="attachment%d"; filename="%s"`, i+1, f.Name)}})
		part.Write(f.Bytes)
	}
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// raw is a call in raw mode to our address.
func raw(letter string) map[string]string {
	return map[string]string{"email": strings.ReplaceAll(letter, "\n", "\r\n"), "envelope": `{"to":["Reply+abc.def@IN.example"],"from":"x@y.example"}`, "SPF": "pass", "dkim": "{@y.example : pass}"}
}

const plainLetter = `From: =?gb2312?B?1cXKvsD9?= <x@y.example>
To: someone else <z@other.example>
Message-ID: <m1@y.example>
Subject: =?GB18030?B?u9i4tA==?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=gbk
Content-Transfer-Encoding: base64

%s
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="=?UTF-8?B?6K+B5piOLnBkZg==?="
Content-Transfer-Encoding: base64

JVBERi0xLjcK
--b--
`

func gbk(s string) string {
	b, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return b
}

// S3: a Chinese letter as mail programs write it, raw and as SendGrid's fields.
func TestS3ReadInbound(t *testing.T) {
	letter := fmt.Sprintf(plainLetter, base64.StdEncoding.EncodeToString([]byte(gbk("计划已补充，请查收。"))))
	kind, body := call(raw(letter))
	in, err := mail.ReadInbound(inDomain, kind, body)
	if err != nil {
		t.Fatal(err)
	}
	if in.Local != "reply+abc.def" || in.MessageID != "<m1@y.example>" || in.Sender != "张示例 <x@y.example>" || in.Subject != "回复" || in.Text != "计划已补充，请查收。" || in.Auto ||
		len(in.Files) != 1 || in.Files[0].Name != "证明.pdf" || string(in.Files[0].Bytes) != "%PDF-1.7\n" || in.Proof != "SPF pass；DKIM {@y.example : pass}" {
		t.Errorf("%+v", in)
	}
	kind, body = call(map[string]string{"headers": "From: x@y.example\nMessage-ID: <m2@y.example>\n", "envelope": `{"to":["reply+abc.def@in.example"]}`,
		"subject": gbk("回复"), "text": gbk("正文"), "charsets": `{"subject":"GBK","text":"gb2312"}`}, mail.InboundFile{Name: "a.pdf", Bytes: []byte("x")})
	in, err = mail.ReadInbound(inDomain, kind, body)
	if err != nil || in.Subject != "回复" || in.Text != "正文" || len(in.Files) != 1 || in.MessageID != "<m2@y.example>" {
		t.Errorf("%+v %v", in, err)
	}
	kind, body = call(map[string]string{"headers": "From: x@y.example\nMessage-ID: <m3@y.example>", "envelope": `{"to":["reply+abc.def@in.example"]}`,
		"html": "<style>p{}</style><p>第一行<br>第二行 &lt;b&gt;</p><script>alert(1)</script>"})
	if in, err = mail.ReadInbound(inDomain, kind, body); err != nil || strings.TrimSpace(in.Text) != "第一行\n第二行 <b>" {
		t.Errorf("%+v %v", in, err)
	}
}

// S3: letters that sendgrid-go panics on are read or refused, never more.
func TestS3OddLetters(t *testing.T) {
	head := "From: x@y.example\nMessage-ID: <m@y.example>\n"
	for name, c := range map[string]struct {
		fields map[string]string
		ok     bool
	}{
		"raw without an empty line":  {raw(head + "Subject: x"), true},
		"raw text without MIME":      {raw(head + "\nhello"), true},
		"attachment without info":    {map[string]string{"headers": head, "envelope": `{"to":["reply+a.b@in.example"]}`, "text": "x"}, true},
		"no From":                    {raw("Message-ID: <m@y.example>\n\nx"), false},
		"From with two addresses":    {raw("From: a@y.example, b@y.example\nMessage-ID: <m@y.example>\n\nx"), false},
		"two From":                   {raw("From: a@y.example\n" + head + "\nx"), false},
		"two Message-ID":             {raw(head + "Message-ID: <n@y.example>\n\nx"), false},
		"no Message-ID":              {raw("From: x@y.example\n\nx"), false},
		"two Content-Type":           {raw(head + "Content-Type: text/plain\nContent-Type: text/html\n\nx"), false},
		"no envelope":                {map[string]string{"email": head + "\nx"}, false},
		"two of our addresses":       {map[string]string{"email": head + "\nx", "envelope": `{"to":["reply+a.b@in.example","reply+c.d@in.example"]}`}, false},
		"another domain":             {map[string]string{"email": head + "\nx", "envelope": `{"to":["reply+a.b@in.example.evil"]}`}, false},
		"address only in To":         {map[string]string{"email": "To: reply+a.b@in.example\n" + head + "\nx", "envelope": `{"to":["z@y.example"]}`}, false},
		"encoded word as address":    {raw("From: =?utf-8?q?x=40y=2Eexample?=\nMessage-ID: <m@y.example>\n\nx"), false},
		"unknown transfer encoding":  {raw(head + "Content-Transfer-Encoding: x-uu\n\nx"), false},
		"broken base64":              {raw(head + "Content-Transfer-Encoding: base64\n\n%%%"), false},
		"1,001 headers":              {raw(head + strings.Repeat("X-A: b\n", 1001) + "\nx"), false},
		"201 parts":                  {raw(head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 201) + "--b--\n"), false},
		"depth 11":                   {raw(head + nested(11)), false},
		"depth 10":                   {raw(head + nested(10)), true},
		"unknown charset":            {raw(head + "Content-Type: text/plain; charset=klingon\n\nx\xff"), true},
		"boundary that never begins": {raw(head + "Content-Type: multipart/mixed; boundary=b\n\nx"), false},
	} {
		kind, body := call(c.fields, mail.InboundFile{Name: "a.pdf", Bytes: []byte("x")})
		if _, err := mail.ReadInbound(inDomain, kind, body); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, kind := range []string{"", "text/plain", "multipart/form-data", "multipart/mixed; boundary=xYzZY"} {
		_, body := call(raw(head + "\nx"))
		if _, err := mail.ReadInbound(inDomain, kind, body); err == nil {
			t.Errorf("%q was read", kind)
		}
	}
}

// nested is a letter n deep.
func nested(n int) string {
	s := "Content-Type: text/plain\n\nx\n"
	for i := range n {
		s = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n", i, i, s, i)
	}
	return s
}

// S3: machines are told apart, so that two of them do not answer each other.
func TestS3Automatic(t *testing.T) {
	for line, auto := range map[string]bool{
		"X-Nothing: x": false, "Auto-Submitted: no": false, "Auto-Submitted: auto-replied": true, "Auto-Submitted: auto-generated; x": true, "Precedence: bulk": true,
		"Precedence: LIST": true, "Precedence: first-class": false, "Return-Path: <>": true, "Return-Path: <x@y.example>": false, "X-Loop: xuanping": true, "List-Id: a": true,
	} {
		kind, body := call(raw("From: x@y.example\nMessage-ID: <m@y.example>\n" + line + "\n\nx"))
		in, err := mail.ReadInbound(inDomain, kind, body)
		if err != nil || in.Auto != auto {
			t.Errorf("%s: auto %v, %v", line, in.Auto, err)
		}
	}
}

// S3: what no accepted key signed is refused before it is parsed: the body here
// could not be parsed at all.
func TestS3UnsignedIsNotParsed(t *testing.T) {
	k, other := newKey(t, elliptic.P256()), newKey(t, elliptic.P256())
	kind, body := call(raw("From: x@y.example\nMessage-ID: <m@y.example>\n\nx"))
	const ts = "1740790802"
	b64 := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		keys    []*ecdsa.PublicKey
		sig     string
		body    []byte
		refused bool
	}{
		"signed":       {[]*ecdsa.PublicKey{&other.PublicKey, &k.PublicKey}, b64(sign(t, k, ts, string(body))), body, false},
		"unsigned":     {[]*ecdsa.PublicKey{&k.PublicKey}, "", []byte("no letter"), true},
		"wrong key":    {[]*ecdsa.PublicKey{&k.PublicKey}, b64(sign(t, other, ts, "no letter")), []byte("no letter"), true},
		"no keys":      {nil, b64(sign(t, k, ts, string(body))), body, true},
		"body changed": {[]*ecdsa.PublicKey{&k.PublicKey}, b64(sign(t, k, ts, string(body))), append(bytes.Clone(body), ' '), true},
		"too large":    {[]*ecdsa.PublicKey{&k.PublicKey}, b64(sign(t, k, ts, "")), make([]byte, mail.MaxInbound+1), true},
	} {
		_, err := mail.Receive(c.keys, inDomain, ts, c.sig, kind, c.body)
		if errors.Is(err, mail.ErrUnsigned) != c.refused || !c.refused && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var address = regexp.MustCompile(`[a-z0-9]@[a-z0-9]`)

// FuzzEvents: no call, signed or not, ends in anything but an answer.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(eventBody))
	f.Add([]byte(`[{"event":"delivered","sg_event_id":"a","timestamp":1e99}]`))
	f.Add([]byte(`[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := mail.ReadEvents(body)
		if err == nil {
			for _, e := range all {
				if e.ID == "" || e.Kind == "" || address.MatchString(e.Reason) || strings.ContainsAny(e.ID+e.Key+e.Kind+e.Reason, "\x00\n") {
					t.Fatalf("%+v", e)
				}
			}
		}
		if _, err := mail.Events(nil, "1740790802", "", body); !errors.Is(err, mail.ErrUnsigned) {
			t.Fatal(err)
		}
	})
}

// FuzzInbound: any form is read or refused, and what is read is bounded text.
func FuzzInbound(f *testing.F) {
	for _, fields := range []map[string]string{raw(plainLetter), raw("From: x@y.example\nMessage-ID: <m@y.example>\n\nx"),
		{"headers": "From: x@y.example\nMessage-ID: <m@y.example>\n", "envelope": `{"to":["reply+a.b@in.example"]}`, "text": "x", "charsets": `{"text":"gbk"}`}} {
		kind, body := call(fields, mail.InboundFile{Name: "a.pdf", Bytes: []byte("x")})
		f.Add(kind, body)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) { bounded(t, kind, body) })
}

// FuzzMIME: any letter inside a good form.
func FuzzMIME(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(plainLetter, "YQ==")))
	f.Add([]byte("From: x@y.example\nMessage-ID: <m@y.example>\n" + nested(3)))
	f.Add([]byte("From: x@y.example\nMessage-ID: <m@y.example>\nContent-Type: text/html; charset=big5\nContent-Transfer-Encoding: quoted-printable\n\n=A4=A4<br>"))
	f.Fuzz(func(t *testing.T, letter []byte) {
		kind, body := call(map[string]string{"email": string(letter), "envelope": `{"to":["reply+a.b@in.example"]}`})
		bounded(t, kind, body)
	})
}

func bounded(t *testing.T, kind string, body []byte) {
	in, err := mail.ReadInbound(inDomain, kind, body)
	if err != nil {
		return
	}
	if in.Local == "" || in.MessageID == "" || strings.ContainsAny(in.MessageID, "\r\n") || len(in.Files) > 200 || strings.ToValidUTF8(in.Text, "") != in.Text {
		t.Fatalf("%+v", in)
	}
}
