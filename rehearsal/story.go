package rehearsal

import (
	"context"
	"slices"
	"time"

	"xuanping/campaign"
)

// days are those from which the story takes its own.
type days struct {
	c campaign.Calendar
	s campaign.Settings
	h campaign.Holidays
}

func daysOf(year int) days {
	h := campaign.KnownHolidays()
	return days{campaign.DefaultCalendar(year, h), campaign.DefaultSettings(year), h}
}

// after is the n-th worked day after another.
func (d days) after(day campaign.Day, n int) campaign.Day { return d.h.AddWorkdays(day, n) }

// rung is the day of a reminder.
func (d days) rung(t campaign.Task, due campaign.Day, n int) campaign.Day {
	return d.h.Ladder(t, due)[n].Day
}

// grantedDay is until when the first of the late may hand in evidence.
func (d days) grantedDay() campaign.Day { return d.after(d.c.EvidenceClose, 3) }

// cue calls people to an act: institutions of some temperaments, or staff when there are none.
type cue struct {
	act   string
	kinds []Temperament
	only  func(role) bool
	each  func(context.Context, *player) error
	staff func(context.Context, *play) error
}

// calls tells whether an institution acts on the cue.
func (c cue) calls(r role) bool {
	return slices.Contains(c.kinds, r.kind) && (c.only == nil || c.only(r))
}

// scene is an hour of a worked day: its cues follow one another, and those
// called by one cue act at once.
type scene struct {
	title string
	day   campaign.Day
	hour  int
	cues  []cue
}

func (s scene) at() time.Time { return s.day.Start().Add(time.Duration(s.hour) * time.Hour) }

var (
	everyone  = []Temperament{Excellent, Average, Late, Silent, Appealing, Incident, Midyear}
	fromStart = []Temperament{Excellent, Average, Late, Silent, Appealing, Incident}
	middling  = []Temperament{Average, Appealing, Incident}
	steady    = []Temperament{Excellent, Average, Appealing, Incident}
	leavers   = []Temperament{Leaving}
)

// story is the year, day by day.
func story(d days) []scene {
	return slices.Concat(spring(d), incidents(d), autumn(d), judged(d), ladder(d))
}

// spring: from the launch to the evidence of the first quarter.
func spring(d days) []scene {
	c := d.c
	late := d.rung(campaign.PlanTask, c.PlanDue, 3) // the day of the overdue letter
	urged := d.rung(campaign.PlanTask, c.PlanDue, 0)
	return []scene{
		{"启动通知", c.Launch, 10, []cue{{act: "阅信", kinds: slices.Concat(fromStart, leavers), each: reads}}},
		{"优秀机构报送计划", d.after(c.Launch, 4), 10, []cue{{act: "报送计划", kinds: []Temperament{Excellent}, each: sendsPlan}}},
		{"设置专题调研", d.after(c.Launch, 6), 10, []cue{{act: "设置调研", staff: asks}, {act: "制定宣传工作计划", staff: keepsPlan}, {act: "报送地方措施", staff: laysMeasures}}},
		{"审阅计划", d.after(c.Launch, 8), 15, []cue{{act: "审阅计划", staff: reviewsPlans}}},
		{"首次提醒后报送计划", d.after(urged, 2), 11, []cue{{act: "报送计划", kinds: slices.Concat(middling, leavers), each: sendsPlan}}},
		{"审阅计划", d.after(urged, 5), 15, []cue{{act: "审阅计划", staff: reviewsPlans}}},
		{"逾期补报计划", late, 14, []cue{{act: "补报计划", kinds: []Temperament{Late}, each: sendsPlan}}},
		{"退回计划", d.after(late, 3), 10, []cue{{act: "审阅补报计划", staff: reviewsPlans}}},
		{"修改后再报计划", d.after(late, 5), 14, []cue{{act: "补报计划", kinds: []Temperament{Late}, each: resendsPlan}}},
		{"审阅修改的计划", d.after(late, 7), 16, []cue{{act: "审阅补报计划", staff: reviewsPlans}}},
		{"一季度证据", d.after(c.Quarters[0], 1), 10, []cue{
			{act: "阅信", kinds: []Temperament{Late, Silent}, each: reads},
			{act: "提交证据", kinds: slices.Concat(steady, leavers), each: sendsEvidence(0, 4)},
			{act: "填写登记", kinds: steady, each: fillsRegisters},
			{act: "答复调研", kinds: []Temperament{Excellent, Average}, only: role.asked, each: answersSurvey},
		}},
	}
}

