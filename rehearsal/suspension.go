package rehearsal

import (
	"context"
	"fmt"

	"xuanping/campaign"
)

const (
	suspendedReason = "示例决定〔演练〕2号：批准资格暂停。"
	resumedReason   = "示例决定〔演练〕3号：批准资格恢复。"
)

// suspends lets an institution's year stand still.
func suspends(ctx context.Context, p *play) error {
	return p.onSuspended(ctx, func(x *player) deed {
		at := p.office("i", x.Code, "suspend")
		return deed{what: "登记暂停", page: at, action: at, fill: fields{"reason": suspendedReason}}
	})
}

// resumes lets it go on: its day is far off, so that nothing is to be given back.
func resumes(ctx context.Context, p *play) error {
	return p.onSuspended(ctx, func(x *player) deed {
		at := p.office("i", x.Code, "resume")
		return deed{what: "恢复", page: at, action: at, fill: fields{"day": string(p.days.c.EvidenceClose), "reason": resumedReason}}
	})
}

func (p *play) onSuspended(ctx context.Context, of func(*player) deed) error {
	for _, x := range p.players {
		if x.suspended() {
			if err := p.officer.acts(ctx, of(x)); err != nil {
				return err
			}
		}
	}
	return nil
}

// worksWhileSuspended reads the letter and finds on its page that nothing
// presses: it could still hand in.
func worksWhileSuspended(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	shown, err := p.get(ctx, p.path(""))
	if err == nil && !(shown.mentions("起暂停") && shown.mentions("暂停中，不计期限") && shown.mentions(campaign.EvidenceTask.Chinese())) {
		err = fmt.Errorf("机构页面没有说明暂停")
	}
	return err
}

// isToldOfResumption reads the letter: the notice is gone from its page.
func isToldOfResumption(ctx context.Context, p *player) error {
	fresh, err := p.newLetters(ctx)
	if err != nil || len(fresh) != 1 {
		return fmt.Errorf("恢复后应收到 1 封邮件，收到 %d 封（%v）", len(fresh), err)
	}
	if _, err := p.readLetter(ctx, fresh[0]); err != nil {
		return err
	}
	shown, err := p.get(ctx, p.path(""))
	if err == nil && shown.mentions("起暂停") {
		err = fmt.Errorf("恢复以后，机构页面仍显示暂停")
	}
	return err
}
