package independent

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// book is what the facts say, by institution.
type book struct {
	year         int
	options      Options
	at           map[string]int // the ledger's index of a fact: the order of commits
	results      []result
	sheets       []sheet
	seats        []seat
	appeals      []appeal
	events       []event
	rulings      map[int64]eventRuling
	amendments   []amendment
	places       []place
	entries      []entry
	category     map[string]string
	publications []publication
}

type result struct {
	Year    int
	Code    string
	Version int
	Scored  bool
	Total   int
	Card    card
}

type card struct {
	Base              int `json:"base"`
	Bonus             int `json:"bonus"`
	BonusUncapped     int `json:"bonus_uncapped"`
	Deduction         int `json:"deduction"`
	DeductionUncapped int `json:"deduction_uncapped"`
	Total             int `json:"total"`
	Rows              []struct{ Row, Points int }
	Trace             []struct {
		Event, Rule string
		Counted     int
	}
}

func (c card) row(no int) int {
	for _, r := range c.Rows {
		if r.Row == no {
			return r.Points
		}
	}
	return 0
}

func (c card) counted() string {
	all := map[string]int{}
	for _, l := range c.Trace {
		if l.Event != "" && l.Rule == "counted" {
			all[l.Event] = max(l.Counted, -l.Counted)
		}
	}
	return list(all)
}

type sheet struct {
	Year           int
	Code, Reviewer string
	Marks          []Mark
}

type seat struct {
	Year, Seat, N  int
	Code, Reviewer string
}

type appeal struct {
	Year, Row, N, After int
	Code, Reviewer, At  string
}

type event struct {
	ID                   int64
	Year, Points         int
	Code, Clause, Matter string
	Day                  string `json:"occurred_on"`
}

type eventRuling struct {
	Event     int64
	Confirmed bool
	InBase    bool `json:"in_base"`
	Clause    *string
	Points    *int
}

// amendment is an edition of what 评价复核 made of an event.
type amendment struct {
	Event                           int64
	N, Year, Row                    int
	Code, Reviewer, Outcome, Clause string
	At                              string
	Points                          *int
	InBase                          bool `json:"in_base"`
}

type place struct {
	Act, Event int64
	Matter     string
}

type entry struct {
	Year        int
	Code, Stage string
	Ranked      bool
}

type publication struct {
	Year   int
	Totals map[string]int
}

func key(kind string, id ...any) string {
	for _, part := range id {
		kind += "/" + fmt.Sprint(part)
	}
	return kind
}

// readAppeals reads the rulings of 评价复核 that are not void, and what whoever
// made one decided on events: a void ruling takes that with it.
func (b *book) readAppeals(f Facts, err *error) {
	void, counts := map[string]bool{}, map[string]bool{}
	for _, v := range rows(f, "ruling_void", err, func(appeal) bool { return true }) {
		void[key("ruling", v.Year, v.Code, v.Row, v.N)] = true
	}
	for _, r := range rows(f, "appeal_ruling", err, func(r appeal) bool { return !void[key("ruling", r.Year, r.Code, r.Row, r.N)] }) {
		counts[key("by", r.Year, r.Code, r.Row, r.Reviewer, r.At)] = true
		if r.Year == b.year {
			b.appeals = append(b.appeals, r)
		}
	}
	b.amendments = rows(f, "event_amendment", err, func(a amendment) bool { return counts[key("by", a.Year, a.Code, a.Row, a.Reviewer, a.At)] })
	slices.SortFunc(b.amendments, func(x, y amendment) int { return x.N - y.N })
}

// open reads the facts of a year.
func open(f Facts) (*book, error) {
	b := &book{year: f.Year, options: Options{}, at: map[string]int{}, rulings: map[int64]eventRuling{}, category: map[string]string{}}
	of := func(y int) bool { return y == f.Year }
	var err error
	b.results = rows(f, "result", &err, func(r result) bool { return of(r.Year) })
	b.sheets = rows(f, "sheet", &err, func(r sheet) bool { return of(r.Year) })
	b.seats = rows(f, "seat", &err, func(r seat) bool { return of(r.Year) })
	b.readAppeals(f, &err)
	b.entries = rows(f, "entry", &err, func(r entry) bool { return of(r.Year) })
	b.publications = rows(f, "publication", &err, func(r publication) bool { return of(r.Year) })
	b.places = rows(f, "matter_place", &err, func(place) bool { return true })
	for _, r := range rows(f, "event_ruling", &err, func(eventRuling) bool { return true }) {
		b.rulings[r.Event] = r
	}
	for _, i := range rows(f, "institution", &err, func(struct{ Code, Category string }) bool { return true }) {
		b.category[i.Code] = i.Category
	}
	b.readEvents(f, &err)
	b.readOptions(f, &err)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(b.results, func(x, y result) int {
		if c := strings.Compare(x.Code, y.Code); c != 0 {
			return c
		}
		return x.Version - y.Version
	})
	slices.SortFunc(b.entries, func(x, y entry) int { return strings.Compare(x.Code, y.Code) })
	slices.SortFunc(b.places, func(x, y place) int { return int(x.Act - y.Act) })
	for i, r := range f.Records {
		b.learn(i, r)
	}
	return b, nil
}

// rows decodes those rows of a table that are asked for.
func rows[T any](f Facts, table string, failed *error, take func(T) bool) (all []T) {
	for i, r := range f.Rows[table] {
		var v T
		if err := json.Unmarshal(r, &v); err != nil && *failed == nil {
			*failed = fmt.Errorf("表 %s 第 %d 行无法读取：%w", table, i+1, err)
		}
		if take(v) {
			all = append(all, v)
		}
	}
	return all
}

