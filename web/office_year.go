package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// calendarPage shows the days of a year; an officer may move those to come.
func (s *Server) calendarPage(w http.ResponseWriter, r ask) error {
	c, now, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	for _, d := range c.Rules.Calendar.Days() {
		f.Set("day-"+d.Key, string(d.Day))
	}
	if r.Staff.Role != campaign.Officer {
		return s.render(w, r, http.StatusOK, "office-calendar", page{Title: "年度日历", Crumbs: officeCrumbs(yearCrumb(c.Year)), Data: map[string]any{
			"C": c, "Today": campaign.DayOf(now)}})
	}
	return s.showForm(w, r, http.StatusOK, calendarForm(c.Year, f), f)
}

func calendarForm(year int, f *form) page {
	return page{Title: "调整年度日历", Crumbs: officeCrumbs(yearCrumb(year)), Data: formPage{
		Action: yearPath(year, "calendar"), Lead: "已过的日期不能改变，也不能把日期调整到今天以前。调整后，尚未结束的机构都会收到通知。",
		Sections: []section{{Title: "日历", Fields: dayFields(f, campaign.Calendar{Year: year})}}, Button: "检查变动"}}
}

func (s *Server) moveCalendar(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	for _, d := range c.Rules.Calendar.Days() {
		if _, sent := f.Values["day-"+d.Key]; !sent {
			f.Set("day-"+d.Key, string(d.Day)) // a day that was not on the form stays
		}
	}
	to := readCalendar(f, c.Year)
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return calendarForm(c.Year, f) }),
		look: func() error { return renamed(to.Check(c.Rules.Holidays, c.Rules.Settings), launchField) },
		rows: func() [][2]string {
			rows := [][2]string{}
			for _, m := range c.Rules.Calendar.Moved(to) {
				rows = append(rows, [2]string{m.Name, m.From.Chinese() + " → " + m.To.Chinese()})
			}
			if len(rows) == 0 {
				rows = append(rows, [2]string{"变动", "没有任何变动；如节假日表（含调休）已更新，一并采用"})
			}
			return rows
		},
		title: "请核对日历变动", lead: "确认后，全部尚未结束的机构流程按新的日期进行，并通知各机构。", word: "确认调整",
		act:  func() error { return renamed(s.Desk.MoveCalendar(r.Context(), r.Staff, c.Year, to), launchField) },
		done: yearPath(c.Year) + "?done=calendar",
		mails: func() (store.MailAct, error) {
			rules := c.Rules
			rules.Calendar = to
			return store.MailAct{Kind: store.CalendarAct, Year: c.Year, Rules: rules}, nil
		},
	})
}

func (s *Server) admitPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm().Set("code", r.URL.Query().Get("code"))
	return s.showForm(w, r, http.StatusOK, admitForm(c.Year, f), f)
}

func admitForm(year int, f *form) page {
	return page{Title: "纳入年中新增机构", Crumbs: officeCrumbs(yearCrumb(year)), Data: formPage{
		Action: yearPath(year, "admit"), Lead: "机构须已在名册中。纳入后从证据收集阶段开始，不补报年度计划。",
		Sections: []section{{Fields: []field{textField(f, "code", "批准号", "形如 CNCA-R-2002-001")}}}, Button: "检查并纳入"}}
}

// admitInstitution takes a mid-year entrant in.
func (s *Server) admitInstitution(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "code")
	if err != nil {
		return err
	}
	code := strings.TrimSpace(f.Get("code"))
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return admitForm(c.Year, f) }),
		look: func() error {
			if !campaign.ValidCode(code) {
				return wanting(newForm(), map[string]string{"code": "请填写批准号，形如 CNCA-R-2002-001"})
			}
			return nil
		},
		rows:  func() [][2]string { return [][2]string{{"批准号", code}, {"机构名称", s.nameOf(r, code)}} },
		title: "请核对", lead: "确认后该机构列入本年度评价，并收到通知。", word: "确认纳入",
		act: func() error {
			err := s.Desk.Admit(r.Context(), r.Staff, contract.Ref{Year: c.Year, Code: code})
			if campaign.KindOf(err) == campaign.NotFound && err != nil { // a code that is not on the roster is typed anew
				return &campaign.Error{Kind: campaign.Invalid, Say: err.Error(), Fields: map[string]string{"code": err.Error()}}
			}
			return err
		},
		done:  yearPath(c.Year, "i", code) + "?done=admit",
		mails: mailing(store.MailAct{Kind: store.AdmitAct, Year: c.Year, Code: code}),
	})
}

func (s *Server) nameOf(r ask, code string) string {
	i, err := s.store.Institution(r.Context(), code)
	if err != nil {
		return "名册中没有这家机构"
	}
	return i.Name
}

func (s *Server) publishPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	p, err := s.publishForm(r, c.Year)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, newForm())
}

func (s *Server) publishForm(r ask, year int) (page, error) {
	open, err := s.Desk.Outstanding(r.Context(), s.store.Reader, year)
	if err != nil {
		return page{}, err
	}
	c, err := s.campaign(r.Context(), year)
	if err != nil {
		return page{}, err
	}
	robust, err := s.robustFact(r, year)
	if err != nil {
		return page{}, err
	}
	release, err := s.Desk.Release(r.Context(), s.store.Reader, year)
	if err != nil {
		return page{}, err
	}
	reviewed := "已完成（第 " + itoa(release.Draft.N) + " 稿）"
	if say := release.Ready(); say != nil {
		reviewed = say.Error()
	}
	state := "全部确定"
	if len(open) > 0 {
		state = "还有 " + itoa(len(open)) + " 家未确定"
	}
	return page{Title: "公布结果", Crumbs: officeCrumbs(yearCrumb(year)), Data: formPage{
		Action: yearPath(year, "publish"), Lead: "公布优秀单位名单和汇总情况，发放证书和机构年度评价报告，并对符合标准的机构提请风险警示程序。公布不能撤回。",
		Facts:  [][2]string{{"公布日", c.Rules.Calendar.Publication.Chinese()}, {"各机构结果", state}, {"三审三校", reviewed}, {"优秀单位起点", c.Rules.Settings.Excellent.String() + " 分"}, {"结果稳健性", robust}},
		More:   []link{{Href: releasePath(year), Text: "公布稿全文和三审三校记录"}, {Href: yearPath(year, "robust"), Text: "公布前请看：哪些名次、优秀单位和警示情形不稳健"}, {Href: yearPath(year, "versions"), Text: "结果与名次，评价复核前后的不同"}},
		Button: "核对并公布"}}, nil
}

// publish asks for publication; results that are not final stand in its way.
func (s *Server) publish(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	p, err := s.publishForm(r, c.Year)
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(*form) page { return p }), rows: func() [][2]string { return p.Data.(formPage).Facts },
		title: "请最后核对", lead: "公布后任何人都可以查看优秀单位名单和汇总情况，不能撤回。", word: "确认公布", red: true,
		act:   func() error { return s.Desk.Publish(r.Context(), r.Staff, c.Year) },
		done:  yearPath(c.Year) + "?done=publish",
		mails: mailing(store.MailAct{Kind: store.PublishAct, Year: c.Year}),
	})
}
