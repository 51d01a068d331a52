package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// reached tells whether a stage is not after the last.
func reached(last, now campaign.Stage) bool {
	all := campaign.Stages()
	return slices.Index(all, now) <= slices.Index(all, last)
}

// Extend moves the day of one task for one institution, with a reason (WF-4).
func (d *Desk) Extend(ctx context.Context, p store.Staff, ref contract.Ref, task campaign.Task, to campaign.Day, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error { return d.extend(ctx, tx, s, p, task, to, reason) })
}

// extend writes an extension; a request for this task that waits is answered by it.
func (d *Desk) extend(ctx context.Context, tx *store.Tx, s scene, p store.Staff, task campaign.Task, to campaign.Day, reason string) error {
	f, _, err := d.extendable(ctx, tx.Reader, s, task, to, reason)
	if err != nil {
		return err
	}
	if err := faulty(f); err != nil {
		return err
	}
	ref, reason := s.ref(), strings.TrimSpace(reason)
	n, asked, err := grant(ctx, tx, s, p, task, to, reason)
	if err != nil {
		return err
	}
	if task.LastStage() == s.Entry.Stage { // the day of the task at hand, as lists of the late read it
		if err := tx.SetDue(ctx, ref, to); err != nil {
			return err
		}
	}
	k := key(ref, "extension", strconv.Itoa(n))
	letter := store.MailBody{Template: "extension", To: "institution", Scope: "act", Date: s.Now, Until: to, Data: map[string]string{"title": task.Chinese(), "what": reason}}
	if asked != nil { // only a letter that answers a request says so
		letter.Lines = [][2]string{{"申请时间", stampHour(asked.At)}, {"申请的截止日", campaign.Day(asked.Day.Format("2006-01-02")).Chinese()}}
	}
	tx.Queue(store.Intent{Key: k + "/mail", Kind: store.MailIntent, Ref: ref, Body: letter})
	return tell(tx, contract.ExtendMsg, ref, ref.ID(), k, contract.Extension{Task: task, Day: to, By: p.ID, At: s.Now})
}

// grant writes an extension, and answers the request for it that waits, if one does.
func grant(ctx context.Context, tx *store.Tx, s scene, p store.Staff, task campaign.Task, to campaign.Day, reason string) (n int, asked *store.ExtensionRequest, err error) {
	if n, err = tx.AddExtension(ctx, s.ref(), task, to, reason, p.ID, s.Now); err != nil {
		return 0, nil, err
	}
	more, err := tx.MoreTime(ctx, s.ref())
	if err != nil {
		return 0, nil, err
	}
	if asked = more.Open(task); asked != nil {
		err = tx.AnswerExtensionRequest(ctx, s.ref(), *asked, n, reason, p.ID, s.Now)
	}
	return n, asked, err
}

// extendable refuses a task that is over, and names what is wrong with the new
// day and the reason; last is the day on which the task ends now.
func (d *Desk) extendable(ctx context.Context, r store.Reader, s scene, task campaign.Task, to campaign.Day, reason string) (f map[string]string, last campaign.Day, err error) {
	if end := task.LastStage(); end != "" && !reached(end, s.Entry.Stage) {
		return nil, "", campaign.Fail(campaign.Conflict, "当前为“%s”阶段，“%s”已经结束，不能延期", s.Entry.Stage.Chinese(), task.Chinese())
	}
	if s.Entry.SuspendedAt != nil {
		return nil, "", campaign.Fail(campaign.Conflict, "暂停期间不计期限，不必延期；恢复时补足暂停时剩余的工作日")
	}
	f = map[string]string{}
	if strings.TrimSpace(reason) == "" {
		f["reason"] = "请填写延期理由"
	}
	due, last, err := d.open(ctx, r, s, task)
	if err == nil {
		if bad := s.cal().Extendable(task, due, to, campaign.DayOf(s.Now)); bad != nil {
			f["day"] = bad.Error()
		}
	}
	return f, last, err
}

// LeaveForm is how and why an institution's year ends early.
type LeaveForm struct {
	How, Reason string
	Successor   string // code of the institution that carries on: where the two were merged
}

// Leave ends an institution's year early (WF-4): withdrawn, revoked or merged
// into a successor, who gets its letters from then on, or suspended for too long.
func (d *Desk) Leave(ctx context.Context, p store.Staff, ref contract.Ref, f LeaveForm) error {
	how, reason, successor := campaign.WayOut(f.How), f.Reason, strings.TrimSpace(f.Successor)
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	if how.Chinese() == "" || strings.TrimSpace(reason) == "" {
		return &campaign.Error{Kind: campaign.Invalid, Say: "请选择退出情形并填写理由", Fields: map[string]string{"reason": "请选择退出情形并填写理由"}}
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: ref.Year}); err != nil { // publication waits for this act, or this act for it
			return err
		}
		if err := tx.Lock(ctx, ref); err != nil {
			return err
		}
		s, err := d.scene(ctx, tx.Reader, ref)
		if err != nil {
			return err
		}
		if s.Entry.Stage == campaign.Closed || s.Entry.Stage == campaign.Left {
			return campaign.Fail(campaign.Conflict, "该机构本年度流程已结束")
		}
		if s.Campaign.PublishedAt != nil {
			return campaign.Fail(campaign.Conflict, "结果已经公布，本年度不能再退出")
		}
		if how == campaign.WaySuspended && s.Entry.SuspendedAt == nil {
			return &campaign.Error{Kind: campaign.Invalid, Say: "该机构没有处于暂停", Fields: map[string]string{"how": "该机构没有处于暂停"}}
		}
		what := how.Chinese() + "：" + strings.TrimSpace(reason)
		if how == campaign.WayMerged {
			to, err := succeeds(ctx, tx, ref, successor)
			if err != nil {
				return err
			}
			what += "。由 " + to.Name + "（" + to.Code + "）承继"
		} else if successor != "" {
			return &campaign.Error{Kind: campaign.Invalid, Say: "只有合并的机构填写承继机构", Fields: map[string]string{"successor": "只有合并的机构填写承继机构"}}
		}
		k := key(ref, "leave")
		// the letter has no link of its own: all of them end
		tx.Queue(store.Intent{Key: k + "/mail", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "withdrawn", To: "institution", Date: s.Now,
			Data: map[string]string{"title": "年度宣传工作评价", "what": what}}})
		if s.Entry.Stage == campaign.Invited && campaign.DayOf(s.Now) < s.cal().Launch { // no year to tell, and none will start
			if err := tx.SetSucceeded(ctx, ref, string(how), successor, s.Now); err != nil {
				return err
			}
			_, err := tx.RevokeTickets(ctx, ref, p.ID, s.Now)
			return err
		}
		return tell(tx, contract.LeaveMsg, ref, ref.ID(), k, contract.Leaving{How: string(how), By: p.ID, Successor: successor})
	})
}

