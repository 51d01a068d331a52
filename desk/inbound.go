package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// Limits of a letter that comes back.
const (
	replyFiles  = 20        // files that are looked at
	replyText   = 20_000    // signs of the comment that are kept
	answerPause = time.Hour // a thread is answered once in that time
)

// Incoming is a letter that came back, as its provider handed it over. Who
// wrote it is shown and never believed: only the address that it was sent to
// vouches for it, and all it may do is add a comment and files to a task (S3).
type Incoming struct {
	Local   string // what stands before the @ of the address that it was sent to
	Message string // its Message-ID
	Sender  string // as it says
	Proof   string // SPF and DKIM as the provider found them
	Subject string
	Text    string
	Auto    bool // a machine wrote it: nobody is answered
	Files   []IncomingFile

	Returned []Returned // of a report of delivery: it is noted, and never a reply
}

// IncomingFile is a file of such a letter.
type IncomingFile struct {
	Name  string
	Bytes []byte
}

// Returned is what a report of delivery (RFC 3464) says about a letter.
type Returned struct {
	Message string   // Message-ID of our letter
	To      []string // who did not get it: as registered, and as the last server knew him
	State   store.Delivery
	Status  string
	Reason  string // without addresses
	At      time.Time
}

// Fate counts what reports of delivery were about.
type Fate struct{ Ours, News int }

// TakeReturned notes reports that letters did not arrive, as the same receipts
// that a provider gives (see MailEvents). A report may come from anybody: it
// counts when it names the Message-ID under which a letter went to one of its
// recipients, which only who saw that letter can. Any other changes nothing.
func (d *Desk) TakeReturned(ctx context.Context, all []Returned) (f Fate, err error) {
	var events []store.MailEvent
	for _, r := range all {
		stamp, _, _ := strings.Cut(r.Message, "@")
		key, err := d.Store.MailSentAs(ctx, r.Message)
		if campaign.KindOf(err) == campaign.NotFound {
			continue
		}
		if err != nil {
			return f, err
		}
		if !slices.ContainsFunc(r.To, func(to string) bool { return d.Tickets.Stamped(stamp, key, to) }) {
			continue
		}
		e := store.MailEvent{Key: key, State: r.State, Provider: r.Message, Reason: r.Reason, At: r.At, Kind: reportKinds[r.State]}
		sum := sha256.Sum256([]byte(r.Message + "\n" + string(r.State) + "\n" + r.Status))
		e.ID = "dsn/" + hex.EncodeToString(sum[:]) // the same report by two ways is one
		if e.At.IsZero() {
			e.At = d.Clock()
		}
		events = append(events, e)
	}
	f.Ours = len(events)
	f.News, err = d.MailEvents(ctx, events)
	return f, err
}

// reportKinds are the provider's words for what a report says.
var reportKinds = map[store.Delivery]string{store.Bounced: "bounce", store.Deferred: "deferred"}

// TakeReply keeps a letter that came back as a comment on the task it answers,
// its files after the upload checks. A forged address, an ended link, a
// machine's answer and a message that was taken before change nothing and are
// no error: the sender learns nothing. It tells whether anything was kept.
func (d *Desk) TakeReply(ctx context.Context, in Incoming) (kept bool, err error) {
	id, err := d.Tickets.OpenReply(in.Local)
	if err != nil || in.Auto || in.Returned != nil || strings.TrimSpace(in.Message) == "" {
		return false, nil
	}
	t, err := d.Store.Ticket(ctx, id)
	if err != nil {
		if campaign.KindOf(err) == campaign.NotFound {
			return false, nil
		}
		return false, err
	}
	ref := contract.Ref{Year: t.Year, Code: t.Code}
	sum := sha256.Sum256([]byte(strings.TrimSpace(in.Message)))
	p := store.Reply{Year: ref.Year, Code: ref.Code, Message: hex.EncodeToString(sum[:]), Thread: t.Intent,
		Sender: clip(in.Sender, 200), Proof: clip(in.Proof, 200), Subject: clip(in.Subject, 200), Body: clipText(in.Text, replyText)}
	if known, err := d.Store.ReplyKnown(ctx, ref, p.Message); err != nil || known || t.Scope != "act" {
		return false, err
	}
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return false, err
	}
	if now := c.Now(d.Clock()); t.RevokedAt != nil || !now.Before(t.ExpiresAt) {
		return false, nil
	}
	files, err := d.keepFiles(ctx, ref, in.Files)
	if err != nil {
		return false, err
	}
	err = d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		p.At = s.Now
		recent, err := tx.AnsweredAfter(ctx, p.Thread, s.Now.Add(-answerPause))
		if err != nil {
			return err
		}
		p.Answered = !recent
		if kept, err = tx.AddReply(ctx, p, files); err != nil || !kept || recent {
			return err
		}
		tx.Queue(answer(ref, p, files))
		return nil
	})
	return kept, err
}

