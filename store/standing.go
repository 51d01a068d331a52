package store

import (
	"context"
	"slices"
	"strings"

	"xuanping/campaign"
)

// Face is what a list of a year's institutions is narrowed by.
type Face struct {
	Code, Name, Province, Category string
	Stage                          campaign.Stage
	Bare                           bool // contact, address or telephone is missing
	Suspended                      bool // its year is suspended (WF-4)
	Late                           bool // a plan, self-score or rectification that is due is not in
	Lost                           bool // its last letter did not arrive; known where it was asked
}

// Narrow narrows a list of institutions; its zero value is all of them.
type Narrow struct {
	Stage, Province, Category  string
	Word                       string // in code, name, province or category
	Late, Unreached, Suspended bool
}

// Faces lists a campaign's institutions by code. Late is what is the
// institution's own to do and past its day; where a reviewer or an officer is
// awaited, the institution is not late. lost asks for letters that did not
// arrive too, which goes through all letters of the year.
func (r Reader) Faces(ctx context.Context, year int, today campaign.Day, lost bool) ([]Face, error) {
	all, err := collect[Face](ctx, r, `select e.code, i.name, i.province, i.category, e.stage,
			btrim(i.contact) = '' or btrim(i.email) = '' or btrim(i.mobile) = '' bare, false lost,
			`+suspendedAt+` is not null suspended,
			coalesce(e.due < $2::date and `+suspendedAt+` is null and (e.stage = 'planning' and coalesce((select v.accepted is false from plan l left join plan_review v using (year, code, version)
					where l.year = e.year and l.code = e.code order by l.version desc limit 1), true)
				or e.stage = 'self-score' and not exists (select from self_score x where x.year = e.year and x.code = e.code)), false)
			or coalesce(w.state in ('received','planned') and w.due < $2::date, false) late
		from entry e join institution i using (code) left join warning w on w.year = e.year and w.code = e.code
		where e.year = $1 order by e.code collate "C"`, year, string(today))
	if err != nil || !lost {
		return all, err
	}
	codes, err := r.Unreached(ctx, year)
	for _, code := range codes {
		if i, ok := slices.BinarySearchFunc(all, code, func(f Face, code string) int { return strings.Compare(f.Code, code) }); ok {
			all[i].Lost = true
		}
	}
	return all, err
}

// Fits tells whether an institution is in the narrowed list.
func (n Narrow) Fits(f Face) bool {
	words := strings.ToLower(f.Code + "\n" + f.Name + "\n" + f.Province + "\n" + f.Category)
	return (n.Stage == "" || n.Stage == string(f.Stage)) && (n.Province == "" || n.Province == f.Province) && (n.Category == "" || n.Category == f.Category) &&
		(!n.Late || f.Late) && (!n.Suspended || f.Suspended) && (!n.Unreached || f.Bare || f.Lost) && strings.Contains(words, strings.ToLower(n.Word))
}
