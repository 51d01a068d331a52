package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Outcome is how an institution's year ended, beside how it should.
type Outcome struct {
	Code, Name, Temperament string
	Expected, Got, Total    string
	OK                      bool
	Turns                   string // what else happened, by name
}

// Report is what a rehearsal brought.
type Report struct {
	Institutions, Acts, Mails, Papers int
	Outcomes                          []Outcome
	Elapsed                           time.Duration
	Failures                          []string
}

// unscored is the total of one that handed in nothing: not zero points (WF-5).
const unscored = "未提交"

// unranked marks who joined too late in the year to be ranked (requirements §2 no. 32).
const unranked = "不参加排名"

var figure = regexp.MustCompile(`^-?\d+\.\d{1,2}`)

// report reads the ends off the pages; of a play that broke off only what was counted.
func (p *play) report(ctx context.Context, whole bool) Report {
	rep := Report{Institutions: len(p.players), Acts: int(p.acted.Load()), Mails: int(p.mails.Load())}
	if whole {
		if n, err := p.allMails(ctx); err != nil {
			p.fail("清点邮件：%v", err)
		} else {
			rep.Mails = n
		}
		p.ends(ctx, &rep)
	}
	rep.Failures = slices.Clone(p.failures)
	return rep
}

// allMails counts the letters of everybody that came since the play began.
func (p *play) allMails(ctx context.Context) (int, error) {
	all, err := p.letters(ctx)
	return len(all) - len(p.before), err
}

