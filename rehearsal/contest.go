package rehearsal

import (
	"context"
	"fmt"
	"regexp"

	"xuanping/campaign"
)

// unrelatedReason is why a decider takes the deduction back.
const unrelatedReason = "处罚事由是办公场所消防，与认证活动不相关（第二十三条）。"

var eventOutcome = regexp.MustCompile(`^(event-\d+)-outcome$`)

// eventFields are the events that a decider's page asks about, by the beginning of
// their fields' names.
func (p *page) eventFields() map[string]bool {
	found := map[string]bool{}
	for _, f := range p.forms() {
		for _, in := range f.inputs {
			if m := eventOutcome.FindStringSubmatch(in.name); m != nil {
				found[m[1]] = true
			}
		}
	}
	return found
}

// readsAmendment has the institution read, with its final result, that the
// deduction was taken back, and why.
func readsAmendment(ctx context.Context, p *player) error {
	for at, want := range map[string]string{"events": campaign.AmendUnrelate.After(campaign.EventEstablished.Chinese()), "result": unrelatedReason, "receipt": unrelatedReason} {
		shown, err := p.get(ctx, p.path(at))
		if err != nil {
			return err
		}
		if !shown.mentions(want) {
			return fmt.Errorf("%s 页面没有显示“%s”", at, want)
		}
	}
	return nil
}
