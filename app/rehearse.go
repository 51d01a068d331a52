package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/rehearsal"
	"xuanping/store"
	"xuanping/web"
)

// RehearseOptions says what a rehearsal plays.
type RehearseOptions struct {
	Year         int // 0: the next calendar year
	Institutions int
	Seed         uint64
	Roster       []campaign.Institution // empty: fictional ones
	Progress     io.Writer              // nil: silent
	Mark         func() string          // see rehearsal.Config; nil: none
	// Moving carries out each move to an instant, by calling move; nil: nobody comes between.
	Moving func(ctx context.Context, to time.Time, move func(context.Context) error) error
}

// Rehearsed is what a rehearsal came to, with what it cost the engine.
type Rehearsed struct {
	rehearsal.Report
	Fsck audit.Fsck // what an inspection found afterwards

	ActionsMean, ActionsMax int // billable actions of an institution's year
	EventsMean, EventsMax   int // history events of an institution's year
	Seconds                 float64
	Leaves                  int64   // of the ledger, written by this process
	LedgerSeconds           float64 // that its acts waited for them, all added up
	Year                    int
}

// Table is how everybody's year ended, with what an inspection found afterwards.
func (r Rehearsed) Table() string {
	if r.Fsck.Checked == 0 {
		return r.Report.Table()
	}
	return r.Report.Table() + "\n" + r.Fsck.String()
}

// Line is the one line that scripts read.
func (r Rehearsed) Line() string {
	return fmt.Sprintf("rehearsal: institutions=%d acts=%d mails=%d papers=%d actions_mean=%d actions_max=%d events_mean=%d events_max=%d seconds=%.0f leaves=%d ledger_seconds=%.1f",
		r.Institutions, r.Acts, r.Mails, r.Papers, r.ActionsMean, r.ActionsMax, r.EventsMean, r.EventsMax, r.Seconds, r.Leaves, r.LedgerSeconds)
}

// Rehearse lives a whole campaign year with simulated people, who use nothing
// but the pages and their mail, on an engine that allows virtual time.
func (a *App) Rehearse(ctx context.Context, o RehearseOptions) (Rehearsed, error) {
	began := time.Now()
	if o.Year == 0 {
		o.Year = campaign.DayOf(began).Year() + 1
	}
	if a.Mailbox == nil || a.Config.OpenMail != "yes" {
		return Rehearsed{}, errors.New("演练须使用人人可读的内置信箱，以免向真实地址发信：服务和本命令都设置 XUANPING_MAIL=mailbox、XUANPING_MAILBOX_OPEN=yes")
	}
	if _, err := a.Store.Campaign(ctx, o.Year); err == nil {
		return Rehearsed{}, fmt.Errorf("%d 年度的评价已经存在，请另选年度（--year）或使用空的数据文件夹", o.Year)
	}
	mover := NewMover(a.Engine, a.Namespace)
	if err := mover.Allowed(ctx); err != nil {
		return Rehearsed{}, err
	}
	cast, err := a.Cast(ctx, o.Institutions)
	if err != nil {
		return Rehearsed{}, err
	}
	roster := o.Roster
	if len(roster) == 0 {
		roster = rehearsal.Fictional(o.Institutions)
	}
	cast.BaseURL, cast.Year, cast.Seed, cast.Institutions, cast.Progress = a.Config.BaseURL, o.Year, o.Seed, roster[:min(o.Institutions, len(roster))], o.Progress
	cast.Mark = o.Mark
	cast.Parallel = 4 * runtime.NumCPU()
	cast.Move = func(ctx context.Context, t time.Time) error {
		move := func(ctx context.Context) error { return a.move(ctx, mover, o.Year, t) }
		if o.Moving != nil {
			return o.Moving(ctx, t, move)
		}
		return move(ctx)
	}
	report, err := rehearsal.Run(ctx, cast)
	out := Rehearsed{Report: report, Year: o.Year}
	err = errors.Join(err, a.count(ctx, o.Year, &out), a.inspected(ctx, o.Year, &out))
	out.Seconds = time.Since(began).Seconds()
	spent, leaves := a.Store.LedgerCost()
	out.Leaves, out.LedgerSeconds = leaves, spent.Seconds()
	return out, err
}

