package desk

import (
	"context"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// prefix begins the keys of an institution's year, or of the campaign's own.
func prefix(ref contract.Ref) string {
	if ref.Code == "" {
		return contract.CampaignID(ref.Year) + "/"
	}
	return ref.ID() + "/"
}

// withinYear is a key without what names the year.
func withinYear(ref contract.Ref, key string) string { return strings.TrimPrefix(key, prefix(ref)) }

// firstKey is the key under which a letter was served first.
func firstKey(key string) string { k, _, _ := strings.Cut(key, "/again/"); return k }

// resultNotice tells the letter from whose service the window for 评价复核 runs.
func resultNotice(ref contract.Ref, mailKey string) bool {
	return firstKey(mailKey) == store.ResultNotice(ref)
}

// dayNotice tells the letter from whose service days of the institution run: the
// notice of a negative event, or a letter of a case that opens days.
func dayNotice(ref contract.Ref, mailKey string) bool {
	return store.CaseLetter(ref, mailKey) != "" || eventNotice(ref, mailKey)
}

func eventNotice(ref contract.Ref, mailKey string) bool {
	return strings.HasPrefix(mailKey, key(ref, "event-notice")+"/") && strings.HasSuffix(firstKey(mailKey), "/mail")
}

// OnPaper tells whether a letter may be served on paper instead: days run from it.
func OnPaper(ref contract.Ref, mailKey string) bool {
	return resultNotice(ref, mailKey) || dayNotice(ref, mailKey)
}

// NoticeWords names a notice and the days that run from its service; "" for other letters.
func NoticeWords(ref contract.Ref, mailKey string) (word, days string) {
	switch letter := store.CaseLetter(ref, mailKey); {
	case resultNotice(ref, mailKey):
		return "得分告知书", "复核申请期限"
	case letter == campaign.Noticed:
		return "风险警示事先告知书", "陈述申辩期"
	case letter == campaign.Issued:
		return "风险警示决定书", "签收期限和整改期限"
	case letter != "":
		return "退回整改的通知", "再次整改的期限"
	case dayNotice(ref, mailKey):
		return "扣分事项告知", "陈述意见的期限"
	}
	return "", ""
}

// NoticeUntil is the last day of the days that a notice opens when it is served
// again on a day; "" for a letter that opens none but the result's (see Rewindow).
func NoticeUntil(rules campaign.Rules, ref contract.Ref, mailKey string, day campaign.Day) campaign.Day {
	switch letter := store.CaseLetter(ref, mailKey); {
	case letter != "": // RW-4 to RW-6
		return rules.Settings.ServedDue(rules.Holidays, letter, day)
	case dayNotice(ref, mailKey): // AN-16
		return rules.Holidays.AddWorkdays(day, rules.Settings.EventReply())
	}
	return ""
}

// Redelivery is what an officer fills in to serve a letter once more.
type Redelivery struct {
	Key    string // of the letter that did not arrive
	Email  string // where the institution is reached now
	Reason string // how that was found out, for example by telephone
	Paper  bool   // the notice was handed over or posted instead; no mail is sent
}

// Redeliver serves a letter that did not arrive again, under a key of its own,
// to an address that was put right, or notes that it was handed over. What bounced
// was not served (AP-2): for the notice of the result the window runs anew through
// the year's extension, for one that asks for a reply by its record of service.
func (d *Desk) Redeliver(ctx context.Context, p store.Staff, year int, r Redelivery) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	m, err := d.Store.MailForOffice(ctx, r.Key)
	if err != nil || m.Year != year || m.Code == "" {
		return campaign.Fail(campaign.NotFound, "没有找到这封邮件")
	}
	f := map[string]string{}
	r.Email, r.Reason = strings.TrimSpace(r.Email), strings.TrimSpace(r.Reason)
	if r.Paper {
		if r.Email = ""; !OnPaper(contract.Ref{Year: m.Year, Code: m.Code}, r.Key) {
			f["paper"] = "只有起算期限的文书（得分告知书、风险警示的事先告知书、决定书和退回整改的通知、扣分事项告知）需要登记书面送达，其他邮件请更正邮箱后重新寄出"
		}
	} else if a, err := mail.ParseAddress(r.Email); err != nil || a.Address != r.Email || len(r.Email) > 254 {
		f["email"] = "请填写一个完整的邮箱地址"
	}
	if r.Reason == "" || len([]rune(r.Reason)) > 200 {
		f["reason"] = "请写明核对经过（不超过 200 字）"
	}
	if err := faulty(f); err != nil {
		return err
	}
	ref := contract.Ref{Year: m.Year, Code: m.Code}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		now, err := tx.MailForOffice(ctx, r.Key)
		if err != nil {
			return err
		}
		switch {
		case now.Body.To != "institution":
			return campaign.Fail(campaign.Invalid, "只能重新送达寄给机构的邮件")
		case !now.Delivery.Missed() && !(now.State == "failed" && (eventNotice(ref, r.Key) || store.ServedAgain(r.Key))): // for the others a step waits
			return campaign.Fail(campaign.Conflict, "这封邮件没有退信，不需要重新送达")
		}
		first, err := tx.MailForOffice(ctx, firstKey(r.Key))
		if err != nil {
			return err
		}
		if last := lastKey(first); last != r.Key {
			return campaign.Fail(campaign.Conflict, "这封邮件已经重新送达，请查看最近一次的状态")
		}
		if err := d.correct(ctx, tx, p, s, r); err != nil {
			return err
		}
		return d.again(ctx, tx, p, s, first, r)
	})
}

