package desk

import (
	"context"
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// voidDecider ends what a conflicted reviewer does with an appeal (AP-3, S8).
// Until the final result is fixed what he decided is void, and with the open rows
// goes to another at once, and the result is not made final before. Of the open rows
// the year reminds whoever decides now and keeps him when its own day passes; of void
// ones it knows nothing, and finalize reminds while it waits. When nobody is free,
// finalize and the year look again. Afterwards what he decided stays; the officers
// read which rows.
func (d *Desk) voidDecider(ctx context.Context, tx *store.Tx, s scene, reviewer string) error {
	ref := s.ref()
	now, err := tx.DeciderOf(ctx, ref)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	fixed, err := d.fixed(ctx, tx, s)
	if err != nil {
		return err
	}
	var void []int
	if !fixed {
		if void, err = tx.VoidRulingsOf(ctx, ref, reviewer, s.Now); err != nil {
			return err
		}
	}
	open, ruled, err := rowsBefore(ctx, tx, ref, reviewer)
	if err != nil {
		return err
	}
	moves := !fixed && len(open) > 0 && (now.Reviewer == reviewer || len(void) > 0)
	if !moves && len(ruled) == 0 {
		return nil
	}
	next := ""
	if moves {
		if next, err = d.anotherDecider(ctx, tx, s, now, open); err != nil {
			return err
		}
	}
	what, left, lines := decidersEnd(moves, next != "", open, void, ruled)
	return d.alertOfficers(ctx, tx, s, []string{contract.AlertLateConflict, "decider", reviewer, next}, "复核人出现利益冲突", what, left, lines)
}

// fixed tells that no ruling can reach the final result any more.
func (d *Desk) fixed(ctx context.Context, tx *store.Tx, s scene) (bool, error) {
	if s.Entry.Stage != campaign.Served {
		return true, nil
	}
	err := undecided(ctx, tx, s.ref(), "结果正在确定")
	if campaign.KindOf(err) == campaign.Conflict {
		return true, nil
	}
	return false, err
}

// rowsBefore lists the rows of an appeal that nobody decided, and those that a reviewer did.
func rowsBefore(ctx context.Context, tx *store.Tx, ref contract.Ref, reviewer string) (open, ruled []int, err error) {
	all, err := tx.Appeals(ctx, ref)
	for _, a := range all {
		switch {
		case a.RuledAt == nil:
			open = append(open, a.Row)
		case *a.Reviewer == reviewer:
			ruled = append(ruled, a.Row)
		}
	}
	return open, ruled, err
}

// decidersEnd words what becomes of the rows of a conflicted decider.
func decidersEnd(moves, taken bool, open, void, ruled []int) (what, left string, lines [][2]string) {
	lines = [][2]string{}
	left = "已作出的决定不变。"
	what = "承担评价复核的一位评审专家被申报或登记了与该机构的利益冲突，此后不再向其发送材料，也不接受其决定。"
	if len(void) > 0 {
		lines = append(lines, [2]string{"作废的决定", rowList(void)})
		what += "结果尚未确定，其已作出的决定作废，由他人重新决定。"
	}
	switch {
	case taken:
		lines = append(lines, [2]string{"改派复核的指标", rowList(open)})
		what += "待决定的指标已改派他人。"
		left = "待决定的指标由接替的评审专家决定，收到其决定或其期限届满后再确定结果。"
		if len(void) > 0 {
			left = "待决定的指标由接替的评审专家决定；其期限届满仍未决定的，再改派一人，收到决定或者再次届满后才确定结果。"
		}
	case moves:
		lines = append(lines, [2]string{"待决定的指标", rowList(open)})
		what += "目前没有可改派的评审专家，请补充专家，补充后即改派。"
		left = "补充评审专家以前，待决定的指标无人决定。"
		if len(void) > 0 {
			left += "决定已作废的，重新决定以前不确定结果。"
		}
	}
	if len(ruled) > 0 {
		lines = append(lines, [2]string{"其已决定的指标", rowList(ruled)})
		what += "此时其已作出的决定不自动作废，请研究是否需要依职权处理，并记录结论。"
	}
	return what, left, lines
}

// anotherDecider names who takes over the open rows: whoever decides now when no
// conflict keeps him away, or else one who is free; "" when nobody is.
func (d *Desk) anotherDecider(ctx context.Context, tx *store.Tx, s scene, now store.Decider, open []int) (string, error) {
	ref := s.ref()
	free, err := tx.FreeReviewers(ctx, ref, false)
	if err != nil {
		return "", err
	}
	next := campaign.Pick(free, ref)
	if away, err := tx.Conflicted(ctx, ref, now.Reviewer); err != nil {
		return "", err
	} else if !away {
		next = now.Reviewer
	}
	if next == "" {
		return "", nil
	}
	due := s.days().AddWorkdays(campaign.DayOf(s.Now), s.settings().DecisionDays)
	return next, tx.NameDecider(ctx, ref, next, open, due, s.Now)
}

// decisionKey is the key of a decision by its first row: a row that is decided again
// is another message.
func decisionKey(ctx context.Context, tx *store.Tx, ref contract.Ref, row int) (string, error) {
	k := key(ref, "appeal-decided", fmt.Sprint(row))
	n, err := tx.RulingsOn(ctx, ref, row)
	if n > 1 {
		k += "/" + fmt.Sprint(n)
	}
	return k, err
}

// alertOfficers writes to every officer, once for a key; left is what stays as it
// is when nobody does anything.
func (d *Desk) alertOfficers(ctx context.Context, tx *store.Tx, s scene, about []string, title, what, left string, lines [][2]string) error {
	people, err := tx.StaffOf(ctx, campaign.Officer)
	if err != nil {
		return err
	}
	for _, p := range people {
		tx.Queue(store.Intent{Key: key(s.ref(), "alert", strings.Join(about, "/"), p.ID), Kind: store.MailIntent, Ref: s.ref(), Body: store.MailBody{
			Template: "officer-alert", To: "staff:" + p.ID, Path: fmt.Sprintf("/office/%d/conflicts", s.ref().Year), Date: s.Now, Until: s.days().AddWorkdays(campaign.DayOf(s.Now), 3),
			Lines: append([][2]string{{"机构", s.Entry.Name}, {"批准号", s.ref().Code}}, lines...), Data: map[string]string{"title": title, "what": what, "consequence": left + "本提请只发送一次。"}}})
	}
	return nil
}

func rowList(rows []int) string {
	return "第 " + strings.Trim(strings.ReplaceAll(fmt.Sprint(rows), " ", "、"), "[]") + " 项"
}
