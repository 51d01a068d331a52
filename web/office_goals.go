package web

import (
	"html/template"
	"net/http"

	"xuanping/campaign"
	"xuanping/store"
)

// goalCard is a goal with its numbers drawn year by year.
type goalCard struct {
	store.GoalLine
	Chart template.HTML
	None  bool
}

// goalsPage shows the six goals of a three-year plan (PL-1). Without a plan in
// the address it takes the frame of the newest year.
func (s *Server) goalsPage(w http.ResponseWriter, r ask) error {
	all, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	from, to := 2024, 2026
	if len(all) > 0 {
		from, to = campaign.FrameOf(all[0].Year)
	}
	if typed := r.URL.Query().Get("plan"); typed != "" {
		if from, to, err = campaign.ParsePlan(typed); err != nil {
			return err
		}
	}
	real, rehearsed := false, false
	frames := []link{{Href: "/office/goals?plan=2024-2026", Text: "2024-2026", Here: from == 2024 && to == 2026}}
	for i := len(all) - 1; i >= 0; i-- {
		c := all[i]
		if c.Year >= from && c.Year <= to {
			real, rehearsed = real || !c.Rehearsal, rehearsed || c.Rehearsal
		}
		f, t := campaign.FrameOf(c.Year)
		if word := campaign.PlanWord(f, t); frames[len(frames)-1].Text != word {
			frames = append(frames, link{Href: "/office/goals?plan=" + word, Text: word, Here: from == f && to == t})
		}
	}
	lines, err := s.store.GoalLines(r.Context(), from, to, rehearsed && !real)
	if err != nil {
		return err
	}
	var cards []goalCard
	for _, l := range lines {
		cards = append(cards, drawGoal(l, from, to))
	}
	return s.render(w, r, http.StatusOK, "office-goals", page{Title: "行动方案六项目标", Crumbs: officeCrumbs(), Wide: true,
		Data: map[string]any{"Cards": cards, "Plan": campaign.PlanWord(from, to), "Own": from == 2024 && to == 2026, "Frames": frames, "Rehearsed": rehearsed && !real}})
}

// drawGoal draws a goal's numbers, a column for each year of the plan.
func drawGoal(l store.GoalLine, from, to int) goalCard {
	card := goalCard{GoalLine: l, None: l.Value == nil}
	var marks []mark
	for year := from; year <= to; year++ {
		m := mark{Label: itoa(year), Text: "无数据"}
		for _, y := range l.Years {
			if y.Year == year && y.Value != nil {
				m.N, m.Text, m.Hot = int(*y.Value), l.YearWord(y), l.Least && *y.Value > 0
			}
		}
		marks = append(marks, m)
	}
	card.Chart = yearBars("goal-"+itoa(l.No), l.Watch+"，分年度", marks)
	return card
}
