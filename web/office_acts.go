package web

import (
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// about reads the institution's year that an act is about.
func (s *Server) about(r ask) (store.Campaign, store.Entry, error) {
	ref, err := r.ref()
	if err != nil {
		return store.Campaign{}, store.Entry{}, err
	}
	c, err := s.campaign(r.Context(), ref.Year)
	if err != nil {
		return c, store.Entry{}, err
	}
	e, err := s.store.Entry(r.Context(), ref)
	return c, e, err
}

func entryPath(ref contract.Ref, more ...string) string {
	return yearPath(ref.Year, append([]string{"i", ref.Code}, more...)...)
}

func entryCrumbs(e store.Entry) []link {
	return officeCrumbs(yearCrumb(e.Year), link{Href: entryPath(e.Ref()), Text: e.Name})
}

var planDecisions = []option{{Value: "accept", Text: "通过"}, {Value: "return", Text: "退回修改", Hint: "须写明修改意见，机构可在补报截止日前重新报送"}}

// officePlan shows the newest version of a plan; an officer decides on it.
func (s *Server) officePlan(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	p, err := s.reviewForm(r, e, newForm())
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, p.Form)
}

func (s *Server) reviewForm(r ask, e store.Entry, f *form) (page, error) {
	plans, err := s.store.Plans(r.Context(), e.Ref())
	if err != nil {
		return page{}, err
	}
	if len(plans) == 0 {
		return page{}, campaign.Fail(campaign.NotFound, "%s尚未报送年度计划", e.Name)
	}
	v := viewPlan(plans[len(plans)-1])
	fp := formPage{Action: entryPath(e.Ref(), "plan"), Facts: [][2]string{{"机构", e.Name}, {"版本", "第 " + itoa(v.Version) + " 版，" + stamp(v.At)}, {"状态", v.Word}, {"报送人", v.ByName},
		{"批准", v.Form.ApprovedBy + "　" + dayWords(campaign.Day(v.Form.ApprovedOn)) + "　" + v.Form.ApprovalNo}, {"主管负责人", v.Form.Lead}, {"主管部门", v.Form.Department}, {"内容摘要（SHA-256）", v.Digest}},
		Texts: [][2]string{{"年度目标与任务", v.Form.Goals}, {"重点活动安排", v.Form.Activities}, {"人员与经费保障", v.Form.Resources}}}
	if v.Note != nil && *v.Note != "" {
		fp.Texts = append(fp.Texts, [2]string{"审阅意见", *v.Note})
	}
	if v.Accepted == nil && r.Staff.Role == campaign.Officer {
		if f.Get("version") == "" {
			f.Set("version", itoa(v.Version))
		}
		fp.Carried = [][2]string{{"version", f.Get("version")}}
		fp.Sections = []section{{Title: "审阅", Fields: []field{radioField(f, "decision", "审阅结论", "", planDecisions), areaField(f, "note", "意见", "退回时必填；将随通知发给机构", 4)}}}
		fp.Button = "检查并提交"
	}
	return page{Title: "年度宣传工作计划", Crumbs: entryCrumbs(e), Form: f, Data: fp}, nil
}

func (s *Server) reviewPlan(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "decision", "note")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.reviewForm(r, e, f) },
		look: func() error {
			if d := f.Get("decision"); d != "accept" && d != "return" {
				return wanting(newForm(), map[string]string{"decision": "请选择通过或退回修改"})
			}
			return nil
		},
		rows: func() [][2]string {
			return [][2]string{{"机构", e.Name}, {"版本", "第 " + f.Get("version") + " 版"}, {"结论", labelled(planDecisions, f.Get("decision"))}, {"意见", f.Get("note")}}
		},
		title: "请核对审阅结论", lead: "确认后记入台账，并通知机构。", word: "确认",
		act: func() error {
			version, err := strconv.Atoi(f.Get("version"))
			if err != nil {
				return campaign.Fail(campaign.Invalid, "没有写明计划的版本，请刷新后重新审阅")
			}
			return s.Desk.ReviewPlan(r.Context(), r.Staff, e.Ref(), version, f.Get("decision") == "accept", f.Get("note"))
		},
		done: entryPath(e.Ref()) + "?done=plan",
	})
}

