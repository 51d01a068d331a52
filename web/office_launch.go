package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// launchPage proposes the days and settings of a year; all of them are the
// regulator's to change.
func (s *Server) launchPage(w http.ResponseWriter, r ask) error {
	now := s.Desk.Clock()
	year, err := strconv.Atoi(r.URL.Query().Get("year"))
	days := campaign.KnownHolidays()
	if err != nil || year < 2000 || year > 2100 {
		year = campaign.DayOf(now).Year()
		if campaign.DefaultCalendar(year, days).Launch < campaign.DayOf(now) {
			year++
		}
	}
	f := newForm().Set("year", itoa(year))
	for _, d := range campaign.DefaultCalendar(year, days).Days() {
		f.Set("day-"+d.Key, string(d.Day))
	}
	writeSettings(f, campaign.DefaultSettings(year))
	f.Set("issuer", s.Issuer)
	p, err := s.launchForm(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) launchForm(r ask, f *form) (page, error) {
	year, _ := strconv.Atoi(f.Get("year"))
	frozen, unbound, err := s.frozenReadings(r, year)
	more := []link{{Href: "/office/preflight?year=" + itoa(year), Text: "启动前检查：联系人、标准、节假日表、人员、口径解释"}, {Href: "/office/readings", Text: "口径台账"}}
	if unbound > 0 {
		more = append([]link{{Href: desk.DefaultsPath(year), Text: "先制定所缺的解释（" + itoa(unbound) + " 项），由审批人员批准后才能启动"}}, more...)
	}
	return page{Title: "启动年度评价", Crumbs: officeCrumbs(), Data: formPage{
		Action: "/office/launch",
		Lead:   "名册中的全部机构将列入本年度评价。日历、设置和口径在启动时确定；此后日历可以调整，设置和口径不再改变。",
		Facts:  [][2]string{{"将冻结的口径", frozen}},
		More:   more,
		Sections: []section{
			{Title: "年度", Fields: []field{
				numberField(f, "year", "评价年度", "四位数字，如 2027。下面的日期应属于该年度和次年"),
				tickField(f, "rehearsal", "这是一次演练", "演练使用虚拟时间，所有页面、邮件和文书都标明“示例·演练（非官方）”"),
			}},
			{Title: "日历", Hint: "建议日期已避开节假日和休息日，可以修改。截止日当天 24:00 截止。", Fields: dayFields(f, campaign.Calendar{Year: year})},
			{Title: "期限", Hint: "工作日按国务院放假安排计算。", Fields: []field{
				numberField(f, "appeal_days", "评价复核申请期（工作日）", ""), numberField(f, "decision_days", "作出复核决定（工作日）", ""),
				numberField(f, "reply_days", "陈述申辩期（工作日）", ""), numberField(f, "ack_days", "视为签收（工作日）", ""),
				numberField(f, "rectify_days", "整改期（日）", ""), numberField(f, "sign_days", "审核签批提醒（工作日）", ""),
				numberField(f, "warn_months", "警示期限（月）", "自送达起算，期满失效；0 表示至解除之日止"), numberField(f, "review_days", "公开前的复核期（日）", "自送达起算，期满后经两名审批人员同意才能公开"),
				numberField(f, "honour_days", "荣誉与案例公示期（工作日）", ""),
				numberField(f, "event_reply_days", "扣分事项陈述期（工作日）", ""), dayField(f, "effective_on", "指引施行日（第三十六条）", "此前发生的事实不扣分"),
			}},
			{Title: "评分与公布", Fields: []field{
				numberField(f, "threshold", "双评分差阈值（分）", "同一项两份打分相差超过此值时请第三位评审专家打分"),
				numberField(f, "excellent", "优秀单位起点（总分）", ""), textField(f, "issuer", "发文机关", "印在文书上；演练可以留空"),
				numberField(f, "spot_items", "每份清单的抽查件数", "三审三校、信息公开、稿件网址各抽取这么多件；抽中哪些由启动时承诺的随机种子决定"),
				areaField(f, "bases", "函件可以引用的依据", "经法制审核的法律、法规、规章名称，每行一个；《认证机构宣传工作指引》和评价指标总可以引用。第三十四条的目录不自动作为依据", 3),
				tickField(f, "hide_self_score", "评审专家提交打分表之前不显示机构自评", "不勾选时，评审专家打分时可以看到自评，高于自评的须写明理由"),
				tickField(f, "no_codes", "机构办理重要事项不使用邮件确认码", "计划、自评、评价复核、风险警示等事项提交时，默认向机构登记邮箱发送 6 位确认码。不以邮件送达的年度可以勾选"),
			}},
			{Title: "风险警示标准（第三十二条）", Hint: "原文“对宣传工作不力、造成重大风险和负面影响的”没有规定数值，也没有写明各项是“或”还是“且”；标准须在启动前编号、施行。填 0 表示不使用该项标准。", Fields: []field{
				textField(f, "criteria_version", "标准编号", ""), dayField(f, "criteria_from", "施行日期", "须早于启动日"), radioField(f, "criteria_reading", "各项之间的关系", "所选口径随年度固定，记入标准", criteriaReadings), numberField(f, "min_total", "1. 宣传工作不力：总分低于（分）", "全年未提交材料的同样符合"),
				numberField(f, "late_reports", "2. 重大风险：突发事件逾期报告达到（次）", ""), numberField(f, "uncapped_deduction", "3. 负面影响：未封顶扣分达到（分）", ""),
			}},
		},
		Button: "检查并启动"}}, err
}

// criteriaReadings are the two readings of Article 32.
var criteriaReadings = []option{{Value: "any", Text: rubric.ReadingAny}, {Value: "all", Text: rubric.ReadingAll}}

func readingOf(c rubric.Criteria) string {
	if c.All {
		return "all"
	}
	return "any"
}

// dayFields are the days of a calendar in their order.
func dayFields(f *form, c campaign.Calendar) []field {
	var all []field
	for _, d := range c.Days() {
		all = append(all, dayField(f, "day-"+d.Key, d.Name, ""))
	}
	return all
}

// readCalendar takes the days as typed; Calendar.Check says what is wrong.
func readCalendar(f *form, year int) campaign.Calendar {
	day := func(key string) campaign.Day { return dayTyped(f, "day-"+key) }
	return campaign.Calendar{Year: year, Launch: day("launch"), PlanDue: day("plan_due"), PlanClose: day("plan_close"),
		Quarters:      [4]campaign.Day{day("quarter_1"), day("quarter_2"), day("quarter_3"), day("quarter_4")},
		EvidenceClose: day("evidence_close"), SelfScoreDue: day("self_score_due"), ScoringDue: day("scoring_due"), ScoringClose: day("scoring_close"),
		Result: day("result"), Final: day("final"), Publication: day("publication")}
}

func writeSettings(f *form, x campaign.Settings) {
	for k, n := range map[string]int{"appeal_days": x.AppealDays, "decision_days": x.DecisionDays, "reply_days": x.ReplyDays,
		"ack_days": x.AckDays, "rectify_days": x.RectifyDays, "sign_days": x.SignDays, "warn_months": x.WarnMonths, "review_days": x.ReviewDays, "honour_days": x.HonourPeriod(), "event_reply_days": x.EventReplyDays, "spot_items": x.Spots(), "late_reports": x.Criteria.LateReports} {
		f.Set(k, itoa(n))
	}
	for k, p := range map[string]rubric.Points{"threshold": x.Threshold, "excellent": x.Excellent, "min_total": x.Criteria.MinTotal, "uncapped_deduction": x.Criteria.UncappedDeduction} {
		f.Set(k, p.String())
	}
	f.Set("issuer", x.Issuer).Set("criteria_version", x.Criteria.Version).Set("criteria_from", x.Criteria.InForce).Set("criteria_reading", readingOf(x.Criteria))
	f.Set("effective_on", string(x.EffectiveOn))
}

// readSettings takes the settings as typed over the defaults; what is left out
// keeps its default, what cannot be read is a fault.
func readSettings(f *form, year int) (campaign.Settings, map[string]string) {
	x := campaign.DefaultSettings(year)
	bad := map[string]string{}
	whole := func(key string, to *int) {
		if v, sent := f.Values[key]; sent {
			n, err := strconv.Atoi(strings.TrimSpace(v))
			if err != nil || n < 0 {
				bad[key] = "请填写整数"
			}
			*to = n
		}
	}
	points := func(key string, to *rubric.Points) {
		if v, sent := f.Values[key]; sent {
			p, err := rubric.ParsePoints(v)
			if err != nil {
				bad[key] = err.Error()
			} else if p < 0 {
				bad[key] = "请填写不小于 0 的分值"
			}
			*to = p
		}
	}
	whole("appeal_days", &x.AppealDays)
	whole("decision_days", &x.DecisionDays)
	whole("reply_days", &x.ReplyDays)
	whole("ack_days", &x.AckDays)
	whole("rectify_days", &x.RectifyDays)
	whole("sign_days", &x.SignDays)
	whole("warn_months", &x.WarnMonths)
	whole("review_days", &x.ReviewDays)
	whole("honour_days", &x.HonourDays)
	whole("event_reply_days", &x.EventReplyDays)
	if _, sent := f.Values["event_reply_days"]; sent && x.EventReplyDays == 0 {
		bad["event_reply_days"] = "请填写 1 至 366 之间的天数"
	}
	for _, name := range lines(f.Get("bases")) {
		x.Bases = append(x.Bases, strings.Trim(name, "《》"))
	}
	whole("spot_items", &x.SpotItems)
	if _, sent := f.Values["spot_items"]; sent && x.SpotItems == 0 {
		bad["spot_items"] = "每份清单抽查 1 至 20 件"
	}
	if _, sent := f.Values["effective_on"]; sent {
		x.EffectiveOn = dayTyped(f, "effective_on")
	}
	whole("late_reports", &x.Criteria.LateReports)
	points("threshold", &x.Threshold)
	points("excellent", &x.Excellent)
	points("min_total", &x.Criteria.MinTotal)
	points("uncapped_deduction", &x.Criteria.UncappedDeduction)
	x.HideSelfScore = f.Get("hide_self_score") == "1"
	x.NoCodes = f.Get("no_codes") == "1"
	if v, sent := f.Values["issuer"]; sent {
		x.Issuer = strings.TrimSpace(v)
	}
	if v, sent := f.Values["criteria_version"]; sent {
		x.Criteria.Version = strings.TrimSpace(v)
	}
	if v, sent := f.Values["criteria_from"]; sent {
		x.Criteria.InForce = strings.TrimSpace(v)
	}
	if v, sent := f.Values["criteria_reading"]; sent {
		if x.Criteria.All = v == "all"; v != "all" && v != "any" {
			bad["criteria_reading"] = "请选择各项之间的关系"
		}
	}
	return x, bad
}

// launch opens a year, after its days and settings have been looked over.
func (s *Server) launch(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "year", "rehearsal")
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(strings.TrimSpace(f.Get("year")))
	if err != nil || year < 2000 || year > 2100 {
		year = 0
	}
	in := desk.LaunchForm{Year: year, Rehearsal: f.Get("rehearsal") == "1", Calendar: readCalendar(f, year)}
	var bad map[string]string
	in.Settings, bad = readSettings(f, year)
	if year == 0 {
		bad["year"] = "请填写四位数字的年度，如 2027"
	}
	frozen, _, err := s.frozenReadings(r, year)
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page:  func(f *form) (page, error) { return s.launchForm(r, f) },
		look:  func() error { return cmp.Or(lookLaunch(in, bad), s.Desk.Bound(r.Context(), year)) },
		rows:  func() [][2]string { return append(launchRows(in), [2]string{"将冻结的口径", frozen}) },
		title: "请核对年度日历和设置",
		lead:  "启动后，启动日上午向名册中的全部机构发出通知。设置在本年度内不再改变。",
		word:  "确认启动",
		act: func() error {
			_, err := s.Desk.Launch(r.Context(), r.Staff, in)
			return renamed(err, launchField)
		},
		done: yearPath(year) + "?done=launch",
		mails: mailing(store.MailAct{Kind: store.LaunchAct, Year: year, Rehearsal: in.Rehearsal,
			Rules: campaign.Rules{Calendar: in.Calendar, Settings: in.Settings, Holidays: campaign.KnownHolidays()}}),
	})
}

