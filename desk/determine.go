package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// EventMoveForm is a step of the staff in the determination of a negative
// event; Finding is what is told, and counts for EventTell only.
type EventMoveForm struct {
	Act     campaign.EventAct
	Text    string
	Finding campaign.Finding
}

// MoveEvent takes a negative event a step on (AN-16): the transition table, two
// persons, the hearing and the effective date decide.
func (d *Desk) MoveEvent(ctx context.Context, p store.Staff, ref contract.Ref, event int64, f EventMoveForm) error {
	if err := need(p, campaign.Officer, campaign.Approver); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		e, moves, err := negative(ctx, tx.Reader, ref, event)
		if err != nil {
			return err
		}
		if f.Act != campaign.EventRefer { // a hand-over changes no score
			if err := amendable(ctx, tx, s); err != nil {
				return err
			}
		}
		m := store.EventMove{Event: event, Act: f.Act, By: p.ID, Text: strings.TrimSpace(f.Text), At: s.Now}
		if m.State, err = campaign.MoveEvent(e.State, f.Act, p.Role, p.ID, e.By, byOf(moves)); err != nil {
			return err
		}
		bad := map[string]string{}
		wordy(bad, "text", f.Text, "理由", 3000)
		if err := faulty(bad); err != nil {
			return err
		}
		switch {
		case f.Act == campaign.EventTell:
			return d.tellEvent(ctx, tx, s, e, m, f.Finding)
		case f.Act.Ends():
			return d.endEvent(ctx, tx, s, e, m, moves)
		}
		_, err = tx.AddEventMove(ctx, ref, m, "")
		return err
	})
}

// negative finds an event of row 16 with its moves.
func negative(ctx context.Context, r store.Reader, ref contract.Ref, event int64) (store.Event, []store.EventMove, error) {
	all, err := r.Events(ctx, ref)
	if err != nil {
		return store.Event{}, nil, err
	}
	i := slices.IndexFunc(all, func(e store.Event) bool { return e.ID == event })
	if i < 0 || all[i].State == "" {
		return store.Event{}, nil, campaign.Fail(campaign.NotFound, "没有找到该扣分事项")
	}
	moves, err := r.EventMoves(ctx, ref)
	return all[i], slices.DeleteFunc(moves, func(m store.EventMove) bool { return m.Event != event }), err
}

// amendable refuses what would change the basis of a result that stands.
func amendable(ctx context.Context, tx *store.Tx, s scene) error {
	if st := s.Entry.Stage; st == campaign.Served || st == campaign.Final || st == campaign.Closed || st == campaign.Left {
		return campaign.Fail(campaign.Conflict, "结果已经告知，不能再认定")
	}
	return unfrozen(ctx, tx, s.ref())
}

func byOf(moves []store.EventMove) []campaign.EventBy {
	var all []campaign.EventBy
	for _, m := range moves {
		all = append(all, campaign.EventBy{Act: m.Act, By: m.By})
	}
	return all
}

// tellEvent writes what is meant to be found and sends the institution a notice
// with the last day of its reply, which is no sooner than the days from service.
func (d *Desk) tellEvent(ctx context.Context, tx *store.Tx, s scene, e store.Event, m store.EventMove, f campaign.Finding) error {
	c, _ := d.Table.Clause(e.Clause)
	f.Severity = strings.TrimSpace(f.Severity)
	if err := faulty(f.Faults(c, s.settings().Readings.Reading())); err != nil {
		return err
	}
	fill(&m, f)
	due := s.days().AddWorkdays(campaign.DayOf(s.Campaign.MailTime(s.Now)), s.settings().EventReply()) // from the day on which the letter goes
	m, err := tx.AddEventMove(ctx, s.ref(), m, due)
	if err != nil {
		return err
	}
	ref := s.ref()
	tx.Queue(store.Intent{Key: store.EventNotice(ref, *m.Notice), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{
		Template: "event-notice", To: "institution", Scope: "act", Path: "/i/" + ref.ID() + "/events", Date: s.Now, Until: due,
		Data: map[string]string{"title": e.Title, "what": m.Text},
		Lines: [][2]string{{"条款", "附件2第16项 " + e.Clause}, {"拟扣分值", f.Points.String() + " 分"}, {"依据种类", campaign.WordOf(campaign.SourceKinds(), string(f.Source))},
			{"与认证活动的相关性", f.Relevance.Chinese()}, {"分值理由", f.Severity}}}})
	return nil
}

