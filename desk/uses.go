package desk

import (
	"context"
	"slices"

	"xuanping/campaign"
	"xuanping/store"
)

// UsesOf lists the places of an institution's file that may name an activity:
// its evidence, then its bonus events.
func UsesOf(files []store.Evidence, events []store.Event) []campaign.Use {
	var uses []campaign.Use
	for _, f := range files {
		uses = append(uses, campaign.Use{Row: f.Row, Text: f.Name + " " + f.Note})
	}
	for _, e := range events {
		if e.Stand() == "" {
			uses = append(uses, campaign.Use{Row: 15, Text: e.Title, Activity: e.Activity})
		}
	}
	return uses
}

// BaseRowsOf tells in which base rows the work of a bonus event stands too
// (§2 no. 8): the same activity, the same address or the same title, in the
// evidence or in a register. It is a flag; the ruling decides what it means.
func (d *Desk) BaseRowsOf(ctx context.Context, r store.Reader, e store.Event) ([]int, error) {
	ref := campaign.Ref{Year: e.Year, Code: e.Code}
	files, err := r.EvidenceOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	filed, err := r.RegistersOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	all, err := d.Catalogue(ctx, r)
	if err != nil {
		return nil, err
	}
	uses := UsesOf(files, nil)
	var rows []int
	for _, f := range files {
		if campaign.TitleLikeness(f.Note, e.Title) == 100 {
			rows = append(rows, f.Row)
		}
	}
	for _, v := range filed {
		reg, ok := campaign.KnownRegisters().Get(v.Register)
		if !ok || len(reg.Rows) == 0 {
			continue
		}
		for _, line := range v.Body.Rows {
			uses = append(uses, campaign.Use{Row: reg.Rows[0], Text: line["title"] + " " + line["event"]})
			if u := campaign.NormalURL(line["url"]); u != "" && u == campaign.NormalURL(e.URL) || campaign.TitleLikeness(line["title"], e.Title) == 100 {
				rows = append(rows, reg.Rows[0])
			}
		}
	}
	uses = append(uses, campaign.Use{Row: 15, Text: e.Title, Activity: e.Activity})
	rows = append(rows, all.AlsoUsed(uses)[len(uses)-1]...)
	slices.Sort(rows)
	return slices.Compact(rows), nil
}

// ClaimHint says what keeps a claim from being confirmed as the lists are now;
// "" when nothing does.
func (d *Desk) ClaimHint(ctx context.Context, r store.Reader, e store.Event) (string, error) {
	_, err := d.standing(ctx, r, e)
	if err != nil && campaign.KindOf(err) != campaign.Internal {
		return err.Error(), nil
	}
	return "", err
}
