package web

import (
	"context"
	"html/template"
	"net/url"

	"xuanping/campaign"
	"xuanping/store"
)

// plannedView sets the accepted plan beside what came of it (第十一条, GL-11).
type plannedView struct {
	Version int // of the accepted plan; 0: none is accepted yet
	Lines   []plannedItemLine
	Drawn   template.HTML
	Words   string
	Table   string
}

// plannedItemLine is an item with its evidence; Edit leads to the form that says what came of it.
type plannedItemLine struct {
	campaign.PlanLine
	URL, File, FileName string
	Gone                bool
	Edit                string
}

// viewPlanned makes the view for a reader; base is where the register's pages
// stand, and edit says that its form is open to him.
func (s *Server) viewPlanned(ctx context.Context, b registerBook, plans []store.Plan, base string, edit bool) (plannedView, error) {
	v := plannedView{Table: base + "/registers/" + campaign.PlannedRegister}
	var items []string
	if p := store.AcceptedPlan(plans); p != nil {
		v.Version, items = p.Version, campaign.PlanBodyItems(p.Body)
	}
	all := campaign.PlanLines(items, b.filed[campaign.PlannedRegister].Body.Rows, b.today)
	files, err := s.plannedFiles(ctx, b, all)
	if err != nil {
		return v, err
	}
	for _, l := range all {
		x := plannedItemLine{PlanLine: l, URL: l.Kept["url"]}
		if d := l.Kept["file"]; d != "" {
			x.File, x.FileName, x.Gone = base+"/register-files/"+d, files[d].Name, files[d].Leaked
		}
		switch {
		case !edit:
		case l.Row < 0:
			x.Edit = v.Table + "?title=" + url.QueryEscape(l.Title) + "#form"
		case l.State == campaign.ItemOpen || l.State == campaign.ItemOverdue:
			x.Edit = v.Table + "?row=" + itoa(l.Row+1) + "#form"
		}
		v.Lines = append(v.Lines, x)
	}
	v.Words, v.Drawn = campaign.TallyWords(campaign.PlanTally(all), "项"), drawPlanned(all)
	return v, nil
}

// plannedFiles reads the files only where a row names one.
func (s *Server) plannedFiles(ctx context.Context, b registerBook, all []campaign.PlanLine) (map[string]store.RegisterFile, error) {
	out := map[string]store.RegisterFile{}
	for _, l := range all {
		if l.Kept["file"] == "" {
			continue
		}
		files, err := s.store.RegisterFiles(ctx, b.ref)
		for _, f := range files {
			out[f.Digest] = f
		}
		return out, err
	}
	return out, nil
}

func drawPlanned(all []campaign.PlanLine) template.HTML {
	if len(all) == 0 {
		return ""
	}
	tally := campaign.PlanTally(all)
	marks := make([]mark, len(tally))
	for i, t := range tally {
		marks[i] = mark{Label: t.Value, N: t.N, Text: itoa(t.N) + " 项", Hot: campaign.PlanState(t.Value).Bad()}
	}
	return bars("planned-items", "年度计划事项完成情况", marks)
}

// registersOpen tells whether the visitor may still write registers.
func (k known) registersOpen() bool {
	return k.Act && k.at(campaign.Planning, campaign.Collecting) && k.Now.Before(k.due(campaign.EvidenceTask).End())
}

// prefilled is the form of a new row whose title the address gives, as the
// open items of a plan do.
func prefilled(r ask, reg campaign.Register) *form {
	f := newForm()
	if x, ok := reg.Field("title"); ok && reg.Many() {
		title := []rune(plain(r.URL.Query().Get("title")))
		f.Set(nameOf(reg, x.Key), string(title[:min(len(title), x.Max)]))
	}
	return f
}

// fillPlanned puts the planned items on the office's page.
func (s *Server) fillPlanned(ctx context.Context, d *dossier, plans []store.Plan) error {
	b, err := s.checkBook(ctx, d.E.Ref(), d.Today, d.C.Rules.Calendar)
	if err != nil {
		return err
	}
	d.Planned, err = s.viewPlanned(ctx, b, plans, d.Path, false)
	return err
}
