package pdf

import (
	"fmt"
	"time"
)

// titles are the 二级指标 of the 16 rows with their points; rows 15 and 16 have a limit instead.
var titles = []struct {
	group, title string
	max          int
}{
	{"宣传贯彻政策法规", "学习习近平认证工作的重要论述，宣传贯彻党中央、国务院关于质量认证工作的决策部署和政策措施精神", 1000},
	{"宣传贯彻政策法规", "落实认证机构主体责任，建立健全宣传工作机制和管理制度", 1000},
	{"宣传贯彻政策法规", "落实意识形态责任制，严格遵守新闻宣传纪律", 500},
	{"宣传贯彻政策法规", "做好信息公开工作", 500},
	{"积极开展宣传推广", "开展宣传推广活动", 1000},
	{"积极开展宣传推广", "参与行业交流活动", 500},
	{"积极开展宣传推广", "报送新闻宣传稿件", 1000},
	{"积极开展宣传推广", "制作传播宣传资料", 1000},
	{"积极开展宣传推广", "建设宣传平台阵地", 1000},
	{"积极开展宣传推广", "开展质量认证科普宣传", 500},
	{"积极回应社会关注", "建立健全舆情监测预警和处置机制", 500},
	{"积极回应社会关注", "建立健全突发事件调查、上报和处理机制", 500},
	{"积极回应社会关注", "建立健全意识形态领域风险防范机制", 500},
	{"积极回应社会关注", "建立健全申诉受理和处理机制", 500},
	{"加分项", "宣传推广突出贡献", 0},
	{"扣分项", "意识形态管理和负面舆情应对", 0},
}

func sampleRows() []ScoreRow {
	var rows []ScoreRow
	for i, r := range titles {
		row := ScoreRow{No: i + 1, Group: r.group, Title: r.title, Max: r.max, Points: r.max - 50*(i%4), Mean: r.max * 8 / 10,
			Reason: fmt.Sprintf("第%d项：材料齐备，现场抽查与填报一致；部分活动缺少效果评估，按评分标准酌减。", i+1)}
		switch row.No {
		case 15:
			row.MaxText, row.Points, row.Mean, row.Reason = "≤10.0", 1000, 0, "经确认的加分事项累计13.5分，按10.0分计入。"
		case 16:
			row.MaxText, row.Points, row.Mean, row.Reason = "≤10.0", -300, 0, "认定1件。"
		}
		rows = append(rows, row)
	}
	return rows
}

// sampleSigner seals the samples while it is set.
var sampleSigner Signer

func sampleHead() Head {
	return Head{Signer: sampleSigner, Issuer: "国家认证认可监督管理委员会", Number: "宣评告〔2026〕3号", Date: time.Date(2027, 3, 2, 9, 0, 0, 0, beijing),
		VerifyURL: "https://xuanping.example.cn/verify/7K3M-Q9TX-42HD", VerifyCode: "7K3M-Q9TX-42HD",
		Ledger: Ledger{Line: "账本 10482 · n4bQgYhMfWWaL+qgxVrQFaO/TxsrC0Is0V1sFbDwCgg=", Proof: []byte(`{"index":10481,"record":{}}`), Key: "xuanping.example/ledger+1234abcd+AQ=="}, PaperKey: "2026/CNCA-R-2002-001/result/1"}
}

const sampleName = "中检华宇质量认证（北京）有限公司"

