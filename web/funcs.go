package web

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"html/template"
	"strings"
	"time"

	"xuanping/campaign"
)

// funcs are the words that templates may use beyond those of html/template.
var funcs = template.FuncMap{
	"stamp":   stampAny,   // time → 2026年3月1日 09:05
	"date":    dateAny,    // time or Day → 2026年3月1日
	"iso":     isoAny,     // time → for <time datetime>
	"tag":     tag,        // state word → coloured label
	"short":   shortHex,   // digest → first 12 signs
	"size":    sizeText,   // bytes → 1.2 MB
	"paras":   paragraphs, // text → its lines
	"email":   emailField, // form name label hint → field for a mail address
	"text":    textField,  // form name label hint → field
	"area":    areaField,  // form name label hint rows → field
	"daypick": dayField,   // form name label hint → date field
	"secret":  secretField,
	"number":  numberField, // form name label hint → field for points and counts
	"choose":  chooseField, // form name label hint options → select
	"radios":  radioField,  // form name label hint options → radio buttons
	"tick":    tickField,   // form name label hint → one checkbox, value 1
	"file":    fileField,   // form name label hint accept → file
	"bar":     bar,
	"meter":   meter, // id what done all → a bar
	"steps": func() []string {
		return []string{"启动通知", "报送计划", "收集证据", "自评", "评审打分", "结果告知与复核", "公布"}
	},
	"add":   func(a, b int) int { return a + b },
	"join":  strings.Join,
	"deref": derefString,
	"deref64": func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return *n
	},
	"len64": func(b []byte) int64 { return int64(len(b)) },
}

func stampAny(v any) string {
	switch t := v.(type) {
	case time.Time:
		return stamp(t)
	case *time.Time:
		if t != nil {
			return stamp(*t)
		}
	}
	return ""
}

func dateAny(v any) string {
	switch t := v.(type) {
	case campaign.Day:
		return t.Chinese()
	case time.Time:
		return campaign.DayOf(t).Chinese()
	case *time.Time:
		if t != nil {
			return campaign.DayOf(*t).Chinese()
		}
	}
	return ""
}

func isoAny(v any) string {
	switch t := v.(type) {
	case campaign.Day:
		return string(t)
	case time.Time:
		return t.In(campaign.Beijing).Format(time.RFC3339)
	}
	return ""
}

// tones gives each state word its one colour: grey rests, blue is with us,
// amber waits for somebody, green is done, red is late or stands against.
var tones = map[string]string{
	"安全检查中": "amber", "未通过安全检查": "red", "已提交": "blue", "已通过": "green", "已完成": "green", "填写中": "amber", "未开始": "amber", "已退回": "red", "已截止": "grey", "未开放": "grey", "可申请": "amber",
	"计划填报": "blue", "证据收集": "blue", "自评": "blue", "评审打分": "blue", "结果告知": "amber", "结果确定": "green", "已归档": "grey", "已退出": "grey",
	"待立案": "amber", "已告知": "amber", "待签批": "amber", "一人已签": "amber", "已发出": "red", "已签收": "red", "已报整改": "amber", "逾期未整改": "red", "已解除": "green", "不予警示": "grey",
	"待法制审核": "amber", "审核退回": "amber", "整改中": "amber", "已期满": "grey", "已撤销": "grey", "约谈提醒": "grey",
	"已提名": "amber", "评审通过": "blue", "公示中": "amber", "已授予": "green", "已发布": "green", "未入选": "grey", "已撤回提名": "grey", "已撤销荣誉": "red",
	"未完成": "red", "按期完成": "green", "延期完成": "amber", "未实施": "red", "待完成": "grey", "计划外": "blue", "已隔离": "red", "审校中": "blue", "审校完成": "green", "审校作废": "red", "通过": "green", "退回": "red", "尚未送审": "grey", "已公布": "green", "待确认": "amber", "重复使用": "amber", "予以认定": "green", "不予认定": "grey", "有效": "green", "逾期": "red", "暂停": "amber", "优秀": "green", "待办": "amber", "演练": "red", voidState: "red",
	"待发": "amber", "已生效": "green", "待批准": "amber", "发送中": "blue", "已发": "green", "失败": "red",
	"待报告": "amber", "待补报": "amber", "处置中": "blue", "已办结": "green", "按时": "green", "逾期（准予不计）": "grey",
	"待批": "amber", "已批准": "green", "不予批准": "red", "已撤回": "grey", "先发布后批准": "red", "紧急": "red", "重要": "amber",
	"已申请": "blue", "口径已审定": "blue", "已召开": "blue", "稿件已审核": "green", "已办理": "green", "未办理": "amber", "越过": "red",
	"待签收": "amber", "待陈述意见": "amber", "全部签收": "green", "未发出": "grey", "待核查": "amber", "已核查": "green", "未抽取": "grey", "属实": "green", "与登记不符": "red", "链接失效": "red", "未能提供记录": "red",
	"线索": "amber", "调查": "amber", "调查（已告知）": "amber", "认定": "red", "无关": "grey",
}

func tag(v any) template.HTML {
	word := fmt.Sprint(v)
	if c, ok := v.(interface{ Chinese() string }); ok {
		word = c.Chinese()
	}
	if word == "" {
		return ""
	}
	tone := tones[word]
	if strings.Contains(word, "，复核后") { // in the favour of the institution (AP-3)
		tone = "green"
	}
	if tone == "" {
		tone = "grey"
	}
	return template.HTML(`<span class="tag tag-` + tone + `">` + template.HTMLEscapeString(word) + `</span>`)
}

func shortHex(s string) string {
	if len(s) > 12 {
		return s[:12]
	}
	return s
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d 字节", n)
}

func paragraphs(s string) []string {
	var all []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			all = append(all, l)
		}
	}
	return all
}

func derefString(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// newCode is the reference that joins an error page with its log line.
func newCode() string {
	b := make([]byte, 4)
	rand.Read(b)
	return strings.ToUpper(hex.EncodeToString(b))
}
