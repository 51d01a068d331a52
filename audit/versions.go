package audit

import (
	"context"
	"slices"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// Moved is an institution whose result differs between two versions of the
// campaign's results, with its places before and after; rank 0 is not ranked.
type Moved struct {
	Code, Name, Category         string
	From, To                     rubric.Points
	RankFrom, RankTo             int
	CategoryFrom, CategoryTo     int
	Ruled                        []int // rows changed in between
	Uncapped                     []int // rows of which only the sum before the cap changed (第15、16项)
	TotalChanged, RankingChanged bool
}

// ResultsDiff compares two versions of a campaign's results (AP-4): 1 as they
// were first served, 2 after 评价复核. Places are shared 1,1,3.
func ResultsDiff(ctx context.Context, r store.Reader, year, from, to int) ([]Moved, error) {
	last, err := r.ResultVersions(ctx, year)
	if err != nil {
		return nil, err
	}
	if last == 0 {
		return nil, campaign.Fail(campaign.NotFound, "%d 年度还没有评价结果", year)
	}
	if from < 1 || to <= from {
		return nil, campaign.Fail(campaign.Invalid, "请先写较早的版本，如 1 2")
	}
	was, err := places(ctx, r, year, from)
	if err != nil {
		return nil, err
	}
	is, err := places(ctx, r, year, to)
	if err != nil {
		return nil, err
	}
	var all []Moved
	for _, now := range is {
		i := slices.IndexFunc(was, func(p Place) bool { return p.Code == now.Code })
		if i < 0 {
			continue
		}
		m := Moved{Code: now.Code, Name: now.Name, Category: now.Category, From: was[i].Total, To: now.Total, RankFrom: was[i].Rank, RankTo: now.Rank,
			CategoryFrom: was[i].CategoryRank, CategoryTo: now.CategoryRank, Ruled: changedRows(was[i].Card, now.Card), Uncapped: uncappedRows(was[i].Card, now.Card)}
		m.TotalChanged, m.RankingChanged = m.From != m.To, m.RankFrom != m.RankTo || m.CategoryFrom != m.CategoryTo
		if m.TotalChanged || m.RankingChanged || len(m.Ruled)+len(m.Uncapped) > 0 {
			all = append(all, m)
		}
	}
	return all, nil
}

// Place is an institution's result with its places over all and inside its
// category (PL-10); 0 where it is not ranked.
type Place struct {
	store.Result
	Name, Category     string
	Rank, CategoryRank int
}

// Places lists the newest results of a campaign by code, with their places.
func Places(ctx context.Context, r store.Reader, year int) ([]Place, error) {
	last, err := r.ResultVersions(ctx, year)
	if err != nil {
		return nil, err
	}
	return places(ctx, r, year, last)
}

func places(ctx context.Context, r store.Reader, year, version int) ([]Place, error) {
	c, err := r.Campaign(ctx, year)
	if err != nil {
		return nil, err
	}
	results, err := r.ResultsOf(ctx, year, version)
	if err != nil {
		return nil, err
	}
	entries, err := r.Entries(ctx, year)
	if err != nil {
		return nil, err
	}
	byCode := map[string]store.Entry{}
	for _, e := range entries {
		byCode[e.Code] = e
	}
	var all []Place
	var ranked []int
	var totals []rubric.Points
	var categories []string
	for _, v := range results {
		e := byCode[v.Code]
		if e.Stage == campaign.Left {
			continue
		}
		if v.Scored && e.Ranked {
			ranked = append(ranked, len(all))
			totals, categories = append(totals, v.Total), append(categories, e.Category)
		}
		all = append(all, Place{Result: v, Name: e.Name, Category: e.Category})
	}
	reading := c.Rules.Settings.Readings.Reading()
	over, inside := reading.Ranks(totals), reading.RanksWithin(totals, categories)
	for i, at := range ranked {
		all[at].Rank, all[at].CategoryRank = over[i], inside[i]
	}
	return all, nil
}

func changedRows(was, is rubric.Scorecard) []int {
	var rows []int
	for _, now := range is.Rows {
		for _, then := range was.Rows {
			if then.Row == now.Row && then.Points != now.Points {
				rows = append(rows, now.Row)
			}
		}
	}
	return rows
}

// uncappedRows are the rows 15 and 16 that the cap keeps as they were, though an
// event in them changed: Article 32 looks at the sum before the cap.
func uncappedRows(was, is rubric.Scorecard) (rows []int) {
	if was.Bonus == is.Bonus && was.BonusUncapped != is.BonusUncapped {
		rows = append(rows, 15)
	}
	if was.Deduction == is.Deduction && was.DeductionUncapped != is.DeductionUncapped {
		rows = append(rows, deductionRow)
	}
	return rows
}