func sampleScore() Score {
	return Score{Peers: Peers{Who: "综合类机构（12家）", Medians: []int{2500, 4150, 1650}, Distribution: []Bar{{Label: "60分以下", Value: 3}, {Label: "60–69.9", Value: 9},
		{Label: "70–79.9", Value: 21}, {Label: "80–89.9", Value: 30}, {Label: "90–99.9", Value: 12, Own: true}, {Label: "100及以上", Value: 2}}},
		Total: 9150, Base: 8450, Bonus: 1000, Deduction: -300, BonusUncapped: 1350, DeductionUncapped: -300, Rows: sampleRows(),
		BonusItems: []ScoreItem{
			{"承办国家认监委“世界认可日”主场活动", "附件2 第15项第2点", 300, "主办单位已确认"},
			{"新华社报道《一张证书背后的信任》", "附件2 第15项第3点", 200, "同一事项按最高分计1次"},
			{"参加国家级重大活动并获得国家级重大奖项", "附件2 第15项第1点", 500, ""},
			{"完成委托的政务信息撰写3件、公众号采用信息1件", "附件2 第15项第2点", 350, ""}},
		DeductionItems: []ScoreItem{{"官方网站发布不实信息造成严重负面影响", "附件2 第16项第2点", -300, "两名评审专家分别认定"}}}
}

func sampleResult() ResultNotice {
	return ResultNotice{Head: sampleHead(), Institution: sampleName, Code: "CNCA-R-2002-001", Year: 2026, Score: sampleScore(),
		ReviewUntil: time.Date(2027, 3, 17, 23, 59, 0, 0, beijing),
		Notes:       []string{"“同一事项按最高分只计1次”按第15项第3点内适用计算；如对第15项全部适用，加分为 8.0（释义 W-05）。"}}
}

func sampleAbsent() ResultNotice {
	in := sampleResult()
	in.Institution, in.Code = "远山检测认证股份有限公司", "CNCA-R-2011-117"
	in.Score = Score{Unscored: true, Rows: sampleRows(), Deduction: -300, DeductionUncapped: -300, DeductionItems: sampleScore().DeductionItems}
	for i := range in.Rows[:15] {
		in.Rows[i].Points, in.Rows[i].Reason = 0, ""
	}
	in.Absent = []Delivery{{"2026年1月12日", "评价通知书", "已送达"}, {"2026年4月1日", "第一次提醒", "已送达，未签收"}, {"2026年12月20日", "提交材料催告", "退信，已转联系人"}}
	return in
}

func sampleCertificate() Certificate {
	h := sampleHead()
	h.Number = "XPZ-2026-0003"
	return Certificate{Head: h, Name: sampleName, Year: 2026, Rating: "年度宣传工作评价优秀单位"}
}

func sampleWarning(kind WarningKind) WarningNotice {
	in := WarningNotice{Head: sampleHead(), Kind: kind, Institution: sampleName, Code: "CNCA-R-2002-001", Year: 2026,
		Facts: []string{"2026年6月3日，你机构官方微信公众号发布的文章对有机产品认证依据作出与事实不符的表述，被多家媒体转载。",
			"你机构于6月7日向认监委报告，距事件发生已超过48小时（《认证机构宣传工作指引》第二十条）。"},
		Grounds:    []string{"上述情况属于宣传工作审查制度未落实，并已造成负面影响。"},
		Decision:   "拟对你机构实施风险警示，期限六个月。",
		RespondHow: "可以自收到本告知书之日起以书面形式或者通过专用链接提出",
		Until:      time.Date(2027, 3, 17, 23, 59, 0, 0, beijing), Refers: "宣评警〔2026〕2号"}
	switch kind {
	case WarningDecision:
		in.Decision, in.Statement = "对你机构实施风险警示。", "你机构提出的补充情况已经核实，其中关于主动更正的意见予以采纳。"
		in.Opinions = []string{"1. 事实清楚，主动更正的意见不改变影响已经造成。", "2. 同意。整改期限可行。"}
		in.Effective = "风险警示自本决定送达之日起六个月。"
		in.Requirements = []string{"一个月内完善“三审三校”制度并报送整改报告。", "三个月内组织全员新闻宣传纪律培训。"}
		in.RespondHow = "通过本文书所附专用链接提出"
	case WarningDismissed:
		in.Grounds, in.Statement = []string{"1. 所涉信息由第三方冒用名义发布，你机构已及时澄清。"}, "你机构提出了陈述申辩：“非我机构发布”。"
		in.Decision = "不对你机构实施风险警示。"
	case WarningLesser:
		in.Measure, in.Decision = "约谈", "对你机构主要负责人进行约谈。"
		in.Grounds, in.Statement = []string{"1. 情节轻微，且已主动更正。"}, "你机构书面放弃了陈述申辩。"
		in.Requirements = []string{"收到本通知书后，按经办人员通知的时间、地点参加约谈。"}
	case WarningRevoked:
		in.Grounds = []string{"1. 所依据的扣分事项经复核不属于你机构。", "2. 同意撤销。"}
		in.Decision, in.Effective = "撤销对你机构的风险警示决定。", "该决定自始不作为管理的参考。"
	case WarningExpired:
		in.Decision, in.Effective = "对你机构的风险警示于2027年6月9日期满，自次日起失效。", "历史记录依规保存。"
	case WarningLifted:
		in.Facts, in.Grounds = []string{"你机构已按要求完成整改，整改报告及证明材料经核查属实。"}, nil
		in.Decision, in.Effective = "自2027年3月2日起解除对你机构的风险警示。", ""
	}
	return in
}

