package web

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// institutionYearRoutes registers what the office sees and does about one
// institution's year.
func (s *Server) institutionYearRoutes() {
	const here = " /office/{year}/i/{code}"
	s.handle("GET"+here, s.dossier)
	s.handle("GET"+here+"/evidence/{id}", s.officeEvidence)
	s.handle("GET"+here+"/plan", s.officePlan)
	s.handle("POST"+here+"/plan", s.reviewPlan)
	s.handle("GET"+here+"/event", s.eventPage)
	s.handle("POST"+here+"/event", s.registerEvent)
	s.handle("GET"+here+"/event/{id}", s.rulingPage)
	s.handle("POST"+here+"/event/{id}", s.ruleEvent)
	s.handle("GET"+here+"/extend", s.extendPage)
	s.handle("POST"+here+"/extend", s.extend)
	s.handle("GET"+here+"/extensions/{n}", s.requestPage)
	s.handle("POST"+here+"/extensions/{n}", s.answerRequest)
	s.handle("GET"+here+"/suspend", s.suspendPage)
	s.handle("POST"+here+"/suspend", s.suspend)
	s.handle("GET"+here+"/resume", s.resumePage)
	s.handle("POST"+here+"/resume", s.resume)
	s.handle("GET"+here+"/leave", s.leavePage)
	s.handle("POST"+here+"/leave", s.leave)
	s.handle("POST"+here+"/links", s.links)
}

// dossier is an institution's year as the office reads it.
type dossier struct {
	C          store.Campaign
	E          store.Entry
	I          campaign.Institution
	Now        time.Time
	Today      campaign.Day
	Path       string
	Track      []stageMark
	Plan       *shownPlan
	Plans      int
	Planned    plannedView
	Evidence   []evidenceRow
	Missing    []int
	SelfScore  *store.SelfScore
	Seats      []seatView
	Basis      store.Basis // what the result rests on
	Waits      bool        // scoring is closed, and the result waits for a sheet or a decision
	Decider    string
	Rows       []compared // own marks beside the sheets, once the result is served
	SheetHeads []string
	Card       *rubric.Scorecard
	Results    []store.Result
	Events     []eventView
	Shared     map[int64]bool   // events that another institution has too
	AlsoUsed   map[int64]string // files of evidence: other rows of the same activity
	Venues     string           // outreach of row 10 by its kinds
	Appeals    []store.Appeal
	Void       []store.VoidRuling // decisions of one who turned out to be conflicted
	Decided    map[int][]string   // of them, what was decided about events
	Names      map[string]string
	Warning    *store.Warning
	Letters    []letterView
	More       store.MoreTime
	Tickets    []store.TicketUse
	Papers     []store.Paper
	Lines      []line
	Engine     string
	CaseEngine string
	Officer    bool
	Approver   bool
	Done       string
	Heir       *link               // the institution that carries on after a merger
	Noted      []store.Observation // by local regulators; without effect on the score (PL-11)
}

// files are all files of evidence, by row.
func (d *dossier) files() []store.Evidence {
	var all []store.Evidence
	for _, row := range d.Evidence {
		all = append(all, row.Files...)
	}
	return all
}

type shownPlan struct {
	store.Plan
	Form desk.PlanForm
	Word string
}

type evidenceRow struct {
	Row   rubric.Row
	Files []store.Evidence
}

type seatView struct {
	store.Seat
	Name string
	Late bool
}

// compared is a row of Annex 2 with everybody's points.
type compared struct {
	Row    rubric.Row
	Self   string
	Sheets []string
	Result string
	Bar    template.HTML
}

func (s *Server) dossier(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	d := dossier{Path: yearPath(ref.Year, "i", ref.Code), Officer: r.Staff.Role == campaign.Officer, Approver: r.Staff.Role == campaign.Approver,
		Done: doneWord(r), Engine: s.engineURL(ref.ID())}
	for _, fill := range []func(context.Context, ask, contract.Ref, *dossier) error{s.fillHead, s.fillHandedIn, s.fillJudged, s.fillSent} {
		if err := fill(r.Context(), r, ref, &d); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, "office-institution", page{Title: d.I.Name, Crumbs: officeCrumbs(yearCrumb(ref.Year), link{Href: yearPath(ref.Year, "institutions"), Text: "参评机构"}), Wide: true, Data: d})
}

