package store

import (
	"context"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
)

// question is a named query of the score book that answers with figures of the
// special report: id, what it is, value, whether it is in points. $1 is the
// year, $2 and $3 are the rows and groups of the indicator table.
type question struct{ name, sql string }

// The sets that every question counts over: who has not left (e), their newest
// results (v), those that were scored (s).
var counted = `with e as (select e.code, i.province, i.name from entry e join institution i using (code) where e.year = $1 and e.stage <> 'left'),
	v as (select distinct on (r.code) r.code, r.version, r.scored, r.total, r.card, e.province from result r join e using (code) where r.year = $1 order by r.code, r.version desc),
	s as (select * from v where scored),
	x as (select s.code, (c->>'row')::int as no, (c->>'points')::bigint as points from s, jsonb_array_elements(` + listOf("s.card->'rows'") + `) c),
	m as (select no, case no when 16 then -1 else 1 end * ((sum(points)::bigint + count(*) / 2) / count(*)) as mean from x group by no),
	g as (select * from unnest($2::int[], $3::text[]) as g (no, name)) `

// listOf is a list in a card, empty where the card has none.
func listOf(what string) string {
	return `case jsonb_typeof(` + what + `) when 'array' then ` + what + ` else '[]' end`
}

// mean rounds as rubric.Mean does: to tenths of a point, halves up.
const meanOf = `coalesce((floor((2 * sum(total) + 10 * count(*))::numeric / nullif(20 * count(*), 0)) * 10)::bigint, 0)`

// questions are asked in this order; pages and commands show their names.
var questions = []question{
	{"participation", counted + `select 'institutions' id, '参评机构' says, count(*) value, false points from e
		union all select 'plans', '报送计划', count(distinct code), false from plan join e using (code) where year = $1
		union all select 'late-plans', '逾期报送计划', count(distinct code), false from plan join e using (code) where year = $1 and version = 1 and late
		union all select 'self-scores', '提交自评', count(distinct code), false from self_score join e using (code) where year = $1
		union all select 'evidence', '证据材料（份）', count(*), false from evidence join e using (code) where year = $1
		union all select 'appeals', '评价复核（项）', count(*), false from appeal join e using (code) where year = $1`},
	{"totals", counted + `select 'scored' id, '完成评审' says, count(*) value, false points from s union all select 'mean', '平均得分', ` + meanOf + `, true from s`},
	{"distribution", counted + `select 'band-' || b, '总分分布：' || (array['60分以下','60–69.9','70–79.9','80–89.9','90–99.9','100及以上'])[b + 1], count(s.code), false
		from generate_series(0, 5) b left join s on least(greatest(trunc(s.total / 1000.0)::int - 5, 0), 5) = b group by b order by b`},
	{"rows", counted + `select 'row-' || g.no, '第' || g.no || '项平均得分', coalesce(m.mean, 0), true from g left join m using (no) order by g.no`},
	{"groups", counted + `select 'group-' || min(g.no), g.name || '平均得分', coalesce(sum(m.mean), 0)::bigint, true from g left join m using (no) where g.no <= 14 group by g.name order by min(g.no)`},
	{"provinces", counted + `, p as (select province, count(*) n from e group by province)
		select 'province-' || k || '-' || province, province || (case k when 'all' then '参评' when 'self' then '提交自评' when 'scored' then '完成评审' else '平均得分' end),
			case k when 'all' then n when 'self' then (select count(distinct code) from self_score join e using (code) where year = $1 and e.province = p.province)
				when 'scored' then (select count(*) from s where s.province = p.province)
				else (select case when count(*) >= 5 then ` + meanOf + ` else 0 end from s where s.province = p.province) end, k = 'mean'
		from p, unnest(array['all','self','scored','mean']) k order by province, k`},
	{"items", counted + `select 'item-' || (l->>'clause'), '加分事项 ' || (l->>'clause'), count(*), false from v, jsonb_array_elements(` + listOf("v.card->'trace'") + `) l
		where (l->>'row')::int = 15 and coalesce(l->>'event', '') <> '' and (l->>'counted')::int > 0 group by l->>'clause' order by l->>'clause'`},
}

// ReportFigures asks the score book for every figure of a year's special
// report (PL-13). The report is composed from the facts in its own way; a test
// and `starter report --numbers` hold the one against the other.
func (r Reader) ReportFigures(ctx context.Context, t *rubric.Table, year int) ([]campaign.Figure, error) {
	all, err := r.figures(ctx, t, year, "")
	if err != nil {
		return nil, err
	}
	old, err := r.YearBefore(ctx, year)
	if err != nil || old == 0 {
		return all, err
	}
	before, err := r.figures(ctx, t, old, "before-")
	for _, f := range before {
		if f.Query == "rows" || f.Query == "totals" {
			f.Says = "上年度" + f.Says
			all = append(all, f)
		}
	}
	return all, err
}

func (r Reader) figures(ctx context.Context, t *rubric.Table, year int, prefix string) (all []campaign.Figure, err error) {
	var nos []int
	var groups []string
	for _, row := range t.Rows {
		nos, groups = append(nos, row.No), append(groups, row.Group)
	}
	type answer struct {
		ID, Says string
		Value    int64
		Points   bool
	}
	for _, q := range questions {
		// every question names all three parameters, so that they have their types
		got, err := collect[answer](ctx, r, `select * from (`+q.sql+`) as q (id, says, value, points) where $1::int > 0 and $2::int[] is not null and $3::text[] is not null`, year, nos, groups)
		if err != nil {
			return nil, err
		}
		for _, a := range got {
			all = append(all, campaign.Figure{ID: prefix + a.ID, Says: a.Says, Query: q.name, Value: a.Value, Points: a.Points})
		}
	}
	return all, nil
}

// YearBefore is the year that a year's report compares with; 0 when it was not
// evaluated and published, or only rehearsed while this one is not.
func (r Reader) YearBefore(ctx context.Context, year int) (int, error) {
	now, err := r.Campaign(ctx, year)
	if err != nil {
		return 0, err
	}
	old, err := r.Campaign(ctx, year-1)
	if campaign.KindOf(err) == campaign.NotFound || err == nil && (old.Rehearsal != now.Rehearsal || old.PublishedAt == nil) {
		return 0, nil
	}
	return old.Year, err
}

// reckoned are the answers that no statement of SQL gives: where they come from.
var reckoned = map[string]string{
	"settings": "campaign.rules：启动时冻结的评价设置",
	"robust":   "由全部评分表、复核决定和加减分事项按稳健性检验的各种情形重新计算，逐家情况见“稳健性检验”页面",
}

// Question is the text of a named query, as an auditor may read it; "" for an
// unknown name.
func Question(name string) string {
	if from, known := reckoned[name]; known {
		return from
	}
	for _, q := range questions {
		if q.name == name {
			return strings.Join(strings.Fields(q.sql), " ")
		}
	}
	return ""
}
