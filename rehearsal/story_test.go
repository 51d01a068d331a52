package rehearsal

import (
	"fmt"
	"testing"

	"xuanping/campaign"
)

// window is when an act may be done at all: from the first day to the last.
type window func(d days) (first, last campaign.Day)

// windows are the campaign's own limits, told apart from the story that keeps
// to them. An act that is missing here fails the test.
var windows = map[string]window{
	"阅信":     func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, "9999-12-31" },
	"报送计划":   func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.PlanDue },
	"审阅计划":   func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.PlanClose },
	"补报计划":   func(d days) (campaign.Day, campaign.Day) { return d.c.PlanDue.Add(1), d.c.PlanClose },
	"审阅补报计划": func(d days) (campaign.Day, campaign.Day) { return d.c.PlanDue.Add(1), d.c.PlanClose },
	"提交证据":   func(d days) (campaign.Day, campaign.Day) { return d.c.PlanClose.Add(1), d.c.EvidenceClose },
	"填写登记":   func(d days) (campaign.Day, campaign.Day) { return d.c.PlanClose.Add(1), d.c.EvidenceClose },
	"登记事项":   func(d days) (campaign.Day, campaign.Day) { return campaign.NewDay(d.c.Year, 5, 13), d.c.Result.Add(-1) },
	"申报加分":   func(d days) (campaign.Day, campaign.Day) { return campaign.NewDay(d.c.Year, 5, 13), d.c.SelfScoreDue },
	"查看申报":   func(d days) (campaign.Day, campaign.Day) { return served(d, "申报加分"), d.c.Result.Add(-1) },
	"查看申报结论": func(d days) (campaign.Day, campaign.Day) { return served(d, "认定事项"), "9999-12-31" },
	"列入活动目录": func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.Result.Add(-1) },
	"合并同一事项": func(d days) (campaign.Day, campaign.Day) { return served(d, "登记事项"), d.c.Result.Add(-1) },
	"告知扣分事项": func(d days) (campaign.Day, campaign.Day) { return served(d, "登记事项"), d.c.Result.Add(-1) },
	"对扣分事项陈述意见": func(d days) (campaign.Day, campaign.Day) {
		return served(d, "告知扣分事项"), d.after(served(d, "告知扣分事项"), d.s.EventReply())
	},
	"认定事项": func(d days) (campaign.Day, campaign.Day) { // after the days of those who say nothing (AN-16)
		return campaign.DayOf(d.h.After(d.after(served(d, "告知扣分事项"), d.s.EventReply()))), d.c.Result.Add(-1)
	},
	"纳入年中机构":   func(d days) (campaign.Day, campaign.Day) { return d.c.Quarters[1].Add(1), d.c.EvidenceClose.Add(-1) },
	"提交年中证据":   func(d days) (campaign.Day, campaign.Day) { return d.s.RankedUntil.Add(1), d.c.EvidenceClose },
	"审计查阅":     func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, "9999-12-31" },
	"申请延期":     func(d days) (campaign.Day, campaign.Day) { return d.c.Quarters[3], d.c.EvidenceClose },
	"制定宣传工作计划": func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, campaign.NewDay(d.c.Year, 6, 8) },
	"报送地方措施":   func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.Publication },
	"证据延期":     func(d days) (campaign.Day, campaign.Day) { return d.c.Quarters[3], d.c.EvidenceClose },
	"延期提交证据":   func(d days) (campaign.Day, campaign.Day) { return d.c.EvidenceClose.Add(1), d.grantedDay() },
	"提交自评": func(d days) (campaign.Day, campaign.Day) {
		return campaign.DayOf(d.h.After(d.c.EvidenceClose)), d.c.SelfScoreDue
	},
	"利益冲突申报": func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.SelfScoreDue },
	"设置调研":   func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.Publication.Add(-1) },
	"答复调研":   func(d days) (campaign.Day, campaign.Day) { return served(d, "设置调研"), d.c.Publication.Add(-1) },
	"地方观察":   func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.Publication },
	"提名案例":   func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, "9999-12-31" },
	"评审提名":   func(d days) (campaign.Day, campaign.Day) { return served(d, "提名案例"), "9999-12-31" },
	"公示":     func(d days) (campaign.Day, campaign.Day) { return served(d, "评审提名"), "9999-12-31" },
	"授予荣誉": func(d days) (campaign.Day, campaign.Day) {
		return d.s.HonourEnd(served(d, "公示"), d.h).Add(1), "9999-12-31"
	},
	"登记暂停":     func(d days) (campaign.Day, campaign.Day) { return d.c.Launch.Add(1), d.c.Result.Add(-1) },
	"暂停期间提交证据": func(d days) (campaign.Day, campaign.Day) { return served(d, "登记暂停"), served(d, "恢复") },
	"恢复":       func(d days) (campaign.Day, campaign.Day) { return served(d, "登记暂停"), d.c.SelfScoreDue.Add(-2) },
	"得知恢复":     func(d days) (campaign.Day, campaign.Day) { return served(d, "恢复"), "9999-12-31" },
	"登记退出":     func(d days) (campaign.Day, campaign.Day) { return d.c.Launch, d.c.Result.Add(-1) },
	"得知退出":     func(d days) (campaign.Day, campaign.Day) { return served(d, "登记退出").Add(1), d.c.Result.Add(-1) },
	"退出评审": func(d days) (campaign.Day, campaign.Day) {
		return campaign.DayOf(d.h.After(d.c.SelfScoreDue)), served(d, "评审打分").Add(-1)
	},
	"迟报利益冲突": func(d days) (campaign.Day, campaign.Day) { return served(d, "评审打分"), d.c.Result.Add(-1) },
	"评审打分": func(d days) (campaign.Day, campaign.Day) {
		return campaign.DayOf(d.h.After(d.c.SelfScoreDue)), d.c.ScoringDue
	},
	"补评":     func(d days) (campaign.Day, campaign.Day) { return d.c.ScoringDue, d.c.ScoringClose },
	"申请评价复核": func(d days) (campaign.Day, campaign.Day) { return d.c.Result, d.after(d.c.Result, d.s.AppealDays) },
	"复核决定": func(d days) (campaign.Day, campaign.Day) {
		return d.c.Result, d.after(d.c.Result, 4+d.s.DecisionDays)
	},
	"三审三校":     func(d days) (campaign.Day, campaign.Day) { return d.c.Final.Add(1), d.c.Publication },
	"公布结果":     func(d days) (campaign.Day, campaign.Day) { return d.c.Publication, d.c.Publication },
	"查看复核后的事项": func(d days) (campaign.Day, campaign.Day) { return d.c.Final, d.c.Publication },
	"核对公布":     func(d days) (campaign.Day, campaign.Day) { return d.c.Publication, d.c.Publication },
	"事先告知":     func(d days) (campaign.Day, campaign.Day) { return d.c.Publication.Add(1), "9999-12-31" },
	"陈述申辩": func(d days) (campaign.Day, campaign.Day) {
		return served(d, "事先告知"), d.after(served(d, "事先告知"), d.s.ReplyDays)
	},
	"撤回": heard, "法制审核退回": heard, "补充": heard,
	"法制审核": func(d days) (campaign.Day, campaign.Day) { return served(d, "补充"), served(d, "签批").Add(-1) },
	"改作约谈": func(d days) (campaign.Day, campaign.Day) { return served(d, "法制审核"), "9999-12-31" },
	"整改方案": func(d days) (campaign.Day, campaign.Day) {
		return served(d, "签收"), served(d, "报告整改").Add(-1)
	},
	"签批": func(d days) (campaign.Day, campaign.Day) { // after the window of those who say nothing
		return campaign.DayOf(d.h.After(d.after(served(d, "事先告知"), d.s.ReplyDays))), "9999-12-31"
	},
	"签收": func(d days) (campaign.Day, campaign.Day) {
		return served(d, "签批"), d.after(served(d, "签批"), d.s.AckDays)
	},
	"报告整改": func(d days) (campaign.Day, campaign.Day) {
		return served(d, "签收"), served(d, "签收").Add(d.s.RectifyDays)
	},
	"逾期报告整改": func(d days) (campaign.Day, campaign.Day) {
		return campaign.DayOf(d.h.After(served(d, "签收").Add(d.s.RectifyDays))), "9999-12-31"
	},
	"随机抽查":   func(d days) (campaign.Day, campaign.Day) { return d.c.EvidenceClose.Add(1), d.c.Publication.Add(-1) },
	"核对抽查种子": func(d days) (campaign.Day, campaign.Day) { return d.c.Publication, "9999-12-31" },
	"48小时报告": anyDay, "要求48小时报告": anyDay, "事前审批": anyDay, "事前审批批复": anyDay, "新闻发布会": anyDay, "发业务指导函": anyDay, "签收业务指导函": anyDay, "提醒签收": anyDay,
	"补48小时报告": func(d days) (campaign.Day, campaign.Day) { // more than 48 hours after the demand's occurrence
		return served(d, "要求48小时报告").Add(3), "9999-12-31"
	},
	"办结事件": func(d days) (campaign.Day, campaign.Day) { return served(d, "补48小时报告"), "9999-12-31" },
	"复查":   func(d days) (campaign.Day, campaign.Day) { return served(d, "签收"), "9999-12-31" },
}

