package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// determineRoutes registers the file of a negative event and its moves.
func (s *Server) determineRoutes() {
	const here = " /office/{year}/i/{code}/event/{id}"
	s.handle("GET"+here+"/file", s.eventFile)
	s.handle("GET"+here+"/move", s.movePage)
	s.handle("POST"+here+"/move", s.moveEvent)
}

// negativeState is the word for how far a negative event has come.
func negativeState(e store.Event) string {
	if e.Confirmed != nil && *e.Confirmed {
		return campaign.EventEstablished.Chinese()
	}
	if e.Confirmed != nil && e.Stand() != campaign.EventUnrelated {
		return campaign.EventDismissed.Chinese()
	}
	return e.Stand().Chinese()
}

// moveView is a step of a determination with its words.
type moveView struct {
	store.EventMove
	What, Who, Source, Related string
}

func viewMoves(all []store.EventMove, event int64, who func(store.EventMove) string) []moveView {
	var out []moveView
	for _, m := range all {
		if m.Event == event {
			out = append(out, moveView{m, m.Act.Chinese(), who(m), campaign.WordOf(campaign.SourceKinds(), string(m.SourceKind)), m.Relevance.Chinese()})
		}
	}
	return out
}

// eventFile is the file of an event: its way, what it costs altogether, what
// comparable events cost (§2 no. 12, 15).
func (s *Server) eventFile(w http.ResponseWriter, r ask) error {
	e, v, err := s.eventOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	names, err := s.store.StaffNames(ctx)
	if err != nil {
		return err
	}
	moves, err := s.store.EventMoves(ctx, e.Ref())
	if err != nil {
		return err
	}
	cost, err := s.Desk.CostOf(ctx, s.store.Reader, e.Stage, v.Event)
	if err != nil {
		return err
	}
	shared, err := s.Desk.ClaimedElsewhere(ctx, s.store.Reader, e.Ref(), []store.Event{v.Event})
	if err != nil {
		return err
	}
	reading, err := s.readingOf(r, e.Year)
	if err != nil {
		return err
	}
	used, err := s.usedPoints(r, reading, e.Year, v.Clause)
	if err != nil {
		return err
	}
	files, err := s.claimFiles(ctx, v.Event)
	if err != nil {
		return err
	}
	uses, err := s.usesOf(r, v.Event)
	if err != nil {
		return err
	}
	who := func(m store.EventMove) string {
		if m.By == "" {
			return e.Name + "　" + m.ByName
		}
		return named(names, m.By)
	}
	return s.render(w, r, http.StatusOK, "office-file", page{Title: "事项案卷", Crumbs: append(entryCrumbs(e), link{Href: yearPath(e.Year, "events"), Text: "加分与扣分事项"}), Wide: true, Data: map[string]any{
		"E": e, "V": v, "Moves": viewMoves(moves, v.ID, who), "Cost": cost, "Used": used, "Once": reading.HappeningWords(), "Files": files, "Files0": entryPath(e.Ref(), "files"), "Uses": uses, "Shared": shared[v.ID], "Done": doneWord(r), "Decider": named(names, v.AmendedBy), "Path": entryPath(e.Ref(), "event", itoa(int(v.ID))),
		"MayMove": r.Staff.Role == campaign.Officer && v.Minus, "Roles": campaign.WordOf(campaign.Parts(), string(v.Role)), "Adopted": campaign.WordOf(campaign.Adoptions(), string(v.Adoption))}})
}

// usedPoints draws how often each figure of a clause was used this year, in the
// steps of the year's reading.
func (s *Server) usedPoints(r ask, reading rubric.Reading, year int, clause string) (template.HTML, error) {
	c, ok := s.Desk.Table.Clause(clause)
	if !ok || c.Min == c.Max {
		return "", nil
	}
	all, err := s.store.Events(r.Context(), contract.Ref{Year: year})
	if err != nil {
		return "", err
	}
	return bars("used", "本年度条款 "+clause+" 各分值的使用次数", usedMarks(reading, c, all)), nil
}

// usedMarks counts the confirmed events of a clause by every figure that may be taken.
func usedMarks(reading rubric.Reading, c rubric.Clause, all []store.Event) []mark {
	var marks []mark
	for p := c.Min; p <= c.Max; p += reading.Step(c) {
		m := mark{Label: "扣 " + p.String() + " 分"}
		for _, e := range all {
			if e.Clause == c.ID && e.Confirmed != nil && *e.Confirmed && e.Points == p {
				m.N++
			}
		}
		marks = append(marks, m)
	}
	return marks
}

// movesFor lists the acts that a role may do in a state.
func movesFor(st campaign.EventState, all ...campaign.EventAct) []option {
	var out []option
	for _, m := range campaign.EventMoves() {
		if m[0] == string(st) && slices.Contains(all, campaign.EventAct(m[1])) {
			out = append(out, option{Value: m[1], Text: campaign.EventAct(m[1]).Chinese()})
		}
	}
	return out
}

