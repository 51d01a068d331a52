package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"xuanping/campaign"
	"xuanping/mail"
	"xuanping/web"
)

// Maildir is the folder of the built-in mailbox: one .eml file a letter, named
// by the letter's key, so that keeping it twice keeps it once. Letters stay out
// of the database because they carry links.
type Maildir struct {
	dir    string
	from   mail.Address
	domain string
	mu     sync.Mutex
	heads  map[string]listed
}

// OpenMaildir opens the folder and makes it when it is missing.
func OpenMaildir(dir string, from mail.Address, domain string) (*Maildir, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Maildir{dir: dir, from: from, domain: domain, heads: map[string]listed{}}, nil
}

// Keep writes a letter completely or not at all.
func (m *Maildir) Keep(_ context.Context, l mail.Letter) error {
	b, err := mail.EML(l, m.from, m.domain)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(l.Key))
	name := filepath.Join(m.dir, hex.EncodeToString(sum[:16])+".eml")
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	f, err := os.CreateTemp(m.dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// List gives a page of the mailbox, newest first.
func (m *Maildir) List(match string, from, n int) ([]web.MailHead, int, error) {
	match = strings.ToLower(strings.TrimSpace(match))
	found, err := m.find(match)
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(found, func(a, b web.MailHead) int {
		return cmp.Or(b.Date.Compare(a.Date), cmp.Compare(a.ID, b.ID))
	})
	total := len(found)
	from = min(max(from, 0), total)
	return found[from:min(from+n, total)], total, nil
}

// listed is a letter as the list keeps it: read once, for a letter never changes.
type listed struct {
	web.MailHead
	words string // what is searched, in lower case
}

// find lists the letters whose address or subject has the words in it.
func (m *Maildir) find(match string) ([]web.MailHead, error) {
	dir, err := os.Open(m.dir)
	if err != nil {
		return nil, err
	}
	names, err := dir.Readdirnames(-1)
	dir.Close()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []web.MailHead
	for _, name := range names {
		id, ok := strings.CutSuffix(name, ".eml")
		if !ok {
			continue
		}
		l, known := m.heads[id]
		if !known {
			msg, closer, err := m.open(id)
			if err != nil {
				continue // taken away meanwhile
			}
			h := head(id, msg)
			closer.Close()
			l = listed{h, strings.ToLower(h.To + " " + h.Subject)}
			m.heads[id] = l
		}
		if strings.Contains(l.words, match) {
			found = append(found, l.MailHead)
		}
	}
	return found, nil
}

func (m *Maildir) open(id string) (*netmail.Message, io.Closer, error) {
	if _, err := hex.DecodeString(id); err != nil || len(id) != 32 {
		return nil, nil, campaign.Fail(campaign.NotFound, "没有这封邮件")
	}
	f, err := os.Open(filepath.Join(m.dir, id+".eml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, campaign.Fail(campaign.NotFound, "没有这封邮件")
	}
	if err != nil {
		return nil, nil, err
	}
	msg, err := netmail.ReadMessage(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return msg, f, nil
}

func head(id string, msg *netmail.Message) web.MailHead {
	var words mime.WordDecoder
	subject, _ := words.DecodeHeader(msg.Header.Get("Subject"))
	to := msg.Header.Get("To")
	if a, err := netmail.ParseAddress(to); err == nil {
		to = a.Address
	}
	date, _ := msg.Header.Date()
	return web.MailHead{ID: id, To: to, Subject: subject, Date: date.In(campaign.Beijing)}
}

// Read opens one letter with its bodies and attachments.
func (m *Maildir) Read(id string) (web.Mail, error) {
	msg, closer, err := m.open(id)
	if err != nil {
		return web.Mail{}, err
	}
	defer closer.Close()
	out := web.Mail{MailHead: head(id, msg)}
	err = parts(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), "", msg.Body, &out)
	return out, err
}

// parts walks a letter that this house wrote itself.
func parts(contentType, encoding, name string, body io.Reader, out *web.Mail) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := parts(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.FileName(), p, out); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	switch {
	case err != nil:
		return err
	case name != "":
		var words mime.WordDecoder
		if n, err := words.DecodeHeader(name); err == nil {
			name = n
		}
		out.Attachments = append(out.Attachments, web.MailFile{Name: name, Media: kind, Bytes: b})
	case kind == "text/html":
		out.HTML = string(bytes.TrimSpace(b))
	case kind == "text/plain":
		out.Text = string(b)
	}
	return nil
}

// Count tells how many letters there are.
func (m *Maildir) Count() (int, error) {
	all, err := m.find("")
	return len(all), err
}

var _ web.Mailbox = (*Maildir)(nil)
