package desk

import (
	"context"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// SetLiaison names the officer who is an institution's contact in a year: its
// page shows him, and he gets a copy of what is overdue (PL-10).
func (d *Desk) SetLiaison(ctx context.Context, p store.Staff, ref contract.Ref, officer string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		who, err := tx.Staff(ctx, officer)
		if campaign.KindOf(err) == campaign.NotFound || err == nil && (who.Role != campaign.Officer || !who.Active) {
			return faulty(map[string]string{"officer": "请从名单中选择一名经办人员"})
		}
		if err != nil {
			return err
		}
		if now, err := tx.Liaison(ctx, ref); err == nil && now.ID == officer {
			return nil
		}
		return tx.AddLiaison(ctx, ref, officer, p.ID, s.Now)
	})
}
