package store

// issuedStates are the states of a case whose decision has been issued.
const issuedStates = `('issued', 'received', 'planned', 'rectified', 'unrectified', 'lifted', 'expired', 'revoked')`

// warningInvariants are about Article 32: nobody is warned but by the ladder.
var warningInvariants = []Invariant{
	{"F-36", "发出的风险警示都有事先告知、陈述期、法制审核和两人签批", "第三十二条、RW-2 至 RW-4", true, `
		select w.year || '/' || w.code, '缺少' || concat_ws('、', case when notice is null then '事先告知' end, case when heard is null or heard < notice then '陈述期' end,
			case when w.ladder > 0 and (pass is null or pass < heard) then '法制审核' end, case when signers < 2 then '两人签批' end)
		from (select w.*, (select min(n) from warning_act a where a.year = w.year and a.code = w.code and a.act = 'notice') notice,
			(select max(n) from warning_act a where a.year = w.year and a.code = w.code and (a.act in ('waive', 'window') or a.act = 'reply' and w.ladder < 2)) heard,
			(select max(n) from warning_act a where a.year = w.year and a.code = w.code and a.act = 'pass') pass,
			(select count(distinct by) from warning_act a where a.year = w.year and a.code = w.code and a.act = 'sign') signers from warning w) w
		where $1::int in (0, w.year) and w.state in ` + issuedStates + ` and (notice is null or heard is null or heard < notice or w.ladder > 0 and (pass is null or pass < heard) or signers < 2)`},
	{"F-37", "法制审核、签批的人没有经办过该案，也没有评过该机构", "第三十二条、RW-3", true, `
		select a.year || '/' || a.code, a.by || ' 参加过该案或该机构的评价，又办理了 ' || a.act from warning_act a where $1::int in (0, a.year) and a.act in ('pass', 'remand', 'sign', 'talk', 'remind')
		and (exists (select from warning_act p where p.year = a.year and p.code = a.code and p.by = a.by and p.n < a.n and (p.act in ('propose', 'notice', 'supplement') or p.act in ('pass', 'remand') and a.act in ('sign', 'talk', 'remind')))
			or exists (select from seat s where s.year = a.year and s.code = a.code and s.reviewer = a.by) or exists (select from decider d where d.year = a.year and d.code = a.code and d.reviewer = a.by))`},
	{"F-38", "撤销、公开风险警示由提请人以外的人同意", "第三十二条、RW-7", true, `
		select a.year || '/' || a.code, a.act || ' 没有另一人的提请' from warning_act a where $1::int in (0, a.year) and a.act in ('revoke', 'publish')
		and not exists (select from warning_act p where p.year = a.year and p.code = a.code and p.n < a.n and p.by <> a.by and p.act = case a.act when 'revoke' then 'error' else 'open' end)`},
	{"F-39", "决定书的送达日不早于第二人签批，签收之后必有送达日，视为签收以后才知道退信的除外", "RW-5", true, `
		select w.year || '/' || w.code, '送达日 ' || coalesce(w.served::text, '无') from warning w where $1::int in (0, w.year) and (
			w.served is not null and w.served < coalesce((select (max(a.at) at time zone 'Asia/Shanghai')::date from warning_act a where a.year = w.year and a.code = w.code and a.act = 'sign'), 'infinity')
			or w.served is null and w.state in ('received', 'planned', 'rectified', 'unrectified', 'lifted')
				and not (w.state = 'received' and exists (select from intent i where starts_with(i.key, w.year || '/' || w.code || '/warning/issued/') and i.delivery in ('dropped', 'bounced'))))`},
	{"F-40", "案号就是该机构在“宣评警”序列中的文号", "design 真实性：文号", true, `
		select w.year || '/' || w.code, '案号 ' || w.number from warning w where $1::int in (0, w.year)
		and not exists (select from number n where n.series = '宣评警' and n.year = w.year and n.n = w.number and n.code = w.code)`},
	{"F-41", "风险警示的判定标准在启动前施行，启动后没有改动", "第三十二条、RW-1", true, `
		select r.year::text, '第 ' || r.version || ' 版规则的标准在启动后施行或被改动' from rules r join rules f on f.year = r.year and f.version = 1 where $1::int in (0, r.year)
		and (r.body#>'{settings,criteria}' is distinct from f.body#>'{settings,criteria}' or r.body#>>'{settings,criteria,in_force}' >= r.body#>>'{calendar,launch}')`},
}

// erasedPaper tells of a paper p that it went with the names of its year.
var erasedPaper = `(p.pdf = '' and p.kind in (` + personalPapers() + `) and p.year in (select of_year from erasure where act = 'confirm'))`

