package web

// menuGroup is a row of a year's menu: what it is about and the pages on it.
type menuGroup struct {
	Name  string
	Links []link
}

// yearMenu lists the office's pages about a year, grouped by what they are
// about; told adds to the name of a page what waits there.
func yearMenu(year int, told map[string]string) []menuGroup {
	at := func(name, text string) link {
		l := link{Href: yearPath(year), Text: text + told[name]}
		if name != "" {
			l.Href = yearPath(year, name)
		}
		return l
	}
	return []menuGroup{
		{"年度", []link{at("", "总览"), at("institutions", "参评机构"), at("calendar", "日历"), at("yearplan", "宣传工作计划"), {Href: "/office/goals", Text: "六项目标"}, at("mails", "邮件与消息"), at("replies", "来信留言")}},
		{"事实", []link{at("events", "加分与扣分事项"), at("claims", "机构申报"), at("matters", "同一事项"), {Href: "/office/catalogue", Text: "活动目录"}, {Href: "/office/media", Text: "媒体目录"}}},
		{"评审", []link{at("reviewers", "评审进度"), at("conflicts", "利益冲突"), at("spots", "随机抽查")}},
		{"结果", []link{at("release", "公布与三审三校"), at("figures", "报告数字出处"), at("versions", "结果与名次"), at("robust", "结果稳健性"), at("whatif", "口径试算"), {Href: "/office/readings", Text: "口径台账"}}},
		{"处置", []link{at("warnings", "风险警示"), at("consistency", "一致性清单"), at("incidents", "48小时报告"), at("clearances", "事前审批"), at("guidance", "业务指导函")}},
		{"激励与调研", []link{at("honours", "荣誉与案例"), at("survey", "专题调研"), at("local", "地方激励参考"), at("measures", "地方具体措施")}},
	}
}

// markHere says which page of a menu is open, and whether any is.
func markHere(all []menuGroup, path string) bool {
	found := false
	for _, g := range all {
		for i := range g.Links {
			g.Links[i].Here = g.Links[i].Href == path
			found = found || g.Links[i].Here
		}
	}
	return found
}

// menuOf is the year's menu of a page that stands in it, but for the year's
// first page, which draws its own: an act is one thing on one page, without.
func (s *Server) menuOf(r ask, year int) []menuGroup {
	if r.Staff.ID == "" || !s.rights["GET /office/{year}"].May(r.Staff.Role) || r.URL.Path == yearPath(year) {
		return nil
	}
	if all := yearMenu(year, nil); markHere(all, r.URL.Path) {
		return all
	}
	return nil
}

// menu is the board's: with what waits.
func (b *board) menu() {
	told := map[string]string{}
	if b.Events > 0 {
		told["events"] = "（" + itoa(b.Events) + " 待确认）"
	}
	if b.Warnings > 0 {
		told["warnings"] = "（" + itoa(b.Warnings) + "）"
	}
	if n := len(b.Clearances); n > 0 {
		told["clearances"] = "（" + itoa(n) + " 待批）"
	}
	if n := len(b.Incidents); n > 0 {
		told["incidents"] = "（" + itoa(n) + " 未办结）"
	}
	if n := b.overdue; n > 0 {
		told["reviewers"] = "（" + itoa(n) + " 复核逾期）"
	}
	b.Menu = yearMenu(b.C.Year, told)
	markHere(b.Menu, yearPath(b.C.Year))
}
