package web

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// board is the state of a campaign at a glance.
type board struct {
	C       store.Campaign
	Menu    []menuGroup
	Now     time.Time
	Today   campaign.Day
	Next    campaign.NamedDay
	Days    int
	Stages  []count
	Charts  charts
	Outbox  []outboxLine
	Late    []lateLine
	Waits   []count // of what waits for the office or its reviewers
	overdue int     // of appeals, past their day
	store.Undecided
	Warnings    int
	Policy      string // 政参 of the year against the plan's number
	Outstanding int
	Suspended   int // of those, suspended
	MoreLate    int // silences that the list leaves out
	Total       int
	Scored      int
	Mean        rubric.Points
	Excellent   int
	MayPublish  bool
	Officer     bool
	Approver    bool
	Done        string
	Engine      string // address of the campaign's workflow
	Settings    [][2]string
	Papers      []store.Paper
	Lines       []line
}

// charts are the drawings of a board; Bands is empty until there are results.
type charts struct{ Stages, Bands, Provinces, Categories template.HTML }

// count is a line of figures: a name, how many, where they are listed.
type count struct {
	Name string
	N    int
	Href string
}

// outboxLine is one kind of intent with its states.
type outboxLine struct {
	Kind                           string
	Queued, Sending, Done, Refused int
}

// mostLate are the silences that a board shows, the longest of all.
const mostLate = 50

// lateLine is a silence, or what waits for the office: who, what, since when,
// where to look.
type lateLine struct {
	Who, What string
	Due       campaign.Day
	When      string // its day in words, or the instant where hours count
	Left      string // in words: 已逾期 3 天
	Late      bool
	Href      string
	Code      string // of an institution to which, or about which, a reminder can be sent
	Reviewer  string // who gets it; "" the institution
}

func (s *Server) board(w http.ResponseWriter, r ask) error {
	c, now, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	b := board{C: c, Now: now, Today: campaign.DayOf(now), Officer: r.Staff.Role == campaign.Officer, Approver: r.Staff.Role == campaign.Approver,
		Done: doneWord(r), Engine: s.engineURL(contract.CampaignID(c.Year)), Settings: settingRows(c.Rules.Settings)}
	b.Next, b.Days = nextDay(c.Rules.Calendar, b.Today)
	all, err := s.store.Glances(r.Context(), c.Year)
	if err != nil {
		return err
	}
	b.count(all)
	if b.Undecided, err = s.store.Undecided(r.Context(), c.Year); err != nil {
		return err
	}
	if err := s.fillBoard(r.Context(), &b, all); err != nil {
		return err
	}
	if b.Policy, err = s.policyCount(r, c.Year); err != nil {
		return err
	}
	b.menu()
	b.MayPublish = b.Officer && c.PublishedAt == nil
	return s.render(w, r, http.StatusOK, "office-board", page{Title: yearTitle(c.Year) + "评价", Crumbs: officeCrumbs(), Wide: true, Data: b})
}

// fillBoard asks for what the standings do not tell.
func (s *Server) fillBoard(ctx context.Context, b *board, all []store.Glance) error {
	out, err := s.store.Outbox(ctx, b.C.Year)
	if err != nil {
		return err
	}
	b.Outbox = outboxLines(out)
	seats, err := s.store.OpenSeats(ctx, b.C.Year)
	if err != nil {
		return err
	}
	cases, err := s.store.Warnings(ctx, b.C.Year)
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(ctx)
	if err != nil {
		return err
	}
	b.Warnings = len(cases)
	var first, rest []lateLine
	first, rest, b.Waits = b.waiting(all)
	b.Late = slices.Concat(first, lateLines(b.C, b.Today, all, seats, b.Appeals, cases, names), rest)
	if more := len(b.Late) - mostLate; more > 0 {
		b.Late, b.MoreLate = b.Late[:mostLate], more
	}
	leaves, err := s.store.YearLeaves(ctx, b.C.Year)
	if err != nil {
		return err
	}
	b.Lines = newestFirst(wholeTimeline(leaves, names))
	b.Papers, err = s.store.Papers(ctx, contract.Ref{Year: b.C.Year})
	return err
}

