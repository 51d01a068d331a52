package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// GuidanceForm is a letter of the regulator's unit (第十二条).
type GuidanceForm struct {
	Title, Text string
	Numbered    bool
}

// WriteGuidance keeps a letter; it is sent by an act of its own, after its
// attachments are there.
func (d *Desk) WriteGuidance(ctx context.Context, p store.Staff, year int, f GuidanceForm) (int, error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	f.Title, f.Text = strings.TrimSpace(f.Title), strings.TrimSpace(f.Text)
	bad := map[string]string{}
	if n := len([]rune(f.Title)); n == 0 || n > 60 {
		bad["title"] = "请填写标题（不超过 60 字）"
	}
	if n := len([]rune(f.Text)); n == 0 || n > 8000 {
		bad["text"] = "请填写正文（不超过 8000 字）"
	}
	if err := faulty(bad); err != nil {
		return 0, err
	}
	n := 0
	err := d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		if bad := rubric.Unapproved(f.Title+f.Text, c.Rules.Settings.Bases); len(bad) > 0 { // GL-34
			return faulty(map[string]string{"text": "《" + strings.Join(bad, "》《") + "》不在本年度经法制审核、可以引用的依据之中（第三十四条的目录不自动作为依据）"})
		}
		n, err = tx.AddGuidance(ctx, store.Guidance{Year: year, Title: f.Title, Text: f.Text, Numbered: f.Numbered, By: p.ID, At: c.Now(d.Clock())})
		return err
	})
	return n, err
}

const maxGuidanceFiles = 5

// AttachGuidance adds an attachment to a letter that was not sent yet.
func (d *Desk) AttachGuidance(ctx context.Context, p store.Staff, year, n int, u Upload) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	name, f := cleanName(u.Name), map[string]string{}
	ext := strings.ToLower(filepath.Ext(name))
	if _, known := media[ext]; !known {
		f["file"] = "只接受 " + Kinds + " 文件，请转换格式后上传"
	}
	declared(u.NoState, f)
	if err := faulty(f); err != nil {
		return err
	}
	open := func(g store.Guidance, err error) error {
		if err == nil && (len(g.To) > 0 || len(g.Files) >= maxGuidanceFiles) {
			err = campaign.Fail(campaign.Conflict, "函已发出或者附件已满 %d 件，不再增加附件", maxGuidanceFiles)
		}
		return err
	}
	if err := open(d.Store.Guidance(ctx, contract.Ref{Year: year}, n)); err != nil {
		return err
	}
	digest, size, err := d.Blobs.Put(u.File, FileLimit, func(file *os.File, size int64) error { return genuine(file, size, ext) })
	if err == nil {
		err = d.notLeaked(ctx, digest)
	}
	if err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		if err := open(tx.Guidance(ctx, contract.Ref{Year: year}, n)); err != nil {
			return err
		}
		return tx.AddGuidanceFile(ctx, store.GuidanceFile{Year: year, N: n, Name: name, Media: media[ext], Size: size, Digest: digest, By: p.ID, At: c.Now(d.Clock())})
	})
}

// GuidanceTo says to whom a letter goes: named institutions, or all that a
// filter leaves.
type GuidanceTo struct {
	Codes              []string
	Province, Category string
}

// Addressees are the institutions of the year that a letter would go to.
func (d *Desk) Addressees(ctx context.Context, r store.Reader, year int, to GuidanceTo) ([]store.Entry, error) {
	all, err := r.Entries(ctx, year)
	if err != nil {
		return nil, err
	}
	for _, code := range to.Codes {
		if !slices.ContainsFunc(all, func(e store.Entry) bool { return e.Code == code }) {
			return nil, faulty(map[string]string{"codes": "本年度名单中没有批准号 " + code})
		}
	}
	return slices.DeleteFunc(all, func(e store.Entry) bool {
		return e.Stage == campaign.Left || len(to.Codes) > 0 && !slices.Contains(to.Codes, e.Code) ||
			to.Province != "" && e.Province != to.Province || to.Category != "" && e.Category != to.Category
	}), nil
}

