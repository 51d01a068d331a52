package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// matterDays is how far apart like titles may lie to be suggested as one matter.
const matterDays = 10

// Matters is what the office weighs about 同一事项 in a year.
type Matters struct {
	Events      map[int64]store.Event
	Suggestions []campaign.Suggestion
	Groups      []MatterGroup // matters with more than one event, those of the year
	Acts        []store.MatterAct
}

// MatterGroup is a matter with its events.
type MatterGroup struct {
	Name   string
	Events []store.Event
}

// Matters reads the year's suggestions, matters and decisions.
func (d *Desk) Matters(ctx context.Context, r store.Reader, year int) (Matters, error) {
	m := Matters{Events: map[int64]store.Event{}}
	all, err := r.KindredEvents(ctx, year)
	if err != nil {
		return m, err
	}
	var claims []campaign.Claim
	groups := map[string][]store.Event{}
	for _, e := range all {
		m.Events[e.ID] = e
		if e.Confirmed == nil || *e.Confirmed { // what was rejected takes no part
			claims = append(claims, e.Claim())
		}
		if e.Matter != "" {
			groups[e.Matter] = append(groups[e.Matter], e)
		}
	}
	ofYear := func(e store.Event) bool { return e.Year == year }
	for _, s := range campaign.SuggestMatters(claims, matterDays) {
		if ofYear(m.Events[s.A]) || ofYear(m.Events[s.B]) {
			m.Suggestions = append(m.Suggestions, s)
		}
	}
	near := func(s campaign.Suggestion) int { // an institution's own first: they change its points
		if m.Events[s.A].Code == m.Events[s.B].Code {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(m.Suggestions, func(a, b campaign.Suggestion) int { return near(a) - near(b) })
	for name, events := range groups {
		if len(events) > 1 && slices.ContainsFunc(events, ofYear) {
			m.Groups = append(m.Groups, MatterGroup{name, events})
		}
	}
	slices.SortFunc(m.Groups, func(a, b MatterGroup) int { return cmp.Compare(a.Name, b.Name) })
	m.Acts, err = r.MatterActs(ctx, year)
	return m, err
}

// ClaimedElsewhere tells which events another institution has registered too;
// each side is told that, and never by whom (feature 6).
func (d *Desk) ClaimedElsewhere(ctx context.Context, r store.Reader, ref campaign.Ref, own []store.Event) (map[int64]bool, error) {
	var claims []campaign.Claim
	matters, hosts := []string{}, []string{}
	take := func(all []store.Event) {
		for _, e := range all {
			if e.Confirmed == nil || *e.Confirmed {
				claims = append(claims, e.Claim())
			}
		}
	}
	take(own)
	for _, c := range claims {
		if c.Matter != "" {
			matters = append(matters, c.Matter)
		}
		if host, _, _ := strings.Cut(campaign.NormalURL(c.URL), "/"); host != "" {
			hosts = append(hosts, host)
		}
	}
	if len(matters)+len(hosts) == 0 {
		return nil, nil // nothing that anybody could share
	}
	rivals, err := r.RivalEvents(ctx, ref, matters, hosts)
	take(rivals)
	return campaign.ClaimedElsewhere(claims), err
}

// MergeMatters makes events, with all the events of their matters, one matter.
func (d *Desk) MergeMatters(ctx context.Context, p store.Staff, year int, events []int64, name, reason string) error {
	name = strings.TrimSpace(name)
	bad := map[string]string{}
	wordy(bad, "name", name, "事项名称", 100)
	return d.place(ctx, p, year, store.MatterAct{Kind: store.MergeMatters, Reason: reason}, bad, func(_ store.Reader, all []store.Event) ([]store.MatterPlace, error) {
		matters := map[string]bool{name: true}
		found := 0
		for _, e := range all {
			if slices.Contains(events, e.ID) {
				found++
				matters[e.Matter] = true
			}
		}
		if found < 2 || found != len(events) {
			return nil, campaign.Fail(campaign.Invalid, "请选择两项以上的事项再合并")
		}
		delete(matters, "")
		var places []store.MatterPlace
		for _, e := range all {
			if (slices.Contains(events, e.ID) || matters[e.Matter]) && e.Matter != name {
				places = append(places, put(e, name))
			}
		}
		return places, nil
	})
}

// SplitMatter takes events out of their matter: each stands for itself again.
func (d *Desk) SplitMatter(ctx context.Context, p store.Staff, year int, events []int64, reason string) error {
	return d.place(ctx, p, year, store.MatterAct{Kind: store.SplitMatter, Reason: reason}, map[string]string{}, func(_ store.Reader, all []store.Event) ([]store.MatterPlace, error) {
		var places []store.MatterPlace
		for _, e := range all {
			if slices.Contains(events, e.ID) && e.Matter != "" {
				places = append(places, put(e, ""))
			}
		}
		return places, nil
	})
}

// UndoMatter puts the events of a decision back where they were, unless a
// later decision has moved one of them.
func (d *Desk) UndoMatter(ctx context.Context, p store.Staff, year int, act int64, reason string) error {
	return d.place(ctx, p, year, store.MatterAct{Kind: store.UndoMatter, Undoes: &act, Reason: reason}, map[string]string{}, func(r store.Reader, all []store.Event) ([]store.MatterPlace, error) {
		acts, err := r.MatterActs(ctx, year)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(acts, func(a store.MatterAct) bool { return a.ID == act })
		if i < 0 {
			return nil, campaign.Fail(campaign.NotFound, "没有找到这次处理")
		}
		var places []store.MatterPlace
		for _, was := range acts[i].Places {
			k := slices.IndexFunc(all, func(e store.Event) bool { return e.ID == was.Event })
			if k < 0 || all[k].Matter != was.Now {
				return nil, campaign.Fail(campaign.Conflict, "其中的事项此后另有处理，请直接合并或拆分")
			}
			places = append(places, put(all[k], was.Was))
		}
		return places, nil
	})
}

func put(e store.Event, matter string) store.MatterPlace {
	return store.MatterPlace{Event: e.ID, Year: e.Year, Code: e.Code, Was: e.Matter, Now: matter}
}

// place carries a decision on matters out, with every institution's year that
// it may touch locked and none of them with a result that is being served.
func (d *Desk) place(ctx context.Context, p store.Staff, year int, a store.MatterAct, bad map[string]string, choose func(store.Reader, []store.Event) ([]store.MatterPlace, error)) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	wordy(bad, "reason", a.Reason, "理由", 500)
	if err := faulty(bad); err != nil {
		return err
	}
	a.Reason, a.By = strings.TrimSpace(a.Reason), p.ID
	return d.commit(ctx, func(tx *store.Tx) error {
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		a.At = c.Now(d.Clock())
		var all []store.Event
		for range 2 { // the second time with the rows locked
			if all, err = tx.KindredEvents(ctx, year); err != nil {
				return err
			}
			if a.Places, err = choose(tx.Reader, all); err != nil {
				return err
			}
			if err := d.touchable(ctx, tx, a.Places); err != nil {
				return err
			}
		}
		if len(a.Places) == 0 {
			return campaign.Fail(campaign.Conflict, "没有需要改变的事项，请刷新后查看")
		}
		if a.Kind == store.MergeMatters {
			if err := nameless(ctx, tx.Reader, all, a.Places); err != nil {
				return err
			}
		}
		_, err = tx.AddMatterAct(ctx, a)
		return err
	})
}

// nameless refuses a name that would tell one institution of another: each
// side learns that somebody else is concerned, never who (feature 6).
func nameless(ctx context.Context, r store.Reader, all []store.Event, places []store.MatterPlace) error {
	name := places[0].Now // a merger gives one name
	var codes []string
	for _, p := range places {
		if p.Now == name && name != "" && !slices.Contains(codes, p.Code) {
			codes = append(codes, p.Code)
		}
	}
	for _, e := range all {
		if e.Matter == name && name != "" && !slices.Contains(codes, e.Code) {
			codes = append(codes, e.Code)
		}
	}
	for _, code := range codes {
		i, err := r.Institution(ctx, code)
		if err != nil {
			return err
		}
		if len(codes) > 1 && strings.Contains(name, i.Name) {
			say := "这一事项涉及多家机构，名称中不能写机构名称"
			return &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{"name": say}}
		}
	}
	return nil
}

