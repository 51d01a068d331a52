package rehearsal

import (
	"context"
	"fmt"

	"xuanping/campaign"
)

// Who has what in the year: the first of the excellent reports an incident in time
// and holds a press conference, the first of the average answers late to one that
// the regulator opened, the first of the appealing asks for prior approval.
func (r role) reports() bool    { return r.kind == Excellent && r.nth == 0 }
func (r role) isAsked() bool    { return r.kind == Average && r.nth == 0 }
func (r role) needsLeave() bool { return r.kind == Appealing && r.nth == 0 }

// matterPapers is how many papers that brings: the receipt of 48 hours, the decision.
func (r role) matterPapers() int {
	if r.reports() || r.isAsked() || r.needsLeave() {
		return 1
	}
	return 0
}

// records is how many papers stand on the page that no letter brings: the record
// of the press conference (GL-16).
func (r role) records() int {
	if r.kind == Excellent && r.reports() {
		return 1
	}
	return 0
}

// matterLetters is the least number of letters for it beyond those with a paper.
func (r role) matterLetters() int {
	switch {
	case r.reports(): // details, follow-up, four steps of the conference
		return 6
	case r.isAsked(): // the demand, three reminders, details
		return 5
	case r.needsLeave(): // request, publication
		return 2
	}
	return 0
}

// matterDay is when the incidents happen and leave is asked for.
func (d days) matterDay() campaign.Day { return d.after(d.c.Quarters[0], 6) }

// incidents: reports in time and late, prior approval and a press conference.
func incidents(d days) []scene {
	day := d.matterDay()
	reporter := func(each func(context.Context, *player) error) cue {
		return cue{act: "48小时报告", kinds: []Temperament{Excellent}, only: role.reports, each: each}
	}
	press := func(each func(context.Context, *player) error) cue {
		return cue{act: "新闻发布会", kinds: []Temperament{Excellent}, only: role.reports, each: each}
	}
	leave := func(each func(context.Context, *player) error) cue {
		return cue{act: "事前审批", kinds: []Temperament{Appealing}, only: role.needsLeave, each: each}
	}
	asked := func(each func(context.Context, *player) error) cue {
		return cue{act: "补48小时报告", kinds: []Temperament{Average}, only: role.isAsked, each: each}
	}
	return []scene{
		{"48小时报告、事前审批与发布会申请", day, 10, []cue{
			reporter(reportsIncident), press(applies(campaign.PressConference)), leave(applies(campaign.PriorApproval)),
			{act: "要求48小时报告", staff: demandsReport},
			{act: "发业务指导函", staff: guides},
		}},
		{"补报详情、批复与审定口径", d.after(day, 1), 14, []cue{
			reporter(detailsIncident), press(steps(campaign.PressSettle)), {act: "事前审批批复", staff: decidesLeave},
			{act: "阅信", kinds: []Temperament{Average}, only: role.isAsked, each: reads},
		}},
		{"逾期报告、发布与发布会", d.after(day, 4), 10, []cue{
			reporter(followsIncident), press(steps(campaign.PressHold)), leave(steps(campaign.ClearancePublish)), asked(reportsLate),
			{act: "签收业务指导函", kinds: steady, each: receivesGuidance},
		}},
		{"审核稿件、办结事件", d.after(day, 5), 15, []cue{press(steps(campaign.PressArticle)), {act: "办结事件", staff: closesIncidents}, {act: "提醒签收", staff: urgesGuidance}}},
	}
}

func (p *player) incident(day campaign.Day) fields {
	return p.signer(fields{"what": "获证产品被媒体报道存在质量问题。", "activity": p.Province + " 产品认证", "measures": "已启动调查，联系获证组织。",
		"discovered": string(day) + "T09:00"})
}

func reportsIncident(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	day := p.now.Load().(campaign.Day)
	fill := p.incident(day)
	fill["occurred"] = string(day) + "T08:00"
	return p.acts(ctx, deed{what: "48小时报告", page: p.path("incidents/new"), action: p.path("incidents/new"), receipt: true, fill: fill})
}

// onIncident is an act of the institution about its first incident.
func (p *player) onIncident(ctx context.Context, act campaign.IncidentAct, fill fields) error {
	fill["act"] = string(act)
	at := p.path("incidents/1")
	return p.acts(ctx, deed{what: act.Chinese(), page: at + "?act=" + string(act), action: at, receipt: true, fill: fill})
}

