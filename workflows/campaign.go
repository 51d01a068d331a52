package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// ProgressQuery asks a campaign how far its launch has come: a contract.PageOut.
const ProgressQuery = "progress"

// callEvery are the working days between two calls to publish.
const callEvery = 3

// season is a campaign: the few things that happen to all institutions at
// once. Its history stays short (some twenty timers and a page of steps per
// hundred institutions), so it never continues as new.
type season struct {
	in        contract.CampaignInput
	rules     contract.Rules
	progress  contract.PageOut
	launched  bool
	asked     bool // an officer asked to publish
	asker     string
	published bool
	calls     int
	called    campaign.Day
	tellings  int // calendar changes told; part of their keys
	errands   []func(workflow.Context) error
	outcome   contract.CampaignOutcome
}

func runCampaign(ctx workflow.Context, in contract.CampaignInput) (contract.CampaignOutcome, error) {
	s := &season{in: in, rules: in.Rules, launched: in.Launched}
	if err := s.setup(ctx); err != nil {
		return contract.CampaignOutcome{}, err
	}
	return s.run(ctx)
}

func (s *season) run(ctx workflow.Context) (contract.CampaignOutcome, error) {
	for _, part := range []func(workflow.Context) error{
		s.launch, s.assign, s.publish, s.tell, s.report, s.runErrands, drain,
	} {
		if err := part(ctx); err != nil {
			return s.outcome, err
		}
	}
	return s.outcome, nil
}

// setup opens the ears of the campaign.
func (s *season) setup(ctx workflow.Context) error {
	return errors.Join(
		workflow.SetQueryHandler(ctx, ProgressQuery, func() (contract.PageOut, error) { return s.progress, nil }),
		contract.PublishMsg.Hear(ctx, func(contract.PublishAsk) error { return s.refusePublish(workflow.Now(ctx)) },
			note(func(in contract.PublishAsk) { s.asked, s.asker = true, in.By })),
		contract.RulesMovedMsg.Hear(ctx, func(in contract.Rules) error { return s.refuseRules(in, workflow.Now(ctx)) }, note(s.rulesMoved)),
		contract.AdmitMsg.Hear(ctx, s.refuseAdmit, note(func(in contract.AdmitAsk) { s.errands = append(s.errands, s.admit(in.Code)) })),
	)
}

// launch starts the year of every institution on the roster, page by page.
func (s *season) launch(ctx workflow.Context) error {
	if s.in.Launched {
		return nil
	}
	if err := s.until(ctx, "等待年度启动", func() time.Time { return s.rules.Calendar.Launch.Morning() }, never); err != nil {
		return err
	}
	s.launched = true
	return s.pages(ctx, func(p contract.PageIn) (contract.PageOut, error) {
		out, err := contract.Launch.Do(ctx, contract.LaunchIn{Page: p, Rules: s.rules})
		if err == nil {
			s.progress = out
		}
		return out, err
	})
}

// assign fills the reviewers' seats of all institutions at once, so that the
// load is spread evenly.
func (s *season) assign(ctx workflow.Context) error {
	if s.in.Assigned {
		return nil
	}
	due := func() time.Time { return s.rules.Holidays.After(s.rules.Calendar.SelfScoreDue) }
	if err := s.until(ctx, "等待指派评审专家", due, never); err != nil {
		return err
	}
	at := s.at(ctx)
	at.Due = s.rules.Calendar.ScoringDue
	_, err := contract.AssignAll.Do(ctx, at)
	return err
}

// publish waits for an officer and publishes. While an institution's result is
// not final, or what would be published was not reviewed as it stands, nothing
// is published, and the officers are called again.
func (s *season) publish(ctx workflow.Context) error {
	s.asked = s.in.Published
	for {
		if err := s.callOfficers(ctx); err != nil {
			return err
		}
		at := s.at(ctx)
		at.By = s.asker
		out, err := contract.Publish.Do(ctx, at)
		if err != nil {
			return err
		}
		if out.Outstanding == 0 && !out.Unreviewed {
			s.published = true
			s.outcome = contract.CampaignOutcome{Institutions: out.Institutions, Certificates: out.Certificates, Warnings: out.Warnings}
			return nil
		}
		s.asked = false
	}
}

// callOfficers returns when one of them has asked to publish.
func (s *season) callOfficers(ctx workflow.Context) error {
	asked := func() bool { return s.asked }
	for s.calls < contract.PublishCalls {
		if err := s.until(ctx, "等待公布", s.nextCall, asked); err != nil || s.asked {
			return err
		}
		s.calls++
		s.called = campaign.DayOf(workflow.Now(ctx))
		_, err := contract.CampaignCall.Do(ctx, contract.AlertCampaign{
			Year: s.year(), About: contract.AlertPublishDue, Step: s.calls, At: workflow.Now(ctx),
		})
		if err != nil {
			return err
		}
	}
	return s.until(ctx, "", nil, asked)
}

