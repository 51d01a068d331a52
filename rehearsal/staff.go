package rehearsal

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"xuanping/campaign"
)

// clerk is a person of the regulator's side.
type clerk struct {
	reader
	Account
	place int // among those of the same role
}

// signIn opens the clerk's session.
func (c *clerk) signIn(ctx context.Context) error {
	err := c.do(ctx, deed{what: "登录", page: loginPath, action: loginPath, fill: fields{"account": c.ID, "password": c.Password},
		seen: func(p *page) bool { return p.at.Path != loginPath }})
	if err != nil {
		return fmt.Errorf("账号 %s：%w", c.ID, err)
	}
	return nil
}

// acts does something and counts it.
func (c *clerk) acts(ctx context.Context, d deed) error { return c.count(c.do(ctx, d)) }

func (p *play) office(more ...string) string {
	return strings.Join(append([]string{fmt.Sprintf("/office/%d", p.year)}, more...), "/")
}

// opens imports the roster without those who come later, and launches the year.
func (p *play) opens(ctx context.Context) error {
	o := p.officer
	if err := p.importRoster(ctx, func(r role) bool { return r.kind != Midyear }); err != nil {
		return err
	}
	if err := p.interprets(ctx); err != nil {
		return err
	}
	if err := p.adoptsDefaults(ctx); err != nil {
		return err
	}
	fill := fields{"year": fmt.Sprint(p.year), "rehearsal": "1", "issuer": "国家认监委（示例）"}
	for _, d := range p.days.c.Days() {
		fill["day-"+d.Key] = string(d.Day)
	}
	return o.acts(ctx, deed{what: "启动年度评价", page: fmt.Sprintf("/office/launch?year=%d", p.year), action: "/office/launch", fill: fill})
}

func (p *play) importRoster(ctx context.Context, some func(role) bool) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	lines := [][]string{campaign.RosterColumns()}
	for _, x := range p.players {
		if i := x.Institution; some(x.role) {
			lines = append(lines, []string{i.Code, i.Name, i.USCC, i.Province, i.Category, i.Head, i.Contact, i.Email, i.Mobile})
		}
	}
	if err := w.WriteAll(lines); err != nil {
		return err
	}
	return p.officer.acts(ctx, deed{what: "导入名册", page: "/office/roster", action: "/office/roster", file: &upload{"file", "名册.csv", b.Bytes()}})
}

// reviewsPlans looks at every institution's page and rules on the plans that
// wait there: the first version of those who were late goes back.
func reviewsPlans(ctx context.Context, p *play) error {
	o := p.officer
	return p.together(ctx, len(p.players), func(i int) error {
		x := p.players[i]
		at, action := p.office("i", x.Code), p.office("i", x.Code, "plan")
		if x.kind == Midyear {
			return nil
		}
		shown, err := o.get(ctx, at)
		if err != nil {
			return err
		}
		f, waits, err := o.reach(ctx, shown, action, fields{"decision": "accept"})
		if err != nil {
			return err
		}
		if waits {
			fill := fields{"decision": "accept", "note": "计划完整，同意。"}
			if x.kind == Late && f.value("version") == "1" {
				fill = fields{"decision": "return", "note": "请明确各项活动的责任部门和完成时间。"}
			}
			return o.acts(ctx, deed{what: x.Name + "的计划审阅", page: at, action: action, fill: fill})
		}
		return nil
	})
}

// value is what a control of the form holds.
func (f form) value(name string) string {
	for _, in := range f.inputs {
		if in.name == name {
			return in.value
		}
	}
	return ""
}

