package mailtest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"strings"

	"xuanping/mail"
)

// SendGrid is a fake of SendGrid's v3 mail send endpoint: it checks the request
// as the real one documents it and keeps what it accepted.
type SendGrid struct {
	box
	URL string
	Key string // the API key it wants
	srv *httptest.Server

	count int // of accepted letters
}

// NewSendGrid starts the fake on loopback; Close ends it.
func NewSendGrid(key string) *SendGrid {
	f := &SendGrid{Key: key}
	f.quit = make(chan struct{})
	f.srv = httptest.NewServer(f)
	f.URL = f.srv.URL
	return f
}

// Close stops the server and lets hanging requests go.
func (f *SendGrid) Close() { close(f.quit); f.srv.CloseClientConnections(); f.srv.Close() }

// request is the documented body; anything else is refused.
type request struct {
	From             address `json:"from"`
	ReplyTo          address `json:"reply_to"`
	Subject          string  `json:"subject"`
	Personalizations []struct {
		To []address `json:"to"`
		Cc []address `json:"cc"`
	} `json:"personalizations"`
	Content []struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	} `json:"content"`
	Attachments []struct {
		Content     string `json:"content"`
		Type        string `json:"type"`
		Filename    string `json:"filename"`
		Disposition string `json:"disposition"`
	} `json:"attachments"`
	Headers          map[string]string          `json:"headers"`
	CustomArgs       map[string]string          `json:"custom_args"`
	TrackingSettings map[string]map[string]bool `json:"tracking_settings"`
	MailSettings     struct {
		Sandbox struct {
			Enable bool `json:"enable"`
		} `json:"sandbox_mode"`
	} `json:"mail_settings"`
}

type address struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

type fault struct {
	Message string  `json:"message"`
	Field   *string `json:"field"`
	Help    *string `json:"help"`
}

// ServeHTTP answers POST /v3/mail/send.
func (f *SendGrid) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v3/mail/send" {
		answer(w, http.StatusNotFound, "not found", "")
		return
	}
	if r.Method != http.MethodPost {
		answer(w, http.StatusMethodNotAllowed, "method not allowed", "")
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+f.Key {
		answer(w, http.StatusUnauthorized, "The provided authorization grant is invalid, expired, or revoked", "")
		return
	}
	if r.Header.Get("Content-Type") != "application/json" {
		answer(w, http.StatusUnsupportedMediaType, "Content-Type should be application/json.", "")
		return
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 30<<20+1))
	if err != nil {
		return // the client went away
	}
	if len(raw) > 30<<20 {
		answer(w, http.StatusRequestEntityTooLarge, "The total size of your email message must be less than 30MB", "")
		return
	}
	d, message, field := read(raw)
	if message != "" {
		answer(w, http.StatusBadRequest, message, field)
		return
	}
	if d.Sandbox { // checked like any other, and gone
		w.WriteHeader(http.StatusOK)
		return
	}
	f.behave(w, r, d)
}

