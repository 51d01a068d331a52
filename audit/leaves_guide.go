package audit

import (
	"fmt"

	"xuanping/campaign"
)

// guideLeaf tells of the spot checks and of guidance letters.
func guideLeaf(kind string, b body) string {
	list := campaign.SpotKind(b.Register).Chinese()
	switch kind {
	case "spot-commit":
		return fmt.Sprintf("%s 封存抽查种子，每份清单抽 %d 件，承诺 %s", b.By, b.N, b.Digest)
	case "spot-reveal":
		return "公布抽查种子"
	case "spot-draw":
		return fmt.Sprintf("%s 抽取%s（登记第 %d 版），%d 件中抽 %d 件%s", b.By, list, b.Version, b.N, b.Lines, digest(b.Digest))
	case "spot-check":
		return fmt.Sprintf("%s 核查%s第 %d 行：%s%s", b.By, list, b.Row, campaign.SpotFinding(b.How).Chinese(), digest(b.Digest))
	case "guidance":
		return fmt.Sprintf("%s 起草业务指导函第 %d 号%s", b.By, b.N, digest(b.Digest))
	case "guidance-file":
		return fmt.Sprintf("%s 为业务指导函第 %d 号增加附件 %d%s", b.By, b.N, b.Number, digest(b.Digest))
	case "guidance-sent":
		return fmt.Sprintf("%s 发出业务指导函第 %d 号%s", b.By, b.N, digest(b.Digest))
	case "guidance-receipt":
		return fmt.Sprintf("签收业务指导函第 %d 号%s", b.N, digest(b.Digest))
	}
	return ""
}
