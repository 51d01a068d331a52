package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// measuresPage lists what local regulators laid down, for the office (PL-18).
func (s *Server) measuresPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.LocalMeasures(r.Context(), c.Year, "")
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, m := range all {
		count[m.Province]++
	}
	var chart template.HTML
	if len(all) > 0 {
		chart = bars("measures", "各地报送的具体措施（项）", ranked(count))
	}
	return s.render(w, r, http.StatusOK, "office-measures", page{Title: "地方具体措施", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: map[string]any{"All": all, "Chart": chart}})
}

func (s *Server) localMeasures(w http.ResponseWriter, r ask) error {
	return s.showMeasures(w, r, http.StatusOK, newForm(), nil)
}

func (s *Server) showMeasures(w http.ResponseWriter, r ask, status int, f *form, failed error) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.LocalMeasures(r.Context(), c.Year, r.Staff.Province)
	if err != nil {
		return err
	}
	p := page{Title: "地方具体措施", Crumbs: localCrumbs(c.Year), Form: f, Data: map[string]any{"All": all, "Path": localPath(c.Year, "measures"), "Done": doneWord(r), "Province": r.Staff.Province}}
	if failed != nil {
		return s.again(w, r, "local-measures", p, failed)
	}
	return s.render(w, r, status, "local-measures", p)
}

// addMeasure takes what a local regulator laid down for his place.
func (s *Server) addMeasure(w http.ResponseWriter, r ask) error {
	year, err := r.year()
	if err != nil {
		return err
	}
	f, err := readForm(r, "title", "number", "day", "text")
	if err != nil {
		return err
	}
	err = s.Desk.AddMeasure(r.Context(), r.Staff, year, desk.MeasureForm{Title: f.Get("title"), Text: f.Get("text"), Number: f.Get("number"), Day: dayTyped(f, "day")})
	if err != nil {
		f.Faults = faultsOf(err)
		return s.showMeasures(w, r, http.StatusOK, f, err)
	}
	return seeOther(w, r, localPath(year, "measures")+"?done=measure")
}

// nudge sends one who is late the reminder of his task.
func (s *Server) nudge(w http.ResponseWriter, r ask) error {
	year, err := r.year()
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if !campaign.ValidCode(f.Get("code")) {
		return errNoPage
	}
	c, err := s.campaign(r.Context(), year)
	if err != nil {
		return err
	}
	ref, reviewer := contract.Ref{Year: year, Code: f.Get("code")}, f.Get("reviewer")
	back := yearPath(year) + "?" + url.Values{"done": {"nudged"}}.Encode() + "#late"
	if f.Get("do") == "edit" { // nothing was typed that could be mended
		return seeOther(w, r, yearPath(year)+"#late")
	}
	if f.Get("do") != "check" {
		if err := s.Desk.Nudge(r.Context(), r.Staff, ref, reviewer); err != nil {
			return err
		}
		return seeOther(w, r, back)
	}
	letter, err := s.Desk.Nudging(r.Context(), r.Staff, ref, reviewer)
	if err != nil {
		return err
	}
	return s.showCheck(w, r, f, deed{
		page: always(func(*form) page {
			return page{Crumbs: officeCrumbs(yearCrumb(c.Year)), Data: formPage{Action: yearPath(year, "nudge")}}
		}),
		rows: func() [][2]string {
			return [][2]string{{"机构", s.nameOf(r, ref.Code)}, {"事项", letter.Task.Chinese()}, {"截止日", dayWords(letter.Until)}}
		},
		title: "请核对催办", lead: "催办记入台账，每天最多一次。", word: "确认催办",
		mails: mailing(store.MailAct{Kind: store.NudgeAct, Year: year, Code: ref.Code, Body: letter}),
	})
}

// preflightPage lists what stands in the way of a launch, or should be looked at.
func (s *Server) preflightPage(w http.ResponseWriter, r ask) error {
	year, err := strconv.Atoi(r.URL.Query().Get("year"))
	if err != nil || year < 2000 || year > 2100 {
		year = campaign.DayOf(s.Desk.Clock()).Year() + 1
	}
	all, err := s.Desk.Preflight(r.Context(), year, campaign.DefaultSettings(year), campaign.DefaultCalendar(year, campaign.KnownHolidays()), r.URL.Query().Get("rehearsal") == "1")
	if err != nil {
		return err
	}
	bad := 0
	for _, x := range all {
		if !x.OK {
			bad++
		}
	}
	return s.render(w, r, http.StatusOK, "office-preflight", page{Title: itoa(year) + " 年度启动前检查", Crumbs: officeCrumbs(link{Href: "/office/launch?year=" + itoa(year), Text: "启动年度评价"}), Wide: true,
		Data: map[string]any{"All": all, "Bad": bad, "Year": year}})
}
