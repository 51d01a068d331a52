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

// EventDecision is what 评价复核 makes of one event of row 15 or 16.
type EventDecision struct {
	Event   int64
	Outcome campaign.Amend
	Points  rubric.Points
	InBase  bool
	Reason  string
}

// Contested is an event of a row of which 评价复核 was asked: as it was determined,
// and what can be decided about it.
type Contested struct {
	store.Event
	Found campaign.Amending
}

// Contested lists the events of row 15 or 16 that the decider looks at: what the
// institution took back and deductions that were never established are not
// among them.
func (d *Desk) Contested(ctx context.Context, r store.Reader, ref contract.Ref, row int) ([]Contested, error) {
	events, err := r.Events(ctx, ref)
	if err != nil {
		return nil, err
	}
	var all []Contested
	for _, e := range events {
		c := Contested{Event: e.Unamended()}
		if c.Found = c.Amending(d.Table); c.Found.Row != row {
			continue
		}
		if err := d.barred(ctx, r, &c); err != nil {
			return nil, err
		}
		if len(c.Found.May()) > 0 {
			all = append(all, c)
		}
	}
	return all, nil
}

// barred asks of a bonus what its ruling would ask: the clause under which the
// catalogue and the directory bear it now, or why they do not.
func (d *Desk) barred(ctx context.Context, r store.Reader, c *Contested) error {
	if c.Found.Row != 15 {
		return nil
	}
	clause, err := d.standing(ctx, r, c.Event)
	if campaign.KindOf(err) == campaign.Conflict {
		c.Found.Barred = err.Error()
		return nil
	}
	if now, ok := d.Table.Clause(clause); ok {
		c.Found.Clause = now
	}
	return err
}

// EventField names a field of the decision on an event.
func EventField(event int64, name string) string { return fmt.Sprintf("event-%d-%s", event, name) }

// WeighAppeal tells what rows 15 and 16 would come to by the decisions on their
// events: their points are never typed.
func (d *Desk) WeighAppeal(ctx context.Context, p store.Staff, ref contract.Ref, rulings []Ruling, events ...EventDecision) ([]Ruling, rubric.Scorecard, error) {
	if err := d.Decides(ctx, p, ref); err != nil {
		return nil, rubric.Scorecard{}, err
	}
	results, err := d.Store.Results(ctx, ref)
	if err != nil || len(results) == 0 {
		return rulings, rubric.Scorecard{}, err
	}
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return nil, rubric.Scorecard{}, err
	}
	bad := map[string]string{}
	w := weighing{ref: ref, reading: c.Rules.Settings.Readings.Reading(), last: results[len(results)-1], rulings: slices.Clone(rulings), events: events, bad: bad}
	if err := d.weigh(ctx, d.Store.Reader, &w, p.ID); err != nil {
		return nil, w.card, err
	}
	return w.rulings, w.card, faulty(bad)
}

// weighing is a decision on the rows of an appeal while it is looked at.
type weighing struct {
	ref        contract.Ref
	reading    rubric.Reading
	last       store.Result
	rulings    []Ruling
	events     []EventDecision
	bad        map[string]string
	amendments []store.Amendment
	card       rubric.Scorecard // as it would be
}

// weigh goes through the events of the rows 15 and 16 that are decided, names what
// cannot be decided so, and fills in what the rows come to by the scoring rules.
func (d *Desk) weigh(ctx context.Context, r store.Reader, w *weighing, by string) error {
	w.card = w.last.Card
	for i := range w.rulings {
		if w.rulings[i].Row > 14 {
			if err := d.weighRow(ctx, r, w, &w.rulings[i], by); err != nil {
				return err
			}
		}
	}
	if len(w.amendments) < len(w.events) && len(w.bad) == 0 {
		return campaign.Fail(campaign.Conflict, "所决定的事项已有变化，请刷新页面后重新决定")
	}
	if len(w.bad) > 0 || len(w.amendments) == 0 {
		return nil
	}
	var err error
	if w.card, _, err = r.Judge(ctx, d.Table, w.ref, w.amendments...); err != nil {
		return err
	}
	for i, v := range w.rulings {
		before, _ := rowOf(w.last.Card, v.Row)
		if v.Row < 15 {
			continue
		}
		after, _ := rowOf(w.card, v.Row)
		if w.rulings[i].After = after; campaign.Worse(v.Row, before, after) {
			w.bad[markField(v.Row)] = fmt.Sprintf("第 %d 项按计分规则由 %s 分变为 %s 分，对机构不利，复核中不能这样决定；请改变对事项的决定", v.Row, before, after)
		}
	}
	return nil
}

// weighRow takes the decisions on one row's events: one on each of which anything
// can be decided, none on any other.
func (d *Desk) weighRow(ctx context.Context, r store.Reader, w *weighing, v *Ruling, by string) error {
	all, err := d.Contested(ctx, r, w.ref, v.Row)
	if err != nil {
		return err
	}
	v.After, _ = rowOf(w.last.Card, v.Row)
	open := 0
	for _, c := range all {
		if !c.Found.Open() {
			continue
		}
		open++
		i := slices.IndexFunc(w.events, func(x EventDecision) bool { return x.Event == c.ID })
		if i < 0 {
			w.bad[EventField(c.ID, "outcome")] = fmt.Sprintf("请对事项“%s”作出决定", c.Title)
			continue
		}
		given := w.events[i]
		a := campaign.Amendment{Outcome: given.Outcome, Points: given.Points, InBase: given.InBase, Reason: given.Reason}.Settled(c.Found)
		for field, say := range a.Faults(c.Found, w.reading) {
			w.bad[EventField(c.ID, field)] = fmt.Sprintf("第 %d 项“%s”：%s", v.Row, c.Title, say)
		}
		if !w.last.Scored && a.Outcome.Changes() {
			w.bad[EventField(c.ID, "outcome")] = fmt.Sprintf("第 %d 项没有评审打分（登记为未提交），复核中只能维持", v.Row)
		}
		w.amendments = append(w.amendments, store.AmendmentOf(c.ID, v.Row, by, a, w.last.At))
	}
	if open > 0 && strings.TrimSpace(v.Reason) == "" {
		v.Reason = campaign.ByEvents
	}
	return nil
}

// amend writes what was decided on events, beside the rows' rulings (AP-3).
func amend(ctx context.Context, tx *store.Tx, s scene, all []store.Amendment) error {
	for _, a := range all {
		a.At = s.Now
		if err := tx.AddAmendment(ctx, s.ref(), a); err != nil {
			return err
		}
	}
	return nil
}
