package pdf

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// ScoreRow is one of the 16 rows of 附件2. Points are hundredths.
type ScoreRow struct {
	No      int
	Group   string // 一级指标; used by reports
	Title   string // 二级指标
	Max     int    // 分值
	MaxText string // shown instead of Max, such as ≤10.0
	Points  int
	Reason  string
	Mean    int // mean of all institutions, or of the year before; used by reports, none when 0
	Low     int // a quarter of the institutions lies below; none when both are 0
	High    int // a quarter lies above
}

// ScoreItem is one counted or refused item of row 15 or 16.
type ScoreItem struct {
	Title  string
	Rule   string // the rule that counted it, such as 附件2 第15项第3点
	Points int
	Note   string // 同一事项已计, 待确认 …
}

// Delivery is one mail or receipt in the record of an institution that did not submit.
type Delivery struct {
	Day   string
	What  string
	State string // 已送达, 已签收 …
}

// Score is a result in figures, hundredths of a point. Bonus and Deduction are the counted
// figures, Deduction negative; the uncapped figures are printed when they differ.
type Score struct {
	Unscored                         bool // 未提交: rows 1–14 and the totals have no figures, which is not zero points (WF-5)
	Total, Base, Bonus, Deduction    int
	BonusUncapped, DeductionUncapped int
	Rows                             []ScoreRow
	BonusItems, DeductionItems       []ScoreItem
	Peers                            Peers
	BonusLimit, DeductionLimit       string // what rows 15 and 16 may come to; the usual words when empty
	WeightNote                       string // the same of the footnote on weights
}

// limit says what a part may come to, by the readings in use.
func limit(words string) string { return cmp.Or(words, "累计不超过 10.0") }

// Peers is how others did, as far as it may be told; nothing of it is drawn when empty.
type Peers struct {
	Who          string // whose median it is, such as 综合类机构（12家）
	Medians      []int  // median of each 一级指标 of the base rows, in their order
	Distribution []Bar  // how many institutions in each range of totals, the own range marked
}

// ResultNotice is 得分告知书.
type ResultNotice struct {
	Head
	Institution string
	Code        string
	Year        int
	Score
	Absent      []Delivery // record of notices; makes the paper its 未提交 variant
	ReviewHow   string     // how to ask for 评价复核; a standard sentence when empty
	ReviewUntil time.Time  // last day to ask for it
	Final       bool       // after review: no further request, wording of 最终结果
	Notes       []string   // further readings to be shown, such as the other reading of 同一事项
}

// weightNote is the reading W-01: the weight column against the points column.
const weightNote = "附件2“权重”栏中，加分项、扣分项所列20%与“累计不超过10分”不一致。本评价以“分值”栏和“累计不超过10分”的文字为准，" +
	"权重百分比只作标注，不参与计算（释义W-01）。"

// ResultNotice prints the letter that tells an institution its points, row by row, and how to ask for 评价复核.
func (p *Printer) ResultNotice(in ResultNotice) ([]byte, error) {
	year, kind := fmt.Sprintf("%d年度认证机构宣传工作评价", in.Year), "得分告知书"
	if in.Final {
		kind = "最终结果告知书"
	}
	in.For = named(in.Institution, in.Code)
	return p.paper(in.Head, year+kind, func(s *sheet) {
		s.redHead(year+"\n"+kind, named(in.Institution, in.Code))
		s.body(fmt.Sprintf("依据《认证机构宣传工作指引》第三十二条和《认证机构宣传工作评价指标》（附件2），对你机构%d年度宣传工作进行了评价。现将评价得分告知如下。", in.Year))
		s.scoreStrip(in.Score)
		n := 0
		next := func(text string) { n++; s.numbered(n, text) }
		if len(in.Absent) > 0 {
			next("未提交材料的情况")
			s.body("截至规定期限，未收到你机构的宣传工作材料。各次通知、提醒及送达情况如下。本结果登记为“未提交”，第1至14项不评分。")
			s.deliveries(in.Absent)
		}
		next("各项指标得分")
		s.scoreTable(in.Score)
		s.itemTables(in.Score, next)
		s.peers(in.Score, next)
		next("评价复核")
		s.reviewText(in)
		s.readings(in.WeightNote, in.Notes, signatureHeight)
		s.signature("")
	})
}

func named(name, code string) string {
	if code == "" {
		return name
	}
	return name + "（" + code + "）"
}

// numbered draws a first level heading: 一、…
func (s *sheet) numbered(n int, text string) {
	s.need(4.2 * letterLeading) // with the head and a line of a table below
	s.y += 4
	s.paragraph(style{role: hei, size: letterSize, ink: black}, letterLeading, 2*letterSize, ordinal(n)+"、"+text)
	s.bookmark(ordinal(n) + "、" + text)
}

