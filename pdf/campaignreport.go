package pdf

import "fmt"

// Figure is a key figure: a number and what it counts.
type Figure struct {
	Value string
	Label string
}

// Honoured is an institution in the published list.
type Honoured struct {
	Rank  string // shared ranks are the regulator's text; no rank when empty
	Code  string
	Name  string
	Score string // only when scores are published
}

// Province is a line of the table by province.
type Province struct {
	Name                            string
	Institutions, Submitted, Scored int // the last two may be Withheld
	Mean                            int // of the totals, hundredths; none when 0
}

// Withheld is a count that is not published.
const Withheld = -1

// CampaignReport is 专题报告 with the published results (行动方案 专栏4(三)2–3).
type CampaignReport struct {
	Head
	Year         int
	Version      string // such as 第1版; corrections make new versions
	Summary      []string
	Figures      []Figure   // key figures, up to eight
	Distribution []Bar      // how many institutions in each range of points
	Rows         []ScoreRow // Points is the mean of a row, Mean that of the year before
	Groups       []Bar      // mean of the 一级指标 against their maximum
	Stages       []Bar      // how many institutions came how far, the first is all
	Items        []Bar      // counts of typical cases, activities, events
	Provinces    []Province // in the order given
	Excellent    []Honoured
	Problems     []string
	Next         []string
	Notes        []string
	WeightNote   string // footnote on weights; the usual words when empty
}

// CampaignReport prints the report over all institutions of a year.
func (p *Printer) CampaignReport(in CampaignReport) ([]byte, error) {
	name := fmt.Sprintf("%d年度认证机构宣传工作评价专题报告", in.Year)
	return p.paper(in.Head, name, func(s *sheet) {
		s.page()
		s.cover(name, in.Version)
		for _, text := range in.Summary {
			s.paragraph(reportBody, reportLeading, 2*reportBody.size, text)
		}
		s.keyFigures(in.Figures)
		n := 0
		next := func(text string) { n++; s.chapter(n, text) }
		s.participation(in, next)
		s.means(in, next)
		s.provinces(in.Provinces, next)
		if len(in.Items) > 0 {
			next("加分事项、典型案例和活动")
			s.barBlock(in.Items, 196)
		}
		s.list(next, "存在的主要问题", in.Problems)
		s.list(next, "下一步工作", in.Next)
		s.honours(in.Excellent, next)
		s.readings(in.WeightNote, in.Notes, signatureHeight)
		s.imprint()
	})
}

// keyFigures draws up to four figures to a line.
func (s *sheet) keyFigures(list []Figure) {
	const h = 58.0
	for len(list) > 0 {
		n := min(4, len(list))
		s.need(h + 8)
		s.y += 6
		w := s.width() / float64(n)
		s.Rect(s.left, s.y, s.width(), h, tint)
		for i, f := range list[:n] {
			x := s.left + w*(float64(i)+0.5)
			s.textFit(x, s.y+31, w-10, style{role: title, size: 22, ink: seal}, f.Value)
			s.textFit(x, s.y+48, w-10, style{role: hei, size: 9, ink: grey}, f.Label)
			if i > 0 {
				s.line(x-w/2, s.y+12, x-w/2, s.y+h-12, 0.4, hair)
			}
		}
		s.y += h
		list = list[n:]
	}
	s.y += 6
}

func (s *sheet) participation(in CampaignReport, heading func(string)) {
	if len(in.Stages) > 0 {
		heading("参评情况")
		s.need(float64(len(in.Stages)) * 25)
		s.y += funnel(s, s.left, s.y, s.width(), in.Stages) + 8
	}
	if len(in.Distribution) > 0 {
		heading("总分分布（家）")
		s.need(170)
		histogram(s, s.left, s.y, s.width(), 160, in.Distribution)
		s.y += 170
	}
}

// provinces draws the table by province.
func (s *sheet) provinces(list []Province, heading func(string)) {
	if len(list) == 0 {
		return
	}
	heading("分省情况")
	t := s.table(9.5, column{"省（区、市）", 32, -1}, column{"参评（家）", 16, 1}, column{"提交自评（家）", 18, 1}, column{"完成评审（家）", 18, 1}, column{"平均得分", 16, 1})
	t.head()
	for _, p := range list {
		mean := noFigure
		if p.Mean != 0 {
			mean = points(p.Mean)
		}
		t.row(p.Name, fmt.Sprint(p.Institutions), countOf(p.Submitted), countOf(p.Scored), mean)
	}
	t.end()
}

func countOf(n int) string {
	if n == Withheld {
		return noFigure
	}
	return fmt.Sprint(n)
}

// means draws the radar of groups, the mean of every row, and the rows in full as a table.
func (s *sheet) means(in CampaignReport, heading func(string)) {
	if len(in.Groups) >= 3 {
		heading("一级指标平均得分")
		s.radarBlock(in.Groups)
	}
	if len(in.Rows) == 0 {
		return
	}
	heading("各项指标平均得分")
	s.rates(in.Rows, "竖线为上年度平均得分")
	t := s.table(9.5, column{"序号", 8, 0}, column{"二级指标", 56, -1}, column{"分值", 12, 1}, column{"平均得分", 12, 1}, column{"上年度", 12, 1})
	t.head()
	for _, r := range in.Rows {
		limit := r.MaxText
		if limit == "" {
			limit = points(r.Max)
		}
		before := noFigure
		if r.Mean != 0 {
			before = points(r.Mean)
		}
		t.row(fmt.Sprint(r.No), r.Title, limit, points(r.Points), before)
	}
	t.end()
}

// honours draws the published list: only the institutions given, with ranks and scores only where given.
func (s *sheet) honours(list []Honoured, heading func(string)) {
	if len(list) == 0 {
		return
	}
	heading("评价结果：优秀单位名单")
	cols := []column{{"序号", 9, 0}, {"机构编号", 30, -1}, {"机构名称", 61, -1}}
	ranks, scores := false, false
	for _, h := range list {
		ranks, scores = ranks || h.Rank != "", scores || h.Score != ""
	}
	if ranks {
		cols[0].head = "名次"
	}
	if scores {
		cols = append(cols, column{"总分", 14, 1})
	}
	t := s.table(10, cols...)
	t.head()
	for i, h := range list {
		first := h.Rank
		if first == "" {
			first = fmt.Sprint(i + 1)
		}
		t.row(first, h.Code, h.Name, h.Score)
	}
	t.end()
}
