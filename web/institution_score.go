package web

import (
	"cmp"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// selfView is the self-score page (Art. 29).
type selfView struct {
	own
	Open  bool
	Form  bool // the form is shown: at first, or after 撤回修改
	Due   campaign.Day
	State string
	Rows  []markRow
	Last  *store.SelfScore
	Sum   rubric.Points
	Saved string
	Heads desk.Certifiers // who certifies (GL-8)
	Lacks []checkLine     // what the registers miss: shown, it stops nobody
}

func (s *Server) selfShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	k, err := s.known(r.Context(), o)
	if err != nil {
		return page{}, o, err
	}
	v := selfView{own: o, Due: k.due(campaign.SelfScoreTask), State: k.selfScore().State}
	v.Open = o.Act && o.Entry.Stage == campaign.SelfScore && o.Now.Before(v.Due.End())
	v.Form = v.Open && (len(k.scores) == 0 || f != nil || k.scoreDraft || r.URL.Query().Get("do") == "redo")
	if n := len(k.scores); n > 0 {
		v.Last = &k.scores[n-1]
		for _, m := range v.Last.Marks {
			v.Sum += m.Points
		}
	}
	if f == nil {
		f = newForm()
		if v.Last != nil {
			writeMarks(f, v.Last.Marks)
		}
		d, err := s.draft(r.Context(), o, campaign.SelfScoreTask)
		if err != nil {
			return page{}, o, err
		}
		if typed(d, f); d.Body != nil {
			v.Saved = stamp(d.At)
		}
	}
	if v.Heads, err = s.Desk.Certifiers(r.Context(), o.Ref); err != nil {
		return page{}, o, err
	}
	if v.Lacks, err = s.ownLacking(r, o); err != nil {
		return page{}, o, err
	}
	v.Rows = markRows(s.Desk.Table, f, k.evidence)
	return page{Title: campaign.SelfScoreTask.Chinese(), Crumbs: o.crumbs(), Form: f, Data: v}, o, nil
}

func (s *Server) selfScorePage(w http.ResponseWriter, r ask) error {
	p, _, err := s.selfShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "self-score", p)
}

// selfAgain shows the form again with the faults at their rows.
func (s *Server) selfAgain(w http.ResponseWriter, r ask, f *form, err error) error {
	if e, ok := err.(*campaign.Error); ok {
		f.Faults = e.Fields
	}
	p, _, bad := s.selfShow(r, f)
	if bad != nil {
		return bad
	}
	return s.again(w, r, "self-score", p, err)
}

func (s *Server) selfScorePost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, rowOrder(14)...)
	if err != nil {
		return err
	}
	o, err := s.own(r)
	if err != nil {
		return err
	}
	switch f.Get("do") {
	case "save":
		if p, _, err := s.selfShow(r, f); err != nil {
			return err
		} else if o.Act && isShut(p.Data) {
			return s.again(w, r, "self-score", p, errShut)
		}
		if err := s.keep(r, o, campaign.SelfScoreTask, f); err != nil {
			return s.selfAgain(w, r, f, err)
		}
		http.Redirect(w, r.Request, r.URL.Path+"#saved", http.StatusSeeOther)
		return nil
	case "edit":
		p, _, err := s.selfShow(r, f)
		if err != nil {
			return err
		}
		return s.render(w, r, http.StatusOK, "self-score", p)
	}
	marks, faults := readMarks(f)
	if len(faults) > 0 || f.Get("do") == "check" {
		s.selfFaults(f, marks, faults)
		who, err := s.Desk.Certifiers(r.Context(), o.Ref)
		if err != nil {
			return err
		}
		if say := who.Fault(f.Get("name")); say != "" && faults["name"] == "" {
			faults["name"] = say
		}
	}
	if err := wrong(faults); err != nil {
		return s.selfAgain(w, r, f, err)
	}
	return s.confirm(w, r, o, f, effect{act: desk.SelfScoreAct, content: marks, title: "核对自评",
		page: check{Lead: "请核对自评得分和理由。截止日前可以重新提交，以最后一次为准。", Rows: append(markCheck(s.Desk.Table, marks), signerRows(f))},
		do: func(by desk.Signer) (desk.Receipt, error) {
			return s.Desk.SubmitSelfScore(r.Context(), r.Visitor, marks, by)
		},
		again: func(err error) error { return s.selfAgain(w, r, f, err) }})
}

// selfFaults finds before the check page what the desk would refuse after it.
func (s *Server) selfFaults(f *form, marks []rubric.Mark, faults map[string]string) {
	sheetFaults(s.Desk.Table.ValidateSheet(marks, true), faults)
	for _, m := range marks {
		if k := "row-" + strconv.Itoa(m.Row); faults[k] == "" && m.Reason == "" {
			faults[k] = "第 " + strconv.Itoa(m.Row) + " 项请填写自评理由"
		}
	}
	signerFaults(f, faults)
}

// resultView is the scorecard in words and drawings (AP-1).
type resultView struct {
	own
	Result  store.Result
	Rows    []resultRow
	Groups  []groupSum
	Trace   []traceLine
	Shape   template.HTML
	Self    bool
	Appeals []store.Appeal // decided, once the result is final
	Decided map[int][]string
	Final   bool
	Until   campaign.Day // of the time for 评价复核
	Papers  []store.Paper
	Basis   []string // of what it rests on, when not on the full double review
}

