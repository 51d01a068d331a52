package web

import (
	"html/template"
	"net/http"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// associationRoutes registers what an association reads (五(三), SE-1): how the
// industry as a whole did in years that are published, row by row, and never an
// institution. Self-evaluation is everybody's.
func (s *Server) associationRoutes() {
	s.handle("GET /association", s.associationHome)
	s.handle("GET /association/{year}", s.associationYear)
}

func (s *Server) associationHome(w http.ResponseWriter, r ask) error {
	all, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	var years []link
	for _, c := range all {
		if c.PublishedAt != nil {
			years = append(years, link{Href: "/association/" + itoa(c.Year), Text: yearTitle(c.Year)})
		}
	}
	return s.render(w, r, http.StatusOK, "association", page{Title: "行业汇总", Data: map[string]any{"Years": years}})
}

// rowMean is how a row of Annex 2 was met over all institutions.
type rowMean struct {
	No        int
	Name      string
	Max, Mean rubric.Points
	Bar       template.HTML
}

func (s *Server) associationYear(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	if c.PublishedAt == nil {
		return campaign.Fail(campaign.NotFound, "%d 年度的评价结果尚未公布", c.Year)
	}
	entries, err := s.store.Entries(r.Context(), c.Year)
	if err != nil {
		return err
	}
	all, err := s.store.LatestResults(r.Context(), c.Year)
	if err != nil {
		return err
	}
	honoured, err := s.store.Honoured(r.Context(), c.Year)
	if err != nil {
		return err
	}
	lists, err := s.store.Lists(r.Context(), c.Year)
	if err != nil {
		return err
	}
	v := publish(c, entries, all, honoured, len(lists.Once))
	return s.render(w, r, http.StatusOK, "association", page{Title: yearTitle(c.Year) + "行业汇总", Crumbs: []link{{Href: "/association", Text: "行业汇总"}}, Data: map[string]any{
		"Year": c.Year, "V": v, "Excellent": len(v.Excellent), "Rows": s.rowMeans(v, entries, all)}})
}

// rowMeans are the means of the rows, where the public may know the mean of all:
// from fewer institutions one of them could be told.
func (s *Server) rowMeans(v published, entries []store.Entry, all []store.Result) (means []rowMean) {
	if v.Chart == "" {
		return nil
	}
	left := map[string]bool{}
	for _, e := range entries {
		left[e.Code] = e.Stage == campaign.Left
	}
	for _, row := range s.Desk.Table.Rows {
		var points []rubric.Points
		for _, one := range all {
			if left[one.Code] || !one.Scored {
				continue
			}
			for _, x := range one.Card.Rows {
				if x.Row == row.No {
					points = append(points, x.Points)
				}
			}
		}
		if len(points) > 0 {
			m := rowMean{No: row.No, Name: row.Title, Max: row.Max, Mean: rubric.Mean(points)}
			if row.Max > 0 {
				m.Bar = bar(m.Mean, row.Max, false)
			}
			means = append(means, m)
		}
	}
	return means
}
