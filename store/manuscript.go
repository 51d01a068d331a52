package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Manuscript draws up what is to be published of a year as of an instant: the
// list and every figure of the report, as they follow from the facts. Before
// the first publication the list holds who will get the certificate; after it
// who got one and was not taken off by a correction.
func (r Reader) Manuscript(ctx context.Context, t *rubric.Table, c Campaign, at time.Time) (campaign.Manuscript, error) {
	m := campaign.Manuscript{Year: c.Year, Threshold: c.Rules.Settings.Excellent}
	out, err := r.Releases(ctx, c.Year)
	if err != nil {
		return m, err
	}
	m.Version = len(out) + 1
	fixes, err := r.Corrections(ctx, c.Year)
	if err != nil {
		return m, err
	}
	removed := map[string]bool{}
	for _, f := range fixes {
		removed[f.Code] = f.Kind == "remove"
	}
	if m.Notes, err = r.changes(ctx, c.Year, fixes); err != nil {
		return m, err
	}
	entries, err := r.Entries(ctx, c.Year)
	if err != nil {
		return m, err
	}
	results, err := r.LatestResults(ctx, c.Year)
	if err != nil {
		return m, err
	}
	listed, err := r.excellent(ctx, c, entries, results, at)
	if err != nil {
		return m, err
	}
	m.Excellent = named(c, entries, results, func(code string) bool { return listed[code] && !removed[code] })
	for _, v := range results {
		m.Results = Digest([]any{m.Results, v.Code, v.Version, v.Scored, v.Total})
	}
	m.Figures, err = r.ReportFigures(ctx, t, c.Year)
	m.Figures = append(m.Figures, campaign.Figure{ID: "excellent", Says: "优秀单位", Query: "list", Value: int64(len(m.Excellent))})
	return m, err
}

// changes tells what changed since the first publication, oldest first: what was
// put right, and who was added to the list.
func (r Reader) changes(ctx context.Context, year int, fixes []Correction) (notes []string, err error) {
	late, err := r.LateHonours(ctx, year)
	for _, f := range fixes {
		for len(late) > 0 && late[0].At.Before(f.At) {
			notes, late = append(notes, late[0].note(year)), late[1:]
		}
		notes = append(notes, f.Reason+"（依据："+f.Basis+"）")
	}
	for _, h := range late {
		notes = append(notes, h.note(year))
	}
	return notes, err
}

// excellent tells whom the list names: who earns the certificate and gives no
// ground for a warning; once published, who holds one.
func (r Reader) excellent(ctx context.Context, c Campaign, entries []Entry, results []Result, at time.Time) (map[string]bool, error) {
	if c.PublishedAt != nil {
		return r.Honoured(ctx, c.Year)
	}
	latest := map[string]Result{}
	for _, v := range results {
		latest[v.Code] = v
	}
	out := map[string]bool{}
	for _, e := range entries {
		v := latest[e.Code]
		if e.Stage == campaign.Left || !c.Rules.Settings.Honours(v.Scored, e.Ranked, v.Total) {
			continue
		}
		f, err := r.WarningFacts(ctx, e.Ref(), v, at)
		if err != nil {
			return nil, err
		}
		out[e.Code] = len(rubric.Grounds(c.Rules.Settings.Criteria, f)) == 0
	}
	return out, nil
}

// named makes the list: the highest total first, with the places among all who are ranked.
func named(c Campaign, entries []Entry, results []Result, listed func(string) bool) []campaign.Named {
	byCode := map[string]Entry{}
	for _, e := range entries {
		byCode[e.Code] = e
	}
	var all []campaign.Named
	var totals []rubric.Points
	var categories []string
	for _, v := range results {
		e, known := byCode[v.Code]
		if known && v.Scored && e.Ranked && e.Stage != campaign.Left {
			all = append(all, campaign.Named{Code: v.Code, Name: e.Name, Province: e.Province, Category: e.Category, Total: v.Total})
			totals, categories = append(totals, v.Total), append(categories, e.Category)
		}
	}
	reading := c.Rules.Settings.Readings.Reading()
	over, inside := reading.Ranks(totals), reading.RanksWithin(totals, categories)
	for i := range all {
		all[i].Rank, all[i].CategoryRank = over[i], inside[i]
	}
	all = slices.DeleteFunc(all, func(n campaign.Named) bool { return !listed(n.Code) })
	slices.SortStableFunc(all, func(a, b campaign.Named) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Code, b.Code))
	})
	return all
}
