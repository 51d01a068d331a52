package campaign

import "slices"

// Stage is where an institution stands in its year. It is written only by the
// institution's Year workflow, through one step.
type Stage string

// The stages in their order; Left ends a year early (WF-4).
const (
	Invited    Stage = "invited"    // 待启动: on the roster of a launched campaign
	Planning   Stage = "planning"   // 计划填报: the yearly plan is due (Art. 11)
	Collecting Stage = "collecting" // 证据收集
	SelfScore  Stage = "self-score" // 自评 (Art. 29)
	Scoring    Stage = "scoring"    // 评审打分
	Served     Stage = "served"     // 结果告知: the time for 评价复核 runs
	Final      Stage = "final"      // 结果确定: waits for publication
	Closed     Stage = "closed"     // 已归档
	Left       Stage = "left"       // 已退出: withdrawn, revoked or merged
)

// Stages lists the stages in the order of the year.
func Stages() []Stage {
	return []Stage{Invited, Planning, Collecting, SelfScore, Scoring, Served, Final, Closed, Left}
}

// follows is the whole life of an institution-year. A mid-year entrant starts
// at Collecting; one that handed in nothing is served without scoring (WF-5).
var follows = map[Stage][]Stage{
	Invited:    {Planning, Collecting, SelfScore, Left},
	Planning:   {Collecting, Left},
	Collecting: {SelfScore, Left},
	SelfScore:  {Scoring, Served, Left},
	Scoring:    {Served, Left},
	Served:     {Final, Left},
	Final:      {Closed, Left},
}

// Follow is the one transition function: it gives the next stage, or says why
// it cannot be next. Entering the same stage again changes nothing.
func (s Stage) Follow(next Stage) (Stage, error) {
	if s == next {
		return s, nil
	}
	for _, f := range follows[s] {
		if f == next {
			return next, nil
		}
	}
	return s, Fail(Conflict, "当前阶段“%s”之后不能进入“%s”", s.Chinese(), next.Chinese())
}

// lastStage is the stage with which an institution's task ends. 评价复核 is a right, no task.
var lastStage = map[Task]Stage{PlanTask: Planning, EvidenceTask: Collecting, SelfScoreTask: SelfScore}

// LastStage is the stage with which an institution's task ends; "" for other tasks.
func (t Task) LastStage() Stage { return lastStage[t] }

// OwnTask is the institution's own task in a stage, which ends with it.
func (s Stage) OwnTask() (Task, bool) {
	for t, last := range lastStage {
		if last == s {
			return t, true
		}
	}
	return "", false
}

// Passed tells whether a year in stage s has been in the other, or will never be:
// a step that is walked again after a restore of the engine enters nothing anew.
func (s Stage) Passed(other Stage) bool {
	order := Stages()
	i := slices.Index(order, other)
	return i >= 0 && i < slices.Index(order, s)
}

// Chinese is the one word for the stage on every page.
func (s Stage) Chinese() string {
	switch s {
	case Invited:
		return "待启动"
	case Planning:
		return "计划填报"
	case Collecting:
		return "证据收集"
	case SelfScore:
		return "自评"
	case Scoring:
		return "评审打分"
	case Served:
		return "结果告知"
	case Final:
		return "结果确定"
	case Closed:
		return "已归档"
	case Left:
		return "已退出"
	}
	return string(s)
}
