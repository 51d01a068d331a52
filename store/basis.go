package store

import (
	"context"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// BasisDecision is an officer's decision that a first result is formed on the
// marks that are there (RV-1, WF-5).
type BasisDecision struct {
	N         int
	Kind      campaign.Basis
	Reviewers []string // whose sheets it rests on, by seat
	Reason    string
	By        string
	At        time.Time
	Stands    bool // as read: no sheet came or ended after it
}

// Basis is what a first result would rest on now.
type Basis struct {
	Kind      campaign.Basis
	Reviewers []string // whose sheets are there, by seat
	Wanted    []int    // seats whose sheet would mend it
	Rows      []int    // on which the two differ too far
	Decision  *BasisDecision
	Decided   int // how often it was decided, for sheets of an earlier day too

	threshold rubric.Points
}

// Told says in sentences what the result rests on, and that it was decided so by
// an organ, whom no name stands for; nothing of the full double review.
func (b Basis) Told(organ string) (all []string) {
	if b.Kind == campaign.FullBasis {
		return nil
	}
	all = []string{b.Kind.Told(b.Rows, b.Wanted, b.threshold)}
	if d := b.Decision; d != nil {
		all = append(all, campaign.ToldDecided(organ, campaign.DayOf(d.At), d.Reason))
	}
	return all
}

// Undecided tells that the result must wait for a sheet or for an officer.
func (b Basis) Undecided() bool { return b.Kind != campaign.FullBasis && b.Decision == nil }

// standing: the decision d is younger than every sheet of the institution and than
// the end of each. So the same sheets twice, with another between, are decided twice.
const standing = `not exists (select from sheet t left join seat_end x using (year, code, reviewer)
	where t.year = d.year and t.code = d.code and (t.at > d.at or x.at > d.at))`

// BasisDecisions lists those of an institution's year, oldest first.
func (r Reader) BasisDecisions(ctx context.Context, ref campaign.Ref) ([]BasisDecision, error) {
	return collect[BasisDecision](ctx, r, `select d.n, d.kind, d.reviewers, d.reason, d.by, d.at, `+standing+` stands from basis_decision d where d.year = $1 and d.code = $2 order by d.n`, ref.Year, ref.Code)
}

// AddBasisDecision writes the next one and returns its number.
func (tx *Tx) AddBasisDecision(ctx context.Context, ref campaign.Ref, d BasisDecision) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into basis_decision (year, code, n, kind, reviewers, reason, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4::text[], $5, $6, $7 from basis_decision where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, string(d.Kind), d.Reviewers, d.Reason, d.By, d.At)
	if err == nil {
		tx.record("basis-decision", ref, d.At, map[string]any{"n": n, "how": d.Kind, "reviewers": d.Reviewers, "by": d.By, "reason": Digest(d.Reason)})
	}
	return n, err
}

// Basis tells what the first result of an institution's year rests on, and the
// decision under it. One that names other sheets than are there now is void: a
// sheet has come since, or one counts no more. It is void for good, whatever
// becomes of that sheet.
func (r Reader) Basis(ctx context.Context, ref campaign.Ref) (b Basis, err error) {
	c, err := r.Campaign(ctx, ref.Year)
	if err != nil {
		return b, err
	}
	sheets, err := r.SheetsOf(ctx, ref)
	if err != nil {
		return b, err
	}
	return r.BasisOf(ctx, ref, sheets, c.Rules.Settings.Threshold)
}

// BasisOf is Basis for who has read the sheets already.
func (r Reader) BasisOf(ctx context.Context, ref campaign.Ref, sheets []Sheet, threshold rubric.Points) (b Basis, err error) {
	b.threshold = threshold
	var marks [][]rubric.Mark
	var seats []int
	for _, s := range sheets {
		marks, seats, b.Reviewers = append(marks, s.Marks), append(seats, s.Seat), append(b.Reviewers, s.Reviewer)
	}
	if b.Kind = campaign.BasisOf(marks, threshold); b.Kind == campaign.FullBasis {
		return b, nil
	}
	b.Wanted = b.Kind.Wanted(seats)
	if b.Kind == campaign.OpenDifference {
		b.Rows = rubric.Differ(marks[0], marks[1], threshold)
	}
	all, err := r.BasisDecisions(ctx, ref)
	b.Decided = len(all)
	for i := range all {
		if all[i].Stands && all[i].Kind == b.Kind && slices.Equal(all[i].Reviewers, b.Reviewers) {
			b.Decision = &all[i]
		}
	}
	return b, err
}

// WeakBasis is an institution whose result waits for a sheet or for an officer.
type WeakBasis struct {
	Code, Name string
	Kind       campaign.Basis
}

// WeakBases lists the institutions being scored that have sheets, but no basis for
// a result and no decision to form it on what is there.
func (r Reader) WeakBases(ctx context.Context, year int) ([]WeakBasis, error) {
	return collect[WeakBasis](ctx, r, `select b.code, i.name, b.kind from basis b join entry e using (year, code) join institution i using (code)
		where b.year = $1 and b.kind <> '' and e.stage = 'scoring' and not exists (select from result v where v.year = b.year and v.code = b.code)
		and not exists (select from basis_decision d where d.year = b.year and d.code = b.code and d.kind = b.kind and d.reviewers = b.reviewers and `+standing+`) order by b.code`, year)
}
