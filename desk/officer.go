package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// ImportRoster puts institutions into the roster; it returns how many were
// new and how many changed. A file with a fault is refused as a whole.
func (d *Desk) ImportRoster(ctx context.Context, p store.Staff, file string, data []byte) (added, changed int, faults []campaign.RosterFault, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, 0, nil, err
	}
	all, faults, err := ReadRoster(file, data)
	if err != nil {
		return 0, 0, nil, err
	}
	if len(faults) > 0 {
		return 0, 0, faults, campaign.Fail(campaign.Invalid, "名册有 %d 处错误，未导入任何数据，请按提示修改后重新导入", len(faults))
	}
	err = d.commit(ctx, func(tx *store.Tx) error {
		was, err := tx.Roster(ctx)
		if err != nil {
			return err
		}
		if added, changed, err = tx.PutInstitutions(ctx, all, p.ID, d.Clock()); err != nil {
			return err
		}
		return d.handOvers(ctx, tx, p, was, all)
	})
	if err == nil {
		err = d.EndConflicted(ctx)
	}
	return added, changed, nil, err
}

// LaunchForm opens a campaign.
type LaunchForm struct {
	Year      int
	Rehearsal bool
	Calendar  campaign.Calendar
	Settings  campaign.Settings
	Codes     []string // empty: the whole roster
}

// Launch opens a year: rules are checked and frozen, with the interpretation of
// every reading that changes figures; every institution is entered, and the engine is asked to start the campaign's workflow.
func (d *Desk) Launch(ctx context.Context, p store.Staff, f LaunchForm) (store.Campaign, error) {
	var c store.Campaign
	if err := need(p, campaign.Officer); err != nil {
		return c, err
	}
	days := campaign.KnownHolidays()
	if err := days.Covers(f.Year, f.Rehearsal); err != nil {
		return c, err
	}
	days = campaign.Holidays{f.Year: days[f.Year], f.Year + 1: days[f.Year+1]}
	if err := f.Settings.Check(); err != nil {
		return c, err
	}
	if err := f.Calendar.Check(days, f.Settings); err != nil {
		return c, err
	}
	if err := f.Settings.CriteriaBefore(f.Calendar.Launch); err != nil { // RW-1
		return c, err
	}
	if f.Calendar.Year != f.Year {
		return c, campaign.Fail(campaign.Invalid, "日程属于 %d 年度，不能用于 %d 年度", f.Calendar.Year, f.Year)
	}
	now := d.Clock()
	if f.Calendar.Launch < campaign.DayOf(now) {
		return c, &campaign.Error{Kind: campaign.Invalid, Say: "启动日已过，请选择今天或以后的日期", Fields: map[string]string{"launch": "启动日已过，请选择今天或以后的日期"}}
	}
	c = store.Campaign{Year: f.Year, Rehearsal: f.Rehearsal, Rubric: d.Table.Version, RubricSHA256: d.Table.SHA256, CreatedBy: p.ID, CreatedAt: now,
		Rules: contract.Rules{Calendar: f.Calendar, Settings: f.Settings, Holidays: days}, RulesVersion: 1}
	if f.Rehearsal {
		c.ClockAt, c.ClockSet = &now, &now
	}
	err := d.commit(ctx, func(tx *store.Tx) error {
		codes := f.Codes
		if len(codes) == 0 {
			all, err := tx.Roster(ctx)
			if err != nil {
				return err
			}
			for _, i := range all {
				codes = append(codes, i.Code)
			}
		}
		if len(codes) == 0 {
			return campaign.Fail(campaign.Invalid, "名册为空，请先导入机构名册")
		}
		if err := d.enough(ctx, tx.Reader); err != nil {
			return err
		}
		choices, err := tx.ChoicesFor(ctx, f.Year) // frozen here: later interpretations never change a launched year (GL-35)
		if err != nil {
			return err
		}
		if err := Bound(f.Year, choices); err != nil {
			return err
		}
		c.Rules.Settings.Readings, c.CreatedAt = choices, d.Clock() // after the last of them came into force
		if err := tx.AddCampaign(ctx, c, codes); err != nil {
			return err
		}
		if err := sealSpot(ctx, tx, c); err != nil {
			return err
		}
		e, err := contract.StartEnvelope(contract.CampaignID(f.Year)+"/start", contract.CampaignInput{Rules: c.Rules})
		if err == nil {
			tx.Queue(message(e, contract.Ref{Year: f.Year}))
		}
		return err
	})
	return c, err
}

// enough is the preflight of people: two blind reviewers, one who can decide
// between them or on an appeal, two signatories who did not propose and one who checks the law.
func (d *Desk) enough(ctx context.Context, r store.Reader) error {
	for _, w := range []struct {
		role campaign.Role
		n    int
	}{{campaign.Reviewer, 4}, {campaign.Approver, 2}, {campaign.Legal, 1}, {campaign.Officer, 1}} {
		have, err := r.StaffOf(ctx, w.role)
		if err != nil {
			return err
		}
		if len(have) < w.n {
			return campaign.Fail(campaign.Invalid, "启动前至少需要 %d 名%s，现有 %d 名，请先添加人员", w.n, w.role.Chinese(), len(have))
		}
	}
	return nil
}

