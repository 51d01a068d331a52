package campaign

import "slices"

// Task is a piece of work that a person is asked to do by a day.
type Task string

// The tasks of a year. The first group is the institution's, the second the
// reviewers', the third belongs to the ladder of Article 32.
const (
	PlanTask      Task = "plan"       // 年度宣传工作计划 (Art. 11)
	EvidenceTask  Task = "evidence"   // 证据材料
	SelfScoreTask Task = "self-score" // 自评 (Art. 29)
	AppealTask    Task = "appeal"     // 评价复核申请 (our procedure, requirements §2 no. 28)

	ScoreTask  Task = "score"  // 评审打分
	DecideTask Task = "decide" // 复核决定

	ReplyTask   Task = "reply"   // 陈述申辩
	AckTask     Task = "ack"     // 签收风险警示
	RectifyTask Task = "rectify" // 整改
)

// Chinese is the one word for the task on every page.
func (t Task) Chinese() string {
	switch t {
	case PlanTask:
		return "年度宣传工作计划"
	case EvidenceTask:
		return "证据材料"
	case SelfScoreTask:
		return "自评"
	case AppealTask:
		return "评价复核申请"
	case ScoreTask:
		return "评审打分"
	case DecideTask:
		return "复核决定"
	case ReplyTask:
		return "陈述申辩"
	case AckTask:
		return "签收风险警示"
	case RectifyTask:
		return "整改报告"
	}
	return string(t)
}

// Rung is one reminder of a ladder.
type Rung struct {
	Day   Day
	Step  int  // 1, 2, … within the ladder; part of the letter's key
	After bool // the due day has passed
	Last  bool // the last of the ladder
}

// ladders gives the days of each task's reminders relative to its due day: before
// it, on it, and after it where what is late is still taken.
var ladders = map[Task][]int{
	PlanTask:      {-14, -3, 0, +1, +7},
	EvidenceTask:  {-14, -3, 0},
	SelfScoreTask: {-7, -1, 0},
	ScoreTask:     {-7, -1, 0}, // afterwards the seat is another's
	DecideTask:    {-3, 0},
	ReplyTask:     {-2, 0},
	AckTask:       {-2, 0},
	RectifyTask:   {-7, 0, +3},
}

// firstLadders were in use before 1.1, without a reminder on the day itself.
var firstLadders = map[Task][]int{
	PlanTask:      {-14, -3, +1, +7},
	EvidenceTask:  {-14, -3},
	SelfScoreTask: {-7, -1},
	ScoreTask:     {-7, -1, +3},
	DecideTask:    {-3},
	ReplyTask:     {-2},
	AckTask:       {-2},
	RectifyTask:   {-7, +3},
}

// Ladder lists the reminders of a task due on a day. A rung up to the due day
// that falls on a day off comes earlier, one after it comes later, and two
// rungs never share a day (ML-4).
func (h Holidays) Ladder(t Task, due Day) []Rung { return h.rungs(ladders[t], due) }

// FirstLadder is the ladder of what began before 1.1.
func (h Holidays) FirstLadder(t Task, due Day) []Rung { return h.rungs(firstLadders[t], due) }

func (h Holidays) rungs(offsets []int, due Day) []Rung {
	var rungs []Rung
	for i, off := range offsets {
		d := due.Add(off)
		if off <= 0 {
			d = h.OnOrBefore(d)
		} else {
			d = h.OnOrAfter(d)
		}
		last := i == len(offsets)-1
		if n := len(rungs); n > 0 && rungs[n-1].Day == d {
			rungs[n-1].Last = last // the one that stays speaks for both
			continue
		}
		rungs = append(rungs, Rung{Day: d, Step: i + 1, After: off > 0, Last: last})
	}
	return rungs
}

// Reminders are the rungs of a task's ladder that are asked for: those before
// the morning on which the wait for the task ends, after its last day; a
// rectification is waited for as long as the warning stands (RW-6). The last of
// them says that it is the last.
func (h Holidays) Reminders(t Task, due, last Day) []Rung {
	return h.until(h.Ladder(t, due), last, t == RectifyTask)
}

// FirstReminders are those of what began before 1.1.
func (h Holidays) FirstReminders(t Task, due, last Day) []Rung {
	return h.until(h.FirstLadder(t, due), last, false)
}

func (h Holidays) until(rungs []Rung, last Day, beyond bool) []Rung {
	end := h.OnOrAfter(last.Add(1))
	rungs = slices.DeleteFunc(rungs, func(r Rung) bool { return r.Day >= end && !beyond })
	if n := len(rungs); n > 0 {
		rungs[n-1].Last = true
	}
	return rungs
}

// LastDay is until when a task that is due on a day is taken: plans a while beyond it.
func (c Calendar) LastDay(t Task, due Day) Day {
	if t == PlanTask {
		return max(due, c.PlanClose)
	}
	return due
}
