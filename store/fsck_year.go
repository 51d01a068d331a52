package store

// yearInvariants are about how an institution's year stands and ends.
var yearInvariants = []Invariant{
	{"F-57", "结果告知以后的各阶段都有结果", "WF-1、AP-2", true, `
		select e.year || '/' || e.code, '处于 ' || e.stage || ' 而没有结果' from entry e where $1::int in (0, e.year) and e.stage in ('served', 'final', 'closed')
		and not exists (select from result v where v.year = e.year and v.code = e.code)`},
	{"F-58", "已归档的机构年度已经公布，写明了结局", "WF-1", true, `
		select e.year || '/' || e.code, '已归档而未公布或没有结局' from entry e where $1::int in (0, e.year) and e.stage = 'closed'
		and (e.outcome is null or not exists (select from publication p where p.year = e.year))`},
	{"F-59", "公布时各机构的结果均已确定", "PL-10", true, `
		select e.year || '/' || e.code, '已公布而处于 ' || e.stage from entry e join publication p using (year) where $1::int in (0, e.year) and e.stage not in ('final', 'closed', 'left')`},
	{"F-60", "优秀单位证书只给已评分、参加排名、达到事先设定总分的机构", "PL-16", true, `
		select n.year || '/' || n.code, '不符合证书条件' from number n left join entry e on e.year = n.year and e.code = n.code
		left join lateral (select * from result v where v.year = n.year and v.code = n.code order by version desc limit 1) v on true
		join lateral (select body from rules r where r.year = n.year order by version desc limit 1) r on true
		where $1::int in (0, n.year) and n.series = '宣评证' and (e.ranked and v.scored and v.total >= (r.body#>>'{settings,excellent}')::int) is not true`},
	{"F-157", "补发的证书在公布以后，案件以不予警示终止，编号即证书编号", "RW-5、PL-16", true, `
		select h.year || '/' || h.code, '补发早于公布、案件未以不予警示终止或者编号不符' from late_honour h left join warning w using (year, code)
		left join number n on n.series = '宣评证' and n.year = h.year and n.code = h.code left join publication p on p.year = h.year
		where $1::int in (0, h.year) and (w.state is distinct from 'dismissed' or n.n is distinct from h.number or p.at is null or h.at < p.at)`},
	{"F-158", "达到优秀起点、案件以不予警示终止的机构有证书，除非更正去掉", "RW-5、PL-16", true, `
		select w.year || '/' || w.code, '案件已终止而没有证书' from warning w join entry e using (year, code) join publication p using (year)
		join lateral (select * from result v where v.year = w.year and v.code = w.code order by version desc limit 1) v on true
		join lateral (select body from rules r where r.year = w.year order by version desc limit 1) r on true
		where $1::int in (0, w.year) and w.state = 'dismissed' and e.stage = 'closed' and e.ranked and v.scored and v.total >= (r.body#>>'{settings,excellent}')::int
		and not exists (select from number n where n.series = '宣评证' and n.year = w.year and n.code = w.code)
		and not exists (select from correction c where c.year = w.year and c.code = w.code and c.kind = 'remove')`},
	{"F-61", "结局与证书、风险警示案件一致", "WF-1", true, `
		select e.year || '/' || e.code, '结局 ' || e.outcome || ' 与文号或案件不符' from entry e where $1::int in (0, e.year)
		and (e.outcome = 'certificate' and not exists (select from number n where n.series = '宣评证' and n.year = e.year and n.code = e.code)
			or e.outcome = 'warning' and not exists (select from warning w where w.year = e.year and w.code = e.code))`},
	{"F-62", "年中加入且晚于排名截止日的机构不参加排名，其余都参加", "requirements §2 no. 32", true, `
		select e.year || '/' || e.code, '加入日 ' || e.joined || '，参加排名与截止日不符' from entry e where $1::int in (0, e.year)
		and not exists (select from rules r where r.year = e.year and e.ranked = (e.joined <= (r.body#>>'{settings,ranked_until}')::date or e.joined = (r.body#>>'{calendar,launch}')::date))`},
	{"F-63", "授予的荣誉经过公示，期满后授予，异议都已处理且不成立", "行动方案五(四)、PL-20", true, `
		select m.year || ' 提名 ' || m.n, '未经公示、未满期或有异议' from honour_move m where $1::int in (0, m.year) and m.act = 'award'
		and (not exists (select from honour_move s where s.year = m.year and s.n = m.n and s.act = 'show' and s.m < m.m and s.ends < (m.at at time zone 'Asia/Shanghai')::date)
			or exists (select from objection o left join objection_ruling g using (year, n, k) where o.year = m.year and o.n = m.n and o.at <= m.at and g.upheld is distinct from false))`},
	{"F-64", "荣誉的提名、评审、授予是三个人", "行动方案五(四)、PL-20", true, `
		select m.year || ' 提名 ' || m.n, m.by || ' 兼任授予与提名或评审' from honour_move m join honour h using (year, n) where $1::int in (0, m.year) and m.act = 'award'
		and (m.by = h.by or exists (select from honour_move p where p.year = m.year and p.n = m.n and p.act = 'pass' and p.by in (m.by, h.by)))`},
	{"F-65", "荣誉证书的文号属于已授予的提名", "PL-16", true, `
		select n.year || ' 提名 ' || n.code, '文号 ' || n.n || ' 没有授予' from number n where $1::int in (0, n.year) and n.series = '宣评誉'
		and not exists (select from honour_move m where m.year = n.year and lpad(m.n::text, 4, '0') = n.code and m.act = 'award')`},
	{"F-66", "延期只由规则允许：新的截止日晚于原截止日", "WF-4", false, `
		select x.year || '/' || x.code, x.task || ' 延至 ' || x.day || '，不晚于此前的延期' from extension x where $1::int in (0, x.year)
		and exists (select from extension b where b.year = x.year and b.code = x.code and b.task = x.task and b.n < x.n and b.day >= x.day)`},
	{"F-67", "已归档、已退出的机构年度没有待办期限", "WF-1", false, `
		select e.year || '/' || e.code, '处于 ' || e.stage || ' 而有截止日 ' || e.due from entry e where $1::int in (0, e.year) and e.stage in ('closed', 'left') and e.due is not null`},
	{"F-68", "问卷答复针对已发布的一版问卷", "行动方案专栏4(一)3", false, `
		select a.year || '/' || a.code, '第 ' || a.n || ' 次答复的问卷第 ' || a.version || ' 版不存在或更晚' from survey_answer a where $1::int in (0, a.year)
		and not exists (select from survey s where s.year = a.year and s.version = a.version and s.at <= a.at)`},
	{"F-120", "抽查种子与启动时的承诺相符，公布结果的年度已经公布种子", "requirements §3 no. 5", true, `
		select c.year::text, '种子与承诺不符或未公布' from spot_commit c left join spot_reveal o using (year) where $1::int in (0, c.year)
		and (not spot_sound(c.year) or encode(sha256(decode(o.seed, 'hex')), 'hex') <> c.commitment or o.seed is null and exists (select from publication p where p.year = c.year))`},
}
