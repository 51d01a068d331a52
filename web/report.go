package web

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

func reportPath(year int) string { return "/results/" + itoa(year) + "/report" }

// reportOf finds the special report of a version of the published results,
// without its bytes; nil while it is being printed. There is none before: it is
// ordered with the publication of its version (PL-13).
func (s *Server) reportOf(r ask, year, version int) (*store.Paper, error) {
	all, err := s.store.Papers(r.Context(), contract.Ref{Year: year})
	if i := slices.IndexFunc(all, func(p store.Paper) bool { return p.Key == contract.ReportKey(year, version) }); i >= 0 {
		return &all[i], nil
	}
	return nil, err
}

// publicReportPaper sends the recorded paper of the version that stands.
func (s *Server) publicReportPaper(w http.ResponseWriter, r ask) error {
	c, err := s.publishedYear(r)
	if err != nil {
		return err
	}
	releases, err := s.store.Releases(r.Context(), c.Year)
	if err != nil {
		return err
	}
	p, err := s.reportOf(r, c.Year, max(len(releases), 1))
	if err != nil {
		return err
	}
	if p == nil {
		return campaign.Fail(campaign.NotFound, "%d 年度专题报告的 PDF 文本正在制作，请稍后再来；报告内容可先在“%d 年度评价结果”页打开在线版阅读", c.Year, c.Year)
	}
	return s.sendPaper(w, r, contract.Ref{Year: c.Year}, p.Verify)
}

// number is a figure where a chapter shows it; one that is kept back, or that
// the year does not have, is a dash without an anchor.
type number struct{ ID, Text string }

// reportView is the special report as everybody may read it: the chapters of the
// paper, from the figures of the version that stands.
type reportView struct {
	Year, Version int
	At            time.Time
	Threshold     rubric.Points
	Said          []campaign.Sentence
	Problems      []campaign.Sentence
	Key           []reportCount
	Stages        template.HTML
	Bands         template.HTML
	Groups        []reportGroup
	Rows          []reportRow
	Provinces     []reportProvince
	Items         []reportCount
	Excellent     []campaign.Named
	Other         []campaign.Figure // what no chapter shows
	Notes         []string
	Editions      []edition
	Late          []store.LateHonour // honoured since this version
	Paper         *store.Paper
}

type reportCount struct {
	Label string
	number
}

type reportGroup struct {
	number
	Name    string
	Got, Of rubric.Points
}

type reportRow struct {
	No                 int
	Title, Limit       string
	Mean, Rate, Before number
	Bar                template.HTML
}

type reportProvince struct {
	Name                       string
	All, Submitted, Done, Mean number
	n                          int64
}

// figures are those of a report; taken marks what a chapter shows.
type figures struct {
	by    map[string]campaign.Figure
	taken map[string]bool
}

func (f figures) take(id string) number {
	x, there := f.by[id]
	if !there {
		return number{Text: "—"}
	}
	f.taken[id] = true
	return number{id, x.String()}
}

// takeMean is a mean, and a dash where nobody was scored.
func (f figures) takeMean(id string) number {
	n := f.take(id)
	if f.by[id].Value == 0 {
		n.Text = "—"
	}
	return n
}

// publicReport shows the special report (专题报告) of a published year.
func (s *Server) publicReport(w http.ResponseWriter, r ask) error {
	c, err := s.publishedYear(r)
	if err != nil {
		return err
	}
	m, err := s.publishedBody(r, c)
	if err != nil {
		return err
	}
	veil, err := s.store.Veil(r.Context(), c.Year, m.Version, m.Figures)
	if err != nil {
		return err
	}
	v := s.readReport(c, m, veil)
	releases, err := s.store.OpenReleases(r.Context(), c.Year)
	if err != nil {
		return err
	}
	if v.Editions = editions(releases); len(v.Editions) > 0 {
		v.At = v.Editions[0].At
	}
	if v.Paper, err = s.reportOf(r, c.Year, v.Version); err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, n := range m.Excellent {
		listed[n.Code] = true
	}
	if v.Late, err = s.lateHonours(r, c.Year, listed); err != nil {
		return err
	}
	title := fmt.Sprintf("%d 年度认证机构宣传工作评价专题报告", c.Year)
	return s.render(w, r, http.StatusOK, "report", page{Title: title, Wide: true, Crumbs: []link{{Href: "/results/" + itoa(c.Year), Text: itoa(c.Year) + " 年度评价结果"}}, Data: v})
}

// publishedBody is what stands published, as it went through 三审三校; of a year
// that was published before versions were kept, what the facts give.
func (s *Server) publishedBody(r ask, c store.Campaign) (campaign.Manuscript, error) {
	releases, err := s.store.Releases(r.Context(), c.Year)
	if n := len(releases); err != nil || n > 0 {
		if err != nil {
			return campaign.Manuscript{}, err
		}
		return releases[n-1].Body, nil
	}
	return s.store.Manuscript(r.Context(), s.Desk.Table, c, *c.PublishedAt)
}