func sampleAppeal() AppealDecision {
	return AppealDecision{Head: sampleHead(), Institution: sampleName, Code: "CNCA-R-2002-001", Year: 2026, Refers: "宣评告〔2026〕2号", Rows: []AppealRuling{
		{No: 7, Title: "信息报送", Asked: "评分未计入下半年报送的7篇。", Files: 2, Before: 300, After: 700, Reason: "补充材料属实，予以计入。"},
		{No: 9, Title: "新媒体", Asked: "请一并复核。", Before: 400, After: 400, Reason: "更新频次不足，维持。"},
		{No: 12, Title: "培训", Asked: "培训记录完整。", Before: 350, Standing: true},
		{No: 16, Title: "意识形态管理和负面舆情应对", Asked: "均与认证无关。", Files: 1, Before: 800, After: 300, Reason: "对本项的各事项逐一复核，决定和理由分别写明；本项得分由计分规则按复核后的事项计算。", Events: []EventRuling{
			{Title: "某市场监管局行政处罚", Clause: "16.1", On: "2026年5月6日", Words: "原认定扣5.0分，复核后改为与认证活动无关，不扣分", Reason: "处罚事由为消防。"},
			{Title: "网站发布不实信息", Clause: "16.2", On: "2026年8月2日", Words: "原认定扣3.0分，复核后维持", Reason: "事实清楚。"}}},
	}}
}

// sampleSilentAppeal is a request that nobody decided in time.
func sampleSilentAppeal() AppealDecision {
	in := sampleAppeal()
	for i := range in.Rows {
		in.Rows[i] = AppealRuling{No: in.Rows[i].No, Title: in.Rows[i].Title, Asked: in.Rows[i].Asked, Files: in.Rows[i].Files, Before: in.Rows[i].Before, Standing: true}
	}
	return in
}

func sampleReport() InstitutionReport {
	return InstitutionReport{Head: sampleHead(), Institution: sampleName, Code: "CNCA-R-2002-001", Year: 2026, Category: "综合类机构",
		Standing: "类别内并列第3名", Score: sampleScore(),
		Timeline: []Delivery{{"2026年1月12日", "收到评价通知书", "已签收"}, {"2026年2月26日", "报送年度宣传工作计划", "已存证"},
			{"2026年12月28日", "提交自评材料", "已存证，37件"}},
		Planned: []Delivery{{"2026年6月9日", "世界认可日主题活动", "按期完成"}, {"2026年9月20日", "质量认证宣传周进企业", "延期完成：场地调整"},
			{"2026年3月31日", "发布社会责任报告", "未实施：改在下一年度"}, {"", "新媒体矩阵建设", "待完成"}},
		Strengths:   []string{"建立了覆盖策划、审核、发布、评估的宣传工作闭环，三审三校记录完整。", "“认证故事”系列短视频在新媒体平台取得较好传播效果。"},
		Suggestions: []string{"进一步完善舆情监测的值班安排，缩短从发现到研判的时间。", "科普活动可更多走进社区和学校。"}}
}

