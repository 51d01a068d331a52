package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// Suspend lets an institution's year stand still (暂停, WF-4): nothing is asked of
// it, its days do not run and its result is not served, until it is resumed. What
// it hands in meanwhile is taken.
func (d *Desk) Suspend(ctx context.Context, p store.Staff, ref contract.Ref, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		all, err := tx.Suspensions(ctx, ref)
		if err != nil {
			return err
		}
		if s.Entry.SuspendedAt != nil {
			if last := all[len(all)-1]; last.By == p.ID && last.Reason == reason { // the same form sent twice
				return nil
			}
			return campaign.Fail(campaign.Conflict, "该机构已暂停，不必再次登记")
		}
		if !s.Entry.Stage.Suspendable() {
			return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，机构没有待办的期限，不能暂停", s.Entry.Stage.Chinese())
		}
		if err := unfrozen(ctx, tx, ref); err != nil {
			return err
		}
		bad := map[string]string{}
		wordy(bad, "reason", reason, "暂停理由", 500)
		if err := faulty(bad); err != nil {
			return err
		}
		n, err := tx.AddSuspension(ctx, ref, reason, p.ID, s.Now)
		if err != nil {
			return err
		}
		k := key(ref, "suspension", strconv.Itoa(n))
		tx.Queue(store.Intent{Key: k + "/mail", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "suspended", To: "institution", Scope: "act", Date: s.Now,
			Data: map[string]string{"title": "年度宣传工作评价", "what": reason}}})
		return tell(tx, contract.SuspendMsg, ref, ref.ID(), k, contract.Suspension{N: n, By: p.ID, At: s.Now})
	})
}

// ResumeForm ends a suspension.
type ResumeForm struct {
	Day    campaign.Day // until when the task at hand is given back; no earlier than Resumption says
	Reason string
}

// Resumption is what the end of a suspension gives back.
type Resumption struct {
	Task campaign.Task // the task at hand; "" when it is the reviewers'
	Last campaign.Day  // its last day before the suspension
	Day  campaign.Day  // the earliest it can be given back to; Last: nothing is to be given back
}

// Resumption reckons what a suspended institution's task is given back.
func (d *Desk) Resumption(ctx context.Context, r store.Reader, ref contract.Ref) (Resumption, error) {
	s, err := d.scene(ctx, r, ref)
	if err != nil {
		return Resumption{}, err
	}
	return d.resumption(ctx, r, s)
}

func (d *Desk) resumption(ctx context.Context, r store.Reader, s scene) (out Resumption, err error) {
	if s.Entry.SuspendedAt == nil {
		return out, campaign.Fail(campaign.Conflict, "该机构没有处于暂停")
	}
	var own bool
	if out.Task, own = s.Entry.Stage.OwnTask(); !own {
		return out, nil
	}
	from := campaign.DayOf(*s.Entry.SuspendedAt)
	due, last, err := d.closes(ctx, r, s, out.Task)
	if err != nil {
		return out, err
	}
	if out.Last = due; due < from { // plans are taken a while beyond their day
		out.Last = last
	}
	if have, err := r.Have(ctx, s.ref()); err != nil {
		return out, err
	} else if out.Task == campaign.SelfScoreTask && have.SelfScore > 0 { // nothing is left to do: no day need be found for it
		out.Day = out.Last
		return out, nil
	}
	out.Day, err = s.cal().Resumption(s.days(), out.Task, out.Last, from, campaign.DayOf(s.Now))
	return out, err
}

// Resume lets an institution's year go on, and gives its task back the working
// days that were left when it was suspended, as campaign.Resumed reckons them, or more.
func (d *Desk) Resume(ctx context.Context, p store.Staff, ref contract.Ref, f ResumeForm) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	reason := strings.TrimSpace(f.Reason)
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		all, err := tx.Suspensions(ctx, ref)
		if err != nil {
			return err
		}
		if n := len(all); n > 0 && all[n-1].EndAt != nil && *all[n-1].EndBy == p.ID && *all[n-1].EndReason == reason { // the same form sent twice
			return nil
		}
		back, err := d.resumption(ctx, tx.Reader, s)
		if err != nil {
			return err
		}
		bad := map[string]string{}
		wordy(bad, "reason", reason, "恢复理由", 500)
		day := back.given(s, f.Day, bad)
		if err := faulty(bad); err != nil {
			return err
		}
		return d.resume(ctx, tx, s, p, all[len(all)-1].N, back.Task, day, reason)
	})
}

// given is the day that the task is given back to; "" when none is.
func (b Resumption) given(s scene, day campaign.Day, bad map[string]string) campaign.Day {
	if b.Day == b.Last && (day == "" || day == b.Last) {
		return ""
	}
	if _, err := campaign.ParseDay(string(day)); err != nil {
		bad["day"] = "请填写恢复后的截止日，格式 2026-03-15"
	} else if day < b.Day {
		bad["day"] = "应不早于 " + b.Day.Chinese() + "：暂停时剩余的工作日应予补足"
	} else if err := s.cal().Extendable(b.Task, b.Last, day, campaign.DayOf(s.Now)); err != nil {
		bad["day"] = err.Error()
	}
	return day
}

// resume writes the end of a suspension.
func (d *Desk) resume(ctx context.Context, tx *store.Tx, s scene, p store.Staff, n int, task campaign.Task, day campaign.Day, reason string) error {
	ref, extension := s.ref(), 0
	letter := store.MailBody{Template: "resumed", To: "institution", Scope: "act", Date: s.Now, Until: day, Data: map[string]string{"title": "年度宣传工作评价", "what": reason}}
	told := contract.Resumption{N: n, By: p.ID, At: s.Now}
	if day != "" {
		var err error
		if extension, _, err = grant(ctx, tx, s, p, task, day, reason); err != nil {
			return err
		}
		told.Task, told.Day, letter.Data["title"] = task, day, task.Chinese() // the letter has no Task: it tells also whose task is done
	}
	if task != "" { // a calendar moved meanwhile may have left another day in the lists
		due, _, err := d.closes(ctx, tx.Reader, s, task)
		if err != nil {
			return err
		}
		if err := tx.SetDue(ctx, ref, due); err != nil {
			return err
		}
	}
	if s.Entry.Stage == campaign.Collecting { // quarterly letters that fell into it are not sent late
		var err error
		if letter.Rows, err = tx.Missing(ctx, ref); err != nil {
			return err
		}
	}
	if err := tx.EndSuspension(ctx, ref, n, extension, reason, p.ID, s.Now); err != nil {
		return err
	}
	k := key(ref, "suspension", strconv.Itoa(n))
	tx.Queue(store.Intent{Key: k + "/end-mail", Kind: store.MailIntent, Ref: ref, Body: letter})
	return tell(tx, contract.ResumeMsg, ref, ref.ID(), k+"/end", told)
}

// lateBefore tells whether a plan was overdue already when a suspension began:
// what is given back lets it be handed in, and does not make it timely.
func lateBefore(ctx context.Context, r store.Reader, s scene) (bool, error) {
	all, err := r.Suspensions(ctx, s.ref())
	if err != nil || len(all) == 0 {
		return false, err
	}
	granted, err := r.Extensions(ctx, s.ref())
	for _, u := range all {
		before := slices.DeleteFunc(slices.Clone(granted), func(e store.Extension) bool { return e.At.After(u.At) })
		if Due(campaign.PlanTask, s.cal(), before) < campaign.DayOf(u.At) && s.Entry.JoinedDay() <= s.cal().PlanDue {
			return true, err
		}
	}
	return false, err
}
