package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// reviewerRoutes registers what the office sees of the review and does about it.
func (s *Server) reviewerRoutes() {
	s.handle("GET /office/{year}/reviewers", s.reviewersPage)
	s.handle("GET /office/{year}/conflicts", s.conflictsPage)
	s.handle("POST /office/{year}/conflicts", s.addConflict)
	s.handle("GET /office/{year}/conflicts/withdraw", s.withdrawPage)
	s.handle("POST /office/{year}/conflicts/withdraw", s.withdraw)
	s.handle("GET /office/{year}/i/{code}/basis", s.basisPage)
	s.handle("POST /office/{year}/i/{code}/basis", s.decideBasis)
	s.handle("GET /office/{year}/i/{code}/seat/{seat}", s.reassignPage)
	s.handle("POST /office/{year}/i/{code}/seat/{seat}", s.reassign)
}

// reviewerLine is a reviewer's work in a campaign.
type reviewerLine struct {
	ID, Name          string
	Load, Sheets      int
	Limit, Late, Gone int
	Bar               template.HTML
	Declared          string
	Severity          *campaign.Severity
}

// openSeat is a seat whose sheet is awaited, or that nobody holds.
type openSeat struct {
	Code, Name, Holder, Href, Gone string
	Seat                           int
	Due                            campaign.Day
	Late                           bool
}

// reviewersPage shows how the review stands: who bears what, who is late, which
// seats are empty, and how reviewers stand to one another.
func (s *Server) reviewersPage(w http.ResponseWriter, r ask) error {
	c, now, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	today := campaign.DayOf(now)
	ever, err := s.store.SeatsEver(r.Context(), campaign.Ref{Year: c.Year})
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	called, stages, err := s.called(r, c.Year)
	if err != nil {
		return err
	}
	lines, err := s.reviewerLines(r, c.Year, names, ever, today, stages)
	if err != nil {
		return err
	}
	totals, err := s.store.SheetTotals(r.Context(), c.Year)
	if err != nil {
		return err
	}
	severe := campaign.Severities(totals)
	for i := range severe {
		for j := range lines {
			if lines[j].ID == severe[i].Reviewer {
				lines[j].Severity = &severe[i]
			}
		}
	}
	appeals, err := s.store.OpenDeciders(r.Context(), c.Year)
	if err != nil {
		return err
	}
	weak, err := s.weakBases(r, c, today)
	if err != nil {
		return err
	}
	open, at := openSeats(c.Year, ever, called, stages, names, today), pageOf(r)
	from := min((at-1)*pageSize, len(open))
	return s.render(w, r, http.StatusOK, "office-reviewers", page{Title: "评审进度", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: map[string]any{
		"C": c, "Lines": lines, "Weak": weak, "Open": open[from:min(from+pageSize, len(open))], "Waiting": len(open), "Pager": newPager(at, pageSize, len(open), func(n int) string { return yearPath(c.Year, "reviewers") + "?page=" + itoa(n) }), "Appeals": openAppeals(c.Year, appeals, called, names, today), "Dots": severityDots(severe, names), "Done": doneWord(r),
		"Officer": r.Staff.Role == campaign.Officer}})
}

// openAppeals are the appeals that are not decided, by the day of the decision.
func openAppeals(year int, all []store.Decider, called, names map[string]string, today campaign.Day) []openSeat {
	var out []openSeat
	for _, d := range all {
		due := campaign.DayOf(d.Due)
		out = append(out, openSeat{Code: d.Code, Name: called[d.Code], Holder: cmp.Or(names[d.Reviewer], d.Reviewer), Href: yearPath(year, "i", d.Code), Due: due, Late: due < today})
	}
	return out
}

func (s *Server) reviewerLines(r ask, year int, names map[string]string, ever []store.SeatHistory, today campaign.Day, stages map[string]campaign.Stage) ([]reviewerLine, error) {
	bearers, err := s.store.Loads(r.Context(), year)
	if err != nil {
		return nil, err
	}
	said, err := s.store.Declarations(r.Context(), year)
	if err != nil {
		return nil, err
	}
	most := 1
	for _, b := range bearers {
		most = max(most, b.Load, b.Limit)
	}
	var all []reviewerLine
	for _, b := range bearers {
		l := reviewerLine{ID: b.ID, Name: cmp.Or(names[b.ID], b.ID), Load: b.Load, Limit: b.Limit, Bar: bar(rubric.Points(b.Load), rubric.Points(most), b.Limit > 0 && b.Load >= b.Limit)}
		for _, d := range said {
			if d.Reviewer == b.ID {
				l.Declared = stamp(d.At)
			}
		}
		for _, h := range ever {
			switch {
			case h.Reviewer != b.ID:
			case h.Why != nil:
				l.Gone++
			case h.SheetAt != nil:
				l.Sheets++
			case stages[h.Code] == campaign.Scoring && campaign.Day(h.Due.Format("2006-01-02")) < today:
				l.Late++
			}
		}
		all = append(all, l)
	}
	return all, nil
}

