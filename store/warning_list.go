package store

import (
	"context"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// WarningFacts establishes what Article 32 asks of an institution's year, from
// its result before the cap, its events, what it handed in, and which reports were
// late as of an instant (RW-2).
func (r Reader) WarningFacts(ctx context.Context, ref campaign.Ref, v Result, now time.Time) (rubric.Facts, error) {
	have, err := r.Have(ctx, ref)
	if err != nil {
		return rubric.Facts{}, err
	}
	events, err := r.Events(ctx, ref)
	if err != nil {
		return rubric.Facts{}, err
	}
	named := map[string]string{} // by day and clause: an event's id depends on who registered first
	for _, x := range events {
		_, item, _ := strings.Cut(x.Clause, ".")
		named[x.Rubric().ID] = x.OccurredOn.Format("2006-01-02") + " 附件2第16项第" + item[:min(1, len(item))] + "点"
	}
	late, err := r.LateReports(ctx, ref, now)
	if err != nil {
		return rubric.Facts{}, err
	}
	f := rubric.Facts{Total: v.Total, Scored: v.Scored, Submitted: !have.Nothing(), UncappedDeduction: v.Card.DeductionUncapped, LateReports: late}
	for _, l := range v.Card.Trace {
		if l.Row == 16 && l.Event != "" && l.Rule == rubric.RuleCounted {
			f.Events = append(f.Events, named[l.Event])
		}
	}
	return f, nil
}

// WarningSkip is an officer's reason for not proposing an institution (RW-8).
type WarningSkip struct {
	Code   string
	N      int
	Reason string
	By     string
	At     time.Time
}

// AddWarningSkip records a reason; an earlier one stays.
func (tx *Tx) AddWarningSkip(ctx context.Context, ref campaign.Ref, reason, by string, at time.Time) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into warning_skip (year, code, n, reason, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5 from warning_skip where year = $1 and code = $2 returning n`, ref.Year, ref.Code, reason, by, at)
	if err == nil {
		tx.record("warning-skip", ref, at, map[string]any{"n": n, "by": by, "reason": Digest(reason)})
	}
	return n, err
}

// WarningSkips lists a campaign's reasons for not proposing, by institution, newest first.
func (r Reader) WarningSkips(ctx context.Context, year int) ([]WarningSkip, error) {
	return collect[WarningSkip](ctx, r, `select code, n, reason, by, at from warning_skip where year = $1 order by code, n desc`, year)
}

// Partial tells whether a person scored an institution or decided its 评价复核 (RW-3).
func (r Reader) Partial(ctx context.Context, ref campaign.Ref, id string) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from seat where year = $1 and code = $2 and reviewer = $3)
		or exists (select from decider where year = $1 and code = $2 and reviewer = $3)`, ref.Year, ref.Code, id)
}

// AllWarningActs lists the acts of all cases of a campaign, oldest first, by institution.
func (r Reader) AllWarningActs(ctx context.Context, year int) (map[string][]WarningAct, error) {
	type coded struct {
		Code string
		WarningAct
	}
	all, err := collect[coded](ctx, r, `select code, n, act, role, by, text, at from warning_act where year = $1 order by code, n`, year)
	out := map[string][]WarningAct{}
	for _, a := range all {
		out[a.Code] = append(out[a.Code], a.WarningAct)
	}
	return out, err
}

// PastActs turns the acts of a case into what the ladder's rule reads.
func PastActs(acts []WarningAct) []campaign.WarningBy {
	all := make([]campaign.WarningBy, len(acts))
	for i, a := range acts {
		all[i] = campaign.WarningBy{Act: a.Act, Role: a.Role, By: a.By}
	}
	return all
}
