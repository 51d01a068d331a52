package store

// reviewInvariants are about who judges whom (RV-1, S8).
var reviewInvariants = []Invariant{
	{"F-17", "复核人没有给该机构打过分，也没有以其他身份经办过该机构", "AP-3", true, `
		select x.year || '/' || x.code, x.reviewer || ' 参加过该机构的评价' from (select year, code, reviewer from decider union select year, code, reviewer from appeal_ruling) x
		where $1::int in (0, x.year) and (exists (select from seat s where s.year = x.year and s.code = x.code and s.reviewer = x.reviewer)
			or exists (select from event e left join event_ruling g on g.event = e.id where e.year = x.year and e.code = x.code and x.reviewer in (e.by, g.by))
			or exists (select from plan_review v where v.year = x.year and v.code = x.code and v.by = x.reviewer)
			or exists (select from warning_act w where w.year = x.year and w.code = x.code and w.by = x.reviewer))`},
	{"F-18", "席位终止后不再收该席位的打分", "RV-1、S8", true, `
		select t.year || '/' || t.code, t.reviewer || ' 在席位终止后交了打分' from sheet t join seat_end x using (year, code, reviewer) where $1::int in (0, t.year) and t.at > x.at`},
	{"F-19", "计入结果的打分没有一份出自有利益冲突的评审专家", "RV-1、S8", true, `
		select h.year || '/' || h.code, h.reviewer || ' 的打分计入了结果，此前已有利益冲突' from held h join sheet t using (year, code, reviewer)
		join conflict c using (year, code, reviewer) join result v on v.year = h.year and v.code = h.code and v.version = 1 and v.scored
		where $1::int in (0, h.year) and c.at < v.at
		and (select count(*) from conflict_withdrawal w where w.year = c.year and w.code = c.code and w.reviewer = c.reviewer and w.key = 'said/' || c.n) < 2`},
	{"F-20", "打分表出自该机构席位上的评审专家，不早于指派", "RV-1", true, `
		select t.year || '/' || t.code, t.reviewer || ' 没有席位或在指派之前交了打分' from sheet t where $1::int in (0, t.year)
		and not exists (select from seat s where s.year = t.year and s.code = t.code and s.reviewer = t.reviewer and s.at <= t.at)`},
	{"F-21", "打分表对第 1 至 14 项各打一次分", "附件2", true, `
		select t.year || '/' || t.code, t.reviewer || ' 的打分表缺项或重项' from sheet t where $1::int in (0, t.year)
		and (select array_agg((m->>'row')::int order by (m->>'row')::int) from jsonb_array_elements(t.marks) m) is distinct from array(select generate_series(1, 14))`},
	{"F-22", "席位与复核只指派给评审专家", "RV-1", false, `
		select x.year || '/' || x.code, x.reviewer || ' 不是评审专家' from (select year, code, reviewer from seat union select year, code, reviewer from decider) x
		where $1::int in (0, x.year) and not exists (select from staff p where p.id = x.reviewer and p.role = 'reviewer')`},
	{"F-23", "第三席只在前两席差异之后指派", "RV-1", false, `
		select s.year || '/' || s.code, '第三席先于前两席的打分' from seat s where s.seat = 3 and s.n = 1 and $1::int in (0, s.year)
		and (select count(*) from leaf t where t.year = s.year and t.code = s.code and t.kind = 'sheet' and t.idx < (
			select min(l.idx) from leaf l where l.year = s.year and l.code = s.code and l.kind = 'seat' and l.record::jsonb #>> '{body,seat}' = '3')) < 2`}, // by the order of the ledger: the clocks of engine and site are two
	{"F-153", "只有一份打分、或者差异未决的机构，首版结果之前有针对这些打分的决定", "RV-1、WF-5", true, `
		select v.year || '/' || v.code, case b.kind when 'single' then '依据一份打分形成结果，没有决定' else '差异未决而形成结果，没有决定' end from result v join basis b using (year, code)
		where $1::int in (0, v.year) and v.version = 1 and v.scored and b.kind <> '' and not exists (select from basis_decision d
			join leaf k on k.year = d.year and k.code = d.code and k.kind = 'basis-decision' and k.record::jsonb #>> '{body,n}' = d.n::text
			join leaf l on l.year = d.year and l.code = d.code and l.kind = 'result' and l.record::jsonb #>> '{body,version}' = '1' and l.idx > k.idx
			where d.year = v.year and d.code = v.code and d.kind = b.kind and d.reviewers = b.reviewers and ` + standing + `)`}, // by the order of the ledger: in a rehearsal a result has the day on which it was asked for
	{"F-154", "按现有打分形成结果的决定出自经办人员，所列打分均已提交", "RV-1、WF-5", true, `
		select d.year || '/' || d.code, '第 ' || d.n || ' 次决定由 ' || d.by || ' 作出，或者所列打分尚未提交' from basis_decision d where $1::int in (0, d.year)
		and (not exists (select from staff p where p.id = d.by and p.role = 'officer') or exists (select from unnest(d.reviewers) x(reviewer)
			where not exists (select from sheet t where t.year = d.year and t.code = d.code and t.reviewer = x.reviewer and t.at <= d.at)))`},
	{"F-155", "计入最终结果的复核决定没有一份出自当时已有利益冲突的复核人", "AP-3、S8", true, `
		select g.year || '/' || g.code, g.reviewer || ' 对第 ' || g.row || ' 项的决定计入了最终结果，此前已有利益冲突' from ruling g
		join leaf k on k.year = g.year and k.code = g.code and k.kind = 'conflict' and k.record::jsonb #>> '{body,reviewer}' = g.reviewer
		join leaf f on f.year = g.year and f.code = g.code and f.kind = 'mail' and f.record::jsonb #>> '{body,key}' = g.year || '/' || g.code || '/final' and f.idx > k.idx
		where $1::int in (0, g.year) and (select count(*) from conflict_withdrawal w where w.year = g.year and w.code = g.code and w.reviewer = g.reviewer and w.key = 'said/' || (k.record::jsonb #>> '{body,n}')) < 2`},
	{"F-156", "复核决定只在最终结果确定以前作废，再次决定在前一次作废之后，出自另一人或者利益冲突已经撤销的同一人", "AP-3、S8", true, `
		select v.year || '/' || v.code, '第 ' || v.row || ' 项的决定早于其作出或者在最终结果之后作废' from ruling_void v join appeal_ruling g using (year, code, row, n)
		join leaf k on k.year = v.year and k.code = v.code and k.kind = 'ruling-void' and k.record::jsonb #>> '{body,row}' = v.row::text and k.record::jsonb #>> '{body,n}' = v.n::text
		where $1::int in (0, v.year) and (v.at < g.at or exists (select from leaf f where f.year = v.year and f.code = v.code and f.kind = 'mail'
			and f.record::jsonb #>> '{body,key}' = v.year || '/' || v.code || '/final' and f.idx < k.idx))
		union all select g.year || '/' || g.code, '第 ' || g.row || ' 项的第 ' || g.n || ' 次决定早于前一次作废，或者出自利益冲突没有撤销的同一人' from appeal_ruling g
		left join appeal_ruling b on b.year = g.year and b.code = g.code and b.row = g.row and b.n = g.n - 1
		left join ruling_void v on v.year = b.year and v.code = b.code and v.row = b.row and v.n = b.n
		where $1::int in (0, g.year) and g.n > 1 and (v.at is null or v.at > g.at or b.reviewer = g.reviewer and exists (select from conflict c
			where c.year = g.year and c.code = g.code and c.reviewer = g.reviewer and c.at <= g.at and (select count(*) from conflict_withdrawal w
			where w.year = c.year and w.code = c.code and w.reviewer = c.reviewer and w.key = 'said/' || c.n and w.at <= g.at) < 2))`},
	{"F-24", "撤销利益冲突的签名出自经办人员", "S8", true, `
		select w.year || '/' || w.code, w.by || ' 不是经办人员' from conflict_withdrawal w where $1::int in (0, w.year)
		and not exists (select from staff p where p.id = w.by and p.role = 'officer')`},
	{"F-25", "计划审阅针对最新报送的一版，不早于报送", "第十一条", false, `
		select v.year || '/' || v.code, '第 ' || v.version || ' 版计划的审阅无据或早于报送' from plan_review v where $1::int in (0, v.year)
		and not exists (select from plan p where p.year = v.year and p.code = v.code and p.version = v.version and p.at <= v.at)`},
	{"F-26", "口径解释由另一人施行，不早于提出", "第三十五条、GL-35", true, `
		select i.id, '由提出人施行或早于提出' from interpretation i join interpretation_force f using (id) where $1::int in (0, i.year) and (f.by = i.by or f.at < i.at)`},
	{"F-27", "各项办理都有在册人员", "G5", true, `
		select x.place, x.by || ' 不在册' from (
			select year, year || '/' || code place, by from warning_act where role not in ('', 'clock')
			union all select year, year || '/' || code, by from event_move where act <> 'reply'
			union all select year, year || '/' || code, by::text from extension
			union all select year, year || '/' || code, by::text from extension_answer
			union all select year, year || '/' || code, by::text from suspension
			union all select year, year || '/' || code, by::text from suspension_end
			union all select year, year || '/' || code, by::text from basis_decision
			union all select year, year::text, by::text from rules
			union all select year, year::text, by::text from publication
			union all select year, year || '/' || code, by from honour where source <> 'institution'
			union all select year, year || '/' || code, by::text from seat_end where by is not null
			union all select year, year || '/' || code, by::text from plan_review) x
		where $1::int in (0, x.year) and not exists (select from staff p where p.id = x.by)`},
	{"F-28", "地方监管人员只记录本省机构的情况", "行动方案专栏4(二)", false, `
		select o.year || '/' || o.code, o.by || ' 的记录不属于其省份' from observation o join institution i using (code) where $1::int in (0, o.year)
		and not exists (select from staff p where p.id = o.by and p.role = 'local' and p.province = i.province)`},
}