// sampleAbsentReport is the report of who handed in nothing.
func sampleAbsentReport() InstitutionReport {
	in := sampleReport()
	absent := sampleAbsent()
	in.Institution, in.Code, in.Score, in.Standing = absent.Institution, absent.Code, absent.Score, "未提交，不参加排名"
	in.Strengths, in.Suggestions, in.Planned, in.Timeline = nil, nil, nil, absent.Absent
	return in
}

func sampleCampaign() CampaignReport {
	in := CampaignReport{Head: sampleHead(), Year: 2026, Version: "第1版",
		Summary: []string{"2026年，市场监管总局认证监管司组织开展认证机构宣传工作年度评价，依据《认证机构宣传工作评价指标》对参评机构逐项评分。本报告汇总参评、得分、典型案例和主要问题。"},
		Figures: []Figure{{"1024", "参评机构（家）"}, {"96.3%", "按期提交"}, {"81.7", "平均总分"}, {"42", "优秀单位（家）"},
			{"3", "风险警示（家）"}, {"118", "典型案例（件）"}, {"27", "评价复核（件）"}, {"100%", "通知送达"}},
		Distribution: []Bar{{Label: "60以下", Value: 31}, {Label: "60–69.5", Value: 102}, {Label: "70–79.5", Value: 288}, {Label: "80–89.5", Value: 411},
			{Label: "90–99.5", Value: 150}, {Label: "100以上", Value: 42}},
		Groups: []Bar{{Label: "宣传贯彻政策法规", Value: 2610, Max: 3000, Shown: "26.1 / 30.0"}, {Label: "积极开展宣传推广", Value: 3720, Max: 5000, Shown: "37.2 / 50.0"},
			{Label: "积极回应社会关注", Value: 1700, Max: 2000, Shown: "17.0 / 20.0"}},
		Stages: []Bar{{Label: "通知送达", Value: 1024}, {Label: "报送计划", Value: 1001}, {Label: "提交材料", Value: 986}, {Label: "完成评审", Value: 986}, {Label: "结果送达", Value: 985}},
		Items:  []Bar{{Label: "世界认可日活动", Value: 512, Shown: "512 场"}, {Label: "质量认证进社区", Value: 377, Shown: "377 场"}, {Label: "中央媒体报道", Value: 64, Shown: "64 篇"}},
		Rows:   sampleRows(), Problems: []string{"部分机构舆情报告超过48小时时限。", "新媒体账号管理责任不清。"}, Next: []string{"组织优秀案例交流。"}}
	in.Provinces = []Province{{"北京市", 412, 400, 398, 8420}, {"上海市", 120, 118, 118, 8315}, {"西藏自治区", 2, 2, 2, 0}}
	for i := range in.Rows[:14] {
		in.Rows[i].Low, in.Rows[i].High = in.Rows[i].Max*6/10, in.Rows[i].Max*9/10
	}
	for i := range 42 {
		in.Excellent = append(in.Excellent, Honoured{Rank: fmt.Sprint(i/2*2 + 1), Code: fmt.Sprintf("CNCA-R-20%02d-%03d", i%24+2, i*7+1),
			Name: fmt.Sprintf("第%s认证中心有限公司", ordinal(i+1)), Score: points(10900 - 50*(i/2))})
	}
	return in
}

func sampleReceipt() Receipt {
	in := Receipt{Head: sampleHead(), Institution: sampleName, Code: "CNCA-R-2002-001", What: "2026年度自评材料",
		At: time.Date(2026, 12, 28, 16, 5, 9, 0, beijing), Deadline: time.Date(2026, 12, 31, 23, 59, 59, 0, beijing), By: "机构宣传工作负责人",
		Digest: "4c1d7fa9e0b35a7d6c2f8e91b04d3a5c7f60e182b9a4d5c3e8f7061a2b3c4d5e"}
	for i, name := range []string{"年度宣传工作计划.pdf", "世界认可日活动现场照片及总结.zip", "社会责任报告.pdf"} {
		in.Items = append(in.Items, Received{name, fmt.Sprintf("第%d项", i+2), fmt.Sprintf("%064x", 0xabcdef12345+i*77777777), fmt.Sprintf("%d.4 MB", i+1)})
	}
	return in
}

