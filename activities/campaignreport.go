package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
)

// campaignReport prints 专题报告与评价结果: participation, distribution, rows,
// and the excellent institutions; nobody else is named (PL-2, PL-13).
func (r *Room) campaignReport(ctx context.Context, head pdf.Head, c store.Campaign, version int) ([]byte, error) {
	in, _, err := r.composeReport(ctx, c, version)
	if err != nil {
		return nil, err
	}
	in.Head = head
	return r.Printer.CampaignReport(in)
}

// composeReport works the report out from the facts; the list and the record of
// corrections are those of the published version. Its sentences come with their
// numbers anchored.
func (r *Room) composeReport(ctx context.Context, c store.Campaign, version int) (in pdf.CampaignReport, said []campaign.Sentence, err error) {
	entries, err := r.Store.Entries(ctx, c.Year)
	if err != nil {
		return in, nil, err
	}
	results, err := r.Store.LatestResults(ctx, c.Year)
	if err != nil {
		return in, nil, err
	}
	count, err := r.Store.Participation(ctx, c.Year)
	if err != nil {
		return in, nil, err
	}
	latest := map[string]store.Result{}
	results = staying(results, entries)
	var totals []rubric.Points
	for _, v := range results {
		latest[v.Code] = v
		if v.Scored {
			totals = append(totals, v.Total)
		}
	}
	in = pdf.CampaignReport{Year: c.Year, Version: fmt.Sprintf("第%d版", max(version, 1))}
	codes, err := r.Store.Honoured(ctx, c.Year)
	if err != nil {
		return in, nil, err
	}
	corrected, err := r.corrected(ctx, c.Year, version, codes)
	if err != nil {
		return in, nil, err
	}
	in.Excellent = honoured(c.Rules.Settings.Readings.Reading(), codes, entries, latest)
	in.Figures = []pdf.Figure{
		{Value: fmt.Sprint(count.Institutions), Label: "参评机构"}, {Value: fmt.Sprint(count.Plans), Label: "报送计划"},
		{Value: fmt.Sprint(count.SelfScores), Label: "提交自评"}, {Value: fmt.Sprint(len(totals)), Label: "完成评审"},
		{Value: rubric.Mean(totals).String(), Label: "平均得分"}, {Value: fmt.Sprint(len(in.Excellent)), Label: "优秀单位"},
		{Value: fmt.Sprint(count.Evidence), Label: "证据材料（份）"}, {Value: fmt.Sprint(count.Appeals), Label: "评价复核（项）"},
	}
	in.Distribution = distribution(totals)
	in.Stages = []pdf.Bar{
		{Label: "参评机构", Value: count.Institutions, Shown: fmt.Sprint(count.Institutions)}, {Label: "报送计划", Value: count.Plans, Shown: fmt.Sprint(count.Plans)},
		{Label: "提交自评", Value: count.SelfScores, Shown: fmt.Sprint(count.SelfScores)}, {Label: "完成评审", Value: len(totals), Shown: fmt.Sprint(len(totals))},
	}
	in.Rows, in.Groups = r.meansByRow(results)
	middle(in.Rows, results)
	submitted, err := r.Store.SelfScored(ctx, c.Year)
	if err != nil {
		return in, nil, err
	}
	in.Provinces, in.Items = provinces(remaining(entries), submitted, latest), cases(r.Table, results)
	before, err := r.yearBefore(ctx, c, in.Rows)
	if err != nil {
		return in, nil, err
	}
	veil, err := r.Store.Veil(ctx, c.Year, max(version, 1), shares(in.Provinces, len(totals), len(before)))
	if err != nil {
		return in, nil, err
	}
	numbers := reportValues(in, r.Table, count, len(before), rubric.Mean(totals), rubric.Mean(before), c.Rules.Settings.Excellent, veil)
	problems := numbers.Problems(r.Table, meansOf(in.Rows))
	keepBack(&in, veil)
	said = numbers.Summary(c.Year)
	if found, err := r.robustness(ctx, c, results); err != nil {
		return in, nil, err
	} else if found != nil && !veil.Means {
		said = append(said, campaign.ValuesOf(found).Robustness())
	}
	in.Summary = printed(said)
	in.Problems, said = printed(problems), append(said, problems...)
	in.WeightNote = c.Rules.Settings.Readings.Reading().WeightNote(r.Table)
	in.Notes = slices.Concat(corrected, veil.Notes(), campaign.ReportNotes())
	return in, said, nil
}

