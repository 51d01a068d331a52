package desk

import (
	"context"

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
		k := key(ref, "new-link", s.Now.UTC().Format("20060102T150405"))
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
		tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: ref, Body: s.stands(store.MailBody{Template: "new-link", To: "institution", Scope: "act", Date: s.Now, Until: until,
			Data: map[string]string{"title": "年度宣传工作评价"}})})
		return nil
	})
}