func detailsIncident(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	fill := p.signer(fields{"relevance": string(campaign.PartlySo)})
	for _, s := range campaign.HandlingSteps() {
		fill[s.Key] = s.Chinese + "：已按机制开展。"
	}
	return p.onIncident(ctx, campaign.IncidentDetails, fill)
}

func followsIncident(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	return p.onIncident(ctx, campaign.IncidentFollow, p.signer(fields{"text": "涉事产品已召回，证书已暂停。"}))
}

// reportsLate answers the regulator's demand after the 48 hours.
func reportsLate(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	if err := p.onIncident(ctx, campaign.IncidentReport, p.incident(p.now.Load().(campaign.Day))); err != nil {
		return err
	}
	shown, err := p.get(ctx, p.path("incidents/1"))
	if err == nil && !shown.mentions("逾期") {
		err = fmt.Errorf("48小时后的报告没有标明逾期")
	}
	if err != nil {
		return err
	}
	return detailsIncident(ctx, p)
}

// demandsReport opens an incident for those whom the regulator asks.
func demandsReport(ctx context.Context, p *play) error {
	day := p.now.Load().(campaign.Day)
	for _, x := range p.players {
		if !x.isAsked() {
			continue
		}
		err := p.officer.acts(ctx, deed{what: "要求48小时报告", page: p.office("i", x.Code), action: p.office("i", x.Code, "incident"),
			fill: fields{"what": "媒体报道涉及该机构的认证有效性。", "activity": "管理体系认证", "occurred": string(day) + "T07:30"}})
		if err != nil {
			return err
		}
	}
	return nil
}

func closesIncidents(ctx context.Context, p *play) error {
	for _, x := range p.players {
		if !x.reports() && !x.isAsked() {
			continue
		}
		at := p.office("incidents", x.Code, "1")
		err := p.officer.acts(ctx, deed{what: "办结事件", page: at + "?act=close", action: at, fill: fields{"act": "close", "text": "处置到位，同意办结。"},
			seen: func(shown *page) bool { return shown.mentions("处置到位，同意办结") }})
		if err != nil {
			return err
		}
	}
	return nil
}

// applies asks for leave of a publication or for a press conference.
func applies(kind campaign.ClearanceKind) func(context.Context, *player) error {
	return func(ctx context.Context, p *player) error {
		if err := reads(ctx, p); err != nil {
			return err
		}
		fill := p.signer(fields{"kind": string(kind), "subject": kind.Chinese() + "：认证有效性", "content": "介绍认证有效性保障措施。", "channel": "主流媒体", "planned": string(p.days.after(p.now.Load().(campaign.Day), 4))})
		if kind == campaign.PressConference {
			fill["important"] = "1"
		}
		return p.acts(ctx, deed{what: kind.Chinese() + "申请", page: p.path("clearances/new") + "?kind=" + string(kind), action: p.path("clearances/new"), receipt: true, fill: fill})
	}
}

// steps is an act of the institution in its matter.
func steps(act campaign.ClearanceAct) func(context.Context, *player) error {
	return func(ctx context.Context, p *player) error {
		if err := reads(ctx, p); err != nil {
			return err
		}
		fill := p.signer(fields{"act": string(act)})
		switch act {
		case campaign.PressSettle:
			fill["head"], fill["principal"] = "李示例（宣传负责人）", p.Head+"（主要负责人）"
		case campaign.PressHold:
			fill["speaker"] = "赵示例（新闻发言人）"
		case campaign.PressArticle:
			fill["head"], fill["secrecy"], fill["ideology"] = "李示例（宣传负责人）", "1", "1"
		case campaign.ClearancePublish:
			fill["day"] = string(p.now.Load().(campaign.Day))
		}
		at := p.path("clearances/1")
		return p.acts(ctx, deed{what: act.Chinese(), page: at + "?act=" + string(act), action: at, receipt: true, fill: fill})
	}
}

func decidesLeave(ctx context.Context, p *play) error {
	for _, x := range p.players {
		if !x.needsLeave() {
			continue
		}
		at := p.office("clearances", x.Code, "1")
		err := p.approvers[0].acts(ctx, deed{what: "事前审批批复", page: at, action: at, fill: fields{"decision": "approve", "text": "同意。", "conditions": "发布稿须与所报内容一致。"}})
		if err != nil {
			return err
		}
	}
	return nil
}