// paper is one paper of the storybook.
type paper struct {
	name string
	make func(*Printer) ([]byte, error)
}

func samplePress() PressRecord {
	return PressRecord{Head: sampleHead(), Institution: sampleName, Code: "CNCA-R-2002-001", Subject: "世界认可日主题发布会", Place: "本机构会议室，邀请行业媒体三家", Planned: "2026年6月9日", Important: true,
		Steps: []PressStep{{"提出申请", "王示例（宣传部主任）", "2026年5月25日 10:02", ""}, {"审定发布口径", "周示例；主要负责人 吴示例", "2026年5月28日 15:30", ""},
			{"召开发布会", "陈示例（新闻发言人）", "2026年6月9日 11:40", ""}, {"审核新闻稿件", "周示例", "2026年6月9日 17:05", "已严把保密关、意识形态关"}},
		Marks: []string{"召开发布会的人员当日不在新闻发言人任期内，也不是审定口径的宣传负责人（第九条）。"}}
}

func sampleIncident() Receipt {
	in := sampleReceipt()
	in.Title, in.Number = "48小时报告回执", ""
	in.What = "第2号事件的48小时报告（《指引》第二十条），编号 2026/CNCA-R-2002-001/incident/2；发生时间 2026年6月3日 20:00:00，发现时间 2026年6月4日 08:30:00"
	in.At, in.Deadline, in.By = time.Date(2026, 6, 5, 9, 12, 44, 0, beijing), time.Date(2026, 6, 5, 20, 0, 0, 0, beijing), "机构经办人员"
	in.Items = []Received{{Name: "五项基本情况", Row: "第11、12项", Digest: in.Digest}}
	return in
}

func sampleClearance() Letter {
	h := sampleHead()
	h.Number = "宣评批〔2026〕7号"
	return Letter{Head: h, Title: "事前审批批复", To: sampleName + "（CNCA-R-2002-001）",
		Opening: []string{"你机构于2026年5月6日提出的事前审批申请收悉。依据《认证机构宣传工作指引》第十四条，现批复如下。"},
		Sections: []Section{{"申请事项", []string{"“世界认可日”主题宣传片（发布渠道：官方微信公众号，拟发布日期：2026年6月9日）。"}}, {"批复意见", []string{"批准所报内容。"}},
			{"条件", []string{"片中认证标志的使用应当与《认证证书和认证标志管理办法》一致。", "发布后五个工作日内报送传播情况。"}}},
		Closing: []string{"所报内容、发布渠道有变更的，应重新报批。"}}
}

func sampleAnnouncement() Letter {
	h := sampleHead()
	h.Number = "宣评公〔2026〕1号"
	return Letter{Head: h, Title: "2026年度认证机构宣传工作评价\n结果公告",
		Opening: []string{"依据《认证机构宣传工作指引》第三十二条，2026年度认证机构宣传工作评价已经完成，现将结果公告如下。"},
		Sections: []Section{{"总体情况", []string{"参加评价的机构77家，完成评审74家，平均得分82.35。"}},
			{"优秀单位（4家，排名不分先后）", []string{sampleName + "、示例甲认证有限公司、示例乙质量认证（上海）有限公司、远山检测认证股份有限公司。"}},
			{"说明", []string{"本公告只列优秀单位；各机构的得分已分别书面告知，作为实施行政管理的参考依据。公告后发现事实有误的，更正以新版本公布，并保留原版本。"}}},
		Closing: []string{"特此公告。"}, Contact: "联系咨询：评价工作组　010-00000000"}
}

