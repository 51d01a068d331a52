package web

import (
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// contestedView is an event of row 15 or 16 on the decider's page: what was
// claimed and determined, what it rests on, and what he decides about it (AP-3).
type contestedView struct {
	desk.Contested
	State, ClauseText, Uses string
	Words                   []string // of the activity, the medium, the adoption
	Moves                   []moveView
	Files                   []store.CaseFile
	Marked                  string          // base rows whose outcome part was lowered for it
	Lowered                 []rubric.Points // what a lower deduction may be, by the year's reading
	Outcome, Less, Why      field
	Base                    *field
}

// contested gathers the events of a row for their decider. Who registered and who
// ruled is not told: he decides on what is in the file.
func (s *Server) contested(r ask, ref contract.Ref, row int) ([]contestedView, error) {
	ctx := r.Context()
	all, err := s.Desk.Contested(ctx, s.store.Reader, ref, row)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	moves, err := s.store.EventMoves(ctx, ref)
	if err != nil {
		return nil, err
	}
	reading, err := s.readingOf(r, ref.Year)
	if err != nil {
		return nil, err
	}
	sheets, err := s.store.SheetsOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	var events []store.Event
	for _, c := range all {
		events = append(events, c.Event)
	}
	views := viewEvents(events, nil, nil, store.Staff{}, s.Desk.Table)
	out := make([]contestedView, len(all))
	for i, c := range all {
		v := contestedView{Contested: c, State: views[i].State, ClauseText: views[i].ClauseText, Words: namedIn(c.Event)}
		v.Moves = viewMoves(moves, c.ID, func(m store.EventMove) string {
			if m.By == "" {
				return m.ByName
			}
			return "主管部门"
		})
		v.Marked = markedFor(sheets, c.Event)
		if v.Files, err = s.claimFiles(ctx, c.Event); err != nil {
			return nil, err
		}
		if v.Uses, err = s.usesOf(r, c.Event); err != nil {
			return nil, err
		}
		for p := c.Found.Clause.Min; row == 16 && p < c.Found.Points; p += reading.Step(c.Found.Clause) {
			v.Lowered = append(v.Lowered, p)
		}
		out[i] = v
	}
	return out, nil
}

// namedIn are what an event names, in words.
func namedIn(e store.Event) []string {
	var all []string
	for _, x := range [][2]string{{"活动", e.Activity}, {"角色", campaign.WordOf(campaign.Parts(), string(e.Role))}, {"媒体", e.Medium},
		{"采用", campaign.WordOf(campaign.Adoptions(), string(e.Adoption))}, {"网址", e.URL}, {"同一事项", e.Matter}} {
		if x[1] != "" {
			all = append(all, x[0]+"："+x[1])
		}
	}
	return all
}

// markedFor names the base rows that reviewers marked lower for an event: they are
// decided with an appeal of their own.
func markedFor(sheets []store.Sheet, e store.Event) string {
	var rows []int
	for _, sheet := range sheets {
		for _, m := range sheet.Marks {
			if m.Event == e.Rubric().ID && m.Lowered > 0 && !slices.Contains(rows, m.Row) {
				rows = append(rows, m.Row)
			}
		}
	}
	if len(rows) == 0 {
		return ""
	}
	slices.Sort(rows)
	return rowList(rows)
}

// Bad tells whether the decision on the event is to be mended.
func (v contestedView) Bad() bool {
	return v.Outcome.Fault != "" || v.Less.Fault != "" || v.Why.Fault != ""
}

// Minus tells whether the event takes points off.
func (v contestedView) Minus() bool { return v.Found.Row == 16 }

// Offered is what a confirmation would give by the lists as they are now.
func (v contestedView) Offered() string {
	return fmt.Sprintf("附件2 第15项 %s，加 %s 分", v.Found.Clause.ID, v.Found.Clause.Min)
}

// answerHint says whether the row needs an answer of its own.
func (x appealRow) answerHint() string {
	for _, e := range x.Events {
		if e.Found.Open() {
			return "选填；各事项的理由在上面分别填写。将告知机构"
		}
	}
	return "本项没有可以变更的事项，只能维持，请写明理由。将告知机构"
}

func contestedForm(all []contestedView, f *form) []contestedView {
	out := make([]contestedView, len(all))
	for i, v := range all {
		id := func(name string) string { return desk.EventField(v.ID, name) }
		var offered, lower []option
		for _, a := range v.Found.May() {
			offered = append(offered, option{Value: string(a), Text: a.Chinese(), Hint: v.hint(a)})
		}
		for _, p := range v.Lowered {
			lower = append(lower, option{Value: p.String(), Text: "扣 " + p.String() + " 分"})
		}
		v.Outcome = radioField(f, id("outcome"), "对该事项的决定", "", offered)
		if len(lower) > 0 {
			v.Less = chooseField(f, id("points"), "减少后的扣分", "只在选择“减少扣分”时填写", lower)
		}
		if v.Found.Row == 15 {
			base := tickField(f, id("base"), "同一工作已在基础分中使用（第5、7、8项等）", "予以认定时标明；本年度口径规定不得重复使用的，不再加分（口径 R-08）")
			v.Base = &base
		}
		v.Why = areaField(f, id("reason"), "对该事项的决定理由", "不超过 500 字，将告知机构", 2)
		out[i] = v
	}
	return out
}

func (v contestedView) hint(a campaign.Amend) string {
	switch a {
	case campaign.AmendConfirm:
		return v.Offered()
	case campaign.AmendUnrelate:
		return "第二十三条：经研判与认证活动不相关，不扣分"
	case campaign.AmendDismiss:
		return "事实或者依据不成立，不扣分"
	}
	return ""
}

// readContested takes the decisions on the events of a row that were made; one
// that is missing is pointed out by the desk.
func readContested(all []contestedView, f *form, bad map[string]string) []desk.EventDecision {
	var out []desk.EventDecision
	for _, v := range all {
		outcome := campaign.Amend(f.Get(desk.EventField(v.ID, "outcome")))
		if !v.Found.Open() || outcome == "" {
			continue
		}
		d := desk.EventDecision{Event: v.ID, Outcome: outcome, InBase: f.Get(desk.EventField(v.ID, "base")) == "1", Reason: strings.TrimSpace(f.Get(desk.EventField(v.ID, "reason")))}
		if text := f.Get(desk.EventField(v.ID, "points")); text != "" && outcome == campaign.AmendLower {
			p, err := rubric.ParsePoints(text)
			if err != nil {
				bad[desk.EventField(v.ID, "points")] = "“" + v.Title + "”：" + err.Error()
			}
			d.Points = p
		}
		out = append(out, d)
	}
	return out
}

// rulingField gives the faults of a decision the names of this page's fields; the
// points of rows 15 and 16 have none.
func rulingField(key string) string {
	if n, row := strings.CutPrefix(key, "row-"); row && (n == "15" || n == "16") {
		return "reason-" + n
	}
	return rowField("after-")(key)
}

// rulingsCheck says what would be decided; what rows 15 and 16 come to is computed
// by the rules of scoring, also where an event changes and the row does not.
func (s *Server) rulingsCheck(r ask, v rulingView, rulings []desk.Ruling, events []desk.EventDecision) ([][2]string, error) {
	weighed, card, err := s.Desk.WeighAppeal(r.Context(), r.Staff, v.E.Ref(), rulings, events...)
	if err != nil {
		return nil, err
	}
	rows := [][2]string{{"机构", v.E.Name}}
	for _, x := range weighed {
		if x.Row < 15 {
			rows = append(rows, [2]string{"第 " + itoa(x.Row) + " 项", x.After.String() + " 分\n" + x.Reason})
			continue
		}
		var open appealRow
		for _, o := range v.Open {
			if o.Row == x.Row {
				open = o
			}
		}
		text := campaign.RowWords(x.Row, open.Given, x.After) + "（由计分规则按复核后的事项计算" + uncappedWords(x.Row, v.First.Card, card) + "）\n" + x.Reason
		for _, d := range events {
			for _, e := range open.Events {
				if e.ID == d.Event {
					a := campaign.Amendment{Outcome: d.Outcome, Points: d.Points, InBase: d.InBase}.Settled(e.Found)
					text += "\n“" + e.Title + "”：" + e.Found.Words(a) + "。理由：" + d.Reason
				}
			}
		}
		rows = append(rows, [2]string{"第 " + itoa(x.Row) + " 项", text})
	}
	return rows, nil
}

// uncappedWords tells how the sum before the cap changes: Article 32 looks at it.
func uncappedWords(row int, was, is rubric.Scorecard) string {
	before, after := was.BonusUncapped, is.BonusUncapped
	if row == 16 {
		before, after = was.DeductionUncapped, is.DeductionUncapped
	}
	if before == after {
		return ""
	}
	return fmt.Sprintf("；封顶前由 %s 分变为 %s 分", before, after)
}