// autumn: evidence of the other quarters, events, a suspension, the entrants of July, and the
// extension for one who asked.
func autumn(d days) []scene {
	c := d.c
	july := d.h.OnOrAfter(campaign.NewDay(c.Year, 7, 15))
	return []scene{
		{"二季度证据与事项登记", d.after(c.Quarters[1], 2), 10, []cue{
			{act: "提交证据", kinds: slices.Concat(steady, leavers), each: sendsEvidence(1, 4)},
			{act: "地方观察", staff: observes},
			{act: "列入活动目录", staff: listsActivity},
			{act: "申报加分", kinds: []Temperament{Excellent, Average}, only: role.claims, each: claimsBonus},
			{act: "查看申报", staff: looksAtClaims},
			{act: "登记事项", staff: registersEvents},
			{act: "合并同一事项", staff: mergesMatters},
			{act: "告知扣分事项", staff: inquires},
		}},
		{"登记暂停", d.after(c.Quarters[1], 3), 15, []cue{{act: "登记暂停", staff: suspends}}},
		{"对扣分事项陈述意见", d.after(c.Quarters[1], 4), 10, []cue{
			{act: "对扣分事项陈述意见", kinds: []Temperament{Incident}, only: func(r role) bool { return r.nth%2 == 0 }, each: repliesToNotice},
		}},
		{"暂停期间", d.after(c.Quarters[1], 5), 15, []cue{{act: "暂停期间提交证据", kinds: []Temperament{Late}, only: role.suspended, each: worksWhileSuspended}}},
		{"恢复", d.after(c.Quarters[1], 7), 15, []cue{{act: "恢复", staff: resumes}}},
		{"恢复之后", d.after(c.Quarters[1], 8), 10, []cue{{act: "得知恢复", kinds: []Temperament{Late}, only: role.suspended, each: isToldOfResumption}}},
		{"认定事项、纳入新增机构", july, 10, []cue{
			{act: "认定事项", staff: confirmsEvents},
			{act: "查看申报结论", kinds: []Temperament{Excellent, Average}, only: role.claims, each: readsRulings},
			{act: "纳入年中机构", staff: admitsLatecomers},
		}},
		{"年中机构首批证据", d.after(july, 2), 11, []cue{{act: "提交年中证据", kinds: []Temperament{Midyear}, each: sendsEvidence(0, 3)}}},
		{"三季度证据", d.after(c.Quarters[2], 1), 10, []cue{
			{act: "提交证据", kinds: steady, each: sendsEvidence(2, 4)},
			{act: "提交年中证据", kinds: []Temperament{Midyear}, each: sendsEvidence(1, 3)},
			{act: "提名案例", kinds: []Temperament{Excellent}, only: role.nominates, each: nominatesCase},
		}},
		{"评审提名、登记退出", d.after(c.Quarters[2], 3), 10, []cue{
			{act: "评审提名", staff: honours(firstApproverOf, campaign.HonourPass)},
			{act: "公示", staff: honours(officerOf, campaign.HonourShow)},
			{act: "阅信", kinds: leavers, each: reads},
			{act: "登记退出", staff: departs},
		}},
		{"退出之后", d.after(c.Quarters[2], 4), 10, []cue{{act: "得知退出", kinds: leavers, each: isToldOfDeparture}}},
		{"公示期满后授予荣誉", d.after(c.Quarters[2], 3+d.s.HonourPeriod()+2), 10, []cue{{act: "授予荣誉", staff: honours(secondApproverOf, campaign.HonourAward)}}},
		{"四季度证据与审计查阅", d.after(c.Quarters[3], 1), 10, []cue{
			{act: "提交证据", kinds: steady, each: sendsEvidence(3, 4)},
			{act: "提交年中证据", kinds: []Temperament{Midyear}, each: sendsEvidence(2, 3)},
			{act: "审计查阅", staff: audits},
		}},
		{"证据延期", d.h.OnOrBefore(c.EvidenceClose.Add(-6)), 15, []cue{
			{act: "申请延期", kinds: []Temperament{Late}, only: role.granted, each: asksMoreTime},
			{act: "证据延期", staff: extends},
		}},
		{"截止日提交证据", c.EvidenceClose, 16, []cue{{act: "提交证据", kinds: []Temperament{Late}, only: func(r role) bool { return !r.granted() }, each: sendsEvidence(0, 1)}}},
	}
}

