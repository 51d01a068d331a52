package desk

import (
	"context"

	"xuanping/campaign"
	"xuanping/store"
)

// CarryRegister takes last year's version over after it was looked through and
// confirmed again (AN-2): nothing is uploaded twice, and nothing is taken over
// by itself.
func (d *Desk) CarryRegister(ctx context.Context, v Visitor, id string, confirmed, noState bool, by Signer) (Receipt, error) {
	reg, err := registerOf(id)
	if err != nil {
		return Receipt{}, err
	}
	f := map[string]string{}
	if !confirmed {
		f["confirmed"] = "请核对后勾选确认"
	}
	declared(noState, f)
	by.check(f)
	if err := faulty(f); err != nil {
		return Receipt{}, err
	}
	last := campaign.Ref{Year: v.Ref.Year - 1, Code: v.Ref.Code}
	before, err := d.filed(ctx, d.Store.Reader, last, id)
	if err != nil {
		return Receipt{}, err
	}
	if before.Version == 0 {
		return Receipt{}, campaign.Fail(campaign.NotFound, "上一年度没有“%s”可以沿用", reg.Title)
	}
	if err := d.stillRight(ctx, v.Ref, reg, before.Body); err != nil {
		return Receipt{}, err
	}
	if err := d.copyFiles(ctx, v, last, reg, before.Body, by); err != nil {
		return Receipt{}, err
	}
	return d.newVersion(ctx, v, reg, by, nil, &last.Year, func(now store.RegisterVersion) (campaign.Filing, error) {
		if now.Version > 0 && now.Digest != before.Digest {
			return campaign.Filing{}, campaign.Fail(campaign.Conflict, "本年度已经填写过“%s”，不能再沿用上一年度的内容", reg.Title)
		}
		return before.Body, nil
	})
}

// stillRight checks last year's rows by this year's schema.
func (d *Desk) stillRight(ctx context.Context, ref campaign.Ref, reg campaign.Register, body campaign.Filing) error {
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return err
	}
	for i, row := range body.Rows {
		for key, say := range reg.Check(row, campaign.DayOf(c.Now(d.Clock()))) {
			return campaign.Fail(campaign.Invalid, "上一年度的第 %d 行（%s）：%s。请改为重新填写", i+1, reg.Label(key), say)
		}
	}
	return nil
}

// copyFiles notes last year's files for this year; their bytes are there. What
// is in quarantine is not carried over.
func (d *Desk) copyFiles(ctx context.Context, v Visitor, last campaign.Ref, reg campaign.Register, body campaign.Filing, by Signer) error {
	key := reg.FileField()
	if key == "" {
		return nil
	}
	return d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if err := d.evidenceOpen(ctx, tx.Reader, s); err != nil {
			return err
		}
		for _, row := range body.Rows {
			if row[key] == "" {
				continue
			}
			if err := d.notLeaked(ctx, row[key]); err != nil {
				return err
			}
			f, err := tx.RegisterFile(ctx, last, row[key])
			if err != nil {
				return err
			}
			f.ByName, f.At = by.line(), s.Now
			if err := tx.AddRegisterFile(ctx, v.Ref, f); err != nil {
				return err
			}
		}
		return nil
	})
}