func lookLaunch(in desk.LaunchForm, bad map[string]string) error {
	if err := wrong(bad); err != nil {
		return err
	}
	days := campaign.KnownHolidays()
	if err := days.Covers(in.Year, in.Rehearsal); err != nil {
		return &campaign.Error{Kind: campaign.Invalid, Say: err.Error(), Fields: map[string]string{"year": err.Error()}}
	}
	if err := in.Settings.Check(); err != nil {
		return renamed(err, launchField)
	}
	if err := in.Calendar.Check(days, in.Settings); err != nil {
		return renamed(err, launchField)
	}
	return in.Settings.CriteriaBefore(in.Calendar.Launch) // RW-1
}

// launchField names the field of a fault of the calendar or the settings.
func launchField(key string) string {
	if key == "criteria" {
		return "criteria_version"
	}
	for _, d := range (campaign.Calendar{}).Days() {
		if d.Key == key {
			return "day-" + key
		}
	}
	return key
}

func launchRows(in desk.LaunchForm) [][2]string {
	kind := "正式评价"
	if in.Rehearsal {
		kind = "演练（非官方）"
	}
	rows := [][2]string{{"评价年度", itoa(in.Year)}, {"性质", kind}}
	for _, d := range in.Calendar.Days() {
		rows = append(rows, [2]string{d.Name, d.Day.Chinese()})
	}
	return append(rows, settingRows(in.Settings)...)
}

