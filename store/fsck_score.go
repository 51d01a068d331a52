package store

// cards are the stored cards, a line each with the sums of its rows.
const cards = `(select v.year, v.code, v.version, v.scored, v.total, v.card, v.at,
	(select coalesce(sum((r->>'points')::int) filter (where (r->>'row')::int <= 14), 0) from jsonb_array_elements(v.card->'rows') r) base,
	(select coalesce(sum((r->>'points')::int) filter (where (r->>'row')::int = 15), 0) from jsonb_array_elements(v.card->'rows') r) bonus,
	(select coalesce(sum((r->>'points')::int) filter (where (r->>'row')::int = 16), 0) from jsonb_array_elements(v.card->'rows') r) deduction
	from result v where $1::int in (0, v.year)) v`

const versionPlace = `v.year || '/' || v.code || ' 第 ' || v.version || ' 版'`

// scoreInvariants are about results, appeals and what they rest on.
var scoreInvariants = []Invariant{
	{"F-07", "得分单的合计等于各项之和：基础分加加分减扣分", "附件2", true, `
		select ` + versionPlace + `, '各项之和 ' || base + bonus - deduction || '，合计 ' || (card->>'total') from ` + cards + `
		where ((card->>'base')::int, (card->>'bonus')::int, (card->>'deduction')::int, (card->>'total')::int) is distinct from (base::int, bonus::int, deduction::int, (base + bonus - deduction)::int)`},
	{"F-08", "登记的总分就是得分单上的合计", "AP-4", true, `
		select ` + versionPlace + `, '登记 ' || total || '，得分单 ' || (card->>'total') from ` + cards + ` where total is distinct from (card->>'total')::int`},
	{"F-09", "各项得分不低于零、不超过该项满分，加分、扣分不超过封顶", "附件2 第15、16项", true, `
		select ` + versionPlace + `, '第 ' || (r->>'row') || ' 项 ' || (r->>'points') || '，上限 ' || (r->>'max') from ` + cards + `, jsonb_array_elements(v.card->'rows') r
		where (r->>'points')::int < 0 or (r->>'points')::int > (r->>'max')::int`},
	{"F-10", "得分单所用指标表就是该年度启动时固定的指标表", "R5", true, `
		select ` + versionPlace + `, '指标表摘要不同' from ` + cards + ` join campaign c using (year) where card->>'table_sha256' is distinct from c.rubric_sha256`},
	{"F-11", "有评审打分才登记为已评分，已评分的必有打分表", "WF-5", true, `
		select ` + versionPlace + `, case when scored then '已评分而没有打分表' else '有打分表而登记为未评分' end from ` + cards + `
		where scored and not exists (select from sheet t where t.year = v.year and t.code = v.code and (t.at <= v.at or exists (select from leaf k join leaf l using (year, code)
			where k.year = v.year and k.code = v.code and k.kind = 'sheet' and k.record::jsonb #>> '{body,reviewer}' = t.reviewer and l.kind = 'result' and l.record::jsonb #>> '{body,version}' = v.version::text and k.idx < l.idx)))
			or not scored and exists (select from sheet t join held h using (year, code, reviewer) where t.year = v.year and t.code = v.code and t.at < v.at)`},
	{"F-12", "复核申请在第一版结果形成之后", "AP-2", true, `
		select a.year || '/' || a.code, '第 ' || a.row || ' 项的申请早于结果' from appeal a where $1::int in (0, a.year)
		and not exists (select from result v where v.year = a.year and v.code = a.code and v.version = 1 and v.at <= a.at)`},
	{"F-13", "复核决定前的得分就是第一版结果的该项得分，决定后的不差于它：第16项的扣分不增加，其余各项不降低", "AP-3", true, `
		select g.year || '/' || g.code, '第 ' || g.row || ' 项：决定前 ' || g.before || '，结果 ' || coalesce(r->>'points', '无') from appeal_ruling g
		left join result v on v.year = g.year and v.code = g.code and v.version = 1
		left join lateral (select x r from jsonb_array_elements(v.card->'rows') x where (x->>'row')::int = g.row) x on true
		where $1::int in (0, g.year) and (g.before is distinct from (r->>'points')::int or case when g.row = 16 then g.after > g.before else g.after < g.before end or g.after > (r->>'max')::int)`},
	{"F-14", "复核决定由指派的复核人作出", "AP-3", true, `
		select g.year || '/' || g.code, '第 ' || g.row || ' 项由 ' || g.reviewer || ' 决定' from appeal_ruling g where $1::int in (0, g.year)
		and not exists (select from decider d where d.year = g.year and d.code = g.code and d.reviewer = g.reviewer and d.at <= g.at)`},
	{"F-15", "复核改变得分或事项的，有第二版结果；没有改变的，没有第二版", "AP-4", true, `
		select e.year || '/' || e.code, case when e.changed then '复核改变了得分或事项而没有第二版结果' else '复核没有改变得分和事项而有第二版结果' end
		from (select e.year, e.code, e.stage,
			exists (select from ruling g where g.year = e.year and g.code = e.code and g.after <> g.before)
				or exists (select from ` + lastAmendments + ` where a.year = e.year and a.code = e.code and a.outcome <> 'keep') changed,
			exists (select from result v where v.year = e.year and v.code = e.code and v.version > 1) again from entry e) e
		where $1::int in (0, e.year) and e.stage in ('final', 'closed') and e.changed <> e.again`},
	{"F-16", "公布的总分就是公布时各机构最新一版结果", "PL-10", true, `
		select coalesce(p.year, t.year) || '/' || coalesce(t.code, x.key), '公布 ' || coalesce(x.value, '无') || '，结果 ' || coalesce(t.total::text, '无')
		from publication p cross join lateral (select * from jsonb_each_text(case jsonb_typeof(p.totals) when 'object' then p.totals end)) x
		full join (select distinct on (v.year, v.code) v.year, v.code, v.scored, v.total from result v join publication p using (year) join entry e using (year, code)
			where v.at <= p.at and e.stage <> 'left' order by v.year, v.code, v.version desc) t on t.year = p.year and t.code = x.key
		where $1::int in (0, coalesce(p.year, t.year)) and (x.value::int is distinct from t.total and coalesce(t.scored, true)
			and not exists (select from entry e where e.year = coalesce(p.year, t.year) and e.code = x.key and e.stage = 'left'))`},
}
