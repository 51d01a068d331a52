package web

import (
	"fmt"
	"net/http"
	"strings"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// warningRoutes registers what belongs to the cases of a year as a whole.
func (s *Server) warningRoutes() {
	s.handle("GET /office/{year}/consistency", s.consistencyPage)
	s.handle("GET /office/{year}/warnings.csv", s.warningsCSV)
	s.handle("GET /office/{year}/warnings/{code}/files/{n}", s.officeFile)
	s.handle("GET /office/{year}/i/{code}/propose", s.proposePage)
	s.handle("POST /office/{year}/i/{code}/propose", s.propose)
}

// consistencyPage shows every institution against the same criteria (RW-8).
func (s *Server) consistencyPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := audit.Consistency(r.Context(), s.store.Reader, c)
	if err != nil {
		return err
	}
	meets, open := 0, 0
	count := map[int]int{}
	for _, e := range all {
		if e.Meets {
			meets++
		}
		if e.Open {
			open++
		}
		for _, m := range e.Met {
			if m.Met {
				count[m.No]++
			}
		}
	}
	set := c.Rules.Settings.Criteria
	marks := []mark{}
	for _, item := range set.Items() {
		marks = append(marks, mark{Label: fmt.Sprintf("(%d) %s", item.No, item.Code), N: count[item.No]})
	}
	marks = append(marks, mark{Label: "符合标准", N: meets, Hot: true})
	return s.render(w, r, http.StatusOK, "office-consistency", page{Title: "风险警示一致性清单", Crumbs: officeCrumbs(yearCrumb(c.Year), link{Href: yearPath(c.Year, "warnings"), Text: "风险警示"}), Wide: true,
		Data: map[string]any{"C": c, "Set": set, "Items": set.Items(), "All": all, "Open": open, "Officer": r.Staff.Role == campaign.Officer, "Done": doneWord(r),
			"Chart": bars("criteria", "符合各项标准的机构数", marks)}})
}

// warningsCSV exports the warnings of a year for other authorities, marked as
// reference only: nothing is handed over by itself (requirements §2 no. 31).
func (s *Server) warningsCSV(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.Warnings(r.Context(), c.Year)
	if err != nil {
		return err
	}
	acts, err := s.store.AllWarningActs(r.Context(), c.Year)
	if err != nil {
		return err
	}
	lines := [][]string{{"用途", "案号", "机构", "批准号", "情形（第三十二条）", "状态", "送达日", "期满日", "是否公开"}}
	for _, x := range all {
		if x.ServedDay() == "" {
			continue // not a warning, or not yet
		}
		var codes []string
		for _, g := range x.Grounds {
			codes = append(codes, g.Code)
		}
		public := "否"
		if x.Ladder.Public(x.State, store.PastActs(acts[x.Code])) {
			public = "是"
		}
		lines = append(lines, []string{"仅供参考", campaign.WarningPaper.Number(x.Year, x.Number), x.Name, x.Code, strings.Join(codes, "、"), x.State.Chinese(),
			string(x.ServedDay()), string(c.Rules.Settings.TermEnds(x.ServedDay())), public})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	fileHeaders(w.Header(), fmt.Sprintf("参考-风险警示-%d.csv", c.Year), false)
	_, _ = w.Write(desk.WriteCSV(lines)) // a reader who went away is no fault of ours
	return nil
}

var proposals = []option{
	{Value: "propose", Text: "提请立案", Hint: "系统没有提请，但有应当立案的事实；您即为提请人，不能再作法制审核或签批"},
	{Value: "skip", Text: "不提请，记录理由", Hint: "符合标准而不提请的，理由记入一致性清单，不能删改"},
}

var groundNames = [][2]string{{"poor", rubric.GroundPoor}, {"risk", rubric.GroundRisk}, {"impact", rubric.GroundImpact}}

func (s *Server) proposePage(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm()
	return s.showForm(w, r, http.StatusOK, proposeForm(e, f), f)
}

func proposeForm(e store.Entry, f *form) page {
	var ticks []field
	for _, g := range groundNames {
		ticks = append(ticks, tickField(f, "ground-"+g[0], g[1], ""))
	}
	return page{Title: "提请立案或说明理由", Crumbs: entryCrumbs(e), Data: formPage{Action: entryPath(e.Ref(), "propose"), Facts: [][2]string{{"机构", e.Name}, {"批准号", e.Code}},
		Lead: "第三十二条：对宣传工作不力、造成重大风险和负面影响的，实施风险警示。同样的情形应当同样对待。",
		Sections: []section{
			{Title: "决定", Fields: []field{radioField(f, "act", "事项", "", proposals)}},
			{Title: "情形", Hint: "提请立案时选择，可以多选。", Fields: ticks},
			{Title: "理由", Fields: []field{areaField(f, "text", "理由", "写明事实和依据；提请的理由将写入告知书", 6)}},
		}, Button: "检查并提交"}}
}

// propose opens a case by hand or records why not.
func (s *Server) propose(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "act", "ground-poor", "text")
	if err != nil {
		return err
	}
	var codes []string
	for _, g := range groundNames {
		if f.Get("ground-"+g[0]) == "1" {
			codes = append(codes, g[1])
		}
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return proposeForm(e, f) }),
		look: func() error {
			if a := f.Get("act"); a != "propose" && a != "skip" {
				return wanting(newForm(), map[string]string{"act": "请选择提请立案或不提请"})
			}
			return wanting(f, map[string]string{"text": "请写明理由"})
		},
		rows: func() [][2]string {
			return [][2]string{{"机构", e.Name}, {"事项", labelled(proposals, f.Get("act"))}, {"情形", strings.Join(codes, "、")}, {"理由", f.Get("text")}}
		},
		title: "请核对", lead: "提交后记入台账，不能撤回。", word: "确认提交",
		act: func() error {
			if f.Get("act") == "skip" {
				return s.Desk.SkipWarning(r.Context(), r.Staff, e.Ref(), f.Get("text"))
			}
			return renamed(s.Desk.ProposeWarning(r.Context(), r.Staff, e.Ref(), codes, f.Get("text")), func(key string) string {
				if key == "grounds" {
					return "ground-poor"
				}
				return key
			})
		},
		done: yearPath(e.Year, "consistency") + "?done=warning",
	})
}
