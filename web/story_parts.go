package web

import (
	"html/template"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
)

// What the components of the storybook show: invented, and the same for ever.

var cannedTime = time.Date(2026, 3, 10, 9, 5, 0, 0, campaign.Beijing)

var cannedReceipt = desk.Receipt{Number: "2026/CNCA-R-2002-001/plan/1", What: "年度宣传工作计划", Digest: strings.Repeat("3f9a1c07", 8), At: cannedTime}

var cannedCheck = check{Action: "/storybook", Lead: "提交后由经办人员审阅。", Button: "确认提交", Rows: [][2]string{
	{"年度目标与任务", "宣传“传递信任，服务发展”。\n全年开展宣传活动不少于六次。"}, {"重点活动安排", "世界认可日开放活动\n质量月讲座"}, {"批准文号", ""}, {"经办人", "王经办（主任）"}}}

// cannedForm has two faults, so that the error summary leads to both.
func cannedForm() *form {
	f := newForm("story-number", "story-file").Set("story-number", "十一").Set("story-text", "示例认证有限公司").Set("story-radio", "yes").Set("story-choice", "2")
	f.Faults = map[string]string{"story-number": "得分应为 0 至 10 的数，最多一位小数", "story-file": "请选择文件"}
	return f
}

func cannedMailPage() any {
	return Mail{MailHead: MailHead{ID: "storybook", To: "cb1@institution.example", Subject: "一封邮件", Date: cannedTime},
		Text: "请于 2026 年 3 月 12 日前报送年度宣传工作计划。", Attachments: []MailFile{{Name: "评价通知书.pdf", Media: "application/pdf", Bytes: []byte("%PDF-1.4\n%%EOF")}}}
}

// partsView is what the components are drawn from.
type partsView struct {
	Options      []option
	Receipt      desk.Receipt
	Check        check
	Typed        [][2]string
	Pager        pager
	Track        []stageMark
	Tones        []toneWords
	Bars, Radar  template.HTML
	Columns      template.HTML
	Full, Middle template.HTML
	At           time.Time
}

// toneWords are the state words of one colour.
type toneWords struct {
	Tone  string
	Words []string
}

func cannedParts() partsView {
	p := partsView{Receipt: cannedReceipt, Check: cannedCheck, At: cannedTime, Track: track(campaign.SelfScore),
		Options: []option{{Value: "yes", Text: "已设立", Hint: "填写批准文号"}, {Value: "no", Text: "不具备条件", Hint: "说明理由，不影响得分"}, {Value: "2", Text: "2. 制度建设"}},
		Typed:   [][2]string{{"理由", "第一，制度已于三月印发。\n第二，培训记录见附件。"}},
		Pager:   pager{Page: 2, Pages: 12, Total: 287, Prev: "/storybook#pager", Next: "/storybook#pager"},
		Bars:    bars("story-bars", "各阶段机构数", []mark{{Label: "计划填报", N: 12}, {Label: "证据收集", N: 31}, {Label: "评审打分", N: 7, Hot: true}}),
		Columns: columns("story-columns", "总分分布", []mark{{Label: "60–69", N: 4}, {Label: "70–79", N: 11}, {Label: "80–89", N: 18}, {Label: "90–", N: 6, Hot: true}}),
		Full:    bar(1000, 1000, false), Middle: bar(350, 1000, true)}
	axes := make([]axis, 0, 7)
	for i, name := range []string{"组织", "制度", "平台", "内容", "活动", "人员", "应急"} {
		axes = append(axes, axis{Label: name, Own: .6 + .05*float64(i), Other: .75})
	}
	p.Radar = radar("story-radar", "各方面得分", axes)
	for _, tone := range []string{"grey", "blue", "amber", "green", "red"} {
		t := toneWords{Tone: tone}
		for _, w := range []string{"未开放", "已截止", "已归档", "填写中", "未开始", "待办", "已提交", "证据收集", "评审打分", "已通过", "已完成", "结果确定", "已退回", "逾期", "演练"} {
			if tones[w] == tone {
				t.Words = append(t.Words, w)
			}
		}
		p.Tones = append(p.Tones, t)
	}
	return p
}
