package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// texts says which acts of a case need words, and what they are called.
var texts = map[campaign.WarningAct]string{
	campaign.ActReply: "陈述申辩意见", campaign.ActPlan: "整改方案", campaign.ActRectify: "整改情况", campaign.ActNotice: "告知事由",
	campaign.ActPass: "法制审核意见", campaign.ActRemand: "退回的意见", campaign.ActSupplement: "补充说明", campaign.ActWithdraw: "撤回的理由",
	campaign.ActSign: "签批意见", campaign.ActTalk: "改作约谈的理由", campaign.ActRemind: "改作提醒的理由", campaign.ActDismiss: "不予警示的理由",
	campaign.ActReturn: "退回整改的意见", campaign.ActLift: "复查意见", campaign.ActError: "提请撤销的理由", campaign.ActRevoke: "撤销的理由",
	campaign.ActOpen: "提请公开的理由", campaign.ActPublish: "同意公开的意见",
}

// waiver is what an institution declares that waives its window in writing (RW-4).
const waiver = "我机构已收到风险警示事先告知书，知悉有权陈述申辩，现书面声明放弃。"

// WarnByStaff is an act of a person of the office in a case of Article 32.
func (d *Desk) WarnByStaff(ctx context.Context, p store.Staff, ref contract.Ref, act campaign.WarningAct, text string) (Receipt, error) {
	if err := need(p, campaign.Officer, campaign.Approver, campaign.Legal); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		partial, err := tx.Partial(ctx, ref, p.ID)
		if err == nil {
			rec, err = d.warn(ctx, tx, s, campaign.WarningBy{Act: act, Role: string(p.Role), By: p.ID, Partial: partial}, text, "")
		}
		return err
	})
	return rec, err
}

// WarningContent is what a code of an act in a case is bound to.
func WarningContent(act campaign.WarningAct, text string) any {
	if act == campaign.ActWaive {
		text = waiver
	}
	return []string{string(act), text}
}

// WarnByInstitution is an act of the institution in its case.
func (d *Desk) WarnByInstitution(ctx context.Context, v Visitor, act campaign.WarningAct, text string, by Signer) (Receipt, error) {
	f := map[string]string{}
	by.check(f)
	if err := faulty(f); err != nil {
		return Receipt{}, err
	}
	if act == campaign.ActWaive {
		text = waiver
	}
	var rec Receipt
	if err := d.proven(ctx, v, WarningAct, WarningContent(act, text), by); err != nil {
		return rec, err
	}
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) (err error) {
		rec, err = d.warn(ctx, tx, s, campaign.WarningBy{Act: act}, text, "\n—— "+by.line())
		if err == nil {
			tx.Queue(receiptMail(v.Ref, rec))
		}
		return err
	})
	return rec, err
}

func (d *Desk) warn(ctx context.Context, tx *store.Tx, s scene, do campaign.WarningBy, text, signed string) (Receipt, error) {
	ref := s.ref()
	w, err := tx.Warning(ctx, ref)
	if err != nil {
		return Receipt{}, err
	}
	acts, err := tx.WarningActs(ctx, ref)
	if err != nil {
		return Receipt{}, err
	}
	full := strings.TrimSpace(strings.TrimSpace(text) + signed)
	if old, again := doneBefore(acts, store.WarningAct{Act: do.Act, Role: do.Role, By: do.By, Text: full}); again { // the same form sent twice is one act
		return Receipt{key(ref, "warning", fmt.Sprint(old.N)), do.Act.Chinese(), store.Digest(full), old.At, false}, nil
	}
	done := store.PastActs(acts) // the case's workflow may not have heard of all of them yet
	if _, err := w.Ladder.Move(w.Ladder.Replay(done), do, done); err != nil {
		return Receipt{}, err
	}
	if what, needs := texts[do.Act]; needs {
		if n := len([]rune(strings.TrimSpace(text))); n == 0 || n > 3000 {
			say := "请填写" + what + "（不超过 3000 字）"
			return Receipt{}, &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{"text": say}}
		}
	}
	if err := ready(ctx, tx, s, w, do.Act, acts); err != nil {
		return Receipt{}, err
	}
	n, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: do.Act, Role: do.Role, By: do.By, Text: full, At: s.Now})
	if err != nil {
		return Receipt{}, err
	}
	digest := store.Digest(full)
	rec := Receipt{key(ref, "warning", fmt.Sprint(n)), do.Act.Chinese(), digest, s.Now, false}
	return rec, tell(tx, contract.WarningDoneMsg, ref, ref.WarningID(), rec.Number, contract.WarningDone{Act: do.Act, Role: do.Role, By: do.By, Digest: digest, At: s.Now})
}

// ready refuses what the ladder allows but the case is not ready for.
func ready(ctx context.Context, tx *store.Tx, s scene, w store.Warning, act campaign.WarningAct, acts []store.WarningAct) error {
	switch act {
	case campaign.ActPass, campaign.ActSign, campaign.ActTalk, campaign.ActRemind:
		return noticeServed(ctx, tx, s, acts)
	case campaign.ActPropose: // ProposeWarning opens the case with it; what the criteria proposed has no other proposer
		return campaign.Fail(campaign.Conflict, "案件已经提请立案")
	case campaign.ActOpen, campaign.ActPublish:
		return campaign.MayPublish(w.ServedDay(), s.settings().ReviewDays, campaign.DayOf(s.Now))
	case campaign.ActRectify:
		files, err := tx.CaseFiles(ctx, s.ref(), store.AboutRectification)
		if err == nil && len(files) == 0 && w.Ladder != campaign.ShortLadder {
			say := "请先上传整改的证明材料，再报送整改报告"
			return &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{"file": say}}
		}
		return err
	}
	return nil
}

// noticeServed refuses to go on against an institution that the prior notice has
// not reached, or whose days run anew since it was served again (AP-2, RW-4). Who
// stated its case or waived that has the notice.
func noticeServed(ctx context.Context, tx *store.Tx, s scene, acts []store.WarningAct) error {
	if slices.ContainsFunc(acts, func(a store.WarningAct) bool { return a.Act == campaign.ActReply || a.Act == campaign.ActWaive }) {
		return nil
	}
	v, err := tx.ServiceOf(ctx, s.ref(), store.PriorNotice(s.ref()))
	if err != nil && campaign.KindOf(err) != campaign.NotFound {
		return err
	}
	if err != nil || !v.Done() {
		return campaign.Fail(campaign.Conflict, "风险警示事先告知书尚未送达，陈述申辩期没有起算；%s", campaign.ServeAgain)
	}
	if until := v.Until(s.days(), s.settings().ReplyDays, s.Campaign.Rehearsal); campaign.DayOf(s.Now) <= until {
		return campaign.Fail(campaign.Conflict, "风险警示事先告知书重新送达后，陈述申辩期至 %s，期满后才能办理", until.Chinese())
	}
	return nil
}

// doneBefore finds an act among the last of a case. Two sign side by side;
// but once something else was done, the same words are a new act.
func doneBefore(acts []store.WarningAct, a store.WarningAct) (store.WarningAct, bool) {
	for _, old := range slices.Backward(acts) {
		switch {
		case old.Act != a.Act:
			return old, false
		case old.Role == a.Role && old.By == a.By && old.Text == a.Text:
			return old, true
		}
	}
	return a, false
}
