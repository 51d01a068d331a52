package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// avoids names the institution that a reviewer must keep away from: the first
// reviewer the first excellent one on whose sheets nobody is far apart.
func (p *play) avoids(reviewer int) string {
	for _, x := range p.players {
		if reviewer == 0 && x.kind == Excellent && !x.disputed() {
			return x.Code
		}
	}
	return ""
}

// declares has every reviewer declare his conflicts of interest before seats
// are given: one of them has one, and from then on must not find a trace of it (RV-1).
func declares(ctx context.Context, p *play) error {
	at := fmt.Sprintf("/review/%d/conflicts", p.year)
	return p.together(ctx, len(p.reviewers), func(i int) error {
		c := p.reviewers[i]
		code := p.avoids(i)
		if code != "" {
			err := c.acts(ctx, deed{what: "利益冲突申报", page: at, action: at, fill: fields{"code": code, "kind": "shares", "text": "持有该机构股份。"},
				seen: func(shown *page) bool { return !strings.Contains(shown.words(), code) }})
			if err != nil {
				return err
			}
		}
		err := c.acts(ctx, deed{what: "利益冲突声明", page: at, action: at, fill: fields{"sworn": "1", "do": "declare"},
			seen: func(shown *page) bool { return shown.mentions("完成申报。") }})
		if err != nil || code == "" {
			return err
		}
		return c.unaware(ctx, code)
	})
}

// unaware makes sure that what a conflict hides does not exist for a reviewer (S8).
func (c *clerk) unaware(ctx context.Context, code string) error {
	for _, at := range []string{"/review", fmt.Sprintf("/review/%d/conflicts", c.year)} {
		p, err := c.get(ctx, at)
		if err != nil {
			return err
		}
		if strings.Contains(p.words(), code) || p.names(c.find(code).Name) {
			return fmt.Errorf("%s 显示了申报回避的机构 %s", at, code)
		}
	}
	_, err := c.get(ctx, fmt.Sprintf("/review/%d/%s", c.year, code))
	if statusOf(err) != 404 {
		return fmt.Errorf("申报回避的机构 %s 仍可打开（%v）", code, err)
	}
	return nil
}

// names tells whether a text of the page is a name, alone or before a space: in
// a large cast one name is the beginning of another.
func (p *page) names(name string) bool {
	for n := range p.doc.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		if fields := strings.Fields(n.Data); len(fields) > 0 && fields[0] == name {
			return true
		}
	}
	return false
}
