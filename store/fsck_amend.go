package store

// lastAmendments are the editions a that count, whether their version stands yet or not.
const lastAmendments = `(select distinct on (event) * from amendment order by event, n desc) a`

// amendmentInvariants are about what 评价复核 makes of the events of rows 15 and 16.
var amendmentInvariants = []Invariant{
	{"F-149", "复核对事项的决定属于该机构申请了复核的一项，与该项的复核决定同时由同一人作出", "AP-1、AP-3", true, `
		select a.year || '/' || a.code, '事项 ' || a.event || ' 第 ' || a.n || ' 次决定没有所属的申请、事项或复核决定' from event_amendment a join event e on e.id = a.event left join event_ruling r on r.event = a.event
		where $1::int in (0, a.year) and (e.year <> a.year or e.code <> a.code or coalesce(r.clause, e.clause) not like a.row || '.%' or a.clause <> '' and a.clause not like a.row || '.%'
			or not exists (select from appeal p where p.year = a.year and p.code = a.code and p.row = a.row and p.at <= a.at)
			or not exists (select from appeal_ruling g where g.year = a.year and g.code = a.code and g.row = a.row and g.reviewer = a.reviewer and g.at = a.at))`},
	{"F-150", "复核对事项的决定由当时的复核人作出，其没有打过分，也没有登记、办理、认定过该事项", "AP-3", true, `
		select a.year || '/' || a.code, '事项 ' || a.event || ' 由 ' || a.reviewer || ' 决定' from event_amendment a join event e on e.id = a.event left join event_ruling r on r.event = a.event
		where $1::int in (0, a.year) and (a.reviewer in (e.by, r.by) or exists (select from event_move m where m.event = a.event and m.by = a.reviewer)
			or exists (select from seat s where s.year = a.year and s.code = a.code and s.reviewer = a.reviewer)
			or not exists (select from decider d where d.year = a.year and d.code = a.code and d.reviewer = a.reviewer))`},
	{"F-151", "复核对事项的决定不差于原认定：加分事项只予以认定或者提高，扣分事项只减少或者不予认定", "AP-3", true, `
		select a.year || '/' || a.code, '事项 ' || a.event || ' 第 ' || a.n || ' 次决定 ' || a.outcome || coalesce(' ' || a.points, '') || ' 不利于机构或与其项目不符' from event_amendment a join event e on e.id = a.event left join event_ruling r on r.event = a.event
		where $1::int in (0, a.year) and case a.outcome when 'keep' then a.points is not null
			when 'confirm' then a.row <> 15 or r.event is not null and r.by is null or coalesce(r.confirmed, false) and (a.points < coalesce(r.points, e.points) or a.in_base and not r.in_base)
			when 'lower' then a.row <> 16 or r.confirmed is not true or a.clause <> coalesce(r.clause, e.clause) or a.points >= coalesce(r.points, e.points)
			else a.row <> 16 or r.confirmed is not true end`},
	{"F-152", "第15、16项复核后的得分就是第二版结果按复核后的事项计算的得分", "AP-4", true, `
		select g.year || '/' || g.code, '第 ' || g.row || ' 项复核决定 ' || g.after || '，第二版结果 ' || coalesce(x->>'points', '无')
		from (select distinct on (year, code, row) * from ruling where row > 14 order by year, code, row, at desc) g
		join result v on v.year = g.year and v.code = g.code and v.version = 2
		left join lateral (select x from jsonb_array_elements(v.card->'rows') x where (x->>'row')::int = g.row) x on true
		where $1::int in (0, g.year) and g.after is distinct from (x->>'points')::int`},
}
