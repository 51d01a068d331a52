package activities

import (
	"context"
	"fmt"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

func (r *Room) remind(ctx context.Context, in contract.RemindIn) (contract.Have, error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return contract.Have{}, err
	}
	reminders := campaign.Holidays.Reminders
	if in.First {
		reminders = campaign.Holidays.FirstReminders
	}
	if rungs := reminders(s.rules().Holidays, in.Task, in.Due, s.rules().Calendar.LastDay(in.Task, in.Due)); len(rungs) > 0 {
		in.Last = in.Last || in.Step >= rungs[len(rungs)-1].Step // the ladder may have rungs that the end of the wait leaves out
	}
	err = r.write(ctx, func(tx *store.Tx) error {
		if in.Task == campaign.ScoreTask || in.Task == campaign.DecideTask {
			return r.remindReviewers(ctx, tx, in)
		}
		if yes, err := open(ctx, tx.Reader, in.Ref, in.Task, ""); err != nil || !yes {
			return err
		}
		if still, err := suspended(ctx, tx, in.Ref, in.Task); err != nil || still {
			return err
		}
		if yes, err := rectifies(ctx, tx.Reader, in); err != nil || !yes {
			return err
		}
		letter, err := reminder(ctx, tx, in, s)
		if err != nil || letter.Template == "" {
			return err
		}
		queueMail(tx, in.Ref, fmt.Sprintf("%s/remind/%s/%d", in.Task, in.Due, in.Step), letter)
		if in.Last = letter.Last; in.After || in.Last || letter.Template == "ack-missing" {
			return copyLiaison(ctx, tx, in, s)
		}
		return nil
	})
	if err != nil {
		return contract.Have{}, err
	}
	return r.Store.Have(ctx, in.Ref)
}

// reminder is the letter of a rung to an institution; one without a template is not sent.
func reminder(ctx context.Context, tx *store.Tx, in contract.RemindIn, s scene) (letter store.MailBody, err error) {
	letter = store.MailBody{To: "institution", Scope: "act", Date: in.At, Until: in.Due, Task: in.Task, Last: in.Last}
	switch in.Task {
	case campaign.PlanTask:
		letter.Template, letter.Path = "plan-reminder", "plan"
		acted, err := tx.ActedByLink(ctx, in.Ref)
		if err != nil {
			return letter, err
		}
		if !acted && in.Step == 1 { // nothing has come in by any link: the notice may have been overlooked
			letter.Template, letter.Path = "ack-missing", ""
		}
		if in.After {
			last := s.rules().Calendar.LastDay(in.Task, in.Due)
			letter.Template = "plan-overdue"
			letter.Data = map[string]string{"consequence": "补报截至 " + last.Chinese() + "；此后不再接收，评价档案将记录“未提交年度计划”，评审时据实评价。"}
		}
	case campaign.EvidenceTask:
		letter.Template, letter.Path = "evidence-reminder", "evidence"
		if letter.Rows, err = tx.Missing(ctx, in.Ref); err != nil {
			return letter, err
		}
	case campaign.SelfScoreTask:
		letter.Template, letter.Path = "selfscore-reminder", "self-score"
		if in.Last {
			letter.Template = "selfscore-last"
		}
	case campaign.ReplyTask:
		letter.Template, letter.Path = "warning-reply-reminder", "warning"
	case campaign.AckTask:
		letter.Template, letter.Path = "warning-ack-reminder", "warning"
	case campaign.RectifyTask:
		letter.Template, letter.Path = "rectification-reminder", "warning"
		if in.After {
			letter.Template = "rectification-overdue"
		}
	default:
		return letter, campaign.Fail(campaign.Invalid, "没有“%s”的提醒", in.Task.Chinese())
	}
	if letter.Path == "warning" {
		until, served, err := caseReminded(ctx, tx, in, s)
		if err != nil || !served {
			return store.MailBody{}, err // of what was not served nobody is reminded
		}
		if letter.Until = max(in.Due, until); until > in.Due { // more follow, of the days from its service
			letter.Last = false
		}
	}
	return letter, nil
}

