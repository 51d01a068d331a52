package activities

import (
	"fmt"
	"slices"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
)

// fewestPeers is how many scored institutions a figure over others needs: over fewer
// it would tell about single ones (PL-2).
const fewestPeers = campaign.Fewest

// peers is how the scored institutions of a year did, beside one of them: medians over its category, or over
// all where the category is small, and the distribution of totals.
func peers(all []store.Result, entries []store.Entry, own store.Result) pdf.Peers {
	category := map[string]string{}
	for _, e := range entries {
		category[e.Code] = e.Category
	}
	var scored, alike []store.Result
	var totals []rubric.Points
	for _, v := range all {
		if !v.Scored {
			continue
		}
		scored, totals = append(scored, v), append(totals, v.Total)
		if category[v.Code] == category[own.Code] {
			alike = append(alike, v)
		}
	}
	if len(scored) < fewestPeers || !own.Scored {
		return pdf.Peers{}
	}
	who := category[own.Code]
	if len(alike) < fewestPeers || who == "" {
		alike, who = scored, "参评机构"
	}
	p := pdf.Peers{Who: fmt.Sprintf("%s（%d家）", who, len(alike)), Medians: groupMedians(alike), Distribution: distribution(totals)}
	p.Distribution[band(own.Total)].Own = true
	return p
}

// groupMedians is the median of each 一级指标 of the base rows, in hundredths.
func groupMedians(all []store.Result) []int {
	table := rubric.Annex2()
	var names []string
	sums := map[string][]int{}
	for i, v := range all {
		for _, row := range v.Card.Rows {
			if row.Row > 14 {
				continue
			}
			r, _ := table.Row(row.Row)
			if !slices.Contains(names, r.Group) {
				names = append(names, r.Group)
			}
			for len(sums[r.Group]) <= i {
				sums[r.Group] = append(sums[r.Group], 0)
			}
			sums[r.Group][i] += int(row.Points)
		}
	}
	medians := make([]int, len(names))
	for i, name := range names {
		medians[i] = quantile(sums[name], 2)
	}
	return medians
}

// quantile is the q-th quarter of values: 1 the lower quartile, 2 the median, 3 the upper.
func quantile(values []int, q int) int {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * (len(sorted) - 1) // in quarters of a step
	low, part := at/4, at%4
	if part == 0 {
		return sorted[low]
	}
	return sorted[low] + (sorted[low+1]-sorted[low])*part/4
}

// middle fills in where the middle half of the institutions lies in each base row.
func middle(rows []pdf.ScoreRow, all []store.Result) {
	values := map[int][]int{}
	n := 0
	for _, v := range all {
		if v.Scored {
			n++
			for _, row := range v.Card.Rows {
				values[row.Row] = append(values[row.Row], int(row.Points))
			}
		}
	}
	for i, r := range rows {
		if n >= fewestPeers && r.No <= 14 {
			rows[i].Low, rows[i].High = quantile(values[r.No], 1), quantile(values[r.No], 3)
		}
	}
}

// provinces counts institutions by province, in the order of the roster's codes; no mean over few (PL-2).
func provinces(entries []store.Entry, submitted map[string]bool, latest map[string]store.Result) []pdf.Province {
	var all []pdf.Province
	totals := map[string][]rubric.Points{}
	for _, e := range entries {
		i := slices.IndexFunc(all, func(p pdf.Province) bool { return p.Name == e.Province })
		if i < 0 {
			i = len(all)
			all = append(all, pdf.Province{Name: e.Province})
		}
		all[i].Institutions++
		if submitted[e.Code] {
			all[i].Submitted++
		}
		if v := latest[e.Code]; v.Scored {
			all[i].Scored++
			totals[e.Province] = append(totals[e.Province], v.Total)
		}
	}
	for i, p := range all {
		if len(totals[p.Name]) >= fewestPeers {
			all[i].Mean = int(rubric.Mean(totals[p.Name]))
		}
	}
	slices.SortStableFunc(all, func(a, b pdf.Province) int { return b.Institutions - a.Institutions })
	return all
}

// cases counts the confirmed items of row 15 by clause.
func cases(table *rubric.Table, results []store.Result) []pdf.Bar {
	count := map[string]int{}
	var ids []string
	for _, v := range results {
		for _, l := range v.Card.Trace {
			if l.Event == "" || l.Row != 15 || l.Counted <= 0 {
				continue
			}
			if count[l.Clause]++; count[l.Clause] == 1 {
				ids = append(ids, l.Clause)
			}
		}
	}
	slices.Sort(ids)
	var bars []pdf.Bar
	for _, id := range ids {
		clause, _ := table.Clause(id)
		label := []rune(clause.Clean())
		if len(label) > 18 {
			label = append(label[:18], '…')
		}
		bars = append(bars, pdf.Bar{Label: string(label), Value: count[id], Shown: fmt.Sprintf("%d件", count[id]), Key: id})
	}
	return bars
}
