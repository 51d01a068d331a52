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

// Reassign gives a seat to a reviewer whom an officer chose, with a reason: of
// one who is late or absent, or one that nobody holds. Marks that were handed in
// are never taken from their author this way, and conflicts and limits hold.
func (d *Desk) Reassign(ctx context.Context, p store.Staff, ref contract.Ref, seat int, to, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	f := map[string]string{}
	if reason = strings.TrimSpace(reason); reason == "" {
		f["reason"] = "请写明改派的理由"
	}
	if to == "" {
		f["reviewer"] = "请选择评审专家"
	}
	if err := faulty(f); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		held, ever, err := d.reassignable(ctx, tx, s, seat)
		if err != nil {
			return err
		}
		free, err := tx.FreeReviewers(ctx, ref, true)
		if err != nil {
			return err
		}
		if !slices.Contains(free, to) {
			return faulty(map[string]string{"reviewer": "该专家与机构有利益冲突、已参与过该机构的评审，或者已达工作量上限"})
		}
		if held != nil {
			if err := tx.EndSeat(ctx, *held, campaign.SeatReassigned, reason, p.ID, s.Now); err != nil {
				return err
			}
			if err := tx.DropDraft(ctx, held.Reviewer, ref, string(campaign.ScoreTask)); err != nil {
				return err
			}
		}
		if err := d.seatBy(ctx, tx, s, seat, to); err != nil {
			return err
		}
		// the year hears that the seat has moved, so that it does not take the new holder for late
		return d.tellVacated(tx, s, seat, ever, campaign.SeatReassigned)
	})
}

// reassignable finds who holds a seat that may be given to another, nil for an
// empty one, and how often the seat was given.
func (d *Desk) reassignable(ctx context.Context, tx *store.Tx, s scene, seat int) (held *store.Seat, ever int, err error) {
	if s.Entry.Stage != campaign.SelfScore && s.Entry.Stage != campaign.Scoring {
		return nil, 0, campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不能改派", s.Entry.Stage.Chinese())
	}
	if err := unfrozen(ctx, tx, s.ref()); err != nil {
		return nil, 0, err
	}
	all, err := tx.SeatsEver(ctx, s.ref())
	if err != nil {
		return nil, 0, err
	}
	for _, h := range all {
		if h.Seat.Seat == seat {
			ever = h.N
		}
	}
	basis, err := tx.Basis(ctx, s.ref()) // the third seat may be wanted though nobody was free for it
	if err != nil {
		return nil, 0, err
	}
	if ever == 0 && seat > 2 && !slices.Contains(basis.Wanted, seat) || seat < 1 {
		return nil, 0, campaign.Fail(campaign.NotFound, "没有找到该评审席位")
	}
	if held, err = holding(ctx, tx, s.ref(), seat); err == nil && held != nil && held.SheetAt != nil {
		return nil, 0, campaign.Fail(campaign.Conflict, "该席位的打分表已经提交，不能改派")
	}
	return held, ever, err
}

// seatBy writes the new holder and his letter.
func (d *Desk) seatBy(ctx context.Context, tx *store.Tx, s scene, seat int, to string) error {
	due := dueAfter(s, s.Now)
	if err := tx.AddSeat(ctx, s.ref(), seat, to, due, s.Now); err != nil {
		return err
	}
	body := store.MailBody{Template: "reviewer-assigned", To: "staff:" + to, Path: fmt.Sprintf("/review/%d/%s", s.ref().Year, s.ref().Code),
		Date: s.Now, Until: due, Data: map[string]string{"title": "年度宣传工作评审"}}
	if seat == 3 {
		sheets, err := tx.SheetsOf(ctx, s.ref())
		if err != nil {
			return err
		}
		body.Template = "third-reviewer"
		if len(sheets) >= 2 {
			body.Rows = rubric.Differ(sheets[0].Marks, sheets[1].Marks, s.settings().Threshold)
		}
	}
	tx.Queue(store.Intent{Key: key(s.ref(), "seat", to), Kind: store.MailIntent, Ref: s.ref(), Body: body})
	return nil
}

// Reassigned is what an officer looks at before he gives a seat to another.
type Reassigned struct {
	Entry  store.Entry
	Seat   int
	Holder string   // "" for an empty seat
	Free   []string // by id
}

// LookReassign shows a seat and who may take it.
func (d *Desk) LookReassign(ctx context.Context, p store.Staff, ref contract.Ref, seat int) (Reassigned, error) {
	if err := need(p, campaign.Officer); err != nil {
		return Reassigned{}, err
	}
	out := Reassigned{Seat: seat}
	err := d.Store.Write(ctx, func(tx *store.Tx) error {
		s, err := d.scene(ctx, tx.Reader, ref)
		if err != nil {
			return err
		}
		out.Entry = s.Entry
		held, _, err := d.reassignable(ctx, tx, s, seat)
		if err != nil {
			return err
		}
		if held != nil {
			out.Holder = held.Reviewer
		}
		out.Free, err = tx.FreeReviewers(ctx, ref, true)
		return err
	})
	return out, err
}
