package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
)

// What people of a year do besides the evaluation itself: interpretations,
// the survey, observations by local regulators, honours, a departure.

const (
	playedReading   = "R-05" // decided as the default reads it: it moves no figure
	playedWords     = "第3点所称“同一事项按最高分只计1次”适用于第3点的媒体报道。（演练）"
	surveyQuestion  = "本机构宣传工作最主要的困难是什么？"
	surveyAnswer    = "专业人员不足"
	honourTitle     = "绿色认证进社区宣传案例（演练）"
	observedWords   = "走访中查看了现场宣传栏，内容更新及时。（演练）"
	leavingReason   = "示例函〔演练〕1号：机构申请退出。"
	declineReason   = "出差期间不能按期完成。"
	lateConflictWhy = "打分后发现近亲属任该机构管理人员。"
)

// interprets puts an interpretation in force before the launch freezes the
// readings of the year (GL-35): one person makes it, another approves it.
func (p *play) interprets(ctx context.Context) error {
	row, ok := rubric.ReadingByID(playedReading)
	if !ok {
		return fmt.Errorf("口径台账中没有 %s", playedReading)
	}
	err := p.officer.acts(ctx, deed{what: "制定解释", page: "/office/interpret?id=" + playedReading, action: "/office/interpret",
		fill: fields{"option": row.DefaultKey, "clause": "附件2 第15项第3点", "body": playedWords, "from_year": fmt.Sprint(p.year)}})
	if err != nil {
		return err
	}
	a := p.approvers[0]
	shown, err := a.get(ctx, "/office/reading?id="+playedReading)
	if err != nil {
		return err
	}
	waiting := shown.links(regexp.MustCompile(`^/office/interpretation$`))
	if len(waiting) == 0 {
		return errors.New("口径台账中没有待批准的解释")
	}
	return a.acts(ctx, deed{what: "批准解释生效", page: waiting[0].path + "?" + waiting[0].query, action: "/office/interpretation"})
}

const (
	defaultsAt  = "/office/interpret/defaults"
	approvalsAt = "/office/interpretations"
)

// adoptsDefaults has the officer interpret as the text stands what nobody decided
// yet, and an approver put it in force: without, no year is launched (GL-35).
func (p *play) adoptsDefaults(ctx context.Context) error {
	at := fmt.Sprintf("%s?year=%d", defaultsAt, p.year)
	shown, err := p.officer.get(ctx, at)
	if err != nil {
		return err
	}
	if _, lacking := shown.find(defaultsAt, nil); lacking { // else an earlier year in this house, or a rehearsal that broke off, saw to it
		if err := p.officer.acts(ctx, deed{what: "一并制定解释", page: at, action: defaultsAt}); err != nil {
			return err
		}
	}
	a := p.approvers[0]
	if shown, err = a.get(ctx, approvalsAt); err != nil {
		return err
	}
	f, waiting := shown.find(approvalsAt, nil)
	if !waiting {
		return nil // approved already: the launch says so when one is lacking
	}
	ticks := fields{}
	for _, in := range f.inputs {
		if in.kind == "checkbox" {
			ticks[in.name] = in.value
		}
	}
	return a.acts(ctx, deed{what: "一并批准解释", page: approvalsAt, action: approvalsAt, fill: ticks})
}

// checkInterpretation makes sure that everybody can read by which interpretation
// the year counts, and that no reading stands on a default that nobody decided.
func (p *play) checkInterpretation(ctx context.Context) {
	shown, err := p.officer.get(ctx, "/rules")
	if err != nil {
		p.fail("读取评价指标页：%v", err)
	} else if !shown.mentions(strings.TrimSuffix(playedWords, "（演练）")) {
		p.fail("评价指标页没有显示启动前生效的解释")
	} else if shown.mentions(rubric.ByDefault) {
		p.fail("评价指标页有口径未经解释确认")
	}
}