// letters are the letters of everybody in the mailbox.
func (p *play) letters(ctx context.Context) (map[string]bool, error) {
	seen := map[string]bool{}
	for at := "/mailbox"; at != ""; {
		shown, err := p.officer.get(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, a := range shown.links(letterPath) {
			seen[a.path] = true
		}
		at = shown.next()
	}
	return seen, nil
}

// ends compares every institution's end with what its temperament leads to.
func (p *play) ends(ctx context.Context, rep *Report) {
	o := p.officer
	cases, err := o.get(ctx, p.office("warnings"))
	if err != nil {
		p.fail("读取风险警示列表：%v", err)
		return
	}
	if board, err := o.get(ctx, p.office()); err == nil {
		rep.Papers += len(board.links(regexp.MustCompile(`^` + p.office("papers") + `/[^/]+$`))) // 专题报告
	}
	rep.Outcomes = make([]Outcome, len(p.players))
	papers := make([]int, len(p.players))
	err = p.together(ctx, len(p.players), func(i int) error {
		table, err := o.get(ctx, p.office("institutions")+"?q="+p.players[i].Code) // the whole list has pages
		if err != nil {
			return err
		}
		rep.Outcomes[i], papers[i], err = p.end(ctx, p.players[i], table, cases)
		if err != nil {
			p.fail("%s（%s）：%v", p.players[i].Name, p.players[i].kind.Chinese(), err)
		}
		return nil
	})
	if err != nil {
		p.fail("读取结果：%v", err)
	}
	for i, out := range rep.Outcomes {
		if rep.Papers += papers[i]; !out.OK {
			p.fail("%s（%s）：预期 %s，实际 %s，总分 %s", out.Name, out.Temperament, out.Expected, out.Got, out.Total)
		}
	}
	if lost := missed(rep.Outcomes); len(p.players) >= wholeCast && len(lost) > 0 {
		p.fail("没有一家机构经历：%s", strings.Join(lost, "、"))
	}
	p.checkResults(ctx)
	p.checkInterpretation(ctx)
	p.checkHonours(ctx)
}

// end reads one institution's end: from the office's tables and from its own page.
func (p *play) end(ctx context.Context, x *player, table, cases *page) (Outcome, int, error) {
	out := Outcome{Code: x.Code, Name: x.Name, Temperament: x.kind.Chinese(), Expected: x.expected(), Got: "未结束", Total: "-"}
	row := table.lineOf(p.office("i", x.Code))
	if row == nil {
		return out, 0, fmt.Errorf("机构列表中没有它")
	}
	want := unscored
	if x.kind != Silent && x.kind != Leaving {
		card, err := p.expectedCard(x, p.rulings[x.Code])
		if err != nil {
			return out, 0, err
		}
		want = card.Total.String()
	}
	out.Total = total(row)
	papers, err := x.ownPapers(ctx)
	if err != nil {
		return out, 0, err
	}
	if strings.Contains(words(row), campaign.Closed.Chinese()) {
		out.Got = p.got(x, cases, papers, out.Total)
	} else if strings.Contains(words(row), campaign.Left.Chinese()) {
		out.Got = endLeft
	}
	file, err := p.officer.get(ctx, p.office("i", x.Code))
	if err != nil {
		return out, 0, err
	}
	lost := error(nil)
	out.Turns, lost = turned(file, p.turns(x))
	out.OK = out.Got == out.Expected && out.Total == want
	switch {
	case out.Total != want:
		err = fmt.Errorf("总分应为 %s，页面显示 %s", want, out.Total)
	case len(p.sheets[x.Code]) != p.reviews(x):
		err = fmt.Errorf("打分表应有 %d 份，交了 %d 份", p.reviews(x), len(p.sheets[x.Code]))
	case len(papers) != x.papers()+x.records() && x.kind != Leaving: // who has left cannot open the page any more
		err = fmt.Errorf("文书应有 %d 份，页面上有 %d 份", x.papers()+x.records(), len(papers))
	case x.files != x.papers():
		err = fmt.Errorf("随邮件送达的文书应有 %d 份，收到 %d 份", x.papers(), x.files)
	case len(x.reader.seen) < x.letters():
		err = fmt.Errorf("邮件应不少于 %d 封，收到 %d 封", x.letters(), len(x.reader.seen))
	case x.kind == Midyear && !strings.Contains(words(row), unranked):
		err = fmt.Errorf("年中加入，应标明“%s”", unranked)
	case x.kind == Excellent:
		err = p.checkCertificate(ctx, x, papers)
	}
	err = cmp.Or(err, lost)
	out.OK = out.OK && err == nil
	return out, len(papers), err
}

// ownPapers are the papers on the institution's own page, which who has left cannot open.
func (x *player) ownPapers(ctx context.Context) ([]anchor, error) {
	if x.kind == Leaving {
		return nil, nil
	}
	home, err := x.get(ctx, x.path(""))
	if err != nil {
		return nil, err
	}
	return home.links(regexp.MustCompile(`^` + x.path("papers") + `/[^/]+$`)), nil
}

// reviews is how many sheets an institution should get: none when it handed in
// nothing, a third when the first two are too far apart (RV-1).
func (p *play) reviews(x *player) int {
	places := p.sheets[x.Code]
	switch {
	case x.kind == Silent, x.kind == Leaving:
		return 0
	case len(places) >= 2 && len(rubric.Differ(x.sheet(p.seed, places[0]), x.sheet(p.seed, places[1]), p.days.s.Threshold)) > 0:
		return 3
	}
	return 2
}

// got names the end: a case of Article 32 before a certificate, that before a report.
func (p *play) got(x *player, cases *page, papers []anchor, total string) string {
	if row := cases.lineOf(p.office("warnings", x.Code)); row != nil {
		for _, s := range campaign.WarningStates() {
			if strings.Contains(words(row), s.Chinese()) {
				return endWarning + s.Chinese()
			}
		}
		return endWarning + "状态不明"
	}
	switch {
	case lists(papers, campaign.CertificatePaper):
		return endCertificate
	case !lists(papers, campaign.YearReportPaper):
		return "没有年度评价报告"
	}
	if before, err := p.expectedCard(x, false); err == nil && p.rulings[x.Code] {
		if total != before.Total.String() {
			return endRaised
		}
		return endKept
	}
	return endReport
}

// lists tells whether a paper of the kind is among those listed.
func lists(papers []anchor, kind campaign.Paper) bool {
	return slices.ContainsFunc(papers, func(a anchor) bool { return strings.Contains(words(a.row), kind.Chinese()) })
}

// checkCertificate asks the public page whether the certificate is genuine.
func (p *play) checkCertificate(ctx context.Context, x *player, papers []anchor) error {
	for _, a := range papers {
		if !strings.Contains(words(a.row), campaign.CertificatePaper.Chinese()) {
			continue
		}
		shown, err := x.get(ctx, "/v/"+path.Base(a.path))
		if err != nil {
			return err
		}
		if !shown.mentions("有效") || !shown.mentions(x.Name) {
			return fmt.Errorf("证书核验页面没有显示有效：%s", clip(shown.complaint(), 120))
		}
		return nil
	}
	return fmt.Errorf("没有找到证书")
}

// checkResults holds that what is published names the excellent and nobody else (PL-2).
func (p *play) checkResults(ctx context.Context) {
	shown, err := p.officer.get(ctx, fmt.Sprintf("/results/%d", p.year))
	if err != nil {
		p.fail("读取公布的结果：%v", err)
		return
	}
	named := map[string]bool{}
	for n := range shown.doc.Descendants() {
		if n.Type == html.TextNode {
			named[strings.TrimSpace(n.Data)] = true
		}
	}
	for _, x := range p.players {
		if named[x.Name] != (x.kind == Excellent) {
			p.fail("公布的结果：%s（%s）列名 %v，应为 %v", x.Name, x.kind.Chinese(), named[x.Name], x.kind == Excellent)
		}
	}
}

// lineOf is the line of a table that links to a path; nil when there is none.
func (p *page) lineOf(to string) *html.Node {
	for _, a := range p.links(regexp.MustCompile("^" + regexp.QuoteMeta(to) + "$")) {
		return a.row
	}
	return nil
}

// total finds the total in a line of the table of institutions.
func total(row *html.Node) string {
	for n := range row.Descendants() {
		if n.Type != html.ElementNode || n.Data != "td" {
			continue
		}
		if f := figure.FindString(words(n)); f != "" {
			return f
		}
	}
	return unscored
}

// Table draws the outcomes in columns that stay aligned with Chinese text.
func (r Report) Table() string {
	lines := [][]string{{"批准号", "机构名称", "表现", "预期", "实际", "总分", "经过", "结论"}}
	for _, o := range r.Outcomes {
		verdict := "符合"
		if !o.OK {
			verdict = "不符"
		}
		lines = append(lines, []string{o.Code, o.Name, o.Temperament, o.Expected, o.Got, o.Total, o.Turns, verdict})
	}
	wide := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, cell := range l {
			wide[i] = max(wide[i], width(cell))
		}
	}
	var b strings.Builder
	for _, l := range lines {
		line := ""
		for i, cell := range l {
			gap := strings.Repeat(" ", wide[i]-width(cell))
			if i == 5 { // figures to the right
				line += gap + cell + "  "
			} else {
				line += cell + gap + "  "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// width counts the columns of a terminal: two for Chinese signs and full-width marks.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
			r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x20000 && r <= 0x3fffd:
			n += 2
		default:
			n++
		}
	}
	return n
}