// shares are the figures that decide what is kept back.
func shares(all []pdf.Province, scored, before int) []campaign.Figure {
	out := []campaign.Figure{{ID: "scored", Value: int64(scored)}, {ID: "before-scored", Value: int64(before)}}
	for _, p := range all {
		out = append(out, campaign.Figure{ID: "province-all-" + p.Name, Value: int64(p.Institutions)}, campaign.Figure{ID: "province-scored-" + p.Name, Value: int64(p.Scored)})
	}
	return out
}

// keepBack takes out of tables and drawings what would give away the points of an
// institution that is not on the list (PL-2): everybody may read the report.
func keepBack(in *pdf.CampaignReport, veil campaign.Veil) {
	if veil.Means {
		in.Distribution = nil
		in.Figures = slices.DeleteFunc(in.Figures, func(f pdf.Figure) bool { return f.Label == "平均得分" })
	}
	if veil.Rows {
		in.Rows, in.Groups = nil, nil
	}
	for i := range in.Rows {
		if veil.OldRows {
			in.Rows[i].Mean = 0
		}
	}
	for i, p := range in.Provinces {
		if veil.Provinces[p.Name] {
			in.Provinces[i].Mean = 0
		}
		if veil.Few[p.Name] {
			in.Provinces[i].Submitted, in.Provinces[i].Scored = pdf.Withheld, pdf.Withheld
		}
	}
}

// corrected keeps on the list whom the given version lists, and tells the record
// of corrections (PL-13).
func (r *Room) corrected(ctx context.Context, year, version int, codes map[string]bool) (notes []string, err error) {
	releases, err := r.Store.OpenReleases(ctx, year)
	for i, p := range releases {
		if p.Version > version {
			break
		}
		if p.Version > 1 {
			notes = append(notes, fmt.Sprintf("更正记录　第%d版（%s）：%s", p.Version, campaign.DayOf(p.At).Chinese(), strings.Join(append(p.Body.Against(releases[i-1].Body), p.Body.Notes[len(releases[i-1].Body.Notes):]...), "；")))
		}
		listed := map[string]bool{}
		for _, n := range p.Body.Excellent {
			listed[n.Code] = true
		}
		for code := range codes {
			codes[code] = listed[code]
		}
	}
	return notes, err
}

// robustness counts how far the places hold when one reviewer is left out, a
// deduction with a range stands at either end, or what is pending is confirmed
// (§3 feature 10); who is meant stands on the office's page only. nil: too few.
func (r *Room) robustness(ctx context.Context, c store.Campaign, results []store.Result) ([]campaign.Figure, error) {
	scored := 0
	for _, v := range results {
		if v.Scored {
			scored++
		}
	}
	if scored < fewestPeers {
		return nil, nil
	}
	cases, err := r.Store.Cases(ctx, c.Year)
	if err != nil {
		return nil, err
	}
	set := c.Rules.Settings
	found, err := rubric.Robust(r.Table, c.Year, cases, set.Readings.Reading(), rubric.Lines{Excellent: set.Excellent, Criteria: set.Criteria})
	if err != nil { // the report does not wait for a sheet that the office can look at
		r.Log.Error("robustness left out of the report", "year", c.Year, "error", err)
		return nil, nil
	}
	var all []campaign.Figure
	type counted struct {
		id, says string
		n        int
	}
	of := []counted{{"scenarios", "检验情形", found.Scenarios}, {"ranks", "名次会有变化的机构", found.UnstableRanks},
		{"excellent", "优秀单位资格会有变化的机构", found.UnstableExcellent}, {"warnings", "风险警示提请会有变化的机构", found.UnstableWarnings}}
	if found.Untestable > 0 {
		of = append(of, counted{"single", "只有一份评分、无法检验的机构", found.Untestable})
	}
	for _, x := range of {
		all = append(all, campaign.Figure{ID: "robust-" + x.id, Says: x.says, Query: "robust", Value: int64(x.n)})
	}
	return all, nil
}