// asks sets the unscored questions of the year (PL-9).
func asks(ctx context.Context, p *play) error {
	at := p.office("survey", "questions")
	return p.officer.acts(ctx, deed{what: "设置调研问题", page: at, action: at,
		fill: fields{"text-1": surveyQuestion, "kind-1": campaign.AskOne, "options-1": surveyAnswer + "\n经费不足\n其他"}})
}

// answersSurvey is an institution's answer to them.
func answersSurvey(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	return p.acts(ctx, deed{what: "答复调研", page: p.path("survey"), action: p.path("survey"), receipt: true, fill: p.signer(fields{"a-1": surveyAnswer})})
}

// observes has every local regulator note something about each institution of
// his place, and look in vain for one of another (PL-11).
func observes(ctx context.Context, p *play) error {
	for _, c := range p.locals {
		for _, x := range p.players {
			at := fmt.Sprintf("/local/%d/i/%s", p.year, x.Code)
			switch {
			case x.kind == Midyear:
			case x.Province == c.Province:
				err := c.acts(ctx, deed{what: "记录观察", page: at, action: at, fill: fields{"text": observedWords},
					seen: func(shown *page) bool { return shown.mentions(observedWords) }})
				if err != nil {
					return err
				}
			default:
				if _, err := c.get(ctx, at); statusOf(err) != http.StatusNotFound {
					return fmt.Errorf("%s的监管人员可以打开%s的机构 %s（%v）", c.Province, x.Province, x.Code, err)
				}
			}
		}
	}
	return nil
}

// nominatesCase is an institution's nomination of a case of its own (PL-20).
func nominatesCase(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	return p.acts(ctx, deed{what: "提名案例", page: p.path("honours"), action: p.path("honours"), receipt: true, fill: p.signer(fields{
		"kind": string(campaign.CaseHonour), "holder": p.Name, "title": honourTitle, "text": "组织认证人员进社区讲解绿色产品认证标识，覆盖居民三千人次。"})})
}

// honours is an act of the office in every nomination that waits for it.
func honours(who func(*play) *clerk, act campaign.HonourAct) func(context.Context, *play) error {
	return func(ctx context.Context, p *play) error {
		c := who(p)
		shown, err := c.get(ctx, p.office("honours"))
		if err != nil {
			return err
		}
		all := shown.links(regexp.MustCompile("^" + regexp.QuoteMeta(p.office("honours")) + `/\d+$`))
		if len(all) == 0 {
			return errors.New("荣誉页面没有提名")
		}
		for _, a := range all {
			fill := fields{"act": string(act), "reason": "材料真实，成效明显。"}
			if act == campaign.HonourShow {
				fill["starts"] = string(p.now.Load().(campaign.Day))
			}
			if err := c.acts(ctx, deed{what: "荣誉" + act.Chinese(), page: a.path + "/act", action: a.path + "/act", fill: fill}); err != nil {
				return err
			}
		}
		return nil
	}
}

func officerOf(p *play) *clerk        { return p.officer }
func firstApproverOf(p *play) *clerk  { return p.approvers[0] }
func secondApproverOf(p *play) *clerk { return p.approvers[1] }

// checkHonours makes sure that what was awarded is public, with its holder.
func (p *play) checkHonours(ctx context.Context) {
	shown, err := p.officer.get(ctx, fmt.Sprintf("/honours/%d", p.year))
	if err != nil {
		p.fail("读取荣誉页面：%v", err)
		return
	}
	for _, x := range p.players {
		if x.nominates() && !(shown.mentions(honourTitle) && shown.mentions(x.Name)) {
			p.fail("荣誉页面没有%s的%s", x.Name, honourTitle)
		}
	}
}

// departs registers that institutions leave the year (WF-4).
func departs(ctx context.Context, p *play) error {
	var errs []error
	for _, x := range p.players {
		if x.kind != Leaving {
			continue
		}
		errs = append(errs, p.officer.acts(ctx, deed{what: x.Name + "退出", page: p.office("i", x.Code, "leave"), action: p.office("i", x.Code, "leave"),
			fill: fields{"how": "withdrawn", "reason": leavingReason}}))
	}
	return errors.Join(errs...)
}

