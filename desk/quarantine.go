package desk

import (
	"context"
	"os"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// Quarantine takes a leaked file out of everybody's hands (Art. 5, GL-5): its
// digest and the reason stay, its content goes. Doing it again removes what a
// crash may have left.
func (d *Desk) Quarantine(ctx context.Context, p store.Staff, ref campaign.Ref, digest, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if n := len([]rune(reason)); n == 0 || n > 300 {
		return faulty(map[string]string{"reason": "请填写隔离理由（不超过 300 字），不要写出涉密内容"})
	}
	err := d.commit(ctx, func(tx *store.Tx) error {
		held, err := tx.Holds(ctx, ref, digest)
		if err != nil {
			return err
		}
		if !held {
			return campaign.Fail(campaign.NotFound, "该机构没有提交过这个文件")
		}
		if _, err := tx.Quarantined(ctx, digest); err == nil {
			return nil
		}
		c, err := tx.Campaign(ctx, ref.Year)
		if err != nil {
			return err
		}
		return tx.AddQuarantine(ctx, store.Quarantined{Digest: digest, Year: ref.Year, Code: ref.Code, Reason: reason, By: p.ID, At: c.Now(d.Clock())})
	})
	if err != nil {
		return err
	}
	return d.Blobs.Remove(digest)
}

// notLeaked refuses a file that was taken into quarantine, and removes the
// bytes that have just come again.
func (d *Desk) notLeaked(ctx context.Context, digest string) error {
	_, err := d.Store.Quarantined(ctx, digest)
	switch {
	case campaign.KindOf(err) == campaign.NotFound:
		return nil
	case err != nil:
		return err
	}
	if err := d.Blobs.Remove(digest); err != nil {
		return err
	}
	return campaign.Fail(campaign.Invalid, "该文件已被主管部门隔离（第五条），不能再提交；涉密的证明材料请只填写文号")
}

// Given opens a file for a reader who may have it; one in quarantine is gone.
func (d *Desk) Given(ctx context.Context, digest string) (*os.File, error) {
	q, err := d.Store.Quarantined(ctx, digest)
	switch {
	case err == nil:
		return nil, campaign.Fail(campaign.TooLate, "该文件已于 %s 被主管部门隔离（第五条），内容已移除，仅保留摘要和理由", campaign.DayOf(q.At).Chinese())
	case campaign.KindOf(err) != campaign.NotFound:
		return nil, err
	}
	if err := d.passed(ctx, digest); err != nil {
		return nil, err
	}
	return d.Blobs.Open(digest)
}

// passed refuses a file that waits for the scanner, or in which it found something.
func (d *Desk) passed(ctx context.Context, digest string) error {
	if !d.Scanned {
		return nil
	}
	s, err := d.Store.FileScan(ctx, digest)
	switch {
	case campaign.KindOf(err) == campaign.NotFound && err != nil:
		return campaign.Fail(campaign.Conflict, "文件正在进行安全检查，通过后才能查看，请稍后再试")
	case err != nil:
		return err
	case !s.Clean:
		return campaign.Fail(campaign.TooLate, "文件没有通过安全检查，不提供查看，也不作为证明材料。请提交机构检查来源后重新生成文件")
	}
	return nil
}
