// Package xuanping is the plan of the house: it holds no code, only this text
// and the tests that keep the house in shape.
// It may describe and check the rooms; nothing imports it, and it never does
// anything at run time.
//
// Xuanping 宣评 runs the yearly evaluation of certification bodies' publicity
// work (认证机构宣传工作年度评价): one Temporal workflow per institution lives
// through the year; officers launch it, institutions answer mailed tasks,
// reviewers score, auditors replay.
//
// # Rooms are verbs
//
//	rubric/      DECIDE    附件2 as data, points, marks, events, scoring rules: pure
//	campaign/    NAME      the nouns of the year, stages, days, holidays: pure
//	ticket/      VOUCH     signed, scoped, revocable links in mails: pure
//	templates/   WORDS     embedded texts of mails, pages, papers
//	contract/    AGREE     typed steps and messages, ids, queues, search attributes
//	store/       REMEMBER  all SQL: facts, ledger, outbox, migrations, grants
//	mail/        SEND      a letter to SendGrid, SMTP or the built-in mailbox
//	pdf/         PRINT     certificates, notices, warnings, reports
//	workflows/   WAIT      the year as a story: timers and messages
//	activities/  DO        one function per step: load, call, store
//	desk/        RECEIVE   every act of a person: checked, recorded, told on
//	audit/       RECALL    timelines, ledger, archive, verifier
//	web/         SPEAK     pages for institution, reviewer, officer, auditor, public
//	rehearsal/   PLAY      simulated people who live a year through the public doors
//	app/         WIRE      configuration and construction; alone reads the environment
//	worker/      main      the service: web and Temporal workers
//	starter/     main      what staff and auditors type
//	standalone/  main      its own module: everything in one process
//
// # Arrows only go down
//
//	worker starter standalone -> app
//	app                       -> everything below
//	web                       -> desk audit store contract campaign rubric ticket templates
//	rehearsal                 -> campaign rubric, and HTTP
//	workflows                 -> contract campaign rubric
//	activities                -> contract store mail pdf campaign rubric
//	desk audit                -> contract store campaign rubric ticket
//	contract store pdf mail   -> campaign rubric (pdf, mail: templates; mail: ticket)
//	campaign                  -> rubric
//	rubric ticket templates   -> nothing
//
// rooms_test.go holds this as a table. The table is policy: a build that
// fails there is mended in the code. A new room brings its line, its verb and
// its reason in the same commit.
//
// # How a line knows its room
//
// It decides a point, a ground or a date: rubric, campaign. It waits:
// workflows. It touches the world: activities, then store, mail, pdf. It
// crosses between them: contract. It takes in what a person did: desk. It
// speaks to a person: web, templates. It is set up once: app. A line that
// fits two rooms is two lines.
//
// # Glossary
//
// One word for one thing, in Chinese and in code. A type that is renamed is
// renamed here too: glossary_test.go looks each one up.
//
//	附件2 评价表    rubric.Table
//	评价指标        rubric.Row
//	结果部分        rubric.Outcome
//	加减分条款      rubric.Clause
//	指标状态        rubric.Status
//	效力            rubric.Force
//	口径            rubric.Reading
//	口径表的条目    rubric.ReadingRow
//	口径选项        rubric.Option
//	采用的口径      rubric.Choice
//	七个方面        rubric.Dimension
//	指标变化        rubric.RowChange
//	分值            rubric.Points
//	评分            rubric.Mark
//	加减分事件      rubric.Event
//	评分表          rubric.Sheet
//	得分单          rubric.Scorecard
//	得分依据        rubric.Line
//	得分合计        rubric.Figures
//	得分回执        rubric.Receipt
//	口径解释        store.Interpretation
//	算例            rubric.Example
//	测算个案        rubric.Case
//	名次与界限      rubric.Standing
//	假设测算        rubric.Effect
//	稳健性检验      rubric.Robustness
//	稳健性          rubric.Stability
//	检验情形        rubric.Swing
//	警示情形        rubric.Ground
//	警示判定标准    rubric.Criteria
//	认证机构        campaign.Institution
//	评价日程        campaign.Calendar
//	北京时间之日    campaign.Day
//	活动目录项      campaign.Activity
//	活动中的角色    campaign.Part
//	目录媒体        campaign.Medium
//	同一事项线索    campaign.Claim
//	三审三校        campaign.Release
//	审校步骤        campaign.ReleaseStep
//	公布稿          campaign.Manuscript
//	报告数字        campaign.Figure
//	报告中不公布的数字 campaign.Veil
//	行动方案目标    campaign.Goal
//	主管部门计划事项 campaign.PlanItem
//	公布后的更正    store.Correction
//	地方具体措施    store.LocalMeasure
//	个别催办        store.Nudge
//	发信预览        campaign.MailPreview
//	拟认定内容      campaign.Finding
//	事项认定状态    campaign.EventState
//	事项认定动作    campaign.EventAct
//	调休放假表      campaign.HolidayTable
//	评价阶段        campaign.Stage
//	待办事项        campaign.Task
//	催办            campaign.Rung
//	岗位            campaign.Role
//	文书            campaign.Paper
//	评价设置        campaign.Settings
//	利益冲突        campaign.ConflictKind
//	席位终止        campaign.SeatEnd
//	风险警示状态    campaign.WarningState
//	风险警示动作    campaign.WarningAct
//	风险警示阶梯    campaign.Ladder
//	警示判定条款    rubric.Criterion
//	48小时报告      campaign.IncidentFacts
//	相关性          campaign.Relevance
//	事前审批        campaign.ClearanceKind
//	业务指导函      store.Guidance
//	延期申请        store.ExtensionRequest
//	暂停            store.Suspension
//	恢复            contract.Resumption
//	退出情形        campaign.WayOut
//	抽查清单        campaign.SpotKind
//	抽查种子        campaign.SpotSeed
//	核查结果        campaign.SpotFinding
//	错误            campaign.Error
//	登记项目        campaign.Register
//	登记栏目        campaign.Field
//	机构年度        contract.Ref
//	步骤            contract.Step
//	消息            contract.Message
//	邮件            mail.Letter
//
// 附件2 的一行称“第N项”，不称“第N行”：行是表格或文件的一行。
// 机构提交的材料称“证据材料”，不称“佐证”；打分的人称“评审专家”，不称“评审人员”。
// 对得分提出的称“评价复核”，对警示决定提出的称“警示复核”，都不称“复议”：
// 复议是另一种法定程序，原文没有规定。
//
// A state has one word everywhere, on pages, in mails and on papers:
//
//	评价阶段        待启动 计划填报 证据收集 自评 评审打分 结果告知 结果确定 已归档 已退出
//	风险警示状态    待立案 已告知 待法制审核 审核退回 待签批 一人已签 已发出 已签收 整改中 已报整改 逾期未整改 已解除 已期满 已撤销 约谈提醒 不予警示
//	事件            待报告 待补报 处置中 已办结
//	申请            待批 已批准 不予批准 已发布 已撤回 已申请 口径已审定 已召开 稿件已审核
//	岗位            经办人员 评审专家 审批人员 审计人员 法制审核人员 地方监管人员 系统管理人员 行业协会人员
//	加分事项        待确认 予以认定 不予认定 已撤回
//	扣分事项        线索 调查 调查（已告知） 认定 不予认定 无关
package xuanping
