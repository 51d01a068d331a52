package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// officeIncidents is the ledger of 48-hour reports of a year.
func (s *Server) officeIncidents(w http.ResponseWriter, r ask) error {
	c, now, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.Incidents(r.Context(), contract.Ref{Year: c.Year})
	if err != nil {
		return err
	}
	l := ledgerOf(all, now)
	v := mattersView{Lead: "第二十条：48小时自发生起按钟点连续计算。逾期由记录的时间决定；准予不计须说明理由。", Heads: []string{"机构", "状态", "发生时间", "48小时届满", "自发生起", "相关性"},
		Empty: "本年度没有48小时报告", Chart: l.Ratio(), Caption: "按时与逾期"}
	for k, i := range all {
		v.Rows = append(v.Rows, matterRow{Href: yearPath(c.Year, "incidents", i.Code, itoa(i.N)), Title: i.Name, Note: "第 " + itoa(i.N) + " 号　" + head(i.What), Tags: incidentTags(i, now),
			Cells: []string{stampSecond(i.OccurredAt), stampSecond(i.Due), l.Lines[k].Ago, i.Facts().Relevance().Chinese()}})
	}
	return s.render(w, r, http.StatusOK, "matters", page{Title: "48小时报告台账", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: v})
}

// judgements are the acts that the table leaves to an officer.
func judgements(i store.Incident, late bool) []string {
	var all []string
	for _, a := range []campaign.IncidentAct{campaign.IncidentRelate, campaign.IncidentExcuse, campaign.IncidentClose} {
		if _, err := campaign.MoveIncident(i.State(), a, string(campaign.Officer)); err != nil || a == campaign.IncidentExcuse && (!late || i.Facts().Excused()) {
			continue
		}
		all = append(all, string(a))
	}
	return all
}

func (s *Server) officeIncidentShow(r ask, f *form) (page, store.Incident, error) {
	ref, err := r.ref()
	if err != nil {
		return page{}, store.Incident{}, err
	}
	n, err := r.numberIn()
	if err != nil {
		return page{}, store.Incident{}, err
	}
	i, err := s.store.Incident(r.Context(), ref, n)
	if err != nil {
		return page{}, i, missingPage(err)
	}
	_, now, err := s.campaignOf(r)
	if err != nil {
		return page{}, i, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return page{}, i, err
	}
	v := incidentPage(i, now)
	v.Action = yearPath(ref.Year, "incidents", ref.Code, itoa(n))
	v.Done = doneWord(r)
	v.Lines = incidentLines(i, signedBy(names))
	v.Links = append(v.Links, link{Href: yearPath(ref.Year, "i", ref.Code), Text: "该机构的年度档案"})
	if e := s.engineURL(ref.IncidentID(n)); e != "" {
		v.Links = append(v.Links, link{Href: e, Text: "流程引擎中的流程"})
	}
	if r.Staff.Role == campaign.Officer {
		officeActs(r, f, &v, i, now.After(i.Due) && i.Facts().Late(now))
	}
	return page{Title: i.Name + "：第 " + itoa(n) + " 号事件", Crumbs: officeCrumbs(yearCrumb(ref.Year), link{Href: yearPath(ref.Year, "incidents"), Text: "48小时报告台账"}), Form: f, Wide: true, Data: v}, i, nil
}

// signedBy names who acted: of the institution as it signed, of staff by name.
func signedBy(names map[string]string) func(role, by, signer string) string {
	t := teller{staff: true, names: names}
	return func(role, by, signer string) string {
		if role == "" {
			return signer
		}
		return t.actor(role, by)
	}
}

// officeActs adds the form of an officer's act, the way to the others, and for
// what may be a matter of row 16 the way to registering a clue (GL-23).
func officeActs(r ask, f *form, v *matterView, i store.Incident, late bool) {
	may := judgements(i, late)
	act, f, gone := chosenForm(r, f, may)
	v.Gone = gone
	if act == "" {
		v.Hint = "该事件已经办结。"
	} else {
		a := &matterAct{Title: campaign.IncidentAct(act).Chinese(), Button: "检查并办理", Do: "check", Hidden: [][2]string{{"act", act}}}
		if act == string(campaign.IncidentRelate) {
			a.Lead = "工作人员的判定优先于机构的判定。判定为不相关或者待定的，不登记第16项线索（第二十三条）。"
			a.Fields = append(a.Fields, radioField(f, "relevance", "与认证活动的相关性", "", relevanceOptions()))
		}
		a.Fields = append(a.Fields, areaField(f, "text", "理由", "记入台账，机构可以看到", 4))
		v.Act = a
	}
	for _, other := range may {
		if other != act {
			v.Links = append(v.Links, link{Href: v.Action + "?act=" + other, Text: campaign.IncidentAct(other).Chinese()})
		}
	}
	if i.Facts().Relevance().MayCost() {
		v.Links = append(v.Links, link{Href: yearPath(i.Year, "i", i.Code, "event"), Text: "登记线索（附件2第16项）"})
	}
}