func (s *season) nextCall() time.Time {
	if s.calls == 0 {
		return s.rules.Calendar.Publication.Morning()
	}
	return s.rules.Holidays.AddWorkdays(s.called, callEvery).Morning()
}

// tell lets every year know that its result is published.
func (s *season) tell(ctx workflow.Context) error {
	return s.pages(ctx, func(p contract.PageIn) (contract.PageOut, error) {
		return contract.Tell.Do(ctx, contract.TellIn{Page: p, Published: true, Key: "published"})
	})
}

// report has the special report written (行动方案: 定期发布专题报告和评价结果).
func (s *season) report(ctx workflow.Context) error {
	_, err := contract.Report.Do(ctx, s.at(ctx))
	return err
}

// until is the package's until; errands are run while waiting.
func (s *season) until(ctx workflow.Context, summary string, due func() time.Time, done func() bool) error {
	for {
		err := until(ctx, summary, due, func() bool { return len(s.errands) > 0 || done() })
		if err != nil || len(s.errands) == 0 {
			return err
		}
		if err := s.runErrands(ctx); err != nil {
			return err
		}
	}
}

// runErrands runs what messages asked for, in their order, by the main line: so
// nothing is running beside it and nothing is left when it ends.
func (s *season) runErrands(ctx workflow.Context) error {
	for len(s.errands) > 0 {
		errand := s.errands[0]
		s.errands = s.errands[1:]
		if err := errand(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rulesMoved takes the new rules; years that run are told page by page.
func (s *season) rulesMoved(in contract.Rules) {
	s.rules = in
	if !s.launched {
		return
	}
	s.tellings++
	key := fmt.Sprintf("rules-%d", s.tellings)
	s.errands = append(s.errands, func(ctx workflow.Context) error {
		return s.pages(ctx, func(p contract.PageIn) (contract.PageOut, error) {
			return contract.Tell.Do(ctx, contract.TellIn{Page: p, Rules: &in, Key: key})
		})
	})
}

// admit starts the year of a mid-year entrant. One that can never start must
// not end the campaign of all others: the failed step stands in the history.
func (s *season) admit(code string) func(workflow.Context) error {
	return func(ctx workflow.Context) error {
		_, err := contract.Admit.Do(ctx, contract.AdmitIn{
			Ref: contract.Ref{Year: s.year(), Code: code}, Rules: s.rules, At: workflow.Now(ctx),
		})
		if err != nil && !temporal.IsCanceledError(err) {
			workflow.GetLogger(ctx).Error("admission failed", "code", code, "error", err)
			return nil
		}
		return err
	}
}

func (s *season) refusePublish(now time.Time) error {
	day := s.rules.Calendar.Publication
	if s.published {
		return campaign.Fail(campaign.Conflict, "%d 年度结果已经公布", s.year())
	}
	if now.Before(day.Start()) {
		return campaign.Fail(campaign.Conflict, "公布日为 %s，届时方可公布", day)
	}
	return nil
}

// refuseRules turns down a calendar that is faulty or changes what has been.
func (s *season) refuseRules(in contract.Rules, now time.Time) error {
	if s.published {
		return campaign.Fail(campaign.Conflict, "结果已经公布，日程不能再改")
	}
	if in.Calendar.Year != s.year() {
		return campaign.Fail(campaign.Invalid, "日程属于 %d 年度，不能用于 %d 年度", in.Calendar.Year, s.year())
	}
	for _, m := range s.rules.Calendar.Moved(in.Calendar) {
		if !m.From.End().After(now) || s.launched && m.Key == "launch" {
			return campaign.Fail(campaign.Invalid, "“%s”（%s）已过，不能更改", m.Name, m.From)
		}
		if !m.To.End().After(now) {
			return campaign.Fail(campaign.Invalid, "“%s”不能改到已经过去的 %s", m.Name, m.To)
		}
	}
	return in.Calendar.Check(in.Holidays, in.Settings)
}

func (s *season) refuseAdmit(in contract.AdmitAsk) error {
	switch {
	case !campaign.ValidCode(in.Code):
		return campaign.Fail(campaign.Invalid, "批准号应形如 CNCA-R-2002-001")
	case !s.launched:
		return campaign.Fail(campaign.Conflict, "年度尚未启动，请直接加入名录")
	case s.published:
		return campaign.Fail(campaign.Conflict, "结果已经公布，不能再纳入本年度")
	}
	return nil
}

// pages asks a step for page after page until there is no further one.
func (s *season) pages(ctx workflow.Context, step func(contract.PageIn) (contract.PageOut, error)) error {
	for after := ""; ; {
		out, err := step(contract.PageIn{Year: s.year(), After: after, At: workflow.Now(ctx)})
		if err != nil || out.Last == "" {
			return err
		}
		after = out.Last
	}
}

func (s *season) year() int { return s.rules.Calendar.Year }

func (s *season) at(ctx workflow.Context) contract.CampaignAt {
	return contract.CampaignAt{Year: s.year(), At: workflow.Now(ctx)}
}
