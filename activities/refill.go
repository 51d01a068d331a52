package activities

import (
	"cmp"
	"context"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// deciding tells that a final result must wait: a decider turned out to be
// conflicted, and the day of whoever took over is not over (AP-3). A year whose
// deciders were silent in turn does not wait: their days have passed. Nor does one
// whose final notice is drawn up: what it says is fixed. The officers are called
// when that needs them, on another day again while it waits.
func (r *Room) deciding(ctx context.Context, tx *store.Tx, in contract.AtIn, s scene) (waits bool, err error) {
	if _, err := tx.MailByKey(ctx, in.Ref.ID()+"/final"); campaign.KindOf(err) != campaign.NotFound {
		return false, err
	}
	at := s.campaign.Now(r.Clock())
	appeals, voided, err := voidConflicted(ctx, tx, in.Ref, at)
	if err != nil {
		return false, err
	}
	waits, alert, err := r.successor(ctx, tx, in, s, appeals, at)
	if voided {
		alert = cmp.Or(alert, contract.AlertRulingVoid)
	}
	if err != nil || alert == "" {
		return waits, err
	}
	seq := "again"
	if waits {
		seq += "/" + string(campaign.DayOf(at))
	}
	return waits, queueAlert(ctx, tx, s, in.Ref, alert, at, officePath(in.Ref), seq)
}

// successor tells whether the open rows of an appeal wait for whoever took over,
// and what the officers are called for.
func (r *Room) successor(ctx context.Context, tx *store.Tx, in contract.AtIn, s scene, appeals []store.Appeal, at time.Time) (waits bool, alert string, err error) {
	var open []int
	for _, a := range appeals {
		if a.RuledAt == nil {
			open = append(open, a.Row)
		}
	}
	if len(open) == 0 {
		return false, "", nil
	}
	now, err := tx.DeciderOf(ctx, in.Ref)
	if campaign.KindOf(err) == campaign.NotFound {
		return false, "", nil
	}
	if err != nil {
		return false, "", err
	}
	away, err := tx.Conflicted(ctx, in.Ref, now.Reviewer)
	if err != nil {
		return false, "", err
	}
	if due := campaign.Day(now.Due.Format("2006-01-02")); !away && due >= max(campaign.DayOf(in.At), campaign.DayOf(at)) {
		return true, "", r.remindSuccessor(ctx, tx, in.Ref, s, due, at)
	}
	return r.decidingAgain(ctx, tx, in.Ref, s, open, now, away, at)
}

// remindSuccessor reminds whoever decides while the final result waits: the year
// reminds only of rows that it knows to be open.
func (r *Room) remindSuccessor(ctx context.Context, tx *store.Tx, ref contract.Ref, s scene, due campaign.Day, at time.Time) error {
	for _, rung := range slices.Backward(s.rules().Holidays.Reminders(campaign.DecideTask, due, due)) {
		if rung.Day <= campaign.DayOf(at) {
			return r.remindReviewers(ctx, tx, contract.RemindIn{Ref: ref, Task: campaign.DecideTask, Step: rung.Step, After: rung.After, Last: rung.Last, Due: due, At: at})
		}
	}
	return nil
}

// voidConflicted ends the rulings of whoever is conflicted by now, for a change of
// the roster or the staff may not have reached them yet (S8); it gives the rows as
// they stand then.
func voidConflicted(ctx context.Context, tx *store.Tx, ref contract.Ref, at time.Time) (all []store.Appeal, voided bool, err error) {
	if all, err = tx.Appeals(ctx, ref); err != nil {
		return nil, false, err
	}
	for _, a := range all {
		if a.Reviewer == nil {
			continue
		}
		if away, err := tx.Conflicted(ctx, ref, *a.Reviewer); err != nil {
			return nil, false, err
		} else if !away {
			continue
		}
		rows, err := tx.VoidRulingsOf(ctx, ref, *a.Reviewer, at)
		if err != nil {
			return nil, false, err
		}
		voided = voided || len(rows) > 0
	}
	all, err = tx.Appeals(ctx, ref)
	return all, voided, err
}

// decidingAgain is the same for rows of which a decision became void: of them the
// year does not know that they are open. A silent successor is followed by one
// more, as in the year; but no row stands as it was only because nobody is free.
func (r *Room) decidingAgain(ctx context.Context, tx *store.Tx, ref contract.Ref, s scene, open []int, now store.Decider, away bool, at time.Time) (waits bool, alert string, err error) {
	void, err := tx.VoidRulings(ctx, ref)
	if err != nil {
		return false, "", err
	}
	var since time.Time
	for _, v := range void {
		if slices.Contains(open, v.Row) && v.VoidAt.After(since) {
			since = v.VoidAt
		}
	}
	if since.IsZero() {
		return false, "", nil
	}
	named, err := tx.DecidersSince(ctx, ref, since)
	if err != nil {
		return false, "", err
	}
	if !away && named > 1 {
		return false, contract.AlertAppealSilent, nil
	}
	who := now.Reviewer // his conflict was withdrawn before anybody took over: his days begin again
	if away || named > 0 {
		free, err := tx.FreeReviewers(ctx, ref, false)
		if err != nil {
			return false, "", err
		}
		if who = campaign.Pick(free, ref); who == "" {
			return true, contract.AlertRulingVoid, nil
		}
	}
	return true, "", nameDecider(ctx, tx, ref, who, s.rules().Holidays.AddWorkdays(campaign.DayOf(at), s.rules().Settings.DecisionDays), at)
}

// refilling tells that a result must wait: a reviewer of seat 1 or 2 declined
// or turned out to be conflicted, and the sheet of whoever took over is not in
// though his day is not over. A seat left so late that the year has not heard of
// it yet is filled here. When nobody is free an officer decides whether it is formed on what is there.
func (r *Room) refilling(ctx context.Context, tx *store.Tx, ref contract.Ref, s scene, at time.Time) (bool, error) {
	ever, err := tx.SeatsEver(ctx, ref)
	if err != nil {
		return false, err
	}
	today := campaign.DayOf(s.campaign.Now(r.Clock()))
	waits := false
	for i, h := range ever {
		newest := i+1 == len(ever) || ever[i+1].Seat.Seat != h.Seat.Seat
		switch {
		case !newest || h.Seat.Seat > 2:
		case left(h):
			free, err := tx.FreeReviewers(ctx, ref, true)
			if err != nil {
				return false, err
			}
			who := campaign.Pick(free, ref)
			if who == "" {
				continue
			}
			due := s.rules().Holidays.AddWorkdays(today, campaign.RefillDays)
			if err := r.give(ctx, tx, ref, h.Seat.Seat, who, due, at, "reviewer-assigned", nil); err != nil {
				return false, err
			}
			waits = true
		case h.N > 1 && left(ever[i-1]) && h.SheetAt == nil:
			waits = waits || campaign.Day(h.Due.Format("2006-01-02")) >= today
		}
	}
	return waits, nil
}

// left tells that a holding ended by the reviewer's going, not by a lapse of time.
func left(h store.SeatHistory) bool {
	return h.Why != nil && (*h.Why == campaign.SeatDeclined || *h.Why == campaign.SeatConflict)
}
