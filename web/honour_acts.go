package web

import (
	"net/http"
	"slices"
	"strconv"

	"xuanping/campaign"
	"xuanping/store"
)

// honourOptions are the acts that the table leaves to a person now.
func honourOptions(h store.Honour, p store.Staff, today campaign.Day) (all []option, hint string) {
	for _, a := range campaign.HonourActs() {
		_, err := campaign.MoveHonour(a, p.Role, p.ID, h.Facts(today))
		switch {
		case err == nil:
			all = append(all, option{Value: string(a), Text: a.Chinese()})
		case a == campaign.HonourAward && p.Role == campaign.Approver && h.State() == campaign.Shown:
			hint = err.Error()
		}
	}
	return all, hint
}

func (s *Server) honourActForm(c store.Campaign, h store.Honour, p store.Staff, f *form) page {
	today := campaign.DayOf(c.Now(s.Desk.Clock()))
	options, hint := honourOptions(h, p, today)
	d := formPage{Action: yearPath(c.Year, "honours", itoa(h.N), "act"), Lead: hint,
		Facts: [][2]string{{"类别", h.Kind.Chinese()}, {"名称", h.Title}, {"获誉对象", h.Holder}, {"状态", honourWord(h)}}}
	if len(options) > 0 {
		fields := []field{radioField(f, "act", "办理", "", options), areaField(f, "reason", "理由", "记入台账", 4)}
		if slices.ContainsFunc(options, func(o option) bool { return o.Value == string(campaign.HonourShow) }) {
			fields = append(fields, dayField(f, "starts", "公示开始日", "开始公示时填写；公示 "+itoa(c.Rules.Settings.HonourPeriod())+" 个工作日，开始当日不计"))
		}
		d.Sections, d.Button = []section{{Fields: fields}}, "检查并办理"
	}
	return page{Title: "办理：" + h.Title, Crumbs: append(honourCrumbs(c.Year), link{Href: yearPath(c.Year, "honours", itoa(h.N)), Text: h.Title}), Data: d}
}

func (s *Server) honourActPage(w http.ResponseWriter, r ask) error {
	c, h, err := s.honourOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	return s.showForm(w, r, http.StatusOK, s.honourActForm(c, h, r.Staff, f), f)
}

func (s *Server) honourAct(w http.ResponseWriter, r ask) error {
	c, h, err := s.honourOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "act", "reason", "starts")
	if err != nil {
		return err
	}
	act, start := campaign.HonourAct(f.Get("act")), dayTyped(f, "starts")
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return s.honourActForm(c, h, r.Staff, f) }),
		look: func() error {
			return wanting(f, map[string]string{"act": "请选择要办理的事项", "reason": "请填写理由"})
		},
		rows: func() [][2]string {
			rows := [][2]string{{"名称", h.Title}, {"办理", act.Chinese()}, {"理由", f.Get("reason")}}
			if _, err := campaign.ParseDay(string(start)); act == campaign.HonourShow && err == nil {
				rows = append(rows, [2]string{"公示", start.Chinese() + " 至 " + c.Rules.Settings.HonourEnd(start, c.Rules.Holidays).Chinese()})
			}
			return rows
		},
		title: "请核对", lead: "办理后记入台账，不能修改。", word: "确认" + act.Chinese(), red: act == campaign.HonourRevoke,
		act:  func() error { return s.Desk.MoveHonour(r.Context(), r.Staff, c.Year, h.N, act, f.Get("reason"), start) },
		done: yearPath(c.Year, "honours", itoa(h.N)) + "?done=moved",
	})
}

// objectionForm records an objection, or resolves one that is open.
func objectionForm(c store.Campaign, h store.Honour, p store.Staff, f *form) page {
	d := formPage{Action: yearPath(c.Year, "honours", itoa(h.N), "objection"), Facts: [][2]string{{"名称", h.Title}, {"状态", honourWord(h)}}}
	var open []option
	for _, o := range h.Objections {
		if o.Upheld == nil {
			open = append(open, option{Value: itoa(o.K), Text: "第 " + itoa(o.K) + " 件（" + o.Source + "）", Hint: o.Text})
		}
	}
	if len(open) > 0 {
		d.Sections = append(d.Sections, section{Title: "处理异议", Hint: "提名人不能处理。", Fields: []field{
			radioField(f, "k", "异议", "", open),
			radioField(f, "upheld", "结论", "", []option{{Value: "no", Text: "不成立"}, {Value: "yes", Text: "成立", Hint: "成立的，不能授予"}}),
			areaField(f, "ruling", "核查情况和理由", "", 4)}})
	}
	if p.Role == campaign.Officer && h.State() == campaign.Shown {
		d.Sections = append(d.Sections, section{Title: "登记异议", Hint: "只登记时，上面的“异议”不选。", Fields: []field{
			textField(f, "source", "异议来源", "来信、来电、来访等"), areaField(f, "text", "异议内容", "", 4)}})
	}
	if len(d.Sections) > 0 {
		d.Button = "检查并提交"
	}
	return page{Title: "公示期异议", Crumbs: append(honourCrumbs(c.Year), link{Href: yearPath(c.Year, "honours", itoa(h.N)), Text: h.Title}), Data: d}
}

func (s *Server) objectionPage(w http.ResponseWriter, r ask) error {
	c, h, err := s.honourOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	return s.showForm(w, r, http.StatusOK, objectionForm(c, h, r.Staff, f), f)
}

func (s *Server) objection(w http.ResponseWriter, r ask) error {
	c, h, err := s.honourOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "k", "upheld", "ruling", "source", "text")
	if err != nil {
		return err
	}
	k, _ := strconv.Atoi(f.Get("k"))
	d := deed{page: always(func(f *form) page { return objectionForm(c, h, r.Staff, f) }), title: "请核对", lead: "提交后记入台账，不能修改。", word: "确认提交"}
	if k > 0 {
		d.look = func() error {
			return wanting(f, map[string]string{"upheld": "请选择结论", "ruling": "请填写核查情况和理由"})
		}
		d.rows = func() [][2]string {
			return [][2]string{{"异议", "第 " + itoa(k) + " 件"}, {"结论", map[string]string{"yes": "成立", "no": "不成立"}[f.Get("upheld")]}, {"核查情况和理由", f.Get("ruling")}}
		}
		d.act = func() error {
			return s.Desk.RuleObjection(r.Context(), r.Staff, c.Year, h.N, k, f.Get("upheld") == "yes", f.Get("ruling"))
		}
		d.done = yearPath(c.Year, "honours", itoa(h.N)) + "?done=ruled"
	} else {
		d.look = func() error {
			return wanting(f, map[string]string{"source": "请填写异议来源", "text": "请填写异议内容"})
		}
		d.rows = func() [][2]string {
			return [][2]string{{"异议来源", f.Get("source")}, {"异议内容", f.Get("text")}}
		}
		d.act = func() error { return s.Desk.Object(r.Context(), r.Staff, c.Year, h.N, f.Get("source"), f.Get("text")) }
		d.done = yearPath(c.Year, "honours", itoa(h.N)) + "?done=objection"
	}
	return s.perform(w, r, f, d)
}