// openSeats lists the seats that wait: late ones first, then by day.
func openSeats(year int, ever []store.SeatHistory, called map[string]string, stages map[string]campaign.Stage, names map[string]string, today campaign.Day) []openSeat {
	var all []openSeat
	for i, h := range ever {
		last := i+1 == len(ever) || ever[i+1].Code != h.Code || ever[i+1].Seat.Seat != h.Seat.Seat
		stage := stages[h.Code]
		if !last || stage != campaign.Scoring && stage != campaign.SelfScore || h.Why == nil && h.SheetAt != nil {
			continue
		}
		x := openSeat{Code: h.Code, Name: called[h.Code], Seat: h.Seat.Seat, Due: campaign.Day(h.Due.Format("2006-01-02")),
			Holder: cmp.Or(names[h.Reviewer], h.Reviewer), Href: yearPath(year, "i", h.Code, "seat", itoa(h.Seat.Seat))}
		if x.Late = x.Due < today; h.Why != nil {
			x.Gone = fmt.Sprintf("%s（%s）", x.Holder, h.Why.Chinese())
			if h.Reason != nil && *h.Reason != "" {
				x.Gone += "：" + *h.Reason
			}
			x.Holder = ""
		}
		all = append(all, x)
	}
	slices.SortStableFunc(all, func(a, b openSeat) int { return cmp.Compare(a.Due, b.Due) })
	return all
}

// severityDots draws each reviewer's mean difference to his co-reviewers as a
// dot, and the spread as a line on both sides of it.
func severityDots(all []campaign.Severity, names map[string]string) template.HTML {
	if len(all) == 0 {
		return ""
	}
	const left, width, step, head = 150, 640, 34, 26
	reach := rubric.Point
	for _, s := range all {
		reach = max(reach, s.Mean+s.Spread, s.Spread-s.Mean)
	}
	middle := float64(left+width) / 2
	x := func(p rubric.Points) float64 { return middle + float64(width-left-40)/2*float64(p)/float64(reach) }
	var b strings.Builder
	said := make([]string, len(all))
	fmt.Fprintf(&b, `<path d="M%.1f %dV%d" stroke="%s"/><text x="%.1f" y="14" text-anchor="start" fill="%s">偏严 −%s</text><text x="%.1f" y="14" text-anchor="middle" fill="%s">0</text><text x="%.1f" y="14" text-anchor="end" fill="%s">偏宽 +%s</text>`,
		middle, head-6, head+len(all)*step, svgLine, x(-reach), svgSoft, reach, middle, svgSoft, x(reach), svgSoft, reach)
	for i, s := range all {
		y := head + i*step + 14
		name := cmp.Or(names[s.Reviewer], s.Reviewer)
		said[i] = fmt.Sprintf("%s 平均差 %s，离散 %s，%d 家", name, s.Mean, s.Spread, s.Institutions)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><path d="M%.1f %dH%.1f" stroke="%s" stroke-width="2"/><circle cx="%.1f" cy="%d" r="6" fill="%s"/>`,
			left-12, y+5, esc(name), x(s.Mean-s.Spread), y, x(s.Mean+s.Spread), svgSoft, x(s.Mean), y, svgSeal)
	}
	return picture("severity", "评审专家与同席专家的平均分差", strings.Join(said, "；"), width, head+len(all)*step+4, b.String())
}

func (s *Server) reassignPage(w http.ResponseWriter, r ask) error {
	p, _, err := s.reassignForm(r, newForm("reviewer", "reason"))
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, p.Form)
}

func (s *Server) reassignForm(r ask, f *form) (page, []option, error) {
	ref, err := r.ref()
	if err != nil {
		return page{}, nil, err
	}
	seat, err := strconv.Atoi(r.PathValue("seat"))
	if err != nil {
		return page{}, nil, errNoPage
	}
	x, err := s.Desk.LookReassign(r.Context(), r.Staff, ref, seat)
	if err != nil {
		return page{}, nil, err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return page{}, nil, err
	}
	bearers, err := s.store.Loads(r.Context(), ref.Year)
	if err != nil {
		return page{}, nil, err
	}
	var free []option
	for _, b := range bearers {
		if slices.Contains(x.Free, b.ID) {
			free = append(free, option{Value: b.ID, Text: fmt.Sprintf("%s（现有 %d 席）", cmp.Or(names[b.ID], b.ID), b.Load)})
		}
	}
	fp := formPage{Action: r.URL.Path, Lead: "只列出与该机构没有利益冲突、没有参与过其评审、未达工作量上限的专家。",
		Facts:    [][2]string{{"机构", x.Entry.Name}, {"评审席", "第 " + itoa(seat) + " 席"}, {"现承担人", names[x.Holder]}},
		Sections: []section{{Fields: []field{chooseField(f, "reviewer", "改派给", "", free), areaField(f, "reason", "理由", "", 3)}}}, Button: "检查并改派"}
	crumbs := officeCrumbs(yearCrumb(ref.Year), link{Href: yearPath(ref.Year, "reviewers"), Text: "评审进度"})
	return page{Title: "改派评审席", Crumbs: crumbs, Form: f, Data: fp}, free, nil
}

func (s *Server) reassign(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "reviewer", "reason")
	if err != nil {
		return err
	}
	_, free, err := s.reassignForm(r, f)
	if err != nil {
		return err
	}
	ref, err := r.ref()
	if err != nil {
		return err
	}
	seat, _ := strconv.Atoi(r.PathValue("seat"))
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { p, _, err := s.reassignForm(r, f); return p, err },
		look: func() error {
			return wanting(f, map[string]string{"reviewer": "请选择评审专家", "reason": "请写明改派的理由"})
		},
		rows: func() [][2]string {
			return [][2]string{{"批准号", ref.Code}, {"评审席", "第 " + itoa(seat) + " 席"}, {"改派给", labelled(free, f.Get("reviewer"))}, {"理由", f.Get("reason")}}
		},
		title: "请核对改派", lead: "改派立即生效，新的评审专家将收到通知，原承担人不再看到该机构的材料。", word: "确认改派",
		act: func() error {
			return s.Desk.Reassign(r.Context(), r.Staff, ref, seat, f.Get("reviewer"), f.Get("reason"))
		},
		done: yearPath(ref.Year, "reviewers") + "?done=reassigned",
	})
}
