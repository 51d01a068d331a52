package web

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// surveyRoutes registers the unscored survey (专栏4(一)3, PL-9).
func (s *Server) surveyRoutes() {
	s.handle("GET /i/{year}/{code}/survey", s.ownSurvey)
	s.handle("POST /i/{year}/{code}/survey", s.answerSurvey)
	s.handle("GET /office/{year}/survey", s.surveyPage)
	s.handle("GET /office/{year}/survey/questions", s.questionsPage)
	s.handle("POST /office/{year}/survey/questions", s.setQuestions)
	s.handle("GET /office/{year}/survey/answers.csv", s.surveyFile)
}

// surveySlots is how many questions the form has.
const surveySlots = 10

// counted is a question with how it was answered.
type counted struct {
	No    int
	Text  string
	Chart template.HTML
	Rows  []mark
	Texts []string
	N     int // institutions that answered
}

// countAnswers counts the answers that were given to a version of the questions.
func countAnswers(sv store.Survey, all []store.Answers) []counted {
	var out []counted
	for i, q := range sv.Questions {
		c := counted{No: i + 1, Text: q.Text}
		for _, o := range q.Options {
			c.Rows = append(c.Rows, mark{Label: o})
		}
		for _, a := range all {
			if a.Version != sv.Version || i >= len(a.Answers) {
				continue
			}
			c.N++
			for _, given := range a.Answers[i] {
				if q.Kind == campaign.AskText && strings.TrimSpace(given) != "" {
					c.Texts = append(c.Texts, a.Name+"："+given)
				}
				if k := slices.Index(q.Options, given); k >= 0 {
					c.Rows[k].N++
				}
			}
		}
		if len(c.Rows) > 0 {
			c.Chart = bars("q"+itoa(c.No), q.Text, shortened(c.Rows))
		}
		out = append(out, c)
	}
	return out
}

// shortened cuts labels to what a drawing has room for; the table has them whole.
func shortened(all []mark) []mark {
	out := slices.Clone(all)
	for i, m := range out {
		if r := []rune(m.Label); len(r) > 10 {
			out[i].Label = string(r[:9]) + "…"
		}
	}
	return out
}

// newestSurvey is the newest version of a year's questions; Version 0 when there is none.
func (s *Server) newestSurvey(r ask, year int) (store.Survey, error) {
	all, err := s.store.Surveys(r.Context(), year)
	if err != nil || len(all) == 0 {
		return store.Survey{}, err
	}
	return all[len(all)-1], nil
}

func (s *Server) surveyPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	sv, err := s.newestSurvey(r, c.Year)
	if err != nil {
		return err
	}
	all, err := s.store.SurveyAnswers(r.Context(), c.Year)
	if err != nil {
		return err
	}
	entries, err := s.store.Entries(r.Context(), c.Year)
	if err != nil {
		return err
	}
	in, older := 0, 0
	for _, a := range all {
		if a.Version == sv.Version {
			in++
		} else {
			older++
		}
	}
	return s.render(w, r, http.StatusOK, "office-survey", page{Title: "专题调研", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: map[string]any{
		"C": c, "Survey": sv, "Counted": countAnswers(sv, all), "In": in, "Older": older, "Total": len(entries),
		"Officer": r.Staff.Role == campaign.Officer, "Done": map[string]string{"questions": "调研问题已保存，机构页面随即更新。"}[r.URL.Query().Get("done")]}})
}

var askKinds = []option{{Value: campaign.AskOne, Text: "单选"}, {Value: campaign.AskMany, Text: "多选"}, {Value: campaign.AskText, Text: "文字"}}

func questionsForm(c store.Campaign, f *form) page {
	var sections []section
	for i := 1; i <= surveySlots; i++ {
		n := itoa(i)
		sections = append(sections, section{Title: "第 " + n + " 题", Fields: []field{
			textField(f, "text-"+n, "题目", ""), chooseField(f, "kind-"+n, "题型", "", askKinds), areaField(f, "options-"+n, "选项", "单选、多选题填写，每行一个", 3)}})
	}
	return page{Title: "设置调研问题", Crumbs: officeCrumbs(yearCrumb(c.Year), link{Href: yearPath(c.Year, "survey"), Text: "专题调研"}), Data: formPage{
		Action: yearPath(c.Year, "survey", "questions"), Lead: "调研不计分，答案不影响任何一项得分。题目不填的跳过；保存后成为新的版本，已答旧版本的机构可以重新填写。",
		Sections: sections, Button: "检查并保存"}}
}

// readQuestions takes the slots that were filled, in their order; slots tells
// which slot each came from, so that faults are shown where they were typed.
func readQuestions(f *form) (all []campaign.Question, slots []string) {
	for i := 1; i <= surveySlots; i++ {
		n := itoa(i)
		q := campaign.Question{Text: strings.TrimSpace(f.Get("text-" + n)), Kind: f.Get("kind-" + n)}
		for _, o := range strings.Split(f.Get("options-"+n), "\n") {
			if o = strings.TrimSpace(o); o != "" {
				q.Options = append(q.Options, o)
			}
		}
		if q.Text == "" && q.Kind == "" && len(q.Options) == 0 {
			continue
		}
		all, slots = append(all, q), append(slots, n)
	}
	return all, slots
}

func (s *Server) questionsPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	sv, err := s.newestSurvey(r, c.Year)
	if err != nil {
		return err
	}
	f := newForm()
	for i, q := range sv.Questions {
		n := itoa(i + 1)
		f.Set("text-"+n, q.Text).Set("kind-"+n, q.Kind).Set("options-"+n, strings.Join(q.Options, "\n"))
	}
	return s.showForm(w, r, http.StatusOK, questionsForm(c, f), f)
}

func (s *Server) setQuestions(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	all, slots := readQuestions(f)
	inSlot := func(key string) string {
		part, n, _ := strings.Cut(key, "-")
		if i, err := strconv.Atoi(n); err == nil && i <= len(slots) {
			return part + "-" + slots[i-1]
		}
		return key
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return questionsForm(c, f) }),
		look: func() error { return renamed(wrong(campaign.CheckSurvey(all)), inSlot) },
		rows: func() [][2]string {
			var rows [][2]string
			for i, q := range all {
				rows = append(rows, [2]string{"第 " + itoa(i+1) + " 题（" + labelled(askKinds, q.Kind) + "）", q.Text + "\n" + strings.Join(q.Options, "\n")})
			}
			return rows
		},
		title: "请核对调研问题", lead: "保存后立即向机构开放。", word: "确认保存",
		act:  func() error { return renamed(s.Desk.SetSurvey(r.Context(), r.Staff, c.Year, all), inSlot) },
		done: yearPath(c.Year, "survey") + "?done=questions",
	})
}

// surveyFile is the answers as a file for tables: UTF-8 with a mark, and no
// cell that a table would compute (S13).
func (s *Server) surveyFile(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	sv, err := s.newestSurvey(r, c.Year)
	if err != nil {
		return err
	}
	all, err := s.store.SurveyAnswers(r.Context(), c.Year)
	if err != nil {
		return err
	}
	head := []string{"批准号", "机构名称", "提交时间"}
	for _, q := range sv.Questions {
		head = append(head, q.Text)
	}
	rows := [][]string{head}
	for _, a := range all {
		if a.Version != sv.Version {
			continue
		}
		row := []string{a.Code, a.Name, stamp(a.At)}
		for _, given := range a.Answers {
			row = append(row, strings.Join(given, "；"))
		}
		rows = append(rows, row)
	}
	return sendTable(w, "csv", itoa(c.Year)+"年度专题调研", rows)
}
