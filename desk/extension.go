package desk

import (
	"context"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// ExtensionForm is an institution's request for more time (延期申请, WF-4).
type ExtensionForm struct {
	Task   campaign.Task
	Day    campaign.Day // the wished day
	Reason string
}

// Extendables are the tasks that an institution may ask more time for.
var Extendables = []campaign.Task{campaign.PlanTask, campaign.EvidenceTask, campaign.SelfScoreTask}

// CheckExtension names what is wrong with a request before it is made.
func (d *Desk) CheckExtension(ctx context.Context, v Visitor, f ExtensionForm, by Signer) error {
	if !v.Act {
		return errViewOnly
	}
	s, err := d.scene(ctx, d.Store.Reader, v.Ref)
	if err != nil {
		return err
	}
	more, err := d.Store.MoreTime(ctx, v.Ref)
	if err != nil {
		return err
	}
	return d.askable(ctx, d.Store.Reader, s, more, f, by)
}

// askable tells whether a request is taken: the task is open, and no other
// request for it waits.
func (d *Desk) askable(ctx context.Context, r store.Reader, s scene, more store.MoreTime, f ExtensionForm, by Signer) error {
	bad, last, err := d.extendable(ctx, r, s, f.Task, f.Day, f.Reason)
	if err != nil {
		return err
	}
	if f.Task.LastStage() == "" {
		bad["task"] = "请选择要延期的事项"
		delete(bad, "day")
	} else if _, err := campaign.ParseDay(string(f.Day)); err != nil {
		bad["day"] = "请填写希望的截止日，格式 2026-03-15"
	}
	wordy(bad, "reason", f.Reason, "延期理由", 500)
	by.check(bad)
	if err := faulty(bad); err != nil {
		return err
	}
	if !s.Now.Before(last.End()) {
		return campaign.Fail(campaign.TooLate, "“%s”已于 %s 截止，不能再申请延期，请联系经办人员", f.Task.Chinese(), last.Chinese())
	}
	if q := more.Open(f.Task); q != nil {
		return campaign.Fail(campaign.Conflict, "“%s”已有一件延期申请待批（第 %d 件），答复以后才能再申请", f.Task.Chinese(), q.N)
	}
	return nil
}

// AskExtension takes a request for more time. Until it is granted the day stands.
func (d *Desk) AskExtension(ctx context.Context, v Visitor, f ExtensionForm, by Signer) (rec Receipt, err error) {
	f.Reason = strings.TrimSpace(f.Reason)
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		more, err := tx.MoreTime(ctx, v.Ref)
		if err != nil {
			return err
		}
		q := store.ExtensionRequest{Task: f.Task, Reason: f.Reason, Digest: store.Digest(f), ByName: by.line(), At: s.Now}
		if old := more.Open(f.Task); old != nil && old.Digest == q.Digest { // the same form sent twice is one request
			rec = ExtensionReceipt(v.Ref, *old)
			return nil
		}
		if err := d.askable(ctx, tx.Reader, s, more, f, by); err != nil {
			return err
		}
		q.Day = f.Day.Start()
		if q.N, err = tx.AddExtensionRequest(ctx, v.Ref, q); err != nil {
			return err
		}
		rec = ExtensionReceipt(v.Ref, q)
		tx.Queue(receiptMail(v.Ref, rec))
		return nil
	})
	return rec, err
}

// ExtensionReceipt is the receipt of a request.
func ExtensionReceipt(ref contract.Ref, q store.ExtensionRequest) Receipt {
	return Receipt{key(ref, "extension-request", strconv.Itoa(q.N)), "延期申请", q.Digest, q.At, false}
}

// ExtensionAnswer is what an officer answers to a request.
type ExtensionAnswer struct {
	Grant  bool
	Day    campaign.Day // the new day, where granted: the wished one or another
	Reason string
}

// AnswerExtension grants a request, which is an extension like any other, or
// refuses it with a reason that the institution reads.
func (d *Desk) AnswerExtension(ctx context.Context, p store.Staff, ref contract.Ref, n int, a ExtensionAnswer) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		more, err := tx.MoreTime(ctx, ref)
		if err != nil {
			return err
		}
		if n < 1 || n > len(more.Requests) {
			return campaign.Fail(campaign.NotFound, "没有找到这件延期申请")
		}
		q, reason := more.Requests[n-1], strings.TrimSpace(a.Reason)
		switch {
		case q.AnsweredAt != nil && *q.AnsweredBy == p.ID && *q.Answer == reason && (q.Granted != nil) == a.Grant: // the same form sent twice
			return nil
		case q.AnsweredAt != nil:
			return campaign.Fail(campaign.Conflict, "这件延期申请已经答复")
		case a.Grant:
			return d.extend(ctx, tx, s, p, q.Task, a.Day, reason)
		}
		bad := map[string]string{}
		wordy(bad, "reason", reason, "不予批准的理由", 500)
		if err := faulty(bad); err != nil {
			return err
		}
		if err := tx.AnswerExtensionRequest(ctx, ref, q, 0, reason, p.ID, s.Now); err != nil {
			return err
		}
		due, _, err := d.open(ctx, tx.Reader, s, q.Task)
		if err != nil {
			return err
		}
		tx.Queue(store.Intent{Key: key(ref, "extension-refused", strconv.Itoa(n), "mail"), Kind: store.MailIntent, Ref: ref, Body: s.stands(store.MailBody{Template: "extension-refused", To: "institution", Scope: "act", Date: s.Now, Until: due,
			Data: map[string]string{"title": q.Task.Chinese(), "what": reason}})})
		return nil
	})
}
