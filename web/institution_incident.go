package web

import (
	"net/http"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// incidentRoutes registers the 48-hour reports of both sides (Art. 20, 23).
func (s *Server) incidentRoutes() {
	const own = " /i/{year}/{code}/incidents"
	s.handle("GET"+own, s.ownIncidents)
	s.handle("GET"+own+"/new", s.incidentForm)
	s.handle("POST"+own+"/new", s.incidentReport)
	s.handle("GET"+own+"/{n}", s.ownIncident)
	s.handle("POST"+own+"/{n}", s.ownIncidentPost)
	s.handle("GET /office/{year}/incidents", s.officeIncidents)
	s.handle("GET /office/{year}/incidents/{code}/{n}", s.officeIncident)
	s.handle("POST /office/{year}/incidents/{code}/{n}", s.officeIncidentPost)
	s.handle("GET /office/{year}/i/{code}/incident", s.openIncidentPage)
	s.handle("POST /office/{year}/i/{code}/incident", s.openIncident)
}

func (s *Server) ownIncidents(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	all, err := s.store.Incidents(r.Context(), o.Ref)
	if err != nil {
		return err
	}
	v := mattersView{Lead: "发生可能对认证认可造成重大影响的突发事件和网络舆情后，应在48小时内报告，并随时报告后续情况及处置措施（第二十条）。先报五项基本情况，详情可以随后补报。",
		Heads: []string{"事件", "状态", "发生时间", "48小时届满"}, Empty: "没有报告过事件"}
	v.Lead += s.byPhone()
	if o.Act {
		v.Buttons = []link{{Href: o.Path + "/incidents/new", Text: "报告事件"}}
	}
	for _, i := range all {
		v.Rows = append(v.Rows, matterRow{Href: o.Path + "/incidents/" + itoa(i.N), Title: "第 " + itoa(i.N) + " 号　" + head(i.What), Tags: incidentTags(i, o.Now), Cells: []string{stampSecond(i.OccurredAt), stampSecond(i.Due)}})
	}
	return s.render(w, r, http.StatusOK, "matters", page{Title: "48小时报告", Crumbs: o.crumbs(), Data: v})
}

// head is the beginning of a text for a list.
func head(text string) string {
	all := []rune(strings.Join(paragraphs(text), " "))
	if len(all) > 30 {
		return string(all[:30]) + "…"
	}
	return string(all)
}

var reportOrder = []string{"what", "activity", "occurred", "discovered", "measures", "name", "post"}

// reportAct is the form of five fields; the clock of an incident that runs
// already is not asked for again.
func reportAct(f *form, running bool) *matterAct {
	a := &matterAct{Title: "五项基本情况", Lead: "提交后立即出具带时间戳的回执。详情可以随后补报。请勿填写国家秘密、工作秘密（第五条）。", Button: "立即报告", Do: "submit", Signer: true,
		Hidden: [][2]string{{"act", string(campaign.IncidentReport)}},
		Fields: []field{areaField(f, "what", "发生了什么", "一两句话即可", 3), textField(f, "activity", "地点和涉及的认证活动", ""), hourField(f, "occurred", "发生时间", "48小时自发生起按钟点连续计算"),
			hourField(f, "discovered", "发现时间", ""), areaField(f, "measures", "已采取的措施", "尚未采取的写明打算", 3)}}
	if running {
		a.Fields = append(a.Fields[:2], a.Fields[3:]...)
	}
	return a
}

// byPhone says that a report need not wait for this site, when somebody was named
// to whom it can be made.
func (s *Server) byPhone() string {
	if s.Contact == "" {
		return ""
	}
	return "来不及在线填报的，可以先电话报告：" + s.Contact + "。"
}

func (s *Server) newIncident(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	v := matterView{Action: o.Path + "/incidents/new", Tags: []string{}, Act: reportAct(f, false)}
	v.Act.Lead += s.byPhone()
	if !o.Act {
		v.Act, v.Hint = nil, "此链接只能查看，请使用任务邮件中的链接办理。"+s.byPhone()
	}
	return page{Title: "报告事件（48小时）", Crumbs: append(o.crumbs(), link{Href: o.Path + "/incidents", Text: "48小时报告"}), Form: f, Data: v}, o, err
}

func (s *Server) incidentForm(w http.ResponseWriter, r ask) error {
	p, _, err := s.newIncident(r, newForm(reportOrder...))
	if err != nil {
		return err
	}
	return s.showMatter(w, r, p, nil)
}

func reportOf(f *form) desk.ReportForm {
	return desk.ReportForm{What: f.Get("what"), Activity: f.Get("activity"), Occurred: f.Get("occurred"), Discovered: f.Get("discovered"), Measures: f.Get("measures")}
}

// incidentReport answers at once with the stamped receipt (GL-20).
func (s *Server) incidentReport(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, reportOrder...)
	if err != nil {
		return err
	}
	rec, err := s.Desk.ReportIncident(r.Context(), r.Visitor, 0, reportOf(f), signer(f))
	if err == nil {
		o, err := s.own(r)
		if err != nil {
			return err
		}
		return s.reported(w, r, o, rec)
	}
	f.Faults = faultsOf(err)
	p, _, bad := s.newIncident(r, f)
	if bad != nil {
		return bad
	}
	return s.showMatter(w, r, p, err)
}

// ownActs are the acts that the table leaves to the institution, first the one that is waited for.
func ownActs(s campaign.IncidentState) []string {
	var all []string
	for _, a := range []campaign.IncidentAct{campaign.IncidentReport, campaign.IncidentDetails, campaign.IncidentFollow, campaign.IncidentRelate} {
		if _, err := campaign.MoveIncident(s, a, ""); err == nil {
			all = append(all, string(a))
		}
	}
	return all
}