// scoreStrip draws the four figures of a result side by side, with uncapped figures below where they differ.
func (s *sheet) scoreStrip(score Score) {
	const h = 62
	s.need(h + 20)
	s.y += 6
	cells := []struct{ word, figure, small string }{
		{"总分", points(score.Total), "基础分＋加分＋扣分"},
		{"基础分", points(score.Base), "满分 100.0"},
		{"加分", signed(score.Bonus), uncapped(score.Bonus, score.BonusUncapped, score.BonusLimit)},
		{"扣分", points(score.Deduction), uncapped(score.Deduction, score.DeductionUncapped, score.DeductionLimit)},
	}
	if score.Unscored {
		cells[0].word, cells[0].figure, cells[0].small = "登记结果", unscored, "未评分，不计总分"
		cells[1].figure = noFigure
	}
	w := s.width() / 4
	s.Rect(s.left, s.y, s.width(), h, tint)
	s.line(s.left, s.y, s.right, s.y, 1.2, seal)
	for i, c := range cells {
		x, colour := s.left+w*float64(i)+w/2, black
		if i == 0 {
			colour = seal
		} else {
			s.line(x-w/2, s.y+12, x-w/2, s.y+h-12, 0.4, hair)
		}
		s.textCentre(x, s.y+17, style{role: hei, size: 9.5, ink: grey}, c.word)
		s.textCentre(x, s.y+41, style{role: title, size: 21, ink: colour}, c.figure)
		s.textCentre(x, s.y+55, style{role: song, size: 8, ink: grey}, c.small)
	}
	s.y += h + 10
}

func uncapped(counted, all int, words string) string {
	if counted == all {
		return limit(words)
	}
	return "未封顶 " + signed(all)
}

// unscored and noFigure stand where a result without a score has no figure.
const (
	unscored = "未提交"
	noFigure = "—"
)

// scoreTable draws the rows of 附件2 with points and reasons.
func (s *sheet) scoreTable(score Score) {
	t := s.table(9.5, column{"序号", 7, 0}, column{"二级指标", 31, -1}, column{"分值", 10, 1}, column{"得分", 10, 1}, column{"评分理由", 42, -1})
	t.head()
	for _, r := range score.Rows {
		limit, got := r.MaxText, points(r.Points)
		if limit == "" {
			limit = points(r.Max)
		}
		if score.Unscored && r.No <= 14 {
			got = noFigure
		}
		t.row(strconv.Itoa(r.No), r.Title, limit, got, r.Reason)
	}
	t.end()
}

// itemTables draws the items of rows 15 and 16 when there are any.
func (s *sheet) itemTables(score Score, heading func(string)) {
	for _, part := range []struct {
		name         string
		items        []ScoreItem
		counted, all int
		limit        string
	}{
		{"加分事项", score.BonusItems, score.Bonus, score.BonusUncapped, score.BonusLimit},
		{"扣分事项", score.DeductionItems, score.Deduction, score.DeductionUncapped, score.DeductionLimit},
	} {
		if len(part.items) == 0 {
			continue
		}
		heading(part.name)
		t := s.table(9.5, column{"事项", 42, -1}, column{"计分依据", 24, -1}, column{"分值", 10, 1}, column{"说明", 24, -1})
		t.head()
		for _, item := range part.items {
			t.row(item.Title, item.Rule, signed(item.Points), item.Note)
		}
		note := ""
		if part.counted != part.all {
			note = limit(part.limit) + "，未封顶 " + signed(part.all)
		}
		t.sum("合计计入", "", signed(part.counted), note)
		t.end()
	}
}

func (s *sheet) deliveries(list []Delivery) {
	t := s.table(9.5, column{"日期", 22, -1}, column{"事项", 48, -1}, column{"送达情况", 30, -1})
	t.head()
	for _, d := range list {
		t.row(d.Day, d.What, d.State)
	}
	t.end()
}

// reviewText says how to ask for 评价复核. It is the regulator's own procedure; the source has no clause for it.
func (s *sheet) reviewText(in ResultNotice) {
	if in.Final {
		s.body("本结果为复核程序结束后的最终结果。")
		return
	}
	how := in.ReviewHow
	if how == "" {
		how = "可以通过评价通知邮件中的专用链接提出评价复核申请，逐项说明理由并附证明材料"
	}
	if in.ReviewUntil.IsZero() {
		s.body("你机构如对得分有异议，" + how + "。评价复核是组织评价的部门为保障公平设定的程序。")
		return
	}
	s.body(fmt.Sprintf("你机构如对得分有异议，%s。提出申请的截止日期为%s（含当日，北京时间）。评价复核是组织评价的部门为保障公平设定的程序；逾期未提出的，本得分即为最终结果。",
		how, day(in.ReviewUntil)))
}

// readings draws the footnotes: which reading of the source was used.
func (s *sheet) readings(weights string, notes []string, below float64) {
	weights = cmp.Or(weights, weightNote)
	st := style{role: song, size: 9, ink: grey}
	const leading = 14.5
	h := 20 + below
	for _, note := range append(slices.Clone(notes), weights) {
		h += leading * float64(len(s.lines(st, note, 40, s.width())))
	}
	s.need(min(h, s.bottom-s.top)) // notes and what signs below them stay together
	s.y += 8
	s.line(s.left, s.y, s.left+120, s.y, 0.5, grey)
	s.y += 5
	for i, note := range append([]string{weights}, notes...) {
		s.paragraph(st, leading, 0, fmt.Sprintf("注%d　%s", i+1, note))
	}
}
