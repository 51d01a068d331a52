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
	campaign.ActReply: "陈述申辩意见", campaign.ActRectify: "整改情况", campaign.ActDismiss: "不予警示的理由",
	campaign.ActReturn: "退回整改的意见", campaign.ActLift: "复查意见", campaign.ActSign: "签批意见", campaign.ActNotice: "告知事由",
}

// WarnByStaff is an act of an officer or approver in a case of Article 32.
func (d *Desk) WarnByStaff(ctx context.Context, p store.Staff, ref contract.Ref, act campaign.WarningAct, text string) (Receipt, error) {
	if err := need(p, campaign.Officer, campaign.Approver); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.inYear(ctx, ref, func(tx *store.Tx, s scene) (err error) {
		rec, err = d.warn(ctx, tx, s, act, string(p.Role), p.ID, text, "")
		return err
	})
	return rec, err
}

// WarnByInstitution is an act of the institution in its case.
func (d *Desk) WarnByInstitution(ctx context.Context, v Visitor, act campaign.WarningAct, text string, by Signer) (Receipt, error) {
	f := map[string]string{}
	by.check(f)
	if err := faulty(f); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) (err error) {
		rec, err = d.warn(ctx, tx, s, act, "", "", text, "\n—— "+by.line())
		if err == nil {
			tx.Queue(receiptMail(v.Ref, rec))
		}
		return err
	})
	return rec, err
}

func (d *Desk) warn(ctx context.Context, tx *store.Tx, s scene, act campaign.WarningAct, role, by, text, signed string) (Receipt, error) {
	ref := s.ref()
	if _, err := tx.Warning(ctx, ref); err != nil {
		return Receipt{}, err
	}
	acts, err := tx.WarningActs(ctx, ref)
	if err != nil {
		return Receipt{}, err
	}
	full := strings.TrimSpace(strings.TrimSpace(text) + signed)
	if old, again := doneBefore(acts, store.WarningAct{Act: act, Role: role, By: by, Text: full}); again { // the same form sent twice is one act
		return Receipt{key(ref, "warning", fmt.Sprint(old.N)), warningWord(act), store.Digest(full), old.At, false}, nil
	}
	done := past(acts) // the case's workflow may not have heard of all of them yet
	if _, err := campaign.MoveWarning(campaign.ReplayWarning(done), act, role, by, done); err != nil {
		return Receipt{}, err
	}
	if what, needs := texts[act]; needs {
		if n := len([]rune(strings.TrimSpace(text))); n == 0 || n > 3000 {
			return Receipt{}, &campaign.Error{Kind: campaign.Invalid, Say: "请填写" + what + "（不超过 3000 字）", Fields: map[string]string{"text": "请填写" + what + "（不超过 3000 字）"}}
		}
	}
	n, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: act, Role: role, By: by, Text: full, At: s.Now})
	if err != nil {
		return Receipt{}, err
	}
	digest := store.Digest(full)
	rec := Receipt{key(ref, "warning", fmt.Sprint(n)), warningWord(act), digest, s.Now, false}
	return rec, tell(tx, contract.WarningDoneMsg, ref, ref.WarningID(), rec.Number, contract.WarningDone{Act: act, Role: role, By: by, Digest: digest, At: s.Now})
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

// past turns the acts of a case into what the ladder's rule reads.
func past(acts []store.WarningAct) []campaign.WarningBy {
	all := make([]campaign.WarningBy, len(acts))
	for i, a := range acts {
		all[i] = campaign.WarningBy{Act: a.Act, Role: a.Role, By: a.By}
	}
	return all
}

func warningWord(a campaign.WarningAct) string {
	switch a {
	case campaign.ActNotice:
		return "事先告知"
	case campaign.ActReply:
		return "陈述申辩"
	case campaign.ActWaive:
		return "放弃陈述申辩"
	case campaign.ActSign:
		return "签批"
	case campaign.ActDismiss:
		return "不予警示"
	case campaign.ActAck:
		return "签收风险警示"
	case campaign.ActRectify:
		return "整改报告"
	case campaign.ActReturn:
		return "退回整改"
	case campaign.ActLift:
		return "解除风险警示"
	}
	return string(a)
}