// judged: self-scores, sheets, the result, 评价复核 and publication.
func judged(d days) []scene {
	c := d.c
	return []scene{
		{"自评与延期证据", d.after(c.EvidenceClose, 2), 10, []cue{
			{act: "延期提交证据", kinds: []Temperament{Late}, only: role.granted, each: sendsEvidence(0, 1)},
			{act: "提交自评", kinds: []Temperament{Excellent, Midyear}, each: sendsSelfScore},
		}},
		{"提交自评", d.after(c.EvidenceClose, 5), 14, []cue{
			{act: "提交自评", kinds: middling, each: sendsSelfScore},
			{act: "利益冲突申报", staff: declares},
		}},
		{"末日自评", c.SelfScoreDue, 16, []cue{{act: "提交自评", kinds: []Temperament{Late}, each: sendsSelfScore}}},
		{"评审专家申请退出", d.after(c.SelfScoreDue, 2), 10, []cue{{act: "退出评审", staff: withdraws}, {act: "随机抽查", staff: drawsSpots}}},
		{"评审打分", d.after(c.SelfScoreDue, 4), 10, []cue{{act: "评审打分", staff: scoresMost}}},
		{"迟报的利益冲突", d.after(c.SelfScoreDue, 5), 10, []cue{{act: "迟报利益冲突", staff: regrets}}},
		{"提醒后打分与第三评审", c.ScoringDue, 10, []cue{{act: "评审打分", staff: scores}}},
		{"第三评审补评", d.after(c.ScoringDue, 3), 10, []cue{{act: "补评", staff: scores}}},
		{"结果告知", d.after(c.Result, 1), 10, []cue{{act: "阅信", kinds: everyone, each: reads}}},
		{"申请评价复核", d.after(c.Result, 4), 11, []cue{{act: "申请评价复核", kinds: []Temperament{Appealing}, each: appeals}}},
		{"评价复核决定", d.after(c.Result, 9), 15, []cue{{act: "复核决定", staff: decides}}},
		{"公布稿的三审三校", d.h.OnOrBefore(c.Publication.Add(-3)), 10, []cue{{act: "三审三校", staff: reviewsRelease}}},
		{"公布结果", c.Publication, 10, []cue{{act: "查看复核后的事项", kinds: []Temperament{Appealing}, only: role.contests, each: readsAmendment}, {act: "公布结果", staff: publishes}}},
		{"核对公布的结果", c.Publication, 15, []cue{{act: "核对公布", staff: looksAtResults}, {act: "核对抽查种子", staff: looksAtSpots}}},
	}
}

// ladder: the cases of Article 32 from prior notice to their ends.
func ladder(d days) []scene {
	notice := d.after(d.c.Publication, 2)
	check := d.after(notice, d.s.ReplyDays+2)
	sign := d.after(notice, d.s.ReplyDays+4)
	ack := d.after(sign, 2)
	report := d.after(ack, 8)
	again := d.after(report, 6)
	lapsed := d.h.OnOrAfter(ack.Add(d.s.RectifyDays)) // of those who acknowledged
	waking := d.after(lapsed, 3)
	deemed := d.after(sign, d.s.AckDays+1)
	warned := []Temperament{Incident, Silent}
	return []scene{
		{"证书、报告与事先告知", notice, 10, []cue{
			{act: "阅信", kinds: everyone, each: reads},
			{act: "事先告知", staff: onCases(campaign.ActNotice, func(role) bool { return true })},
		}},
		{"陈述申辩", d.after(notice, 2), 14, []cue{
			{act: "阅信", kinds: []Temperament{Silent}, each: reads},
			{act: "陈述申辩", kinds: []Temperament{Incident}, each: answers(campaign.ActReply)},
		}},
		{"撤回与法制审核", check, 10, []cue{
			{act: "撤回", staff: onCases(campaign.ActWithdraw, role.withdrawn)},
			{act: "法制审核退回", staff: checks(campaign.ActRemand, func(r role) bool { return r.kind == Incident && !r.withdrawn() })},
		}},
		{"补充后再审", d.after(check, 1), 10, []cue{
			{act: "补充", staff: onCases(campaign.ActSupplement, func(r role) bool { return r.kind == Incident && !r.withdrawn() })},
			{act: "法制审核", staff: checks(campaign.ActPass, func(r role) bool { return !r.withdrawn() })},
		}},
		{"两人签批或改作约谈", sign, 10, []cue{
			{act: "签批", staff: signs(0)},
			{act: "签批", staff: signs(1)},
			{act: "改作约谈", staff: talks},
		}},
		{"签收", ack, 11, []cue{
			{act: "阅信", kinds: warned, each: reads},
			{act: "签收", kinds: warned, only: func(r role) bool { return r.rectifies() || r.wakes() }, each: answers(campaign.ActAck)},
		}},
		{"报送整改方案", d.after(ack, 2), 10, []cue{{act: "整改方案", kinds: []Temperament{Incident}, only: role.rectifies, each: answers(campaign.ActPlan)}}},
		{"报告整改", report, 10, []cue{{act: "报告整改", kinds: []Temperament{Incident}, only: role.rectifies, each: answers(campaign.ActRectify)}}},
		{"退回整改", d.after(report, 3), 15, []cue{{act: "复查", staff: onCases(campaign.ActReturn, role.rectifies)}}},
		{"再次报告整改", again, 10, []cue{{act: "报告整改", kinds: []Temperament{Incident}, only: role.rectifies, each: answers(campaign.ActRectify)}}},
		{"解除警示、逾期后整改", waking, 10, []cue{
			{act: "复查", staff: onCases(campaign.ActLift, role.rectifies)},
			{act: "逾期报告整改", kinds: []Temperament{Silent}, only: role.wakes, each: answers(campaign.ActRectify)},
		}},
		{"复查迟到的整改", d.after(waking, 3), 15, []cue{{act: "复查", staff: onCases(campaign.ActLift, role.wakes)}}},
		{"逾期未整改", d.after(deemed.Add(d.s.RectifyDays), 6), 10, []cue{{act: "阅信", kinds: everyone, each: reads}}},
	}
}