func options(all [][2]string) []option {
	var out []option
	for _, v := range all {
		out = append(out, option{Value: v[0], Text: v[1]})
	}
	return out
}

func (s *Server) movePage(w http.ResponseWriter, r ask) error {
	e, v, err := s.eventOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	reading, err := s.readingOf(r, e.Year)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, s.moveForm(e, v, reading, f), f)
}

func (s *Server) moveForm(e store.Entry, v eventView, reading rubric.Reading, f *form) page {
	fp := formPage{Action: entryPath(e.Ref(), "event", itoa(int(v.ID)), "move"), Lead: "扣分事项先作为线索，经调查、告知机构、听取意见后，由另一位人员认定；认定之前不扣分。",
		Facts: append(eventFacts(e, v), [2]string{"状态", v.State})}
	acts := movesFor(v.Stand(), campaign.EventInquire, campaign.EventTell, campaign.EventRefer)
	if len(acts) > 0 {
		fp.Sections = []section{{Title: "办理", Fields: []field{radioField(f, "act", "事项", "“转监管线索”只作移交记录（第二十五条），不影响得分", acts),
			areaField(f, "text", "情况说明", "立项写明线索来源；告知写明查明的事实；移交写明接收单位", 5)}}}
		fp.Button = "检查并提交"
	}
	if slices.ContainsFunc(acts, func(o option) bool { return o.Value == string(campaign.EventTell) }) {
		c, _ := s.Desk.Table.Clause(v.Clause)
		fp.Sections = append(fp.Sections, section{Title: "拟认定的内容", Hint: "告知机构时填写", Fields: []field{
			chooseField(f, "source_kind", "依据种类", "仅凭媒体报道不能认定", append([]option{{Text: "请选择"}}, options(campaign.SourceKinds())...)),
			chooseField(f, "relevance", "与认证活动的相关性（第二十三条）", "", append([]option{{Text: "请选择"}}, options(campaign.RelevanceWords())...)),
			numberField(f, "points", "拟扣分值", "条款 "+c.ID+" 每次扣 "+c.Min.String()+" 至 "+c.Max.String()+" 分，"+campaign.StepWords(reading.Step(c))),
			areaField(f, "severity", "分值理由", "写明影响范围、后果和处置情况", 3),
		}})
	}
	return page{Title: "办理扣分事项", Crumbs: append(entryCrumbs(e), link{Href: entryPath(e.Ref(), "event", itoa(int(v.ID)), "file"), Text: "事项案卷"}), Data: fp}
}

// eventFacts are the lines of an event on the pages that decide about it.
func eventFacts(e store.Entry, v eventView) [][2]string {
	sign := "加 "
	if v.Minus {
		sign = "扣 "
	}
	rows := [][2]string{{"机构", e.Name}, {"事项名称", v.Title}, {"条款", v.Clause + "　" + v.ClauseText}, {"分值", sign + v.Points.String() + " 分"}}
	for _, x := range [][2]string{{"活动", v.Activity}, {"角色", campaign.WordOf(campaign.Parts(), string(v.Role))}, {"媒体", v.Medium}, {"网址", v.URL}, {"采用", campaign.WordOf(campaign.Adoptions(), string(v.Adoption))}} {
		if x[1] != "" {
			rows = append(rows, x)
		}
	}
	return append(rows, [][2]string{{"同一事项标识", v.Matter}, {"依据", v.Source}, {"发生日期", campaign.DayOf(v.OccurredOn).Chinese()}, {map[bool]string{true: "来源", false: "登记人"}[v.Claimed()], v.Registrar + "，" + stamp(v.At)}}...)
}

// moveEvent opens an inquiry, tells the institution or hands a lead over.
func (s *Server) moveEvent(w http.ResponseWriter, r ask) error {
	e, v, err := s.eventOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "act", "text", "source_kind", "relevance", "points", "severity")
	if err != nil {
		return err
	}
	reading, err := s.readingOf(r, e.Year)
	if err != nil {
		return err
	}
	in := desk.EventMoveForm{Act: campaign.EventAct(f.Get("act")), Text: f.Get("text"), Finding: campaign.Finding{
		Source: campaign.SourceKind(f.Get("source_kind")), Relevance: campaign.Relevance(f.Get("relevance")), Severity: f.Get("severity")}}
	in.Finding.Points, _ = rubric.ParsePoints(f.Get("points"))
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return s.moveForm(e, v, reading, f) }),
		look: func() error {
			if err := wanting(f, map[string]string{"act": "请选择要办理的事项", "text": "请填写情况说明"}); err != nil || in.Act != campaign.EventTell {
				return err
			}
			c, _ := s.Desk.Table.Clause(v.Clause)
			return wrong(in.Finding.Faults(c, reading))
		},
		rows: func() [][2]string {
			rows := [][2]string{{"机构", e.Name}, {"事项名称", v.Title}, {"办理", in.Act.Chinese()}, {"情况说明", in.Text}}
			if in.Act == campaign.EventTell {
				rows = append(rows, [][2]string{{"依据种类", campaign.WordOf(campaign.SourceKinds(), string(in.Finding.Source))},
					{"相关性", in.Finding.Relevance.Chinese()}, {"拟扣分值", in.Finding.Points.String() + " 分"}, {"分值理由", in.Finding.Severity}}...)
			}
			return rows
		},
		title: "请核对", lead: "确认后记入台账，不能修改或删除；告知的内容将发给机构。", word: "确认",
		act:  func() error { return s.Desk.MoveEvent(r.Context(), r.Staff, e.Ref(), v.ID, in) },
		done: entryPath(e.Ref(), "event", itoa(int(v.ID)), "file") + "?done=move",
	})
}