// settingRows are the settings of a year in words.
func settingRows(x campaign.Settings) [][2]string {
	days := func(n int, unit string) string { return itoa(n) + " " + unit }
	rows := [][2]string{
		{"发文机关", x.Issuer}, {"双评分差阈值", x.Threshold.String() + " 分"}, {"自评对评审专家", map[bool]string{false: "显示", true: "提交打分表之前不显示"}[x.HideSelfScore]}, {"机构办理重要事项", map[bool]string{false: "须填写邮件确认码", true: "不使用邮件确认码"}[x.NoCodes]}, {"优秀单位起点", x.Excellent.String() + " 分"},
		{"评价复核申请期", days(x.AppealDays, "个工作日")}, {"作出复核决定", days(x.DecisionDays, "个工作日")},
		{"陈述申辩期", days(x.ReplyDays, "个工作日")}, {"视为签收", days(x.AckDays, "个工作日")}, {"整改期", days(x.RectifyDays, "日")}, {"签批提醒", days(x.SignDays, "个工作日")}, {"荣誉公示期", days(x.HonourPeriod(), "个工作日")},
		{"警示期限", termWord(x)}, {"公开前的复核期", days(x.ReviewDays, "日")},
		{"风险警示标准", criteriaWords(x.Criteria)},
		{"扣分事项陈述期", days(x.EventReply(), "个工作日")}, {"函件可以引用的依据", basesWord(x)}, {"每份清单的抽查件数", days(x.Spots(), "件")}, {"指引施行日", x.Effective().Chinese()},
	}
	for _, c := range x.Readings {
		row, _ := rubric.ReadingByID(c.Reading)
		rows = append(rows, [2]string{"口径 " + c.Reading + " " + row.Subject, frozenWords(x.Readings, row)})
	}
	return rows
}

func basesWord(x campaign.Settings) string {
	if len(x.Bases) == 0 {
		return "仅《认证机构宣传工作指引》和评价指标"
	}
	return "《" + strings.Join(x.Bases, "》\n《") + "》"
}

func termWord(x campaign.Settings) string {
	if x.WarnMonths == 0 {
		return "不设期限"
	}
	return itoa(x.WarnMonths) + " 个月"
}

// criteriaWords are the numbered criteria with the reading that joins them.
func criteriaWords(c rubric.Criteria) string {
	lines := []string{"编号 " + c.Version}
	if c.InForce != "" {
		lines[0] += "，" + dayWords(campaign.Day(c.InForce)) + "起施行"
	}
	for _, item := range c.Items() {
		lines = append(lines, "("+itoa(item.No)+") "+item.Text)
	}
	return strings.Join(append(lines, c.Reading()), "\n")
}
