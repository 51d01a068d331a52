package mailtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"sync"

	"xuanping/mail"
)

// Mode is how a fake server behaves towards the next letters.
type Mode int

// The modes; a server without a meaning for one treats it as OK.
const (
	OK         Mode = iota
	Broken          // 500, or 451 over SMTP
	Busy            // 429 with Retry-After, or 450 over SMTP
	Refuse          // 400 with reasons, or 550 over SMTP
	BadJSON         // 400 with a body that is not JSON
	Hang            // takes the letter in and never answers
	LostAnswer      // accepts the letter, then resets the connection before answering
	LateDrop        // answers, then drops the connection
	TooLarge        // 413
)

// Delivered is one letter as its reader's mail program would show it.
type Delivered struct {
	MessageID, Key    string
	From, To, ToName  string
	Cc                []string
	ReplyTo           string
	Subject           string
	Text, HTML        string
	Attachments       []mail.Attachment
	Auto              string // Auto-Submitted
	Sandbox           bool   // SendGrid's sandbox mode
	ProviderMessageID string
}

// box is the state fakes share: the mode and what was accepted.
type box struct {
	mu   sync.Mutex
	mode Mode
	got  []Delivered
	quit chan struct{}

	// Pick, when set before the first letter, chooses the mode of each letter.
	Pick func(d Delivered) Mode
	// Took, when set before the first letter, is told of each accepted letter
	// before the answer goes out, and the fake keeps none.
	Took func(d Delivered)
	// Wait is what Busy asks for; "" is 7 seconds.
	Wait string
}

// Set changes the mode.
func (b *box) Set(m Mode) { b.mu.Lock(); b.mode = m; b.mu.Unlock() }

// Delivered lists the accepted letters in order.
func (b *box) Delivered() []Delivered {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Delivered(nil), b.got...)
}

func (b *box) now() Mode { b.mu.Lock(); defer b.mu.Unlock(); return b.mode }

func (b *box) accept(d Delivered) { b.mu.Lock(); b.got = append(b.got, d); b.mu.Unlock() }

var words mime.WordDecoder

// Parse reads a message file the way a mail program does.
func Parse(raw []byte) (Delivered, error) {
	var d Delivered
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return d, err
	}
	d.MessageID = strings.Trim(m.Header.Get("Message-ID"), "<>")
	d.Auto = m.Header.Get("Auto-Submitted")
	if d.Subject, err = words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		return d, err
	}
	if _, err := m.Header.Date(); err != nil {
		return d, fmt.Errorf("header Date: %w", err)
	}
	if err := d.addresses(m.Header); err != nil {
		return d, err
	}
	return d, d.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
}

func (d *Delivered) addresses(h netmail.Header) error {
	for _, field := range []string{"From", "To", "Cc", "Reply-To"} {
		if h.Get(field) == "" {
			continue
		}
		list, err := h.AddressList(field)
		if err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		switch field {
		case "From":
			d.From = list[0].Address
		case "To":
			d.To, d.ToName = list[0].Address, list[0].Name
		case "Cc":
			for _, a := range list {
				d.Cc = append(d.Cc, a.Address)
			}
		case "Reply-To":
			d.ReplyTo = list[0].Address
		}
	}
	return nil
}

func (d *Delivered) part(kind, encoding, disposition string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return err
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			err = d.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)
			if err != nil {
				return err
			}
		}
	}
	if strings.EqualFold(encoding, "base64") {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return d.leaf(media, disposition, raw)
}

func (d *Delivered) leaf(media, disposition string, raw []byte) error {
	if disposition != "" {
		_, params, err := mime.ParseMediaType(disposition)
		if err != nil {
			return err
		}
		d.Attachments = append(d.Attachments, mail.Attachment{Name: params["filename"], MediaType: media, Bytes: raw})
		return nil
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	switch media {
	case "text/plain":
		d.Text = text
	case "text/html":
		d.HTML = text
	}
	return nil
}
