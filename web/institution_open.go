package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// openTasks are what the year asks of an institution beside its calendar: first
// what has a day of its own, a report that is waited for before all else; then
// the rest. Their days run while the year is suspended.
func (s *Server) openTasks(ctx context.Context, k known) (first, rest []taskLine, err error) {
	if k.at(campaign.Left) {
		return nil, nil, nil
	}
	var moves []store.EventMove
	if slices.ContainsFunc(k.events, awaitsRuling) {
		if moves, err = s.store.EventMoves(ctx, k.Ref); err != nil {
			return nil, nil, err
		}
	}
	letters, err := s.store.OpenGuidance(ctx, k.Ref)
	if err != nil {
		return nil, nil, err
	}
	reports, handled := k.incidentTasks()
	notices, answered := k.noticeTasks(moves)
	return append(reports, notices...), slices.Concat(guidanceTasks(k.Path, letters), k.clearanceTasks(), handled, answered), nil
}

// incidentTasks are the incidents that are not closed: those whose 48 hours run,
// what the regulator waits for before what follows a report, and those that
// are being handled.
func (k known) incidentTasks() (waited, handled []taskLine) {
	var details []taskLine
	for _, i := range k.incidents {
		t := taskLine{Name: "48小时报告：" + head(i.What), Href: k.Path + "/incidents/" + itoa(i.N), State: i.State().Chinese(), At: stamp(i.Due)}
		t.Left, t.Soon = hoursLeft(k.Now, i.Due)
		switch i.State() {
		case campaign.IncidentOpened:
			t.Urgent, t.Soon, t.Note = true, true, "主管部门要求报告，请立即报送五项基本情况（第二十条）"
			waited = append(waited, t)
		case campaign.IncidentReported:
			t.Href += "?act=" + string(campaign.IncidentDetails)
			t.Note = "五项基本情况已收到，请补报与认证活动的相关性和处置情况（第二十三条）"
			details = append(details, t)
		case campaign.IncidentDetailed:
			t.At, t.Left, t.Soon, t.Note = "", "", false, "办结之前请随时报告后续情况及处置措施（第二十条）"
			handled = append(handled, t)
		}
	}
	return append(waited, details...), handled // both by occurrence, as the clocks run out
}

// hoursLeft counts the 48 hours down; soon within their second half. The last
// instant itself is in time.
func hoursLeft(now, due time.Time) (string, bool) {
	if now.Sub(due) >= 72*time.Hour {
		return fmt.Sprintf("已逾期 %d 天", int(now.Sub(due).Hours())/24), true
	}
	if now.After(due) {
		return "已逾期 " + campaign.Ago(due, now), true
	}
	return "还有 " + campaign.Ago(now, due), due.Sub(now) <= 24*time.Hour
}

// toReply is the state of a notice that may still be answered in its days.
const toReply = "待陈述意见"

// awaitsRuling tells whether the institution was told of a deduction that nobody has ruled on.
func awaitsRuling(e store.Event) bool { return e.Stand() == campaign.EventTold }

// noticeTasks are the notices of deductions that nobody has ruled on: those in
// their days of reply by day, then those that were answered or let pass.
func (k known) noticeTasks(moves []store.EventMove) (open, past []taskLine) {
	if k.at(campaign.Final, campaign.Closed) {
		return nil, nil
	}
	for _, e := range k.events {
		if !awaitsRuling(e) {
			continue
		}
		var own []store.EventMove
		for _, m := range moves {
			if m.Event == e.ID {
				own = append(own, m)
			}
		}
		last, heard := desk.Heard(own)
		t := taskLine{Name: "陈述意见：" + e.Title, Href: k.Path + "/events?notice=" + strconv.Itoa(*last.Notice), Due: heard.Due, State: toReply,
			Note: fmt.Sprintf("附件2第16项 %s，拟扣 %s 分。没有意见的，无需办理", e.Clause, last.Finding().Points)}
		switch {
		case heard.Replied:
			t.State, t.Note = taskSent, "等待认定；认定之前可以补充意见"
		case heard.Due < k.Today():
			t.State, t.Note = taskOver, "等待认定；认定之前仍可陈述意见"
		default:
			t.Left, t.Soon = countdown(k.Today(), heard.Due)
			open = append(open, t)
			continue
		}
		past = append(past, t)
	}
	slices.SortStableFunc(open, func(a, b taskLine) int { return cmp.Compare(a.Due, b.Due) })
	return open, past
}

