package web

import (
	"net/http"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

var rulings = []option{{Value: "confirm", Text: "予以认定", Hint: "计入得分"}, {Value: "reject", Text: "不予认定", Hint: "不计分"}}

// eventOf finds the event of the path among those of the institution's year.
func (s *Server) eventOf(r ask) (store.Entry, eventView, error) {
	_, e, err := s.about(r)
	if err != nil {
		return e, eventView{}, err
	}
	id, err := evidenceID(r)
	if err != nil {
		return e, eventView{}, err
	}
	all, err := s.store.Events(r.Context(), e.Ref())
	if err != nil {
		return e, eventView{}, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return e, eventView{}, err
	}
	views := viewEvents(all, map[string]string{e.Code: e.Name}, names, r.Staff, s.Desk.Table)
	i := slices.IndexFunc(views, func(v eventView) bool { return v.ID == id })
	if i < 0 {
		return e, eventView{}, campaign.Fail(campaign.NotFound, "没有找到该事项")
	}
	return e, views[i], nil
}

func (s *Server) rulingPage(w http.ResponseWriter, r ask) error {
	e, v, err := s.eventOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	if v.Minus {
		p, err := s.determineForm(r, e, v, f)
		if err != nil {
			return err
		}
		return s.showForm(w, r, http.StatusOK, p, f)
	}
	p, err := s.rulingForm(r, e, v, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) rulingForm(r ask, e store.Entry, v eventView, f *form) (page, error) {
	fp := formPage{Action: entryPath(e.Ref(), "event", itoa(int(v.ID))), Lead: "认定后计入得分，不能撤回。",
		Facts: append(eventFacts(e, v), [2]string{"状态", v.State})}
	uses, err := s.usesOf(r, v.Event)
	if err != nil {
		return page{}, err
	}
	if uses != "" {
		fp.Facts = append(fp.Facts, [2]string{"重复使用", "同一工作在" + uses + "也有使用"})
	}
	files, err := s.claimFiles(r.Context(), v.Event)
	if err != nil {
		return page{}, err
	}
	for _, x := range files {
		fp.More = append(fp.More, link{Href: entryPath(e.Ref(), "files", itoa(x.N)), Text: "证明材料：" + x.Name})
	}
	if v.Confirmed == nil {
		base := tickField(f, "in_base", "同一工作已在基础分中使用（第5、7、8项等）", "只作标明；本年度口径规定不得重复使用的，不再加分（口径 R-08）")
		fp.Sections = []section{{Title: "认定", Fields: []field{radioField(f, "decision", "认定结论", "", rulings), areaField(f, "reason", "认定理由", "写明依据的事实和条款", 4), base}}}
		fp.Button = "检查并提交"
	}
	return page{Title: "认定事项", Crumbs: append(entryCrumbs(e), link{Href: yearPath(e.Year, "events"), Text: "加分与扣分事项"}), Data: fp}, nil
}

// ruleEvent confirms or rejects what another person registered (S6).
func (s *Server) ruleEvent(w http.ResponseWriter, r ask) error {
	e, v, err := s.eventOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "decision", "reason", "in_base")
	if err != nil {
		return err
	}
	if v.Minus {
		return s.determine(w, r, e, v, f)
	}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.rulingForm(r, e, v, f) },
		look: func() error {
			bad := map[string]string{}
			if d := f.Get("decision"); d != "confirm" && d != "reject" {
				bad["decision"] = "请选择认定结论"
			}
			if err := wanting(f, map[string]string{"reason": "请填写认定理由"}); err != nil {
				bad["reason"] = "请填写认定理由"
			}
			return wrong(bad)
		},
		rows: func() [][2]string {
			return [][2]string{{"机构", e.Name}, {"事项名称", v.Title}, {"结论", labelled(rulings, f.Get("decision"))}, {"理由", f.Get("reason")},
				{"已在基础分中使用", map[bool]string{true: "是", false: "否"}[f.Get("in_base") == "1"]}}
		},
		title: "请核对认定结论", lead: "确认后记入台账，不能撤回。", word: "确认",
		act: func() error {
			return s.Desk.RuleBonus(r.Context(), r.Staff, e.Ref(), v.ID, desk.BonusRuling{Confirm: f.Get("decision") == "confirm", InBase: f.Get("in_base") == "1", Reason: f.Get("reason")})
		},
		done: yearPath(e.Year, "events") + "?done=ruling",
	})
}

var extendable = []option{
	{Value: string(campaign.PlanTask), Text: campaign.PlanTask.Chinese()},
	{Value: string(campaign.EvidenceTask), Text: campaign.EvidenceTask.Chinese()},
	{Value: string(campaign.SelfScoreTask), Text: campaign.SelfScoreTask.Chinese()},
}