// anyDay of the year is open for what happens when it happens (Art. 14, 16, 20).
func anyDay(d days) (campaign.Day, campaign.Day) {
	return d.c.Launch, campaign.NewDay(d.c.Year, 12, 31)
}

// heard is from the end of the window of those who say nothing (RW-4).
func heard(d days) (campaign.Day, campaign.Day) {
	return campaign.DayOf(d.h.After(d.after(served(d, "事先告知"), d.s.ReplyDays))), served(d, "签批").Add(-1)
}

// served is the day of the first scene with an act.
func served(d days, act string) campaign.Day {
	for _, s := range story(d) {
		for _, c := range s.cues {
			if c.act == act {
				return s.day
			}
		}
	}
	return ""
}

func TestStoryKeepsWithinTheYear(t *testing.T) {
	for year := 2026; year <= 2029; year++ {
		d := daysOf(year)
		if err := d.c.Check(d.h, d.s); err != nil {
			t.Fatal(year, err)
		}
		var before scene
		for _, s := range story(d) {
			where := fmt.Sprintf("%d %s %s", year, s.day, s.title)
			if !s.at().After(before.at()) && before.title != "" {
				t.Errorf("%s does not come after %s %s", where, before.day, before.title)
			}
			if before = s; !d.h.Workday(s.day) || s.hour < 10 || s.hour > 17 {
				t.Errorf("%s %d:00 is not in office hours of a worked day", where, s.hour)
			}
			for _, c := range s.cues {
				if in := windows[c.act]; in == nil {
					t.Errorf("%s: no window is known for %s", where, c.act)
				} else if first, last := in(d); s.day < first || s.day > last {
					t.Errorf("%s: %s is only possible from %s to %s", where, c.act, first, last)
				}
			}
		}
	}
}

