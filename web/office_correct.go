package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

var correctionKinds = []option{{Value: "remove", Text: "从优秀单位名单中去掉一家机构", Hint: "其证书随即失效"}, {Value: "text", Text: "改正机构名称或文字", Hint: "机构名称在名册中改正后，新的一版自动采用"}}

// correctForm registers what a later version of the published results puts right.
func (s *Server) correctForm(r ask, c store.Campaign, f *form) (page, error) {
	st, err := s.Desk.Release(r.Context(), s.store.Reader, c.Year)
	var units []option
	for _, n := range st.Now.Excellent {
		units = append(units, option{Value: n.Code, Text: n.Name})
	}
	d := formPage{Action: releasePath(c.Year, "correct"), Lead: "登记后须重新完成三审三校，再公布新的一版。原来的各版不删除，更正记录随公布页和专题报告公开。",
		Facts: [][2]string{{"现在的版次", "第 " + itoa(st.Now.Version-1) + " 版"}}}
	if c.PublishedAt != nil {
		d.Button = "核对并登记"
		d.Sections = []section{{Fields: []field{radioField(f, "kind", "更正的种类", "", correctionKinds), chooseField(f, "code", "机构", "只在去掉一家机构时选择", units),
			areaField(f, "reason", "更正的内容和原因", "将公开，请不要写个人信息", 4), textField(f, "basis", "依据", "如核查结论、决定书文号")}}}
	}
	return page{Title: "登记更正", Crumbs: releaseCrumbs(c.Year), Data: d}, err
}

func (s *Server) correctPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	p, err := s.correctForm(r, c, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) correct(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "kind", "code", "reason", "basis")
	if err != nil {
		return err
	}
	in := desk.CorrectionForm{Kind: f.Get("kind"), Code: f.Get("code"), Reason: f.Get("reason"), Basis: f.Get("basis")}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.correctForm(r, c, f) },
		look: func() error {
			return wanting(f, map[string]string{"kind": "请选择更正的种类", "reason": "请写明更正的内容和原因", "basis": "请写明依据"})
		},
		rows: func() [][2]string {
			rows := [][2]string{{"种类", labelled(correctionKinds, in.Kind)}}
			if in.Kind == "remove" {
				rows = append(rows, [2]string{"机构", s.nameOf(r, in.Code)})
			}
			return append(rows, [2]string{"内容和原因", in.Reason}, [2]string{"依据", in.Basis})
		},
		title: "请核对更正", lead: "登记后不能修改。新的一版经三审三校后公布。", word: "确认登记", red: true,
		act:  func() error { return s.Desk.Correct(r.Context(), r.Staff, c.Year, in) },
		done: releasePath(c.Year) + "?done=corrected",
	})
}

// reissueForm publishes a corrected version.
func (s *Server) reissueForm(r ask, c store.Campaign) (page, error) {
	st, err := s.Desk.Release(r.Context(), s.store.Reader, c.Year)
	d := formPage{Action: releasePath(c.Year, "reissue"), Lead: "公布更正后的名单，重新编制专题报告；原来的报告查验时显示已更新。", Facts: releaseFacts(c, st)}
	if say := st.Ready(); say != nil {
		d.Facts = append(d.Facts, [2]string{"三审三校", say.Error()})
	} else {
		d.Facts, d.Button = append(d.Facts, [2]string{"三审三校", "已完成"}), "核对并公布"
	}
	return page{Title: "公布更正后的一版", Crumbs: releaseCrumbs(c.Year), Data: d}, err
}

func (s *Server) reissuePage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	p, err := s.reissueForm(r, c)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, newForm())
}

func (s *Server) reissue(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	p, err := s.reissueForm(r, c)
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(*form) page { return p }), rows: func() [][2]string { return p.Data.(formPage).Facts },
		title: "请最后核对", lead: "公布后任何人都可以看到新的一版和更正记录。", word: "确认公布", red: true,
		act:  func() error { return s.Desk.Reissue(r.Context(), r.Staff, c.Year) },
		done: releasePath(c.Year) + "?done=reissued",
	})
}

// figureGroup is the answers of one query.
type figureGroup struct {
	Query, Text string
	Figures     []campaign.Figure
}

// figuresPage sets every number of the special report beside the query that
// answers it (PL-13).
func (s *Server) figuresPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.ReportFigures(r.Context(), s.Desk.Table, c.Year)
	if err != nil {
		return err
	}
	listed, err := s.excellentNow(r.Context(), c.Year)
	if err != nil {
		return err
	}
	all = append(all, campaign.Figure{ID: "excellent", Says: "优秀单位（公布的名单）", Query: "list", Value: int64(listed)})
	summary, problems, all := s.reportSaid(c, all)
	var groups []figureGroup
	for _, f := range all {
		if n := len(groups); n == 0 || groups[n-1].Query != f.Query {
			groups = append(groups, figureGroup{Query: f.Query, Text: store.Question(f.Query)})
		}
		g := &groups[len(groups)-1]
		g.Figures = append(g.Figures, f)
	}
	return s.render(w, r, http.StatusOK, "office-figures", page{Title: "专题报告的数字和出处", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true,
		Data: map[string]any{"C": c, "Groups": groups, "N": len(all), "Said": append(summary, problems...), "Robust": yearPath(c.Year, "robust")}})
}

// reportSaid composes the sentences of the special report from the figures, each
// number with its anchor; the figures come back grouped by query.
func (s *Server) reportSaid(c store.Campaign, all []campaign.Figure) (summary, problems []campaign.Sentence, grouped []campaign.Figure) {
	all = append(slices.Clone(all), campaign.Derived(all, s.Desk.Table, c.Rules.Settings.Excellent)...)
	var order []string
	for _, f := range all {
		if !slices.Contains(order, f.Query) {
			order = append(order, f.Query)
		}
	}
	slices.SortStableFunc(all, func(a, b campaign.Figure) int {
		return slices.Index(order, a.Query) - slices.Index(order, b.Query)
	})
	means := map[int]rubric.Points{}
	for _, f := range all {
		var no int
		if n, _ := fmt.Sscanf(f.ID, "row-%d", &no); n == 1 {
			means[no] = rubric.Points(f.Value)
		}
	}
	v := campaign.ValuesOf(all)
	return v.Summary(c.Year), v.Problems(s.Desk.Table, means), all
}

// excellentNow counts the published list, or before it is published who is honoured.
func (s *Server) excellentNow(ctx context.Context, year int) (int, error) {
	releases, err := s.store.Releases(ctx, year)
	if n := len(releases); err != nil || n > 0 {
		if err != nil {
			return 0, err
		}
		return len(releases[n-1].Body.Excellent), nil
	}
	codes, err := s.store.Honoured(ctx, year)
	n := 0
	for _, listed := range codes {
		if listed {
			n++
		}
	}
	return n, err
}