func (f *SendGrid) behave(w http.ResponseWriter, r *http.Request, d Delivered) {
	mode := f.now()
	if f.Pick != nil {
		mode = f.Pick(d)
	}
	switch mode {
	case Broken:
		answer(w, http.StatusInternalServerError, "Internal Server Error", "")
	case TooLarge:
		answer(w, http.StatusRequestEntityTooLarge, "The total size of your email message must be less than 30MB", "")
	case Busy:
		w.Header().Set("Retry-After", cmp.Or(f.Wait, "7"))
		answer(w, http.StatusTooManyRequests, "too many requests", "")
	case Refuse:
		answer(w, http.StatusBadRequest, "The from address does not match a verified Sender Identity", "from")
	case BadJSON:
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"errors":[{"message":"cut o`)
	case Hang:
		select {
		case <-f.quit:
		case <-r.Context().Done():
		}
	case LostAnswer:
		f.take(&d)
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			conn.Close()
		}
	default:
		f.take(&d)
		w.Header().Set("X-Message-Id", d.ProviderMessageID)
		w.WriteHeader(http.StatusAccepted)
	}
}

func (f *SendGrid) take(d *Delivered) {
	f.mu.Lock()
	f.count++
	d.ProviderMessageID = fmt.Sprintf("fake-%06d", f.count)
	if f.Took == nil {
		f.got = append(f.got, *d)
	}
	f.mu.Unlock()
	if f.Took != nil {
		f.Took(*d)
	}
}

func answer(w http.ResponseWriter, code int, message, field string) {
	e := fault{Message: message}
	if field != "" {
		e.Field = &field
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(map[string][]fault{"errors": {e}})
}

// read checks a body and turns it into the letter; a fault comes back as
// message and field.
func read(raw []byte) (d Delivered, message, field string) {
	var q request
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		return d, "Bad Request: " + err.Error(), ""
	}
	if len(q.Personalizations) != 1 || len(q.Personalizations[0].To) != 1 {
		return d, "The personalizations field is required and must have exactly one recipient here.", "personalizations"
	}
	p := q.Personalizations[0]
	seen := map[string]bool{}
	for _, a := range append(append([]address{q.From}, p.To...), p.Cc...) {
		if _, err := netmail.ParseAddress(a.Email); err != nil {
			return d, "Does not contain a valid address.", "personalizations.0.to.0.email"
		}
	}
	for _, a := range append(p.To, p.Cc...) {
		if seen[strings.ToLower(a.Email)] {
			return d, "Each email address in the personalization block should be unique between to, cc, and bcc.", "personalizations"
		}
		seen[strings.ToLower(a.Email)] = true
	}
	for _, a := range p.Cc {
		d.Cc = append(d.Cc, a.Email)
	}
	d.From, d.ReplyTo, d.Subject = q.From.Email, q.ReplyTo.Email, q.Subject
	d.To, d.ToName = p.To[0].Email, p.To[0].Name
	d.Key, d.Sandbox = q.CustomArgs["key"], q.MailSettings.Sandbox.Enable
	if message, field = d.headers(q); message != "" {
		return d, message, field
	}
	message, field = d.bodies(q)
	return d, message, field
}

// reserved headers SendGrid sets itself.
const reserved = " x-sg-id x-sg-eid received dkim-signature content-type content-transfer-encoding to from subject reply-to cc bcc "

func (d *Delivered) headers(q request) (message, field string) {
	for k, v := range q.Headers {
		if strings.Contains(reserved, " "+strings.ToLower(k)+" ") {
			return "The header " + k + " is reserved.", "headers"
		}
		if strings.ContainsAny(k+v, "\r\n") {
			return "The headers contain a line break.", "headers"
		}
	}
	if q.Subject == "" || strings.ContainsAny(q.Subject, "\r\n") {
		return "The subject is required and must not contain a line break.", "subject"
	}
	d.MessageID = strings.Trim(q.Headers["Message-ID"], "<>")
	d.Auto = q.Headers["Auto-Submitted"]
	return "", ""
}

func (d *Delivered) bodies(q request) (message, field string) {
	if len(q.Content) != 2 || q.Content[0].Type != "text/plain" || q.Content[1].Type != "text/html" {
		return "If present, text/plain and text/html may only be provided in this order.", "content"
	}
	d.Text, d.HTML = q.Content[0].Value, q.Content[1].Value
	if d.Text == "" || d.HTML == "" {
		return "The content value must be a string at least one character in length.", "content"
	}
	for _, a := range q.Attachments {
		raw, err := base64.StdEncoding.DecodeString(a.Content)
		if err != nil || a.Filename == "" || len(raw) == 0 {
			return "The attachment content must be base64 encoded and named.", "attachments.0.content"
		}
		d.Attachments = append(d.Attachments, mail.Attachment{Name: a.Filename, MediaType: a.Type, Bytes: raw})
	}
	return "", ""
}
