package web

import (
	"fmt"

	"xuanping/campaign"
)

// guides tells of the spot checks.
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
	}
	return "", false
}
