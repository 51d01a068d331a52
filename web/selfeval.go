package web

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"xuanping/campaign"
	"xuanping/rubric"
)

// SelfPaper prints a self-evaluation; app wires the printer, for pages know no PDF.
type SelfPaper func(sheet rubric.Sheet, card rubric.Scorecard, day time.Time) ([]byte, error)

// selfRoutes registers the self-evaluation that anybody may do (五(三), PL-19):
// no account, nothing stored, and nothing about it official.
func (s *Server) selfRoutes() {
	gate := rate.NewLimiter(rate.Limit(2), 20) // a paper costs milliseconds: not for free without end
	s.handle("GET /self-evaluation", s.selfEvaluationPage)
	s.handle("POST /self-evaluation", func(w http.ResponseWriter, r ask) error { return s.selfEvaluate(w, r, gate) })
}

// selfEvents is how many events the form has.
const selfEvents = 8

// selfEvaluation is the form and, once it can be scored, its result.
type selfEvaluation struct {
	Rows   []markRow
	Events []selfEvent
	Card   *rubric.Scorecard
	Lines  []selfLine
	Shape  template.HTML
	Trace  []traceWords
	Hidden [][2]string
	PDF    bool
}

type selfEvent struct {
	No     int
	Fields []field
	Filled bool
}

type selfLine struct {
	rubric.RowScore
	Title string
	Bar   template.HTML
	Minus bool
}

type traceWords struct {
	Title, Clause, Words string
	Points, Counted      rubric.Points
}

func (s *Server) selfForm(f *form) page {
	v := selfEvaluation{Rows: markRows(s.Desk.Table, f, nil), PDF: s.SelfPaper != nil}
	for i := 1; i <= selfEvents; i++ {
		n := itoa(i)
		e := selfEvent{No: i, Fields: []field{chooseField(f, "clause-"+n, "条款", "", s.clauseOptions()), numberField(f, "worth-"+n, "分值", "正数"),
			textField(f, "title-"+n, "事项名称", ""), dayField(f, "on-"+n, "发生日期", ""), textField(f, "matter-"+n, "同一事项标识", "同一事项填写相同的标识")}}
		for _, x := range e.Fields {
			e.Filled = e.Filled || x.Value != "" || x.Fault != ""
		}
		v.Events = append(v.Events, e)
	}
	return page{Title: "宣传工作自评（非官方）", Form: f, Wide: true, Data: v}
}

func (s *Server) selfEvaluationPage(w http.ResponseWriter, r ask) error {
	f := newForm().Set("year", itoa(campaign.DayOf(s.Desk.Clock()).Year()))
	return s.render(w, r, http.StatusOK, "self-evaluation", s.selfForm(f))
}

// readSelf takes a sheet as typed; faults are named by field.
func (s *Server) readSelf(f *form) (rubric.Sheet, map[string]string) {
	bad := map[string]string{}
	sheet := rubric.Sheet{Institution: strings.TrimSpace(f.Get("institution"))}
	if n := len([]rune(sheet.Institution)); n == 0 || n > 60 {
		bad["institution"] = "请填写名称（不超过 60 字）"
	}
	var err error
	if sheet.Year, err = strconv.Atoi(strings.TrimSpace(f.Get("year"))); err != nil || sheet.Year < 2000 || sheet.Year > 2100 {
		bad["year"] = "请填写四位数字的年度"
	}
	for _, row := range s.Desk.Table.Rows {
		n := itoa(row.No)
		typed := strings.TrimSpace(f.Get("points-" + n))
		if row.Kind() != rubric.Base || typed == "" {
			continue // a row without a mark is worth nothing, as everywhere
		}
		p, err := rubric.ParsePoints(typed)
		reason := strings.TrimSpace(f.Get("reason-" + n))
		switch {
		case err != nil:
			bad["row-"+n] = "第 " + n + " 项：" + err.Error()
		case p < 0 || p > row.Max || p%rubric.Half != 0:
			bad["row-"+n] = "第 " + n + " 项：得分应在 0 至 " + row.Max.String() + " 之间，以 0.5 分递进"
		case len([]rune(reason)) > 500:
			bad["row-"+n] = "第 " + n + " 项：理由不超过 500 字"
		default:
			sheet.Marks = append(sheet.Marks, rubric.Mark{Row: row.No, Points: p, Reason: reason})
		}
	}
	for i := 1; i <= selfEvents; i++ {
		if e, used := s.readSelfEvent(f, itoa(i), bad); used {
			sheet.Events = append(sheet.Events, e)
		}
	}
	return sheet, bad
}

