package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// ProposeWarning opens a case that the criteria did not propose: the officer
// names the grounds and his reasons, and is its proposer (RW-2, RW-3).
func (d *Desk) ProposeWarning(ctx context.Context, p store.Staff, ref contract.Ref, codes []string, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	f := reasonFaults(reason)
	var grounds []rubric.Ground
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		g, known := rubric.HandGround(code, reason)
		if !known {
			f["grounds"] = "请从第三十二条的三种情形中选择"
		}
		grounds = append(grounds, g)
	}
	if len(grounds) == 0 {
		f["grounds"] = "请至少选择一种情形（第三十二条）"
	}
	if err := faulty(f); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		facts, err := caseable(ctx, tx, s)
		if err != nil {
			return err
		}
		numbers, err := tx.Numbers(ctx, campaign.WarningPaper.Series(), ref.Year, []string{ref.Code})
		if err != nil {
			return err
		}
		w := store.Warning{Year: ref.Year, Code: ref.Code, Number: numbers[ref.Code], Grounds: grounds, Facts: facts, StateAt: s.Now, Ladder: campaign.CurrentLadder, Hand: true}
		if err := tx.AddWarning(ctx, w); err != nil {
			return err
		}
		act := store.WarningAct{Act: campaign.ActPropose, Role: string(p.Role), By: p.ID, Text: reason, At: s.Now}
		n, err := tx.AddWarningAct(ctx, ref, act)
		if err != nil {
			return err
		}
		e, err := contract.CaseEnvelope(key(ref, "warning", "0"), contract.WarningInput{Ref: ref, Case: w.Number, Settings: s.settings(), Holidays: s.days(), From: s.Now, Ladder: w.Ladder})
		if err != nil {
			return err
		}
		tx.Queue(message(e, ref))
		return tell(tx, contract.WarningDoneMsg, ref, ref.WarningID(), key(ref, "warning", fmt.Sprint(n)),
			contract.WarningDone{Act: act.Act, Role: act.Role, By: act.By, Digest: store.Digest(reason), At: s.Now})
	})
}

// SkipWarning records why an institution is not proposed (RW-8).
func (d *Desk) SkipWarning(ctx context.Context, p store.Staff, ref contract.Ref, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if err := faulty(reasonFaults(reason)); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		if _, err := caseable(ctx, tx, s); err != nil {
			return err
		}
		_, err := tx.AddWarningSkip(ctx, ref, reason, p.ID, s.Now)
		return err
	})
}

func reasonFaults(reason string) map[string]string {
	f := map[string]string{}
	if n := len([]rune(reason)); n == 0 || n > 3000 {
		f["text"] = "请写明理由（不超过 3000 字）"
	}
	return f
}

// caseable refuses an institution that has a case already or whose year is not
// archived yet, when what it did may still be added to; it gives the facts.
func caseable(ctx context.Context, tx *store.Tx, s scene) (rubric.Facts, error) {
	ref := s.ref()
	if s.Entry.Stage != campaign.Closed {
		return rubric.Facts{}, campaign.Fail(campaign.Conflict, "该机构当前为“%s”阶段，年度结果公布归档后才能提请或说明", s.Entry.Stage.Chinese())
	}
	if w, err := tx.Warning(ctx, ref); err == nil {
		return rubric.Facts{}, campaign.Fail(campaign.Conflict, "该机构本年度已有案件（第 %d 号）", w.Number)
	} else if campaign.KindOf(err) != campaign.NotFound {
		return rubric.Facts{}, err
	}
	results, err := tx.Results(ctx, ref)
	if err != nil {
		return rubric.Facts{}, err
	}
	if len(results) == 0 {
		return rubric.Facts{}, campaign.Fail(campaign.Conflict, "结果尚未形成")
	}
	return tx.WarningFacts(ctx, ref, results[len(results)-1], s.Now)
}
