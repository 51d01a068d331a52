package mail

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"strings"
)

// Bounds of a letter that comes in (assurance S3).
const (
	MaxInbound = 25 << 20 // bytes of one call
	maxParts   = 200
	maxDepth   = 10
	maxHeaders = 1000 // lines of headers, over all parts
	maxComment = 1 << 20
)

// Inbound is a letter that came in. Only Local, the address it was sent to, may
// be relied on, once the ticket in it was checked; the rest is what a stranger says.
type Inbound struct {
	Local     string // what stands before the @ of our address
	MessageID string
	Sender    string
	Proof     string // SPF and DKIM as the provider found them
	Subject   string
	Text      string
	Auto      bool // a machine's answer, or one that went round in a circle
	Files     []InboundFile
	Bounces   []Bounce // of a report of delivery, which is never an answer
}

// InboundFile is an attachment.
type InboundFile struct {
	Name  string
	Bytes []byte
}

// errInbound refuses what is no letter, without saying more to a stranger.
var errInbound = errors.New("来信无法读取")

// Receive checks a call of SendGrid's inbound parse webhook and reads it. A call
// that no accepted key signed is ErrUnsigned before a byte of it is parsed;
// domain is that of the addresses under which answers come back.
func Receive(keys []*ecdsa.PublicKey, domain, timestamp, signature, contentType string, body []byte) (Inbound, error) {
	if len(body) > MaxInbound || !Signed(keys, timestamp, signature, body) {
		return Inbound{}, ErrUnsigned
	}
	return ReadInbound(domain, contentType, body)
}

// ReadInbound reads the form of an inbound call: the raw letter in "email", or
// the fields SendGrid made of it.
func ReadInbound(domain, contentType string, body []byte) (Inbound, error) {
	form, err := readForm(contentType, body)
	if err != nil {
		return Inbound{}, err
	}
	in := Inbound{Proof: strings.TrimSpace("SPF " + form.one("SPF") + "；DKIM " + form.one("dkim"))}
	if in.Local, err = ourAddress(form.one("envelope"), domain); err != nil {
		return Inbound{}, err
	}
	if raw := form.fields["email"]; len(raw) > 0 {
		err = in.readRaw(raw)
	} else {
		err = in.readParsed(form)
	}
	return in, err
}

// ourAddress finds the one address of ours among those of the envelope: more
// than one, or none, is nobody's answer. What the To header says is not asked.
func ourAddress(envelope, domain string) (string, error) {
	var e struct {
		To []string `json:"to"`
	}
	if json.Unmarshal([]byte(envelope), &e) != nil || len(e.To) > 100 {
		return "", errInbound
	}
	found := ""
	for _, to := range e.To {
		local, at, ok := strings.Cut(to, "@")
		if !ok || !strings.EqualFold(at, domain) || !ValidAddress(to) {
			continue
		}
		if local = strings.ToLower(local); found != "" && found != local {
			return "", errInbound
		}
		found = local
	}
	if found == "" {
		return "", errInbound
	}
	return found, nil
}

// form is a call's fields and files, read within the bounds.
type form struct {
	fields map[string][]byte
	files  []InboundFile
}

func (f form) one(name string) string { return string(f.fields[name]) }

func readForm(contentType string, body []byte) (form, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return form{}, errInbound
	}
	f := form{fields: map[string][]byte{}}
	b := &bounds{}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return form{}, errInbound
		}
		if err := b.part(p.Header); err != nil {
			return form{}, err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return form{}, errInbound
		}
		name := p.FormName()
		if file := p.FileName(); file != "" && name != "email" {
			f.files = append(f.files, InboundFile{file, data})
			continue
		}
		if _, twice := f.fields[name]; twice || name == "" { // two of a field are two readings
			return form{}, errInbound
		}
		f.fields[name] = data
	}
}

