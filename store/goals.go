package store

import (
	"context"

	"xuanping/campaign"
	"xuanping/rubric"
)

// GoalYear is the number behind a goal in one year; nil where there is none yet.
type GoalYear struct {
	No    int
	Year  int
	Value *int64
}

// Goals asks for the number behind each goal in the years of a plan (PL-1), of
// rehearsals or of real years only. A year that was not evaluated has no number;
// the mean and the list have none before results are public.
func (r Reader) Goals(ctx context.Context, from, to int, rehearsal bool) ([]GoalYear, error) {
	return collect[GoalYear](ctx, r, `with c as (select year, exists (select from publication p where p.year = c.year) public from campaign c where year between $1 and $2 and rehearsal = $3),
		n (no, year, value) as (
			select 1, c.year, (select count(distinct p.code) from plan p join entry e using (year, code) where p.year = c.year and e.stage <> 'left') from c
			union all select 2, c.year, (select count(*) from event_counts e where e.year = c.year and e.confirmed and e.clause like '15.%') from c
			union all select 3, c.year, (select count(*) from honour h join honour_move m using (year, n) where h.year = c.year and m.act = 'award' and h.kind in ('case','base','course')
				and not exists (select from honour_move o where o.year = h.year and o.n = h.n and o.act = 'revoke')) from c
			union all select 4, c.year, case when c.public then (select (sum((x->>'points')::bigint)::bigint + count(*) / 2) / nullif(count(*), 0) from
				(select distinct on (v.code) v.scored, v.card from result v join entry e using (year, code) where v.year = c.year and e.stage <> 'left' order by v.code, v.version desc) l,
				jsonb_array_elements(`+listOf("l.card->'rows'")+`) x where l.scored and (x->>'row')::int = 2) end from c
			union all select 5, c.year, (select count(*) from event_counts e where e.year = c.year and e.confirmed and e.clause like '16.%') from c
			union all select 6, c.year, case when c.public then (select count(*) from number u where u.year = c.year and u.series = $4
				and not exists (select from correction k where k.year = u.year and k.code = u.code and k.kind = 'remove')) end from c)
		select no, year, value::bigint from n order by no, year`, from, to, rehearsal, campaign.CertificatePaper.Series())
}

// GoalLine is a goal with its numbers over the years of a plan.
type GoalLine struct {
	campaign.Goal
	Years []GoalYear
	Value *int64 // over the plan: the sum, or the newest mean; nil: no data
}

// Word is the value as lines show it.
func (l GoalLine) Word() string { return l.word(l.Value) }

// YearWord is the value of one year.
func (l GoalLine) YearWord(y GoalYear) string { return l.word(y.Value) }

func (l GoalLine) word(v *int64) string {
	f := campaign.Figure{Points: l.Points}
	if v == nil {
		return campaign.NoData
	}
	f.Value = *v
	return f.String() + " " + l.Unit
}

// GoalLines are the six goals of a plan, each with a number or none.
func (r Reader) GoalLines(ctx context.Context, from, to int, rehearsal bool) ([]GoalLine, error) {
	all, err := r.Goals(ctx, from, to, rehearsal)
	var lines []GoalLine
	for _, g := range campaign.Goals() {
		l := GoalLine{Goal: g}
		for _, y := range all {
			if y.No != g.No {
				continue
			}
			l.Years = append(l.Years, y)
			switch {
			case y.Value == nil:
			case l.Value == nil || g.Points:
				l.Value = y.Value
			default:
				sum := *l.Value + *y.Value
				l.Value = &sum
			}
		}
		lines = append(lines, l)
	}
	return lines, err
}

// FullOf is the most that a goal in points can have: that of the row it watches.
func (l GoalLine) FullOf(t *rubric.Table) rubric.Points {
	row, _ := t.Row(2)
	return row.Max
}
