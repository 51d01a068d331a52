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

// EventForm registers something that earns or costs points.
type EventForm struct {
	Clause, Matter, Title, Source string
	Points                        rubric.Points // 0: what the clause leaves no choice about
	OccurredOn                    campaign.Day
	Names                         EventNames
	adoption                      campaign.Adoption
}

// RegisterEvent registers an event; another person must confirm it (S6).
func (d *Desk) RegisterEvent(ctx context.Context, p store.Staff, ref contract.Ref, f EventForm) (int64, error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	var id int64
	err := d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		e := store.Event{Year: ref.Year, Code: ref.Code, Clause: f.Clause, Points: d.defaultPoints(f.Clause, f.Points), Matter: strings.TrimSpace(f.Matter), Title: strings.TrimSpace(f.Title),
			Source: strings.TrimSpace(f.Source), OccurredOn: f.OccurredOn.Start(), By: p.ID, At: s.Now}
		e.Adoption = f.adoption
		fields := map[string]string{}
		if n := len([]rune(e.Title)); n == 0 || n > 200 {
			fields["title"] = "请填写事项名称（不超过 200 字）"
		}
		if n := len([]rune(e.Source)); n == 0 || n > 500 {
			fields["source"] = "请填写依据（文件、网址或文号，不超过 500 字）"
		}
		if _, err := campaign.ParseDay(string(f.OccurredOn)); err != nil {
			fields["occurred_on"] = "请填写发生日期，格式 2026-03-01"
		} else if f.OccurredOn > campaign.DayOf(s.Now) {
			fields["occurred_on"] = "发生日期不能晚于今天"
		} else if say := d.otherYear(e, ref.Year); say != "" {
			fields["occurred_on"] = say
		}
		r := e.Rubric()
		r.ID, r.State = "0", rubric.Confirmed // so that the points must be in the clause's range
		if err := d.Table.ValidateEventAs(s.settings().Readings.Reading(), r); err != nil {
			fields["points"] = strings.TrimPrefix(err.Error(), "事件 0：")
		}
		if err := d.name(ctx, tx.Reader, &e, f.Names, fields); err != nil {
			return err
		}
		if err := faulty(fields); err != nil {
			return err
		}
		if st := s.Entry.Stage; st == campaign.Served || st == campaign.Final || st == campaign.Closed || st == campaign.Left {
			return campaign.Fail(campaign.Conflict, "结果已经告知，不能再登记加分或扣分事项")
		}
		if err := unfrozen(ctx, tx, ref); err != nil {
			return err
		}
		var err error
		id, err = tx.AddEvent(ctx, e)
		return err
	})
	return id, err
}

// otherYear refuses an event that no hearing can make count: it belongs to the
// year in which it happened. An earlier bonus item of a named matter may stand here,
// for it decides in which year the matter counts.
func (d *Desk) otherYear(e store.Event, year int) string {
	in := campaign.DayOf(e.OccurredOn).Year()
	clause, known := d.Table.Clause(e.Clause)
	bonus := known && clause.Row == 15
	if in == year || !known || bonus && in < year && e.Matter != "" {
		return ""
	}
	say := fmt.Sprintf("事项按发生日期归年，发生在 %d 年的不计入 %d 年度，认定后也是 0 分。日期有误的请改正；确在该年发生的，请在 %d 年度登记，该年度结果已经告知的按更正办理", in, year, in)
	if bonus && in < year {
		say += "；为同一事项跨年只计一次（R-06）而登记的，请填写同一事项标识"
	}
	return say
}

// RuleEvent confirms or rejects a bonus event; never the person who registered
// it. Deductions go the way of MoveEvent.
func (d *Desk) RuleEvent(ctx context.Context, p store.Staff, ref contract.Ref, event int64, confirm bool, reason string) error {
	return d.RuleBonus(ctx, p, ref, event, BonusRuling{Confirm: confirm, Reason: reason})
}

// BonusRuling is the decision on a bonus event.
type BonusRuling struct {
	Confirm bool
	InBase  bool // the same work stands in a base row too (§2 no. 8, R-08)
	Reason  string
}

// RuleBonus is RuleEvent with all that can be decided.
func (d *Desk) RuleBonus(ctx context.Context, p store.Staff, ref contract.Ref, event int64, v BonusRuling) error {
	confirm, reason := v.Confirm, v.Reason
	if err := need(p, campaign.Approver); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return &campaign.Error{Kind: campaign.Invalid, Say: "请填写认定理由", Fields: map[string]string{"reason": "请填写认定理由"}}
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		all, err := tx.Events(ctx, ref)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(e store.Event) bool { return e.ID == event })
		if i < 0 {
			return campaign.Fail(campaign.NotFound, "没有找到该事项")
		}
		if st := s.Entry.Stage; st == campaign.Served || st == campaign.Final || st == campaign.Closed || st == campaign.Left {
			return campaign.Fail(campaign.Conflict, "结果已经告知，不能再认定")
		}
		if err := unfrozen(ctx, tx, ref); err != nil {
			return err
		}
		e := all[i]
		if e.State != "" && e.Confirmed == nil {
			return campaign.Fail(campaign.Conflict, "扣分事项须经调查、告知后认定（附件2第16项），请在案卷中办理")
		} else if confirm && e.Confirmed == nil {
			err = d.confirm(ctx, tx, s, e, v.InBase, strings.TrimSpace(reason), p)
		} else {
			err = tx.AddEventRuling(ctx, ref, event, confirm, strings.TrimSpace(reason), p.ID, s.Now)
		}
		if err != nil || !e.Claimed() {
			return err
		}
		return d.tellClaimant(ctx, tx, s, event)
	})
}