func (s *Server) eventPage(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm()
	p, err := s.eventForm(r, e, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) clauseOptions() []option {
	var all []option
	for _, c := range s.Desk.Table.Clauses {
		span := c.Min.String()
		if c.Max != c.Min {
			span += "–" + c.Max.String()
		}
		sign := "加 "
		if c.Row == 16 {
			sign = "扣 "
		}
		text := []rune(c.Clean())
		if len(text) > 46 {
			text = append(text[:45], '…')
		}
		all = append(all, option{Value: c.ID, Text: c.ID + "（" + sign + span + " 分）" + string(text)})
	}
	return all
}

func (s *Server) eventForm(r ask, e store.Entry, f *form) (page, error) {
	names, err := s.nameFields(r, f)
	return page{Title: "登记加分或扣分事项", Crumbs: entryCrumbs(e), Data: formPage{
		Action: entryPath(e.Ref(), "event"), Lead: "登记后由审批人员认定，认定之前不计分。登记人不能认定自己登记的事项。扣分事项登记为线索，须经调查、告知机构后认定。", Facts: [][2]string{{"机构", e.Name}},
		Sections: []section{{Fields: []field{
			chooseField(f, "clause", "条款（附件2 第15、16项）", "", s.clauseOptions()),
			numberField(f, "points", "分值", "填正数，如 3 或 0.5；须在条款的分值范围内。可以不填：固定分值的按条款，扣分的以认定为准"),
			textField(f, "title", "事项名称", ""),
			textField(f, "matter", "同一事项标识", "同一事项请填写相同的标识，没有可不填"),
			textField(f, "source", "依据", "文件、网址或文号"),
			dayField(f, "occurred_on", "发生日期", ""),
		}}, {Title: "活动或媒体", Hint: "加分事项填写", Fields: names}}, Button: "检查并登记"}}, err
}

// registerEvent registers what earns or costs points; another person rules on it.
func (s *Server) registerEvent(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "clause", "points", "title", "source", "occurred_on")
	if err != nil {
		return err
	}
	points, unread := rubric.Points(0), error(nil)
	if strings.TrimSpace(f.Get("points")) != "" {
		points, unread = rubric.ParsePoints(f.Get("points"))
	}
	in := desk.EventForm{Names: namesOf(f), Clause: f.Get("clause"), Matter: f.Get("matter"), Title: f.Get("title"), Source: f.Get("source"), Points: points, OccurredOn: dayTyped(f, "occurred_on")}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.eventForm(r, e, f) },
		look: func() error { return lookEvent(f, in, unread) },
		rows: func() [][2]string {
			worth := "按条款"
			if points != 0 {
				worth = points.String() + " 分"
			}
			return append([][2]string{{"机构", e.Name}, {"条款", labelled(s.clauseOptions(), in.Clause)}, {"分值", worth}, {"事项名称", in.Title}, {"同一事项标识", in.Matter}, {"依据", in.Source}, {"发生日期", dayWords(in.OccurredOn)}}, nameRows(in.Names)...)
		},
		title: "请核对登记内容", lead: "登记后不能修改或删除。", word: "确认登记",
		act: func() error {
			_, err := s.Desk.RegisterEvent(r.Context(), r.Staff, e.Ref(), in)
			return err
		},
		done: entryPath(e.Ref()) + "?done=event",
	})
}

func lookEvent(f *form, in desk.EventForm, unread error) error {
	bad := map[string]string{}
	if in.Clause == "" {
		bad["clause"] = "请选择条款"
	}
	if unread != nil {
		bad["points"] = unread.Error()
	}
	if _, err := campaign.ParseDay(string(in.OccurredOn)); err != nil {
		bad["occurred_on"] = "请填写发生日期，格式 2026-03-15"
	}
	for k, say := range map[string]string{"title": "请填写事项名称", "source": "请填写依据（文件、网址或文号）"} {
		if strings.TrimSpace(f.Get(k)) == "" {
			bad[k] = say
		}
	}
	return wrong(bad)
}