func fill(m *store.EventMove, f campaign.Finding) {
	m.SourceKind, m.Relevance, m.Severity, m.Points = f.Source, f.Relevance, f.Severity, &f.Points
}

// endEvent determines: an established event counts what was told, nothing else.
func (d *Desk) endEvent(ctx context.Context, tx *store.Tx, s scene, e store.Event, m store.EventMove, moves []store.EventMove) error {
	if m.Act == campaign.EventEstablish {
		told, h, err := HearingOf(ctx, tx.Reader, s.Campaign, s.ref(), moves)
		if err != nil {
			return err
		}
		h.Today = campaign.DayOf(s.Now)
		c, _ := d.Table.Clause(e.Clause)
		f := told.Finding()
		if err := campaign.MayEstablish(c, s.settings().Readings.Reading(), f, campaign.Day(e.OccurredOn.Format("2006-01-02")), s.settings().Effective(), h); err != nil {
			return err
		}
		fill(&m, f)
	}
	if _, err := tx.AddEventMove(ctx, s.ref(), m, ""); err != nil {
		return err
	}
	if err := d.tellEnd(ctx, tx, s, e, m, moves); err != nil {
		return err
	}
	if m.Act == campaign.EventEstablish {
		return tx.RuleEventAs(ctx, s.ref(), e.ID, e.Clause, *m.Points, m.Text, m.By, s.Now)
	}
	return tx.AddEventRuling(ctx, s.ref(), e.ID, false, m.Text, m.By, s.Now)
}

// tellEnd sends the institution that was put on notice the end of the proceeding:
// what was decided, why, and how to contest it (AN-16, PL-14). Who never heard of
// it is not troubled.
func (d *Desk) tellEnd(ctx context.Context, tx *store.Tx, s scene, e store.Event, m store.EventMove, moves []store.EventMove) error {
	told, h := Heard(moves)
	if told.Notice == nil {
		return nil
	}
	ref := s.ref()
	v, err := tx.ServiceOf(ctx, ref, store.EventNotice(ref, *told.Notice))
	if err != nil || v.Lost() && !h.Replied {
		return err
	}
	lines := [][2]string{{"条款", "附件2第16项 " + e.Clause}, {"结论", m.Act.Chinese() + "，不扣分"}}
	what := "该事项不扣分，不影响得分。如有疑问，请直接回复本邮件。"
	if m.Act == campaign.EventEstablish {
		lines = [][2]string{lines[0], {"结论", "认定"}, {"扣分", m.Points.String() + " 分，计入时受第16项累计上限和同一事项不重复计分规则限制"}, {"分值理由", m.Severity}}
		what = fmt.Sprintf("得分告知书送达以后，可以自送达之日起 %d 个工作日内就第16项申请评价复核；在此以前发现事实有误的，请直接回复本邮件，说明理由并附证明材料。", s.settings().AppealDays)
	}
	tx.Queue(store.Intent{Key: key(ref, "event-ended", strconv.Itoa(*told.Notice)), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{
		Template: "event-ended", To: "institution", Scope: "act", Path: "/i/" + ref.ID() + "/events", Date: s.Now,
		Data: map[string]string{"title": e.Title, "what": m.Text, "consequence": what}, Lines: lines}})
	return nil
}

// HearingOf is Heard with the days as they run from the service of the notice (AP-2).
func HearingOf(ctx context.Context, r store.Reader, c store.Campaign, ref contract.Ref, moves []store.EventMove) (store.EventMove, campaign.Hearing, error) {
	told, h := Heard(moves)
	if told.Notice == nil {
		return told, h, nil
	}
	v, err := r.ServiceOf(ctx, ref, store.EventNotice(ref, *told.Notice))
	if campaign.KindOf(err) == campaign.NotFound {
		h.Unserved = true
		return told, h, nil
	}
	h.Unserved = !v.Done()
	h.Due = max(h.Due, v.Until(c.Rules.Holidays, c.Rules.Settings.EventReply(), c.Rehearsal))
	return told, h, err
}

// Heard finds what the institution was last told and whether it replied since.
func Heard(moves []store.EventMove) (told store.EventMove, h campaign.Hearing) {
	for _, m := range moves {
		switch m.Act {
		case campaign.EventTell:
			told, h = m, campaign.Hearing{Due: m.DueDay()}
		case campaign.EventReply:
			h.Replied = true
		}
	}
	return told, h
}

