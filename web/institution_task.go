package web

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// The words of a task's state; a state has one word everywhere.
const (
	taskShut     = "未开放"
	taskNew      = "未开始"
	taskBegun    = "填写中"
	taskSent     = "已提交"
	taskReturned = "已退回"
	taskPassed   = "已通过"
	taskOver     = "已截止"
	taskDone     = "已完成"
)

// taskLine is a line of the task list.
type taskLine struct {
	Name, Href, State, Note string
	Due                     campaign.Day
	At                      string // the instant, where hours count
	Left                    string // in words: 还有 12 天
	Soon                    bool
	Urgent                  bool   // before everything else
	More                    string // where to ask for more time
	Asked                   string // the request that waits
}

// known is what the score book holds of an institution's year for its desk page.
type known struct {
	own
	plans      []store.Plan
	planDraft  bool
	scoreDraft bool
	evidence   []store.Evidence
	missing    []int
	scores     []store.SelfScore
	appeals    []store.Appeal
	granted    []store.Extension
	asked      store.MoreTime
	warning    *store.Warning
	acts       []store.WarningAct
	incidents  []store.Incident
	clearances []store.Clearance
	events     []store.Event
	claims     []store.Event // of those
}

func (s *Server) known(ctx context.Context, o own) (k known, err error) {
	k.own = o
	var begun []string
	for _, load := range []func() error{
		func() (err error) { k.plans, err = s.store.Plans(ctx, o.Ref); return },
		func() (err error) { k.evidence, err = s.store.EvidenceOf(ctx, o.Ref); return },
		func() (err error) { k.scores, err = s.store.SelfScores(ctx, o.Ref); return },
		func() (err error) { k.appeals, err = s.store.Appeals(ctx, o.Ref); return },
		func() (err error) {
			k.asked, err = s.store.MoreTime(ctx, o.Ref)
			k.granted = k.asked.Extensions
			return
		},
		func() (err error) { begun, err = s.store.DraftForms(ctx, "institution", o.Ref); return },
		func() (err error) { k.warning, k.acts, err = s.ownCase(ctx, o); return },
		func() (err error) { k.incidents, err = s.store.Incidents(ctx, o.Ref); return },
		func() (err error) { k.clearances, err = s.store.Clearances(ctx, o.Ref); return },
		func() (err error) {
			k.events, err = s.store.Events(ctx, o.Ref)
			k.claims = desk.OwnClaims(k.events)
			return
		},
	} {
		if err = load(); err != nil {
			return k, err
		}
	}
	k.missing = missingRows(k.evidence)
	k.planDraft, k.scoreDraft = slices.Contains(begun, string(campaign.PlanTask)), slices.Contains(begun, string(campaign.SelfScoreTask))
	return k, nil
}

// ownCase reads the institution's case of Article 32; a proposal that has not
// been served is not there for it (RW-4).
func (s *Server) ownCase(ctx context.Context, o own) (*store.Warning, []store.WarningAct, error) {
	w, err := s.store.Warning(ctx, o.Ref)
	if err != nil {
		if campaign.KindOf(err) == campaign.NotFound {
			return nil, nil, nil
		}
		return nil, nil, err
	}
	acts, err := s.store.WarningActs(ctx, o.Ref)
	if err != nil || w.State == campaign.Proposed {
		return nil, nil, err
	}
	return &w, acts, nil
}

func (k known) tasks() []taskLine {
	all := []taskLine{k.plan(), k.evidenceTask(), k.selfScore(), k.appeal()}
	for i, t := range desk.Extendables {
		k.offerTime(&all[i], t)
	}
	if k.warning != nil {
		all = append(all, k.warningTask())
	}
	for i := range all {
		t := &all[i]
		if t.Due != "" && (t.State == taskNew || t.State == taskBegun || t.State == taskReturned) {
			if t.Left, t.Soon = countdown(k.Today(), t.Due); k.Entry.SuspendedAt != nil && i < len(desk.Extendables) { // the days of a case of Art. 32 run
				t.Left, t.Soon = "暂停中，不计期限", false
			}
		}
	}
	return all
}

// countdown says how many days are left; soon within three.
func countdown(today, due campaign.Day) (string, bool) {
	switch n := today.DaysUntil(due); {
	case n < 0:
		return fmt.Sprintf("已逾期 %d 天", -n), true
	case n == 0:
		return "今天截止", true
	default:
		return fmt.Sprintf("还有 %d 天", n), n <= 3
	}
}

func (k known) at(all ...campaign.Stage) bool {
	for _, s := range all {
		if k.Entry.Stage == s {
			return true
		}
	}
	return false
}

