package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// bookChecks are invariants of the score book that take the house's own rules.
var bookChecks = []invariant{
	{store.Invariant{ID: "F-69", Says: "年度日程合法：次序、复核期限、节假日表齐全", Rule: "GL-2、WF-3", Grave: true}, lawfulRules},
	{store.Invariant{ID: "F-70", Says: "各机构的阶段按账本的次序依次推进，现在的阶段就是最后一次进入的", Rule: "WF-1", Grave: true}, stagesFollow},
	{store.Invariant{ID: "F-71", Says: "风险警示案件的状态由其各项办理推出", Rule: "第三十二条、RW-2", Grave: true}, casesFollow},
	{store.Invariant{ID: "F-72", Says: "扣分事项的办理依次推进", Rule: "附件2 第16项、AN-16", Grave: true}, eventsFollow},
	{store.Invariant{ID: "F-73", Says: "陈述申辩期不少于规定的工作日", Rule: "第三十二条、RW-4", Grave: true}, repliesHadTime},
	{store.Invariant{ID: "F-74", Says: "风险警示在复核期满后公开", Rule: "RW-7", Grave: true}, publicInTime},
	{store.Invariant{ID: "F-75", Says: "荣誉提名依次办理，公示不少于规定的工作日", Rule: "行动方案五(四)、PL-20", Grave: true}, honoursFollow},
	{store.Invariant{ID: "F-76", Says: "复核申请在告知的期限内提出，期限不少于规定的工作日", Rule: "AP-2", Grave: true}, appealsInTime},
	{store.Invariant{ID: "F-77", Says: "打分不低于零、不超过该项满分", Rule: "附件2", Grave: true}, marksFit},
	{store.Invariant{ID: "F-78", Says: "每一版结果都能由记录的事实重算得出", Rule: "R5、R8", Grave: true}, resultsRecount},
	{store.Invariant{ID: "F-145", Says: "告知、决定没有送达，或者重新送达后的期限未满，不认定扣分事项，不审核、签批风险警示，不视为签收，也不认定逾期未整改", Rule: "第三十二条、附件2 第16项、AP-2、RW-4 至 RW-6、AN-16", Grave: true}, noticesServed},
	{store.Invariant{ID: "F-146", Says: "启动的年度，影响得分的每项口径都按启动前生效的解释冻结", Rule: "第三十五条、GL-35", Grave: true}, readingsBound},
	{store.Invariant{ID: "F-121", Says: "抽查抽中的正是封存的种子所决定的", Rule: "第十三条、第二十一条、requirements §3 no. 5", Grave: true}, drawsFollow},
}

func lawfulRules(_ context.Context, in *inspection) error {
	for _, c := range in.years {
		r := c.Rules
		if err := r.Calendar.Check(r.Holidays, r.Settings); err != nil {
			in.say(fmt.Sprint(c.Year), "%v", err)
		}
		if err := r.Holidays.Covers(c.Year, c.Rehearsal); err != nil {
			in.say(fmt.Sprint(c.Year), "%v", err)
		}
	}
	return nil
}

// leafBody is what the checks read of a leaf.
type leafBody struct {
	Body struct {
		Stage campaign.Stage `json:"stage"`
	} `json:"body"`
}

func stagesFollow(ctx context.Context, in *inspection) error {
	return in.entries(ctx, func(_ store.Campaign, e store.Entry) error {
		leaves, err := in.Book.Leaves(ctx, e.Ref())
		if err != nil {
			return err
		}
		now := campaign.Invited
		for _, l := range leaves {
			var r leafBody
			switch l.Kind {
			case "stage":
				if json.Unmarshal([]byte(l.Record), &r) != nil {
					continue // the ledger's own check reports it
				}
			case "left":
				r.Body.Stage = campaign.Left
			default:
				continue
			}
			next, err := now.Follow(r.Body.Stage)
			if err != nil {
				in.say(place(e.Ref()), "账本第 %d 条：%v", l.Idx, err)
			}
			now = next
		}
		if now != e.Stage {
			in.say(place(e.Ref()), "账本到“%s”，登记为“%s”", now.Chinese(), e.Stage.Chinese())
		}
		return nil
	})
}

