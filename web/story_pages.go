package web

import (
	"context"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// stories is the storybook: one line for each file of templates/page that is a
// page. A test fails for a page without a line, and for a line that its own
// handler does not answer.
var stories = []pageStory{
	{"landing", "网站首页", ofPublic, nil, "/", nil},
	{"rules", "评价指标", ofPublic, nil, "/rules", nil},
	{"rules-warning", "风险警示程序", ofPublic, nil, "/rules/warning", nil},
	{"results", "年度评价结果", ofPublic, aPublication, "/results/{year}", nil},
	{"report", "专题报告", ofPublic, aPublication, "/results/{year}/report", nil},
	{"public-warnings", "公开的风险警示", ofPublic, nil, "/warnings/{year}", nil},
	{"honours", "荣誉与案例", ofPublic, nil, "/honours/{year}", nil},
	{"verify", "文书查验", ofPublic, aPaper, "/v/{n}", nil},
	{"ledger", "账本", ofPublic, nil, "/ledger", nil},
	{"self-evaluation", "自评测算（非官方）", ofPublic, nil, "/self-evaluation", nil},
	{"mailbox", "内置邮箱", ofPublic, nil, "/mailbox", nil},
	{"mail", "一封邮件", ofPublic, nil, "", cannedMailPage},
	{"login", "工作人员登录", ofPublic, nil, "/login", nil},
	{"code", "请输入动态验证码", ofPublic, nil, "", cannedCodePage},
	{"new-link", "申请新的办理链接", ofPublic, nil, linkPath, nil},
	{"fail", "没有找到", ofPublic, nil, "", func() any { return failed{Say: errNoPage.Say} }},
	{"desk", "办理首页", ofInstitution, anEntry, "/i/{year}/{code}", nil},
	{"plan", "年度宣传工作计划", ofInstitution, anEntry, "/i/{year}/{code}/plan", nil},
	{"evidence", "证据材料", ofInstitution, anEntry, "/i/{year}/{code}/evidence", nil},
	{"registers", "登记与清单", ofInstitution, anEntry, "/i/{year}/{code}/registers", nil},
	{"register", "登记", ofInstitution, anEntry, "/i/{year}/{code}/registers/accounts", nil},
	{"self-score", "自评", ofInstitution, anEntry, "/i/{year}/{code}/self-score", nil},
	{"result", "评价结果", ofInstitution, aResult, "/i/{year}/{code}/result", nil},
	{"receipt", "得分依据", ofInstitution, aResult, "/i/{year}/{code}/receipt", nil},
	{"proof", "账本证明", ofInstitution, aResult, "/i/{year}/{code}/proof", nil},
	{"appeal", "申请评价复核", ofInstitution, aResult, "/i/{year}/{code}/appeal", nil},
	{"case-file", "评价复核的新证据", ofInstitution, aResult, "/i/{year}/{code}/appeal/evidence", nil},
	{"warning", "风险警示", ofInstitution, toldWarning, "/i/{year}/{code}/warning", nil},
	{"own-events", "加分与扣分事项", ofInstitution, anEntry, "/i/{year}/{code}/events", nil},
	{"own-honours", "荣誉与案例", ofInstitution, anEntry, "/i/{year}/{code}/honours", nil},
	{"own-mail", "来信与附件", ofInstitution, anEntry, "/i/{year}/{code}/mail", nil},
	{"survey", "专题调研", ofInstitution, aSurvey, "/i/{year}/{code}/survey", nil},
	{"matters", "48小时报告", ofInstitution, anEntry, "/i/{year}/{code}/incidents", nil},
	{"matter", "报告突发事件", ofInstitution, anEntry, "/i/{year}/{code}/incidents/new", nil},
	{"spots", "随机抽查的承诺", ofInstitution, anEntry, "/i/{year}/{code}/spots", nil},
	{"check", "请核对", ofInstitution, nil, "", func() any { return cannedCheck }},
	{"received", "提交成功", ofInstitution, nil, "", func() any {
		return map[string]any{"Receipt": cannedReceipt, "Own": own{Path: "/storybook"}, "Mailed": true}
	}},
	{"me", "我的账号", campaign.Officer, nil, "/me", nil},
	{"ask", "更换密码", campaign.Officer, nil, "/me/password", nil},
	{"factor", "动态验证码", campaign.Officer, nil, "/me/factor", nil},
	{"again", "请再次确认身份", campaign.Approver, nil, "", cannedAgain},
	{"accounts", "账号管理", campaign.Admin, nil, "/accounts", nil},
	{"account-done", "账号变更已生效", campaign.Approver, nil, "", cannedAccount},
	{"association", "行业汇总", campaign.Association, nil, "/association", nil},
	{"readings-log", "查阅记录", campaign.Auditor, nil, "/audit/readings", nil},
	{"review-queue", "评审任务", campaign.Reviewer, aSeat, "/review", nil},
	{"review-conflict", "利益冲突申报", campaign.Reviewer, aSeat, "/review/{year}/conflicts", nil},
	{"review-sheet", "打分表", campaign.Reviewer, aSeat, "/review/{year}/{code}", nil},
	{"review-appeal", "复核决定", campaign.Reviewer, aDecider, "/review/{year}/{code}/appeal", nil},
	{"review-receipt", "评审打分", campaign.Reviewer, nil, "", func() any { return cannedReceipt }},
	{"office-home", "年度评价", campaign.Officer, nil, "/office", nil},
	{"office-roster", "机构名册", campaign.Officer, nil, "/office/roster", nil},
	{"office-form", "启动年度评价", campaign.Officer, nil, "/office/launch", nil},
	{"office-board", "年度总览", campaign.Officer, nil, "/office/{year}", nil},
	{"office-institutions", "参评机构", campaign.Officer, nil, "/office/{year}/institutions", nil},
	{"office-institution", "机构档案", campaign.Officer, anEntry, "/office/{year}/i/{code}", nil},
	{"office-timeline", "年度时间线", campaign.Auditor, anEntry, "/office/{year}/i/{code}/timeline", nil},
	{"register-view", "登记内容", campaign.Officer, anEntry, "/office/{year}/i/{code}/registers/accounts", nil},
	{"office-calendar", "年度日历", campaign.Auditor, nil, "/office/{year}/calendar", nil},
	{"office-mails", "邮件与消息", campaign.Officer, nil, "/office/{year}/mails", nil},
	{"office-replies", "来信留言", campaign.Officer, nil, "/office/{year}/replies", nil},
	{"office-events", "加分与扣分事项", campaign.Officer, nil, "/office/{year}/events", nil},
	{"office-claims", "机构申报的加分事项", campaign.Officer, nil, "/office/{year}/claims", nil},
	{"office-file", "事项案卷", campaign.Officer, anEvent, "/office/{year}/i/{code}/event/{n}/file", nil},
	{"office-matters", "同一事项", campaign.Officer, nil, "/office/{year}/matters", nil},
	{"office-catalogue", "活动目录", campaign.Officer, nil, "/office/catalogue", nil},
	{"office-media", "媒体目录", campaign.Officer, nil, "/office/media", nil},
	{"office-reviewers", "评审进度", campaign.Officer, nil, "/office/{year}/reviewers", nil},
	{"office-conflicts", "利益冲突", campaign.Officer, nil, "/office/{year}/conflicts", nil},
	{"guidance", "业务指导函", campaign.Officer, nil, "", cannedGuidance},
	{"office-spots", "随机抽查", campaign.Officer, nil, "/office/{year}/spots", nil},
	{"spot-list", "一家机构的抽查", campaign.Officer, anEntry, "/office/{year}/i/{code}/spots", nil},
	{"office-versions", "结果与名次", campaign.Officer, aResult, "/office/{year}/versions", nil},
	{"office-release", "公布与三审三校", campaign.Officer, aResult, "/office/{year}/release", nil},
	{"office-figures", "专题报告的数字和出处", campaign.Officer, nil, "/office/{year}/figures", nil},
	{"office-yearplan", "宣传工作计划", campaign.Officer, nil, "/office/{year}/yearplan", nil},
	{"office-measures", "地方具体措施", campaign.Officer, nil, "/office/{year}/measures", nil},
	{"office-preflight", "启动前检查", campaign.Officer, nil, "/office/preflight", nil},
	{"local-measures", "报送地方具体措施", campaign.Local, nil, "/local/{year}/measures", nil},
	{"office-goals", "行动方案六项目标", campaign.Officer, nil, "/office/goals", nil},
	{"office-robust", "结果稳健性", campaign.Officer, aResult, "/office/{year}/robust", nil},
	{"office-whatif", "口径试算", campaign.Officer, aResult, "/office/{year}/whatif", nil},
	{"office-readings", "口径台账", campaign.Officer, nil, "/office/readings", nil},
	{"office-reading", "一条口径", campaign.Officer, nil, "/office/reading?id=R-05", nil},
	{"office-warnings", "风险警示", campaign.Officer, nil, "/office/{year}/warnings", nil},
	{"office-warning", "风险警示案件", campaign.Officer, aWarning, "/office/{year}/warnings/{code}", nil},
	{"office-consistency", "一致性清单", campaign.Officer, nil, "/office/{year}/consistency", nil},
	{"office-honours", "荣誉与案例", campaign.Officer, nil, "/office/{year}/honours", nil},
	{"office-honour", "一项荣誉", campaign.Officer, anHonour, "/office/{year}/honours/{n}", nil},
	{"office-survey", "专题调研", campaign.Officer, nil, "/office/{year}/survey", nil},
	{"office-local", "地方激励参考", campaign.Officer, nil, "/office/{year}/local", nil},
	{"local-year", "本地机构", campaign.Local, nil, "/local/{year}", nil},
	{"local-institution", "本地的一家机构", campaign.Local, ofProvince, "/local/{year}/i/{code}", nil},
	{"storybook", "样例册", ofPublic, nil, "/storybook", nil},
}

// spotIn gives the first spot of a list that has one.
func spotIn[T any](all []T, err error, of func(T) (spot, bool)) (spot, bool, error) {
	if err != nil {
		return spot{}, false, err
	}
	for _, x := range all {
		if at, ok := of(x); ok {
			return at, true, nil
		}
	}
	return spot{}, false, nil
}

func anEntry(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	all, err := st.Entries(ctx, year)
	return spotIn(all, err, func(e store.Entry) (spot, bool) { return spot{ref: e.Ref()}, e.Stage != campaign.Left })
}

func aResult(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	all, err := st.LatestResults(ctx, year)
	return spotIn(all, err, func(x store.Result) (spot, bool) {
		return spot{ref: contract.Ref{Year: year, Code: x.Code}}, x.Scored
	})
}

func aPublication(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	c, err := st.Campaign(ctx, year)
	return spot{}, c.PublishedAt != nil, err
}

func aPaper(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	entries, err := st.Entries(ctx, year)
	for _, e := range entries {
		papers, err := st.Papers(ctx, e.Ref())
		if err != nil || len(papers) > 0 {
			return spotIn(papers, err, func(p store.Paper) (spot, bool) { return spot{n: p.Verify}, true })
		}
	}
	return spot{}, false, err
}

func aWarning(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	all, err := st.Warnings(ctx, year)
	return spotIn(all, err, func(x store.Warning) (spot, bool) {
		return spot{ref: contract.Ref{Year: year, Code: x.Code}}, true
	})
}

func toldWarning(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	all, err := st.Warnings(ctx, year)
	return spotIn(all, err, func(x store.Warning) (spot, bool) {
		return spot{ref: contract.Ref{Year: year, Code: x.Code}}, x.State != campaign.Proposed
	})
}

func anEvent(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	entries, err := st.Entries(ctx, year)
	for _, e := range entries {
		events, err := st.Events(ctx, e.Ref())
		if err != nil || len(events) > 0 {
			return spotIn(events, err, func(x store.Event) (spot, bool) { return spot{ref: e.Ref(), n: itoa(int(x.ID))}, true })
		}
	}
	return spot{}, false, err
}

func aSeat(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	entries, err := st.Entries(ctx, year)
	for _, e := range entries {
		seats, err := st.Seats(ctx, e.Ref())
		if err != nil || len(seats) > 0 {
			return spotIn(seats, err, func(x store.Seat) (spot, bool) { return spot{ref: e.Ref(), staff: x.Reviewer}, true })
		}
	}
	return spot{}, false, err
}

func aDecider(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	codes, err := st.Appealing(ctx, year)
	for _, code := range codes {
		ref := contract.Ref{Year: year, Code: code}
		d, err := st.DeciderOf(ctx, ref)
		if err == nil {
			return spot{ref: ref, staff: d.Reviewer}, true, nil
		}
		if campaign.KindOf(err) != campaign.NotFound {
			return spot{}, false, err
		}
	}
	return spot{}, false, err
}

func anHonour(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	all, err := st.Honours(ctx, year)
	return spotIn(all, err, func(h store.Honour) (spot, bool) { return spot{n: itoa(h.N)}, true })
}

func aSurvey(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	all, err := st.Surveys(ctx, year)
	if err != nil || len(all) == 0 {
		return spot{}, false, err
	}
	return anEntry(ctx, st, year)
}

func ofProvince(ctx context.Context, st *store.Store, year int) (spot, bool, error) {
	people, err := st.StaffOf(ctx, campaign.Local)
	for _, p := range people {
		entries, err := st.EntriesIn(ctx, year, p.Province)
		if err != nil || len(entries) > 0 {
			return spotIn(entries, err, func(e store.Entry) (spot, bool) { return spot{ref: e.Ref(), staff: p.ID}, true })
		}
	}
	return spot{}, false, err
}