type resultRow struct {
	rubric.RowScore
	Title  string
	Bar    template.HTML
	Self   string
	Minus  bool
	Appeal bool
}

// groupSum is what a 一级指标 came to.
type groupSum struct {
	Name    string
	Got, Of rubric.Points
	Minus   bool
}

func groupSums(t *rubric.Table, card rubric.Scorecard) []groupSum {
	var all []groupSum
	for _, row := range card.Rows {
		r, _ := t.Row(row.Row)
		if n := len(all); n == 0 || all[n-1].Name != r.Group {
			all = append(all, groupSum{Name: r.Group, Minus: r.Kind() == rubric.Deduction})
		}
		g := &all[len(all)-1]
		g.Got, g.Of = g.Got+row.Points, g.Of+row.Max
	}
	return all
}

type traceLine struct {
	rubric.Line
	Title, Words string
}

// ownResult is the version that the institution may see: the first when it is
// served, the last once it is final; none before.
func (s *Server) ownResult(r ask, o own) (store.Result, bool, error) {
	all, err := s.store.Results(r.Context(), o.Ref)
	if err != nil || len(all) == 0 {
		return store.Result{}, false, err
	}
	switch o.Entry.Stage {
	case campaign.Served:
		return all[0], true, nil
	case campaign.Final, campaign.Closed:
		return all[len(all)-1], true, nil
	}
	return store.Result{}, false, nil
}

func (s *Server) resultPage(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	res, served, err := s.ownResult(r, o)
	if err != nil {
		return err
	}
	p := page{Title: "评价结果", Crumbs: o.crumbs(), Wide: true}
	if !served {
		p.Data = resultView{own: o}
		return s.render(w, r, http.StatusOK, "result", p)
	}
	v, err := s.resultView(r, o, res)
	if err != nil {
		return err
	}
	p.Data = v
	return s.render(w, r, http.StatusOK, "result", p)
}

func (s *Server) resultView(r ask, o own, res store.Result) (resultView, error) {
	v := resultView{own: o, Result: res, Final: o.Entry.Stage != campaign.Served, Until: o.Entry.DueDay()}
	scores, err := s.store.SelfScores(r.Context(), o.Ref)
	if err != nil {
		return v, err
	}
	appeals, err := s.store.Appeals(r.Context(), o.Ref)
	if err != nil {
		return v, err
	}
	events, err := s.store.ScoringEvents(r.Context(), o.Ref)
	if err != nil {
		return v, err
	}
	leaves, err := s.store.Leaves(r.Context(), o.Ref)
	if err != nil {
		return v, err
	}
	papers, err := s.store.Papers(r.Context(), o.Ref)
	if err != nil {
		return v, err
	}
	v.Papers = handed(papers, leaves)
	basis, err := s.store.Basis(r.Context(), o.Ref)
	if err != nil {
		return v, err
	}
	c, err := s.campaign(r.Context(), o.Ref.Year)
	if err != nil {
		return v, err
	}
	v.Basis = basis.Told(cmp.Or(c.Rules.Settings.Issuer, s.Issuer))
	if v.Final {
		v.Appeals = appeals
		if v.Decided, err = s.decidedWords(r.Context(), o.Ref); err != nil {
			return v, err
		}
	}
	var self []rubric.Mark
	if n := len(scores); n > 0 {
		self, v.Self = scores[n-1].Marks, true
	}
	for _, row := range res.Card.Rows {
		v.Rows = append(v.Rows, s.resultRow(row, self, appeals))
	}
	v.Groups = groupSums(s.Desk.Table, res.Card)
	v.Trace = traceLines(s.Desk.Table, res.Card, events)
	v.Shape = radar("shape", "各项得分占满分的比例", shares(s.Desk.Table, res.Card, self))
	return v, nil
}

func (s *Server) resultRow(row rubric.RowScore, self []rubric.Mark, appeals []store.Appeal) resultRow {
	t, _ := s.Desk.Table.Row(row.Row)
	minus := t.Kind() == rubric.Deduction
	out := resultRow{RowScore: row, Title: t.Title, Bar: bar(row.Points, row.Max, minus), Minus: minus}
	for _, m := range self {
		if m.Row == row.Row {
			out.Self = m.Points.String()
		}
	}
	for _, a := range appeals {
		out.Appeal = out.Appeal || a.Row == row.Row
	}
	return out
}

// traceLines tells the events of rows 15 and 16 in words; what is still being
// looked into is not told before it is ruled on.
func traceLines(t *rubric.Table, card rubric.Scorecard, events []store.Event) []traceLine {
	titles, again := map[string]string{}, map[string]string{}
	for _, e := range events {
		titles[strconv.FormatInt(e.ID, 10)] = e.Title
		if words := e.AmendedWords(t); words != "" {
			again[e.Rubric().ID] = "；" + words
		}
	}
	var all []traceLine
	for _, l := range card.Trace {
		if l.Event != "" && l.Rule != rubric.RulePending {
			all = append(all, traceLine{l, titles[strings.TrimSpace(l.Event)], rubric.RuleText(l.Rule) + again[l.Event]})
		}
	}
	return all
}
