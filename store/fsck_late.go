package store

// LateInvariants are asked after all others: their numbers follow on those of
// the engine, which were given before.
func LateInvariants() []Invariant { return erasureInvariants }

// standstills are the suspensions u from their leaf to that of their end: by the
// order of the ledger, because engine and site have clocks of their own.
const standstills = `(select l.year, l.code, (l.record::jsonb #>> '{body,n}')::int n, l.idx, coalesce((select min(d.idx) from leaf d where d.year = l.year and d.code = l.code
	and d.kind = 'suspension-end' and d.record::jsonb #>> '{body,n}' = l.record::jsonb #>> '{body,n}'), 9223372036854775807) till from leaf l where l.kind = 'suspension') u`

// erasureInvariants are about years whose names were erased.
var erasureInvariants = []Invariant{
	{"F-89", "已删除个人信息的年度没有行密钥，也没有草稿", "S11、SE-3", true, `
		select e.of_year::text, '行密钥仍在' from erasure e join row_key k on k.year = e.of_year where e.act = 'confirm' and $1::int in (0, e.of_year)
		union all select e.of_year::text, '草稿 ' || count(*) || ' 份' from erasure e join draft d on d.year = e.of_year where e.act = 'confirm' and $1::int in (0, e.of_year) group by 1`},
	{"F-90", "删除个人信息由一人提议、另一人确认，依次办理", "S6、SE-3", true, `
		select of_year::text, '第 ' || n || ' 步 ' || act from (
			select *, lag(act) over w before, lag(by) over w whom from erasure window w as (partition by of_year order by n)) e
		where $1::int in (0, of_year) and case act when 'propose' then coalesce(before, 'withdraw') <> 'withdraw' when 'confirm' then before is distinct from 'propose' or whom = by
			else before is distinct from 'propose' end`},
	{"F-91", "已删除个人信息的年度没有留下署名，也没有留下涉及个人的文书", "S11、SE-3", true, `
		select e.of_year::text, t.what || '：' || count(*) || ' 处' from erasure e join (
			select year, '计划' what, by_name from plan union all select year, '证据', by_name from evidence union all select year, '自评', by_name from self_score
			union all select year, '复核申请', by_name from appeal union all select year, '办案材料', by_name from case_file union all select year, '登记', by_name from register_version
			union all select year, '事件', signer from incident_act union all select year, '申请', signer from clearance union all select year, '问卷', by_name from survey_answer
			union all select year, '文书', kind from paper where pdf <> '' and kind in (` + personalPapers() + `)) t on t.year = e.of_year
		where e.act = 'confirm' and $1::int in (0, e.of_year) and t.by_name <> '' and t.by_name not like '〔已删除 %' group by e.of_year, t.what`},
	{"F-141", "没有行密钥的年度，账本记有确认删除个人信息", "S9、SE-3", true, `
		select y.year::text, '没有行密钥，账本也没有确认删除' from (select year from campaign union select 0 where exists (select from institution)) y
		where $1::int in (0, y.year) and not exists (select from row_key k where k.year = y.year) and not exists (select from ` + erasedByLedger + ` where l.year = y.year)`},
	{"F-93", "延期申请由其后对同一事项的延期答复，或者写明理由不予批准", "WF-4", false, `
		select a.year || '/' || a.code, '第 ' || a.n || ' 件申请的答复早于申请或者与延期不符' from extension_answer a join extension_request q using (year, code, n)
		left join extension x on x.year = a.year and x.code = a.code and x.n = a.extension
		where $1::int in (0, a.year) and (a.at < q.at or x.task <> q.task or x.by <> a.by or x.at <> a.at)`},
	{"F-122", "暂停依次办理，恢复不早于暂停，补足的期限在恢复时给予", "WF-4", false, `
		select u.year || '/' || u.code, '第 ' || u.n || ' 次暂停的恢复早于暂停、晚于下一次暂停，或者与补足的期限不符' from suspension u left join suspension_end d using (year, code, n)
		left join suspension b on b.year = u.year and b.code = u.code and b.n = u.n + 1 left join extension x on x.year = u.year and x.code = u.code and x.n = d.extension
		where $1::int in (0, u.year) and (d.at < u.at or b.at < d.at or b.at is not null and d.at is null or x.by <> d.by or x.at <> d.at)`},
	{"F-123", "暂停期间没有催办机构", "WF-4", false, `
		select l.record::jsonb #>> '{body,key}', '在第 ' || u.n || ' 次暂停期间' from ` + standstills + ` join leaf l on l.year = u.year and l.code = u.code and l.kind = 'mail' and l.idx > u.idx and l.idx < u.till
		where $1::int in (0, u.year) and l.record::jsonb #>> '{body,key}' ~ '/(plan|evidence|self-score)/remind/|/quarter/'`},
	{"F-124", "暂停期间没有形成结果", "WF-4", true, `
		select u.year || '/' || u.code, '在第 ' || u.n || ' 次暂停期间' from ` + standstills + ` join leaf l on l.year = u.year and l.code = u.code and l.kind = 'result' and l.idx > u.idx and l.idx < u.till
		where $1::int in (0, u.year) and l.record::jsonb #>> '{body,version}' = '1'`},
}
