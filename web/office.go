package web

import (
	"cmp"
	"io"
	"net/http"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// officeRoutes registers what concerns campaigns and the roster as a whole.
func (s *Server) officeRoutes() {
	s.handle("GET /office", s.officeHome)
	s.handle("GET /office/launch", s.launchPage)
	s.handle("POST /office/launch", s.launch)
	s.handle("GET /office/roster", s.rosterPage)
	s.handle("POST /office/roster", s.importRoster)
	s.handle("GET /office/roster/table", s.rosterTable)
	s.handle("GET /office/{year}", s.board)
	s.handle("GET /office/{year}/institutions", s.institutions)
	s.handle("GET /office/{year}/institutions/table", s.institutionsTable)
	s.handle("GET /office/{year}/calendar", s.calendarPage)
	s.handle("POST /office/{year}/calendar", s.moveCalendar)
	s.handle("GET /office/{year}/admit", s.admitPage)
	s.handle("POST /office/{year}/admit", s.admitInstitution)
	s.handle("GET /office/{year}/publish", s.publishPage)
	s.handle("POST /office/{year}/publish", s.publish)
	s.handle("GET /office/{year}/events", s.eventsPage)
	s.handle("GET /office/{year}/mails", s.mailsPage)
	s.handle("POST /office/{year}/mails", s.requeue)
	s.handle("GET /office/{year}/papers/{verify}", s.officePaper)
	s.handle("GET /office/{year}/warnings", s.warningsPage)
	s.handle("GET /office/{year}/warnings/{code}", s.caseDesk)
	s.handle("POST /office/{year}/warnings/{code}", s.warningAct)
	s.warningRoutes()
	s.releaseRoutes()
	s.yearPlanRoutes()
}

// officeCrumbs is the way to a page of a campaign.
func officeCrumbs(more ...link) []link {
	return append([]link{{Href: "/office", Text: "年度评价"}}, more...)
}

func yearCrumb(year int) link { return link{Href: yearPath(year), Text: yearTitle(year)} }

func yearPath(year int, more ...string) string {
	p := "/office/" + itoa(year)
	for _, m := range more {
		p += "/" + m
	}
	return p
}

func yearTitle(year int) string { return itoa(year) + " 年度" }

// campaignOf reads the campaign of the path with the time that binds it.
func (s *Server) campaignOf(r ask) (store.Campaign, time.Time, error) {
	year, err := r.year()
	if err != nil {
		return store.Campaign{}, time.Time{}, err
	}
	c, err := s.campaign(r.Context(), year)
	return c, c.Now(s.Desk.Clock()), err
}

// campaignLine is a campaign on the office's first page.
type campaignLine struct {
	C       store.Campaign
	Total   int
	Ended   int // archived or left
	NextDay campaign.NamedDay
	Days    int
}

func (s *Server) officeHome(w http.ResponseWriter, r ask) error {
	all, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	var lines []campaignLine
	for _, c := range all {
		entries, err := s.store.Entries(r.Context(), c.Year)
		if err != nil {
			return err
		}
		l := campaignLine{C: c, Total: len(entries)}
		for _, e := range entries {
			if e.Stage == campaign.Closed || e.Stage == campaign.Left {
				l.Ended++
			}
		}
		l.NextDay, l.Days = nextDay(c.Rules.Calendar, campaign.DayOf(c.Now(s.Desk.Clock())))
		lines = append(lines, l)
	}
	waiting, err := s.interpretationsWaiting(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "office-home", page{Title: "年度评价", Wide: true, Data: map[string]any{
		"Campaigns": lines, "Waiting": waiting, "Officer": r.Staff.Role == campaign.Officer, "Done": doneWord(r)}})
}

// nextDay is the first day of the calendar that has not passed; zero when all have.
func nextDay(c campaign.Calendar, today campaign.Day) (campaign.NamedDay, int) {
	for _, d := range c.Days() {
		if d.Day >= today {
			return d, today.DaysUntil(d.Day)
		}
	}
	return campaign.NamedDay{}, 0
}

func (s *Server) rosterPage(w http.ResponseWriter, r ask) error {
	return s.showRoster(w, r, http.StatusOK, newForm(), nil)
}

func (s *Server) showRoster(w http.ResponseWriter, r ask, status int, f *form, faults []campaign.RosterFault) error {
	all, err := s.store.Roster(r.Context())
	if err != nil {
		return err
	}
	return s.render(w, r, status, "office-roster", page{Title: "机构名册", Crumbs: officeCrumbs(), Form: f, Wide: true, Data: map[string]any{
		"All": all, "Faults": faults, "Officer": r.Staff.Role == campaign.Officer, "Done": doneWord(r),
		"Columns": campaign.RosterColumns()}})
}

// rosterTable is the roster as a file that can be imported again.
func (s *Server) rosterTable(w http.ResponseWriter, r ask) error {
	cells, err := s.Desk.RosterTable(r.Context())
	if err != nil {
		return err
	}
	return sendTable(w, r.URL.Query().Get("as"), "机构名册", cells)
}

// importRoster takes a roster file; with one fault in it nothing is taken.
func (s *Server) importRoster(w http.ResponseWriter, r ask) error {
	f := newForm("file")
	name, data, err := rosterFile(r)
	if isTooLarge(err) {
		return err
	}
	if err == nil {
		var faults []campaign.RosterFault
		if _, _, faults, err = s.Desk.ImportRoster(r.Context(), r.Staff, name, data); err == nil {
			return seeOther(w, r, "/office/roster?done=roster")
		}
		if len(faults) > 0 {
			f.Say = err.Error()
			return s.showRoster(w, r, http.StatusUnprocessableEntity, f, faults)
		}
	}
	if campaign.KindOf(err) != campaign.Invalid {
		return err
	}
	f.Say, f.Faults = err.Error(), map[string]string{"file": err.Error()}
	return s.showRoster(w, r, http.StatusUnprocessableEntity, f, nil)
}

func rosterFile(r ask) (name string, data []byte, err error) {
	file, head, err := r.FormFile("file")
	if err != nil {
		if isTooLarge(err) {
			return "", nil, err
		}
		return "", nil, &campaign.Error{Kind: campaign.Invalid, Say: "请选择名册文件（.xlsx 或 .csv）", Err: err}
	}
	defer file.Close()
	data, err = io.ReadAll(file)
	return head.Filename, data, err
}

// doneWord is the sentence after an act, by the address it came back to.
func doneWord(r ask) string {
	return map[string]string{
		"roster": "名册已导入。", "launch": "年度评价已启动，启动通知将在启动日发出。", "calendar": "日历已调整，各机构将收到通知。",
		"admit": "机构已纳入本年度评价。", "publish": "公布申请已提交，结果公布后自动发放证书、报告并提请风险警示。",
		"plan": "计划审阅意见已记录并通知机构。", "event": "事项已登记，等待审批人员认定。", "ruling": "认定结论已记录。",
		"extend": "延期已记录并通知机构。", "refused": "不予延期的答复已记录并通知机构。", "leave": "退出已记录并通知机构。", "suspended": "暂停已记录并通知机构。", "resumed": "恢复已记录并通知机构。", "basis": "决定已记录，到结果告知日即按现有打分形成结果。", "revoked": "该机构的访问链接已全部停用。",
		"link": "新的访问链接已发送到登记的邮箱。", "warning": "已记录，案件随即推进。", "move": "已记入案卷。", "matter": "已记录，有关得分随即按新的归属计算。", "catalogue": "活动目录已修订。", "media": "媒体目录已修订。", "saved": "草稿已保存，可以稍后继续。",
		"quarantine": "文件已隔离，内容已移除。", "incident": "已记入48小时报告台账。", "clearance": "批复已记录并通知机构。",
		"declared": "利益冲突申报已完成。", "liaison": "定点联络人已确定，机构的办理页面随即显示。", "conflict": "利益冲突已申报。", "declined": "已退出该评审任务。", "reassigned": "席位已改派并通知新的评审专家。",
		"planned": "计划已更新。", "measure": "措施已报送。", "nudged": "催办信已列入发送，每天最多一次。", "laid": "公布稿已送审，请审核人员依次办理。", "stepped": "审校意见已记录。", "corrected": "更正已登记，请重新送审。", "reissued": "更正后的一版已公布，专题报告随即重新编制。",
		"withdrawn": "撤销签署已记录，两位经办人员均签署后生效。", "sheet": "打分表文件已读入草稿。请检查后在本页提交。",
	}[cmp.Or(r.URL.Query().Get("done"), "-")]
}
