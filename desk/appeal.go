package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// AppealRow asks for 评价复核 of one row of the result.
type AppealRow struct {
	Row  int
	Text string
}

// FileAppeal takes an institution's request, row by row, while the window is open.
func (d *Desk) FileAppeal(ctx context.Context, v Visitor, rows []AppealRow, by Signer) (Receipt, error) {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Text = strings.TrimSpace(rows[i].Text)
	}
	var rec Receipt
	if err := d.proven(ctx, v, AppealAct, rows, by); err != nil {
		return rec, err
	}
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		past, err := tx.Appeals(ctx, v.Ref)
		if err != nil {
			return err
		}
		if at, n, again := filed(past, rows, by.line()); again { // the same form sent twice is one request
			rec = Receipt{key(v.Ref, "appeal", strconv.Itoa(n)), "评价复核申请", store.Digest(rows), at, false}
			return nil
		}
		if s.Entry.Stage != campaign.Served {
			return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不接收评价复核申请", s.Entry.Stage.Chinese())
		}
		if until := s.Entry.DueDay(); !s.Now.Before(until.End()) {
			return campaign.Fail(campaign.TooLate, "评价复核申请已于 %s 截止", until.Chinese())
		}
		if err := undecided(ctx, tx, v.Ref, "结果正在确定，不能再申请评价复核"); err != nil {
			return err
		}
		f := map[string]string{}
		by.check(f)
		if len(rows) == 0 {
			f["rows"] = "请至少选择一项指标"
		}
		for _, r := range rows {
			if r.Row < 1 || r.Row > 16 {
				f["rows"] = "请从第 1 至 16 项中选择"
				continue
			}
			if n := len([]rune(r.Text)); n == 0 || n > 1000 {
				f[markField(r.Row)] = fmt.Sprintf("第 %d 项请填写复核理由（不超过 1000 字）", r.Row)
			}
		}
		if err := faulty(f); err != nil {
			return err
		}
		in := contract.AppealIn{Digest: store.Digest(rows), At: s.Now}
		for _, r := range rows {
			if err := tx.AddAppeal(ctx, v.Ref, r.Row, r.Text, by.line(), s.Now); err != nil {
				return err
			}
			in.Rows = append(in.Rows, r.Row)
		}
		rec = Receipt{key(v.Ref, "appeal", strconv.Itoa(len(past)+1)), "评价复核申请", in.Digest, s.Now, false}
		mail := receiptMail(v.Ref, rec)
		b := mail.Body.(store.MailBody)
		b.Template, b.Path, b.Rows = "appeal-receipt", "appeal", in.Rows
		b.Until = s.days().AddWorkdays(campaign.DayOf(s.Now), s.settings().DecisionDays)
		mail.Body = b
		tx.Queue(mail)
		if err := atWork(ctx, tx, s, past, rec.Number, in.Rows); err != nil {
			return err
		}
		return tell(tx, contract.AppealInMsg, v.Ref, v.Ref.ID(), rec.Number, in)
	})
	return rec, err
}

// atWork tells a decider who has the case already of the rows that come to it:
// the workflow names a new one only to somebody new. His day stays while he
// still has earlier rows; when he had done with them all it is counted anew.
func atWork(ctx context.Context, tx *store.Tx, s scene, past []store.Appeal, filing string, rows []int) error {
	ref, today := s.ref(), campaign.DayOf(s.Now)
	now, err := tx.DeciderOf(ctx, ref)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil // nobody was named yet; his letter will name these rows too
	}
	if err != nil {
		return err
	}
	if away, err := tx.Conflicted(ctx, ref, now.Reviewer); err != nil || away {
		return err // he must not read of it any more (S8); whoever is named next gets all rows
	}
	due := campaign.Day(now.Due.Format("2006-01-02"))
	if due < today {
		return nil // late: a substitute is being named
	}
	if !slices.ContainsFunc(past, func(a store.Appeal) bool { return a.RuledAt == nil }) {
		due = s.days().AddWorkdays(today, s.settings().DecisionDays)
	}
	tx.Queue(store.Intent{Key: filing + "/decider", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "appeal-assigned", To: "staff:" + now.Reviewer,
		Path: "/review/" + ref.ID() + "/appeal", Date: s.Now, Until: due, Rows: rows, Task: campaign.DecideTask, Data: map[string]string{"title": "评价复核"}}})
	return nil
}

// filed finds the request that asked for exactly these rows with these words
// by this person: when, and the number it got (see FileAppeal).
func filed(past []store.Appeal, rows []AppealRow, by string) (at time.Time, n int, found bool) {
	asked := func(a store.Appeal) bool { return a.ByName == by && slices.Contains(rows, AppealRow{a.Row, a.Text}) }
	i := slices.IndexFunc(past, asked)
	if i < 0 {
		return at, 0, false
	}
	at, n = past[i].At, 1
	together := 0
	for _, a := range past {
		switch {
		case a.At.Before(at):
			n++
		case !a.At.Equal(at):
		case asked(a):
			together++
		default:
			return at, 0, false
		}
	}
	return at, n, together == len(rows)
}