func sampleHonour() Certificate {
	return Certificate{Head: sampleHead(), Name: sampleName, Year: 2026, Rating: "优秀案例", Citation: "报送的“一张证书背后的信任——有机产品认证进社区”，经评审和公示，评定为2026年度质量认证宣传"}
}

// storybook is every paper with canned data.
func storybook() []paper {
	trial := sampleResult()
	trial.Rehearsal = true
	letter := Letter{Head: sampleHead(), Title: "关于开展2026年度\n认证机构宣传工作评价的通知书", To: sampleName,
		Opening:  []string{"为落实质量认证宣传普及行动，现组织开展2026年度认证机构宣传工作评价，有关事项通知如下。"},
		Sections: []Section{{"评价内容", []string{"按照《认证机构宣传工作评价指标》16项逐项评价。"}}, {"时间安排", []string{"2026年2月28日前报送计划，12月31日前提交材料。"}}},
		Closing:  []string{"特此通知。"}, Link: "https://xuanping.example.cn/t/2026-CNCA-R-2002-001-3fb1c2", LinkNote: "请扫码进入本机构年度评价任务",
		Contact: "联系电话：见评价通知邮件"}
	return []paper{
		{"certificate", func(p *Printer) ([]byte, error) { return p.Certificate(sampleCertificate()) }},
		{"result", func(p *Printer) ([]byte, error) { return p.ResultNotice(sampleResult()) }},
		{"result-rehearsal", func(p *Printer) ([]byte, error) { return p.ResultNotice(trial) }},
		{"result-absent", func(p *Printer) ([]byte, error) { return p.ResultNotice(sampleAbsent()) }},
		{"warning-prior", func(p *Printer) ([]byte, error) { return p.WarningNotice(sampleWarning(WarningPrior)) }},
		{"warning-decision", func(p *Printer) ([]byte, error) { return p.WarningNotice(sampleWarning(WarningDecision)) }},
		{"warning-lifted", func(p *Printer) ([]byte, error) { return p.WarningNotice(sampleWarning(WarningLifted)) }},
		{"warning-dismissed", func(p *Printer) ([]byte, error) { return p.WarningNotice(sampleWarning(WarningDismissed)) }},
		{"warning-lesser", func(p *Printer) ([]byte, error) { return p.WarningNotice(sampleWarning(WarningLesser)) }},
		{"warning-revoked", func(p *Printer) ([]byte, error) { return p.WarningNotice(sampleWarning(WarningRevoked)) }},
		{"warning-expired", func(p *Printer) ([]byte, error) { return p.WarningNotice(sampleWarning(WarningExpired)) }},
		{"appeal-decision", func(p *Printer) ([]byte, error) { return p.AppealDecision(sampleAppeal()) }},
		{"appeal-standing", func(p *Printer) ([]byte, error) { return p.AppealDecision(sampleSilentAppeal()) }},
		{"institution-report", func(p *Printer) ([]byte, error) { return p.InstitutionReport(sampleReport()) }},
		{"institution-report-absent", func(p *Printer) ([]byte, error) { return p.InstitutionReport(sampleAbsentReport()) }},
		{"campaign-report", func(p *Printer) ([]byte, error) { return p.CampaignReport(sampleCampaign()) }},
		{"receipt", func(p *Printer) ([]byte, error) { return p.Receipt(sampleReceipt()) }},
		{"honour-certificate", func(p *Printer) ([]byte, error) { return p.Certificate(sampleHonour()) }},
		{"press-record", func(p *Printer) ([]byte, error) { return p.PressRecord(samplePress()) }},
		{"letter", func(p *Printer) ([]byte, error) { return p.Letter(letter) }},
		{"incident-receipt", func(p *Printer) ([]byte, error) { return p.Receipt(sampleIncident()) }},
		{"clearance", func(p *Printer) ([]byte, error) { return p.Letter(sampleClearance()) }},
		{"announcement", func(p *Printer) ([]byte, error) { return p.Letter(sampleAnnouncement()) }},
	}
}
