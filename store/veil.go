package store

import (
	"context"

	"xuanping/campaign"
)

// Lists reads who is on the published list of a year and who once was; of a year
// that was published without a list of its own, who holds its certificate.
func (r Reader) Lists(ctx context.Context, year int) (campaign.Lists, error) {
	releases, err := r.Releases(ctx, year)
	if err != nil {
		return campaign.Lists{}, err
	}
	return r.lists(ctx, year, releases)
}

func (r Reader) lists(ctx context.Context, year int, releases []Release) (campaign.Lists, error) {
	var versions [][]campaign.Named
	for _, p := range releases {
		versions = append(versions, p.Body.Excellent)
	}
	if len(versions) > 0 {
		return campaign.ListsOf(versions...), nil
	}
	codes, err := r.Honoured(ctx, year)
	if err != nil || len(codes) == 0 {
		return campaign.Lists{}, err
	}
	entries, err := r.Entries(ctx, year)
	var l campaign.Lists
	for _, e := range entries {
		if codes[e.Code] && e.Stage != campaign.Left {
			l.Now = append(l.Now, campaign.Named{Code: e.Code, Name: e.Name, Province: e.Province, Category: e.Category})
		}
	}
	return l, err
}

// Veil decides what of a year's figures is kept back in public (PL-2), by the list
// of a version and those before it, so that a report comes out the same again.
func (r Reader) Veil(ctx context.Context, year, version int, figures []campaign.Figure) (campaign.Veil, error) {
	releases, err := r.Releases(ctx, year)
	if err != nil {
		return campaign.Veil{}, err
	}
	now, old, err := r.listsBeside(ctx, year, releases[:min(version, len(releases))])
	return campaign.VeilOf(figures, now, old), err
}

// listsBeside are the lists of a year and of the one that its report compares with.
func (r Reader) listsBeside(ctx context.Context, year int, releases []Release) (now, old campaign.Lists, err error) {
	if now, err = r.lists(ctx, year, releases); err != nil {
		return now, old, err
	}
	before, err := r.YearBefore(ctx, year)
	if err != nil || before == 0 {
		return now, old, err
	}
	old, err = r.Lists(ctx, before)
	return now, old, err
}

// OpenReleases lists the published versions of a year, the oldest first, with the
// figures that everybody may read, so that a record of corrections says no other.
func (r Reader) OpenReleases(ctx context.Context, year int) ([]Release, error) {
	all, err := r.Releases(ctx, year)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	now, old, err := r.listsBeside(ctx, year, all)
	for i, p := range all {
		all[i].Body.Figures = campaign.VeilOf(p.Body.Figures, now, old).Open(p.Body.Figures)
	}
	return all, err
}
