package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
)

var (
	letterPath = regexp.MustCompile(`^/mailbox/[^/]+$`)
	filePath   = regexp.MustCompile(`^/mailbox/[^/]+/\d+$`)
	ticketLink = regexp.MustCompile(`https?://[^\s"'<>]+/t/[^\s"'<>]+`)
)

// reader is somebody who gets letters, in the mailbox that the site shows.
type reader struct {
	*browser
	*play
	search string          // what finds his letters
	seen   map[string]bool // letters read
	files  int             // attached papers
	links  []string        // found in letters, oldest first

	lastCode string // out of a letter (S1)
}

// player is the person of an institution who answers letters.
type player struct {
	reader
	role
}

// signer is who acts for the institution, as typed on its forms.
func (p *player) signer(f fields) fields {
	f["name"], f["post"] = p.Contact, "宣传工作联络人"
	return f
}

func (p *player) path(more string) string {
	s := fmt.Sprintf("/i/%d/%s", p.year, p.Code)
	if more != "" {
		s += "/" + more
	}
	return s
}

// newLetters are the paths of the letters not read yet, oldest first.
func (r *reader) newLetters(ctx context.Context) ([]string, error) {
	var fresh []string
	for at := "/mailbox?" + (url.Values{"q": {r.search}}).Encode(); at != ""; {
		p, err := r.get(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, a := range p.links(letterPath) {
			if !r.seen[a.path] {
				fresh = append([]string{a.path}, fresh...)
			}
		}
		at = p.next() // a letter may be dated before one that came earlier
	}
	return fresh, nil
}

// readLetter opens a letter and remembers the link it offers.
func (r *reader) readLetter(ctx context.Context, letter string) (link string, err error) {
	p, err := r.get(ctx, letter)
	if err != nil {
		return "", err
	}
	found := ticketLink.FindString(p.words())
	if found == "" { // a letter without a plain text: its body stands apart
		if body, err := r.get(ctx, letter+"/html"); err == nil {
			for _, a := range body.links(regexp.MustCompile(`^/t/`)) {
				found = a.path + "?" + a.query
			}
		}
	}
	r.files += len(p.links(filePath))
	r.seen[letter] = true
	r.mails.Add(1)
	return found, nil
}

// reads opens every new letter and, before anything is done, looks at its link
// twice and the way mail programs do: looking changes nothing (ML-3).
func reads(ctx context.Context, p *player) error {
	fresh, err := p.newLetters(ctx)
	if err != nil {
		return err
	}
	for _, letter := range fresh {
		link, err := p.readLetter(ctx, letter)
		if err != nil {
			return err
		}
		if link == "" {
			continue
		}
		if err := p.lookTwice(ctx, link); err != nil {
			return err
		}
		p.links = append(p.links, link)
	}
	return nil
}

func (p *player) lookTwice(ctx context.Context, link string) error {
	if _, err := p.look(ctx, http.MethodHead, link); err != nil {
		return err
	}
	first, err := p.get(ctx, link)
	if err != nil {
		return err
	}
	second, err := p.get(ctx, link)
	if err != nil {
		return err
	}
	if first.at.Path != second.at.Path {
		return fmt.Errorf("同一链接两次打开的页面不同：%s 与 %s", first.at.Path, second.at.Path)
	}
	return nil
}

// acts does something behind the newest link. A link that only shows papers
// does not let its bearer act: then an older letter is taken out again.
func (p *player) acts(ctx context.Context, d deed) error {
	err := p.do(ctx, d)
	for i := len(p.links) - 2; i >= 0 && (errors.Is(err, errNoForm) || statusOf(err) == http.StatusForbidden); i-- {
		if len(p.links)-i > 8 {
			break
		}
		if _, gone := p.get(ctx, p.links[i]); gone == nil {
			err = p.do(ctx, d)
		}
	}
	return p.count(err)
}

func sendsPlan(ctx context.Context, p *player) error { return p.sendPlan(ctx, "") }

// resendsPlan hands in the plan again, mended as the officer asked.
func resendsPlan(ctx context.Context, p *player) error {
	return p.sendPlan(ctx, "\n补充：各项活动已明确责任部门和完成时间。")
}

func (p *player) sendPlan(ctx context.Context, more string) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	approved := p.now.Load().(campaign.Day).Add(-2)
	return p.acts(ctx, deed{what: "报送年度计划", page: p.path("plan"), action: p.path("plan"), receipt: true, fill: p.signer(fields{
		"goals":      fmt.Sprintf("完成 %d 年度质量认证宣传任务，提升认证价值的社会认知。", p.year) + more,
		"activities": "世界认可日主题宣传\n质量月进企业、进社区\n认证科普短视频",
		"resources":  "专职宣传人员 2 名，年度经费已列入预算。",
		"lead":       p.Head, "department": "综合管理部", "approved_by": "总经理办公会",
		"approved_on": string(approved), "approval_no": fmt.Sprintf("示例发〔%d〕%d号", approved.Year(), p.place+1),
	})})
}