func honoured(reading rubric.Reading, codes map[string]bool, entries []store.Entry, latest map[string]store.Result) []pdf.Honoured {
	type named struct {
		store.Entry
		total rubric.Points
	}
	var all []named
	for _, e := range entries {
		if codes[e.Code] {
			all = append(all, named{e, latest[e.Code].Total})
		}
	}
	slices.SortStableFunc(all, func(a, b named) int { return int(b.total - a.total) })
	totals := make([]rubric.Points, len(all))
	for i, n := range all {
		totals[i] = n.total
	}
	ranks := reading.Ranks(totals)
	out := make([]pdf.Honoured, len(all))
	for i, n := range all {
		out[i] = pdf.Honoured{Rank: fmt.Sprint(ranks[i]), Code: n.Code, Name: n.Name, Score: n.total.String()}
	}
	return out
}

// staying drops the results of institutions that have left: they are in no
// figure that is published.
func staying(results []store.Result, entries []store.Entry) []store.Result {
	left := map[string]bool{}
	for _, e := range entries {
		left[e.Code] = e.Stage == campaign.Left
	}
	return slices.DeleteFunc(results, func(v store.Result) bool { return left[v.Code] })
}

// distribution counts totals in bands of ten points.
func distribution(totals []rubric.Points) []pdf.Bar {
	bars := []pdf.Bar{{Label: "60分以下"}, {Label: "60–69.9"}, {Label: "70–79.9"}, {Label: "80–89.9"}, {Label: "90–99.9"}, {Label: "100及以上"}}
	for _, p := range totals {
		bars[band(p)].Value++
	}
	for i := range bars {
		bars[i].Shown = fmt.Sprint(bars[i].Value)
	}
	return bars
}

// band is the range of a total in a distribution.
func band(p rubric.Points) int { return min(max(int(p/1000)-5, 0), 5) }

// remaining drops the institutions that have left.
func remaining(entries []store.Entry) []store.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e store.Entry) bool { return e.Stage == campaign.Left })
}

// yearBefore fills in the means of the year before and returns its totals; nothing when that
// year was not evaluated, or only rehearsed while this one is not.
func (r *Room) yearBefore(ctx context.Context, c store.Campaign, rows []pdf.ScoreRow) ([]rubric.Points, error) {
	old, err := r.Store.Campaign(ctx, c.Year-1)
	if campaign.KindOf(err) == campaign.NotFound || err == nil && (old.Rehearsal != c.Rehearsal || old.PublishedAt == nil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := r.Store.Entries(ctx, old.Year)
	if err != nil {
		return nil, err
	}
	results, err := r.Store.LatestResults(ctx, old.Year)
	if err != nil {
		return nil, err
	}
	results = staying(results, entries)
	var totals []rubric.Points
	for _, v := range results {
		if v.Scored {
			totals = append(totals, v.Total)
		}
	}
	means := rowMeans(results)
	for i := range rows {
		rows[i].Mean = means[rows[i].No]
	}
	return totals, nil
}

func (r *Room) meansByRow(results []store.Result) ([]pdf.ScoreRow, []pdf.Bar) {
	means := rowMeans(results)
	var rows []pdf.ScoreRow
	var groups []pdf.Bar
	for no := 1; no <= 16; no++ {
		row, _ := r.Table.Row(no)
		p := pdf.ScoreRow{No: no, Group: row.Group, Title: row.Title, Max: int(row.Max), Points: means[no]}
		if no > 14 {
			p.MaxText = "≤" + row.Max.String()
			rows = append(rows, p)
			continue
		}
		rows = append(rows, p)
		if len(groups) == 0 || groups[len(groups)-1].Label != row.Group {
			groups = append(groups, pdf.Bar{Label: row.Group})
		}
		g := &groups[len(groups)-1]
		g.Value, g.Max = g.Value+means[no], g.Max+int(row.Max)
		g.Shown = rubric.Points(g.Value).String() + "/" + rubric.Points(g.Max).String()
	}
	return rows, groups
}