// SendGuidance sends a letter; an institution that has it already does not get
// it again. It tells how many it went to.
func (d *Desk) SendGuidance(ctx context.Context, p store.Staff, year, n int, to GuidanceTo) (sent int, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	err = d.commit(ctx, func(tx *store.Tx) error {
		sent = 0
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		g, err := tx.Guidance(ctx, contract.Ref{Year: year}, n)
		if err != nil {
			return err
		}
		all, err := d.Addressees(ctx, tx.Reader, year, to)
		if err != nil {
			return err
		}
		now := c.Now(d.Clock())
		for _, e := range all {
			fresh, err := tx.SendGuidance(ctx, g, e.Ref(), p.ID, now)
			if err != nil {
				return err
			}
			if fresh {
				sent++
			}
		}
		if sent == 0 {
			return campaign.Fail(campaign.Conflict, "没有新的收函机构：所选机构都已收到这份函，或者没有符合条件的机构")
		}
		if g, err = tx.Guidance(ctx, contract.Ref{Year: year}, n); err != nil { // with its 文号
			return err
		}
		for _, t := range g.To {
			tx.Queue(guidanceMail(g, t.Code, "guidance", now)) // its key: who has it does not get it again
		}
		return nil
	})
	return sent, err
}

// GuidanceLetter is the mail that brings a letter, or reminds of it.
func GuidanceLetter(g store.Guidance, template string, at time.Time) store.MailBody {
	body := store.MailBody{Template: template, To: "institution", Scope: "act", Path: "guidance/" + strconv.Itoa(g.N), Date: at, Data: map[string]string{"title": g.Title}}
	if g.Number() != "" {
		body.Lines = append(body.Lines, [2]string{"文号", g.Number()})
	} else if g.Numbered { // looked at before it is sent
		body.Lines = append(body.Lines, [2]string{"文号", "（发出时编号）"})
	}
	if len(g.Files) > 0 {
		body.Lines = append(body.Lines, [2]string{"附件", fmt.Sprintf("%d 件，请在链接中下载", len(g.Files))})
	}
	return body
}

func guidanceMail(g store.Guidance, code, template string, at time.Time) store.Intent {
	ref := contract.Ref{Year: g.Year, Code: code}
	return store.Intent{Key: key(ref, template, strconv.Itoa(g.N), "mail"), Kind: store.MailIntent, Ref: ref, Body: GuidanceLetter(g, template, at)}
}

// Unsigned are the institutions that a reminder of a letter goes to: they have
// not signed for it, were not reminded yet, and are not suspended (WF-4).
func (d *Desk) Unsigned(ctx context.Context, r store.Reader, g store.Guidance) (codes []string, err error) {
	for _, t := range g.To {
		e, err := r.Entry(ctx, contract.Ref{Year: g.Year, Code: t.Code})
		if err != nil {
			return nil, err
		}
		if t.ReceivedAt != nil || e.SuspendedAt != nil {
			continue
		}
		switch _, err := r.MailByKey(ctx, guidanceMail(g, t.Code, "guidance-reminder", t.At).Key); {
		case campaign.KindOf(err) == campaign.NotFound:
			codes = append(codes, t.Code)
		case err != nil:
			return nil, err
		}
	}
	if len(codes) == 0 {
		return nil, campaign.Fail(campaign.Conflict, "没有需要提醒的机构：都已签收、已经提醒过一次，或者暂停中")
	}
	return codes, nil
}

// RemindGuidance reminds those who have not received a letter, each once.
func (d *Desk) RemindGuidance(ctx context.Context, p store.Staff, year, n int) (reminded int, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	err = d.commit(ctx, func(tx *store.Tx) error {
		reminded = 0
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		g, err := tx.Guidance(ctx, contract.Ref{Year: year}, n)
		if err != nil {
			return err
		}
		codes, err := d.Unsigned(ctx, tx.Reader, g)
		for _, code := range codes {
			tx.Queue(guidanceMail(g, code, "guidance-reminder", c.Now(d.Clock())))
			reminded++
		}
		return err
	})
	return reminded, err
}

// ReceiveGuidance is an institution's receipt (签收) by a named person.
func (d *Desk) ReceiveGuidance(ctx context.Context, v Visitor, n int, by Signer) (rec Receipt, err error) {
	f := map[string]string{}
	by.check(f)
	if err := faulty(f); err != nil {
		return rec, err
	}
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		g, err := tx.Guidance(ctx, v.Ref, n)
		if err != nil {
			return err
		}
		rec = Receipt{key(v.Ref, "guidance", strconv.Itoa(n), "receipt"), "业务指导函签收", g.Digest, s.Now, false}
		if at := g.To[0].ReceivedAt; at != nil { // received before: the first receipt stands
			rec.At = *at
			return nil
		}
		if err := tx.AddGuidanceReceipt(ctx, g, v.Ref, by.line(), s.Now); err != nil {
			return err
		}
		tx.Queue(receiptMail(v.Ref, rec))
		return nil
	})
	return rec, err
}
