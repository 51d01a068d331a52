package pdf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	reportBody    = style{role: song, size: 11, ink: black}
	reportLeading = 19.0
)

// InstitutionReport is 机构年度评价报告: what one institution did in a year and how it was judged.
type InstitutionReport struct {
	Head
	Institution string
	Code        string
	Year        int
	Category    string // 机构类别; none when empty
	Score
	Standing    string     // such as 类别内并列第3名; none when empty
	Timeline    []Delivery // the year of this institution
	Planned     []Delivery // the items of its plan with what came of them (第十一条)
	Strengths   []string
	Suggestions []string
	Notes       []string
}

// InstitutionReport prints the yearly report of one institution with charts.
func (p *Printer) InstitutionReport(in InstitutionReport) ([]byte, error) {
	name := fmt.Sprintf("%d年度宣传工作评价报告", in.Year)
	in.For = named(in.Institution, in.Code)
	return p.paper(in.Head, in.Institution+name, func(s *sheet) {
		s.page()
		s.cover(name, named(in.Institution, in.Code))
		if line := joined(in.Category, in.Standing); line != "" {
			s.paragraph(reportBody, reportLeading, 0, line)
		}
		s.scoreStrip(in.Score)
		n := 0
		next := func(text string) { n++; s.chapter(n, text) }
		if !in.Unscored { // a chart of nothing would draw zeros
			next("各指标得分率")
			s.groups(in.Score)
			s.rates(in.Rows, "竖线为参评机构平均得分")
			s.distribution(in.Peers)
		}
		next("各项指标得分与理由")
		s.scoreTable(in.Score)
		s.itemTables(in.Score, next)
		s.list(next, "主要做法和成效", in.Strengths)
		s.list(next, "改进建议", in.Suggestions)
		if len(in.Planned) > 0 {
			next("年度计划事项完成情况")
			s.planned(in.Planned)
		}
		if len(in.Timeline) > 0 {
			next("年度工作记录")
			s.deliveries(in.Timeline)
		}
		s.readings(in.WeightNote, in.Notes, signatureHeight)
		s.imprint()
	})
}

// planned draws what came of each item of the plan.
func (s *sheet) planned(list []Delivery) {
	t := s.table(9.5, column{"计划事项", 52, -1}, column{"日期", 20, -1}, column{"完成情况", 28, -1})
	t.head()
	for _, d := range list {
		t.row(d.What, d.Day, d.State)
	}
	t.end()
}

func joined(words ...string) string {
	out := ""
	for _, w := range words {
		if w != "" && out != "" {
			out += "　·　"
		}
		out += w
	}
	return out
}

// cover opens a report: accent, title, subject, issuer and date.
func (s *sheet) cover(name, subject string) {
	s.Rect(s.left, s.y, 34, 4, seal)
	s.y += 14
	st := style{role: title, size: 25, ink: black}
	if w := s.measure(st, name); w > s.width() && w < s.width()*1.25 {
		st.size *= s.width() / w * 0.999
	}
	for _, line := range s.lines(st, name, 0, s.width()) {
		s.text(s.left, s.y+25, st, line)
		s.y += 36
	}
	if subject != "" {
		sub := style{role: kai, size: 15, ink: black}
		for _, line := range s.lines(sub, subject, 0, s.width()) {
			s.text(s.left, s.y+14, sub, line)
			s.y += 22
		}
	}
	s.y += 4
	small := style{role: song, size: 9.5, ink: grey}
	s.text(s.left, s.y+11, small, joined(s.head.Issuer, s.head.Number, day(s.head.Date)))
	s.y += 20
	s.line(s.left, s.y, s.right, s.y, 0.5, hair)
	s.y += 12
}

// chapter draws a heading of a report.
func (s *sheet) chapter(n int, text string) {
	s.need(122) // with the head and the first line of a table below
	s.y += 10
	s.text(s.left, s.y+15, style{role: hei, size: 13.5, ink: seal}, ordinal(n)+"、"+text)
	s.y += 26
	s.bookmark(ordinal(n) + "、" + text)
}

func (s *sheet) list(heading func(string), name string, items []string) {
	if len(items) == 0 {
		return
	}
	heading(name)
	for i, item := range items {
		s.paragraph(reportBody, reportLeading, 2*reportBody.size, strconv.Itoa(i+1)+". "+item)
	}
	s.y += 4
}

// peers shows a result beside those of others, when it may be told.
func (s *sheet) peers(score Score, heading func(string)) {
	if score.Unscored || len(score.Peers.Medians) == 0 && len(score.Peers.Distribution) == 0 {
		return
	}
	heading("得分对比")
	if len(score.Peers.Medians) > 0 {
		s.groups(score)
	}
	s.distribution(score.Peers)
}

