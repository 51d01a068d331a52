package web

import (
	"fmt"

	"xuanping/campaign"
)

// guides tells of the spot checks and of guidance letters.
func (t teller) guides(kind string, r record) (string, bool) {
	b := r.Body
	list := campaign.SpotKind(b.Register).Chinese()
	switch kind {
	case "spot-commit":
		return fmt.Sprintf("%s封存抽查种子，每份清单抽 %d 件，承诺 %s", t.by(b.By), b.N, b.Digest), true
	case "spot-reveal":
		return "公布抽查种子", true
	case "spot-draw":
		return fmt.Sprintf("%s抽取%s：%d 件中抽 %d 件", t.by(b.By), list, b.N, b.Lines), true
	case "spot-check":
		return fmt.Sprintf("%s核查%s第 %d 行：%s", t.by(b.By), list, b.Row, campaign.SpotFinding(b.How).Chinese()), true
	case "guidance":
		return fmt.Sprintf("%s起草业务指导函（第 %d 号）", t.by(b.By), b.N), true
	case "guidance-file":
		return fmt.Sprintf("%s为业务指导函（第 %d 号）增加附件", t.by(b.By), b.N), true
	case "guidance-sent":
		return fmt.Sprintf("%s发出业务指导函（第 %d 号）", t.by(b.By), b.N), true
	case "guidance-receipt":
		return fmt.Sprintf("签收业务指导函（第 %d 号）", b.N), true
	}
	return "", false
}