func (s *Server) extendPage(w http.ResponseWriter, r ask) error {
	c, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm()
	p, err := s.extendForm(r, c, e, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) extendForm(r ask, c store.Campaign, e store.Entry, f *form) (page, error) {
	granted, err := s.store.Extensions(r.Context(), e.Ref())
	if err != nil {
		return page{}, err
	}
	facts := [][2]string{{"机构", e.Name}}
	for _, o := range extendable {
		facts = append(facts, [2]string{"现截止日：" + o.Text, desk.Due(campaign.Task(o.Value), c.Rules.Calendar, granted).Chinese()})
	}
	return page{Title: "准予延期", Crumbs: entryCrumbs(e), Data: formPage{Action: entryPath(e.Ref(), "extend"), Lead: "只对这一家机构延期，须写明理由；机构会收到通知。", Facts: facts,
		Sections: []section{{Fields: []field{chooseField(f, "task", "任务", "", extendable), dayField(f, "day", "新的截止日", "应晚于现截止日，早于下一阶段开始"), areaField(f, "reason", "理由", "将随通知发给机构", 3)}}},
		Button:   "检查并提交"}}, nil
}

func (s *Server) extend(w http.ResponseWriter, r ask) error {
	c, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "task", "day", "reason")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.extendForm(r, c, e, f) },
		look: func() error {
			bad := map[string]string{}
			if _, err := campaign.ParseDay(string(dayTyped(f, "day"))); err != nil {
				bad["day"] = "请填写新的截止日，格式 2026-03-15"
			}
			if f.Get("task") == "" {
				bad["task"] = "请选择任务"
			}
			if err := wanting(f, map[string]string{"reason": "请填写延期理由"}); err != nil {
				bad["reason"] = "请填写延期理由"
			}
			return wrong(bad)
		},
		rows: func() [][2]string {
			return [][2]string{{"机构", e.Name}, {"任务", labelled(extendable, f.Get("task"))}, {"新的截止日", dayWords(dayTyped(f, "day"))}, {"理由", f.Get("reason")}}
		},
		title: "请核对延期", lead: "确认后记入台账，并通知机构。", word: "确认延期",
		act: func() error {
			return s.Desk.Extend(r.Context(), r.Staff, e.Ref(), campaign.Task(f.Get("task")), dayTyped(f, "day"), f.Get("reason"))
		},
		done: entryPath(e.Ref()) + "?done=extend",
	})
}

// waysOut are those of an institution: the last is only for one that is suspended.
func waysOut(e store.Entry) (all []option) {
	for _, w := range campaign.WaysOut() {
		if w != campaign.WaySuspended || e.SuspendedAt != nil {
			all = append(all, option{Value: string(w), Text: w.Chinese()})
		}
	}
	return all
}

func (s *Server) leavePage(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm()
	return s.showForm(w, r, http.StatusOK, leaveForm(e, f), f)
}

func leaveForm(e store.Entry, f *form) page {
	return page{Title: "登记退出", Crumbs: entryCrumbs(e), Data: formPage{Action: entryPath(e.Ref(), "leave"), Lead: "退出后本年度流程随即结束，不再评分，不能撤回。",
		Facts: [][2]string{{"机构", e.Name}, {"当前阶段", e.Stage.Chinese()}},
		Sections: []section{{Fields: []field{radioField(f, "how", "退出情形", "", waysOut(e)), areaField(f, "reason", "理由", "写明文件或文号；将随通知发给机构", 3),
			textField(f, "successor", "承继机构的批准号", "合并时必填。此后发给本机构的邮件改送承继机构的联系人")}}}, Button: "检查并提交"}}
}

func (s *Server) leave(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "how", "reason", "successor")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return leaveForm(e, f) }),
		look: func() error {
			says := map[string]string{"how": "请选择退出情形", "reason": "请填写理由"}
			if f.Get("how") == "merged" {
				says["successor"] = "合并的，请填写承继机构的批准号"
			}
			return wanting(f, says)
		},
		rows: func() [][2]string {
			return [][2]string{{"机构", e.Name}, {"退出情形", labelled(waysOut(e), f.Get("how"))}, {"理由", f.Get("reason")}, {"承继机构", s.successorWord(r, f.Get("successor"))}}
		},
		title: "请核对", lead: "确认后该机构本年度流程结束，不能撤回。", word: "确认退出", red: true,
		act: func() error {
			return s.Desk.Leave(r.Context(), r.Staff, e.Ref(), desk.LeaveForm{How: f.Get("how"), Reason: f.Get("reason"), Successor: f.Get("successor")})
		},
		done: entryPath(e.Ref()) + "?done=leave",
	})
}

func (s *Server) successorWord(r ask, code string) string {
	if code = strings.TrimSpace(code); code == "" {
		return "无"
	}
	return s.nameOf(r, code) + "（" + code + "）"
}

// links ends an institution's links or sends it a fresh one.
func (s *Server) links(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	done := map[string]string{"revoke": "revoked", "new": "link"}[f.Get("do")]
	switch f.Get("do") {
	case "revoke":
		_, err = s.Desk.RevokeLinks(r.Context(), r.Staff, ref)
	case "new":
		err = s.Desk.NewLink(r.Context(), r.Staff, ref)
	default:
		err = campaign.Fail(campaign.Invalid, "请选择停用链接或发送新链接")
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, entryPath(ref)+"?done="+done)
}