// paperInvariants are about what left the house: papers, letters, links.
var paperInvariants = []Invariant{
	{"F-42", "每份文书都出自一项文书任务，年度、机构、种类相同", "design 真实性", true, `
		select p.key, '与文书任务不符' from paper p left join intent i on i.key = p.key where $1::int in (0, p.year)
		and (i.kind, i.year, i.code, i.body->>'kind') is distinct from ('paper', p.year, p.code, p.kind)`},
	{"F-43", "每份文书的摘要与其字节相符", "G5、R9", true, `
		select p.key, '摘要与字节不符' from paper p where $1::int in (0, p.year) and encode(sha256(p.pdf), 'hex') <> p.digest and not ` + erasedPaper},
	{"F-44", "每份文书都是完整的 PDF", "PL-10", true, `
		select p.key, '不是完整的 PDF' from paper p where $1::int in (0, p.year) and not ` + erasedPaper + `
		and (substring(p.pdf from 1 for 5) <> '%PDF-'::bytea or position('%%EOF'::bytea in substring(p.pdf from greatest(length(p.pdf) - 1024, 1))) = 0)`},
	{"F-45", "办结的文书任务都有文书", "design 真实性", true, `
		select i.key, '已办结而没有文书' from intent i where $1::int in (0, i.year) and i.kind = 'paper' and i.state = 'accepted' and not exists (select from paper p where p.key = i.key)`},
	{"F-46", "文书上的文号登记在案，属于该机构", "design 真实性：文号", true, `
		select p.key, p.number || ' 没有登记' from paper p, regexp_match(p.number, '^(.+)〔(\d+)〕(\d+)号$') m where $1::int in (0, p.year) and p.number <> ''
		and (m is null or m[2]::int <> p.year or exists (select from number n where n.series = m[1]) and not exists (select from number n
			where n.series = m[1] and n.year = p.year and n.n = m[3]::int and (n.code = p.code or p.kind in ('report', 'announcement', 'honour') or p.kind = 'clearance' and starts_with(n.code, p.code || '/'))))`},
	{"F-47", "发出的邮件所附文书都在案", "ML-1", true, `
		select i.key, '所附文书 ' || a || ' 不在案' from intent i, jsonb_array_elements_text(case jsonb_typeof(i.body->'papers') when 'array' then i.body->'papers' end) a
		where $1::int in (0, i.year) and i.kind = 'mail' and i.state = 'accepted' and not exists (select from paper p where p.key = a)`},
	{"F-48", "每件邮件任务、文书任务在账本中都有其记录", "R9", true, `
		select i.key, '账本没有这项任务的记录' from intent i left join (select record::jsonb#>>'{body,key}' key, case kind when 'mail' then 'mail' else 'paper' end kind from leaf where kind in ('mail', 'paper-order')) l using (kind, key)
		where $1::int in (0, i.year) and i.kind in ('mail', 'paper') and l.key is null`},
	{"F-49", "每份文书在账本中都有其记录，摘要相同；页脚的账本位置签署过，所证明的是制发它的记录", "R9、assurance §2 规则 4", true, `
		select p.key, '第 ' || p.leaf || ' 条不是制发它的记录，或没有 ' || p.head || ' 条的检查点' from paper p left join checkpoint c on c.size = p.head left join leaf l on l.idx = p.leaf
		where $1::int in (0, p.year) and p.head is not null and (c.size is null or (l.kind, l.year, l.code, l.record::jsonb #>> '{body,key}') is distinct from ('paper-order', p.year, p.code, p.key))
		union all select p.key, '账本的摘要不同或没有记录' from paper p left join (select record::jsonb#>>'{body,key}' key, record::jsonb#>>'{body,digest}' digest from leaf where kind = 'paper') l on l.key = p.key
		where $1::int in (0, p.year) and l.digest is distinct from p.digest`},
	{"F-50", "每类事项在数据和账本中的条数相同", "R9", true, leavesOfFacts()},
	{"F-51", "机构退出后，办理链接全部作废", "WF-4", true, `
		select t.year || '/' || t.code, '一条办理链接没有作废' from ticket t join entry e using (year, code) where $1::int in (0, t.year) and e.stage = 'left' and t.scope = 'act' and t.revoked_at is null`},
	{"F-52", "机构退出后，没有再发出催办邮件", "WF-4", false, `
		select i.key, '退出之后发出' from intent i join entry e on e.year = i.year and e.code = i.code where $1::int in (0, i.year) and e.stage = 'left'
		and i.kind = 'mail' and i.state = 'accepted' and i.body->>'to' = 'institution' and coalesce(i.body->>'task', '') <> '' and (i.body->>'date')::timestamptz > e.stage_at`},
	{"F-142", "送达的邮件发出过：记有所发文字的模板，或者有回执，并有送达的时刻", "AP-2、ML-1", true, `
		select i.key, '列为已送达而没有发出的记录' from intent i where $1::int in (0, i.year) and i.kind = 'mail' and i.state = 'accepted' and (i.template = '' and i.delivery = '' or i.done_at is null)`},
	{"F-53", "办理链接只在签发之后、到期和作废之前使用", "ML-3", true, `
		select t.year || '/' || t.code, '链接的使用不在有效期内' from ticket t where $1::int in (0, t.year)
		and (t.first_used < t.issued_at or t.last_used < t.first_used or t.last_used >= t.expires_at or t.last_used > t.revoked_at or (t.first_used is null) <> (t.last_used is null))`},
	{"F-54", "办理链接出自发给该机构的邮件或书面通知，用途相同", "ML-3", true, `
		select t.year || '/' || t.code, '链接没有来由或用途不同' from ticket t where $1::int in (0, t.year) and t.intent not like '%/link-letter/%'
		and not exists (select from intent i where i.key = t.intent and i.kind = 'mail' and i.year = t.year and i.code = t.code and i.body->>'scope' = t.scope and i.body->>'to' = 'institution')`},
	{"F-55", "机构来信答复的是发给该机构的邮件", "ML-4", false, `
		select r.year || '/' || r.code, '答复的邮件不是发给该机构的' from reply r where $1::int in (0, r.year)
		and not exists (select from intent i where i.key = r.thread and i.kind = 'mail' and i.year = r.year and i.code = r.code)`},
	{"F-56", "收下的办理都告知了流程：没有未送达的消息", "design 真实性", true, `
		select i.key, '消息未能送达流程' from intent i where $1::int in (0, i.year) and i.kind = 'message' and i.state = 'failed'`},
}
