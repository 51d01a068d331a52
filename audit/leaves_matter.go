package audit

import (
	"fmt"

	"xuanping/campaign"
)

// matterLeaf tells of incidents and of what must be cleared before it is published.
func matterLeaf(kind string, b body) string {
	switch kind {
	case "incident":
		return fmt.Sprintf("%s开立第 %d 号事件", word(b.By != "", b.By+" ", "机构"), b.N)
	case "incident-act":
		return fmt.Sprintf("第 %d 号事件：%s%s%s%s", b.N, campaign.IncidentAct(b.Act).Chinese(), word(b.Late, "，逾期", ""), word(b.By != "", "，"+b.By, ""), digest(b.Digest))
	case "clearance":
		return fmt.Sprintf("提出第 %d 号申请：%s%s", b.N, campaign.ClearanceKind(b.How).Chinese(), digest(b.Digest))
	case "clearance-act":
		return fmt.Sprintf("第 %d 号申请：%s%s%s", b.N, campaign.ClearanceAct(b.Act).Chinese(), word(b.By != "", "，"+b.By, ""), digest(b.Digest))
	case "clearance-file":
		return fmt.Sprintf("第 %d 号申请的附件%s", b.N, digest(b.Digest))
	}
	return ""
}

// bareState words a state of a case, an incident or a matter: in a history all
// of them are one word.
func bareState(s campaign.WarningState) string {
	if w := campaign.IncidentState(s).Chinese(); w != string(s) {
		return w
	}
	if w := campaign.ClearanceState(s).Chinese(); w != string(s) {
		return w
	}
	return s.Chinese()
}

// stateName is bareState with the case of Article 32 named as such.
func stateName(s campaign.WarningState) string {
	if w := bareState(s); w != s.Chinese() {
		return "“" + w + "”"
	}
	return "案件“" + s.Chinese() + "”"
}