func (s *Server) officeIncident(w http.ResponseWriter, r ask) error {
	p, _, err := s.officeIncidentShow(r, newForm("relevance", "text"))
	if err != nil {
		return err
	}
	return s.showMatter(w, r, p, nil)
}

func (s *Server) officeIncidentPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "relevance", "text")
	if err != nil {
		return err
	}
	p, i, err := s.officeIncidentShow(r, f)
	if err != nil {
		return err
	}
	act, rel := campaign.IncidentAct(f.Get("act")), campaign.Relevance(f.Get("relevance"))
	faults := map[string]string{}
	if act == campaign.IncidentRelate && rel.Chinese() == "" {
		faults["relevance"] = "请判定事件与认证活动的相关性（第二十三条）"
	}
	if strings.TrimSpace(f.Get("text")) == "" {
		faults["text"] = "请填写理由"
	}
	switch err := wrong(faults); {
	case f.Get("do") == "edit":
		return s.showMatter(w, r, p, nil)
	case err != nil:
		return s.officeIncidentAgain(w, r, f, err)
	case f.Get("do") == "check":
		rows := [][2]string{{"机构", i.Name}, {"事件", "第 " + itoa(i.N) + " 号"}, {"事项", act.Chinese()}}
		if rel != "" {
			rows = append(rows, [2]string{"相关性", rel.Chinese()})
		}
		return s.render(w, r, http.StatusOK, "check", page{Title: "请核对", Crumbs: p.Crumbs, Data: check{Action: p.Data.(matterView).Action, Lead: "办理后记入台账，不能撤回。",
			Rows: append(rows, [2]string{"理由", f.Get("text")}), Hidden: f.Hidden(), Button: "确认" + act.Chinese()}})
	}
	if _, err := s.Desk.JudgeIncident(r.Context(), r.Staff, i.Ref(), i.N, act, rel, f.Get("text")); err != nil {
		return s.officeIncidentAgain(w, r, f, err)
	}
	return seeOther(w, r, p.Data.(matterView).Action+"?done=incident")
}

func (s *Server) officeIncidentAgain(w http.ResponseWriter, r ask, f *form, err error) error {
	f.Faults = faultsOf(err)
	p, _, bad := s.officeIncidentShow(r, f)
	if bad != nil {
		return bad
	}
	return s.showMatter(w, r, p, err)
}

func openIncidentForm(e store.Entry, f *form) page {
	return page{Title: "要求48小时报告", Crumbs: entryCrumbs(e), Form: f, Data: formPage{Action: entryPath(e.Ref(), "incident"),
		Lead: "主管部门从其他渠道获悉事件的，可以直接开立。48小时自发生起计算；机构收到通知后在线报告。", Facts: [][2]string{{"机构", e.Name}}, Button: "检查并开立",
		Sections: []section{{Fields: []field{areaField(f, "what", "事件概况", "写入给机构的通知", 4), textField(f, "activity", "地点和涉及的认证活动", ""), hourField(f, "occurred", "发生时间", "")}}}}}
}

func (s *Server) openIncidentPage(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm("what", "activity", "occurred")
	return s.showForm(w, r, http.StatusOK, openIncidentForm(e, f), f)
}

func (s *Server) openIncident(w http.ResponseWriter, r ask) error {
	c, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "what", "activity", "occurred")
	if err != nil {
		return err
	}
	o := desk.OpenForm{What: f.Get("what"), Activity: f.Get("activity"), Occurred: f.Get("occurred")}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return openIncidentForm(e, f) }),
		look: func() error { return wrong(o.Faults(c.Now(s.Desk.Clock()))) },
		rows: func() [][2]string {
			t, _ := desk.ParseHour(o.Occurred)
			return [][2]string{{"机构", e.Name}, {"事件概况", o.What}, {"地点和涉及的认证活动", o.Activity}, {"发生时间", stampSecond(t)}, {"48小时届满", stampSecond(campaign.ReportDue(t))}}
		},
		title: "请核对", lead: "确认后通知机构报告，48小时自发生起计算。", word: "确认开立",
		act: func() error {
			_, err := s.Desk.OpenIncident(r.Context(), r.Staff, e.Ref(), o)
			return err
		},
		done: yearPath(e.Year, "incidents"),
	})
}
