package campaign

import (
	"fmt"
	"time"
)

// Calendar holds the days of one campaign year. Deadlines run to the end of
// their day in Beijing; what follows is drawn on the next worked morning.
type Calendar struct {
	Year          int    `json:"year"`           // the year judged: calendar year (requirements §2 no. 32)
	Launch        Day    `json:"launch"`         // 启动: notices go out
	PlanDue       Day    `json:"plan_due"`       // 计划报送截止 (Art. 11)
	PlanClose     Day    `json:"plan_close"`     // late and returned plans are taken until here
	Quarters      [4]Day `json:"quarters"`       // 季度提醒
	EvidenceClose Day    `json:"evidence_close"` // 证据提交截止
	SelfScoreDue  Day    `json:"self_score_due"` // 自评截止 (Art. 29)
	ScoringDue    Day    `json:"scoring_due"`    // 评审打分截止
	ScoringClose  Day    `json:"scoring_close"`  // substitutes and third reviewers end here
	Result        Day    `json:"result"`         // 结果告知
	Final         Day    `json:"final"`          // 结果确定
	Publication   Day    `json:"publication"`    // 公布
}

// NamedDay is one line of a calendar, for pages, checks and differences.
type NamedDay struct {
	Key  string // the field's name in JSON
	Name string // Chinese
	Day  Day
}

// Days lists the calendar in the order that must hold.
func (c Calendar) Days() []NamedDay {
	return []NamedDay{
		{"launch", "启动", c.Launch},
		{"plan_due", "计划报送截止", c.PlanDue},
		{"plan_close", "补报与退回修改截止", c.PlanClose},
		{"quarter_1", "一季度提醒", c.Quarters[0]},
		{"quarter_2", "二季度提醒", c.Quarters[1]},
		{"quarter_3", "三季度提醒", c.Quarters[2]},
		{"quarter_4", "四季度提醒", c.Quarters[3]},
		{"evidence_close", "证据提交截止", c.EvidenceClose},
		{"self_score_due", "自评截止", c.SelfScoreDue},
		{"scoring_due", "评审打分截止", c.ScoringDue},
		{"scoring_close", "补评截止", c.ScoringClose},
		{"result", "结果告知", c.Result},
		{"final", "结果确定", c.Final},
		{"publication", "公布", c.Publication},
	}
}

// DefaultCalendar proposes the days of a year, moved to worked days. They are
// a setting of the regulator: the source fixes none of them.
func DefaultCalendar(year int, h Holidays) Calendar {
	on := func(y int, m, d int) Day { return h.OnOrAfter(NewDay(y, month(m), d)) }
	n := year + 1
	return Calendar{
		Year: year, Launch: on(year, 1, 6), PlanDue: on(year, 3, 12), PlanClose: on(year, 3, 26),
		Quarters:      [4]Day{on(year, 3, 31), on(year, 6, 30), on(year, 9, 30), on(year, 12, 15)},
		EvidenceClose: on(n, 1, 14), SelfScoreDue: on(n, 1, 31), ScoringDue: on(n, 2, 28),
		ScoringClose: on(n, 3, 14), Result: on(n, 3, 25), Final: on(n, 5, 10), Publication: on(n, 5, 25),
	}
}

// Check names every fault of the calendar at once: a missing day, a day out
// of order, a time for appeal that does not fit.
func (c Calendar) Check(h Holidays, s Settings) error {
	fields := map[string]string{}
	var before NamedDay
	for _, d := range c.Days() {
		if _, err := ParseDay(string(d.Day)); err != nil {
			fields[d.Key] = fmt.Sprintf("请填写“%s”的日期，格式 2026-03-15", d.Name)
			continue
		}
		if before.Day != "" && d.Day <= before.Day {
			fields[d.Key] = fmt.Sprintf("“%s”（%s）应晚于“%s”（%s）", d.Name, d.Day, before.Name, before.Day)
		}
		before = d
	}
	if len(fields) == 0 {
		if end := h.AddWorkdays(h.AddWorkdays(c.Result, s.AppealDays), s.DecisionDays); end >= c.Final {
			fields["final"] = fmt.Sprintf("“结果确定”（%s）应晚于复核申请与作出复核决定的期限（%s）", c.Final, end)
		}
		if c.Launch.Year() != c.Year {
			fields["launch"] = fmt.Sprintf("“启动”（%s）应在评价年度 %d 年之内", c.Launch, c.Year)
		}
	}
	if len(fields) > 0 {
		return &Error{Kind: Invalid, Say: "日历有误，请按提示逐项修改", Fields: fields}
	}
	return nil
}

// Moved lists what differs between two calendars: key, old day, new day.
func (c Calendar) Moved(to Calendar) []DayMove {
	var moves []DayMove
	now, then := c.Days(), to.Days()
	for i := range now {
		if now[i].Day != then[i].Day {
			moves = append(moves, DayMove{now[i].Key, now[i].Name, now[i].Day, then[i].Day})
		}
	}
	return moves
}

// DayMove is one day that a calendar change moves.
type DayMove struct {
	Key, Name string
	From, To  Day
}

// Extendable tells whether one institution's task may be moved from due to a
// later day: after today, and before the next stage's day (WF-4).
func (c Calendar) Extendable(t Task, due, to, today Day) error {
	next := c.next(t)
	switch {
	case next == "":
		return Fail(Invalid, "“%s”不能延期", t.Chinese())
	case to <= due || to <= today:
		return Fail(Invalid, "新的截止日应晚于今天和原截止日（%s）", due)
	case to >= next:
		return Fail(Invalid, "新的截止日应早于下一阶段的 %s", next)
	}
	return nil
}

// LinkExpiry lets a link live half a year beyond publication, and at least as
// long beyond its letter: results and cases of Article 32 follow later.
func (c Calendar) LinkExpiry(sent time.Time) time.Time {
	half := 183 * 24 * time.Hour
	if t := c.Publication.End().Add(half); t.After(sent.Add(half)) {
		return t
	}
	return sent.Add(half)
}

// Due is the day of a task by the calendar; "" for one that has no day of its own there.
func (c Calendar) Due(t Task) Day {
	return map[Task]Day{PlanTask: c.PlanDue, EvidenceTask: c.EvidenceClose, SelfScoreTask: c.SelfScoreDue, ScoreTask: c.ScoringDue}[t]
}

// next is the day of the next stage, before which a task of an institution must
// end; none for other tasks.
func (c Calendar) next(t Task) Day {
	return map[Task]Day{PlanTask: c.EvidenceClose, EvidenceTask: c.SelfScoreDue, SelfScoreTask: c.ScoringDue}[t]
}
