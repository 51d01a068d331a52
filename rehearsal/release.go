package rehearsal

import (
	"context"
	"fmt"

	"xuanping/campaign"
)

// reviewsRelease lays what is to be published before the reviewers and takes it
// through 三审三校: before it is whole, publication is refused (PL-4). There are
// four people in the rehearsed office, so two who reviewed proofread as well and
// say why.
func reviewsRelease(ctx context.Context, p *play) error {
	o, at := p.officer, p.office("release")
	if err := o.acts(ctx, deed{what: "公布稿送审", page: at, action: at + "/lay", fill: fields{"note": "年度结果公布稿，请审校。（演练）"}}); err != nil {
		return err
	}
	const few = "演练办公室只有四名工作人员。"
	for i, step := range []struct {
		by    *clerk
		alone string
	}{{p.legal[0], ""}, {p.approvers[0], ""}, {p.approvers[1], ""}, {o, ""}, {p.legal[0], few}, {p.approvers[0], few}} {
		fill := fields{"verdict": "pass", "reason": "名单、得分和数字与记录一致。"}
		if step.alone != "" {
			fill["alone"] = step.alone
		}
		name := campaign.ReleaseSteps()[i].Chinese()
		if err := step.by.acts(ctx, deed{what: name, page: at, action: at + "/step", fill: fill}); err != nil {
			return err
		}
	}
	shown, err := o.get(ctx, at)
	if err == nil && !shown.mentions("审校完成") {
		err = fmt.Errorf("六个步骤办完后，公布页没有显示审校完成")
	}
	return err
}
