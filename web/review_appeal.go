package web

import (
	"net/http"
	"slices"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// appealRow is a row that an institution asked to look at again.
type appealRow struct {
	store.Appeal
	Title   string
	Most    rubric.Points
	Given   rubric.Points
	Why     string
	Events  []contestedView // of rows 15 and 16: decided one by one
	Summed  bool            // points follow from events, nobody types them
	Decided []string        // what was decided about them
	Files   []store.Evidence
	Fresh   []store.CaseFile // new evidence with the request (AP-1)
	New     field
	Words   field
	Bad     bool
}

type rulingView struct {
	E      store.Entry
	Due    campaign.Day
	Open   []appealRow
	Ruled  []appealRow
	First  store.Result // what the appeal is about
	Action string
}

func (s *Server) appealOf(r ask) (rulingView, error) {
	ref, err := r.ref()
	if err != nil {
		return rulingView{}, err
	}
	ctx := r.Context()
	if err := s.Desk.Decides(ctx, r.Staff, ref); err != nil {
		return rulingView{}, err
	}
	v := rulingView{Action: "/review/" + ref.ID() + "/appeal"}
	if v.E, err = s.store.Entry(ctx, ref); err != nil {
		return v, err
	}
	who, err := s.store.DeciderOf(ctx, ref)
	if err != nil {
		return v, err
	}
	v.Due = campaign.Day(who.Due.Format("2006-01-02"))
	results, err := s.store.Results(ctx, ref)
	if err != nil {
		return v, err
	}
	if len(results) > 0 {
		v.First = results[0]
	}
	files, err := s.store.EvidenceOf(ctx, ref)
	if err != nil {
		return v, err
	}
	fresh, err := s.store.CaseFiles(ctx, ref, store.AboutAppeal)
	if err != nil {
		return v, err
	}
	all, err := s.store.Appeals(ctx, ref)
	if err != nil {
		return v, err
	}
	decided, err := s.decidedWords(ctx, ref)
	if err != nil {
		return v, err
	}
	for _, a := range all {
		x := appealRow{Appeal: a, Summed: a.Row > 14, Decided: decided[a.Row], Files: slices.DeleteFunc(slices.Clone(files), func(f store.Evidence) bool { return f.Row != a.Row }),
			Fresh: slices.DeleteFunc(slices.Clone(fresh), func(f store.CaseFile) bool { return f.Row != a.Row })}
		if row, ok := s.Desk.Table.Row(a.Row); ok {
			x.Title, x.Most = row.Title, row.Max
		}
		if len(results) > 0 {
			for _, got := range results[0].Card.Rows { // the first version is what the appeal is about
				if got.Row == a.Row {
					x.Given, x.Why = got.Points, got.Reason
				}
			}
		}
		if x.Summed {
			if x.Events, err = s.contested(r, ref, a.Row); err != nil {
				return v, err
			}
		}
		if a.RuledAt == nil {
			v.Open = append(v.Open, x)
		} else {
			v.Ruled = append(v.Ruled, x)
		}
	}
	return v, nil
}

func (s *Server) rulingsPage(w http.ResponseWriter, r ask) error {
	v, err := s.appealOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	for _, x := range v.Open {
		f.Set("after-"+itoa(x.Row), x.Given.String())
	}
	return s.render(w, r, http.StatusOK, "review-appeal", rulingsForm(v, f))
}

func rulingsForm(v rulingView, f *form) page {
	for i, x := range v.Open {
		n := itoa(x.Row)
		v.Open[i].New = numberField(f, "after-"+n, "复核后得分", x.Given.String()+" 至 "+x.Most.String()+"，按 0.5 分递进；只能维持或提高")
		v.Open[i].Words = areaField(f, "reason-"+n, "决定理由", "将告知机构", 3)
		v.Open[i].Bad = f.Fault("after-"+n) != "" || f.Fault("reason-"+n) != ""
		if x.Summed {
			v.Open[i].Words = areaField(f, "reason-"+n, "对本项申请的总的答复", x.answerHint(), 2)
			v.Open[i].Events = contestedForm(x.Events, f)
		}
	}
	return page{Title: "评价复核：" + v.E.Name, Crumbs: []link{{Href: "/review", Text: "评审任务"}}, Form: f, Data: v}
}

// readRulings takes the rows that were answered; a row of which neither the
// points nor the reason was sent is left for later.
func readRulings(v rulingView, f *form) ([]desk.Ruling, []desk.EventDecision, error) {
	var all []desk.Ruling
	var events []desk.EventDecision
	bad := map[string]string{}
	for _, x := range v.Open {
		n := itoa(x.Row)
		if x.Summed {
			if _, sent := f.Values["reason-"+n]; sent {
				all, events = append(all, desk.Ruling{Row: x.Row, Reason: f.Get("reason-" + n)}), append(events, readContested(x.Events, f, bad)...)
			}
			continue
		}
		if _, sent := f.Values["after-"+n]; !sent {
			continue
		}
		p, err := rubric.ParsePoints(f.Get("after-" + n))
		if err != nil {
			bad["after-"+n] = "第 " + n + " 项：" + err.Error()
			continue
		}
		all = append(all, desk.Ruling{Row: x.Row, After: p, Reason: f.Get("reason-" + n)})
	}
	return all, events, wrong(bad)
}

// decideAppeal rules on the rows of an appeal (AP-3).
func (s *Server) decideAppeal(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v, err := s.appealOf(r)
	if err != nil {
		return err
	}
	rulings, events, err := readRulings(v, f)
	if err == nil && f.Get("do") == "edit" {
		return s.render(w, r, http.StatusOK, "review-appeal", rulingsForm(v, f))
	}
	var rows [][2]string
	if err == nil && f.Get("do") == "check" {
		rows, err = s.rulingsCheck(r, v, rulings, events)
	}
	if err == nil && f.Get("do") == "check" {
		return s.render(w, r, http.StatusOK, "check", page{Title: "请核对复核决定", Crumbs: rulingsForm(v, f).Crumbs, Data: check{
			Action: v.Action, Lead: "决定作出后不能更改，将随最终结果告知机构。", Rows: rows, Hidden: f.Hidden(), Button: "确认作出决定"}})
	}
	var rec desk.Receipt
	if err == nil {
		rec, err = s.Desk.DecideAppeal(r.Context(), r.Staff, v.E.Ref(), rulings, events...)
	}
	if err != nil {
		err = renamed(err, rulingField)
		f.Faults = faultsOf(err)
		return s.again(w, r, "review-appeal", rulingsForm(v, f), err)
	}
	return s.render(w, r, http.StatusOK, "review-receipt", page{Title: "复核决定", Crumbs: []link{{Href: "/review", Text: "评审任务"}}, Data: rec})
}
