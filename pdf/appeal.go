package pdf

import (
	"fmt"
	"strings"
)

// AppealDecision is the 评价复核决定书: each row that was asked about, with its
// reason. 评价复核 is a procedure of the regulator's, not a clause of the 指引.
type AppealDecision struct {
	Head
	Institution string
	Code        string
	Year        int
	Refers      string // number of the notice of points
	Rows        []AppealRuling
}

// AppealRuling is the decision on one row, in hundredths of a point.
type AppealRuling struct {
	No            int
	Title         string
	Asked         string
	Files         int // new evidence handed in with the row
	Before, After int
	Reason        string
	Events        []EventRuling // of rows 15 and 16
	Standing      bool          // nobody decided in time: the points stand
}

// EventRuling is the decision on one event of row 15 or 16 (附件2 第15、16项).
type EventRuling struct {
	Title, Clause, On string
	Words             string // what was determined, and what it counts as now
	Reason            string
}

// AppealDecision prints the decision on a request for 评价复核.
func (p *Printer) AppealDecision(in AppealDecision) ([]byte, error) {
	letter := Letter{Head: in.Head, Title: "评价复核决定书", To: named(in.Institution, in.Code)}
	letter.Opening = []string{fmt.Sprintf("你机构对%d年度宣传工作评价得分%s提出评价复核申请。", in.Year, inNumber(in.Refers)) + in.done()}
	for _, r := range in.Rows {
		text := []string{"申请理由：" + r.Asked}
		if r.Files > 0 {
			text[0] += fmt.Sprintf("（附新证据%d件）", r.Files)
		}
		letter.Sections = append(letter.Sections, Section{fmt.Sprintf("第%d项 %s", r.No, r.Title), append(text, r.words()...)})
	}
	letter.Closing = []string{"评价复核是主管部门为公平设置的程序，不是《指引》规定的申诉，只维持或者提高得分。最终结果按本决定确定，另行告知。", "特此决定。"}
	return p.Letter(letter)
}

// done says what became of the request: a row that nobody decided in time was
// not looked at by anybody, and the opening may not say that it was.
func (in AppealDecision) done() string {
	var decided, standing []string
	for _, r := range in.Rows {
		if r.Standing {
			standing = append(standing, fmt.Sprint(r.No))
		} else {
			decided = append(decided, fmt.Sprint(r.No))
		}
	}
	const people = "未参与评分、也未经办你机构事项的评审专家"
	switch {
	case len(standing) == 0:
		return people + "已逐项复核，现决定如下。"
	case len(decided) == 0:
		return "期限内没有评审专家作出复核决定，所申请各项未经复核，维持原得分，现告知如下。"
	}
	return fmt.Sprintf("%s已复核第%s项；第%s项期限内没有评审专家作出复核决定，未经复核，维持原得分。现决定如下。", people, strings.Join(decided, "、"), strings.Join(standing, "、"))
}

func (r AppealRuling) words() []string {
	of := ""
	if r.No == 16 {
		of = "扣分"
	}
	if r.Standing {
		return []string{fmt.Sprintf("决定：未在期限内作出决定，维持%s%s分。", of, points(r.Before))}
	}
	text := []string{fmt.Sprintf("决定：%s维持%s分。", of, points(r.Before)), "理由：" + r.Reason}
	if r.After != r.Before {
		text[0] = fmt.Sprintf("决定：%s由%s分调整为%s分。", of, points(r.Before), points(r.After))
	}
	for i, e := range r.Events {
		text = append(text, fmt.Sprintf("事项%d：%s（%s，条款%s）。%s。理由：%s", i+1, e.Title, e.On, e.Clause, e.Words, e.Reason))
	}
	return text
}

func inNumber(number string) string {
	if number == "" {
		return ""
	}
	return "（" + number + "）"
}
