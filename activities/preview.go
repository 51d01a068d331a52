package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/store"
)

// What stands in a preview for what does not exist before the act.
const (
	maskedLink  = "/t/****************"
	laterNumber = "（发出时编号）"
	laterSeed   = "（启动时生成）"
)

// Preview tells what an act of an officer will mail: it asks the same functions
// for the letters as the act itself does, and makes no ticket.
func (r *Room) Preview(ctx context.Context, act store.MailAct) (campaign.MailPreview, error) {
	p, err := r.previewer(ctx, act)
	if err != nil {
		return campaign.MailPreview{}, err
	}
	switch act.Kind {
	case store.LaunchAct:
		err = p.launch(ctx)
	case store.AdmitAct:
		err = p.admit(ctx)
	case store.CalendarAct:
		err = p.calendar(ctx)
	case store.PublishAct:
		err = p.publish(ctx)
	case store.NudgeAct:
		err = p.nudge(ctx)
	case store.GuidanceAct:
		err = p.guidance(ctx)
	}
	return p.out, err
}

type previewer struct {
	*Room
	act       store.MailAct
	c         store.Campaign
	now       time.Time // on the campaign's clock
	stamp     string
	unreached []string
	out       campaign.MailPreview
}

func (r *Room) previewer(ctx context.Context, act store.MailAct) (p *previewer, err error) {
	p = &previewer{Room: r, act: act, now: r.Clock()}
	if act.Kind == store.LaunchAct {
		p.c = store.Campaign{Year: act.Year, Rehearsal: act.Rehearsal, Rules: act.Rules}
	} else {
		if p.c, err = r.Store.Campaign(ctx, act.Year); err != nil {
			return nil, err
		}
		p.now = p.c.Now(p.now)
		if p.unreached, err = r.Store.Unreached(ctx, act.Year); err != nil {
			return nil, err
		}
	}
	p.stamp, err = r.Store.Stamp(ctx)
	return p, err
}

// letter adds one kind of letter to those whom it is for, with up to three samples.
func (p *previewer) letter(x campaign.LetterPreview, to []scene, body func(scene) store.MailBody) error {
	if len(to) == 0 {
		return nil
	}
	for _, s := range to {
		lacks := s.institution.Lacking()
		if lacks == "" && slices.Contains(p.unreached, s.institution.Code) {
			lacks = "此前的邮件未送达"
		}
		x.To = append(x.To, campaign.MailTo{Code: s.institution.Code, Name: s.institution.Name, Lacks: lacks})
	}
	for _, i := range campaign.SampleOf(len(to)) {
		b := body(to[i])
		sample, err := p.sample(b, to[i], to[i].institution.Contact)
		if err != nil {
			return err
		}
		x.Samples = append(x.Samples, sample)
	}
	p.out.Letters = append(p.out.Letters, x)
	return nil
}

// sample renders a letter as send does, with its link masked.
func (p *previewer) sample(b store.MailBody, s scene, person string) (campaign.LetterSample, error) {
	link := p.BaseURL + b.Path
	if b.Scope != "" {
		link = p.BaseURL + maskedLink
	}
	if person == "" {
		person = "联系人"
	}
	subject, text, _, _, err := mail.Compose(b.Template, p.words(b, s, person, link, p.stamp))
	if err != nil {
		err = &campaign.Error{Kind: campaign.Invalid, Say: "邮件模板“" + b.Template + "”缺少内容", Err: err}
	}
	return campaign.LetterSample{Name: s.institution.Name, Subject: subject, Text: text}, err
}

// held says when a letter goes that is asked for at an instant, if it waits then
// for the morning of a working day (ML-4).
func (p *previewer) held(b store.MailBody, at time.Time) (when, shift string, held bool) {
	q, held := errors.AsType[*quietError](quiet(p.c, b, at))
	if !held {
		return "", "", false
	}
	return dayWithWeek(campaign.DayOf(at.Add(q.wait))) + "上午 8:00 以后", q.Error(), true
}

