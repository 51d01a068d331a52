package desk

import (
	"context"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// ErasureForm is what an officer proposes: the names of a year go for good.
type ErasureForm struct {
	Year   int
	Force  bool // before the retention has ended
	Reason string
}

// ProposeErasure proposes that the names, the words and the files of a year are
// erased. It changes nothing before another person, an approver, confirms. until
// is the first day after the retention.
func (d *Desk) ProposeErasure(ctx context.Context, p store.Staff, f ErasureForm, until campaign.Day) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	if f.Reason = strings.TrimSpace(f.Reason); f.Reason == "" {
		return campaign.Fail(campaign.Invalid, "请写明删除个人信息的理由")
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := erasable(ctx, tx.Reader, f.Year); err != nil {
			return err
		}
		early := campaign.DayOf(d.Clock()) < until
		if early && !f.Force {
			return campaign.Fail(campaign.Conflict, "%d 年度的材料应保存至 %s；确需提前删除的，请另加 --force 并写明依据", f.Year, until.Add(-1).Chinese())
		}
		return tx.AddErasure(ctx, store.Erasure{OfYear: f.Year, Act: store.EraseProposed, Forced: early, Reason: f.Reason, By: p.ID, At: d.Clock()})
	})
}

// WithdrawErasure takes a proposal back; an officer or an approver may.
func (d *Desk) WithdrawErasure(ctx context.Context, p store.Staff, year int, reason string) error {
	if err := need(p, campaign.Officer, campaign.Approver); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		return tx.AddErasure(ctx, store.Erasure{OfYear: year, Act: store.EraseWithdrawn, Reason: strings.TrimSpace(reason), By: p.ID, At: d.Clock()})
	})
}

// Erased is what an erasure came to.
type Erased struct{ Rows, Files int64 }

// ConfirmErasure carries a proposal out: one act takes every word of the year
// and its key, then the files go. owner is a connection with the rights of the
// tables' owner; people's rights are asked all the same.
func (d *Desk) ConfirmErasure(ctx context.Context, owner *store.Store, p store.Staff, year int, reason string) (out Erased, err error) {
	if err := need(p, campaign.Approver); err != nil {
		return out, err
	}
	refs, err := owner.BlobRefs(ctx, year)
	if err != nil {
		return out, err
	}
	err = owner.Write(ctx, func(tx *store.Tx) error {
		if err := erasable(ctx, tx.Reader, year); err != nil {
			return err
		}
		if out.Rows, err = tx.Erase(ctx, year); err != nil {
			return err
		}
		return tx.AddErasure(ctx, store.Erasure{OfYear: year, Act: store.EraseConfirmed, Reason: strings.TrimSpace(reason), Rows: out.Rows, Files: int64(len(refs)), By: p.ID, At: d.Clock()})
	})
	if err != nil {
		return Erased{}, err
	}
	out.Files, err = d.removeUnnamed(ctx, refs)
	return out, err
}

// erasable refuses a year in which something is still to happen.
func erasable(ctx context.Context, r store.Reader, year int) error {
	entries, err := r.Entries(ctx, year)
	if err != nil {
		return err
	}
	open := 0
	for _, e := range entries {
		if e.Stage != campaign.Closed && e.Stage != campaign.Left {
			open++
		}
	}
	if len(entries) == 0 {
		return campaign.Fail(campaign.NotFound, "没有 %d 年度的评价，请核对年度", year)
	}
	if open > 0 {
		return campaign.Fail(campaign.Conflict, "%d 年度还有 %d 家机构没有归档，不能删除个人信息", year, open)
	}
	queued, err := r.OpenIntents(ctx, year)
	if err == nil && queued > 0 {
		err = campaign.Fail(campaign.Conflict, "%d 年度还有 %d 件邮件或文书没有办完，不能删除个人信息", year, queued)
	}
	return err
}

// removeUnnamed removes those of the files that no fact names any more: a file
// of another year stays.
func (d *Desk) removeUnnamed(ctx context.Context, refs []store.BlobRef) (n int64, err error) {
	named, err := d.named(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range refs {
		if named[r.Digest] {
			continue
		}
		if err := d.Blobs.Remove(r.Digest); err != nil {
			return n, err
		}
		named[r.Digest] = true // once
		n++
	}
	return n, nil
}

func (d *Desk) named(ctx context.Context) (map[string]bool, error) {
	refs, err := d.Store.BlobRefs(ctx, 0)
	all := map[string]bool{}
	for _, r := range refs {
		all[r.Digest] = true
	}
	return all, err
}

// orphanAge is how old a file without a fact must be before it is collected: an
// upload that is under way has its file before its fact.
const orphanAge = time.Hour

// CollectOrphans removes the files that no fact names, as an upload leaves them
// that was killed before its fact was written (S2d), and half-written ones.
func (d *Desk) CollectOrphans(ctx context.Context) (n int, err error) {
	old, err := d.Blobs.Before(d.Clock().Add(-orphanAge)) // first: what is named meanwhile is younger
	if err != nil {
		return 0, err
	}
	named, err := d.named(ctx)
	if err != nil {
		return 0, err
	}
	for _, name := range old {
		if named[name] {
			continue
		}
		if err := d.Blobs.Discard(name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