func (s *Server) fillHead(ctx context.Context, _ ask, ref contract.Ref, d *dossier) (err error) {
	if d.C, err = s.campaign(ctx, ref.Year); err != nil {
		return err
	}
	full, err := s.store.EntryInFull(ctx, ref)
	if err != nil {
		return err
	}
	d.E, d.I, d.More, d.Noted = full.Entry, full.Institution(), full.MoreTime, full.Noted
	if d.Names, err = s.store.StaffNames(ctx); err != nil {
		return err
	}
	if full.Heir != nil {
		d.Heir = &link{Href: yearPath(ref.Year, "i", full.Heir.Code), Text: full.Heir.Name + "（" + full.Heir.Code + "）"}
	}
	d.Now = d.C.Now(s.Desk.Clock())
	d.Today = campaign.DayOf(d.Now)
	if d.E.Stage != campaign.Left {
		d.Track = track(d.E.Stage)
	}
	return nil
}

func (s *Server) fillHandedIn(ctx context.Context, _ ask, ref contract.Ref, d *dossier) error {
	plans, err := s.store.Plans(ctx, ref)
	if err != nil {
		return err
	}
	if d.Plans = len(plans); d.Plans > 0 {
		v := viewPlan(plans[len(plans)-1])
		d.Plan = &v
	}
	if err := s.fillPlanned(ctx, d, plans); err != nil {
		return err
	}
	files, err := s.store.EvidenceOf(ctx, ref)
	if err != nil {
		return err
	}
	d.Evidence = byRow(s.Desk.Table, files)
	d.Missing = missingRows(files)
	own, err := s.store.SelfScores(ctx, ref)
	if n := len(own); n > 0 {
		d.SelfScore = &own[n-1]
	}
	return err
}

func viewPlan(p store.Plan) shownPlan {
	v := shownPlan{Plan: p, Word: map[string]string{"submitted": "已提交", "returned": "已退回", "accepted": "已通过"}[p.State()]}
	_ = json.Unmarshal(p.Body, &v.Form) // a body of an older form shows the boxes it has
	return v
}

// byRow puts files under the rows 1 to 14 that they are for; rows without any are left out.
func byRow(t *rubric.Table, files []store.Evidence) []evidenceRow {
	var all []evidenceRow
	for _, row := range t.Rows {
		var own []store.Evidence
		for _, f := range files {
			if f.Row == row.No {
				own = append(own, f)
			}
		}
		if len(own) > 0 {
			all = append(all, evidenceRow{row, own})
		}
	}
	return all
}

// missingRows are the rows 1 to 14 without a file.
func missingRows(files []store.Evidence) []int {
	var all []int
	for row := 1; row <= 14; row++ {
		if !slices.ContainsFunc(files, func(f store.Evidence) bool { return f.Row == row }) {
			all = append(all, row)
		}
	}
	return all
}