// eventInvariants are about the facts behind rows 15 and 16.
var eventInvariants = []Invariant{
	{"F-29", "加分、扣分事项由登记人以外的人认定", "附件2 第15、16项", true, `
		select e.year || '/' || e.code, '事项 ' || e.id || ' 由登记人认定' from event e join event_ruling g on g.event = e.id where $1::int in (0, e.year) and e.by = g.by`},
	{"F-30", "认定的扣分事项经过告知，并在机构陈述意见或期满之后认定", "附件2 第16项、AN-16", true, `
		select e.year || '/' || e.code, '事项 ' || e.id || ' 未经告知或在陈述期内认定' from event e join event_ruling g on g.event = e.id
		where $1::int in (0, e.year) and g.confirmed and e.clause like '16.%' and not exists (
			select from event_move m join event_move t on t.event = m.event and t.act = 'tell' and t.n < m.n
			where m.event = e.id and m.act = 'establish' and t.n = (select max(n) from event_move l where l.event = e.id and l.act = 'tell' and l.n < m.n)
			and ((m.at at time zone 'Asia/Shanghai')::date > t.due or exists (select from event_move r where r.event = e.id and r.act = 'reply' and r.n > t.n and r.n < m.n)))`},
	{"F-31", "认定人没有登记、调查或告知过该事项", "附件2 第16项、AN-16", true, `
		select m.year || '/' || m.code, '事项 ' || m.event || ' 由 ' || m.by || ' 认定，其经办过该事项' from event_move m where $1::int in (0, m.year) and m.act in ('establish', 'dismiss', 'unrelated')
		and (exists (select from event e where e.id = m.event and e.by = m.by) or exists (select from event_move p where p.event = m.event and p.by = m.by and p.act in ('inquire', 'tell')))`},
	{"F-32", "扣分事项的登记结论与办理的终点一致，分值就是告知的分值", "附件2 第16项", true, `
		select m.year || '/' || m.code, '事项 ' || m.event || ' 的结论或分值与办理不一致' from event_move m left join event_ruling g on g.event = m.event
		where $1::int in (0, m.year) and m.act in ('establish', 'dismiss', 'unrelated')
		and (g.confirmed is distinct from (m.act = 'establish') or m.act = 'establish' and (g.points is distinct from m.points
			or m.points is distinct from (select t.points from event_move t where t.event = m.event and t.act = 'tell' and t.n < m.n order by t.n desc limit 1)))`},
	{"F-33", "同一事项的决定只恢复更早的决定，没有循环", "附件2 第15项第3点", true, `
		select '决定 ' || a.id, '恢复的决定 ' || a.undoes || ' 不存在或不更早' from matter_act a where a.undoes is not null
		and ($1::int = 0 or exists (select from matter_place p join event e on e.id = p.event where p.act = a.id and e.year = $1::int))
		and not exists (select from matter_act o where o.id = a.undoes and o.id < a.id and o.at <= a.at)`},
	{"F-34", "每项事项所属的同一事项可以由登记和历次决定推出", "附件2 第15项第3点", true, `
		select e.year || '/' || e.code, '事项 ' || p.event || ' 在决定 ' || p.act || ' 之前的归属不符' from matter_place p join event e on e.id = p.event
		where $1::int in (0, e.year) and p.was is distinct from coalesce((select b.matter from matter_place b where b.event = p.event and b.act < p.act order by b.act desc limit 1), e.matter)`},
	{"F-35", "事项的认定不早于登记，登记不早于发生之日", "附件2", false, `
		select e.year || '/' || e.code, '事项 ' || e.id || ' 的先后不合' from event e left join event_ruling g on g.event = e.id
		where $1::int in (0, e.year) and (g.at < e.at or e.occurred_on > (e.at at time zone 'Asia/Shanghai')::date)`},
}
