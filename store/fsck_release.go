package store

// releaseInvariants are about what was published and how it was reviewed.
var releaseInvariants = []Invariant{
	{"F-110", "公布的每一版都经过完整的三审三校，公布的就是所审的", "行动方案四(一)3、PL-4", true, `
		select r.year || ' 第 ' || r.version || ' 版', '第 ' || r.draft || ' 稿的审校不完整，或内容摘要、版次不符' from release r left join release_draft d on d.year = r.year and d.n = r.draft
		where $1::int in (0, r.year) and (d.digest = r.digest and d.version = r.version
			and (select count(*) from release_step s where s.year = r.year and s.n = r.draft and s.pass and s.at <= r.at) = 6) is not true`},
	{"F-111", "三次审核、三次校对各由三个人承担，送审人不审自己的稿", "行动方案专栏2、PL-4", true, `
		select s.year || ' 第 ' || s.n || ' 稿', s.by || ' 重复承担，或审核自己送审的公布稿，或既审又校而未说明' from release_step s join release_draft d using (year, n) where $1::int in (0, s.year)
		and (s.k <= 3 and s.by = d.by or exists (select from release_step o where o.year = s.year and o.n = s.n and o.k < s.k and o.by = s.by and ((o.k <= 3) = (s.k <= 3) or s.alone = '')))`},
	{"F-112", "已公布的年度有第 1 版公布稿，版次连续，更正的版次在公布之后", "行动方案专栏4(三)、PL-13", true, `
		select p.year::text, '公布的版次有缺' from publication p where $1::int in (0, p.year) and (select count(*) from release r where r.year = p.year) is distinct from (select coalesce(max(version), 0) from release r where r.year = p.year and r.at >= p.at)::bigint
		union all select p.year::text, '没有公布稿' from publication p where $1::int in (0, p.year) and not exists (select from release r where r.year = p.year)
		union all select r.year::text, '有公布稿而没有公布' from release r where $1::int in (0, r.year) and not exists (select from publication p where p.year = r.year)`},
}