// touchable locks the years in which an event may count, in one order, and
// refuses to change the basis of a result that still can be looked at again.
func (d *Desk) touchable(ctx context.Context, tx *store.Tx, places []store.MatterPlace) error {
	var refs []campaign.Ref
	for _, p := range places {
		years, err := tx.BoundYears(ctx, campaign.Ref{Year: p.Year, Code: p.Code})
		if err != nil {
			return err
		}
		for _, y := range years {
			if ref := (campaign.Ref{Year: y, Code: p.Code}); !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
	}
	slices.SortFunc(refs, func(a, b campaign.Ref) int { return cmp.Or(cmp.Compare(a.Code, b.Code), a.Year-b.Year) })
	for _, ref := range refs {
		if err := tx.Lock(ctx, ref); err != nil {
			return err
		}
		e, err := tx.Entry(ctx, ref)
		if err != nil {
			return err
		}
		if e.Stage == campaign.Final || e.Stage == campaign.Closed || e.Stage == campaign.Left {
			continue // its result stands whatever is decided now
		}
		if e.Stage == campaign.Served {
			return campaign.Fail(campaign.Conflict, "%s（%d 年度）的结果已经告知，不能再变更其依据", e.Name, ref.Year)
		}
		if err := unfrozen(ctx, tx, ref); err != nil {
			return err
		}
	}
	return nil
}
