package mailtest

import (
	"time"

	"xuanping/mail"
)

// Sample is canned data for a template: every field a template may need, with
// the words the letters of that kind carry. Used by goldens and the storybook.
func Sample(template string) mail.Data {
	d := mail.Data{
		Issuer:      "示例认证监督管理机关",
		Institution: "示例甲认证有限公司",
		Person:      "张示例",
		Year:        2025,
		Title:       "年度宣传工作计划",
		Until:       "2025年3月31日（星期一）24:00",
		Link:        "https://xuanping.example/t/3q2cXJ8m9Lw0aT5vYb1KdA.Zk7Qe2RrPn4uHs6WgF0xyQ",
		Contact:     "评价工作组　李示例　010-0000 0000（工作日9:00—17:00）",
		Checkpoint: "xuanping.example/2025 1842 kZ0vQm3Jt8b2d1Yp5nXhC7sLw9RfUa4EoGi6TqVyMzI= " +
			"9vT3sAqv0mJx2wqzJpWgH1n8kYb5Rd6uFcE4tLoXiZK7aQyB0hNfMgSjPrUeD3C2wVlIOtGm",
	}
	rows := []string{"第7项　报送新闻宣传稿件", "第8项　制作传播宣传资料", "第10项　开展质量认证科普宣传"}
	switch template {
	case "launch", "admitted":
		d.Number = "示宣评〔2025〕1号"
		d.Lines = [][2]string{{"评价年度", "2025年1月1日至12月31日"}, {"评价依据", "《认证机构宣传工作评价指标》（16项）"},
			{"抽查承诺", "9f2c4a1be07d55f3c6a8817e2b904d3ff1a60c7792be8d4e5530a1c9e7b64d18"}}
	case "act-code":
		d.What, d.Link = "271828", ""
	case "plan-returned":
		d.What = "宣传经费预算未列明金额；请补充意识形态责任制的负责人。"
		d.Rows = []string{"宣传预算", "责任分工"}
	case "quarter-reminder":
		d.Title, d.Until, d.Rows = "第一季度", "2025年12月31日（星期三）24:00", rows
	case "evidence-reminder", "selfscore-reminder", "selfscore-last", "reviewer-reminder":
		d.Until, d.Rows = "2025年12月31日（星期三）24:00", rows
		d.Last = template == "selfscore-last"
	case "receipt":
		d.Lines = [][2]string{
			{"受理编号", "2025-0001-P-01"}, {"收到时间", "2025年3月28日 16:05:09"},
			{"提交人", "张示例"}, {"内容摘要（SHA-256）", "9f2c4a1be07d55f3c6a8817e2b904d3ff1a60c7792be8d4e5530a1c9e7b64d18"},
		}
	case "reviewer-assigned", "third-reviewer", "appeal-assigned":
		d.Person, d.Title, d.Rows = "王示例", "示例甲认证有限公司2025年度", rows[:1]
		d.Until = "2026年1月30日（星期五）24:00"
	case "result-notice", "final-result", "no-submission-result":
		d.Number, d.Until = "示宣评告〔2026〕1号", "2026年3月6日（星期五）24:00"
		d.Lines = [][2]string{{"基础得分", "86.5"}, {"加分", "4.0"}, {"扣分", "0.0"}, {"总分", "90.5"}}
		if template == "no-submission-result" {
			d.Lines = [][2]string{{"登记结果", "未提交"}}
		}
	case "appeal-receipt", "appeal-decision":
		d.Rows, d.Until = rows[:1], "2026年3月20日（星期五）24:00"
		d.What = "第7项得分由6.0调整为7.5，理由见决定书。"
		d.Lines = [][2]string{{"受理编号", "2025-0001-R-01"}, {"收到时间", "2026年3月5日 10:21:40"}}
	case "honour":
		d.Title = "典型案例"
		d.Lines = [][2]string{{"类别", "典型案例"}, {"名称", "认证惠民生"}, {"证书编号", "宣评誉〔2025〕1号"}}
	case "certificate":
		d.Title, d.Number = "年度宣传工作典型案例", "示宣评证〔2026〕3号"
		d.Lines = [][2]string{{"证书编号", "XP-2025-0003"}}
	case "warning-prior", "warning-decision", "warning-dismissed", "warning-lifted", "warning-lesser", "warning-revoked", "warning-expired", "rectification-reminder", "rectification-overdue":
		d.Number, d.Until = "示宣警〔2025〕2号", "2025年7月15日（星期二）24:00"
		d.What = "官方公众号发布的认证有效性信息与事实不符，造成严重负面影响。"
		d.Lines = [][2]string{{"送达时间", "2025年6月30日 09:00"}}
		if template == "rectification-reminder" {
			d.Rows = []string{"公开更正不实信息", "完善三审三校制度"}
		}
		if template == "warning-decision" {
			d.What = "对贵机构实施风险警示，并要求在期限内完成整改、提交整改报告。"
		}
		if template == "warning-lesser" {
			d.Title, d.What = "约谈", "情节轻微，且已主动更正。"
		}
		if template == "warning-revoked" {
			d.What = "所依据的扣分事项经复核不属于贵机构。"
		}
		if template == "warning-dismissed" {
			d.What = "经核实，所涉信息由第三方冒用名义发布，贵机构已及时澄清。"
		}
	case "calendar-moved":
		d.Lines = [][2]string{{"年度计划截止", "2025年3月28日 改为 2025年3月31日"}}
		d.What = "因节假日调休安排变化，顺延一个工作日。"
	case "guidance", "guidance-reminder":
		d.Title = "关于做好世界认可日宣传工作的指导意见"
		d.Lines = [][2]string{{"文号", "宣指导〔2025〕2号"}, {"附件", "1 件，请在链接中下载"}}
	case "handover":
		d.Lines = [][2]string{{"年度宣传工作计划", "截止 2025年3月31日"}, {"证据材料", "截止 2025年12月31日"}}
	case "claim-ruling":
		d.Title, d.What = "承办世界认可日主场活动", "经核对主办单位的函件，贵机构为承办单位。"
		d.Lines = [][2]string{{"申报编号", "2025/CNCA-R-2002-001/claim/1"}, {"认定结果", "予以认定"}, {"条款", "附件2第15项 15.1a"}, {"认定分值", "3.0 分，计入时受第15项累计上限和不重复计分规则限制"}}
	case "event-notice":
		d.Title, d.Until = "公众号发布信息失实", "2025年7月15日（星期二）24:00"
		d.What = "经核查，贵机构官方公众号6月3日发布的认证有效性信息与事实不符。"
		d.Lines = [][2]string{{"条款", "附件2第16项 16.2"}, {"拟扣分值", "3.0 分"}, {"依据种类", "核查结论"}, {"与认证活动的相关性", "相关"}, {"分值理由", "影响范围较广，已主动更正"}}
	case "event-ended":
		d.Title, d.What = "公众号发布信息失实", "所发布的认证有效性信息与事实不符，事实清楚，依据充分。"
		d.Lines = [][2]string{{"条款", "附件2第16项 16.2"}, {"结论", "认定"}, {"扣分", "3.0 分，计入时受第16项累计上限和同一事项不重复计分规则限制"}, {"分值理由", "影响范围较广，已主动更正"}}
		d.Consequence = "得分告知书送达以后，可以自送达之日起 10 个工作日内就第16项申请评价复核；在此以前发现事实有误的，请直接回复本邮件，说明理由并附证明材料。"
	case "extension":
		d.What = "因系统迁移，同意延期五个工作日。"
		d.Lines = [][2]string{{"申请时间", "2025年3月20日 10:21:40"}, {"申请的截止日", "2025年4月3日"}}
	case "suspended":
		d.What = "批准资格暂停三个月（国认监决定〔2025〕3号）。"
	case "resumed":
		d.What, d.Until, d.Rows = "批准资格已恢复。", "2025年8月15日（星期五）24:00", rows
	case "extension-refused":
		d.What = "申请的理由与本事项无关，现有时间足以完成。"
	case "officer-alert":
		d.Person, d.Title = "赵示例", "提醒邮件未能送达"
		d.What = "收件地址被对方服务器拒绝（550），该机构可能没有收到计划提醒。"
		d.Lines = [][2]string{{"机构", "示例甲认证有限公司"}, {"事项", "年度宣传工作计划"}}
		d.Consequence = "收件人没有收到，系统不会自动重发。本提请只发送一次。"
	case "reply-received":
		d.Lines = [][2]string{{"收到时间", "2025年6月3日 14:30:00"}, {"第 2 个附件未收", "只接受 PDF 文件"}, {"收下附件", "1 个"}}
	case "incident-opened", "incident-reminder":
		d.Title, d.Until = "第1号事件", "2025年3月2日（星期日）20:00:00"
		d.What = "与认证活动的相关性、收集、会商、研判、回应、评估"
		d.Lines = [][2]string{{"事件编号", "2025/CNCA-R-2002-001/incident/1"}, {"发生时间", "2025年2月28日 20:00"}, {"已过时间", "36 小时 0 分"}}
	case "clearance-decision":
		d.Title, d.Number = "第1号申请", "宣评批〔2025〕1号"
		d.What = "批准。条件：发布稿须与所报内容一致。"
		d.Lines = [][2]string{{"文号", "宣评批〔2025〕1号"}, {"申请时间", "2025年3月3日 10:00"}}
	case "withdrawn":
		d.What, d.Link = "重复发起，已由工作人员撤销。", ""
	}
	return d
}