// readParsed takes the fields that SendGrid made of a letter.
func (in *Inbound) readParsed(f form) error {
	var charsets map[string]string
	_ = json.Unmarshal(f.fields["charsets"], &charsets) // without it all is UTF-8
	b := &bounds{}
	h, err := b.header(f.fields["headers"])
	if err != nil {
		return err
	}
	if err := in.heads(h); err != nil {
		return err
	}
	in.Subject = decode(charsets["subject"], f.fields["subject"])
	in.Text = decode(charsets["text"], cut(f.fields["text"]))
	if strings.TrimSpace(in.Text) == "" {
		in.Text = fromHTML(decode(charsets["html"], cut(f.fields["html"])))
	}
	in.Files = f.files
	return nil
}

// readRaw takes the letter itself.
func (in *Inbound) readRaw(raw []byte) error {
	b := &bounds{}
	head, body := splitHead(raw)
	h, err := b.header(head)
	if err != nil {
		return err
	}
	if boundary, is := deliveryReport(h); is {
		in.Auto = true
		in.Bounces, err = readReport(b, h, boundary, body)
		return err
	}
	if err := in.heads(h); err != nil {
		return err
	}
	in.Subject = heading(h.Get("Subject"))
	r := reader{b: b}
	if err := r.part(textproto.MIMEHeader(h), bytes.NewReader(body), 0); err != nil {
		return err
	}
	in.Text, in.Files = r.text, r.files
	if strings.TrimSpace(in.Text) == "" {
		in.Text = fromHTML(r.html)
	}
	return nil
}

// single are the headers of which a letter has one: a second one is an attempt
// to be read in two ways.
var single = []string{"From", "Message-Id", "Subject", "Date", "Reply-To", "Content-Type", "Content-Transfer-Encoding"}

// heads reads what a letter says of itself.
func (in *Inbound) heads(h netmail.Header) error {
	for _, name := range single {
		if len(h[name]) > 1 {
			return errInbound
		}
	}
	from, err := (&netmail.AddressParser{WordDecoder: &charsetWords}).ParseList(h.Get("From"))
	if err != nil || len(from) != 1 || !ValidAddress(from[0].Address) {
		return errInbound
	}
	in.Sender = strings.TrimSpace(from[0].Name + " <" + from[0].Address + ">")
	in.MessageID = strings.TrimSpace(h.Get("Message-Id"))
	if in.MessageID == "" || len(in.MessageID) > 998 || !oneLine(in.MessageID) {
		return errInbound
	}
	in.Auto = automatic(h)
	return nil
}

// automatic tells a machine's letter from a person's (RFC 3834 and habit).
func automatic(h netmail.Header) bool {
	if v := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted"))); v != "" && v != "no" {
		return true
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Precedence"))) {
	case "bulk", "list", "junk", "auto_reply":
		return true
	}
	if kind, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";"); strings.TrimSpace(kind) == "multipart/report" {
		return true // of whatever kind: nobody's words
	}
	if v, given := h["Return-Path"]; given && strings.Trim(strings.Join(v, ""), " <>") == "" {
		return true
	}
	for _, name := range []string{"X-Loop", "List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients"} {
		if _, given := h[name]; given {
			return true
		}
	}
	return false
}

// bounds counts parts and headers over a whole letter.
type bounds struct{ parts, headers int }

func (b *bounds) part(h textproto.MIMEHeader) error {
	b.parts++
	for _, v := range h {
		b.headers += len(v)
	}
	if b.parts > maxParts || b.headers > maxHeaders {
		return fmt.Errorf("%w：部分或抬头过多", errInbound)
	}
	return nil
}

// header reads a block of headers; a line that is none makes it no letter.
func (b *bounds) header(raw []byte) (netmail.Header, error) {
	if n := bytes.Count(raw, []byte("\n")); n > maxHeaders || len(raw) > 256<<10 {
		return nil, fmt.Errorf("%w：抬头过多", errInbound)
	}
	raw = append(bytes.TrimRight(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), "\n"), "\n\n"...)
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, errInbound
	}
	return m.Header, b.part(textproto.MIMEHeader(m.Header))
}

// splitHead cuts a letter at its first empty line; one without has no body.
func splitHead(raw []byte) (head, body []byte) {
	for _, gap := range []string{"\r\n\r\n", "\n\n"} {
		if h, b, ok := bytes.Cut(raw, []byte(gap)); ok {
			return h, b
		}
	}
	return raw, nil
}

func cut(b []byte) []byte { return b[:min(len(b), maxComment)] }
