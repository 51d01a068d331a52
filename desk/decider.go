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
// While it can be decided the rows go to another at once: the year reminds
// whoever decides now and keeps him when its own day passes, and the result is
// not made final before his day. When nobody is free, the year looks again then.
// What he decided already stays on record; the officers read which rows.
func (d *Desk) voidDecider(ctx context.Context, tx *store.Tx, s scene, reviewer string) error {
	ref := s.ref()
	past, err := tx.Appeals(ctx, ref)
	if err != nil {
		return err
	}
	var open, ruled []int
	for _, a := range past {
		switch {
		case a.RuledAt == nil:
			open = append(open, a.Row)
		case *a.Reviewer == reviewer:
			ruled = append(ruled, a.Row)
		}
	}
	now, err := tx.DeciderOf(ctx, ref)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	decides := now.Reviewer == reviewer && len(open) > 0 && s.Entry.Stage == campaign.Served
	if !decides && len(ruled) == 0 {
		return nil
	}
	next := ""
	if decides {
		if next, err = d.anotherDecider(ctx, tx, s, open); err != nil {
			return err
		}
	}
	lines := [][2]string{}
	left := "已作出的决定不变。"
	what := "承担评价复核的一位评审专家被申报或登记了与该机构的利益冲突，此后不再向其发送材料，也不接受其决定。"
	switch {
	case next != "":
		lines = append(lines, [2]string{"改派复核的指标", rowList(open)})
		what += "待决定的指标已改派他人。"
		left = "待决定的指标由接替的评审专家决定。"
	case decides:
		lines = append(lines, [2]string{"待决定的指标", rowList(open)})
		what += "目前没有可改派的评审专家，请补充专家；补充后即改派，未补充的在复核期限届满时再次指派。"
		left = "补充评审专家以前，待决定的指标无人决定。"
	}
	if len(ruled) > 0 {
		lines = append(lines, [2]string{"其已决定的指标", rowList(ruled)})
		what += "其已作出的决定不自动改变，请研究是否需要依职权处理，并记录结论。"
	}
	return d.alertOfficers(ctx, tx, s, []string{contract.AlertLateConflict, "decider", reviewer, next}, "复核人出现利益冲突", what, left, lines)
}

// anotherDecider names who takes over the open rows; "" when nobody is free.
func (d *Desk) anotherDecider(ctx context.Context, tx *store.Tx, s scene, open []int) (string, error) {
	ref := s.ref()
	free, err := tx.FreeReviewers(ctx, ref, false)
	if err != nil {
		return "", err
	}
	next := campaign.Pick(free, ref)
	if next == "" {
		return "", nil
	}
	due := s.days().AddWorkdays(campaign.DayOf(s.Now), s.settings().DecisionDays)
	if err := tx.AddDecider(ctx, ref, next, due, s.Now); err != nil {
		return "", err
	}
	tx.Queue(store.Intent{Key: key(ref, "decider", next), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "appeal-assigned", To: "staff:" + next,
		Path: "/review/" + ref.ID() + "/appeal", Date: s.Now, Until: due, Rows: open, Task: campaign.DecideTask, Data: map[string]string{"title": "评价复核"}}})
	return next, nil
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