// count draws the figures of the board from the standings.
func (b *board) count(all []store.Glance) {
	b.Total = len(all)
	stages := map[campaign.Stage]int{}
	provinces, categories := map[string]int{}, map[string]int{}
	var totals []rubric.Points
	sum, top := rubric.Points(0), b.C.Rules.Settings.Excellent
	for _, e := range all {
		stages[e.Stage]++
		provinces[e.Province]++
		categories[e.Category]++
		if e.Stage != campaign.Final && e.Stage != campaign.Closed && e.Stage != campaign.Left {
			b.Outstanding++
			if e.SuspendedAt != nil {
				b.Suspended++
			}
		}
		if e.Total != nil && e.Scored != nil && *e.Scored {
			totals = append(totals, *e.Total)
			sum += *e.Total
			if *e.Total >= top {
				b.Excellent++
			}
		}
	}
	var marks []mark
	for _, st := range campaign.Stages() {
		marks = append(marks, mark{Label: st.Chinese(), N: stages[st]})
		if stages[st] > 0 {
			b.Stages = append(b.Stages, count{st.Chinese(), stages[st], listPath(b.C.Year, store.Narrow{Stage: string(st)})})
		}
	}
	b.Charts.Stages = funnel("stages", "各阶段机构数", marks)
	if b.Scored = len(totals); b.Scored > 0 {
		b.Mean = sum / rubric.Points(b.Scored)
		b.Charts.Bands = distribution("bands", "总分分布", totals, top)
	}
	b.Charts.Provinces = bars("provinces", "各省份机构数", ranked(provinces))
	b.Charts.Categories = bars("categories", "各类别机构数", ranked(categories))
}

// ranked lists the largest first, then by name.
func ranked(m map[string]int) []mark {
	var all []mark
	for name, n := range m {
		all = append(all, mark{Label: name, N: n})
	}
	slices.SortFunc(all, func(a, b mark) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Label, b.Label)) })
	return all
}

func outboxLines(all []store.OutboxState) []outboxLine {
	lines := []outboxLine{{Kind: store.MailIntent}, {Kind: store.MessageIntent}, {Kind: store.PaperIntent}}
	for _, o := range all {
		i := slices.IndexFunc(lines, func(l outboxLine) bool { return l.Kind == o.Kind })
		if i < 0 {
			continue
		}
		switch o.State {
		case "queued":
			lines[i].Queued += o.N
		case "sending":
			lines[i].Sending += o.N
		case "accepted", store.Withheld:
			lines[i].Done += o.N
		default:
			lines[i].Refused += o.N
		}
	}
	for i := range lines {
		lines[i].Kind = map[string]string{store.MailIntent: "邮件", store.MessageIntent: "流程消息", store.PaperIntent: "文书"}[lines[i].Kind]
	}
	return lines
}

// lateLines lists every silence past its day, the longest first.
func lateLines(c store.Campaign, today campaign.Day, all []store.Glance, seats []store.Seat, deciders []store.Decider, cases []store.Warning, names map[string]string) []lateLine {
	var lines []lateLine
	called := map[string]string{}
	add := func(who, what string, due campaign.Day, href, code, reviewer string) {
		if due != "" && due < today {
			left, _ := countdown(today, due)
			lines = append(lines, lateLine{Who: who, What: what, Due: due, When: due.Chinese(), Left: left, Late: true, Href: href, Code: code, Reviewer: reviewer})
		}
	}
	halted := map[string]bool{}
	for _, e := range all {
		called[e.Code], halted[e.Code] = e.Name, e.SuspendedAt != nil
		href := yearPath(c.Year, "i", e.Code)
		switch {
		case e.SuspendedAt != nil: // its days do not run
		case e.Stage == campaign.Planning && (e.PlanState == "" || e.PlanState == "returned"):
			add(e.Name, campaign.PlanTask.Chinese(), e.DueDay(), href, e.Code, "")
		case e.Stage == campaign.Planning && e.PlanState == "submitted":
			add(e.Name, "计划待经办人员审阅", e.DueDay(), href, "", "")
		case e.Stage == campaign.SelfScore && e.SelfScore == 0:
			add(e.Name, campaign.SelfScoreTask.Chinese(), e.DueDay(), href, e.Code, "")
		}
	}
	for _, s := range seats {
		add(cmp.Or(names[s.Reviewer], s.Reviewer), campaign.ScoreTask.Chinese()+"："+called[s.Code], campaign.DayOf(s.Due), yearPath(c.Year, "i", s.Code), s.Code, s.Reviewer)
	}
	for _, d := range deciders {
		if !halted[d.Code] {
			add(cmp.Or(names[d.Reviewer], d.Reviewer), campaign.DecideTask.Chinese()+"："+called[d.Code], campaign.DayOf(d.Due), yearPath(c.Year, "i", d.Code), "", "")
		}
	}
	for _, w := range cases {
		add(w.Name, "风险警示："+w.State.Chinese(), w.DueDay(), yearPath(c.Year, "warnings", w.Code), "", "")
	}
	slices.SortStableFunc(lines, func(a, b lateLine) int { return cmp.Compare(a.Due, b.Due) })
	return lines
}

func newestFirst(all []line) []line {
	slices.Reverse(all)
	return all
}

// engineURL is the page of a workflow in the engine's own pages; "" when
// there are none.
func (s *Server) engineURL(workflow string) string {
	if s.TemporalUI == "" {
		return ""
	}
	return s.TemporalUI + "/workflows/" + url.PathEscape(workflow)
}
