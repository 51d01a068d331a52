package desk

import (
	"context"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// BasisState is what an officer looks at before he lets a result be formed on the
// marks that are there.
type BasisState struct {
	Entry store.Entry
	Basis store.Basis
	Seats []store.Seat // that are held
	Not   error        // why it cannot be decided now; nil when it can
}

// Seen names the sheets that were looked at; a decision counts for these alone.
func (b BasisState) Seen() string { return strings.Join(b.Basis.Reviewers, " ") }

// LookBasis reads what the first result of an institution's year would rest on.
func (d *Desk) LookBasis(ctx context.Context, p store.Staff, ref contract.Ref) (out BasisState, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return out, err
	}
	s, err := d.scene(ctx, d.Store.Reader, ref)
	if err != nil {
		return out, err
	}
	return d.basis(ctx, d.Store.Reader, s)
}

func (d *Desk) basis(ctx context.Context, r store.Reader, s scene) (out BasisState, err error) {
	out.Entry = s.Entry
	if out.Basis, err = r.Basis(ctx, s.ref()); err != nil {
		return out, err
	}
	if out.Seats, err = r.Seats(ctx, s.ref()); err != nil {
		return out, err
	}
	results, err := r.Results(ctx, s.ref())
	out.Not = out.undecidable(s, len(results) > 0)
	return out, err
}

// undecidable tells why nothing is to be decided: whoever still has time to score
// is waited for first (RV-1), and a formed result stays what it is.
func (b BasisState) undecidable(s scene, formed bool) error {
	today := campaign.DayOf(s.Now)
	switch {
	case formed || s.Entry.Stage != campaign.Scoring:
		return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，没有待决定的打分依据", s.Entry.Stage.Chinese())
	case len(b.Basis.Reviewers) == 0:
		return campaign.Fail(campaign.Conflict, "该机构还没有任何打分，不能形成结果；请督促补交或者改派")
	case b.Basis.Kind == campaign.FullBasis:
		return campaign.Fail(campaign.Conflict, "该机构的打分齐全，不需要另行决定")
	case b.Basis.Decision != nil:
		return campaign.Fail(campaign.Conflict, "已决定按现有打分形成结果；打分的情况没有变化，不必再次决定")
	case today <= s.cal().ScoringClose:
		return campaign.Fail(campaign.Conflict, "评审于 %s 截止，截止以后仍缺打分的才能决定", s.cal().ScoringClose.Chinese())
	}
	for _, seat := range b.Seats {
		if due := campaign.Day(seat.Due.Format("2006-01-02")); seat.SheetAt == nil && due >= today {
			return campaign.Fail(campaign.Conflict, "%s的评审专家在 %s 以前还可以打分，期限届满后才能决定；不能承担的，请改派", campaign.Seats([]int{seat.Seat}), due.Chinese())
		}
	}
	return nil
}

// DecideBasis records an officer's decision that the result is formed on the marks
// that are there, with its reason; seen are the sheets that he looked at. The step
// that serves the result asks for it again and again (RV-1, WF-5).
func (d *Desk) DecideBasis(ctx context.Context, p store.Staff, ref contract.Ref, seen, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	bad := map[string]string{}
	wordy(bad, "reason", reason, "决定的理由", 500)
	if err := faulty(bad); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		b, err := d.basis(ctx, tx.Reader, s)
		if err != nil {
			return err
		}
		if done := b.Basis.Decision; done != nil && done.By == p.ID && done.Reason == reason { // the same form sent twice
			return nil
		}
		if b.Not != nil {
			return b.Not
		}
		if seen != b.Seen() {
			return campaign.Fail(campaign.Conflict, "打分的情况已有变化，请重新查看后再决定")
		}
		_, err = tx.AddBasisDecision(ctx, ref, store.BasisDecision{Kind: b.Basis.Kind, Reviewers: b.Basis.Reviewers, Reason: reason, By: p.ID, At: s.Now})
		return err
	})
}
