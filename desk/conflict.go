package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// declared refuses a reviewer who has not declared his conflicts of the
// campaign: what he may see depends on it (RV-1).
func (d *Desk) declared(ctx context.Context, year int, reviewer string) error {
	_, err := d.Store.DeclarationOf(ctx, year, reviewer)
	if campaign.KindOf(err) == campaign.NotFound && err != nil {
		return errUndeclared
	}
	return err
}

var errUndeclared = campaign.Fail(campaign.Forbidden, "请先申报本年度的利益冲突情况，再查看材料和打分")

// IsUndeclared tells an act that waits for the reviewer's declaration.
func IsUndeclared(err error) bool { return err == error(errUndeclared) }

// Said is a conflict as a person says it.
type Said struct {
	Kind campaign.ConflictKind
	Text string
}

func (s Said) check() error {
	f := map[string]string{}
	if !slices.Contains(campaign.SaidConflicts(), s.Kind) {
		f["kind"] = "请选择利益冲突的类型"
	}
	if n := len([]rune(s.Text)); n > 500 {
		f["text"] = "说明不超过 500 字"
	} else if s.Kind == campaign.ConflictOther && n == 0 {
		f["text"] = "类型为“其他”的，请写明情况"
	}
	return faulty(f)
}

// DeclareConflict is a reviewer's own word that he must keep away from an
// institution. From then on nothing of it exists for him, and marks that he gave
// there are void while the result is not formed (RV-1, S8).
func (d *Desk) DeclareConflict(ctx context.Context, p store.Staff, ref contract.Ref, said Said) (Receipt, error) {
	if err := need(p, campaign.Reviewer); err != nil {
		return Receipt{}, err
	}
	if away, err := d.Store.Conflicted(ctx, ref, p.ID); err != nil || away {
		return Receipt{}, orGone(err)
	}
	return d.conflict(ctx, ref, p.ID, said, p.ID)
}

// AddConflict is an officer's finding that a reviewer must keep away from an institution.
func (d *Desk) AddConflict(ctx context.Context, p store.Staff, ref contract.Ref, reviewer string, said Said) (Receipt, error) {
	if err := need(p, campaign.Officer); err != nil {
		return Receipt{}, err
	}
	who, err := d.Store.Staff(ctx, reviewer)
	if err != nil || who.Role != campaign.Reviewer {
		return Receipt{}, &campaign.Error{Kind: campaign.Invalid, Say: "请选择评审专家", Fields: map[string]string{"reviewer": "请选择评审专家"}, Err: err}
	}
	if strings.TrimSpace(said.Text) == "" {
		return Receipt{}, faulty(map[string]string{"text": "请写明依据"})
	}
	return d.conflict(ctx, ref, reviewer, said, p.ID)
}

func (d *Desk) conflict(ctx context.Context, ref contract.Ref, reviewer string, said Said, by string) (Receipt, error) {
	said.Text = strings.TrimSpace(said.Text)
	if err := said.check(); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		n, err := tx.AddConflict(ctx, ref, reviewer, said.Kind, said.Text, by, s.Now)
		if err != nil {
			return err
		}
		rec = Receipt{key(ref, "conflict", reviewer, fmt.Sprint(n)), "利益冲突申报", store.Digest(said), s.Now, false}
		return errors.Join(d.voidSeat(ctx, tx, s, reviewer, by), d.voidDecider(ctx, tx, s, reviewer))
	})
	return rec, err
}

// Declare is a reviewer's word that beyond the conflicts he has said he has
// none with any institution of the campaign.
func (d *Desk) Declare(ctx context.Context, p store.Staff, year int) (Receipt, error) {
	if err := need(p, campaign.Reviewer); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.commit(ctx, func(tx *store.Tx) error {
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		now := c.Now(d.Clock())
		done, err := tx.AddDeclaration(ctx, year, p.ID, now)
		rec = Receipt{fmt.Sprintf("%d/declaration/%s/%d", year, p.ID, done.N), "利益冲突申报", done.Digest, now, false}
		return err
	})
	return rec, err
}

// WithdrawConflict is one officer's signature under the withdrawal of a
// conflict; the second officer's, with a reason of his own, makes it effective.
func (d *Desk) WithdrawConflict(ctx context.Context, p store.Staff, ref contract.Ref, reviewer, conflict, reason string) (signatures int, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return 0, faulty(map[string]string{"reason": "请写明撤销的理由"})
	}
	err = d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		c, err := tx.ConflictOf(ctx, ref, reviewer, conflict)
		if err != nil {
			return err
		}
		if !c.Open() {
			return campaign.Fail(campaign.Conflict, "这项利益冲突已经撤销")
		}
		signatures, err = tx.AddConflictWithdrawal(ctx, ref, reviewer, conflict, reason, p.ID, s.Now)
		return err
	})
	return signatures, err
}

// voidSeat ends what a conflicted reviewer holds at an institution. A result
// that was formed stays as it is: it was made by the rules of its day, others
// rely on it, and whether it is taken up again is for people to decide. The
// officers are told.
func (d *Desk) voidSeat(ctx context.Context, tx *store.Tx, s scene, reviewer, by string) error {
	seats, err := tx.Seats(ctx, s.ref())
	if err != nil {
		return err
	}
	for _, seat := range seats {
		if seat.Reviewer != reviewer {
			continue
		}
		results, err := tx.Results(ctx, s.ref())
		if err != nil {
			return err
		}
		if len(results) > 0 {
			return d.alertLateConflict(ctx, tx, s, seat)
		}
		return d.endSeat(ctx, tx, s, seat, campaign.SeatConflict, "", by)
	}
	return nil
}

