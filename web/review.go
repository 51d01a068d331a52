package web

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// reviewRoutes registers a reviewer's pages. They are blind: a reviewer meets
// institutions whose seat he holds, and nobody else's marks or name.
func (s *Server) reviewRoutes() {
	s.handle("GET /review", s.reviewQueue)
	s.handle("GET /review/{year}/{code}", s.sheetPage)
	s.handle("POST /review/{year}/{code}", s.handInSheet)
	s.handle("GET /review/{year}/{code}/evidence/{id}", s.reviewEvidence)
	s.handle("GET /review/{year}/{code}/appeal", s.rulingsPage)
	s.handle("POST /review/{year}/{code}/appeal", s.decideAppeal)
	s.handle("GET /review/{year}/{code}/files/{n}", s.appealFile)
	s.conflictRoutes()
	s.offlineRoutes()
	s.previewRoutes()
}

// job is a task of a reviewer.
type job struct {
	Name, Code, Href, State string
	Year, Seat              int
	Due                     campaign.Day
	Days                    int
	Late                    bool
	Given, Rows             int // rows with points in the draft, and all
}

// reviewQueue lists a reviewer's work over all campaigns, the most urgent first.
func (s *Server) reviewQueue(w http.ResponseWriter, r ask) error {
	var todo, done, appeals []job
	all, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	duties, err := s.duties(r, all)
	if err != nil {
		return err
	}
	begun, err := s.begun(r)
	if err != nil {
		return err
	}
	for _, c := range all {
		today := campaign.DayOf(c.Now(s.Desk.Clock()))
		called, stages, err := s.called(r, c.Year)
		if err != nil {
			return err
		}
		seats, err := s.store.SeatsOf(r.Context(), c.Year, r.Staff.ID)
		if err != nil {
			return err
		}
		for _, x := range seats {
			j := newJob(contract.Ref{Year: x.Year, Code: x.Code}, called[x.Code], campaign.Day(x.Due.Format("2006-01-02")), today, "")
			j.Seat = x.Seat
			switch {
			case x.SheetAt != nil:
				j.State = "已提交"
				done = append(done, j)
			case stages[x.Code] != campaign.Scoring:
				j.State = "已截止"
				done = append(done, j)
			default:
				j.State, j.Given, j.Rows = "待办", begun[contract.Ref{Year: x.Year, Code: x.Code}], baseRows
				todo = append(todo, j)
			}
		}
		decides, err := s.store.DecidesFor(r.Context(), c.Year, r.Staff.ID)
		if err != nil {
			return err
		}
		for _, x := range decides {
			appeals = append(appeals, newJob(contract.Ref{Year: x.Year, Code: x.Code}, called[x.Code], campaign.Day(x.Due.Format("2006-01-02")), today, "/appeal"))
		}
	}
	slices.SortStableFunc(todo, func(a, b job) int { return cmp.Compare(a.Due, b.Due) })
	return s.render(w, r, http.StatusOK, "review-queue", page{Title: "评审任务", Data: map[string]any{"Todo": todo, "Done": done, "Handed": handedIn(done), "All": handedIn(done) + len(todo), "Appeals": appeals, "Duties": duties, "Word": doneWord(r)}})
}

// baseRows is how many rows of Annex 2 a reviewer marks.
const baseRows = 14

// begun counts the rows that have points in a reviewer's drafts.
func (s *Server) begun(r ask) (map[contract.Ref]int, error) {
	all, err := s.store.Drafts(r.Context(), r.Staff.ID, string(campaign.ScoreTask))
	if err != nil {
		return nil, err
	}
	out := map[contract.Ref]int{}
	for _, d := range all {
		var marks []rubric.Mark
		if err := json.Unmarshal(d.Body, &marks); err != nil {
			return nil, err
		}
		out[contract.Ref{Year: d.Year, Code: d.Code}] = len(given(marks))
	}
	return out, nil
}

func newJob(ref contract.Ref, name string, due, today campaign.Day, page string) job {
	return job{Name: name, Code: ref.Code, Year: ref.Year, Href: "/review/" + ref.ID() + page, State: "待办", Due: due, Days: today.DaysUntil(due), Late: due < today}
}

// handedIn counts the sheets that are in.
func handedIn(done []job) int {
	n := 0
	for _, j := range done {
		if j.State == "已提交" {
			n++
		}
	}
	return n
}

// called maps the codes of a year to names and stages.
func (s *Server) called(r ask, year int) (map[string]string, map[string]campaign.Stage, error) {
	entries, err := s.store.Entries(r.Context(), year)
	names, stages := map[string]string{}, map[string]campaign.Stage{}
	for _, e := range entries {
		names[e.Code], stages[e.Code] = e.Name, e.Stage
	}
	return names, stages, err
}

// sheetView is a reviewer's sheet with what he judges by.
type sheetView struct {
	E        store.Entry
	Due      campaign.Day
	Today    campaign.Day
	Now      time.Time
	Late     bool
	Plan     *shownPlan
	Rows     []sheetRow
	Own      *store.Sheet // handed in: read only
	Open     bool
	Action   string
	Done     string
	DraftAt  string
	Total    rubric.Points
	Evidence int
	Noted    []store.Observation // by local regulators; without effect on the score (PL-11)
	Hidden   bool                // the self-score is not shown before the sheet is handed in
	Script   string
	Progress progress
}