// Admit takes a mid-year entrant into a running campaign.
func (d *Desk) Admit(ctx context.Context, p store.Staff, ref contract.Ref) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		c, err := tx.Campaign(ctx, ref.Year)
		if err != nil {
			return err
		}
		now := c.Now(d.Clock())
		today := campaign.DayOf(now)
		if today < c.Rules.Calendar.Launch || today >= c.Rules.Calendar.EvidenceClose {
			return campaign.Fail(campaign.TooLate, "只能在启动之后、证据提交截止（%s）之前纳入机构", c.Rules.Calendar.EvidenceClose.Chinese())
		}
		if _, err := tx.Institution(ctx, ref.Code); err != nil {
			return campaign.Fail(campaign.NotFound, "名册中没有 %s，请先导入名册", ref.Code)
		}
		if err := tx.AddEntry(ctx, ref, today, today <= c.Rules.Settings.RankedUntil, now); err != nil {
			return err
		}
		return tell(tx, contract.AdmitMsg, ref, contract.CampaignID(ref.Year), key(ref, "admit"), contract.AdmitAsk{Code: ref.Code, By: p.ID})
	})
}

// ReviewPlan accepts a version of a plan or returns it with a reason.
func (d *Desk) ReviewPlan(ctx context.Context, p store.Staff, ref contract.Ref, version int, accept bool, note string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	if !accept && note == "" {
		return &campaign.Error{Kind: campaign.Invalid, Say: "退回时请填写修改意见", Fields: map[string]string{"note": "退回时请填写修改意见"}}
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		// after the plans have closed one may still be noted, but not sent back
		if st := s.Entry.Stage; st != campaign.Planning && (st != campaign.Collecting || !accept) {
			return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不能办理年度计划审阅", st.Chinese())
		}
		_, last, err := d.open(ctx, tx.Reader, s, campaign.PlanTask)
		if err != nil {
			return err
		}
		if !accept && !s.Now.Before(last.End()) { // nobody can mend it any more
			return campaign.Fail(campaign.TooLate, "补报与退回修改已于 %s 截止，不能再退回；可以通过并注明意见", last.Chinese())
		}
		plans, err := tx.Plans(ctx, ref)
		if err != nil {
			return err
		}
		if len(plans) == 0 || plans[len(plans)-1].Version != version {
			return campaign.Fail(campaign.Conflict, "该机构已提交新的版本，请刷新后审阅最新版本")
		}
		if err := tx.AddPlanReview(ctx, ref, version, accept, note, p.ID, s.Now); err != nil {
			return err
		}
		template := "plan-accepted"
		body := store.MailBody{To: "institution", Scope: "act", Path: "plan", Date: s.Now, Data: map[string]string{"title": "年度宣传工作计划"}}
		if note != "" {
			body.Data["what"] = note
		}
		if !accept {
			template, body.Until, body.Task = "plan-returned", last, campaign.PlanTask
		}
		body.Template = template
		k := key(ref, "plan", strconv.Itoa(version), "review")
		tx.Queue(store.Intent{Key: k + "/mail", Kind: store.MailIntent, Ref: ref, Body: s.stands(body)})
		return tell(tx, contract.PlanDecidedMsg, ref, ref.ID(), k, contract.PlanDecided{Version: version, Accepted: accept, At: s.Now})
	})
}

// Outstanding lists the institutions whose result is not final yet, and those
// whose departure was received but is not carried out.
func (d *Desk) Outstanding(ctx context.Context, r store.Reader, year int) ([]store.Entry, error) {
	leaving, err := r.Leaving(ctx, year)
	if err != nil {
		return nil, err
	}
	all, err := r.Entries(ctx, year)
	return slices.DeleteFunc(all, func(e store.Entry) bool {
		return (e.Stage == campaign.Final || e.Stage == campaign.Closed || e.Stage == campaign.Left) && !leaving[e.Code]
	}), err
}

// outstanding says why an institution stands in the way of publication.
func outstanding(e store.Entry) string {
	if e.Stage == campaign.Final {
		return e.Name + "（退出办理中）"
	}
	if e.SuspendedAt != nil {
		return e.Name + "（" + e.Stage.Chinese() + "，暂停中，请恢复或者办理退出）"
	}
	return e.Name + "（" + e.Stage.Chinese() + "）"
}

// Publish asks for publication; it is refused while any result is not final, and
// until what is to be published went through 三审三校 as it stands.
func (d *Desk) Publish(ctx context.Context, p store.Staff, year int) error {
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
		if c.PublishedAt != nil {
			return campaign.Fail(campaign.Conflict, "%d 年度结果已经公布", year)
		}
		if day := c.Rules.Calendar.Publication; campaign.DayOf(c.Now(d.Clock())) < day {
			return campaign.Fail(campaign.Conflict, "公布日为 %s，尚未到期", day.Chinese())
		}
		open, err := d.Outstanding(ctx, tx.Reader, year)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			var names []string
			for _, e := range open[:min(len(open), 10)] {
				names = append(names, outstanding(e))
			}
			return campaign.Fail(campaign.Conflict, "还有 %d 家机构的结果未确定，不能公布：%s", len(open), strings.Join(names, "、"))
		}
		if err := SpotReady(ctx, tx.Reader, year); err != nil {
			return err
		}
		now := c.Now(d.Clock())
		if s, err := d.release(ctx, tx.Reader, c, now); err != nil {
			return err
		} else if err := s.Ready(); err != nil { // PL-4
			return err
		}
		n, err := tx.CountDone(ctx, contract.CampaignID(year)+"/publish/") // asked before, and nothing came of it
		if err != nil {
			return err
		}
		k := fmt.Sprintf("%s/publish/%d", contract.CampaignID(year), n+1)
		return tell(tx, contract.PublishMsg, ref, contract.CampaignID(year), k, contract.PublishAsk{By: p.ID})
	})
}