// lastKey is the key under which a letter was served last.
func lastKey(first store.MailOf) string {
	if first.Again == 0 {
		return first.Key
	}
	return first.Key + "/again/" + strconv.Itoa(first.Again)
}

// correct puts the institution's address right.
func (d *Desk) correct(ctx context.Context, tx *store.Tx, p store.Staff, s scene, r Redelivery) error {
	i, err := tx.Institution(ctx, s.ref().Code)
	if err != nil || i.Email == r.Email || r.Paper {
		return err
	}
	i.Email = r.Email
	_, _, err = tx.PutInstitutions(ctx, []campaign.Institution{i}, p.ID, s.Now)
	return err
}

// again queues the letter once more, and moves the window with it.
func (d *Desk) again(ctx context.Context, tx *store.Tx, p store.Staff, s scene, first store.MailOf, r Redelivery) error {
	body, k := first.Body, first.Key+"/again/"+strconv.Itoa(first.Again+1)
	body.Date = s.Now
	if resultNotice(s.ref(), first.Key) && s.Entry.Stage == campaign.Served {
		until, err := Rewindow(s.cal(), s.days(), s.settings(), served(s, r))
		if err != nil {
			return err
		}
		body.Until = until
		if err := tx.AddService(ctx, s.ref(), r.Key, way(r), until, r.Reason, p.ID, s.Now); err != nil {
			return err
		}
		n, err := tx.AddExtension(ctx, s.ref(), campaign.AppealTask, until, "告知书退信，"+how(r)+"："+r.Reason, p.ID, s.Now)
		if err != nil {
			return err
		}
		if err := tx.SetDue(ctx, s.ref(), until); err != nil {
			return err
		}
		in := contract.Extension{Task: campaign.AppealTask, Day: until, By: p.ID, At: s.Now}
		if err := tell(tx, contract.ExtendMsg, s.ref(), s.ref().ID(), key(s.ref(), "extension", strconv.Itoa(n)), in); err != nil {
			return err
		}
	}
	if dayNotice(s.ref(), first.Key) {
		if err := d.daysAnew(ctx, tx, p, s, &body, r); err != nil {
			return err
		}
	}
	if !r.Paper {
		tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: s.ref(), Body: body})
	}
	return nil
}

// served is when what is served once more counts: paper now, a letter when it goes.
func served(s scene, r Redelivery) time.Time {
	if r.Paper {
		return s.Now
	}
	return s.Campaign.MailTime(s.Now)
}

// daysAnew lets the days for a reply run their full length from then: on record, in
// the letter, in the paper that it carries, and in the case that still waits.
func (d *Desk) daysAnew(ctx context.Context, tx *store.Tx, p store.Staff, s scene, body *store.MailBody, r Redelivery) error {
	ref, day := s.ref(), campaign.DayOf(served(s, r))
	if err := awaited(ctx, tx, s, r.Key); err != nil {
		return err
	}
	body.Until = NoticeUntil(s.Campaign.Rules, ref, r.Key, day)
	if err := tx.AddService(ctx, ref, r.Key, way(r), body.Until, r.Reason, p.ID, s.Now); err != nil {
		return err
	}
	if letter := store.CaseLetter(ref, r.Key); letter != "" {
		return d.caseAnew(ctx, tx, s, letter, day, body)
	}
	return nil
}