// sheetRow is a line of Annex 2 with its evidence and the fields to mark it.
type sheetRow struct {
	Row        rubric.Row
	NewGroup   bool
	Files      []shownFile
	Registers  []registerView
	Self       string
	SelfReason string
	Points     field
	Reason     field
	Mark       *rubric.Mark
	Bad        bool
	Given      bool          // has points
	Reports    *reportLedger // 48-hour ledger, beside rows 11 and 12
	markParts
}

func (s *Server) sheetOf(r ask) (sheetView, error) {
	ref, err := r.ref()
	if err != nil {
		return sheetView{}, err
	}
	seat, err := s.Desk.HoldsSeat(r.Context(), r.Staff, ref)
	if err != nil {
		return sheetView{}, err
	}
	v := sheetView{Due: campaign.Day(seat.Due.Format("2006-01-02")), Action: "/review/" + ref.ID(), Done: doneWord(r)}
	c, err := s.campaign(r.Context(), ref.Year)
	if err != nil {
		return v, err
	}
	v.Now = c.Now(s.Desk.Clock())
	v.Today = campaign.DayOf(v.Now)
	v.Late = v.Due < v.Today
	if v.E, err = s.store.Entry(r.Context(), ref); err != nil {
		return v, err
	}
	sheets, err := s.store.SheetsOf(r.Context(), ref)
	if err != nil {
		return v, err
	}
	for _, sh := range sheets {
		if sh.Reviewer == r.Staff.ID {
			v.Own = &sh
		}
	}
	v.Open = v.Own == nil && v.E.Stage == campaign.Scoring
	v.Hidden = c.Rules.Settings.HideSelfScore && v.Own == nil
	if v.Open {
		v.Script = sheetScript.name
	}
	return v, s.fillSheet(r, ref, &v)
}

// fillSheet adds what the institution handed in.
func (s *Server) fillSheet(r ask, ref contract.Ref, v *sheetView) error {
	plans, err := s.store.Plans(r.Context(), ref)
	if err != nil {
		return err
	}
	if v.Noted, err = s.store.Observations(r.Context(), ref); err != nil {
		return err
	}
	if n := len(plans); n > 0 {
		p := viewPlan(plans[n-1])
		v.Plan = &p
	}
	files, err := s.store.EvidenceOf(r.Context(), ref)
	if err != nil {
		return err
	}
	own, err := s.store.SelfScores(r.Context(), ref)
	if err != nil {
		return err
	}
	incidents, err := s.store.Incidents(r.Context(), ref)
	if err != nil {
		return err
	}
	c, err := s.campaign(r.Context(), ref.Year)
	if err != nil {
		return err
	}
	book, err := s.registerBook(r.Context(), ref, v.Today, c.Rules.Calendar)
	if err != nil {
		return err
	}
	facts := desk.ReviewFacts{Files: files, Registers: slices.Collect(maps.Values(book.filed)), Events: book.events, Incidents: incidents}
	if n := len(own); n > 0 {
		facts.Self = own[n-1].Marks
	}
	rule := s.Desk.RuleFrom(c, facts)
	group := ""
	for _, row := range s.Desk.Table.Rows {
		if row.Kind() != rubric.Base {
			continue
		}
		x := sheetRow{Row: row, NewGroup: row.Group != group, Self: "—"}
		if reportRows[row.No] {
			x.Reports = ledgerOf(incidents, v.Now)
		}
		group = row.Group
		x.Registers = book.byRow(row.No, campaign.SeerReviewer, v.Action)
		x.Files = shownFiles(files, row.No, v.Action)
		v.Evidence += len(x.Files)
		if len(own) > 0 && !v.Hidden {
			x.Self, x.SelfReason = pointsOf(facts.Self, row.No), reasonOf(facts.Self, row.No)
		}
		x.fill(row, rule)
		if v.Own != nil {
			if i := slices.IndexFunc(v.Own.Marks, func(m rubric.Mark) bool { return m.Row == row.No }); i >= 0 {
				x.Mark = &v.Own.Marks[i]
				v.Total += x.Mark.Points
			}
		}
		v.Rows = append(v.Rows, x)
	}
	return nil
}

func reasonOf(marks []rubric.Mark, row int) string {
	for _, m := range marks {
		if m.Row == row {
			return m.Reason
		}
	}
	return ""
}

func (s *Server) reviewEvidence(w http.ResponseWriter, r ask) error {
	ref, err := s.mayRead(r)
	if err != nil {
		return err
	}
	return s.sendEvidence(w, r, ref)
}

// mayRead names the institution whose files a reviewer asks for: his by a seat
// or by an appeal.
func (s *Server) mayRead(r ask) (contract.Ref, error) {
	ref, err := r.ref()
	if err != nil {
		return ref, err
	}
	if _, err := s.Desk.HoldsSeat(r.Context(), r.Staff, ref); err != nil {
		if e := s.Desk.Decides(r.Context(), r.Staff, ref); e != nil {
			return ref, err
		}
	}
	return ref, nil
}
