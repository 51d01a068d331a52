package rehearsal

import (
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
)

// turn is what happens to an institution beyond its temperament: its name in
// the outcome table, and the words of the office's timeline that prove it.
type turn struct{ name, words string }

// The turns of a rehearsal, in the order of a year.
var (
	turnReturned   = turn{"计划退回再报", "报送年度宣传工作计划（第 2 版）"}
	turnSurvey     = turn{"答复调研", "提交专题调研"}
	turnObserved   = turn{"地方观察", "记录地方监管观察"}
	turnClaimed    = turn{"机构申报加分", "机构申报条款 15."}
	turnRefused    = turn{"申报不予认定", "：不予认定"}
	turnMerged     = turn{"合并同一事项", "同一事项（2 项登记）"}
	turnDetermined = turn{"认定扣分事项", "：" + campaign.EventEstablish.Chinese()}
	turnSuspended  = turn{"暂停与恢复", "登记恢复"}
	turnExtended   = turn{"延期", "准予“" + campaign.EvidenceTask.Chinese() + "”延期至"}
	turnHonoured   = turn{"荣誉授予", "办理：" + campaign.HonourAward.Chinese()}
	turnDeclined   = turn{"评审专家退出", "不再承担（" + campaign.SeatDeclined.Chinese() + "）"}
	turnVoided     = turn{"迟报利益冲突", "不再承担（" + campaign.SeatConflict.Chinese() + "）"}
	turnThird      = turn{"第三评审", "第 3 评审席由"}
	turnProof      = turn{"复核新证据", "项评价复核的新证据"}
	turnAmended    = turn{"复核变更扣分", "：" + campaign.AmendUnrelate.Chinese()}
	turnRemanded   = turn{"法制审核退回", "风险警示案件：" + campaign.Remanded.Chinese()}
	turnReplied    = turn{"陈述申辩", "机构：" + campaign.ActReply.Chinese()}
)

// declines tells at which institution a reviewer asks to be released from his
// seat, voids where a reviewer finds out late that he must keep away: his sheet
// is in, and void.
func (r role) declines() bool { return r.kind == Incident && r.nth == 0 }
func (r role) voids() bool    { return r.kind == Late && r.nth == 0 }

// nominates tells who puts forward a case that is awarded in the end, asked who
// answers the survey, loses whose appeal changes nothing.
func (r role) nominates() bool { return r.kind == Excellent && r.nth == 0 }
func (r role) asked() bool     { return r.kind == Excellent || r.kind == Average }
func (r role) loses() bool     { return r.kind == Appealing && r.nth%2 == 1 }

// contests tells whose deduction is taken back by 评价复核.
func (r role) contests() bool { return r.kind == Appealing && r.nth == 0 }

// turns lists what must have happened to an institution.
func (p *play) turns(x *player) (all []turn) {
	for _, t := range []struct {
		turn
		due bool
	}{
		{turnReturned, x.kind == Late}, {turnSurvey, x.asked()}, {turnObserved, p.observed(x.role)}, {turnClaimed, x.claims()}, {turnRefused, x.isAsked()}, {turnMerged, x.merges()},
		{turnDetermined, x.kind == Incident || x.contests()}, {turnAmended, x.contests()}, {turnSuspended, x.suspended()}, {turnExtended, x.granted()}, {turnHonoured, x.nominates()}, {turnDeclined, x.declines()},
		{turnVoided, x.voids()}, {turnThird, p.reviews(x) == 3}, {turnProof, x.kind == Appealing},
		{turnReplied, x.kind == Incident}, {turnRemanded, x.kind == Incident && !x.withdrawn()},
	} {
		if t.due {
			all = append(all, t.turn)
		}
	}
	return all
}

// observed tells whether a local regulator of the institution's place takes part.
func (p *play) observed(r role) bool {
	return r.kind != Midyear && slices.ContainsFunc(p.locals, func(c *clerk) bool { return c.Province == r.Province })
}

// turned reads an institution's turns off the timeline; one that is missing is an error.
func turned(shown *page, all []turn) (names string, err error) {
	var had, lost []string
	for _, t := range all {
		if had = append(had, t.name); !shown.mentions(t.words) {
			lost = append(lost, t.name)
		}
	}
	if len(lost) > 0 {
		err = fmt.Errorf("办理记录中没有：%s", strings.Join(lost, "、"))
	}
	return strings.Join(had, "、"), err
}

// wanted are the turns and ends that a whole cast must contain: without one of
// them the rehearsal would say less than it seems to.
var wanted = []string{turnReturned.name, turnSurvey.name, turnObserved.name, turnClaimed.name, turnRefused.name, turnMerged.name, turnDetermined.name, turnSuspended.name, turnExtended.name, turnHonoured.name,
	turnDeclined.name, turnVoided.name, turnThird.name, turnProof.name, turnRemanded.name, turnReplied.name, endCertificate, endReport, endRaised, endKept, endLeft,
	endWarning + campaign.Lifted.Chinese(), endWarning + campaign.Dismissed.Chinese(), endWarning + campaign.Lesser.Chinese(), endWarning + campaign.Unrectified.Chinese()}

// wholeCast is the least number of institutions among which everything happens.
const wholeCast = 24

// missed names what did not happen to anybody.
func missed(all []Outcome) (lost []string) {
	seen := map[string]bool{}
	for _, o := range all {
		seen[o.Got] = true
		for _, t := range strings.Split(o.Turns, "、") {
			seen[t] = true
		}
	}
	for _, w := range wanted {
		if !seen[w] {
			lost = append(lost, w)
		}
	}
	return lost
}