// Letter is a complete letter with awkward but lawful content.
func Letter(key string) mail.Letter {
	return mail.Letter{
		Key: key, To: "liaison@cb-a.example", ToName: "张示例，宣传部（𠮷）",
		Cc:      []mail.Address{{Name: "定点联络人", Addr: "desk@regulator.example"}, {Addr: "LIAISON@cb-a.example"}},
		ReplyTo: "reply+abc.def@in.example",
		Subject: "关于开展2025年度认证机构宣传工作评价的通知，请于3月31日前提交年度宣传工作计划",
		Text:    "示例甲认证有限公司：\n\n.以点开头的行\nFrom 开头的行\n" + "https://xuanping.example/t/abc\n",
		HTML:    "<!DOCTYPE html><html><body><p>示例甲认证有限公司：</p><p>传递信任，服务发展 &amp; 𠮷</p></body></html>\n",
		Attachments: []mail.Attachment{{Name: "得分告知书（2025）.pdf", MediaType: "application/pdf",
			Bytes: append([]byte("%PDF-1.7\n"), 0, 1, 2, 255, '\r', '\n', '.', '\n')}},
		Date:     time.Date(2025, 3, 1, 9, 0, 0, 0, time.FixedZone("CST", 8*3600)),
		Template: "launch@0123456789ab",
	}
}