// readEvents takes this year's events and, of years of the same kind, earlier
// ones that happened in their year: a matter counts once over the years.
func (b *book) readEvents(f Facts, failed *error) {
	type campaign struct {
		Year      int
		Rehearsal bool
	}
	rehearsal := map[int]bool{}
	for _, c := range rows(f, "campaign", failed, func(campaign) bool { return true }) {
		rehearsal[c.Year] = c.Rehearsal
	}
	b.events = rows(f, "event", failed, func(e event) bool {
		kind, known := rehearsal[e.Year]
		return e.Year == f.Year || e.Year < f.Year && known && kind == rehearsal[f.Year] && strings.HasPrefix(e.Day, fmt.Sprintf("%04d-", e.Year))
	})
}

// readOptions takes the readings that the year was fixed with.
func (b *book) readOptions(f Facts, failed *error) {
	type rules struct {
		Year, Version int
		Body          struct {
			Settings struct {
				Readings []struct{ Reading, Option string }
			}
		}
	}
	newest := 0
	for _, r := range rows(f, "rules", failed, func(r rules) bool { return r.Year == f.Year }) {
		if r.Version < newest {
			continue
		}
		newest = r.Version
		clear(b.options)
		for _, c := range r.Body.Settings.Readings {
			b.options[c.Reading] = c.Option
		}
	}
}

// learn notes when the ledger came to know a fact; a decision on matters may
// have several records, all of one act.
func (b *book) learn(i int, record json.RawMessage) {
	var r struct {
		Kind string
		Year int
		Code string
		Body struct {
			ID              any
			Version, Row, N int
			Reviewer        string
		}
	}
	if json.Unmarshal(record, &r) != nil {
		return // the check of the ledger says so
	}
	k := ""
	switch r.Kind {
	case "event", "event-ruling", "matter":
		k = key(r.Kind, r.Body.ID)
	case "event-amendment":
		k = key(r.Kind, r.Body.ID, r.Body.N)
	case "result":
		if k = key(r.Kind, r.Code, r.Body.Version); r.Year != b.year {
			k = key("earlier", r.Year, r.Code, r.Body.Version)
		}
	case "sheet", "seat", "seat-end":
		k = key(r.Kind, r.Code, r.Body.Reviewer)
	case "appeal-ruling":
		k = key(r.Kind, r.Code, r.Body.Row)
	default:
		return
	}
	if r.Year != b.year && !strings.HasPrefix(r.Kind, "event") && r.Kind != "matter" && r.Kind != "result" {
		return
	}
	if _, known := b.at[k]; !known {
		b.at[k] = i
	}
}

// before tells whether the ledger knew a fact before a moment.
func (b *book) before(moment int, kind string, id ...any) bool {
	at, known := b.at[key(kind, id...)]
	return known && at < moment
}

// sheetsAt are the sheets that counted: of those who held their seat then.
func (b *book) sheetsAt(code string, moment int) (all [][]Mark) {
	for _, s := range b.sheets {
		if s.Code != code || !b.before(moment, "sheet", code, s.Reviewer) || b.before(moment, "seat-end", code, s.Reviewer) {
			continue
		}
		mine := slices.IndexFunc(b.seats, func(x seat) bool { return x.Code == code && x.Reviewer == s.Reviewer })
		if mine < 0 {
			continue
		}
		followed := slices.ContainsFunc(b.seats, func(x seat) bool {
			return x.Code == code && x.Seat == b.seats[mine].Seat && x.N > b.seats[mine].N && b.before(moment, "seat", code, x.Reviewer)
		})
		if !followed {
			all = append(all, s.Marks)
		}
	}
	return all
}

// rulingsAt are the decisions of 评价复核 that a version knew; the first knows none.
func (b *book) rulingsAt(r result, moment int) (all []Ruling) {
	for _, a := range b.appeals {
		if r.Version > 1 && a.Code == r.Code && b.before(moment, "appeal-ruling", r.Code, a.Row) {
			all = append(all, Ruling{a.Row, a.After})
		}
	}
	return all
}

// eventsAt are the institution's events as the ledger knew them then.
func (b *book) eventsAt(code string, moment int) (all []Event) {
	for _, e := range b.events {
		if e.Code != code || !b.before(moment, "event", e.ID) {
			continue
		}
		one := Event{ID: fmt.Sprint(e.ID), Clause: e.Clause, Matter: e.Matter, Day: e.Day, Points: e.Points}
		if ruling, ruled := b.rulings[e.ID]; ruled && b.before(moment, "event-ruling", e.ID) {
			one.Confirmed, one.InBase = ruling.Confirmed, ruling.InBase
			if ruling.Clause != nil {
				one.Clause = *ruling.Clause
			}
			if ruling.Points != nil {
				one.Points = *ruling.Points
			}
		}
		b.amend(&one, e, moment)
		for _, p := range b.places {
			if p.Event == e.ID && b.before(moment, "matter", p.Act) {
				one.Matter = p.Matter
			}
		}
		all = append(all, one)
	}
	return all
}

// amend changes an event as the last edition of 评价复核 that was known then says; the
// editions of an earlier year stand from its second version on.
func (b *book) amend(one *Event, e event, moment int) {
	if e.Year != b.year && !b.before(moment, "earlier", e.Year, e.Code, 2) {
		return
	}
	was := *one
	for _, a := range b.amendments {
		if a.Event != e.ID || !b.before(moment, "event-amendment", a.Event, a.N) {
			continue
		}
		*one = was
		switch a.Outcome {
		case "confirm", "lower":
			one.Confirmed, one.InBase, one.Clause = true, a.InBase, a.Clause
			if a.Points != nil {
				one.Points = *a.Points
			}
		case "dismiss", "unrelated":
			one.Confirmed = false
		}
	}
}