// cases does something for every case of Article 32, with its acts.
func (in *inspection) cases(ctx context.Context, do func(store.Campaign, store.Warning, []store.WarningAct)) error {
	for _, c := range in.years {
		all, err := in.Book.Warnings(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, w := range all {
			acts, err := in.Book.WarningActs(ctx, w.Ref())
			if err != nil {
				return err
			}
			do(c, w, acts)
		}
	}
	return nil
}

// casesFollow lets the state stand one act behind: the workflow writes it after
// the act was recorded.
func casesFollow(ctx context.Context, in *inspection) error {
	return in.cases(ctx, func(_ store.Campaign, w store.Warning, acts []store.WarningAct) {
		var past []campaign.WarningBy
		for _, a := range acts {
			past = append(past, campaign.WarningBy{Act: a.Act, Role: a.Role, By: a.By})
		}
		now := w.Ladder.Replay(past)
		if w.State != now && (len(past) == 0 || w.State != w.Ladder.Replay(past[:len(past)-1])) {
			in.say(place(w.Ref()), "登记为“%s”，办理推出“%s”", w.State.Chinese(), now.Chinese())
		}
	})
}

func repliesHadTime(ctx context.Context, in *inspection) error {
	return in.cases(ctx, func(c store.Campaign, w store.Warning, acts []store.WarningAct) {
		var told campaign.Day
		for _, a := range acts {
			switch a.Act {
			case campaign.ActNotice:
				told = campaign.DayOf(a.At)
			case campaign.ActWindow:
				if end := c.Rules.Holidays.AddWorkdays(told, c.Rules.Settings.ReplyDays); told == "" || campaign.DayOf(a.At) <= end {
					in.say(place(w.Ref()), "陈述申辩期于 %s 届满，应到 %s 之后", campaign.DayOf(a.At), end)
				}
			}
		}
	})
}

func publicInTime(ctx context.Context, in *inspection) error {
	return in.cases(ctx, func(c store.Campaign, w store.Warning, acts []store.WarningAct) {
		for _, a := range acts {
			if a.Act != campaign.ActPublish {
				continue
			}
			if err := campaign.MayPublish(w.ServedDay(), c.Rules.Settings.ReviewDays, campaign.DayOf(a.At)); err != nil {
				in.say(place(w.Ref()), "于 %s 公开：%v", campaign.DayOf(a.At), err)
			}
		}
	})
}

func eventsFollow(ctx context.Context, in *inspection) error {
	way := campaign.EventMoves()
	for _, c := range in.years {
		moves, err := in.Book.EventMoves(ctx, campaign.Ref{Year: c.Year})
		if err != nil {
			return err
		}
		stand := map[int64]campaign.EventState{}
		for _, m := range moves {
			from, begun := stand[m.Event]
			if !begun {
				from = campaign.EventLead
			}
			if !slices.Contains(way, [3]string{string(from), string(m.Act), string(m.State)}) {
				in.say(fmt.Sprintf("%d 事项 %d", c.Year, m.Event), "第 %d 步：“%s”之后不能“%s”到“%s”", m.N, from.Chinese(), m.Act.Chinese(), m.State.Chinese())
			}
			stand[m.Event] = m.State
		}
	}
	return nil
}

func honoursFollow(ctx context.Context, in *inspection) error {
	way := campaign.HonourMoves()
	for _, c := range in.years {
		all, err := in.Book.Honours(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, h := range all {
			now := campaign.Nominated
			for _, m := range h.Moves {
				i := slices.IndexFunc(way, func(w [3]string) bool { return w[0] == string(now) && w[1] == string(m.Act) })
				if i < 0 {
					in.say(fmt.Sprintf("%d 提名 %d", c.Year, h.N), "“%s”之后不能“%s”", now.Chinese(), m.Act.Chinese())
					break
				}
				now = campaign.HonourState(way[i][2])
				if end := c.Rules.Settings.HonourEnd(m.StartDay(), c.Rules.Holidays); m.Act == campaign.HonourShow && m.EndDay() < end {
					in.say(fmt.Sprintf("%d 提名 %d", c.Year, h.N), "公示到 %s，应不早于 %s", m.EndDay(), end)
				}
			}
		}
	}
	return nil
}

// appealsInTime holds an appeal against the longer of the day that the notice
// names and the days from its service.
func appealsInTime(ctx context.Context, in *inspection) error {
	return in.entries(ctx, func(c store.Campaign, e store.Entry) error {
		appeals, err := in.Book.Appeals(ctx, e.Ref())
		if err != nil {
			return err
		}
		m, err := in.Book.MailByKey(ctx, e.Ref().ID()+"/result/1")
		if campaign.KindOf(err) == campaign.NotFound {
			return nil // no result was told, and F-12 asks for one
		}
		if err != nil {
			return err
		}
		days := func(from campaign.Day) campaign.Day {
			return c.Rules.Holidays.AddWorkdays(from, c.Rules.Settings.AppealDays)
		}
		if asked := days(campaign.DayOf(m.Body.Date)); m.Body.Until < asked {
			in.say(place(e.Ref()), "告知的复核期限到 %s，应不早于 %s", m.Body.Until, asked)
		}
		last := m.Body.Until
		if m.DoneAt != nil && !c.Rehearsal {
			last = max(last, days(campaign.DayOf(*m.DoneAt)))
		}
		for _, a := range appeals {
			if day := campaign.DayOf(a.At); day > last {
				in.say(place(e.Ref()), "第 %d 项的复核申请于 %s 提出，期限到 %s", a.Row, day, last)
			}
		}
		return nil
	})
}

func marksFit(ctx context.Context, in *inspection) error {
	return in.entries(ctx, func(_ store.Campaign, e store.Entry) error {
		sheets, err := in.Book.SheetsEver(ctx, e.Ref())
		for _, s := range sheets {
			for _, m := range s.Marks {
				if row, ok := in.Table.Row(m.Row); !ok || row.Kind() != rubric.Base || m.Points < 0 || m.Points > row.Max {
					in.say(place(e.Ref()), "%s 给第 %d 项打 %s 分", s.Reviewer, m.Row, m.Points)
				}
			}
		}
		return err
	})
}

func resultsRecount(ctx context.Context, in *inspection) error {
	for _, c := range in.years {
		r, err := Recount(ctx, in.Book, in.Table, c.Year)
		if err != nil {
			return err
		}
		for _, d := range r.Differences {
			in.say(fmt.Sprintf("%d/%s", c.Year, d.Code), "第 %d 版 %s：存档 %s，复算 %s", d.Version, d.Field, d.Stored, d.Recounted)
		}
	}
	return nil
}