// sendsEvidence hands in one of n parts of the year's evidence.
func sendsEvidence(q, n int) func(context.Context, *player) error {
	return func(ctx context.Context, p *player) error {
		if err := reads(ctx, p); err != nil {
			return err
		}
		for _, row := range batch(p.rows(p.seed), q, n) {
			file := exhibit(p.Code, row)
			err := p.acts(ctx, deed{
				what: fmt.Sprintf("提交第 %d 项证据", row), page: p.path("evidence"), action: p.path("evidence"), file: &file,
				fill: p.signer(fields{"row": strconv.Itoa(row), "note": fmt.Sprintf("第 %d 项材料", row), "declared": "1"}),
				seen: func(at *page) bool { return at.mentions(file.name) },
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// sendsSelfScore hands in the institution's own marks, a little kinder than
// the reviewers' (Art. 29).
func sendsSelfScore(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	fill := p.signer(fields{})
	has := p.rows(p.seed)
	for _, row := range baseRows() {
		points, why := row.Max-rubric.Half, "材料齐全，执行情况良好。"
		switch {
		case !slices.Contains(has, row.No):
			points, why = row.Max-rubric.Point, "工作已开展，书面材料较少。"
		case p.kind == Excellent:
			points = row.Max
		}
		no := strconv.Itoa(row.No)
		fill["points-"+no], fill["reason-"+no] = points.String(), why
	}
	fill["name"], fill["post"] = p.Head, "宣传主管负责人" // he certifies the year (Art. 8)
	return p.acts(ctx, deed{what: "提交自评", page: p.path("self-score"), action: p.path("self-score"), receipt: true, fill: fill})
}

// appeals asks for 评价复核 of the row that was marked low, and of one more; one
// asks about a deduction too.
func appeals(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	if _, err := p.get(ctx, p.path("result")); err != nil {
		return err
	}
	low, kept := strconv.Itoa(lowRow), strconv.Itoa(keptRow)
	fill := p.signer(fields{
		"row-" + low: "1", "text-" + low: "本项材料共 12 篇，评分未计入下半年报送的 7 篇，请予复核。",
		"row-" + kept: "1", "text-" + kept: "新媒体账号更新情况请一并复核。",
	})
	if p.contests() {
		fill["row-16"], fill["text-16"] = "1", "处罚事由是办公场所消防，与认证活动无关，请予复核。"
	}
	err := p.acts(ctx, deed{what: "申请评价复核", page: p.path("appeal"), action: p.path("appeal"), receipt: true, fill: fill})
	if err != nil {
		return err
	}
	return p.provesAppeal(ctx)
}

// answers is an act of the institution in its case of Article 32.
func answers(act campaign.WarningAct) func(context.Context, *player) error {
	return func(ctx context.Context, p *player) error {
		if err := reads(ctx, p); err != nil {
			return err
		}
		if act == campaign.ActRectify {
			if err := p.proves(ctx); err != nil {
				return err
			}
		}
		fill := p.signer(fields{"act": string(act)})
		switch act {
		case campaign.ActReply:
			fill["text"] = "情况属实。我机构已启动内部核查，恳请综合考虑整改态度。"
		case campaign.ActPlan:
			fill["text"] = "完善审核制度，责任人为综合管理部负责人，两周内完成；公开更正说明；组织全员培训。"
		case campaign.ActRectify:
			fill["text"] = "已完成整改：完善审核制度，公开更正说明，组织全员培训。"
		}
		return p.acts(ctx, deed{what: "风险警示办理", page: p.path("warning"), action: p.path("warning"), receipt: true, fill: fill})
	}
}

// proves uploads the evidence without which no report of rectification is
// taken; once is enough (RW-6).
func (p *player) proves(ctx context.Context) error {
	file := exhibit(p.Code, 1)
	file.name = "整改证明-" + file.name
	if at, err := p.get(ctx, p.path("warning")); err != nil || at.mentions(file.name) {
		return err
	}
	return p.acts(ctx, deed{what: "上传整改证明材料", page: p.path("warning/evidence"), action: p.path("warning/evidence"), file: &file, receipt: true,
		fill: p.signer(fields{"note": "整改证明", "declared": "1"})})
}

// mentions tells whether words stand on the page.
func (p *page) mentions(s string) bool { return strings.Contains(p.words(), s) }

func baseRows() []rubric.Row {
	var rows []rubric.Row
	for _, r := range rubric.Annex2().Rows {
		if r.Kind() == rubric.Base {
			rows = append(rows, r)
		}
	}
	return rows
}
