package store

import (
	"context"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// VoidRuling is a decision on a row of an appeal that counts no more: whoever made
// it turned out to be conflicted before the result was final (AP-3, S8).
type VoidRuling struct {
	Row      int
	N        int // counted per row
	Reviewer string
	Before   rubric.Points
	After    rubric.Points
	Reason   string
	At       time.Time
	VoidAt   time.Time
}

// VoidRulings lists those of an institution's year, for officers and auditors:
// whoever decides again does not read them.
func (r Reader) VoidRulings(ctx context.Context, ref campaign.Ref) ([]VoidRuling, error) {
	return collect[VoidRuling](ctx, r, `select g.row, g.n, g.reviewer, g.before, g.after, g.reason, g.at, v.at void_at from ruling_void v join appeal_ruling g using (year, code, row, n)
		where v.year = $1 and v.code = $2 order by g.row, g.n`, ref.Year, ref.Code)
}

// VoidRulingsOf ends the decisions of a conflicted reviewer that count, and lists their rows.
func (tx *Tx) VoidRulingsOf(ctx context.Context, ref campaign.Ref, reviewer string, at time.Time) (rows []int, err error) {
	type decision struct{ Row, N int }
	all, err := collect[decision](ctx, tx.Reader, `insert into ruling_void (year, code, row, n, why, at)
		select year, code, row, n, 'conflict', $4 from ruling where year = $1 and code = $2 and reviewer = $3 order by row returning row, n`, ref.Year, ref.Code, reviewer, at)
	for _, d := range all {
		tx.record("ruling-void", ref, at, map[string]any{"row": d.Row, "n": d.N, "how": campaign.SeatConflict})
		rows = append(rows, d.Row)
	}
	return rows, err
}

// RulingsOn counts the decisions on a row, void ones too.
func (r Reader) RulingsOn(ctx context.Context, ref campaign.Ref, row int) (int, error) {
	return scalar[int](ctx, r, `select count(*)::int from appeal_ruling where year = $1 and code = $2 and row = $3`, ref.Year, ref.Code, row)
}

// DecidersSince counts who was named to decide an appeal from an instant on.
func (r Reader) DecidersSince(ctx context.Context, ref campaign.Ref, at time.Time) (int, error) {
	return scalar[int](ctx, r, `select count(*)::int from decider where year = $1 and code = $2 and at >= $3`, ref.Year, ref.Code, at)
}