func (s *Server) fillJudged(ctx context.Context, r ask, ref contract.Ref, d *dossier) error {
	seats, err := s.store.SeatSheets(ctx, ref)
	if err != nil {
		return err
	}
	var sheets []store.Sheet
	for _, x := range seats {
		if x.SheetAt != nil {
			sheets = append(sheets, store.Sheet{Reviewer: x.Reviewer, Seat: x.Seat.Seat, Marks: x.Marks, Digest: x.Digest, At: *x.SheetAt})
		}
		d.Seats = append(d.Seats, seatView{x.Seat, named(d.Names, x.Reviewer), x.SheetAt == nil && campaign.DayOf(x.Due) < d.Today})
	}
	if d.Basis, err = s.store.BasisOf(ctx, ref, sheets, d.C.Rules.Settings.Threshold); err != nil {
		return err
	}
	d.Waits = d.Basis.Undecided() && d.E.Stage == campaign.Scoring && d.Today > d.C.Rules.Calendar.ScoringClose
	events, err := s.store.Events(ctx, ref)
	if err != nil {
		return err
	}
	d.Events = viewEvents(events, map[string]string{ref.Code: d.I.Name}, d.Names, r.Staff, s.Desk.Table)
	if d.Shared, err = s.Desk.ClaimedElsewhere(ctx, s.store.Reader, ref, events); err != nil {
		return err
	}
	if d.AlsoUsed, err = s.alsoUsed(r, d.files(), events); err != nil {
		return err
	}
	d.Venues = venueLine(d.files())
	if d.Results, err = s.store.Results(ctx, ref); err != nil {
		return err
	}
	if n := len(d.Results); n > 0 {
		d.Card = &d.Results[n-1].Card
	}
	if d.Appeals, err = s.store.Appeals(ctx, ref); err != nil {
		return err
	}
	if slices.ContainsFunc(d.Appeals, func(a store.Appeal) bool { return a.Row > 14 }) {
		if d.Decided, err = s.decidedWords(ctx, ref); err != nil {
			return err
		}
	}
	if len(d.Appeals) > 0 {
		if d.Void, err = s.store.VoidRulings(ctx, ref); err != nil {
			return err
		}
		if who, err := s.store.DeciderOf(ctx, ref); err == nil {
			d.Decider = named(d.Names, who.Reviewer)
		} else if campaign.KindOf(err) != campaign.NotFound {
			return err
		}
	}
	w, err := s.store.Warning(ctx, ref)
	switch {
	case err == nil:
		d.Warning, d.CaseEngine = &w, s.engineURL(ref.WarningID())
	case campaign.KindOf(err) != campaign.NotFound:
		return err
	}
	if !servedYet(d.E.Stage) {
		return nil // nobody weighs sheets against each other before the result stands
	}
	d.compare(s.Desk.Table, sheets)
	return nil
}

// servedYet tells whether the result has reached the institution.
func servedYet(st campaign.Stage) bool {
	return st == campaign.Served || st == campaign.Final || st == campaign.Closed
}

// compare sets own marks, sheets and result side by side, row by row.
func (d *dossier) compare(t *rubric.Table, sheets []store.Sheet) {
	for _, sh := range sheets {
		d.SheetHeads = append(d.SheetHeads, named(d.Names, sh.Reviewer))
	}
	for _, row := range t.Rows {
		c := compared{Row: row, Self: "—", Result: "—"}
		if d.SelfScore != nil {
			c.Self = pointsOf(d.SelfScore.Marks, row.No)
		}
		for _, sh := range sheets {
			c.Sheets = append(c.Sheets, pointsOf(sh.Marks, row.No))
		}
		if d.Card != nil {
			for _, x := range d.Card.Rows {
				if x.Row == row.No {
					c.Result, c.Bar = x.Points.String(), bar(x.Points, x.Max, row.Kind() == rubric.Deduction)
				}
			}
		}
		d.Rows = append(d.Rows, c)
	}
}

func pointsOf(marks []rubric.Mark, row int) string {
	for _, m := range marks {
		if m.Row == row {
			return m.Points.String()
		}
	}
	return "—"
}

func (s *Server) fillSent(ctx context.Context, _ ask, ref contract.Ref, d *dossier) error {
	letters, err := s.store.Letters(ctx, ref, "", 0, 200)
	if err != nil {
		return err
	}
	d.Letters = viewLetters(letters, d.Names)
	if d.Tickets, err = s.store.TicketUses(ctx, ref); err != nil {
		return err
	}
	if d.Papers, err = s.store.Papers(ctx, ref); err != nil {
		return err
	}
	leaves, err := s.store.Leaves(ctx, ref)
	d.Lines = newestFirst(wholeTimeline(told(leaves, d.E.Stage), d.Names))
	return err
}

func (s *Server) officeEvidence(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	return s.sendEvidence(w, r, ref)
}

func evidenceID(r ask) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, errNoPage
	}
	return id, nil
}