// isToldOfDeparture reads the letter about it: it offers no link, and those of
// before are dead, so that nobody acts for who has left.
func isToldOfDeparture(ctx context.Context, p *player) error {
	fresh, err := p.newLetters(ctx)
	if err != nil {
		return err
	}
	if len(fresh) != 1 {
		return fmt.Errorf("退出后应收到 1 封邮件，收到 %d 封", len(fresh))
	}
	if link, err := p.readLetter(ctx, fresh[0]); err != nil || link != "" {
		return fmt.Errorf("退出的通知不应带有链接：%s（%v）", link, err)
	}
	if _, err := p.get(ctx, p.links[len(p.links)-1]); statusOf(err) != http.StatusGone {
		return fmt.Errorf("退出后原有链接应当停用（410），实际：%v", err)
	}
	return nil
}

// holder finds the reviewer of an institution who comes first in the order of
// reviewers: the order in which sheets arrive is nobody's to rely on.
func (p *play) holder(ctx context.Context, code string) (*clerk, error) {
	for _, c := range p.reviewers {
		codes, err := c.queue(ctx, "")
		if err != nil {
			return nil, err
		}
		if slices.Contains(codes, code) {
			return c, nil
		}
	}
	return nil, fmt.Errorf("没有评审专家承担 %s", code)
}

// withdraws has one reviewer ask to be released before he has scored (RV-1).
func withdraws(ctx context.Context, p *play) error {
	for _, x := range p.players {
		if !x.declines() {
			continue
		}
		c, err := p.holder(ctx, x.Code)
		if err != nil {
			return err
		}
		at := fmt.Sprintf("/review/%d/%s/decline", p.year, x.Code)
		if err := c.acts(ctx, deed{what: "退出评审", page: at, action: at, fill: fields{"reason": declineReason}}); err != nil {
			return err
		}
	}
	return nil
}

// regrets has a reviewer declare a conflict after he handed in his sheet: it is
// void, and another takes over (RV-1).
func regrets(ctx context.Context, p *play) error {
	at := fmt.Sprintf("/review/%d/conflicts", p.year)
	for _, x := range p.players {
		if !x.voids() {
			continue
		}
		p.mu.Lock()
		places := slices.Sorted(slices.Values(p.sheets[x.Code]))
		p.mu.Unlock()
		if len(places) == 0 {
			return fmt.Errorf("%s还没有打分表", x.Name)
		}
		place := places[len(places)-1]
		c := p.reviewers[place]
		err := c.acts(ctx, deed{what: "申报利益冲突", page: at, action: at, fill: fields{"code": x.Code, "kind": string(campaign.ConflictFamily), "text": lateConflictWhy},
			seen: func(shown *page) bool { return !strings.Contains(shown.words(), x.Code) }})
		if err != nil {
			return err
		}
		p.voided(x.Code, place)
		if err := c.unaware(ctx, x.Code); err != nil {
			return err
		}
	}
	return nil
}

// voided takes a reviewer's sheet out of what counts.
func (p *play) voided(code string, reviewer int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sheets[code] = slices.DeleteFunc(p.sheets[code], func(place int) bool { return place == reviewer })
}

// provesAppeal adds new evidence to the row that was marked low (AP-1).
func (p *player) provesAppeal(ctx context.Context) error {
	file := exhibit(p.Code, lowRow)
	file.name = "复核证据-" + file.name
	return p.acts(ctx, deed{what: "上传复核新证据", page: p.path("appeal/evidence"), action: p.path("appeal/evidence"), file: &file, receipt: true,
		fill: p.signer(fields{"row": fmt.Sprint(lowRow), "note": "下半年报送稿件清单", "declared": "1"}),
		seen: func(shown *page) bool { return shown.mentions(file.name) }})
}