// ReplyEvent takes the institution's reply to a notice, by the number of the
// notice in its year.
func (d *Desk) ReplyEvent(ctx context.Context, v Visitor, notice int, text string, by Signer) (Receipt, error) {
	bad := map[string]string{}
	wordy(bad, "text", text, "陈述意见", 3000)
	by.check(bad)
	if err := faulty(bad); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		all, err := tx.EventMoves(ctx, v.Ref)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(m store.EventMove) bool { return m.Notice != nil && *m.Notice == notice })
		if i < 0 {
			return campaign.Fail(campaign.NotFound, "没有找到该告知")
		}
		e, moves, err := negative(ctx, tx.Reader, v.Ref, all[i].Event)
		if err != nil {
			return err
		}
		text = strings.TrimSpace(text)
		number := key(v.Ref, "event-notice", strconv.Itoa(notice), "reply")
		n := 1
		for _, m := range moves {
			if m.Act != campaign.EventReply || m.N < all[i].N {
				continue
			}
			if n++; m.Text == text { // the same form sent twice is one act
				rec = Receipt{fmt.Sprintf("%s/%d", number, n-1), "陈述意见", store.Digest(text), m.At, false}
				return nil
			}
		}
		if told, _ := Heard(moves); told.N != all[i].N {
			return campaign.Fail(campaign.Conflict, "该事项已有新的告知，请按最新的告知陈述意见")
		}
		m := store.EventMove{Event: e.ID, Act: campaign.EventReply, ByName: by.line(), Text: text, At: s.Now}
		if m.State, err = campaign.MoveEvent(e.State, m.Act, "", "", e.By, byOf(moves)); err != nil {
			return err
		}
		if _, err := tx.AddEventMove(ctx, v.Ref, m, ""); err != nil {
			return err
		}
		rec = Receipt{fmt.Sprintf("%s/%d", number, n), "陈述意见", store.Digest(text), s.Now, false}
		tx.Queue(receiptMail(v.Ref, rec))
		return nil
	})
	return rec, err
}

// Cost is what one happening costs an institution altogether (§2 no. 15).
type Cost struct {
	Others []store.Event // further deductions of the same matter: the highest counts once
	Rows   []RowLoss     // base rows that the same happening may touch
	Base   rubric.Points // their sum
	Most   rubric.Points // deduction that counts, with the one looked at
	Known  bool          // whether the base rows have been told
}

// RowLoss is what a base row lacks to its full points, with the reason given.
type RowLoss struct {
	Row    rubric.Row
	Points rubric.Points
	Reason string
}

// CostOf sums up what an event costs: the deductions of its matter, and the rows
// 3, 11, 12 and 13 of the result, once that has been told.
func (d *Desk) CostOf(ctx context.Context, r store.Reader, s campaign.Stage, e store.Event) (Cost, error) {
	out := Cost{Most: e.Points, Known: s == campaign.Served || s == campaign.Final || s == campaign.Closed}
	c, err := r.Campaign(ctx, e.Year)
	if err != nil {
		return out, err
	}
	each := c.Rules.Settings.Readings.Reading().EachDeduction
	all, err := r.Events(ctx, campaign.Ref{Year: e.Year, Code: e.Code})
	if err != nil {
		return out, err
	}
	for _, o := range all {
		if o.ID != e.ID && e.Matter != "" && o.Matter == e.Matter && o.State != "" {
			out.Others = append(out.Others, o)
			if o.Confirmed == nil || *o.Confirmed {
				out.Most = more(each, out.Most, o.Points)
			}
		}
	}
	results, err := r.Results(ctx, campaign.Ref{Year: e.Year, Code: e.Code})
	for _, no := range []int{3, 11, 12, 13} {
		row, _ := d.Table.Row(no)
		loss := RowLoss{Row: row}
		if n := len(results); n > 0 && out.Known {
			for _, x := range results[n-1].Card.Rows {
				if x.Row == no {
					loss.Points, loss.Reason = x.Max-x.Points, x.Reason
				}
			}
		}
		out.Rows, out.Base = append(out.Rows, loss), out.Base+loss.Points
	}
	return out, err
}

// more adds a further deduction of one happening: the highest counts, or by
// another reading each of them.
func more(each bool, so, further rubric.Points) rubric.Points {
	if each {
		return so + further
	}
	return max(so, further)
}