// guidanceTasks are the letters that nobody has signed for (第十二条).
func guidanceTasks(base string, all []store.Guidance) []taskLine {
	var out []taskLine
	for _, g := range all {
		out = append(out, taskLine{Name: "业务指导函：" + g.Title, Href: base + "/guidance/" + itoa(g.N), State: toSign,
			Note: campaign.DayOf(g.At).Chinese() + "发来，请由具名人员签收（第十二条）"})
	}
	return out
}

// nextStep is the act that a matter waits for from its institution; "" when it
// waits for the regulator, or for nobody.
func nextStep(c store.Clearance) campaign.ClearanceAct {
	step := map[campaign.ClearanceState]campaign.ClearanceAct{campaign.ClearanceApproved: campaign.ClearancePublish,
		campaign.PressApplied: campaign.PressSettle, campaign.PressMessage: campaign.PressHold, campaign.PressHeld: campaign.PressArticle}[c.State()]
	if step != "" && c.Find(step) != nil {
		return ""
	}
	return step
}

var stepNotes = map[campaign.ClearanceAct]string{
	campaign.ClearancePublish: "已批准，发布后请登记发布日期（第十四条）",
	campaign.PressSettle:      "第二步：口径、内容和新闻通稿报宣传负责人审定，重要内容报主要负责人审定（第十六条）",
	campaign.PressHold:        "第三步：由新闻发言人或者宣传负责人牵头召开，召开后请登记（第十六条）",
	campaign.PressArticle:     "第四步：媒体拟刊发的稿件由宣传负责人审核（第十六条）",
}

// clearanceTasks are the matters whose next step is the institution's, with the
// day of its own plan.
func (k known) clearanceTasks() []taskLine {
	var all []taskLine
	for _, c := range k.clearances {
		step := nextStep(c)
		if step == "" {
			continue
		}
		t := taskLine{Name: step.Chinese() + "：" + head(c.Subject), Href: k.Path + "/clearances/" + itoa(c.N) + "?act=" + string(step), State: c.State().Chinese(), Note: stepNotes[step]}
		if step != campaign.PressArticle { // its day was that of the conference
			t.Due = plannedDay(c)
			t.Left, t.Soon = countdown(k.Today(), t.Due)
			if n := t.Due.DaysUntil(k.Today()); n > 0 {
				t.Left = fmt.Sprintf("拟定日期已过 %d 天", n)
			} else if n == 0 {
				t.Left = "拟定日期是今天"
			}
		}
		all = append(all, t)
	}
	return all
}

// reported shows the receipt of the five fields, with the way on to the details
// while they are missing (第二十三条).
func (s *Server) reported(w http.ResponseWriter, r ask, o own, rec desk.Receipt) error {
	n, err := strconv.Atoi(path.Base(path.Dir(rec.Number))) // …/incident/1/1
	if err != nil {
		return err
	}
	i, err := s.store.Incident(r.Context(), o.Ref, n)
	if err != nil {
		return err
	}
	data := map[string]any{"Receipt": rec, "Own": o}
	if i.State() == campaign.IncidentReported {
		data["Next"] = link{Href: o.Path + "/incidents/" + itoa(n) + "?act=" + string(campaign.IncidentDetails), Text: campaign.IncidentDetails.Chinese()}
	}
	return s.render(w, r, http.StatusOK, "received", page{Title: "提交成功", Crumbs: o.crumbs(), Data: data})
}
