package audit

import (
	"context"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// Equal is an institution's line of the consistency list (RW-8): each criterion
// of Article 32 true or false, and what came of it.
type Equal struct {
	Code, Name string
	Ready      bool // its result is formed
	Met        []rubric.Met
	Meets      bool // the criteria under the recorded reading
	Case       *store.Warning
	Public     bool
	Reason     string // why it was not proposed, or proposed by hand, or dismissed before the notice
	Open       bool   // a reason is missing
}

// Consistency lists every institution of a year against the same criteria, so
// that who was proposed and who was not can be compared.
func Consistency(ctx context.Context, r store.Reader, c store.Campaign) ([]Equal, error) {
	entries, err := r.Entries(ctx, c.Year)
	if err != nil {
		return nil, err
	}
	b, err := tally(ctx, r, c.Year)
	if err != nil {
		return nil, err
	}
	var all []Equal
	for _, e := range entries {
		if e.Stage == campaign.Left {
			continue
		}
		line, err := b.line(ctx, r, c, e)
		if err != nil {
			return nil, err
		}
		all = append(all, line)
	}
	return all, nil
}

// tallied is what the list is drawn from, by code.
type tallied struct {
	results map[string]store.Result
	cases   map[string]store.Warning
	acts    map[string][]store.WarningAct
	skips   map[string]store.WarningSkip
}

func tally(ctx context.Context, r store.Reader, year int) (tallied, error) {
	b := tallied{map[string]store.Result{}, map[string]store.Warning{}, nil, map[string]store.WarningSkip{}}
	results, err := r.LatestResults(ctx, year)
	if err != nil {
		return b, err
	}
	for _, v := range results {
		b.results[v.Code] = v
	}
	cases, err := r.Warnings(ctx, year)
	if err != nil {
		return b, err
	}
	for _, w := range cases {
		b.cases[w.Code] = w
	}
	if b.acts, err = r.AllWarningActs(ctx, year); err != nil {
		return b, err
	}
	skips, err := r.WarningSkips(ctx, year)
	for _, s := range skips {
		if _, newer := b.skips[s.Code]; !newer {
			b.skips[s.Code] = s
		}
	}
	return b, err
}

func (b tallied) line(ctx context.Context, r store.Reader, c store.Campaign, e store.Entry) (Equal, error) {
	criteria := c.Rules.Settings.Criteria
	line := Equal{Code: e.Code, Name: e.Name}
	v, ready := b.results[e.Code]
	w, cased := b.cases[e.Code]
	facts := w.Facts // those of a case are frozen with it
	if line.Ready = ready; ready && !cased {
		var err error
		asOf := v.At // cases are proposed as of the publication
		if c.PublishedAt != nil {
			asOf = *c.PublishedAt
		}
		if facts, err = r.WarningFacts(ctx, e.Ref(), v, asOf); err != nil {
			return line, err
		}
	}
	if ready || cased {
		line.Met, line.Meets = criteria.Meets(facts), len(rubric.Grounds(criteria, facts)) > 0
	}
	switch {
	case cased:
		line.Case, line.Public = &w, w.Ladder.Public(w.State, store.PastActs(b.acts[e.Code]))
		line.Reason = before(b.acts[e.Code])
		line.Open = line.Reason == "" && w.State == campaign.Dismissed && !noticed(b.acts[e.Code])
	case b.skips[e.Code].Reason != "":
		line.Reason = b.skips[e.Code].Reason
	default: // nobody is measured before his year is archived
		line.Open = line.Meets && e.Stage == campaign.Closed
	}
	return line, nil
}

// before is the reason of what was done in a case before the prior notice.
func before(acts []store.WarningAct) (reason string) {
	for _, a := range acts {
		switch a.Act {
		case campaign.ActPropose:
			reason = a.Text
		case campaign.ActDismiss:
			if !noticed(acts) {
				reason = a.Text
			}
		}
	}
	return reason
}

func noticed(acts []store.WarningAct) bool {
	for _, a := range acts {
		if a.Act == campaign.ActNotice {
			return true
		}
	}
	return false
}
