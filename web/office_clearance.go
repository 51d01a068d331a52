package web

import (
	"net/http"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// clearancePage is what both sides see of a matter; name says who acted.
func clearancePage(c store.Clearance, name func(role, by, signer string) string) matterView {
	v := matterView{Key: c.Ref().ClearanceID(c.N), Tags: clearanceTags(c), Files: c.Files}
	v.Facts = [][2]string{{"类别", c.Kind.Chinese()}, {"事项名称", c.Subject}, {"拟发布的内容", c.Content}, {"渠道或地点", c.Channel}, {"拟定日期", plannedDay(c).Chinese()}}
	if c.Urgent {
		v.Facts = append(v.Facts, [2]string{"紧急的理由", c.UrgentReason})
	}
	if d := c.Decision(); d != nil {
		v.Facts = append(v.Facts, [2]string{"批复", campaign.ClearancePaper.Number(c.Year, d.Body.Number) + "　" + d.Act.Chinese() + "　" + stamp(d.At)})
		if d.Body.Conditions != "" {
			v.Facts = append(v.Facts, [2]string{"条件", d.Body.Conditions})
		}
	}
	if c.Early() {
		v.Notices = append(v.Notices, "发现：发布日期（"+c.Find(campaign.ClearancePublish).Day.Chinese()+"）早于批准日期，或者没有批准（第十四条）。")
	}
	if c.Kind == campaign.PressConference {
		v.Steps = pressLines(c)
	}
	v.Lines = append(v.Lines, matterLine{At: c.At, What: campaign.ClearanceApply.Chinese(), Who: c.Signer})
	for _, a := range c.Acts {
		l := matterLine{At: a.At, What: a.Act.Chinese(), Who: name(a.Role, a.By, a.Signer), Texts: paragraphs(a.Body.Text)}
		if a.Day != "" {
			l.Texts = append(l.Texts, "发布日期："+a.Day.Chinese())
		}
		if a.Override != "" {
			l.Tone, l.Texts = "bad", append(l.Texts, "不按顺序办理的理由："+a.Override)
		}
		v.Lines = append(v.Lines, l)
	}
	return v
}

// pressPage marks a press conference that was led without a mandate (第九条) and
// leads to the record of its four steps.
func (s *Server) pressPage(r ask, c store.Clearance, v *matterView, base string) error {
	if c.Kind != campaign.PressConference {
		return nil
	}
	registers, err := s.store.RegistersOf(r.Context(), c.Ref())
	if err != nil {
		return err
	}
	if !store.SpokenWithMandate(c, registers) {
		v.Notices = append(v.Notices, campaign.UnmandatedSpeaker)
	}
	p, err := s.store.PaperByKey(r.Context(), desk.PressRecordKey(c))
	if campaign.KindOf(err) == campaign.NotFound && err != nil {
		return nil
	}
	if err == nil {
		v.Links = append(v.Links, link{Href: base + "/papers/" + p.Verify, Text: "下载四个步骤的记录（PDF）"})
	}
	return err
}

// pressLines are the four steps of 第十六条 with names and times (GL-16).
func pressLines(c store.Clearance) []stepLine {
	lines := []stepLine{{No: 1, What: campaign.ClearanceApply.Chinese(), State: "已办理", Who: c.Signer, At: stamp(c.At)}}
	passed := false // a later step was recorded
	for i, act := range campaign.PressSteps()[1:] {
		l := stepLine{No: i + 2, What: act.Chinese(), State: "未办理"}
		if a := c.Find(act); a != nil {
			l.State, l.At = "已办理", stamp(a.At)
			l.Who = a.Body.Head
			if a.Body.Principal != "" {
				l.Who += "；" + a.Body.Principal
			}
			if act == campaign.PressHold {
				l.Who = a.Body.Speaker
			}
			if act == campaign.PressArticle {
				l.Note = "已严把保密关、意识形态关"
			}
			if a.Override != "" {
				l.Note = "不按顺序办理：" + a.Override
			}
		}
		lines = append(lines, l)
	}
	for i := len(lines) - 1; i > 0; i-- {
		if lines[i].State == "未办理" && passed {
			lines[i].State = "越过"
		}
		passed = passed || lines[i].State == "已办理"
	}
	return lines
}

func (s *Server) officeClearances(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.Clearances(r.Context(), contract.Ref{Year: c.Year})
	if err != nil {
		return err
	}
	v := mattersView{Lead: "第十四条：须事前报批的内容，未批复不视为同意。第十六条：新闻发布会按四个步骤依次办理。", Heads: []string{"机构", "状态", "类别", "拟定日期", "申请时间"}, Empty: "本年度没有申请"}
	for _, x := range all {
		v.Rows = append(v.Rows, matterRow{Href: yearPath(c.Year, "clearances", x.Code, itoa(x.N)), Title: x.Name, Note: "第 " + itoa(x.N) + " 号　" + head(x.Subject), Tags: clearanceTags(x),
			Cells: []string{x.Kind.Chinese(), plannedDay(x).Chinese(), stamp(x.At)}})
	}
	return s.render(w, r, http.StatusOK, "matters", page{Title: "事前审批与新闻发布会", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: v})
}

var clearanceDecisions = []option{{Value: "approve", Text: "批准", Hint: "可以附条件"}, {Value: "refuse", Text: "不予批准", Hint: "须写明理由"}}

func (s *Server) officeClearanceShow(r ask, f *form) (page, store.Clearance, error) {
	ref, err := r.ref()
	if err != nil {
		return page{}, store.Clearance{}, err
	}
	n, err := r.numberIn()
	if err != nil {
		return page{}, store.Clearance{}, err
	}
	c, err := s.store.Clearance(r.Context(), ref, n)
	if err != nil {
		return page{}, c, missingPage(err)
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return page{}, c, err
	}
	v := clearancePage(c, signedBy(names))
	v.Action, v.Done = yearPath(ref.Year, "clearances", ref.Code, itoa(n)), doneWord(r)
	v.Links = []link{{Href: yearPath(ref.Year, "i", ref.Code), Text: "该机构的年度档案"}}
	if err := s.pressPage(r, c, &v, yearPath(ref.Year)); err != nil {
		return page{}, c, err
	}
	if e := s.engineURL(ref.ClearanceID(n)); e != "" {
		v.Links = append(v.Links, link{Href: e, Text: "流程引擎中的流程"})
	}
	switch {
	case c.State() != campaign.ClearancePending:
		v.Hint = "该申请目前处于“" + c.State().Chinese() + "”，没有需要批复的事项。"
	case r.Staff.Role != campaign.Approver:
		v.Hint = "该申请待审批人员批复。未批复不视为同意。"
	default:
		v.Act = &matterAct{Title: "批复", Lead: "批复后编列文号并通知机构，不能撤回。", Button: "检查并批复", Do: "check", Fields: []field{radioField(f, "decision", "批复", "", clearanceDecisions),
			areaField(f, "text", "意见", "不予批准的必填；写入批复", 4), areaField(f, "conditions", "条件", "批准时可以附条件，一行一项", 3)}}
	}
	return page{Title: c.Name + "：第 " + itoa(n) + " 号申请", Crumbs: officeCrumbs(yearCrumb(ref.Year), link{Href: yearPath(ref.Year, "clearances"), Text: "事前审批与新闻发布会"}), Form: f, Wide: true, Data: v}, c, nil
}

func (s *Server) officeClearance(w http.ResponseWriter, r ask) error {
	p, _, err := s.officeClearanceShow(r, newForm("decision", "text", "conditions"))
	if err != nil {
		return err
	}
	return s.showMatter(w, r, p, nil)
}

// decideClearance is the approver's decision, looked over once more before it.
func (s *Server) decideClearance(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "decision", "text", "conditions")
	if err != nil {
		return err
	}
	p, c, err := s.officeClearanceShow(r, f)
	if err != nil {
		return err
	}
	decision := f.Get("decision")
	faults := desk.DecisionFaults(decision != "refuse", f.Get("text"), f.Get("conditions"))
	if decision != "approve" && decision != "refuse" {
		faults["decision"] = "请选择批准或者不予批准"
	}
	err = wrong(faults)
	switch {
	case f.Get("do") == "edit":
		return s.showMatter(w, r, p, nil)
	case err == nil && f.Get("do") == "check":
		return s.render(w, r, http.StatusOK, "check", page{Title: "请核对批复", Crumbs: p.Crumbs, Data: check{Action: p.Data.(matterView).Action, Lead: "批复后编列文号并通知机构，不能撤回。", Hidden: f.Hidden(), Button: "确认批复",
			Rows: [][2]string{{"机构", c.Name}, {"事项", c.Subject}, {"批复", labelled(clearanceDecisions, decision)}, {"意见", f.Get("text")}, {"条件", f.Get("conditions")}}}})
	case err == nil:
		_, err = s.Desk.DecideClearance(r.Context(), r.Staff, c.Ref(), c.N, decision == "approve", f.Get("text"), f.Get("conditions"))
	}
	if err == nil {
		return seeOther(w, r, p.Data.(matterView).Action+"?done=clearance")
	}
	f.Faults = faultsOf(err)
	if p, _, bad := s.officeClearanceShow(r, f); bad == nil {
		return s.showMatter(w, r, p, err)
	}
	return err
}

func (s *Server) officeClearanceFile(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	return s.sendClearanceFile(w, r, ref)
}
