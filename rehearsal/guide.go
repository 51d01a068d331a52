package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"xuanping/campaign"
)

// What the guideline asks of the office beside the score: samples that the
// committed seed draws (第十三条, 第二十一条).

// drawsSpots draws for everybody whose evidence is closed and records what was
// found at two institutions: one line sound, one address dead.
func drawsSpots(ctx context.Context, p *play) error {
	at := p.office("spots")
	err := p.officer.acts(ctx, deed{what: "随机抽查", page: at, action: at, seen: func(shown *page) bool { return shown.mentions("待核查") }})
	if err != nil {
		return err
	}
	for kind, fill := range map[Temperament]fields{
		Excellent: {"finding": string(campaign.SpotSound)},
		Incident:  {"finding": string(campaign.SpotDead), "note": "核查时网址不能打开。（演练）"},
	} {
		i := slices.IndexFunc(p.players, func(x *player) bool { return x.kind == kind && x.nth == 0 })
		if i < 0 {
			continue
		}
		list := p.office("i", p.players[i].Code, "spots")
		shown, err := p.officer.get(ctx, list)
		if err != nil {
			return err
		}
		lines := shown.links(regexp.MustCompile("^" + regexp.QuoteMeta(list) + `/disclosure/\d+$`))
		if len(lines) == 0 {
			return errors.New("没有抽中信息公开的内容")
		}
		if err := p.officer.acts(ctx, deed{what: "记录核查结果", page: lines[0].path, action: lines[0].path, fill: fill}); err != nil {
			return err
		}
	}
	return nil
}

// looksAtSpots makes sure that the seed is public with the results, and is the
// one that was promised.
func looksAtSpots(ctx context.Context, p *play) error {
	shown, err := p.officer.get(ctx, fmt.Sprintf("/spots/%d", p.year))
	if err != nil {
		return err
	}
	seed := campaign.RehearsalSeed(p.year)
	if !shown.mentions(seed.Commitment()) || !shown.mentions(seed.String()) {
		return errors.New("公布结果后，抽查页面没有承诺或种子")
	}
	return nil
}

const (
	guidanceTitle = "关于做好世界认可日宣传工作的指导意见（演练）"
	guidanceText  = "各机构宣传工作归口管理部门：\n请结合实际组织世界认可日宣传活动，活动情况登记在“宣传活动”清单。（演练）"
)

// guides writes a letter to everybody (第十二条).
func guides(ctx context.Context, p *play) error {
	at := p.office("guidance")
	err := p.officer.acts(ctx, deed{what: "起草业务指导函", page: at + "/new", action: at + "/new", fill: fields{"title": guidanceTitle, "text": guidanceText, "numbered": "1"},
		seen: func(shown *page) bool { return shown.mentions(guidanceTitle) }})
	if err != nil {
		return err
	}
	return p.officer.acts(ctx, deed{what: "发出业务指导函", page: at + "/1/send", action: at + "/1/send", fill: fields{}})
}

// receivesGuidance is an institution's receipt of it.
func receivesGuidance(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	at := p.path("guidance/1")
	return p.acts(ctx, deed{what: "签收业务指导函", page: at, action: at, receipt: true, fill: p.signer(fields{})})
}

// urgesGuidance reminds those who have not received it.
func urgesGuidance(ctx context.Context, p *play) error {
	at := p.office("guidance", "1")
	return p.officer.acts(ctx, deed{what: "提醒签收", page: at, action: at + "/remind", seen: func(shown *page) bool { return false }})
}