// rectifies tells whether a reminder of a rectification fits the case: its own rungs
// while its days run, the one after them, once, when they were let pass. A case that
// walks again what the engine lost asks by days that never were.
func rectifies(ctx context.Context, q store.Reader, in contract.RemindIn) (bool, error) {
	if in.Task != campaign.RectifyTask {
		return true, nil
	}
	w, err := q.Warning(ctx, in.Ref)
	if err != nil || in.After != (w.State == campaign.Unrectified) {
		return false, err
	}
	if !in.After {
		return true, nil
	}
	told, err := q.MailedSince(ctx, in.Ref, "rectification-overdue", w.StateAt)
	return !told, err
}

// suspended tells whether nothing is asked of an institution at this moment,
// though its workflow has not heard of it yet (暂停, WF-4). Warnings go on.
func suspended(ctx context.Context, tx *store.Tx, ref contract.Ref, task campaign.Task) (bool, error) {
	if task != campaign.PlanTask && task != campaign.EvidenceTask && task != campaign.SelfScoreTask {
		return false, nil
	}
	if err := tx.Lock(ctx, ref); err != nil {
		return false, err
	}
	e, err := tx.Entry(ctx, ref)
	return e.SuspendedAt != nil, err
}

// copyLiaison tells the institution's contact in the office what is overdue and
// that the last reminder went out, so that somebody picks up the telephone (PL-10).
func copyLiaison(ctx context.Context, tx *store.Tx, in contract.RemindIn, s scene) error {
	p, err := tx.Liaison(ctx, in.Ref)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	title, what, left := in.Task.Chinese()+"逾期", "该机构至今未办理，催办邮件已经发出。请电话联系。", "系统按日程继续提醒该机构。"
	if !in.After && !in.Last {
		title, what = "评价通知尚无回应", "该机构至今没有通过邮件中的链接提交过任何内容，提醒邮件已经发出。请电话核实是否收到通知、联系人和邮箱是否正确。"
	}
	if in.Last {
		title, what, left = in.Task.Chinese()+"最后一次提醒已发出", "此后系统不再提醒该机构办理本项任务。请电话联系。", "期限届满后按规定进入下一环节。"
		if in.Task == campaign.RectifyTask {
			left = "警示继续有效，机构仍可补交整改报告。"
		}
	}
	queueMail(tx, in.Ref, fmt.Sprintf("alert/liaison/%s/%s/%d/%s", in.Task, in.Due, in.Step, p.ID), store.MailBody{Template: "officer-alert", To: "staff:" + p.ID, Path: officePath(in.Ref),
		Date: in.At, Until: s.rules().Holidays.AddWorkdays(campaign.DayOf(in.At), 3), Task: in.Task, // dropped with the reminder that it tells of
		Lines: [][2]string{{"机构", s.institution.Name}, {"批准号", in.Ref.Code}}, Data: map[string]string{"title": title, "what": what, "consequence": left + onlyOnce}})
	return nil
}

// remindReviewers reminds those who hold a seat, or decide, and are late.
func (r *Room) remindReviewers(ctx context.Context, tx *store.Tx, in contract.RemindIn) error {
	letter := store.MailBody{Template: "reviewer-reminder", Date: in.At, Until: in.Due, Task: in.Task, Last: in.Last, Data: map[string]string{"title": in.Task.Chinese()}}
	if in.Task == campaign.DecideTask {
		yes, err := open(ctx, tx.Reader, in.Ref, in.Task, "")
		if err != nil || !yes {
			return err
		}
		d, err := tx.DeciderOf(ctx, in.Ref)
		if campaign.KindOf(err) == campaign.NotFound {
			return nil // nobody was free; the officers were told
		}
		if err != nil {
			return err
		}
		if away, err := tx.Conflicted(ctx, in.Ref, d.Reviewer); err != nil || away {
			return err // he must not read of it any more (S8)
		}
		letter.To, letter.Path = "staff:"+d.Reviewer, reviewPath(in.Ref)+"/appeal"
		queueMail(tx, in.Ref, fmt.Sprintf("decide/remind/%s/%d", in.Due, in.Step), letter)
		return nil
	}
	seats, err := tx.Seats(ctx, in.Ref)
	for _, s := range seats {
		if s.SheetAt == nil {
			letter.To, letter.Path = "staff:"+s.Reviewer, reviewPath(in.Ref)
			queueMail(tx, in.Ref, fmt.Sprintf("score/remind/%s/%d/%s", in.Due, in.Step, s.Reviewer), letter)
		}
	}
	return err
}

func reviewPath(ref contract.Ref) string { return fmt.Sprintf("/review/%d/%s", ref.Year, ref.Code) }