// inspected inspects the year that was played; what is found is a failure of it.
func (a *App) inspected(ctx context.Context, year int, out *Rehearsed) (err error) {
	if _, err := a.Store.Campaign(ctx, year); err != nil {
		return nil // the play broke off before there was one
	}
	began := time.Now()
	for try := 1; ; try++ { // the engine's lists lag behind what they list, on a busy machine by seconds
		if out.Fsck, err = a.inspect(ctx, year); err != nil || out.Fsck.Clean() {
			return err
		}
		if try >= 5 && time.Since(began) > 30*time.Second {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	for _, f := range out.Fsck.Findings {
		out.Failures = append(out.Failures, f.String())
	}
	return fmt.Errorf("演练之后 %s，第一处：%s", out.Fsck, out.Fsck.Findings[0])
}

// Move brings a rehearsal to a virtual instant; see move.
func (a *App) Move(ctx context.Context, year int, t time.Time) error {
	return a.move(ctx, NewMover(a.Engine, a.Namespace), year, t)
}

// move brings a campaign's workflows and its clock to an instant, with all
// letters and messages delivered before and after.
func (a *App) move(ctx context.Context, m *Mover, year int, t time.Time) error {
	if err := a.settle(ctx, year); err != nil {
		return err
	}
	c, err := a.Store.Campaign(ctx, year)
	if err != nil {
		return err
	}
	mine := fmt.Sprintf("XuanpingYear = %d", year)
	if now := c.Now(time.Now()); c.ClockAt != nil && now.Before(t) {
		if err := m.To(ctx, mine, *c.ClockAt, nil); err != nil { // nobody is moved: all finish what they were told
			return err
		}
	}
	// From here, as those who arrive first go on at the pace of real time: the
	// site is never behind a workflow, whose seat would be younger than its sheet.
	began := time.Now()
	if err := m.To(ctx, mine, t, nil); err != nil {
		return err
	}
	// What was asked for on the way goes out by the clock of then: with that of the
	// end a reminder would be too late for its day.
	if err := a.settle(ctx, year); err != nil {
		return err
	}
	if err := a.Store.SetClock(ctx, year, t, began); err != nil {
		return err
	}
	return a.settle(ctx, year)
}

// settle waits until the outbox of a campaign has nothing on its way.
func (a *App) settle(ctx context.Context, year int) error {
	for start := time.Now(); ; {
		states, err := a.Store.Outbox(ctx, year)
		if err != nil && ctx.Err() == nil && time.Since(start) < 2*time.Minute {
			time.Sleep(200 * time.Millisecond) // the database may be restarting
			continue
		}
		if err != nil {
			return err
		}
		waiting := 0
		for _, s := range states {
			if s.State == "queued" || s.State == "sending" || s.State == "uncertain" {
				waiting += s.N
			}
		}
		if waiting == 0 {
			return nil
		}
		if time.Since(start) > 5*time.Minute {
			return fmt.Errorf("还有 %d 件邮件或消息未能送出，请查看日志", waiting)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Cast makes the staff of a demonstration, with fresh passwords, and shows
// them on the login page.
func (a *App) Cast(ctx context.Context, institutions int) (rehearsal.Config, error) {
	var c rehearsal.Config
	a.Demo = nil
	if err := a.onlyCast(ctx); err != nil {
		return c, err
	}
	add := func(id, name string, role campaign.Role) (rehearsal.Account, error) {
		acc := rehearsal.Account{ID: id, Password: rand.Text()[:12]}
		p := store.Staff{ID: id, Name: name, Email: id + castDomain, Role: role}
		a.Demo = append(a.Demo, web.DemoAccount{ID: id, Password: acc.Password, Role: role.Chinese()})
		return acc, a.Desk.AddStaff(ctx, p, acc.Password, "setup")
	}
	acc, err := add("jingban", "经办示例", campaign.Officer)
	if err != nil {
		return c, err
	}
	c.Officer = []rehearsal.Account{acc}
	for i, name := range []string{"审批示例一", "审批示例二"} {
		acc, err := add(fmt.Sprintf("shenpi%d", i+1), name, campaign.Approver)
		if err != nil {
			return c, err
		}
		c.Approvers = append(c.Approvers, acc)
	}
	for i := range max(6, institutions/10) {
		acc, err := add(fmt.Sprintf("zhuanjia%d", i+1), fmt.Sprintf("评审示例%d", i+1), campaign.Reviewer)
		if err != nil {
			return c, err
		}
		c.Reviewers = append(c.Reviewers, acc)
	}
	if acc, err = add("fazhi", "法制示例", campaign.Legal); err != nil {
		return c, err
	}
	c.Legal = []rehearsal.Account{acc}
	if acc, err = add("shenji", "审计示例", campaign.Auditor); err != nil {
		return c, err
	}
	c.Auditor = []rehearsal.Account{acc}
	if _, err = add("guanli", "管理示例", campaign.Admin); err != nil {
		return c, err
	}
	if _, err = add("xiehui", "协会示例", campaign.Association); err != nil {
		return c, err
	}
	c.Local, err = a.castLocal(ctx)
	return c, err
}

// castLocal adds a local regulator.
func (a *App) castLocal(ctx context.Context) ([]rehearsal.Account, error) {
	p := store.Staff{ID: "difang", Name: "地方示例", Email: "difang" + castDomain, Role: campaign.Local, Province: "北京市"}
	password := rand.Text()[:12]
	a.Demo = append(a.Demo, web.DemoAccount{ID: p.ID, Password: password, Role: p.Role.Chinese() + "（" + p.Province + "）"})
	return []rehearsal.Account{{ID: p.ID, Password: password, Province: p.Province}}, a.Desk.AddStaff(ctx, p, password, "setup")
}

// onlyCast refuses a house where others work: reviewers are drawn from all,
// and nobody would play the others.
func (a *App) onlyCast(ctx context.Context) error {
	all, err := a.Store.StaffOf(ctx, "")
	for _, p := range all {
		if !strings.HasSuffix(p.Email, castDomain) {
			return fmt.Errorf("账号 %s 不是演练账号；演练会向全部评审专家派任务，请在没有其他人员的环境中进行", p.ID)
		}
	}
	return err
}

// castDomain marks the accounts of rehearsals.
const castDomain = "@staff.example"

// count adds up what the institutions' years cost the engine.
func (a *App) count(ctx context.Context, year int, out *Rehearsed) error {
	all, err := audit.Histories(ctx, a.Engine, a.Namespace, year)
	if err != nil {
		return err
	}
	years := 0
	for _, h := range all {
		if h.Type != "Year" {
			continue
		}
		actions, events := audit.Actions(h)
		years++
		out.ActionsMean, out.EventsMean = out.ActionsMean+actions, out.EventsMean+events
		out.ActionsMax, out.EventsMax = max(out.ActionsMax, actions), max(out.EventsMax, events)
	}
	if years > 0 {
		out.ActionsMean, out.EventsMean = (out.ActionsMean+years/2)/years, (out.EventsMean+years/2)/years
	}
	return nil
}