func (k known) due(t campaign.Task) campaign.Day {
	return k.still(desk.Due(t, k.Campaign.Rules.Calendar, k.granted))
}

// planEnd is the last day on which a plan is taken, late or returned ones too.
func (k known) planEnd() campaign.Day {
	return max(k.due(campaign.PlanTask), k.still(k.Campaign.Rules.Calendar.PlanClose))
}

// still is a day of the calendar as it stands now: later with every day that the
// year is suspended.
func (k known) still(day campaign.Day) campaign.Day {
	return desk.Still(k.Campaign, k.Entry, k.Now, day)
}

func (k known) plan() taskLine {
	t := taskLine{Name: campaign.PlanTask.Chinese(), Href: k.Path + "/plan", Due: k.due(campaign.PlanTask)}
	open := k.at(campaign.Planning) && k.Now.Before(k.planEnd().End())
	state := ""
	if n := len(k.plans); n > 0 {
		state = k.plans[n-1].State()
	}
	switch {
	case state == "accepted":
		t.State = taskPassed
	case state == "submitted":
		t.State, t.Note = taskSent, "等待审阅"
	case state == "returned" && open:
		t.State, t.Note, t.Due = taskReturned, "请按审阅意见修改后重新报送", k.planEnd()
	case open:
		t.State, t.Note = taskNew, "须经最高决策层批准（第七条、第十一条）"
		if k.planDraft {
			t.State = taskBegun
		}
	case k.at(campaign.Invited) || (state == "" && k.Entry.JoinedDay() > k.Campaign.Rules.Calendar.PlanDue):
		t.State = taskShut
	default:
		t.State = taskOver
	}
	return t
}

func (k known) evidenceTask() taskLine {
	t := taskLine{Name: campaign.EvidenceTask.Chinese(), Href: k.Path + "/evidence", Due: k.due(campaign.EvidenceTask)}
	switch {
	case k.at(campaign.Invited):
		t.State = taskShut
	case k.at(campaign.Planning, campaign.Collecting) && k.Now.Before(t.Due.End()):
		t.State, t.Note = taskNew, "14 项指标均可随时上传"
		if len(k.evidence) > 0 {
			t.State, t.Note = taskBegun, fmt.Sprintf("已上传 %d 份", len(k.evidence))
			if len(k.missing) > 0 {
				t.Note += "；尚无材料的指标：" + rowList(k.missing)
			}
		}
	case len(k.evidence) > 0:
		t.State, t.Note = taskSent, fmt.Sprintf("共 %d 份", len(k.evidence))
	default:
		t.State = taskOver
	}
	return t
}

func rowList(rows []int) string {
	parts := make([]string, len(rows))
	for i, r := range rows {
		parts[i] = strconv.Itoa(r)
	}
	return "第 " + strings.Join(parts, "、") + " 项"
}

func (k known) selfScore() taskLine {
	t := taskLine{Name: campaign.SelfScoreTask.Chinese(), Href: k.Path + "/self-score", Due: k.due(campaign.SelfScoreTask)}
	switch {
	case len(k.scores) > 0:
		t.State, t.Note = taskSent, fmt.Sprintf("第 %d 版", len(k.scores))
		if k.mayRedo() {
			t.Note += "；截止前可以撤回修改"
		}
	case k.at(campaign.Invited, campaign.Planning, campaign.Collecting):
		t.State, t.Note = taskShut, "证据提交截止后开放"
	case k.at(campaign.SelfScore) && k.Now.Before(t.Due.End()):
		t.State, t.Note = taskNew, "第 1 至 14 项逐项打分并说明理由（第二十九条）"
		if k.scoreDraft {
			t.State = taskBegun
		}
	default:
		t.State = taskOver
	}
	return t
}

func (k known) appeal() taskLine {
	t := taskLine{Name: campaign.AppealTask.Chinese(), Href: k.Path + "/appeal"}
	ruled := 0
	for _, a := range k.appeals {
		if a.RuledAt != nil {
			ruled++
		}
	}
	after := k.at(campaign.Final, campaign.Closed)
	switch {
	case len(k.appeals) > 0 && ruled == len(k.appeals) && after:
		t.State = taskDone
	case len(k.appeals) > 0:
		t.State, t.Note = taskSent, fmt.Sprintf("已申请 %d 项，等待复核决定", len(k.appeals))
	case k.at(campaign.Served) && k.Entry.DueDay() != "" && k.Now.Before(k.Entry.DueDay().End()):
		t.State, t.Due, t.Note = taskNew, k.Entry.DueDay(), "对得分没有异议的，无需办理"
	case k.at(campaign.Served), after:
		t.State = taskOver
	default:
		t.State, t.Note = taskShut, "结果告知后开放"
	}
	return t
}

