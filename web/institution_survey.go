package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// ownSurveyView is the institution's page of the survey.
type ownSurveyView struct {
	own
	Survey store.Survey
	Last   *store.Answers
	Asks   []askView
	Open   bool
}

func (v ownSurveyView) shut() bool { return !v.Open }

// askView is a question with its control: radios and a text are fields, ticks
// of a question with several answers are fields of their own.
type askView struct {
	campaign.Question
	No    int
	Field field
	Ticks []field
	Fault string
}

func (s *Server) ownSurveyShow(r ask, f *form) (page, ownSurveyView, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, ownSurveyView{}, err
	}
	v := ownSurveyView{own: o}
	if v.Survey, err = s.newestSurvey(r, o.Ref.Year); err != nil {
		return page{}, v, err
	}
	if last, err := s.store.OwnAnswers(r.Context(), o.Ref); err == nil {
		v.Last = &last
	} else if campaign.KindOf(err) != campaign.NotFound {
		return page{}, v, err
	}
	v.Open = o.Act && v.Survey.Version > 0 && o.Campaign.PublishedAt == nil && o.Entry.Stage != campaign.Left
	if f == nil {
		f = newForm()
		if v.Last != nil && v.Last.Version == v.Survey.Version {
			writeAnswers(f, v.Survey.Questions, v.Last.Answers)
		}
	}
	for i, q := range v.Survey.Questions {
		v.Asks = append(v.Asks, askOf(f, i+1, q))
	}
	return page{Title: "专题调研", Crumbs: o.crumbs(), Form: f, Data: v}, v, nil
}

func askOf(f *form, no int, q campaign.Question) askView {
	n := "a-" + itoa(no)
	a := askView{Question: q, No: no, Fault: f.Fault(n)}
	label := itoa(no) + ". " + q.Text
	switch q.Kind {
	case campaign.AskText:
		a.Field = areaField(f, n, label, "可以不填", 3)
	case campaign.AskOne:
		var all []option
		for _, o := range q.Options {
			all = append(all, option{Value: o, Text: o})
		}
		a.Field = radioField(f, n, label, "", all)
	default:
		for k, o := range q.Options {
			a.Ticks = append(a.Ticks, tickField(f, n+"-"+itoa(k+1), o, ""))
		}
	}
	return a
}

func writeAnswers(f *form, all []campaign.Question, given [][]string) {
	for i, q := range all {
		if i >= len(given) {
			return
		}
		for _, a := range given[i] {
			if k := slices.Index(q.Options, a); q.Kind == campaign.AskMany && k >= 0 {
				f.Set("a-"+itoa(i+1)+"-"+itoa(k+1), "1")
			} else {
				f.Set("a-"+itoa(i+1), a)
			}
		}
	}
}

func readAnswers(f *form, all []campaign.Question) [][]string {
	out := make([][]string, len(all))
	for i, q := range all {
		n := "a-" + itoa(i+1)
		out[i] = []string{}
		if q.Kind == campaign.AskMany {
			for k, o := range q.Options {
				if f.Get(n+"-"+itoa(k+1)) == "1" {
					out[i] = append(out[i], o)
				}
			}
		} else if a := strings.TrimSpace(f.Get(n)); a != "" {
			out[i] = []string{a}
		}
	}
	return out
}

func (s *Server) ownSurvey(w http.ResponseWriter, r ask) error {
	p, _, err := s.ownSurveyShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "survey", p)
}

func (s *Server) answerSurvey(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	p, v, err := s.ownSurveyShow(r, f)
	if err != nil || f.Get("do") == "edit" {
		if err == nil {
			err = s.render(w, r, http.StatusOK, "survey", p)
		}
		return err
	}
	version, _ := strconv.Atoi(f.Get("version"))
	given := readAnswers(f, v.Survey.Questions)
	if version == v.Survey.Version && v.Open {
		faults := campaign.CheckAnswers(v.Survey.Questions, given)
		signerFaults(f, faults)
		err = wrong(faults)
	}
	if err == nil && f.Get("do") == "check" && version == v.Survey.Version && v.Open {
		var rows [][2]string
		for i, q := range v.Survey.Questions {
			rows = append(rows, [2]string{itoa(i+1) + ". " + q.Text, strings.Join(given[i], "\n")})
		}
		return s.checked(w, r, v.own, "核对调研答案", check{Lead: "调研不计分。提交后可以修改，以最后一次为准。", Rows: append(rows, signerRows(f)), Hidden: f.Hidden(), Button: "确认提交"})
	}
	if err == nil {
		rec, e := s.Desk.AnswerSurvey(r.Context(), r.Visitor, version, given, signer(f))
		if e == nil {
			return s.received(w, r, v.own, rec)
		}
		err = e
	}
	f.Faults = faultsOf(err)
	if v.Survey.Version > 0 {
		f.Set("version", itoa(v.Survey.Version)) // of the questions that the page now shows
	}
	again, _, e := s.ownSurveyShow(r, f)
	if e != nil {
		return e
	}
	return s.again(w, r, "survey", again, err)
}
