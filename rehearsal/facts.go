package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"xuanping/campaign"
)

// playedActivity is what the rehearsal lists as 国家级: no name of the source
// is decided upon by simulated people.
const playedActivity = "示例国家级质量活动（演练）"

// listsActivity puts the rehearsal's own national activity into the catalogue, once.
func listsActivity(ctx context.Context, p *play) error {
	shown, err := p.officer.get(ctx, "/office/catalogue")
	if err != nil || shown.mentions(playedActivity) {
		return err
	}
	return p.officer.acts(ctx, deed{what: "列入活动目录", page: "/office/catalogue/edit", action: "/office/catalogue/edit",
		fill: fields{"name": playedActivity, "national": "1", "source": "示例文件，仅用于演练", "reason": "演练用"}})
}

// named is what the event form says of what an event names.
func (m matter) named(fill fields) fields {
	switch {
	case m.activity != "":
		fill["activity"], fill["role"] = m.activity, string(campaign.PartJoin)
	case m.medium != "":
		fill["medium"], fill["first"] = m.medium, "1"
	}
	return fill
}

// negative tells whether the event takes points off.
func (m matter) negative() bool { return strings.HasPrefix(m.clause, "16.") }

// inquires opens an inquiry into every lead and tells the institution what is
// meant to be found (AN-16).
func inquires(ctx context.Context, p *play) error {
	return p.together(ctx, len(p.players), func(i int) error {
		x := p.players[i]
		var meant []matter
		for _, m := range x.matters(p.year) {
			if m.negative() {
				meant = append(meant, m)
			}
		}
		if len(meant) == 0 {
			return nil
		}
		shown, err := p.officer.get(ctx, p.office("i", x.Code))
		if err != nil {
			return err
		}
		ways := shown.ways(regexp.MustCompile("^" + regexp.QuoteMeta(p.office("i", x.Code)) + `/event/[^/]+/move$`))
		if len(ways) != len(meant) {
			return fmt.Errorf("%s应有 %d 件线索，页面上有 %d 件", x.Name, len(meant), len(ways))
		}
		for n, at := range ways {
			err := errors.Join(
				p.officer.acts(ctx, deed{what: "立项调查", page: at, action: at, fill: fields{"act": string(campaign.EventInquire), "text": "收到处罚决定书，立项核查。"}}),
				p.officer.acts(ctx, deed{what: "告知机构", page: at, action: at, fill: fields{"act": string(campaign.EventTell), "text": "经核查，" + meant[n].title + "。",
					"source_kind": string(campaign.SourcePenalty), "relevance": string(campaign.Relevant), "points": meant[n].points.String(), "severity": "影响范围较广，后果较重。"}}))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// repliesToNotice states the institution's view of what it was told.
func repliesToNotice(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	return p.acts(ctx, deed{what: "对扣分事项陈述意见", page: p.path("events?notice=1"), action: p.path("events"), receipt: true,
		fill: p.signer(fields{"notice": "1", "text": "已主动更正并公开说明，请考虑整改情况。"})})
}

// merges tells whether an institution's reports were registered apart and are
// one matter only by an officer's decision.
func (r role) merges() bool { return r.kind == Excellent && r.nth < 2 }

// mergesMatters follows the suggestions in which both events are one
// institution's, for those who are meant.
func mergesMatters(ctx context.Context, p *play) error {
	for _, x := range p.players {
		if !x.merges() {
			continue
		}
		shown, err := p.officer.get(ctx, p.office("matters"))
		if err != nil {
			return err
		}
		href := shown.suggestionFor(x.Name + "绿色认证宣传报道") // other titles may look alike too
		if href == "" {
			return fmt.Errorf("同一事项页面没有建议合并%s的两篇报道", x.Name)
		}
		err = p.officer.acts(ctx, deed{what: "合并同一事项", page: href, action: p.office("matters", "act"), fill: fields{"reason": "两家媒体报道的是同一件事。"}})
		if err != nil {
			return err
		}
	}
	return nil
}

// suggestionFor finds the suggestion whose two events are both the institution's.
func (p *page) suggestionFor(name string) string {
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "tr" {
			continue
		}
		cells, href := 0, ""
		for c := range n.Descendants() {
			switch {
			case c.Type != html.ElementNode:
			case c.Data == "td" && strings.Contains(words(c), name):
				cells++
			case c.Data == "a" && strings.Contains(attr(c, "href"), "/matters/act?"):
				if u, err := p.at.Parse(attr(c, "href")); err == nil {
					href = (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
				}
			}
		}
		if cells == 2 && href != "" {
			return href
		}
	}
	return ""
}
