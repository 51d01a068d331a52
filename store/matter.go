package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// The kinds of decisions on matters (同一事项).
const (
	MergeMatters = "merge"
	SplitMatter  = "split"
	UndoMatter   = "undo"
)

// MatterAct is a decision on what is one matter; nothing is lost by it, for a
// later one may put every event back.
type MatterAct struct {
	ID     int64
	Kind   string
	Undoes *int64
	Reason string
	By     string
	At     time.Time
	Places []MatterPlace `db:"-"`
}

// MatterPlace is where a decision put an event; Year and Code are the event's.
type MatterPlace struct {
	Act   int64
	Event int64
	Year  int
	Code  string
	Title string
	Was   string
	Now   string
}

// AddMatterAct writes a decision and where it puts events. Every institution
// concerned gets a leaf in its own year, so that a recount knows when.
func (tx *Tx) AddMatterAct(ctx context.Context, a MatterAct) (int64, error) {
	id, err := scalar[int64](ctx, tx.Reader, `insert into matter_act (kind, undoes, reason, by, at) values ($1,$2,$3,$4,$5) returning id`, a.Kind, a.Undoes, a.Reason, a.By, a.At)
	if err != nil {
		return 0, err
	}
	var refs []campaign.Ref
	events := map[campaign.Ref][]int64{}
	words := map[campaign.Ref][]string{}
	for _, p := range a.Places {
		if _, err := tx.exec(ctx, `insert into matter_place (act, event, was, matter) values ($1,$2,$3,$4)`, id, p.Event, p.Was, p.Now); err != nil {
			return 0, err
		}
		ref := campaign.Ref{Year: p.Year, Code: p.Code}
		if events[ref] == nil {
			refs = append(refs, ref)
		}
		events[ref], words[ref] = append(events[ref], p.Event), append(words[ref], p.Now)
	}
	for _, ref := range refs {
		tx.record("matter", ref, a.At, map[string]any{"id": id, "how": a.Kind, "by": a.By, "events": events[ref], "text": Digest(append(words[ref], a.Reason))})
	}
	return id, nil
}

const placeColumns = `p.act, p.event, e.year, e.code, e.title, p.was, p.matter now`

// MatterPlacesOf lists where decisions put the events of an institution, over
// all its years, oldest decision first.
func (r Reader) MatterPlacesOf(ctx context.Context, code string) ([]MatterPlace, error) {
	return collect[MatterPlace](ctx, r, `select `+placeColumns+` from matter_place p join event e on e.id = p.event where e.code = $1 order by p.act, p.event`, code)
}

// MatterActs lists the decisions that concern a campaign's events, newest first.
func (r Reader) MatterActs(ctx context.Context, year int) ([]MatterAct, error) {
	all, err := collect[MatterAct](ctx, r, `select a.id, a.kind, a.undoes, a.reason, a.by, a.at from matter_act a
		where exists (select from matter_place p join event e on e.id = p.event where p.act = a.id and e.year = $1) order by a.id desc`, year)
	if err != nil {
		return nil, err
	}
	places, err := collect[MatterPlace](ctx, r, `select `+placeColumns+` from matter_place p join event e on e.id = p.event
		where exists (select from matter_place o join event x on x.id = o.event where o.act = p.act and x.year = $1) order by p.act, p.event`, year)
	if err != nil {
		return nil, err
	}
	of := map[int64][]MatterPlace{}
	for _, p := range places {
		of[p.Act] = append(of[p.Act], p)
	}
	for i := range all {
		all[i].Places = of[all[i].ID]
	}
	return all, nil
}

// BoundYears lists the years of the same kind in which an institution's score may
// look at an event of the given year: that one and the later ones.
func (r Reader) BoundYears(ctx context.Context, ref campaign.Ref) ([]int, error) {
	return list[int](ctx, r, `select n.year from entry n join campaign c on c.year = n.year join campaign me on me.year = $1 and me.rehearsal = c.rehearsal
		where n.code = $2 and n.year >= $1 order by n.year`, ref.Year, ref.Code)
}
