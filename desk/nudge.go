package desk

import (
	"context"
	"slices"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// Nudge sends one institution that is late, or one reviewer who has not handed
// in, the reminder of its task: at most once a day to each, on the record.
func (d *Desk) Nudge(ctx context.Context, p store.Staff, ref contract.Ref, reviewer string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		letter, err := d.nudging(ctx, tx.Reader, s, reviewer)
		if err != nil {
			return err
		}
		task, today := letter.Task, campaign.DayOf(s.Now)
		if err := tx.AddNudge(ctx, ref, reviewer, task, today, p.ID, s.Now); err != nil {
			return err
		}
		who := "institution"
		if reviewer != "" {
			who = reviewer
		}
		tx.Queue(store.Intent{Key: key(ref, "nudge", string(task), string(today), who), Kind: store.MailIntent, Ref: ref, Body: letter})
		return nil
	})
}

// Nudging is the letter that Nudge would send now.
func (d *Desk) Nudging(ctx context.Context, p store.Staff, ref contract.Ref, reviewer string) (store.MailBody, error) {
	if err := need(p, campaign.Officer); err != nil {
		return store.MailBody{}, err
	}
	s, err := d.scene(ctx, d.Store.Reader, ref)
	if err != nil {
		return store.MailBody{}, err
	}
	return d.nudging(ctx, d.Store.Reader, s, reviewer)
}

func (d *Desk) nudging(ctx context.Context, r store.Reader, s scene, reviewer string) (store.MailBody, error) {
	if s.Entry.SuspendedAt != nil && reviewer == "" {
		return store.MailBody{}, campaign.Fail(campaign.Conflict, "该机构暂停中，不催办；恢复后再办理")
	}
	task, letter, err := d.overdue(ctx, r, s, reviewer)
	if err != nil {
		return letter, err
	}
	today := campaign.DayOf(s.Now)
	past, err := r.Nudges(ctx, s.ref())
	if err != nil {
		return letter, err
	}
	if slices.ContainsFunc(past, func(n store.Nudge) bool { return n.Reviewer == reviewer && n.Day.Format("2006-01-02") == string(today) }) {
		return letter, campaign.Fail(campaign.Conflict, "今天已经催办过，每天最多一次")
	}
	letter.Date, letter.Task, letter.Data = s.Now, task, map[string]string{"title": task.Chinese()}
	return letter, nil
}

// overdue finds the task that is late and the letter that reminds of it.
func (d *Desk) overdue(ctx context.Context, r store.Reader, s scene, reviewer string) (task campaign.Task, letter store.MailBody, err error) {
	today := campaign.DayOf(s.Now)
	none := campaign.Fail(campaign.Conflict, "没有逾期的事项，不需要催办")
	if reviewer != "" {
		seats, err := r.Seats(ctx, s.ref())
		if err != nil {
			return "", letter, err
		}
		i := slices.IndexFunc(seats, func(x store.Seat) bool { return x.Reviewer == reviewer && x.SheetAt == nil })
		if i < 0 || s.Entry.Stage != campaign.Scoring || campaign.DayOf(seats[i].Due) >= today {
			return "", letter, none
		}
		if away, err := r.Conflicted(ctx, s.ref(), reviewer); err != nil || away {
			return "", letter, err // he must not read of it any more (S8)
		}
		return campaign.ScoreTask, store.MailBody{Template: "reviewer-reminder", To: "staff:" + reviewer, Path: "/review/" + s.ref().ID(), Until: campaign.DayOf(seats[i].Due)}, nil
	}
	task, has := taskOf(s.Entry.Stage)
	have, err := r.Have(ctx, s.ref())
	if err != nil {
		return "", letter, err
	}
	letter = store.MailBody{To: "institution", Scope: "act", Until: s.Entry.DueDay()}
	switch {
	case !has || letter.Until == "" || letter.Until >= today:
		return "", letter, none
	case task == campaign.PlanTask && (have.Plan == 0 || have.PlanState == "returned"):
		letter.Template, letter.Path = "plan-overdue", "plan"
	case task == campaign.SelfScoreTask && have.SelfScore == 0:
		letter.Template, letter.Path = "selfscore-reminder", "self-score"
	default:
		return "", letter, none
	}
	return task, letter, nil
}