// caseAnew lets a case wait for the new day when its letter is served on a day. The
// paper of the prior notice names it and is printed anew; a decision names its days in
// the letter only.
func (d *Desk) caseAnew(ctx context.Context, tx *store.Tx, s scene, letter campaign.WarningState, day campaign.Day, body *store.MailBody) error {
	ref, due, set, h := s.ref(), body.Until, s.settings(), s.days()
	w, err := tx.Warning(ctx, ref)
	if err != nil {
		return err
	}
	switch letter {
	case campaign.Noticed:
		again, err := tx.Services(ctx, ref)
		if err != nil {
			return err
		}
		paper := store.Intent{Key: key(ref, "paper", string(campaign.PriorPaper), "again", strconv.Itoa(again)), Kind: store.PaperIntent, Ref: ref,
			Body: store.PaperBody{Kind: campaign.PriorPaper, N: w.Number, Date: campaign.DayOf(s.Now), Due: due}}
		tx.Queue(paper)
		body.Papers = []string{paper.Key}
	case campaign.Issued:
		body.Lines, body.Until = set.DecisionLines(due), day.Add(set.RectifyDays)
		if w.State == campaign.Received { // it had counted as received before it came back
			due = set.DeemedDue(h, due)
		}
	}
	if !w.State.Opens() { // its window has ended
		return nil
	}
	return tx.SetWarningDue(ctx, ref, due)
}

// awaited refuses to serve again what nobody is to answer any more.
func awaited(ctx context.Context, tx *store.Tx, s scene, letter string) error {
	ref := s.ref()
	if store.CaseLetter(ref, letter) != "" {
		return caseAwaits(ctx, tx, ref, letter)
	}
	moves, err := tx.EventMoves(ctx, ref)
	if err != nil {
		return err
	}
	told := slices.IndexFunc(moves, func(m store.EventMove) bool {
		return m.Notice != nil && store.EventNotice(ref, *m.Notice) == firstKey(letter)
	})
	if told < 0 {
		return campaign.Fail(campaign.NotFound, "没有找到该告知")
	}
	for _, m := range moves[told:] {
		if m.Event == moves[told].Event && m.State != campaign.EventTold {
			return campaign.Fail(campaign.Conflict, "该事项已经办结或者退回补充调查，不需要再送达这份告知")
		}
	}
	return nil
}

// caseAwaits refuses a letter of a case when the case does not wait for it any more, or
// for a newer one, or the institution has shown that it has it.
func caseAwaits(ctx context.Context, tx *store.Tx, ref contract.Ref, mailKey string) error {
	w, err := tx.Warning(ctx, ref)
	if err != nil {
		return err
	}
	acts, err := tx.WarningActs(ctx, ref)
	if err != nil {
		return err
	}
	v, err := tx.CaseServiceOf(ctx, w, acts)
	if err == nil && (v.Key != mailKey || v.Heard) {
		err = campaign.Fail(campaign.Conflict, "案件处于“%s”，不需要再送达这份文书", w.State.Chinese())
	}
	return err
}

func way(r Redelivery) string {
	if r.Paper {
		return store.ByPaper
	}
	return store.ByMail
}

func how(r Redelivery) string {
	if r.Paper {
		return "书面送达"
	}
	return "重新送达"
}

// Rewindow is the last day of the window for 评价复核 when the notice of the
// result is served again now: as many working days as the first time. It must
// end before the day on which results are fixed; if it does not, that day is to
// be moved first (requirements AP-2; our procedure, the source gives no days).
func Rewindow(c campaign.Calendar, h campaign.Holidays, s campaign.Settings, now time.Time) (campaign.Day, error) {
	until := h.AddWorkdays(campaign.DayOf(now), s.AppealDays)
	if until >= c.Final {
		return "", campaign.Fail(campaign.Conflict, "重新送达后复核申请期限至 %s，不早于结果确定日 %s；请先在日历中推后结果确定日", until.Chinese(), c.Final.Chinese())
	}
	return until, nil
}
