package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// RevokeLinks ends every link of an institution's year, for example when its contact has left.
func (d *Desk) RevokeLinks(ctx context.Context, p store.Staff, ref contract.Ref) (int64, error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	var n int64
	err := d.inYear(ctx, ref, func(tx *store.Tx, s scene) (err error) {
		n, err = tx.RevokeTickets(ctx, ref, p.ID, s.Now)
		return err
	})
	return n, err
}

// Requeue sends the failed letters of a campaign again.
func (d *Desk) Requeue(ctx context.Context, p store.Staff, year int) (int64, error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	var n int64
	err := d.commit(ctx, func(tx *store.Tx) error {
		c, err := tx.Campaign(ctx, year)
		if err == nil {
			n, err = tx.Requeue(ctx, year, p.ID, c.Now(d.Clock()))
		}
		return err
	})
	return n, err
}

// NewLink sends a fresh link to the registered address.
func (d *Desk) NewLink(ctx context.Context, p store.Staff, ref contract.Ref) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		return d.newLink(ctx, tx, s, key(ref, "new-link", s.Now.UTC().Format("20060102T150405")))
	})
}

// newLink queues the letter with a fresh link.
func (d *Desk) newLink(ctx context.Context, tx *store.Tx, s scene, key string) error {
	until := campaign.DayOf(s.Now).Add(183) // a link lives at least so long
	if task, own := s.Entry.Stage.OwnTask(); own {
		due, _, err := d.open(ctx, tx.Reader, s, task)
		if err != nil {
			return err
		}
		until = due
	}
	if s.Entry.Stage == campaign.Served && s.Entry.DueDay() != "" {
		until = s.Entry.DueDay()
	}
	tx.Queue(store.Intent{Key: key, Kind: store.MailIntent, Ref: s.ref(), Body: s.stands(store.MailBody{Template: "new-link", To: "institution", Scope: "act", Date: s.Now, Until: until,
		Data: map[string]string{"title": "年度宣传工作评价"}})})
	return nil
}

// LinkPause is how many hours pass before another link is mailed to an institution
// that asks for one in the same stage.
const LinkPause = 6

// RenewLink mails a fresh link to the registered address of the institution whose
// link this is, expired or ended (S1). It tells nobody what it found, and a forged
// link never reaches the database.
func (d *Desk) RenewLink(ctx context.Context, token string) error {
	id, err := d.Tickets.Open(token)
	if err != nil {
		return nil
	}
	t, err := d.Store.Ticket(ctx, id)
	if err != nil {
		return unlessMissing(err)
	}
	return d.askedLink(ctx, contract.Ref{Year: t.Year, Code: t.Code})
}

// FindLink does the same for who lost the link altogether and names the address
// that is registered: an institution's code is public, and nobody who knows no more
// has letters sent to it.
func (d *Desk) FindLink(ctx context.Context, code, email string) error {
	if !campaign.ValidCode(code) {
		return nil
	}
	in, err := d.Store.Institution(ctx, code)
	if err != nil {
		return unlessMissing(err)
	}
	if !strings.EqualFold(in.Email, strings.TrimSpace(email)) {
		return nil
	}
	years, err := d.Store.RunningYears(ctx, code)
	for _, y := range years {
		if err == nil {
			err = d.askedLink(ctx, contract.Ref{Year: y, Code: code})
		}
	}
	return err
}

func unlessMissing(err error) error {
	if campaign.KindOf(err) == campaign.NotFound {
		return nil
	}
	return err
}

// askedLink queues the letter when there is somebody to get it: the year runs for
// the institution, letters go out, and the last such letter of this stage is some
// hours old. When the office has ended all its links, only the office opens the
// door again: it had a reason.
func (d *Desk) askedLink(ctx context.Context, ref contract.Ref) error {
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		if s.Entry.Stage == campaign.Closed || s.Entry.Stage == campaign.Left {
			return nil
		}
		if held, err := tx.Held(ctx, ref.Year); err != nil || held {
			return err
		}
		links, err := tx.TicketUses(ctx, ref)
		if err != nil || !slices.ContainsFunc(links, func(t store.TicketUse) bool { return t.RevokedAt == nil }) {
			return err
		}
		hour := func(ago int) string {
			return key(ref, "new-link", "asked", string(s.Entry.Stage), d.Clock().UTC().Add(-time.Duration(ago)*time.Hour).Format("20060102T15"))
		}
		for ago := range LinkPause + 1 {
			if _, err := tx.MailByKey(ctx, hour(ago)); unlessMissing(err) != nil || err == nil {
				return err
			}
		}
		return d.newLink(ctx, tx, s, hour(0))
	})
}
