package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/rubric"
	"xuanping/store"
)

// errDropped says that a letter is no longer wanted: its task is done.
var errDropped = errors.New("dropped")

func rowTitle(row rubric.Row) string { return fmt.Sprintf("第%d项 %s", row.No, row.Title) }

// send turns a mail intent into a letter and hands it to the transport.
func (r *Room) send(ctx context.Context, j store.Job) (provider string, err error) {
	var b store.MailBody
	if err := json.Unmarshal(j.Body, &b); err != nil {
		return "", campaign.Fail(campaign.Invalid, "邮件内容无法读取")
	}
	s, err := r.scene(ctx, j.Ref())
	if err != nil {
		return "", err
	}
	who, isStaff := strings.CutPrefix(b.To, "staff:")
	if b.Task != "" {
		wanted, err := open(ctx, r.Store.Reader, j.Ref(), b.Task, who)
		if err != nil {
			return "", err
		}
		if !wanted {
			return "", errDropped
		}
	}
	letter := mail.Letter{Key: j.Key, To: s.institution.Email, ToName: s.institution.Contact, Date: b.Date}
	if isStaff {
		p, err := r.Store.Staff(ctx, who)
		if err != nil {
			return "", err
		}
		letter.To, letter.ToName = p.Email, p.Name
	}
	if letter.Attachments, err = r.attach(ctx, b.Papers); err != nil {
		return "", err
	}
	data, err := r.data(ctx, j, b, s, letter.ToName)
	if err != nil {
		return "", err
	}
	if letter.Subject, letter.Text, letter.HTML, letter.Template, err = mail.Compose(b.Template, data); err != nil {
		return "", &campaign.Error{Kind: campaign.Invalid, Say: "邮件模板“" + b.Template + "”缺少内容", Err: err}
	}
	rec, err := r.Sender.Send(ctx, letter)
	if err != nil && !mail.Temporary(err) {
		return "", &campaign.Error{Kind: campaign.Invalid, Say: say(err), Err: err}
	}
	if rec.Withheld {
		return store.Withheld, err
	}
	return rec.ProviderID, err
}

func (r *Room) attach(ctx context.Context, papers []string) ([]mail.Attachment, error) {
	var all []mail.Attachment
	for _, key := range papers {
		p, err := r.Store.PaperByKey(ctx, key)
		if campaign.KindOf(err) == campaign.NotFound {
			if err = r.makePaper(ctx, key); err == nil {
				p, err = r.Store.PaperByKey(ctx, key)
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, mail.Attachment{Name: p.Kind.Chinese() + ".pdf", MediaType: "application/pdf", Bytes: p.PDF})
	}
	return all, nil
}

// data fills a letter's fields from the intent and the roster.
func (r *Room) data(ctx context.Context, j store.Job, b store.MailBody, s scene, person string) (mail.Data, error) {
	link, err := r.link(ctx, j, b, s)
	if err != nil {
		return mail.Data{}, err
	}
	head, err := r.Store.Head(ctx)
	if err != nil {
		return mail.Data{}, err
	}
	d := mail.Data{
		Issuer: r.issuer(s.campaign), Institution: s.institution.Name, Person: person, Year: j.Year,
		Title: b.Data["title"], What: b.Data["what"], Consequence: b.Data["consequence"], Number: b.Data["number"],
		Link: link, Contact: r.Contact, Rows: r.rowTitles(b.Rows), Lines: b.Lines, Checkpoint: head.Line(), Rehearsal: s.campaign.Rehearsal,
	}
	if b.Until != "" {
		d.Until = b.Until.Chinese() + "（" + weekday(b.Until) + "）24:00"
	}
	if u := b.Data["until"]; u != "" { // an hour, where 24:00 would be wrong (Art. 20)
		d.Until = u
	}
	return d, nil
}

func weekday(d campaign.Day) string {
	return "星期" + string([]rune("日一二三四五六")[d.Start().Weekday()])
}

func (r *Room) issuer(c store.Campaign) string {
	if i := c.Rules.Settings.Issuer; i != "" {
		return i
	}
	return r.Issuer
}

// link makes the address behind a letter's button. An institution's carries a
// ticket; staff sign in.
func (r *Room) link(ctx context.Context, j store.Job, b store.MailBody, s scene) (string, error) {
	if b.Scope == "" {
		return r.BaseURL + b.Path, nil
	}
	dead, err := r.Store.Revoked(ctx, j.Key)
	if err != nil {
		return "", err
	}
	intent := j.Key
	if dead > 0 { // its links were ended since: sent again, the letter gets a new one
		intent = fmt.Sprintf("%s#%d", j.Key, dead)
	}
	token, id := r.Link(intent)
	err = r.Store.AddTicket(ctx, id, store.Ticket{Year: j.Year, Code: j.Code, Scope: b.Scope, Intent: j.Key, IssuedAt: b.Date, ExpiresAt: expiry(s.rules(), b.Date)})
	if err != nil {
		return "", err
	}
	address := r.BaseURL + "/t/" + token
	if b.Path != "" {
		address += "?next=" + url.QueryEscape(b.Path)
	}
	return address, nil
}

// expiry lets a link live half a year beyond publication, and at least as
// long beyond its letter: results and cases of Article 32 follow later.
func expiry(rules contract.Rules, sent time.Time) time.Time {
	half := 183 * 24 * time.Hour
	if t := rules.Calendar.Publication.End().Add(half); t.After(sent.Add(half)) {
		return t
	}
	return sent.Add(half)
}