// endings are the approver's decisions about a negative event.
var endings = map[string]campaign.EventAct{"confirm": campaign.EventEstablish, "reject": campaign.EventDismiss, "unrelated": campaign.EventUnrelate, "return": campaign.EventReturn}

func endOptions(st campaign.EventState) []option {
	var out []option
	for _, value := range []string{"confirm", "reject", "unrelated", "return"} {
		if len(movesFor(st, endings[value])) > 0 {
			out = append(out, option{Value: value, Text: endings[value].Chinese(), Hint: map[string]string{"confirm": "按告知的分值扣分", "unrelated": "第二十三条", "return": "经办人员补充后重新告知"}[value]})
		}
	}
	return out
}

// determineForm is the approver's page of a negative event.
func (s *Server) determineForm(r ask, e store.Entry, v eventView, f *form) (page, error) {
	moves, err := s.store.EventMoves(r.Context(), e.Ref())
	if err != nil {
		return page{}, err
	}
	moves = slices.DeleteFunc(moves, func(m store.EventMove) bool { return m.Event != v.ID })
	fp := formPage{Action: entryPath(e.Ref(), "event", itoa(int(v.ID))), Lead: "认定后计入得分，不能撤回。登记、调查和告知的人员不能认定。", Facts: append(eventFacts(e, v), [2]string{"状态", v.State})}
	c, err := s.campaign(r.Context(), e.Year)
	if err != nil {
		return page{}, err
	}
	told, h, err := desk.HearingOf(r.Context(), s.store.Reader, c, e.Ref(), moves)
	if err != nil {
		return page{}, err
	}
	if told.Notice != nil {
		heard := "尚未陈述，期限 " + h.Due.Chinese()
		switch {
		case h.Replied:
			heard = "已陈述意见"
		case h.Unserved:
			heard = "尚未陈述；告知尚未送达，期限没有起算。" + campaign.ServeAgain
		}
		fp.Facts = append(fp.Facts, [][2]string{{"依据种类", campaign.WordOf(campaign.SourceKinds(), string(told.SourceKind))}, {"相关性（第二十三条）", told.Relevance.Chinese()},
			{"拟扣分值", told.Finding().Points.String() + " 分"}, {"分值理由", told.Severity}, {"机构意见", heard}}...)
	}
	for _, m := range moves {
		fp.Texts = append(fp.Texts, [2]string{m.Act.Chinese() + "（" + stamp(m.At) + "）", m.Text})
	}
	if all := endOptions(v.Stand()); v.Confirmed == nil && len(all) > 0 {
		fp.Sections = []section{{Title: "认定", Fields: []field{radioField(f, "decision", "认定结论", "", all), areaField(f, "reason", "认定理由", "写明依据的事实和条款", 4)}}}
		fp.Button = "检查并提交"
	}
	return page{Title: "认定扣分事项", Crumbs: append(entryCrumbs(e), link{Href: entryPath(e.Ref(), "event", itoa(int(v.ID)), "file"), Text: "事项案卷"}), Data: fp}, nil
}

// determine is the approver's act on a negative event.
func (s *Server) determine(w http.ResponseWriter, r ask, e store.Entry, v eventView, f *form) error {
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.determineForm(r, e, v, f) },
		look: func() error {
			bad := map[string]string{}
			if endings[f.Get("decision")] == "" {
				bad["decision"] = "请选择认定结论"
			}
			if strings.TrimSpace(f.Get("reason")) == "" {
				bad["reason"] = "请填写认定理由"
			}
			return wrong(bad)
		},
		rows: func() [][2]string {
			return [][2]string{{"机构", e.Name}, {"事项名称", v.Title}, {"结论", endings[f.Get("decision")].Chinese()}, {"理由", f.Get("reason")}}
		},
		title: "请核对认定结论", lead: "确认后记入台账，不能撤回。", word: "确认",
		act: func() error {
			return renamed(s.Desk.MoveEvent(r.Context(), r.Staff, e.Ref(), v.ID, desk.EventMoveForm{Act: endings[f.Get("decision")], Text: f.Get("reason")}), func(k string) string {
				if k == "text" {
					return "reason"
				}
				return k
			})
		},
		done: yearPath(e.Year, "events") + "?done=ruling",
	})
}
