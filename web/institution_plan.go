package web

import (
	"context"
	"encoding/json"
	"net/http"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// planOrder is the order of the plan's fields.
var planOrder = []string{"goals", "activities", "resources", "lead", "department", "approved_by", "approved_on", "approval_no", "name", "post"}

// planLabels name the fields on the form, the check page and the version shown.
var planLabels = map[string]string{
	"goals": "年度目标与任务", "activities": "重点活动安排", "resources": "人员与经费保障", "lead": "宣传工作主管负责人",
	"department": "主管部门", "approved_by": "批准机构（最高决策层）", "approved_on": "批准日期", "approval_no": "批准文号",
}

// draft reads what an institution has typed and not handed in.
func (s *Server) draft(ctx context.Context, o own, t campaign.Task) (store.Draft, error) {
	return s.store.Draft(ctx, "institution", o.Ref, string(t))
}

// keep saves what was typed under the task, for the next visit.
func (s *Server) keep(r ask, o own, t campaign.Task, f *form) error {
	if !o.Act {
		return campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")
	}
	if f.Get(trap) != "" {
		return campaign.Fail(campaign.Invalid, "%s", desk.ByRobot)
	}
	values := map[string]string{}
	for _, h := range f.Hidden() {
		values[h[0]] = h[1]
	}
	return s.store.SaveDraft(r.Context(), "institution", o.Ref, string(t), values, o.Now)
}

// typed fills a form from a draft; a draft of another build's shape is left alone.
func typed(d store.Draft, f *form) {
	values := map[string]string{}
	if d.Body != nil && json.Unmarshal(d.Body, &values) == nil {
		for k, v := range values {
			f.Set(k, v)
		}
	}
}

// planView is the plan page: the versions handed in, and the form while it is open.
type planView struct {
	own
	Open     bool
	Due, End campaign.Day
	Late     bool
	Last     *store.Plan
	State    string
	Rows     [][2]string
	Saved    string
}

func planForm(f *form) desk.PlanForm {
	return desk.PlanForm{Goals: f.Get("goals"), Activities: f.Get("activities"), Resources: f.Get("resources"), Lead: f.Get("lead"), Department: f.Get("department"),
		ApprovedBy: f.Get("approved_by"), ApprovedOn: f.Get("approved_on"), ApprovalNo: f.Get("approval_no")}
}

// planValues is a version as the form's fields; its JSON names are theirs.
func planValues(p store.Plan) map[string]string {
	v := map[string]string{}
	_ = json.Unmarshal(p.Body, &v) // our own JSON of strings
	return v
}

func planRows(value func(string) string) [][2]string {
	var all [][2]string
	for _, k := range planOrder {
		if label := planLabels[k]; label != "" {
			all = append(all, [2]string{label, value(k)})
		}
	}
	return all
}

// planShow is the page with its form; f nil takes the draft or the last version.
func (s *Server) planShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	k, err := s.known(r.Context(), o)
	if err != nil {
		return page{}, o, err
	}
	line := k.plan()
	v := planView{own: o, Due: k.due(campaign.PlanTask), End: k.planEnd(), State: line.State}
	v.Open = o.Act && o.Entry.Stage == campaign.Planning && o.Now.Before(v.End.End()) && line.State != taskPassed
	v.Late = !o.Now.Before(v.Due.End())
	if n := len(k.plans); n > 0 {
		v.Last = &k.plans[n-1]
		values := planValues(*v.Last)
		v.Rows = planRows(func(name string) string { return values[name] })
	}
	if f == nil {
		f = newForm(planOrder...)
		if v.Last != nil {
			f.Values = planValues(*v.Last)
		}
		d, err := s.draft(r.Context(), o, campaign.PlanTask)
		if err != nil {
			return page{}, o, err
		}
		if typed(d, f); d.Body != nil {
			v.Saved = stamp(d.At)
		}
	}
	return page{Title: campaign.PlanTask.Chinese(), Crumbs: o.crumbs(), Form: f, Data: v}, o, nil
}

func (s *Server) planPage(w http.ResponseWriter, r ask) error {
	p, _, err := s.planShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "plan", p)
}

func (s *Server) planPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, planOrder...)
	if err != nil {
		return err
	}
	p, o, err := s.planShow(r, f)
	if err != nil {
		return err
	}
	switch f.Get("do") {
	case "save":
		if o.Act && isShut(p.Data) {
			return s.again(w, r, "plan", p, errShut)
		}
		if err := s.keep(r, o, campaign.PlanTask, f); err != nil {
			return s.again(w, r, "plan", p, err)
		}
		http.Redirect(w, r.Request, r.URL.Path+"#saved", http.StatusSeeOther)
		return nil
	case "edit":
		return s.render(w, r, http.StatusOK, "plan", p)
	case "check":
		faults := planForm(f).Check(o.Today())
		signerFaults(f, faults)
		if err := wrong(faults); err != nil {
			return s.again(w, r, "plan", p, err)
		}
	}
	plan := planForm(f)
	return s.confirm(w, r, o, f, effect{act: desk.PlanAct, content: plan, title: "核对年度宣传工作计划",
		page:  check{Lead: "请核对以下内容。提交后将记录时间和内容摘要，并送主管部门审阅。", Rows: append(planRows(f.Get), signerRows(f))},
		do:    func(by desk.Signer) (desk.Receipt, error) { return s.Desk.SubmitPlan(r.Context(), r.Visitor, plan, by) },
		again: func(err error) error { return s.again(w, r, "plan", p, err) }})
}