// succeeds finds the institution that carries on after a merger: another one of
// the roster, whose own year was not ended by a merger.
func succeeds(ctx context.Context, tx *store.Tx, ref contract.Ref, successor string) (campaign.Institution, error) {
	bad := func(say string) error {
		return &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{"successor": say}}
	}
	if !campaign.ValidCode(successor) || successor == ref.Code {
		return campaign.Institution{}, bad("请填写承继机构的批准号，形如 CNCA-R-2002-001，不能是本机构")
	}
	to, err := tx.Institution(ctx, successor)
	if campaign.KindOf(err) == campaign.NotFound {
		return to, bad("名册中没有 " + successor + "，请先导入名册")
	}
	if err != nil {
		return to, err
	}
	e, err := tx.Entry(ctx, contract.Ref{Year: ref.Year, Code: successor})
	if err == nil && e.LeftHow != nil {
		return to, bad(to.Name + "本年度已退出，请填写最终承继的机构")
	}
	if campaign.KindOf(err) == campaign.NotFound { // it may be new, and not evaluated this year
		err = nil
	}
	return to, err
}

// MoveCalendar replaces the days of a running campaign; days that have passed
// stay as they are. Every institution still running is told (WF-4). The
// holidays are taken anew: the 调休 of the second year is announced meanwhile.
func (d *Desk) MoveCalendar(ctx context.Context, p store.Staff, year int, to campaign.Calendar) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		ref := contract.Ref{Year: year}
		if err := tx.Lock(ctx, ref); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		now := c.Now(d.Clock())
		if c.PublishedAt != nil {
			return campaign.Fail(campaign.Conflict, "结果已经公布，日程不能再改")
		}
		if to.Year != year {
			return campaign.Fail(campaign.Invalid, "日程属于 %d 年度，不能用于 %d 年度", to.Year, year)
		}
		rules := c.Rules
		rules.Calendar, rules.Holidays = to, knownNow(c)
		if err := to.Check(rules.Holidays, rules.Settings); err != nil {
			return err
		}
		moves := c.Rules.Calendar.Moved(to)
		f := map[string]string{}
		for _, m := range moves {
			launched := m.Key == "launch" && m.From <= campaign.DayOf(now)
			if launched || m.From < campaign.DayOf(now) || m.To <= campaign.DayOf(now) {
				f[m.Key] = fmt.Sprintf("“%s”已过或将落在今天以前，不能调整", m.Name)
			}
		}
		if len(moves) == 0 && store.Digest(rules.Holidays) == store.Digest(c.Rules.Holidays) {
			f["launch"] = "没有任何变动"
		}
		if err := faulty(f); err != nil {
			return err
		}
		if err := tx.AddRules(ctx, year, rules, p.ID, now); err != nil {
			return err
		}
		c.Rules = rules
		if err := d.moveDues(ctx, tx, c, now); err != nil {
			return err
		}
		k := fmt.Sprintf("%s/rules/%d", contract.CampaignID(year), c.RulesVersion+1)
		return tell(tx, contract.RulesMovedMsg, ref, contract.CampaignID(year), k, rules)
	})
}

// knownNow are the holidays of a campaign's two years as this build knows them;
// a table that it no longer has stays as it was.
func knownNow(c store.Campaign) campaign.Holidays {
	days, known := maps.Clone(c.Rules.Holidays), campaign.KnownHolidays()
	for year := c.Year; year <= c.Year+1; year++ {
		if table, ok := known[year]; ok {
			days[year] = table
		}
	}
	return days
}

// taskOf is the task at hand in a stage.
func taskOf(stage campaign.Stage) (campaign.Task, bool) {
	if stage == campaign.Scoring {
		return campaign.ScoreTask, true
	}
	return stage.OwnTask()
}

// moveDues gives every institution the day that its task has by the new
// calendar, so that nobody is listed as late by the old one.
func (d *Desk) moveDues(ctx context.Context, tx *store.Tx, c store.Campaign, now time.Time) error {
	all, err := tx.Entries(ctx, c.Year)
	if err != nil {
		return err
	}
	for _, e := range all {
		task, has := taskOf(e.Stage)
		if !has {
			continue
		}
		due, _, err := d.open(ctx, tx.Reader, scene{c, e, now}, task)
		if err != nil {
			return err
		}
		if due != e.DueDay() {
			if err := tx.SetDue(ctx, e.Ref(), due); err != nil {
				return err
			}
		}
	}
	return nil
}
