package desk

import (
	"context"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// inProvince reads an institution's year for a local regulator: one of another
// place does not exist for him (PL-11).
func (d *Desk) inProvince(ctx context.Context, r store.Reader, p store.Staff, ref contract.Ref) (store.Entry, error) {
	e, err := r.Entry(ctx, ref)
	if err == nil && (e.Province != p.Province || p.Province == "") {
		err = campaign.Fail(campaign.NotFound, "没有找到该机构")
	}
	return e, err
}

// LocalEntry is an institution's year as a local regulator may see it.
func (d *Desk) LocalEntry(ctx context.Context, p store.Staff, ref contract.Ref) (store.Entry, error) {
	if err := need(p, campaign.Local); err != nil {
		return store.Entry{}, err
	}
	return d.inProvince(ctx, d.Store.Reader, p, ref)
}

// Observe records what a local regulator noted about an institution of his
// province. Officers and the institution's reviewers read it; it never scores.
func (d *Desk) Observe(ctx context.Context, p store.Staff, ref contract.Ref, row int, text string) error {
	if err := need(p, campaign.Local); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	bad := map[string]string{}
	if n := len([]rune(text)); n == 0 || n > 2000 {
		bad["text"] = "请填写观察内容（不超过 2000 字）"
	}
	if row < 0 || row > 16 {
		bad["row"] = "请选择附件2 的指标，或不选"
	}
	if err := faulty(bad); err != nil {
		return err
	}
	if _, err := d.inProvince(ctx, d.Store.Reader, p, ref); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		if st := s.Entry.Stage; st == campaign.Closed || st == campaign.Left {
			return campaign.Fail(campaign.TooLate, "该机构本年度评价已经结束")
		}
		all, err := tx.Observations(ctx, ref)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o store.Observation) bool { return o.By == p.ID && o.Row == row && o.Text == text }) {
			return nil // the same form sent twice is one act
		}
		_, err = tx.AddObservation(ctx, ref, row, text, p.ID, s.Now)
		return err
	})
}

// SetLocalSet stores the indicator set of a year's local ranking (PL-12).
func (d *Desk) SetLocalSet(ctx context.Context, p store.Staff, year int, set campaign.LocalSet) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	if err := faulty(set.Check()); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err == nil {
			_, err = tx.AddLocalSet(ctx, year, set, p.ID, c.Now(d.Clock()))
		}
		return err
	})
}

// EnterLocal stores the figures of the indicators that an officer enters; they
// replace those entered before, which stay in the score book.
func (d *Desk) EnterLocal(ctx context.Context, p store.Staff, year int, v store.LocalValues) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		places, err := provinces(ctx, tx.Reader)
		if err != nil {
			return err
		}
		for place, figures := range v {
			if !slices.Contains(places, place) {
				return campaign.Fail(campaign.Invalid, "“%s”没有地方监管人员账号，不参加比较", place)
			}
			for name, n := range figures {
				if n < 0 || n > 1_000_000 {
					return campaign.Fail(campaign.Invalid, "“%s”的“%s”应为 0 至 1000000 的整数", place, name)
				}
			}
		}
		_, err = tx.AddLocalValues(ctx, year, v, p.ID, c.Now(d.Clock()))
		return err
	})
}

// provinces are the places that take part: those with a local regulator.
func provinces(ctx context.Context, r store.Reader) ([]string, error) {
	all, err := r.StaffOf(ctx, campaign.Local)
	var out []string
	for _, p := range all {
		out = append(out, p.Province)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// LocalRanking is the comparison of local regulators by a stored set.
type LocalRanking struct {
	Set  store.LocalSet
	All  []campaign.LocalStanding
	Top  []campaign.LocalStanding // the only ones that may be named outside the office
	Note string
}

// RankLocal compares the local regulators of a year. It refuses to run until
// an officer has stored a set: the source gives no indicators, and none are invented (PL-12).
func (d *Desk) RankLocal(ctx context.Context, year int) (LocalRanking, error) {
	r := d.Store.Reader
	sets, err := r.LocalSets(ctx, year)
	if err != nil {
		return LocalRanking{}, err
	}
	if len(sets) == 0 {
		return LocalRanking{}, campaign.Fail(campaign.Conflict, "%d 年度还没有地方评价的指标集，不能排序。请经办人员先录入指标、权重（原文未规定指标，系统不代为拟定）", year)
	}
	out := LocalRanking{Set: sets[len(sets)-1], Note: campaign.LocalNote}
	figures, err := localFigures(ctx, r, year, out.Set.Body)
	if err != nil {
		return out, err
	}
	out.All = campaign.RankLocal(out.Set.Body, figures)
	out.Top = out.Set.Body.Named(out.All)
	return out, nil
}

// localFigures collects each place's figures in the order of the set.
func localFigures(ctx context.Context, r store.Reader, year int, set campaign.LocalSet) (map[string][]int, error) {
	places, err := provinces(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return nil, campaign.Fail(campaign.Conflict, "还没有地方监管人员账号，没有可以比较的地方")
	}
	entered, err := r.LocalValues(ctx, year)
	if err != nil {
		return nil, err
	}
	observed, err := r.ObservationCounts(ctx, year)
	if err != nil {
		return nil, err
	}
	honours, err := r.Honours(ctx, year)
	if err != nil {
		return nil, err
	}
	cases, awarded := map[string]int{}, map[string]int{}
	for _, h := range honours {
		if h.Source == string(campaign.Local) {
			cases[h.Province]++
			if h.State() == campaign.Awarded {
				awarded[h.Province]++
			}
		}
	}
	out := map[string][]int{}
	for _, p := range places {
		for _, x := range set.Indicators {
			n := map[string]int{campaign.FromEntered: entered[p][x.Name], campaign.FromObservations: observed[p], campaign.FromCases: cases[p], campaign.FromAwarded: awarded[p]}[x.Source]
			out[p] = append(out[p], n)
		}
	}
	return out, nil
}