// steps says what a case asks of the institution in each state.
var steps = map[campaign.WarningState]struct{ state, note string }{
	campaign.Noticed:     {taskNew, "可以陈述申辩，也可以书面放弃"},
	campaign.Replied:     {taskSent, "等待决定"},
	campaign.Issued:      {taskNew, "请签收风险警示"},
	campaign.Received:    {taskNew, "请报送整改方案"},
	campaign.Planned:     {taskNew, "请上传证明材料，报送整改报告"},
	campaign.Unrectified: {taskReturned, "整改已逾期，请尽快报送整改报告"},
	campaign.Rectified:   {taskSent, "整改报告等待复查"},
	campaign.Lifted:      {taskDone, "风险警示已解除"},
	campaign.Expired:     {taskDone, "风险警示已期满"},
	campaign.Revoked:     {taskDone, "风险警示已撤销"},
	campaign.Lesser:      {taskDone, "不予风险警示，已改作约谈或提醒"},
	campaign.Dismissed:   {taskDone, "不予风险警示"},
}

func (k known) warningTask() taskLine {
	step := steps[k.warning.State.Outside()]
	t := taskLine{Name: "风险警示案件", Href: k.Path + "/warning", State: step.state, Note: step.note}
	if t.State == taskNew {
		t.Due = k.warning.DueDay()
	}
	return t
}

// receipts lists what the institution was told was received, newest first.
func (k known) receipts() []desk.Receipt {
	var all []desk.Receipt
	add := func(what, digest string, at time.Time, late bool, parts ...string) {
		all = append(all, desk.Receipt{Number: k.Ref.ID() + "/" + strings.Join(parts, "/"), What: what, Digest: digest, At: at, Late: late})
	}
	for _, p := range k.plans {
		add("年度宣传工作计划", p.Digest, p.At, p.Late, "plan", strconv.Itoa(p.Version))
	}
	for _, e := range k.evidence {
		add(fmt.Sprintf("第 %d 项证据材料", e.Row), e.Digest, e.At, false, "evidence", strconv.FormatInt(e.ID, 10))
	}
	for _, s := range k.scores {
		add("自评", s.Digest, s.At, false, "self-score", strconv.Itoa(s.Version))
	}
	for _, q := range k.asked.Requests {
		all = append(all, desk.ExtensionReceipt(k.Ref, q))
	}
	for _, a := range k.acts {
		if a.Role == "" {
			add(warningActWord(a.Act), store.Digest(a.Text), a.At, false, "warning", strconv.Itoa(a.N))
		}
	}
	return append(append(all, k.matterReceipts()...), k.appealReceipts()...)
}

// appealReceipts gives one receipt for the rows that were filed together. Its
// number counts the rows filed before it, as the desk counted when it took them.
func (k known) appealReceipts() []desk.Receipt {
	byTime := map[time.Time][]store.Appeal{}
	var times []time.Time
	for _, a := range k.appeals {
		if _, seen := byTime[a.At]; !seen {
			times = append(times, a.At)
		}
		byTime[a.At] = append(byTime[a.At], a)
	}
	var all []desk.Receipt
	for _, at := range times {
		before, rows := 0, []desk.AppealRow{}
		for _, a := range k.appeals {
			if a.At.Before(at) {
				before++
			}
		}
		for _, a := range byTime[at] {
			rows = append(rows, desk.AppealRow{Row: a.Row, Text: a.Text})
		}
		all = append(all, desk.Receipt{Number: fmt.Sprintf("%s/appeal/%d", k.Ref.ID(), before+1), What: campaign.AppealTask.Chinese(), Digest: store.Digest(rows), At: at})
	}
	return all
}

// shares turns a scorecard into the spokes of its drawing, by 一级指标.
func shares(t *rubric.Table, card rubric.Scorecard, own []rubric.Mark) []axis {
	self := map[int]rubric.Points{}
	for _, m := range own {
		self[m.Row] = m.Points
	}
	all := make([]axis, 0, 14)
	for _, r := range t.Rows {
		if r.Kind() != rubric.Base {
			continue
		}
		a := axis{Label: strconv.Itoa(r.No), Other: -1}
		for _, c := range card.Rows {
			if c.Row == r.No && c.Max > 0 {
				a.Own = float64(c.Points) / float64(c.Max)
			}
		}
		if len(own) > 0 && r.Max > 0 {
			a.Other = float64(self[r.No]) / float64(r.Max)
		}
		all = append(all, a)
	}
	return all
}