func incidentAct(act string, f *form) *matterAct {
	a := &matterAct{Title: campaign.IncidentAct(act).Chinese(), Button: "提交", Do: "submit", Signer: true, Hidden: [][2]string{{"act", act}}}
	switch campaign.IncidentAct(act) {
	case campaign.IncidentReport:
		return reportAct(f, true)
	case campaign.IncidentDetails:
		a.Lead = "第二十三条：立即组织开展调查，判定事件与认证活动的相关性。五个步骤逐项填写，尚未开展的写明安排。"
		a.Fields = []field{radioField(f, "relevance", "与认证活动的相关性", "", relevanceOptions())}
		for _, st := range campaign.HandlingSteps() {
			a.Fields = append(a.Fields, areaField(f, st.Key, st.Chinese, st.Hint, 3))
		}
	case campaign.IncidentFollow:
		a.Lead = "第二十条：随时报告后续情况及处置措施。办结之前可以多次报告。"
		a.Fields = []field{areaField(f, "text", "后续情况及处置措施", "不超过 3000 字", 6)}
	case campaign.IncidentRelate:
		a.Fields = []field{radioField(f, "relevance", "与认证活动的相关性", "", relevanceOptions()), areaField(f, "text", "判定的理由", "", 4)}
	default:
		return nil
	}
	return a
}

func (s *Server) ownIncidentShow(r ask, f *form) (page, own, store.Incident, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, store.Incident{}, err
	}
	n, err := r.numberIn()
	if err != nil {
		return page{}, o, store.Incident{}, err
	}
	i, err := s.store.Incident(r.Context(), o.Ref, n)
	if err != nil {
		return page{}, o, i, missingPage(err)
	}
	v := incidentPage(i, o.Now)
	v.Action = o.Path + "/incidents/" + itoa(n)
	v.Lines = incidentLines(i, func(role, _, signer string) string {
		return map[string]string{"": signer, "clock": "期限届满", string(campaign.Officer): "主管部门"}[role]
	})
	if may := ownActs(i.State()); o.Act && len(may) > 0 {
		act, fill, gone := chosenForm(r, f, may)
		v.Act, v.Gone = incidentAct(act, fill), gone
		for _, other := range may {
			if other != act {
				v.Links = append(v.Links, link{Href: v.Action + "?act=" + other, Text: campaign.IncidentAct(other).Chinese()})
			}
		}
	} else {
		v.Hint = "没有需要贵机构办理的事项。"
	}
	return page{Title: "第 " + itoa(n) + " 号事件", Crumbs: append(o.crumbs(), link{Href: o.Path + "/incidents", Text: "48小时报告"}), Form: f, Data: v}, o, i, nil
}

// incidentPage is what both sides see of an incident.
func incidentPage(i store.Incident, now time.Time) matterView {
	v := matterView{Key: i.Ref().IncidentID(i.N), Tags: incidentTags(i, now), Chart: clock48("clock", i, now)}
	v.Facts = append([][2]string{{"事件概况", i.What}, {"地点和涉及的认证活动", i.Activity}}, bothClocks(i, now)...)
	relevance := "尚未判定"
	if r := i.Facts().Relevance(); r != "" {
		relevance = r.Chinese()
	}
	v.Facts = append(v.Facts, [2]string{"与认证活动的相关性", relevance})
	return v
}

func (s *Server) ownIncident(w http.ResponseWriter, r ask) error {
	p, _, _, err := s.ownIncidentShow(r, newForm())
	if err != nil {
		return err
	}
	return s.showMatter(w, r, p, nil)
}

func (s *Server) ownIncidentPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, reportOrder...)
	if err != nil {
		return err
	}
	n, err := r.numberIn()
	if err != nil {
		return err
	}
	rec, err := s.incidentDone(r, n, f)
	if err == nil {
		o, err := s.own(r)
		if err != nil {
			return err
		}
		if campaign.IncidentAct(f.Get("act")) == campaign.IncidentReport {
			return s.reported(w, r, o, rec)
		}
		return s.received(w, r, o, rec)
	}
	f.Faults = faultsOf(err)
	p, _, _, bad := s.ownIncidentShow(r, f)
	if bad != nil {
		return bad
	}
	return s.showMatter(w, r, p, err)
}

func (s *Server) incidentDone(r ask, n int, f *form) (desk.Receipt, error) {
	ctx, v, by := r.Context(), r.Visitor, signer(f)
	switch campaign.IncidentAct(f.Get("act")) {
	case campaign.IncidentReport:
		return s.Desk.ReportIncident(ctx, v, n, reportOf(f), by)
	case campaign.IncidentDetails:
		x := desk.DetailsForm{Relevance: campaign.Relevance(f.Get("relevance")), Steps: map[string]string{}}
		for _, st := range campaign.HandlingSteps() {
			x.Steps[st.Key] = f.Get(st.Key)
		}
		return s.Desk.DetailIncident(ctx, v, n, x, by)
	case campaign.IncidentFollow:
		return s.Desk.FollowIncident(ctx, v, n, f.Get("text"), by)
	case campaign.IncidentRelate:
		return s.Desk.RelateIncident(ctx, v, n, campaign.Relevance(f.Get("relevance")), f.Get("text"), by)
	}
	return desk.Receipt{}, campaign.Fail(campaign.Invalid, "请在页面上选择要办理的事项")
}
