package pdf

import (
	"fmt"
	"time"
)

// SelfEvaluation is 自评 by the same rules (五(三)): never an official paper. It
// has no issuer, no number and no code to verify, and is marked on every page.
type SelfEvaluation struct {
	Name string // as the person typed it
	Year int
	Date time.Time
	Score
	Notes []string
}

// SelfMark stands on every page of a self-evaluation.
const SelfMark = "自评"

// SelfEvaluation prints a self-evaluation.
func (p *Printer) SelfEvaluation(in SelfEvaluation) ([]byte, error) {
	head := Head{Date: in.Date, Mark: SelfMark}
	name := fmt.Sprintf("%d年度宣传工作自评表", in.Year)
	return p.paper(head, name, func(s *sheet) {
		s.page()
		s.cover(name, in.Name)
		s.paragraph(reportBody, reportLeading, 2*reportBody.size, "本表由使用者依据《认证机构宣传工作评价指标》自行填写计算（五（三）），供内部改进使用，不是主管部门的评价结果，没有文号和验真码，不具任何效力。")
		s.scoreStrip(in.Score)
		n := 0
		next := func(text string) { n++; s.chapter(n, text) }
		next("各指标得分率")
		s.groups(in.Score)
		s.rates(in.Rows, "")
		next("各项指标自评得分与理由")
		s.scoreTable(in.Score)
		s.itemTables(in.Score, next)
		s.readings(in.WeightNote, in.Notes, 0)
	})
}
