package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// edge is what leads from one state to another, over all acts.
type edge struct {
	N        int
	From, To campaign.WarningState // From "" is every state in which a warning stands
	Acts     []string              // who: what
}

// FromWord is where the edge begins, in words.
func (e edge) FromWord() string {
	if e.From == "" {
		return "警示有效期间"
	}
	return e.From.Chinese()
}

// warningEdges joins the lines of the ladder into numbered edges. What is only
// noted leads nowhere and comes back apart.
func warningEdges() (all []edge, noted []string) {
	at, seen := map[[2]campaign.WarningState]int{}, map[string]bool{}
	for _, m := range campaign.WarningMoves() {
		act := actorWord(m.Actor) + "：" + m.Act.Chinese()
		if m.From == m.To {
			if !seen[act] {
				seen[act] = true
				noted = append(noted, act)
			}
			continue
		}
		from := m.From
		if m.To == campaign.Expired || m.To == campaign.Revoked {
			from = ""
		}
		i, known := at[[2]campaign.WarningState{from, m.To}]
		if !known {
			i = len(all)
			at[[2]campaign.WarningState{from, m.To}] = i
			all = append(all, edge{N: i + 1, From: from, To: m.To})
		}
		if !strings.Contains(strings.Join(all[i].Acts, "，")+"，", act+"，") {
			all[i].Acts = append(all[i].Acts, act)
		}
	}
	return all, noted
}

func actorWord(role string) string {
	switch role {
	case "":
		return "机构"
	case "clock":
		return "期限届满"
	}
	return campaign.Role(role).Chinese()
}

// places is where each state stands in the drawing: left edge and row.
var places = map[campaign.WarningState][2]int{
	campaign.Proposed: {20, 0}, campaign.Noticed: {20, 1}, campaign.Replied: {20, 2}, campaign.Cleared: {20, 3}, campaign.Signed: {20, 4},
	campaign.Dismissed: {450, 1}, campaign.Remanded: {450, 2}, campaign.Lesser: {450, 4},
	campaign.Issued: {20, 5}, campaign.Received: {20, 6}, campaign.Planned: {20, 7}, campaign.Rectified: {20, 8}, campaign.Unrectified: {450, 7},
	campaign.Lifted: {20, 9}, campaign.Expired: {235, 9}, campaign.Revoked: {450, 9},
}

const boxWide, boxHigh, boxStep = 170, 36, 72

// ladderPicture draws the ladder as boxes and numbered arrows.
func ladderPicture(all []edge) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="%s"/></marker></defs>`, svgSoft)
	top := rowY(places[campaign.Issued][1]) - 14
	bottom := rowY(places[campaign.Rectified][1]) + boxHigh + 14
	fmt.Fprintf(&b, `<rect x="6" y="%d" width="628" height="%d" rx="6" fill="%s" stroke="%s" stroke-dasharray="5 4"/><text x="624" y="%d" text-anchor="end" fill="%s">警示有效期间</text>`, top, bottom-top, svgFill, svgLine, top+22, svgSoft)
	words := make([]string, len(all))
	for i, e := range all {
		x1, y1, x2, y2 := e.line(bottom)
		fmt.Fprintf(&b, `<path d="M%d %dL%d %d" stroke="%s" fill="none" marker-end="url(#tip)"/>`, x1, y1, x2, y2, svgSoft)
		mx, my := (2*x1+x2)/3, (2*y1+y2)/3 // nearer to where it begins: arrows meet at their ends
		fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="10" fill="#fff" stroke="%s"/><text class="step" x="%d" y="%d" text-anchor="middle" font-size="12">%d</text>`, mx, my, svgSoft, mx, my+4, e.N)
		words[i] = fmt.Sprintf("%d %s→%s", e.N, e.FromWord(), e.To.Chinese())
	}
	for _, s := range campaign.WarningStates() {
		p := places[s]
		colour := svgInk
		if s.InForce() {
			colour = svgSeal
		}
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" rx="4" fill="#fff" stroke="%s"/><text x="%d" y="%d" text-anchor="middle" fill="%s">%s</text>`,
			p[0], rowY(p[1]), boxWide, boxHigh, colour, p[0]+boxWide/2, rowY(p[1])+24, colour, esc(s.Chinese()))
	}
	return picture("ladder", "风险警示程序图", strings.Join(words, "；"), 640, rowY(9)+boxHigh+12, b.String())
}

func rowY(row int) int { return 12 + row*boxStep }

// line finds the ends of an edge: between neighbours of a column straight up or
// down, else from side to side. Ways back run beside the ways there.
func (e edge) line(frame int) (x1, y1, x2, y2 int) {
	to := places[e.To]
	if e.From == "" {
		x := to[0] + boxWide/2
		return x, frame, x, rowY(to[1])
	}
	from := places[e.From]
	switch {
	case from[0] == to[0] && from[1] < to[1]:
		x := from[0] + boxWide/2 - 30
		return x, rowY(from[1]) + boxHigh, x, rowY(to[1])
	case from[0] == to[0]:
		x := from[0] + boxWide/2 + 30
		return x, rowY(from[1]), x, rowY(to[1]) + boxHigh
	case from[0] < to[0]:
		return from[0] + boxWide, rowY(from[1]) + 10, to[0], rowY(to[1]) + 10
	}
	return from[0], rowY(from[1]) + 28, to[0] + boxWide, rowY(to[1]) + 28
}

// warningRules explains the procedure of Article 32 to everybody, from the
// very table by which cases move.
func (s *Server) warningRules(w http.ResponseWriter, r ask) error {
	all, noted := warningEdges()
	set := campaign.DefaultSettings(campaign.DayOf(s.Desk.Clock()).Year())
	from := "各项期限和标准在年度启动时确定并随年度公开，以下为建议值"
	if years, err := s.store.Campaigns(r.Context()); err != nil {
		return err
	} else if len(years) > 0 {
		set, from = years[0].Rules.Settings, fmt.Sprintf("以下为 %d 年度的设置", years[0].Year)
	}
	return s.render(w, r, http.StatusOK, "rules-warning", page{Title: "风险警示程序", Crumbs: []link{{Href: "/rules", Text: "评价指标"}},
		Data: map[string]any{"Edges": all, "Noted": noted, "Picture": ladderPicture(all), "Set": set, "From": from, "Items": set.Criteria.Items()}})
}

// publicCase is a warning that was made public, as it stands.
type publicCase struct {
	store.Warning
	Number string
	Ends   campaign.Day
}

// publicWarnings lists the warnings of a year that two persons made public
// after the review period, as long as they stand (RW-7).
func (s *Server) publicWarnings(w http.ResponseWriter, r ask) error {
	y, err := r.year()
	if err != nil {
		return err
	}
	c, err := s.campaign(r.Context(), y)
	if err != nil || c.PublishedAt == nil {
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		return campaign.Fail(campaign.NotFound, "%d 年度没有公开的风险警示", y)
	}
	all, err := s.store.Warnings(r.Context(), y)
	if err != nil {
		return err
	}
	acts, err := s.store.AllWarningActs(r.Context(), y)
	if err != nil {
		return err
	}
	var shown []publicCase
	for _, x := range all {
		if x.Ladder.Public(x.State, store.PastActs(acts[x.Code])) {
			shown = append(shown, publicCase{x, campaign.WarningPaper.Number(y, x.Number), c.Rules.Settings.TermEnds(x.ServedDay())})
		}
	}
	r.Year = y
	return s.render(w, r, http.StatusOK, "public-warnings", page{Title: fmt.Sprintf("%d 年度公开的风险警示", y), Data: shown})
}
