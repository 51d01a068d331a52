package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// planOf reads the newest version of the regulator's plan of a year.
func planOf(ctx context.Context, r store.Reader, year int) (p store.OfficePlan, err error) {
	all, err := r.OfficePlans(ctx, year)
	if n := len(all); n > 0 {
		p = all[n-1]
	}
	return p, err
}

// PutPlanItem adds an item to the regulator's own plan of a year, or replaces
// one; each time the plan gets a version with its reason (四(二)1, PL-6).
func (d *Desk) PutPlanItem(ctx context.Context, p store.Staff, year int, i campaign.PlanItem, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	i.Title, i.Lead, i.Note, reason = strings.TrimSpace(i.Title), strings.TrimSpace(i.Lead), strings.TrimSpace(i.Note), strings.TrimSpace(reason)
	bad := i.Check(year)
	if n := len([]rune(reason)); n == 0 || n > 200 {
		bad["reason"] = "请写明修订原因（不超过 200 字）"
	}
	if err := faulty(bad); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		now, err := planOf(ctx, tx.Reader, year)
		if err != nil {
			return err
		}
		if i.No != 0 && !slices.ContainsFunc(now.Body, func(x campaign.PlanItem) bool { return x.No == i.No }) {
			return campaign.Fail(campaign.NotFound, "计划中没有第 %d 项", i.No)
		}
		same := func(x campaign.PlanItem) bool {
			as := i
			if i.No == 0 {
				as.No = x.No
			}
			return x == as
		}
		if slices.ContainsFunc(now.Body, same) {
			return nil // the same form sent twice is one act
		}
		at, err := d.yearNow(ctx, tx, year)
		if err != nil {
			return err
		}
		_, err = tx.AddOfficePlan(ctx, year, campaign.WithItem(now.Body, i), reason, p.ID, at)
		return err
	})
}

// PlanFromCalendar puts the days of a year's calendar into the plan that are
// not in it.
func (d *Desk) PlanFromCalendar(ctx context.Context, p store.Staff, year int, lead string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	if lead = strings.TrimSpace(lead); lead == "" {
		return faulty(map[string]string{"lead": "请填写责任单位或处室"})
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		now, err := planOf(ctx, tx.Reader, year)
		if err != nil {
			return err
		}
		items := now.Body
		for _, x := range campaign.CalendarItems(c.Rules.Calendar, lead) {
			if !slices.ContainsFunc(items, func(y campaign.PlanItem) bool { return y.Title == x.Title && !y.Off }) {
				x.No = 0
				items = campaign.WithItem(items, x)
			}
		}
		if len(items) == len(now.Body) {
			return campaign.Fail(campaign.Conflict, "年度日程的各个日期都已在计划中")
		}
		_, err = tx.AddOfficePlan(ctx, year, items, "带入年度评价日程", p.ID, c.Now(d.Clock()))
		return err
	})
}

// MarkPlanItem notes that an item was done, or why it was not.
func (d *Desk) MarkPlanItem(ctx context.Context, p store.Staff, year, item int, done bool, note string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	if note = strings.TrimSpace(note); !done && note == "" || len([]rune(note)) > 500 {
		return faulty(map[string]string{"note": "没有完成的请写明原因（不超过 500 字）"})
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		now, err := planOf(ctx, tx.Reader, year)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(now.Body, func(x campaign.PlanItem) bool { return x.No == item && !x.Off }) {
			return campaign.Fail(campaign.NotFound, "计划中没有第 %d 项", item)
		}
		at, err := d.yearNow(ctx, tx, year)
		if err != nil {
			return err
		}
		return tx.AddPlanMark(ctx, year, now.Version, store.PlanMark{Item: item, Done: done, Note: note, By: p.ID, At: at})
	})
}

// yearNow is the time in a year: a rehearsal has its own. A year that was not launched has the house's.
func (d *Desk) yearNow(ctx context.Context, tx *store.Tx, year int) (time.Time, error) {
	c, err := tx.Campaign(ctx, year)
	if campaign.KindOf(err) == campaign.NotFound {
		return d.Clock(), nil
	}
	return c.Now(d.Clock()), err
}
