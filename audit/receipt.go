package audit

import (
	"context"
	"slices"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// Explain opens a result into its score receipt, from the facts that the ledger
// held before it; version 0 is the newest. It fails when the facts no longer
// give the stored total.
func Explain(ctx context.Context, r store.Reader, t *rubric.Table, ref campaign.Ref, version int) (rubric.Receipt, error) {
	return explain(ctx, r, t, ref, version, nil)
}

// ExplainTold is Explain for the institution itself: what is still looked into
// is not told before it is determined, and counts nothing until then.
func ExplainTold(ctx context.Context, r store.Reader, t *rubric.Table, ref campaign.Ref, version int) (rubric.Receipt, error) {
	return explain(ctx, r, t, ref, version, func(h rubric.Happening) bool { return h.State == rubric.Pending })
}

func explain(ctx context.Context, r store.Reader, t *rubric.Table, ref campaign.Ref, version int, hide func(rubric.Happening) bool) (rubric.Receipt, error) {
	c, err := r.Campaign(ctx, ref.Year)
	if err != nil {
		return rubric.Receipt{}, err
	}
	f, err := factsOf(ctx, r, ref)
	if err != nil {
		return rubric.Receipt{}, err
	}
	if len(f.results) == 0 {
		return rubric.Receipt{}, campaign.Fail(campaign.NotFound, "%s 的 %d 年度评价结果尚未形成", ref.Code, ref.Year)
	}
	if version == 0 {
		version = f.results[len(f.results)-1].Version
	}
	i := slices.IndexFunc(f.results, func(v store.Result) bool { return v.Version == version })
	if i < 0 {
		return rubric.Receipt{}, campaign.Fail(campaign.NotFound, "没有第 %d 版结果，现有 %d 版", version, len(f.results))
	}
	files, err := r.EvidenceOf(ctx, ref)
	if err != nil {
		return rubric.Receipt{}, err
	}
	stored := f.results[i]
	basis, err := r.Basis(ctx, ref)
	if err != nil {
		return rubric.Receipt{}, err
	}
	in := f.receipt(stored, files)
	in.Basis = basis.Told(c.Rules.Settings.Issuer)
	in.Choices = c.Rules.Settings.Readings
	if hide != nil {
		in.Events = slices.DeleteFunc(in.Events, hide)
	}
	out, err := t.Receipt(in)
	if err != nil {
		return out, err
	}
	if rubric.Points(out.Sum.Total) != stored.Total || out.Scored != stored.Scored {
		return out, campaign.Fail(campaign.Conflict, "存档总分 %s，由事实复算为 %s，二者不一致；请先运行 starter recount %d 核对", stored.Total, out.Sum.Total, ref.Year)
	}
	return out, nil
}

// receipt gathers what a version of the result rests on.
func (f facts) receipt(v store.Result, files []store.Evidence) rubric.ReceiptFacts {
	idx := f.known[key("result", v.Version)]
	in := rubric.ReceiptFacts{Institution: f.ref.Code, Year: f.ref.Year, Version: v.Version, Card: store.Digest(v.Card)}
	for _, s := range f.sheets {
		if f.before(idx, "sheet", s.Reviewer) {
			in.Sheets = append(in.Sheets, s.Marks)
		}
	}
	for _, a := range f.appeals {
		if v.Version > 1 && a.After != nil && f.before(idx, "appeal-ruling", a.Row) {
			in.Rulings = append(in.Rulings, rubric.Ruling{Row: a.Row, Points: *a.After, Reason: *a.Reason})
		}
	}
	for _, e := range files {
		if !e.At.After(v.At) {
			in.Evidence = append(in.Evidence, rubric.EvidenceFile{Row: e.Row, SHA256: e.Digest})
		}
	}
	for _, e := range store.WithEarlier(f.asOf(idx, f.events), f.asOf(idx, f.earlier)) {
		h := rubric.Happening{Event: e.Rubric(), Source: store.Digest(e.Source)}
		if u := e.Unamended(); u.Confirmed != nil && u.Reason != nil {
			h.Reason = *u.Reason
		}
		if e.Amended != "" {
			h.Amendment = &rubric.ReceiptAmendment{Words: e.AmendedWords(rubric.Annex2()), Reason: e.AmendedWhy, On: string(campaign.DayOf(*e.AmendedAt)), By: rubric.Deciders}
		}
		in.Events = append(in.Events, h)
	}
	return in
}
