package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// nameFields are the fields of the event form that say what an event of row 15 names.
func (s *Server) nameFields(r ask, f *form) ([]field, error) {
	all, err := s.Desk.Catalogue(r.Context(), s.store.Reader)
	if err != nil {
		return nil, err
	}
	activities := []option{{Text: "无"}}
	for _, a := range all {
		text := a.Name
		if a.National {
			text += "（国家级）"
		}
		activities = append(activities, option{Value: a.Key, Text: text})
	}
	return []field{
		chooseField(f, "activity", "活动或奖项（15.1、15.2）", "从活动目录中选择；同一活动只计一次", activities),
		chooseField(f, "role", "机构的角色", "角色决定条款", append([]option{{Text: "无"}}, options(campaign.Parts())...)),
		textField(f, "medium", "媒体（15.3）", "级别由媒体目录决定；目录中没有的，待确定级别后认定"),
		textField(f, "url", "报道网址", "选填；用于查找同一事项"),
		tickField(f, "first", "这是首发的报道", "媒体报道须为首发，转载不计分"),
	}, nil
}

// namesOf reads what the event form says an event names.
func namesOf(f *form) desk.EventNames {
	return desk.EventNames{URL: f.Get("url"), Activity: f.Get("activity"), Role: campaign.Part(f.Get("role")), Medium: f.Get("medium"), Reprint: f.Get("first") != "1"}
}

// nameRows are the answers of those fields on the check page, those that were given.
func nameRows(n desk.EventNames) [][2]string {
	var rows [][2]string
	for _, x := range [][2]string{{"活动或奖项", n.Activity}, {"角色", campaign.WordOf(campaign.Parts(), string(n.Role))}, {"媒体", n.Medium}, {"网址", n.URL}} {
		if strings.TrimSpace(x[1]) != "" {
			rows = append(rows, x)
		}
	}
	return rows
}

func (s *Server) adoptionPage(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm()
	p, err := s.adoptionForm(r, e, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) adoptionForm(r ask, e store.Entry, f *form) (page, error) {
	n, err := s.policyCount(r, e.Year)
	if err != nil {
		return page{}, err
	}
	return page{Title: "登记采用", Crumbs: entryCrumbs(e), Data: formPage{Action: entryPath(e.Ref(), "adoption"),
		Lead:  "政参材料、政务信息或者网站、公众号稿件被采用的，由主管部门登记，机构无需申报；另一位人员认定后加分（附件2第15项第2点）。",
		Facts: [][2]string{{"机构", e.Name}, {"本年度政参", n}},
		Sections: []section{{Fields: []field{
			radioField(f, "kind", "种类", "", options(campaign.Adoptions())), textField(f, "title", "材料名称", ""),
			textField(f, "source", "采用渠道和依据", "刊物期号、网址或文号"), dayField(f, "occurred_on", "采用日期", "")}}}, Button: "检查并登记"}}, nil
}

// policyCount is the year's 政参 against the plan's number (专栏1（一）).
func (s *Server) policyCount(r ask, year int) (string, error) {
	sure, open, err := s.store.Adopted(r.Context(), year, campaign.AdoptedPolicy)
	word := itoa(sure) + "/" + itoa(campaign.PolicyTarget)
	if open > 0 {
		word += "，另有 " + itoa(open) + " 份待确认"
	}
	return word, err
}

func (s *Server) registerAdoption(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "kind", "title", "source", "occurred_on")
	if err != nil {
		return err
	}
	in := desk.AdoptionForm{Kind: campaign.Adoption(f.Get("kind")), Title: f.Get("title"), Source: f.Get("source"), AdoptedOn: dayTyped(f, "occurred_on")}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.adoptionForm(r, e, f) },
		look: func() error {
			return wanting(f, map[string]string{"kind": "请选择采用的种类", "title": "请填写材料名称", "source": "请填写采用渠道和依据", "occurred_on": "请填写采用日期"})
		},
		rows: func() [][2]string {
			points, _ := campaign.PointsOf(s.Desk.Table, in.Kind.Clause())
			return [][2]string{{"机构", e.Name}, {"种类", campaign.WordOf(campaign.Adoptions(), string(in.Kind))}, {"条款和分值", in.Kind.Clause() + "，加 " + points.String() + " 分"},
				{"材料名称", in.Title}, {"采用渠道和依据", in.Source}, {"采用日期", dayWords(in.AdoptedOn)}}
		},
		title: "请核对登记内容", lead: "登记后不能修改或删除，待另一位人员认定。", word: "确认登记",
		act: func() error {
			_, err := s.Desk.RegisterAdoption(r.Context(), r.Staff, e.Ref(), in)
			return err
		},
		done: entryPath(e.Ref()) + "?done=event",
	})
}

// alsoUsed tells for each file of evidence in which other rows its activity stands (AN-6).
func (s *Server) alsoUsed(r ask, files []store.Evidence, events []store.Event) (map[int64]string, error) {
	all, err := s.Desk.Catalogue(r.Context(), s.store.Reader)
	uses := desk.UsesOf(files, events)
	out := map[int64]string{}
	for i, rows := range all.AlsoUsed(uses) {
		if i < len(files) && len(rows) > 0 {
			out[files[i].ID] = rowList(rows)
		}
	}
	return out, err
}

// venueLine counts the outreach of row 10 by its kinds (AN-10, PL-17).
func venueLine(files []store.Evidence) string {
	var texts []string
	for _, f := range files {
		if f.Row == 10 {
			texts = append(texts, f.Name+" "+f.Note)
		}
	}
	if len(texts) == 0 {
		return ""
	}
	words, counts := campaign.VenueCounts(texts)
	var parts []string
	for i, w := range words {
		parts = append(parts, "进"+w+" "+itoa(counts[i]))
	}
	return strings.Join(parts, "，")
}