func (s *Server) readSelfEvent(f *form, n string, bad map[string]string) (rubric.Event, bool) {
	get := func(name string) string { return strings.TrimSpace(f.Get(name + "-" + n)) }
	if get("clause")+get("worth")+get("title")+get("on")+get("matter") == "" {
		return rubric.Event{}, false
	}
	e := rubric.Event{ID: n, Clause: get("clause"), Title: get("title"), OccurredOn: get("on"), Matter: get("matter"), State: rubric.Confirmed}
	var err error
	if e.Points, err = rubric.ParsePoints(get("worth")); err != nil {
		bad["worth-"+n] = "事项 " + n + "：" + err.Error()
	} else if e.Clause == "" {
		bad["clause-"+n] = "事项 " + n + "：请选择条款"
	} else if _, err := campaign.ParseDay(e.OccurredOn); err != nil {
		bad["on-"+n] = "事项 " + n + "：请填写发生日期，格式 2026-03-01"
	} else if err := s.Desk.Table.ValidateEvent(e); err != nil {
		bad["worth-"+n] = err.Error()
	} else if len([]rune(e.Title)) > 200 || len([]rune(e.Matter)) > 60 {
		bad["title-"+n] = "事项 " + n + "：名称不超过 200 字，标识不超过 60 字"
	}
	return e, true
}

// selfEvaluate scores what was typed by the engine of the official scores and
// keeps nothing of it.
func (s *Server) selfEvaluate(w http.ResponseWriter, r ask, gate *rate.Limiter) error {
	f, err := readForm(r, append([]string{"institution", "year"}, rowOrder(14)...)...)
	if err != nil {
		return err
	}
	if f.Get("do") == "edit" {
		return s.render(w, r, http.StatusOK, "self-evaluation", s.selfForm(f))
	}
	sheet, bad := s.readSelf(f)
	err = wrong(bad)
	var card rubric.Scorecard
	if err == nil {
		if card, err = s.Desk.Table.Score(sheet.Year, sheet.Marks, sheet.Events); err != nil {
			err = &campaign.Error{Kind: campaign.Invalid, Say: err.Error()}
		}
	}
	if err != nil {
		f.Faults = faultsOf(err)
		return s.again(w, r, "self-evaluation", s.selfForm(f), err)
	}
	if f.Get("do") == "pdf" && s.SelfPaper != nil {
		return s.selfPaper(w, sheet, card, gate)
	}
	p := s.selfForm(f)
	v := p.Data.(selfEvaluation)
	v.Card, v.Hidden = &card, f.Hidden()
	v.Lines, v.Shape, v.Trace = s.selfResult(sheet, card)
	p.Data = v
	return s.render(w, r, http.StatusOK, "self-evaluation", p)
}

func (s *Server) selfResult(sheet rubric.Sheet, card rubric.Scorecard) (lines []selfLine, shape template.HTML, trace []traceWords) {
	var axes []axis
	for _, row := range card.Rows {
		t, _ := s.Desk.Table.Row(row.Row)
		l := selfLine{RowScore: row, Title: t.Title, Minus: t.Kind() == rubric.Deduction}
		l.Bar = bar(row.Points, row.Max, l.Minus)
		lines = append(lines, l)
		if t.Kind() == rubric.Base {
			axes = append(axes, axis{Label: itoa(row.Row), Own: float64(row.Points) / float64(row.Max), Other: -1})
		}
	}
	for _, l := range card.Trace {
		for _, e := range sheet.Events {
			if l.Event == e.ID {
				trace = append(trace, traceWords{e.Title, l.Clause, rubric.RuleText(l.Rule), l.Points, l.Counted})
			}
		}
	}
	return lines, radar("self", "各项自评得分占满分的比例", axes), trace
}

func (s *Server) selfPaper(w http.ResponseWriter, sheet rubric.Sheet, card rubric.Scorecard, gate *rate.Limiter) error {
	if !gate.Allow() {
		w.Header().Set("Retry-After", "5")
		return campaign.Fail(campaign.Conflict, "同时生成自评表的人较多，请稍后再试")
	}
	b, err := s.SelfPaper(sheet, card, s.Desk.Clock())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	fileHeaders(w.Header(), "自评表（非官方）.pdf", true)
	_, _ = w.Write(b)
	return nil
}
