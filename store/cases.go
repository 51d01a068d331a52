package store

import (
	"context"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Cases reads what all institutions of a campaign are judged by, by code, in
// a handful of questions however many they are: what-if and robustness look at the year
// as a whole. Who has left is not among them.
func (r Reader) Cases(ctx context.Context, year int) ([]rubric.Case, error) {
	all, err := r.Standings(ctx, year)
	if err != nil {
		return nil, err
	}
	cases := make([]rubric.Case, 0, len(all))
	at := map[string]int{}
	for _, s := range all {
		if s.Stage == campaign.Left {
			continue
		}
		at[s.Code] = len(cases)
		cases = append(cases, rubric.Case{Code: s.Code, Category: s.Category, Ranked: s.Ranked, Silent: s.PlanState == "" && s.Evidence == 0 && s.SelfScore == 0})
	}
	for _, fill := range []func(context.Context, int, func(string) *rubric.Case) error{r.caseSheets, r.caseRulings, r.caseEvents, r.caseReports} {
		if err := fill(ctx, year, func(code string) *rubric.Case {
			if i, in := at[code]; in {
				return &cases[i]
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return cases, nil
}

func (r Reader) caseSheets(ctx context.Context, year int, of func(string) *rubric.Case) error {
	type row struct {
		Code, Reviewer string
		Marks          []rubric.Mark
	}
	all, err := collect[row](ctx, r, `select t.code, t.reviewer, t.marks from sheet t
		join (select distinct on (code, seat) code, seat, reviewer from seat where year = $1 order by code, seat, n desc) s using (code, reviewer)
		where t.year = $1 order by t.code, s.seat`, year)
	for _, x := range all {
		if c := of(x.Code); c != nil {
			c.Sheets = append(c.Sheets, rubric.ReviewerSheet{Reviewer: x.Reviewer, Marks: x.Marks})
		}
	}
	return err
}

func (r Reader) caseRulings(ctx context.Context, year int, of func(string) *rubric.Case) error {
	type row struct {
		Code   string
		Row    int
		After  rubric.Points
		Reason string
	}
	all, err := collect[row](ctx, r, `select code, row, after, reason from ruling where year = $1 order by code, row`, year)
	for _, x := range all {
		if c := of(x.Code); c != nil {
			c.Rulings = append(c.Rulings, rubric.Ruling{Row: x.Row, Points: x.After, Reason: x.Reason})
		}
	}
	return err
}

func (r Reader) caseEvents(ctx context.Context, year int, of func(string) *rubric.Case) error {
	own, err := r.Events(ctx, campaign.Ref{Year: year})
	if err != nil {
		return err
	}
	editions, err := r.Amendments(ctx, campaign.Ref{Year: year})
	if err != nil {
		return err
	}
	earlier, err := r.allEarlierEvents(ctx, year)
	if err != nil {
		return err
	}
	mine, before := map[string][]Event{}, map[string][]Event{}
	for _, e := range Amended(own, editions) { // like the rulings on rows, from the day of the decision
		mine[e.Code] = append(mine[e.Code], e)
	}
	for _, e := range earlier {
		before[e.Code] = append(before[e.Code], e)
	}
	for code, events := range mine { // each institution's own list keeps its order
		c := of(code)
		if c == nil {
			continue
		}
		for _, e := range WithEarlier(events, before[code]) {
			c.Events = append(c.Events, e.Rubric())
		}
	}
	return nil
}

// caseReports counts late reports as a case of Article 32 would: as of the
// publication, before it as of the institution's newest result.
func (r Reader) caseReports(ctx context.Context, year int, of func(string) *rubric.Case) error {
	type row struct {
		Code string
		AsOf time.Time
	}
	rows, err := collect[row](ctx, r, `select v.code::text code, coalesce(max(p.at), max(v.at)) as_of from result v left join publication p using (year)
		where v.year = $1 group by v.code`, year)
	if err != nil {
		return err
	}
	asOf := map[string]time.Time{}
	for _, x := range rows {
		asOf[x.Code] = x.AsOf
	}
	all, err := r.Incidents(ctx, campaign.Ref{Year: year})
	for _, i := range all {
		if c, at := of(i.Code), asOf[i.Code]; c != nil && !at.IsZero() && i.Facts().Counts(at) {
			c.LateReports++
		}
	}
	return err
}

// allEarlierEvents is EarlierEvents over all institutions of a campaign.
func (r Reader) allEarlierEvents(ctx context.Context, year int) ([]Event, error) {
	return r.events(ctx, `select `+eventColumns+` from `+eventTables+` join campaign was on was.year = e.year join campaign me on me.year = $1 and me.rehearsal = was.rehearsal
		where e.year < $1 and e.matter <> '' and extract(year from e.occurred_on) = e.year order by e.id`, year)
}

// ResultsOf lists the results of a campaign as one of its versions: 1 as they
// were first served, later ones with each institution's newest up to it.
func (r Reader) ResultsOf(ctx context.Context, year, version int) ([]Result, error) {
	return collect[Result](ctx, r, `select distinct on (code) code, version, scored, total, card, at from result
		where year = $1 and version <= $2 order by code, version desc`, year, version)
}

// ResultVersions is the highest version that any result of a campaign has; 0 for none.
func (r Reader) ResultVersions(ctx context.Context, year int) (int, error) {
	return scalar[int](ctx, r, `select coalesce(max(version), 0) from result where year = $1`, year)
}