// endSeat ends a holding and tells the year that the seat waits for another.
func (d *Desk) endSeat(ctx context.Context, tx *store.Tx, s scene, seat store.Seat, why campaign.SeatEnd, reason, by string) error {
	if err := tx.EndSeat(ctx, seat, why, reason, by, s.Now); err != nil {
		return err
	}
	if err := tx.DropDraft(ctx, seat.Reviewer, s.ref(), string(campaign.ScoreTask)); err != nil {
		return err
	}
	return d.tellVacated(tx, s, seat.Seat, seat.N, why)
}

// tellVacated tells the year that the n-th holding of a seat has ended; its
// key also says how, for one may decline and an officer then find another.
func (d *Desk) tellVacated(tx *store.Tx, s scene, seat, n int, why campaign.SeatEnd) error {
	if s.Entry.Stage == campaign.Left {
		return nil
	}
	return tell(tx, contract.SeatVacatedMsg, s.ref(), s.ref().ID(), key(s.ref(), "vacated", fmt.Sprint(seat), fmt.Sprint(n), string(why)), contract.VacatedIn{Seat: seat, How: string(why), At: s.Now})
}

func (d *Desk) alertLateConflict(ctx context.Context, tx *store.Tx, s scene, seat store.Seat) error {
	return d.alertOfficers(ctx, tx, s, []string{contract.AlertLateConflict, fmt.Sprint(seat.Seat)}, "结果形成后出现利益冲突",
		"一位评审专家在结果形成后被申报或登记了与该机构的利益冲突。结果不自动改变；请研究是否需要依职权处理，并记录结论。", "已形成的结果不变。", [][2]string{{"评审席", fmt.Sprintf("第 %d 席", seat.Seat)}})
}

// EndConflicted ends the seats that are held, and the appeals that are decided,
// in spite of a conflict, after the roster or the staff has changed. What fails at
// one institution keeps it from no other.
func (d *Desk) EndConflicted(ctx context.Context) error {
	seats, err := d.Store.HeldInConflict(ctx)
	if err != nil {
		return err
	}
	deciders, err := d.Store.DecidingInConflict(ctx)
	if err != nil {
		return err
	}
	end := func(ref contract.Ref, reviewer string, void func(tx *store.Tx, s scene) error) error {
		return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
			if away, err := tx.Conflicted(ctx, ref, reviewer); err != nil || !away {
				return err
			}
			return void(tx, s)
		})
	}
	var failed []error
	for _, seat := range seats {
		failed = append(failed, end(contract.Ref{Year: seat.Year, Code: seat.Code}, seat.Reviewer, func(tx *store.Tx, s scene) error { return d.voidSeat(ctx, tx, s, seat.Reviewer, "") }))
	}
	for _, now := range deciders {
		failed = append(failed, end(contract.Ref{Year: now.Year, Code: now.Code}, now.Reviewer, func(tx *store.Tx, s scene) error { return d.voidDecider(ctx, tx, s, now.Reviewer) }))
	}
	return errors.Join(failed...)
}

// Decline releases a reviewer from a seat whose sheet he has not handed in.
func (d *Desk) Decline(ctx context.Context, p store.Staff, ref contract.Ref, reason string) error {
	seat, err := d.HoldsSeat(ctx, p, ref)
	if err != nil {
		return err
	}
	switch reason = strings.TrimSpace(reason); {
	case reason == "":
		return faulty(map[string]string{"reason": "请写明不能承担的理由"})
	case seat.SheetAt != nil:
		return campaign.Fail(campaign.Conflict, "打分表已经提交，不能再退出；存在利益冲突的，请申报利益冲突")
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		held, err := holding(ctx, tx, ref, seat.Seat)
		if err != nil {
			return err
		}
		if held == nil || held.Reviewer != p.ID || held.SheetAt != nil {
			return campaign.Fail(campaign.Conflict, "该评审任务的情况已有变化，请刷新后查看")
		}
		if err := unfrozen(ctx, tx, ref); err != nil {
			return err
		}
		return d.endSeat(ctx, tx, s, *held, campaign.SeatDeclined, reason, p.ID)
	})
}

// holding finds who holds a seat; nil when nobody does.
func holding(ctx context.Context, tx *store.Tx, ref contract.Ref, seat int) (*store.Seat, error) {
	seats, err := tx.Seats(ctx, ref)
	for _, s := range seats {
		if s.Seat == seat {
			return &s, err
		}
	}
	return nil, err
}

func orGone(err error) error {
	if err != nil {
		return err
	}
	return campaign.Fail(campaign.NotFound, "没有找到对应的记录")
}

// dueAfter is the day of whoever takes over a seat now.
func dueAfter(s scene, now time.Time) campaign.Day {
	return max(s.cal().ScoringDue, s.days().AddWorkdays(campaign.DayOf(now), campaign.RefillDays))
}
