package pdf

import (
	"fmt"
	"time"
)

// WarningKind is which paper of the risk warning procedure is printed.
type WarningKind int

// The papers of the risk warning procedure (指引 第三十二条).
const (
	WarningPrior     WarningKind = iota // 风险警示事先告知书
	WarningDecision                     // 风险警示决定书
	WarningLifted                       // 风险警示解除通知书
	WarningDismissed                    // 不予风险警示决定书
	WarningLesser                       // 约谈通知书, 提醒通知书
	WarningRevoked                      // 撤销风险警示决定书
	WarningExpired                      // 风险警示期满通知书
)

func (in WarningNotice) title() string {
	return [...]string{"风险警示事先告知书", "风险警示决定书", "风险警示解除通知书", "不予风险警示决定书", in.Measure + "通知书", "撤销风险警示决定书", "风险警示期满通知书"}[in.Kind]
}

// WarningNotice is a paper of the risk warning procedure. The printer words the frame; what is found and decided
// is the regulator's text.
type WarningNotice struct {
	Head
	Kind         WarningKind
	Institution  string
	Code         string
	Year         int
	Facts        []string  // facts found, one paragraph each
	Told         []string  // prior: what the officer states with the notice
	Grounds      []string  // reasons: 宣传工作不力, 造成重大风险, 负面影响 …
	Decision     string    // what is intended, decided or lifted, in one sentence
	Statement    string    // decision: how the institution's own statement was dealt with
	Opinions     []string  // decision: what the signatories wrote, without names
	Measure      string    // less than a warning: 约谈 or 提醒
	Requirements []string  // decision: what to put right
	RespondHow   string    // how to state one's case (prior) or ask for review (decision)
	Until        time.Time // last day for that
	Effective    string    // decision: term; lifting: day of effect
	Refers       string    // number of the paper this one follows
}

// WarningNotice prints a paper of the risk warning procedure.
func (p *Printer) WarningNotice(in WarningNotice) ([]byte, error) {
	if in.Kind < WarningPrior || in.Kind > WarningExpired {
		return nil, fmt.Errorf("没有第 %d 种风险警示文书", in.Kind)
	}
	letter := Letter{Head: in.Head, Title: in.title(), To: named(in.Institution, in.Code)}
	switch in.Kind {
	case WarningPrior:
		letter.Opening = []string{fmt.Sprintf("在%d年度认证机构宣传工作评价及日常监督中，发现你机构存在下列情况。依据《认证机构宣传工作指引》第三十二条"+
			"“对宣传工作不力、造成重大风险和负面影响的，实施风险警示”的规定，拟对你机构作出处理，现事先告知如下。", in.Year)}
		letter.Sections = sections("查明的情况", in.Facts, "告知的事由", in.Told, "认定的理由", in.Grounds, "拟作出的处理", []string{in.Decision},
			"陈述和申辩", []string{deadline("你机构有权进行陈述和申辩", in.RespondHow, in.Until) +
				"期限届满前不作出决定。"})
		letter.Closing = []string{"本告知书不是处理决定。"}
	case WarningDecision:
		letter.Opening = []string{follows(in.Refers, "现依据《认证机构宣传工作指引》第三十二条作出决定如下。")}
		letter.Sections = sections("查明的事实", in.Facts, "认定的理由", in.Grounds, "陈述申辩及采纳情况", one(in.Statement),
			"签批意见", in.Opinions,
			"决定", append([]string{in.Decision}, one(in.Effective)...), "整改要求", in.Requirements,
			"警示复核", []string{deadline("你机构对本决定有异议的，可以申请复核", in.RespondHow, in.Until)})
		letter.Closing = []string{"特此决定。"}
	case WarningLifted:
		letter.Opening = []string{follows(in.Refers, "经核查，现将解除风险警示事项通知如下。")}
		letter.Sections = sections("核查情况", in.Facts, "解除的理由", in.Grounds, "决定", append([]string{in.Decision}, one(in.Effective)...))
		letter.Closing = []string{"特此通知。"}
	default:
		in.ending(&letter)
	}
	return p.Letter(letter)
}

// ending words the papers that end a case otherwise than by lifting. Each
// prints the reason that was given (RW-5).
func (in WarningNotice) ending(letter *Letter) {
	letter.Closing = []string{"特此决定。"}
	switch in.Kind {
	case WarningDismissed:
		letter.Opening = []string{follows(in.Refers, "经审查事实、证据和陈述申辩情况，现依据《认证机构宣传工作指引》第三十二条作出决定如下。")}
		letter.Sections = sections("陈述申辩及采纳情况", one(in.Statement), "理由", in.Grounds, "决定", []string{in.Decision})
	case WarningLesser:
		letter.Opening = []string{follows(in.Refers, "经审查事实、证据和陈述申辩情况，决定不实施风险警示，对你机构进行"+in.Measure+"，现通知如下。")}
		letter.Sections = sections("查明的事实", in.Facts, "陈述申辩及采纳情况", one(in.Statement), "理由", in.Grounds, "决定", []string{in.Decision}, "要求", in.Requirements)
		letter.Closing = []string{"本通知书不是风险警示。特此通知。"}
	case WarningRevoked:
		letter.Opening = []string{follows(in.Refers, "经复核，该决定确有错误，现决定如下。")}
		letter.Sections = sections("撤销的理由", in.Grounds, "决定", append([]string{in.Decision}, one(in.Effective)...))
	case WarningExpired:
		letter.Opening = []string{follows(in.Refers, "现将期满事项通知如下。")}
		letter.Sections = sections("期满", []string{in.Decision}, "说明", one(in.Effective))
		letter.Closing = []string{"特此通知。"}
	}
}

func follows(number, text string) string {
	if number == "" {
		return text
	}
	return "此前已向你机构送达" + number + "文书。" + text
}

func one(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func deadline(right, how string, until time.Time) string {
	text := right
	if how != "" {
		text += "，" + how
	}
	if !until.IsZero() {
		text += "，截止日期为" + day(until) + "（含当日，北京时间）"
	}
	return text + "。"
}

// sections pairs headings with their paragraphs and leaves out the empty ones, so that numbers have no gaps.
func sections(parts ...any) []Section {
	var out []Section
	for i := 0; i+1 < len(parts); i += 2 {
		heading, text := parts[i].(string), parts[i+1].([]string)
		if len(text) > 0 && text[0] != "" {
			out = append(out, Section{heading, text})
		}
	}
	return out
}
