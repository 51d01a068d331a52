package desk

import (
	"context"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// handOvers finds whose contact is another person or another address than
// before, and hands over each of their running years (第二十八条, GL-28).
func (d *Desk) handOvers(ctx context.Context, tx *store.Tx, p store.Staff, was, now []campaign.Institution) error {
	before := map[string]campaign.Institution{}
	for _, i := range was {
		before[i.Code] = i
	}
	for _, i := range now {
		old, known := before[i.Code]
		if !known || old.Contact == i.Contact && old.Email == i.Email {
			continue
		}
		years, err := tx.RunningYears(ctx, i.Code)
		if err != nil {
			return err
		}
		for _, y := range years {
			if err := d.handOver(ctx, tx, p, contract.Ref{Year: y, Code: i.Code}); err != nil {
				return err
			}
		}
	}
	return nil
}

// handOver ends every link that the former contact has, and sends the new one
// a link with what is still to be done and by when.
func (d *Desk) handOver(ctx context.Context, tx *store.Tx, p store.Staff, ref contract.Ref) error {
	if err := tx.Lock(ctx, ref); err != nil {
		return err
	}
	s, err := d.scene(ctx, tx.Reader, ref)
	if err != nil {
		return err
	}
	if _, err := tx.RevokeTickets(ctx, ref, p.ID, s.Now); err != nil {
		return err
	}
	open, err := d.openTasks(ctx, tx.Reader, s)
	if err != nil {
		return err
	}
	k := key(ref, "handover", s.Now.UTC().Format("20060102T150405"))
	tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "handover", To: "institution", Scope: "act", Date: s.Now, Lines: open}})
	return nil
}

// openTasks names what an institution still has to hand in, with its last day.
func (d *Desk) openTasks(ctx context.Context, r store.Reader, s scene) ([][2]string, error) {
	plans, err := r.Plans(ctx, s.ref())
	if err != nil {
		return nil, err
	}
	own, err := r.SelfScores(ctx, s.ref())
	if err != nil {
		return nil, err
	}
	done := map[campaign.Task]bool{campaign.PlanTask: len(plans) > 0 && plans[len(plans)-1].State() != "returned", campaign.SelfScoreTask: len(own) > 0}
	var all [][2]string
	for _, t := range []campaign.Task{campaign.PlanTask, campaign.EvidenceTask, campaign.SelfScoreTask} {
		if done[t] || !reached(t.LastStage(), s.Entry.Stage) {
			continue
		}
		due, _, err := d.open(ctx, r, s, t)
		if err != nil {
			return nil, err
		}
		when := "截止 " + due.Chinese()
		if s.Entry.SuspendedAt != nil {
			when = "暂停中，不计期限"
		}
		all = append(all, [2]string{t.Chinese(), when})
	}
	if s.Entry.Stage == campaign.Served && s.Entry.DueDay() != "" {
		all = append(all, [2]string{campaign.AppealTask.Chinese(), "截止 " + s.Entry.DueDay().Chinese()})
	}
	if len(all) == 0 {
		all = [][2]string{{"待办事项", "目前没有"}}
	}
	return all, nil
}