// distribution draws how many institutions lie in each range of totals, the own range darker.
func (s *sheet) distribution(p Peers) {
	if len(p.Distribution) == 0 {
		return
	}
	s.need(156)
	s.y += 6
	s.text(s.left, s.y+9, style{role: song, size: 8.5, ink: grey}, "参评机构总分分布（家），深色为本机构所在分段")
	histogram(s, s.left, s.y+14, s.width(), 126, p.Distribution)
	s.y += 146
}

// groups draws the radar over the 一级指标 of the base rows, with the median of others when given.
func (s *sheet) groups(score Score) {
	var axes []Bar
	for _, r := range score.Rows {
		if r.Group == "" || r.Max <= 0 || r.No > 14 {
			continue
		}
		if n := len(axes); n == 0 || axes[n-1].Label != r.Group {
			axes = append(axes, Bar{Label: r.Group})
		}
		axes[len(axes)-1].Value += r.Points
		axes[len(axes)-1].Max += r.Max
	}
	for i, a := range axes {
		axes[i].Shown = points(a.Value) + " / " + points(a.Max)
		if len(score.Peers.Medians) == len(axes) {
			axes[i].Mean = score.Peers.Medians[i]
			axes[i].Shown += "　中位 " + points(axes[i].Mean)
		}
	}
	s.radarBlock(axes)
	if len(score.Peers.Medians) == len(axes) && len(axes) >= 3 {
		s.keys([]legend{{seal, "本机构"}, {gold, score.Peers.Who + "中位数"}})
	}
}

// legend is one line of a key to a chart.
type legend struct {
	ink  ink
	text string
}

// keys draws a key in one line, centred.
func (s *sheet) keys(list []legend) {
	st := style{role: song, size: 8.5, ink: grey}
	w := 0.0
	for _, k := range list {
		w += 18 + s.measure(st, k.text) + 18
	}
	x := (s.left+s.right-w)/2 + 9
	for _, k := range list {
		s.line(x, s.y-3, x+14, s.y-3, 1.4, k.ink)
		x += 18 + s.text(x+18, s.y, st, k.text) + 18
	}
	s.y += 12
}

func (s *sheet) radarBlock(axes []Bar) {
	if len(axes) < 3 {
		return
	}
	const r = 74
	s.need(2*r + 56)
	radar(s, (s.left+s.right)/2, s.y+r+28, r, axes)
	s.y += 2*r + 56
	if len(axes) == 3 {
		s.y -= r * 0.4
	}
}

// rates draws the base rows as bars against their maximum, with a mark for comparison that markNote explains.
func (s *sheet) rates(rows []ScoreRow, markNote string) {
	var list []Bar
	marks := false
	for _, r := range rows {
		if r.Max > 0 && r.No <= 14 {
			list = append(list, Bar{Label: s.short(8.5, r.Title, 166), No: r.No, Value: r.Points, Max: r.Max, Mean: r.Mean, Low: r.Low, High: r.High,
				Shown: points(r.Points) + " / " + points(r.Max)})
			marks = marks || r.Mean > 0
		}
	}
	s.barBlock(list, 196)
	if slices.ContainsFunc(rows, func(r ScoreRow) bool { return r.High > 0 }) {
		markNote = strings.TrimPrefix(map[bool]string{true: markNote}[marks]+"；横线为居中一半机构的得分范围", "；")
		marks = true
	}
	if marks {
		s.text(s.left+196, s.y+4, style{role: song, size: 8.5, ink: grey}, markNote)
		s.y += 14
	}
}

// barBlock draws bars, closer when that keeps them on one page, else as many on a page as fit.
func (s *sheet) barBlock(list []Bar, labels float64) {
	for len(list) > 0 {
		s.need(min(float64(len(list)), 4) * barPitch)
		pitch := barPitch
		if close := (s.bottom - s.y) / float64(len(list)); close >= leastPitch {
			pitch = min(pitch, close)
		}
		fit := min(len(list), max(1, int((s.bottom-s.y+1e-6)/pitch)))
		s.y += bars(s, s.left, s.y, s.width(), labels, pitch, list[:fit])
		list = list[fit:]
	}
	s.y += 6
}

// short cuts a chart label to a width, where its first clause ends if that fits; the table nearby has it in full.
func (s *sheet) short(size float64, text string, w float64) string {
	st := style{role: hei, size: size}
	if s.measure(st, text) <= w {
		return text
	}
	if clause, _, several := strings.Cut(text, "，"); several && s.measure(st, clause) <= w {
		return clause
	}
	rs := []rune(text)
	for len(rs) > 1 && s.measure(st, string(rs)+"…") > w {
		rs = rs[:len(rs)-1]
	}
	return string(rs) + "…"
}

// imprint closes a report with issuer, date and the code to verify it.
func (s *sheet) imprint() {
	s.need(84)
	s.y += 14
	s.verifyBlock(s.left, s.y)
	s.stampSeal(s.right-0.5*sealSize, s.y+34)
	s.textRight(s.right, s.y+30, reportBody, s.head.Issuer)
	s.textRight(s.right, s.y+50, reportBody, day(s.head.Date))
	s.y += 64
}
