package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
)

// hand is the word by which a reviewer's reasons are known, so that a page
// that shows another's gives itself away.
func hand(reviewer int) string { return fmt.Sprintf("评语%03d", reviewer+1) }

var anyHand = regexp.MustCompile(`评语\d{3}`)

// scores has every reviewer score whatever waits in his queue.
func scores(ctx context.Context, p *play) error { return p.scoring(ctx, false) }

// scoresMost is scores, but the first reviewer leaves one institution for
// after the reminder.
func scoresMost(ctx context.Context, p *play) error { return p.scoring(ctx, true) }

func (p *play) scoring(ctx context.Context, dawdle bool) error {
	return p.together(ctx, len(p.reviewers), func(i int) error {
		c := p.reviewers[i]
		if err := c.readMail(ctx); err != nil {
			return err
		}
		codes, err := c.queue(ctx, "")
		if err != nil {
			return err
		}
		if dawdle && i == 0 && len(codes) > 0 {
			codes = codes[1:]
		}
		var errs []error
		for _, code := range codes {
			errs = append(errs, c.score(ctx, code))
		}
		return errors.Join(errs...)
	})
}

// readMail reads a clerk's letters.
func (c *clerk) readMail(ctx context.Context) error {
	fresh, err := c.newLetters(ctx)
	if err != nil {
		return err
	}
	for _, letter := range fresh {
		if _, err := c.readLetter(ctx, letter); err != nil {
			return err
		}
	}
	return nil
}

// queue lists the institutions in the reviewer's list; more is "" or "/appeal".
func (c *clerk) queue(ctx context.Context, more string) ([]string, error) {
	p, err := c.get(ctx, "/review")
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, a := range p.links(regexp.MustCompile(fmt.Sprintf(`^/review/%d/[^/]+%s$`, c.year, more))) {
		codes = append(codes, strings.Split(a.path, "/")[3])
	}
	slices.Sort(codes)
	return codes, nil
}

// score gives the marks of all rows, when the sheet is still open.
func (c *clerk) score(ctx context.Context, code string) error {
	x := c.find(code)
	at := fmt.Sprintf("/review/%d/%s", c.year, code)
	p, err := c.get(ctx, at)
	if err != nil {
		return err
	}
	if err := c.blind(p); err != nil {
		return err
	}
	marks := x.sheet(c.seed, c.place)
	fill := fields{}
	for _, m := range marks {
		no := strconv.Itoa(m.Row)
		fill["points-"+no], fill["reason-"+no] = m.Points.String(), m.Reason
	}
	if f, open := p.find(at, fields{"points-1": fill["points-1"]}); open {
		if err := x.says(f, fill); err != nil {
			return err
		}
	}
	if _, open := p.find(at, fields{"points-1": fill["points-1"]}); !open {
		return nil // handed in before
	}
	if err := c.acts(ctx, deed{what: x.Name + "的评审打分", page: at, action: at, receipt: true, fill: fill}); err != nil {
		return err
	}
	c.scored(code, c.place)
	return nil
}

// blind makes sure that a reviewer's page shows nothing of another's (RV-1).
func (c *clerk) blind(p *page) error {
	for _, found := range anyHand.FindAllString(p.words(), -1) {
		if found != hand(c.place) {
			return fmt.Errorf("%s 显示了其他评审专家的评语（%s）", p.at.Path, found)
		}
	}
	return nil
}

// sheet is what a reviewer thinks of the institution's year.
func (r role) sheet(seed uint64, reviewer int) []rubric.Mark {
	has := r.rows(seed)
	var marks []rubric.Mark
	for _, row := range baseRows() {
		points := r.mark(seed, row, reviewer, slices.Contains(has, row.No))
		why := "执行到位，材料完整。"
		switch {
		case !slices.Contains(has, row.No):
			why = "未见书面材料，按日常掌握情况评分。"
		case points < row.Max:
			why = "工作扎实，成效仍有提升空间。"
		}
		m := rubric.Mark{Row: row.No, Points: points, Reason: why + hand(reviewer)}
		if r.kind == Incident && row.No == outcomeRow {
			m.Lowered = lowered
		}
		marks = append(marks, m)
	}
	return marks
}

// says fills in what belongs to a mark beside points and reason: the event for
// which an outcome part is lowered, late reports that were considered.
func (x *player) says(f form, fill fields) error {
	no := strconv.Itoa(outcomeRow)
	if x.kind == Incident {
		i := slices.IndexFunc(f.inputs, func(in input) bool { return in.name == "event-"+no })
		if i < 0 || len(f.inputs[i].options) != 1+len(x.registered(x.year)) {
			return fmt.Errorf("打分表没有列出%s已认定的事项", x.Name)
		}
		fill["event-"+no], fill["lowered-"+no] = f.inputs[i].options[1], lowered.String()
	} else if !x.contests() && f.takes(fields{"lowered-" + no: "1"}) { // nobody lowers it for who contests
		return fmt.Errorf("%s没有认定的事项，打分表却可以降低结果部分", x.Name)
	}
	if late := "considered-" + strconv.Itoa(reportRow); x.isAsked() {
		fill[late] = "1"
	} else if f.takes(fields{late: "1"}) {
		return fmt.Errorf("%s没有逾期的报告，打分表却要求考虑", x.Name)
	}
	return nil
}

// decides has the deciders rule on what was asked: one row is raised, the
// other kept; of who loses both are kept; a deduction that has nothing to do with
// certification is taken back (AP-3).
func decides(ctx context.Context, p *play) error {
	return p.together(ctx, len(p.reviewers), func(i int) error {
		c := p.reviewers[i]
		if err := c.readMail(ctx); err != nil {
			return err
		}
		codes, err := c.queue(ctx, "/appeal")
		var errs []error
		for _, code := range codes {
			errs = append(errs, c.rule(ctx, code))
		}
		return errors.Join(append(errs, err)...)
	})
}

func (c *clerk) rule(ctx context.Context, code string) error {
	x := c.find(code)
	at := fmt.Sprintf("/review/%d/%s/appeal", c.year, code)
	p, err := c.get(ctx, at)
	if err != nil {
		return err
	}
	low, kept := strconv.Itoa(lowRow), strconv.Itoa(keptRow)
	card, err := c.expectedCard(x, false)
	if err != nil {
		return err
	}
	fill := fields{"after-" + low: raisedMark.String(), "reason-" + low: "下半年报送的稿件属实，予以补计。"}
	if x.loses() {
		fill = fields{"after-" + low: lowMark.String(), "reason-" + low: "所附清单与已计稿件重复，原评分予以维持。"}
	}
	for _, r := range card.Rows {
		if r.Row == keptRow {
			fill["after-"+kept], fill["reason-"+kept] = r.Points.String(), "原评分已考虑更新情况，予以维持。"
		}
	}
	if x.contests() {
		fill["reason-16"] = ""
		for name := range p.eventFields() {
			fill[name+"-outcome"], fill[name+"-reason"] = string(campaign.AmendUnrelate), unrelatedReason
		}
	}
	if _, open := p.find(at, fill); !open {
		return nil // decided before
	}
	if err := c.acts(ctx, deed{what: x.Name + "的复核决定", page: at, action: at, fill: fill}); err != nil {
		return err
	}
	c.ruled(code)
	return nil
}
