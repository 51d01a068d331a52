package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// HoldsSeat tells whether a reviewer may see and score an institution's year:
// he holds a seat, no conflict keeps him away, and he has declared his conflicts.
func (d *Desk) HoldsSeat(ctx context.Context, p store.Staff, ref contract.Ref) (store.Seat, error) {
	if err := need(p, campaign.Reviewer); err != nil {
		return store.Seat{}, err
	}
	seats, err := d.Store.Seats(ctx, ref)
	if err != nil {
		return store.Seat{}, err
	}
	at := slices.IndexFunc(seats, func(s store.Seat) bool { return s.Reviewer == p.ID })
	away, err := d.Store.Conflicted(ctx, ref, p.ID)
	if err != nil {
		return store.Seat{}, err
	}
	if at < 0 || away { // one answer: what is kept from him does not exist (S8)
		return store.Seat{}, campaign.Fail(campaign.NotFound, "没有找到该评审任务")
	}
	return seats[at], d.declared(ctx, ref.Year, p.ID)
}

// MayReview tells whether an institution's year exists for a reviewer: he holds
// a seat or decides its appeal, and no conflict keeps him away (S8).
func (d *Desk) MayReview(ctx context.Context, p store.Staff, ref contract.Ref) error {
	seats, err := d.Store.Seats(ctx, ref)
	if err != nil {
		return err
	}
	mine := slices.ContainsFunc(seats, func(s store.Seat) bool { return s.Reviewer == p.ID })
	if !mine {
		decider, err := d.Store.DeciderOf(ctx, ref)
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		mine = decider.Reviewer == p.ID
	}
	away, err := d.Store.Conflicted(ctx, ref, p.ID)
	if err != nil {
		return err
	}
	if p.Role != campaign.Reviewer || !mine || away {
		return campaign.Fail(campaign.NotFound, "没有找到该评审任务")
	}
	return nil
}

// SaveSheet keeps a reviewer's marks as far as they go.
func (d *Desk) SaveSheet(ctx context.Context, p store.Staff, ref contract.Ref, marks []rubric.Mark) error {
	if _, err := d.HoldsSeat(ctx, p, ref); err != nil {
		return err
	}
	return d.Store.SaveDraft(ctx, p.ID, ref, string(campaign.ScoreTask), marks, d.Clock())
}

// HandInSheet takes a reviewer's marks of all 14 rows, once.
func (d *Desk) HandInSheet(ctx context.Context, p store.Staff, ref contract.Ref, marks []rubric.Mark) (Receipt, error) {
	seat, err := d.HoldsSeat(ctx, p, ref)
	if err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	late := func(at time.Time) bool { return campaign.DayOf(at) > campaign.Day(seat.Due.Format("2006-01-02")) }
	err = d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		sheets, err := tx.SheetsOf(ctx, ref)
		if err != nil {
			return err
		}
		for _, old := range sheets {
			if old.Reviewer == p.ID && old.Digest == store.Digest(marks) { // the same form sent twice is one sheet
				rec = Receipt{key(ref, "sheet", p.ID), "评审打分", old.Digest, old.At, late(old.At)}
				return nil
			}
		}
		if s.Entry.Stage != campaign.Scoring {
			return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不接收打分", s.Entry.Stage.Chinese())
		}
		if away, err := tx.Conflicted(ctx, ref, p.ID); err != nil || away {
			return cmp.Or(err, error(campaign.Fail(campaign.NotFound, "没有找到该评审任务")))
		}
		if seats, err := tx.Seats(ctx, ref); err != nil || !slices.ContainsFunc(seats, func(o store.Seat) bool { return o.Reviewer == p.ID }) {
			return cmp.Or(err, error(campaign.Fail(campaign.Conflict, "该评审任务已经改派他人")))
		}
		if err := unfrozen(ctx, tx, ref); err != nil {
			return err
		}
		rule, err := d.ReviewRule(ctx, tx.Reader, s.Campaign, ref)
		if err != nil {
			return err
		}
		if err := faulty(markFaults(rule.Check(marks, true))); err != nil {
			return err
		}
		digest, err := tx.AddSheet(ctx, ref, p.ID, marks, s.Now)
		if err != nil {
			return err
		}
		if err := tx.DropDraft(ctx, p.ID, ref, string(campaign.ScoreTask)); err != nil {
			return err
		}
		rec = Receipt{key(ref, "sheet", p.ID), "评审打分", digest, s.Now, late(s.Now)}
		return tell(tx, contract.SheetInMsg, ref, ref.ID(), rec.Number, contract.SheetIn{Reviewer: p.ID, Seat: seat.Seat, Digest: digest, At: s.Now})
	})
	return rec, err
}

// SelfMarks are the newest self-score as reviewers may know it: none when the
// year hides it from them (GL-29).
func (d *Desk) SelfMarks(ctx context.Context, r store.Reader, c store.Campaign, ref contract.Ref) ([]rubric.Mark, error) {
	if c.Rules.Settings.HideSelfScore {
		return nil, nil
	}
	own, err := r.SelfScores(ctx, ref)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	return own[len(own)-1].Marks, nil
}

