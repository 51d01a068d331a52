package rehearsal

import (
	"context"
	"fmt"

	"xuanping/campaign"
)

// What the office and the provinces plan for themselves, and more time that an
// institution asks for.

const (
	planUnit     = "宣传主管处室"
	planEvent    = "世界认可日主场活动（演练）"
	measureTitle = "落实认证机构宣传工作评价的若干措施（演练）"
	measureText  = "一、建立本地认证机构宣传联系人制度。\n二、每季度征集宣传选题。\n三、开展优秀案例交流。（演练）"
	moreTimeWhy  = "机构办公场所搬迁，申请延期提交材料。"
)

// keepsPlan makes the office's own plan of the year: the days of the evaluation
// and an event of its own, the first item done (四(二)1, PL-6).
func keepsPlan(ctx context.Context, p *play) error {
	at := p.office("yearplan")
	all := []deed{
		{what: "带入年度评价日程", page: at, action: at + "/calendar", seen: func(shown *page) bool { return shown.mentions("年度评价：启动") }},
		{what: "增加计划事项", page: at + "/item", action: at + "/item", fill: fields{"day": string(campaign.NewDay(p.year, 6, 9)), "title": planEvent, "lead": planUnit, "reason": "增加主题活动"}},
		{what: "更新完成情况", page: at + "/mark?no=1", action: at + "/mark", fill: fields{"mark": "done", "note": "启动通知已发出"}},
	}
	for _, d := range all {
		if err := p.officer.acts(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// laysMeasures is what each local regulator lays down for his place (五(一), PL-18).
func laysMeasures(ctx context.Context, p *play) error {
	at := fmt.Sprintf("/local/%d/measures", p.year)
	for _, c := range p.locals {
		err := c.acts(ctx, deed{what: "报送地方措施", page: at, action: at, fill: fields{"title": measureTitle, "text": measureText, "day": string(p.now.Load().(campaign.Day))},
			seen: func(shown *page) bool { return shown.mentions(measureTitle) }})
		if err != nil {
			return err
		}
	}
	return nil
}

// asksMoreTime is an institution's request (WF-4).
func asksMoreTime(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	return p.acts(ctx, deed{what: "申请延期", page: p.path("extensions"), action: p.path("extensions"), receipt: true,
		fill: p.signer(fields{"task": string(campaign.EvidenceTask), "day": string(p.days.grantedDay()), "reason": moreTimeWhy})})
}

// extends grants the request.
func extends(ctx context.Context, p *play) error {
	for _, x := range p.players {
		if !x.granted() {
			continue
		}
		at := p.office("i", x.Code, "extensions", "1")
		return p.officer.acts(ctx, deed{what: "批准延期", page: at, action: at,
			fill: fields{"decision": "grant", "day": string(p.days.grantedDay()), "reason": "情况属实，同意延期。"},
			seen: func(shown *page) bool { return shown.mentions("已批准") }})
	}
	return nil
}