// registersEvents puts on record what earned or cost points this year.
func registersEvents(ctx context.Context, p *play) error {
	o := p.officer
	return p.together(ctx, len(p.players), func(i int) error {
		x := p.players[i]
		for n, m := range x.matters(p.year) {
			if m.claimed {
				continue
			}
			fill, form := fields{"title": m.title, "source": fmt.Sprintf("示例函〔%d〕%d号", p.year, 100+10*x.place+n), "occurred_on": string(dayOfMatter(p.year, n))}, "event"
			if m.adoption != "" {
				form, fill["kind"] = "adoption", m.adoption
			} else {
				fill["clause"], fill["points"], fill = m.clause, m.points.String(), m.named(fill)
			}
			if m.matter != "" && !x.merges() {
				fill["matter"] = m.matter
			}
			err := o.acts(ctx, deed{
				what: "登记事项", page: p.office("i", x.Code), action: p.office("i", x.Code, form), fill: fill,
				seen: func(at *page) bool { return at.mentions(m.title) },
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// confirmsEvents is the second person's ruling on each event that waits (S6).
func confirmsEvents(ctx context.Context, p *play) error {
	a := p.approvers[0]
	form := regexp.MustCompile("^" + regexp.QuoteMeta(p.office("i")) + `/[^/]+/event/[^/]+$`)
	var errs []error
	for _, x := range p.players {
		if len(x.matters(p.year)) == 0 {
			continue
		}
		at := p.office("i", x.Code)
		shown, err := a.get(ctx, at)
		if err != nil {
			return err
		}
		waiting := shown.ways(form)
		fill := fields{"decision": "confirm", "reason": grantedReason}
		if x.matters(p.year)[0].refused { // who is refused claims nothing else
			fill = fields{"decision": "reject", "reason": refusedReason}
		}
		for _, action := range waiting {
			errs = append(errs, a.acts(ctx, deed{what: "认定事项", page: at, action: action, fill: fill}))
		}
		if len(waiting) != len(x.matters(p.year)) {
			errs = append(errs, fmt.Errorf("%s应有 %d 项待认定，页面上有 %d 项", x.Name, len(x.matters(p.year)), len(waiting)))
		}
	}
	return errors.Join(errs...)
}

// admitsLatecomers takes those in who were approved in the course of the year.
func admitsLatecomers(ctx context.Context, p *play) error {
	late := func(r role) bool { return r.kind == Midyear }
	if !slices.ContainsFunc(p.players, func(x *player) bool { return late(x.role) }) {
		return nil
	}
	if err := p.importRoster(ctx, late); err != nil {
		return err
	}
	for _, x := range p.players {
		if !late(x.role) {
			continue
		}
		err := p.officer.acts(ctx, deed{what: "纳入" + x.Name, page: p.office("admit"), action: p.office("admit"), fill: fields{"code": x.Code}})
		if err != nil {
			return err
		}
	}
	return nil
}

// publishes makes the results public on the day.
func publishes(ctx context.Context, p *play) error {
	return p.officer.acts(ctx, deed{what: "公布结果", page: p.office("publish"), action: p.office("publish"),
		seen: func(*page) bool {
			_, err := p.officer.get(ctx, fmt.Sprintf("/results/%d", p.year))
			return err == nil
		}})
}

// looksAtResults makes sure, later on the day, that everybody can read them.
func looksAtResults(ctx context.Context, p *play) error {
	_, err := p.officer.get(ctx, fmt.Sprintf("/results/%d", p.year))
	return err
}

// onCases is an officer's act in the cases of those who are warned and meant.
func onCases(act campaign.WarningAct, meant func(role) bool) func(context.Context, *play) error {
	return func(ctx context.Context, p *play) error { return p.inCases(ctx, p.officer, act, meant) }
}

// checks is an act of the legal checker in the cases of those who are meant.
func checks(act campaign.WarningAct, meant func(role) bool) func(context.Context, *play) error {
	return func(ctx context.Context, p *play) error { return p.inCases(ctx, p.legal[0], act, meant) }
}

// signs is the signature of one of the approvers under every case that is to
// become a warning.
func signs(place int) func(context.Context, *play) error {
	return func(ctx context.Context, p *play) error {
		return p.inCases(ctx, p.approvers[place], campaign.ActSign, func(r role) bool { return !r.withdrawn() && !r.talkedTo() })
	}
}

// talks decides on 约谈 instead of a warning.
func talks(ctx context.Context, p *play) error {
	return p.inCases(ctx, p.approvers[1], campaign.ActTalk, role.talkedTo)
}

func (p *play) inCases(ctx context.Context, c *clerk, act campaign.WarningAct, meant func(role) bool) error {
	text := map[campaign.WarningAct]string{
		campaign.ActNotice: "依据事先确定的标准，拟实施风险警示，请在期限内陈述申辩。",
		campaign.ActRemand: "请补充第 16 项扣分事项的认定依据。", campaign.ActSupplement: "认定依据已附卷，事实没有增加。", campaign.ActPass: "主体适格，程序合法，依据充分。",
		campaign.ActWithdraw: "陈述申辩属实，情节轻微且已纠正，撤回案件。", campaign.ActTalk: "情节较轻，主动纠正，改作约谈。",
		campaign.ActSign: "事实清楚，程序完整，同意。", campaign.ActReturn: "整改措施缺少完成时间和责任人，请补充。", campaign.ActLift: "整改到位，同意解除。",
	}[act]
	return p.together(ctx, len(p.players), func(i int) error {
		x := p.players[i]
		if x.kind != Incident && x.kind != Silent || !meant(x.role) {
			return nil
		}
		at := p.office("warnings", x.Code)
		return c.acts(ctx, deed{what: fmt.Sprintf("%s的风险警示案件（%s）", x.Name, act), page: at, action: at, fill: fields{"act": string(act), "text": text}})
	})
}

// audits reads the dashboard and a timeline, and makes sure that an auditor
// can change nothing.
func audits(ctx context.Context, p *play) error {
	for _, a := range p.auditors {
		for _, at := range []string{"/office", p.office(), p.office("i", p.players[0].Code)} {
			if _, err := a.get(ctx, at); err != nil {
				return err
			}
		}
		body := url.Values{"code": {"审计试投"}, "do": {"submit"}}.Encode()
		_, err := a.post(ctx, p.office("admit"), "application/x-www-form-urlencoded", []byte(body))
		if statusOf(err) != http.StatusForbidden {
			return fmt.Errorf("审计人员的提交应被拒绝（403），实际：%v", err)
		}
	}
	return nil
}
