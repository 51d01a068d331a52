package campaign

import (
	"cmp"
	"slices"
	"strconv"
)

// PlannedMail is a letter that a year can bring, before it has begun (ML-2).
type PlannedMail struct {
	Day    Day
	Code   string // of the institution; "" for a letter about the whole year
	Stem   string // its key without year, code and staff
	What   string
	To     string // kind of recipient: 机构, 评审专家, 经办人员
	Unless string // what makes it go away; "" for one that always goes
}

// MailPlan lists the letters of one institution's year by day, when it does
// nothing all year and nothing is moved: the ladder of every task, with what
// makes each letter go away. It follows the story of the year as the workflow
// tells it. Answers to what people do at times of their own choosing (receipts,
// reviews of a plan, decisions, warnings, extensions) cannot be planned.
func MailPlan(rules Rules, code string, joined Day) []PlannedMail {
	p := planner{rules: rules, code: code}
	c, h := rules.Calendar, rules.Holidays
	launch := max(c.Launch, joined)
	from := launch // the morning on which a stage begins: its ladder has only later days
	if launch <= c.PlanClose {
		due := c.PlanDue
		if launch > due {
			due = c.PlanClose
		}
		p.add(launch, "launch", "启动通知", toInstitution, "")
		p.ladder(PlanTask, due, launch, max(c.PlanClose, due), "计划已报送")
		from = h.OnOrAfter(max(c.PlanClose, due).Add(1))
	} else {
		p.add(launch, "launch", "纳入评价通知", toInstitution, "")
	}
	for i, q := range c.Quarters {
		if q >= launch {
			day := max(q, from)
			p.add(day, "quarter/"+strconv.Itoa(i+1), "第"+string([]rune("一二三四")[i])+"季度提醒", toInstitution, "各项材料齐全")
			from = day
		}
	}
	p.ladder(EvidenceTask, c.EvidenceClose, from, c.EvidenceClose, "各项材料齐全")
	self := h.OnOrAfter(max(c.EvidenceClose, from).Add(1))
	p.add(self, "self-score/open", "自评通知", toInstitution, "")
	p.ladder(SelfScoreTask, c.SelfScoreDue, self, c.SelfScoreDue, "自评已提交")
	p.judged(h.OnOrAfter(c.SelfScoreDue.Add(1)))
	slices.SortStableFunc(p.all, func(a, b PlannedMail) int { return cmp.Compare(a.Day, b.Day) })
	return p.all
}

// The kinds of recipients.
const (
	toInstitution = "机构"
	toReviewer    = "评审专家"
	toOfficer     = "经办人员"
)

type planner struct {
	rules Rules
	code  string
	all   []PlannedMail
}

func (p *planner) add(day Day, stem, what, to, unless string) {
	p.all = append(p.all, PlannedMail{day, p.code, stem, what, to, unless})
}

// ladder adds a task's reminders after one day and before the worked morning
// after another.
func (p *planner) ladder(t Task, due, after, close Day, unless string) {
	to := toInstitution
	if t == ScoreTask {
		to = toReviewer
	}
	for _, r := range p.rules.Holidays.Reminders(t, due, close) {
		if r.Day <= after {
			continue
		}
		what := t.Chinese() + "提醒"
		if r.Last {
			what += "（最后一次）"
		}
		p.add(r.Day, string(t)+"/remind/"+string(due)+"/"+strconv.Itoa(r.Step), what, to, unless)
	}
}

// judged adds what follows the self-score: reviewers, result, publication.
func (p *planner) judged(from Day) {
	c, h := p.rules.Calendar, p.rules.Holidays
	p.add(from, "seat", "评审任务（两名评审专家）", toReviewer, "全年没有提交任何材料")
	p.ladder(ScoreTask, c.ScoringDue, from, c.ScoringDue, "打分表已提交，或全年没有提交任何材料")
	p.add(c.Result, "result/1", "得分告知", toInstitution, "")
	window := h.AddWorkdays(c.Result, p.rules.Settings.AppealDays)
	p.add(h.OnOrAfter(window.Add(1)), "final", "最终结果告知", toInstitution, "复核尚未决定的，决定后发出")
	p.add(c.Publication, "published", "结果公布通知", toInstitution, "")
	p.add(c.Publication, "report", "机构年度评价报告、证书", toInstitution, "提请风险警示的，改由风险警示程序送达")
}

// YearMailPlan lists the letters of a whole year for the institutions of a
// roster, by day and code, with those to the officers about the year itself.
func YearMailPlan(rules Rules, codes []string) []PlannedMail {
	var all []PlannedMail
	for _, code := range codes {
		all = append(all, MailPlan(rules, code, rules.Calendar.Launch)...)
	}
	all = append(all, PlannedMail{rules.Calendar.Publication, "", "alert/publish-due", "公布办理提请", toOfficer, "已经申请公布"})
	slices.SortStableFunc(all, func(a, b PlannedMail) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Code, b.Code))
	})
	return all
}