// Who is silent all year must be so in the story: no cue but for letters
// before the warning.
func TestSilentDoNothingBeforeTheWarning(t *testing.T) {
	d := daysOf(2027)
	for _, s := range story(d) {
		for _, c := range s.cues {
			if c.act != "阅信" && s.day <= d.c.Publication && c.calls(role{kind: Silent}) {
				t.Errorf("%s %s calls the silent to %s", s.day, s.title, c.act)
			}
		}
	}
}

// The extension must be one that the campaign grants, and the last look must
// come after those who stay silent have lapsed.
func TestStoryEndsAfterTheLapse(t *testing.T) {
	for year := 2026; year <= 2029; year++ {
		d := daysOf(year)
		if err := d.c.Extendable(campaign.EvidenceTask, d.c.EvidenceClose, d.grantedDay(), served(d, "证据延期")); err != nil {
			t.Error(year, err)
		}
		all := story(d)
		deemed := campaign.DayOf(d.h.After(d.after(served(d, "签批"), d.s.AckDays)))
		if lapse := d.h.After(deemed.Add(d.s.RectifyDays)); !all[len(all)-1].at().After(lapse) {
			t.Errorf("%d: the story ends on %s, before the lapse at %s", year, all[len(all)-1].day, lapse)
		}
	}
}
