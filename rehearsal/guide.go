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