// readReport sets what is published in the chapters of the report. Nobody off the
// list is named, and nothing that the veil keeps back is in it (PL-2).
func (s *Server) readReport(c store.Campaign, m campaign.Manuscript, veil campaign.Veil) reportView {
	v := reportView{Year: c.Year, Version: m.Version, At: *c.PublishedAt, Threshold: m.Threshold, Excellent: m.Excellent}
	var all []campaign.Figure
	v.Said, v.Problems, all = s.reportSaid(c, veil.Open(m.Figures))
	f := figures{map[string]campaign.Figure{}, map[string]bool{}}
	for _, x := range all {
		f.by[x.ID] = x
	}
	for _, x := range [][2]string{{"institutions", "参评机构"}, {"plans", "报送计划"}, {"self-scores", "提交自评"}, {"scored", "完成评审"}, {"mean", "平均得分"}, {"excellent", "优秀单位"}, {"evidence", "证据材料（份）"}, {"appeals", "评价复核（项）"}} {
		if n := f.take(x[0]); n.ID != "" {
			v.Key = append(v.Key, reportCount{x[1], n})
		}
	}
	v.Stages, v.Bands = f.stages(), f.bands(m.Threshold)
	v.Groups, v.Rows = f.groups(s.Desk.Table), f.rows(s.Desk.Table)
	v.Provinces = f.provinces(all)
	for _, x := range all {
		if id, ok := strings.CutPrefix(x.ID, "item-"); ok {
			clause, _ := s.Desk.Table.Clause(id)
			v.Items = append(v.Items, reportCount{clause.Clean(), f.take(x.ID)})
		}
	}
	v.Other = slices.DeleteFunc(all, func(x campaign.Figure) bool { return f.taken[x.ID] })
	v.Notes = slices.Concat([]string{c.Rules.Settings.Readings.Reading().WeightNote(s.Desk.Table)}, veil.Notes(), campaign.ReportNotes())
	return v
}

// stages draw how many institutions came how far.
func (f figures) stages() template.HTML {
	var all []mark
	for _, x := range [][2]string{{"institutions", "参评机构"}, {"plans", "报送计划"}, {"self-scores", "提交自评"}, {"scored", "完成评审"}} {
		all = append(all, mark{Label: x[1], N: int(f.by[x[0]].Value)})
	}
	return funnel("stages", "参评情况（家）", all)
}

// bands draw the distribution of totals in the ranges of the paper.
func (f figures) bands(from rubric.Points) template.HTML {
	if _, shown := f.by["band-0"]; !shown {
		return ""
	}
	var all []mark
	for i, name := range []string{"60以下", "60–70", "70–80", "80–90", "90–100", "100以上"} {
		all = append(all, mark{Label: name, N: int(f.by["band-"+itoa(i)].Value), Hot: from > 0 && rubric.Points(50+10*i)*rubric.Point >= from})
	}
	return columns("bands", "总分分布（家）", all)
}

// groups are the means of the 一级指标 against their maximum.
func (f figures) groups(t *rubric.Table) (all []reportGroup) {
	for _, row := range t.Rows {
		if row.Kind() != rubric.Base {
			continue
		}
		if n := len(all); n == 0 || all[n-1].Name != row.Group {
			id := "group-" + itoa(row.No)
			if _, shown := f.by[id]; !shown {
				return nil
			}
			all = append(all, reportGroup{number: f.take(id), Name: row.Group, Got: rubric.Points(f.by[id].Value)})
		}
		all[len(all)-1].Of += row.Max
	}
	return all
}

// rows are the means of the rows beside those of the year before.
func (f figures) rows(t *rubric.Table) (all []reportRow) {
	for _, row := range t.Rows {
		id := "row-" + itoa(row.No)
		x, shown := f.by[id]
		if !shown {
			return nil
		}
		line := reportRow{No: row.No, Title: row.Title, Limit: row.Max.String(), Mean: f.take(id), Rate: f.take("rate-" + itoa(row.No)), Before: f.takeMean("before-" + id)}
		if row.Kind() == rubric.Base {
			line.Rate.Text += "%"
			line.Bar = bar(rubric.Points(x.Value), row.Max, false)
		} else {
			line.Limit = "≤" + line.Limit
		}
		all = append(all, line)
	}
	return all
}

// provinces count by province, where most are first.
func (f figures) provinces(figures []campaign.Figure) (all []reportProvince) {
	for _, x := range figures {
		if name, ok := strings.CutPrefix(x.ID, "province-all-"); ok {
			all = append(all, reportProvince{Name: name, All: f.take(x.ID), Submitted: f.take("province-self-" + name), Done: f.take("province-scored-" + name), Mean: f.takeMean("province-mean-" + name), n: x.Value})
		}
	}
	slices.SortStableFunc(all, func(a, b reportProvince) int { return int(b.n - a.n) })
	return all
}