// atOnce says when a letter goes that follows an act directly.
func (p *previewer) atOnce(b store.MailBody) (when, shift string) {
	if when, shift, held := p.held(b, p.now); held {
		return when, shift
	}
	today := campaign.DayOf(p.now)
	if !p.c.Rules.Holidays.Workday(today) {
		shift = "今天不是工作日，演练邮件不顺延"
	}
	return "确认后随即发出，" + dayWithWeek(today), shift
}

func dayWithWeek(d campaign.Day) string { return d.Chinese() + "（" + weekday(d) + "）" }

// launch goes to the whole roster, on the morning of the launch.
func (p *previewer) launch(ctx context.Context) error {
	all, err := p.Store.Roster(ctx)
	if err != nil {
		return err
	}
	cal, h := p.c.Rules.Calendar, p.c.Rules.Holidays
	var to []scene
	for _, i := range all {
		to = append(to, scene{p.c, store.Entry{Year: p.act.Year, Code: i.Code, Joined: cal.Launch.Start()}, i})
	}
	x := campaign.LetterPreview{What: "启动通知", When: dayWithWeek(cal.Launch) + "上午 9:00", Papers: []campaign.Paper{campaign.NoticePaper}}
	if !h.Workday(cal.Launch) {
		x.Shift = "启动日不是工作日，建议改为 " + dayWithWeek(h.OnOrAfter(cal.Launch))
	}
	if when, why, held := p.held(noticeLetter(campaign.Planning, cal.Launch.Morning(), cal.PlanDue), cal.Launch.Morning()); held {
		x.When, x.Shift = when, why+"；"+x.Shift
	}
	p.out.Plan = campaign.MailPlan(p.c.Rules, "", cal.Launch)
	return p.letter(x, to, func(s scene) store.MailBody {
		b := noticeLetter(campaign.Planning, cal.Launch.Morning(), cal.PlanDue)
		b.Lines = noticeLines(s, laterNumber, commitmentLines(laterSeed))
		return b
	})
}

// admit goes to the one that joins.
func (p *previewer) admit(ctx context.Context) error {
	i, err := p.Store.Institution(ctx, p.act.Code)
	if err != nil {
		return err
	}
	commitment, err := p.committed(ctx)
	if err != nil {
		return err
	}
	today := campaign.DayOf(p.now)
	s := scene{p.c, store.Entry{Year: p.act.Year, Code: i.Code, Joined: today.Start()}, i}
	x := campaign.LetterPreview{What: "纳入评价通知", Papers: []campaign.Paper{campaign.NoticePaper}}
	stage, due := campaign.Planning, p.c.Rules.Calendar.PlanDue
	if p.c.Rules.Calendar.PlanClose < today {
		stage, due = campaign.Collecting, p.c.Rules.Calendar.EvidenceClose
	} else if due < today {
		due = p.c.Rules.Calendar.PlanClose
	}
	b := noticeLetter(stage, p.now, due)
	b.Lines = noticeLines(s, laterNumber, commitment)
	if x.When, x.Shift = p.atOnce(b); p.now.Before(today.Morning()) { // his year begins on the morning of the day he joins
		x.When, x.Shift = dayWithWeek(today)+"上午 9:00", ""
		if when, why, held := p.held(b, today.Morning()); held {
			x.When, x.Shift = when, why
		}
	}
	p.out.Plan = campaign.MailPlan(p.c.Rules, "", today)
	return p.letter(x, []scene{s}, func(scene) store.MailBody { return b })
}

func (p *previewer) committed(ctx context.Context) ([][2]string, error) {
	c, err := p.Store.SpotCommit(ctx, p.act.Year)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil, nil
	}
	return commitmentLines(c.Commitment), err
}

