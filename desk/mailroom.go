package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// MailEvents notes what the provider reported about letters, in whatever order
// and however often it comes, and calls the officers for each letter that did
// not arrive. It returns how many reports were news.
func (d *Desk) MailEvents(ctx context.Context, all []store.MailEvent) (news int, err error) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b store.MailEvent) int { return cmp.Compare(a.Key, b.Key) }) // two calls lock in one order
	err = d.commit(ctx, func(tx *store.Tx) error {
		news = 0
		for _, e := range all {
			f, is, err := tx.AddMailEvent(ctx, e, d.Clock())
			if err != nil {
				return err
			}
			if is {
				news++
				if f.Unsent && f.Body.Scope != "" {
					if err := d.relink(ctx, tx, f); err != nil {
						return err
					}
				}
			}
			if f.Lost() {
				if err := d.callForLost(ctx, tx, f); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return news, err
}

// relink writes the ticket of the link in a letter that went out after the dump
// was made from which the score book is restored (R10): its reader holds it.
func (d *Desk) relink(ctx context.Context, tx *store.Tx, f store.Fate) error {
	c, err := tx.Campaign(ctx, f.Ref.Year)
	if err != nil {
		return err
	}
	name, err := tx.LinkName(ctx, f.Key)
	if err != nil {
		return err
	}
	_, id := d.Tickets.Issue(name)
	return tx.AddTicket(ctx, id, store.Ticket{Year: f.Ref.Year, Code: f.Ref.Code, Scope: f.Body.Scope, Intent: f.Key, IssuedAt: f.Body.Date, ExpiresAt: c.Rules.Calendar.LinkExpiry(f.Body.Date)})
}

// callForLost writes to the officers that a letter did not arrive. A call that
// does not arrive itself calls nobody: the list of mails shows it.
func (d *Desk) callForLost(ctx context.Context, tx *store.Tx, f store.Fate) error {
	rest := withinYear(f.Ref, f.Key)
	if strings.HasPrefix(rest, "alert/") {
		return nil
	}
	c, err := tx.Campaign(ctx, f.Ref.Year)
	if err != nil {
		return err
	}
	officers, err := tx.StaffOf(ctx, campaign.Officer)
	if err != nil {
		return err
	}
	now := c.Now(d.Clock())
	if resultNotice(f.Ref, f.Key) { // what bounced was not served: the window stands still (AP-2)
		if err := tell(tx, contract.UnservedMsg, f.Ref, f.Ref.ID(), key(f.Ref, "unserved", rest), contract.Unserved{At: now}); err != nil {
			return err
		}
	}
	body := store.MailBody{Template: "officer-alert", Path: fmt.Sprintf("/office/%d/mails?state=missed", f.Ref.Year), Date: now,
		Until: c.Rules.Holidays.AddWorkdays(campaign.DayOf(now), 3), Data: map[string]string{"title": "邮件未送达",
			"what":        "有一封邮件被对方服务器退回或被邮件服务丢弃，收件人没有收到。请电话核对地址，更正后重新送达。",
			"consequence": "收件人一直没有收到，系统不会自动重发。本提请只发送一次。"}}
	word, days := NoticeWords(f.Ref, f.Key)
	if store.CaseLetter(f.Ref, f.Key) != "" {
		waits, err := caseWaits(ctx, tx, f.Ref, f.Key)
		if err != nil {
			return err
		}
		if !waits { // who acted on it has it, whatever the mail did
			word = ""
		}
	}
	if word != "" {
		body.Data["title"] = word + "未送达"
		body.Data["what"] = word + "被退回，该机构没有收到。退信视为未送达，" + days + "自重新送达之日起算。请电话核对地址，更正后重新送达；不能接收邮件的，书面送达后登记。"
		body.Data["consequence"] = days + "不起算，该事项不能往下办理，系统不会自动重发。本提请只发送一次。"
	}
	if f.Ref.Code != "" {
		i, err := tx.Institution(ctx, f.Ref.Code)
		if err != nil {
			return err
		}
		body.Lines = [][2]string{{"机构", i.Name}, {"批准号", f.Ref.Code}}
	}
	for _, p := range officers {
		body.To = "staff:" + p.ID
		tx.Queue(store.Intent{Key: prefix(f.Ref) + "alert/missed/" + rest + "/" + p.ID, Kind: store.MailIntent, Ref: f.Ref, Body: body})
	}
	return nil
}

// caseWaits tells whether a case waits for the letter that came back, and stops its
// clock: what bounced was not served (AP-2). A late report of one that a newer letter
// took the place of stops nothing.
func caseWaits(ctx context.Context, tx *store.Tx, ref contract.Ref, mailKey string) (bool, error) {
	err := caseAwaits(ctx, tx, ref, mailKey)
	if err == nil {
		err = tx.StopWarning(ctx, ref, store.CaseLetter(ref, mailKey))
	}
	if campaign.KindOf(err) == campaign.Conflict {
		return false, nil
	}
	return err == nil, err
}

// Retell tells the workflows again what they were told since then, after the
// engine was restored from a dump that was made about that time (R10).
func (d *Desk) Retell(ctx context.Context, p store.Staff, since time.Time) (n int64, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	if now := d.Clock(); !since.Before(now) {
		return 0, campaign.Fail(campaign.Invalid, "转储时刻须在现在之前")
	}
	err = d.commit(ctx, func(tx *store.Tx) error {
		n, err = tx.Retell(ctx, since, p.ID, d.Clock())
		return err
	})
	return n, err
}

// HoldMail keeps the letters of a year back, or lets them go; year 0 is every year.
func (d *Desk) HoldMail(ctx context.Context, p store.Staff, hold bool, year int, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return &campaign.Error{Kind: campaign.Invalid, Say: "请写明理由", Fields: map[string]string{"reason": "请写明理由"}}
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		at := d.Clock()
		if year != 0 {
			c, err := tx.Campaign(ctx, year)
			if err != nil {
				return err
			}
			at = c.Now(at)
		}
		return tx.SetHold(ctx, hold, year, p.ID, strings.TrimSpace(reason), at)
	})
}