// answer says "received, confirm here" to the registered address, whoever wrote.
func answer(ref contract.Ref, p store.Reply, files []store.ReplyFile) store.Intent {
	lines := [][2]string{{"收到时间", p.At.In(campaign.Beijing).Format("2006年1月2日 15:04:05")}}
	taken := 0
	for _, f := range files {
		if f.Refused != "" {
			lines = append(lines, [2]string{fmt.Sprintf("第 %d 个附件未收", f.N), f.Refused})
			continue
		}
		taken++
	}
	lines = append(lines, [2]string{"收下附件", fmt.Sprintf("%d 个", taken)})
	return store.Intent{Key: key(ref, "comment", p.Message[:16]), Kind: store.MailIntent, Ref: ref,
		Body: store.MailBody{Template: "reply-received", To: "institution", Scope: "act", Path: "mail", Date: p.At, Lines: lines}}
}

// keepFiles puts files through the upload checks; what is refused is named, not kept.
func (d *Desk) keepFiles(ctx context.Context, ref contract.Ref, all []IncomingFile) ([]store.ReplyFile, error) {
	used, err := d.Store.HandedSize(ctx, ref)
	if err != nil {
		return nil, err
	}
	var out []store.ReplyFile
	for i, f := range all {
		file := store.ReplyFile{N: i + 1, Name: cleanName(f.Name), Size: int64(len(f.Bytes))}
		ext := strings.ToLower(filepath.Ext(file.Name))
		file.Media = media[ext]
		switch {
		case i >= replyFiles:
			file.Refused = fmt.Sprintf("一封邮件最多收 %d 个附件", replyFiles)
		case file.Media == "":
			file.Refused = "只接受 " + Kinds + " 文件"
		default:
			file.Digest, _, err = d.Blobs.Put(bytes.NewReader(f.Bytes), FileLimit, func(f *os.File, size int64) error {
				if err := fits(used, size); err != nil {
					return err
				}
				return genuine(f, size, ext)
			})
			if campaign.KindOf(err) == campaign.Invalid && err != nil {
				file.Refused, file.Digest = err.Error(), ""
			} else if err != nil {
				return nil, err
			}
			used += file.Size
		}
		out = append(out, file)
	}
	return out, nil
}

// FileReply hands a file that came by mail in as evidence: the act with legal
// effect, with the row, the declaration of Art. 5 and the person behind it.
func (d *Desk) FileReply(ctx context.Context, v Visitor, message string, n int, u Upload, by Signer) (Receipt, error) {
	files, err := d.Store.ReplyFiles(ctx, v.Ref)
	if err != nil {
		return Receipt{}, err
	}
	for _, f := range files {
		if f.Message == message && f.N == n && f.Refused == "" {
			file, err := d.Blobs.Open(f.Digest)
			if err != nil {
				return Receipt{}, err
			}
			defer file.Close()
			u.Name, u.File = f.Name, file
			return d.AddEvidence(ctx, v, u, by)
		}
	}
	return Receipt{}, campaign.Fail(campaign.NotFound, "没有找到这个附件")
}

// clip makes a line of a stranger's letter fit to be shown.
func clip(s string, n int) string { return clipText(strings.Join(strings.Fields(s), " "), n) }

// clipText leaves out what is no text and what is too long.
func clipText(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || (r >= ' ' && r != 0x7f && !invisible(r)) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\ufffd"))
	if rs := []rune(s); len(rs) > n {
		s = string(rs[:n]) + "…"
	}
	return strings.TrimSpace(s)
}

// invisible are marks that turn or hide text.
func invisible(r rune) bool { return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.C) }