// Ruling is the decision on one row of an appeal.
type Ruling struct {
	Row    int
	After  rubric.Points
	Reason string
}

// Decides tells whether a reviewer decides an institution's appeal.
func (d *Desk) Decides(ctx context.Context, p store.Staff, ref contract.Ref) error {
	if err := need(p, campaign.Reviewer); err != nil {
		return err
	}
	who, err := d.Store.DeciderOf(ctx, ref)
	if err != nil && campaign.KindOf(err) != campaign.NotFound {
		return err
	}
	away, err := d.Store.Conflicted(ctx, ref, p.ID)
	if err != nil {
		return err
	}
	if who.Reviewer != p.ID || away {
		return campaign.Fail(campaign.NotFound, "没有找到该复核任务")
	}
	return d.declared(ctx, ref.Year, p.ID)
}

// DecideAppeal rules on rows of an appeal; the ruler never scored the
// institution, and points are kept or raised; those of rows 15 and 16 follow from
// what he decides about their events (AP-3).
func (d *Desk) DecideAppeal(ctx context.Context, p store.Staff, ref contract.Ref, rulings []Ruling, events ...EventDecision) (Receipt, error) {
	if err := d.Decides(ctx, p, ref); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		if s.Entry.Stage != campaign.Served {
			return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不能作出复核决定", s.Entry.Stage.Chinese())
		}
		if err := undecided(ctx, tx, ref, "结果正在确定，不能再作复核决定"); err != nil {
			return err
		}
		results, err := tx.Results(ctx, ref)
		if err != nil {
			return err
		}
		if len(results) == 0 {
			return campaign.Fail(campaign.Conflict, "结果尚未形成")
		}
		if who, err := tx.DeciderOf(ctx, ref); err != nil || who.Reviewer != p.ID {
			return cmp.Or(err, error(campaign.Fail(campaign.Conflict, "该复核任务已经改派他人")))
		}
		if away, err := tx.Conflicted(ctx, ref, p.ID); err != nil || away {
			return cmp.Or(err, error(campaign.Fail(campaign.NotFound, "没有找到该复核任务")))
		}
		last := results[len(results)-1]
		card := last.Card
		open, err := tx.Have(ctx, ref)
		if err != nil {
			return err
		}
		f := map[string]string{}
		w := weighing{ref: ref, reading: s.settings().Readings.Reading(), last: last, rulings: slices.Clone(rulings), events: events, bad: f}
		if err := d.weigh(ctx, tx.Reader, &w, p.ID); err != nil {
			return err
		}
		rulings := w.rulings
		in := contract.AppealDecided{Digest: store.Digest(rulings), At: s.Now}
		for _, r := range rulings {
			before, max := rowOf(card, r.Row)
			switch {
			case !slices.Contains(open.Undecided, r.Row):
				f[markField(r.Row)] = fmt.Sprintf("第 %d 项没有待决定的复核申请", r.Row)
			case strings.TrimSpace(r.Reason) == "":
				f[markField(r.Row)] = fmt.Sprintf("第 %d 项请填写复核理由", r.Row)
			case !last.Scored && r.After != before:
				f[markField(r.Row)] = fmt.Sprintf("第 %d 项没有评审打分（登记为未提交），复核中只能维持", r.Row)
			case r.Row > 14: // weighed event by event
			case r.After < before || r.After > max || (r.After != before && r.After%50 != 0):
				f[markField(r.Row)] = fmt.Sprintf("第 %d 项复核后得分应不低于原得分 %s、不高于 %s，按 0.5 分递进", r.Row, before, max)
			}
		}
		if len(rulings) == 0 {
			f["rows"] = "请至少对一项作出决定"
		}
		if err := faulty(f); err != nil {
			return err
		}
		for _, r := range rulings {
			before, _ := rowOf(card, r.Row)
			if err := tx.AddAppealRuling(ctx, ref, r.Row, p.ID, before, r.After, strings.TrimSpace(r.Reason), s.Now); err != nil {
				return err
			}
			in.Rows = append(in.Rows, r.Row)
		}
		if err := amend(ctx, tx, s, w.amendments); err != nil {
			return err
		}
		slices.Sort(in.Rows)
		number, err := decisionKey(ctx, tx, ref, in.Rows[0])
		if err != nil {
			return err
		}
		rec = Receipt{number, "复核决定", in.Digest, s.Now, false}
		return tell(tx, contract.AppealDecidedMsg, ref, ref.ID(), rec.Number, in)
	})
	return rec, err
}

func rowOf(c rubric.Scorecard, row int) (points, most rubric.Points) {
	for _, r := range c.Rows {
		if r.Row == row {
			return r.Points, r.Max
		}
	}
	return 0, 0
}