// running are the institutions of the year, less those that but leaves out.
func (p *previewer) running(ctx context.Context, but ...campaign.Stage) ([]scene, error) {
	entries, err := p.Store.Entries(ctx, p.act.Year)
	if err != nil {
		return nil, err
	}
	roster, err := p.Store.Roster(ctx)
	if err != nil {
		return nil, err
	}
	by := map[string]campaign.Institution{}
	for _, i := range roster {
		by[i.Code] = i
	}
	var all []scene
	for _, e := range entries {
		if !slices.Contains(but, e.Stage) {
			all = append(all, scene{p.c, e, by[e.Code]})
		}
	}
	return all, nil
}

// calendar goes to everybody whose year still runs.
func (p *previewer) calendar(ctx context.Context) error {
	b, moved := movedLetter(p.c.Rules.Calendar.Moved(p.act.Rules.Calendar), p.now)
	if !moved {
		return nil
	}
	to, err := p.running(ctx, campaign.Closed, campaign.Left)
	if err != nil {
		return err
	}
	x := campaign.LetterPreview{What: "日程变动通知"}
	x.When, x.Shift = p.atOnce(b)
	today := campaign.DayOf(p.now)
	p.out.Plan = slices.DeleteFunc(campaign.MailPlan(p.act.Rules, "", p.act.Rules.Calendar.Launch), func(m campaign.PlannedMail) bool { return m.Day <= today })
	return p.letter(x, to, func(scene) store.MailBody { return b })
}

// publish goes to all that did not leave; certificates to the excellent.
func (p *previewer) publish(ctx context.Context) error {
	to, err := p.running(ctx, campaign.Left)
	if err != nil {
		return err
	}
	m, err := p.Store.Manuscript(ctx, p.Table, p.c, p.now)
	if err != nil {
		return err
	}
	var best []scene
	for _, s := range to {
		if slices.ContainsFunc(m.Excellent, func(n campaign.Named) bool { return n.Code == s.institution.Code }) {
			best = append(best, s)
		}
	}
	for _, l := range []struct {
		what  string
		paper []campaign.Paper
		to    []scene
		body  store.MailBody
	}{
		{"结果公布通知", nil, to, publishedLetter(p.act.Year, p.now)},
		{"机构年度评价报告", []campaign.Paper{campaign.YearReportPaper}, to, reportLetter(p.now)},
		{"优秀单位证书", []campaign.Paper{campaign.CertificatePaper}, best, certificateLetter(p.now, laterNumber)},
	} {
		x := campaign.LetterPreview{What: l.what, Papers: l.paper}
		x.When, x.Shift = p.atOnce(l.body)
		if err := p.letter(x, l.to, func(scene) store.MailBody { return l.body }); err != nil {
			return err
		}
	}
	return nil
}

// guidance goes to those whom the officer chose, or to who has not signed for it.
func (p *previewer) guidance(ctx context.Context) error {
	to, err := p.running(ctx)
	if err != nil {
		return err
	}
	to = slices.DeleteFunc(to, func(s scene) bool { return !slices.Contains(p.act.Codes, s.institution.Code) })
	b := p.act.Body
	x := campaign.LetterPreview{What: "业务指导函"}
	if b.Template == "guidance-reminder" {
		x.What = "业务指导函签收提醒"
	}
	x.When, x.Shift = p.atOnce(b)
	return p.letter(x, to, func(scene) store.MailBody { return b })
}

// nudge goes to one institution, or to one reviewer of it.
func (p *previewer) nudge(ctx context.Context) error {
	s, err := p.scene(ctx, contract.Ref{Year: p.act.Year, Code: p.act.Code})
	if err != nil {
		return err
	}
	b := p.act.Body
	x := campaign.LetterPreview{What: b.Task.Chinese() + "催办"}
	x.When, x.Shift = p.atOnce(b)
	who, staff := b.Staff()
	if !staff {
		return p.letter(x, []scene{s}, func(scene) store.MailBody { return b })
	}
	person, err := p.Store.Staff(ctx, who)
	if err != nil {
		return err
	}
	sample, err := p.sample(b, s, person.Name)
	x.To, x.Samples = []campaign.MailTo{{Code: person.ID, Name: person.Name}}, []campaign.LetterSample{sample}
	p.out.Letters = append(p.out.Letters, x)
	return err
}
