package store

import (
	"context"
	"fmt"
	"time"

	"xuanping/campaign"
)

// LateHonour is a certificate that a case of Article 32 kept back at publication
// and that was given when the case ended without any measure (RW-5).
type LateHonour struct {
	Code, Name, Province, Category string
	Number                         int
	At                             time.Time
	Stands                         bool // it has not left, and no correction took it off again
}

// Paper is the number of the certificate.
func (h LateHonour) Paper(year int) string { return campaign.CertificatePaper.Number(year, h.Number) }

func (h LateHonour) note(year int) string {
	return fmt.Sprintf("%s补列%s为优秀单位（证书编号 %s）", campaign.DayOf(h.At).Chinese(), h.Name, h.Paper(year))
}

// LateHonours lists a year's, oldest first.
func (r Reader) LateHonours(ctx context.Context, year int) ([]LateHonour, error) {
	return collect[LateHonour](ctx, r, `select h.code, i.name, i.province, i.category, h.number, h.at,
		e.stage <> 'left' and not exists (select from correction c where c.year = h.year and c.code = h.code and c.kind = 'remove') stands
		from late_honour h join institution i using (code) join entry e using (year, code) where h.year = $1 order by h.at, h.code`, year)
}

// EarnedLate tells whether an institution whose case has ended would have had the
// certificate but for the case, and has none: its results are public, it earned
// it, it is not leaving, and no correction took it off the list.
func (r Reader) EarnedLate(ctx context.Context, ref campaign.Ref) (bool, error) {
	c, err := r.Campaign(ctx, ref.Year)
	if err != nil || c.PublishedAt == nil {
		return false, err
	}
	e, err := r.Entry(ctx, ref)
	if err != nil || e.Stage == campaign.Left {
		return false, err
	}
	results, err := r.Results(ctx, ref)
	if err != nil || len(results) == 0 {
		return false, err
	}
	if v := results[len(results)-1]; !c.Rules.Settings.Honours(v.Scored, e.Ranked, v.Total) {
		return false, nil
	}
	leaving, err := r.Leaving(ctx, ref.Year)
	if err != nil || leaving[ref.Code] {
		return false, err
	}
	return scalar[bool](ctx, r, `select not exists (select from number where series = $1 and year = $2 and code = $3)
		and not exists (select from correction where year = $2 and code = $3 and kind = 'remove')`, campaign.CertificatePaper.Series(), ref.Year, ref.Code)
}

// AddLateHonour gives the next number of the certificates to an institution.
func (tx *Tx) AddLateHonour(ctx context.Context, ref campaign.Ref, at time.Time) (number int, err error) {
	numbers, err := tx.Numbers(ctx, campaign.CertificatePaper.Series(), ref.Year, []string{ref.Code})
	if err != nil {
		return 0, err
	}
	number = numbers[ref.Code]
	if _, err = tx.exec(ctx, `insert into late_honour (year, code, number, at) values ($1,$2,$3,$4)`, ref.Year, ref.Code, number, at); err == nil {
		tx.record("late-honour", ref, at, map[string]any{"number": number})
	}
	return number, err
}
